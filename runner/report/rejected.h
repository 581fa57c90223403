/* rejected.h - the rejected rows of a chunk, one after the other, each with its reason, its place in the
 * source, and whether it was sent again since.
 *
 * Within a chunk they come in the order of the source; rows that were not found in it come last,
 * without a place, as the failure CSV has them. A row that was corrected and rejected once more has the
 * place that it had at first. */
#ifndef RUNNER_REPORT_REJECTED_H
#define RUNNER_REPORT_REJECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/report/report.h"
#include "runner/report/retried.h"

/* Lent for the visit. */
struct rejected_row {
	const struct plan_chunk *plan; /* the chunk in which it was rejected */
	const struct chunk *chunk;
	struct span file;  /* the input, as the job file writes it */
	uint32_t input;    /* its index; RETRIED_NO_INPUT if the row has no place */
	uint64_t row;      /* data record from 1, */
	uint64_t line;     /* and its first physical line; 0: it has no place */
	uint32_t nth;      /* of the rows sent of that record; of the rows of the chunk that have no place */
	struct span reason; /* on one line, safe to show */
	const struct span *fields; /* as sent, in the order of report_source.columns */
	size_t field_count;

	uint32_t again;   /* the chunk in which it was sent again; 0: it was not */
	uint64_t sent_again; /* what was sent of it then (content.h) */
	bool is_answered; /* which says what became of it: it is no longer rejected here */
};

struct rejected_visitor {
	/* 0 to go on, -1 with its err to stop. */
	int (*visit)(void *ctx, const struct rejected_row *row, struct err *err);
	void *ctx;
};

struct rejected {
	const struct report_options *options;
	struct retried retried;
	struct span *columns; /* of an input that has them in an order of its own */
	struct span *fields;  /* of a row that was not found, in that order */
	struct span *ordered; /* of a row of such an input, in the order of its source */
	struct buf reason;
};

int rejected_init(struct rejected *rejected, const struct report_options *options, struct err *err);
void rejected_done(struct rejected *rejected);
SCOPED_BY(rejected, rejected_done)

/* What became of a chunk's rejected rows. */
struct rejected_found {
	bool has_answer;    /* there is a failure CSV */
	bool is_unreadable; /* the source could not be read again */
	uint64_t listed;    /* rows visited, */
	uint64_t unplaced;  /* of them, without a place in the source, */
	uint64_t answered;  /* and those that are no longer rejected */
};

/* Visits those of a chunk, none if it has no rejected rows. Each chunk once. */
int rejected_chunk(struct rejected *rejected, const struct plan_chunk *plan,
    const struct chunk *chunk, const struct rejected_visitor *visitor, struct rejected_found *found,
    struct err *err);

#endif
