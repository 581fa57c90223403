/* findings.h - what is the matter with fields, each with its count, its first examples and their places. */
#ifndef RUNNER_LINT_FINDINGS_H
#define RUNNER_LINT_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/lint/twins.h"

/* X(name, word for programs, what is the matter with a field) */
#define FINDINGS_KINDS(X)                                                            \
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

enum findings_kind {
#define X(name, word, text) FINDINGS_##name,
	FINDINGS_KINDS(X)
#undef X
	    FINDINGS_KIND_COUNT,
};

const char *findings_word(enum findings_kind kind);
const char *findings_text(enum findings_kind kind);

enum {
	FINDINGS_EXAMPLES = 3,
	/* With its place it fits a line of 80 columns, if the file has a short name. */
	FINDINGS_VALUE_BYTES = 36,
	FINDINGS_FIELD_BYTES = 64,
};

struct finding_example {
	char value[FINDINGS_VALUE_BYTES]; /* cut with "...", ends with NUL; from outside: show it safely */
	uint32_t input;
	uint64_t row, line; /* 0: nowhere in particular */
	/* DUPLICATE: where else. SPELLINGS: of how many rows. */
	struct twin_place other;
	uint64_t rows;
};

struct finding {
	enum findings_kind kind;
	uint32_t source;
	char field[FINDINGS_FIELD_BYTES];
	uint64_t rows; /* 0: about the field as a whole */
	struct finding_example examples[FINDINGS_EXAMPLES];
	uint32_t example_count;
};

struct findings {
	struct finding *all;
	size_t count, room;
};

void findings_done(struct findings *findings);

/* A new one, lent until the next; NULL where memory is short. */
struct finding *findings_add(struct findings *findings, enum findings_kind kind, uint32_t source,
    struct span field, struct err *err);

/* The example to be filled in, or NULL where there are enough, or one has that value. Each of those
 * without a value is another. */
struct finding_example *findings_example(struct finding *finding, struct span value);

/* As they are read: source after source, the gravest first. */
void findings_sort(struct findings *findings);

/* "line 17 of nc.csv: "N.C."": one example in words. `input` names inputs by source and number. */
void findings_show(struct buf *to, const struct finding *finding, uint32_t index,
    const char *(*input)(const void *ctx, uint32_t source, uint32_t input), const void *ctx);

#endif
