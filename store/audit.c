#include "platform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/wire.h"
#include "store/audit.h"
#include "store/birth.h"
#include "store/handle.h"

/* A chunk as the events leave it. */
struct replay {
	char *value; /* its state record; NULL: no event */
	size_t len;
	bool has_state;
};

struct source {
	struct replay *replays; /* by number from 1 */
	uint32_t count;
	struct tally tally;
};

struct audit {
	struct store *store;
	const struct audit_options *options;
	struct audit_counts counts;
	struct txn txn;
	struct schema_head marked; /* by the file `mark` */
	bool is_marked;
	uint64_t retries;       /* files of corrected rows among the inputs */
	uint64_t retry_events;  /* RETRY_PLANNED */
	struct source *sources;
	size_t source_count;
};

static void
audit_done(struct audit *audit)
{
	for (size_t i = 0; i < audit->source_count; i++) {
		for (uint32_t j = 0; j < audit->sources[i].count; j++)
			free(audit->sources[i].replays[j].value);
		free(audit->sources[i].replays);
	}
	free(audit->sources);
	txn_abort(&audit->txn);
}

SCOPED_BY(audit, audit_done)

static void __attribute__((format(printf, 2, 3)))
find(struct audit *audit, const char *format, ...)
{
	SCOPED(buf) text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	audit->counts.findings++;
	audit->options->find(audit->options->ctx, buf_text(&text));
}

/* Readers put "STORE is damaged: " first; here every line is about that. */
static void
find_error(struct audit *audit, const struct err *err)
{
	static const char words[] = "is damaged: ";
	const char *at = strstr(err->text, words);

	find(audit, "%s", at ? at + strlen(words) : err->text);
}

static const char *
name_of(const struct audit *audit, uint32_t source)
{
	return source < audit->source_count ? audit->store->load.sources[source] : "?";
}

/* ---- certificate and meta */

static void
check_certificate(struct audit *audit)
{
	SCOPED(birth) birth = BIRTH_NONE;
	struct err err = ERR_INIT;

	if (birth_read(&birth, audit->store->folder, &err) ||
	    birth_check_store(&birth, audit->store, &err))
		find(audit, "%s", err.text);
}

/* Read before the snapshot is taken, so that a run that goes on meanwhile cannot be ahead of it. */
static int
read_mark(struct audit *audit, struct err *err)
{
	return mark_read(audit->store->folder, &audit->marked, &audit->is_marked, err);
}

static void
check_mark(struct audit *audit)
{
	const struct schema_head *marked = &audit->marked;
	struct schema_key key = schema_event_key(marked->events);
	struct span value = span_of(audit->store->load.load_id);
	unsigned char hash[SCHEMA_HASH_BYTES];

	if (!audit->is_marked)
		return;
	if (marked->events &&
	    !txn_get(&audit->txn, SCHEMA_EVENTS, schema_span(&key), &value)) {
		find(audit, "mark: the store was written up to event %" PRIu64 ", which it has not",
		    marked->events);
		return;
	}
	audit->store->sha256(value.ptr, value.len, hash);
	if (memcmp(hash, marked->hash, sizeof(hash)) != 0)
		find(audit, "mark: event %" PRIu64 " is not the one that was written here",
		    marked->events);
}

static void
check_job(struct audit *audit)
{
	const struct store_load *load = &audit->store->load;
	unsigned char hash[SCHEMA_HASH_BYTES];

	audit->store->sha256(load->job, strlen(load->job), hash);
	if (memcmp(hash, load->job_hash, sizeof(hash)) != 0)
		find(audit, "meta load: the hash of the job is not that of its text");
}

/* ---- inputs and plan */

/* 1, 0 if the plan's record cannot be read: that was said when the plan was read. */
static int
get_plan(struct audit *audit, uint32_t source, uint32_t number, struct plan_chunk *plan)
{
	struct schema_key key = schema_chunk_key(source, number);
	struct span value;

	return txn_get(&audit->txn, SCHEMA_PLAN, schema_span(&key), &value) &&
	       schema_read_plan(&audit->store->env, schema_span(&key), value, plan, NULL) == 0;
}

