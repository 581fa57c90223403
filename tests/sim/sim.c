/* sim.c - loads by chance: a thousand seeds, each a world of its own, each run to its end as it
 * comes, and again with kills at steps that chance chooses.
 *
 *     sim                   seeds 1 to 1,000 (with ROLLCALL_LONG=1, to 1,000,000)
 *     sim --seeds N         seeds 1 to N
 *     sim --seed N          that one, with a trace of all that happens
 *     sim --seed N --kill A [--kill B]     killed at step A of its first run, step B of the next */
#include "platform.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/play.h"
#include "tests/sim/seed.h"

/* Many kills of few seeds where somebody waits, few kills of many where nobody does. */
enum { SEEDS = 1000, KILLS = 5, LONG_SEEDS = 1000000, LONG_KILLS = 2, TESTS = 10 };

/* What it takes to see a failure again. */
static void
report(uint64_t seed, const struct play_cuts *cuts, const char *violation)
{
	printf("# %s\n#   tests/sim/sim --seed %" PRIu64, violation, seed);
	for (int i = 0; i < PLAY_CUTS; i++) {
		if (cuts->at[i])
			printf(" --kill %" PRIu64, cuts->at[i]);
	}
	putchar('\n');
}

/* One play of a seed. `steps` becomes the number of steps of its first run. */
static bool
play(uint64_t seed, const struct play_cuts *cuts, bool is_traced, uint64_t *steps)
{
	struct world_options options = seed_world(seed);
	struct world *world = world_new(&options);
	bool is_good;

	world->is_traced = is_traced;
	is_good = play_out(world, cuts);
	*steps = world->first_steps;
	if (!is_good)
		report(seed, cuts, world->violation);
	world_free(world);
	return is_good;
}

/* As it comes; killed once, at a few steps; killed twice. */
static bool
play_seed(uint64_t seed, int kills)
{
	struct chance chance = { seed + 99 };
	struct play_cuts cuts = { { 0 } };
	uint64_t steps, ignored;
	bool is_good = play(seed, &cuts, false, &steps);

	for (int i = 0; i < kills && is_good; i++) {
		cuts.at[0] = 1 + chance_below(&chance, steps);
		cuts.at[1] = i == 0 ? 1 + chance_below(&chance, steps) : 0;
		is_good = play(seed, &cuts, false, &ignored);
	}
	return is_good;
}

static int
play_seeds(uint64_t count, int kills)
{
	uint64_t seed = 1;
	int failed = 0;

	printf("1..%d\n", TESTS);
	for (uint64_t i = 1; i <= TESTS; i++) {
		uint64_t first = seed, last = count * i / TESTS;
		bool is_good = true;

		for (; seed <= last; seed++)
			is_good = play_seed(seed, kills) && is_good;
		printf("%s - seeds %" PRIu64 " to %" PRIu64 "\n", is_good ? "ok" : "not ok", first,
		    last);
		fflush(stdout);
		failed += !is_good;
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static uint64_t
number_of(const char *text)
{
	uint64_t number;

	if (!text || number_u64(span_of(text), &number)) {
		fprintf(stderr, "usage: sim [--seeds N | --seed N [--kill STEP]...]\n");
		exit(64);
	}
	return number;
}

int
main(int argc, char **argv)
{
	const char *asked = getenv("ROLLCALL_LONG");
	bool is_long = asked && strcmp(asked, "1") == 0;
	uint64_t seeds = is_long ? LONG_SEEDS : SEEDS;
	struct play_cuts cuts = { { 0 } };
	uint64_t seed = 0, steps;
	int kills = 0;

	for (int i = 1; i < argc; i += 2) {
		uint64_t number = number_of(argv[i + 1]);

		if (strcmp(argv[i], "--seeds") == 0)
			seeds = number;
		else if (strcmp(argv[i], "--seed") == 0)
			seed = number;
		else if (strcmp(argv[i], "--kill") == 0 && kills < PLAY_CUTS)
			cuts.at[kills++] = number;
		else
			number_of(NULL);
	}
	if (seed)
		return play(seed, &cuts, true, &steps) ? EXIT_SUCCESS : EXIT_FAILURE;
	return play_seeds(seeds, is_long ? LONG_KILLS : KILLS);
}
