#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "runner/base/stamp.h"
#include "runner/report/progress.h"
#include "runner/report/rate.h"

/* Saturday 2026-11-21, 22:14:07 here. */
#define NOW INT64_C(1795299247000)
#define HOUR_MS INT64_C(3600000)

static const struct progress_facts usual = {
	.source = "people",
	.rows_accepted = 8506342,
	.rows_rejected = 812,
	.rows_total = 13482001,
	.rows_per_second = 1140,
	.chunks_total = 371,
	.chunks_done = 231,
	.chunks_uploaded = 232,
	.retries = 3,
	.now_ms = NOW,
	.eta_ms = NOW + 5 * HOUR_MS,
	.waiting_for = "",
};

static void
expect_screen(const struct progress_facts *facts, unsigned columns, const char *expected)
{
	SCOPED(buf) text = BUF_INIT;
	unsigned lines = progress_screen(&text, facts, columns);
	unsigned line_ends = 0;

	assert_string_equal(buf_text(&text), expected);
	for (size_t i = 0; i < text.len; i++)
		line_ends += text.ptr[i] == '\n';
	assert_int_equal(lines, line_ends + 1);
}

static void
a_hundred_columns_have_three_lines(void **state)
{
	(void)state;
	expect_screen(&usual, 100,
	    "people  [#############################>................] 63.1%  about 03:14\n"
	    "rows  accepted 8,506,342  rejected 812  of 13,482,001  1,140 rows/s\n"
	    "chunk 231/371  uploaded 232  retries 3");
}

static void
eighty_columns_have_them_too(void **state)
{
	(void)state;
	expect_screen(&usual, 80,
	    "people  [############################>................] 63.1%  about 03:14\n"
	    "rows  accepted 8,506,342  rejected 812  of 13,482,001  1,140 rows/s\n"
	    "chunk 231/371  uploaded 232  retries 3");
}

static void
what_the_nation_works_on_is_shown_where_it_fits(void **state)
{
	struct progress_facts working = usual;

	(void)state;
	working.rows_worked = 12000;
	working.rows_working = 36000;
	expect_screen(&working, 80,
	    "people  [############################>................] 63.1%  about 03:14\n"
	    "rows  accepted 8,506,342  rejected 812  of 13,482,001  1,140 rows/s\n"
	    "chunk 231/371 working 12,000/36,000  uploaded 232  retries 3");
	working.rows_worked = working.rows_working = UINT64_C(1000000000000000000);
	expect_screen(&working, 80,
	    "people  [############################>................] 63.1%  about 03:14\n"
	    "rows  accepted 8,506,342  rejected 812  of 13,482,001  1,140 rows/s\n"
	    "chunk 231/371 working 1,000,000,000,000,000,000/1,000,000,000,000,000,000");
	working.chunks_total = UINT64_C(1000000000);
	expect_screen(&working, 80,
	    "people  [############################>................] 63.1%  about 03:14\n"
	    "rows  accepted 8,506,342  rejected 812  of 13,482,001  1,140 rows/s\n"
	    "chunk 231/1,000,000,000  uploaded 232  retries 3");
}

static void
fifty_columns_have_two_short_lines(void **state)
{
	(void)state;
	expect_screen(&usual, 50,
	    "[###############>........] 63.1% about 03:14\n"
	    "8.50M ok  812 bad  of 13.4M  231/371 ch");
}

static void
thirty_six_columns_are_enough(void **state)
{
	(void)state;
	expect_screen(&usual, 36,
	    "[######>...] 63.1% about 03:14\n"
	    "8.50M ok  812 bad  of 13.4M");
}

static void
no_width_is_ever_exceeded(void **state)
{
	struct progress_facts large = usual;

	(void)state;
	large.source = "a-source-with-a-very-long-name-indeed";
	large.rows_accepted = large.rows_total = UINT64_MAX / 2;
	large.rows_rejected = UINT64_MAX / 2;
	large.rows_per_second = UINT64_MAX;
	large.chunks_done = large.chunks_total = large.chunks_uploaded = 1000000000;
	large.chunks_waiting = large.chunks_refused = large.chunks_failed = 1000000000;
	large.retries = 1000000000;
	large.eta_ms = NOW + 30 * HOUR_MS;
	large.waiting_for = "the nation, which asked us to wait";
	for (unsigned columns = PROGRESS_LEAST_COLUMNS; columns <= 200; columns++) {
		SCOPED(buf) text = BUF_INIT;
		struct span rest;

		progress_screen(&text, &large, columns);
		rest = buf_span(&text);
		while (rest.ptr)
			assert_true(span_next(&rest, '\n').len <= columns);
	}
}

