#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/source/block.h"
#include "runner/source/scan.h"
#include "tests/unit/transcript.h"

static const struct dialect comma = { ',', true };
static const struct dialect tab_plain = { '\t', false };

/* What the scanner says, whatever the windows: of 1 byte, which the machine takes alone, to the
 * whole text, which blocks take. The text is a copy at its exact size, for the sanitizers. */
static void
expect_bytes(const char *text, size_t len, struct dialect dialect, const char *transcript)
{
	char *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	for (size_t window = 1; window <= len + 1; window++) {
		SCOPED(buf) said = BUF_INIT;

		transcript_of_scan(&said, copy, len, window, dialect);
		assert_string_equal(buf_text(&said), transcript);
	}
	free(copy);
}

static void
expect(const char *text, const char *transcript)
{
	expect_bytes(text, strlen(text), comma, transcript);
}

/* The same text behind records of 1 to 140 bytes, so that each of its bytes stands at every place
 * of a block, in every window, against the grammar. */
static void
expect_as_the_grammar_everywhere(const char *text, struct dialect dialect)
{
	for (size_t shift = 2; shift < 2 * BLOCK_BYTES + 12; shift++) {
		SCOPED(buf) shifted = BUF_INIT;
		SCOPED(buf) wanted = BUF_INIT;

		for (size_t i = 0; i < shift; i++)
			buf_add_byte(&shifted, i == shift - 1 ? '\n' : 'x');
		buf_add_text(&shifted, text);
		for (size_t i = 0; i < 70; i++)
			buf_add_byte(&shifted, 'y');
		transcript_of_grammar(&wanted, shifted.ptr, shifted.len, dialect);
		for (size_t window = 1; window <= shifted.len; window += window < 70 ? 1 : 17) {
			SCOPED(buf) said = BUF_INIT;

			transcript_of_scan(&said, shifted.ptr, shifted.len, window, dialect);
			assert_string_equal(buf_text(&said), buf_text(&wanted));
		}
	}
}

static void
a_text_without_bytes_has_no_records(void **state)
{
	(void)state;
	expect("", "end\n");
}

static void
every_record_knows_its_place_and_its_fields(void **state)
{
	(void)state;
	expect("id,name\n1,Ann\n22,Bo\n",
	    "row 0 line 1 bytes 0-8 content 7: 0-2 3-7\n"
	    "row 1 line 2 bytes 8-14 content 5: 0-1 2-5\n"
	    "row 2 line 3 bytes 14-20 content 5: 0-2 3-5\n"
	    "end\n");
}

static void
the_last_line_may_lack_its_line_end(void **state)
{
	(void)state;
	expect("a,b\n1,2",
	    "row 0 line 1 bytes 0-4 content 3: 0-1 2-3\n"
	    "row 1 line 2 bytes 4-7 content 3: 0-1 2-3\n"
	    "end\n");
	expect("a,",
	    "row 0 line 1 bytes 0-2 content 2: 0-1 2-2\n"
	    "end\n");
	expect("\"a\"",
	    "row 0 line 1 bytes 0-3 content 3: 0-3\n"
	    "end\n");
}

static void
lines_may_end_with_lf_or_crlf_in_one_text(void **state)
{
	(void)state;
	expect("a,b\r\n1,2\n3,\"4\"\r\n",
	    "row 0 line 1 bytes 0-5 content 3: 0-1 2-3\n"
	    "row 1 line 2 bytes 5-9 content 3: 0-1 2-3\n"
	    "row 2 line 3 bytes 9-16 content 5: 0-1 2-5\n"
	    "end\n");
}

static void
inside_quotation_marks_everything_is_data(void **state)
{
	(void)state;
	expect("a,b\n\"1,\n\r\n\r,\",2\n3,4\n",
	    "row 0 line 1 bytes 0-4 content 3: 0-1 2-3\n"
	    "row 1 line 2 bytes 4-16 content 11: 0-9 10-11\n"
	    "row 2 line 5 bytes 16-20 content 3: 0-1 2-3\n"
	    "end\n");
}

static void
doubled_quotation_marks_do_not_end_a_field(void **state)
{
	(void)state;
	expect("\"\"\"a\"\"\",\"\"\n\"\"\"\",\"\"\"\"\"\"\n",
	    "row 0 line 1 bytes 0-11 content 10: 0-7 8-10\n"
	    "row 1 line 2 bytes 11-23 content 11: 0-4 5-11\n"
	    "end\n");
}

static void
a_quotation_mark_inside_an_unquoted_field_is_a_problem(void **state)
{
	(void)state;
	expect("a,b\n1,5'10\" TALL\n",
	    "row 0 line 1 bytes 0-4 content 3: 0-1 2-3\n"
	    "stray quote row 1 line 2 byte 10 column 1 fields 0\n");
}

