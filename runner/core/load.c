#include "platform.h"

#include <assert.h>
#include <string.h>

#include "runner/core/load.h"

/* replies.md, budgets: 500 tokens over all retries, 1 refills every 10 s. */
enum {
	RETRY_TOKENS = 500,
	RETRY_REFILL_MS = 10000,
	DOUBT_WINDOW_MS = 10 * 60 * 1000,
};

void
load_init(struct load *load, const struct load_limits *limits, const struct load_memory *memory,
    int64_t mono_ms)
{
	*load = (struct load){
		.limits = *limits,
		.slots = memory->slots,
		.slot_count = memory->slot_count,
		.sources = memory->sources,
		.source_count = memory->source_count,
		.polls = { memory->poll_items, 0 },
		.doubts = { memory->doubt_items, 0 },
		.looking = LOAD_NO_INDEX,
		.requests = window_open(limits->requests.count, limits->requests.per_ms),
		.retries = bucket_full(1, RETRY_REFILL_MS, RETRY_TOKENS, mono_ms),
		.paused_until_ms = INT64_MIN,
		.failing_since_ms = -1,
		.too_large_bytes = UINT32_MAX,
	};
	owners_init(&load->owners, memory->buckets, memory->bucket_count);
	for (int i = 0; i < LOAD_DOUBTS_REMEMBERED; i++)
		load->last_doubts[i].index = LOAD_NO_INDEX;
	for (uint32_t i = 0; i < load->source_count; i++) {
		struct load_source *source = &load->sources[i];

		source->first_count = source->count;
		source->has_retries = false;
		source->ready.count = 0;
		memset(&source->tally, 0, sizeof(source->tally));
	}
	for (uint32_t i = 0; i < load->slot_count; i++)
		load->slots[i] = (struct slot){ .queue_at = QUEUE_NOT_IN };
}

bool
load_limit(struct load *load, const struct load_limits *limits, int64_t mono_ms)
{
	const struct number_rate *old = &load->limits.requests, *new = &limits->requests;
	bool is_other_rate = new->count != old->count || new->per_ms != old->per_ms;
	bool is_other = is_other_rate || limits->uploads != load->limits.uploads ||
			limits->in_flight != load->limits.in_flight;

	load->limits.uploads = limits->uploads;
	load->limits.in_flight = limits->in_flight;
	load->limits.requests = limits->requests;
	if (is_other_rate)
		window_change(&load->requests, new->count, new->per_ms, mono_ms);
	return is_other;
}

void
load_move(struct load *load, const struct load_memory *memory)
{
	load->slots = memory->slots;
	load->polls.items = memory->poll_items;
	load->doubts.items = memory->doubt_items;
	owners_init(&load->owners, memory->buckets, memory->bucket_count);
	for (uint32_t i = 0; i < load->slot_count; i++) {
		if (load->slots[i].import_id)
			owners_put(&load->owners, load->slots, i);
	}
}

uint32_t
load_add(struct load *load, uint32_t source)
{
	struct load_source *to = &load->sources[source];
	uint32_t index = load->slot_count++;

	to->added[to->count - to->first_count] = index;
	to->count++;
	load->slots[index] = (struct slot){ .queue_at = QUEUE_NOT_IN };
	return index;
}

uint32_t
load_find(const struct load *load, uint32_t source, uint32_t number)
{
	const struct load_source *of;

	if (source >= load->source_count)
		return LOAD_NO_INDEX;
	of = &load->sources[source];
	if (number == 0 || number > of->count)
		return LOAD_NO_INDEX;
	if (number > of->first_count)
		return of->added[number - 1 - of->first_count];
	return of->first + number - 1;
}

_Static_assert(OWNERS_NONE == LOAD_NO_INDEX, "nobody is no slot");

uint32_t
load_owner(const struct load *load, uint64_t import_id)
{
	return owners_find(&load->owners, load->slots, import_id);
}

