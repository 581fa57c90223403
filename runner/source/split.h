/* split.h - a planned chunk becomes two, because the nation finds it too large (replies.md, 413).
 *
 * The cut is before the first record that would bring the first piece over half of the chunk's rows, in
 * bytes; neither piece is empty. The chunk is read again for it and must be what was planned (law 4). */
#ifndef RUNNER_SOURCE_SPLIT_H
#define RUNNER_SOURCE_SPLIT_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/plan.h"
#include "runner/source/reread.h"

/* The chunk must have two rows to send or more. The pieces, numbered from `first_number` on, name it as
 * their parent. -1: ERR_INPUT in the words of complaint_changed(). */
int split_chunk(const struct reread_options *csv, uint32_t first_number,
    struct plan_chunk pieces[PLAN_PIECES], struct err *err);

#endif