static void
text_after_a_closing_quotation_mark_is_a_problem(void **state)
{
	(void)state;
	expect("\"Bud\" Smith,b\n", "after quote row 0 line 1 byte 5 column 0 fields 0\n");
}

static void
a_quotation_mark_left_open_is_told_where_it_opened(void **state)
{
	(void)state;
	expect("a,b\n\"1\n\",\"2\n3,4\n5,6\n",
	    "row 0 line 1 bytes 0-4 content 3: 0-1 2-3\n"
	    "unclosed quote row 1 line 3 byte 9 column 1 fields 0\n");
}

static void
a_carriage_return_alone_is_a_problem_outside_quotation_marks(void **state)
{
	(void)state;
	expect("a\rb\n", "bare cr row 0 line 1 byte 1 column 0 fields 0\n");
	expect("a,b\r\r\n", "bare cr row 0 line 1 byte 3 column 1 fields 0\n");
	expect("a,b\r", "bare cr row 0 line 1 byte 3 column 1 fields 0\n");
	expect("a,\"b\"\r\"", "bare cr row 0 line 1 byte 5 column 1 fields 0\n");
}

static void
a_record_with_another_number_of_fields_is_a_problem(void **state)
{
	(void)state;
	expect("a,b\n\"1\n\",2\n1,2,3\n",
	    "row 0 line 1 bytes 0-4 content 3: 0-1 2-3\n"
	    "row 1 line 2 bytes 4-11 content 6: 0-4 5-6\n"
	    "field count row 2 line 4 byte 11 column 3 fields 3\n");
	expect("a,b\n1",
	    "row 0 line 1 bytes 0-4 content 3: 0-1 2-3\n"
	    "field count row 1 line 2 byte 4 column 1 fields 1\n");
}

static void
an_empty_line_is_a_problem_even_at_the_end(void **state)
{
	(void)state;
	expect("a,b\n1,2\n\n",
	    "row 0 line 1 bytes 0-4 content 3: 0-1 2-3\n"
	    "row 1 line 2 bytes 4-8 content 3: 0-1 2-3\n"
	    "empty line row 2 line 3 byte 8 column 1 fields 1\n");
	expect("\r\n", "empty line row 0 line 1 byte 0 column 1 fields 1\n");
	expect("\n", "empty line row 0 line 1 byte 0 column 1 fields 1\n");
}

static void
without_quoting_a_quotation_mark_is_an_ordinary_character(void **state)
{
	const char *text = "\"a\tb\"\"\n5'10\"\t\"\n";

	(void)state;
	expect_bytes(text, strlen(text), tab_plain,
	    "row 0 line 1 bytes 0-7 content 6: 0-2 3-6\n"
	    "row 1 line 2 bytes 7-15 content 7: 0-5 6-7\n"
	    "end\n");
}

static void
other_delimiters_leave_the_comma_alone(void **state)
{
	const char *text = "a,b|c\n";

	(void)state;
	expect_bytes(text, strlen(text), (struct dialect){ '|', true },
	    "row 0 line 1 bytes 0-6 content 5: 0-3 4-5\n"
	    "end\n");
}

static void
nul_and_high_bytes_are_left_to_the_utf8_check(void **state)
{
	(void)state;
	expect_bytes("a\0\xFF,b\n", 6, comma,
	    "row 0 line 1 bytes 0-6 content 5: 0-3 4-5\n"
	    "end\n");
}

static void
fields_are_counted_beyond_the_room_for_their_ends(void **state)
{
	uint32_t ends[3] = { 7, 7, 7 };
	struct scan scan;
	size_t used;

	(void)state;
	scan_init(&scan, comma, 0, 1, 0);
	scan.ends = ends;
	scan.ends_room = 2;
	assert_int_equal(scan_run(&scan, "a,b,c,d\n", 8, &used), SCAN_RECORD);
	assert_int_equal(scan.record.fields, 4);
	assert_int_equal(ends[1], 3);
	assert_int_equal(ends[2], 7);
}

static void
a_problem_is_said_again_whatever_is_fed(void **state)
{
	struct scan scan;
	size_t used;

	(void)state;
	scan_init(&scan, comma, 100, 7, 3);
	assert_int_equal(scan_run(&scan, "a\"", 2, &used), SCAN_PROBLEM);
	assert_int_equal(scan_run(&scan, "a\n", 2, &used), SCAN_PROBLEM);
	assert_int_equal(used, 0);
	assert_int_equal(scan_finish(&scan), SCAN_PROBLEM);
	assert_int_equal(scan.problem.byte, 101);
	assert_int_equal(scan.problem.line, 7);
	assert_int_equal(scan.problem.row, 3);
}

