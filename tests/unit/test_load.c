#include "platform.h"

#include "tests/unit/core_load.h"

/* ---- finding ---- */

static void
a_chunk_is_found_by_source_and_number(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	assert_int_equal(load_find(&core.load, PEOPLE, 1), 0);
	assert_int_equal(load_find(&core.load, BALLOTS, 1), CORE_CHUNKS);
	assert_int_equal(load_find(&core.load, BALLOTS, CORE_CHUNKS), CORE_SLOTS - 1);
}

static void
a_chunk_that_is_not_there_is_not_found(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	assert_int_equal(load_find(&core.load, PEOPLE, 0), LOAD_NO_INDEX);
	assert_int_equal(load_find(&core.load, PEOPLE, CORE_CHUNKS + 1), LOAD_NO_INDEX);
	assert_int_equal(load_find(&core.load, 2, 1), LOAD_NO_INDEX);
}

static void
an_import_has_one_owner_or_none(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_done(&core, 2, 77, 0);
	assert_int_equal(load_owner(&core.load, 77), 2);
	assert_int_equal(load_owner(&core.load, 78), LOAD_NO_INDEX);
}

static void
owners_are_told_apart_however_many_share_a_bucket(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (uint32_t i = 0; i < CORE_SLOTS; i++)
		core_load_done(&core, i, 1000 + i, 0);
	for (uint32_t i = 0; i < CORE_SLOTS; i++)
		assert_int_equal(load_owner(&core.load, 1000 + i), i);
	assert_int_equal(load_owner(&core.load, 0), LOAD_NO_INDEX);
	/* One that is sent again has no import until it is taken again. */
	core_load_event(&core, 4, (struct event){ .type = EVENT_ID_CONFLICT });
	core_load_event(&core, 4, (struct event){ .type = EVENT_RESOLVED_RESUBMIT });
	for (uint32_t i = 0; i < CORE_SLOTS; i++)
		assert_int_equal(load_owner(&core.load, 1000 + i), i == 4 ? LOAD_NO_INDEX : i);
}

static void
there_is_a_bucket_for_each_slot_and_less_than_two(void **state)
{
	(void)state;
	assert_int_equal(owners_buckets_for(0), 1);
	assert_int_equal(owners_buckets_for(1), 1);
	assert_int_equal(owners_buckets_for(5), 8);
	assert_int_equal(owners_buckets_for(1024), 1024);
	assert_int_equal(owners_buckets_for(UINT32_MAX), UINT32_C(1) << 31);
}

/* The arrays move: all that was there is found where it was. */
static void
a_chunk_that_is_added_gets_the_next_slot_and_is_found_by_its_number(void **state)
{
	struct core_load core;
	struct slot slots[CORE_SLOTS + 2];
	uint32_t polls[CORE_SLOTS + 2], doubts[CORE_SLOTS + 2], buckets[16], added[2];
	const struct load_memory larger = { .slots = slots, .poll_items = polls,
		.doubt_items = doubts, .buckets = buckets, .bucket_count = 16 };

	(void)state;
	core_load_new(&core);
	core_load_done(&core, 2, 77, 0);
	memcpy(slots, core.slots, sizeof(core.slots));
	memcpy(polls, core.polls, sizeof(core.polls));
	memcpy(doubts, core.doubts, sizeof(core.doubts));
	core.load.sources[PEOPLE].added = added;
	load_move(&core.load, &larger);
	assert_int_equal(load_owner(&core.load, 77), 2);
	assert_int_equal(load_add(&core.load, PEOPLE), CORE_SLOTS);
	assert_int_equal(load_add(&core.load, PEOPLE), CORE_SLOTS + 1);
	assert_int_equal(core.load.sources[PEOPLE].count, CORE_CHUNKS + 2);
	assert_int_equal(load_find(&core.load, PEOPLE, CORE_CHUNKS), CORE_CHUNKS - 1);
	assert_int_equal(load_find(&core.load, PEOPLE, CORE_CHUNKS + 1), CORE_SLOTS);
	assert_int_equal(load_find(&core.load, PEOPLE, CORE_CHUNKS + 2), CORE_SLOTS + 1);
	assert_int_equal(load_find(&core.load, PEOPLE, CORE_CHUNKS + 3), LOAD_NO_INDEX);
	assert_int_equal(load_find(&core.load, BALLOTS, 1), CORE_CHUNKS);
}

