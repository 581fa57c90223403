/* hear.c - what is heard becomes events: replies by the verdicts of the core, wishes of a person. */
#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/engine/private.h"

enum {
	UNCONNECTED_PAUSE = 3, /* replies.md: 3 in a row pause the lane */
};

const char *
engine_chunk_name(struct engine *engine, uint32_t source, uint32_t number)
{
	snprintf(engine->name, sizeof(engine->name), "%s-%u",
	    engine->options.sources[source].name, number);
	return engine->name;
}

/* ---- replies ---- */

/* The first answer to GET /api/v2/imports, asked before the first POST. */
static void
hear_list(struct engine *engine, const struct reply *reply)
{
	struct verdict_context context = {
		.limits = &engine->load.limits,
		.roll = engine_roll(engine),
	};
	struct verdict verdict = verdict_of_get(reply, &context);

	engine->is_listing = false;
	if (access_judge(engine, reply, &verdict))
		return;
	engine->is_listed = true;
	if (reply->status != 401)
		verdict.stop = ERR_NONE;
	engine_account(engine, &verdict);
	if (verdict.stop || (verdict.is_success && reply->is_list))
		return;
	if (reply->status)
		engine_say(engine, WEIGHT_WARNING,
		    "the nation's list of imports cannot be read (status %u): doubts will wait for you",
		    (unsigned)reply->status);
	else
		engine_say(engine, WEIGHT_WARNING,
		    "the nation's list of imports cannot be read (%s): doubts will wait for you",
		    reply->transport_text);
}

static struct verdict
verdict_of(const struct reply *reply, const struct verdict_context *context)
{
	switch (reply->kind) {
	case REQUEST_SUBMIT:
		return verdict_of_submit(reply, context);
	case REQUEST_STATUS:
		return verdict_of_status(reply, context);
	case REQUEST_RESULT:
		return verdict_of_result(reply, context);
	case REQUEST_LIST:
	case REQUEST_TOKEN:
		break;
	}
	return verdict_of_get(reply, context);
}

/* The chunk that owns the id, durably or by what this turn has noted. */
static uint32_t
owner_of(const struct engine *engine, uint64_t import_id)
{
	for (size_t i = 0; i < engine->turn.touched_count; i++) {
		if (engine->turn.after[i].import_id == import_id)
			return engine->turn.touched[i].index;
	}
	return load_owner(&engine->load, import_id);
}

/* Law 9: one id, two chunks. Both are held; the second never gets the id. */
static int
conflict(struct engine *engine, const struct event *accepted, uint32_t owner, struct err *err)
{
	const struct slot *slot = &engine->load.slots[owner];
	struct event mine = *accepted;
	struct event theirs = {
		.type = EVENT_ID_CONFLICT,
		.at_ms = accepted->at_ms,
		.source = slot->source,
		.chunk = slot->number,
		.import_id = accepted->import_id,
	};
	struct chunk chunk;

	mine.type = EVENT_ID_CONFLICT;
	snprintf(mine.text, sizeof(mine.text), "the nation gave it import %llu, which %s has",
	    (unsigned long long)mine.import_id,
	    engine_chunk_name(engine, slot->source, slot->number));
	snprintf(theirs.text, sizeof(theirs.text), "the nation gave its import %llu to %s too",
	    (unsigned long long)mine.import_id,
	    engine_chunk_name(engine, mine.source, mine.chunk));
	if (turn_note(&engine->turn, &mine, err) || turn_chunk(&engine->turn, owner, &chunk, err))
		return -1;
	if (!chunk_accepts(chunk.state, EVENT_ID_CONFLICT))
		return 0;
	return turn_note(&engine->turn, &theirs, err);
}

int
engine_note_accepted(struct engine *engine, const struct event *accepted, struct err *err)
{
	uint32_t owner = owner_of(engine, accepted->import_id);

	if (owner != LOAD_NO_INDEX)
		return conflict(engine, accepted, owner, err);
	return turn_note(&engine->turn, accepted, err);
}