static void
every_rule_holds_at_every_place_of_a_block(void **state)
{
	static const char *const texts[] = {
		"\"a\"\n",
		"\"a\"\"\"\n",
		"\"\"\n",
		"\"a\nb\"\n",
		"\"a\r\nb\"\r\n",
		"a\r\n",
		"a\rb\n",
		"\r\n",
		"\n",
		"\"a\"b\n",
		"a\"\n",
		"\"a\n",
		"\"\"\"\n",
		"a,b\n",
		"\"a,b\"\n",
		"\"a\"\r",
		"\"a\"\r\n",
		"\"a\"\"b\"\n",
		"\"a\" \n",
		"\"\"a\"\n",
		"\"a\"\r\"b\"\n",
		"\"\"\"\"\"\"\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		expect_as_the_grammar_everywhere(texts[i], comma);
}

static void
without_quoting_the_rules_hold_at_every_place_too(void **state)
{
	static const char *const texts[] = { "\"a\n", "a\"b\"\r\n", "a\rb\n", "\"\n", "\"\r\n",
		"\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		expect_as_the_grammar_everywhere(texts[i], tab_plain);
}

static void
a_return_of_its_own_is_data_where_the_dialect_says_so(void **state)
{
	static const char *const texts[] = { "a\rb,c\n", "\r,\r\r\n", "a\r\"b\n", "\r\"b\"\n",
		"\"a\"\rb\n", "\"a\"\r\n\"b\r\"\r\n", "a\r", "\"a\"\r", "a\r\r\nb\n", "\r\n" };
	static const struct dialect dialects[] = { { ',', true, false, true },
		{ ',', true, true, true }, { ',', false, false, true } };

	(void)state;
	expect_bytes("a\rb\n", 4, dialects[0], "row 0 line 1 bytes 0-4 content 3: 0-3\nend\n");
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(dialects); j++)
			expect_as_the_grammar_everywhere(texts[i], dialects[j]);
	}
}

static void
random_texts_are_read_as_the_grammar_reads_them(void **state)
{
	static const struct dialect dialects[] = { { ',', true }, { '\t', true }, { '|', false },
		{ ';', true }, { ',', true, false, true }, { ',', true, true, true },
		{ '|', false, false, true } };
	unsigned seed = 20261121;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct dialect dialect = dialects[i % ARRAY_COUNT(dialects)];
		size_t window = i % 3 ? 1 + transcript_roll(&seed, 200) : 4096;
		SCOPED(buf) text = BUF_INIT;
		SCOPED(buf) wanted = BUF_INIT;
		SCOPED(buf) said = BUF_INIT;

		transcript_random_text(&text, &seed, dialect);
		transcript_of_grammar(&wanted, buf_text(&text), text.len, dialect);
		transcript_of_scan(&said, buf_text(&text), text.len, window, dialect);
		if (strcmp(buf_text(&said), buf_text(&wanted)) != 0)
			print_error("text %u: %s\n", i, buf_text(&text));
		assert_string_equal(buf_text(&said), buf_text(&wanted));
	}
}

static void
random_bytes_are_read_as_the_grammar_reads_them(void **state)
{
	static const char bytes[] = { '"', '"', ',', '\n', '\r', '\n', 'a', 'b', 'c', '\xC3',
		'\0' };
	static const struct dialect dialects[] = { { ',', true }, { ',', true, false, true },
		{ ',', true, true, true }, { ',', true, true, false } };
	unsigned seed = 4711;

	(void)state;
	for (unsigned i = 0; i < 50000; i++) {
		struct dialect dialect = dialects[i % ARRAY_COUNT(dialects)];
		size_t len = transcript_roll(&seed, 160);
		SCOPED(buf) text = BUF_INIT;
		SCOPED(buf) wanted = BUF_INIT;
		SCOPED(buf) said = BUF_INIT;

		while (text.len < len)
			buf_add_byte(&text, bytes[transcript_roll(&seed, sizeof(bytes))]);
		transcript_of_grammar(&wanted, buf_text(&text), len, dialect);
		transcript_of_scan(
		    &said, buf_text(&text), len, 1 + transcript_roll(&seed, 160), dialect);
		assert_string_equal(buf_text(&said), buf_text(&wanted));
	}
}

static void
counting_fields_agrees_with_finding_them(void **state)
{
	unsigned seed = 99;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		static uint32_t ends[64];
		SCOPED(buf) text = BUF_INIT;
		struct scan counting, finding;
		size_t at = 0, used, also_used;

		transcript_random_text(&text, &seed, comma);
		scan_init(&counting, comma, 0, 1, 0);
		scan_init(&finding, comma, 0, 1, 0);
		finding.ends = ends;
		finding.ends_room = ARRAY_COUNT(ends);
		while (at < text.len && !finding.problem.kind) {
			scan_run(&finding, text.ptr + at, text.len - at, &used);
			scan_run(&counting, text.ptr + at, text.len - at, &also_used);
			assert_int_equal(used, also_used);
			assert_memory_equal(
			    &counting.record, &finding.record, sizeof(finding.record));
			assert_memory_equal(
			    &counting.problem, &finding.problem, sizeof(finding.problem));
			at += used;
		}
	}
}

