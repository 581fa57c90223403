/* A whole file: what it is taken for, however its bytes come. */
#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/sniff/look.h"
#include "runner/sniff/propose.h"
#include "runner/sniff/starter.h"
#include "tests/unit/input.h"

static struct look look;

static int
forget(void **state)
{
	(void)state;
	look_done(&look);
	return 0;
}

static int
try_bytes(const char *text, size_t len, size_t most, struct err *err)
{
	struct input input = { .text = text, .len = len, .most = most };
	struct reader reader = input_reader(&input);

	look_done(&look);
	return look_run(&look, &reader, "voters.csv", err);
}

static void
look_at(const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(try_bytes(text, strlen(text), 0, &err), 0);
}

static void
expect_refusal(const char *text, size_t len, const char *words)
{
	struct err err = ERR_INIT;

	assert_int_equal(try_bytes(text, len, 0, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, words));
}

static void
a_header_of_known_names_is_a_header(void **state)
{
	(void)state;
	look_at("Voter ID,First Name,Shoe\n1,Ann,7\n2,Bo,\n");
	assert_true(look.has_header && look.is_header_sure);
	assert_int_equal(look.rows, 2);
	assert_int_equal(look.column_count, 3);
	assert_true(span_is(look.names[2], "Shoe"));
	assert_int_equal(look.columns[2].blank, 1);
	assert_null(look.known);
}

static void
words_that_no_header_has_are_not_shown_as_names(void **state)
{
	(void)state;
	look_at("Smith,John,M\nDoe,Jane,F\n");
	assert_false(look.has_header);
	assert_false(look.is_header_sure);
	assert_true(span_is(look.names[0], "column_1"));
	assert_int_equal(look.rows, 2);
}

static void
a_row_of_data_is_no_header(void **state)
{
	(void)state;
	look_at("Smith,John,19900131\nDoe,Jane,19910131\n");
	assert_false(look.has_header);
	assert_true(look.is_header_sure);
	assert_true(span_is(look.names[2], "column_3"));
}

static void
the_windows_of_a_reader_change_nothing(void **state)
{
	static const char text[] = "\xEF\xBB\xBFvoter_id\tname\tcity\r\n1\t\"a\nb\"\t\"x\"\"y\"\r\n2\t\t\r\n";
	struct err err = ERR_INIT;

	(void)state;
	for (size_t most = 1; most < sizeof(text); most++) {
		assert_int_equal(try_bytes(text, sizeof(text) - 1, most, &err), 0);
		assert_true(look.has_mark);
		assert_int_equal(look.dialect.delimiter, '\t');
		assert_true(look.dialect.quotes);
		assert_true(look.has_header);
		assert_true(span_is(look.names[0], "voter_id"));
		assert_int_equal(look.rows, 2);
		assert_int_equal(look.looked_at, 2);
		assert_int_equal(look.columns[1].blank, 1);
		assert_int_equal(look.problem.kind, PROBLEM_NONE);
		assert_int_equal(look.size, sizeof(text) - 1);
	}
}

static void
stray_quotation_marks_far_behind_take_quoting_away(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	buf_add_text(&text, "voter_id|name|city\n");
	for (int i = 0; i < 200000; i++)
		buf_add_text(&text, "1|Ann|Raleigh\n");
	look_at(buf_text(&text));
	assert_true(look.dialect.quotes);
	buf_add_text(&text, "2|Bo 5'10\" TALL|Cary\n");
	look_at(buf_text(&text));
	assert_false(look.dialect.quotes);
	assert_int_equal(look.problem.kind, PROBLEM_NONE);
	assert_int_equal(look.rows, 200001);
}

static void
a_file_that_no_quoting_mends_keeps_its_problem(void **state)
{
	(void)state;
	look_at("voter_id,name,city\n1,\"a,b\",c\n2,x\"y,z\n3,\"d,e\",f\n");
	assert_true(look.dialect.quotes);
	assert_int_equal(look.problem.kind, PROBLEM_STRAY_QUOTE);
	assert_int_equal(look.problem.line, 3);
}

static void
rows_of_another_length_are_counted(void **state)
{
	(void)state;
	look_at("voter_id,name,city\n1,a,b\n2,a\n3,a,b\n4,a,b,c\n");
	assert_int_equal(look.odd_rows, 2);
	assert_int_equal(look.odd_line, 3);
	assert_int_equal(look.columns[0].filled, 2);
}

static void
the_first_broken_byte_is_shown_by_line_and_shape(void **state)
{
	(void)state;
	look_at("voter_id,name,city\n1,Ann,x\n2,Ram\xF3n 7,y\n3,\xC1,z\n");
	assert_string_equal(bytes_encoding(&look.bytes), "windows-1252");
	assert_int_equal(look.broken_line, 3);
	assert_string_equal(look.broken, "Xxx\xF3x 9");
	assert_int_equal(look.bytes.high, 2);
}

static void
what_is_no_voter_file_is_refused(void **state)
{
	(void)state;
	expect_refusal("", 0, "voters.csv is empty");
	expect_refusal("\xEF\xBB\xBF", 3, "voters.csv is empty");
	expect_refusal("\xFF\xFEi\0d\0", 6, "voters.csv is UTF-16");
	expect_refusal("\n\n", 2, "begins with an empty line\n  Take it out.");
	expect_refusal("id,name\r1,Lee\r", 14, "a carriage return that no line feed follows\n"
		"  Lines end with LF or CR LF.  If all of them end with CR:  tr '\\r' '\\n' <FILE");
	expect_refusal("i\0d\0\n\0001\0", 8, "has a NUL byte in its first line\n"
		"  It is no text, or one in UTF-16 without a byte order mark; then:\n"
		"    iconv -f UTF-16LE -t UTF-8 FILE     or -f UTF-16BE");
	expect_refusal("\"open", 5, "its first line cannot be taken apart");
}

