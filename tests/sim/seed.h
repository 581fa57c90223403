/* seed.h - a number becomes a world: sources, limits, a nation with habits, and how much goes
 * wrong. The same number gives the same world everywhere. */
#ifndef TESTS_SIM_SEED_H
#define TESTS_SIM_SEED_H

#include <stdint.h>

#include "tests/sim/world.h"

struct world_options seed_world(uint64_t seed);

/* One in which doubts arise, and the nation's list is as odd as a list can be. */
struct world_options seed_adversary(uint64_t seed);

#endif
