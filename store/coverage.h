/* coverage.h - is every row of the inputs in the plan, once? The first part of an audit.
 *
 * Reads all of the databases inputs and plan. Chunks of one input follow each other without a gap
 * and end where it ends; the pieces of a split chunk are the whole of it; chunks are numbered
 * from 1. */
#ifndef STORE_COVERAGE_H
#define STORE_COVERAGE_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "store/audited.h"

struct coverage {
	uint64_t inputs;   /* of the job, */
	uint64_t retries;  /* and files of corrected rows beside them */
	uint64_t chunks;   /* of the plan, */
	uint64_t added;    /* of them, those by which it was extended */
	uint32_t *numbers; /* by source: the highest number of its chunks; never above `chunks` */
};

#define COVERAGE_NONE { .numbers = NULL }

int coverage_check(struct coverage *coverage, struct audited *audited, struct err *err);
void coverage_done(struct coverage *coverage);

SCOPED_BY(coverage, coverage_done)

#endif
