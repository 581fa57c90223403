/* suggest.h - "did you mean": the known name nearest to an unknown one. */
#ifndef RUNNER_BASE_SUGGEST_H
#define RUNNER_BASE_SUGGEST_H

#include <stddef.h>

#include "runner/base/span.h"

/* Keep calling with every known name; ask for the nearest at the end. */
struct suggest {
	struct span wanted;
	struct span nearest;
	size_t distance; /* edits; a swap of neighbours counts as one */
};

struct suggest suggest_for(struct span wanted);
void suggest_offer(struct suggest *suggest, struct span known);

/* The nearest name if it is near enough to be meant (at most a third of its letters differ; case
 * does not count, nor does - or a blank for _), else an empty span. */
struct span suggest_nearest(const struct suggest *suggest);

#endif
