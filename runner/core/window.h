/* window.h - at most `count` requests in any time of `per_ms`: may we now, and if not, when?
 *
 * The nation counts requests in a sliding window (250 in 10 s). A token bucket would have to hold
 * back most of them to stay below that: it lets its burst and its refill into one window. This one
 * remembers, in slices of the window, when requests went out. A request counts until its whole slice
 * is older than per_ms, so the bound is never broken; what is waited too long is a slice or two, 3 %
 * of 10 s.
 * Monotonic times; a clock that goes back lets nothing through early. */
#ifndef RUNNER_CORE_WINDOW_H
#define RUNNER_CORE_WINDOW_H

#include <stdint.h>

enum { WINDOW_SLICES = 33 }; /* 32 make up a window, and one is under way */

struct window {
	uint64_t count;
	int64_t per_ms;
	int64_t slice_ms;
	int64_t slice; /* number of the slice under way */
	uint32_t taken[WINDOW_SLICES]; /* of slice n at n % WINDOW_SLICES */
	uint64_t total;
};

/* count and per_ms are at least 1. */
struct window window_open(uint64_t count, uint64_t per_ms);

/* Another bound from now on: all that the present window remembers counts as if it went out just now. */
void window_change(struct window *window, uint64_t count, uint64_t per_ms, int64_t mono_ms);

/* How long until one more may go out; 0: now. */
int64_t window_wait_ms(const struct window *window, int64_t mono_ms);

/* One went out. */
void window_take(struct window *window, int64_t mono_ms);

#endif
