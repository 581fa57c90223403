/* retried.h - which rejected rows were sent again, and by which chunk.
 *
 * Known from the files of the retries, whose rows say where they were rejected. A row is named by source,
 * chunk, input, data record, and its number among the rows that were sent of that record; one without a
 * place in the source by source, chunk and its number among the rows of the chunk that have none.
 *
 * Memory: 48 bytes a row that was sent again. */
#ifndef RUNNER_REPORT_RETRIED_H
#define RUNNER_REPORT_RETRIED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/report/report.h"

#define RETRIED_NO_INPUT UINT32_MAX

struct retried_row {
	uint64_t row; /* data record of the input; 0: it has no place */
	uint32_t source;
	uint32_t chunk; /* in which it was rejected */
	uint32_t input; /* RETRIED_NO_INPUT if it has no place */
	uint32_t by;    /* the chunk in which it was sent again */
	uint32_t nth;   /* of the rows of that record, or of those without a place */
	bool is_answered; /* that chunk says what became of it (tally_replaces) */
	uint64_t content; /* as it was sent again (content.h) */
};

struct retried {
	struct retried_row *rows; /* in the order of their names */
	size_t count;
	size_t room;
	bool is_unreadable; /* a file of a retry could not be read: rows of it are missing here */
	char why[512];
};

/* Reads all retries of the load. -1: memory, or the journal. */
int retried_read(struct retried *retried, const struct report_options *options, struct err *err);
void retried_done(struct retried *retried);
SCOPED_BY(retried, retried_done)

/* The one that has this name; NULL if there is none. */
const struct retried_row *retried_find(const struct retried *retried,
    const struct retried_row *name);

/* The index of an input of the source, RETRIED_NO_INPUT if it has none that is called so. */
uint32_t retried_input(const struct report_source *source, struct span name);

#endif
