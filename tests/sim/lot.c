#include "platform.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/lot.h"
#include "tests/sim/play.h"

enum {
	TESTS = 10,
	TELL_SEEDS = 10000,
	MOST = 1000000000, /* of any number: a year's seeds, and TESTS times as many are a number, too */
};

struct asked {
	uint64_t from, count;
	uint64_t seed; /* 0: all of them */
	struct play_cuts cuts;
	int cut_count;
	bool is_until_failure;
};

/* What it takes to see a failure again. */
static void
report(const struct lot *lot, uint64_t seed, const struct play_cuts *cuts, const char *violation)
{
	printf("# %s\n#   %s --seed %" PRIu64, violation, lot->program, seed);
	for (int i = 0; i < PLAY_CUTS; i++) {
		if (cuts->at[i])
			printf(" --kill %" PRIu64, cuts->at[i]);
	}
	putchar('\n');
}

/* One play of a seed. `steps` becomes the number of steps of its first run. */
static bool
play(const struct lot *lot, uint64_t seed, const struct play_cuts *cuts, bool is_traced,
    uint64_t *steps)
{
	struct world_options options = lot->make(seed);
	struct world *world = world_new(&options);
	bool is_good;

	world->is_traced = is_traced;
	is_good = play_out(world, cuts);
	*steps = world->first_steps;
	if (!is_good)
		report(lot, seed, cuts, world->violation);
	else if (lot->note)
		lot->note(world);
	world_free(world);
	return is_good;
}

/* As it comes; killed twice; killed once. */
static bool
play_seed(const struct lot *lot, uint64_t seed)
{
	struct chance chance = { seed + 99 };
	struct play_cuts cuts = { { 0 } };
	uint64_t steps, ignored;
	bool is_good = play(lot, seed, &cuts, false, &steps);

	for (int i = 0; i < lot->kills && is_good; i++) {
		cuts.at[0] = 1 + chance_below(&chance, steps);
		cuts.at[1] = i == 0 ? 1 + chance_below(&chance, steps) : 0;
		is_good = play(lot, seed, &cuts, false, &ignored);
	}
	return is_good;
}

static int
play_all(const struct lot *lot, const struct asked *asked)
{
	uint64_t seed = asked->from;
	int failed = 0;

	printf("1..%d\n", TESTS + lot->tests);
	fflush(stdout);
	for (uint64_t i = 1; i <= TESTS; i++) {
		uint64_t first = seed, last = asked->from - 1 + asked->count * i / TESTS;
		bool is_good = true;

		for (; seed <= last; seed++) {
			if (seed % TELL_SEEDS == 0) {
				printf("# seed %" PRIu64 "\n", seed);
				fflush(stdout);
			}
			is_good = play_seed(lot, seed) && is_good;
			if (!is_good && asked->is_until_failure)
				return EXIT_FAILURE;
		}
		/* Of fewer seeds than tests, some have none. */
		printf("%s - %" PRIu64 " seeds from %" PRIu64 "\n", is_good ? "ok" : "not ok",
		    seed - first, first);
		fflush(stdout);
		failed += !is_good;
	}
	if (lot->sum)
		failed += lot->sum();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- what is asked for */

static void __attribute__((noreturn))
refuse(const struct lot *lot)
{
	fprintf(stderr,
	    "usage: %s [[--until-failure] [--from N] --seeds M | --seed N [--kill STEP]...]\n",
	    lot->program);
	exit(64);
}

static void
take_option(const struct lot *lot, struct asked *asked, const char *name, const char *value)
{
	uint64_t number;

	if (!value || number_u64(span_of(value), &number) || !number || number > MOST)
		refuse(lot);
	if (strcmp(name, "--seeds") == 0)
		asked->count = number;
	else if (strcmp(name, "--from") == 0)
		asked->from = number;
	else if (strcmp(name, "--seed") == 0)
		asked->seed = number;
	else if (strcmp(name, "--kill") == 0 && asked->cut_count < PLAY_CUTS)
		asked->cuts.at[asked->cut_count++] = number;
	else
		refuse(lot);
}

static uint64_t
seeds_unasked(const struct lot *lot)
{
	const char *is_long = getenv("ROLLCALL_LONG");
	const char *wanted = getenv("SEEDS");
	uint64_t seeds;

	if (is_long && strcmp(is_long, "1") == 0)
		return lot->long_seeds;
	if (!wanted)
		return lot->seeds;
	if (number_u64(span_of(wanted), &seeds) || !seeds || seeds > MOST)
		refuse(lot);
	return seeds;
}

int
lot_main(const struct lot *lot, int argc, char **argv)
{
	struct asked asked = { .from = 1, .count = seeds_unasked(lot) };
	uint64_t steps;

	/* LMDB takes 2 MiB at each opening: kept, they need not be mapped each time. */
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--until-failure") == 0) {
			asked.is_until_failure = true;
		} else {
			take_option(lot, &asked, argv[i], argv[i + 1]);
			i++;
		}
	}
	if (asked.seed)
		return play(lot, asked.seed, &asked.cuts, true, &steps) ? EXIT_SUCCESS
									 : EXIT_FAILURE;
	return play_all(lot, &asked);
}
