/* chance.h - real chance, as a port: getrandom(2). */
#ifndef RUNNER_SYS_CHANCE_H
#define RUNNER_SYS_CHANCE_H

#include "runner/ports.h"

struct chance_port chance_real(void);

#endif
