#include "platform.h"

#include <sys/random.h>

#include "runner/sys/chance.h"

static uint32_t
roll_real(void *ctx)
{
	uint32_t roll = 0;

	(void)ctx;
	/* 4 bytes are never short, and a wait without jitter is no reason to fail. */
	if (getrandom(&roll, sizeof(roll), 0) != (ssize_t)sizeof(roll))
		roll = UINT32_MAX / 2;
	return roll;
}

struct chance_port
chance_real(void)
{
	return (struct chance_port){ NULL, roll_real };
}
