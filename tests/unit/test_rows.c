#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/source/rows.h"
#include "tests/unit/input.h"
#include "tests/unit/transcript.h"

static const struct dialect comma = { ',', true };

/* Every row with its place and fields, then how it ended. */
static void
tell(struct buf *to, const char *text, size_t len, struct rows_options options, size_t most)
{
	struct input input = { .text = text, .len = len, .most = most };
	struct reader reader = input_reader(&input);
	struct err err = ERR_INIT;
	enum rows_verdict verdict;
	SCOPED(rows) rows;
	struct row row;

	options.reader = &reader;
	assert_int_equal(rows_init(&rows, &options, &err), 0);
	while (rows_pull(&rows, &row, &verdict, &err) == 0 && verdict == ROWS_ROW) {
		buf_printf(
		    to, "%u@%u:%u", (unsigned)row.row, (unsigned)row.byte, (unsigned)row.line);
		for (uint32_t i = 0; i < row.fields; i++)
			buf_printf(to, "[%.*s]", SPAN_ARG(rows_field(&row, i)));
		buf_add_byte(to, ' ');
		assert_int_equal(row.end - row.byte, row.raw.len);
		assert_memory_equal(row.raw.ptr, text + row.byte, row.raw.len);
	}
	if (verdict == ROWS_PROBLEM)
		buf_printf(to, "problem %d row %u line %u byte %u column %u",
		    rows.scan.problem.kind, (unsigned)rows.scan.problem.row,
		    (unsigned)rows.scan.problem.line, (unsigned)rows.scan.problem.byte,
		    rows.scan.problem.column);
	else
		buf_printf(to, "end %u", (unsigned)rows.at_end);
}

/* The same in windows of every size and in reads of every size. */
static void
expect_with(const char *text, size_t len, struct rows_options options, const char *wanted)
{
	for (size_t window = 1; window <= len + 2; window++) {
		for (size_t most = 0; most < 4; most++) {
			SCOPED(buf) told = BUF_INIT;

			options.window_bytes = window;
			tell(&told, text, len, options, most);
			assert_string_equal(buf_text(&told), wanted);
		}
	}
}

static void
expect(const char *text, const char *wanted)
{
	struct rows_options options = { .dialect = comma, .most_record_bytes = 1000 };

	expect_with(text, strlen(text), options, wanted);
}

static void
rows_are_whole_wherever_a_window_ends(void **state)
{
	(void)state;
	expect("a,b\r\n\"1\r\n\"\"\",2\nÑ,€",
	    "0@0:1[a][b] 1@5:2[\"1\r\n\"\"\"][2] 2@15:4[Ñ][€] end 21");
}

static void
an_input_without_bytes_has_no_rows(void **state)
{
	(void)state;
	expect("", "end 0");
}

static void
a_byte_order_mark_is_dropped(void **state)
{
	(void)state;
	expect("\xEF\xBB\xBFid\n1\n", "0@3:1[id] 1@6:2[1] end 8");
	expect("\xEF\xBB\xBF\"id\"\n", "0@3:1[\"id\"] end 8");
	expect("\xEF\xBB\xBF", "end 3");
}

static void
a_byte_order_mark_is_dropped_once_and_at_the_front_only(void **state)
{
	(void)state;
	expect("\xEF\xBB\xBF\xEF\xBB\xBFid\n", "0@3:1[\xEF\xBB\xBFid] end 9");
	expect("a\n\xEF\xBB\xBF\n", "0@0:1[a] 1@2:2[\xEF\xBB\xBF] end 6");
}

static void
half_a_byte_order_mark_is_not_utf8(void **state)
{
	(void)state;
	expect("\xEF\xBB", "problem 2 row 0 line 1 byte 0 column 0");
	expect("\xEF\xBB,a\n", "problem 2 row 0 line 1 byte 0 column 0");
	expect("\xEF", "problem 2 row 0 line 1 byte 0 column 0");
}

static void
what_is_expected_survives_a_byte_order_mark(void **state)
{
	struct input input = { .text = "\xEF\xBB\xBF"
				       "a,b\n",
		.len = 7 };
	struct reader reader = input_reader(&input);
	struct rows_options options = {
		.reader = &reader, .dialect = comma, .most_record_bytes = 99
	};
	enum rows_verdict verdict;
	struct err err = ERR_INIT;
	SCOPED(rows) rows;
	struct row row;

	(void)state;
	assert_int_equal(rows_init(&rows, &options, &err), 0);
	rows_expect(&rows, 3);
	assert_int_equal(rows_pull(&rows, &row, &verdict, &err), 0);
	assert_int_equal(verdict, ROWS_PROBLEM);
	assert_int_equal(rows.scan.problem.kind, PROBLEM_FIELD_COUNT);
}

