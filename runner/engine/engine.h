/* engine.h - the loop: hear -> write down -> apply -> decide -> act.
 *
 * The engine hears something (a reply, a timer, a wish), turns it into an event, makes it durable
 * and only then applies it; then it asks decide() for actions and carries them out. A start is:
 * read the records, then the same loop. There is no second code path for recovery. */
#ifndef RUNNER_ENGINE_ENGINE_H
#define RUNNER_ENGINE_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/core/load.h"
#include "runner/ports.h"

struct engine_source {
	const char *name;
	const char *type; /* "people" or "ballot" */
	struct source_rules rules;
	uint32_t chunk_count;
};

/* Everything is borrowed for the life of the engine. */
struct engine_options {
	const struct ports *ports;
	struct load_limits limits;
	const struct engine_source *sources;
	uint32_t source_count;

	const char *job;    /* its file, as commands name it */
	const char *person; /* who runs this, for the record */
	const char *host;
	uint32_t pid;
	int64_t tick_ms; /* the watcher's turn comes at least so often */

	uint32_t token;         /* number of the access token that requests carry at first */
	int64_t token_renew_ms; /* in how long another is to be asked for; -1: not by the clock */
};

/* How a run ended. code ERR_NONE: nothing is left to do without a person; the reports tell
 * whether that is 0, 3, 4 or 6. */
struct engine_end {
	enum err_kind code;
	char text[512];
};

struct engine;

struct engine *engine_new(const struct engine_options *options, struct err *err);
void engine_free(struct engine *engine);

/* Runs until nothing is left to do, or something stops it. -1: the journal failed (the end is then
 * not recorded) or a bug. */
int engine_run(struct engine *engine, struct engine_end *end, struct err *err);

/* Reads the records in, for a verb that changes chunks without a runner: it comes before the four below. Ids that
 * an earlier run could not commit are written down: whose they are, a change might hide, and they may put a chunk
 * in doubt that a change would build on. */
int engine_load(struct engine *engine, struct err *err);

/* Settles a chunk by a person's word: RESOLVED_* with source, chunk, import_id, person, host and
 * text. ERR_USAGE if its state, or law 9, does not allow it. */
int engine_resolve(struct engine *engine, struct event *event, struct err *err);

/* A copied run folder is taken over, while nobody runs it: RUN_ADOPTED, and every chunk that is
 * planned comes to be in doubt, for another copy may have sent it since. Doubts are settled by the
 * nation's list as any other (replies.md). Done again, it does what a kill left undone. */
struct engine_adoption {
	uint64_t doubts;
	bool is_dated; /* false: no import of this load is known, so the list will prove nothing */
};
int engine_adopt(struct engine *engine, struct engine_adoption *adoption, struct err *err);

/* Chunks that were refused or failed, and that the nation surely does not hold
 * (chunk_is_surely_absent), are planned again, while nobody runs the load: CHUNK_RETRIED. Done again,
 * it does what a kill left undone. */
struct engine_retried {
	uint64_t again;  /* planned again */
	uint64_t unsure; /* refused or failed, but the nation may hold them: left alone */
	uint32_t unsure_source, unsure_chunk; /* the first of those */
};
int engine_retry_failed(struct engine *engine, struct engine_retried *retried, struct err *err);

/* Rows that were rejected and corrected become chunks, while nobody runs the load: the plan is extended
 * by all of them in one transaction, or not at all. The files are in place already. The engine must
 * not be used afterwards: the next one reads what was written. */
struct engine_retry_file {
	struct journal_input input;
	uint32_t first_chunk, chunks; /* the numbers of its chunks */
};

struct engine_retry_parent { /* a chunk in which some of the rows were rejected; named once */
	uint32_t source;
	uint32_t chunk;
	uint32_t retry; /* N of retry/N.csv */
	uint64_t rows;
};

struct engine_retry {
	const struct engine_retry_file *files; /* one a source */
	size_t file_count;
	const struct engine_retry_parent *parents;
	size_t parent_count;
	const struct plan_chunk *chunks;
	size_t chunk_count;
	struct digest sha256; /* of the file as it was handed in */
};
int engine_retry_rows(struct engine *engine, const struct engine_retry *retry, struct err *err);

/* Lent until the engine is freed; for reports and tests. */
const struct load *engine_state(const struct engine *engine);

static inline void
engine_scoped(struct engine **engine)
{
	engine_free(*engine);
}

#endif
