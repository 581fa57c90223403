/* derived.h - the states, the due index and the tallies: are they what plan and events give
 * (law 5)? The last part of an audit. */
#ifndef STORE_DERIVED_H
#define STORE_DERIVED_H

#include "runner/base/err.h"
#include "store/audited.h"
#include "store/coverage.h"
#include "store/replay.h"

/* Both of the same snapshot. */
int derived_check(struct audited *audited, const struct coverage *coverage,
    const struct replay *replay, struct err *err);

#endif
