/* sent_source.h - the sent port over the real source: rows read again out of the input files. */
#ifndef RUNNER_REPORT_SENT_SOURCE_H
#define RUNNER_REPORT_SENT_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/report/sent.h"
#include "runner/source/source.h"

/* The source is borrowed while the port is used. */
struct sent_port sent_source_port(struct source *source);

/* The header of a source as it is sent, for report_source.columns. */
struct sent_columns {
	struct span *names; /* lent by text */
	size_t count;
	struct buf text;
};

#define SENT_COLUMNS_NONE { NULL, 0, BUF_INIT }

/* Reads it out of the first input that can be read as it was planned. -1 if there is none, in the
 * words of the last one; *columns then stays without names, which is good enough for a report. */
int sent_source_columns(const struct source *source, uint32_t index, struct sent_columns *columns,
    struct err *err);
void sent_columns_done(struct sent_columns *columns);
SCOPED_BY(sent_columns, sent_columns_done)

#endif
