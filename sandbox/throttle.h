/* throttle.h - so many requests in so much time, in windows that begin with their first request.
 * Pure: the caller tells the time; a clock that is set back begins a new window. */
#ifndef SANDBOX_THROTTLE_H
#define SANDBOX_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/number.h"

struct throttle {
	struct number_rate limit; /* count 0: none */
	int64_t window_ms;        /* when the window began; 0: none has */
	uint64_t used;            /* requests in it */
};

/* Counts a request. False: too many; *left_ms is the time until the window ends. */
static inline bool
throttle_allows(struct throttle *throttle, int64_t now_ms, uint64_t *left_ms)
{
	int64_t per_ms = (int64_t)throttle->limit.per_ms;

	if (throttle->limit.count == 0)
		return true;
	if (throttle->window_ms == 0 || now_ms < throttle->window_ms ||
	    now_ms >= throttle->window_ms + per_ms) {
		throttle->window_ms = now_ms;
		throttle->used = 0;
	}
	*left_ms = (uint64_t)(throttle->window_ms + per_ms - now_ms);
	throttle->used++;
	return throttle->used <= throttle->limit.count;
}

#endif
