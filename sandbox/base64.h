/* base64.h - RFC 4648 base64 for the sandbox, apart from the one in runner/source on purpose.
 *
 * Decoding takes both alphabets, padded or not, in pieces cut anywhere. It is strict about the
 * rest: no white space, nothing after the padding, no single letter left over. */
#ifndef SANDBOX_BASE64_H
#define SANDBOX_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"

struct base64 {
	uint32_t bits;   /* letters not yet decoded */
	unsigned count;  /* of them, 0 to 3 */
	unsigned padding;
	bool is_bad;     /* sticks */
};

#define BASE64_INIT { 0, 0, 0, false }

/* Decodes the front of `text`, up to the first byte that is no letter of base64 and no padding.
 * Returns how many bytes of it were taken. */
size_t base64_take(struct base64 *base64, struct span text, struct buf *to);

/* At the end: true if it was base64. */
bool base64_end(struct base64 *base64, struct buf *to);

struct base64_form {
	bool is_url;    /* the alphabet with - and _ */
	bool is_bare;   /* no padding */
	bool is_wrapped; /* a line end after every 60 letters, as Ruby's Base64.encode64 */
};
void base64_encode(struct span bytes, const struct base64_form *form, struct buf *to);

#endif