/* Counts in a row that lead to a stop or a pause. */
static void
count_submit(struct engine *engine, const struct reply *reply, const struct verdict *verdict)
{
	struct load *load = &engine->load;
	struct now now = engine_now(engine);
	bool is_refusal = verdict->has_event && verdict->event.type == EVENT_SUBMIT_REFUSED;

	load->refused_in_a_row = reply->status == 422 ? load->refused_in_a_row + 1 : 0;
	load->last_refusal = is_refusal && reply->status != 422 ? reply->status : 0;
	if (reply->status == 413)
		load->too_large_in_a_row++;
	else if (verdict_is_accepted(reply))
		load->too_large_in_a_row = 0;
	if (!verdict->is_no_connection) {
		load->unconnected = 0;
	} else if (++load->unconnected >= UNCONNECTED_PAUSE) {
		load_pause(load, now.mono_ms + backoff_wait_ms(&load->limits.backoff,
						   load->unconnected, engine_roll(engine)));
	}
	if (verdict->has_event && verdict->event.type == EVENT_ANSWER_LOST)
		load_doubt(load, reply->index, now.mono_ms);
}

static void
warn_of_retry(struct engine *engine, const struct reply *reply, const struct chunk *chunk)
{
	const char *name = engine_chunk_name(engine, chunk->source, chunk->number);

	if (reply->status)
		engine_say(engine, WEIGHT_WARNING, "%s: asking again, the nation answered %u", name,
		    (unsigned)reply->status);
	else
		engine_say(engine, WEIGHT_WARNING, "%s: asking again: %s", name,
		    reply->transport_text);
}

/* No event: ask again later, or not in this run any more. */
static void
wait_or_park(struct engine *engine, const struct reply *reply, const struct verdict *verdict,
    const struct chunk *chunk)
{
	struct load *load = &engine->load;
	struct now now = engine_now(engine);
	int64_t waited_ms = now.mono_ms - engine->started_mono_ms;
	int64_t age_ms = now.wall_ms - chunk->submitted_ms;

	if (waited_ms < age_ms)
		age_ms = waited_ms; /* a run polls at least for poll.deadline */
	if (reply->kind == REQUEST_STATUS && age_ms >= load->limits.poll_deadline_ms) {
		engine_say(engine, WEIGHT_WARNING,
		    "%s: import %llu is not finished after poll.deadline; the next run asks again",
		    engine_chunk_name(engine, chunk->source, chunk->number),
		    (unsigned long long)chunk->import_id);
		load_park(load, reply->index);
		return;
	}
	load_trouble(load, reply->index, verdict->trouble, now.mono_ms);
	if (verdict->trouble || verdict->pause_ms)
		warn_of_retry(engine, reply, chunk);
	load_wait(load, reply->index, now.mono_ms + verdict->wait_ms);
}

static void
tell_of_work(const struct engine *engine, const struct reply *reply, const struct chunk *chunk)
{
	const struct watcher_port *watcher = &engine->ports->watcher;

	if (reply->kind == REQUEST_STATUS && reply->word == WORD_WORKING &&
	    reply->import_id == chunk->import_id && reply->processed >= 0 &&
	    reply->total > 0 && reply->processed <= reply->total)
		watcher->work(watcher->ctx, chunk, (uint64_t)reply->processed,
		    (uint64_t)reply->total);
}

static int
hear_about_chunk(struct engine *engine, const struct reply *reply, struct err *err)
{
	struct load *load = &engine->load;
	const struct slot *slot = &load->slots[reply->index];
	struct now now = engine_now(engine);
	struct chunk chunk;
	struct verdict_context context = {
		.limits = &load->limits,
		.chunk = &chunk,
		.wall_ms = now.wall_ms,
		.roll = engine_roll(engine),
		.trouble = (enum trouble)slot->trouble,
		.troubles = slot->troubles,
		.troubled_ms = now.mono_ms - slot->troubled_since_ms,
		.refused_in_a_row = load->refused_in_a_row,
		.last_refusal = load->last_refusal,
		.too_large_in_a_row = load->too_large_in_a_row,
		.is_one_row = slot->csv_bytes == 0,
	};
	struct verdict verdict;

	load_end(load, reply->index);
	if (turn_chunk(&engine->turn, reply->index, &chunk, err))
		return -1;
	verdict = verdict_of(reply, &context);
	access_judge(engine, reply, &verdict);
	engine_account(engine, &verdict);
	if (reply->kind == REQUEST_SUBMIT)
		count_submit(engine, reply, &verdict);
	tell_of_work(engine, reply, &chunk);
	if (!verdict.has_event) {
		wait_or_park(engine, reply, &verdict, &chunk);
		return 0;
	}
	if (!chunk_accepts(chunk.state, verdict.event.type))
		return 0; /* a person, or a conflict, was faster */
	if (verdict.event.type == EVENT_SUBMIT_ACCEPTED)
		return engine_note_accepted(engine, &verdict.event, err);
	return turn_note(&engine->turn, &verdict.event, err);
}

