#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/base/limits.h"
#include "runner/source/field.h"
#include "runner/source/layout.h"
#include "runner/source/render.h"
#include "tests/unit/input.h"
#include "tests/unit/transcript.h"

static const struct dialect comma = { ',', true };
static const struct dialect tab = { '\t', true };
static const struct dialect pipe_plain = { '|', false };

/* The whole text as sent: header and rows. -1 as layout_read(), whose err is kept. */
static int
send(struct buf *sent, const char *text, struct layout_options options, struct err *err)
{
	struct input input = { .text = text, .len = strlen(text) };
	struct reader reader = input_reader(&input);
	struct rows_options from = { .reader = &reader,
		.dialect = options.dialect,
		.most_record_bytes = 1u << 20,
		.window_bytes = 16,
		.first_row = options.header_count ? 1 : 0 };
	enum rows_verdict verdict;
	SCOPED(layout) layout;
	SCOPED(render) render = { .layout = NULL };
	SCOPED(rows) rows;
	struct row row;
	int read;

	assert_int_equal(rows_init(&rows, &from, err), 0);
	read = layout_read(&layout, &options, &rows, "voters.txt", err);
	if (read)
		return read;
	buf_add_span(sent, buf_span(&layout.header));
	if (!layout.is_verbatim)
		assert_int_equal(render_init(&render, &layout, err), 0);
	while (rows_pull(&rows, &row, &verdict, err) == 0 && verdict == ROWS_ROW) {
		SCOPED(buf) scratch = BUF_INIT;
		uint32_t records = 0;

		if (layout.is_verbatim) {
			buf_add_span(sent, row.raw);
			continue;
		}
		assert_int_equal(render_take(&render, &row, &records, err), 0);
		if (records)
			buf_add_span(sent, render_write(&render, &scratch));
		assert_true(scratch.len <= render_most(&render));
	}
	assert_int_equal(verdict, ROWS_END);
	return 0;
}

static void
expect(const char *text, struct layout_options options, const char *wanted)
{
	struct err err = ERR_INIT;
	SCOPED(buf) sent = BUF_INIT;

	assert_int_equal(send(&sent, text, options, &err), 0);
	assert_string_equal(buf_text(&sent), wanted);
}

