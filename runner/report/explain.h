/* explain.h - the history of one chunk in plain words, and what happens next: for `explain`. Pure.
 *
 *     explain_plan()     which rows it is
 *     explain_event()    a line for each of its events, in their order
 *     explain_next()     where it stands, and what moves it on */
#ifndef RUNNER_REPORT_EXPLAIN_H
#define RUNNER_REPORT_EXPLAIN_H

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/base/jsonw.h"
#include "runner/report/report.h"

void explain_plan(struct buf *to, const struct report_job *job, const struct plan_chunk *plan);

/* Nothing for an event about the load. */
void explain_event(struct buf *to, const struct event *event);

struct explain_next {
	const struct report_job *job;
	const struct plan_chunk *plan;
	const struct chunk *chunk;
	enum equation equation; /* that the nation follows */
	bool is_kept_back;      /* by max_rejected: outcome_is_stopped(), and no retry */
};
void explain_next(struct buf *to, const struct explain_next *next);

/* The same facts as members of an open object; an event as an item of an open array. */
void explain_plan_json(
    struct jsonw *json, const struct report_job *job, const struct plan_chunk *plan);
void explain_event_json(struct jsonw *json, const struct event *event);
void explain_next_json(struct jsonw *json, const struct explain_next *next);

#endif