static void
doubts_and_losses_are_shown_where_there_are_any(void **state)
{
	struct progress_facts facts = usual;

	(void)state;
	facts.chunks_waiting = 2;
	facts.chunks_failed = 1;
	facts.waiting_for = "a doubt to settle";
	facts.eta_ms = 0;
	facts.rows_per_second = 0;
	expect_screen(&facts, 100,
	    "people  [#############################>................] 63.1%\n"
	    "rows  accepted 8,506,342  rejected 812  of 13,482,001\n"
	    "chunk 231/371  in doubt 2  failed 1  uploaded 232  retries 3"
	    "  waiting for a doubt to settle");
}

static void
nothing_shows_as_complete_before_it_is(void **state)
{
	struct progress_facts facts = usual;

	(void)state;
	facts.eta_ms = 0;
	facts.rows_rejected = 0;
	facts.rows_total = 1000000;
	facts.rows_accepted = 999999;
	expect_screen(&facts, 40, "[#############>] 99.9%\n999k ok  0 bad  of 1.00M  231/371 ch");
	facts.rows_accepted = 1000000;
	expect_screen(&facts, 40, "[##############] 100.0%\n1.00M ok  0 bad  of 1.00M  231/371 ch");
	facts.rows_accepted = 0;
	expect_screen(&facts, 40, "[>.............] 0.0%\n0 ok  0 bad  of 1.00M  231/371 ch");
}

static void
a_load_without_rows_is_complete(void **state)
{
	const struct progress_facts facts = { .source = "", .waiting_for = "" };

	(void)state;
	expect_screen(&facts, 40, "[##############] 100.0%\n0 ok  0 bad  of 0  0/0 ch");
}

static void
a_distant_end_comes_with_its_day(void **state)
{
	struct progress_facts facts = usual;

	(void)state;
	facts.eta_ms = NOW + 24 * HOUR_MS - 1;
	expect_screen(&facts, 50,
	    "[###############>........] 63.1% about 22:14\n"
	    "8.50M ok  812 bad  of 13.4M  231/371 ch");
	facts.eta_ms = NOW + 53 * HOUR_MS;
	expect_screen(&facts, 50,
	    "[###############>........] 63.1% about Tue 03:14\n"
	    "8.50M ok  812 bad  of 13.4M  231/371 ch");
	facts.eta_ms = NOW + 24 * 9 * HOUR_MS;
	expect_screen(&facts, 50,
	    "[###############>........] 63.1% in 9 days\n"
	    "8.50M ok  812 bad  of 13.4M  231/371 ch");
}

static void
one_line_says_it_in_words(void **state)
{
	struct progress_facts facts = usual;
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	progress_line(&text, &facts);
	assert_string_equal(buf_text(&text),
	    "231 of 371 chunks, 8,506,342 rows accepted, 812 rejected of 13,482,001 (63.1%),"
	    " about 03:14");
	buf_clear(&text);
	facts.chunks_waiting = 1;
	facts.chunks_refused = 2;
	facts.chunks_failed = 1;
	facts.eta_ms = 0;
	progress_line(&text, &facts);
	assert_string_equal(buf_text(&text),
	    "231 of 371 chunks, 1 in doubt, 2 refused, 1 failed, 8,506,342 rows accepted,"
	    " 812 rejected of 13,482,001 (63.1%)");
}

static void
the_facts_are_those_of_all_sources_and_the_name_that_of_the_one_at_work(void **state)
{
	static const struct report_source sources[] = { { .name = "people" },
							{ .name = "ballots" } };
	static const struct report_job job = { "nc", "n", sources, 2, "nc.cfg" };
	struct tally tallies[] = {
		{ .chunks = { [CHUNK_DONE] = 2, [CHUNK_SKIPPED] = 1, [CHUNK_REFUSED] = 1,
			      [CHUNK_FAILED] = 2 },
		  .rows_planned = 400, .rows_succeeded = 190, .rows_failed = 10, .retries = 2,
		  .votes_joint = 1 },
		{ .chunks = { [CHUNK_SUBMITTED] = 1, [CHUNK_HELD] = 1, [CHUNK_PLANNED] = 3 },
		  .rows_planned = 500 },
	};
	struct progress_facts facts = progress_facts(&job, tallies);

	(void)state;
	assert_string_equal(facts.source, "ballots");
	assert_int_equal(facts.rows_total, 900);
	assert_int_equal(facts.rows_accepted, 190);
	assert_int_equal(facts.rows_rejected, 10);
	assert_int_equal(facts.chunks_total, 11);
	assert_int_equal(facts.chunks_done, 3);
	assert_int_equal(facts.chunks_uploaded, 3);
	assert_int_equal(facts.chunks_waiting, 1);
	assert_int_equal(facts.chunks_refused, 1);
	assert_int_equal(facts.chunks_failed, 2);
	assert_int_equal(facts.retries, 2);
	tallies[0].chunks[CHUNK_PLANNED] = 1;
	assert_string_equal(progress_facts(&job, tallies).source, "people");
}