static void
expect_refusal(const char *text, struct layout_options options, const char *wanted)
{
	struct err err = ERR_INIT;
	SCOPED(buf) sent = BUF_INIT;

	assert_int_equal(send(&sent, text, options, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.text, wanted);
}

static void
without_columns_and_constants_a_csv_file_goes_byte_for_byte(void **state)
{
	const char *text = "\"id\",a name\r\n\"1\", \n2,\"x\"\r\n3,\"\"";

	(void)state;
	expect(text, (struct layout_options){ .dialect = comma }, text);
}

static void
a_byte_order_mark_is_not_part_of_the_header_line(void **state)
{
	(void)state;
	expect(
	    "\xEF\xBB\xBFid,b\n1,2\n", (struct layout_options){ .dialect = comma }, "id,b\n1,2\n");
}

static void
another_delimiter_becomes_a_comma_and_lines_end_with_lf(void **state)
{
	(void)state;
	expect("id\tfull name\r\n1\tSMITH, ANN\r\n2\t\"a\tb\"\r\n",
	    (struct layout_options){ .dialect = tab }, "id,full name\n1,\"SMITH, ANN\"\n2,a\tb\n");
}

static void
fields_are_quoted_only_where_they_must_be(void **state)
{
	(void)state;
	expect("a|b|c|d|e|f\n5'10\" TALL|x,y| z|z |\t|\n",
	    (struct layout_options){ .dialect = pipe_plain },
	    "a,b,c,d,e,f\n\"5'10\"\" TALL\",\"x,y\",\" z\",\"z \",\"\t\",\n");
	expect("a\tb\tc\td\te\n\"x\"\t\"\"\t\"a\"\"b\"\t\"a\nb\"\t\"a\r\nb\"\n",
	    (struct layout_options){ .dialect = tab },
	    "a,b,c,d,e\nx,,\"a\"\"b\",\"a\nb\",\"a\r\nb\"\n");
}

static void
columns_choose_rename_and_order(void **state)
{
	static const struct layout_column columns[] = { { "last", "last_name" },
		{ "id", "state_file_id" } };

	(void)state;
	expect("id,junk,last\n1,x,\"SMITH\"\n",
	    (struct layout_options){ comma, NULL, 0, columns, 2, NULL, 0 },
	    "last_name,state_file_id\nSMITH,1\n");
}

static void
a_column_may_be_sent_twice_under_two_names(void **state)
{
	static const struct layout_column columns[] = { { "id", "state_file_id" },
		{ "id", "external_id" } };

	(void)state;
	expect("id\n\"a\"\"b,\"\n", (struct layout_options){ comma, NULL, 0, columns, 2, NULL, 0 },
	    "state_file_id,external_id\n\"a\"\"b,\",\"a\"\"b,\"\n");
}

static void
constants_follow_the_columns(void **state)
{
	static const struct layout_column columns[] = { { "id", "state_file_id" } };
	static const struct layout_constant constants[] = { { "tag_list", "NC, \"2026\"" },
		{ "registered_address.state", "NC" } };

	(void)state;
	expect("x,id\n0,1\n", (struct layout_options){ comma, NULL, 0, columns, 1, constants, 2 },
	    "state_file_id,tag_list,registered_address.state\n1,\"NC, \"\"2026\"\"\",NC\n");
	expect("x,id\n0,1", (struct layout_options){ comma, NULL, 0, NULL, 0, constants, 2 },
	    "x,id,tag_list,registered_address.state\n0,1,\"NC, \"\"2026\"\"\",NC\n");
}

static void
a_lone_empty_field_does_not_become_an_empty_line(void **state)
{
	static const struct layout_column columns[] = { { "id", "state_file_id" } };

	(void)state;
	expect("x,id\n0,\n0,\"\"\n", (struct layout_options){ comma, NULL, 0, columns, 1, NULL, 0 },
	    "state_file_id\n\"\"\n\"\"\n");
}

static void
a_header_of_the_job_goes_before_rows_byte_for_byte(void **state)
{
	static const char *const header[] = { "id", "a, name" };
	struct layout_options options = { .dialect = comma, .header = header, .header_count = 2 };

	(void)state;
	expect("\"1\",x\n2, \n", options, "id,\"a, name\"\n\"1\",x\n2, \n");
}

static void
a_header_of_the_job_ends_its_line_as_the_first_record_does(void **state)
{
	static const char *const header[] = { "id", "b" };
	struct layout_options options = { .dialect = comma, .header = header, .header_count = 2 };

	(void)state;
	expect("\xEF\xBB\xBF"
	       "1,x\r\n2,y\r\n",
	    options, "id,b\r\n1,x\r\n2,y\r\n");
	expect("1,x", options, "id,b\n1,x");
	expect("", options, "id,b\n");
}

static void
a_header_of_the_job_names_columns_to_choose_from(void **state)
{
	static const char *const header[] = { "county", "voter_id" };
	static const struct layout_column columns[] = { { "voter_id", "county_file_id" } };

	(void)state;
	expect("ALA\t1\r\nBAK\t2\r\n",
	    (struct layout_options){ tab, header, 2, columns, 1, NULL, 0 },
	    "county_file_id\n1\n2\n");
}

static void
a_file_without_a_byte_has_the_columns_of_the_job(void **state)
{
	static const struct layout_column columns[] = { { "id", "state_file_id" } };

	(void)state;
	expect(
	    "", (struct layout_options){ comma, NULL, 0, columns, 1, NULL, 0 }, "state_file_id\n");
	expect("", (struct layout_options){ .dialect = comma }, "");
}

static void
a_missing_column_is_named_with_the_nearest_one(void **state)
{
	static const struct layout_column near[] = { { "last_nam", "last_name" } };
	static const struct layout_column far[] = { { "ncid", "state_file_id" } };

	(void)state;
	expect_refusal("id,last_name\n1,2\n",
	    (struct layout_options){ comma, NULL, 0, near, 1, NULL, 0 },
	    "voters.txt has no column \"last_nam\", which the job sends as last_name\n"
	    "  Did you mean \"last_name\"?\n"
	    "Nothing was sent.");
	expect_refusal("a,b,c,d,e,f,g,h,i\n",
	    (struct layout_options){ comma, NULL, 0, far, 1, NULL, 0 },
	    "voters.txt has no column \"ncid\", which the job sends as state_file_id\n"
	    "  It has 9: a, b, c, d, e, f, g, h, ...\n"
	    "Nothing was sent.");
}

static void
a_column_that_stands_twice_is_refused_where_it_is_sent(void **state)
{
	static const struct layout_column columns[] = { { "id", "state_file_id" } };
	static const struct layout_column others[] = { { "b", "last_name" } };

	(void)state;
	expect_refusal("id,b,\"id\"\n1,2,3\n", (struct layout_options){ .dialect = comma },
	    "voters.txt has the column \"id\" twice: it is column 1 and column 3\n"
	    "  Which of them counts cannot be known.  Rename one in the header line.\n"
	    "Nothing was sent.");
	expect_refusal("id,b,id\n1,2,3\n",
	    (struct layout_options){ comma, NULL, 0, columns, 1, NULL, 0 },
	    "voters.txt has the column \"id\" twice: it is column 1 and column 3\n"
	    "  Which of them counts cannot be known.  Rename one in the header line.\n"
	    "Nothing was sent.");
	expect("id,b,id\n1,2,3\n", (struct layout_options){ comma, NULL, 0, others, 1, NULL, 0 },
	    "last_name\n2\n");
}

static void
a_constant_does_not_double_a_column_of_the_file(void **state)
{
	static const struct layout_constant constants[] = { { "id", "7" } };

	(void)state;
	expect_refusal("id\n1\n", (struct layout_options){ comma, NULL, 0, NULL, 0, constants, 1 },
	    "voters.txt already has id, which the job also sets as a constant\n"
	    "  Leave one of them out.\n"
	    "Nothing was sent.");
}

static void
a_column_without_a_name_is_refused_where_all_are_sent(void **state)
{
	(void)state;
	expect_refusal("id,,c\n1,2,3\n", (struct layout_options){ .dialect = comma },
	    "voters.txt has no name for column 2\n"
	    "  Name it in the header line, or choose the columns to send.\n"
	    "Nothing was sent.");
}

static void
too_many_columns_are_refused(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < LIMIT_COLUMNS; i++)
		buf_printf(&text, "c%u,", i);
	buf_add_text(&text, "last\n");
	expect_refusal(buf_text(&text), (struct layout_options){ .dialect = comma },
	    "voters.txt has a header line of 2049 columns, more than 2048\n"
	    "  Is the delimiter right?\n"
	    "Nothing was sent.");
}

