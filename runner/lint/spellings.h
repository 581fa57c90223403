/* spellings.h - the ways in which names are spelt: WAKE, "Wake County" and " wake" are one county for
 * a person and three for the nation, which compares letter by letter. Counts spellings; those that
 * are one without case, blanks, punctuation and "county" belong together. Memory is bounded. */
#ifndef RUNNER_LINT_SPELLINGS_H
#define RUNNER_LINT_SPELLINGS_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

enum {
	/* The country has 3,244 counties. */
	SPELLINGS_MOST = 8192,
	SPELLINGS_BYTES = 64,
};

struct spelling {
	char text[SPELLINGS_BYTES];   /* cut */
	char folded[SPELLINGS_BYTES]; /* equal ones are one name */
	uint64_t rows;
	uint64_t line; /* of the first */
};

struct spellings {
	struct spelling *all;
	size_t count, room;
	size_t last; /* files are sorted by county, mostly */
	uint64_t left_off;
};

void spellings_done(struct spellings *spellings);
int spellings_add(struct spellings *spellings, struct span name, uint64_t line, struct err *err);

/* Sorts them, names with several spellings side by side, the most frequent first. */
void spellings_settle(struct spellings *spellings);

/* After that: how many stand with `at`, which is the first of its name. */
size_t spellings_alike(const struct spellings *spellings, size_t at);

#endif
