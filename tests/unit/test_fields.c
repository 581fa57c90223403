#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/fields.h"

static void
fields_of_people_and_ballots_are_two_lists(void **state)
{
	static const char *const people[] = { "id", "state_file_id", "precinct.name", "tag_list",
		"registered_address.country_code", "is_dropped_from_file" };
	static const char *const ballot[] = { "id", "state_file.id", "county_file.id",
		"ballots.vote_method", "election.election_at", "registered_address.county" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(people); i++)
		assert_true(fields_known(SETTINGS_PEOPLE, span_of(people[i])));
	for (size_t i = 0; i < ARRAY_COUNT(ballot); i++)
		assert_true(fields_known(SETTINGS_BALLOT, span_of(ballot[i])));
	assert_false(fields_known(SETTINGS_PEOPLE, span_of("state_file.id")));
	assert_false(fields_known(SETTINGS_BALLOT, span_of("state_file_id")));
	assert_false(fields_known(SETTINGS_PEOPLE, span_of("")));
}

static void
the_case_of_a_field_counts(void **state)
{
	(void)state;
	assert_false(fields_known(SETTINGS_PEOPLE, span_of("Email")));
	assert_true(span_is(fields_suggest(SETTINGS_PEOPLE, span_of("Email")), "email"));
}

static void
custom_fields_are_always_known_by_their_full_prefix(void **state)
{
	(void)state;
	assert_true(fields_known(SETTINGS_PEOPLE, span_of("custom_fields.hat")));
	assert_true(fields_known(SETTINGS_BALLOT, span_of("custom_fields.x")));
	assert_false(fields_known(SETTINGS_PEOPLE, span_of("custom_fields.")));
	assert_false(fields_known(SETTINGS_PEOPLE, span_of("custom_field.hat")));
	assert_true(span_is(fields_suggest(SETTINGS_PEOPLE, span_of("custom_field.hat")),
	    "custom_fields.NAME"));
}

static void
a_name_like_no_field_suggests_none(void **state)
{
	(void)state;
	assert_int_equal(fields_suggest(SETTINGS_PEOPLE, span_of("shoe_size_in_cm")).len, 0);
	assert_true(span_is(
	    fields_suggest(SETTINGS_BALLOT, span_of("election_election_at")), "election.election_at"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_people_and_ballots_are_two_lists),
		cmocka_unit_test(the_case_of_a_field_counts),
		cmocka_unit_test(custom_fields_are_always_known_by_their_full_prefix),
		cmocka_unit_test(a_name_like_no_field_suggests_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
