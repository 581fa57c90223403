/* tally.h - running totals of a source, so that `status` need not walk its chunks.
 *
 * A tally is the sum of what each chunk contributes; a change of a chunk takes its old contribution
 * off and puts the new one on. Pure, and rebuildable from plan and states (law 5).
 *
 * The reconciliation rule (product.md section 5): NationBuilder does not say whether rows_updated
 * is part of rows_succeeded. A chunk whose counts fit only one of the two equations is a vote. */
#ifndef RUNNER_CORE_TALLY_H
#define RUNNER_CORE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/core/chunk.h"
#include "runner/core/plan.h"

enum equation {
	EQUATION_UNKNOWN = 0,
	EQUATION_JOINT = 1,    /* sent = succeeded + failed; updated is part of succeeded */
	EQUATION_SEPARATE = 2, /* sent = succeeded + updated + failed */
};

/* X(kind, member, tag): see fields.h */
#define TALLY_FIELDS(X)                                                                            \
	X(NUMBER, chunks[CHUNK_PLANNED], 1)                                                        \
	X(NUMBER, chunks[CHUNK_SUBMITTING], 2)                                                     \
	X(NUMBER, chunks[CHUNK_IN_DOUBT], 3)                                                       \
	X(NUMBER, chunks[CHUNK_HELD], 4)                                                           \
	X(NUMBER, chunks[CHUNK_SUBMITTED], 5)                                                      \
	X(NUMBER, chunks[CHUNK_FINISHED], 6)                                                       \
	X(NUMBER, chunks[CHUNK_DONE], 7)                                                           \
	X(NUMBER, chunks[CHUNK_REFUSED], 8)                                                        \
	X(NUMBER, chunks[CHUNK_FAILED], 9)                                                         \
	X(NUMBER, chunks[CHUNK_SKIPPED], 10)                                                       \
	X(NUMBER, rows_in_file, 11)                                                                \
	X(NUMBER, rows_left_out, 12)                                                               \
	X(NUMBER, rows_planned, 13)                                                                \
	X(NUMBER, rows_sent, 14)                                                                   \
	X(NUMBER, rows_succeeded, 15)                                                              \
	X(NUMBER, rows_updated, 16)                                                                \
	X(NUMBER, rows_failed, 17)                                                                 \
	X(NUMBER, attempts, 18)                                                                    \
	X(NUMBER, retries, 19)                                                                     \
	X(NUMBER, bytes_sent, 20)                                                                  \
	X(NUMBER, votes_joint, 21)                                                                 \
	X(NUMBER, votes_separate, 22)                                                              \
	X(NUMBER, chunks_split, 23)                                                                \
	X(NUMBER, rows_retried, 24)

struct tally {
	uint64_t chunks[CHUNK_STATE_COUNT];
	uint64_t rows_in_file;
	uint64_t rows_left_out;
	uint64_t rows_planned; /* to be sent, by the plan */
	uint64_t rows_sent;    /* of chunks whose import id is known */
	uint64_t rows_succeeded;
	uint64_t rows_updated;
	uint64_t rows_failed;
	uint64_t attempts;
	uint64_t retries; /* attempts after a chunk's first */
	uint64_t bytes_sent;
	uint64_t votes_joint;
	uint64_t votes_separate;
	uint64_t chunks_split; /* of those skipped; their rows are counted with their pieces */
	uint64_t rows_retried; /* of rows_failed: what became of them is said by a chunk of a retry */
};

/* Rejected rows, net of what became of them at another try. The rows of a retry are counted once, in the
 * chunk where they were rejected first: in_file, left_out, planned and sent do not have them again. */
static inline uint64_t
tally_rejected(const struct tally *tally)
{
	/* Less than nothing only when another chunk was given the import in which they were rejected. */
	return tally->rows_failed > tally->rows_retried ? tally->rows_failed - tally->rows_retried : 0;
}

void tally_add(struct tally *tally, const struct chunk *chunk, const struct plan_chunk *plan);
void tally_remove(struct tally *tally, const struct chunk *chunk, const struct plan_chunk *plan);
void tally_sum(struct tally *total, const struct tally *part);

/* A chunk of a retry that says what became of its rows: they are no longer those that were rejected in
 * the chunks before it. */
bool tally_replaces(const struct chunk *chunk, const struct plan_chunk *plan);

/* The equation that more chunks vote for; JOINT if equally many (the documented example of 2013 has
 * more updated than could be told apart), UNKNOWN without votes. */
enum equation tally_equation(const struct tally *total);

/* How many of the rows sent the nation's counts do not explain: an absolute difference; all of
 * them for a chunk in doubt, held or failed; 0 for one never sent. EQUATION_UNKNOWN accepts either. */
uint64_t tally_unaccounted(const struct chunk *chunk, const struct plan_chunk *plan,
    enum equation equation);

#endif
