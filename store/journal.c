#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/handle.h"
#include "store/journal.h"

/* Chunks read in one transaction; a struct chunk takes 900 bytes. */
enum { PAGE_CHUNKS = 256 };

/* ---- append */

struct batch {
	struct store *store;
	const struct journal_turn *turn;
	struct schema_head head; /* as it becomes */
};

static int
put_event(struct batch *batch, struct txn *txn, const struct event *event)
{
	struct schema_event record = { .event = *event };
	struct schema_head *head = &batch->head;
	struct schema_key key = schema_event_key(head->events + 1);
	SCOPED(buf) value = BUF_INIT;

	memcpy(record.previous, head->hash, sizeof(record.previous));
	record_write(&schema_event_shape, schema_span(&key), &record, SPAN_NONE, &value);
	if (buf_failed(&value))
		return -1;
	txn_append(txn, SCHEMA_EVENTS, schema_span(&key), buf_span(&value));
	head->events++;
	batch->store->sha256(value.ptr, value.len, head->hash);
	return 0;
}

static int
drop_due(struct txn *txn, struct span key, struct err *err)
{
	struct span value;
	struct schema_key due;
	struct chunk old;

	if (!txn_get(txn, SCHEMA_STATES, key, &value))
		return txn_check(txn, err);
	if (schema_read_chunk(txn->env, key, value, &old, err))
		return -1;
	due = schema_due_key(old.due_ms, old.source, old.number);
	txn_remove(txn, SCHEMA_DUE, schema_span(&due));
	return 0;
}

static int
put_chunk(struct txn *txn, const struct chunk *chunk, struct err *err)
{
	struct schema_key key = schema_chunk_key(chunk->source, chunk->number);
	struct schema_key due = schema_due_key(chunk->due_ms, chunk->source, chunk->number);
	struct schema_due step = { (uint32_t)chunk->state };

	if (drop_due(txn, schema_span(&key), err))
		return -1;
	if (schema_is_due(chunk))
		schema_put(txn, SCHEMA_DUE, &schema_due_shape, schema_span(&due), &step);
	schema_put(txn, SCHEMA_STATES, &schema_chunk_shape, schema_span(&key), chunk);
	return 0;
}

/* The plan is only extended: a chunk that is there already fails the whole turn. */
static int
put_plan(struct txn *txn, const struct plan_chunk *plan, struct err *err)
{
	struct schema_key key = schema_chunk_key(plan->source, plan->number);
	struct span value;

	if (txn_get(txn, SCHEMA_PLAN, schema_span(&key), &value))
		return err_set(err, ERR_BUG, "the plan has a chunk %u of source %u already",
		    plan->number, plan->source);
	if (txn_check(txn, err))
		return -1;
	schema_put(txn, SCHEMA_PLAN, &schema_plan_shape, schema_span(&key), plan);
	return 0;
}

/* The files of a retry; as for the plan, none that is there may be replaced. */
static int
put_input(struct txn *txn, const struct journal_input *input, struct err *err)
{
	struct schema_key key = schema_chunk_key(input->input.source, input->input.input);
	struct schema_input record = { input->input, span_of(input->path) };
	struct span value;

	if (txn_get(txn, SCHEMA_INPUTS, schema_span(&key), &value))
		return err_set(err, ERR_BUG, "source %u has a %s already", input->input.source,
		    input->path);
	if (txn_check(txn, err))
		return -1;
	schema_put(txn, SCHEMA_INPUTS, &schema_input_shape, schema_span(&key), &record);
	return 0;
}

