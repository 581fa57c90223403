#include "platform.h"

#include <inttypes.h>

#include "runner/base/wire.h"
#include "store/derived.h"
#include "store/handle.h"

/* ---- states */

static void
check_state(struct audited *audited, const struct replay *replay, const struct chunk *chunk)
{
	const char *name = audited_name(audited, chunk->source);
	const struct record_field *field;
	struct plan_chunk plan;
	struct chunk replayed;

	if (!replay_has(replay, chunk->source, chunk->number)) {
		audited_find(audited, "state %s-%u: there is no event that it could come from",
		    name, chunk->number);
		return;
	}
	if (!audited_plan(audited, chunk->source, chunk->number, &plan))
		return;
	replay_get(replay, audited, &plan, &replayed);
	field = record_difference(&schema_chunk_shape, chunk, &replayed);
	if (field)
		audited_find(audited, "state %s-%u: its %s is not what its events give", name,
		    chunk->number, field->name);
}

static int
check_states(struct audited *audited, const struct replay *replay, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	txn_walk_begin(&walk, &audited->txn, SCHEMA_STATES, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct err why = ERR_INIT;
		struct chunk chunk;

		if (schema_read_chunk(&audited->store->env, walk.key, walk.value, &chunk, &why))
			audited_find_error(audited, &why);
		else
			check_state(audited, replay, &chunk);
	}
	return txn_check(&audited->txn, err);
}

/* ---- what each chunk of the plan asks for */

/* The chunks that a split chunk names are its pieces. */
static void
check_pieces(struct audited *audited, const struct chunk *chunk)
{
	const char *name = audited_name(audited, chunk->source);

	for (uint32_t i = 0; i < chunk->pieces && i < PLAN_PIECES; i++) {
		struct plan_chunk piece;

		if (!audited_plan(audited, chunk->source, chunk->first_piece + i, &piece) ||
		    piece.parent != chunk->number)
			audited_find(audited, "plan: %s-%u is not a piece of %s-%u", name,
			    chunk->first_piece + i, name, chunk->number);
	}
}

static bool
has(struct audited *audited, enum schema_database database, const struct schema_key *key)
{
	struct span value;

	return txn_get(&audited->txn, database, schema_span(key), &value);
}

static void
check_chunk(struct audited *audited, const struct replay *replay, const struct plan_chunk *plan,
    struct tally *tally)
{
	bool is_touched = replay_has(replay, plan->source, plan->number);
	struct schema_key state_key = schema_chunk_key(plan->source, plan->number);
	const char *name = audited_name(audited, plan->source);
	struct schema_key due_key;
	struct chunk chunk;

	replay_get(replay, audited, plan, &chunk);
	tally_add(tally, &chunk, plan);
	if (chunk.notes & NOTE_SPLIT)
		check_pieces(audited, &chunk);
	if (audited_is_added(plan) && !is_touched)
		audited_find(audited, "plan %s-%u: no event added it", name, plan->number);
	if (!is_touched)
		return;
	if (!has(audited, SCHEMA_STATES, &state_key))
		audited_find(audited, "state %s-%u: it is missing", name, plan->number);
	due_key = schema_due_key(chunk.due_ms, plan->source, plan->number);
	if (schema_is_due(&chunk) && !has(audited, SCHEMA_DUE, &due_key))
		audited_find(audited, "due %s-%u: it is missing", name, plan->number);
}

static void
check_tally(struct audited *audited, uint32_t source, const struct tally *sum)
{
	struct schema_key key = schema_tally_key(source);
	const char *name = audited_name(audited, source);
	const struct record_field *field;
	struct err why = ERR_INIT;
	struct tally tally;
	int found = schema_get(&audited->txn, SCHEMA_TALLY, &schema_tally_shape, schema_span(&key),
	    &tally, &why);

	if (found < 0)
		audited_find_error(audited, &why);
	if (found == 0)
		audited_find(audited, "tally %s: it is missing", name);
	if (found <= 0)
		return;
	field = record_difference(&schema_tally_shape, &tally, sum);
	if (field)
		audited_find(audited, "tally %s: its %s is not the sum of its chunks", name,
		    field->name);
}

static int
check_sources(struct audited *audited, const struct coverage *coverage,
    const struct replay *replay, struct err *err)
{
	size_t source_count = audited->store->load.source_count;

	for (uint32_t i = 0; i < source_count; i++) {
		struct tally sum = { .chunks = { 0 } };

		for (uint32_t j = 1; j <= coverage->numbers[i]; j++) {
			struct plan_chunk plan;

			if (audited_plan(audited, i, j, &plan))
				check_chunk(audited, replay, &plan, &sum);
		}
		check_tally(audited, i, &sum);
	}
	if (txn_count(&audited->txn, SCHEMA_TALLY) != source_count)
		audited_find(audited, "tally: %" PRIu64 " records, the job has %zu sources",
		    txn_count(&audited->txn, SCHEMA_TALLY), source_count);
	return txn_check(&audited->txn, err);
}

/* ---- the due index: a record that no chunk asks for */

static void
check_due_record(struct audited *audited, const struct replay *replay, struct span key,
    const struct schema_due *due)
{
	uint32_t source = wire_get32(key.ptr + 8);
	uint32_t number = wire_get32(key.ptr + 12);
	struct schema_key wanted;
	struct plan_chunk plan;
	struct chunk chunk;

	if (replay_has(replay, source, number) && audited_plan(audited, source, number, &plan)) {
		replay_get(replay, audited, &plan, &chunk);
		wanted = schema_due_key(chunk.due_ms, source, number);
		if (schema_is_due(&chunk) && span_equal(key, schema_span(&wanted)) &&
		    due->state == (uint32_t)chunk.state)
			return;
	}
	audited_find(audited, "due %s-%u at %" PRIu64 ": it is not what the chunk's state asks for",
	    audited_name(audited, source), number, wire_get64(key.ptr));
}

static int
check_due(struct audited *audited, const struct replay *replay, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	txn_walk_begin(&walk, &audited->txn, SCHEMA_DUE, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct err why = ERR_INIT;
		struct schema_due due;

		if (schema_read(&audited->store->env, &schema_due_shape, walk.key, walk.value, &due,
			&why))
			audited_find_error(audited, &why);
		else
			check_due_record(audited, replay, walk.key, &due);
	}
	return txn_check(&audited->txn, err);
}

int
derived_check(struct audited *audited, const struct coverage *coverage,
    const struct replay *replay, struct err *err)
{
	if (check_states(audited, replay, err) ||
	    check_sources(audited, coverage, replay, err))
		return -1;
	return check_due(audited, replay, err);
}
