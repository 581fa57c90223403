#include "platform.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/core/decide.h"
#include "runner/engine/private.h"
#include "runner/engine/rescue.h"
#include "runner/engine/room.h"

/* ---- making one ---- */

struct engine *
engine_new(const struct engine_options *options, struct err *err)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	struct now now;

	if (!engine) {
		err_memory(err);
		return NULL;
	}
	engine->options = *options;
	engine->ports = options->ports;
	engine->look.index = LOAD_NO_INDEX;
	engine->cut_at_ms = INT64_MAX;
	if (room_make(engine, err)) {
		engine_free(engine);
		return NULL;
	}
	now = engine_now(engine);
	engine->started_wall_ms = now.wall_ms;
	engine->started_mono_ms = now.mono_ms;
	load_init(&engine->load, &options->limits, &engine->memory, now.mono_ms);
	engine->turn.ports = engine->ports;
	engine->turn.load = &engine->load;
	return engine;
}

void
engine_free(struct engine *engine)
{
	if (!engine)
		return;
	engine_retry_free(engine);
	room_free(engine);
	buf_done(&engine->look.head);
	free(engine);
}

/* ---- small things that all parts use ---- */

struct now
engine_now(const struct engine *engine)
{
	return engine->ports->clock.now(engine->ports->clock.ctx);
}

uint32_t
engine_roll(const struct engine *engine)
{
	return engine->ports->chance.roll(engine->ports->chance.ctx);
}

void
engine_say(const struct engine *engine, enum weight weight, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	engine->ports->watcher.say(engine->ports->watcher.ctx, weight, text);
}

void
engine_stop(struct engine *engine, enum err_kind code, const char *format, ...)
{
	va_list args;

	engine->load.is_stopping = true;
	if (engine->end.code != ERR_NONE)
		return;
	engine->end.code = code;
	va_start(args, format);
	vsnprintf(engine->end.text, sizeof(engine->end.text), format, args);
	va_end(args);
}

void
engine_account(struct engine *engine, const struct verdict *verdict)
{
	struct load *load = &engine->load;
	struct now now = engine_now(engine);

	if (verdict->is_success)
		load_success(load, now.mono_ms);
	else if (verdict->retry_cost || verdict->pause_ms)
		load_failure(load, verdict->retry_cost, now.mono_ms);
	if (verdict->pause_ms)
		load_pause(load, now.mono_ms + verdict->pause_ms);
	if (verdict->stop)
		engine_stop(engine, verdict->stop, "%s", verdict->stop_text);
	else if (load_has_given_up(load, now.mono_ms))
		engine_stop(engine, ERR_UNREACHABLE, "no progress with the nation for retry.give_up");
}

const struct load *
engine_state(const struct engine *engine)
{
	return &engine->load;
}

/* ---- start-up: the records as they are ---- */

static int
take_in(void *context, const struct plan_chunk *plan, const struct chunk *chunk, struct err *err)
{
	struct engine *engine = context;
	uint32_t index = load_find(&engine->load, chunk->source, chunk->number);
	struct now now = engine_now(engine);
	const struct load_change change = {
		.after = chunk,
		.plan = plan,
		.wall_ms = now.wall_ms,
		.mono_ms = now.mono_ms,
	};

	if (index == LOAD_NO_INDEX)
		return err_set(err, ERR_IO, "the plan has a chunk %u of source %u too many",
		    chunk->number, chunk->source);
	load_put(&engine->load, index, &change);
	return 0;
}

/* An id that could not be committed. Its chunk is still submitting, or start-up already called it
 * in doubt. One that was committed after all, or settled since, is passed over. */
static int
take_rescued(void *context, const struct event *rescued, struct err *err)
{
	struct engine *engine = context;
	struct event event = *rescued;
	uint32_t index = load_find(&engine->load, event.source, event.chunk);
	struct chunk chunk;

	if (index == LOAD_NO_INDEX)
		return 0;
	if (turn_chunk(&engine->turn, index, &chunk, err))
		return -1;
	if (!chunk_accepts(chunk.state, EVENT_SUBMIT_ACCEPTED) || chunk.attempts != event.attempt)
		return 0;
	event.at_ms = engine_now(engine).wall_ms;
	return engine_note_accepted(engine, &event, err) || turn_commit(&engine->turn, err) ? -1 : 0;
}

int
engine_load(struct engine *engine, struct err *err)
{
	const struct journal_port *journal = &engine->ports->journal;
	struct tally total;

	if (journal->each_chunk(journal->ctx, take_in, engine, err))
		return -1;
	total = load_total(&engine->load);
	engine->turn.equation = tally_equation(&total);
	return journal->each_rescued(journal->ctx, take_rescued, engine, err);
}