/* Of 5,000 bytes each, by core_plan(). */
static void
what_is_as_large_as_what_was_found_too_large_is_too_large(void **state)
{
	struct plan_chunk plan = core_plan(PEOPLE, 2);
	struct load_change change = { .plan = &plan };
	struct core_load core;

	(void)state;
	core_load_new(&core);
	assert_false(load_is_too_large(&core.load, &core.load.slots[1]));
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_TOO_LARGE });
	assert_int_equal(core.load.too_large_bytes, 5000);
	assert_true(load_is_too_large(&core.load, &core.load.slots[0]));
	assert_true(load_is_too_large(&core.load, &core.load.slots[1]));

	change.before = change.after = &core.chunks[1];
	plan.csv_bytes = 4999;
	load_put(&core.load, 1, &change);
	assert_false(load_is_too_large(&core.load, &core.load.slots[1]));
	plan.csv_bytes = 9000;
	plan.rows = 1;
	load_put(&core.load, 1, &change);
	assert_false(load_is_too_large(&core.load, &core.load.slots[1])); /* it cannot be split */

	/* A larger one that was too large tells nothing new. */
	core_load_submit(&core, 2);
	core.load.too_large_bytes = 4000;
	core_load_answer(&core, 2, (struct event){ .type = EVENT_SUBMIT_TOO_LARGE });
	assert_int_equal(core.load.too_large_bytes, 4000);
}

static void
a_chunk_that_was_split_is_no_stray(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_TOO_LARGE });
	core_load_event(&core, 0, (struct event){ .type = EVENT_CHUNK_SPLIT });
	assert_false(core.load.slots[0].is_stray);
	core_load_submit(&core, 1);
	core_load_answer(&core, 1, (struct event){ .type = EVENT_SUBMIT_REFUSED });
	core_load_event(&core, 1, (struct event){ .type = EVENT_RESOLVED_SKIP });
	assert_true(core.load.slots[1].is_stray);
}

/* ---- queues ---- */

static void
each_state_waits_where_its_next_step_is_looked_for(void **state)
{
	static const struct {
		enum chunk_state state;
		uint32_t ready, polls, doubts;
	} places[CHUNK_STATE_COUNT] = {
		{ CHUNK_PLANNED, 1, 0, 0 },	{ CHUNK_SUBMITTING, 0, 0, 0 },
		{ CHUNK_IN_DOUBT, 0, 0, 1 },	{ CHUNK_HELD, 0, 0, 0 },
		{ CHUNK_SUBMITTED, 0, 1, 0 },	{ CHUNK_FINISHED, 0, 1, 0 },
		{ CHUNK_DONE, 0, 0, 0 },	{ CHUNK_REFUSED, 0, 0, 0 },
		{ CHUNK_FAILED, 0, 0, 0 },	{ CHUNK_SKIPPED, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		struct load_limits limits = core_limits();
		struct core_load core;

		core_load_init(&core, &limits);
		core.chunks[3].state = places[i].state;
		core_load_put(&core, 3, NULL);
		assert_int_equal(core.sources[PEOPLE].ready.count, places[i].ready);
		assert_int_equal(core.load.polls.count, places[i].polls);
		assert_int_equal(core.load.doubts.count, places[i].doubts);
	}
}

static void
a_chunk_with_a_request_under_way_is_in_no_queue_until_it_ends(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	assert_int_equal(core.load.uploads, 1);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = 7 });
	assert_int_equal(core.load.uploads, 0);
	assert_int_equal(core.load.polls.count, 1);
	load_begin(&core.load, 0, REQUEST_STATUS, core.mono_ms);
	assert_int_equal(core.load.gets, 1);
	assert_int_equal(core.load.polls.count, 0);
	core_load_event(&core, 0, (struct event){ .type = EVENT_STATUS_CHANGED });
	assert_int_equal(core.load.polls.count, 0);
	load_end(&core.load, 0);
	assert_int_equal(core.load.gets, 0);
	assert_int_equal(core.load.polls.count, 1);
}

static void
a_slot_of_no_state_that_we_know_waits_nowhere(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	load_begin(&core.load, 0, REQUEST_STATUS, core.mono_ms);
	core.slots[0].state = CHUNK_STATE_COUNT;
	load_end(&core.load, 0);
	assert_int_equal(core.slots[0].queue_at, QUEUE_NOT_IN);
}

