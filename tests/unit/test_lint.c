#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/lint/lint.h"
#include "runner/lint/page.h"

static struct lint lint;

static int
begin(void **state)
{
	const struct lint_options options = { .today = 20261128 };

	(void)state;
	return lint_init(&lint, &options, NULL);
}

static int
end(void **state)
{
	(void)state;
	lint_done(&lint);
	return 0;
}

enum { MOST = 8 };

/* "a,b,c" as spans. */
static size_t
split(const char *text, struct span to[MOST])
{
	struct span rest = span_of(text);
	size_t count = 0;

	while (rest.ptr)
		to[count++] = span_next(&rest, '|');
	return count;
}

/* One pass over the rows, of which the first says the fields. */
static void
pass(uint32_t source, uint32_t input, bool is_people, const char *const *rows)
{
	struct span values[MOST];
	size_t count = split(rows[0], values);

	assert_int_equal(lint_begin(&lint, source, input, is_people, values, count, NULL), 0);
	for (uint64_t row = 1; rows[row]; row++) {
		assert_int_equal(split(rows[row], values), count);
		assert_int_equal(lint_row(&lint, row, row + 1, values, NULL), 0);
	}
}

static void
see(const char *const *rows)
{
	pass(0, 0, true, rows);
	if (lint_settle(&lint))
		pass(0, 0, true, rows);
	assert_int_equal(lint_finish(&lint, NULL), 0);
}

static const char *
input_of(const void *ctx, uint32_t source, uint32_t input)
{
	static const char *const names[2][2] = { { "a.csv", "b.csv" }, { "c.csv", "d.csv" } };

	(void)ctx;
	return names[source][input];
}

/* All of it as lines. */
static void
expect(const char *wanted)
{
	SCOPED(buf) said = BUF_INIT;

	for (size_t i = 0; i < lint.findings.count; i++) {
		const struct finding *finding = &lint.findings.all[i];

		buf_printf(&said, "%s %s %llu\n", findings_word(finding->kind), finding->field,
		    (unsigned long long)finding->rows);
		for (uint32_t j = 0; j < finding->example_count; j++) {
			buf_add_text(&said, " ");
			findings_show(&said, finding, j, input_of, NULL);
			buf_add_byte(&said, '\n');
		}
	}
	assert_string_equal(buf_text(&said), wanted);
}

static void
rows_that_are_fine_have_no_findings(void **state)
{
	static const char *const rows[] = {
		"state_file_id|registered_address.state|born_at|email|phone_number",
		"1|NC|02/29/2000|a@b.co|919-555-0100", "2|NC||| ", "3|VA|1950-12-31||", NULL };

	(void)state;
	see(rows);
	assert_int_equal(lint.rows, 3);
	expect("");
}

static void
an_id_that_is_there_twice_is_shown_with_both_places(void **state)
{
	static const char *const rows[] = { "state_file_id|registered_address.state|first_name",
		"1|NC|Ann", "2|NC|Bo", "1|VA|Cy", "1|NC|Di", "2|NC|Ed", "2|NC|Flo", NULL };

	(void)state;
	see(rows);
	expect("duplicate state_file_id 5\n"
	       " \"1\", line 2 of a.csv, line 5 of a.csv\n"
	       " \"2\", line 3 of a.csv, line 6 of a.csv, 3 rows in all\n");
}

static void
examples_have_different_values_but_where_there_is_none(void **state)
{
	static const char *const rows[] = { "email|registered_address.state|external_id", "|N.C.|1",
		"|N.C.|2", "|N.C.|3", "|N.C.|4", "|S.C.|", "|x|", "|N.C.|", "|y|", NULL };

	(void)state;
	see(rows);
	expect("identity external_id 4\n"
	       " line 6 of a.csv\n"
	       " line 7 of a.csv\n"
	       " line 8 of a.csv\n"
	       "state registered_address.state 8\n"
	       " \"N.C.\", line 2 of a.csv\n"
	       " \"S.C.\", line 6 of a.csv\n"
	       " \"x\", line 7 of a.csv\n"
	       "empty email 0\n");
}

static void
twins_are_found_across_inputs_and_sources(void **state)
{
	static const char *const one[] = { "external_id|first_name", "x|Ann", NULL };
	static const char *const two[] = { "first_name|external_id", "Bo|y", "Cy|x", NULL };
	static const char *const ballots[] = { "id|ballots.vote_method", "1|voted", "1|voted", NULL };

	(void)state;
	for (int round = 0; round < 2; round++) {
		pass(0, 0, true, one);
		pass(1, 1, true, two);
		pass(1, 0, false, ballots);
		if (round == 0)
			assert_true(lint_settle(&lint));
	}
	assert_int_equal(lint_finish(&lint, NULL), 0);
	assert_int_equal(lint.rows, 5);
	expect("duplicate external_id 2\n \"x\", line 2 of a.csv, line 3 of d.csv\n");
}

static void
a_row_without_any_id_is_told(void **state)
{
	static const char *const rows[] = { "state_file_id|registered_address.state|email",
		"1|NC|", "|NC|a@b.co", " |NC| ", NULL };

	(void)state;
	see(rows);
	expect("identity state_file_id 1\n line 4 of a.csv\n");
}

static void
states_dates_mails_and_phones_are_judged_by_their_fields(void **state)
{
	static const char *const rows[] = {
		"id|mailing_address.state|born_at|registered_at|email|mobile_number",
		"1|N.C.|1/2/1990|11/29/2026|nobody|555", "2|Ohio|01/01/1900|11/28/2026|a@b.co|9195550100",
		NULL };

	(void)state;
	see(rows);
	expect("state mailing_address.state 2\n \"N.C.\", line 2 of a.csv\n \"Ohio\", line 3 of a.csv\n"
	       "date born_at 1\n \"1/2/1990\", line 2 of a.csv\n"
	       "future registered_at 1\n \"11/29/2026\", line 2 of a.csv\n"
	       "old born_at 1\n \"01/01/1900\", line 3 of a.csv\n"
	       "e-mail email 1\n \"nobody\", line 2 of a.csv\n"
	       "phone mobile_number 1\n \"555\", line 2 of a.csv\n");
}

