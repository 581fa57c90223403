/* lot.h - many seeds, each a world of its own: run to its end as it comes, and again with kills at
 * steps that chance chooses. A failure prints the command that plays it again.
 *
 *     PROGRAM                        the seeds of make check (with ROLLCALL_LONG=1, of make check-long;
 *                                    with SEEDS=N in the environment, the first N)
 *     PROGRAM [--from N] --seeds M   M seeds from 1, or from N, on
 *     PROGRAM --until-failure ...    ends with the first seed that fails
 *     PROGRAM --seed N               that one, with a trace of all that happens
 *     PROGRAM --seed N --kill A [--kill B]     killed at step A of its first run, step B of the next */
#ifndef TESTS_SIM_LOT_H
#define TESTS_SIM_LOT_H

#include <stdint.h>

#include "tests/sim/world.h"

struct lot {
	const char *program; /* as it is called from the build folder */
	struct world_options (*make)(uint64_t seed);
	uint64_t seeds, long_seeds;
	int kills;           /* plays of a seed beside the one without a kill; the first has two */
	/* After each play that went well; may be NULL. */
	void (*note)(const struct world *world);
	/* At the end of all: prints what it likes as TAP, returns how many of its tests failed; may
	 * be NULL, then tests is 0. */
	int (*sum)(void);
	int tests;
};

/* main() of such a program. */
int lot_main(const struct lot *lot, int argc, char **argv);

#endif
