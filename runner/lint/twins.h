/* twins.h - the second pass over ids that seem to be there twice: each with its text and the places
 * where it stands, so that nothing is called a duplicate that is none. Memory is bounded. */
#ifndef RUNNER_LINT_TWINS_H
#define RUNNER_LINT_TWINS_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"

enum {
	/* Different ids that are kept; with those of a voter file, 100 MB. What is more is counted by
	 * hashes alone. */
	TWINS_MOST = 1 << 20,
	TWINS_BYTES = 48,
};

struct twin_place {
	uint32_t source, input; /* which the caller numbers */
	uint64_t row, line;
};

struct twin {
	uint64_t hash;
	char text[TWINS_BYTES]; /* cut; compared as it is here and by hash */
	uint64_t rows;
	struct twin_place first, second; /* second: once rows is 2 */
};

struct twins {
	struct twin *slots; /* by hash, next free one; rows 0: free */
	size_t room;        /* a power of two */
	size_t count;
	uint64_t left_off; /* rows whose id found no room */
};

void twins_done(struct twins *twins);
int twins_add(struct twins *twins, uint64_t hash, struct span id, struct twin_place place,
    struct err *err);

/* The twins that are twins (rows > 1), the first place first; returns how many. They then stand in
 * slots[0...), and nothing can be added any more. */
size_t twins_settle(struct twins *twins);

#endif