/* The queue in which a slot of this state waits; NULL if nothing is to be done for it. */
static struct queue *
queue_of(struct load *load, const struct slot *slot)
{
	switch ((enum chunk_state)slot->state) {
	case CHUNK_PLANNED:
		return &load->sources[slot->source].ready;
	case CHUNK_SUBMITTED:
	case CHUNK_FINISHED:
		return &load->polls;
	case CHUNK_IN_DOUBT:
		return &load->doubts;
	case CHUNK_SUBMITTING:
	case CHUNK_HELD:
	case CHUNK_DONE:
	case CHUNK_REFUSED:
	case CHUNK_FAILED:
	case CHUNK_SKIPPED:
		break;
	}
	return NULL;
}

static void
leave_queue(struct load *load, uint32_t index)
{
	struct slot *slot = &load->slots[index];

	if (slot->queue_at != QUEUE_NOT_IN)
		queue_take(queue_of(load, slot), load->slots, index);
}

static void
enter_queue(struct load *load, uint32_t index)
{
	struct slot *slot = &load->slots[index];
	struct queue *queue = queue_of(load, slot);

	if (queue && slot->busy == 0)
		queue_put(queue, load->slots, index);
}

/* The longest that a due time lies ahead: whatever a record says beyond it is a clock's fault. */
static int64_t
longest_wait_ms(const struct load_limits *limits, enum chunk_state state)
{
	const int64_t told_ms = 15 * 60 * 1000; /* the most a nation's Retry-After may ask for */
	int64_t most_ms = told_ms;

	if (state == CHUNK_SUBMITTED)
		return limits->poll_most_ms;
	if (limits->settle_ms > most_ms)
		most_ms = limits->settle_ms;
	if (limits->backoff.most_ms > most_ms)
		most_ms = limits->backoff.most_ms;
	return most_ms;
}

static int64_t
due_of(const struct load *load, const struct load_change *change)
{
	const struct chunk *chunk = change->after;
	int64_t wait_ms = chunk->due_ms - change->wall_ms;
	int64_t longest_ms = longest_wait_ms(&load->limits, chunk->state);

	if (chunk->state == CHUNK_IN_DOUBT) {
		/* Hashed, and held by policy, without delay; settled anew after a restart. */
		if (!chunk->sha256.is_known ||
		    load->sources[chunk->source].rules.in_doubt == IN_DOUBT_HOLD)
			return change->mono_ms;
		if (!change->before)
			return change->mono_ms + load->limits.settle_ms;
	}
	if (chunk->due_ms == 0 || wait_ms < 0)
		return change->mono_ms;
	return change->mono_ms + (wait_ms < longest_ms ? wait_ms : longest_ms);
}

/* Sent more than once, failed there and sent again, or given up by a person though it was sent, by us
 * or (it has a digest) perhaps by another copy of the run folder: what the nation has of it may have
 * no owner. */
static bool
is_stray(const struct chunk *chunk)
{
	return chunk->notes & (NOTE_RESUBMITTED | NOTE_CAME_TO_NOTHING) ||
	       (chunk->state == CHUNK_SKIPPED && !(chunk->notes & NOTE_SPLIT) &&
		   (chunk->attempts || chunk->sha256.is_known) && !chunk->import_id);
}

/* Untouched chunks are due before all that wait, in the order of the plan; so is what is to be
 * split. */
static bool
has_due_time(const struct chunk *chunk)
{
	if (chunk->state != CHUNK_PLANNED)
		return true;
	return chunk->attempts && !(chunk->notes & NOTE_TOO_LARGE);
}

static void
fill_slot(struct load *load, struct slot *slot, const struct load_change *change)
{
	const struct chunk *chunk = change->after;

	if (!change->before || change->before->state != chunk->state)
		slot->trouble = TROUBLE_NONE;
	slot->source = (uint16_t)chunk->source;
	slot->number = chunk->number;
	slot->state = (uint8_t)chunk->state;
	slot->import_id = chunk->import_id;
	slot->is_dated = chunk->started_server_ms != 0;
	slot->sent_ms = slot->is_dated ? chunk->started_server_ms : chunk->submitted_server_ms;
	slot->is_hashed = chunk->sha256.is_known;
	slot->is_used_up = chunk->attempts_used >= load->limits.attempts;
	slot->is_stray = is_stray(chunk);
	slot->is_retry = plan_is_retry(change->plan);
	slot->csv_bytes = plan_records_sent(change->plan) > 1 ? change->plan->csv_bytes : 0;
	slot->due_ms = has_due_time(chunk) ? due_of(load, change) : INT64_MIN;
}

