/* likeness.h - to which field of the nation a column belongs, by its name alone: "FName", "res_city",
 * "Zip Code". A proposal; what no known name is like gets none. Pure. */
#ifndef RUNNER_SNIFF_LIKENESS_H
#define RUNNER_SNIFF_LIKENESS_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/span.h"

enum { LIKENESS_BYTES = 64 };

struct likeness {
	char field[LIKENESS_BYTES];
	const char *how; /* "" for none; "date" where the form depends on the values */
};

/* False: it is like none. `is_ballot` chooses the fields. */
bool likeness_find(struct span name, bool is_ballot, struct likeness *likeness);

/* Whether a file with these columns tells who voted when, rather than who is registered. */
bool likeness_is_history(const struct span *names, size_t count);

#endif
