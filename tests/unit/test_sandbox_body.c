#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "sandbox/base64.h"
#include "sandbox/body.h"
#include "sandbox/throttle.h"
#include "sandbox/tokens.h"

/* A body in pieces of `piece` bytes. */
static struct body
take(const char *text, size_t piece, uint64_t most)
{
	struct span rest = span_of(text);
	struct body body;

	body_init(&body, most);
	while (rest.len) {
		struct span part = { rest.ptr, rest.len < piece ? rest.len : piece };

		body_take(&body, part);
		rest.ptr += part.len;
		rest.len -= part.len;
	}
	body_end(&body);
	return body;
}

static void
base64_is_read_in_every_form_and_cut_anywhere(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },           { "YQ==", "a" },     { "YQ", "a" },      { "YWI=", "ab" },
		{ "YWI", "ab" },      { "YWJj", "abc" },   { "YWJjZA", "abcd" },
		{ "fn5-fj8_", "~~~~??" }, { "fn5+fj8/", "~~~~??" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		for (size_t piece = 1; piece <= 8; piece++) {
			struct base64 base64 = BASE64_INIT;
			struct span rest = span_of(cases[i].text);
			SCOPED(buf) got = BUF_INIT;

			while (rest.len) {
				struct span part = { rest.ptr, rest.len < piece ? rest.len : piece };

				assert_int_equal(base64_take(&base64, part, &got), part.len);
				rest.ptr += part.len;
				rest.len -= part.len;
			}
			assert_true(base64_end(&base64, &got));
			assert_string_equal(buf_text(&got), cases[i].want);
		}
	}
}

static void
what_is_not_base64_is_refused(void **state)
{
	static const char *const bad[] = { "Y", "YWJjZ", "YQ=", "YQ===", "YWI==", "YQ==YQ==", "Y=Q=", "=" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct base64 base64 = BASE64_INIT;
		SCOPED(buf) got = BUF_INIT;

		base64_take(&base64, span_of(bad[i]), &got);
		assert_false(base64_end(&base64, &got));
	}
}

static void
what_is_encoded_is_decoded_in_every_form(void **state)
{
	char bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		for (unsigned form = 0; form < 4; form++) {
			const struct base64_form letters = { form & 1, form & 2, false };
			struct base64 base64 = BASE64_INIT;
			SCOPED(buf) text = BUF_INIT;
			SCOPED(buf) got = BUF_INIT;

			base64_encode((struct span){ bytes, len }, &letters, &text);
			assert_int_equal(base64_take(&base64, buf_span(&text), &got), text.len);
			assert_true(base64_end(&base64, &got));
			assert_true(span_equal(buf_span(&got), (struct span){ bytes, len }));
		}
	}
}

static void
wrapped_base64_has_lines_of_sixty_letters(void **state)
{
	const struct base64_form wrapped = { false, false, true };
	SCOPED(buf) text = BUF_INIT;
	char bytes[46] = { 0 };

	(void)state;
	base64_encode((struct span){ bytes, 45 }, &wrapped, &text);
	assert_int_equal(text.len, 61);
	assert_int_equal(text.ptr[60], '\n');
	buf_clear(&text);
	base64_encode((struct span){ bytes, 46 }, &wrapped, &text);
	assert_string_equal(buf_text(&text) + 61, "AA==\n");
}

static void
the_file_is_taken_out_of_the_body_wherever_it_is_cut(void **state)
{
	static const char text[] = "{\"file\":\"no\",\"a\":[{\"import\":{\"file\":\"no\"}}],"
				   "\"import\" : {\"x\":{\"file\":\"no\"},\"y\":[\"file\",\"z\"],"
				   "\"file\" : \"ZW1ha\\/Ww\",\"type\":\"people\"}}";
	static const char want[] = "{\"file\":\"no\",\"a\":[{\"import\":{\"file\":\"no\"}}],"
				   "\"import\" : {\"x\":{\"file\":\"no\"},\"y\":[\"file\",\"z\"],"
				   "\"file\" : \"\",\"type\":\"people\"}}";

	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct body body = take(text, piece, 100);

		assert_string_equal(buf_text(&body.rest), want);
		assert_string_equal(buf_text(&body.csv), "ema\x6B\xF5\xB0");
		assert_true(body.has_file);
		assert_false(body.is_not_base64);
		body_done(&body);
	}
}

