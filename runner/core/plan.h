/* plan.h - the plan: what will be sent, cut into chunks, fixed before the first POST.
 *
 * A plan is never changed, only extended (product.md section 9). Offsets are bytes in the input
 * file, half open; rows are data records of the file, counted from 1; lines are physical lines, the
 * header line is 1. */
#ifndef RUNNER_CORE_PLAN_H
#define RUNNER_CORE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/span.h"

/* XXH3-128, in the library's canonical (big-endian) form. */
#define PLAN_DIGEST_BYTES 16

/* What a chunk that the nation finds too large is split into. */
enum { PLAN_PIECES = 2 };

/* Input indexes from here on are corrected rows that were handed to `retry`: retry/N.csv of the run
 * folder is input PLAN_RETRY_INPUTS + N of its source, N from 1. */
#define PLAN_RETRY_INPUTS UINT32_C(0x80000000)

struct plan_chunk {
	uint32_t source; /* index in the job, from 0 */
	uint32_t number; /* from 1 within its source */
	uint32_t input;  /* index of the input file within its source, from 0 */
	uint32_t parent; /* number of the chunk that it was split from; 0: of the original plan */

	uint64_t first_byte; /* after the header line in a file's first chunk */
	uint64_t end_byte;   /* the file's size in its last one */
	uint64_t first_row;
	uint64_t first_line; /* the physical line at first_byte */
	uint32_t rows;       /* records in the range; 0 only for an allowed empty file */
	uint32_t rows_left_out;
	uint32_t rows_added; /* sent beyond one a record: votes of a history */

	uint32_t csv_bytes; /* the CSV as sent, its header line included */
	unsigned char digest[PLAN_DIGEST_BYTES]; /* over those bytes */

	/* Of a retry: lowest and highest number of the chunks in which its rows were rejected. */
	uint32_t retry_first;
	uint32_t retry_last;
};

/* What is remembered of an input file, to notice a change. */
struct plan_input {
	uint32_t source;
	uint32_t input;
	uint64_t size;
	int64_t mtime_ns;
	uint64_t inode;
	uint64_t rows;
	uint32_t chunks;
	unsigned char digest[PLAN_DIGEST_BYTES]; /* over the digests of its chunks, in their order */

	/* How often rules of the job left rows out or changed values, a line each, lent:
	 * "left_out 812 only status in A, I"; the other words are blanked and kept. */
	struct span reasons;

	/* What is sent of it, in that order: names, each ended by a NUL, lent. None for the file of a retry. */
	struct span columns;

	/* It is packed, or UTF-16: what is sent was read from a copy, and offsets are those of its
	 * text. Size, mtime and inode stay those of the file itself. */
	uint32_t is_copied; /* 0 or 1 */
	uint64_t text_bytes; /* size of the copy */
};

/* Its rows were sent before, in other chunks, and rejected there: they are counted with those. */
static inline bool
plan_is_retry(const struct plan_chunk *chunk)
{
	return chunk->input >= PLAN_RETRY_INPUTS;
}

static inline uint32_t
plan_rows_sent(const struct plan_chunk *chunk)
{
	return chunk->rows - chunk->rows_left_out + chunk->rows_added;
}

/* Records of which something is sent: what a chunk can be split between. */
static inline uint32_t
plan_records_sent(const struct plan_chunk *chunk)
{
	return chunk->rows - chunk->rows_left_out;
}

/* first_row - 1 for a range without rows. */
static inline uint64_t
plan_last_row(const struct plan_chunk *chunk)
{
	return chunk->first_row + chunk->rows - 1;
}

#endif
