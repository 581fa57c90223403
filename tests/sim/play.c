#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/again.h"
#include "tests/sim/law.h"
#include "tests/sim/must.h"
#include "tests/sim/play.h"

enum {
	NOISY_RUNS = 8, /* while things go wrong */
	CALM_RUNS = 8,
};

static struct engine_options
options_of(struct world *world)
{
	for (uint32_t i = 0; i < world->paper.source_count; i++)
		world->paper.sources[i].chunk_count = memory_chunks_of(&world->memory, i);
	return (struct engine_options){
		.ports = &world->ports,
		.limits = world->options.limits,
		.sources = world->paper.sources,
		.source_count = world->paper.source_count,
		.job = "jobs/nc.cfg",
		.person = "ada",
		.host = "vm-2",
		.pid = 4711,
		.tick_ms = MINUTE,
	};
}

/* ---- a run ---- */

static enum play_result
run_engine(struct world *world, struct engine *engine, struct engine_end *end)
{
	struct err err = ERR_INIT;

	if (engine_run(engine, end, &err) == 0)
		return PLAY_ENDED;
	world_trace(world, "the run broke off: %s", err.text);
	if (err.kind != ERR_IO)
		world_violate(world, "law 8: the run broke off with %d: %s", (int)err.kind,
		    err.text);
	return PLAY_BROKEN;
}

static void
clean_up(struct world *world, struct engine *engine, enum play_result result)
{
	const struct load *load = engine_state(engine);

	world->is_running = false;
	world->has_tripped = load->is_tripped;
	world->parked = load->parked;
	world->room = load->limits.in_flight;
	engine_free(engine);
	world->memory.is_dead = false; /* that process is gone */
	pretend_end(&world->nation);
	if (result == PLAY_KILLED)
		memory_kill(&world->memory);
	if (world->memory.shelf && result == PLAY_KILLED)
		shelf_kill(world->memory.shelf);
	else if (world->memory.shelf)
		shelf_close(world->memory.shelf);
	if (result == PLAY_KILLED || result == PLAY_BROKEN) {
		paper_kill(&world->paper);
		law_cut(world);
	}
}

enum play_result
play_run(struct world *world, uint64_t kill_at, struct engine_end *end)
{
	const struct engine_options options = options_of(world);
	struct engine *volatile engine;
	volatile enum play_result result;
	struct err err = ERR_INIT;

	world->step = 0;
	world->kill_at = kill_at;
	world->waits = world->waits_in_a_moment = 0;
	world->acted_ms = world->mono_ms;
	world->hour = (struct world_hour){ .began_ms = world->mono_ms };
	world_trace(world, "RUN");
	paper_trim(&world->paper, world->memory.chunk_count);
	if (world->memory.shelf)
		shelf_open(world->memory.shelf);
	if (world->violation[0])
		return PLAY_VIOLATED;
	engine = must(engine_new(&options, &err));
	world->load = engine_state(engine);
	world->is_running = true;
	switch (setjmp(world->out)) {
	case 0:
		result = run_engine(world, engine, end);
		break;
	case WORLD_KILLED:
		result = PLAY_KILLED;
		break;
	default:
		result = PLAY_VIOLATED;
		break;
	}
	clean_up(world, engine, result);
	if (!world->first_steps)
		world->first_steps = world->step;
	if (result == PLAY_VIOLATED)
		return PLAY_VIOLATED;
	if (result == PLAY_ENDED) {
		world_trace(world, "ENDED %d %s", (int)end->code, end->text);
		law_end(world, end);
	}
	law_records(world);
	return world->violation[0] ? PLAY_VIOLATED : result;
}

/* ---- a person ---- */

/* An import of the chunk that no chunk owns; NULL: none. */
static const struct pretend_taken *
unowned(const struct world *world, size_t paper)
{
	for (size_t i = 0; i < world->nation.taken_count; i++) {
		const struct pretend_taken *taken = &world->nation.taken[i];

		if (taken->paper == paper && !memory_owner(&world->memory, taken->import_id))
			return taken;
	}
	return NULL;
}

static enum event_type
choose(struct world *world, const struct chunk *chunk, size_t paper, uint64_t *import_id)
{
	const struct pretend_taken *taken = unowned(world, paper);

	if (world_rolls(world, 100))
		return EVENT_RESOLVED_RESUBMIT;
	*import_id = chunk->import_id;
	if (!chunk->import_id && taken)
		*import_id = taken->import_id;
	/* One that the nation has given up on stays there, for good. */
	if (*import_id && !pretend_find(&world->nation, *import_id)->is_doomed)
		return EVENT_RESOLVED_IMPORT;
	if (*import_id || world_rolls(world, 300))
		return EVENT_RESOLVED_SKIP;
	return EVENT_RESOLVED_RESUBMIT;
}

bool
play_settle(struct world *world, size_t paper, struct event *event)
{
	const struct chunk *chunk = &world->memory.chunks[paper];

	if (pretend_may_take(&world->nation, paper))
		return false;
	*event = (struct event){ .source = chunk->source, .chunk = chunk->number };
	event->type = choose(world, chunk, paper, &event->import_id);
	snprintf(event->person, sizeof(event->person), "ada");
	snprintf(event->text, sizeof(event->text), "seen in the control panel");
	return true;
}

