/* reread.h - a planned chunk, read again: as the bytes that are sent, or row by row.
 *
 * The bytes come in windows and are checked against the plan (law 4): the end is told only if their
 * number and digest are those of the plan. Anything else is ERR_INPUT in the words of
 * complaint_changed(). Memory is a window of 64 KiB and the longest record, whatever the chunk. */
#ifndef RUNNER_SOURCE_REREAD_H
#define RUNNER_SOURCE_REREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/core/plan.h"
#include "runner/source/digest.h"
#include "runner/source/layout.h"
#include "runner/source/reader.h"
#include "runner/source/render.h"

#define REREAD_WINDOW_BYTES (64u << 10)

struct reread_options {
	const struct reader *reader;
	const struct layout *layout; /* of the chunk's input */
	const struct plan_chunk *plan;
	const char *path;    /* of the input, for messages */
	const char *job;     /* the job file, for messages */
	size_t window_bytes; /* 0: REREAD_WINDOW_BYTES */
};

/* A row as sent; lent until the next call. */
struct reread_row {
	uint64_t row;              /* data record of the input, from 1 */
	uint64_t line;             /* its first physical line */
	const struct span *fields; /* values, in the order of the header as sent */
	uint32_t field_count;
};

/* All that is sent of a record; lent until the next call. */
struct reread_record {
	struct row row;
	struct span sent; /* CSV of all its rows */
	uint32_t rows;
	uint32_t left_out; /* records right before it of which nothing is sent */
};

struct reread {
	struct reread_options options;
	struct plan_chunk plan;
	bool has_begun;
	struct digest_fast digest;
	uint64_t given; /* bytes */

	char *window;     /* verbatim bytes */
	uint64_t read_at; /* verbatim: the next byte of the input */
	struct rows rows; /* everything else */
	struct render render;
	struct buf rendered;
	uint32_t left_out; /* records since the last one that was given */
	struct row record; /* the one at hand, and how many of its rows are given */
	uint32_t row_count, given_rows;
	struct span *fields; /* verbatim rows */
	struct buf values;   /* what was undoubled of them */
};

/* What the options point to is borrowed until reread_done(), but for the plan, which is copied. */
int reread_init(struct reread *reread, const struct reread_options *options, struct err *err);
void reread_done(struct reread *reread);
SCOPED_BY(reread, reread_done)

/* The next bytes of the CSV as sent, lent until the next call; none at the end. A reread gives
 * either bytes or rows. */
int reread_bytes(struct reread *reread, struct span *bytes, struct err *err);

/* The next record; *is_end after the last one, when of *record only left_out counts. The digest is not
 * looked at. A reread gives bytes, records, or rows. */
int reread_record(
    struct reread *reread, struct reread_record *record, bool *is_end, struct err *err);

/* The next row; *is_end, with *row untouched, after the last one. The digest is not looked at. */
int reread_row(struct reread *reread, struct reread_row *row, bool *is_end, struct err *err);

#endif
