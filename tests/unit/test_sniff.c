/* The pieces: masks, encodings, delimiters, types of columns, names of columns. */
#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "runner/sniff/bytes.h"
#include "runner/sniff/column.h"
#include "runner/sniff/guess.h"
#include "runner/sniff/likeness.h"
#include "runner/sniff/mask.h"

static const char *
mask(const char *text)
{
	static char to[MASK_BYTES];

	return mask_value(span_of(text), to);
}

static void
a_mask_shows_the_shape_and_nothing_else(void **state)
{
	(void)state;
	assert_string_equal(mask("O'Brien 42"), "X'Xxxxx 99");
	assert_string_equal(mask("ann@example.org"), "xxx@xxxxxxx.xxx");
	assert_string_equal(mask(""), "");
	assert_string_equal(mask("a\tb\nc"), "x x x");
}

static void
a_mask_hides_letters_beyond_ascii_too(void **state)
{
	(void)state;
	assert_string_equal(mask("N\xC3\xBA\xC3\xB1" "ez"), "Xxxxx");
	assert_string_equal(mask("N\xFA\xF1" "ez"), "Xxxxx");
}

static void
a_long_value_is_cut_at_every_length(void **state)
{
	char text[2 * MASK_BYTES];

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		memset(text, 'a', len);
		text[len] = '\0';
		assert_true(strlen(mask(text)) < MASK_BYTES);
		assert_int_equal(strchr(mask(text), '.') != NULL, len > MASK_BYTES - 4);
	}
}

/* ---- encodings ---- */

static const char *
encoding_of(const char *text, size_t window)
{
	struct bytes bytes;
	size_t len = strlen(text);

	bytes_init(&bytes);
	for (size_t at = 0; at < len; at += window)
		bytes_add(&bytes, text + at, len - at < window ? len - at : window);
	bytes_finish(&bytes);
	return bytes_encoding(&bytes);
}

static void
expect_encoding(const char *text, const char *encoding)
{
	for (size_t window = 1; window < 200; window++)
		assert_string_equal(encoding_of(text, window), encoding);
}

static void
utf8_to_the_last_byte_is_utf8(void **state)
{
	(void)state;
	expect_encoding("plain", "UTF-8");
	expect_encoding("N\xC3\xBA\xC3\xB1" "ez", "UTF-8");
}

static void
one_byte_at_the_end_of_an_ascii_text_is_seen(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 3, "\xE9\n", 3);
	assert_string_equal(encoding_of(text, 64), "windows-1252");
	assert_string_equal(encoding_of(text, sizeof(text)), "windows-1252");
}

static void
a_character_cut_by_the_end_is_no_utf8(void **state)
{
	(void)state;
	expect_encoding("abc\xC3", "windows-1252");
}

static void
names_tell_windows_from_macintosh(void **state)
{
	(void)state;
	expect_encoding("N\xFA\xF1" "ez,Jos\xE9,Pe\xF1" "a", "windows-1252");
	expect_encoding("N\x9C\x96" "ez,Jos\x8E,Pe\x96" "a", "macintosh");
	expect_encoding("O\x92" "Brien", "windows-1252");
}

static void
a_byte_without_a_meaning_rules_windows_out(void **state)
{
	(void)state;
	expect_encoding("\x8D\xF1\xE9", "macintosh");
}

static void
nul_bytes_are_counted_and_passed(void **state)
{
	struct bytes bytes;

	(void)state;
	bytes_init(&bytes);
	bytes_add(&bytes, "a\0b\0\xE9", 5);
	bytes_finish(&bytes);
	assert_int_equal(bytes.nuls, 2);
	assert_true(bytes.is_broken);
	assert_int_equal(bytes.broken_at, 4);
}

static void
byte_order_marks_are_known(void **state)
{
	(void)state;
	assert_int_equal(bytes_mark(span_of("\xEF\xBB\xBFid")), 3);
	assert_int_equal(bytes_mark(span_of("\xEF\xBB")), 0);
	assert_true(bytes_is_utf16(span_of("\xFF\xFEi")));
	assert_true(bytes_is_utf16(span_of("\xFE\xFF")));
	assert_false(bytes_is_utf16(span_of("\xFF")));
}

/* ---- delimiters ---- */

static void
expect_dialect(const char *text, char delimiter, bool quotes)
{
	struct dialect dialect = guess_dialect(span_of(text));

	assert_int_equal(dialect.delimiter, delimiter);
	assert_int_equal(dialect.quotes, quotes);
}

static void
the_delimiter_is_the_one_that_every_record_has(void **state)
{
	(void)state;
	expect_dialect("a,b,c\n1,2,3\n", ',', true);
	expect_dialect("a\tb\tc\n1\t2, 3\t4\n1\t2\t4\n", '\t', true);
	expect_dialect("a|b\n1|2,3,4\n5|6\n", '|', true);
	expect_dialect("a;b\n1,5;2\n3,5;4\n", ';', true);
	expect_dialect("alone\nalone\n", ',', true);
	expect_dialect("", ',', true);
}

