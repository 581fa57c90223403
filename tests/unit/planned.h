/* planned.h - the chunks of a text, planned, for tests of what reads them again. */
#ifndef TESTS_UNIT_PLANNED_H
#define TESTS_UNIT_PLANNED_H

#include <stdint.h>

#include "runner/base/scoped.h"
#include "runner/core/plan.h"
#include "runner/source/layout.h"
#include "tests/unit/input.h"

enum { PLANNED_CHUNKS = 64 };

struct planned {
	struct input input;
	struct reader reader; /* of `input`, so that a planned one must not be copied */
	struct layout layout;
	struct plan_chunk chunks[PLANNED_CHUNKS];
	uint32_t count;
};

/* Fails the test if the text is bad input. The text and the options are borrowed. */
void planned_init(struct planned *planned, const char *text, const struct layout_options *options,
    uint32_t limit_bytes);
void planned_done(struct planned *planned);
SCOPED_BY(planned, planned_done)

#endif
