/* bytes.h - in which encoding a text was written, by every byte of it.
 *
 * A text that is well-formed UTF-8 to its end is UTF-8: nothing else looks like it by chance. Of the
 * others each byte from 0x80 up is counted, and judged by what it would mean in windows-1252 (as
 * ISO-8859-1 where no byte is between 0x80 and 0x9F) and in MacRoman: letters that names have speak
 * for an encoding, signs that names do not have against it, a byte without a meaning rules it out.
 * Only a guess: the job says so, and a person decides. Pure. */
#ifndef RUNNER_SNIFF_BYTES_H
#define RUNNER_SNIFF_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/span.h"
#include "runner/source/utf8.h"

struct bytes {
	struct utf8 utf8;
	uint64_t counts[128]; /* of 0x80 to 0xFF */
	uint64_t high;        /* their sum */
	uint64_t nuls;
	uint64_t broken_at; /* where UTF-8 broke first, if is_broken */
	bool is_broken;
};

void bytes_init(struct bytes *bytes);
void bytes_add(struct bytes *bytes, const char *text, size_t len);
void bytes_finish(struct bytes *bytes);

/* "UTF-8", "windows-1252" or "macintosh": words that the job file takes. */
const char *bytes_encoding(const struct bytes *bytes);

/* Whether the text begins with FF FE or FE FF, the mark of UTF-16; 3 for the mark of UTF-8, which is
 * to be skipped, or 0. */
bool bytes_is_utf16(struct span head);
size_t bytes_mark(struct span head);

#endif
