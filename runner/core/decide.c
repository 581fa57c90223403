#include "platform.h"

#include "runner/core/decide.h"

/* GETs at a time: polls are small, and each open one holds a connection. */
enum { MOST_GETS = 4 };

/* A wait in the making: the earliest of all that could go on, and why. */
struct earliest {
	int64_t at_ms;
	enum waiting_for waiting_for;
};

static void
not_before(struct earliest *earliest, int64_t at_ms, enum waiting_for waiting_for)
{
	if (at_ms < earliest->at_ms)
		*earliest = (struct earliest){ at_ms, waiting_for };
}

/* When the next request of any kind may go out. */
static struct earliest
request_gate(const struct load *load, int64_t now_ms)
{
	int64_t wait_ms = window_wait_ms(&load->requests, now_ms);

	if (load->is_signed_out)
		return (struct earliest){ INT64_MAX, WAITING_TOKEN };
	if (load->paused_until_ms > now_ms + wait_ms)
		return (struct earliest){ load->paused_until_ms, WAITING_PAUSE };
	return (struct earliest){ now_ms + wait_ms, WAITING_REQUESTS };
}

/* A chunk that was tried before costs of the retry budget, a first attempt never waits for it. */
static int64_t
retry_wait_ms(const struct load *load, const struct slot *slot, int64_t now_ms)
{
	return slot->due_ms == INT64_MIN ? 0 : bucket_wait_ms(&load->retries, 1, now_ms);
}

/* A look into the list needs quiet: no verdict while a POST is unanswered that could be what the
 * list shows (replies.md). So a doubt that is due lets the uploads run dry first. */
static bool
needs_quiet(const struct load *load, int64_t now_ms)
{
	return load->looking != LOAD_NO_INDEX ||
	       (load->doubts.count &&
		   load->slots[queue_first(&load->doubts)].due_ms <= now_ms);
}

/* The first chunk that may be sent now; a wait otherwise. */
static struct action
next_submit(const struct load *load, int64_t now_ms, struct earliest *earliest)
{
	struct earliest gate = request_gate(load, now_ms);

	if (needs_quiet(load, now_ms))
		return (struct action){ .kind = ACTION_WAIT };
	for (uint32_t i = 0; i < load->source_count; i++) {
		const struct load_source *source = &load->sources[i];
		uint32_t index;
		const struct slot *slot;
		int64_t at_ms;

		index = load_next(load, source);
		if (index == LOAD_NO_INDEX)
			continue;
		slot = &load->slots[index];
		if (slot->is_used_up)
			return (struct action){ .kind = ACTION_GIVE_UP, .index = index };
		if (load_is_too_large(load, slot))
			return (struct action){ .kind = ACTION_SPLIT, .index = index };
		if (load->is_tripped || !load_has_room(load))
			continue;
		at_ms = now_ms + retry_wait_ms(load, slot, now_ms);
		if (slot->due_ms > at_ms)
			at_ms = slot->due_ms;
		if (at_ms <= now_ms && gate.at_ms <= now_ms)
			return (struct action){ .kind = ACTION_SUBMIT, .index = index };
		if (at_ms > gate.at_ms)
			not_before(earliest, at_ms, WAITING_BACKOFF);
		else
			not_before(earliest, gate.at_ms, gate.waiting_for);
	}
	return (struct action){ .kind = ACTION_WAIT };
}

static struct action
next_poll(const struct load *load, int64_t now_ms, struct earliest *earliest)
{
	struct earliest gate = request_gate(load, now_ms);
	uint32_t index;

	if (load->polls.count == 0 || load->gets >= MOST_GETS)
		return (struct action){ .kind = ACTION_WAIT };
	index = queue_first(&load->polls);
	if (load->slots[index].due_ms > gate.at_ms) {
		not_before(earliest, load->slots[index].due_ms, WAITING_IMPORTS);
	} else if (gate.at_ms > now_ms) {
		not_before(earliest, gate.at_ms, gate.waiting_for);
	} else {
		bool is_finished = load->slots[index].state == CHUNK_FINISHED;

		return (struct action){
			.kind = is_finished ? ACTION_RESULT : ACTION_STATUS,
			.index = index,
		};
	}
	return (struct action){ .kind = ACTION_WAIT };
}

