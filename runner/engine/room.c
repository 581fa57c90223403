#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/engine/private.h"
#include "runner/engine/room.h"

static void
lay_out_sources(struct engine *engine)
{
	uint32_t first = 0;

	for (uint32_t i = 0; i < engine->options.source_count; i++) {
		struct load_source *source = &engine->memory.sources[i];

		source->rules = engine->options.sources[i].rules;
		source->first = first;
		source->count = engine->options.sources[i].chunk_count;
		first += source->count;
	}
	engine->memory.slot_count = first;
}

/* Moves an array to one of `count` elements: 0, or -1 with the array as it was. */
#define RESIZE(array, count, err)                                                                  \
	(resized((array), (count), sizeof(*(array)), &moved, (err)) ? -1 : ((array) = moved, 0))

static int
resized(void *array, size_t count, size_t bytes, void **moved, struct err *err)
{
	*moved = reallocarray(array, count, bytes);
	return *moved ? 0 : err_memory(err);
}

static int
resize_slots(struct engine *engine, uint32_t room, struct err *err)
{
	struct load_memory *memory = &engine->memory;
	uint32_t buckets = owners_buckets_for(room);
	size_t words = engine->slot_room ? engine->slot_room / 64 + 1 : 0;
	size_t new_words = room / 64 + 1;
	void *moved;

	if (RESIZE(memory->slots, room, err) || RESIZE(memory->poll_items, room, err) ||
	    RESIZE(memory->doubt_items, room, err) || RESIZE(engine->seen, new_words, err) ||
	    RESIZE(memory->buckets, buckets, err))
		return -1;
	memset(engine->seen + words, 0, (new_words - words) * sizeof(*engine->seen));
	memory->bucket_count = buckets;
	engine->slot_room = room;
	return 0;
}

static int
resize_source(struct engine *engine, uint32_t source, uint32_t room, struct err *err)
{
	struct load_source *of = &engine->memory.sources[source];
	uint32_t first_count = engine->options.sources[source].chunk_count;
	void *moved;

	if (RESIZE(of->ready.items, room, err) ||
	    RESIZE(of->added, room - first_count, err))
		return -1;
	engine->source_rooms[source] = room;
	return 0;
}

int
room_make(struct engine *engine, struct err *err)
{
	uint32_t source_count = engine->options.source_count;
	struct load_memory *memory = &engine->memory;

	memory->source_count = source_count;
	memory->sources = calloc(source_count + 1, sizeof(*memory->sources));
	engine->turn.tallies = calloc(source_count + 1, sizeof(*engine->turn.tallies));
	engine->source_rooms = calloc(source_count + 1, sizeof(*engine->source_rooms));
	if (!memory->sources || !engine->turn.tallies || !engine->source_rooms)
		return err_memory(err);
	lay_out_sources(engine);
	for (uint32_t i = 0; i < source_count; i++) {
		if (resize_source(engine, i, memory->sources[i].count + 1, err))
			return -1;
	}
	return resize_slots(engine, memory->slot_count + 1, err);
}

void
room_free(struct engine *engine)
{
	struct load_memory *memory = &engine->memory;

	for (uint32_t i = 0; memory->sources && i < memory->source_count; i++) {
		free(memory->sources[i].ready.items);
		free(memory->sources[i].added);
	}
	free(memory->slots);
	free(memory->poll_items);
	free(memory->doubt_items);
	free(memory->buckets);
	free(memory->sources);
	free(engine->turn.tallies);
	free(engine->source_rooms);
	free(engine->seen);
}

/* Half as much again, so that growing by a chunk or two stays cheap. */
static uint32_t
grown(uint32_t room, uint32_t wanted)
{
	uint32_t larger = room + room / 2;

	return larger < wanted ? wanted : larger;
}

int
room_grow(struct engine *engine, uint32_t source, uint32_t more, struct err *err)
{
	struct load *load = &engine->load;
	uint32_t slots = load->slot_count + more;
	uint32_t chunks = load->sources[source].count + more;
	uint32_t source_room = engine->source_rooms[source];
	int failed = 0;

	if (chunks > source_room &&
	    resize_source(engine, source, grown(source_room, chunks), err))
		return -1;
	if (slots > engine->slot_room) {
		/* Also what moved before a failure must be found where it is now. */
		failed = resize_slots(engine, grown(engine->slot_room, slots), err);
		load_move(load, &engine->memory);
	}
	return failed;
}
