/* rejects.h - which rows of a chunk were rejected, and where they stand in the source: the records
 * of its failure CSV, matched with the rows as they were sent by their content.
 *
 * Duplicates are matched in order. A record is tried with its bytes as they are; those left over
 * without regard to blanks and line ends at the ends of their fields; and if then rows are still
 * missing to the nation's own count, every line inside a record is tried as the beginning of a row,
 * because a quotation mark that a reason left open may have swallowed it.
 *
 * A record that matches no row is a piece of its neighbour's reason (broken quotes, several lines),
 * unless the nation counts more rejected rows than were found: then the most complete ones are rows
 * that the nation changed, and have no place. Nothing vanishes.
 *
 * Memory: 48 bytes for each record of the failure CSV. */
#ifndef RUNNER_REPORT_REJECTS_H
#define RUNNER_REPORT_REJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/core/plan.h"
#include "runner/report/failures.h"
#include "runner/report/sent.h"

struct rejects_row {
	struct failures_extent extent; /* in the failure CSV, its reason's pieces included */
	uint64_t hash;
	uint32_t row;  /* its place among the rows sent, from 1; 0: not found */
	uint32_t next; /* while matching: index + 1 of the next one with this hash */
	bool is_whole;
	bool is_inner; /* begins inside another record */
};

struct rejects {
	struct rejects_row *rows; /* found ones in the order of the source, then the others */
	size_t count;
	size_t found; /* of them */
	bool is_unreadable; /* the source could not be read: what was not found may be there */

	size_t room;
	uint32_t *heads; /* by hash: index + 1 of the first row that is not found yet */
	size_t head_count;
};

struct rejects_options {
	struct failures *failures; /* its record at hand changes */
	const struct sent_port *sent;
	const struct plan_chunk *plan;
	uint64_t rows_failed; /* by the nation's count */
};

int rejects_find(struct rejects *rejects, const struct rejects_options *options, struct err *err);
void rejects_done(struct rejects *rejects);
SCOPED_BY(rejects, rejects_done)

#endif