/* ---- the rate */

static void
a_rate_is_unknown_before_anything_happened(void **state)
{
	struct rate rate = { .count = 0 };

	(void)state;
	assert_int_equal(rate_per_second(&rate), 0);
	assert_int_equal(rate_time_ms(&rate, 100), 0);
	rate_note(&rate, 1000, 5000);
	rate_note(&rate, 100000, 5000);
	assert_int_equal(rate_per_second(&rate), 0);
	assert_int_equal(rate_time_ms(&rate, 100), 0);
}

static void
the_rest_takes_as_long_as_the_rows_before_it_did(void **state)
{
	struct rate rate = { .count = 0 };

	(void)state;
	rate_note(&rate, -7000, 400); /* a monotonic clock begins anywhere */
	rate_note(&rate, 3000, 1400);
	assert_int_equal(rate_per_second(&rate), 100);
	assert_int_equal(rate_time_ms(&rate, 5000), 50000);
	assert_int_equal(rate_time_ms(&rate, 0), 0);
}

static void
only_the_last_ten_minutes_count(void **state)
{
	struct rate rate = { .count = 0 };
	int64_t at_ms = 0;
	uint64_t rows = 0;

	(void)state;
	for (int i = 0; i < 3600; i++, at_ms += 1000, rows += 1000)
		rate_note(&rate, at_ms, rows);
	for (int i = 0; i < 600; i++, at_ms += 1000, rows += 10)
		rate_note(&rate, at_ms, rows);
	rate_note(&rate, at_ms, rows);
	assert_int_equal(rate_per_second(&rate), 10);
}

static void
rows_that_are_sent_again_start_the_rate_anew(void **state)
{
	struct rate rate = { .count = 0 };

	(void)state;
	rate_note(&rate, 0, 0);
	rate_note(&rate, 10000, 100000);
	rate_note(&rate, 20000, 50000);
	assert_int_equal(rate_per_second(&rate), 0);
	rate_note(&rate, 30000, 50100);
	assert_int_equal(rate_per_second(&rate), 10);
}

static void
a_hundred_years_are_not_known(void **state)
{
	struct rate rate = { .count = 0 };

	(void)state;
	rate_note(&rate, 0, 0);
	rate_note(&rate, 100000, 1);
	assert_int_equal(rate_time_ms(&rate, UINT64_MAX), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_columns_have_three_lines),
		cmocka_unit_test(eighty_columns_have_them_too),
		cmocka_unit_test(what_the_nation_works_on_is_shown_where_it_fits),
		cmocka_unit_test(fifty_columns_have_two_short_lines),
		cmocka_unit_test(thirty_six_columns_are_enough),
		cmocka_unit_test(no_width_is_ever_exceeded),
		cmocka_unit_test(doubts_and_losses_are_shown_where_there_are_any),
		cmocka_unit_test(nothing_shows_as_complete_before_it_is),
		cmocka_unit_test(a_load_without_rows_is_complete),
		cmocka_unit_test(a_distant_end_comes_with_its_day),
		cmocka_unit_test(one_line_says_it_in_words),
		cmocka_unit_test(
		    the_facts_are_those_of_all_sources_and_the_name_that_of_the_one_at_work),
		cmocka_unit_test(a_rate_is_unknown_before_anything_happened),
		cmocka_unit_test(the_rest_takes_as_long_as_the_rows_before_it_did),
		cmocka_unit_test(only_the_last_ten_minutes_count),
		cmocka_unit_test(rows_that_are_sent_again_start_the_rate_anew),
		cmocka_unit_test(a_hundred_years_are_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
