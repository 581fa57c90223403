#include "platform.h"

#include <stdbool.h>

#include "runner/core/tally.h"

/* What a chunk says about the equation: one of the two, or nothing. */
static enum equation
vote_of(const struct chunk *chunk, uint64_t sent)
{
	uint64_t joint = chunk->rows_succeeded + chunk->rows_failed;
	uint64_t separate = joint + chunk->rows_updated;

	if (chunk->state != CHUNK_DONE || !chunk->has_counts || joint == separate)
		return EQUATION_UNKNOWN;
	if (joint == sent)
		return EQUATION_JOINT;
	return separate == sent ? EQUATION_SEPARATE : EQUATION_UNKNOWN;
}

/* Does a chunk of a retry answer for its rows? Until then they stand as they were rejected before. */
static bool
answers_for_rows(enum chunk_state state)
{
	switch (state) {
	case CHUNK_DONE:
	case CHUNK_IN_DOUBT:
	case CHUNK_HELD:
	case CHUNK_FAILED:
		return true;
	case CHUNK_PLANNED:
	case CHUNK_SUBMITTING:
	case CHUNK_SUBMITTED:
	case CHUNK_FINISHED:
	case CHUNK_REFUSED:
	case CHUNK_SKIPPED:
		break;
	}
	return false;
}

bool
tally_replaces(const struct chunk *chunk, const struct plan_chunk *plan)
{
	return plan_is_retry(plan) && answers_for_rows(chunk->state);
}

/* A chunk's own totals; adding and removing it are then one sum each. */
static struct tally
contribution(const struct chunk *chunk, const struct plan_chunk *plan)
{
	bool is_split = chunk->notes & NOTE_SPLIT;
	bool is_counted = !is_split && !plan_is_retry(plan);
	uint64_t sent = plan_rows_sent(plan);
	enum equation vote = vote_of(chunk, sent);
	struct tally tally = {
		.rows_in_file = is_counted ? plan->rows : 0,
		.rows_left_out = is_counted ? plan->rows_left_out : 0,
		.rows_planned = is_counted ? sent : 0,
		.rows_sent = chunk->import_id && is_counted ? sent : 0,
		.rows_succeeded = chunk->rows_succeeded,
		.rows_updated = chunk->rows_updated,
		.rows_failed = chunk->rows_failed,
		.attempts = chunk->attempts,
		.retries = chunk->attempts > 1 ? chunk->attempts - 1 : 0,
		.bytes_sent = chunk->bytes_sent,
		.votes_joint = vote == EQUATION_JOINT,
		.votes_separate = vote == EQUATION_SEPARATE,
		.chunks_split = is_split,
		.rows_retried = tally_replaces(chunk, plan) ? sent : 0,
	};

	tally.chunks[chunk->state] = 1;
	return tally;
}

/* Unsigned arithmetic wraps, so `factor` -1 takes off. */
static void
blend(struct tally *tally, const struct tally *part, uint64_t factor)
{
#define X(kind, member, tag) tally->member += part->member * factor;
	TALLY_FIELDS(X)
#undef X
}

void
tally_add(struct tally *tally, const struct chunk *chunk, const struct plan_chunk *plan)
{
	struct tally part = contribution(chunk, plan);

	blend(tally, &part, 1);
}

void
tally_remove(struct tally *tally, const struct chunk *chunk, const struct plan_chunk *plan)
{
	struct tally part = contribution(chunk, plan);

	blend(tally, &part, (uint64_t)-1);
}

void
tally_sum(struct tally *total, const struct tally *part)
{
	blend(total, part, 1);
}

enum equation
tally_equation(const struct tally *total)
{
	if (total->votes_joint == 0 && total->votes_separate == 0)
		return EQUATION_UNKNOWN;
	return total->votes_separate > total->votes_joint ? EQUATION_SEPARATE : EQUATION_JOINT;
}

static uint64_t
difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static uint64_t
unexplained(const struct chunk *chunk, uint64_t sent, enum equation equation)
{
	uint64_t joint = difference(sent, chunk->rows_succeeded + chunk->rows_failed);
	uint64_t separate = difference(
	    sent, chunk->rows_succeeded + chunk->rows_updated + chunk->rows_failed);

	switch (equation) {
	case EQUATION_JOINT:
		return joint;
	case EQUATION_SEPARATE:
		return separate;
	case EQUATION_UNKNOWN:
		break;
	}
	return joint < separate ? joint : separate;
}

uint64_t
tally_unaccounted(const struct chunk *chunk, const struct plan_chunk *plan, enum equation equation)
{
	uint64_t sent = plan_rows_sent(plan);

	switch (chunk->state) {
	case CHUNK_DONE:
		/* Without counts (410) nothing explains the rows. A chunk of which every row is
		 * left out has none to explain. */
		return chunk->has_counts ? unexplained(chunk, sent, equation) : sent;
	case CHUNK_IN_DOUBT:
	case CHUNK_HELD:
	case CHUNK_FAILED:
		return sent;
	case CHUNK_PLANNED:
	case CHUNK_SUBMITTING:
	case CHUNK_SUBMITTED:
	case CHUNK_FINISHED:
	case CHUNK_REFUSED:
	case CHUNK_SKIPPED:
		break;
	}
	return 0;
}
