/* cut.h - fills chunks with whole records of one input.
 *
 * A chunk grows until the next record would make it larger than limit_bytes (the CSV as sent, its
 * header included) or longer than limit_rows. Records that are left out widen its range and count
 * nowhere else. It has rows to send, but for the one chunk of an input without any, and for one of
 * 2^32-1 records that are all left out. Files never share a chunk. Memory is constant: a chunk is
 * handed out as soon as it is complete. */
#ifndef RUNNER_SOURCE_CUT_H
#define RUNNER_SOURCE_CUT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/core/plan.h"
#include "runner/source/digest.h"
#include "runner/source/rows.h"

struct cut_options {
	uint32_t source, input;
	uint32_t first_number; /* of the first chunk that is cut */
	uint64_t first_row;    /* data record that it begins with */
	uint32_t limit_bytes;
	uint32_t limit_rows; /* that are sent; 0: no limit */
	struct span header;  /* as sent; lent */

	/* Takes a complete chunk: 0, or -1 to stop. */
	int (*on_chunk)(void *ctx, const struct plan_chunk *chunk, struct err *err);
	void *ctx;
};

struct cut {
	struct cut_options options;
	struct plan_chunk chunk;
	uint64_t sent_bytes; /* of the chunk */
	struct span waiting; /* bytes of the chunk that its digest has not seen; lent */
	struct digest_fast digest, all;
	uint64_t rows; /* left out ones, too */
	uint32_t chunks;
};

/* The first record will begin at this byte and line. */
int cut_init(struct cut *cut, const struct cut_options *options, uint64_t byte, uint64_t line,
    struct err *err);
void cut_done(struct cut *cut);
SCOPED_BY(cut, cut_done)

/* Whether a record of this size as sent fits into any chunk. */
bool cut_fits(const struct cut *cut, size_t sent_bytes);

/* Adds a record that fits and is one row. `sent` must stay where it is until cut_settle(). */
int cut_row(struct cut *cut, const struct row *row, struct span sent, struct err *err);

/* The same of a record with a history, as many rows as there are votes. */
struct cut_sent {
	struct span csv;
	uint32_t rows;
};
int cut_rows(struct cut *cut, const struct row *row, const struct cut_sent *sent, struct err *err);

/* Adds a record that is not sent. */
int cut_skip(struct cut *cut, const struct row *row, struct err *err);

/* Ends the chunk, which has rows, before this record, whatever the limits say. */
int cut_before(struct cut *cut, const struct row *row, struct err *err);

/* Lets go of all bytes lent by cut_row(). */
void cut_settle(struct cut *cut);

/* The input ended at `size`: hands out the last chunk, fills in rows, chunks, size and digest. */
int cut_finish(struct cut *cut, uint64_t size, struct plan_input *input, struct err *err);

#endif
