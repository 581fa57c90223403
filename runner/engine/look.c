#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/engine/private.h"

enum {
	HEAD_BYTES = 16 << 10, /* header line and first rows; content_head is far shorter */
	SINCE_MS = 10 * 60 * 1000, /* replies.md: SUBMIT_STARTED less 10 minutes */
	/* Date has whole seconds and answers take some: more than this is a clock that moves. */
	OFFSET_SPREAD_MS = 60 * 1000,
};

void
look_hear_date(struct clock_offset *offset, int64_t server_date_ms, int64_t wall_ms)
{
	int64_t ahead_ms = server_date_ms - wall_ms;

	if (!offset->is_known || ahead_ms < offset->least_ms)
		offset->least_ms = ahead_ms;
	if (!offset->is_known || ahead_ms > offset->most_ms)
		offset->most_ms = ahead_ms;
	offset->is_known = true;
}

static bool
is_stable(const struct clock_offset *offset)
{
	return offset->is_known && offset->most_ms - offset->least_ms <= OFFSET_SPREAD_MS;
}

/* ---- what to look for ---- */

static bool
is_since(const struct look *look, const struct slot *slot)
{
	return slot->import_id && slot->submitted_wall_ms >= look->chunk.started_ms - SINCE_MS;
}

static uint64_t
count_own(const struct engine *engine)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < engine->load.slot_count; i++)
		count += is_since(&engine->look, &engine->load.slots[i]);
	return count;
}

/* The first line behind the header: what tells chunks apart. */
static struct span
first_line(struct span head, size_t header_bytes)
{
	struct span rest = { head.ptr + header_bytes, head.len - header_bytes };

	return span_next(&rest, '\n');
}

/* Another chunk of this source that may be at the nation unknown to us, and begins the same? */
static int
find_rival(struct engine *engine, bool *has_rival, struct err *err)
{
	const struct ports *ports = engine->ports;
	const struct look *look = &engine->look;
	struct span mine = first_line(buf_span(&look->head), look->header_bytes);

	*has_rival = false;
	for (uint32_t i = 0; i < engine->load.slot_count && !*has_rival; i++) {
		const struct slot *slot = &engine->load.slots[i];
		SCOPED(buf) head = BUF_INIT;
		struct plan_chunk plan;
		size_t header_bytes;

		if (i == look->index || slot->source != look->chunk.source ||
		    (slot->state != CHUNK_IN_DOUBT && slot->state != CHUNK_HELD))
			continue;
		if (ports->journal.read_plan(ports->journal.ctx, slot->source, slot->number, &plan,
			err) ||
		    ports->source.head(ports->source.ctx, &plan, HEAD_BYTES, &head, &header_bytes,
			err))
			return -1;
		*has_rival = span_equal(mine, first_line(buf_span(&head), header_bytes));
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
	    next.input != plan->input)
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
		.since_ms = look->chunk.started_ms + engine->offset.least_ms - SINCE_MS,
		.own_expected = count_own(engine),
	};

	if (find_rival(engine, &wanted.has_rival, err))
		return -1;
	probe_init(&look->probe, &wanted);
	memset(engine->seen, 0, (engine->load.slot_count / 64 + 1) * sizeof(*engine->seen));
	look->has_begun = true;
	return 0;
}

static int
ask_page(struct engine *engine, uint32_t page, struct err *err)
{
	const struct nation_port *nation = &engine->ports->nation;

	return nation->list(nation->ctx, engine->look.index, page, err);
}

int
look_begin(struct engine *engine, uint32_t index, struct err *err)
{
	const struct ports *ports = engine->ports;
	const struct slot *slot = &engine->load.slots[index];
	struct look *look = &engine->look;

	buf_clear(&look->head);
	if (ports->journal.read_plan(ports->journal.ctx, slot->source, slot->number, &look->plan,
		err) ||
	    turn_chunk(&engine->turn, index, &look->chunk, err) ||
	    ports->source.head(ports->source.ctx, &look->plan, HEAD_BYTES, &look->head,
		&look->header_bytes, err))
		return -1;
	look->index = index;
	look->has_begun = false;
	look->is_confirming = false;
	load_begin(&engine->load, index, REQUEST_LIST, engine_now(engine).mono_ms);
	if (ask_page(engine, 1, err) == 0)
		return 0;
	look_drop(engine);
	return -1;
}

void
look_drop(struct engine *engine)
{
	load_end(&engine->load, engine->look.index);
	engine->look.index = LOAD_NO_INDEX;
}

/* ---- how it ends ---- */

static int
end_with(struct engine *engine, struct event *event, struct err *err)
{
	event->at_ms = engine_now(engine).wall_ms;
	event->source = engine->look.chunk.source;
	event->chunk = engine->look.chunk.number;
	event->attempt = engine->look.chunk.attempts;
	look_drop(engine);
	return turn_note(&engine->turn, event, err);
}

static bool
is_resubmitted(const struct engine *engine)
{
	return engine->load.sources[engine->look.chunk.source].rules.in_doubt == IN_DOUBT_RESUBMIT;
}