static void
an_unreadable_file_is_the_readers_error(void **state)
{
	struct input input = { .text = "voter_id,name\n", .len = 14, .fails_from = 14 };
	struct reader reader = input_reader(&input);
	struct err err = ERR_INIT;

	(void)state;
	look_done(&look);
	assert_int_equal(look_run(&look, &reader, "voters.csv", &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
}

static void
florida_and_new_york_are_known_by_their_values(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	look_at("ALA\t100000001\t11/03/2020\tGEN\tY\nALA\t100000002\t11/03/2020\tGEN\tA\n");
	assert_non_null(look.known);
	assert_string_equal(look.known->name, "Florida vote history");
	assert_true(span_is(look.names[4], "history_code"));
	for (int i = 0; i < 43; i++)
		buf_add_text(&text, "\"Lee\",");
	buf_add_text(&text, "\"NY000000000123456789\",\"\"\r\n");
	look_at(buf_text(&text));
	assert_non_null(look.known);
	assert_string_equal(look.known->name, "New York voter file");
	assert_true(span_is(look.names[43], "SBOEID"));
}

/* ---- what is made of it ---- */

static bool
is_field(bool is_ballot, struct span name)
{
	return !is_ballot && (span_is(name, "phone_number") || span_is(name, "first_name"));
}

static void
write_job(struct buf *job)
{
	SCOPED(propose) propose = PROPOSE_NONE;
	struct err err = ERR_INIT;
	static const char *const inputs[] = { "a \"b\".csv" };
	struct starter_source source = { &look, &propose, inputs, 1 };
	const struct starter_options options = { .job = "a.cfg", .sources = &source, .source_count = 1 };

	assert_int_equal(propose_make(&propose, &look, is_field, &err), 0);
	assert_int_equal(starter_write(job, &options, &err), 0);
}

static void
expect_line(const struct buf *job, const char *line)
{
	if (!strstr(buf_text(job), line))
		fail_msg("\"%s\" is not in\n%s", line, buf_text(job));
}

static void
a_job_quotes_what_needs_it_and_holds_no_value(void **state)
{
	SCOPED(buf) job = BUF_INIT;

	(void)state;
	look_at("Voter ID,Last Name,Phone Number,Secret\n1,Quibble,919,Zebra\n");
	write_job(&job);
	expect_line(&job, "input     = \"a \\\"b\\\".csv\";");
	expect_line(&job, "( \"Voter ID\",                   \"state_file_id\",");
	expect_line(&job, "( \"Phone Number\",               \"phone_number\",");
	expect_line(&job, "( \"registered_address.state\", \"XX\" )  # DECIDE: which state is it?");
	expect_line(&job, "#   Secret                         text             Xxxxx\n");
	assert_null(strstr(buf_text(&job), "Quibble"));
	assert_null(strstr(buf_text(&job), "Zebra"));
	assert_int_equal(starter_count_decisions(buf_span(&job)), 2);
}

static void
names_that_are_fields_need_no_columns(void **state)
{
	SCOPED(buf) job = BUF_INIT;

	(void)state;
	look_at("first_name,phone_number\nAnn,919\n");
	write_job(&job);
	expect_line(&job, "sent as they are");
	assert_null(strstr(buf_text(&job), "columns   ="));
}

static void
a_name_that_is_there_twice_is_not_mapped(void **state)
{
	SCOPED(buf) job = BUF_INIT;

	(void)state;
	look_at("Voter ID,City,Name {x},City\n1,a,b,c\n");
	look.has_header = true;
	write_job(&job);
	assert_null(strstr(buf_text(&job), "registered_address.city"));
}

static void
every_trouble_is_told(void **state)
{
	SCOPED(buf) words = BUF_INIT;

	(void)state;
	look_at("voter_id,name,city\n1,a,b\n2,a\n\n");
	starter_trouble(&words, &look);
	assert_string_equal(buf_text(&words),
	    "line 4 has an empty line; 1 row has not 3 columns, the first in line 3");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_header_of_known_names_is_a_header, forget),
		cmocka_unit_test_teardown(words_that_no_header_has_are_not_shown_as_names, forget),
		cmocka_unit_test_teardown(a_row_of_data_is_no_header, forget),
		cmocka_unit_test_teardown(the_windows_of_a_reader_change_nothing, forget),
		cmocka_unit_test_teardown(stray_quotation_marks_far_behind_take_quoting_away, forget),
		cmocka_unit_test_teardown(a_file_that_no_quoting_mends_keeps_its_problem, forget),
		cmocka_unit_test_teardown(rows_of_another_length_are_counted, forget),
		cmocka_unit_test_teardown(the_first_broken_byte_is_shown_by_line_and_shape, forget),
		cmocka_unit_test_teardown(what_is_no_voter_file_is_refused, forget),
		cmocka_unit_test_teardown(an_unreadable_file_is_the_readers_error, forget),
		cmocka_unit_test_teardown(florida_and_new_york_are_known_by_their_values, forget),
		cmocka_unit_test_teardown(a_job_quotes_what_needs_it_and_holds_no_value, forget),
		cmocka_unit_test_teardown(names_that_are_fields_need_no_columns, forget),
		cmocka_unit_test_teardown(a_name_that_is_there_twice_is_not_mapped, forget),
		cmocka_unit_test_teardown(every_trouble_is_told, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
