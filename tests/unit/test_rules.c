#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/source/rules.h"
#include "tests/unit/input.h"

#define BALLOT_HEADER                                                                       \
	"state_file.id,registered_address.state,ballots.vote_method,election.country_code," \
	"election.state,election.election_at\n"

#define BY_COUNTY "county_file.id,registered_address.state,registered_address.county"

/* The counts for a comma file with a header line; rules_init()'s result. */
static int
look(struct rules *rules, enum rules_type type, const char *text, struct err *err)
{
	struct layout_options options = { .dialect = { ',', true } };
	struct input input = { .text = text, .len = strlen(text) };
	struct reader reader = input_reader(&input);
	struct rows_options from = {
		.reader = &reader, .dialect = options.dialect, .most_record_bytes = 1u << 20
	};
	enum rows_verdict verdict;
	SCOPED(layout) layout;
	SCOPED(rows) rows;
	struct row row;

	assert_int_equal(rows_init(&rows, &from, err), 0);
	assert_int_equal(layout_read(&layout, &options, &rows, "ballots.csv", err), 0);
	rows_take_apart(&rows, true);
	if (rules_init(rules, type, &layout, "ballots.csv", err))
		return -1;
	while (rows_pull(&rows, &row, &verdict, err) == 0 && verdict == ROWS_ROW)
		rules_row(rules, &layout, &row, NULL);
	assert_int_equal(verdict, ROWS_END);
	return 0;
}

/* How many rows broke `rule`; all other rules were kept. */
static void
expect_only(enum rules_type type, const char *text, enum rule rule, uint64_t rows)
{
	struct err err = ERR_INIT;
	struct rules rules;

	assert_int_equal(look(&rules, type, text, &err), 0);
	for (unsigned i = 0; i < RULE_COUNT; i++)
		assert_int_equal(rules.counts[i].rows, i == rule ? rows : 0);
}

static void
expect_missing(enum rules_type type, const char *text, const char *field)
{
	struct err err = ERR_INIT;
	struct rules rules;

	assert_int_equal(look(&rules, type, text, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, field));
	assert_non_null(strstr(err.text, "ballots.csv: no column becomes "));
	assert_non_null(strstr(err.text, "Nothing was sent."));
}

static void
a_good_ballot_breaks_no_rule(void **state)
{
	(void)state;
	expect_only(RULES_BALLOT,
	    BALLOT_HEADER "1,NC,voted,US,NC,11/03/2026\n2,nc,early,US,NC,2026-11-03\n"
			  "\"3\",\"NC\",\"absentee\",\"US\",\"NC\",\"02/29/2024\"\n",
	    RULE_COUNT, 0);
}

static void
only_three_vote_methods_are_known(void **state)
{
	(void)state;
	expect_only(RULES_BALLOT,
	    BALLOT_HEADER "1,NC,Voted,US,NC,11/03/2026\n1,NC,,US,NC,11/03/2026\n"
			  "1,NC,voted ,US,NC,11/03/2026\n",
	    RULE_VOTE_METHOD, 3);
}

static void
the_day_of_an_election_must_exist(void **state)
{
	(void)state;
	expect_only(RULES_BALLOT,
	    BALLOT_HEADER
	    "1,NC,voted,US,NC,02/30/2026\n1,NC,voted,US,NC,\n1,NC,voted,US,NC,11/3/2026\n",
	    RULE_ELECTION_AT, 3);
}

static void
a_state_has_two_letters(void **state)
{
	(void)state;
	expect_only(RULES_BALLOT,
	    BALLOT_HEADER "1,North Carolina,voted,US,NC,11/03/2026\n1,,voted,US,NC,11/03/2026\n"
			  "1,N1,voted,US,NC,11/03/2026\n",
	    RULE_STATE, 3);
	expect_only(
	    RULES_BALLOT, BALLOT_HEADER "1,NC,voted,US,37,11/03/2026\n", RULE_ELECTION_STATE, 1);
}

