#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/base/crc32c.h"
#include "runner/base/err.h"
#include "runner/base/jsonw.h"
#include "runner/base/number.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/base/suggest.h"
#include "runner/base/utf8.h"
#include "runner/base/wire.h"

static void
the_check_value_of_crc32c_is_e3069283(void **state)
{
	(void)state;
	assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283u);
	assert_int_equal(crc32c(crc32c(0, "12345", 5), "6789", 4), 0xE3069283u);
	assert_int_equal(crc32c_portable(0, "123456789", 9), 0xE3069283u);
}

/* Every length around the eight bytes of the instruction, at every alignment, in two pieces. */
static void
crc32c_is_the_same_with_and_without_the_instruction(void **state)
{
	unsigned char bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 151 + 7);
	for (size_t at = 0; at < 8; at++) {
		for (size_t len = 0; at + len <= sizeof(bytes); len++) {
			uint32_t begun = crc32c(0, bytes, at);

			assert_int_equal(crc32c(begun, bytes + at, len),
			    crc32c_portable(0, bytes, at + len));
		}
	}
}

static void
integers_on_the_wire_are_big_endian(void **state)
{
	unsigned char bytes[8];

	(void)state;
	wire_put64(bytes, UINT64_C(0x0102030405060708));
	assert_memory_equal(bytes, "\1\2\3\4\5\6\7\10", 8);
	assert_int_equal(wire_get64(bytes), UINT64_C(0x0102030405060708));
	assert_int_equal(wire_get16(bytes + 1), 0x0203);
}

static void
a_number_is_all_digits_or_nothing(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "-1", "+1", "1x", "0x1",
					   "18446744073709551616", "99999999999999999999999" };
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(number_u64(span_of(bad[i]), &value), -1);
	assert_int_equal(value, 7);
	assert_int_equal(number_u64(span_of("18446744073709551615"), &value), 0);
	assert_int_equal(value, UINT64_MAX);
}

static void
units_are_exact(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_int_equal(number_bytes(span_of("37.5MB"), &value), 0);
	assert_int_equal(value, 37500000);
	assert_int_equal(number_bytes(span_of("64MiB"), &value), 0);
	assert_int_equal(value, 67108864);
	assert_int_equal(number_bytes(span_of("512"), &value), 0);
	assert_int_equal(value, 512);
	assert_int_equal(number_ms(span_of("0.5s"), &value), 0);
	assert_int_equal(value, 500);
	assert_int_equal(number_ms(span_of("5min"), &value), 0);
	assert_int_equal(value, 300000);
	assert_int_equal(number_ms(span_of("0.5ms"), &value), -1);
	assert_int_equal(number_ms(span_of("90"), &value), -1);
	assert_int_equal(number_bytes(span_of("1.MB"), &value), -1);
	assert_int_equal(number_bytes(span_of("9999999999999GB"), &value), -1);
	assert_int_equal(value, 300000);
}

static void
a_rate_is_a_count_in_a_time(void **state)
{
	struct number_rate rate = { 0, 0 };

	(void)state;
	assert_int_equal(number_rate(span_of("200/10s"), &rate), 0);
	assert_int_equal(rate.count, 200);
	assert_int_equal(rate.per_ms, 10000);
	assert_int_equal(number_rate(span_of("200"), &rate), -1);
	assert_int_equal(number_rate(span_of("0/10s"), &rate), -1);
	assert_int_equal(number_rate(span_of("1/0s"), &rate), -1);
}

static void
a_share_is_a_percentage_or_a_count(void **state)
{
	struct number_share share;

	(void)state;
	assert_int_equal(number_share(span_of("0.5%"), &share), 0);
	assert_true(share.is_share);
	assert_int_equal(share.millionths, 5000);
	assert_int_equal(number_share(span_of("100"), &share), 0);
	assert_false(share.is_share);
	assert_int_equal(share.count, 100);
	assert_int_equal(number_share(span_of("101%"), &share), -1);
	assert_int_equal(number_share(span_of("x"), &share), -1);
}

static void
times_come_back_as_they_were_written(void **state)
{
	static const int64_t times[] = { 0, 951782400000, 1795311847123, -1, 253402300799999 };
	char text[STAMP_MS_BYTES];
	int64_t back;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(times); i++) {
		assert_int_equal(stamp_read_iso(span_of(stamp_iso_ms(times[i], text)), &back), 0);
		assert_int_equal(back, times[i]);
	}
	assert_string_equal(stamp_iso_ms(951782400000, text), "2000-02-29T00:00:00.000Z");
}