static void
a_comma_in_every_pair_of_quotation_marks_is_no_delimiter(void **state)
{
	(void)state;
	expect_dialect("\"Lee, Ann\";1\n\"Ek, Bo\";2\n", ';', true);
	expect_dialect("\"Lee, Ann\",1\n\"Ek, Bo\",2\n", ',', true);
}

static void
quotation_marks_inside_of_fields_take_quoting_away(void **state)
{
	(void)state;
	expect_dialect("a|b\nx\"y|2\nz|3\nw|4\n", '|', false);
}

static void
the_last_record_may_be_cut_off(void **state)
{
	(void)state;
	expect_dialect("a,b\n1,2\n3,4\n5", ',', true);
	expect_dialect("a,b", ',', true);
}

/* ---- header lines ---- */

static bool
is_header(const char *a, const char *b, const char *c)
{
	const struct span values[] = { span_of(a), span_of(b), span_of(c) };

	return guess_is_header(values, 3);
}

static void
a_header_has_words_all_of_them_different(void **state)
{
	(void)state;
	assert_true(is_header("ID", "Name", "GENERAL-11/03/2015"));
	assert_false(is_header("ID", "Name", "12345"));
	assert_false(is_header("ID", "Name", "2020-01-02"));
	assert_false(is_header("ID", "Name", " "));
	assert_false(is_header("ID", "name", "NAME"));
	assert_false(guess_is_header(NULL, 0));
}

/* ---- columns ---- */

static const char *
word_of(const char *values)
{
	struct column column = { .filled = 0 };
	struct span rest = span_of(values);

	while (rest.ptr)
		column_add(&column, span_next(&rest, '|'));
	return column_word(&column);
}

static void
dates_are_known_by_their_form(void **state)
{
	(void)state;
	assert_string_equal(word_of("01/31/1990|12/01/2001"), "date MM/DD/YYYY");
	assert_string_equal(word_of("1/31/1990|12/01/2001"), "date M/D/YYYY");
	assert_string_equal(word_of("31/01/1990|01/02/2001"), "date DD/MM/YYYY");
	assert_string_equal(word_of("1990-01-31| |2001-12-01"), "date YYYY-MM-DD");
	assert_string_equal(word_of("1990-01-31 00:00:00"), "date YYYY-MM-DD");
	assert_string_equal(word_of("19900131|20011201"), "date YYYYMMDD");
	assert_string_equal(word_of("01311990|12012001"), "date MMDDYYYY");
	assert_string_equal(word_of("31-JAN-1990|01-dec-2001"), "date DD-MON-YYYY");
	assert_string_equal(word_of("1990|2001"), "date YYYY");
}

static void
what_only_begins_like_a_date_is_none(void **state)
{
	(void)state;
	assert_string_equal(word_of("13/32/1990"), "text");
	assert_string_equal(word_of("01/31/90"), "text");
	assert_string_equal(word_of("01/31/1990x"), "text");
	assert_string_equal(word_of("99999999|20011301"), "number");
	assert_string_equal(word_of("1990-1-31"), "text");
	assert_string_equal(word_of("31-FOO-1990"), "text");
	assert_string_equal(word_of("31-JAN-"), "text");
	assert_string_equal(word_of("0001"), "number");
}

static void
other_kinds_are_known_by_all_of_their_values(void **state)
{
	(void)state;
	assert_string_equal(word_of("| "), "empty");
	assert_string_equal(word_of("*|01/31/1990|*"), "date MM/DD/YYYY");
	assert_string_equal(word_of("NC|VA"), "state");
	assert_string_equal(word_of("NC|XX"), "TEXT");
	assert_string_equal(word_of("27601|27601-1234"), "zip");
	assert_string_equal(word_of("123|4567890"), "number");
	assert_string_equal(word_of("100000001"), "number");
	assert_string_equal(word_of("a@b.co|x.y@example.org"), "e-mail");
	assert_string_equal(word_of("a@b.co|x.y@example"), "text");
	assert_string_equal(word_of("(919) 555-0100|919-555-0101|19195550100"), "phone");
	assert_string_equal(word_of("SMITH|LEE"), "TEXT");
	assert_string_equal(word_of("Smith|LEE"), "text");
}

static void
two_odd_values_of_a_hundred_are_forgiven(void **state)
{
	struct column column = { .filled = 0 };

	(void)state;
	for (int i = 0; i < 98; i++)
		column_add(&column, span_of("01/31/1990"));
	column_add(&column, span_of("unknown"));
	column_add(&column, span_of("n/a"));
	assert_string_equal(column_word(&column), "date MM/DD/YYYY");
	column_add(&column, span_of("n/a"));
	assert_string_equal(column_word(&column), "text");
}