static void
the_masks_of_a_block_are_the_same_by_words_and_by_vectors(void **state)
{
	unsigned seed = 5;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		static const char interesting[] = { '"', ',', '\n', '\r', '\0', '\x01', '\x7F',
			'\x80', '\xFF', '\x22' ^ '\x80', '\x0B', '\x2D' };
		char bytes[BLOCK_BYTES];
		struct block words, read;

		for (unsigned k = 0; k < BLOCK_BYTES; k++)
			bytes[k] = transcript_roll(&seed, 2)
			    ? interesting[transcript_roll(&seed, sizeof(interesting))]
			    : (char)transcript_roll(&seed, 256);
		words = block_read_words(bytes, ',');
		read = block_read(bytes, ',');
		assert_memory_equal(&words, &read, sizeof(read));
		for (unsigned k = 0; k < BLOCK_BYTES; k++) {
			assert_int_equal(words.quote >> k & 1, bytes[k] == '"');
			assert_int_equal(words.delimiter >> k & 1, bytes[k] == ',');
			assert_int_equal(words.lf >> k & 1, bytes[k] == '\n');
			assert_int_equal(words.cr >> k & 1, bytes[k] == '\r');
		}
	}
}

static void
one_byte_makes_a_block_not_plain(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		for (unsigned k = 0; k < BLOCK_BYTES; k++) {
			char bytes[BLOCK_BYTES];

			memset(bytes, 'a', sizeof(bytes));
			bytes[k] = (char)byte;
			assert_int_equal(block_is_plain(bytes), byte > 0 && byte < 0x80);
			assert_int_equal(block_is_plain_words(bytes), byte > 0 && byte < 0x80);
		}
	}
}

static void
parity_and_count_are_those_of_the_bits(void **state)
{
	unsigned seed = 8;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t bits = (uint64_t)transcript_roll(&seed, 1u << 24) << 40 |
		    (uint64_t)transcript_roll(&seed, 1u << 24) << 20 |
		    transcript_roll(&seed, 1u << 20);
		unsigned count = 0;

		for (unsigned k = 0; k < 64; k++) {
			count += (unsigned)(bits >> k & 1);
			assert_int_equal(block_parity(bits) >> k & 1, count & 1);
		}
		assert_int_equal(block_count(bits), count);
	}
	assert_int_equal(block_count(UINT64_MAX), 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_without_bytes_has_no_records),
		cmocka_unit_test(every_record_knows_its_place_and_its_fields),
		cmocka_unit_test(the_last_line_may_lack_its_line_end),
		cmocka_unit_test(lines_may_end_with_lf_or_crlf_in_one_text),
		cmocka_unit_test(inside_quotation_marks_everything_is_data),
		cmocka_unit_test(doubled_quotation_marks_do_not_end_a_field),
		cmocka_unit_test(a_quotation_mark_inside_an_unquoted_field_is_a_problem),
		cmocka_unit_test(text_after_a_closing_quotation_mark_is_a_problem),
		cmocka_unit_test(a_quotation_mark_left_open_is_told_where_it_opened),
		cmocka_unit_test(a_carriage_return_alone_is_a_problem_outside_quotation_marks),
		cmocka_unit_test(a_record_with_another_number_of_fields_is_a_problem),
		cmocka_unit_test(an_empty_line_is_a_problem_even_at_the_end),
		cmocka_unit_test(without_quoting_a_quotation_mark_is_an_ordinary_character),
		cmocka_unit_test(other_delimiters_leave_the_comma_alone),
		cmocka_unit_test(nul_and_high_bytes_are_left_to_the_utf8_check),
		cmocka_unit_test(fields_are_counted_beyond_the_room_for_their_ends),
		cmocka_unit_test(a_problem_is_said_again_whatever_is_fed),
		cmocka_unit_test(every_rule_holds_at_every_place_of_a_block),
		cmocka_unit_test(without_quoting_the_rules_hold_at_every_place_too),
		cmocka_unit_test(a_return_of_its_own_is_data_where_the_dialect_says_so),
		cmocka_unit_test(random_texts_are_read_as_the_grammar_reads_them),
		cmocka_unit_test(random_bytes_are_read_as_the_grammar_reads_them),
		cmocka_unit_test(counting_fields_agrees_with_finding_them),
		cmocka_unit_test(the_masks_of_a_block_are_the_same_by_words_and_by_vectors),
		cmocka_unit_test(one_byte_makes_a_block_not_plain),
		cmocka_unit_test(parity_and_count_are_those_of_the_bits),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