static void
zones_are_taken_off(void **state)
{
	int64_t at;

	(void)state;
	assert_int_equal(stamp_read_iso(span_of("1970-01-01T02:00:00+02:00"), &at), 0);
	assert_int_equal(at, 0);
	assert_int_equal(stamp_read_iso(span_of("1969-12-31T19:00:00.5-0500"), &at), 0);
	assert_int_equal(at, 500);
	assert_int_equal(stamp_read_iso(span_of("2026-02-29T00:00:00Z"), &at), -1);
	assert_int_equal(stamp_read_iso(span_of("2026-02-28T00:00:00"), &at), -1);
}

static void
the_date_of_an_http_answer_is_read(void **state)
{
	int64_t at;

	(void)state;
	assert_int_equal(stamp_read_http(span_of("Sun, 06 Nov 1994 08:49:37 GMT"), &at), 0);
	assert_int_equal(at, INT64_C(784111777000));
	assert_int_equal(stamp_read_http(span_of("soon"), &at), -1);
	assert_int_equal(stamp_split(784111777000).weekday, 0);
}

static void
numbers_are_shown_as_people_read_them(void **state)
{
	char text[SHOW_BYTES];

	(void)state;
	assert_string_equal(show_count(1204771, text), "1,204,771");
	assert_string_equal(show_count(812, text), "812");
	assert_string_equal(show_short(8412300, text), "8.41M");
	assert_string_equal(show_short(13482001, text), "13.4M");
	assert_string_equal(show_short(999999, text), "999k");
	assert_string_equal(show_size(37500000, text), "37.5 MB");
	assert_string_equal(show_duration(3900000, text), "1 h 05 min");
}

static void
text_from_outside_cannot_act_on_a_terminal(void **state)
{
	SCOPED(buf) out = BUF_INIT;

	(void)state;
	show_safe(&out, span_of("a\x1b[31mb\nN\xC3\xBA\xF1\xC2\x9B\xE2\x80\xAE"), 100);
	assert_string_equal(buf_text(&out),
	    "a\\x1B[31mb N\xC3\xBA\\xF1\\xC2\\x9B\\xE2\\x80\\xAE");
	buf_clear(&out);
	show_safe(&out, span_of("abcdef"), 3);
	assert_string_equal(buf_text(&out), "abc...");
}

static void
a_word_of_a_command_line_is_one_word_to_a_shell(void **state)
{
	static const struct {
		const char *text, *word;
	} cases[] = {
		{ "../jobs/nc-2026.cfg", "../jobs/nc-2026.cfg" },
		{ "N\xC3\xBA\xF1""ez.cfg", "N\xC3\xBA\xF1""ez.cfg" },
		{ "my job.cfg", "'my job.cfg'" },
		{ "O'Brien.cfg", "'O'\\''Brien.cfg'" },
		{ "~/a", "'~/a'" },
		{ "a\nb", "'a\nb'" },
		{ "", "''" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		SCOPED(buf) out = BUF_INIT;

		show_word(&out, span_of(cases[i].text));
		assert_string_equal(buf_text(&out), cases[i].word);
	}
}

static void
lines_of_ours_stay_lines_and_what_stands_in_them_is_safe(void **state)
{
	SCOPED(buf) out = BUF_INIT;

	(void)state;
	show_lines(&out, span_of("a\x1b[2J\n\n  b\xC2\x9Bm\xE2\x80\xA8\rc\nd"));
	assert_string_equal(buf_text(&out),
	    "a\\x1B[2J\n\n  b\\xC2\\x9Bm\\xE2\\x80\\xA8 c\nd");
	buf_clear(&out);
	show_lines(&out, span_of(""));
	assert_int_equal(out.len, 0);
}

static void
json_spells_what_acts_on_a_terminal(void **state)
{
	SCOPED(buf) out = BUF_INIT;
	struct jsonw json = jsonw_into(&out);

	(void)state;
	jsonw_string(&json, NULL, "\x1b\x7f\xC2\x9B\xC2\xA0\xE2\x80\xAE\xE2\x81\xA6\xE2\x82\xAC\v\b");
	assert_string_equal(buf_text(&out),
	    "\"\\u001b\\u007f\\u009b\xC2\xA0\\u202e\\u2066\xE2\x82\xAC\\u000b\\b\"");
}

static void
the_nearest_name_is_meant_only_when_it_is_near(void **state)
{
	struct suggest suggest = suggest_for(span_of("Last-Nmae"));

	(void)state;
	suggest_offer(&suggest, span_of("first_name"));
	suggest_offer(&suggest, span_of("last_name"));
	assert_true(span_is(suggest_nearest(&suggest), "last_name"));
	suggest = suggest_for(span_of("zzz"));
	suggest_offer(&suggest, span_of("last_name"));
	assert_null(suggest_nearest(&suggest).ptr);
}

static void
json_is_escaped_and_always_valid_utf8(void **state)
{
	SCOPED(buf) out = BUF_INIT;
	struct jsonw json = jsonw_into(&out);

	(void)state;
	jsonw_open(&json, NULL, '{');
	jsonw_string(&json, "a", "q\" \\ \n \x01 \xFF");
	jsonw_open(&json, "b", '[');
	jsonw_number(&json, NULL, 1);
	jsonw_signed(&json, NULL, -2);
	jsonw_close(&json, ']');
	jsonw_null(&json, "c");
	jsonw_bool(&json, "d", true);
	jsonw_close(&json, '}');
	assert_string_equal(buf_text(&out), "{\"a\":\"q\\\" \\\\ \\n \\u0001 \xEF\xBF\xBD\","
					    "\"b\":[1,-2],\"c\":null,\"d\":true}");
}

static void
overlong_forms_and_surrogates_are_not_utf8(void **state)
{
	(void)state;
	assert_int_equal(utf8_character(span_of("\xC3\xBA")), 2);
	assert_int_equal(utf8_character(span_of("\xF0\x9F\x98\x80")), 4);
	assert_int_equal(utf8_character(span_of("\xC0\xAF")), 0);
	assert_int_equal(utf8_character(span_of("\xE0\x80\x80")), 0);
	assert_int_equal(utf8_character(span_of("\xED\xA0\x80")), 0);
	assert_int_equal(utf8_character(span_of("\xF4\x90\x80\x80")), 0);
	assert_int_equal(utf8_character(span_of("\xC3")), 0);
	assert_int_equal(utf8_character(span_of("")), 0);
}

static void
errors_are_built_from_the_outside_in(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_system(&err, ERR_IO, 28, "writing %s", "x");
	err_within(&err, "chunk %d", 812);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, "chunk 812: writing x: No space left on device");
}

