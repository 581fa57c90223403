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

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/lint/hashes.h"
#include "runner/lint/spellings.h"
#include "runner/lint/twins.h"

/* X(name, word for programs, what is the matter with a field) */
#define LINT_KINDS(X)                                                            \
	X(DUPLICATE, "duplicate", "the same in more than one row")               \
	X(IDENTITY, "identity", "no id, so that nothing tells whose row it is")  \
	X(STATE, "state", "not a two-letter state")                              \
	X(SPELLINGS, "spellings", "one name, spelt in several ways")             \
	X(DATE, "date", "not a day as MM/DD/YYYY")                               \
	X(FUTURE, "future", "a day in the future")                               \
	X(OLD, "old", "more than 120 years ago")                                 \
	X(RETURNS, "hard returns", "a line end inside, which can split the row") \
	X(QUOTES, "quotation marks", "a quotation mark inside, which can split the row") \
	X(LONG, "long", "longer than the 255 bytes that a field of the nation holds") \
	X(EMAIL, "e-mail", "not an e-mail address")                              \
	X(PHONE, "phone", "not a phone number of ten digits")                    \
	X(EMPTY, "empty", "empty in every row")                                  \
	X(UNKNOWN, "unknown", "no known field: the nation may drop it silently")

enum lint_kind {
#define X(name, word, text) LINT_##name,
	LINT_KINDS(X)
#undef X
	    LINT_KIND_COUNT,
};

const char *lint_word(enum lint_kind kind);
const char *lint_text(enum lint_kind kind);

enum {
	LINT_EXAMPLES = 3,
	/* With its place it fits a line of 80 columns, if the file has a short name. */
	LINT_VALUE_BYTES = 36,
	LINT_FIELD_BYTES = 64,
};

struct lint_example {
	char value[LINT_VALUE_BYTES]; /* cut with "...", ends with NUL; from outside: show it safely */
	uint32_t input;
	uint64_t row, line; /* 0: nowhere in particular */
	/* DUPLICATE: where else. SPELLINGS: of how many rows. */
	struct twin_place other;
	uint64_t rows;
};

struct lint_finding {
	enum lint_kind kind;
	uint32_t source;
	char field[LINT_FIELD_BYTES];
	uint64_t rows; /* 0: about the field as a whole */
	struct lint_example examples[LINT_EXAMPLES];
	uint32_t example_count;
};

struct lint_column;

/* An id that a person is matched by. */
struct lint_id {
	const char *field;
	bool has_state, has_county; /* it is one only together with them */
	struct twins twins;
};

struct lint_options {
	uint32_t today;   /* YYYYMMDD; 0: nothing is in the future */
	size_t most_ids;  /* 0: HASHES_MOST */
};

struct lint {
	struct lint_options options;
	struct lint_finding *findings;
	size_t count, room;
	uint64_t rows;
	uint64_t ids_left_off; /* of so many nobody knows whether they are there twice */

	/* Of the pass under way. */
	struct lint_column *columns; /* of all sources */
	size_t column_count;
	struct lint_column **row; /* the columns of the input, in the order of its values */
	size_t row_count;
	uint32_t source, input;
	bool is_people, is_second;
	int state, county; /* of a people's registered address; -1: there is none */
	struct hashes ids;
	struct lint_id *kinds;
	int *id_values; /* one a kind: which value it is, or -1 */
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

/* "line 17 of nc.csv: "N.C."": one example in words. `input` names inputs by source and number. */
void lint_show_example(struct buf *to, const struct lint_finding *finding, uint32_t index,
    const char *(*input)(const void *ctx, uint32_t source, uint32_t input), const void *ctx);

#endif
