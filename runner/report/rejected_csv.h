/* rejected_csv.h - rejected.csv: one line a rejected row, with its reason and its place in the
 * source (product.md section 5).
 *
 *     source,chunk,import_id,source_file,source_line,source_row,reason, then the columns as sent
 *
 * The sources of a job send different columns, but a CSV file has one header: after the seven come
 * the columns of all sources, each name once, in the order of the sources and their headers. A cell
 * of a column that a row's source does not send is empty. Data cells are raw, because they are
 * loaded again; the reason is on one line and cannot act on a spreadsheet. */
#ifndef RUNNER_REPORT_REJECTED_CSV_H
#define RUNNER_REPORT_REJECTED_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/report/rejected.h"
#include "runner/report/report.h"

/* The columns before those that were sent, in their order. */
#define REJECTED_CSV_COLUMNS(X)                                                                    \
	X(SOURCE, "source")                                                                        \
	X(CHUNK, "chunk")                                                                          \
	X(IMPORT_ID, "import_id")                                                                  \
	X(SOURCE_FILE, "source_file")                                                              \
	X(SOURCE_LINE, "source_line")                                                              \
	X(SOURCE_ROW, "source_row")                                                                \
	X(REASON, "reason")

enum rejected_csv_column {
#define X(id, name) REJECTED_CSV_##id,
	REJECTED_CSV_COLUMNS(X)
#undef X
	REJECTED_CSV_LEADING
};

extern const char *const rejected_csv_columns[REJECTED_CSV_LEADING];

struct rejected_csv {
	const struct report_job *job;
	FILE *to;
	struct span *columns; /* of all sources; lent by the job */
	size_t *places;       /* of each in the header of `source`; SIZE_MAX: it does not send it */
	size_t column_count;
	uint32_t source; /* that places are of */
	struct buf line;
};

/* Writes the header line. Write errors stick to the stream. */
int rejected_csv_init(struct rejected_csv *csv, const struct report_job *job, FILE *to,
    struct err *err);
void rejected_csv_done(struct rejected_csv *csv);
SCOPED_BY(rejected_csv, rejected_csv_done)

/* Writes the line of a row. */
int rejected_csv_row(struct rejected_csv *csv, const struct rejected_row *row, struct err *err);

#endif
