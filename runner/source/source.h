/* source.h - the real source port: planned chunks out of input files.
 *
 * Every body, digest and head opens its file anew, finds its size unchanged and reads its header
 * line again, so that nothing is kept between chunks: memory is that of the open bodies. */
#ifndef RUNNER_SOURCE_SOURCE_H
#define RUNNER_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/plan.h"
#include "runner/ports.h"
#include "runner/source/file.h"
#include "runner/source/layout.h"
#include "runner/source/reread.h"

/* One source of the job; borrowed, as all below, while the port is used. */
struct source_job {
	const char *type; /* the nation's word: "people", "ballot" */
	bool is_overwritable;
	struct layout_options layout;
	const struct file_name *inputs; /* where their texts are read: of what is packed, the copies */
	const uint64_t *sizes; /* of those when they were planned */
	size_t input_count;
};

/* A file of corrected rows, which are sent as they stand in it, less the columns that say where they
 * were rejected. */
struct source_retry {
	uint32_t source, input; /* PLAN_RETRY_INPUTS + N */
	struct file_name name;
	uint64_t size;
	struct layout_options layout; /* what is sent */
	struct layout_options places; /* the other columns */
};

struct source {
	const struct source_retry *retries;
	size_t retry_count;
	const struct source_job *jobs;
	size_t job_count;
	bool is_padded;       /* base64 */
	const char *job; /* as a command line names it, for messages */

	/* Before a text is opened; may be NULL. 0, or -1 with an err: a copy that is gone cannot be
	 * made again. */
	int (*prepare)(void *ctx, uint32_t source, uint32_t input, struct err *err);
	void *ctx; /* for it */
};

struct source_port source_port(struct source *source);

/* The rows of a planned chunk as they were sent, one by one. */
struct source_rows;
int source_rows_open(const struct source *source, const struct plan_chunk *plan,
    struct source_rows **rows, struct err *err);
/* The same of a retry: where its rows were rejected (source_retry.places). */
int source_places_open(const struct source *source, const struct plan_chunk *plan,
    struct source_rows **rows, struct err *err);
void source_rows_close(struct source_rows *rows);
/* See reread_row(). */
int source_rows_next(
    struct source_rows *rows, struct reread_row *row, bool *is_end, struct err *err);

#endif
