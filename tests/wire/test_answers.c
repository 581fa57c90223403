/* test_answers.c - the tables of replies.md once on the wire: a peer gives each answer to a POST, to
 * the question for a status and to that for a result, and the verdict, with the exit code that it
 * leads to, is the table's. What follows from it over a whole load: tests/cli/answers.sh. */
#include "platform.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/core/verdict.h"
#include "tests/wire/bench.h"

#define DATE "Date: Sat, 21 Nov 2026 22:14:07 GMT\r\n" /* 1795299247 */
#define EMPTY "Content-Length: 0\r\n\r\n"
#define HTML "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n<html>Please log in</html"

enum { SMALL = 1000, LARGE = 8 << 20, OWN_WAIT_MS = 3000 };

/* What the tables can say. */
enum say {
	ACCEPTED, /* POST only, as all up to NOT_COMPLETE */
	DOUBT,
	DOUBT_STOP,
	REFUSED,
	REFUSED_STOP,
	TOO_LARGE, /* to be split */
	LATER,     /* planned, tried again */
	LATER_STOP,
	LATER_ACCESS,
	LATER_PAUSE,
	DOUBT_PAUSE,
	NOT_COMPLETE,
	AGAIN, /* GET only, as all below */
	STOP,
	ACCESS,
	PAUSE,
	GONE,
};

struct row {
	unsigned status;
	enum say post, get;
};

static const struct row rows[] = {
	{ 300, REFUSED_STOP, STOP },  { 301, REFUSED_STOP, STOP },  { 302, DOUBT_STOP, STOP },
	{ 303, DOUBT_STOP, STOP },    { 307, REFUSED_STOP, STOP },  { 308, REFUSED_STOP, STOP },
	{ 400, REFUSED, STOP },	      { 401, LATER_ACCESS, ACCESS }, { 403, LATER_ACCESS, ACCESS },
	{ 404, LATER_STOP, AGAIN },   { 405, REFUSED, STOP },	    { 406, LATER_STOP, STOP },
	{ 408, DOUBT, AGAIN },	      { 409, DOUBT, AGAIN },	    { 410, REFUSED_STOP, GONE },
	{ 411, REFUSED, STOP },	      { 413, TOO_LARGE, STOP },	    { 414, REFUSED, STOP },
	{ 415, REFUSED, STOP },	      { 418, DOUBT, AGAIN },	    { 421, LATER, AGAIN },
	{ 422, REFUSED, STOP },	      { 425, LATER, AGAIN },	    { 429, LATER_PAUSE, PAUSE },
	{ 431, REFUSED, STOP },	      { 451, DOUBT, AGAIN },	    { 500, DOUBT, AGAIN },
	{ 501, DOUBT, AGAIN },	      { 502, DOUBT, AGAIN },	    { 503, DOUBT_PAUSE, PAUSE },
	{ 504, DOUBT, AGAIN },	      { 507, DOUBT, AGAIN },	    { 520, DOUBT, AGAIN },
	{ 521, DOUBT, AGAIN },	      { 522, DOUBT, AGAIN },	    { 523, DOUBT, AGAIN },
	{ 524, DOUBT, AGAIN },	      { 599, DOUBT, AGAIN },
};

/* ---- one request, one answer */

static const struct load_limits limits = {
	.uploads = 1,
	.attempts = 3,
	.backoff = { .first_ms = OWN_WAIT_MS, .most_ms = OWN_WAIT_MS },
	.settle_ms = 1000,
	.poll_first_ms = 100,
	.poll_most_ms = 1000,
};

static void
request(struct bench *bench, enum request_kind kind, uint64_t bytes)
{
	struct nation_port *port = &bench->port;
	struct span text = span_of("abcdefghijklmnopqrstuvwxyz");

	if (kind == REQUEST_SUBMIT)
		bench_submit(bench, bench_new_body(bench, text, bytes));
	else if (kind == REQUEST_STATUS)
		assert_int_equal(port->status(port->ctx, 7, 252, &bench->err), 0);
	else
		assert_int_equal(port->result(port->ctx, 7, 252, 0, 3, &bench->err), 0);
}

static struct verdict
verdict_of(const struct reply *reply)
{
	const struct chunk submitting = { .number = 3, .state = CHUNK_SUBMITTING, .attempts = 1 };
	const struct chunk taken = { .number = 3, .state = CHUNK_SUBMITTED, .import_id = 252 };
	struct verdict_context context = { .limits = &limits, .roll = UINT32_MAX };

	context.chunk = reply->kind == REQUEST_SUBMIT ? &submitting : &taken;
	if (reply->kind == REQUEST_SUBMIT)
		return verdict_of_submit(reply, &context);
	if (reply->kind == REQUEST_STATUS)
		return verdict_of_status(reply, &context);
	return verdict_of_result(reply, &context);
}