/* Does one of the doubts that tripped the breaker, or any other, still want an answer? */
static bool
is_unsettled(const struct load *load)
{
	for (uint32_t i = 0; i < load->source_count; i++) {
		if (load->sources[i].tally.chunks[CHUNK_IN_DOUBT])
			return true;
	}
	for (int i = 0; i < LOAD_DOUBTS_REMEMBERED; i++) {
		enum chunk_state state =
		    (enum chunk_state)load->slots[load->last_doubts[i].index].state;

		/* Submitting: its doubt is not written down yet. */
		if (state == CHUNK_SUBMITTING || state == CHUNK_HELD)
			return true;
	}
	return false;
}

void
load_put(struct load *load, uint32_t index, const struct load_change *change)
{
	const struct chunk *chunk = change->after;
	struct load_source *source = &load->sources[chunk->source];

	if (change->before)
		tally_remove(&source->tally, change->before, change->plan);
	tally_add(&source->tally, chunk, change->plan);

	source->has_retries |= plan_is_retry(change->plan);
	leave_queue(load, index);
	if (load->slots[index].import_id)
		owners_take(&load->owners, load->slots, index);
	fill_slot(load, &load->slots[index], change);
	if (load->slots[index].import_id)
		owners_put(&load->owners, load->slots, index);
	enter_queue(load, index);

	/* A pause that the nation told us outlives a restart. */
	if (!change->before && chunk->state == CHUNK_PLANNED && chunk->http_status == 429)
		load_pause(load, load->slots[index].due_ms);
	if (chunk->notes & NOTE_TOO_LARGE && change->plan->csv_bytes < load->too_large_bytes)
		load->too_large_bytes = change->plan->csv_bytes;
	if (load->is_tripped && !is_unsettled(load))
		load->is_tripped = false;
}

/* The count of requests under way that this kind belongs to. */
static uint32_t *
counter_of(struct load *load, enum request_kind kind)
{
	return kind == REQUEST_SUBMIT ? &load->uploads : &load->gets;
}

void
load_begin(struct load *load, uint32_t index, enum request_kind kind, int64_t mono_ms)
{
	struct slot *slot = &load->slots[index];

	assert(slot->busy == 0);
	leave_queue(load, index);
	slot->busy = (uint8_t)kind;
	if (kind == REQUEST_LIST)
		load->looking = index;
	else
		++*counter_of(load, kind);
	window_take(&load->requests, mono_ms);
}

void
load_want_page(struct load *load)
{
	load->wants_page = true;
}

void
load_page(struct load *load, int64_t mono_ms)
{
	load->wants_page = false;
	window_take(&load->requests, mono_ms);
}

void
load_end(struct load *load, uint32_t index)
{
	struct slot *slot = &load->slots[index];
	enum request_kind kind = (enum request_kind)slot->busy;

	assert(slot->busy != 0);
	slot->busy = 0;
	if (kind == REQUEST_LIST) {
		load->looking = LOAD_NO_INDEX;
		load->wants_page = false;
	} else {
		--*counter_of(load, kind);
	}
	enter_queue(load, index);
}

void
load_trouble(struct load *load, uint32_t index, enum trouble trouble, int64_t mono_ms)
{
	struct slot *slot = &load->slots[index];

	if (slot->trouble != trouble) {
		slot->trouble = (uint8_t)trouble;
		slot->troubles = 0;
		slot->troubled_since_ms = mono_ms;
	}
	if (slot->troubles < UINT8_MAX)
		slot->troubles++;
}

void
load_wait(struct load *load, uint32_t index, int64_t due_ms)
{
	leave_queue(load, index);
	load->slots[index].due_ms = due_ms;
	enter_queue(load, index);
}

