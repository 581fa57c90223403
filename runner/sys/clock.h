/* clock.h - the real clock, as a port: CLOCK_REALTIME, and CLOCK_BOOTTIME, which counts suspended
 * time. */
#ifndef RUNNER_SYS_CLOCK_H
#define RUNNER_SYS_CLOCK_H

#include "runner/ports.h"

struct clock_port clock_real(void);

#endif