static void
broken_characters_are_found_in_row_line_and_column(void **state)
{
	(void)state;
	expect("a,b\n\"\n\",N\xFA\xF1"
	       "ez\n",
	    "0@0:1[a][b] problem 2 row 1 line 3 byte 9 column 1");
	expect("a,b\n1,\xC3", "0@0:1[a][b] problem 2 row 1 line 2 byte 6 column 1");
	expect("a,b\n1,\xE2\x82", "0@0:1[a][b] problem 2 row 1 line 2 byte 6 column 1");
	expect("a,b\n\xFF", "0@0:1[a][b] problem 2 row 1 line 2 byte 4 column 0");
}

static void
a_nul_byte_is_found_in_row_line_and_column(void **state)
{
	struct rows_options options = { .dialect = comma, .most_record_bytes = 1000 };

	(void)state;
	expect_with(
	    "a,b\n1,\0\n", 8, options, "0@0:1[a][b] problem 1 row 1 line 2 byte 6 column 1");
}

static void
of_two_problems_the_first_is_told(void **state)
{
	(void)state;
	expect("a\"b\xFF\n", "problem 3 row 0 line 1 byte 1 column 0");
	expect("a\xFF"
	       "b\"\n",
	    "problem 2 row 0 line 1 byte 1 column 0");
	expect("\"a\"\xC3\n", "problem 4 row 0 line 1 byte 3 column 0");
}

static void
a_record_may_be_as_long_as_allowed_and_no_longer(void **state)
{
	struct rows_options options = { .dialect = comma, .most_record_bytes = 6 };

	(void)state;
	expect_with("a\n1234\r\n12345\n123456", 20, options,
	    "0@0:1[a] 1@2:2[1234] 2@8:3[12345] 3@14:4[123456] end 20");
	expect_with("a\n12345\r\n", 9, options, "0@0:1[a] problem 9 row 1 line 2 byte 2 column 0");
	expect_with("a\n1234567", 9, options, "0@0:1[a] problem 9 row 1 line 2 byte 2 column 0");
	expect_with("\"\n\n\n\n\n\"\n", 8, options, "problem 9 row 0 line 1 byte 0 column 0");
}

static void
a_part_of_an_input_keeps_its_coordinates(void **state)
{
	const char *text = "id\n1\n22\n333\n4\n";
	struct rows_options options = {
		.dialect = comma,
		.most_record_bytes = 1000,
		.first_byte = 5,
		.end_byte = 12,
		.first_line = 3,
		.first_row = 2,
	};

	(void)state;
	expect_with(text, strlen(text), options, "2@5:3[22] 3@8:4[333] end 12");
}

static void
rows_with_broken_characters_are_counted_to_the_end(void **state)
{
	const char *text = "a,b\n\xFF,\xFE\n1,2\n\xC3,\xC3\xA9\n\"\xF1\n\xF1\",2\n5,\xE2";

	(void)state;
	for (size_t window = 1; window < 40; window++) {
		struct input input = { .text = text, .len = strlen(text) };
		struct reader reader = input_reader(&input);
		struct rows_options options = { .reader = &reader,
			.dialect = comma,
			.most_record_bytes = 99,
			.window_bytes = window };
		enum rows_verdict verdict;
		struct err err = ERR_INIT;
		bool is_complete = false;
		uint64_t count = 0;
		SCOPED(rows) rows;
		struct row row;

		assert_int_equal(rows_init(&rows, &options, &err), 0);
		do {
			assert_int_equal(rows_pull(&rows, &row, &verdict, &err), 0);
		} while (verdict == ROWS_ROW);
		assert_int_equal(rows_count_broken(&rows, &count, &is_complete, &err), 0);
		assert_int_equal(count, 4);
		assert_true(is_complete);
	}
}

static void
counting_ends_at_another_problem_and_says_so(void **state)
{
	const char *text = "a,b\n\xFF,1\n1,2,3\n\xFF,1\n";
	struct input input = { .text = text, .len = strlen(text) };
	struct reader reader = input_reader(&input);
	struct rows_options options = {
		.reader = &reader, .dialect = comma, .most_record_bytes = 99
	};
	enum rows_verdict verdict = ROWS_END;
	struct err err = ERR_INIT;
	bool is_complete = true;
	uint64_t count = 0;
	SCOPED(rows) rows;
	struct row row;

	(void)state;
	assert_int_equal(rows_init(&rows, &options, &err), 0);
	rows_pull(&rows, &row, &verdict, &err);
	rows_expect(&rows, 2);
	rows_pull(&rows, &row, &verdict, &err);
	assert_int_equal(verdict, ROWS_PROBLEM);
	assert_int_equal(rows_count_broken(&rows, &count, &is_complete, &err), 0);
	assert_int_equal(count, 1);
	assert_false(is_complete);
}