static void
a_quotation_mark_in_a_name_or_text_does_not_end_it(void **state)
{
	struct body body = take("{\"a\\\"b\":\"\\\\\",\"import\":{\"file\":\"YQ\"}}", 3, 100);

	(void)state;
	assert_string_equal(buf_text(&body.csv), "a");
	body_done(&body);
}

static void
a_body_with_no_file_says_so(void **state)
{
	static const char *const texts[] = { "", "{}", "[\"import\",{\"file\":\"YQ\"}]",
					     "{\"import\":{\"file\":null}}",
					     "{\"import\":[{\"file\":\"YQ\"}]}", "{\"file\":\"YQ\"}",
					     "{\"import\":{\"a\":\"file\",\"b\":\"YQ\"}}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		struct body body = take(texts[i], 5, 100);

		assert_false(body.has_file);
		assert_string_equal(buf_text(&body.rest), texts[i]);
		body_done(&body);
	}
}

static void
a_file_that_is_not_base64_or_stands_twice_is_marked(void **state)
{
	static const char *const texts[] = { "{\"import\":{\"file\":\"a b\"}}",
					     "{\"import\":{\"file\":\"YQ\\n\"}}",
					     "{\"import\":{\"file\":\"Y\"}}",
					     "{\"import\":{\"file\":\"YQ\",\"file\":\"YQ\"}}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		struct body body = take(texts[i], 4, 100);

		assert_true(body.is_not_base64);
		body_done(&body);
	}
}

static void
a_file_may_have_the_most_bytes_and_not_one_more(void **state)
{
	struct body fits = take("{\"import\":{\"file\":\"YWFhYQ\"}}", 3, 4);
	struct body over = take("{\"import\":{\"file\":\"YWFhYWE\"}}", 3, 4);

	(void)state;
	assert_false(fits.is_too_large);
	assert_true(over.is_too_large);
	body_done(&fits);
	body_done(&over);
}

static void
a_body_too_deep_or_too_long_beside_its_file_is_odd(void **state)
{
	SCOPED(buf) text = BUF_INIT;
	struct body body;

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_add_byte(&text, '[');
	body = take(buf_text(&text), 7, 100);
	assert_true(body.is_too_odd);
	body_done(&body);
	buf_clear(&text);
	for (int i = 0; i <= BODY_REST_BYTES; i++)
		buf_add_byte(&text, ' ');
	body = take(buf_text(&text), 1000, 100);
	assert_true(body.is_too_odd);
	assert_int_equal(body.rest.len, BODY_REST_BYTES);
	body_done(&body);
}

/* ---- throttle, tokens */

static void
the_limit_lets_so_many_through_in_a_window(void **state)
{
	struct throttle throttle = { .limit = { 2, 1000 } };
	uint64_t left_ms = 0;

	(void)state;
	assert_true(throttle_allows(&throttle, 5000, &left_ms));
	assert_true(throttle_allows(&throttle, 5400, &left_ms));
	assert_false(throttle_allows(&throttle, 5999, &left_ms));
	assert_int_equal(left_ms, 1);
	assert_true(throttle_allows(&throttle, 6000, &left_ms));
}

static void
without_a_limit_everything_goes_through(void **state)
{
	struct throttle throttle = { .limit = { 0, 0 } };
	uint64_t left_ms = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_true(throttle_allows(&throttle, 5000, &left_ms));
}

static int
start_tokens(struct tokens *tokens, const char *access, const char *refresh, uint64_t life_ms,
	     enum tokens_end end)
{
	const struct tokens_options options = { 1, access, refresh, life_ms, end };

	return tokens_init(tokens, &options, 5000, NULL);
}

static void
access_tokens_end_and_unknown_ones_never_worked(void **state)
{
	struct tokens tokens;

	(void)state;
	assert_int_equal(start_tokens(&tokens, "t", NULL, 1000, TOKENS_END_AT_ONCE), 0);
	assert_int_equal(tokens_check(&tokens, span_of("t"), 5999), TOKENS_FINE);
	assert_int_equal(tokens_check(&tokens, span_of("t"), 6000), TOKENS_ENDED);
	assert_int_equal(tokens_check(&tokens, span_of("u"), 5000), TOKENS_UNKNOWN);
	assert_int_equal(tokens_check(&tokens, span_of(""), 5000), TOKENS_UNKNOWN);
	tokens_done(&tokens);
}

static void
without_a_first_token_any_will_do_but_none(void **state)
{
	struct tokens tokens;

	(void)state;
	assert_int_equal(start_tokens(&tokens, NULL, NULL, 0, TOKENS_END_AT_ONCE), 0);
	assert_int_equal(tokens_check(&tokens, span_of("x"), 5000), TOKENS_FINE);
	assert_int_equal(tokens_check(&tokens, span_of(""), 5000), TOKENS_UNKNOWN);
	tokens_done(&tokens);
}

