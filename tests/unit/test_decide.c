#include "platform.h"

#include "runner/core/decide.h"
#include "tests/unit/core_load.h"

static void
check(const struct core_load *core, enum action_kind kind, uint32_t index)
{
	struct action action = decide(&core->load, core->mono_ms);

	assert_int_equal(action.kind, kind);
	assert_int_equal(action.index, index);
}

static void
check_wait(const struct core_load *core, enum waiting_for waiting_for, int64_t wait_ms)
{
	struct action action = decide(&core->load, core->mono_ms);

	assert_int_equal(action.kind, ACTION_WAIT);
	assert_int_equal(action.waiting_for, waiting_for);
	assert_int_equal(action.until_ms, wait_ms == INT64_MAX ? INT64_MAX : core->mono_ms + wait_ms);
}

static void
check_end(const struct core_load *core)
{
	assert_int_equal(decide(&core->load, core->mono_ms).kind, ACTION_END);
}

static void
accept(struct core_load *core, uint32_t index, int64_t poll_in_ms)
{
	core_load_submit(core, index);
	core_load_answer(core, index,
	    (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = 100 + index,
		.due_ms = core->wall_ms + poll_in_ms });
}

/* All chunks of people but those from `rest` on are done. */
static void
finish_people(struct core_load *core, uint32_t rest)
{
	for (uint32_t i = 0; i < rest; i++)
		core_load_done(core, i, 1 + i, 0);
}

/* ---- sending ---- */

static void
the_first_chunk_of_the_plan_is_sent_first(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	check(&core, ACTION_SUBMIT, 0);
	core_load_submit(&core, 0);
	check(&core, ACTION_SUBMIT, 1);
}

static void
no_more_is_sent_than_uploads_allow_at_a_time(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_submit(&core, 1);
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
}

static void
no_more_is_in_flight_than_the_limit_allows(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (uint32_t i = 0; i < 4; i++)
		accept(&core, i, MINUTE);
	check_wait(&core, WAITING_IMPORTS, MINUTE);
	core_load_event(&core, 0, (struct event){ .type = EVENT_IMPORT_FINISHED,
				      .due_ms = core.wall_ms + 1 });
	check_wait(&core, WAITING_IMPORTS, 1);
	core_load_event(&core, 0, (struct event){ .type = EVENT_RESULT_STORED });
	check(&core, ACTION_SUBMIT, 4);
}

static void
ballots_wait_until_every_chunk_of_people_is_done_or_skipped(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	finish_people(&core, CORE_CHUNKS - 1);
	accept(&core, CORE_CHUNKS - 1, MINUTE);
	check_wait(&core, WAITING_IMPORTS, MINUTE);
	core_load_event(&core, CORE_CHUNKS - 1, (struct event){ .type = EVENT_IMPORT_FINISHED });
	core_load_event(&core, CORE_CHUNKS - 1, (struct event){ .type = EVENT_RESULT_STORED });
	check(&core, ACTION_SUBMIT, CORE_CHUNKS);
}

static void
behind_a_refused_chunk_nothing_goes_on_and_the_run_ends(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	finish_people(&core, CORE_CHUNKS - 1);
	core_load_submit(&core, CORE_CHUNKS - 1);
	core_load_answer(&core, CORE_CHUNKS - 1, (struct event){ .type = EVENT_SUBMIT_REFUSED });
	check_end(&core);
}

static void
a_source_with_too_many_rejected_rows_sends_no_more(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core.sources[PEOPLE].rules.stops_early = true;
	core_load_done(&core, 0, 1, 1);
	check_end(&core);
}

static void
a_chunk_that_failed_is_tried_again_when_its_wait_is_over(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	finish_people(&core, CORE_CHUNKS - 1);
	core_load_submit(&core, 4);
	core_load_answer(&core, 4, (struct event){ .type = EVENT_SUBMIT_NOT_COMPLETE,
				       .due_ms = core.wall_ms + 7000 });
	check_wait(&core, WAITING_BACKOFF, 7000);
	core_load_pass(&core, 7000);
	check(&core, ACTION_SUBMIT, 4);
}

