/* propose.h - what of a file goes to which field of the nation: the pairs of the layout that was
 * recognized, or what the names are like. */
#ifndef RUNNER_SNIFF_PROPOSE_H
#define RUNNER_SNIFF_PROPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/sniff/likeness.h"
#include "runner/sniff/look.h"

enum { PROPOSE_HOW_BYTES = 96 };

struct propose_pair {
	struct buf from; /* a column of the file, or columns joined: "{a} {b}" */
	char to[LIKENESS_BYTES];
	char how[PROPOSE_HOW_BYTES]; /* "" for none */
	const char *doubt;           /* what a person must decide; NULL: nothing */
};

struct propose {
	bool is_ballot;
	/* The names of the file are fields already and its rows can go as they are: no pairs. */
	bool is_verbatim;
	struct propose_pair *pairs;
	size_t count;
	bool *is_used; /* one a column: a pair has it */
};

#define PROPOSE_NONE { .pairs = NULL }

/* `is_field` tells the names of fields, which are known elsewhere. */
int propose_make(struct propose *propose, const struct look *look,
    bool (*is_field)(bool is_ballot, struct span name), struct err *err);
void propose_done(struct propose *propose);
SCOPED_BY(propose, propose_done)

/* The pair that sends the field, or NULL. */
const struct propose_pair *propose_find(const struct propose *propose, const char *field);

/* The pair that column `index` alone is sent by, or NULL. */
const struct propose_pair *propose_of(
    const struct propose *propose, const struct look *look, uint32_t index);

#endif
