#include "platform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/buf.h"
#include "runner/base/wire.h"
#include "store/handle.h"
#include "store/replay.h"

/* A chunk as its events leave it, kept as the record of its state: that is small. */
struct kept {
	char *value; /* NULL: no event */
	size_t len;
};

struct replay_source {
	struct kept *chunks; /* by number from 1 */
	uint32_t count;
};

static int
make_room(struct replay *replay, const struct audited *audited, const struct coverage *coverage,
    struct err *err)
{
	size_t count = audited->store->load.source_count;

	/* one more of each, because a calloc of nothing may give NULL */
	replay->sources = calloc(count + 1, sizeof(*replay->sources));
	if (!replay->sources)
		return err_memory(err);
	replay->source_count = count;
	for (size_t i = 0; i < count; i++) {
		struct replay_source *source = &replay->sources[i];

		source->chunks = calloc((size_t)coverage->numbers[i] + 1, sizeof(*source->chunks));
		if (!source->chunks)
			return err_memory(err);
		source->count = coverage->numbers[i];
	}
	return 0;
}

void
replay_done(struct replay *replay)
{
	for (size_t i = 0; i < replay->source_count; i++) {
		for (uint32_t j = 0; j < replay->sources[i].count; j++)
			free(replay->sources[i].chunks[j].value);
		free(replay->sources[i].chunks);
	}
	free(replay->sources);
}

/* NULL: not in the plan. */
static struct kept *
kept_of(const struct replay *replay, uint32_t source, uint32_t number)
{
	if (source >= replay->source_count || number == 0 ||
	    number > replay->sources[source].count)
		return NULL;
	return &replay->sources[source].chunks[number - 1];
}

static void
load_kept(const struct kept *kept, struct audited *audited, const struct plan_chunk *plan,
    struct chunk *chunk)
{
	struct schema_key key = schema_chunk_key(plan->source, plan->number);
	struct span value = { kept->value, kept->len };

	*chunk = chunk_untouched(plan);
	if (kept->value &&
	    schema_read_chunk(&audited->store->env, schema_span(&key), value, chunk, NULL))
		audited_find(audited, "%s-%u: its replay cannot be kept",
		    audited_name(audited, plan->source), plan->number);
}

static int
save_kept(struct kept *kept, const struct chunk *chunk, struct err *err)
{
	struct schema_key key = schema_chunk_key(chunk->source, chunk->number);
	SCOPED(buf) value = BUF_INIT;
	char *copy;

	record_write(&schema_chunk_shape, schema_span(&key), chunk, SPAN_NONE, &value);
	if (buf_check(&value, err))
		return -1;
	copy = realloc(kept->value, value.len);
	if (!copy)
		return err_memory(err);
	kept->value = copy;
	memcpy(copy, value.ptr, value.len);
	kept->len = value.len;
	return 0;
}

bool
replay_has(const struct replay *replay, uint32_t source, uint32_t number)
{
	const struct kept *kept = kept_of(replay, source, number);

	return kept && kept->value;
}

void
replay_get(const struct replay *replay, struct audited *audited, const struct plan_chunk *plan,
    struct chunk *chunk)
{
	const struct kept *kept = kept_of(replay, plan->source, plan->number);

	if (kept)
		load_kept(kept, audited, plan, chunk);
	else
		*chunk = chunk_untouched(plan);
}

/* ---- one event */

/* The file of a retry, which brought these chunks and no others. */
static void
check_retry(struct replay *replay, struct audited *audited, const struct event *event)
{
	struct schema_key key = schema_chunk_key(event->source, PLAN_RETRY_INPUTS + event->retry);
	const char *name = audited_name(audited, event->source);
	struct schema_input input;
	int found = schema_get(&audited->txn, SCHEMA_INPUTS, &schema_input_shape, schema_span(&key),
	    &input, NULL);

	replay->retries++;
	if (found == 0)
		audited_find(audited,
		    "event %" PRIu64 ": the file of retry %u of %s is not in the plan", event->seq,
		    event->retry, name);
	if (found > 0 && (input.input.rows != event->rows || input.input.chunks != event->pieces))
		audited_find(audited,
		    "event %" PRIu64 ": retry %u of %s has other rows or chunks in the plan",
		    event->seq, event->retry, name);
}

/* Whether a chunk that the original plan does not have came into it as that plan says. */
static bool
is_added_by(const struct event *event, const struct plan_chunk *plan, const struct kept *kept)
{
	uint32_t retry =
	    plan_is_retry(plan) && !plan->parent ? plan->input - PLAN_RETRY_INPUTS : 0;

	return event->type == EVENT_CHUNK_ADDED && event->parent == plan->parent &&
	       event->retry == retry && !kept->value;
}

