/* retry.c - a person hands in again what did not go well: chunks as they are, rows corrected
 * (product.md section 9). Both while nobody runs the load: what a retry rests on must not move. */
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "runner/engine/private.h"

static void
sign(const struct engine *engine, struct event *event)
{
	snprintf(event->person, sizeof(event->person), "%s", engine->options.person);
	snprintf(event->host, sizeof(event->host), "%s", engine->options.host);
	event->pid = engine->options.pid;
}

/* ---- chunks */

static int
plan_again(struct engine *engine, const struct chunk *chunk, struct err *err)
{
	struct event event = {
		.type = EVENT_CHUNK_RETRIED,
		.at_ms = engine_now(engine).wall_ms,
		.source = chunk->source,
		.chunk = chunk->number,
		.attempt = chunk->attempts,
	};

	sign(engine, &event);
	return turn_note(&engine->turn, &event, err) || turn_commit(&engine->turn, err) ? -1 : 0;
}

int
engine_retry_failed(struct engine *engine, struct engine_retried *retried, struct err *err)
{
	const struct load *load = &engine->load;
	struct engine_retried done = { 0 };

	for (uint32_t i = 0; i < load->slot_count; i++) {
		struct chunk chunk;

		if (load->slots[i].state != CHUNK_REFUSED && load->slots[i].state != CHUNK_FAILED)
			continue;
		if (turn_chunk(&engine->turn, i, &chunk, err))
			return -1;
		if (chunk_is_surely_absent(&chunk)) {
			if (plan_again(engine, &chunk, err))
				return -1;
			done.again++;
		} else if (done.unsure++ == 0) {
			done.unsure_source = chunk.source;
			done.unsure_chunk = chunk.number;
		}
	}
	*retried = done;
	return 0;
}

/* ---- rows: one transaction, however many chunks there are */

struct extension {
	struct engine *engine;
	const struct engine_retry *retry;
	int64_t at_ms;
	struct event *events;
	size_t event_count;
	struct chunk *chunks;
	size_t chunk_count;
	struct journal_input *inputs;
};

void
engine_retry_free(struct engine *engine)
{
	struct extension *extension = engine->extension;

	if (!extension)
		return;
	free(extension->events);
	free(extension->chunks);
	free(extension->inputs);
	free(extension);
	engine->extension = NULL;
}

static int
make_room(struct extension *extension, struct err *err)
{
	const struct engine_retry *retry = extension->retry;
	size_t chunks = retry->parent_count + retry->chunk_count;

	extension->events = calloc(retry->file_count + chunks, sizeof(*extension->events));
	extension->chunks = calloc(chunks, sizeof(*extension->chunks));
	extension->inputs = calloc(retry->file_count, sizeof(*extension->inputs));
	if (!extension->events || !extension->chunks || !extension->inputs)
		return err_memory(err);
	return 0;
}

static struct event *
next_event(struct extension *extension, enum event_type type, uint32_t source, uint32_t chunk)
{
	struct event *event = &extension->events[extension->event_count++];

	*event = (struct event){
		.type = type,
		.at_ms = extension->at_ms,
		.source = source,
		.chunk = chunk,
	};
	return event;
}

static void
note_files(struct extension *extension)
{
	const struct engine_retry *retry = extension->retry;

	for (size_t i = 0; i < retry->file_count; i++) {
		const struct engine_retry_file *file = &retry->files[i];
		struct event *event =
		    next_event(extension, EVENT_RETRY_PLANNED, file->input.input.source, 0);

		event->retry = file->input.input.input - PLAN_RETRY_INPUTS;
		event->rows = file->input.input.rows;
		event->first_piece = file->first_chunk;
		event->pieces = file->chunks;
		event->sha256 = retry->sha256;
		sign(extension->engine, event);
		extension->inputs[i] = file->input;
	}
}

static int
apply(struct extension *extension, struct chunk *chunk, const struct event *event, struct err *err)
{
	if (chunk_apply(chunk, event))
		return err_set(err, ERR_BUG, "chunk %u of source %u is %s: no %s there", event->chunk,
		    event->source, chunk_state_word(chunk->state), event_word(event->type));
	extension->chunks[extension->chunk_count++] = *chunk;
	return 0;
}

static int
note_parents(struct extension *extension, struct err *err)
{
	const struct journal_port *journal = &extension->engine->ports->journal;

	for (size_t i = 0; i < extension->retry->parent_count; i++) {
		const struct engine_retry_parent *parent = &extension->retry->parents[i];
		struct event *event =
		    next_event(extension, EVENT_ROWS_RETRIED, parent->source, parent->chunk);
		struct chunk chunk;

		event->retry = parent->retry;
		event->rows = parent->rows;
		if (journal->read_chunk(journal->ctx, parent->source, parent->chunk, &chunk, err) ||
		    apply(extension, &chunk, event, err))
			return -1;
	}
	return 0;
}

static int
note_chunks(struct extension *extension, struct err *err)
{
	for (size_t i = 0; i < extension->retry->chunk_count; i++) {
		const struct plan_chunk *plan = &extension->retry->chunks[i];
		struct event *event =
		    next_event(extension, EVENT_CHUNK_ADDED, plan->source, plan->number);
		struct chunk chunk = chunk_untouched(plan);

		event->retry = plan->input - PLAN_RETRY_INPUTS;
		if (apply(extension, &chunk, event, err))
			return -1;
		tally_add(&extension->engine->turn.tallies[plan->source], &chunk, plan);
	}
	return 0;
}

static int
append(const struct extension *extension, struct err *err)
{
	const struct ports *ports = extension->engine->ports;
	const struct engine_retry *retry = extension->retry;
	const struct journal_turn turn = {
		.events = extension->events,
		.event_count = extension->event_count,
		.chunks = extension->chunks,
		.chunk_count = extension->chunk_count,
		.added = retry->chunks,
		.added_count = retry->chunk_count,
		.inputs = extension->inputs,
		.input_count = retry->file_count,
		.tallies = extension->engine->turn.tallies,
		.source_count = extension->engine->load.source_count,
	};

	ports->steps.at(ports->steps.ctx, "before a retry is in the plan");
	if (ports->journal.append(ports->journal.ctx, &turn, err))
		return -1;
	ports->steps.at(ports->steps.ctx, "after a retry is in the plan");
	return 0;
}

static int
extend(struct extension *extension, struct err *err)
{
	struct engine *engine = extension->engine;

	if (make_room(extension, err))
		return -1;
	for (uint32_t i = 0; i < engine->load.source_count; i++)
		engine->turn.tallies[i] = engine->load.sources[i].tally;
	note_files(extension);
	if (note_parents(extension, err) || note_chunks(extension, err))
		return -1;
	return append(extension, err);
}

int
engine_retry_rows(struct engine *engine, const struct engine_retry *retry, struct err *err)
{
	int result;

	engine->extension = calloc(1, sizeof(*engine->extension));
	if (!engine->extension)
		return err_memory(err);
	*engine->extension = (struct extension){
		.engine = engine,
		.retry = retry,
		.at_ms = engine_now(engine).wall_ms,
	};
	result = extend(engine->extension, err);
	engine_retry_free(engine);
	return result;
}
