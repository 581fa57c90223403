#include "platform.h"

#include <inttypes.h>
#include <stdlib.h>

#include "store/coverage.h"
#include "store/handle.h"

static int
check_inputs(struct coverage *coverage, struct audited *audited, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	txn_walk_begin(&walk, &audited->txn, SCHEMA_INPUTS, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct schema_input input;
		struct err why = ERR_INIT;
		int damaged = schema_read_input(&audited->store->env, walk.key, walk.value, &input,
		    &why);

		if (damaged)
			audited_find_error(audited, &why);
		if (!damaged && input.input.input >= PLAN_RETRY_INPUTS)
			coverage->retries++;
		else
			coverage->inputs++;
	}
	if (coverage->inputs != audited->store->load.inputs)
		audited_find(audited,
		    "inputs: %" PRIu64 " records, the load began with %" PRIu64,
		    coverage->inputs, audited->store->load.inputs);
	return txn_check(&audited->txn, err);
}

/* ---- the chunks of an input */

/* Those seen so far, added up. */
struct sums {
	bool is_any;
	struct plan_chunk last;
	uint64_t rows;
	uint32_t chunks;
};

/* Against the input, when its last chunk was seen. */
static void
check_sums(struct audited *audited, const struct sums *sums)
{
	const struct plan_chunk *last = &sums->last;
	struct schema_key key = schema_chunk_key(last->source, last->input);
	const char *name = audited_name(audited, last->source);
	struct schema_input input;
	uint64_t text_bytes;
	int found;

	if (!sums->is_any)
		return;
	found = schema_get(&audited->txn, SCHEMA_INPUTS, &schema_input_shape, schema_span(&key),
	    &input, NULL);
	if (found == 0)
		audited_find(audited, "inputs: input %u of %s is missing", last->input, name);
	if (found <= 0)
		return; /* damaged: said when the inputs were read */
	if (sums->rows != input.input.rows)
		audited_find(audited,
		    "plan: the chunks of input %u of %s have %" PRIu64
		    " rows, the input has %" PRIu64,
		    last->input, name, sums->rows, input.input.rows);
	if (sums->chunks != input.input.chunks)
		audited_find(audited, "plan: input %u of %s has %u chunks, not %u", last->input,
		    name, sums->chunks, input.input.chunks);
	text_bytes = input.input.is_copied ? input.input.text_bytes : input.input.size;
	if (last->end_byte != text_bytes)
		audited_find(audited,
		    "plan: the chunks of input %u of %s end at byte %" PRIu64
		    ", the input at %" PRIu64,
		    last->input, name, last->end_byte, text_bytes);
}

/* A chunk against the one before it in the same input. */
static void
check_neighbours(struct audited *audited, const struct plan_chunk *last,
    const struct plan_chunk *plan)
{
	const char *name = audited_name(audited, plan->source);

	if (plan->first_byte != last->end_byte)
		audited_find(audited,
		    "plan %s-%u: begins at byte %" PRIu64 ", the chunk before ends at %" PRIu64,
		    name, plan->number, plan->first_byte, last->end_byte);
	if (plan->first_row != plan_last_row(last) + 1)
		audited_find(audited,
		    "plan %s-%u: begins with row %" PRIu64
		    ", the chunk before ends with row %" PRIu64,
		    name, plan->number, plan->first_row, plan_last_row(last));
	if (plan->first_line < last->first_line + last->rows)
		audited_find(audited,
		    "plan %s-%u: begins on line %" PRIu64 ", inside the chunk before", name,
		    plan->number, plan->first_line);
}

static void
check_chunk(struct audited *audited, struct sums *sums, const struct plan_chunk *plan)
{
	const struct plan_chunk *last = &sums->last;
	bool is_same_source = sums->is_any && last->source == plan->source;
	bool is_same_input = is_same_source && last->input == plan->input;
	const char *name = audited_name(audited, plan->source);

	if (plan->end_byte < plan->first_byte || plan->rows_left_out > plan->rows)
		audited_find(audited, "plan %s-%u: its numbers make no sense", name, plan->number);
	if (is_same_input) {
		check_neighbours(audited, last, plan);
	} else {
		check_sums(audited, sums);
		*sums = (struct sums){ .is_any = true };
		if (plan->first_row != 1)
			audited_find(audited,
			    "plan %s-%u: the first of its input begins with row %" PRIu64, name,
			    plan->number, plan->first_row);
	}
	sums->last = *plan;
	sums->rows += plan->rows;
	sums->chunks++;
}

/* ---- chunks by which the plan was extended: pieces that are the whole of a chunk */

struct family {
	struct plan_chunk parent; /* number 0: none is open */
	struct plan_chunk last;   /* of its pieces */
	uint32_t left_out, added;
};

