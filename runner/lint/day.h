/* day.h - a date as the nation takes it, MM/DD/YYYY or YYYY-MM-DD: is it a day, and which? Pure. */
#ifndef RUNNER_LINT_DAY_H
#define RUNNER_LINT_DAY_H

#include <stdint.h>

#include "runner/base/span.h"

/* YYYYMMDD, so that a later day is a larger number; 0: no day that ever was or will be. */
uint32_t day_of(struct span text);

#endif
