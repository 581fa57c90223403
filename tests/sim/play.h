/* play.h - whole loads: run, cut off, run again, settled by a person, run again, until nothing is
 * left to do; the laws are checked after every run. */
#ifndef TESTS_SIM_PLAY_H
#define TESTS_SIM_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/sim/world.h"

enum play_result {
	PLAY_ENDED,    /* by itself: end says how */
	PLAY_BROKEN,   /* the journal failed */
	PLAY_KILLED,
	PLAY_VIOLATED, /* world->violation says which law */
};

/* One run by a fresh process, killed at its nth step (0: not). */
enum play_result play_run(struct world *world, uint64_t kill_at, struct engine_end *end);

/* Where the first runs are killed: the first at cuts[0], the one after it at cuts[1]. */
enum { PLAY_CUTS = 2 };
struct play_cuts {
	uint64_t at[PLAY_CUTS];
};

/* From the first run to the end: while things go wrong, then calmly, with a person who looks at the
 * nation and settles what waits; then once more, when nothing may happen. False: a law was
 * violated. */
bool play_out(struct world *world, const struct play_cuts *cuts);

/* What a person who sees the nation's control panel says about a chunk; false: nothing yet. Now and
 * then they want a chunk sent again that is there: their word counts. */
bool play_settle(struct world *world, size_t paper, struct event *event);

/* The journal is put back as it was, and adopted as `run --adopt` does; killed at its nth step (0:
 * not), it is adopted again. Takes the copy. */
void play_adopt(struct world *world, struct memory *copy, uint64_t kill_at);

/* Something else that a person does while nobody runs the load, by a process of its own that is killed at
 * its nth step (0: not). The records are not checked. */
enum play_result play_alone(struct world *world, uint64_t kill_at,
    int (*act)(struct engine *engine, void *ctx, struct err *err), void *ctx);

/* A person's word while nobody runs. ERR_NONE, or why it was refused. */
enum err_kind play_resolve(struct world *world, const struct event *event);

#endif
