/* unsettled.h - the rejected rows of a load, each to be taken by a retry once.
 *
 * A row that is handed in says its source, its input, its data record and the chunk in which it was rejected:
 * one row, but for
 *
 *     the votes of a history     several of one record may have been rejected
 *     rows without a place       several of one chunk
 *
 * A corrected line is then the one of them whose cells it is most like. If that one was sent again already,
 * or the very same cells were, it is refused: a vote that the nation has must not go there twice because
 * another vote of the same voter is still open.
 *
 * Memory: 72 bytes a rejected row, and 4 for each cell where several may be meant. Time: each claim looks at all
 * that it may mean, so a retry of the N rows of a chunk without a place takes N * N / 2 looks, of a few
 * nanoseconds: most end at the second or third cell. */
#ifndef RUNNER_CLI_UNSETTLED_H
#define RUNNER_CLI_UNSETTLED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/cli/session.h"

struct unsettled_row {
	uint64_t row;  /* data record of the input; 0: it has no place */
	uint64_t line; /* its first physical line */
	uint32_t source;
	uint32_t input; /* RETRIED_NO_INPUT if it has no place */
	uint32_t chunk;
	uint32_t nth;   /* rejected_row.nth */
	uint32_t again; /* the chunk in which it was sent again; 0: it was not */
	bool is_taken;
	uint64_t import_id;
	uint64_t sent;  /* what was sent again of it, or is taken (content.h) */
	size_t cells;   /* where its reason and its cells are in unsettled.cells; SIZE_MAX: not kept */
};

struct unsettled {
	struct unsettled_row *rows;
	size_t count;
	size_t room;
	uint32_t *cells;
	size_t cell_count;
	size_t cell_room;
	uint32_t *claimed; /* of the claim that is looked at, as one row's */
	const struct session *session;
};

int unsettled_read(struct unsettled *unsettled, struct session *session, struct err *err);
void unsettled_done(struct unsettled *unsettled);
SCOPED_BY(unsettled, unsettled_done)

/* A row that is handed in; all lent. */
struct unsettled_claim {
	uint32_t source;
	uint32_t input; /* RETRIED_NO_INPUT with row 0 */
	uint32_t chunk;
	uint64_t row;
	struct span reason;
	const struct span *cells; /* as many as the source sends, in that order */
};

/* Why a row cannot be taken. */
enum unsettled_answer {
	UNSETTLED_TAKEN, /* it could: *row is it */
	UNSETTLED_NEVER, /* no such row was rejected */
	UNSETTLED_AGAIN, /* it was sent again already: *row says in which chunk */
	UNSETTLED_BEFORE /* it was taken already */
};

/* The row that is meant: of the chunk that is named or, if it has a place, of any other, because it may have
 * been sent again, and rejected again, since the list was made. Each once. */
enum unsettled_answer unsettled_take(struct unsettled *unsettled,
    const struct unsettled_claim *claim, const struct unsettled_row **row);

#endif