/* Runs again from the start if the map was full. */
static int
fill(void *ctx, struct txn *txn, struct err *err)
{
	struct batch *batch = ctx;
	const struct journal_turn *turn = batch->turn;

	batch->head = batch->store->head;
	for (size_t i = 0; i < turn->event_count; i++) {
		if (put_event(batch, txn, &turn->events[i]))
			return err_memory(err);
	}
	for (size_t i = 0; i < turn->added_count; i++) {
		if (put_plan(txn, &turn->added[i], err))
			return -1;
	}
	for (size_t i = 0; i < turn->input_count; i++) {
		if (put_input(txn, &turn->inputs[i], err))
			return -1;
	}
	for (size_t i = 0; i < turn->chunk_count; i++) {
		if (put_chunk(txn, &turn->chunks[i], err))
			return -1;
	}
	for (size_t i = 0; i < turn->source_count; i++) {
		struct schema_key key = schema_tally_key((uint32_t)i);

		schema_put(txn, SCHEMA_TALLY, &schema_tally_shape, schema_span(&key),
		    &turn->tallies[i]);
	}
	schema_put(txn, SCHEMA_META, &schema_head_shape, span_of(SCHEMA_HEAD_KEY), &batch->head);
	return 0;
}

static bool
begins_a_post(const struct journal_turn *turn)
{
	for (size_t i = 0; i < turn->event_count; i++) {
		if (turn->events[i].type == EVENT_SUBMIT_STARTED)
			return true;
	}
	return false;
}

static int
append(void *ctx, const struct journal_turn *turn, struct err *err)
{
	struct store *store = ctx;
	struct batch batch = { store, turn, store->head };

	assert(!store->is_reader);
	if (store->is_broken)
		return err_set(err, ERR_IO, "%s: an earlier commit failed", store->env.folder);
	if (begins_a_post(turn) && env_reserve(&store->env, err))
		return -1;
	if (txn_write(&store->env, fill, &batch, err)) {
		store->is_broken = true;
		return -1;
	}
	for (size_t i = 0; i < turn->event_count; i++)
		turn->events[i].seq = store->head.events + 1 + i;
	store->head = batch.head;
	mark_put(&store->mark, &store->head);
	return 0;
}

/* ---- reading */

static int
no_such_chunk(const struct store *store, uint32_t source, uint32_t number, struct err *err)
{
	if (source < store->load.source_count)
		return err_set(err, ERR_USAGE, "there is no chunk %s-%u",
		    store->load.sources[source], number);
	return err_set(err, ERR_USAGE, "there is no source %u", source);
}

static int
get_plan(struct store *store, struct txn *txn, struct plan_chunk *plan, uint32_t source,
    uint32_t number, struct err *err)
{
	struct schema_key key = schema_chunk_key(source, number);
	struct span value;

	if (txn_get(txn, SCHEMA_PLAN, schema_span(&key), &value))
		return schema_read_plan(&store->env, schema_span(&key), value, plan, err);
	if (txn_check(txn, err))
		return -1;
	return no_such_chunk(store, source, number, err);
}

static int
read_plan(void *ctx, uint32_t source, uint32_t number, struct plan_chunk *plan, struct err *err)
{
	struct store *store = ctx;
	SCOPED(txn) txn = TXN_NONE;

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	return get_plan(store, &txn, plan, source, number, err);
}

static int
read_chunk(void *ctx, uint32_t source, uint32_t number, struct chunk *chunk, struct err *err)
{
	struct store *store = ctx;
	struct schema_key key = schema_chunk_key(source, number);
	SCOPED(txn) txn = TXN_NONE;
	struct plan_chunk plan;
	struct span value;

	if (txn_begin(&txn, &store->env, TXN_READ, err) ||
	    get_plan(store, &txn, &plan, source, number, err))
		return -1;
	if (txn_get(&txn, SCHEMA_STATES, schema_span(&key), &value))
		return schema_read_chunk(&store->env, schema_span(&key), value, chunk, err);
	if (txn_check(&txn, err))
		return -1;
	*chunk = chunk_untouched(&plan);
	return 0;
}

/* ---- all chunks, a page a transaction: visitors may be slow, transactions must not be */

struct pair {
	struct plan_chunk plan;
	struct chunk chunk;
};

