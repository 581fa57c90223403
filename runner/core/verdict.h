/* verdict.h - what a reply means. The tables of replies.md, and nothing else.
 *
 * A POST to /imports is not idempotent, so the question is never "did it work?" but "what do we
 * know?". Pure: reply and chunk in, a verdict out; the engine writes its event down before it acts. */
#ifndef RUNNER_CORE_VERDICT_H
#define RUNNER_CORE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/chunk.h"
#include "runner/core/load.h"
#include "runner/core/reply.h"

struct verdict {
	bool has_event;
	struct event event; /* at_ms, source, chunk, attempt and evidence filled in */

	/* Without an event: ask again after this. With one, event.due_ms says it. */
	int64_t wait_ms;

	enum err_kind stop; /* ERR_NONE, or the run ends with it; stop_text says why */
	char stop_text[LIMIT_NOTE_BYTES + 128];

	int64_t pause_ms;     /* > 0: no request of any kind for so long; no success, then */
	uint64_t retry_cost;  /* > 0: a failure, and what it takes of the retry budget */
	bool is_success;      /* the nation answered and we understood; not: ask later (429) */
	bool is_no_connection; /* nothing was sent */
	enum trouble trouble;  /* why a GET has to be made again */
};

struct verdict_context {
	const struct load_limits *limits;
	const struct chunk *chunk; /* as it stands */
	int64_t wall_ms;
	uint32_t roll;
	enum trouble trouble;      /* of the GETs before this one: which, */
	uint32_t troubles;         /* how many in a row, */
	int64_t troubled_ms;       /* and for how long */
	uint32_t refused_in_a_row; /* of load */
	uint32_t last_refusal;
	uint32_t too_large_in_a_row;
	bool is_one_row; /* the chunk cannot be split */
};

/* The nation took it and said under which id: the one answer of which not even the chunk need be known. */
bool verdict_is_accepted(const struct reply *reply);

struct verdict verdict_of_submit(const struct reply *reply, const struct verdict_context *context);
struct verdict verdict_of_status(const struct reply *reply, const struct verdict_context *context);
struct verdict verdict_of_result(const struct reply *reply, const struct verdict_context *context);

/* A POST that was under way when the process ended: nothing is known, so it is in doubt. */
struct event verdict_of_restart(const struct verdict_context *context);

/* The common part for a GET that is not about an import, such as the list: is the answer worth
 * reading (is_success), and if not, wait_ms, stop, pause. */
struct verdict verdict_of_get(const struct reply *reply, const struct verdict_context *context);

#endif
