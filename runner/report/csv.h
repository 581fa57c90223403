/* csv.h - writes CSV lines into a buffer: RFC 4180 quoting, one record a line, ended by LF.
 *
 * LF and not CRLF: the reports are read by awk, cut and grep as often as by spreadsheets, and every
 * CSV reader takes both. A cell is quoted only if it has to be: a comma, a quotation mark, CR or LF
 * in it, or a blank at one of its ends, which careless readers trim.
 *
 * A cell of text that begins with = + - @ TAB or CR would be a formula to a spreadsheet: csv_text()
 * puts an apostrophe before it (replies.md, "What comes back is not to be trusted"). csv_raw() does
 * not: for cells that are loaded again. */
#ifndef RUNNER_REPORT_CSV_H
#define RUNNER_REPORT_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"

struct csv {
	struct buf *to;
	bool is_first; /* no comma before the next cell */
};

struct csv csv_into(struct buf *to);

void csv_text(struct csv *csv, struct span text);
void csv_raw(struct csv *csv, struct span text);
void csv_number(struct csv *csv, uint64_t number); /* plain digits */
void csv_number_from_one(struct csv *csv, uint64_t number); /* 0: there is none, an empty cell */
void csv_time(struct csv *csv, int64_t at_ms);     /* UTC, ISO 8601; 0: an empty cell */
void csv_empty(struct csv *csv);
void csv_end(struct csv *csv);

#endif