static void
examples_are_masked_and_differ(void **state)
{
	struct column column = { .filled = 0 };

	(void)state;
	column_add(&column, span_of(" Lee "));
	column_add(&column, span_of("Kim"));
	column_add(&column, span_of("O'Hara"));
	column_add(&column, span_of("x"));
	assert_string_equal(column.examples[0], "Xxx");
	assert_string_equal(column.examples[1], "X'Xxxx");
	assert_int_equal(column.longest, 6);
}

/* ---- names ---- */

static const char *
field_of(const char *name, bool is_ballot)
{
	static struct likeness likeness;

	return likeness_find(span_of(name), is_ballot, &likeness) ? likeness.field : "none";
}

static void
names_lead_to_fields_however_they_are_spelt(void **state)
{
	(void)state;
	assert_string_equal(field_of("FName", false), "first_name");
	assert_string_equal(field_of("LAST NAME", false), "last_name");
	assert_string_equal(field_of("Date_of_Birth", false), "born_at");
	assert_string_equal(field_of("E-Mail Address", false), "email");
	assert_string_equal(field_of("party_cd", false), "party");
	assert_string_equal(field_of("StateVoterID", false), "state_file_id");
	assert_string_equal(field_of("StateVoterID", true), "state_file.id");
	assert_string_equal(field_of("Election Date", true), "election.election_at");
}

static void
addresses_are_known_by_where_they_are(void **state)
{
	(void)state;
	assert_string_equal(field_of("res_city_desc", false), "registered_address.city");
	assert_string_equal(field_of("zip_code", false), "registered_address.zip");
	assert_string_equal(field_of("Mailing Zip Code", false), "mailing_address.zip");
	assert_string_equal(field_of("MAIL_ADDR2", false), "mailing_address.address2");
	assert_string_equal(field_of("Residential Address Line 1", false), "registered_address.address1");
	assert_string_equal(field_of("registered_address.state", false), "registered_address.state");
	assert_string_equal(field_of("County", false), "registered_address.county");
}

static void
a_name_like_no_field_leads_nowhere(void **state)
{
	char longest[200];

	(void)state;
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_string_equal(field_of("shoe_size", false), "none");
	assert_string_equal(field_of("mail", false), "none");
	assert_string_equal(field_of("", false), "none");
	assert_string_equal(field_of(" - ", false), "none");
	assert_string_equal(field_of(longest, false), "none");
	assert_string_equal(field_of("last_name", true), "none");
}

static void
a_history_has_an_election_and_no_name(void **state)
{
	const struct span history[] = { span_of("Voter ID"), span_of("Election Date") };
	const struct span people[] = { span_of("Voter ID"), span_of("Election Date"),
		span_of("Last Name") };

	(void)state;
	assert_true(likeness_is_history(history, 2));
	assert_false(likeness_is_history(people, 3));
	assert_false(likeness_is_history(history, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mask_shows_the_shape_and_nothing_else),
		cmocka_unit_test(a_mask_hides_letters_beyond_ascii_too),
		cmocka_unit_test(a_long_value_is_cut_at_every_length),
		cmocka_unit_test(utf8_to_the_last_byte_is_utf8),
		cmocka_unit_test(one_byte_at_the_end_of_an_ascii_text_is_seen),
		cmocka_unit_test(a_character_cut_by_the_end_is_no_utf8),
		cmocka_unit_test(names_tell_windows_from_macintosh),
		cmocka_unit_test(a_byte_without_a_meaning_rules_windows_out),
		cmocka_unit_test(nul_bytes_are_counted_and_passed),
		cmocka_unit_test(byte_order_marks_are_known),
		cmocka_unit_test(the_delimiter_is_the_one_that_every_record_has),
		cmocka_unit_test(a_comma_in_every_pair_of_quotation_marks_is_no_delimiter),
		cmocka_unit_test(quotation_marks_inside_of_fields_take_quoting_away),
		cmocka_unit_test(the_last_record_may_be_cut_off),
		cmocka_unit_test(a_header_has_words_all_of_them_different),
		cmocka_unit_test(dates_are_known_by_their_form),
		cmocka_unit_test(what_only_begins_like_a_date_is_none),
		cmocka_unit_test(other_kinds_are_known_by_all_of_their_values),
		cmocka_unit_test(two_odd_values_of_a_hundred_are_forgiven),
		cmocka_unit_test(examples_are_masked_and_differ),
		cmocka_unit_test(names_lead_to_fields_however_they_are_spelt),
		cmocka_unit_test(addresses_are_known_by_where_they_are),
		cmocka_unit_test(a_name_like_no_field_leads_nowhere),
		cmocka_unit_test(a_history_has_an_election_and_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
