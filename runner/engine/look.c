#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/engine/private.h"

enum {
	HEAD_BYTES = 16 << 10, /* header line and first rows; content_head is far shorter */
	SINCE_MS = 10 * 60 * 1000, /* replies.md: SUBMIT_STARTED less 10 minutes */
	/* Date has whole seconds and answers take some: more than this is a clock that moves. */
	OFFSET_SPREAD_MS = 60 * 1000,
	EDGE_MS = 60 * 1000, /* what created_at may be rounded by */
};

void
look_hear_date(struct clock_offset *offset, int64_t server_date_ms, int64_t mono_ms)
{
	int64_t ahead_ms = server_date_ms - mono_ms;

	if (!offset->is_known || ahead_ms < offset->least_ms)
		offset->least_ms = ahead_ms;
	if (!offset->is_known || ahead_ms > offset->most_ms)
		offset->most_ms = ahead_ms;
	offset->is_known = true;
}

int64_t
look_server_ms(const struct clock_offset *offset, int64_t mono_ms)
{
	if (!offset->is_known || offset->most_ms - offset->least_ms > OFFSET_SPREAD_MS)
		return 0;
	return mono_ms + offset->least_ms;
}

/* ---- what to look for ---- */

static int64_t
since_ms(const struct look *look)
{
	return look->chunk.started_server_ms - SINCE_MS;
}

/* Was its import surely made in the time that the look covers, and not at the edge of it? */
static bool
is_witness(const struct look *look, const struct slot *slot)
{
	return slot->import_id && slot->is_dated && slot->sent_ms >= since_ms(look) + EDGE_MS;
}

/* May it have been? One that was sent before the nation's clock was known was made before its id
 * came; where the nation did not say when that was, it may have been at any time, because our own
 * clock may be wrong by hours. */
static bool
is_expected(const struct look *look, const struct slot *slot)
{
	if (!slot->import_id || slot->is_dated)
		return is_witness(look, slot);
	return slot->sent_ms == 0 || slot->sent_ms >= since_ms(look) - EDGE_MS;
}

static void
count_own(const struct engine *engine, struct probe_wanted *wanted)
{
	for (uint32_t i = 0; i < engine->load.slot_count; i++) {
		const struct slot *slot = &engine->load.slots[i];

		wanted->own_expected += is_expected(&engine->look, slot);
		wanted->has_witness = wanted->has_witness || is_witness(&engine->look, slot);
	}
}

/* May the nation have an import of it that we do not know? */
static bool
is_rival(const struct engine *engine, uint32_t index)
{
	const struct engine_source *sources = engine->options.sources;
	const struct slot *slot = &engine->load.slots[index];

	return index != engine->look.index &&
	       (slot->state == CHUNK_IN_DOUBT || slot->state == CHUNK_HELD || slot->is_stray) &&
	       strcmp(sources[slot->source].type, sources[engine->look.chunk.source].type) == 0;
}

/* How many letters at its beginning a rival has in common with the chunk. */
static int
compare_rival(struct engine *engine, const struct slot *slot, size_t *letters, struct err *err)
{
	const struct ports *ports = engine->ports;
	SCOPED(buf) head = BUF_INIT;
	struct err cause = ERR_INIT;
	struct plan_chunk plan;
	size_t header_bytes;

	if (ports->journal.read_plan(ports->journal.ctx, slot->source, slot->number, &plan, err))
		return -1;
	if (ports->source.head(ports->source.ctx, &plan, HEAD_BYTES, &head, &header_bytes, &cause))
		engine_stop(engine, cause.kind, "%s", cause.text);
	*letters = probe_shared_letters(buf_span(&head), buf_span(&engine->look.head));
	return 0;
}

static int
compare_rivals(struct engine *engine, size_t *most_letters, struct err *err)
{
	*most_letters = 0;
	for (uint32_t i = 0; i < engine->load.slot_count; i++) {
		size_t letters;

		if (!is_rival(engine, i))
			continue;
		if (compare_rival(engine, &engine->load.slots[i], &letters, err))
			return -1;
		if (letters > *most_letters)
			*most_letters = letters;
	}
	return 0;
}

/* Physical lines of the chunk, if the plan shows them: the next chunk of the file begins there. */
static uint64_t
lines_of(struct engine *engine)
{
	const struct journal_port *journal = &engine->ports->journal;
	const struct plan_chunk *plan = &engine->look.plan;
	struct plan_chunk next;

	if (load_find(&engine->load, plan->source, plan->number + 1) == LOAD_NO_INDEX ||
	    journal->read_plan(journal->ctx, plan->source, plan->number + 1, &next, NULL) ||
	    next.input != plan->input || next.first_byte != plan->end_byte)
		return 0;
	return next.first_line - plan->first_line;
}

