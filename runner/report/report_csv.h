/* report_csv.h - the lines of report.csv: one a chunk (product.md section 5). */
#ifndef RUNNER_REPORT_REPORT_CSV_H
#define RUNNER_REPORT_REPORT_CSV_H

#include "runner/report/csv.h"
#include "runner/report/report.h"

void report_csv_header(struct csv *csv);

struct report_csv_line {
	const struct report_source *source;
	const struct plan_chunk *plan; /* its input must be one of the source's, or of a retry */
	const struct chunk *chunk;
	const struct digest *sha256; /* the chunk's, or read again */
	uint64_t rows_unaccounted;
	struct span note;
};

void report_csv_line(struct csv *csv, const struct report_csv_line *line);

#endif
