#include "platform.h"

#include "tests/unit/core_test.h"

static const enum event_type types[] = {
#define X(name, number, word) EVENT_##name,
	EVENT_TYPES(X)
#undef X
};

static void
every_event_is_found_by_its_word(void **state)
{
	enum event_type type;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		assert_int_equal(event_type_of(event_word(types[i]), &type), 0);
		assert_int_equal(type, types[i]);
	}
}

static void
a_word_of_no_event_is_refused_and_changes_nothing(void **state)
{
	enum event_type type = EVENT_RUN_ENDED;

	(void)state;
	assert_int_equal(event_type_of("submit", &type), -1);
	assert_int_equal(event_type_of("", &type), -1);
	assert_int_equal(type, EVENT_RUN_ENDED);
}

static void
a_number_of_no_event_has_no_word(void **state)
{
	(void)state;
	assert_null(event_word((enum event_type)0));
	assert_null(event_word((enum event_type)9999));
}

static void
the_numbers_on_disk_stay_what_they_are(void **state)
{
	(void)state;
	assert_int_equal(EVENT_RUN_STARTED, 1);
	assert_int_equal(EVENT_TOKEN_REFRESHED, 4);
	assert_int_equal(EVENT_SUBMIT_STARTED, 10);
	assert_int_equal(EVENT_ATTEMPTS_USED_UP, 17);
	assert_int_equal(EVENT_DOUBT_HASHED, 20);
	assert_int_equal(EVENT_ID_CONFLICT, 28);
	assert_int_equal(EVENT_STATUS_CHANGED, 30);
	assert_int_equal(EVENT_RESULT_GONE, 35);
	assert_int_equal(EVENT_RESOLVED_SKIP, 42);
	assert_int_equal(WORD_UNKNOWN, 5);
}

static void
the_nations_words_are_shown_as_it_says_them(void **state)
{
	(void)state;
	assert_string_equal(nation_word_text(WORD_NONE), "");
	assert_string_equal(nation_word_text(WORD_QUEUED), "queued");
	assert_string_equal(nation_word_text(WORD_UNKNOWN), "unknown");
	assert_null(nation_word_text((enum nation_word)6));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_is_found_by_its_word),
		cmocka_unit_test(a_word_of_no_event_is_refused_and_changes_nothing),
		cmocka_unit_test(a_number_of_no_event_has_no_word),
		cmocka_unit_test(the_numbers_on_disk_stay_what_they_are),
		cmocka_unit_test(the_nations_words_are_shown_as_it_says_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