static int
check_inputs(struct audit *audit, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	txn_walk_begin(&walk, &audit->txn, SCHEMA_INPUTS, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct schema_input input;
		struct err why = ERR_INIT;
		int damaged = schema_read_input(&audit->store->env, walk.key, walk.value, &input, &why);

		if (damaged)
			find_error(audit, &why);
		if (!damaged && input.input.input >= PLAN_RETRY_INPUTS)
			audit->retries++;
		else
			audit->counts.inputs++;
	}
	if (audit->counts.inputs != audit->store->load.inputs)
		find(audit, "inputs: %" PRIu64 " records, the load began with %" PRIu64,
		    audit->counts.inputs, audit->store->load.inputs);
	return txn_check(&audit->txn, err);
}

/* The chunks of one input, added up. */
struct sums {
	bool is_any;
	struct plan_chunk last;
	uint64_t rows;
	uint32_t chunks;
};

static void
check_sums(struct audit *audit, const struct sums *sums)
{
	const struct plan_chunk *last = &sums->last;
	struct schema_key key = schema_chunk_key(last->source, last->input);
	const char *name = name_of(audit, last->source);
	struct schema_input input;
	uint64_t text_bytes;
	int found;

	if (!sums->is_any)
		return;
	found = schema_get(&audit->txn, SCHEMA_INPUTS, &schema_input_shape, schema_span(&key),
	    &input, NULL);
	if (found == 0)
		find(audit, "inputs: input %u of %s is missing", last->input, name);
	if (found <= 0)
		return; /* damaged: said when the inputs were read */
	if (sums->rows != input.input.rows)
		find(audit, "plan: the chunks of input %u of %s have %" PRIu64
		    " rows, the input has %" PRIu64, last->input, name, sums->rows,
		    input.input.rows);
	if (sums->chunks != input.input.chunks)
		find(audit, "plan: input %u of %s has %u chunks, not %u", last->input, name,
		    sums->chunks, input.input.chunks);
	text_bytes = input.input.is_copied ? input.input.text_bytes : input.input.size;
	if (last->end_byte != text_bytes)
		find(audit, "plan: the chunks of input %u of %s end at byte %" PRIu64
		    ", the input at %" PRIu64, last->input, name, last->end_byte, text_bytes);
}

/* A chunk against the one before it in the same input. */
static void
check_neighbours(struct audit *audit, const struct plan_chunk *last, const struct plan_chunk *plan)
{
	const char *name = name_of(audit, plan->source);

	if (plan->first_byte != last->end_byte)
		find(audit, "plan %s-%u: begins at byte %" PRIu64 ", the chunk before ends at %"
		    PRIu64, name, plan->number, plan->first_byte, last->end_byte);
	if (plan->first_row != plan_last_row(last) + 1)
		find(audit, "plan %s-%u: begins with row %" PRIu64
		    ", the chunk before ends with row %" PRIu64, name, plan->number,
		    plan->first_row, plan_last_row(last));
	if (plan->first_line < last->first_line + last->rows)
		find(audit, "plan %s-%u: begins on line %" PRIu64
		    ", inside the chunk before", name, plan->number, plan->first_line);
}

/* ---- chunks by which the plan was extended: pieces that are the whole of a chunk */

struct family {
	struct plan_chunk parent; /* number 0: none is open */
	struct plan_chunk last;   /* of its pieces */
	uint32_t left_out, added;
};

static void
end_family(struct audit *audit, struct family *family)
{
	const struct plan_chunk *parent = &family->parent, *last = &family->last;

	if (parent->number && (last->end_byte != parent->end_byte ||
				  plan_last_row(last) != plan_last_row(parent) ||
				  family->left_out != parent->rows_left_out ||
				  family->added != parent->rows_added))
		find(audit, "plan: the pieces of %s-%u are not all of it",
		    name_of(audit, parent->source), parent->number);
	*family = (struct family){ .left_out = 0 };
}

static void
begin_family(struct audit *audit, struct family *family, const struct plan_chunk *first)
{
	const struct plan_chunk *parent = &family->parent;

	end_family(audit, family);
	if (first->parent >= first->number ||
	    !get_plan(audit, first->source, first->parent, &family->parent)) {
		find(audit, "plan %s-%u: there is no chunk %u that it could come from",
		    name_of(audit, first->source), first->number, first->parent);
		family->parent.number = 0;
		return;
	}
	if (first->first_byte != parent->first_byte || first->first_row != parent->first_row ||
	    first->first_line != parent->first_line || first->input != parent->input)
		find(audit, "plan %s-%u: it does not begin where %s-%u does",
		    name_of(audit, first->source), first->number, name_of(audit, first->source),
		    parent->number);
}

