/* extension.h - the part of the plan that a retry adds (product.md section 9): retry/N.csv, one a source, and the
 * chunks that are cut from it.
 *
 * Rows are put into the files under temporary names. extension_commit() cuts them, puts the files into place, and
 * only then writes the events: a crash leaves nothing, or files that no record names and that extension_tidy()
 * removes, or the whole retry. */
#ifndef RUNNER_CLI_EXTENSION_H
#define RUNNER_CLI_EXTENSION_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/cli/session.h"
#include "runner/cli/unsettled.h"
#include "runner/core/event.h"
#include "runner/engine/engine.h"
#include "runner/files/put.h"

enum { EXTENSION_NAME_BYTES = 16, EXTENSION_PATH_BYTES = 32 };

/* The rows of one source: what becomes retry/N.csv. */
struct extension_part {
	struct put put; /* not open: no row of this source yet */
	char name[EXTENSION_NAME_BYTES]; /* "7.csv" */
	char path[EXTENSION_PATH_BYTES]; /* "retry/7.csv" */
	uint32_t retry;    /* N; 0: no row of this source yet */
	uint32_t *parents; /* of each row: the chunk in which it was rejected */
	size_t rows, room;
	struct plan_input input;
	uint32_t first_chunk;
};

struct extension {
	struct session *session;
	int folder; /* retry/ */
	struct extension_part *parts; /* by source */
	struct buf line;

	struct plan_chunk *chunks;
	size_t chunk_count, chunk_room;
	struct extension_part *cutting;
	struct engine_retry_parent *parents;
	size_t parent_count;
	struct engine_retry_file *files;
	size_t file_count;
};

#define EXTENSION_NONE         \
	{                      \
		.folder = -1   \
	}

/* Of a load that is owned, with its lock held. */
int extension_open(struct extension *extension, struct session *session, struct err *err);
void extension_done(struct extension *extension);
SCOPED_BY(extension, extension_done)

/* A row that was rejected, with its cells as they are sent now: as many as its source has columns. */
int extension_add(struct extension *extension, const struct unsettled_row *row, struct span reason,
    const struct span *cells, struct err *err);

/* What was handed in: its name for messages, and its digest for the record. The session must look again
 * afterwards. */
int extension_commit(struct extension *extension, struct engine *engine, const char *written,
    const struct digest *sha256, struct err *err);

/* Removes what a crash left of a retry that did not come into the plan. Under the lock. */
int extension_tidy(const struct session *session, struct err *err);

#endif
