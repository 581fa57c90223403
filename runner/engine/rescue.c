#include "platform.h"

#include "runner/engine/private.h"
#include "runner/engine/rescue.h"

static void
rescue(struct engine *engine, const struct event *accepted)
{
	const struct journal_port *journal = &engine->ports->journal;
	const char *name = engine_chunk_name(engine, accepted->source, accepted->chunk);
	unsigned long long id = accepted->import_id;
	struct err cause = ERR_INIT;

	if (journal->rescue_id(journal->ctx, accepted->source, accepted->chunk, accepted->attempt,
		accepted->import_id, &cause))
		engine_say(engine, WEIGHT_WARNING,
		    "%s: the nation took it as import %llu, which can be written down nowhere (%s): "
		    "note it, and settle the chunk with  "
		    "rollcall resolve %s %s --import %llu --reason TEXT",
		    name, id, cause.text, engine->options.job, name, id);
	else
		engine_say(engine, WEIGHT_WARNING,
		    "%s: the nation took it as import %llu; the store cannot be written, so the id "
		    "is kept in the file ids for the next run",
		    name, id);
}

/* What a failed commit had of the nation's answers: ids, and ids that two chunks were given. The
 * chunk that has had its id for longer is not told anew: it has no attempt in its event. */
static void
rescue_noted(struct engine *engine)
{
	const struct turn *turn = &engine->turn;

	for (size_t i = 0; i < turn->event_count; i++) {
		const struct event *event = &turn->events[i];

		if (event->type == EVENT_SUBMIT_ACCEPTED ||
		    (event->type == EVENT_ID_CONFLICT && event->attempt))
			rescue(engine, event);
	}
}

static void
rescue_heard(struct engine *engine)
{
	for (; engine->heard_count < engine->reply_count; engine->heard_count++) {
		const struct reply *reply = &engine->replies[engine->heard_count];
		const struct slot *slot;

		if (reply->kind != REQUEST_SUBMIT || !verdict_is_accepted(reply))
			continue;
		slot = &engine->load.slots[reply->index];
		rescue(engine, &(struct event){ .source = slot->source, .chunk = slot->number,
				   .attempt = reply->attempt, .import_id = reply->import_id });
	}
}

void
rescue_ids(struct engine *engine)
{
	const struct nation_port *nation = &engine->ports->nation;
	int64_t until_ms = engine_now(engine).mono_ms + ENGINE_GRACE_MS;
	/* One that fails has ended a request with it (a result that the full disk does not take), and
	 * the others may have an id yet. */
	uint32_t failures_left = nation->in_flight(nation->ctx);

	rescue_noted(engine);
	rescue_heard(engine);
	while (nation->in_flight(nation->ctx) && engine_now(engine).mono_ms < until_ms) {
		engine->heard_count = 0;
		engine->reply_count = 0;
		if (nation->wait(nation->ctx, until_ms - engine_now(engine).mono_ms,
			engine->replies, ENGINE_REPLIES, &engine->reply_count, NULL) &&
		    failures_left-- == 0)
			return;
		rescue_heard(engine);
	}
}