/* POSTs that were under way when the last run ended: nobody knows, so they are in doubt. */
static int
doubt_unanswered(struct engine *engine, struct err *err)
{
	struct load *load = &engine->load;

	for (uint32_t i = 0; i < load->slot_count; i++) {
		struct verdict_context context = { .limits = &load->limits };
		struct chunk chunk;
		struct event event;

		if (load->slots[i].state != CHUNK_SUBMITTING)
			continue;
		if (turn_chunk(&engine->turn, i, &chunk, err))
			return -1;
		context.chunk = &chunk;
		context.wall_ms = engine->started_wall_ms;
		event = verdict_of_restart(&context);
		if (turn_note(&engine->turn, &event, err) || turn_commit(&engine->turn, err))
			return -1;
	}
	return 0;
}

static struct event
event_of_run(const struct engine *engine, enum event_type type)
{
	struct event event = { .type = type, .at_ms = engine_now(engine).wall_ms };

	snprintf(event.person, sizeof(event.person), "%s", engine->options.person);
	snprintf(event.host, sizeof(event.host), "%s", engine->options.host);
	event.pid = engine->options.pid;
	return event;
}

static int
start(struct engine *engine, struct err *err)
{
	struct event started = event_of_run(engine, EVENT_RUN_STARTED);

	if (engine_load(engine, err))
		return -1;
	if (turn_note(&engine->turn, &started, err) || turn_commit(&engine->turn, err))
		return -1;
	return doubt_unanswered(engine, err);
}

/* ---- acting ---- */

/* Before the first POST of a run: does the nation show us its list of imports? Without it a doubt
 * can only wait for a person. Answered by engine_hear_reply. */
void
engine_ask_list(struct engine *engine)
{
	const struct nation_port *nation = &engine->ports->nation;
	struct err cause = ERR_INIT;

	if (engine->is_listed || engine->is_listing || engine->load.is_stopping)
		return;
	engine->is_listing = true;
	load_page(&engine->load, engine_now(engine).mono_ms);
	if (nation->list(nation->ctx, LOAD_NO_INDEX, 1, &cause)) {
		engine_say(engine, WEIGHT_WARNING, "%s", cause.text);
		engine->is_listed = true;
		engine->is_listing = false;
	}
}

/* A request that could not even be started is heard as a reply that says so. */
static int
hear_failure(struct engine *engine, enum request_kind kind, uint32_t index,
    const struct err *cause, struct err *err)
{
	struct reply *reply = &engine->replies[0];

	*reply = (struct reply){
		.kind = kind,
		.index = index,
		.transport = TRANSPORT_SETUP,
		.fault = cause->kind,
		.server_date_ms = -1,
		.retry_after_ms = -1,
	};
	snprintf(reply->transport_text, sizeof(reply->transport_text), "%.*s",
	    (int)sizeof(reply->transport_text) - 1, cause->text);
	if (engine_hear_reply(engine, reply, err))
		return -1;
	return turn_commit(&engine->turn, err);
}

/* A source or a request that fails before anything is sent stops the run; what is under way is
 * heard out. A failure of the journal ends it at once. */
static int
stop_for(struct engine *engine, const struct err *cause)
{
	engine_stop(engine, cause->kind, "%s", cause->text);
	return 0;
}

static int
submit(struct engine *engine, uint32_t index, struct err *err)
{
	const struct ports *ports = engine->ports;
	const struct slot *slot = &engine->load.slots[index];
	struct event event = {
		.type = EVENT_SUBMIT_STARTED,
		.source = slot->source,
		.chunk = slot->number,
	};
	struct err cause = ERR_INIT;
	struct plan_chunk plan;
	struct chunk chunk;
	struct body *body;

	if (ports->journal.read_plan(ports->journal.ctx, slot->source, slot->number, &plan, err) ||
	    turn_chunk(&engine->turn, index, &chunk, err))
		return -1;
	/* A body that cannot even be opened was not sent, and needs no attempt to say so. */
	if (ports->source.open(ports->source.ctx, &plan, &body, &cause))
		return stop_for(engine, &cause);
	event.at_ms = engine_now(engine).wall_ms;
	event.server_date_ms = look_server_ms(&engine->offset, engine_now(engine).mono_ms);
	event.attempt = chunk.attempts + 1;
	event.body_bytes = body->bytes;
	if (turn_note(&engine->turn, &event, err) || turn_commit(&engine->turn, err)) {
		body->close(body);
		return -1;
	}
	ports->steps.at(ports->steps.ctx, "before a submit");
	load_begin(&engine->load, index, REQUEST_SUBMIT, engine_now(engine).mono_ms);
	if (ports->nation.submit(ports->nation.ctx, index, event.attempt, body, &cause))
		return hear_failure(engine, REQUEST_SUBMIT, index, &cause, err);
	ports->steps.at(ports->steps.ctx, "after a submit");
	return 0;
}

