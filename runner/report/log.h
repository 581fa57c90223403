/* log.h - an event as one line, for `log` and `log --json`.
 *
 *     17 2026-11-21T22:14:07.123Z people-3 submit_accepted attempt=1 import_id=252 word=queued
 *     {"seq":17,"at":"...","event":"submit_accepted","source":"people","chunk":3,"attempt":1,...}
 *
 * Both come from EVENT_FIELDS: a member that is zero or empty is left out, a time loses its _ms and
 * is ISO 8601 with milliseconds, a digest is hexadecimal, `word` is the nation's word. `source` and
 * `chunk` are null (in text, "-" stands for both) where the event is about the load. */
#ifndef RUNNER_REPORT_LOG_H
#define RUNNER_REPORT_LOG_H

#include "runner/base/buf.h"
#include "runner/core/event.h"
#include "runner/report/report.h"

/* Each appends one line, its LF included. */
void log_text(struct buf *to, const struct event *event, const struct report_job *job);
void log_json(struct buf *to, const struct event *event, const struct report_job *job);

#endif