static int
replay_event(struct replay *replay, struct audited *audited, const struct event *event,
    struct err *err)
{
	const char *name = audited_name(audited, event->source);
	struct kept *kept = kept_of(replay, event->source, event->chunk);
	struct plan_chunk plan;
	struct chunk chunk;

	if (event->type == EVENT_RETRY_PLANNED)
		check_retry(replay, audited, event);
	if (event->chunk == 0)
		return 0; /* about the load */
	if (!kept) {
		audited_find(audited, "event %" PRIu64 ": %s-%u is not in the plan", event->seq,
		    name, event->chunk);
		return 0;
	}
	if (!audited_plan(audited, event->source, event->chunk, &plan))
		return 0;
	if ((event->type == EVENT_CHUNK_ADDED || (audited_is_added(&plan) && !kept->value)) &&
	    !is_added_by(event, &plan, kept))
		audited_find(audited, "event %" PRIu64 ": %s-%u was not added to the plan that way",
		    event->seq, name, event->chunk);
	load_kept(kept, audited, &plan, &chunk);
	if (chunk_apply(&chunk, event)) {
		audited_find(audited, "event %" PRIu64 ": %s cannot happen to %s-%u, which is %s",
		    event->seq, event_word(event->type), name, event->chunk,
		    chunk_state_word(chunk.state));
		return 0;
	}
	return save_kept(kept, &chunk, err);
}

/* ---- the chain of events */

struct chain {
	uint64_t last; /* number of the last event seen */
	unsigned char hash[SCHEMA_HASH_BYTES];
	bool has_gap; /* then the next link cannot hold; said once */
};

static void
check_link(struct audited *audited, const struct chain *chain, const struct schema_event *event)
{
	if (chain->has_gap || memcmp(event->previous, chain->hash, sizeof(chain->hash)) == 0)
		return;
	if (chain->last == 0)
		audited_find(audited,
		    "event %" PRIu64 ": it does not begin the chain of this load",
		    event->event.seq);
	else
		audited_find(audited,
		    "event %" PRIu64 ": its link to event %" PRIu64 " is broken",
		    event->event.seq, chain->last);
}

/* The chain against what the head says of its end. */
static void
check_end(struct audited *audited, const struct chain *chain, const struct schema_head *head)
{
	if (chain->last != head->events)
		audited_find(audited,
		    "events: the last one is %" PRIu64 ", the head says %" PRIu64, chain->last,
		    head->events);
	else if (memcmp(chain->hash, head->hash, sizeof(head->hash)) != 0)
		audited_find(audited,
		    "events: the last one, %" PRIu64 ", is not the one that the head names",
		    chain->last);
}

/* A record of the database events, at the end of the chain so far. */
static int
check_record(struct replay *replay, struct audited *audited, struct chain *chain,
    const struct txn_walk *walk, struct err *err)
{
	struct schema_event event;
	struct err why = ERR_INIT;
	int damaged = schema_read_event(&audited->store->env, walk->key, walk->value, &event, &why);
	uint64_t seq;
	int rc = 0;

	if (damaged)
		audited_find_error(audited, &why);
	if (walk->key.len != SCHEMA_EVENT_KEY_BYTES)
		return 0;
	seq = wire_get64(walk->key.ptr);
	chain->has_gap = seq != chain->last + 1;
	if (chain->has_gap)
		audited_find(audited, "events: %" PRIu64 " to %" PRIu64 " are missing",
		    chain->last + 1, seq - 1);
	if (!damaged) {
		check_link(audited, chain, &event);
		rc = replay_event(replay, audited, &event.event, err);
	}
	chain->last = seq;
	audited->store->sha256(walk->value.ptr, walk->value.len, chain->hash);
	return rc;
}

int
replay_events(struct replay *replay, struct audited *audited, const struct coverage *coverage,
    struct err *err)
{
	const char *load_id = audited->store->load.load_id;
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	struct chain chain = { .last = 0 };
	struct schema_head head;

	if (make_room(replay, audited, coverage, err) ||
	    schema_get_head(&audited->txn, &head, err))
		return -1;
	audited->store->sha256(load_id, strlen(load_id), chain.hash);
	txn_walk_begin(&walk, &audited->txn, SCHEMA_EVENTS, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		replay->events++;
		if (check_record(replay, audited, &chain, &walk, err))
			return -1;
	}
	if (replay->retries != coverage->retries)
		audited_find(audited,
		    "inputs: %" PRIu64 " files of retries, the events have %" PRIu64,
		    coverage->retries, replay->retries);
	check_end(audited, &chain, &head);
	return txn_check(&audited->txn, err);
}