static int
ask(struct engine *engine, const struct action *action, struct err *err)
{
	const struct nation_port *nation = &engine->ports->nation;
	const struct slot *slot = &engine->load.slots[action->index];
	enum request_kind kind =
	    action->kind == ACTION_STATUS ? REQUEST_STATUS : REQUEST_RESULT;
	struct err cause = ERR_INIT;
	int failed;

	load_begin(&engine->load, action->index, kind, engine_now(engine).mono_ms);
	if (kind == REQUEST_STATUS)
		failed = nation->status(nation->ctx, action->index, slot->import_id, &cause);
	else
		failed = nation->result(nation->ctx, action->index, slot->import_id, slot->source,
		    slot->number, &cause);
	return failed ? hear_failure(engine, kind, action->index, &cause, err) : 0;
}

/* What may have reached the nation is named by its SHA-256 before it is probed, held or reported. */
static int
hash(struct engine *engine, uint32_t index, struct err *err)
{
	const struct ports *ports = engine->ports;
	const struct slot *slot = &engine->load.slots[index];
	struct event event = {
		.type = EVENT_DOUBT_HASHED,
		.at_ms = engine_now(engine).wall_ms,
		.source = slot->source,
		.chunk = slot->number,
	};
	int64_t settled_ms = engine->started_wall_ms + engine->load.limits.settle_ms;
	struct err cause = ERR_INIT;
	struct plan_chunk plan;
	struct chunk chunk;

	if (ports->journal.read_plan(ports->journal.ctx, slot->source, slot->number, &plan, err) ||
	    turn_chunk(&engine->turn, index, &chunk, err))
		return -1;
	if (ports->source.sha256(ports->source.ctx, &plan, &event.sha256, &cause))
		return stop_for(engine, &cause);
	event.attempt = chunk.attempts;
	event.due_ms = chunk.due_ms > settled_ms ? chunk.due_ms : settled_ms;
	return turn_note(&engine->turn, &event, err) || turn_commit(&engine->turn, err) ? -1 : 0;
}

/* An event that needs nothing but to be written down. */
static int
record(struct engine *engine, uint32_t index, enum event_type type, const char *text,
    struct err *err)
{
	const struct slot *slot = &engine->load.slots[index];
	struct event event = {
		.type = type,
		.at_ms = engine_now(engine).wall_ms,
		.source = slot->source,
		.chunk = slot->number,
	};
	struct chunk chunk;

	if (turn_chunk(&engine->turn, index, &chunk, err))
		return -1;
	event.attempt = chunk.attempts;
	snprintf(event.text, sizeof(event.text), "%s", text);
	return turn_note(&engine->turn, &event, err) || turn_commit(&engine->turn, err) ? -1 : 0;
}

/* The nation found a chunk of this size too large: its two halves are sent instead of it. */
static int
split(struct engine *engine, uint32_t index, struct err *err)
{
	const struct ports *ports = engine->ports;
	const struct slot *slot = &engine->load.slots[index];
	uint32_t source = slot->source;
	struct event event = {
		.type = EVENT_CHUNK_SPLIT,
		.at_ms = engine_now(engine).wall_ms,
		.source = source,
		.chunk = slot->number,
		.first_piece = engine->load.sources[source].count + 1,
		.pieces = PLAN_PIECES,
	};
	struct plan_chunk plan, pieces[PLAN_PIECES];
	struct err cause = ERR_INIT;

	if (ports->journal.read_plan(ports->journal.ctx, source, slot->number, &plan, err) ||
	    room_grow(engine, source, PLAN_PIECES, err))
		return -1;
	if (ports->source.split(ports->source.ctx, &plan, event.first_piece, pieces, &cause))
		return stop_for(engine, &cause);
	if (turn_note(&engine->turn, &event, err))
		return -1;
	for (int i = 0; i < PLAN_PIECES; i++) {
		if (turn_add(&engine->turn, &pieces[i], event.at_ms, err))
			return -1;
	}
	return turn_commit(&engine->turn, err);
}

