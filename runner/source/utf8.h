/* utf8.h - checks every byte of a text that comes in windows: well-formed UTF-8 (RFC 3629) without
 * NUL. 64 plain ASCII bytes are passed at once. */
#ifndef RUNNER_SOURCE_UTF8_H
#define RUNNER_SOURCE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "runner/source/problem.h"

struct utf8 {
	uint64_t at;                   /* offset of the next byte */
	uint64_t begun_at;             /* where the character under way began */
	unsigned wanted;               /* continuation bytes that it still needs */
	unsigned char lowest, highest; /* what the next of them may be */
	enum problem_kind problem;     /* PROBLEM_NONE, _NUL or _UTF8 */
	uint64_t problem_at;           /* the NUL, or the first byte of the broken character */
};

void utf8_init(struct utf8 *utf8, uint64_t at);

/* How many of the bytes are fine, up to the one that breaks the rules; less than `len` only with a
 * problem. That byte may be the one at problem_at, or one of the next three. */
size_t utf8_run(struct utf8 *utf8, const char *bytes, size_t len);

/* The text ended: a character under way is a problem. */
void utf8_finish(struct utf8 *utf8);

/* Forgets the problem, to count on. Returns how many bytes to leave out before the next call, 0 or
 * 1. */
size_t utf8_forgive(struct utf8 *utf8);

#endif
