/* only.h - which rows are sent: all rules must hold. Values are compared without the blanks at their
 * ends, letter by letter. */
#ifndef RUNNER_SOURCE_ONLY_H
#define RUNNER_SOURCE_ONLY_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/recipe.h"
#include "runner/base/span.h"
#include "runner/source/reasons.h"
#include "runner/source/table.h"

struct only_rule {
	const struct recipe_rule *recipe;
	uint32_t column; /* of the file */
	int reason;
	struct table table; /* IN, NOT_IN */
};

int only_init(struct only_rule *rule, const struct recipe_rule *recipe, uint32_t column,
    struct reasons *reasons, struct err *err);
void only_done(struct only_rule *rule);

/* `value` without the blanks at its ends. What is no date is neither before nor after one. */
bool only_holds(const struct only_rule *rule, struct span value);

#endif
