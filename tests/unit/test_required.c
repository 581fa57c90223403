#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/required.h"

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
missing(bool is_ballot, const char *country, const char *const *names)
{
	static char words[512];
	const struct required_set set = { is_ballot, is_in, names, span_of(country) };
	SCOPED(buf) found = BUF_INIT;

	if (!required_missing(&set, &found))
		assert_int_equal(found.len, 0);
	assert_true(span_copy(words, sizeof(words), buf_span(&found)));
	return words;
}

#define MISSING(is_ballot, country, ...)                                                      \
	missing(is_ballot, country, (const char *const[]){ __VA_ARGS__, NULL })
#define PERSON(...) MISSING(false, NULL, __VA_ARGS__)
#define BALLOT(...) MISSING(true, NULL, __VA_ARGS__)
#define COUNTRY_ELECTION "ballots.vote_method", "election.country_code", "election.election_at"
#define ELECTION COUNTRY_ELECTION, "election.state"

static void
a_person_needs_no_identity(void **state)
{
	(void)state;
	assert_string_equal(PERSON("last_name"), "");
}

static void
an_id_of_a_state_or_county_needs_to_know_which(void **state)
{
	(void)state;
	assert_string_equal(PERSON("state_file_id"),
	    "registered_address.state (state_file_id needs it)");
	assert_string_equal(
	    PERSON("state_file_id", "registered_address.state"), "");
	assert_string_equal(PERSON("county_file_id"),
	    "registered_address.state (county_file_id needs it), "
	    "registered_address.county (county_file_id needs it)");
	assert_string_equal(PERSON("county_file_id", "state_file_id",
				"registered_address.state"),
	    "registered_address.county (county_file_id needs it)");
	assert_string_equal(PERSON("county_file_id",
				"registered_address.county", "registered_address.state"),
	    "");
}

static void
a_ballot_needs_its_election(void **state)
{
	(void)state;
	assert_string_equal(BALLOT("id"),
	    "ballots.vote_method (voted, early or absentee), "
	    "election.country_code (two letters, such as US), "
	    "election.election_at (when the election was), "
	    "election.state (needed in the US)");
	assert_string_equal(BALLOT("id", ELECTION), "");
}

static void
an_election_needs_its_state_unless_it_is_known_to_be_abroad(void **state)
{
	static const char missed[] = "election.state (needed in the US)";

	(void)state;
	assert_string_equal(MISSING(true, "US", "id", COUNTRY_ELECTION), missed);
	assert_string_equal(MISSING(true, "us", "id", COUNTRY_ELECTION), missed);
	assert_string_equal(BALLOT("id", COUNTRY_ELECTION), missed);
	assert_string_equal(MISSING(true, "CA", "id", COUNTRY_ELECTION), "");
	assert_string_equal(MISSING(true, "US", "id", ELECTION), "");
}

static void
a_ballot_needs_one_of_three_identities(void **state)
{
	(void)state;
	assert_string_equal(BALLOT(ELECTION),
	    "one of id, state_file.id, county_file.id (whose ballot it is)");
	assert_string_equal(BALLOT(ELECTION, "nbec_guid"),
	    "one of id, state_file.id, county_file.id (whose ballot it is)");
	assert_string_equal(BALLOT(ELECTION, "state_file.id"),
	    "registered_address.state (state_file.id needs it)");
	assert_string_equal(BALLOT(ELECTION, "county_file.id",
				"registered_address.state"),
	    "registered_address.county (county_file.id needs it)");
	assert_string_equal(BALLOT(ELECTION, "state_file.id",
				"registered_address.state"),
	    "");
	assert_string_equal(BALLOT(ELECTION, "state_file.id",
				"county_file.id", "registered_address.state"),
	    "");
	assert_string_equal(BALLOT(ELECTION, "county_file.id",
				"registered_address.state", "registered_address.county"),
	    "");
}

static bool
identify(const char *const *names)
{
	const struct required_set set = { false, is_in, names, SPAN_NONE };

	return required_identify(&set);
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
		cmocka_unit_test(a_person_needs_no_identity),
		cmocka_unit_test(an_id_of_a_state_or_county_needs_to_know_which),
		cmocka_unit_test(a_ballot_needs_its_election),
		cmocka_unit_test(an_election_needs_its_state_unless_it_is_known_to_be_abroad),
		cmocka_unit_test(a_ballot_needs_one_of_three_identities),
		cmocka_unit_test(a_person_is_known_by_a_unique_id_with_what_it_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
