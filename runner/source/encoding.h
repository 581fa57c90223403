/* encoding.h - encodings in which a byte is a character: which bytes mean something, and what.
 *
 * The first 128 bytes are those of ASCII in all of them, so records and fields are found in the bytes
 * of the file, whose offsets stay those of the plan; only values are decoded. The table is made once
 * through iconv(3) and never changes. A byte without a meaning is bad input. So is, in ISO-8859, a
 * control character from 0x80 to 0x9F: no voter file has one, but windows-1252 has letters and quotation
 * marks there. */
#ifndef RUNNER_SOURCE_ENCODING_H
#define RUNNER_SOURCE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

/* The most bytes of UTF-8 that a byte becomes. */
enum { ENCODING_MOST_BYTES = 3 };

struct encoding {
	const char *name; /* as charset.h writes it */
	unsigned char size[256]; /* 0: no meaning */
	char utf8[256][ENCODING_MOST_BYTES];
};

/* `name` as charset.h writes it. ERR_CREATE if iconv(3) cannot convert from it here. */
int encoding_make(struct encoding *encoding, const char *name, struct err *err);

/* How many of the bytes mean something, up to the first one that does not. */
size_t encoding_check(const struct encoding *encoding, const char *bytes, size_t len);

/* All bytes are ASCII: the text is the same in every encoding of ours. */
bool encoding_is_ascii(struct span bytes);

/* Writes the text, whose bytes all mean something, and returns its end. `to` has room for
 * ENCODING_MOST_BYTES times as many. */
char *encoding_decode(const struct encoding *encoding, struct span bytes, char *to);

/* Appends the bytes as UTF-8, to show a person what they would say: -1, with nothing appended, if one
 * of them has no meaning or there is no such encoding here. */
int encoding_show(struct buf *to, const char *name, struct span bytes);

#endif