static void
an_empty_retry_budget_delays_what_was_tried_before_and_nothing_else(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_NOT_COMPLETE });
	for (int i = 0; i < 100; i++)
		load_failure(&core.load, 5, core.mono_ms);
	check(&core, ACTION_SUBMIT, 1);
	for (uint32_t i = 1; i < CORE_CHUNKS; i++)
		core_load_done(&core, i, i, 0);
	check_wait(&core, WAITING_BACKOFF, 10000);
}

static void
a_chunk_without_an_attempt_left_is_given_up(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core.chunks[0].attempts = core.chunks[0].attempts_used = 3;
	core.chunks[0].due_ms = core.wall_ms + HOUR;
	core_load_put(&core, 0, &core.chunks[0]);
	for (uint32_t i = 1; i < CORE_CHUNKS; i++)
		core_load_done(&core, i, i, 0);
	check(&core, ACTION_GIVE_UP, 0);
}

/* ---- pacing ---- */

static void
a_chunk_that_is_too_large_is_split_whatever_else_waits(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_TOO_LARGE });
	load_pause(&core.load, core.mono_ms + 1000);
	check(&core, ACTION_SPLIT, 0);
	core_load_event(&core, 0, (struct event){ .type = EVENT_CHUNK_SPLIT });
	check(&core, ACTION_SPLIT, 1); /* was never sent, and is as large */
}

static void
no_request_goes_out_during_a_pause(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	accept(&core, 0, 0);
	load_pause(&core.load, core.mono_ms + MINUTE);
	check_wait(&core, WAITING_PAUSE, MINUTE);
	core_load_pass(&core, MINUTE);
	check(&core, ACTION_STATUS, 0);
}

/* A second is 32 slices of 32 ms; a request counts until its slice is older than that. */
enum { WINDOW_OF_A_SECOND = 33 * 32 };

static void
requests_keep_to_their_rate(void **state)
{
	struct load_limits limits = core_limits();
	struct core_load core;

	(void)state;
	limits.requests = (struct number_rate){ 1, 1000 };
	core_load_init(&core, &limits);
	core_load_start(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_REFUSED });
	check_wait(&core, WAITING_REQUESTS, WINDOW_OF_A_SECOND);
	core_load_pass(&core, WINDOW_OF_A_SECOND);
	check(&core, ACTION_SUBMIT, 1);
}

static void
a_poll_waits_for_the_rate_too(void **state)
{
	struct load_limits limits = core_limits();
	struct core_load core;

	(void)state;
	limits.requests = (struct number_rate){ 1, 1000 };
	limits.in_flight = 1;
	core_load_init(&core, &limits);
	core_load_start(&core);
	accept(&core, 0, 0);
	check_wait(&core, WAITING_REQUESTS, WINDOW_OF_A_SECOND);
}

/* ---- polling ---- */

static void
a_poll_that_is_due_goes_before_a_submit(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	accept(&core, 0, 0);
	check(&core, ACTION_STATUS, 0);
}

static void
a_finished_import_is_asked_for_its_result(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	accept(&core, 0, 0);
	core_load_event(&core, 0, (struct event){ .type = EVENT_IMPORT_FINISHED });
	check(&core, ACTION_RESULT, 0);
}

static void
at_most_four_polls_are_under_way_at_a_time(void **state)
{
	struct load_limits limits = core_limits();
	struct core_load core;

	(void)state;
	limits.in_flight = CORE_CHUNKS;
	core_load_init(&core, &limits);
	core_load_start(&core);
	for (uint32_t i = 0; i < CORE_CHUNKS; i++)
		accept(&core, i, 0);
	for (uint32_t i = 0; i < 4; i++) {
		check(&core, ACTION_STATUS, i);
		load_begin(&core.load, i, REQUEST_STATUS, core.mono_ms);
	}
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
}

/* ---- doubts ---- */