static void
check_added(struct audit *audit, struct family *family, const struct plan_chunk *plan)
{
	bool is_next = family->parent.number == plan->parent &&
		       family->parent.source == plan->source && plan->parent;

	if (plan->parent == 0 || !is_next)
		end_family(audit, family);
	if (plan->parent == 0) {
		audit->counts.added += plan_is_retry(plan);
		return;
	}
	if (is_next)
		check_neighbours(audit, &family->last, plan);
	else
		begin_family(audit, family, plan);
	family->last = *plan;
	family->left_out += plan->rows_left_out;
	family->added += plan->rows_added;
	audit->counts.added++;
}

static void
check_plan_chunk(struct audit *audit, struct sums *sums, const struct plan_chunk *plan)
{
	const struct plan_chunk *last = &sums->last;
	bool is_same_source = sums->is_any && last->source == plan->source;
	bool is_same_input = is_same_source && last->input == plan->input;
	const char *name = name_of(audit, plan->source);

	if (plan->end_byte < plan->first_byte || plan->rows_left_out > plan->rows)
		find(audit, "plan %s-%u: its numbers make no sense", name, plan->number);
	if (is_same_input) {
		check_neighbours(audit, last, plan);
	} else {
		check_sums(audit, sums);
		*sums = (struct sums){ .is_any = true };
		if (plan->first_row != 1)
			find(audit, "plan %s-%u: the first of its input begins with row %" PRIu64,
			    name, plan->number, plan->first_row);
	}
	sums->last = *plan;
	sums->rows += plan->rows;
	sums->chunks++;
}

/* Room for the replay of a chunk that the plan has. */
static int
add_replay(struct audit *audit, uint32_t source, uint32_t number, struct err *err)
{
	struct source *of;
	struct replay *grown;

	if (source >= audit->source_count) {
		find(audit, "plan: a chunk of source %u, which is not in the job", source);
		return 0;
	}
	of = &audit->sources[source];
	if (number <= of->count || number > txn_count(&audit->txn, SCHEMA_PLAN))
		return 0;
	grown = realloc(of->replays, number * sizeof(*grown));
	if (!grown)
		return err_memory(err);
	memset(grown + of->count, 0, (number - of->count) * sizeof(*grown));
	of->replays = grown;
	of->count = number;
	return 0;
}

/* The file of a retry, which brought these chunks and no others. */
static void
check_retry(struct audit *audit, const struct event *event)
{
	struct schema_key key = schema_chunk_key(event->source, PLAN_RETRY_INPUTS + event->retry);
	struct schema_input input;
	int found = schema_get(&audit->txn, SCHEMA_INPUTS, &schema_input_shape, schema_span(&key),
	    &input, NULL);

	audit->retry_events++;
	if (found == 0)
		find(audit, "event %" PRIu64 ": the file of retry %u of %s is not in the plan",
		    event->seq, event->retry, name_of(audit, event->source));
	if (found > 0 && (input.input.rows != event->rows || input.input.chunks != event->pieces))
		find(audit, "event %" PRIu64 ": retry %u of %s has other rows or chunks in the plan",
		    event->seq, event->retry, name_of(audit, event->source));
}

/* Behind the original plan: a piece of a chunk, or a chunk of a retry. */
static bool
is_added(const struct plan_chunk *plan)
{
	return plan->parent || plan_is_retry(plan);
}

/* Numbered from 1 within the source; `last` becomes this one. */
static void
check_number(struct audit *audit, struct plan_chunk *last, const struct plan_chunk *plan)
{
	bool is_same_source = last->number && last->source == plan->source;
	uint32_t next = is_same_source ? last->number + 1 : 1;

	if (plan->number != next)
		find(audit, "plan: %s-%u is missing", name_of(audit, plan->source), next);
	if (!is_added(plan) && is_same_source && is_added(last))
		find(audit, "plan %s-%u: it stands behind what was added, and nothing added it",
		    name_of(audit, plan->source), plan->number);
	*last = *plan;
}

