/* reasons.h - why rows are left out, or values changed, by rules of the job: each counted by itself,
 * so that nothing vanishes.
 *
 * The list belongs to a layout and is the same for all inputs of a source; the counts are the
 * planning pass's. */
#ifndef RUNNER_SOURCE_REASONS_H
#define RUNNER_SOURCE_REASONS_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

enum reasons_kind {
	REASONS_LEFT_OUT, /* the row is not sent */
	REASONS_BLANKED,  /* a value is sent blank */
	REASONS_KEPT,     /* a value is sent though no entry of its map knows it */
	REASONS_SKIPPED,  /* a vote of a history is not sent; others of its record may be */
	REASONS_KIND_COUNT
};

struct reasons_item {
	enum reasons_kind kind;
	char *words; /* one line: the rule as the job writes it */
};

struct reasons {
	struct reasons_item *items;
	uint32_t count;
};

enum { REASONS_NONE = -1 };

/* "left_out", "blanked", "kept", "skipped": in stores and JSON. */
const char *reasons_word(enum reasons_kind kind);
/* The same for people: "left out", "sent blank", "kept as is", "skipped". */
const char *reasons_show(enum reasons_kind kind);

/* Its number, or -1 with an err. */
int reasons_add(struct reasons *reasons, enum reasons_kind kind, struct err *err,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void reasons_done(struct reasons *reasons);

enum { REASONS_EXAMPLES = 3, REASONS_VALUE_BYTES = 48 };

struct reasons_example {
	uint64_t row, line;
	char value[REASONS_VALUE_BYTES]; /* cut, ends with NUL; from outside: show it safely */
};

struct reasons_count {
	uint64_t rows;
	uint32_t example_count;
	struct reasons_example examples[REASONS_EXAMPLES]; /* of the first different values */
};

void reasons_note(
    struct reasons_count *count, uint64_t row, uint64_t line, struct span value);

/* Adds the count of another input; earlier examples stay in front. */
void reasons_sum(struct reasons_count *to, const struct reasons_count *from);

#endif
