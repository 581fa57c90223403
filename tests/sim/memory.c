#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/law.h"
#include "tests/sim/memory.h"
#include "tests/sim/must.h"
#include "tests/sim/shelf.h"
#include "tests/sim/world.h"

void
memory_init(struct memory *memory, struct world *world, const struct plan_chunk *plan,
    size_t count, size_t source_count)
{
	const size_t room = count > PAPER_MOST ? count : PAPER_MOST;

	*memory = (struct memory){
		.plan = must(calloc(room, sizeof(*plan))),
		.chunks = must(calloc(room, sizeof(struct chunk))),
		.chunk_count = count,
		.chunk_room = room,
		.tallies = must(calloc(source_count + 1, sizeof(struct tally))),
		.source_count = source_count,
		.undo.chunks = must(calloc(room, sizeof(struct chunk))),
		.undo.tallies = must(calloc(source_count + 1, sizeof(struct tally))),
		.world = world,
	};
	for (size_t i = 0; i < count; i++) {
		memory->plan[i] = plan[i];
		memory->chunks[i] = chunk_untouched(&plan[i]);
		tally_add(&memory->tallies[plan[i].source], &memory->chunks[i], &plan[i]);
	}
}

void
memory_done(struct memory *memory)
{
	free(memory->plan);
	free(memory->chunks);
	free(memory->tallies);
	free(memory->events);
	free(memory->undo.chunks);
	free(memory->undo.tallies);
}

static void *
copy_of(const void *from, size_t bytes)
{
	void *to = must(malloc(bytes + 1));

	if (bytes)
		memcpy(to, from, bytes);
	return to;
}

struct memory *
memory_copy(const struct memory *memory)
{
	struct memory *copy = copy_of(memory, sizeof(*memory));
	size_t chunks = memory->chunk_count * sizeof(*memory->chunks);
	size_t tallies = memory->source_count * sizeof(*memory->tallies);

	copy->plan = copy_of(memory->plan, memory->chunk_count * sizeof(*memory->plan));
	copy->chunks = copy_of(memory->chunks, chunks);
	copy->tallies = copy_of(memory->tallies, tallies);
	copy->events = copy_of(memory->events, memory->event_count * sizeof(*memory->events));
	copy->event_cap = memory->event_count;
	copy->undo.chunks = copy_of(memory->undo.chunks, chunks);
	copy->undo.tallies = copy_of(memory->undo.tallies, tallies);
	return copy;
}

void
memory_restore(struct memory *memory, struct memory *copy)
{
	memory_done(memory);
	*memory = *copy;
	free(copy);
}

static size_t
find(const struct memory *memory, uint32_t source, uint32_t number)
{
	size_t i = 0;

	while (i < memory->chunk_count &&
	       (memory->plan[i].source != source || memory->plan[i].number != number))
		i++;
	return i;
}

struct chunk *
memory_chunk(const struct memory *memory, uint32_t source, uint32_t number)
{
	size_t i = find(memory, source, number);

	return i < memory->chunk_count ? &memory->chunks[i] : NULL;
}

const struct plan_chunk *
memory_plan(const struct memory *memory, uint32_t source, uint32_t number)
{
	size_t i = find(memory, source, number);

	return i < memory->chunk_count ? &memory->plan[i] : NULL;
}

uint32_t
memory_chunks_of(const struct memory *memory, uint32_t source)
{
	uint32_t count = 0;

	for (size_t i = 0; i < memory->chunk_count; i++)
		count += memory->plan[i].source == source;
	return count;
}

const struct chunk *
memory_owner(const struct memory *memory, uint64_t import_id)
{
	for (size_t i = 0; i < memory->chunk_count; i++) {
		if (memory->chunks[i].import_id == import_id)
			return &memory->chunks[i];
	}
	return NULL;
}

size_t
memory_count(const struct memory *memory, const struct chunk *chunk, enum event_type type)
{
	size_t count = 0;

	for (size_t i = 0; i < memory->event_count; i++) {
		const struct event *event = &memory->events[i];

		count += event->type == type && event->source == chunk->source &&
			 event->chunk == chunk->number;
	}
	return count;
}

/* ---- the port ---- */

static void
remember(struct memory *memory)
{
	struct memory_undo *undo = &memory->undo;

	memcpy(undo->chunks, memory->chunks, memory->chunk_count * sizeof(*undo->chunks));
	memcpy(undo->tallies, memory->tallies, memory->source_count * sizeof(*undo->tallies));
	undo->event_count = memory->event_count;
	undo->chunk_count = memory->chunk_count;
}

static void
store_event(struct memory *memory, struct event *event)
{
	if (memory->event_count == memory->event_cap) {
		memory->event_cap = memory->event_cap ? 2 * memory->event_cap : 256;
		memory->events =
		    must(realloc(memory->events, memory->event_cap * sizeof(*memory->events)));
	}
	event->seq = memory->event_count + 1;
	memory->events[memory->event_count++] = *event;
}

static bool
is_planted(const struct memory *memory, enum planted_bug bug)
{
	return memory->world && memory->world->options.bug == bug;
}

static void
store_added(struct memory *memory, const struct plan_chunk *added, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		must(memory->chunk_count < memory->chunk_room ? memory : NULL);
		memory->plan[memory->chunk_count] = added[i];
		memory->chunks[memory->chunk_count++] = chunk_untouched(&added[i]);
	}
}

