/* summary_csv.h - the lines of summary.csv: one a source and one "total" (product.md section 5).
 *
 * Each number is the sum of the column of that name in report.csv, where there is one: rows_sent is
 * the plan's number, also before sending. chunks_in_doubt includes held. But the rows of a retry count
 * once: rows_sent and rows_left_out do not have its lines (source_file retry/N.csv), and rows_failed is
 * net of the rows that one of them answers for. So, of a finished load without skipped and refused chunks,
 *
 *     rows_in_file = rows_left_out + accepted + rows_failed + rows_unaccounted */
#ifndef RUNNER_REPORT_SUMMARY_CSV_H
#define RUNNER_REPORT_SUMMARY_CSV_H

#include "runner/report/csv.h"
#include "runner/report/report.h"

void summary_csv_header(struct csv *csv);
void summary_csv_line(struct csv *csv, const char *source, const struct report_totals *totals);

#endif