static void
a_look_is_counted_apart_from_other_gets(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	load_begin(&core.load, 0, REQUEST_LIST, core.mono_ms);
	assert_int_equal(core.load.looking, 0);
	assert_int_equal(core.load.gets, 0);
	load_end(&core.load, 0);
	assert_int_equal(core.load.looking, LOAD_NO_INDEX);
}

static void
a_look_wants_its_page_until_that_was_asked_for_or_the_look_ended(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	load_begin(&core.load, 0, REQUEST_LIST, core.mono_ms);
	load_want_page(&core.load);
	load_begin(&core.load, 1, REQUEST_SUBMIT, core.mono_ms);
	assert_true(core.load.wants_page);
	load_page(&core.load, core.mono_ms);
	assert_false(core.load.wants_page);
	load_want_page(&core.load);
	load_end(&core.load, 0);
	assert_false(core.load.wants_page);
}

static void
every_request_and_every_page_counts_in_the_window(void **state)
{
	struct load_limits limits = core_limits();
	struct core_load core;

	(void)state;
	limits.requests = (struct number_rate){ 2, 1000 };
	core_load_init(&core, &limits);
	core_load_start(&core);
	load_begin(&core.load, 0, REQUEST_SUBMIT, core.mono_ms);
	assert_int_equal(window_wait_ms(&core.load.requests, core.mono_ms), 0);
	load_page(&core.load, core.mono_ms + 100);
	assert_true(window_wait_ms(&core.load.requests, core.mono_ms + 100) > 800);
}

static void
a_chunk_can_be_made_to_wait_or_left_alone(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = 7 });
	load_wait(&core.load, 0, core.mono_ms + 77);
	assert_int_equal(core.slots[0].due_ms, core.mono_ms + 77);
	assert_int_equal(core.load.polls.count, 1);
	load_park(&core.load, 0);
	assert_int_equal(core.load.polls.count, 0);
	assert_int_equal(core.load.parked, 1);
}

/* ---- due times ---- */

/* A run starts, and this is what stands on disk. */
static void
start_with(struct core_load *core, struct chunk chunk)
{
	struct load_limits limits = core_limits();

	core_load_init(core, &limits);
	core->chunks[0] = chunk;
	core_load_put(core, 0, NULL);
}

static int64_t
due_after(struct core_load *core, struct chunk chunk)
{
	start_with(core, chunk);
	return core->slots[0].due_ms - core->mono_ms;
}

static void
untouched_chunks_come_before_all_that_wait(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	assert_int_equal(core.slots[4].due_ms, INT64_MIN);
}

static void
a_due_time_on_disk_is_as_far_ahead_as_the_wall_clock_says(void **state)
{
	struct core_load core;

	(void)state;
	assert_int_equal(due_after(&core, (struct chunk){ .number = 1, .state = CHUNK_SUBMITTED,
					      .attempts = 1, .due_ms = CORE_WALL + 7000 }),
	    7000);
}

static void
a_due_time_that_has_passed_or_is_none_is_now(void **state)
{
	struct core_load core;

	(void)state;
	assert_int_equal(due_after(&core, (struct chunk){ .number = 1, .state = CHUNK_SUBMITTED,
					      .attempts = 1, .due_ms = CORE_WALL - 7000 }),
	    0);
	assert_int_equal(due_after(&core, (struct chunk){ .number = 1, .state = CHUNK_SUBMITTED,
					      .attempts = 1 }),
	    0);
}

