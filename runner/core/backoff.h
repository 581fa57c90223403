/* backoff.h - how long to wait before the next try: exponential, full jitter (Brooker, "Exponential
 * Backoff And Jitter"), so that clients that failed together do not come back together. Pure: the
 * roll is an argument. */
#ifndef RUNNER_CORE_BACKOFF_H
#define RUNNER_CORE_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t first_ms; /* bound of the first wait */
	int64_t most_ms;  /* bound of any wait */
};

/* Uniform between 0 and min(most, first * 2^(try_count - 1)); try_count from 1, roll uniform over
 * all 2^32. */
int64_t backoff_wait_ms(const struct backoff *backoff, uint32_t try_count, uint32_t roll);

#endif
