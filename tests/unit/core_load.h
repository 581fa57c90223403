/* core_load.h - a small load in memory for the tests of load.c and decide.c: two sources of five
 * chunks, "ballots" after "people". */
#ifndef TESTS_UNIT_CORE_LOAD_H
#define TESTS_UNIT_CORE_LOAD_H

#include "tests/unit/core_test.h"

enum { CORE_CHUNKS = 5, CORE_SLOTS = 2 * CORE_CHUNKS, PEOPLE = 0, BALLOTS = 1 };

struct core_load {
	struct load load;
	struct slot slots[CORE_SLOTS];
	uint32_t ready[2][CORE_SLOTS], polls[CORE_SLOTS], doubts[CORE_SLOTS], buckets[4];
	struct load_source sources[2];
	struct chunk chunks[CORE_SLOTS]; /* as last put */
	uint32_t after[1];
	int64_t wall_ms, mono_ms;
};

/* All chunks as their records say; nothing was put yet where `chunks` is NULL. */
static inline void
core_load_init(struct core_load *core, const struct load_limits *limits)
{
	*core = (struct core_load){ .wall_ms = CORE_WALL, .mono_ms = CORE_MONO };
	for (uint32_t i = 0; i < 2; i++) {
		core->sources[i].first = i * CORE_CHUNKS;
		core->sources[i].count = CORE_CHUNKS;
		core->sources[i].ready.items = core->ready[i];
	}
	core->sources[BALLOTS].rules.after = core->after;
	core->sources[BALLOTS].rules.after_count = 1;
	load_init(&core->load, limits,
	    &(struct load_memory){
		.slots = core->slots,
		.poll_items = core->polls,
		.doubt_items = core->doubts,
		.buckets = core->buckets, /* fewer than slots, so that they are chained */
		.bucket_count = 4,
		.slot_count = CORE_SLOTS,
		.sources = core->sources,
		.source_count = 2,
	    },
	    core->mono_ms);
	for (uint32_t i = 0; i < CORE_SLOTS; i++) {
		struct plan_chunk plan = core_plan(i / CORE_CHUNKS, 1 + i % CORE_CHUNKS);

		core->chunks[i] = chunk_untouched(&plan);
	}
}

/* Takes chunks[index] in as it stands: at start-up if `before` is NULL, else after a change. */
static inline void
core_load_put(struct core_load *core, uint32_t index, const struct chunk *before)
{
	struct plan_chunk plan = core_plan(index / CORE_CHUNKS, 1 + index % CORE_CHUNKS);
	const struct load_change change = { before, &core->chunks[index], &plan, core->wall_ms,
		core->mono_ms };

	load_put(&core->load, index, &change);
}

static inline void
core_load_start(struct core_load *core)
{
	for (uint32_t i = 0; i < CORE_SLOTS; i++)
		core_load_put(core, i, NULL);
}

/* An event happens to a chunk and is applied. */
static inline void
core_load_event(struct core_load *core, uint32_t index, struct event event)
{
	struct chunk before = core->chunks[index];

	event.at_ms = core->wall_ms;
	assert_int_equal(chunk_apply(&core->chunks[index], &event), 0);
	core_load_put(core, index, &before);
}

static inline void
core_load_pass(struct core_load *core, int64_t ms)
{
	core->wall_ms += ms;
	core->mono_ms += ms;
}

/* A load of default limits in which nothing has happened yet. */
static inline void
core_load_new(struct core_load *core)
{
	struct load_limits limits = core_limits();

	core_load_init(core, &limits);
	core_load_start(core);
}

/* SUBMIT_STARTED with its request under way. */
static inline void
core_load_submit(struct core_load *core, uint32_t index)
{
	core_load_event(core, index, (struct event){ .type = EVENT_SUBMIT_STARTED });
	load_begin(&core->load, index, REQUEST_SUBMIT, core->mono_ms);
}

/* Its answer came, and was this event. */
static inline void
core_load_answer(struct core_load *core, uint32_t index, struct event event)
{
	load_end(&core->load, index);
	core_load_event(core, index, event);
}

/* Sent, and the answer lost; the settle time runs. */
static inline void
core_load_lose(struct core_load *core, uint32_t index)
{
	core_load_submit(core, index);
	load_doubt(&core->load, index, core->mono_ms);
	core_load_answer(core, index,
	    (struct event){ .type = EVENT_ANSWER_LOST,
		.sha256 = { true, "s" },
		.due_ms = core->wall_ms + core->load.limits.settle_ms });
}

/* Sent, accepted, finished and done. */
static inline void
core_load_done(struct core_load *core, uint32_t index, uint64_t import_id, uint64_t rows_failed)
{
	core_load_submit(core, index);
	core_load_answer(core, index,
	    (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = import_id });
	core_load_event(core, index, (struct event){ .type = EVENT_IMPORT_FINISHED });
	core_load_event(core, index,
	    (struct event){ .type = EVENT_RESULT_STORED,
		.rows_succeeded = 100 - rows_failed,
		.rows_failed = rows_failed });
}

#endif