static void
a_clock_that_jumped_cannot_park_a_chunk_for_longer_than_the_longest_wait(void **state)
{
	static const struct {
		enum chunk_state state;
		int64_t settle_ms, backoff_ms, poll_ms, longest_ms;
	} cases[] = {
		/* what a nation may ask for */
		{ CHUNK_PLANNED, MINUTE, MINUTE, MINUTE, 15 * MINUTE },
		{ CHUNK_PLANNED, HOUR, MINUTE, MINUTE, HOUR },
		{ CHUNK_PLANNED, MINUTE, 2 * HOUR, MINUTE, 2 * HOUR },
		/* polls are paced by nothing else */
		{ CHUNK_SUBMITTED, MINUTE, MINUTE, MINUTE, MINUTE },
		{ CHUNK_SUBMITTED, HOUR, HOUR, 3 * HOUR, 3 * HOUR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct load_limits limits = core_limits();
		struct core_load core;

		limits.settle_ms = cases[i].settle_ms;
		limits.backoff.most_ms = cases[i].backoff_ms;
		limits.poll_most_ms = cases[i].poll_ms;
		core_load_init(&core, &limits);
		core.chunks[0].state = cases[i].state;
		core.chunks[0].attempts = 1;
		core.chunks[0].due_ms = CORE_WALL + 1000 * HOUR;
		core_load_put(&core, 0, NULL);
		assert_int_equal(core.slots[0].due_ms - core.mono_ms, cases[i].longest_ms);
	}
}

static struct chunk
doubt(bool is_hashed)
{
	return (struct chunk){
		.number = 1,
		.state = CHUNK_IN_DOUBT,
		.attempts = 1,
		.due_ms = CORE_WALL + 10,
		.sha256 = { is_hashed, "s" },
	};
}

static void
a_doubt_settles_anew_after_a_restart(void **state)
{
	struct core_load core;

	(void)state;
	assert_int_equal(due_after(&core, doubt(true)), 5 * MINUTE);
}

static void
a_doubt_without_a_digest_is_hashed_at_once(void **state)
{
	struct core_load core;

	(void)state;
	assert_int_equal(due_after(&core, doubt(false)), 0);
}

static void
a_doubt_that_is_to_be_held_by_policy_is_held_at_once(void **state)
{
	struct load_limits limits = core_limits();
	struct core_load core;

	(void)state;
	core_load_init(&core, &limits);
	core.sources[PEOPLE].rules.in_doubt = IN_DOUBT_HOLD;
	core.chunks[0] = doubt(true);
	core_load_put(&core, 0, NULL);
	assert_int_equal(core.slots[0].due_ms, core.mono_ms);
}

static void
a_doubt_of_this_run_settles_until_its_event_says(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	assert_int_equal(core.slots[0].due_ms, core.mono_ms + 5 * MINUTE);
}

/* ---- what a slot knows ---- */

static void
a_slot_knows_when_no_attempt_is_left(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core.chunks[0].attempts = core.chunks[0].attempts_used = 2;
	core_load_put(&core, 0, &core.chunks[0]);
	assert_false(core.slots[0].is_used_up);
	core.chunks[0].attempts = core.chunks[0].attempts_used = 3;
	core_load_put(&core, 0, &core.chunks[0]);
	assert_true(core.slots[0].is_used_up);
}

static void
a_chunk_may_have_an_import_that_nobody_owns(void **state)
{
	static const struct {
		struct chunk chunk;
		bool is_stray;
	} cases[] = {
		{ { .state = CHUNK_SUBMITTED, .import_id = 7, .notes = NOTE_RESUBMITTED }, true },
		{ { .state = CHUNK_SKIPPED, .attempts = 1 }, true },
		{ { .state = CHUNK_SKIPPED, .sha256.is_known = true }, true },
		{ { .state = CHUNK_SKIPPED }, false },
		{ { .state = CHUNK_SKIPPED, .attempts = 1, .import_id = 7 }, false },
		{ { .state = CHUNK_DONE, .import_id = 7, .attempts = 1 }, false },
		{ { .state = CHUNK_PLANNED, .notes = NOTE_SENT_AGAIN, .attempts = 1 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct core_load core;

		start_with(&core, cases[i].chunk);
		assert_int_equal(core.slots[0].is_stray, cases[i].is_stray);
	}
}

static void
a_chunk_is_dated_by_the_nations_clock_or_by_when_its_id_came(void **state)
{
	struct core_load core;

	(void)state;
	start_with(&core, (struct chunk){ .state = CHUNK_SUBMITTED, .attempts = 1, .import_id = 7,
			      .started_server_ms = 500, .submitted_server_ms = 900 });
	assert_true(core.slots[0].is_dated);
	assert_int_equal(core.slots[0].sent_ms, 500);
	start_with(&core, (struct chunk){ .state = CHUNK_SUBMITTED, .attempts = 1, .import_id = 7,
			      .submitted_ms = 800, .submitted_server_ms = 900 });
	assert_false(core.slots[0].is_dated);
	assert_int_equal(core.slots[0].sent_ms, 900);
	start_with(&core, (struct chunk){ .state = CHUNK_SUBMITTED, .attempts = 1, .import_id = 7,
			      .submitted_ms = 800 });
	assert_int_equal(core.slots[0].sent_ms, 0);
}

static void
troubles_are_counted_in_a_row_and_by_kind(void **state)
{
	struct core_load core;
	const struct slot *slot = &core.slots[0];

	(void)state;
	core_load_new(&core);
	load_trouble(&core.load, 0, TROUBLE_UNKNOWN, 100);
	load_trouble(&core.load, 0, TROUBLE_UNKNOWN, 200);
	assert_int_equal(slot->troubles, 2);
	assert_int_equal(slot->troubled_since_ms, 100);
	load_trouble(&core.load, 0, TROUBLE_NONSENSE, 300);
	assert_int_equal(slot->troubles, 1);
	assert_int_equal(slot->troubled_since_ms, 300);
	load_trouble(&core.load, 0, TROUBLE_NONE, 400);
	assert_int_equal(slot->trouble, TROUBLE_NONE);
}

static void
many_troubles_are_counted_up_to_255(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (int i = 0; i < 300; i++)
		load_trouble(&core.load, 0, TROUBLE_LATER, 100);
	assert_int_equal(core.slots[0].troubles, 255);
}

static void
a_new_state_begins_without_trouble_and_the_same_state_keeps_it(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = 7 });
	load_trouble(&core.load, 0, TROUBLE_UNKNOWN, 100);
	core_load_event(&core, 0, (struct event){ .type = EVENT_STATUS_CHANGED });
	assert_int_equal(core.slots[0].trouble, TROUBLE_UNKNOWN);
	core_load_event(&core, 0, (struct event){ .type = EVENT_IMPORT_FINISHED });
	assert_int_equal(core.slots[0].trouble, TROUBLE_NONE);
}

/* ---- pauses, failures, doubts ---- */

static void
a_pause_is_only_ever_made_longer(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	load_pause(&core.load, 500);
	load_pause(&core.load, 400);
	assert_int_equal(core.load.paused_until_ms, 500);
}

static void
a_pause_that_the_nation_asked_for_outlives_a_restart(void **state)
{
	struct core_load core;

	(void)state;
	start_with(&core, (struct chunk){ .number = 1, .attempts = 1, .http_status = 429,
			      .due_ms = CORE_WALL + MINUTE });
	assert_int_equal(core.load.paused_until_ms, core.mono_ms + MINUTE);
	start_with(&core, (struct chunk){ .number = 1, .attempts = 1, .http_status = 503,
			      .due_ms = CORE_WALL + MINUTE });
	assert_int_equal(core.load.paused_until_ms, INT64_MIN);
}

static void
it_gives_up_after_failures_without_one_good_answer_between(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	assert_false(load_has_given_up(&core.load, core.mono_ms + 100 * HOUR));
	load_failure(&core.load, 5, core.mono_ms);
	load_failure(&core.load, 5, core.mono_ms + HOUR);
	assert_false(load_has_given_up(&core.load, core.mono_ms + 12 * HOUR - 1));
	assert_true(load_has_given_up(&core.load, core.mono_ms + 12 * HOUR));
	load_success(&core.load, core.mono_ms + HOUR);
	assert_false(load_has_given_up(&core.load, core.mono_ms + 12 * HOUR));
}

/* "429 ... not an attempt"; "retry.give_up bounds the time without any progress" */
static void
to_be_put_off_is_no_progress_and_costs_nothing(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (int i = 0; i < 101; i++)
		load_failure(&core.load, 0, core.mono_ms);
	assert_int_equal(bucket_wait_ms(&core.load.retries, 500, core.mono_ms), 0);
	assert_true(load_has_given_up(&core.load, core.mono_ms + 12 * HOUR));
}

static void
failures_spend_the_retry_budget_and_a_success_gives_one_back(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (int i = 0; i < 100; i++)
		load_failure(&core.load, 5, core.mono_ms);
	assert_int_equal(bucket_wait_ms(&core.load.retries, 1, core.mono_ms), 10000);
	load_success(&core.load, core.mono_ms);
	assert_int_equal(bucket_wait_ms(&core.load.retries, 1, core.mono_ms), 0);
}

static void
three_doubts_within_ten_minutes_trip_the_breaker(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	core_load_lose(&core, 1);
	assert_false(core.load.is_tripped);
	core_load_pass(&core, 10 * MINUTE);
	core_load_lose(&core, 2);
	assert_true(core.load.is_tripped);
}

static void
three_doubts_in_more_than_ten_minutes_do_not(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	core_load_lose(&core, 1);
	core_load_pass(&core, 10 * MINUTE + 1);
	core_load_lose(&core, 2);
	assert_false(core.load.is_tripped);
}

static void
lose_three(struct core_load *core)
{
	core_load_new(core);
	for (uint32_t i = 0; i < 3; i++)
		core_load_lose(core, i);
	assert_true(core->load.is_tripped);
}

static void
the_breaker_opens_again_when_the_last_doubt_is_settled(void **state)
{
	struct core_load core;

	(void)state;
	lose_three(&core);
	core_load_event(&core, 0, (struct event){ .type = EVENT_PROBE_FOUND, .import_id = 1 });
	core_load_event(&core, 1, (struct event){ .type = EVENT_PROBE_CLEARED });
	assert_true(core.load.is_tripped);
	core_load_event(&core, 2, (struct event){ .type = EVENT_PROBE_FOUND, .import_id = 3 });
	assert_false(core.load.is_tripped);
}

static void
a_chunk_that_is_held_keeps_the_breaker_until_a_person_settles_it(void **state)
{
	struct core_load core;

	(void)state;
	lose_three(&core);
	for (uint32_t i = 0; i < 3; i++)
		core_load_event(&core, i, (struct event){ .type = EVENT_PROBE_UNCLEAR });
	assert_true(core.load.is_tripped);
	core_load_event(&core, 0, (struct event){ .type = EVENT_RESOLVED_SKIP });
	core_load_event(&core, 1, (struct event){ .type = EVENT_RESOLVED_SKIP });
	assert_true(core.load.is_tripped);
	core_load_event(&core, 2, (struct event){ .type = EVENT_RESOLVED_SKIP });
	assert_false(core.load.is_tripped);
}

static void
a_doubt_that_is_not_written_down_yet_is_not_taken_for_settled(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (uint32_t i = 0; i < 3; i++) {
		core_load_submit(&core, i);
		load_doubt(&core.load, i, core.mono_ms);
	}
	core_load_put(&core, 4, &core.chunks[4]);
	assert_true(core.load.is_tripped);
}

/* ---- sources ---- */

static void
a_source_is_complete_when_all_its_chunks_are_done_or_skipped(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (uint32_t i = 0; i + 1 < CORE_CHUNKS; i++)
		core_load_done(&core, i, i + 1, 0);
	core_load_lose(&core, CORE_CHUNKS - 1);
	assert_false(load_source_is_complete(&core.sources[PEOPLE]));
	assert_false(load_source_is_open(&core.load, &core.sources[BALLOTS]));
	core_load_event(&core, CORE_CHUNKS - 1, (struct event){ .type = EVENT_RESOLVED_SKIP });
	assert_true(load_source_is_complete(&core.sources[PEOPLE]));
	assert_true(load_source_is_open(&core.load, &core.sources[BALLOTS]));
	assert_true(load_source_is_open(&core.load, &core.sources[PEOPLE]));
}

static void
rejected_rows_stop_a_source_only_beyond_its_share_and_only_if_asked_to(void **state)
{
	struct core_load core;
	struct source_rules *rules = &core.sources[PEOPLE].rules;

	(void)state;
	core_load_new(&core);
	core_load_done(&core, 0, 7, 5); /* 5 of 500 rows */
	rules->max_rejected = (struct number_share){ .millionths = 9999, .is_share = 1 };
	assert_false(load_source_is_rejected(&core.sources[PEOPLE]));
	rules->stops_early = true;
	assert_true(load_source_is_rejected(&core.sources[PEOPLE]));
	rules->max_rejected.millionths = 10000;
	assert_false(load_source_is_rejected(&core.sources[PEOPLE]));
	rules->max_rejected = (struct number_share){ .count = 5 };
	assert_false(load_source_is_rejected(&core.sources[PEOPLE]));
	rules->max_rejected.count = 4;
	assert_true(load_source_is_rejected(&core.sources[PEOPLE]));
}

/* Makes the chunk one of a retry. */
static void
put_retry(struct core_load *core, uint32_t index)
{
	struct plan_chunk plan = core_plan(index / CORE_CHUNKS, 1 + index % CORE_CHUNKS);
	const struct load_change change = { NULL, &core->chunks[index], &plan, core->wall_ms,
		core->mono_ms };

	plan.input = PLAN_RETRY_INPUTS + 1;
	load_put(&core->load, index, &change);
}

static void
a_source_that_too_many_rejected_rows_stop_still_sends_what_was_corrected(void **state)
{
	struct load_limits limits = core_limits();
	struct core_load core;
	struct source_rules *rules = &core.sources[PEOPLE].rules;

	(void)state;
	core_load_init(&core, &limits);
	for (uint32_t i = 0; i < CORE_SLOTS; i++) {
		if (i == 2 || i == 3)
			put_retry(&core, i);
		else
			core_load_put(&core, i, NULL);
	}
	assert_int_equal(load_next(&core.load, &core.sources[PEOPLE]), 0);
	rules->stops_early = true;
	rules->max_rejected = (struct number_share){ .count = 4 };
	core_load_done(&core, 0, 7, 5);
	assert_int_equal(load_next(&core.load, &core.sources[PEOPLE]), 2);
	/* the one that is due sooner, and what waits is not forgotten */
	load_wait(&core.load, 2, core.mono_ms + 1000);
	assert_int_equal(load_next(&core.load, &core.sources[PEOPLE]), 3);
	load_wait(&core.load, 3, core.mono_ms + 2000);
	assert_int_equal(load_next(&core.load, &core.sources[PEOPLE]), 2);
	load_wait(&core.load, 3, core.mono_ms + 1000);
	assert_int_equal(load_next(&core.load, &core.sources[PEOPLE]), 2);
	/* equally due: the lower number, wherever they stand in the queue */
	for (uint32_t i = 0; i < 4; i++) {
		load_wait(&core.load, 2 + i % 2, INT64_MIN);
		load_wait(&core.load, 2 + i % 2, core.mono_ms + 1000);
		assert_int_equal(load_next(&core.load, &core.sources[PEOPLE]), 2);
	}
}

static void
a_source_that_is_stopped_and_has_no_retry_sends_nothing(void **state)
{
	struct core_load core;
	struct source_rules *rules = &core.sources[PEOPLE].rules;

	(void)state;
	core_load_new(&core);
	rules->stops_early = true;
	core_load_done(&core, 0, 7, 5);
	assert_int_equal(load_next(&core.load, &core.sources[PEOPLE]), LOAD_NO_INDEX);
	assert_int_equal(load_next(&core.load, &core.sources[BALLOTS]), LOAD_NO_INDEX);
}

static void
an_import_that_came_to_nothing_makes_a_stray_of_a_chunk_that_is_retried(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = 7 });
	core_load_event(&core, 0, (struct event){ .type = EVENT_IMPORT_FAILED, .word = WORD_FAILED });
	assert_false(core.slots[0].is_stray);
	core_load_event(&core, 0, (struct event){ .type = EVENT_CHUNK_RETRIED });
	assert_true(core.slots[0].is_stray);
	assert_int_equal(load_owner(&core.load, 7), LOAD_NO_INDEX);
}

