/* accepted.h - how many rows the nation took, by the equation it follows: where rows_updated is no
 * part of rows_succeeded, updated rows were accepted too. */
#ifndef RUNNER_REPORT_ACCEPTED_H
#define RUNNER_REPORT_ACCEPTED_H

#include "runner/core/tally.h"

static inline uint64_t
accepted_rows(const struct tally *tally, enum equation equation)
{
	return tally->rows_succeeded + (equation == EQUATION_SEPARATE ? tally->rows_updated : 0);
}

#endif
