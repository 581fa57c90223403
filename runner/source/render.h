/* render.h - records on their way out: rules asked, values decoded, cleaned and changed as the job
 * says, written as RFC 4180 (layout.h, "rendered").
 *
 *     render_take(&render, &row, &rows, err)    rows 0: left out; render.hits says why
 *     for (i = 0; i < rows; i++)
 *         render_row(&render, i)                render.values are those that are sent
 *     render_write(&render, &scratch)           ... as CSV
 *
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

struct render {
	const struct layout *layout;
	struct pool pool;
	struct span *values;  /* one an output */
	struct how_hit *hits; /* reasons of this record, at most as many as the layout has */
	size_t hit_count;
};

/* The layout is borrowed and not verbatim. */
int render_init(struct render *render, const struct layout *layout, struct err *err);
void render_done(struct render *render);
SCOPED_BY(render, render_done)

/* How many rows are sent of a record that was taken apart: values and hits are lent until the next
 * call, and as long as the record. -1: memory is short. */
int render_take(struct render *render, const struct row *row, bool *is_sent, struct err *err);

/* At most this many bytes are written. */
size_t render_most(const struct render *render);

/* Appends the record as sent, and returns it: lent until the buffer grows. The errors of `scratch`
 * stick. */
struct span render_write(const struct render *render, struct buf *scratch);

#endif