static int
act(struct engine *engine, const struct action *action, struct err *err)
{
	switch (action->kind) {
	case ACTION_SUBMIT:
		return submit(engine, action->index, err);
	case ACTION_STATUS:
	case ACTION_RESULT:
		return ask(engine, action, err);
	case ACTION_HASH:
		return hash(engine, action->index, err);
	case ACTION_LOOK:
		return look_begin(engine, action->index, err);
	case ACTION_PAGE:
		look_go_on(engine);
		return 0;
	case ACTION_HOLD:
		return record(engine, action->index, EVENT_DOUBT_HELD,
		    "in_doubt = \"hold\": a person decides", err);
	case ACTION_GIVE_UP:
		return record(engine, action->index, EVENT_ATTEMPTS_USED_UP, "", err);
	case ACTION_SPLIT:
		return split(engine, action->index, err);
	case ACTION_WAIT:
	case ACTION_END:
		break;
	}
	return 0;
}

/* ---- the loop ---- */

static int
hear(struct engine *engine, int64_t wait_ms, struct err *err)
{
	const struct nation_port *nation = &engine->ports->nation;

	engine->reply_count = 0;
	engine->heard_count = 0;
	if (nation->wait(nation->ctx, wait_ms, engine->replies, ENGINE_REPLIES,
		&engine->reply_count, err))
		return -1;
	for (; engine->heard_count < engine->reply_count; engine->heard_count++) {
		if (engine_hear_reply(engine, &engine->replies[engine->heard_count], err))
			return -1; /* not heard: rescue_ids() reads it again */
	}
	if (turn_commit(&engine->turn, err))
		return -1;
	return engine_hear_wishes(engine, err);
}

/* Everything that can be done now; the last action is a wait or the end. */
static int
do_all(struct engine *engine, struct action *action, struct err *err)
{
	for (;;) {
		*action = decide(&engine->load, engine_now(engine).mono_ms);
		if (action->kind == ACTION_SUBMIT && !engine->is_listed) {
			*action = (struct action){ ACTION_WAIT, 0, INT64_MAX, WAITING_ANSWERS };
			return 0;
		}
		if (action->kind == ACTION_WAIT || action->kind == ACTION_END)
			return 0;
		if (act(engine, action, err))
			return -1;
		/* Replies are heard between actions, so that a long row of them starves nobody. */
		if (hear(engine, 0, err))
			return -1;
	}
}

static int64_t
wait_of(const struct engine *engine, const struct action *action, int64_t mono_ms)
{
	int64_t until_ms = action->until_ms;
	int64_t tick_ms = engine->options.tick_ms;

	if (engine->cut_at_ms < until_ms)
		until_ms = engine->cut_at_ms;
	if (engine->access.renew_at_ms < until_ms && !engine->load.is_stopping)
		until_ms = engine->access.renew_at_ms;
	if (until_ms - mono_ms < tick_ms)
		return until_ms > mono_ms ? until_ms - mono_ms : 0;
	return tick_ms;
}

static void
cut_if_due(struct engine *engine)
{
	const struct nation_port *nation = &engine->ports->nation;

	if (engine_now(engine).mono_ms < engine->cut_at_ms)
		return;
	engine->cut_at_ms = INT64_MAX;
	nation->cut(nation->ctx);
}

static int
loop(struct engine *engine, struct err *err)
{
	const struct watcher_port *watcher = &engine->ports->watcher;
	struct action action;

	for (;;) {
		access_tick(engine);
		if (do_all(engine, &action, err))
			return -1;
		for (uint32_t i = 0; i < engine->load.source_count; i++)
			engine->turn.tallies[i] = engine->load.sources[i].tally;
		watcher->turn(watcher->ctx, engine->turn.tallies, engine->load.source_count,
		    waiting_for_text(action.waiting_for));
		if (action.kind == ACTION_END)
			return 0;
		if (hear(engine, wait_of(engine, &action, engine_now(engine).mono_ms), err))
			return -1;
		cut_if_due(engine);
	}
}

static int
finish(struct engine *engine, struct engine_end *end, struct err *err)
{
	struct event ended = event_of_run(engine, EVENT_RUN_ENDED);

	ended.code = engine->end.code;
	snprintf(ended.text, sizeof(ended.text), "%.*s", (int)sizeof(ended.text) - 1,
	    engine->end.text);
	*end = engine->end;
	return turn_note(&engine->turn, &ended, err) || turn_commit(&engine->turn, err) ? -1 : 0;
}

/* Is there anything that a POST could still be made for? */
static bool
has_work(const struct engine *engine)
{
	struct tally total = load_total(&engine->load);

	return total.chunks[CHUNK_PLANNED] || total.chunks[CHUNK_IN_DOUBT];
}

int
engine_run(struct engine *engine, struct engine_end *end, struct err *err)
{
	if (start(engine, err))
		return -1;
	access_init(engine);
	engine->is_listed = !has_work(engine);
	if (loop(engine, err)) {
		rescue_ids(engine);
		return -1;
	}
	return finish(engine, end, err);
}
