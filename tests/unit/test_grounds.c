#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "runner/report/grounds.h"

#define P "\xC2\xAB\xE2\x80\xA6\xC2\xBB" /* the placeholder */

static const struct span columns[] = { { "email", 5 }, { "address1", 8 }, { "state_file_id", 13 } };
static const struct span fields[] = {
	{ "ann@example.org", 15 },
	{ "O'Brien", 7 },
	{ " NC ", 4 },
	{ "X", 1 },
	{ "Ann", 3 },
	{ "Ann Marie", 9 },
};

static const struct grounds_known known = { columns, ARRAY_COUNT(columns), fields,
	ARRAY_COUNT(fields) };

static void
expect(const char *reason, const char *wanted)
{
	SCOPED(buf) folded = BUF_INIT;

	grounds_fold(&folded, span_of(reason), &known);
	assert_string_equal(buf_text(&folded), wanted);
}

static void
what_is_quoted_is_folded_with_its_marks(void **state)
{
	(void)state;
	expect("Email \"a b\" is taken", "Email " P " is taken");
	expect("Email 'a b' is taken", "Email " P " is taken");
	expect("Email `a` is taken", "Email " P " is taken");
	expect("\xE2\x80\x9C" "a\xE2\x80\x9D is bad", P " is bad");
	expect("\xE2\x80\x98" "a\xE2\x80\x99 is bad", P " is bad");
	expect("\xC2\xAB" "a\xC2\xBB is bad", P " is bad");
	expect("Key (email)=(a, b) already exists.", "Key (email)=(" P ") already exists.");
	expect("\"\" is empty", P " is empty");
}

static void
an_apostrophe_in_a_word_quotes_nothing_and_neither_does_a_mark_that_never_closes(void **state)
{
	(void)state;
	expect("it doesn't fit, and it won't", "it doesn't fit, and it won't");
	expect("a \"mark, and 'another", "a \"mark, and 'another");
}

static void
numbers_dates_ids_and_addresses_are_folded(void **state)
{
	(void)state;
	expect("row 12 of 1,204: 11/03/2026 is no date", "row " P " of " P ": " P " is no date");
	expect("profile #4711 has it.", "profile #" P " has it.");
	expect("someone@else.example has it", P " has it");
	expect("id 7f3a-99-be", "id " P);
	expect("-5 is less than 0", "-" P " is less than " P);
}

static void
values_of_the_row_are_folded_as_whole_words_the_longest_first(void **state)
{
	(void)state;
	expect("O'Brien is taken", P " is taken");
	expect("NC is no state", P " is no state");
	expect("NCX is no state", "NCX is no state");
	expect("Ann Marie is here, Anna is not", P " is here, Anna is not");
	expect("X is too short a value", "X is too short a value");
}

static void
columns_keep_their_names_though_a_digit_is_in_them(void **state)
{
	(void)state;
	expect("address1 is too long", "address1 is too long");
	expect("address2 is too long", P " is too long");
	expect("state_file_id: has already been taken", "state_file_id: has already been taken");
}

static void
several_in_a_row_are_one(void **state)
{
	(void)state;
	expect("Name Ann O'Brien is taken", "Name " P " is taken");
	expect("one of 1, 2, 3 is wrong", "one of " P " is wrong");
}

static void
blanks_and_line_ends_are_one_blank_and_none_at_the_ends(void **state)
{
	(void)state;
	expect("  a \t b\r\nc  ", "a b c");
	expect("", "");
	expect("   ", "");
}

static void
a_long_reason_ends_with_an_ellipsis_between_two_signs(void **state)
{
	SCOPED(buf) reason = BUF_INIT;
	SCOPED(buf) folded = BUF_INIT;

	(void)state;
	for (int i = 0; i < 200; i++)
		buf_add_text(&reason, "\xC3\xA9");
	grounds_fold(&folded, buf_span(&reason), &known);
	assert_true(folded.len < GROUNDS_BYTES);
	assert_int_equal(folded.len % 2, 1); /* two bytes a sign, three the ellipsis */
	assert_string_equal(buf_text(&folded) + folded.len - 3, "\xE2\x80\xA6");
}