static void
what_splits_rows_and_what_is_too_long_is_told(void **state)
{
	char row[400] = "1|5'10\" TALL|a\nb|";
	char note[600] = "2||\"|";
	const char *const rows[] = { "id|first_name|last_name|occupation", row, note, NULL };

	(void)state;
	memset(row + strlen(row), 'x', 256);
	memset(note + strlen(note), 'y', 255);
	see(rows);
	assert_int_equal(lint.findings.count, 4);
	assert_int_equal(lint.findings.all[0].kind, FINDINGS_RETURNS);
	assert_string_equal(lint.findings.all[0].field, "last_name");
	assert_int_equal(lint.findings.all[1].kind, FINDINGS_QUOTES);
	assert_int_equal(lint.findings.all[2].kind, FINDINGS_QUOTES);
	assert_int_equal(lint.findings.all[3].kind, FINDINGS_LONG);
	assert_string_equal(lint.findings.all[3].field, "occupation");
	assert_int_equal(lint.findings.all[3].rows, 1);
}

static void
a_note_may_be_as_long_as_it_likes(void **state)
{
	char row[600] = "1|";
	const char *const rows[] = { "id|note", row, NULL };

	(void)state;
	memset(row + 2, 'x', 500);
	see(rows);
	expect("");
}

static void
a_county_in_several_spellings_is_told_once(void **state)
{
	static const char *const rows[] = { "id|registered_address.county", "1|WAKE", "2|Wake",
		"3|WAKE", "4|Orange", NULL };

	(void)state;
	see(rows);
	expect("spellings registered_address.county 3\n"
	       " \"WAKE\" in 2 rows, first in line 2\n \"Wake\" in 1 row, first in line 3\n");
}

static void
a_field_that_is_empty_everywhere_is_told(void **state)
{
	static const char *const rows[] = { "id|first_name|last_name", "1||Lee", "2| |", NULL };

	(void)state;
	see(rows);
	expect("empty first_name 0\n");
}

static void
an_unknown_field_is_told_once_with_the_nearest(void **state)
{
	static const char *const rows[] = { "id|frist_name", "1|x", NULL };

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(lint_unknown(&lint, 0, span_of("frist_name"),
				     span_of("first_name"), NULL), 0);
	assert_int_equal(lint_unknown(&lint, 0, span_of("shoe"), SPAN_NONE, NULL), 0);
	see(rows);
	expect("unknown frist_name 0\n did you mean first_name?\nunknown shoe 0\n");
}

static void
more_ids_than_there_is_room_for_are_said_aloud(void **state)
{
	static const char *const rows[] = { "id", "1", "2", "3", "1", NULL };

	(void)state;
	lint.ids.hashes.most = 2;
	see(rows);
	assert_int_equal(lint.ids.left_off, 2);
	expect("");
}

static void
names_longer_than_a_field_are_known_by_their_beginning(void **state)
{
	char names[200] = "custom_fields.";
	const char *const rows[] = { names, "x", NULL };

	(void)state;
	memset(names + strlen(names), 'x', 150);
	pass(0, 0, true, rows);
	pass(0, 1, true, rows);
	assert_int_equal(lint.column_count, 1);
}

static void
the_page_escapes_what_comes_from_outside(void **state)
{
	static const char *const rows[] = { "id|email", "1|<script>&\"x", NULL };
	static const char *const sources[] = { "people" };
	const struct page page = { "a<b>.cfg", "ours", "2026-11-28", sources, 1, input_of, NULL };
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	see(rows);
	page_write(&text, &page, &lint);
	assert_null(strstr(buf_text(&text), "<script"));
	assert_non_null(strstr(buf_text(&text), "&lt;script&gt;&amp;&quot;x"));
	assert_non_null(strstr(buf_text(&text), "a&lt;b&gt;.cfg"));
	assert_non_null(strstr(buf_text(&text), "<h2>Source people</h2>"));
}

static void
the_page_of_a_clean_file_says_so(void **state)
{
	static const char *const rows[] = { "id", "1", NULL };
	static const char *const sources[] = { "people" };
	const struct page page = { "a.cfg", "ours", "2026-11-28", sources, 1, input_of, NULL };
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	see(rows);
	page_write(&text, &page, &lint);
	assert_non_null(strstr(buf_text(&text), "Nothing was found."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(rows_that_are_fine_have_no_findings),
		TEST(an_id_that_is_there_twice_is_shown_with_both_places),
		TEST(examples_have_different_values_but_where_there_is_none),
		TEST(twins_are_found_across_inputs_and_sources),
		TEST(a_row_without_any_id_is_told),
		TEST(states_dates_mails_and_phones_are_judged_by_their_fields),
		TEST(what_splits_rows_and_what_is_too_long_is_told),
		TEST(a_note_may_be_as_long_as_it_likes),
		TEST(a_county_in_several_spellings_is_told_once),
		TEST(a_field_that_is_empty_everywhere_is_told),
		TEST(an_unknown_field_is_told_once_with_the_nearest),
		TEST(more_ids_than_there_is_room_for_are_said_aloud),
		TEST(names_longer_than_a_field_are_known_by_their_beginning),
		TEST(the_page_escapes_what_comes_from_outside),
		TEST(the_page_of_a_clean_file_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