/* `read` bytes of the body are taken before the answer; 0: all of it. */
static struct verdict
answered(enum request_kind kind, const char *answer, uint64_t bytes, size_t read)
{
	struct peer_script script = { { { PEER_READ_HEAD }, { PEER_READ_BODY },
	    { PEER_SEND, .text = answer } } };
	struct client_options options = bench_options();
	struct bench bench = { .peer = NULL };
	struct verdict verdict;
	char url[64];

	if (read)
		script.steps[1] = (struct peer_step){ PEER_READ_SOME, .bytes = read };
	if (read)
		script.steps[3] = (struct peer_step){ PEER_AWAIT_CLOSE };
	bench.peer = peer_start(&script, 1);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer_port(bench.peer));
	options.url = url;
	options.token = "t";
	bench_open(&bench, &options);
	request(&bench, kind, bytes);
	verdict = verdict_of(bench_hear(&bench));
	bench_close_client(&bench);
	peer_stop(bench.peer);
	bench_done(&bench);
	peer_free(bench.peer);
	return verdict;
}

/* ---- what was said */

static bool
is_event(const struct verdict *verdict, enum event_type type)
{
	return verdict->has_event && verdict->event.type == type;
}

static bool
is_later(const struct verdict *verdict)
{
	return is_event(verdict, EVENT_SUBMIT_PUT_OFF) ||
	       is_event(verdict, EVENT_SUBMIT_NOT_COMPLETE);
}

/* Its exit code is `stop`, and it pauses or not. */
static bool
ends(const struct verdict *verdict, int stop, bool pauses)
{
	return (int)verdict->stop == stop && (verdict->pause_ms > 0) == pauses;
}

static bool
is_again(const struct verdict *verdict)
{
	return !verdict->has_event && verdict->wait_ms > 0;
}

static bool
is_said(const struct verdict *verdict, enum say say)
{
	switch (say) {
	case ACCEPTED:
		return is_event(verdict, EVENT_SUBMIT_ACCEPTED) && ends(verdict, 0, false);
	case DOUBT:
		return is_event(verdict, EVENT_ANSWER_LOST) && ends(verdict, 0, false);
	case DOUBT_STOP:
		return is_event(verdict, EVENT_ANSWER_LOST) && ends(verdict, 76, false);
	case DOUBT_PAUSE:
		return is_event(verdict, EVENT_ANSWER_LOST) && ends(verdict, 0, true);
	case REFUSED:
		return is_event(verdict, EVENT_SUBMIT_REFUSED) && ends(verdict, 0, false);
	case REFUSED_STOP:
		return is_event(verdict, EVENT_SUBMIT_REFUSED) && ends(verdict, 76, false);
	case TOO_LARGE:
		return is_event(verdict, EVENT_SUBMIT_TOO_LARGE) && ends(verdict, 0, false);
	case LATER:
		return is_later(verdict) && ends(verdict, 0, false);
	case LATER_STOP:
		return is_later(verdict) && ends(verdict, 76, false);
	case LATER_ACCESS:
		return is_later(verdict) && ends(verdict, 77, false);
	case LATER_PAUSE:
		return is_later(verdict) && ends(verdict, 0, true);
	case NOT_COMPLETE:
		return is_event(verdict, EVENT_SUBMIT_NOT_COMPLETE) && (int)verdict->stop == 0;
	case AGAIN:
		return is_again(verdict) && ends(verdict, 0, false);
	case STOP:
		return !verdict->has_event && ends(verdict, 76, false);
	case ACCESS:
		return !verdict->has_event && ends(verdict, 77, false);
	case PAUSE:
		return is_again(verdict) && ends(verdict, 0, true);
	case GONE:
		return verdict->has_event && ends(verdict, 0, false);
	}
	return false;
}

static void
expect(const char *what, const struct verdict *verdict, enum say say)
{
	if (!is_said(verdict, say))
		fail_msg("%s: event %s, exit code %d, pause %lld ms; not what row %d says", what,
		    verdict->has_event ? event_word(verdict->event.type) : "none",
		    (int)verdict->stop, (long long)verdict->pause_ms, (int)say);
}

/* ---- the tests */

static const enum request_kind kinds[] = { REQUEST_SUBMIT, REQUEST_STATUS, REQUEST_RESULT };

static void
every_status_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(kinds); j++) {
			bool is_post = kinds[j] == REQUEST_SUBMIT;
			struct verdict verdict;
			char answer[128], what[64];

			snprintf(answer, sizeof(answer), "HTTP/1.1 %u Said\r\nConnection: close\r\n"
				 EMPTY, rows[i].status);
			snprintf(what, sizeof(what), "%u to request %d", rows[i].status, kinds[j]);
			verdict = answered(kinds[j], answer, SMALL, 0);
			expect(what, &verdict, is_post ? rows[i].post : rows[i].get);
		}
	}
}

