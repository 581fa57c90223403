/* glob.h - names and values by a pattern: `*` stands for any text, `?` for one character (UTF-8),
 * everything else for itself. The whole text must fit. Pure. */
#ifndef RUNNER_BASE_GLOB_H
#define RUNNER_BASE_GLOB_H

#include <stdbool.h>

#include "runner/base/span.h"

bool glob_fits(const char *pattern, struct span text);

#endif
