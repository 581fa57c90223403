#include "platform.h"

#include "runner/base/scoped.h"
#include "tests/sim/seed.h"

/* One seed of so many has the real store, which costs as much as a hundred without: those that make
 * check runs, and all. */
enum { CHECK_SEEDS = 20000, STORE_SEEDS = 200, LONG_STORE_SEEDS = 1000 };

static uint64_t
one_of(struct chance *chance, const uint64_t *values, size_t count)
{
	return values[chance_below(chance, count)];
}

#define ONE_OF(chance, ...)                                                                        \
	one_of(chance, (const uint64_t[]){ __VA_ARGS__ },                                          \
	    sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static bool
is_one_in(struct chance *chance, uint64_t count)
{
	return chance_below(chance, count) == 0;
}

static struct paper_source
make_source(struct chance *chance, uint32_t at)
{
	static const char *const names[PAPER_SOURCES] = { "people", "ballots", "more", "last" };
	bool is_people = at == 0 || is_one_in(chance, 3);
	struct paper_source source = {
		.name = names[at],
		.type = is_people ? "people" : "ballot",
		.chunk_count = (uint32_t)ONE_OF(chance, 1, 2, 3, 4, 6, 9),
		.rows = 2 + (uint32_t)chance_below(chance, 4),
		.in_doubt = (enum in_doubt_policy)ONE_OF(chance, IN_DOUBT_PROBE, IN_DOUBT_PROBE,
		    IN_DOUBT_PROBE, IN_DOUBT_HOLD, IN_DOUBT_RESUBMIT),
		.is_after = !is_people || is_one_in(chance, 2),
		.begins_alike = is_one_in(chance, 3),
		.has_empty_chunk = is_one_in(chance, 10),
		.bad_rows = is_one_in(chance, 4),
	};

	if (is_one_in(chance, 10)) {
		source.stops_early = true;
		source.most_rejected = chance_below(chance, 4);
	}
	return source;
}

static struct load_limits
make_limits(struct chance *chance)
{
	return (struct load_limits){
		.uploads = 1 + (uint32_t)chance_below(chance, 4),
		.in_flight = 1 + (uint32_t)chance_below(chance, 8),
		.requests = { ONE_OF(chance, 200, 20, 5), ONE_OF(chance, 10000, 1000) },
		.attempts = 1 + (uint32_t)chance_below(chance, 4),
		.backoff = { (int64_t)ONE_OF(chance, 10, 2000),
		    (int64_t)ONE_OF(chance, 1000, 60000, 300000) },
		.give_up_ms = (int64_t)ONE_OF(chance, 3600000, 43200000),
		.settle_ms = (int64_t)ONE_OF(chance, 60000, 300000),
		.poll_first_ms = (int64_t)ONE_OF(chance, 10, 5000),
		.poll_most_ms = (int64_t)ONE_OF(chance, 60000, 600000),
		.poll_deadline_ms = (int64_t)ONE_OF(chance, 1800000, 86400000),
	};
}

static struct pretend_habits
make_nation(struct chance *chance, int64_t settle_ms)
{
	struct pretend_habits habits = {
		.rows_per_second = ONE_OF(chance, 0, 0, 1, 100),
		.list_lag_ms = (int64_t)chance_below(chance, (uint64_t)settle_ms * 8 / 10),
		.page_size = (uint32_t)ONE_OF(chance, 1, 2, 5, 20, 100),
		.is_oldest_first = is_one_in(chance, 5),
		.has_next_always = is_one_in(chance, 5),
		.is_dateless = is_one_in(chance, 20),
		.is_coarse = is_one_in(chance, 5),
		.head = (enum pretend_head)ONE_OF(chance, HEAD_RAW, HEAD_RAW, HEAD_SPACED,
		    HEAD_SPACED, HEAD_CUT, HEAD_CUT, HEAD_CUT_MARK, HEAD_NULL, HEAD_FOREIGN),
		/* Often just behind the header of people, which has 51 bytes. */
		.head_bytes = is_one_in(chance, 2) ? 50 + (uint32_t)chance_below(chance, 30)
						   : 20 + (uint32_t)chance_below(chance, 150),
		.lines = (enum pretend_lines)chance_below(chance, 3),
		.id_lag_ms = (int64_t)ONE_OF(chance, 0, 0, 5000, 600000),
		.counts_separately = is_one_in(chance, 2),
		.stranger_permille = (uint32_t)ONE_OF(chance, 0, 0, 100, 500),
	};

	if (is_one_in(chance, 10))
		habits.date_skew_ms = (int64_t)ONE_OF(chance, 10000, 50000, 300000);
	if (is_one_in(chance, 5))
		habits.stirs = (uint32_t)ONE_OF(chance, 1, 3, 1000);
	if (is_one_in(chance, 10))
		habits.list_status = (uint32_t)ONE_OF(chance, 403, 404, 406, 410, 500);
	if (is_one_in(chance, 8))
		habits.list_tardy_ms = 6 * settle_ms;
	if (is_one_in(chance, 20))
		habits.hides_ours = true;
	return habits;
}

struct world_options
seed_world(uint64_t seed)
{
	/* Not chance.h's own step: then a seed's draws would be those of the seed before it, but for the first. */
	struct chance chance = { seed * UINT64_C(0xA0761D6478BD642F) };
	struct world_options options = { .seed = seed };

	options.source_count = 1 + (uint32_t)chance_below(&chance, PAPER_SOURCES);
	for (uint32_t i = 0; i < options.source_count; i++)
		options.sources[i] = make_source(&chance, i);
	options.limits = make_limits(&chance);
	options.nation = make_nation(&chance, options.limits.settle_ms);
	/* A thousand times the same question in ten minutes finds nothing that ten do not. */
	if (options.nation.id_lag_ms > MINUTE && options.limits.backoff.most_ms < MINUTE)
		options.limits.backoff.most_ms = MINUTE;
	options.fates = (struct fate_plan){
		.seed = chance_next(&chance),
		.post_permille = (uint32_t)ONE_OF(&chance, 0, 50, 200, 500, 900),
		.get_permille = (uint32_t)ONE_OF(&chance, 0, 50, 200, 500),
		.list_permille = (uint32_t)ONE_OF(&chance, 0, 50, 300, 700),
		.stop_permille = (uint32_t)ONE_OF(&chance, 0, 20, 100),
		.late_ms = options.limits.settle_ms * 8 / 10,
	};
	options.wish_permille = (uint32_t)ONE_OF(&chance, 0, 0, 5, 30);
	options.journal_permille = (uint32_t)ONE_OF(&chance, 0, 0, 0, 10);
	options.source_permille = (uint32_t)ONE_OF(&chance, 0, 0, 0, 20);
	options.jump_permille = (uint32_t)ONE_OF(&chance, 0, 0, 0, 5, 50);
	options.sleep_permille = (uint32_t)ONE_OF(&chance, 0, 0, 0, 2, 20);
	options.retry_permille = (uint32_t)ONE_OF(&chance, 0, 0, 300, 700);
	options.has_store =
	    seed % (seed <= CHECK_SEEDS ? STORE_SEEDS : LONG_STORE_SEEDS) == 0;
	options.rival_permille = options.has_store ? 5 : 0;
	/* A row of people has some 14 bytes, of ballots 40. Of pieces that are the same nobody can say
	 * which one the nation took. */
	if (is_one_in(&chance, 5)) {
		options.nation.most_bytes = ONE_OF(&chance, 45, 60, 85, 125);
		for (uint32_t i = 0; i < options.source_count; i++)
			options.sources[i].begins_alike = false;
	}
	/* With both clocks wrong nobody can tell which imports a list should show. */
	if (options.jump_permille && options.nation.date_skew_ms)
		options.nation.list_tardy_ms = 0;
	return options;
}

/* ---- against the probe */

static void
make_list_odd(struct chance *chance, struct pretend_habits *habits)
{
	habits->head = (enum pretend_head)ONE_OF(chance, HEAD_RAW, HEAD_QUOTED, HEAD_SPACED, HEAD_CUT,
	    HEAD_CUT_MARK, HEAD_NULL, HEAD_FOREIGN);
	habits->type = (enum pretend_type)ONE_OF(chance, TYPE_WORD, TYPE_WORD, TYPE_UPPER, TYPE_LONG,
	    TYPE_FOREIGN, TYPE_EMPTY);
	habits->size_spread = (uint32_t)ONE_OF(chance, 0, 0, 1, 5);
	habits->clock_off_ms =
	    (int64_t)ONE_OF(chance, 0, 0, MINUTE, 8 * HOUR) * (is_one_in(chance, 2) ? 1 : -1);
	if (is_one_in(chance, 5))
		habits->created_off_ms =
		    (int64_t)chance_below(chance, (uint64_t)(40 * MINUTE)) - 20 * MINUTE;
	if (is_one_in(chance, 20))
		habits->created_off_ms += is_one_in(chance, 2) ? 5 * HOUR : -5 * HOUR;
	habits->has_other_ids = is_one_in(chance, 20);
	habits->stranger_permille = (uint32_t)ONE_OF(chance, 0, 200, 1000);
}

struct world_options
seed_adversary(uint64_t seed)
{
	struct chance chance = { seed * UINT64_C(0xD1B54A32D192ED03) };
	struct world_options options = { .seed = seed };
	int64_t settle_ms;

	options.limits = make_limits(&chance);
	options.limits.attempts = 3;
	settle_ms = options.limits.settle_ms;
	options.source_count = 1 + (uint32_t)chance_below(&chance, 2);
	for (uint32_t i = 0; i < options.source_count; i++) {
		options.sources[i] = make_source(&chance, i);
		options.sources[i].bad_rows = 0;
		options.sources[i].has_empty_chunk = options.sources[i].stops_early = false;
	}
	options.nation = make_nation(&chance, settle_ms);
	options.nation.id_lag_ms = 0;
	if (is_one_in(&chance, 3))
		options.nation = (struct pretend_habits){ .rows_per_second = 100 };
	else
		make_list_odd(&chance, &options.nation);
	options.fates = (struct fate_plan){
		.seed = chance_next(&chance),
		.post_permille = (uint32_t)ONE_OF(&chance, 100, 300, 600),
		.list_permille = (uint32_t)ONE_OF(&chance, 0, 0, 100),
		.is_doubtful = true,
		.late_ms = settle_ms * 8 / 10,
	};
	/* Whatever is taken at all stands in the list before the second look. */
	if (is_one_in(&chance, 3)) {
		options.fates.late_ms = (int64_t)chance_below(&chance, (uint64_t)settle_ms);
		options.nation.list_lag_ms = settle_ms * 19 / 10 - options.fates.late_ms;
	}
	options.jump_permille = (uint32_t)ONE_OF(&chance, 0, 0, 0, 20);
	options.sleep_permille = (uint32_t)ONE_OF(&chance, 0, 0, 0, 20);
	if (options.jump_permille && options.nation.date_skew_ms)
		options.nation.list_tardy_ms = 0;
	return options;
}