static void
an_answer_in_the_midst_of_the_body_counts_by_what_was_sent(void **state)
{
	static const struct row early[] = { { 408, NOT_COMPLETE, 0 }, { 503, NOT_COMPLETE, 0 },
					    { 418, NOT_COMPLETE, 0 }, { 502, DOUBT, 0 },
					    { 409, DOUBT, 0 },	      { 429, LATER_PAUSE, 0 },
					    { 413, TOO_LARGE, 0 },    { 400, REFUSED, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(early); i++) {
		struct verdict verdict;
		char answer[128], what[64];

		snprintf(answer, sizeof(answer), "HTTP/1.1 %u Said\r\nConnection: close\r\n" EMPTY,
		    early[i].status);
		snprintf(what, sizeof(what), "%u in the midst of the body", early[i].status);
		verdict = answered(REQUEST_SUBMIT, answer, LARGE, 100000);
		expect(what, &verdict, early[i].post);
		assert_true(verdict.event.handed_bytes < verdict.event.body_bytes);
	}
}

static void
two_hundred_is_believed_only_with_what_was_asked_for(void **state)
{
	static const struct {
		const char *answer;
		enum say post, get;
	} answers[] = {
		{ HTML, DOUBT_STOP, STOP },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"import\":{\"id", DOUBT, AGAIN },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", DOUBT, AGAIN },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", DOUBT, AGAIN },
		{ "HTTP/1.1 200 OK\r\n" EMPTY, DOUBT, AGAIN },
		{ "HTTP/1.1 204 No Content\r\n\r\n", DOUBT, AGAIN },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"import\":{\"id\":\"12345\"}}", DOUBT,
		  AGAIN },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"import\":", DOUBT, AGAIN },
		{ "HTTP/1.1 200 O", DOUBT, AGAIN },
		{ "220 mail ready\r\n\r\n", DOUBT, AGAIN },
		{ "HTTP/1.1 100 Continue\r\n\r\n", DOUBT, AGAIN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(kinds); j++) {
			bool is_post = kinds[j] == REQUEST_SUBMIT;
			struct verdict verdict = answered(kinds[j], answers[i].answer, SMALL, 0);

			expect(answers[i].answer, &verdict,
			    is_post ? answers[i].post : answers[i].get);
		}
	}
}

static void
an_import_in_good_order_is_accepted(void **state)
{
	struct verdict verdict;

	(void)state;
	verdict = answered(REQUEST_SUBMIT,
	    "HTTP/1.1 201 Created\r\nContent-Length: 24\r\n\r\n{\"import\":{\"id\":123456}}", SMALL, 0);
	expect("201", &verdict, ACCEPTED);
	assert_int_equal(verdict.event.import_id, 123456);
}

/* Retry-After and the rate limit's reset in every form that NationBuilder ever had. */
static void
a_wait_that_the_nation_asks_for_is_kept_within_bounds(void **state)
{
	static const struct {
		const char *header;
		int64_t pause_ms;
	} forms[] = {
		{ "Retry-After: 7\r\n", 7000 },
		{ "retry-after: 7\r\n", 7000 },
		{ "Retry-After: 0\r\n", OWN_WAIT_MS }, /* nobody means "at once" by it */
		{ "Retry-After: -5\r\n", OWN_WAIT_MS },
		{ "Retry-After: 99999999999999999999\r\n", 900000 },
		{ DATE "Retry-After: Sat, 21 Nov 2026 22:15:07 GMT\r\n", 60000 },
		{ DATE "Retry-After: Sat, 21 Nov 2026 21:15:07 GMT\r\n", OWN_WAIT_MS },
		{ "RateLimit-Reset: 9\r\n", 9000 },
		{ DATE "X-RateLimit-Reset: 1795299297\r\n", 50000 },
		{ DATE "X-RateLimit-Reset: 1795299297.25\r\n", 50250 },
		{ "X-RateLimit-Reset: 8.25\r\n", 8250 },
		{ "X-RateLimit-Reset: 0.25\r\n", 1000 },
		{ DATE "Nation-Ratelimit-Reset: 1795299259\r\n", 12000 },
		{ "Retry-After: 3\r\nX-RateLimit-Reset: 100\r\n", 3000 },
		{ "Retry-After: soon\r\n", OWN_WAIT_MS },
		{ "", OWN_WAIT_MS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(kinds); j++) {
			struct verdict verdict;
			char answer[256];

			snprintf(answer, sizeof(answer),
			    "HTTP/1.1 429 Too Many Requests\r\n%sConnection: close\r\n" EMPTY,
			    forms[i].header);
			verdict = answered(kinds[j], answer, SMALL, 0);
			expect(answer, &verdict,
			    kinds[j] == REQUEST_SUBMIT ? LATER_PAUSE : PAUSE);
			if (verdict.pause_ms < forms[i].pause_ms - 1 ||
			    verdict.pause_ms > forms[i].pause_ms)
				fail_msg("%s: pause %lld ms, not %lld", answer,
				    (long long)verdict.pause_ms, (long long)forms[i].pause_ms);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_verdict),
		cmocka_unit_test(an_answer_in_the_midst_of_the_body_counts_by_what_was_sent),
		cmocka_unit_test(two_hundred_is_believed_only_with_what_was_asked_for),
		cmocka_unit_test(an_import_in_good_order_is_accepted),
		cmocka_unit_test(a_wait_that_the_nation_asks_for_is_kept_within_bounds),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
