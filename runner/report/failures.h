/* failures.h - the nation's failure CSV: the rejected rows of one import, each with a reason.
 *
 * Little about that file is documented (nationbuilder-api.md), so it is read by what is known of
 * the rows that were sent, record by record as loose.h takes them:
 *
 *     delimiter   of comma, TAB, semicolon and bar the one under which the first line has the most
 *                 names of the header as sent
 *     columns     by name, with or without regard to case, blanks, _ and -; in the order sent if no
 *                 name is found (then there is no header line)
 *     reason      the column whose name was not sent; of several the one that is called so, else
 *                 the last; the last field if there is none
 *     too long    a row with too many fields has delimiters in its reason
 *     too short   a row with too few fields ends with empty ones
 *
 * A byte order mark is dropped, lines without a byte are passed over. A reason of several lines
 * with broken quotes falls into several records here; rejects.h puts them together again.
 *
 * Offsets are bytes in the file. Memory is a window of 64 KiB, or the longest record if that is
 * longer. */
#ifndef RUNNER_REPORT_FAILURES_H
#define RUNNER_REPORT_FAILURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/report/loose.h"

struct failures {
	int file;
	uint64_t size;
	size_t column_count; /* of the header as sent */

	size_t width;  /* fields of the header line */
	size_t reason; /* index of the reason's field; width if the header line has none */
	size_t *places; /* of each column as sent; LOOSE_NO_FIELD if it is not there */
	bool *is_data;  /* by field of the header line: it is one of the columns sent */
	uint64_t rows_from; /* after the header line */

	/* The record at hand, half open, its line end included. */
	uint64_t begin, end;
	struct loose loose;

	struct buf window; /* the bytes from window_at on */
	uint64_t window_at;
};

/* Reads the header line. `columns` is the header as sent, borrowed for the call; `file` is borrowed
 * until failures_done(). */
int failures_open(struct failures *failures, int file, const struct span *columns,
    size_t column_count, struct err *err);
void failures_done(struct failures *failures);
SCOPED_BY(failures, failures_done)

/* The first record, or the next one after it, with no other call in between. *is_end after the last
 * one. */
int failures_first(struct failures *failures, bool *is_end, struct err *err);
int failures_next(struct failures *failures, bool *is_end, struct err *err);

/* The record that begins at `begin`, read as if the file began at `from` and ended at `to`. */
struct failures_extent {
	uint64_t from, begin, to;
};
int failures_read(struct failures *failures, const struct failures_extent *extent,
    struct err *err);

/* Of the record at hand, lent until the next one. A column that the file does not have is empty. */
bool failures_has(const struct failures *failures, size_t column);
struct span failures_column(const struct failures *failures, size_t column);

/* Whether the record has all its fields: a row, and not a piece of a reason. */
bool failures_is_whole(const struct failures *failures);

/* Whether the reason comes before all columns, so that pieces of it come before their row. */
bool failures_reason_is_first(const struct failures *failures);

/* After failures_read() of that extent: appends the reason on one line, safe to show, with the
 * pieces of it that lie in the extent before and behind the record. 0, or -1 if memory is short. */
int failures_reason(const struct failures *failures, const struct failures_extent *extent,
    struct buf *to, struct err *err);

/* After failures_read(): where the next line after `at` begins, up to `to`; `to` if there is none.
 * Both lie in the extent. */
uint64_t failures_inner_line(const struct failures *failures, uint64_t at, uint64_t to);

#endif
