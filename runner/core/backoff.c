#include "platform.h"

#include "runner/core/backoff.h"

int64_t
backoff_wait_ms(const struct backoff *backoff, uint32_t try_count, uint32_t roll)
{
	int64_t bound_ms = backoff->first_ms;

	for (uint32_t i = 1; i < try_count && bound_ms < backoff->most_ms; i++)
		bound_ms *= 2;
	if (bound_ms > backoff->most_ms)
		bound_ms = backoff->most_ms;
	return (int64_t)(((unsigned __int128)(uint64_t)bound_ms * roll) >> 32);
}