static int
set_up(struct engine *engine, struct err *err)
{
	struct look *look = &engine->look;
	struct probe_wanted wanted = {
		.type = engine->options.sources[look->chunk.source].type,
		.head = buf_span(&look->head),
		.header_bytes = (uint32_t)look->header_bytes,
		.rows = plan_rows_sent(&look->plan),
		.lines = lines_of(engine),
		.since_ms = since_ms(look),
		.may_be_split = (look->chunk.notes & NOTE_ADOPTED) != 0,
	};

	count_own(engine, &wanted);
	if (compare_rivals(engine, &wanted.shared_letters, err))
		return -1;
	probe_init(&look->probe, &wanted);
	memset(engine->seen, 0, (engine->load.slot_count / 64 + 1) * sizeof(*engine->seen));
	look->has_begun = true;
	return 0;
}

static void
end_look(struct engine *engine)
{
	load_end(&engine->load, engine->look.index);
	engine->look.index = LOAD_NO_INDEX;
}

/* The request could not even be made. */
static void
end_and_stop(struct engine *engine, const struct err *cause)
{
	end_look(engine);
	engine_stop(engine, cause->kind, "%s", cause->text);
}

static void
ask_page(struct engine *engine, uint32_t page)
{
	const struct nation_port *nation = &engine->ports->nation;
	struct err cause = ERR_INIT;

	if (nation->list(nation->ctx, engine->look.index, page, &cause))
		end_and_stop(engine, &cause);
}

int
look_begin(struct engine *engine, uint32_t index, struct err *err)
{
	const struct ports *ports = engine->ports;
	const struct slot *slot = &engine->load.slots[index];
	struct look *look = &engine->look;
	struct err cause = ERR_INIT;

	buf_clear(&look->head);
	if (ports->journal.read_plan(ports->journal.ctx, slot->source, slot->number, &look->plan,
		err) ||
	    turn_chunk(&engine->turn, index, &look->chunk, err))
		return -1;
	if (ports->source.head(ports->source.ctx, &look->plan, HEAD_BYTES, &look->head,
		&look->header_bytes, &cause)) {
		engine_stop(engine, cause.kind, "%s", cause.text);
		return 0;
	}
	look->index = index;
	look->has_begun = false;
	look->is_confirming = false;
	look->is_dropped = false;
	load_begin(&engine->load, index, REQUEST_LIST, engine_now(engine).mono_ms);
	ask_page(engine, 1);
	return 0;
}

void
look_go_on(struct engine *engine)
{
	const struct nation_port *nation = &engine->ports->nation;
	const struct look *look = &engine->look;
	struct err cause = ERR_INIT;

	load_page(&engine->load, engine_now(engine).mono_ms);
	if (!look->is_confirming)
		ask_page(engine, look->probe.page);
	else if (nation->status(nation->ctx, look->index, look->probe.candidate, &cause))
		end_and_stop(engine, &cause);
}

void
look_drop(struct engine *engine)
{
	engine->look.is_dropped = true;
	if (engine->load.wants_page)
		end_look(engine);
}

/* ---- how it ends ---- */

static int
end_with(struct engine *engine, struct event *event, struct err *err)
{
	event->at_ms = engine_now(engine).wall_ms;
	event->source = engine->look.chunk.source;
	event->chunk = engine->look.chunk.number;
	event->attempt = engine->look.chunk.attempts;
	end_look(engine);
	return turn_note(&engine->turn, event, err);
}

static bool
is_resubmitted(const struct engine *engine)
{
	return engine->load.sources[engine->look.chunk.source].rules.in_doubt == IN_DOUBT_RESUBMIT;
}

/* Held, or sent again where the source's policy says so, the list shows nothing like it and an
 * attempt is left. */
static int
end_unclear(struct engine *engine, bool shows_nothing, const char *why, struct err *err)
{
	bool is_again = shows_nothing && is_resubmitted(engine) &&
			!engine->load.slots[engine->look.index].is_used_up;
	struct event event = {
		.type = is_again ? EVENT_DOUBT_RESUBMITTED : EVENT_PROBE_UNCLEAR,
	};

	snprintf(event.text, sizeof(event.text), "%s", why);
	return end_with(engine, &event, err);
}

static int
end_absent(struct engine *engine, struct err *err)
{
	bool is_second = engine->look.chunk.absences > 0;
	struct event event = {
		.type = is_second ? EVENT_PROBE_CLEARED : EVENT_PROBE_ABSENT,
	};

	if (!is_second)
		event.due_ms = engine_now(engine).wall_ms + engine->load.limits.settle_ms;
	return end_with(engine, &event, err);
}

