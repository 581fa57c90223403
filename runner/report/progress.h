/* progress.h - how far a load is, drawn or in one line. Pure.
 *
 * The name is that of the source at work, all numbers are of the whole load. Rows count once the
 * nation has answered for them; percentages are rounded down, so that 100.0% is the end. */
#ifndef RUNNER_REPORT_PROGRESS_H
#define RUNNER_REPORT_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/report/report.h"

enum { PROGRESS_LEAST_COLUMNS = 36 };

struct progress_facts {
	const char *source;
	uint64_t rows_accepted;
	uint64_t rows_rejected;
	uint64_t rows_total; /* to be sent */
	uint64_t rows_per_second;
	uint64_t chunks_total;
	uint64_t chunks_done;     /* and skipped ones */
	uint64_t chunks_uploaded; /* the nation has them: submitted, finished, done */
	uint64_t chunks_waiting;  /* for a person, or until a doubt is settled */
	uint64_t chunks_refused;
	uint64_t chunks_failed;
	uint64_t retries;
	uint64_t rows_worked;  /* of rows_working, which the nation says it works on; 0: it does not */
	uint64_t rows_working;
	int64_t now_ms;          /* local time */
	int64_t eta_ms;          /* local time; 0: not known */
	const char *waiting_for; /* "": nothing */
};

/* All but the times, the rate, what is worked on, and waiting_for. */
struct progress_facts progress_facts(const struct report_job *job, const struct tally *tallies);

/* One to three lines of at most `columns` columns, at least PROGRESS_LEAST_COLUMNS, without a line
 * end behind the last. Returns how many. */
unsigned progress_screen(struct buf *to, const struct progress_facts *facts, unsigned columns);

/* "231 of 371 chunks, 8,412,300 rows accepted, 812 rejected of 13,482,001 (63.1%), about 03:12" */
void progress_line(struct buf *to, const struct progress_facts *facts);

/* "22:14:07" */
void progress_clock(struct buf *to, int64_t local_ms);

#endif
