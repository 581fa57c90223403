#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/nation/answer.h"

#define NOW_MS INT64_C(1795299247000) /* 2026-11-21T22:14:07Z by our clock */

/* ---- the head ---- */

/* The facts of a head of these lines, in an answer of this status. */
static struct reply
reply_of_head(uint32_t status, const char *const *lines, size_t count)
{
	struct reply reply = { .status = status };
	struct answer_head head;

	answer_head_init(&head);
	for (size_t i = 0; i < count; i++)
		answer_head_line(&head, span_of(lines[i]));
	answer_head_fill(&head, NOW_MS, &reply);
	return reply;
}

static int64_t
wait_of(uint32_t status, const char *line)
{
	return reply_of_head(status, &line, 1).retry_after_ms;
}

static void
a_head_without_any_of_the_names_tells_nothing(void **state)
{
	static const char *const lines[] = { "HTTP/1.1 200 OK\r\n", "\r\n", "", "no colon",
					     ":", "Server: x\r\n", "Retry-After2: 3\r\n" };
	struct reply reply = reply_of_head(200, lines, ARRAY_COUNT(lines));

	(void)state;
	assert_int_equal(reply.server_date_ms, -1);
	assert_int_equal(reply.retry_after_ms, -1);
	assert_string_equal(reply.request_id, "");
}

static void
names_of_headers_have_no_case_and_values_no_blanks(void **state)
{
	static const char *const lines[] = { "x-REQUEST-id:\t abc-1 \r\n",
					     "DATE:Sun, 06 Nov 1994 08:49:37 GMT\r\n" };
	struct reply reply = reply_of_head(200, lines, ARRAY_COUNT(lines));

	(void)state;
	assert_string_equal(reply.request_id, "abc-1");
	assert_int_equal(reply.server_date_ms, INT64_C(784111777000));
}

static void
retry_after_is_seconds_a_date_or_nothing(void **state)
{
	(void)state;
	assert_int_equal(wait_of(429, "Retry-After: 120"), 120000);
	assert_int_equal(wait_of(503, "Retry-After: 0"), 0);
	assert_int_equal(wait_of(503, "Retry-After: 1.5"), 1500);
	assert_int_equal(wait_of(503, "Retry-After: Sat, 21 Nov 2026 22:15:37 GMT"), 90000);
	assert_int_equal(wait_of(429, "Retry-After: soon"), -1);
	assert_int_equal(wait_of(429, "Retry-After:"), -1);
	assert_int_equal(wait_of(429, "Retry-After: 12s"), -1);
	assert_int_equal(wait_of(429, "Retry-After: -"), -1);
	assert_int_equal(wait_of(429, "Retry-After: ."), -1);
}

static void
a_wait_that_is_over_is_none(void **state)
{
	(void)state;
	assert_int_equal(wait_of(429, "Retry-After: -90"), 0);
	assert_int_equal(wait_of(429, "Retry-After: Sat, 21 Nov 2026 22:12:37 GMT"), 0);
	assert_int_equal(wait_of(429, "X-RateLimit-Reset: 1795299240"), 0);
}

static void
an_absurd_wait_stays_a_large_number(void **state)
{
	(void)state;
	assert_true(wait_of(429, "Retry-After: 99999999999999999999999999") > INT64_C(1000) << 30);
	assert_true(wait_of(429, "RateLimit-Reset: 99999999999999999999999999") >
		    INT64_C(1000) << 30);
	assert_int_equal(wait_of(429, "Retry-After: -99999999999999999999999999"), 0);
}

static void
a_date_to_wait_for_is_taken_by_the_clock_that_wrote_it(void **state)
{
	static const char *const lines[] = { "Date: Sun, 06 Nov 1994 08:49:37 GMT",
					     "Retry-After: Sun, 06 Nov 1994 08:49:47 GMT" };
	static const char *const reset[] = { "X-RateLimit-Reset: 1795299252",
					     "Date: Sat, 21 Nov 2026 22:14:08 GMT" };

	(void)state;
	assert_int_equal(reply_of_head(503, lines, 2).retry_after_ms, 10000);
	assert_int_equal(reply_of_head(429, reset, 2).retry_after_ms, 4000);
}

