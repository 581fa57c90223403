/* render.h - records on their way out: rules asked, values decoded, cleaned and changed as the job
 * says, written as RFC 4180 (layout.h, "rendered").
 *
 *     render_take(&render, &row, &rows, err)    rows 0: left out; render.hits says why
 *     for (i = 0; i < rows; i++)
 *         render_row(&render, i)                render.values are those that are sent
 *     render_write(&render, &scratch)           all of them as CSV
 *
 * A record becomes one row, or with a history one for each of its votes.
 * Deterministic: the same record and layout give the same bytes, whenever and wherever. */
#ifndef RUNNER_SOURCE_RENDER_H
#define RUNNER_SOURCE_RENDER_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/source/layout.h"
#include "runner/source/pool.h"

struct render_vote {
	struct span election, method;
};

struct render {
	const struct layout *layout;
	struct pool pool;
	struct span *values;  /* one an output */
	struct how_hit *hits; /* reasons to count of this record, each with the value that gave it */
	size_t hit_count, hit_room;
	struct render_vote *votes; /* with a history */
	uint32_t rows, vote_room;
};

/* The layout is borrowed and not verbatim. */
int render_init(struct render *render, const struct layout *layout, struct err *err);
void render_done(struct render *render);
SCOPED_BY(render, render_done)

/* How many rows are sent of a record that was taken apart. Values and hits are lent until the next call,
 * and as long as the record. -1: memory is short. */
int render_take(struct render *render, const struct row *row, uint32_t *rows, struct err *err);

/* Puts the values of row `index` (from 0) of the record into render->values. */
void render_row(struct render *render, uint32_t index);

/* At most this many bytes are written. */
size_t render_most(const struct render *render);

/* Appends the rows of the record as sent, and returns them: lent until the buffer grows. The errors of
 * `scratch` stick. Afterwards the values are those of the last row. */
struct span render_write(struct render *render, struct buf *scratch);

#endif
