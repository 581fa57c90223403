/* sent.h - the rows of a chunk as they were sent, read again one by one: a port, so that a report
 * needs no files. Rows that a rule keeps back do not show. A chunk of a retry tells of each row where it
 * was rejected before. */
#ifndef RUNNER_REPORT_SENT_H
#define RUNNER_REPORT_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/core/plan.h"

/* Lent until the next call. */
struct sent_row {
	const struct span *fields; /* in the order of the header as sent, without quotation marks */
	size_t field_count;
	uint64_t row;  /* data record of the input file, from 1 */
	uint64_t line; /* its first physical line, the header line is 1 */
	uint32_t nth;  /* of the rows that are sent of that record, from 1: votes of a history */

	/* Of a retry: where the row was rejected before. row, line and nth are then its place in `file`; 0: it
	 * had none there, and nth tells it from others of that chunk that have none. */
	struct span file; /* as the job file writes it */
	uint32_t chunk;   /* 0: not of a retry */
};

struct sent_reader {
	/* *is_end, with *row untouched, after the last one. */
	int (*next)(struct sent_reader *reader, struct sent_row *row, bool *is_end,
	    struct err *err);
	void (*close)(struct sent_reader *reader); /* frees it */
};

struct sent_port {
	void *ctx;
	/* *reader is the caller's, to close. */
	int (*open)(void *ctx, const struct plan_chunk *plan, struct sent_reader **reader,
	    struct err *err);
};

#endif
