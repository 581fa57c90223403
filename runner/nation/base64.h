/* base64.h - decodes base64 as it arrives, in pieces of any size.
 *
 * Lenient where the documents are silent: both alphabets, also mixed, padded or not, blanks and
 * line ends anywhere. Anything else, text behind the padding, or a single letter left over is
 * broken, and stays so. */
#ifndef RUNNER_NATION_BASE64_H
#define RUNNER_NATION_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/span.h"

struct base64 {
	uint32_t bits;      /* of letters not yet decoded */
	unsigned letters;   /* 0 to 3 of them */
	bool is_padded;     /* the end was seen */
	bool is_broken;
};

/* Writes at most text.len + 2 bytes; returns how many. */
size_t base64_decode(struct base64 *base64, struct span text, unsigned char *to);

/* The text ends: 0 to 2 bytes more. */
size_t base64_end(struct base64 *base64, unsigned char to[static 2]);

#endif
