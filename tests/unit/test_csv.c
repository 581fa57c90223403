#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/report/csv.h"

struct example {
	const char *text;
	const char *cell;
};

static void
expect_cells(const struct example *examples, size_t count, void (*put)(struct csv *, struct span))
{
	for (size_t i = 0; i < count; i++) {
		SCOPED(buf) line = BUF_INIT;
		struct csv csv = csv_into(&line);

		put(&csv, span_of(examples[i].text));
		assert_string_equal(buf_text(&line), examples[i].cell);
	}
}

static void
a_cell_is_quoted_only_if_it_has_to_be(void **state)
{
	static const struct example examples[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "two words", "two words" },
		{ " blank", "\" blank\"" },
		{ "blank ", "\"blank \"" },
		{ "x\t", "\"x\t\"" },
		{ " ", "\" \"" },
		{ "a,b", "\"a,b\"" },
		{ "a\nb", "\"a\nb\"" },
		{ "a\rb", "\"a\rb\"" },
		{ "\"", "\"\"\"\"" },
		{ "5'10\" tall", "\"5'10\"\" tall\"" },
		{ "tab\there", "tab\there" },
		{ "N\303\272\303\261ez", "N\303\272\303\261ez" },
		{ "007", "007" },
	};

	(void)state;
	expect_cells(examples, ARRAY_COUNT(examples), csv_text);
	expect_cells(examples, ARRAY_COUNT(examples), csv_raw);
}

static void
a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(void **state)
{
	static const struct example examples[] = {
		{ "=1+1", "'=1+1" },
		{ "+1", "'+1" },
		{ "-1", "'-1" },
		{ "@SUM(A1)", "'@SUM(A1)" },
		{ "\tx", "\"'\tx\"" },
		{ "\rx", "\"'\rx\"" },
		{ "=\"a,b\"", "\"'=\"\"a,b\"\"\"" },
		{ "a=1", "a=1" },
		{ " =1", "\" =1\"" },
		{ "'=1", "'=1" },
	};

	(void)state;
	expect_cells(examples, ARRAY_COUNT(examples), csv_text);
}

static void
raw_cells_are_left_as_they_are(void **state)
{
	static const struct example examples[] = {
		{ "=1+1", "=1+1" }, { "-5", "-5" }, { "@x", "@x" }, { "\rx", "\"\rx\"" },
	};

	(void)state;
	expect_cells(examples, ARRAY_COUNT(examples), csv_raw);
}

static void
a_nul_byte_is_neither_quoted_nor_guarded(void **state)
{
	SCOPED(buf) line = BUF_INIT;
	struct csv csv = csv_into(&line);

	(void)state;
	csv_text(&csv, (struct span){ "\0a", 2 });
	assert_int_equal(line.len, 2);
	assert_memory_equal(line.ptr, "\0a", 2);
}

static void
a_line_has_commas_between_and_a_line_feed_behind(void **state)
{
	SCOPED(buf) text = BUF_INIT;
	struct csv csv = csv_into(&text);

	(void)state;
	csv_empty(&csv);
	csv_number(&csv, UINT64_MAX);
	csv_time(&csv, 0);
	csv_time(&csv, INT64_C(1795299247123));
	csv_end(&csv);
	csv_number(&csv, 0);
	csv_empty(&csv);
	csv_end(&csv);
	assert_string_equal(
	    buf_text(&text), ",18446744073709551615,,2026-11-21T22:14:07Z\n0,\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_is_quoted_only_if_it_has_to_be),
		cmocka_unit_test(a_text_that_a_spreadsheet_would_run_gets_an_apostrophe),
		cmocka_unit_test(raw_cells_are_left_as_they_are),
		cmocka_unit_test(a_nul_byte_is_neither_quoted_nor_guarded),
		cmocka_unit_test(a_line_has_commas_between_and_a_line_feed_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
