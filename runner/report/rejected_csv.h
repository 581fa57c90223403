/* rejected_csv.h - rejected.csv: one line a rejected row, with its reason and its place in the
 * source (product.md section 5).
 *
 *     source,chunk,import_id,source_file,source_line,source_row,reason, then the columns as sent
 *
 * The sources of a job send different columns, but a CSV file has one header: after the seven come
 * the columns of all sources, each name once, in the order of the sources and their headers. A cell
 * of a column that a row's source does not send is empty. Data cells are raw, because they are
 * loaded again; the reason is on one line and cannot act on a spreadsheet.
 *
 * Within a chunk the lines are in the order of the source; rows that were not found in it come
 * last, without line and row, as the failure CSV has them. */
#ifndef RUNNER_REPORT_REJECTED_CSV_H
#define RUNNER_REPORT_REJECTED_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/report/report.h"

struct rejected_csv {
	const struct report_options *options;
	FILE *to;
	struct span *columns; /* of all sources; lent by the job */
	size_t *places;       /* of each in the header of `source`; SIZE_MAX: it does not send it */
	size_t column_count;
	uint32_t source; /* that places are of */
	struct buf line;
	struct buf reason;
};

/* Writes the header line. Write errors stick to the stream. */
int rejected_csv_init(struct rejected_csv *csv, const struct report_options *options, FILE *to,
    struct err *err);
void rejected_csv_done(struct rejected_csv *csv);
SCOPED_BY(rejected_csv, rejected_csv_done)

/* What became of a chunk's rejected rows. */
struct rejected_found {
	bool has_answer;    /* there is a failure CSV */
	bool is_unreadable; /* the source could not be read again */
	uint64_t listed;    /* lines written */
	uint64_t unplaced;  /* of them, without a place in the source */
};

/* Writes the lines of a chunk, none if it has no rejected rows. */
int rejected_csv_chunk(struct rejected_csv *csv, const struct plan_chunk *plan,
    const struct chunk *chunk, struct rejected_found *found, struct err *err);

#endif
