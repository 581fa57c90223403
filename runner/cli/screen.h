/* screen.h - the terminal at standard error, for the watcher. */
#ifndef RUNNER_CLI_SCREEN_H
#define RUNNER_CLI_SCREEN_H

#include <stdbool.h>

#include "runner/report/watch.h"

struct watch_screen screen_real(void);

/* Standard error is a terminal that can be drawn on. */
bool screen_is_terminal(void);

#endif
