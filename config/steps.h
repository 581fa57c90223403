/* steps.h - the words that say how a value is sent: "trim, map party". */
#ifndef CONFIG_STEPS_H
#define CONFIG_STEPS_H

#include "config/reader.h"
#include "runner/base/recipe.h"

/* `text` is the how, once all maps of the job are known. */
int steps_read(const struct reader *reader, const struct tree *text, struct recipe_how *how);

/* The same for the election of a history: a date that is none is no vote, and
 * "date MM/DD/YYYY after '-'" looks at what stands behind the first -. */
int steps_read_election(
    const struct reader *reader, const struct tree *text, struct recipe_how *how);

/* "date MM/DD/YYYY" alone, for what compares dates. */
int steps_read_date(
    const struct reader *reader, const struct tree *text, enum dates_form *form);

#endif
