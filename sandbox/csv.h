/* csv.h - the pretend nation's CSV reader.
 *
 * Written apart from runner/source on purpose: what one of them takes for a record and the other
 * does not shows in a load. It is strict as the nation is: a quotation mark inside an unquoted
 * field, text after a closing one, a bare carriage return or an unclosed quote make the whole file
 * unreadable. Lines end with LF or CRLF. The delimiter is a TAB where the first line has a TAB and
 * no comma (the ballot example of the API page), else a comma. A byte order mark is an ordinary
 * part of the first name. */
#ifndef SANDBOX_CSV_H
#define SANDBOX_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

struct csv {
	struct span text; /* borrowed */
	size_t at;        /* where the next row begins */
	uint64_t line;    /* its line, from 1 */
	char delimiter;
};

struct csv_cell {
	struct span value; /* without its quotation marks, doubled ones made single */
	bool is_doubled;   /* had doubled quotation marks */
};

/* One row, overwritten by the next. */
struct csv_row {
	struct span raw; /* as it stands in the file, without its line end */
	uint64_t line;
	struct csv_cell *cells;
	size_t count;
	size_t cap;
	struct buf plain; /* the cells that had doubled quotation marks */
};

#define CSV_ROW_INIT { .plain = BUF_INIT }

void csv_row_done(struct csv_row *row);
SCOPED_BY(csv_row, csv_row_done)

struct csv csv_over(struct span text);

/* 1: a row, its cells lend from the text and from the row; 0: the end; -1: ERR_DATA, "line N: …"
 * where the file cannot be read, or out of memory. */
int csv_next(struct csv *csv, struct csv_row *row, struct err *err);

/* Appends a cell, quoted where it must be. */
void csv_add(struct buf *to, struct span value, char delimiter);

#endif
