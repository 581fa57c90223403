/* steps.h - the places at which a test may kill the shipped program.
 *
 * With ROLLCALL_KILL_AT=N in the environment the N-th step kills the process with SIGKILL; with
 * ROLLCALL_KILL_AT=NAME=N the N-th of that name ("a token granted=2"). With
 * ROLLCALL_COUNT_STEPS=FILE the number of steps of a whole run is written there at the end, so that
 * a test knows how many there are. Without either a step costs one comparison. */
#ifndef RUNNER_SYS_STEPS_H
#define RUNNER_SYS_STEPS_H

#include "runner/ports.h"

struct steps_port steps_real(void);

/* A step outside the engine: planning, reports. */
void steps_at(const char *step);

/* At the start, before the process is confined to its folders. */
void steps_begin(void);

/* At the end of the program: writes the count if it was asked for. */
void steps_done(void);

#endif
