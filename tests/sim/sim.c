/* sim.c - loads by chance: faults of every kind in every phase, clocks that are set, processes that
 * stand still and are killed, second runners; now and then with the real store. lot.h says how it is
 * called. */
#include "platform.h"

#include "tests/sim/lot.h"
#include "tests/sim/seed.h"

int
main(int argc, char **argv)
{
	const struct lot lot = {
		.program = "tests/sim/sim",
		.make = seed_world,
		.seeds = 20000,
		.long_seeds = 1000000,
		.kills = 2,
	};

	return lot_main(&lot, argc, argv);
}
