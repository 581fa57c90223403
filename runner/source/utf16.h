/* utf16.h - UTF-16 to UTF-8, in pieces of any size; every unit is checked. */
#ifndef RUNNER_SOURCE_UTF16_H
#define RUNNER_SOURCE_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum utf16_problem {
	UTF16_FINE,
	UTF16_UNPAIRED, /* half of a pair (U+D800 to U+DFFF) without the other */
	UTF16_CUT_OFF,  /* the text ends within a character */
};

struct utf16 {
	bool is_big_endian;
	enum utf16_problem problem; /* sticks */
	uint64_t byte;              /* of the unit that comes next, or of the one that is wrong */
	uint64_t line;              /* that it stands in */
	uint32_t high;              /* first half of a pair, waiting for the second; 0: none */
	unsigned char half;         /* first byte of a unit, waiting for the second */
	bool has_half;
};

/* `byte` is where the text begins, behind a byte order mark. */
void utf16_init(struct utf16 *utf16, bool is_big_endian, uint64_t byte);

/* Takes bytes of `from` until they are used up or there is no room: `to` must have 4 bytes at least.
 * Returns how many bytes it made; *used is how many it took. */
size_t utf16_run(struct utf16 *utf16, const unsigned char *from, size_t len, size_t *used, char *to,
    size_t room);

/* At the end of the text. */
void utf16_finish(struct utf16 *utf16);

#endif
