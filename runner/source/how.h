/* how.h - the third part of a column, ready to be followed: "trim, map party".
 *
 * Each step takes a value and gives one, or leaves the row out. What it gives lends from the value,
 * the recipe, or the pool. Pure but for the pool: the same value gives the same bytes. */
#ifndef RUNNER_SOURCE_HOW_H
#define RUNNER_SOURCE_HOW_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/recipe.h"
#include "runner/base/span.h"
#include "runner/source/pool.h"
#include "runner/source/reasons.h"
#include "runner/source/table.h"

struct how_step {
	const struct recipe_step *recipe;
	int reason;         /* DATE: it is none; MAP: no entry knows the value */
	struct table table; /* MAP */
	int *entry_reasons; /* MAP: of entries that reject */
};

struct how {
	struct how_step *steps;
	size_t step_count;
};

/* `what` names the value in the reasons: a column of the file. `rejected` is what a rejected value leads
 * to: REASONS_LEFT_OUT, or REASONS_SKIPPED in a history. */
struct how_options {
	const struct recipe_how *recipe;
	const char *what;
	enum reasons_kind rejected;
};
int how_init(struct how *how, const struct how_options *options, struct reasons *reasons,
    struct err *err);
void how_done(struct how *how);

/* A reason to count, with the value that gave it. */
struct how_hit {
	int reason;
	struct span value;
};

/* Where the steps work. A step hits one reason at most. */
struct how_bench {
	struct pool *pool;
	struct how_hit *hits; /* room for all reasons of the layout */
	size_t hit_count;
};

enum how_verdict {
	HOW_SENT,
	HOW_LEFT_OUT, /* the last hit says why */
	HOW_NO_MEMORY,
};

enum how_verdict how_follow(const struct how *how, struct span *value, struct how_bench *bench);

#endif