void
load_park(struct load *load, uint32_t index)
{
	leave_queue(load, index);
	load->parked++;
}

void
load_pause(struct load *load, int64_t until_ms)
{
	if (until_ms > load->paused_until_ms)
		load->paused_until_ms = until_ms;
}

void
load_failure(struct load *load, uint64_t retry_cost, int64_t mono_ms)
{
	if (load->failing_since_ms < 0)
		load->failing_since_ms = mono_ms;
	bucket_take(&load->retries, retry_cost, mono_ms);
}

void
load_success(struct load *load, int64_t mono_ms)
{
	load->failing_since_ms = -1;
	load->unconnected = 0;
	bucket_give(&load->retries, 1, mono_ms);
}

bool
load_has_given_up(const struct load *load, int64_t mono_ms)
{
	return load->failing_since_ms >= 0 &&
	       mono_ms - load->failing_since_ms >= load->limits.give_up_ms;
}

void
load_doubt(struct load *load, uint32_t index, int64_t mono_ms)
{
	struct load_doubt *doubts = load->last_doubts;
	const struct load_doubt *oldest = &doubts[LOAD_DOUBTS_REMEMBERED - 1];

	memmove(doubts + 1, doubts, sizeof(*doubts) * (LOAD_DOUBTS_REMEMBERED - 1));
	doubts[0] = (struct load_doubt){ index, mono_ms };
	if (oldest->index != LOAD_NO_INDEX && mono_ms - oldest->at_ms <= DOUBT_WINDOW_MS)
		load->is_tripped = true;
}

bool
load_source_is_complete(const struct load_source *source)
{
	return source->tally.chunks[CHUNK_DONE] + source->tally.chunks[CHUNK_SKIPPED] ==
	       source->count;
}

bool
load_source_is_open(const struct load *load, const struct load_source *source)
{
	for (uint32_t i = 0; i < source->rules.after_count; i++) {
		if (!load_source_is_complete(&load->sources[source->rules.after[i]]))
			return false;
	}
	return true;
}

bool
load_source_is_rejected(const struct load_source *source)
{
	const struct number_share *most = &source->rules.max_rejected;
	uint64_t allowed = most->count;

	if (!source->rules.stops_early)
		return false;
	if (most->is_share)
		allowed = (uint64_t)((unsigned __int128)source->tally.rows_planned *
				     most->millionths / 1000000);
	return tally_rejected(&source->tally) > allowed;
}

/* The retry that is due first. All ready chunks are looked at: only where a source was stopped. */
static uint32_t
next_retry(const struct load *load, const struct load_source *source)
{
	const struct queue *ready = &source->ready;
	uint32_t next = LOAD_NO_INDEX;

	for (uint32_t i = 0; source->has_retries && i < ready->count; i++) {
		uint32_t index = ready->items[i];

		if (load->slots[index].is_retry &&
		    (next == LOAD_NO_INDEX || queue_is_before(load->slots, index, next)))
			next = index;
	}
	return next;
}

uint32_t
load_next(const struct load *load, const struct load_source *source)
{
	if (source->ready.count == 0 || !load_source_is_open(load, source))
		return LOAD_NO_INDEX;
	return load_source_is_rejected(source) ? next_retry(load, source) : queue_first(&source->ready);
}

bool
load_is_too_large(const struct load *load, const struct slot *slot)
{
	return slot->csv_bytes >= load->too_large_bytes;
}

bool
load_has_room(const struct load *load)
{
	uint64_t in_flight = 0;

	for (uint32_t i = 0; i < load->source_count; i++) {
		const uint64_t *chunks = load->sources[i].tally.chunks;

		in_flight += chunks[CHUNK_SUBMITTING] + chunks[CHUNK_SUBMITTED] +
			     chunks[CHUNK_FINISHED];
	}
	return load->uploads < load->limits.uploads && in_flight < load->limits.in_flight;
}

struct tally
load_total(const struct load *load)
{
	struct tally total = { 0 };

	for (uint32_t i = 0; i < load->source_count; i++)
		tally_sum(&total, &load->sources[i].tally);
	return total;
}
