/* rows.h - the records of one input, one after the other, each in one piece of memory.
 *
 * Reads windows of 256 KiB, checks every byte (UTF-8, or another encoding's), drops a byte order mark, and moves the beginning of a
 * record that a window cuts to the front of the next. Memory is the window, and the longest record
 * where that is longer; never a function of the file.
 *
 *     for (;;)
 *         switch (rows_next(&rows, &row))
 *         ROWS_ROW      use row
 *         ROWS_DRY      let go of all earlier rows, then rows_fill()
 *         ROWS_END      rows.at_end says how many bytes the input had
 *         ROWS_PROBLEM  rows.scan.problem
 *
 * Answers do not depend on how the reader cuts its bytes or how large the window is. */
#ifndef RUNNER_SOURCE_ROWS_H
#define RUNNER_SOURCE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/source/encoding.h"
#include "runner/source/reader.h"
#include "runner/source/scan.h"
#include "runner/source/utf8.h"

#define ROWS_WINDOW_BYTES (256u << 10)

struct row {
	uint64_t row;
	uint64_t line;
	uint64_t byte, end;
	struct span raw;     /* with its line end */
	struct span content; /* without */
	uint32_t fields;
	const uint32_t *ends; /* see rows_field(); NULL if rows are not taken apart */
};

enum rows_verdict { ROWS_ROW, ROWS_DRY, ROWS_END, ROWS_PROBLEM };

struct rows_options {
	const struct reader *reader;
	struct dialect dialect;
	const struct encoding *encoding; /* NULL: UTF-8 */
	uint32_t most_record_bytes; /* a longer one is PROBLEM_TOO_LARGE */
	size_t window_bytes;        /* 0: ROWS_WINDOW_BYTES */

	/* A part of the input that begins with a record: a chunk. All zero: the whole input, a byte
	 * order mark dropped, whose first record is row 0. */
	uint64_t first_byte, end_byte; /* end 0: the end of the input */
	uint64_t first_line;
	uint64_t first_row;
};

struct rows {
	struct rows_options options;
	struct scan scan;
	struct utf8 utf8; /* with another encoding its place and problem */
	bool has_begun, has_ended;
	uint64_t at_end; /* once has_ended: the offset of the end */

	char *window; /* begins with the record under way, at offset window_at */
	size_t room, filled;
	size_t checked; /* good bytes; less than filled only before a problem */
	uint64_t window_at;

	uint32_t *ends;
	struct row row;
	bool is_unread;
};

/* The reader is borrowed until rows_done(). */
int rows_init(struct rows *rows, const struct rows_options *options, struct err *err);
void rows_done(struct rows *rows);
SCOPED_BY(rows, rows_done)

/* What a row lends is valid until rows_fill(); its `ends` until the next rows_next(). */
enum rows_verdict rows_next(struct rows *rows, struct row *row);
/* -1: the input cannot be read, or memory is short. */
int rows_fill(struct rows *rows, struct err *err);

/* The same, filling by itself: what a row lends is valid until the next call. -1 as above. */
int rows_pull(struct rows *rows, struct row *row, enum rows_verdict *verdict, struct err *err);

/* Gives the last row back: the next call returns it again. */
void rows_unread(struct rows *rows);

/* Whether rows know their fields (the default), and how many each must have (0: any). Holds for
 * records after the last one returned. */
void rows_take_apart(struct rows *rows, bool yes);
void rows_expect(struct rows *rows, uint32_t columns);

/* Where the next record begins. */
uint64_t rows_next_byte(const struct rows *rows);
uint64_t rows_next_line(const struct rows *rows);

/* Field `index` (from 0) as it stands in the file, quotation marks included. */
static inline struct span
rows_field(const struct row *row, uint32_t index)
{
	uint32_t begin = index ? row->ends[index - 1] + 1 : 0;

	return (struct span){ row->content.ptr + begin, row->ends[index] - begin };
}

/* After PROBLEM_UTF8 or PROBLEM_MEANING: reads on to the end and counts the records with such bytes, this
 * one included. *is_complete is false if another problem ended the count. */
int rows_count_broken(struct rows *rows, uint64_t *count, bool *is_complete, struct err *err);

#endif