/* The look under way goes on as soon as a request may go out. */
static struct action
next_page(const struct load *load, int64_t now_ms, struct earliest *earliest)
{
	struct earliest gate = request_gate(load, now_ms);

	if (!load->wants_page)
		return (struct action){ .kind = ACTION_WAIT };
	if (gate.at_ms > now_ms) {
		not_before(earliest, gate.at_ms, gate.waiting_for);
		return (struct action){ .kind = ACTION_WAIT };
	}
	return (struct action){ .kind = ACTION_PAGE, .index = load->looking };
}

/* Law 3: a doubt is hashed, then held or looked into, never sent again on a guess. */
static struct action
next_doubt(const struct load *load, int64_t now_ms, struct earliest *earliest)
{
	struct earliest gate = request_gate(load, now_ms);
	const struct slot *slot;
	uint32_t index;

	if (load->doubts.count == 0)
		return (struct action){ .kind = ACTION_WAIT };
	index = queue_first(&load->doubts);
	slot = &load->slots[index];
	if (slot->due_ms > now_ms) {
		not_before(earliest, slot->due_ms,
		    load->is_tripped ? WAITING_DOUBTS : WAITING_SETTLE);
	} else if (!slot->is_hashed) {
		return (struct action){ .kind = ACTION_HASH, .index = index };
	} else if (load->sources[slot->source].rules.in_doubt == IN_DOUBT_HOLD) {
		return (struct action){ .kind = ACTION_HOLD, .index = index };
	} else if (load->looking != LOAD_NO_INDEX || load->uploads) {
		/* One look at a time, and quiet; what we wait for wakes us. */
	} else if (gate.at_ms > now_ms) {
		not_before(earliest, gate.at_ms, gate.waiting_for);
	} else {
		return (struct action){ .kind = ACTION_LOOK, .index = index };
	}
	return (struct action){ .kind = ACTION_WAIT };
}

/* Is an answer under way? A token that was asked for is heard out also at the end: it may be in no other
 * place than its answer. */
static bool
is_busy(const struct load *load)
{
	return load->uploads || load->gets || load->is_renewing ||
	       (load->looking != LOAD_NO_INDEX && !load->wants_page);
}

/* Requests wait for a token that is to be asked for again. */
static bool
wants_token(const struct load *load)
{
	return load->is_signed_out && !load->is_stopping;
}

struct action
decide(const struct load *load, int64_t now_ms)
{
	struct earliest earliest = { INT64_MAX, WAITING_NOTHING };
	struct action action = { .kind = ACTION_WAIT };

	if (!load->is_stopping) {
		action = next_poll(load, now_ms, &earliest);
		if (action.kind == ACTION_WAIT)
			action = next_page(load, now_ms, &earliest);
		if (action.kind == ACTION_WAIT)
			action = next_doubt(load, now_ms, &earliest);
		if (action.kind == ACTION_WAIT)
			action = next_submit(load, now_ms, &earliest);
		if (action.kind != ACTION_WAIT)
			return action;
	}
	if (!is_busy(load) && !wants_token(load) && earliest.at_ms == INT64_MAX)
		action.kind = ACTION_END;
	action.until_ms = earliest.at_ms;
	action.waiting_for = wants_token(load) ? WAITING_TOKEN
	    : is_busy(load)                    ? WAITING_ANSWERS
					       : earliest.waiting_for;
	return action;
}

const char *
waiting_for_text(enum waiting_for waiting_for)
{
	static const char *const texts[] = {
		[WAITING_NOTHING] = "",
		[WAITING_ANSWERS] = "answers",
		[WAITING_IMPORTS] = "imports to finish",
		[WAITING_BACKOFF] = "the next try",
		[WAITING_PAUSE] = "the nation, which asked us to wait",
		[WAITING_SETTLE] = "a doubt to settle",
		[WAITING_DOUBTS] = "doubts to be settled before more is sent",
		[WAITING_REQUESTS] = "limits.requests",
		[WAITING_TOKEN] = "another access token",
	};

	return texts[waiting_for];
}