static void
a_country_has_two_letters(void **state)
{
	(void)state;
	expect_only(RULES_BALLOT, BALLOT_HEADER "1,NC,voted,USA,NC,11/03/2026\n", RULE_COUNTRY, 1);
}

static void
outside_the_us_an_election_needs_no_state(void **state)
{
	(void)state;
	expect_only(
	    RULES_BALLOT, BALLOT_HEADER "1,NC,voted,CA,Ontario,11/03/2026\n", RULE_COUNT, 0);
}

static void
a_ballot_is_somebodys(void **state)
{
	(void)state;
	expect_only(RULES_BALLOT,
	    BALLOT_HEADER ",NC,voted,US,NC,11/03/2026\n\" \",NC,voted,US,NC,11/03/2026\n",
	    RULE_IDENTITY, 2);
}

static void
a_ballot_with_an_id_needs_no_other_identity(void **state)
{
	(void)state;
	expect_only(RULES_BALLOT,
	    "id,state_file.id,registered_address.state,ballots.vote_method,election.country_code,"
	    "election.state,election.election_at\n7,,,voted,US,NC,11/03/2026\n",
	    RULE_COUNT, 0);
}

static void
a_county_id_needs_its_county(void **state)
{
	(void)state;
	expect_only(RULES_PEOPLE,
	    "county_file_id,registered_address.state,registered_address.county\n"
	    "1,NC,\n2,NC,Wake\n,,\n",
	    RULE_COUNTY, 1);
}

static void
a_persons_state_id_needs_a_two_letter_state(void **state)
{
	(void)state;
	expect_only(RULES_PEOPLE, "state_file_id,registered_address.state\n1,NC\n2,\n3,N.C.\n,\n",
	    RULE_STATE, 2);
}

static void
examples_are_the_first_rows(void **state)
{
	struct err err = ERR_INIT;
	struct rules rules;
	const struct rules_count *count = &rules.counts[RULE_STATE];

	(void)state;
	look(&rules, RULES_PEOPLE,
	    "state_file_id,registered_address.state\n1,NC\n2,\"X\n\"\n3,Y\n4,Z\n5,W\n", &err);
	assert_int_equal(count->rows, 4);
	assert_int_equal(count->examples[0].row, 2);
	assert_int_equal(count->examples[0].line, 3);
	assert_string_equal(count->examples[0].value, "X\n");
	assert_int_equal(count->examples[1].row, 3);
	assert_int_equal(count->examples[1].line, 5);
	assert_string_equal(count->examples[2].value, "Z");
}

static void
counts_of_inputs_add_up_and_examples_stay_in_order(void **state)
{
	struct err err = ERR_INIT;
	struct rules first, second;

	(void)state;
	look(&first, RULES_PEOPLE, "state_file_id,registered_address.state\n1,A\n2,B\n", &err);
	look(&second, RULES_PEOPLE, "state_file_id,registered_address.state\n1,C\n2,D\n", &err);
	rules_add(first.counts, second.counts);
	assert_int_equal(first.counts[RULE_STATE].rows, 4);
	assert_string_equal(first.counts[RULE_STATE].examples[0].value, "A");
	assert_string_equal(first.counts[RULE_STATE].examples[2].value, "C");
}

static void
every_column_that_a_ballot_needs_is_asked_for(void **state)
{
	(void)state;
	expect_missing(RULES_BALLOT,
	    "state_file.id,registered_address.state,election.country_code,election.state,"
	    "election.election_at\n",
	    "ballots.vote_method");
	expect_missing(RULES_BALLOT,
	    "state_file.id,registered_address.state,ballots.vote_method,election.state,"
	    "election.election_at\n",
	    "election.country_code");
	expect_missing(RULES_BALLOT,
	    "state_file.id,registered_address.state,ballots.vote_method,election.country_code,"
	    "election.election_at\n",
	    "election.state");
	expect_missing(RULES_BALLOT,
	    "state_file.id,registered_address.state,ballots.vote_method,election.country_code,"
	    "election.state\n",
	    "election.election_at");
}

