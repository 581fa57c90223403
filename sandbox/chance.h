/* chance.h - seeded chance (splitmix64): the same seed and the same calls give the same numbers. */
#ifndef SANDBOX_CHANCE_H
#define SANDBOX_CHANCE_H

#include <stdint.h>

struct chance {
	uint64_t state; /* the seed at first */
};

static inline uint64_t
chance_next(struct chance *chance)
{
	uint64_t mixed = chance->state += UINT64_C(0x9E3779B97F4A7C15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
	return mixed ^ mixed >> 31;
}

/* 0 … below - 1; `below` is small, the bias does not matter here. */
static inline uint64_t
chance_below(struct chance *chance, uint64_t below)
{
	return chance_next(chance) % below;
}

#endif