static void
as_many_columns_as_allowed_are_taken(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < LIMIT_COLUMNS; i++)
		buf_printf(&text, "%sc%u", i ? "\t" : "", i);
	buf_add_byte(&text, '\n');
	{
		SCOPED(buf) sent = BUF_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(
		    send(&sent, buf_text(&text), (struct layout_options){ .dialect = tab }, &err),
		    0);
		assert_int_equal(sent.len, text.len);
	}
}

static void
bad_bytes_in_the_header_line_are_the_rows_problem(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(buf) sent = BUF_INIT;

	(void)state;
	assert_int_equal(
	    send(&sent, "id,\"b\n", (struct layout_options){ .dialect = comma }, &err), 1);
}

static void
a_value_is_what_stands_between_its_quotation_marks(void **state)
{
	char room[16];
	struct span raw = span_of("\"a\"\"b\"\"\"");

	(void)state;
	assert_true(span_is(field_value(raw, comma, room), "a\"b\""));
	assert_true(span_is(field_value(span_of("\"\""), comma, room), ""));
	assert_true(span_is(field_value(span_of("plain"), comma, room), "plain"));
	assert_true(span_is(field_value(span_of("\"a\""), pipe_plain, room), "\"a\""));
	assert_true(span_is(field_inner(raw, comma), "a\"\"b\"\""));
}