static int
check_plan(struct audit *audit, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	struct sums sums = { .is_any = false }, retries = { .is_any = false };
	struct family family = { .left_out = 0 };
	struct plan_chunk last = { .number = 0 };

	txn_walk_begin(&walk, &audit->txn, SCHEMA_PLAN, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct plan_chunk plan;
		struct err why = ERR_INIT;

		audit->counts.chunks++;
		if (schema_read_plan(&audit->store->env, walk.key, walk.value, &plan, &why)) {
			find_error(audit, &why);
			continue;
		}
		check_number(audit, &last, &plan);
		check_added(audit, &family, &plan);
		if (plan.parent == 0)
			check_plan_chunk(audit, plan_is_retry(&plan) ? &retries : &sums, &plan);
		if (add_replay(audit, plan.source, plan.number, err))
			return -1;
	}
	check_sums(audit, &sums);
	check_sums(audit, &retries);
	end_family(audit, &family);
	if (audit->counts.chunks - audit->counts.added != audit->store->load.chunks)
		find(audit, "plan: %" PRIu64 " chunks, the load began with %" PRIu64,
		    audit->counts.chunks - audit->counts.added, audit->store->load.chunks);
	return txn_check(&audit->txn, err);
}

/* ---- replay */

/* NULL: not in the plan. */
static struct replay *
replay_of(const struct audit *audit, uint32_t source, uint32_t number)
{
	if (source >= audit->source_count || number == 0 ||
	    number > audit->sources[source].count)
		return NULL;
	return &audit->sources[source].replays[number - 1];
}

static void
load_replay(struct audit *audit, const struct replay *replay, const struct plan_chunk *plan,
    struct chunk *chunk)
{
	struct schema_key key = schema_chunk_key(plan->source, plan->number);
	struct span value = { replay->value, replay->len };

	*chunk = chunk_untouched(plan);
	if (replay->value && schema_read_chunk(&audit->store->env, schema_span(&key), value, chunk,
				 NULL))
		find(audit, "%s-%u: its replay cannot be kept", name_of(audit, plan->source),
		    plan->number);
}

static int
save_replay(struct replay *replay, const struct chunk *chunk, struct err *err)
{
	struct schema_key key = schema_chunk_key(chunk->source, chunk->number);
	SCOPED(buf) value = BUF_INIT;
	char *copy;

	record_write(&schema_chunk_shape, schema_span(&key), chunk, SPAN_NONE, &value);
	if (buf_check(&value, err))
		return -1;
	copy = realloc(replay->value, value.len);
	if (!copy)
		return err_memory(err);
	replay->value = copy;
	memcpy(copy, value.ptr, value.len);
	replay->len = value.len;
	return 0;
}

static bool
is_added_by(const struct event *event, const struct plan_chunk *plan, const struct replay *replay)
{
	uint32_t retry =
	    plan_is_retry(plan) && !plan->parent ? plan->input - PLAN_RETRY_INPUTS : 0;

	return event->type == EVENT_CHUNK_ADDED && event->parent == plan->parent &&
	       event->retry == retry && !replay->value;
}

static int
replay_event(struct audit *audit, const struct event *event, struct err *err)
{
	struct replay *replay = replay_of(audit, event->source, event->chunk);
	struct plan_chunk plan;
	struct chunk chunk;

	if (event->type == EVENT_RETRY_PLANNED)
		check_retry(audit, event);
	if (event->chunk == 0)
		return 0; /* about the load */
	if (!replay) {
		find(audit, "event %" PRIu64 ": %s-%u is not in the plan", event->seq,
		    name_of(audit, event->source), event->chunk);
		return 0;
	}
	if (!get_plan(audit, event->source, event->chunk, &plan))
		return 0;
	if ((event->type == EVENT_CHUNK_ADDED || (is_added(&plan) && !replay->value)) &&
	    !is_added_by(event, &plan, replay))
		find(audit, "event %" PRIu64 ": %s-%u was not added to the plan that way",
		    event->seq, name_of(audit, event->source), event->chunk);
	load_replay(audit, replay, &plan, &chunk);
	if (chunk_apply(&chunk, event)) {
		find(audit, "event %" PRIu64 ": %s cannot happen to %s-%u, which is %s",
		    event->seq, event_word(event->type), name_of(audit, event->source),
		    event->chunk, chunk_state_word(chunk.state));
		return 0;
	}
	return save_replay(replay, &chunk, err);
}

/* ---- the chain of events */

struct chain {
	uint64_t last; /* number of the last event seen */
	unsigned char hash[SCHEMA_HASH_BYTES];
	bool has_gap; /* then the next link cannot hold; said once */
};

static void
check_link(struct audit *audit, struct chain *chain, const struct schema_event *event)
{
	if (chain->has_gap || memcmp(event->previous, chain->hash, sizeof(chain->hash)) == 0)
		return;
	if (chain->last == 0)
		find(audit, "event %" PRIu64 ": it does not begin the chain of this load",
		    event->event.seq);
	else
		find(audit, "event %" PRIu64 ": its link to event %" PRIu64 " is broken",
		    event->event.seq, chain->last);
}

