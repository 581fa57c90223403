/* status.h - where a load stands: `status`, `status --json` and status.json (product.md section 5).
 *
 * rows_total counts every data row of the inputs, rows_left_out those that a rule or a map keeps
 * back, rows_sent those whose import id is known. What is not known is null. Pure. */
#ifndef RUNNER_REPORT_STATUS_H
#define RUNNER_REPORT_STATUS_H

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/report/grounds.h"
#include "runner/report/report.h"

/* X(NAME, word) */
#define STATUS_STATES(X)                                                                           \
	X(NEW, "new") /* nothing was sent yet and nobody runs */                                   \
	X(RUNNING, "running")                                                                      \
	X(PAUSED, "paused")                                                                        \
	X(STOPPED, "stopped")                                                                      \
	X(FINISHED, "finished")

enum status_state {
#define X(name, word) STATUS_##name,
	STATUS_STATES(X)
#undef X
};

/* Whether the one who runs it has given up what it does not need. */
enum status_confinement {
	STATUS_UNTOLD, /* not known, or nobody runs */
	STATUS_CONFINED,
	STATUS_UNCONFINED,
};

struct status {
	const struct report_job *job;
	const struct tally *tallies; /* one a source */
	enum status_state state;
	uint32_t pid;     /* 0: nobody runs */
	const char *host; /* may be NULL, with pid 0 */
	int64_t since_ms; /* of the run; 0: nobody runs */
	enum status_confinement confinement;
	const char *waiting_for; /* NULL or "": nothing */
	int64_t eta_ms;           /* wall clock; 0: not known */
	int64_t last_progress_ms; /* of the newest event; 0: none */
	const struct grounds *grounds; /* of the rows still rejected; NULL: nobody looked */
};

/* What a load that nobody runs is: new, stopped or finished. A finished one has nothing left that
 * could change without a person's wish: every chunk done, refused, failed or skipped. */
enum status_state status_at_rest(const struct tally *total);

/* One object and a LF. */
void status_json(struct buf *to, const struct status *status);

/* A few lines for a person. */
void status_text(struct buf *to, const struct status *status);

/* Puts status.json into place. */
int status_put(int folder, const struct status *status, struct err *err);

#endif
