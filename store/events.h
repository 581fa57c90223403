/* events.h - the events of a load, as they were written down. */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/event.h"
#include "store/store.h"

/* How many there are by now; the last one has this number. */
int events_count(struct store *store, uint64_t *count, struct err *err);

/* From number `first` on (1 is the first), in pages, so that a slow visitor holds nothing up. The
 * visitor returns 0 to go on, -1 with its err to stop. Events that are appended meanwhile may or
 * may not be seen. */
int events_each(struct store *store, uint64_t first,
    int (*visit)(void *visitor, const struct event *event, struct err *err), void *visitor,
    struct err *err);

#endif