enum err_kind
play_resolve(struct world *world, const struct event *event)
{
	const struct engine_options options = options_of(world);
	struct err err = ERR_INIT;
	struct engine *engine = must(engine_new(&options, &err));
	struct event word = *event;

	if (world->memory.shelf)
		shelf_open(world->memory.shelf);
	if (world->violation[0])
		err_set(&err, ERR_BUG, "%s", world->violation);
	else if (engine_load(engine, &err) == 0)
		engine_resolve(engine, &word, &err);
	engine_free(engine);
	world->memory.is_dead = false; /* that process is gone */
	if (world->memory.shelf)
		shelf_close(world->memory.shelf);
	world_trace(world, "RESOLVE %u-%u %s: %s", event->source, event->chunk,
	    event_word(event->type), err.kind ? err.text : "done");
	return err.kind;
}

static enum play_result
act_alone(struct world *world, struct engine *engine,
    int (*act)(struct engine *engine, void *ctx, struct err *err), void *ctx)
{
	struct err err = ERR_INIT;

	if (engine_load(engine, &err) == 0 && act(engine, ctx, &err) == 0)
		return PLAY_ENDED;
	world_trace(world, "it broke off: %s", err.text);
	if (err.kind != ERR_IO)
		world_violate(world, "law 8: it broke off with %d: %s", (int)err.kind, err.text);
	return PLAY_BROKEN;
}

enum play_result
play_alone(struct world *world, uint64_t kill_at,
    int (*act)(struct engine *engine, void *ctx, struct err *err), void *ctx)
{
	const struct engine_options options = options_of(world);
	struct engine *volatile engine;
	volatile enum play_result result = PLAY_KILLED;
	struct err err = ERR_INIT;
	int out;

	world->step = 0;
	world->kill_at = kill_at;
	if (world->memory.shelf)
		shelf_open(world->memory.shelf);
	if (world->violation[0])
		return PLAY_VIOLATED;
	engine = must(engine_new(&options, &err));
	world->is_running = true;
	out = setjmp(world->out);
	if (out == 0)
		result = act_alone(world, engine, act, ctx);
	else if (out != WORLD_KILLED)
		result = PLAY_VIOLATED;
	world->kill_at = 0;
	clean_up(world, engine, result);
	return world->violation[0] ? PLAY_VIOLATED : result;
}

static int
adopt(struct engine *engine, void *ctx, struct err *err)
{
	struct engine_adoption adoption;

	(void)ctx;
	return engine_adopt(engine, &adoption, err);
}

void
play_adopt(struct world *world, struct memory *copy, uint64_t kill_at)
{
	memory_restore(&world->memory, copy);
	world->memory.is_dead = false;
	law_restored(world);
	world_trace(world, "ADOPT");
	if (play_alone(world, kill_at, adopt, NULL) == PLAY_KILLED)
		play_alone(world, 0, adopt, NULL);
}

/* Everything that waits for a person, and what was refused or failed, is settled. */
static void
settle_all(struct world *world)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		enum chunk_state state = world->memory.chunks[i].state;
		struct event event;

		if (state != CHUNK_HELD && state != CHUNK_REFUSED && state != CHUNK_FAILED)
			continue;
		if (play_settle(world, i, &event) && play_resolve(world, &event))
			world_violate(world, "law 3: a person's word about chunk %u was refused",
			    event.chunk);
	}
}

/* ---- from the first run to the end ---- */

static bool
is_over(const struct world *world)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		enum chunk_state state = world->memory.chunks[i].state;

		if (state != CHUNK_DONE && state != CHUNK_SKIPPED &&
		    !law_is_kept_back(world, &world->memory.chunks[i]))
			return false;
	}
	return true;
}

static bool
has_kept_back(const struct world *world)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		if (world->memory.chunks[i].state == CHUNK_PLANNED)
			return true;
	}
	return false;
}

/* Law 6. */
static void
run_again(struct world *world)
{
	size_t events = world->memory.event_count;
	uint64_t requests = world->nation.request_total;
	struct engine_end end;

	if (play_run(world, 0, &end) == PLAY_VIOLATED)
		return;
	for (size_t i = events; i < world->memory.event_count; i++) {
		enum event_type type = world->memory.events[i].type;

		if (type != EVENT_RUN_STARTED && type != EVENT_RUN_ENDED)
			world_violate(world, "law 6: a run with nothing to do wrote %s",
			    event_word(type));
	}
	/* Chunks that are kept back are reason enough to ask for the list. */
	if (world->nation.request_total > requests + 1 ||
	    (world->nation.request_total > requests && !has_kept_back(world)))
		world_violate(world, "law 6: a run with nothing to do sent requests");
}

bool
play_out(struct world *world, const struct play_cuts *cuts)
{
	struct engine_end end;

	for (int run = 0; run < NOISY_RUNS && !is_over(world); run++) {
		if (play_run(world, run < PLAY_CUTS ? cuts->at[run] : 0, &end) == PLAY_VIOLATED)
			return false;
		/* Somebody types the command again, at once or the next day. */
		world_pass(world, world_rolls(world, 200) ? 20 * HOUR : 10 * SECOND);
		if (world_rolls(world, world->options.retry_permille))
			again_by_chance(world);
	}
	world->is_calm = true;
	world_pass(world, HOUR);
	if (!world->violation[0] && world->options.retry_permille) {
		again_chunks(world, 0);
		again_rows(world, CUT_NOT);
	}
	for (int run = 0; run < CALM_RUNS && !is_over(world); run++) {
		settle_all(world);
		if (world->violation[0] || play_run(world, 0, &end) == PLAY_VIOLATED)
			return false;
	}
	law_over(world);
	if (!world->violation[0])
		run_again(world);
	return world->violation[0] == '\0';
}