static void
the_total_is_the_sum_of_the_sources(void **state)
{
	struct core_load core;
	struct tally total;

	(void)state;
	core_load_new(&core);
	core_load_done(&core, 0, 7, 5);
	total = load_total(&core.load);
	assert_int_equal(total.chunks[CHUNK_DONE], 1);
	assert_int_equal(total.chunks[CHUNK_PLANNED], CORE_SLOTS - 1);
	assert_int_equal(total.rows_planned, 100 * CORE_SLOTS);
	assert_int_equal(total.rows_failed, 5);
}

static void
other_limits_hold_from_now_on_and_the_same_ones_are_no_others(void **state)
{
	struct load_limits limits = core_limits();
	struct core_load core;

	(void)state;
	core_load_init(&core, &limits);
	assert_false(load_limit(&core.load, &limits, core.mono_ms));
	limits.attempts = 9; /* not one that a run takes over */
	assert_false(load_limit(&core.load, &limits, core.mono_ms));
	assert_int_equal(core.load.limits.attempts, 3);
	limits.uploads = 1;
	assert_true(load_limit(&core.load, &limits, core.mono_ms));
	assert_int_equal(core.load.limits.uploads, 1);
	limits.in_flight = 3;
	assert_true(load_limit(&core.load, &limits, core.mono_ms));
	assert_int_equal(core.load.limits.in_flight, 3);
	limits.requests.count = 100;
	assert_true(load_limit(&core.load, &limits, core.mono_ms));
	assert_int_equal(core.load.requests.count, 100);
	limits.requests.per_ms = 5000;
	assert_true(load_limit(&core.load, &limits, core.mono_ms));
	assert_int_equal(core.load.requests.per_ms, 5000);
	assert_false(load_limit(&core.load, &limits, core.mono_ms));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chunk_is_found_by_source_and_number),
		cmocka_unit_test(other_limits_hold_from_now_on_and_the_same_ones_are_no_others),
		cmocka_unit_test(a_chunk_that_is_not_there_is_not_found),
		cmocka_unit_test(an_import_has_one_owner_or_none),
		cmocka_unit_test(what_is_as_large_as_what_was_found_too_large_is_too_large),
		cmocka_unit_test(a_chunk_that_was_split_is_no_stray),
		cmocka_unit_test(owners_are_told_apart_however_many_share_a_bucket),
		cmocka_unit_test(there_is_a_bucket_for_each_slot_and_less_than_two),
		cmocka_unit_test(a_chunk_that_is_added_gets_the_next_slot_and_is_found_by_its_number),
		cmocka_unit_test(each_state_waits_where_its_next_step_is_looked_for),
		cmocka_unit_test(a_chunk_with_a_request_under_way_is_in_no_queue_until_it_ends),
		cmocka_unit_test(a_slot_of_no_state_that_we_know_waits_nowhere),
		cmocka_unit_test(a_look_is_counted_apart_from_other_gets),
		cmocka_unit_test(a_look_wants_its_page_until_that_was_asked_for_or_the_look_ended),
		cmocka_unit_test(every_request_and_every_page_counts_in_the_window),
		cmocka_unit_test(a_chunk_can_be_made_to_wait_or_left_alone),
		cmocka_unit_test(untouched_chunks_come_before_all_that_wait),
		cmocka_unit_test(a_due_time_on_disk_is_as_far_ahead_as_the_wall_clock_says),
		cmocka_unit_test(a_due_time_that_has_passed_or_is_none_is_now),
		cmocka_unit_test(
		    a_clock_that_jumped_cannot_park_a_chunk_for_longer_than_the_longest_wait),
		cmocka_unit_test(a_doubt_settles_anew_after_a_restart),
		cmocka_unit_test(a_doubt_without_a_digest_is_hashed_at_once),
		cmocka_unit_test(a_doubt_that_is_to_be_held_by_policy_is_held_at_once),
		cmocka_unit_test(a_doubt_of_this_run_settles_until_its_event_says),
		cmocka_unit_test(a_slot_knows_when_no_attempt_is_left),
		cmocka_unit_test(a_chunk_may_have_an_import_that_nobody_owns),
		cmocka_unit_test(a_chunk_is_dated_by_the_nations_clock_or_by_when_its_id_came),
		cmocka_unit_test(troubles_are_counted_in_a_row_and_by_kind),
		cmocka_unit_test(many_troubles_are_counted_up_to_255),
		cmocka_unit_test(a_new_state_begins_without_trouble_and_the_same_state_keeps_it),
		cmocka_unit_test(a_pause_is_only_ever_made_longer),
		cmocka_unit_test(a_pause_that_the_nation_asked_for_outlives_a_restart),
		cmocka_unit_test(it_gives_up_after_failures_without_one_good_answer_between),
		cmocka_unit_test(to_be_put_off_is_no_progress_and_costs_nothing),
		cmocka_unit_test(failures_spend_the_retry_budget_and_a_success_gives_one_back),
		cmocka_unit_test(three_doubts_within_ten_minutes_trip_the_breaker),
		cmocka_unit_test(three_doubts_in_more_than_ten_minutes_do_not),
		cmocka_unit_test(the_breaker_opens_again_when_the_last_doubt_is_settled),
		cmocka_unit_test(a_chunk_that_is_held_keeps_the_breaker_until_a_person_settles_it),
		cmocka_unit_test(a_doubt_that_is_not_written_down_yet_is_not_taken_for_settled),
		cmocka_unit_test(a_source_is_complete_when_all_its_chunks_are_done_or_skipped),
		cmocka_unit_test(
		    rejected_rows_stop_a_source_only_beyond_its_share_and_only_if_asked_to),
		cmocka_unit_test(the_total_is_the_sum_of_the_sources),
		cmocka_unit_test(
		    a_source_that_too_many_rejected_rows_stop_still_sends_what_was_corrected),
		cmocka_unit_test(a_source_that_is_stopped_and_has_no_retry_sends_nothing),
		cmocka_unit_test(
		    an_import_that_came_to_nothing_makes_a_stray_of_a_chunk_that_is_retried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