/* The state record beside a plan record; `states` walks along. */
static int
read_state(const struct env *env, struct txn_walk *states, bool *has_state, struct span key,
    struct pair *pair, struct err *err)
{
	int order = -1;

	while (*has_state && (order = memcmp(states->key.ptr, key.ptr, SCHEMA_CHUNK_KEY_BYTES)) < 0)
		*has_state = txn_walk_step(states);
	if (*has_state && order == 0)
		return schema_read_chunk(env, key, states->value, &pair->chunk, err);
	pair->chunk = chunk_untouched(&pair->plan);
	return 0;
}

static int
read_page(struct store *store, const struct schema_key *from, struct pair *page, size_t *count,
    struct err *err)
{
	SCOPED(txn) txn = TXN_NONE;
	SCOPED(txn_walk) plans = TXN_WALK_NONE;
	SCOPED(txn_walk) states = TXN_WALK_NONE;
	bool has_state;
	size_t got = 0;

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	txn_walk_begin(&plans, &txn, SCHEMA_PLAN, schema_span(from));
	txn_walk_begin(&states, &txn, SCHEMA_STATES, schema_span(from));
	has_state = txn_walk_step(&states);
	for (; got < PAGE_CHUNKS && txn_walk_step(&plans); got++) {
		struct pair *pair = &page[got];

		if (schema_read_plan(&store->env, plans.key, plans.value, &pair->plan, err) ||
		    read_state(&store->env, &states, &has_state, plans.key, pair, err))
			return -1;
	}
	*count = got;
	return txn_check(&txn, err);
}

static int
each_page(struct store *store, struct pair *page,
    int (*visit)(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
	struct err *err),
    void *visitor, struct err *err)
{
	struct schema_key from = schema_chunk_key(0, 0);
	size_t count;

	do {
		if (read_page(store, &from, page, &count, err))
			return -1;
		for (size_t i = 0; i < count; i++) {
			if (visit(visitor, &page[i].plan, &page[i].chunk, err))
				return -1;
		}
		if (count)
			from = schema_chunk_key(page[count - 1].plan.source,
			    page[count - 1].plan.number + 1);
	} while (count == PAGE_CHUNKS);
	return 0;
}

static int
each_chunk(void *ctx,
    int (*visit)(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
	struct err *err),
    void *visitor, struct err *err)
{
	struct pair *page = malloc(PAGE_CHUNKS * sizeof(*page));
	int rc = page ? each_page(ctx, page, visit, visitor, err) : err_memory(err);

	free(page);
	return rc;
}

/* ---- the last resort */

static int
rescue_id(void *ctx, uint32_t source, uint32_t number, uint32_t attempt, uint64_t import_id,
    struct err *err)
{
	struct store *store = ctx;
	const struct ids_entry entry = { source, number, attempt, import_id };

	assert(!store->is_reader);
	return ids_rescue(&store->ids, &entry, err);
}

static int
each_rescued(void *ctx, int (*visit)(void *visitor, const struct event *rescued, struct err *err),
    void *visitor, struct err *err)
{
	struct store *store = ctx;
	struct ids_entry entries[IDS_MOST];
	unsigned count;

	if (ids_read(&store->ids, entries, &count, err))
		return -1;
	for (unsigned i = 0; i < count; i++) {
		const struct event rescued = {
			.type = EVENT_SUBMIT_ACCEPTED,
			.source = entries[i].source,
			.chunk = entries[i].number,
			.attempt = entries[i].attempt,
			.import_id = entries[i].import_id,
		};

		if (visit(visitor, &rescued, err))
			return -1;
	}
	return 0;
}

struct journal_port
journal_of(struct store *store)
{
	return (struct journal_port){
		.ctx = store,
		.append = append,
		.read_chunk = read_chunk,
		.read_plan = read_plan,
		.each_chunk = each_chunk,
		.rescue_id = rescue_id,
		.each_rescued = each_rescued,
	};
}