/* What is rendered, read again, has the same values. */
static void
rendered_rows_hold_the_values_of_the_file(void **state)
{
	unsigned seed = 3;

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		const struct dialect dialect = i % 2 ? tab : pipe_plain;
		struct layout_options sending = { .dialect = dialect };
		struct layout_options reading = { .dialect = comma };
		struct err err = ERR_INIT;
		SCOPED(buf) text = BUF_INIT;
		SCOPED(buf) once = BUF_INIT;
		SCOPED(buf) again = BUF_INIT;

		buf_add_text(&text, dialect.delimiter == '\t' ? "h1\th2\n" : "h1|h2\n");
		for (unsigned rows = transcript_roll(&seed, 5); rows; rows--) {
			static const char *const values[] = { "\"a\"", "b, c", " x", "\"\"", "Ñ",
				"q" };

			buf_printf(&text, "%s%c%s\n",
			    values[transcript_roll(&seed, ARRAY_COUNT(values))], dialect.delimiter,
			    values[transcript_roll(&seed, ARRAY_COUNT(values))]);
		}
		assert_int_equal(send(&once, buf_text(&text), sending, &err), 0);
		/* Sent again by the same rules, but through the renderer, nothing changes. */
		reading.columns = (const struct layout_column[]){ { "h1", "h1" }, { "h2", "h2" } };
		reading.column_count = 2;
		assert_int_equal(send(&again, buf_text(&once), reading, &err), 0);
		assert_string_equal(buf_text(&again), buf_text(&once));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_columns_and_constants_a_csv_file_goes_byte_for_byte),
		cmocka_unit_test(a_byte_order_mark_is_not_part_of_the_header_line),
		cmocka_unit_test(another_delimiter_becomes_a_comma_and_lines_end_with_lf),
		cmocka_unit_test(fields_are_quoted_only_where_they_must_be),
		cmocka_unit_test(columns_choose_rename_and_order),
		cmocka_unit_test(a_column_may_be_sent_twice_under_two_names),
		cmocka_unit_test(constants_follow_the_columns),
		cmocka_unit_test(a_lone_empty_field_does_not_become_an_empty_line),
		cmocka_unit_test(a_header_of_the_job_goes_before_rows_byte_for_byte),
		cmocka_unit_test(a_header_of_the_job_ends_its_line_as_the_first_record_does),
		cmocka_unit_test(a_header_of_the_job_names_columns_to_choose_from),
		cmocka_unit_test(a_file_without_a_byte_has_the_columns_of_the_job),
		cmocka_unit_test(a_missing_column_is_named_with_the_nearest_one),
		cmocka_unit_test(a_column_that_stands_twice_is_refused_where_it_is_sent),
		cmocka_unit_test(a_constant_does_not_double_a_column_of_the_file),
		cmocka_unit_test(a_column_without_a_name_is_refused_where_all_are_sent),
		cmocka_unit_test(too_many_columns_are_refused),
		cmocka_unit_test(as_many_columns_as_allowed_are_taken),
		cmocka_unit_test(bad_bytes_in_the_header_line_are_the_rows_problem),
		cmocka_unit_test(a_value_is_what_stands_between_its_quotation_marks),
		cmocka_unit_test(rendered_rows_hold_the_values_of_the_file),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
