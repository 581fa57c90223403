/* replay.h - the events of a store from the first to the last: the chain that they are, and what
 * they make of each chunk of the plan. The second part of an audit. */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/core/chunk.h"
#include "store/audited.h"
#include "store/coverage.h"

struct replay_source;

struct replay {
	uint64_t events;
	uint64_t retries;              /* of them, those that planned the file of a retry */
	struct replay_source *sources; /* in the order of the job */
	size_t source_count;
};

#define REPLAY_NONE { .sources = NULL }

/* `coverage` is that of the same snapshot; it is not kept. */
int replay_events(struct replay *replay, struct audited *audited, const struct coverage *coverage,
    struct err *err);
void replay_done(struct replay *replay);

/* Something happened to this chunk of the plan. */
bool replay_has(const struct replay *replay, uint32_t source, uint32_t number);

/* The chunk as its events leave it; untouched if there are none. */
void replay_get(const struct replay *replay, struct audited *audited,
    const struct plan_chunk *plan, struct chunk *chunk);

SCOPED_BY(replay, replay_done)

#endif
