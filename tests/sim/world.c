#include "platform.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "tests/sim/law.h"
#include "tests/sim/must.h"
#include "tests/sim/play.h"
#include "tests/sim/world.h"

int64_t
world_wall(const struct world *world)
{
	return world->mono_ms + world->wall_offset_ms;
}

int64_t
world_nation_clock(const struct world *world)
{
	return world->mono_ms - WORLD_MONO + WORLD_NATION;
}

bool
world_rolls(struct world *world, uint32_t permille)
{
	if (permille == 0 || world->is_calm)
		return false;
	return chance_below(&world->chance, 1000) < permille;
}

void
world_trace(const struct world *world, const char *format, ...)
{
	va_list args;

	if (!world->is_traced)
		return;
	printf("# %9.3f ", (double)(world->mono_ms - WORLD_MONO) / 1000);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void
world_violate(struct world *world, const char *format, ...)
{
	va_list args;

	if (world->violation[0] == '\0') {
		va_start(args, format);
		vsnprintf(world->violation, sizeof(world->violation), format, args);
		va_end(args);
		world_trace(world, "VIOLATED: %s", world->violation);
	}
	if (world->is_running)
		longjmp(world->out, WORLD_VIOLATED);
}

void
world_step(struct world *world, const char *name)
{
	world->step++;
	world->step_name = name;
	if (world->step != world->kill_at)
		return;
	world_trace(world, "KILLED at step %llu, %s", (unsigned long long)world->step, name);
	longjmp(world->out, WORLD_KILLED);
}

/* Somebody, a time server or a season sets the wall clock; 1970 is the earliest that one can say. */
static void
set_wall_clock(struct world *world)
{
	static const int64_t most_ms[] = { 10 * MINUTE, HOUR, 8 * HOUR, 5 * YEAR };
	int64_t most = most_ms[chance_below(&world->chance, ARRAY_COUNT(most_ms))];
	int64_t by_ms = (int64_t)chance_below(&world->chance, (uint64_t)(2 * most)) - most;

	if (most == HOUR)
		by_ms = by_ms < 0 ? -HOUR : HOUR;
	world->wall_offset_ms += by_ms;
	if (world_wall(world) < SECOND)
		world->wall_offset_ms = SECOND - world->mono_ms;
	world_trace(world, "the wall clock is set by %.3f s", (double)by_ms / 1000);
}

void
world_pass(struct world *world, int64_t ms)
{
	if (ms > 0)
		world->waits_in_a_moment = 0;
	world->mono_ms += ms;
	if (world_rolls(world, world->options.jump_permille))
		set_wall_clock(world);
	pretend_advance(&world->nation);
}

void
world_sleep(struct world *world)
{
	int64_t ms = (int64_t)chance_below(&world->chance, 12 * HOUR);

	world_trace(world, "the process stands still for %.3f s", (double)ms / 1000);
	world_pass(world, ms);
	world->acted_ms += ms;
}

/* ---- the small ports ---- */

static struct now
clock_now(void *ctx)
{
	const struct world *world = ctx;

	return (struct now){ world_wall(world), world->mono_ms };
}

static uint32_t
roll(void *ctx)
{
	struct world *world = ctx;

	return (uint32_t)chance_next(&world->chance);
}

/* Someone asks for something, at a moment and about a chunk that chance chooses. */
static void
wish_by_chance(struct world *world, struct wish *wish)
{
	static const enum wish_kind kinds[] = { WISH_STOP, WISH_CUT, WISH_PROGRESS, WISH_LIMITS, WISH_RESOLVE,
						WISH_RESOLVE, WISH_RESOLVE };
	size_t paper = chance_below(&world->chance, world->memory.chunk_count);

	wish->kind = kinds[chance_below(&world->chance, ARRAY_COUNT(kinds))];
	if (wish->kind == WISH_RESOLVE && !play_settle(world, paper, &wish->event))
		wish->kind = WISH_NONE;
}

static int
hear_wish(void *ctx, struct wish *wish, struct err *err)
{
	struct world *world = ctx;

	(void)err;
	*wish = (struct wish){ .kind = WISH_NONE };
	if (world->mono_ms >= world->script_wish_at_ms) {
		*wish = world->script_wish;
		world->script_wish_at_ms = INT64_MAX;
	} else if (world_rolls(world, world->options.wish_permille)) {
		wish_by_chance(world, wish);
	}
	if (wish->kind)
		world_trace(world, "wish %d about %u-%u: %s", (int)wish->kind, wish->event.source,
		    wish->event.chunk, wish->kind == WISH_RESOLVE ? event_word(wish->event.type) : "");
	return 0;
}

static void
answer_wish(void *ctx, uint64_t ticket, const char *error)
{
	struct world *world = ctx;

	(void)ticket;
	world->has_refused_wish = error != NULL;
	if (error)
		world_trace(world, "  refused: %s", error);
}

static void
watch_event(void *ctx, const struct event *event, const struct chunk *chunk)
{
	struct world *world = ctx;

	if ((event->chunk != 0) != (chunk != NULL))
		world_violate(world, "law 5: the watcher was told of %s without its chunk",
		    event_word(event->type));
}

static void
watch_words(void *ctx, enum weight weight, const char *text)
{
	struct world *world = ctx;

	if (weight == WEIGHT_WARNING)
		snprintf(world->warning, sizeof(world->warning), "%s", text);
	world_trace(world, "%s%s", weight == WEIGHT_WARNING ? "warning: " : "", text);
}

static void
watch_work(void *ctx, const struct chunk *chunk, uint64_t done, uint64_t total)
{
	struct world *world = ctx;

	if (done > total || chunk->import_id == 0)
		world_violate(world, "chunk %u: the nation works on %llu of %llu rows of no import",
		    chunk->number, (unsigned long long)done, (unsigned long long)total);
}

static void
watch_turn(void *ctx, const struct tally *tallies, size_t source_count, const char *waiting_for)
{
	struct world *world = ctx;

	(void)waiting_for;
	if (source_count != world->memory.source_count ||
	    memcmp(tallies, world->memory.tallies, source_count * sizeof(*tallies)) != 0)
		world_violate(world, "law 5: the running totals are not the durable ones");
}

static void
watch_question(void *ctx)
{
	world_trace(ctx, "how far it is was asked");
}

/* One time in two not to be read just then; never beyond the first ones, which the laws hold it to. */
static int
job_limits(void *ctx, struct load_limits *limits, struct err *err)
{
	struct world *world = ctx;
	const struct load_limits *first = &world->options.limits;

	if (world_rolls(world, 500))
		return err_set(err, ERR_JOB, "the job file is being edited");
	*limits = *first;
	limits->uploads = 1 + (uint32_t)chance_below(&world->chance, first->uploads);
	limits->in_flight = 1 + (uint32_t)chance_below(&world->chance, first->in_flight);
	return 0;
}

static void
at_step(void *ctx, const char *step)
{
	world_step(ctx, step);
}

/* ---- making one ---- */

struct world *
world_new(const struct world_options *options)
{
	struct world *world = must(calloc(1, sizeof(*world)));

	world->options = *options;
	world->chance = (struct chance){ options->seed };
	world->mono_ms = WORLD_MONO;
	world->wall_offset_ms = WORLD_WALL - WORLD_MONO;
	world->script_wish_at_ms = INT64_MAX;
	world->is_traced = getenv("SIM_TRACE") != NULL;
	paper_init(&world->paper, world, world->options.sources, options->source_count);
	memory_init(&world->memory, world, world->paper.plan, world->paper.count,
	    options->source_count);
	if (options->has_store)
		world->memory.shelf = shelf_new(world);
	pretend_init(&world->nation, world, &options->nation);
	fate_init(&world->fates, &options->fates);
	world->ports = (struct ports){
		.clock = { world, clock_now },
		.chance = { world, roll },
		.journal = memory_port(&world->memory),
		.nation = pretend_port(&world->nation),
		.source = paper_port(&world->paper),
		.control = { world, hear_wish, answer_wish },
		.watcher = { world, watch_event, watch_words, watch_turn, watch_question,
			watch_work },
		.job = { world, job_limits },
		.steps = { world, at_step },
	};
	return world;
}

void
world_free(struct world *world)
{
	if (!world)
		return;
	fate_done(&world->fates);
	pretend_done(&world->nation);
	shelf_free(world->memory.shelf);
	memory_done(&world->memory);
	paper_done(&world->paper);
	free(world);
}