/* Could another import of this load still come to stand in the list? */
static bool
may_get_witness(const struct engine *engine)
{
	const struct load *load = &engine->load;
	bool may_get_room = load_has_room(load) || load->polls.count || load->gets;

	for (uint32_t i = 0; i < load->source_count; i++) {
		if (load_next(load, &load->sources[i]) != LOAD_NO_INDEX)
			return may_get_room && !load->is_tripped;
	}
	return false;
}

/* Not durable: nothing was learned, so nothing is written down. */
static void
look_again_later(struct engine *engine, enum trouble trouble, int64_t wait_ms)
{
	int64_t mono_ms = engine_now(engine).mono_ms;
	uint32_t index = engine->look.index;

	end_look(engine);
	load_trouble(&engine->load, index, trouble, mono_ms);
	load_wait(&engine->load, index, mono_ms + wait_ms);
}

/* Is a further look worth its while? Retry.attempts of them for the other imports of this load that
 * are missing, or for other chunks in doubt that may be found meanwhile. */
static bool
may_wait_for_own(const struct engine *engine)
{
	const struct load *load = &engine->load;
	const struct slot *slot = &load->slots[engine->look.index];
	uint32_t waits = slot->trouble == TROUBLE_WITNESS ? slot->troubles : 0;

	return waits < load->limits.attempts &&
	       (engine->look.probe.wanted.has_witness || load->doubts.count);
}

static int
end_without_witness(struct engine *engine, struct err *err)
{
	bool has_own = engine->look.probe.wanted.has_witness;

	if (is_resubmitted(engine))
		return end_unclear(engine, true, "not in the nation's list", err);
	if (may_wait_for_own(engine) || (!has_own && may_get_witness(engine))) {
		look_again_later(engine, TROUBLE_WITNESS, engine->load.limits.settle_ms);
		return 0;
	}
	return end_unclear(engine, true,
	    has_own ? "not in the nation's list, but other imports of this load are missing there too"
		    : "not in the nation's list, but no other import of this load stands there to "
		      "show that it is whole",
	    err);
}

/* The list, or the import, could not be read; after retry.attempts of it, held. */
static int
end_failed(struct engine *engine, bool shows_nothing, const char *why, struct err *err)
{
	const struct load_limits *limits = &engine->load.limits;
	uint32_t failed = engine->look.chunk.looks_failed + 1;
	struct event event = { .type = EVENT_PROBE_FAILED };

	if (failed >= limits->attempts)
		return end_unclear(engine, shows_nothing, why, err);
	event.due_ms = engine_now(engine).wall_ms +
		       backoff_wait_ms(&limits->backoff, failed, engine_roll(engine));
	snprintf(event.text, sizeof(event.text), "%s", why);
	return end_with(engine, &event, err);
}

/* ---- hearing pages ---- */

/* Made before it was sent, as the list has it: its times are not those of Date (another clock, or local
 * time), so what it shows of the time in question cannot be told from what came before. */
static bool
is_out_of_time(const struct slot *slot, const struct listed *entry)
{
	return slot->is_dated && entry->created_ms >= 0 &&
	       entry->created_ms < slot->sent_ms - EDGE_MS;
}

static enum probe_owner
owner_of(struct engine *engine, const struct listed *entry)
{
	uint32_t index =
	    entry->import_id ? load_owner(&engine->load, entry->import_id) : LOAD_NO_INDEX;
	const struct slot *slot = &engine->load.slots[index == LOAD_NO_INDEX ? 0 : index];
	uint64_t bit;

	if (index == LOAD_NO_INDEX)
		return PROBE_STRANGER;
	bit = UINT64_C(1) << (index % 64);
	if (engine->seen[index / 64] & bit || !is_expected(&engine->look, slot) ||
	    is_out_of_time(slot, entry))
		return PROBE_OWN_AGAIN;
	engine->seen[index / 64] |= bit;
	return PROBE_OWN;
}

static int
end_without_likeness(struct engine *engine, struct err *err)
{
	if (engine->load.doubts.count == 0 || !may_wait_for_own(engine))
		return end_unclear(engine, false,
		    "the nation's list has imports that look different, and none of this load to "
		    "compare them with",
		    err);
	look_again_later(engine, TROUBLE_WITNESS, engine->load.limits.settle_ms);
	return 0;
}

static int
end_by_result(struct engine *engine, struct err *err)
{
	switch (probe_result(&engine->look.probe)) {
	case PROBE_IS_FOUND:
		engine->look.is_confirming = true;
		load_want_page(&engine->load);
		return 0;
	case PROBE_IS_ABSENT:
		return end_absent(engine, err);
	case PROBE_NEEDS_LIKENESS:
		return end_without_likeness(engine, err);
	case PROBE_NEEDS_WITNESS:
		return end_without_witness(engine, err);
	case PROBE_IS_UNCLEAR:
		break;
	}
	return end_unclear(engine, false,
	    "the nation's list has an import that may be it, or several", err);
}