static void
store(struct memory *memory, const struct journal_turn *turn)
{
	for (size_t i = 0; i < turn->event_count; i++) {
		if (turn->events[i].type != EVENT_IMPORT_FINISHED ||
		    !is_planted(memory, BUG_DROPS_EVENT))
			store_event(memory, &turn->events[i]);
	}
	store_added(memory, turn->added, turn->added_count);
	for (size_t i = 0; i < turn->chunk_count; i++)
		*memory_chunk(memory, turn->chunks[i].source, turn->chunks[i].number) =
		    turn->chunks[i];
	memcpy(memory->tallies, turn->tallies, turn->source_count * sizeof(*turn->tallies));
	if (memory->shelf)
		shelf_append(memory->shelf, turn);
}

/* A story's, once. */
static bool
is_disk_full(struct world *world, const struct journal_turn *turn)
{
	for (size_t i = 0; i < turn->event_count && !world->was_disk_full; i++)
		world->was_disk_full = turn->events[i].type == world->options.full_disk_at;
	return world->was_disk_full && world->options.full_disk_at;
}

/* To who appends, a death is a failure after which nothing can be done. */
static int
end_there(struct memory *memory, struct err *err)
{
	memory->cut = CUT_NOT;
	memory->is_dead = true;
	return err_set(err, ERR_IO, "killed");
}

static int
append(void *ctx, const struct journal_turn *turn, struct err *err)
{
	struct memory *memory = ctx;
	struct world *world = memory->world;
	bool is_failing = world && world_rolls(world, world->options.journal_permille);
	bool is_durable = !is_failing || world_rolls(world, 500);

	if (memory->is_dead)
		return err_set(err, ERR_IO, "an earlier commit failed");
	if (world && is_disk_full(world, turn)) {
		world->options.full_disk_at = (enum event_type)0;
		memory->is_dead = true;
		return err_set(err, ERR_IO, "disk full (0 bytes free)");
	}
	if (memory->cut == CUT_BEFORE)
		return end_there(memory, err);
	if (is_planted(memory, BUG_FORGETS_AT_KILL))
		remember(memory);
	if (world)
		law_append(world, turn);
	if (is_durable)
		store(memory, turn);
	if (memory->cut == CUT_AFTER)
		return end_there(memory, err);
	memory->is_dead = is_failing;
	if (is_failing)
		return err_set(err, ERR_IO, "disk full (0 bytes free)");
	return 0;
}

void
memory_kill(struct memory *memory)
{
	struct memory_undo *undo = &memory->undo;

	if (!is_planted(memory, BUG_FORGETS_AT_KILL))
		return;
	memcpy(memory->chunks, undo->chunks, undo->chunk_count * sizeof(*undo->chunks));
	memcpy(memory->tallies, undo->tallies, memory->source_count * sizeof(*undo->tallies));
	memory->event_count = undo->event_count;
	memory->chunk_count = undo->chunk_count;
}

static int
fail_sometimes(const struct memory *memory, struct err *err)
{
	struct world *world = memory->world;

	if (!memory->is_dead && (!world || !world_rolls(world, world->options.journal_permille)))
		return 0;
	return err_set(err, ERR_IO, "Input/output error");
}

static int
read_chunk(void *ctx, uint32_t source, uint32_t number, struct chunk *chunk, struct err *err)
{
	const struct memory *memory = ctx;
	const struct chunk *found = memory_chunk(memory, source, number);

	if (fail_sometimes(memory, err))
		return -1;
	if (!found)
		return err_set(err, ERR_IO, "there is no chunk %u of source %u", number, source);
	*chunk = *found;
	if (memory->shelf)
		shelf_read_chunk(memory->shelf, chunk);
	return 0;
}

static int
read_plan(void *ctx, uint32_t source, uint32_t number, struct plan_chunk *plan, struct err *err)
{
	const struct memory *memory = ctx;
	size_t i = find(memory, source, number);

	if (fail_sometimes(memory, err))
		return -1;
	if (i == memory->chunk_count)
		return err_set(err, ERR_IO, "there is no chunk %u of source %u", number, source);
	*plan = memory->plan[i];
	if (memory->shelf)
		shelf_read_plan(memory->shelf, plan);
	return 0;
}

static int
each_chunk(void *ctx,
    int (*visit)(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
	struct err *err),
    void *visitor, struct err *err)
{
	const struct memory *memory = ctx;

	if (fail_sometimes(memory, err))
		return -1;
	for (size_t i = 0; i < memory->chunk_count; i++) {
		if (visit(visitor, &memory->plan[i], &memory->chunks[i], err))
			return -1;
	}
	return 0;
}

static int
rescue_id(void *ctx, uint32_t source, uint32_t number, uint32_t attempt, uint64_t import_id,
    struct err *err)
{
	struct memory *memory = ctx;

	if (memory->rescued_count == MEMORY_RESCUED || memory->takes_no_ids)
		return err_set(err, ERR_IO, "the file ids is full");
	memory->rescued[memory->rescued_count++] = (struct event){
		.type = EVENT_SUBMIT_ACCEPTED,
		.source = source,
		.chunk = number,
		.attempt = attempt,
		.import_id = import_id,
	};
	if (memory->shelf)
		shelf_rescue(memory->shelf, &memory->rescued[memory->rescued_count - 1]);
	return 0;
}

static int
each_rescued(void *ctx, int (*visit)(void *visitor, const struct event *rescued, struct err *err),
    void *visitor, struct err *err)
{
	const struct memory *memory = ctx;

	for (size_t i = 0; i < memory->rescued_count; i++) {
		if (visit(visitor, &memory->rescued[i], err))
			return -1;
	}
	return 0;
}

struct journal_port
memory_port(struct memory *memory)
{
	return (struct journal_port){
		.ctx = memory,
		.append = append,
		.read_chunk = read_chunk,
		.read_plan = read_plan,
		.each_chunk = each_chunk,
		.rescue_id = rescue_id,
		.each_rescued = each_rescued,
	};
}