static void
an_error_that_grows_too_long_is_cut_at_its_inner_end(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_set(&err, ERR_IO, "%0*d", ERR_TEXT_BYTES - 1, 0);
	err_within(&err, "outer");
	assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
	assert_memory_equal(err.text, "outer: 000", 10);
}

static void
a_part_is_taken_off_at_each_cut(void **state)
{
	struct span rest = span_of("a,,b");

	(void)state;
	assert_true(span_is(span_next(&rest, ','), "a"));
	assert_true(span_is(span_next(&rest, ','), ""));
	assert_non_null(rest.ptr);
	assert_true(span_is(span_next(&rest, ','), "b"));
	assert_null(rest.ptr);
}

static void
a_buffer_grows_and_gives_off_its_front(void **state)
{
	SCOPED(buf) buf = BUF_INIT;

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "%03d", i);
	assert_int_equal(buf.len, 3000);
	buf_consume(&buf, 2997);
	assert_string_equal(buf_text(&buf), "999");
	assert_int_equal(buf_check(&buf, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_value_of_crc32c_is_e3069283),
		cmocka_unit_test(crc32c_is_the_same_with_and_without_the_instruction),
		cmocka_unit_test(integers_on_the_wire_are_big_endian),
		cmocka_unit_test(a_number_is_all_digits_or_nothing),
		cmocka_unit_test(units_are_exact),
		cmocka_unit_test(a_rate_is_a_count_in_a_time),
		cmocka_unit_test(a_share_is_a_percentage_or_a_count),
		cmocka_unit_test(times_come_back_as_they_were_written),
		cmocka_unit_test(zones_are_taken_off),
		cmocka_unit_test(the_date_of_an_http_answer_is_read),
		cmocka_unit_test(numbers_are_shown_as_people_read_them),
		cmocka_unit_test(text_from_outside_cannot_act_on_a_terminal),
		cmocka_unit_test(a_word_of_a_command_line_is_one_word_to_a_shell),
		cmocka_unit_test(lines_of_ours_stay_lines_and_what_stands_in_them_is_safe),
		cmocka_unit_test(json_spells_what_acts_on_a_terminal),
		cmocka_unit_test(the_nearest_name_is_meant_only_when_it_is_near),
		cmocka_unit_test(json_is_escaped_and_always_valid_utf8),
		cmocka_unit_test(overlong_forms_and_surrogates_are_not_utf8),
		cmocka_unit_test(errors_are_built_from_the_outside_in),
		cmocka_unit_test(an_error_that_grows_too_long_is_cut_at_its_inner_end),
		cmocka_unit_test(a_part_is_taken_off_at_each_cut),
		cmocka_unit_test(a_buffer_grows_and_gives_off_its_front),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
