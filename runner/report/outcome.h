/* outcome.h - how a run ended: its exit code and its last words (product.md 6 and 7). Pure. */
#ifndef RUNNER_REPORT_OUTCOME_H
#define RUNNER_REPORT_OUTCOME_H

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/report/report.h"

/* What of section 6 is no error but a result. */
enum {
	OUTCOME_FINISHED = 0,
	OUTCOME_REJECTED = 3,    /* more rows rejected than max_rejected */
	OUTCOME_UNEXPLAINED = 4, /* rows without an explanation; refused or failed chunks */
	OUTCOME_WAITING = 6,     /* for a person, or for the nation past poll.deadline */
};

/* Of a run that had nothing left to do by itself: 6, then 4, 3, 0, the first that applies.
 *
 *     6    a chunk is not done, refused, failed or skipped. Planned ones do not count if
 *          max_rejected stopped their source or one that it comes after, unless a chunk that it
 *          comes after is refused or failed
 *     4    a chunk is refused or failed, or rows are unaccounted for
 *     3    a source has more rows rejected than its max_rejected: a count, or a share of the rows
 *          whose import id is known */
int outcome_exit_code(const struct report_job *job, const struct report_result *result);

/* max_rejected ended the submitting of a source (product.md section 3): what is planned of it stays
 * planned, but for corrected rows. */
bool outcome_is_stopped(const struct source_rules *rules, const struct tally *tally);

struct outcome {
	const struct report_job *job;
	const struct report_result *result; /* NULL: no report was written */
	int exit_code;                      /* of the whole program */
	const char *why;    /* why it stopped before its end; NULL: it did not */
	const char *folder; /* where the reports are, as a person would type it */
};

/* The options of `rollcall resolve` for a chunk of that state: held, refused or failed. */
const char *outcome_ways(enum chunk_state state);

/* A few lines that begin with finished, stopped or failed: what became of the rows, where the
 * report is, which chunks want a person, the next command. */
void outcome_text(struct buf *to, const struct outcome *outcome);

#endif