static void
a_doubt_settles_before_it_is_looked_into_while_other_chunks_are_sent(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	check(&core, ACTION_SUBMIT, 1);
	for (uint32_t i = 1; i < CORE_CHUNKS; i++)
		core_load_done(&core, i, i, 0);
	check_wait(&core, WAITING_SETTLE, 5 * MINUTE);
	core_load_pass(&core, 5 * MINUTE);
	check(&core, ACTION_LOOK, 0);
}

static void
a_doubt_without_a_digest_is_hashed_before_anything_else(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_ANSWER_LOST,
				       .due_ms = core.wall_ms + 5 * MINUTE });
	check(&core, ACTION_HASH, 0);
}

static void
a_doubt_is_held_where_the_policy_says_so(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core.sources[PEOPLE].rules.in_doubt = IN_DOUBT_HOLD;
	core_load_lose(&core, 0);
	check(&core, ACTION_HOLD, 0);
}

static void
nothing_is_sent_while_a_doubt_is_due_or_looked_into(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	core_load_submit(&core, 1);
	core_load_pass(&core, 5 * MINUTE);
	check_wait(&core, WAITING_ANSWERS, INT64_MAX); /* the upload runs dry first */
	core_load_answer(&core, 1, (struct event){ .type = EVENT_SUBMIT_REFUSED });
	check(&core, ACTION_LOOK, 0);
	load_begin(&core.load, 0, REQUEST_LIST, core.mono_ms);
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
}

static void
one_doubt_is_looked_into_at_a_time(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	core_load_lose(&core, 1);
	core_load_pass(&core, 5 * MINUTE);
	check(&core, ACTION_LOOK, 0);
	load_begin(&core.load, 0, REQUEST_LIST, core.mono_ms);
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
}

static void
a_look_goes_on_when_a_request_may_go_out(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 1);
	core_load_pass(&core, 5 * MINUTE);
	load_begin(&core.load, 1, REQUEST_LIST, core.mono_ms);
	load_pause(&core.load, core.mono_ms + MINUTE);
	load_want_page(&core.load);
	check_wait(&core, WAITING_PAUSE, MINUTE);
	core_load_pass(&core, MINUTE);
	check(&core, ACTION_PAGE, 1);
	load_page(&core.load, core.mono_ms);
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
}

static void
a_load_that_stops_does_not_wait_for_the_next_page(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	load_begin(&core.load, 0, REQUEST_LIST, core.mono_ms);
	core.load.is_stopping = true;
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
	load_want_page(&core.load);
	check_end(&core);
}

static void
a_look_waits_for_a_pause_to_end(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_lose(&core, 0);
	core_load_pass(&core, 5 * MINUTE);
	load_pause(&core.load, core.mono_ms + MINUTE);
	check_wait(&core, WAITING_PAUSE, MINUTE);
}

static void
after_three_doubts_nothing_is_sent_until_they_are_settled(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (uint32_t i = 0; i < 3; i++)
		core_load_lose(&core, i);
	check_wait(&core, WAITING_DOUBTS, 5 * MINUTE);
	for (uint32_t i = 0; i < 3; i++)
		core_load_event(&core, i, (struct event){ .type = EVENT_PROBE_FOUND,
					      .import_id = 1 + i, .due_ms = core.wall_ms + MINUTE });
	check(&core, ACTION_SUBMIT, 3);
}

static void
with_three_doubts_held_the_run_ends_with_chunks_still_planned(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (uint32_t i = 0; i < 3; i++)
		core_load_lose(&core, i);
	for (uint32_t i = 0; i < 3; i++)
		core_load_event(&core, i, (struct event){ .type = EVENT_DOUBT_HELD });
	check_end(&core);
}

/* ---- ending ---- */

static void
a_load_with_nothing_left_to_do_ends(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	for (uint32_t i = 0; i < CORE_SLOTS; i++)
		core_load_done(&core, i, 1 + i, 0);
	check_end(&core);
}

static void
a_load_that_stops_starts_nothing_and_hears_out_what_is_under_way(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core_load_submit(&core, 0);
	core.load.is_stopping = true;
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
	core_load_answer(&core, 0, (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = 1 });
	check_end(&core);
}

