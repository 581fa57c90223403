/* shapes.h - whether a value looks like what its field holds. Blanks at its ends do not count; of an
 * empty value nobody asks. Pure. */
#ifndef RUNNER_LINT_SHAPES_H
#define RUNNER_LINT_SHAPES_H

#include <stdbool.h>

#include "runner/base/span.h"

bool shapes_is_state(struct span value); /* two letters */

/* Something, an @, a name with a dot that neither begins nor ends with one; no blank, no second @. */
bool shapes_is_email(struct span value);

/* Ten digits, or eleven with the 1 of North America in front, and nothing but + ( ) - . / and blanks
 * between them, perhaps an extension behind an x. */
bool shapes_is_phone(struct span value);

#endif
