/* unsettled.h - the rejected rows of a load, each to be taken by a retry once.
 *
 * A row is named by its source, its input, its data record and the chunk in which it was rejected. Where
 * several rows that were sent come from one record, or rows have no place in the source, they are
 * counted. Memory: 48 bytes a rejected row. */
#ifndef RUNNER_CLI_UNSETTLED_H
#define RUNNER_CLI_UNSETTLED_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/cli/session.h"

struct unsettled_row {
	uint64_t row;  /* data record of the input; 0: it has no place */
	uint64_t line; /* its first physical line */
	uint32_t source;
	uint32_t input; /* RETRIED_NO_INPUT if it has no place */
	uint32_t chunk;
	uint32_t again; /* the chunk in which it was sent again; 0: it was not */
	uint64_t import_id;
	uint32_t taken; /* of those with this name, at the first of them */
};

struct unsettled {
	struct unsettled_row *rows;
	size_t count;
	size_t room;
};

int unsettled_read(struct unsettled *unsettled, struct session *session, struct err *err);
void unsettled_done(struct unsettled *unsettled);
SCOPED_BY(unsettled, unsettled_done)

/* Why a row cannot be taken. */
enum unsettled_answer {
	UNSETTLED_TAKEN,    /* it could: *row is it */
	UNSETTLED_NEVER,    /* no such row was rejected */
	UNSETTLED_AGAIN,    /* it was sent again already: *row says in which chunk */
	UNSETTLED_TOO_OFTEN /* as many as there are were taken before */
};

/* The next row with this source, input and data record, of the chunk that is named, or, for one that
 * has a place, of any other. Each once. */
enum unsettled_answer unsettled_take(struct unsettled *unsettled,
    const struct unsettled_row *name, const struct unsettled_row **row);

#endif