static int
hear_page(struct engine *engine, const struct reply *reply, struct err *err)
{
	struct look *look = &engine->look;

	if (!look->has_begun && set_up(engine, err))
		return -1;
	if (engine->load.is_stopping) { /* a rival's source could not be read */
		end_look(engine);
		return 0;
	}
	for (uint32_t i = 0; i < reply->entry_count; i++)
		probe_entry(&look->probe, &reply->entries[i],
		    owner_of(engine, &reply->entries[i]));
	switch (probe_page_end(&look->probe, reply->has_more)) {
	case PROBE_COMPLETE:
		return end_by_result(engine, err);
	case PROBE_TOO_LONG:
		return end_unclear(engine, false, "the nation's list does not stand still, or is too long",
		    err);
	case PROBE_START_OVER:
		memset(engine->seen, 0,
		    (engine->load.slot_count / 64 + 1) * sizeof(*engine->seen));
		break;
	case PROBE_NEXT_PAGE:
	case PROBE_FIRST_PAGE:
		break;
	}
	load_want_page(&engine->load);
	return 0;
}

static int
hear_confirmation(struct engine *engine, const struct reply *reply, bool is_success,
    struct err *err)
{
	const struct look *look = &engine->look;
	const char *type = engine->options.sources[look->chunk.source].type;
	struct event event = {
		.type = EVENT_PROBE_FOUND,
		.import_id = look->probe.candidate,
		.word = reply->word,
	};

	if (!is_success || reply->id_form != ID_VALID)
		return end_failed(engine, false, "the import found cannot be read", err);
	if (reply->import_id != look->probe.candidate ||
	    (reply->type[0] && strcmp(reply->type, type) != 0))
		return end_unclear(engine, false, "the import found is another one", err);
	if (load_owner(&engine->load, event.import_id) != LOAD_NO_INDEX)
		return end_unclear(engine, false, "the import found was given to another chunk", err);
	/* Nobody owns that one any more, and the list may show it and not yet the other. */
	if (look->chunk.notes & NOTE_CAME_TO_NOTHING && reply->word == WORD_FAILED)
		return end_unclear(engine, false,
		    "the import found may be the one that failed before the chunk was retried", err);
	event.due_ms = engine_now(engine).wall_ms + engine->load.limits.poll_first_ms;
	return end_with(engine, &event, err);
}

/* A list that is missing, or closed to us, is no reason to stop the load. */
static bool
is_hidden(const struct reply *reply, const struct verdict *verdict)
{
	return reply->status == 404 || reply->status == 410 ||
	       (verdict->stop && reply->status / 100 == 4 && reply->status != 401);
}

int
look_hear(struct engine *engine, const struct reply *reply, struct err *err)
{
	struct load *load = &engine->load;
	struct look *look = &engine->look;
	const struct slot *slot = &load->slots[look->index];
	struct verdict_context context = {
		.limits = &load->limits,
		.chunk = &look->chunk,
		.wall_ms = engine_now(engine).wall_ms,
		.roll = engine_roll(engine),
		.trouble = (enum trouble)slot->trouble,
		.troubles = slot->troubles,
	};
	struct verdict verdict = verdict_of_get(reply, &context);
	bool hides_list = !look->is_confirming && is_hidden(reply, &verdict);
	bool goes_again = access_judge(engine, reply, &verdict);

	if (hides_list)
		verdict = (struct verdict){ .is_success = true };
	engine_account(engine, &verdict);
	if (look->is_dropped || load->is_stopping) {
		end_look(engine); /* if it is still in doubt, the next run looks again */
		return 0;
	}
	if (hides_list)
		return end_unclear(engine, true, "the nation does not show its list of imports",
		    err);
	if (verdict.is_no_connection || reply->status == 429 || goes_again) {
		look_again_later(engine, verdict.trouble, verdict.wait_ms);
		return 0;
	}
	if (look->is_confirming)
		return hear_confirmation(engine, reply, verdict.is_success, err);
	if (!verdict.is_success || !reply->is_list)
		return end_failed(engine, true, "the nation's list cannot be read", err);
	if (look->chunk.started_server_ms == 0)
		return end_unclear(engine, true,
		    look->chunk.attempts
			? "the nation's clock could not be told from its answers when it was sent"
			: "nothing of this load was sent before the run folder was copied, so the "
			  "nation's list has nothing to show that it is whole",
		    err);
	return hear_page(engine, reply, err);
}