static void
without_a_token_no_request_goes_out_and_the_run_does_not_end(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core.load.is_signed_out = true;
	check_wait(&core, WAITING_TOKEN, INT64_MAX);
	core.load.is_renewing = true;
	check_wait(&core, WAITING_TOKEN, INT64_MAX);
	core.load.is_signed_out = core.load.is_renewing = false;
	assert_int_equal(decide(&core.load, core.mono_ms).kind, ACTION_SUBMIT);
}

static void
a_run_that_stops_does_not_wait_for_a_token_that_was_not_asked_for(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core.load.is_signed_out = core.load.is_stopping = true;
	check_end(&core);
}

/* Its answer may be the only place that has the new refresh token. */
static void
a_token_that_was_asked_for_is_heard_before_the_end(void **state)
{
	struct core_load core;

	(void)state;
	core_load_new(&core);
	core.load.is_stopping = core.load.is_renewing = true;
	check_wait(&core, WAITING_ANSWERS, INT64_MAX);
	core.load.is_renewing = false;
	check_end(&core);
}

static void
every_wait_has_its_words(void **state)
{
	(void)state;
	assert_string_equal(waiting_for_text(WAITING_NOTHING), "");
	for (int i = WAITING_ANSWERS; i <= WAITING_TOKEN; i++)
		assert_true(strlen(waiting_for_text((enum waiting_for)i)) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_chunk_of_the_plan_is_sent_first),
		cmocka_unit_test(no_more_is_sent_than_uploads_allow_at_a_time),
		cmocka_unit_test(no_more_is_in_flight_than_the_limit_allows),
		cmocka_unit_test(ballots_wait_until_every_chunk_of_people_is_done_or_skipped),
		cmocka_unit_test(behind_a_refused_chunk_nothing_goes_on_and_the_run_ends),
		cmocka_unit_test(a_source_with_too_many_rejected_rows_sends_no_more),
		cmocka_unit_test(a_chunk_that_failed_is_tried_again_when_its_wait_is_over),
		cmocka_unit_test(an_empty_retry_budget_delays_what_was_tried_before_and_nothing_else),
		cmocka_unit_test(a_chunk_without_an_attempt_left_is_given_up),
		cmocka_unit_test(a_chunk_that_is_too_large_is_split_whatever_else_waits),
		cmocka_unit_test(no_request_goes_out_during_a_pause),
		cmocka_unit_test(requests_keep_to_their_rate),
		cmocka_unit_test(a_poll_waits_for_the_rate_too),
		cmocka_unit_test(a_poll_that_is_due_goes_before_a_submit),
		cmocka_unit_test(a_finished_import_is_asked_for_its_result),
		cmocka_unit_test(at_most_four_polls_are_under_way_at_a_time),
		cmocka_unit_test(
		    a_doubt_settles_before_it_is_looked_into_while_other_chunks_are_sent),
		cmocka_unit_test(a_doubt_without_a_digest_is_hashed_before_anything_else),
		cmocka_unit_test(a_doubt_is_held_where_the_policy_says_so),
		cmocka_unit_test(nothing_is_sent_while_a_doubt_is_due_or_looked_into),
		cmocka_unit_test(one_doubt_is_looked_into_at_a_time),
		cmocka_unit_test(a_look_goes_on_when_a_request_may_go_out),
		cmocka_unit_test(a_load_that_stops_does_not_wait_for_the_next_page),
		cmocka_unit_test(a_look_waits_for_a_pause_to_end),
		cmocka_unit_test(after_three_doubts_nothing_is_sent_until_they_are_settled),
		cmocka_unit_test(with_three_doubts_held_the_run_ends_with_chunks_still_planned),
		cmocka_unit_test(a_load_with_nothing_left_to_do_ends),
		cmocka_unit_test(a_load_that_stops_starts_nothing_and_hears_out_what_is_under_way),
		cmocka_unit_test(without_a_token_no_request_goes_out_and_the_run_does_not_end),
		cmocka_unit_test(a_run_that_stops_does_not_wait_for_a_token_that_was_not_asked_for),
		cmocka_unit_test(a_token_that_was_asked_for_is_heard_before_the_end),
		cmocka_unit_test(every_wait_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