static void
a_refresh_token_works_once_and_gives_another(void **state)
{
	char access[TOKENS_BYTES], first[TOKENS_BYTES], second[TOKENS_BYTES];
	struct tokens tokens;

	(void)state;
	assert_int_equal(start_tokens(&tokens, "t", "r", 0, TOKENS_END_AT_ONCE), 0);
	assert_int_equal(tokens_refresh(&tokens, span_of("x"), 5000, access, first, NULL), 0);
	assert_int_equal(tokens_refresh(&tokens, span_of("r"), 5000, access, first, NULL), 1);
	assert_int_equal(tokens_check(&tokens, span_of(access), 5000), TOKENS_FINE);
	assert_int_equal(tokens_refresh(&tokens, span_of("r"), 5000, access, second, NULL), 0);
	assert_int_equal(tokens_refresh(&tokens, span_of(first), 5000, access, second, NULL), 1);
	assert_string_not_equal(first, second);
	tokens_end_all(&tokens, 6000);
	assert_int_equal(tokens_check(&tokens, span_of(access), 6000), TOKENS_ENDED);
	tokens_done(&tokens);
}

static void
a_refresh_token_may_last_until_what_it_gave_is_used(void **state)
{
	char access[TOKENS_BYTES], another[TOKENS_BYTES], refresh[TOKENS_BYTES];
	struct tokens tokens;

	(void)state;
	assert_int_equal(start_tokens(&tokens, "t", "r", 0, TOKENS_END_ON_USE), 0);
	assert_int_equal(tokens_refresh(&tokens, span_of("r"), 5000, access, refresh, NULL), 1);
	assert_int_equal(tokens_refresh(&tokens, span_of("r"), 5000, another, refresh, NULL), 1);
	assert_int_equal(tokens_check(&tokens, span_of("t"), 5000), TOKENS_FINE);
	assert_int_equal(tokens_refresh(&tokens, span_of("r"), 5000, another, refresh, NULL), 1);
	assert_int_equal(tokens_check(&tokens, span_of(access), 5000), TOKENS_FINE);
	assert_int_equal(tokens_refresh(&tokens, span_of("r"), 5000, another, refresh, NULL), 0);
	tokens_done(&tokens);
}

static void
a_refresh_token_may_last_for_ever(void **state)
{
	char access[TOKENS_BYTES], refresh[TOKENS_BYTES];
	struct tokens tokens;

	(void)state;
	assert_int_equal(start_tokens(&tokens, "t", "r", 0, TOKENS_END_NEVER), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    tokens_refresh(&tokens, span_of("r"), 5000, access, refresh, NULL), 1);
		assert_int_equal(tokens_check(&tokens, span_of(access), 5000), TOKENS_FINE);
	}
	tokens_done(&tokens);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_read_in_every_form_and_cut_anywhere),
		cmocka_unit_test(what_is_not_base64_is_refused),
		cmocka_unit_test(what_is_encoded_is_decoded_in_every_form),
		cmocka_unit_test(wrapped_base64_has_lines_of_sixty_letters),
		cmocka_unit_test(the_file_is_taken_out_of_the_body_wherever_it_is_cut),
		cmocka_unit_test(a_quotation_mark_in_a_name_or_text_does_not_end_it),
		cmocka_unit_test(a_body_with_no_file_says_so),
		cmocka_unit_test(a_file_that_is_not_base64_or_stands_twice_is_marked),
		cmocka_unit_test(a_file_may_have_the_most_bytes_and_not_one_more),
		cmocka_unit_test(a_body_too_deep_or_too_long_beside_its_file_is_odd),
		cmocka_unit_test(the_limit_lets_so_many_through_in_a_window),
		cmocka_unit_test(without_a_limit_everything_goes_through),
		cmocka_unit_test(access_tokens_end_and_unknown_ones_never_worked),
		cmocka_unit_test(without_a_first_token_any_will_do_but_none),
		cmocka_unit_test(a_refresh_token_works_once_and_gives_another),
		cmocka_unit_test(a_refresh_token_may_last_until_what_it_gave_is_used),
		cmocka_unit_test(a_refresh_token_may_last_for_ever),
	};

	return cmocka_run_group_tests_name("sandbox/body", tests, NULL, NULL);
}
