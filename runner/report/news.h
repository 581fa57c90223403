/* news.h - events that somebody who watches a run wants to hear of at once, in one line: whatever did
 * not go the straight way. Pure; text in events was made safe when it came in. */
#ifndef RUNNER_REPORT_NEWS_H
#define RUNNER_REPORT_NEWS_H

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/core/event.h"
#include "runner/ports.h"
#include "runner/report/report.h"

/* Appends the line, without its end; false, with nothing appended, for an event that is no news. */
bool news_of(struct buf *to, const struct event *event, const struct report_job *job,
    enum weight *weight);

#endif
