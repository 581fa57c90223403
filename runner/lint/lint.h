/* lint.h - everything that a nation is known to stumble over, counted in the rows as they are sent,
 * with the first examples and their places.
 *
 *     lint_begin(&lint, ...)              for each input: its source and the names of what is sent
 *     lint_row(&lint, ...)                each row that is sent
 *     lint_settle(&lint)                  true: some ids seem to be there twice; a second pass of the
 *                                         same rows proves it (hashes.h)
 *     lint_begin, lint_row ... again
 *     lint_finish(&lint)                  lint.findings is complete
 *
 * Findings are warnings: the nation decides about each row. Nothing is known of today but what the
 * caller says. */
#ifndef RUNNER_LINT_LINT_H
#define RUNNER_LINT_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/lint/findings.h"
#include "runner/lint/matches.h"
#include "runner/lint/spellings.h"

struct lint_column;

struct lint_options {
	uint32_t today;   /* YYYYMMDD; 0: nothing is in the future */
	size_t most_ids;  /* 0: HASHES_MOST */
};

struct lint {
	struct lint_options options;
	struct findings findings;
	struct matches ids;
	uint64_t rows;

	/* Of the pass under way. */
	struct lint_column *columns; /* of all sources */
	size_t column_count;
	struct lint_column **row; /* the columns of the input, in the order of its values */
	size_t row_count;
	uint32_t source, input;
	bool is_people;
};

int lint_init(struct lint *lint, const struct lint_options *options, struct err *err);
void lint_done(struct lint *lint);
SCOPED_BY(lint, lint_done)

int lint_begin(struct lint *lint, uint32_t source, uint32_t input, bool is_people,
    const struct span *names, size_t count, struct err *err);

/* One value a name, as sent. */
int lint_row(struct lint *lint, uint64_t row, uint64_t line, const struct span *values,
    struct err *err);

bool lint_settle(struct lint *lint);
int lint_finish(struct lint *lint, struct err *err);

/* A field of the source that is not known; `nearest` is one that is, or empty. */
int lint_unknown(struct lint *lint, uint32_t source, struct span field, struct span nearest,
    struct err *err);

#endif