static void
every_form_of_a_rate_limit_reset_that_was_ever_sent_is_understood(void **state)
{
	(void)state;
	assert_int_equal(wait_of(429, "RateLimit-Reset: 3"), 3000);
	assert_int_equal(wait_of(429, "ratelimit-reset: 0"), 0);
	assert_int_equal(wait_of(429, "X-Ratelimit-Reset: 1795299252"), 5000);
	assert_int_equal(wait_of(429, "X-RateLimit-Reset: 1795299247.25"), 250);
	assert_int_equal(wait_of(429, "X-RateLimit-Reset: 7.125"), 7125);
	assert_int_equal(wait_of(429, "Nation-Ratelimit-Reset: 999999999"), INT64_C(999999999000));
	assert_int_equal(wait_of(429, "X-RateLimit-Reset: 10s"), -1);
}

static void
a_reset_counts_only_when_we_went_too_fast_and_retry_after_goes_first(void **state)
{
	static const char *const both[] = { "RateLimit-Reset: 3", "Retry-After: 9" };
	static const char *const two[] = { "RateLimit-Reset: 3", "X-RateLimit-Reset: 8" };

	(void)state;
	assert_int_equal(wait_of(200, "RateLimit-Reset: 3"), -1);
	assert_int_equal(wait_of(503, "RateLimit-Reset: 3"), -1);
	assert_int_equal(reply_of_head(429, both, 2).retry_after_ms, 9000);
	assert_int_equal(reply_of_head(429, two, 2).retry_after_ms, 8000);
}

static void
a_request_id_is_made_safe_and_cut(void **state)
{
	SCOPED(buf) line = BUF_INIT;
	const char *text;
	struct reply reply;

	(void)state;
	buf_add_text(&line, "X-Request-Id: \033]0;");
	for (int i = 0; i < 200; i++)
		buf_add_text(&line, "\xC3\xA9");
	text = buf_text(&line);
	reply = reply_of_head(200, &text, 1);
	assert_memory_equal(reply.request_id, "\\x1B]0;\xC3\xA9", 9);
	assert_int_equal(strlen(reply.request_id), 79); /* whole characters only */
}

/* ---- an import ---- */

static struct reply
import_of(const char *body)
{
	struct reply reply = { .status = 200 };

	answer_import(&reply, span_of(body), false);
	return reply;
}

static void
the_documented_answer_to_a_post_is_read(void **state)
{
	struct reply reply = import_of(
	    "{\"import\":{\"id\":252,\"type\":\"ballot\",\"status\":{\"name\":\"queued\","
	    "\"queue\":\"importshigh\",\"position\":0},\"is_overwritable\":false}}");

	(void)state;
	assert_int_equal(reply.form, ANSWER_JSON);
	assert_int_equal(reply.id_form, ID_VALID);
	assert_int_equal(reply.import_id, 252);
	assert_string_equal(reply.type, "ballot");
	assert_int_equal(reply.word, WORD_QUEUED);
	assert_string_equal(reply.word_text, "queued");
	assert_int_equal(reply.processed, -1);
	assert_int_equal(reply.total, -1);
	assert_string_equal(reply.message, "");
}

static void
the_documented_answer_to_a_poll_is_read(void **state)
{
	struct reply reply =
	    import_of("{\"import\":{\"id\":5,\"type\":\"people\",\"status\":{\"name\":\"working\","
		      "\"processed\":100,\"total\":198}}}");

	(void)state;
	assert_int_equal(reply.import_id, 5);
	assert_int_equal(reply.word, WORD_WORKING);
	assert_int_equal(reply.processed, 100);
	assert_int_equal(reply.total, 198);
}

