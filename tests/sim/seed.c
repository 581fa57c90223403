#include "platform.h"

#include "runner/base/scoped.h"
#include "tests/sim/seed.h"

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
	struct chance chance = { seed * UINT64_C(0x9E3779B97F4A7C15) };
	struct world_options options = { .seed = seed };

	options.source_count = 1 + (uint32_t)chance_below(&chance, PAPER_SOURCES);
	for (uint32_t i = 0; i < options.source_count; i++)
		options.sources[i] = make_source(&chance, i);
	options.limits = make_limits(&chance);
	options.nation = make_nation(&chance, options.limits.settle_ms);
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
	options.jump_permille = (uint32_t)ONE_OF(&chance, 0, 0, 0, 0, 5);
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
