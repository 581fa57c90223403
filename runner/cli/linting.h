/* linting.h - `check --lint`: the planning pass once more, its rows handed to runner/lint, and what
 * was found as text, JSON and a page. */
#ifndef RUNNER_CLI_LINTING_H
#define RUNNER_CLI_LINTING_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/jsonw.h"
#include "runner/base/scoped.h"
#include "runner/cli/planning.h"
#include "runner/lint/lint.h"

struct linting {
	struct lint lint;
	const struct inputs *inputs;
	int64_t now_ms;
};

#define LINTING_NONE { .inputs = NULL }

/* What is in the future, `now_ms` says. The inputs are borrowed. */
int linting_begin(
    struct linting *linting, const struct inputs *inputs, int64_t now_ms, struct err *err);
void linting_done(struct linting *linting);
SCOPED_BY(linting, linting_done)

/* The sink of the planning that is then run. */
struct planning_sink linting_sink(struct linting *linting);

/* After it: reads the inputs again if ids seem to be there twice. */
int linting_finish(struct linting *linting, struct err *err);

void linting_print(const struct linting *linting);
void linting_add(const struct linting *linting, struct jsonw *json);

/* Writes the page, whole or not at all. */
int linting_write_page(const struct linting *linting, const char *path, struct err *err);

#endif