static void
a_reason_of_any_signs_takes_time_in_its_length(void **state)
{
	static const char *const parts[] = { "-", "'", "\"", "=(", "a-", "1", " ", "\xC2\xAB", "@" };
	SCOPED(buf) folded = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		SCOPED(buf) reason = BUF_INIT;

		while (reason.len < 1000000)
			buf_add_text(&reason, parts[i]);
		grounds_fold(&folded, buf_span(&reason), &known);
		assert_true(folded.len < GROUNDS_BYTES);
	}
}

static void
add(struct grounds *grounds, const char *text, int times)
{
	struct err err = ERR_INIT;

	for (int i = 0; i < times; i++)
		assert_int_equal(grounds_add(grounds, span_of(text), &err), 0);
}

static void
grounds_are_counted_and_come_with_the_most_frequent_first(void **state)
{
	SCOPED(grounds) grounds = GROUNDS_NONE;

	(void)state;
	add(&grounds, "b", 2);
	add(&grounds, "c", 3);
	add(&grounds, "a", 2);
	grounds_sort(&grounds);
	assert_int_equal(grounds.count, 3);
	assert_int_equal(grounds.rows, 7);
	assert_string_equal(grounds.items[0].text, "c");
	assert_int_equal(grounds.items[0].rows, 3);
	assert_string_equal(grounds.items[1].text, "a");
	assert_string_equal(grounds.items[2].text, "b");
}

static void
more_grounds_than_there_is_room_for_are_counted_as_others(void **state)
{
	SCOPED(grounds) grounds = GROUNDS_NONE;
	char text[32];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < GROUNDS_MOST + 5; i++) {
			snprintf(text, sizeof(text), "reason %d", i);
			add(&grounds, text, 1);
		}
	}
	assert_int_equal(grounds.count, GROUNDS_MOST);
	assert_int_equal(grounds.rows, 2 * GROUNDS_MOST + 10);
	assert_int_equal(grounds.others, 10);
	grounds_sort(&grounds);
	assert_int_equal(grounds.items[0].rows, 2);
}

static void
a_reason_is_asked_for_by_any_part_of_either_form_in_any_case(void **state)
{
	const struct span raw = span_of("Email ann@x.org has already been taken");
	const struct span folded = span_of("Email " P " has already been taken");

	(void)state;
	assert_true(grounds_match(folded, raw, folded));
	assert_true(grounds_match(span_of("ALREADY been"), raw, folded));
	assert_true(grounds_match(span_of("ANN@"), raw, folded));
	assert_true(grounds_match(span_of(P " has"), raw, folded));
	assert_false(grounds_match(span_of("phone"), raw, folded));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_quoted_is_folded_with_its_marks),
		cmocka_unit_test(
		    an_apostrophe_in_a_word_quotes_nothing_and_neither_does_a_mark_that_never_closes),
		cmocka_unit_test(numbers_dates_ids_and_addresses_are_folded),
		cmocka_unit_test(values_of_the_row_are_folded_as_whole_words_the_longest_first),
		cmocka_unit_test(columns_keep_their_names_though_a_digit_is_in_them),
		cmocka_unit_test(several_in_a_row_are_one),
		cmocka_unit_test(blanks_and_line_ends_are_one_blank_and_none_at_the_ends),
		cmocka_unit_test(a_long_reason_ends_with_an_ellipsis_between_two_signs),
		cmocka_unit_test(a_reason_of_any_signs_takes_time_in_its_length),
		cmocka_unit_test(grounds_are_counted_and_come_with_the_most_frequent_first),
		cmocka_unit_test(more_grounds_than_there_is_room_for_are_counted_as_others),
		cmocka_unit_test(a_reason_is_asked_for_by_any_part_of_either_form_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