static void
end_family(struct audited *audited, struct family *family)
{
	const struct plan_chunk *parent = &family->parent, *last = &family->last;

	if (parent->number && (last->end_byte != parent->end_byte ||
				  plan_last_row(last) != plan_last_row(parent) ||
				  family->left_out != parent->rows_left_out ||
				  family->added != parent->rows_added))
		audited_find(audited, "plan: the pieces of %s-%u are not all of it",
		    audited_name(audited, parent->source), parent->number);
	*family = (struct family){ .left_out = 0 };
}

static void
begin_family(struct audited *audited, struct family *family, const struct plan_chunk *first)
{
	const struct plan_chunk *parent = &family->parent;
	const char *name = audited_name(audited, first->source);

	end_family(audited, family);
	if (first->parent >= first->number ||
	    !audited_plan(audited, first->source, first->parent, &family->parent)) {
		audited_find(audited, "plan %s-%u: there is no chunk %u that it could come from",
		    name, first->number, first->parent);
		family->parent.number = 0;
		return;
	}
	if (first->first_byte != parent->first_byte || first->first_row != parent->first_row ||
	    first->first_line != parent->first_line || first->input != parent->input)
		audited_find(audited, "plan %s-%u: it does not begin where %s-%u does", name,
		    first->number, name, parent->number);
}

static void
check_added(struct coverage *coverage, struct audited *audited, struct family *family,
    const struct plan_chunk *plan)
{
	bool is_next = family->parent.number == plan->parent &&
		       family->parent.source == plan->source && plan->parent;

	coverage->added += audited_is_added(plan);
	if (plan->parent == 0 || !is_next)
		end_family(audited, family);
	if (plan->parent == 0)
		return;
	if (is_next)
		check_neighbours(audited, &family->last, plan);
	else
		begin_family(audited, family, plan);
	family->last = *plan;
	family->left_out += plan->rows_left_out;
	family->added += plan->rows_added;
}

/* ---- all of the plan */

/* Numbered from 1 within the source; `last` becomes this one. */
static void
check_number(struct audited *audited, struct plan_chunk *last, const struct plan_chunk *plan)
{
	bool is_same_source = last->number && last->source == plan->source;
	uint32_t next = is_same_source ? last->number + 1 : 1;
	const char *name = audited_name(audited, plan->source);

	if (plan->number != next)
		audited_find(audited, "plan: %s-%u is missing", name, next);
	if (!audited_is_added(plan) && is_same_source && audited_is_added(last))
		audited_find(audited,
		    "plan %s-%u: it stands behind what was added, and nothing added it", name,
		    plan->number);
	*last = *plan;
}

/* A number above the count of records is none to make room for. */
static void
note_number(struct coverage *coverage, struct audited *audited, const struct plan_chunk *plan)
{
	if (plan->source >= audited->store->load.source_count)
		audited_find(audited, "plan: a chunk of source %u, which is not in the job",
		    plan->source);
	else if (plan->number > coverage->numbers[plan->source] &&
		 plan->number <= txn_count(&audited->txn, SCHEMA_PLAN))
		coverage->numbers[plan->source] = plan->number;
}

static int
check_plan(struct coverage *coverage, struct audited *audited, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	struct sums sums = { .is_any = false }, retries = { .is_any = false };
	struct family family = { .left_out = 0 };
	struct plan_chunk last = { .number = 0 };

	txn_walk_begin(&walk, &audited->txn, SCHEMA_PLAN, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct plan_chunk plan;
		struct err why = ERR_INIT;

		coverage->chunks++;
		if (schema_read_plan(&audited->store->env, walk.key, walk.value, &plan, &why)) {
			audited_find_error(audited, &why);
			continue;
		}
		check_number(audited, &last, &plan);
		check_added(coverage, audited, &family, &plan);
		if (plan.parent == 0)
			check_chunk(audited, plan_is_retry(&plan) ? &retries : &sums, &plan);
		note_number(coverage, audited, &plan);
	}
	check_sums(audited, &sums);
	check_sums(audited, &retries);
	end_family(audited, &family);
	if (coverage->chunks - coverage->added != audited->store->load.chunks)
		audited_find(audited, "plan: %" PRIu64 " chunks, the load began with %" PRIu64,
		    coverage->chunks - coverage->added, audited->store->load.chunks);
	return txn_check(&audited->txn, err);
}

int
coverage_check(struct coverage *coverage, struct audited *audited, struct err *err)
{
	/* one more, because a load of no source would ask for nothing, and be given NULL */
	coverage->numbers = calloc(audited->store->load.source_count + 1,
	    sizeof(*coverage->numbers));
	if (!coverage->numbers)
		return err_memory(err);
	if (check_inputs(coverage, audited, err))
		return -1;
	return check_plan(coverage, audited, err);
}

void
coverage_done(struct coverage *coverage)
{
	free(coverage->numbers);
}