static int
check_event(struct audit *audit, struct chain *chain, struct span key, struct span value,
    struct err *err)
{
	struct schema_event event;
	struct err why = ERR_INIT;
	int damaged = schema_read_event(&audit->store->env, key, value, &event, &why);
	uint64_t seq;
	int rc = 0;

	if (damaged)
		find_error(audit, &why);
	if (key.len != SCHEMA_EVENT_KEY_BYTES)
		return 0;
	seq = wire_get64(key.ptr);
	chain->has_gap = seq != chain->last + 1;
	if (chain->has_gap)
		find(audit, "events: %" PRIu64 " to %" PRIu64 " are missing", chain->last + 1,
		    seq - 1);
	if (!damaged) {
		check_link(audit, chain, &event);
		rc = replay_event(audit, &event.event, err);
	}
	chain->last = seq;
	audit->store->sha256(value.ptr, value.len, chain->hash);
	return rc;
}

static int
check_events(struct audit *audit, struct err *err)
{
	const char *load_id = audit->store->load.load_id;
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	struct chain chain = { .last = 0 };
	struct schema_head head;

	if (schema_get_head(&audit->txn, &head, err))
		return -1;
	audit->store->sha256(load_id, strlen(load_id), chain.hash);
	txn_walk_begin(&walk, &audit->txn, SCHEMA_EVENTS, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		audit->counts.events++;
		if (check_event(audit, &chain, walk.key, walk.value, err))
			return -1;
	}
	if (audit->retry_events != audit->retries)
		find(audit, "inputs: %" PRIu64 " files of retries, the events have %" PRIu64,
		    audit->retries, audit->retry_events);
	if (chain.last != head.events)
		find(audit, "events: the last one is %" PRIu64 ", the head says %" PRIu64,
		    chain.last, head.events);
	else if (memcmp(chain.hash, head.hash, sizeof(head.hash)) != 0)
		find(audit, "events: the last one, %" PRIu64 ", is not the one that the head names",
		    chain.last);
	return txn_check(&audit->txn, err);
}

/* ---- what must follow from plan and events */

static void
compare_state(struct audit *audit, const struct chunk *chunk)
{
	const char *name = name_of(audit, chunk->source);
	struct replay *replay = replay_of(audit, chunk->source, chunk->number);
	const struct record_field *field;
	struct plan_chunk plan;
	struct chunk replayed;

	if (!replay || !replay->value) {
		find(audit, "state %s-%u: there is no event that it could come from", name,
		    chunk->number);
		return;
	}
	replay->has_state = true;
	if (!get_plan(audit, chunk->source, chunk->number, &plan))
		return;
	load_replay(audit, replay, &plan, &replayed);
	field = record_difference(&schema_chunk_shape, chunk, &replayed);
	if (field)
		find(audit, "state %s-%u: its %s is not what its events give", name,
		    chunk->number, field->name);
}

static int
check_states(struct audit *audit, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	txn_walk_begin(&walk, &audit->txn, SCHEMA_STATES, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct err why = ERR_INIT;
		struct chunk chunk;

		if (schema_read_chunk(&audit->store->env, walk.key, walk.value, &chunk, &why))
			find_error(audit, &why);
		else
			compare_state(audit, &chunk);
	}
	return txn_check(&audit->txn, err);
}

/* The chunks that a split chunk names are its pieces. */
static void
check_pieces(struct audit *audit, const struct chunk *chunk)
{
	for (uint32_t i = 0; i < chunk->pieces && i < PLAN_PIECES; i++) {
		struct plan_chunk piece;

		if (!get_plan(audit, chunk->source, chunk->first_piece + i, &piece) ||
		    piece.parent != chunk->number)
			find(audit, "plan: %s-%u is not a piece of %s-%u",
			    name_of(audit, chunk->source), chunk->first_piece + i,
			    name_of(audit, chunk->source), chunk->number);
	}
}