static void
a_row_given_back_comes_again(void **state)
{
	struct input input = { .text = "1,2\n3,4\n", .len = 8 };
	struct reader reader = input_reader(&input);
	struct rows_options options = {
		.reader = &reader, .dialect = comma, .most_record_bytes = 99, .first_row = 1
	};
	enum rows_verdict verdict;
	struct err err = ERR_INIT;
	SCOPED(rows) rows;
	struct row row;

	(void)state;
	assert_int_equal(rows_init(&rows, &options, &err), 0);
	rows_pull(&rows, &row, &verdict, &err);
	rows_unread(&rows);
	assert_int_equal(rows_next_byte(&rows), 0);
	rows_pull(&rows, &row, &verdict, &err);
	assert_int_equal(row.row, 1);
	rows_pull(&rows, &row, &verdict, &err);
	assert_int_equal(row.row, 2);
	assert_int_equal(rows_next_byte(&rows), 8);
}

static void
an_unreadable_input_is_an_error(void **state)
{
	struct input input = { .text = "1,2\n3,4\n", .len = 8, .most = 3, .fails_from = 6 };
	struct reader reader = input_reader(&input);
	struct rows_options options = {
		.reader = &reader, .dialect = comma, .most_record_bytes = 99
	};
	enum rows_verdict verdict;
	struct err err = ERR_INIT;
	SCOPED(rows) rows;
	struct row row;

	(void)state;
	assert_int_equal(rows_init(&rows, &options, &err), 0);
	assert_int_equal(rows_pull(&rows, &row, &verdict, &err), 0);
	assert_int_equal(rows_pull(&rows, &row, &verdict, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
}

static void
random_texts_give_the_same_rows_in_any_window(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct rows_options options = { .dialect = comma, .most_record_bytes = 300 };
		SCOPED(buf) text = BUF_INIT;
		SCOPED(buf) at_once = BUF_INIT;
		SCOPED(buf) in_windows = BUF_INIT;

		transcript_random_text(&text, &seed, comma);
		if (text.len && transcript_roll(&seed, 4) == 0)
			text.ptr[transcript_roll(&seed, (unsigned)text.len)] = '\xC3';
		tell(&at_once, buf_text(&text), text.len, options, 0);
		options.window_bytes = 1 + transcript_roll(&seed, 100);
		tell(&in_windows, buf_text(&text), text.len, options, transcript_roll(&seed, 20));
		assert_string_equal(buf_text(&in_windows), buf_text(&at_once));
	}
}

static void
memory_is_the_window_whatever_the_input(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(buf) text = BUF_INIT;
	struct input input;
	struct reader reader = input_reader(&input);
	struct rows_options options = { .reader = &reader,
		.dialect = comma,
		.most_record_bytes = 1u << 20,
		.window_bytes = 4096 };
	enum rows_verdict verdict;
	SCOPED(rows) rows;
	struct row row;

	(void)state;
	while (text.len < 2u << 20)
		buf_add_text(&text, "3423423,SMITH,\"JONES, JR\",NC\n");
	input = (struct input){ .text = text.ptr, .len = text.len };
	assert_int_equal(rows_init(&rows, &options, &err), 0);
	do {
		assert_int_equal(rows_pull(&rows, &row, &verdict, &err), 0);
	} while (verdict == ROWS_ROW);
	assert_int_equal(verdict, ROWS_END);
	assert_true(rows.room <= 8192);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole_wherever_a_window_ends),
		cmocka_unit_test(an_input_without_bytes_has_no_rows),
		cmocka_unit_test(a_byte_order_mark_is_dropped),
		cmocka_unit_test(a_byte_order_mark_is_dropped_once_and_at_the_front_only),
		cmocka_unit_test(half_a_byte_order_mark_is_not_utf8),
		cmocka_unit_test(what_is_expected_survives_a_byte_order_mark),
		cmocka_unit_test(broken_characters_are_found_in_row_line_and_column),
		cmocka_unit_test(a_nul_byte_is_found_in_row_line_and_column),
		cmocka_unit_test(of_two_problems_the_first_is_told),
		cmocka_unit_test(a_record_may_be_as_long_as_allowed_and_no_longer),
		cmocka_unit_test(a_part_of_an_input_keeps_its_coordinates),
		cmocka_unit_test(rows_with_broken_characters_are_counted_to_the_end),
		cmocka_unit_test(counting_ends_at_another_problem_and_says_so),
		cmocka_unit_test(a_row_given_back_comes_again),
		cmocka_unit_test(an_unreadable_input_is_an_error),
		cmocka_unit_test(random_texts_give_the_same_rows_in_any_window),
		cmocka_unit_test(memory_is_the_window_whatever_the_input),
	};

	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
