#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/report/news.h"

static const struct report_source sources[] = { { .name = "people" } };
static const struct report_job job = { .sources = sources, .source_count = 1 };

static void
check(const struct event *event, const char *wanted, enum weight wanted_weight)
{
	SCOPED(buf) line = BUF_INIT;
	enum weight weight;

	assert_true(news_of(&line, event, &job, &weight));
	assert_string_equal(buf_text(&line), wanted);
	assert_int_equal(weight, wanted_weight);
}

static void
a_chunk_that_was_not_taken_says_when_it_is_tried_next(void **state)
{
	const struct event event = { .type = EVENT_SUBMIT_NOT_COMPLETE, .chunk = 229, .attempt = 1,
		.at_ms = 1000, .due_ms = 5000, .text = "the nation answered 503" };

	(void)state;
	check(&event,
	    "chunk people-229: not taken: the nation answered 503; next try in 4 s (attempt 2)",
	    WEIGHT_WARNING);
}

static void
a_doubt_says_how_long_it_settles(void **state)
{
	const struct event event = { .type = EVENT_ANSWER_LOST, .chunk = 3, .attempt = 1,
		.at_ms = 1000, .due_ms = 301000, .text = "the nation answered 504" };

	(void)state;
	check(&event,
	    "chunk people-3: in doubt: the nation answered 504; it settles for 5 min, then the "
	    "nation's list is asked",
	    WEIGHT_WARNING);
}

static void
a_chunk_that_was_found_says_as_what(void **state)
{
	const struct event event = { .type = EVENT_PROBE_FOUND, .chunk = 3, .import_id = 252 };

	(void)state;
	check(&event, "chunk people-3: found in the nation's list as import 252", WEIGHT_INFO);
}

static void
what_goes_the_straight_way_is_no_news(void **state)
{
	static const enum event_type straight[] = { EVENT_RUN_STARTED, EVENT_SUBMIT_STARTED,
		EVENT_SUBMIT_ACCEPTED, EVENT_STATUS_CHANGED, EVENT_IMPORT_FINISHED,
		EVENT_RESULT_STORED };
	SCOPED(buf) line = BUF_INIT;
	enum weight weight;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(straight); i++) {
		const struct event event = { .type = straight[i], .chunk = 1 };

		assert_false(news_of(&line, &event, &job, &weight));
	}
	assert_int_equal(line.len, 0);
}

static void
what_no_waiting_mends_names_no_next_try(void **state)
{
	const struct event event = { .type = EVENT_SUBMIT_PUT_OFF, .chunk = 3, .attempt = 1,
		.at_ms = 1000, .text = "the nation answered 403" };

	(void)state;
	check(&event, "chunk people-3: not taken: the nation answered 403", WEIGHT_WARNING);
}

static void
a_word_that_is_not_known_is_a_warning(void **state)
{
	const struct event event = { .type = EVENT_STATUS_CHANGED, .chunk = 3, .attempt = 1,
		.word = WORD_UNKNOWN, .text = "embargoed" };

	(void)state;
	check(&event, "chunk people-3: the nation says \"embargoed\", a word not known here; it is asked "
		      "on until poll.deadline", WEIGHT_WARNING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_waiting_mends_names_no_next_try),
		cmocka_unit_test(a_chunk_that_was_not_taken_says_when_it_is_tried_next),
		cmocka_unit_test(a_doubt_says_how_long_it_settles),
		cmocka_unit_test(a_chunk_that_was_found_says_as_what),
		cmocka_unit_test(what_goes_the_straight_way_is_no_news),
		cmocka_unit_test(a_word_that_is_not_known_is_a_warning),
	};

	return cmocka_run_group_tests_name("news", tests, NULL, NULL);
}
