/* turn.h - what one turn of the loop writes down: events and the chunks as they stand after them.
 *
 * turn_note() collects, turn_commit() makes it all durable in one transaction and then applies it
 * to the load (laws 1 and 2: durable first). Between the two nothing may act. */
#ifndef RUNNER_ENGINE_TURN_H
#define RUNNER_ENGINE_TURN_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/load.h"
#include "runner/ports.h"

/* Events of one transaction. A reply makes one, a conflict of ids two, the equation one more. */
enum { TURN_EVENTS = 40 };

struct turn_chunk {
	struct chunk before;
	struct plan_chunk plan;
	uint32_t index; /* LOAD_NO_INDEX: added in this turn, it has no slot yet */
};

struct turn {
	const struct ports *ports;
	struct load *load;
	struct event events[TURN_EVENTS];
	size_t event_count;
	struct chunk after[TURN_EVENTS]; /* of touched[] */
	struct turn_chunk touched[TURN_EVENTS];
	size_t touched_count;
	struct plan_chunk added[PLAN_PIECES];
	size_t added_count;
	struct tally *tallies; /* of all sources, as they will stand */
	enum equation equation; /* learned so far */
};

/* ERR_BUG if the chunk's state does not allow the event. */
int turn_note(struct turn *turn, const struct event *event, struct err *err);

/* CHUNK_ADDED: the plan is extended by this chunk, for which the load has room. */
int turn_add(struct turn *turn, const struct plan_chunk *plan, int64_t at_ms, struct err *err);

/* The chunk as it stands after what was noted. */
int turn_chunk(struct turn *turn, uint32_t index, struct chunk *chunk, struct err *err);

/* Nothing noted: does nothing. On failure what was noted stays, for the rescue. */
int turn_commit(struct turn *turn, struct err *err);

#endif
