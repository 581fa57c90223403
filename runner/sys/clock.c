#include "platform.h"

#include <assert.h>
#include <time.h>

#include "runner/sys/clock.h"

static int64_t
milliseconds(clockid_t id)
{
	struct timespec at;
	int failed = clock_gettime(id, &at);

	assert(!failed); /* both clocks are there since Linux 2.6.39 */
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static struct now
now_real(void *ctx)
{
	(void)ctx;
	return (struct now){
		.wall_ms = milliseconds(CLOCK_REALTIME),
		.mono_ms = milliseconds(CLOCK_BOOTTIME),
	};
}

struct clock_port
clock_real(void)
{
	return (struct clock_port){ NULL, now_real };
}