/* Held, or sent again where the source's policy says so and the list shows nothing like it. */
static int
end_unclear(struct engine *engine, bool shows_nothing, const char *why, struct err *err)
{
	bool is_again = shows_nothing && is_resubmitted(engine);
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

	if (load->is_tripped)
		return false;
	for (uint32_t i = 0; i < load->source_count; i++) {
		const struct load_source *source = &load->sources[i];

		if (source->ready.count && load_source_is_open(load, source) &&
		    !load_source_is_rejected(source))
			return true;
	}
	return false;
}

static int
end_without_witness(struct engine *engine, struct err *err)
{
	struct load *load = &engine->load;
	uint32_t index = engine->look.index;
	bool has_own = engine->look.probe.wanted.own_expected > 0;

	if (is_resubmitted(engine))
		return end_unclear(engine, true, "not in the nation's list", err);
	if (has_own ? load->slots[index].tries < load->limits.attempts : may_get_witness(engine)) {
		look_drop(engine);
		load->slots[index].tries++;
		load_wait(load, index, engine_now(engine).mono_ms + load->limits.settle_ms);
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
end_failed(struct engine *engine, const struct verdict *verdict, const char *why, struct err *err)
{
	struct event event = { .type = EVENT_PROBE_FAILED };

	if (engine->look.chunk.looks_failed + 1 >= engine->load.limits.attempts)
		return end_unclear(engine, true, why, err);
	event.due_ms = engine_now(engine).wall_ms + verdict->wait_ms;
	snprintf(event.text, sizeof(event.text), "%s", why);
	return end_with(engine, &event, err);
}

/* ---- hearing pages ---- */

static enum probe_owner
owner_of(struct engine *engine, uint64_t import_id)
{
	uint32_t index = import_id ? load_owner(&engine->load, import_id) : LOAD_NO_INDEX;
	uint64_t bit;

	if (index == LOAD_NO_INDEX)
		return PROBE_STRANGER;
	bit = UINT64_C(1) << (index % 64);
	if (engine->seen[index / 64] & bit || !is_since(&engine->look, &engine->load.slots[index]))
		return PROBE_OWN_AGAIN;
	engine->seen[index / 64] |= bit;
	return PROBE_OWN;
}

static int
confirm(struct engine *engine, struct err *err)
{
	const struct nation_port *nation = &engine->ports->nation;
	struct look *look = &engine->look;

	look->is_confirming = true;
	load_page(&engine->load, engine_now(engine).mono_ms);
	return nation->status(nation->ctx, look->index, look->probe.candidate, err);
}

static int
end_by_result(struct engine *engine, struct err *err)
{
	switch (probe_result(&engine->look.probe)) {
	case PROBE_IS_FOUND:
		return confirm(engine, err);
	case PROBE_IS_ABSENT:
		return end_absent(engine, err);
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
	for (uint32_t i = 0; i < reply->entry_count; i++)
		probe_entry(&look->probe, &reply->entries[i],
		    owner_of(engine, reply->entries[i].import_id));
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
	load_page(&engine->load, engine_now(engine).mono_ms);
	return ask_page(engine, look->probe.page, err);
}

static int
hear_confirmation(struct engine *engine, const struct reply *reply,
    const struct verdict *verdict, struct err *err)
{
	const struct look *look = &engine->look;
	const char *type = engine->options.sources[look->chunk.source].type;
	struct event event = {
		.type = EVENT_PROBE_FOUND,
		.import_id = look->probe.candidate,
		.word = reply->word,
	};

	if (!verdict->is_success)
		return reply->status == 404
			   ? end_unclear(engine, false, "the list shows it, but the nation does not "
							"know the import", err)
			   : end_failed(engine, verdict, "the import found cannot be read", err);
	if (reply->id_form != ID_VALID || reply->import_id != look->probe.candidate ||
	    (reply->type[0] && strcmp(reply->type, type) != 0))
		return end_unclear(engine, false, "the import found is another one", err);
	event.due_ms = engine_now(engine).wall_ms + engine->load.limits.poll_first_ms;
	return end_with(engine, &event, err);
}

int
look_hear(struct engine *engine, const struct reply *reply, struct err *err)
{
	struct load *load = &engine->load;
	struct verdict_context context = {
		.limits = &load->limits,
		.chunk = &engine->look.chunk,
		.wall_ms = engine_now(engine).wall_ms,
		.roll = engine_roll(engine),
		.tries = engine->look.chunk.looks_failed,
	};
	struct verdict verdict = verdict_of_get(reply, &context);
	bool is_forbidden = reply->status == 403 || reply->status == 404;

	if (is_forbidden)
		verdict.stop = ERR_NONE; /* the list may be missing: that is no reason to stop */
	engine_account(engine, &verdict);
	if (load->is_stopping) {
		look_drop(engine); /* the next run looks again */
		return 0;
	}
	if (engine->look.is_confirming)
		return hear_confirmation(engine, reply, &verdict, err);
	if (is_forbidden)
		return end_unclear(engine, true, "the nation does not show its list of imports", err);
	if (!verdict.is_success || !reply->is_list)
		return end_failed(engine, &verdict, "the nation's list cannot be read", err);
	if (!is_stable(&engine->offset))
		return end_unclear(engine, true, "the nation's clock cannot be told from its answers", err);
	return hear_page(engine, reply, err);
}
