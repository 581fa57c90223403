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

/* ---- what an import must have ---- */

static bool
is_in(const void *context, const char *name)
{
	for (const char *const *names = context; *names; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

static const char *
missing(enum settings_type type, const char *country, const char *const *names)
{
	static char words[512];
	const struct fields_set set = { type, is_in, names, country };
	SCOPED(buf) found = BUF_INIT;

	if (!fields_missing(&set, &found))
		assert_int_equal(found.len, 0);
	assert_true(span_copy(words, sizeof(words), buf_span(&found)));
	return words;
}

#define MISSING(type, country, ...) missing(type, country, (const char *const[]){ __VA_ARGS__, NULL })
#define COUNTRY_ELECTION "ballots.vote_method", "election.country_code", "election.election_at"
#define ELECTION COUNTRY_ELECTION, "election.state"

static void
a_person_needs_no_identity(void **state)
{
	(void)state;
	assert_string_equal(MISSING(SETTINGS_PEOPLE, NULL, "last_name"), "");
}

static void
an_id_of_a_state_or_county_needs_to_know_which(void **state)
{
	(void)state;
	assert_string_equal(MISSING(SETTINGS_PEOPLE, NULL, "state_file_id"),
	    "registered_address.state (state_file_id needs it)");
	assert_string_equal(
	    MISSING(SETTINGS_PEOPLE, NULL, "state_file_id", "registered_address.state"), "");
	assert_string_equal(MISSING(SETTINGS_PEOPLE, NULL, "county_file_id"),
	    "registered_address.state (county_file_id needs it), "
	    "registered_address.county (county_file_id needs it)");
	assert_string_equal(MISSING(SETTINGS_PEOPLE, NULL, "county_file_id", "state_file_id",
				"registered_address.state"),
	    "registered_address.county (county_file_id needs it)");
	assert_string_equal(MISSING(SETTINGS_PEOPLE, NULL, "county_file_id",
				"registered_address.county", "registered_address.state"),
	    "");
}

static void
a_ballot_needs_its_election(void **state)
{
	(void)state;
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, "id"),
	    "ballots.vote_method (voted, early or absentee), "
	    "election.country_code (two letters, such as US), "
	    "election.election_at (when the election was), "
	    "election.state (needed in the US)");
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, "id", ELECTION), "");
}

static void
an_election_needs_its_state_unless_it_is_known_to_be_abroad(void **state)
{
	static const char missed[] = "election.state (needed in the US)";

	(void)state;
	assert_string_equal(MISSING(SETTINGS_BALLOT, "US", "id", COUNTRY_ELECTION), missed);
	assert_string_equal(MISSING(SETTINGS_BALLOT, "us", "id", COUNTRY_ELECTION), missed);
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, "id", COUNTRY_ELECTION), missed);
	assert_string_equal(MISSING(SETTINGS_BALLOT, "CA", "id", COUNTRY_ELECTION), "");
	assert_string_equal(MISSING(SETTINGS_BALLOT, "US", "id", ELECTION), "");
}

static void
a_ballot_needs_one_of_three_identities(void **state)
{
	(void)state;
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, ELECTION),
	    "one of id, state_file.id, county_file.id (whose ballot it is)");
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, ELECTION, "nbec_guid"),
	    "one of id, state_file.id, county_file.id (whose ballot it is)");
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, ELECTION, "state_file.id"),
	    "registered_address.state (state_file.id needs it)");
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, ELECTION, "county_file.id",
				"registered_address.state"),
	    "registered_address.county (county_file.id needs it)");
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, ELECTION, "state_file.id",
				"registered_address.state"),
	    "");
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, ELECTION, "state_file.id",
				"county_file.id", "registered_address.state"),
	    "");
	assert_string_equal(MISSING(SETTINGS_BALLOT, NULL, ELECTION, "county_file.id",
				"registered_address.state", "registered_address.county"),
	    "");
}

static bool
identify(const char *const *names)
{
	const struct fields_set set = { SETTINGS_PEOPLE, is_in, names, NULL };

	return fields_identify(&set);
}

#define IDENTIFY(...) identify((const char *const[]){ __VA_ARGS__, NULL })

static void
a_person_is_known_by_a_unique_id_with_what_it_needs(void **state)
{
	(void)state;
	assert_false(IDENTIFY("first_name", "last_name", "born_at"));
	assert_true(IDENTIFY("email"));
	assert_true(IDENTIFY("van_id", "last_name"));
	assert_false(IDENTIFY("state_file_id"));
	assert_true(IDENTIFY("state_file_id", "registered_address.state"));
	assert_false(IDENTIFY("county_file_id", "registered_address.state"));
	assert_false(IDENTIFY("county_file_id", "registered_address.county"));
	assert_true(IDENTIFY(
	    "county_file_id", "registered_address.state", "registered_address.county"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_people_and_ballots_are_two_lists),
		cmocka_unit_test(the_case_of_a_field_counts),
		cmocka_unit_test(custom_fields_are_always_known_by_their_full_prefix),
		cmocka_unit_test(a_name_like_no_field_suggests_none),
		cmocka_unit_test(a_person_needs_no_identity),
		cmocka_unit_test(an_id_of_a_state_or_county_needs_to_know_which),
		cmocka_unit_test(a_ballot_needs_its_election),
		cmocka_unit_test(an_election_needs_its_state_unless_it_is_known_to_be_abroad),
		cmocka_unit_test(a_ballot_needs_one_of_three_identities),
		cmocka_unit_test(a_person_is_known_by_a_unique_id_with_what_it_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