/* What the replay of one chunk asks of the other databases. */
static void
check_derived(struct audit *audit, struct source *source, struct replay *replay,
    const struct plan_chunk *plan)
{
	struct schema_key state_key = schema_chunk_key(plan->source, plan->number);
	struct schema_key key;
	struct chunk chunk;
	struct span value;

	load_replay(audit, replay, plan, &chunk);
	tally_add(&source->tally, &chunk, plan);
	if (chunk.notes & NOTE_SPLIT)
		check_pieces(audit, &chunk);
	if (is_added(plan) && !replay->value)
		find(audit, "plan %s-%u: no event added it", name_of(audit, plan->source),
		    plan->number);
	if (!replay->value)
		return;
	if (!replay->has_state &&
	    !txn_get(&audit->txn, SCHEMA_STATES, schema_span(&state_key), &value))
		find(audit, "state %s-%u: it is missing", name_of(audit, plan->source),
		    plan->number);
	key = schema_due_key(chunk.due_ms, plan->source, plan->number);
	if (schema_is_due(&chunk) && !txn_get(&audit->txn, SCHEMA_DUE, schema_span(&key), &value))
		find(audit, "due %s-%u: it is missing", name_of(audit, plan->source),
		    plan->number);
}

static void
check_tally(struct audit *audit, uint32_t index)
{
	struct schema_key key = schema_tally_key(index);
	const struct record_field *field;
	struct err why = ERR_INIT;
	struct tally tally;
	int found = schema_get(&audit->txn, SCHEMA_TALLY, &schema_tally_shape, schema_span(&key),
	    &tally, &why);

	if (found < 0)
		find_error(audit, &why);
	if (found == 0)
		find(audit, "tally %s: it is missing", name_of(audit, index));
	if (found <= 0)
		return;
	field = record_difference(&schema_tally_shape, &tally, &audit->sources[index].tally);
	if (field)
		find(audit, "tally %s: its %s is not the sum of its chunks",
		    name_of(audit, index), field->name);
}

static int
check_sources(struct audit *audit, struct err *err)
{
	for (uint32_t i = 0; i < audit->source_count; i++) {
		struct source *source = &audit->sources[i];

		for (uint32_t j = 0; j < source->count; j++) {
			struct plan_chunk plan;

			if (get_plan(audit, i, j + 1, &plan))
				check_derived(audit, source, &source->replays[j], &plan);
		}
		check_tally(audit, i);
	}
	if (txn_count(&audit->txn, SCHEMA_TALLY) != audit->source_count)
		find(audit, "tally: %" PRIu64 " records, the job has %zu sources",
		    txn_count(&audit->txn, SCHEMA_TALLY), audit->source_count);
	return txn_check(&audit->txn, err);
}

/* A record of the due index that no chunk asks for. */
static void
check_due_record(struct audit *audit, struct span key, const struct schema_due *due)
{
	uint32_t source = wire_get32(key.ptr + 8);
	uint32_t number = wire_get32(key.ptr + 12);
	const struct replay *replay = replay_of(audit, source, number);
	struct schema_key wanted;
	struct plan_chunk plan;
	struct chunk chunk;

	if (replay && replay->value && get_plan(audit, source, number, &plan)) {
		load_replay(audit, replay, &plan, &chunk);
		wanted = schema_due_key(chunk.due_ms, source, number);
		if (schema_is_due(&chunk) && span_equal(key, schema_span(&wanted)) &&
		    due->state == (uint32_t)chunk.state)
			return;
	}
	find(audit, "due %s-%u at %" PRIu64 ": it is not what the chunk's state asks for",
	    name_of(audit, source), number, wire_get64(key.ptr));
}

static int
check_due(struct audit *audit, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	txn_walk_begin(&walk, &audit->txn, SCHEMA_DUE, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct err why = ERR_INIT;
		struct schema_due due;

		if (schema_read(&audit->store->env, &schema_due_shape, walk.key, walk.value, &due,
			&why))
			find_error(audit, &why);
		else
			check_due_record(audit, walk.key, &due);
	}
	return txn_check(&audit->txn, err);
}

int
audit_store(struct store *store, const struct audit_options *options, struct audit_counts *counts,
    struct err *err)
{
	SCOPED(audit) audit = { .store = store, .options = options, .txn = TXN_NONE };

	audit.sources = calloc(store->load.source_count + 1, sizeof(*audit.sources));
	if (!audit.sources)
		return err_memory(err);
	audit.source_count = store->load.source_count;
	check_certificate(&audit);
	check_job(&audit);
	if (read_mark(&audit, err) || txn_begin(&audit.txn, &store->env, TXN_READ, err) || check_inputs(&audit, err) ||
	    check_plan(&audit, err) || check_events(&audit, err) || check_states(&audit, err) ||
	    check_sources(&audit, err) || check_due(&audit, err))
		return -1;
	check_mark(&audit);
	*counts = audit.counts;
	return 0;
}