static void
a_ballot_needs_one_whole_identity(void **state)
{
	static const struct {
		const char *header, *missing;
	} halves[] = {
		{ "state_file.id", "registered_address.state (state_file.id needs it)" },
		{ "registered_address.state", "one of id, state_file.id, county_file.id" },
		{ "county_file.id,registered_address.state",
		    "registered_address.county (county_file.id needs it)" },
		{ "county_file.id,registered_address.county",
		    "registered_address.state (county_file.id needs it)" },
		{ "state_file_id,registered_address.state",
		    "one of id, state_file.id, county_file.id" },
	};
	static const char *const wholes[] = { "id", "state_file.id,registered_address.state",
		BY_COUNTY };
	const char *rest = ",ballots.vote_method,election.country_code,election.state,"
			   "election.election_at\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(halves); i++) {
		SCOPED(buf) header = BUF_INIT;

		buf_printf(&header, "%s%s", halves[i].header, rest);
		expect_missing(RULES_BALLOT, buf_text(&header), halves[i].missing);
	}
	for (size_t i = 0; i < ARRAY_COUNT(wholes); i++) {
		SCOPED(buf) header = BUF_INIT;

		buf_printf(&header, "%s%s", wholes[i], rest);
		expect_only(RULES_BALLOT, buf_text(&header), RULE_COUNT, 0);
	}
}

static void
a_state_id_without_a_state_makes_duplicates_and_is_refused(void **state)
{
	(void)state;
	expect_missing(RULES_PEOPLE, "state_file_id,last_name\n", "registered_address.state");
	expect_missing(
	    RULES_PEOPLE, "county_file_id,registered_address.state\n", "registered_address.county");
	expect_only(RULES_PEOPLE, "email,last_name\n,\n", RULE_COUNT, 0);
}

static void
dates_are_possible_days_in_two_forms(void **state)
{
	static const char *const good[] = { "11/03/2026", "2026-11-03", "02/29/2024",
		"2000-02-29" };
	static const char *const bad[] = { "", "11/03/26", "3/11/2026", "13/01/2026", "00/01/2026",
		"01/00/2026", "04/31/2026", "02/29/2023", "1900-02-29", "2026/11/03", "11-03-2026",
		"2026-11-3x", "0000-01-01", "11/03/2026 ", " 1/03/2026", "aa/bb/cccc" };
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good) + ARRAY_COUNT(bad); i++) {
		bool is_good = i < ARRAY_COUNT(good);

		buf_clear(&text);
		buf_printf(&text, BALLOT_HEADER "1,NC,voted,US,NC,%s\n",
		    is_good ? good[i] : bad[i - ARRAY_COUNT(good)]);
		expect_only(RULES_BALLOT, buf_text(&text), RULE_ELECTION_AT, !is_good);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_ballot_breaks_no_rule),
		cmocka_unit_test(only_three_vote_methods_are_known),
		cmocka_unit_test(the_day_of_an_election_must_exist),
		cmocka_unit_test(a_state_has_two_letters),
		cmocka_unit_test(a_country_has_two_letters),
		cmocka_unit_test(outside_the_us_an_election_needs_no_state),
		cmocka_unit_test(a_ballot_is_somebodys),
		cmocka_unit_test(a_ballot_with_an_id_needs_no_other_identity),
		cmocka_unit_test(a_county_id_needs_its_county),
		cmocka_unit_test(a_persons_state_id_needs_a_two_letter_state),
		cmocka_unit_test(examples_are_the_first_rows),
		cmocka_unit_test(counts_of_inputs_add_up_and_examples_stay_in_order),
		cmocka_unit_test(every_column_that_a_ballot_needs_is_asked_for),
		cmocka_unit_test(a_ballot_needs_one_whole_identity),
		cmocka_unit_test(a_state_id_without_a_state_makes_duplicates_and_is_refused),
		cmocka_unit_test(dates_are_possible_days_in_two_forms),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
