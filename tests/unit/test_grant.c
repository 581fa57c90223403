#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/nation/grant.h"

static const struct token held = {
	.text = "access-1-secret", .refresh = "refresh-1-secret", .older = "refresh-0-secret",
	.client_id = "my client", .client_secret = "se&cr=et%", .created_ms = 5000,
	.life_ms = 10000, .expires_ms = 15000, .is_refreshable = true,
};

enum { WALL_MS = 7000999 };

static void
the_form_is_encoded_byte_for_byte(void **state)
{
	SCOPED(buf) form = BUF_INIT;

	(void)state;
	grant_form(&held, held.refresh, &form);
	assert_string_equal(buf_text(&form), "grant_type=refresh_token&refresh_token=refresh-1-secret"
					     "&client_id=my%20client&client_secret=se%26cr%3Det%25");
}

static void
the_form_does_not_move_in_memory_as_it_grows(void **state)
{
	static struct token token;
	SCOPED(buf) form = BUF_INIT;
	const char *begin;

	(void)state;
	memset(token.refresh, '%', sizeof(token.refresh) - 1);
	memset(token.client_id, '&', sizeof(token.client_id) - 1);
	memset(token.client_secret, '=', sizeof(token.client_secret) - 1);
	begin = buf_reserve(&form, 3 * (sizeof(token.refresh) + 2 * sizeof(token.client_id)) + 128);
	grant_form(&token, token.refresh, &form);
	assert_ptr_equal(form.ptr, begin);
}

static int
take(const char *answer, const char *refresh, struct token *fresh, struct err *err)
{
	return grant_take(&held, refresh, span_of(answer), WALL_MS, fresh, err);
}

static void
the_refresh_token_that_was_used_stays_beside_the_new_one(void **state)
{
	SCOPED(token) fresh = TOKEN_INIT;

	(void)state;
	assert_int_equal(take("{\"access_token\":\"a2\",\"refresh_token\":\"r2\",\"expires_in\":60,"
			      "\"created_at\":1}",
			     held.refresh, &fresh, NULL),
	    0);
	assert_string_equal(fresh.text, "a2");
	assert_string_equal(fresh.refresh, "r2");
	assert_string_equal(fresh.older, held.refresh);
	assert_string_equal(fresh.client_id, held.client_id);
	assert_string_equal(fresh.client_secret, held.client_secret);
	assert_true(fresh.is_refreshable);
}

static void
its_life_begins_now_by_our_clock_whatever_theirs_says(void **state)
{
	SCOPED(token) fresh = TOKEN_INIT;

	(void)state;
	assert_int_equal(
	    take("{\"access_token\":\"a\",\"expires_in\":60,\"created_at\":99}", "r", &fresh, NULL), 0);
	assert_int_equal(fresh.created_ms, WALL_MS);
	assert_int_equal(fresh.expires_ms, WALL_MS + 60000);
	assert_int_equal(take("{\"access_token\":\"a\"}", "r", &fresh, NULL), 0);
	assert_int_equal(fresh.expires_ms, -1);
}

static void
a_nation_that_gives_no_new_refresh_token_means_the_one_that_was_used(void **state)
{
	static const char *const answers[] = {
		"{\"access_token\":\"a2\"}",
		"{\"access_token\":\"a2\",\"refresh_token\":null}",
		"{\"access_token\":\"a2\",\"refresh_token\":\"refresh-0-secret\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
		SCOPED(token) fresh = TOKEN_INIT;

		assert_int_equal(take(answers[i], held.older, &fresh, NULL), 0);
		assert_string_equal(fresh.refresh, "refresh-0-secret");
		assert_string_equal(fresh.older, "");
	}
}

static void
what_cannot_be_used_is_no_grant_and_leaves_the_token_alone(void **state)
{
	static const char *const answers[] = {
		"", "bare", "<html>", "[]", "{}", "{\"access_token\":5}", "{\"access_token\":\"\"}",
		"{\"access_token\":\"a b\"}", "{\"access_token\":\"a\"} x", "{\"access_token\":\"a\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
		struct token fresh = { .text = "untouched" };
		struct err err = ERR_INIT;

		assert_int_equal(take(answers[i], "r", &fresh, &err), -1);
		assert_int_equal(err.kind, ERR_NONSENSE);
		assert_string_equal(fresh.text, "untouched");
	}
}

static void
assert_message(const char *answer, const char *expected)
{
	char message[64];

	grant_message(&held, span_of(answer), message, sizeof(message));
	assert_string_equal(message, expected);
}

static void
a_refusal_is_told_in_the_nations_words(void **state)
{
	(void)state;
	assert_message("{\"error\":\"invalid_grant\",\"error_description\":\"It is revoked.\"}",
	    "It is revoked.");
	assert_message("{\"code\":\"invalid_grant\",\"message\":\"No such token\"}", "No such token");
	assert_message("{\"error\":\"invalid_client\"}", "invalid_client");
	assert_message("{\"error\":\"red\\u001b[31m\"}", "red\\x1B[31m");
	assert_message("{\"error\":5}", "");
	assert_message("<html>", "");
}

static void
a_nation_that_says_our_secrets_back_is_not_quoted(void **state)
{
	(void)state;
	assert_message("{\"error\":\"unknown refresh-1-secret\"}", "");
	assert_message("{\"error\":\"unknown refresh-0-secret\"}", "");
	assert_message("{\"error\":\"unknown access-1-secret\"}", "");
	assert_message("{\"error\":\"unknown se&cr=et%\"}", "");
}

static void
what_is_written_is_read_again_as_it_was(void **state)
{
	static const char odd[] = "a\"b\\c/<>&'%~!";
	struct token token = held;
	SCOPED(token) again = TOKEN_INIT;
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	strcpy(token.client_id, "id");
	strcpy(token.text, odd);
	strcpy(token.refresh, odd);
	grant_write(&token, &text);
	assert_int_equal(token_take_text(buf_span(&text), true, &again, NULL), 0);
	assert_string_equal(again.text, odd);
	assert_string_equal(again.refresh, odd);
	assert_string_equal(again.older, token.older);
	assert_string_equal(again.client_secret, token.client_secret);
	assert_int_equal(again.created_ms, token.created_ms);
	assert_int_equal(again.life_ms, token.life_ms);
	assert_true(again.is_refreshable);
}

static void
a_bare_token_is_written_without_what_it_does_not_have(void **state)
{
	struct token token = TOKEN_INIT;
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	strcpy(token.text, "bare");
	grant_write(&token, &text);
	assert_string_equal(buf_text(&text),
	    "{\"access_token\":\"bare\",\"token_type\":\"Bearer\"}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_is_encoded_byte_for_byte),
		cmocka_unit_test(the_form_does_not_move_in_memory_as_it_grows),
		cmocka_unit_test(the_refresh_token_that_was_used_stays_beside_the_new_one),
		cmocka_unit_test(its_life_begins_now_by_our_clock_whatever_theirs_says),
		cmocka_unit_test(
		    a_nation_that_gives_no_new_refresh_token_means_the_one_that_was_used),
		cmocka_unit_test(what_cannot_be_used_is_no_grant_and_leaves_the_token_alone),
		cmocka_unit_test(a_refusal_is_told_in_the_nations_words),
		cmocka_unit_test(a_nation_that_says_our_secrets_back_is_not_quoted),
		cmocka_unit_test(what_is_written_is_read_again_as_it_was),
		cmocka_unit_test(a_bare_token_is_written_without_what_it_does_not_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
