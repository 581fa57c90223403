/* matches.h - which person stands in more than one row, and which rows name nobody: by every id that the
 * nation matches people by (hashes.h, twins.h). */
#ifndef RUNNER_LINT_MATCHES_H
#define RUNNER_LINT_MATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/lint/findings.h"
#include "runner/lint/hashes.h"
#include "runner/lint/twins.h"

struct matches_kind {
	const char *field;
	bool has_state, has_county; /* it is an id only together with them */
	struct twins twins;
};

struct matches {
	struct hashes hashes;
	struct matches_kind *kinds;
	int *values; /* one a kind: which value of the input it is, or -1 */
	int state, county; /* of a people's registered address; -1: there is none */
	bool is_second;
	uint64_t left_off; /* of so many nobody knows whether they are there twice */
};

/* `most` hashes; 0: HASHES_MOST. */
int matches_init(struct matches *ids, size_t most, struct err *err);
void matches_done(struct matches *ids);

/* Another input, or pass. */
void matches_begin(struct matches *ids, const struct span *names, size_t count);

/* The value of the first id that the input has, or -1. */
int matches_first(const struct matches *ids);

/* *has_id: whether the row has any. */
int matches_row(struct matches *ids, const struct twin_place *place, const struct span *values,
    bool *has_id, struct err *err);

/* After the first pass; true: a second one shall prove what seems to be there twice. */
bool matches_settle(struct matches *ids);

/* At the end: a finding for each id that is there more than once. */
int matches_tell(struct matches *ids, struct findings *findings, struct err *err);

#endif