int
engine_hear_reply(struct engine *engine, const struct reply *reply, struct err *err)
{
	const struct ports *ports = engine->ports;

	ports->steps.at(ports->steps.ctx, "a reply");
	if (reply->server_date_ms > 0)
		look_hear_date(&engine->offset, reply->server_date_ms, engine_now(engine).mono_ms);
	if (reply->kind == REQUEST_TOKEN)
		return access_hear(engine, reply, err);
	if (reply->index == LOAD_NO_INDEX) {
		hear_list(engine, reply);
		return 0;
	}
	if (reply->index == engine->look.index)
		return look_hear(engine, reply, err);
	return hear_about_chunk(engine, reply, err);
}

/* ---- wishes ---- */

static int
check_resolve(struct engine *engine, const struct event *event, uint32_t index, struct err *err)
{
	const char *name;
	struct chunk chunk;
	uint32_t owner;

	if (index == LOAD_NO_INDEX)
		return err_set(err, ERR_USAGE, "there is no chunk %u in this source", event->chunk);
	name = engine_chunk_name(engine, event->source, event->chunk);
	if (turn_chunk(&engine->turn, index, &chunk, err))
		return -1;
	if (!chunk_accepts(chunk.state, event->type))
		return err_set(err, ERR_USAGE, "%s is %s: there is nothing to resolve that way", name,
		    chunk_state_word(chunk.state));
	if (event->type != EVENT_RESOLVED_IMPORT)
		return 0;
	owner = owner_of(engine, event->import_id);
	if (owner != LOAD_NO_INDEX && owner != index)
		return err_set(err, ERR_USAGE, "import %llu belongs to %s already",
		    (unsigned long long)event->import_id,
		    engine_chunk_name(engine, engine->load.slots[owner].source,
			engine->load.slots[owner].number));
	return 0;
}

int
engine_resolve(struct engine *engine, struct event *event, struct err *err)
{
	uint32_t index = load_find(&engine->load, event->source, event->chunk);

	if (check_resolve(engine, event, index, err))
		return -1;
	if (engine->look.index == index)
		look_drop(engine);
	event->at_ms = engine_now(engine).wall_ms;
	event->due_ms = 0;
	if (turn_note(&engine->turn, event, err) || turn_commit(&engine->turn, err))
		return -1;
	return 0;
}

static void
stop_by_wish(struct engine *engine, enum wish_kind kind)
{
	int64_t mono_ms = engine_now(engine).mono_ms;
	bool is_second = engine->cut_at_ms != INT64_MAX;

	engine_stop(engine, ERR_LATER, "stopped");
	engine->cut_at_ms = kind == WISH_CUT || is_second ? mono_ms : mono_ms + ENGINE_GRACE_MS;
}

/* A job file that cannot be read now is no reason to stop; the first line of what is wrong with it
 * names the place. */
static void
take_limits(struct engine *engine)
{
	const struct job_port *job = &engine->ports->job;
	char per[SHOW_BYTES];
	struct load_limits limits;
	struct err cause = ERR_INIT;

	if (job->limits(job->ctx, &limits, &cause)) {
		engine_say(engine, WEIGHT_WARNING, "the limits stay as they are: %.*s",
		    (int)strcspn(cause.text, "\n"), cause.text);
		return;
	}
	if (load_limit(&engine->load, &limits, engine_now(engine).mono_ms))
		engine_say(engine, WEIGHT_INFO,
		    "limits from now on: uploads %u, in_flight %u, requests %llu in %s",
		    limits.uploads, limits.in_flight, (unsigned long long)limits.requests.count,
		    show_duration(limits.requests.per_ms, per));
}

int
engine_hear_wishes(struct engine *engine, struct err *err)
{
	const struct control_port *control = &engine->ports->control;
	struct wish wish;

	for (;;) {
		struct err refusal = ERR_INIT;

		if (control->hear(control->ctx, &wish, err))
			return -1;
		switch (wish.kind) {
		case WISH_NONE:
			return 0;
		case WISH_STOP:
		case WISH_CUT:
			stop_by_wish(engine, wish.kind);
			break;
		case WISH_RESOLVE:
			if (engine_resolve(engine, &wish.event, &refusal) &&
			    refusal.kind != ERR_USAGE)
				return err_set(err, refusal.kind, "%s", refusal.text);
			control->answer(control->ctx, wish.ticket,
			    refusal.kind ? refusal.text : NULL);
			break;
		case WISH_PROGRESS:
			engine->ports->watcher.tell(engine->ports->watcher.ctx);
			break;
		case WISH_LIMITS:
			take_limits(engine);
			break;
		}
	}
}
