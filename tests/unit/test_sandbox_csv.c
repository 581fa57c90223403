#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "sandbox/csv.h"

/* The cells of a file, each in [ ], a row a line; "!" and the reason where it cannot be read. */
static const char *
read_all(const char *text, size_t len, struct buf *to)
{
	struct csv csv = csv_over((struct span){ text, len });
	SCOPED(csv_row) row = CSV_ROW_INIT;
	struct err err = ERR_INIT;
	int more;

	buf_clear(to);
	while ((more = csv_next(&csv, &row, &err)) > 0) {
		for (size_t i = 0; i < row.count; i++)
			buf_printf(to, "[%.*s]", SPAN_ARG(row.cells[i].value));
		buf_add_byte(to, '\n');
	}
	if (more < 0)
		buf_printf(to, "!%s", err.text);
	return buf_text(to);
}

static void
every_form_of_cell_and_line_end_is_read(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "a", "[a]\n" },
		{ "a\n", "[a]\n" },
		{ "a\r\n", "[a]\n" },
		{ "\n", "[]\n" },
		{ "a\n\nb\n", "[a]\n[]\n[b]\n" },
		{ ",", "[][]\n" },
		{ "a,b\nc,d", "[a][b]\n[c][d]\n" },
		{ "\"a\",\"b\"\n", "[a][b]\n" },
		{ "\"\"", "[]\n" },
		{ "\"a,b\",c", "[a,b][c]\n" },
		{ "\"a\nb\"\r\nc", "[a\nb]\n[c]\n" },
		{ "\"a\r\nb\"", "[a\r\nb]\n" },
		{ "\"a\"\"b\"", "[a\"b]\n" },
		{ "\"\"\"\"", "[\"]\n" },
		{ "\"\"\"a\"\"\",\"\"\"\"\"\"", "[\"a\"][\"\"]\n" },
		{ " a , b ", "[ a ][ b ]\n" },
		{ "a\tb\nc\td", "[a][b]\n[c][d]\n" },
		{ "a\tb,c\n", "[a\tb][c]\n" },
	};
	SCOPED(buf) got = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_string_equal(read_all(cases[i].text, strlen(cases[i].text), &got),
				    cases[i].want);
}

static void
what_cannot_be_read_names_its_line(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "a\"", "!line 1: illegal quoting" },
		{ "a\nb\"c\n", "[a]\n!line 2: illegal quoting" },
		{ " \"a\"", "!line 1: illegal quoting" },
		{ "\"a\" ,b", "!line 1: text after a closing quotation mark" },
		{ "\"a\nb\"c", "!line 2: text after a closing quotation mark" },
		{ "\"a", "!line 1: unclosed quoted field" },
		{ "\"a\"\"", "!line 1: unclosed quoted field" },
		{ "a\n\"", "[a]\n!line 2: unclosed quoted field" },
		{ "a\rb", "!line 1: a carriage return outside quotation marks" },
		{ "a\r", "!line 1: a carriage return outside quotation marks" },
	};
	SCOPED(buf) got = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_string_equal(read_all(cases[i].text, strlen(cases[i].text), &got),
				    cases[i].want);
}

static void
a_row_knows_its_bytes_without_the_line_end(void **state)
{
	struct csv csv = csv_over(span_of("a,\"b\nc\"\r\nd,\"\"\"\"\n"));
	SCOPED(csv_row) row = CSV_ROW_INIT;

	(void)state;
	assert_int_equal(csv_next(&csv, &row, NULL), 1);
	assert_true(span_is(row.raw, "a,\"b\nc\""));
	assert_int_equal(row.line, 1);
	assert_int_equal(csv_next(&csv, &row, NULL), 1);
	assert_true(span_is(row.raw, "d,\"\"\"\""));
	assert_int_equal(row.line, 3);
	assert_int_equal(csv_next(&csv, &row, NULL), 0);
}

static void
what_is_written_is_read_back(void **state)
{
	static const char *const cells[] = { "", "a", "a,b", "\"", "a\"b\"", "a\nb", "a\rb", " " };
	SCOPED(csv_row) row = CSV_ROW_INIT;
	SCOPED(buf) text = BUF_INIT;
	struct csv csv;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cells); i++) {
		buf_add_text(&text, i ? "," : "");
		csv_add(&text, span_of(cells[i]), ',');
	}
	csv = csv_over(buf_span(&text));
	assert_int_equal(csv_next(&csv, &row, NULL), 1);
	assert_int_equal(row.count, ARRAY_COUNT(cells));
	for (size_t i = 0; i < ARRAY_COUNT(cells); i++)
		assert_true(span_is(row.cells[i].value, cells[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_cell_and_line_end_is_read),
		cmocka_unit_test(what_cannot_be_read_names_its_line),
		cmocka_unit_test(a_row_knows_its_bytes_without_the_line_end),
		cmocka_unit_test(what_is_written_is_read_back),
	};

	return cmocka_run_group_tests_name("sandbox/csv", tests, NULL, NULL);
}