static void
an_id_is_a_whole_number_that_every_reader_can_hold(void **state)
{
	static const struct {
		const char *id;
		enum id_form form;
		uint64_t number;
	} cases[] = {
		{ "1", ID_VALID, 1 },
		{ "9007199254740991", ID_VALID, LIMIT_IMPORT_ID },
		{ "9007199254740992", ID_ODD, 0 },
		{ "18446744073709551616", ID_ODD, 0 },
		{ "0", ID_ODD, 0 },
		{ "-5", ID_ODD, 0 },
		{ "\"252\"", ID_ODD, 0 },
		{ "\"12abc\"", ID_ODD, 0 },
		{ "252.0", ID_ODD, 0 },
		{ "2e2", ID_ODD, 0 },
		{ "true", ID_ODD, 0 },
		{ "null", ID_ODD, 0 },
		{ "[252]", ID_ODD, 0 },
		{ "{}", ID_ODD, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		SCOPED(buf) body = BUF_INIT;
		struct reply reply;

		buf_printf(&body, "{\"import\":{\"id\":%s}}", cases[i].id);
		reply = import_of(buf_text(&body));
		assert_int_equal(reply.form, ANSWER_JSON);
		assert_int_equal(reply.id_form, cases[i].form);
		assert_int_equal(reply.import_id, cases[i].number);
	}
}

static void
an_answer_without_an_import_has_no_id(void **state)
{
	static const char *const bodies[] = { "{}", "{\"id\":5}", "{\"import\":5}",
					      "{\"import\":null}", "{\"import\":[{\"id\":5}]}",
					      "{\"import\":{}}", "{\"data\":{\"id\":5}}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		struct reply reply = import_of(bodies[i]);

		assert_int_equal(reply.form, ANSWER_JSON);
		assert_int_equal(reply.id_form, ID_ABSENT);
		assert_int_equal(reply.word, WORD_NONE);
	}
}

static enum nation_word
word_of(const char *name)
{
	SCOPED(buf) body = BUF_INIT;

	buf_printf(&body, "{\"import\":{\"id\":5,\"status\":{\"name\":\"%s\"}}}", name);
	return import_of(buf_text(&body)).word;
}

static void
words_have_one_meaning_each_whatever_their_case(void **state)
{
	static const char *const failed[] = { "unprocessable", "failed", "error", "errored",
					      "invalid", "cancelled", "FAILED" };

	(void)state;
	assert_int_equal(word_of("queued"), WORD_QUEUED);
	assert_int_equal(word_of("Queued"), WORD_QUEUED);
	assert_int_equal(word_of("working"), WORD_WORKING);
	assert_int_equal(word_of("finished"), WORD_FINISHED);
	assert_int_equal(word_of("completed"), WORD_FINISHED);
	for (size_t i = 0; i < ARRAY_COUNT(failed); i++)
		assert_int_equal(word_of(failed[i]), WORD_FAILED);
	assert_int_equal(word_of(""), WORD_NONE);
	assert_int_equal(word_of("finished "), WORD_UNKNOWN);
	assert_int_equal(word_of("not finished"), WORD_UNKNOWN);
}

static void
an_unknown_word_is_kept_safe_to_show(void **state)
{
	struct reply reply = import_of("{\"import\":{\"id\":5,\"status\":{\"name\":"
				       "\"archiving\\u001b[2J and some more words than fit\"}}}");

	(void)state;
	assert_int_equal(reply.word, WORD_UNKNOWN);
	assert_string_equal(reply.word_text, "archiving\\x1B[2J and some more ");
}

static void
counts_of_other_types_are_absent(void **state)
{
	static const char *const bodies[] = {
		"{\"import\":{\"id\":5,\"status\":{\"name\":\"working\",\"processed\":\"10\"}}}",
		"{\"import\":{\"id\":5,\"status\":{\"name\":\"working\",\"processed\":-1}}}",
		"{\"import\":{\"id\":5,\"status\":{\"name\":\"working\",\"processed\":1.5}}}",
		"{\"import\":{\"id\":5,\"status\":{\"name\":\"working\",\"processed\":null}}}",
		"{\"import\":{\"id\":5,\"status\":\"working\"}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++)
		assert_int_equal(import_of(bodies[i]).processed, -1);
}

static void
every_part_of_an_answer_that_is_cut_off_is_broken(void **state)
{
	static const char whole[] = "{\"import\":{\"id\":252,\"status\":{\"name\":\"queued\"}}}";

	(void)state;
	for (size_t len = 1; len < strlen(whole); len++) {
		struct reply reply = { .status = 200 };

		answer_import(&reply, (struct span){ whole, len }, false);
		assert_int_equal(reply.form, ANSWER_BROKEN);
		assert_int_equal(reply.id_form, ID_ABSENT);
	}
}

static void
a_web_page_is_known_by_its_head_or_its_first_byte(void **state)
{
	struct reply reply = { .status = 200 };

	(void)state;
	assert_int_equal(import_of(" \r\n<!DOCTYPE html><title>Log in</title>").form, ANSWER_HTML);
	answer_import(&reply, span_of("Log in"), true);
	assert_int_equal(reply.form, ANSWER_HTML);
	assert_int_equal(import_of("").form, ANSWER_NONE);
	assert_int_equal(import_of(" \n").form, ANSWER_NONE);
	assert_int_equal(import_of("Log in").form, ANSWER_BROKEN);
}

static void
a_content_type_with_a_character_set_is_still_a_web_page(void **state)
{
	struct answer_head head;

	(void)state;
	answer_head_init(&head);
	answer_head_line(&head, span_of("content-type: Text/HTML; charset=utf-8\r\n"));
	assert_true(head.is_html);
	answer_head_line(&head, span_of("Content-Type: application/json\r\n"));
	assert_false(head.is_html);
}

/* ---- errors ---- */

static void
every_documented_form_of_an_error_gives_its_words(void **state)
{
	static const struct {
		const char *body;
		const char *message;
	} cases[] = {
		{ "{\"code\":\"not_found\",\"message\":\"Record not found\"}", "Record not found" },
		{ "{\"code\":\"unauthorized\"}", "unauthorized" },
		{ "{\"message\":\"You have made too many requests.\"}",
		  "You have made too many requests." },
		{ "{\"code\":\"validation_failed\",\"message\":\"Validation Failed.\","
		  "\"validation_errors\":[\"file is empty\",\"type is odd\"]}",
		  "Validation Failed.; file is empty; type is odd" },
		{ "{\"code\":\"validation_failed\",\"message\":\"Validation Failed.\","
		  "\"validation_errors\":{\"file\":[\"is empty\",\"is odd\"],\"type\":\"is odd\"}}",
		  "Validation Failed.; file is empty; is odd; type is odd" },
		{ "{\"errors\":[{\"title\":\"Invalid\",\"detail\":\"file is empty\"},"
		  "{\"title\":\"Odd\"}]}",
		  "file is empty; Odd" },
		{ "{\"errors\":[\"one\",\"two\"]}", "one; two" },
		{ "{\"errors\":\"one\"}", "one" },
		{ "{\"error\":\"invalid_grant\",\"error_description\":\"The grant is over\"}",
		  "The grant is over" },
		{ "{\"error\":\"invalid_token\"}", "invalid_token" },
		{ "{}", "" },
		{ "{\"message\":{\"a\":1},\"errors\":5,\"validation_errors\":null}", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_string_equal(import_of(cases[i].body).message, cases[i].message);
}

static void
words_of_an_error_are_safe_on_a_terminal_and_cut(void **state)
{
	SCOPED(buf) body = BUF_INIT;
	struct reply reply;

	(void)state;
	buf_add_text(&body, "{\"message\":\"two\\nlines \\u001b[31m ");
	for (int i = 0; i < 1000; i++)
		buf_add_text(&body, "\xC3\xA9");
	buf_add_text(&body, "\"}");
	reply = import_of(buf_text(&body));
	assert_memory_equal(reply.message, "two lines \\x1B[31m \xC3\xA9", 20);
	assert_in_range(strlen(reply.message), LIMIT_NOTE_BYTES - 2, LIMIT_NOTE_BYTES - 1);
	assert_int_equal((unsigned char)reply.message[strlen(reply.message) - 1], 0xA9);
}

/* ---- a result ---- */

static struct reply
result_of(const char *body, bool *is_result)
{
	struct reply reply = { .status = 200 };

	*is_result = answer_result(&reply, span_of(body), false);
	return reply;
}

static void
the_documented_result_is_read(void **state)
{
	bool is_result;
	struct reply reply = result_of("{\"result\":{\"rows_updated\":44,\"rows_succeeded\":267,"
				       "\"rows_failed\":54,\"failure_csv\":\"\"}}",
	    &is_result);

	(void)state;
	assert_true(is_result);
	assert_int_equal(reply.rows_updated, 44);
	assert_int_equal(reply.rows_succeeded, 267);
	assert_int_equal(reply.rows_failed, 54);
}

static void
a_result_without_numbers_has_none(void **state)
{
	static const char *const bodies[] = {
		"{\"result\":{}}", "{\"result\":{\"rows_succeeded\":\"5\",\"rows_failed\":null}}",
		"{\"result\":{\"rows_succeeded\":-5,\"rows_failed\":1e3}}", "{\"result\":null}", "{}",
		"{\"rows_succeeded\":5,\"rows_failed\":5}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		bool is_result;
		struct reply reply = result_of(bodies[i], &is_result);

		assert_int_equal(is_result, i < 3);
		assert_int_equal(reply.rows_succeeded, -1);
		assert_int_equal(reply.rows_failed, -1);
		assert_int_equal(reply.rows_updated, -1);
	}
}

/* ---- the list ---- */

static struct reply
list_of(const char *body, struct answer_list *list)
{
	struct reply reply = { .status = 200 };

	assert_int_equal(answer_list(&reply, span_of(body), false, list, NULL), 0);
	return reply;
}

static void
a_page_of_the_list_is_read_as_documented(void **state)
{
	SCOPED(answer_list) list = ANSWER_LIST_INIT;
	struct reply reply = list_of(
	    "{\"data\":[{\"id\":\"2\",\"type\":\"imports\",\"attributes\":{\"content_head\":"
	    "\"id, first_name\\r\\n, Joe\",\"created_at\":\"2026-11-21T22:14:07Z\",\"type\":"
	    "\"People\",\"lines_count\":12}}],\"links\":{\"self\":\"x\",\"next\":\"y\"}}",
	    &list);

	(void)state;
	assert_true(reply.is_list);
	assert_int_equal(reply.entry_count, 1);
	assert_int_equal(reply.entries[0].import_id, 2);
	assert_true(span_is(reply.entries[0].type, "People"));
	assert_true(reply.entries[0].has_content_head);
	assert_true(span_is(reply.entries[0].content_head, "id, first_name\r\n, Joe"));
	assert_int_equal(reply.entries[0].created_ms, NOW_MS);
	assert_int_equal(reply.entries[0].lines_count, 12);
	assert_true(reply.has_more);
}

static void
a_time_with_an_offset_is_the_same_moment(void **state)
{
	SCOPED(answer_list) list = ANSWER_LIST_INIT;
	struct reply reply = list_of("{\"data\":[{\"id\":2,\"attributes\":{\"created_at\":"
				     "\"2026-11-21T17:14:07.000-05:00\"}}]}",
	    &list);

	(void)state;
	assert_int_equal(reply.entries[0].created_ms, NOW_MS);
}

static void
what_an_entry_does_not_say_is_absent(void **state)
{
	SCOPED(answer_list) list = ANSWER_LIST_INIT;
	struct reply reply = list_of(
	    "{\"data\":[{},{\"id\":null,\"attributes\":{\"content_head\":null,\"created_at\":"
	    "\"yesterday\",\"lines_count\":\"12\",\"type\":null}},{\"id\":\"12abc\"},"
	    "{\"id\":\"9007199254740992\"},{\"id\":-1},{\"id\":0}]}",
	    &list);

	(void)state;
	assert_true(reply.is_list);
	assert_int_equal(reply.entry_count, 6);
	for (size_t i = 0; i < reply.entry_count; i++) {
		assert_int_equal(reply.entries[i].import_id, 0);
		assert_false(reply.entries[i].has_content_head);
		assert_int_equal(reply.entries[i].created_ms, -1);
		assert_int_equal(reply.entries[i].lines_count, -1);
		assert_int_equal(reply.entries[i].type.len, 0);
	}
}

static void
an_id_of_the_list_may_be_a_text_or_a_number(void **state)
{
	SCOPED(answer_list) list = ANSWER_LIST_INIT;
	struct reply reply = list_of("{\"data\":[{\"id\":\"7\"},{\"id\":8}]}", &list);

	(void)state;
	assert_int_equal(reply.entries[0].import_id, 7);
	assert_int_equal(reply.entries[1].import_id, 8);
}

static void
a_further_page_is_ruled_out_only_by_the_nation_itself(void **state)
{
	static const struct {
		const char *body;
		bool has_more;
	} cases[] = {
		{ "{\"data\":[{}],\"links\":{\"next\":null}}", false },
		{ "{\"data\":[],\"links\":{\"next\":\"y\"}}", false },
		{ "{\"data\":[]}", false },
		{ "{\"data\":[{}],\"links\":{\"next\":\"y\"}}", true },
		{ "{\"data\":[{}],\"links\":{}}", true },
		{ "{\"data\":[{}]}", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		SCOPED(answer_list) list = ANSWER_LIST_INIT;

		assert_int_equal(list_of(cases[i].body, &list).has_more, cases[i].has_more);
	}
}

static void
what_has_not_the_form_of_a_list_is_none(void **state)
{
	static const char *const bodies[] = { "{}", "{\"data\":null}", "{\"data\":{\"id\":1}}",
					      "{\"data\":[1]}", "{\"data\":[{},null]}", "[]",
					      "<html>", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		SCOPED(answer_list) list = ANSWER_LIST_INIT;
		struct reply reply = list_of(bodies[i], &list);

		assert_false(reply.is_list);
		assert_int_equal(reply.entry_count, 0);
	}
}

/* 8 MiB of {}, were 2 GiB of memory in json-c. */
static void
an_answer_of_more_values_than_memory_should_hold_is_not_read(void **state)
{
	SCOPED(buf) body = BUF_INIT;
	SCOPED(answer_list) list = ANSWER_LIST_INIT;
	struct reply reply = { .kind = REQUEST_LIST, .status = 200 };

	(void)state;
	buf_add_text(&body, "{\"data\":[");
	for (int i = 0; i < 30000; i++)
		buf_add_text(&body, "{},");
	buf_add_text(&body, "{}],\"links\":{\"next\":null}}");
	assert_int_equal(answer_list(&reply, buf_span(&body), false, &list, NULL), 0);
	assert_int_equal(reply.form, ANSWER_TOO_LONG);
	assert_false(reply.is_list);
}

static void
bytes_within_texts_are_no_values(void **state)
{
	SCOPED(buf) body = BUF_INIT;
	SCOPED(answer_list) list = ANSWER_LIST_INIT;
	struct reply reply = { .kind = REQUEST_LIST, .status = 200 };

	(void)state;
	buf_add_text(&body, "{\"data\":[{\"id\":\"7\",\"attributes\":{\"content_head\":\"");
	for (int i = 0; i < 30000; i++)
		buf_add_text(&body, "\\\"[{,:");
	buf_add_text(&body, "\"}}],\"links\":{\"next\":null}}");
	assert_int_equal(answer_list(&reply, buf_span(&body), false, &list, NULL), 0);
	assert_int_equal(reply.form, ANSWER_JSON);
	assert_int_equal(reply.entry_count, 1);
	assert_int_equal(reply.entries[0].import_id, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_of_more_values_than_memory_should_hold_is_not_read),
		cmocka_unit_test(bytes_within_texts_are_no_values),
		cmocka_unit_test(a_head_without_any_of_the_names_tells_nothing),
		cmocka_unit_test(names_of_headers_have_no_case_and_values_no_blanks),
		cmocka_unit_test(retry_after_is_seconds_a_date_or_nothing),
		cmocka_unit_test(a_wait_that_is_over_is_none),
		cmocka_unit_test(an_absurd_wait_stays_a_large_number),
		cmocka_unit_test(a_date_to_wait_for_is_taken_by_the_clock_that_wrote_it),
		cmocka_unit_test(every_form_of_a_rate_limit_reset_that_was_ever_sent_is_understood),
		cmocka_unit_test(a_reset_counts_only_when_we_went_too_fast_and_retry_after_goes_first),
		cmocka_unit_test(a_request_id_is_made_safe_and_cut),
		cmocka_unit_test(the_documented_answer_to_a_post_is_read),
		cmocka_unit_test(the_documented_answer_to_a_poll_is_read),
		cmocka_unit_test(an_id_is_a_whole_number_that_every_reader_can_hold),
		cmocka_unit_test(an_answer_without_an_import_has_no_id),
		cmocka_unit_test(words_have_one_meaning_each_whatever_their_case),
		cmocka_unit_test(an_unknown_word_is_kept_safe_to_show),
		cmocka_unit_test(counts_of_other_types_are_absent),
		cmocka_unit_test(every_part_of_an_answer_that_is_cut_off_is_broken),
		cmocka_unit_test(a_web_page_is_known_by_its_head_or_its_first_byte),
		cmocka_unit_test(a_content_type_with_a_character_set_is_still_a_web_page),
		cmocka_unit_test(every_documented_form_of_an_error_gives_its_words),
		cmocka_unit_test(words_of_an_error_are_safe_on_a_terminal_and_cut),
		cmocka_unit_test(the_documented_result_is_read),
		cmocka_unit_test(a_result_without_numbers_has_none),
		cmocka_unit_test(a_page_of_the_list_is_read_as_documented),
		cmocka_unit_test(a_time_with_an_offset_is_the_same_moment),
		cmocka_unit_test(what_an_entry_does_not_say_is_absent),
		cmocka_unit_test(an_id_of_the_list_may_be_a_text_or_a_number),
		cmocka_unit_test(a_further_page_is_ruled_out_only_by_the_nation_itself),
		cmocka_unit_test(what_has_not_the_form_of_a_list_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
