#include "platform.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/nation/renewal.h"
#include "tests/wire/bench.h"

#define TOKEN "s3cret-T0ken"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define QUEUED                                                                                     \
	"{\"import\":{\"id\":252,\"type\":\"people\",\"status\":{\"name\":\"queued\","             \
	"\"queue\":\"importshigh\",\"position\":0},\"is_overwritable\":false}}"
/* QUEUED has 123 bytes; a test below counts them. */
#define ACCEPTED OK_HEAD "Content-Length: 123\r\nX-Request-Id: r-1\r\n\r\n" QUEUED

/* What a peer does. */
#define TAKE_HEAD     { PEER_READ_HEAD }
#define TAKE_POST     { PEER_READ_HEAD }, { PEER_READ_BODY }
#define TAKE_SOME(n)  { PEER_READ_SOME, .bytes = (n) }
#define SAY(words)    { PEER_SEND, .text = (words) }
#define SAY_MUCH(n)   { PEER_SEND_FILLER, .bytes = (n) }
#define RESET         { PEER_RESET }
#define AWAIT_CLOSE   { PEER_AWAIT_CLOSE }
#define STAND_STILL   { PEER_STAND_STILL }
#define SCRIPT(...)   { { __VA_ARGS__ } }

enum {
	ONE_BODY_BYTES = 1000,
	/* More than both sides' buffers hold when nobody reads. */
	LARGE_BODY_BYTES = 8 << 20,
};

/* ---- the bench, with a peer at its other end ---- */

static struct client_options
patient_options(void)
{
	struct client_options options = bench_options();

	options.token = TOKEN;
	return options;
}

/* Opens a client to the peer, in the place of the one that was there. */
static void
open_client(struct bench *bench, struct client_options options, const char *scheme)
{
	char url[64];

	bench_close_client(bench);
	snprintf(url, sizeof(url), "%s://127.0.0.1:%u", scheme, peer_port(bench->peer));
	options.url = url;
	bench_open(bench, &options);
}

static void
open_bench(struct bench *bench, struct client_options options, const struct peer_script *scripts,
    size_t count)
{
	*bench = (struct bench){ .peer = peer_start(scripts, count) };
	open_client(bench, options, "http");
}

/* Ends the client, then the peer: after this the peer's records may be read. */
static void
settle(struct bench *bench)
{
	bench_close_client(bench);
	peer_stop(bench->peer);
}

static void
close_bench(struct bench *bench)
{
	bench_done(bench);
	peer_free(bench->peer);
}

static struct bench_body *
new_body(struct bench *bench, uint64_t bytes)
{
	return bench_new_body(bench, span_of("abcdefghijklmnopqrstuvwxyz"), bytes);
}

static void
submit(struct bench *bench, uint64_t bytes)
{
	bench_submit(bench, new_body(bench, bytes));
}

static void
assert_nothing_under_way(struct bench *bench)
{
	size_t count = 1;

	assert_int_equal(bench->port.in_flight(bench->port.ctx), 0);
	assert_int_equal(
	    bench->port.wait(bench->port.ctx, 0, &bench->reply, 1, &count, &bench->err), 0);
	assert_int_equal(count, 0);
}

static bool
has_line(struct span received, const char *line)
{
	SCOPED(buf) text = BUF_INIT;

	buf_add_span(&text, received);
	return strstr(buf_text(&text), line) != NULL;
}

/* One POST of `bytes`, one connection that plays `script`, one reply. */
static const struct reply *
submit_to(struct bench *bench, struct client_options options, const struct peer_script *script,
    uint64_t bytes)
{
	open_bench(bench, options, script, 1);
	submit(bench, bytes);
	return bench_hear(bench);
}

static const struct reply *
status_of(struct bench *bench, struct client_options options, const struct peer_script *script)
{
	open_bench(bench, options, script, 1);
	assert_int_equal(bench->port.status(bench->port.ctx, 7, 252, &bench->err), 0);
	return bench_hear(bench);
}

/* ---- a POST on the wire ---- */

static void
a_post_is_these_bytes_and_no_others(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, SAY(ACCEPTED), AWAIT_CLOSE);
	SCOPED(buf) expected = BUF_INIT;
	struct bench bench;

	(void)state;
	assert_int_equal(submit_to(&bench, patient_options(), &script, 30)->status, 200);
	settle(&bench);
	buf_printf(&expected,
	    "POST /api/v1/imports HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	    "User-Agent: rollcall/%s\r\nAuthorization: Bearer " TOKEN "\r\n"
	    "Accept: application/json\r\nContent-Type: application/json\r\n"
	    "Content-Length: 30\r\n\r\nabcdefghijklmnopqrstuvwxyzabcd",
	    peer_port(bench.peer), PACKAGE_VERSION);
	assert_int_equal(peer_received(bench.peer, 0).len, expected.len);
	assert_memory_equal(peer_received(bench.peer, 0).ptr, expected.ptr, expected.len);
	close_bench(&bench);
}

static void
an_accepted_post_comes_back_with_all_its_facts(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, SAY(ACCEPTED));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	assert_int_equal(strlen(QUEUED), 123);
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_equal(reply->kind, REQUEST_SUBMIT);
	assert_int_equal(reply->index, 7);
	assert_int_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->curl_code, 0);
	assert_int_equal(reply->status, 200);
	assert_int_equal(reply->form, ANSWER_JSON);
	assert_int_equal(reply->id_form, ID_VALID);
	assert_int_equal(reply->import_id, 252);
	assert_int_equal(reply->word, WORD_QUEUED);
	assert_string_equal(reply->request_id, "r-1");
	assert_true(reply->request_bytes > 0);
	assert_int_equal(reply->body_bytes, ONE_BODY_BYTES);
	assert_int_equal(reply->handed_bytes, ONE_BODY_BYTES);
	assert_int_equal(((const unsigned char *)&reply->sha256)[0], 0x5A);
	assert_int_equal(bench.closed_count, 1);
	assert_nothing_under_way(&bench);
	settle(&bench);
	close_bench(&bench);
}

static void
a_reply_says_over_which_connection_it_came_and_when(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, SAY(ACCEPTED));
	const struct reply *reply;
	struct bench bench;
	char peer[32];

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	snprintf(peer, sizeof(peer), "127.0.0.1:%u", peer_port(bench.peer));
	assert_string_equal(reply->peer_address, peer);
	assert_non_null(strstr(reply->local_address, "127.0.0.1:"));
	assert_string_not_equal(reply->local_address, peer);
	assert_int_equal(reply->connects, 1);
	assert_true(reply->connect_ms > 0);
	assert_int_equal(reply->tls_ms, 0);
	assert_true(reply->first_byte_ms > 0);
	assert_true(reply->took_ms > 0);
	settle(&bench);
	close_bench(&bench);
}

static void
a_get_over_a_connection_that_is_there_makes_none(void **state)
{
	const struct peer_script script =
	    SCRIPT(TAKE_HEAD, SAY(ACCEPTED), TAKE_HEAD, SAY(ACCEPTED), AWAIT_CLOSE);
	struct bench bench;

	(void)state;
	assert_int_equal(status_of(&bench, patient_options(), &script)->connects, 1);
	assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
	assert_int_equal(bench_hear(&bench)->connects, 0);
	assert_true(strlen(bench.reply.peer_address) > 0);
	assert_true(bench.reply.request_bytes > 0);
	settle(&bench);
	close_bench(&bench);
}

static void
without_an_answer_there_is_no_first_byte(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, RESET);
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_equal(reply->status, 0);
	assert_int_equal(reply->first_byte_ms, 0);
	assert_int_equal(reply->connects, 1);
	assert_true(strlen(reply->peer_address) > 0);
	settle(&bench);
	close_bench(&bench);
}

static void
every_post_has_a_connection_of_its_own(void **state)
{
	const struct peer_script scripts[] = {
		SCRIPT(TAKE_POST, SAY(ACCEPTED), AWAIT_CLOSE),
		SCRIPT(TAKE_POST, SAY(ACCEPTED), AWAIT_CLOSE),
	};
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), scripts, 2);
	for (int i = 0; i < 2; i++) {
		submit(&bench, ONE_BODY_BYTES);
		assert_int_equal(bench_hear(&bench)->transport, TRANSPORT_OK);
	}
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 2);
	close_bench(&bench);
}

static void
a_post_never_takes_a_connection_that_a_get_left_open(void **state)
{
	const struct peer_script scripts[] = {
		SCRIPT(TAKE_HEAD, SAY(ACCEPTED), AWAIT_CLOSE),
		SCRIPT(TAKE_POST),
	};
	const struct reply *reply;
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), scripts, 2);
	assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
	assert_int_equal(bench_hear(&bench)->transport, TRANSPORT_OK);
	submit(&bench, ONE_BODY_BYTES);
	reply = bench_hear(&bench);
	assert_int_equal(reply->transport, TRANSPORT_BROKEN);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 2);
	assert_false(has_line(peer_received(bench.peer, 0), "POST"));
	close_bench(&bench);
}

/* ---- a POST that does not get as far as the nation ---- */

static void
a_refused_connection_sends_nothing(void **state)
{
	const struct reply *reply;
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), NULL, 0);
	peer_stop(bench.peer);
	submit(&bench, ONE_BODY_BYTES);
	reply = bench_hear(&bench);
	assert_int_equal(reply->transport, TRANSPORT_CONNECT);
	assert_int_equal(reply->request_bytes, 0);
	assert_int_equal(reply->connect_ms, 0);
	assert_true(reply->took_ms > 0);
	assert_int_equal(reply->handed_bytes, 0);
	assert_int_equal(reply->body_bytes, ONE_BODY_BYTES);
	assert_int_equal(reply->status, 0);
	assert_true(strlen(reply->transport_text) > 0);
	assert_int_equal(bench.closed_count, 1);
	close_bench(&bench);
}

static void
a_server_that_speaks_no_tls_is_tls_trouble_with_nothing_sent(void **state)
{
	const struct peer_script script = SCRIPT(SAY("HTTP/1.1 400 Bad\r\n\r\n"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	open_client(&bench, patient_options(), "https");
	submit(&bench, ONE_BODY_BYTES);
	reply = bench_hear(&bench);
	assert_int_equal(reply->transport, TRANSPORT_TLS);
	assert_int_equal(reply->request_bytes, 0);
	assert_int_equal(reply->status, 0);
	settle(&bench);
	close_bench(&bench);
}

/* ---- a POST through a proxy, which is first asked for the nation (CONNECT) ---- */

/* The peer is the proxy; nobody needs to know the nation. */
static const struct reply *
submit_through(struct bench *bench, const char *url, const struct peer_script *script)
{
	struct client_options options = patient_options();
	char proxy[64];

	*bench = (struct bench){ .peer = peer_start(script, 1) };
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", peer_port(bench->peer));
	options.url = url;
	options.proxy = proxy;
	bench_open(bench, &options);
	submit(bench, ONE_BODY_BYTES);
	return bench_hear(bench);
}

static void
assert_nothing_sent_through(const struct peer_script *script, enum transport transport,
    const char *text)
{
	const struct reply *reply;
	struct bench bench;

	reply = submit_through(&bench, "https://nation.invalid", script);
	assert_int_equal(reply->transport, transport);
	assert_int_equal(reply->request_bytes, 0);
	assert_int_equal(reply->handed_bytes, 0);
	assert_int_equal(reply->status, 0);
	if (text)
		assert_string_equal(reply->transport_text, text);
	settle(&bench);
	assert_true(has_line(peer_received(bench.peer, 0), "CONNECT nation.invalid:443 HTTP/1.1"));
	assert_false(has_line(peer_received(bench.peer, 0), TOKEN));
	close_bench(&bench);
}

static void
what_a_proxy_is_asked_is_nothing_of_the_request(void **state)
{
	static const struct peer_script scripts[] = {
		SCRIPT(TAKE_HEAD, SAY("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")),
		SCRIPT(TAKE_HEAD, SAY("HTTP/1.1 503 Busy\r\nRetry-After: 9\r\n\r\n")),
		SCRIPT(TAKE_HEAD, RESET),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scripts); i++)
		assert_nothing_sent_through(&scripts[i], TRANSPORT_BROKEN, NULL);
}

static void
no_tls_behind_a_proxy_is_tls_trouble_with_nothing_sent(void **state)
{
	static const struct peer_script script = SCRIPT(TAKE_HEAD,
	    SAY("HTTP/1.1 200 Connection established\r\n\r\n"), SAY("this is no TLS at all\r\n"));

	(void)state;
	assert_nothing_sent_through(&script, TRANSPORT_TLS, NULL);
}

static void
a_proxy_that_wants_a_password_is_not_asked_twice(void **state)
{
	static const struct peer_script script = SCRIPT(TAKE_HEAD,
	    SAY("HTTP/1.1 407 Authenticate\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
		"Content-Length: 0\r\n\r\n"));

	(void)state;
	assert_nothing_sent_through(&script, TRANSPORT_SETUP,
	    "the proxy wants a name and password (407), and is given none");
}

static void
what_a_proxy_hands_on_is_sent(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, SAY(ACCEPTED), AWAIT_CLOSE);
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_through(&bench, "http://127.0.0.1:9", &script);
	assert_int_equal(reply->status, 200);
	assert_true(reply->request_bytes > 0);
	assert_int_equal(reply->handed_bytes, ONE_BODY_BYTES);
	settle(&bench);
	close_bench(&bench);
}

/* ---- a POST whose connection ends in mid-way ---- */

static void
a_connection_that_closes_behind_the_body_leaves_all_bytes_handed_over(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST);
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_BROKEN);
	assert_int_equal(reply->status, 0);
	assert_int_equal(reply->handed_bytes, ONE_BODY_BYTES);
	assert_int_equal(((const unsigned char *)&reply->sha256)[31], 0x5A);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	close_bench(&bench);
}

static void
a_connection_that_is_reset_within_the_body_leaves_fewer_bytes_handed_over(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, TAKE_SOME(100000), RESET);
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, LARGE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_BROKEN);
	assert_int_equal(reply->status, 0);
	assert_true(reply->handed_bytes < LARGE_BODY_BYTES);
	assert_int_equal(((const unsigned char *)&reply->sha256)[0], 0);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	close_bench(&bench);
}

static void
a_connection_that_is_reset_at_its_first_byte_is_not_tried_again(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, RESET);
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, LARGE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_BROKEN);
	assert_int_equal(reply->status, 0);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	close_bench(&bench);
}

static void
an_answer_that_ends_within_its_head_is_no_whole_answer(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, SAY("HTTP/1.1 200 OK\r\nContent-Le"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_not_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->form, ANSWER_NONE);
	assert_int_equal(reply->id_form, ID_ABSENT);
	settle(&bench);
	close_bench(&bench);
}

static void
an_answer_that_ends_within_its_body_is_not_read(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_POST,
	    SAY(OK_HEAD "Content-Length: 200\r\n\r\n" QUEUED));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_GARBLED);
	assert_int_equal(reply->curl_code, 18);
	assert_int_equal(reply->status, 200);
	assert_int_equal(reply->id_form, ID_ABSENT);
	settle(&bench);
	close_bench(&bench);
}

static void
an_answer_of_unknown_length_that_ends_early_is_broken_json(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_POST,
	    SAY(OK_HEAD "Connection: close\r\n\r\n{\"import\":{\"id\":25"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->form, ANSWER_BROKEN);
	assert_int_equal(reply->id_form, ID_ABSENT);
	settle(&bench);
	close_bench(&bench);
}

static void
an_answer_that_is_no_http_is_garbled(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, SAY("220 mail ready\r\n\r\n"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_GARBLED);
	assert_int_equal(reply->curl_code, 1);
	assert_true(reply->request_bytes > 0);
	assert_int_equal(reply->status, 0);
	settle(&bench);
	close_bench(&bench);
}

static void
an_interim_answer_is_no_status(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_POST,
	    SAY("HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_not_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->status, 0);
	settle(&bench);
	close_bench(&bench);
}

static void
the_answer_behind_an_interim_one_counts_with_its_own_head(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_POST,
	    SAY("HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n" ACCEPTED));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->status, 200);
	assert_int_equal(reply->import_id, 252);
	assert_int_equal(reply->retry_after_ms, -1);
	settle(&bench);
	close_bench(&bench);
}

static void
an_early_refusal_ends_the_upload_with_its_status(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    TAKE_SOME(1000),
	    SAY("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n"
		"Connection: close\r\n\r\n"),
	    AWAIT_CLOSE);
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = submit_to(&bench, patient_options(), &script, LARGE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->status, 413);
	assert_true(reply->handed_bytes < LARGE_BODY_BYTES);
	settle(&bench);
	close_bench(&bench);
}

/* ---- a POST that we end ourselves ---- */

static void
a_body_that_refuses_to_go_on_ends_the_post_unfinished_with_its_reason(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, AWAIT_CLOSE);
	const struct reply *reply;
	struct bench_body *body;
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	body = new_body(&bench, LARGE_BODY_BYTES);
	body->fails_at = 300000;
	bench_submit(&bench, body);
	reply = bench_hear(&bench);
	assert_int_equal(reply->transport, TRANSPORT_ABORTED);
	assert_int_equal(reply->fault, ERR_INPUT);
	assert_string_equal(
	    reply->transport_text, "nc.txt changed\\x1B[31m since the plan was made");
	assert_true(reply->handed_bytes < LARGE_BODY_BYTES);
	assert_int_equal(bench.closed_count, 1);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	assert_true(peer_received(bench.peer, 0).len < LARGE_BODY_BYTES);
	close_bench(&bench);
}

static void
a_body_that_ends_early_is_a_bug_and_never_a_shorter_post(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, AWAIT_CLOSE);
	const struct reply *reply;
	struct bench_body *body;
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	body = new_body(&bench, ONE_BODY_BYTES);
	body->ends_at = ONE_BODY_BYTES - 1;
	bench_submit(&bench, body);
	reply = bench_hear(&bench);
	assert_int_equal(reply->transport, TRANSPORT_ABORTED);
	assert_int_equal(reply->fault, ERR_BUG);
	assert_int_equal(reply->handed_bytes, ONE_BODY_BYTES - 1);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	close_bench(&bench);
}

static void
an_answer_that_does_not_come_is_waited_for_no_longer_than_allowed(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, AWAIT_CLOSE);
	struct client_options options = patient_options();
	const struct reply *reply;
	struct bench bench;

	(void)state;
	options.answer_ms = 50;
	reply = submit_to(&bench, options, &script, ONE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_CUT);
	assert_int_equal(reply->handed_bytes, ONE_BODY_BYTES);
	assert_int_equal(reply->status, 0);
	assert_string_equal(reply->transport_text, "no answer within 50 ms of the last byte");
	settle(&bench);
	assert_true(peer_was_reset(bench.peer, 0));
	close_bench(&bench);
}

/* A clock that the test sets. */
static struct now
told_now(void *ctx)
{
	const int64_t *mono_ms = ctx;

	return (struct now){ .wall_ms = 1800000000000, .mono_ms = *mono_ms };
}

static size_t
look(struct bench *bench)
{
	size_t count = 0;

	assert_int_equal(bench->port.wait(bench->port.ctx, 0, &bench->reply, 1, &count,
			     &bench->err), 0);
	return count;
}

/* The client's clock stands still until the peer has said so much: on a busy computer that may take
 * any time. What was said is read by the next look. */
static void
look_until_played(struct bench *bench, size_t steps)
{
	for (int i = 0; peer_played(bench->peer, 0) < steps && i < BENCH_PATIENCE_MS; i++) {
		assert_int_equal(look(bench), 0);
		usleep(1000);
	}
	assert_int_equal(peer_played(bench->peer, 0), steps);
	assert_int_equal(look(bench), 0);
}

static void
an_answer_that_drips_is_cut_as_well(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_POST,
	    SAY(OK_HEAD "Content-Length: 123\r\n\r\n{\"import\""),
	    AWAIT_CLOSE);
	struct client_options options = patient_options();
	int64_t mono_ms = 1000;
	struct bench bench;

	(void)state;
	options.answer_ms = 50;
	options.clock = (struct clock_port){ &mono_ms, told_now };
	open_bench(&bench, options, &script, 1);
	submit(&bench, ONE_BODY_BYTES);
	look_until_played(&bench, 3);
	mono_ms += options.answer_ms;
	assert_int_equal(look(&bench), 1);
	assert_int_equal(bench.reply.transport, TRANSPORT_CUT);
	assert_int_equal(bench.reply.status, 200);
	assert_int_equal(bench.reply.id_form, ID_ABSENT);
	settle(&bench);
	close_bench(&bench);
}

static void
an_upload_that_stands_still_is_cut_and_provably_incomplete(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, STAND_STILL);
	struct client_options options = patient_options();
	const struct reply *reply;
	struct bench bench;

	(void)state;
	options.stall_ms = 50;
	options.answer_ms = 1; /* must not count before the body is handed over */
	reply = submit_to(&bench, options, &script, LARGE_BODY_BYTES);
	assert_int_equal(reply->transport, TRANSPORT_CUT);
	assert_string_equal(reply->transport_text, "nothing moved for 50 ms");
	assert_true(reply->handed_bytes < LARGE_BODY_BYTES);
	settle(&bench);
	close_bench(&bench);
}

static void
a_cut_resets_the_connection_so_that_the_rest_is_not_delivered(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, TAKE_SOME(1), AWAIT_CLOSE);
	const struct reply *reply;
	struct bench bench;
	size_t count;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	submit(&bench, LARGE_BODY_BYTES);
	assert_int_equal(bench.port.in_flight(bench.port.ctx), 1);
	assert_int_equal(
	    bench.port.wait(bench.port.ctx, 0, &bench.reply, 1, &count, &bench.err), 0);
	bench.port.cut(bench.port.ctx);
	assert_int_equal(bench.port.in_flight(bench.port.ctx), 1); /* it has not come back */
	reply = bench_hear(&bench);
	assert_int_equal(bench.port.in_flight(bench.port.ctx), 0);
	assert_int_equal(reply->transport, TRANSPORT_CUT);
	assert_true(reply->handed_bytes < LARGE_BODY_BYTES);
	assert_int_equal(bench.closed_count, 1);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	assert_true(peer_received(bench.peer, 0).len < LARGE_BODY_BYTES);
	close_bench(&bench);
}

/* ---- GETs ---- */

static void
gets_share_a_connection_and_carry_no_body(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY(ACCEPTED),
	    TAKE_HEAD,
	    SAY(ACCEPTED),
	    AWAIT_CLOSE);
	SCOPED(buf) expected = BUF_INIT;
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
		assert_int_equal(bench_hear(&bench)->import_id, 252);
		buf_printf(&expected,
		    "GET /api/v1/imports/252 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
		    "User-Agent: rollcall/%s\r\nAuthorization: Bearer " TOKEN "\r\n"
		    "Accept: application/json\r\n\r\n",
		    peer_port(bench.peer), PACKAGE_VERSION);
	}
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	assert_int_equal(peer_received(bench.peer, 0).len, expected.len);
	assert_memory_equal(peer_received(bench.peer, 0).ptr, expected.ptr, expected.len);
	close_bench(&bench);
}

static void
a_get_on_a_connection_that_died_meanwhile_is_asked_again(void **state)
{
	const struct peer_script scripts[] = {
		SCRIPT(TAKE_HEAD, SAY(ACCEPTED), TAKE_HEAD),
		SCRIPT(TAKE_HEAD, SAY(ACCEPTED)),
	};
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), scripts, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
		assert_int_equal(bench_hear(&bench)->transport, TRANSPORT_OK);
	}
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 2);
	close_bench(&bench);
}

static void
a_status_that_does_not_come_ends_as_a_whole_after_its_time(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, AWAIT_CLOSE);
	struct client_options options = patient_options();
	const struct reply *reply;
	struct bench bench;

	(void)state;
	options.get_ms = 50;
	reply = status_of(&bench, options, &script);
	assert_int_equal(reply->transport, TRANSPORT_BROKEN);
	assert_int_equal(reply->curl_code, 28);
	assert_int_equal(reply->status, 0);
	settle(&bench);
	close_bench(&bench);
}

static void
a_redirect_is_not_followed(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_POST,
	    SAY("HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\n"
		"Content-Length: 0\r\n\r\n"));
	struct bench bench;

	(void)state;
	assert_int_equal(
	    submit_to(&bench, patient_options(), &script, ONE_BODY_BYTES)->status, 307);
	settle(&bench);
	assert_int_equal(peer_connection_count(bench.peer), 1);
	assert_false(has_line(peer_received(bench.peer, 0), "elsewhere"));
	close_bench(&bench);
}

static void
a_good_answer_over_the_cap_is_given_up(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY(OK_HEAD "Content-Length: 1000000\r\n\r\n{\"import\":{\"id\":252,\"a\":\""),
	    SAY_MUCH(1000000),
	    AWAIT_CLOSE);
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = status_of(&bench, patient_options(), &script);
	assert_int_equal(reply->transport, TRANSPORT_GARBLED);
	assert_int_equal(reply->curl_code, 23);
	assert_int_equal(reply->form, ANSWER_TOO_LONG);
	settle(&bench);
	close_bench(&bench);
}

static void
a_web_page_over_the_cap_is_still_a_web_page(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<!DOCTYPE html>"),
	    SAY_MUCH(200000));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = status_of(&bench, patient_options(), &script);
	assert_int_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->form, ANSWER_HTML);
	settle(&bench);
	close_bench(&bench);
}

static void
an_error_over_the_cap_still_has_its_status(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n"),
	    SAY_MUCH(200000));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = status_of(&bench, patient_options(), &script);
	assert_int_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->status, 502);
	assert_int_equal(reply->form, ANSWER_TOO_LONG);
	settle(&bench);
	close_bench(&bench);
}

/* The peer does not close: who waits for the end of these meets a limit. */
static void
an_error_or_a_page_without_end_is_left_and_counts_all_the_same(void **state)
{
	const struct peer_script scripts[] = {
		SCRIPT(TAKE_HEAD, SAY("HTTP/1.1 502 Bad Gateway\r\n\r\n"), SAY_MUCH(8 << 20),
		    AWAIT_CLOSE),
		SCRIPT(TAKE_HEAD, SAY("HTTP/1.1 200 OK\r\n\r\n<html>"), SAY_MUCH(8 << 20),
		    AWAIT_CLOSE),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(scripts); i++) {
		struct bench bench;
		const struct reply *reply = status_of(&bench, patient_options(), &scripts[i]);

		assert_int_equal(reply->transport, TRANSPORT_OK);
		assert_int_equal(reply->status, i ? 200 : 502);
		assert_int_equal(reply->form, i ? ANSWER_HTML : ANSWER_TOO_LONG);
		settle(&bench);
		close_bench(&bench);
	}
}

static void
a_head_without_end_is_given_up(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY("HTTP/1.1 200 OK\r\nX: "),
	    SAY_MUCH(80000),
	    SAY("\r\n\r\n"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = status_of(&bench, patient_options(), &script);
	assert_int_not_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->form, ANSWER_NONE);
	settle(&bench);
	close_bench(&bench);
}

static void
how_long_to_wait_comes_with_the_refusal(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY("HTTP/1.1 429 Too Many\r\nretry-after: 7\r\n"
		"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 37\r\n\r\n"
		"{\"message\":\"You have made too many.\"}"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	reply = status_of(&bench, patient_options(), &script);
	assert_int_equal(reply->status, 429);
	assert_int_equal(reply->retry_after_ms, 7000);
	assert_int_equal(reply->server_date_ms, INT64_C(784111777000));
	assert_string_equal(reply->message, "You have made too many.");
	settle(&bench);
	close_bench(&bench);
}

static void
a_page_of_the_list_is_asked_for_in_v2_and_lent(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY(OK_HEAD "Connection: close\r\n\r\n"
		"{\"data\":[{\"id\":\"2\",\"type\":\"imports\",\"attributes\":"
		"{\"type\":\"People\",\"content_head\":\"id, first_name\","
		"\"created_at\":\"2026-11-21T22:14:07Z\",\"lines_count\":12}}],"
		"\"links\":{\"next\":null}}"));
	const struct reply *reply;
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	assert_int_equal(bench.port.list(bench.port.ctx, 7, 3, &bench.err), 0);
	reply = bench_hear(&bench);
	assert_true(reply->is_list);
	assert_int_equal(reply->entry_count, 1);
	assert_int_equal(reply->entries[0].import_id, 2);
	assert_true(span_is(reply->entries[0].content_head, "id, first_name"));
	assert_false(reply->has_more);
	settle(&bench);
	assert_true(has_line(peer_received(bench.peer, 0),
	    "GET /api/v2/imports?page%5Bnumber%5D=3&page%5Bsize%5D=20&fields%5Bimports%5D="
	    "type,content_head,created_at,lines_count HTTP/1.1\r\n"));
	assert_true(has_line(
	    peer_received(bench.peer, 0), "\r\nAccept: application/vnd.api+json\r\n"));
	close_bench(&bench);
}

#define RESULT_TEXT                                                                                \
	"{\"result\":{\"rows_updated\":1,\"rows_succeeded\":2,\"rows_failed\":1,"                  \
	"\"failure_csv\":\"YSxiCjEsMgo=\"}}"

static void
the_failure_csv_of_a_result_is_on_disk_when_the_reply_comes(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY(OK_HEAD "Connection: close\r\n\r\n" RESULT_TEXT));
	const struct reply *reply;
	struct bench bench;
	char text[32] = "";
	int fd;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	assert_int_equal(bench.port.result(bench.port.ctx, 7, 252, 0, 3, &bench.err), 0);
	reply = bench_hear(&bench);
	assert_int_equal(reply->form, ANSWER_JSON);
	assert_int_equal(reply->rows_succeeded, 2);
	fd = openat(bench.folder_fd, "answers/people-3.failed.csv", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text)), 8);
	assert_string_equal(text, "a,b\n1,2\n");
	close(fd);
	settle(&bench);
	assert_true(
	    has_line(peer_received(bench.peer, 0), "GET /api/v1/imports/252/result HTTP/1.1\r\n"));
	close_bench(&bench);
}

static void
a_disk_that_cannot_take_the_failure_csv_is_an_error_of_the_wait(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY(OK_HEAD "Connection: close\r\n\r\n" RESULT_TEXT));
	struct bench bench;
	size_t count = 0;
	int fd;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	fd = openat(bench.folder_fd, "answers", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0); /* a file where the folder must be */
	close(fd);
	assert_int_equal(bench.port.result(bench.port.ctx, 7, 252, 0, 3, &bench.err), 0);
	assert_int_equal(bench.port.wait(bench.port.ctx, BENCH_PATIENCE_MS, &bench.reply, 1, &count,
			     &bench.err),
	    -1);
	assert_int_equal(bench.err.kind, ERR_CREATE);
	settle(&bench);
	unlinkat(bench.folder_fd, "answers", 0);
	close_bench(&bench);
}

/* ---- waiting ---- */

static void
a_wake_fd_ends_the_wait_without_a_reply(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, AWAIT_CLOSE);
	struct client_options options = patient_options();
	struct bench bench;
	size_t count = 1;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	options.wake_fds[0] = ends[0];
	options.wake_count = 1;
	open_bench(&bench, options, &script, 1);
	assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
	assert_int_equal(write(ends[1], "!", 1), 1);
	assert_int_equal(bench.port.wait(bench.port.ctx, BENCH_PATIENCE_MS, &bench.reply, 1, &count,
			     &bench.err),
	    0);
	assert_int_equal(count, 0);
	assert_int_equal(bench.port.in_flight(bench.port.ctx), 1);
	settle(&bench);
	close_bench(&bench);
	close(ends[0]);
	close(ends[1]);
}

static void
replies_beyond_the_room_for_them_come_with_the_next_wait(void **state)
{
	const struct peer_script scripts[] = {
		SCRIPT(TAKE_HEAD, SAY(ACCEPTED), AWAIT_CLOSE),
		SCRIPT(TAKE_HEAD, SAY(ACCEPTED), AWAIT_CLOSE),
	};
	struct bench bench;
	uint32_t first;

	(void)state;
	open_bench(&bench, patient_options(), scripts, 2);
	assert_int_equal(bench.port.status(bench.port.ctx, 1, 252, &bench.err), 0);
	assert_int_equal(bench.port.status(bench.port.ctx, 2, 252, &bench.err), 0);
	assert_int_equal(bench.port.in_flight(bench.port.ctx), 2);
	first = bench_hear(&bench)->index;
	assert_int_equal(bench_hear(&bench)->index, 3 - first);
	assert_nothing_under_way(&bench);
	settle(&bench);
	close_bench(&bench);
}

static void
what_is_cut_comes_back_once_each(void **state)
{
	const struct peer_script scripts[] = {
		SCRIPT(TAKE_HEAD, AWAIT_CLOSE),
		SCRIPT(TAKE_HEAD, AWAIT_CLOSE),
	};
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), scripts, 2);
	assert_int_equal(bench.port.status(bench.port.ctx, 1, 252, &bench.err), 0);
	submit(&bench, ONE_BODY_BYTES);
	bench.port.cut(bench.port.ctx);
	assert_int_equal(bench_hear(&bench)->transport, TRANSPORT_CUT);
	assert_int_equal(bench_hear(&bench)->transport, TRANSPORT_CUT);
	assert_nothing_under_way(&bench);
	settle(&bench);
	close_bench(&bench);
}

/* ---- names that nobody resolves ---- */

enum { RESOLVER_MOST_MS = 10 * 1000 };

static atomic_bool resolver_has_begun, resolver_has_ended;
static int resolver_leash[2]; /* closed: it may end */

/* In the place of the C library's, for the library under test: as where no name server answers. The
 * addresses of the other tests are no names. */
int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **found)
{
	struct pollfd leash = { .fd = resolver_leash[0], .events = POLLIN };

	(void)node;
	(void)service;
	(void)hints;
	(void)found;
	resolver_has_begun = true;
	poll(&leash, 1, RESOLVER_MOST_MS);
	resolver_has_ended = true;
	return EAI_AGAIN;
}

static void
a_name_that_nobody_resolves_holds_up_no_cut(void **state)
{
	struct client_options options = patient_options();
	struct bench bench = { .peer = NULL };
	size_t count;

	(void)state;
	assert_int_equal(pipe(resolver_leash), 0);
	options.url = "https://nation.invalid";
	bench_open(&bench, &options);
	submit(&bench, ONE_BODY_BYTES);
	while (!resolver_has_begun)
		assert_int_equal(
		    bench.port.wait(bench.port.ctx, 1, &bench.reply, 1, &count, &bench.err), 0);
	bench.port.cut(bench.port.ctx);
	assert_int_equal(bench_hear(&bench)->transport, TRANSPORT_CUT);
	assert_int_equal(bench.reply.request_bytes, 0);
	bench_close_client(&bench);
	assert_false(resolver_has_ended);
	close(resolver_leash[1]);
	while (!resolver_has_ended)
		sched_yield();
	bench_done(&bench);
	close(resolver_leash[0]);
}

/* ---- what the environment may not do ---- */

static void
proxies_of_the_environment_are_not_used(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_HEAD, SAY(ACCEPTED));
	struct bench bench;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	assert_int_equal(
	    status_of(&bench, patient_options(), &script)->transport, TRANSPORT_OK);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	settle(&bench);
	close_bench(&bench);
}

static void
only_https_and_the_loopback_are_spoken_to(void **state)
{
	static const char *const bad[] = {
		"http://ourcampaign.nationbuilder.com", "http://127.evil.example",
		"http://127.0.0.1@evil.example", "http://10.0.0.1", "ftp://127.0.0.1",
		"file:///etc/passwd", "https://user:pw@ourcampaign.nationbuilder.com", "",
	};
	static const char *const good[] = {
		"https://ourcampaign.nationbuilder.com", "http://127.0.0.1:8080",
		"http://localhost:8080", "http://[::1]:8080",
	};
	struct client_options options = patient_options();
	struct client *client;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		options.url = bad[i];
		err.kind = ERR_NONE;
		assert_int_equal(client_open(&options, &client, &err), -1);
		assert_int_equal(err.kind, ERR_JOB);
	}
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		options.url = good[i];
		assert_int_equal(client_open(&options, &client, &err), 0);
		client_close(client);
	}
}

static void
a_new_token_counts_for_the_next_request(void **state)
{
	const struct peer_script script = SCRIPT(
	    TAKE_HEAD,
	    SAY(ACCEPTED),
	    TAKE_HEAD,
	    SAY(ACCEPTED));
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
	bench_hear(&bench);
	assert_int_equal(client_use_token(bench.client, "fresh", &bench.err), 0);
	assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
	bench_hear(&bench);
	settle(&bench);
	assert_true(has_line(peer_received(bench.peer, 0), "Bearer " TOKEN "\r\n"));
	assert_true(has_line(peer_received(bench.peer, 0), "Bearer fresh\r\n"));
	close_bench(&bench);
}

/* ---- another token ---- */

#define GRANT                                                                                      \
	"{\"access_token\":\"fresh\",\"refresh_token\":\"r2\",\"expires_in\":100}"
/* GRANT has 62 bytes; a test below counts them. */
#define GRANTED OK_HEAD "Content-Length: 62\r\n\r\n" GRANT

/* A token file in the bench's folder, and the renewal of it. */
struct renewing {
	char path[64], lock[80];
	struct token_source source;
	struct renewal *renewal;
};

static struct now
no_time(void *ctx)
{
	(void)ctx;
	return (struct now){ .wall_ms = 5000000, .mono_ms = 0 };
}

static void
open_renewing(struct renewing *renewing)
{
	static const char text[] = "{\"access_token\":\"" TOKEN "\",\"refresh_token\":\"r&1\","
				   "\"client_id\":\"c\",\"client_secret\":\"s\"}";
	struct renewal_options options = { .source = &renewing->source, .clock = { NULL, no_time } };
	SCOPED(token) token = TOKEN_INIT;
	int fd;

	strcpy(renewing->path, "wire-token-XXXXXX");
	fd = mkstemp(renewing->path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	snprintf(renewing->lock, sizeof(renewing->lock), "%s.lock", renewing->path);
	renewing->source = (struct token_source){ .scheme = TOKEN_FILE, .rest = renewing->path };
	assert_int_equal(token_read(&renewing->source, &token, NULL), 0);
	options.token = &token;
	renewing->renewal = renewal_new(&options, NULL);
	assert_non_null(renewing->renewal);
}

static void
close_renewing(struct renewing *renewing)
{
	renewal_free(renewing->renewal);
	unlink(renewing->path);
	unlink(renewing->lock);
}

static void
open_bench_renewing(struct bench *bench, struct renewing *renewing, struct client_options options,
    const struct peer_script *scripts, size_t count)
{
	open_renewing(renewing);
	options.renewal = renewing->renewal;
	open_bench(bench, options, scripts, count);
}

static void
renew(struct bench *bench)
{
	assert_int_equal(bench->port.renew(bench->port.ctx, &bench->err), 0);
}

static void
a_refresh_is_these_bytes_and_no_others(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, SAY(GRANTED), AWAIT_CLOSE);
	SCOPED(buf) expected = BUF_INIT;
	struct renewing renewing;
	struct bench bench;

	(void)state;
	assert_int_equal(strlen(GRANT), 62);
	open_bench_renewing(&bench, &renewing, patient_options(), &script, 1);
	renew(&bench);
	assert_int_equal(bench_hear(&bench)->kind, REQUEST_TOKEN);
	assert_int_equal(bench.reply.renewed, RENEWED_BY_US);
	assert_int_equal(bench.reply.token, 2);
	assert_int_equal(bench.reply.renew_ms, 80000);
	assert_nothing_under_way(&bench);
	settle(&bench);
	buf_printf(&expected,
	    "POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: rollcall/%s\r\n"
	    "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	    "Content-Length: 72\r\n\r\n"
	    "grant_type=refresh_token&refresh_token=r%%261&client_id=c&client_secret=s",
	    peer_port(bench.peer), PACKAGE_VERSION);
	assert_int_equal(peer_received(bench.peer, 0).len, expected.len);
	assert_memory_equal(peer_received(bench.peer, 0).ptr, expected.ptr, expected.len);
	close_bench(&bench);
	close_renewing(&renewing);
}

static void
requests_after_a_refresh_carry_the_new_token_and_its_number(void **state)
{
	const struct peer_script scripts[] = {
		SCRIPT(TAKE_POST, SAY(GRANTED), AWAIT_CLOSE),
		SCRIPT(TAKE_HEAD, SAY("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
		    TAKE_HEAD, SAY(ACCEPTED), AWAIT_CLOSE),
	};
	struct renewing renewing;
	struct bench bench;

	(void)state;
	open_bench_renewing(&bench, &renewing, patient_options(), scripts, ARRAY_COUNT(scripts));
	renew(&bench);
	assert_int_equal(bench_hear(&bench)->renewed, RENEWED_BY_US);
	assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
	assert_int_equal(bench_hear(&bench)->status, 401);
	assert_int_equal(bench.reply.token, 2);
	assert_int_equal(bench.port.status(bench.port.ctx, 7, 252, &bench.err), 0);
	assert_int_equal(bench_hear(&bench)->status, 200);
	settle(&bench);
	assert_true(has_line(peer_received(bench.peer, 1), "Bearer fresh\r\n"));
	close_bench(&bench);
	close_renewing(&renewing);
}

static void
a_refresh_that_is_not_answered_is_cut_and_may_be_made_again(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, STAND_STILL);
	struct client_options options = patient_options();
	struct renewing renewing;
	struct bench bench;

	(void)state;
	options.answer_ms = 50;
	open_bench_renewing(&bench, &renewing, options, &script, 1);
	renew(&bench);
	assert_int_equal(bench_hear(&bench)->renewed, RENEWED_LATER);
	assert_int_equal(bench.reply.token, 1);
	assert_non_null(strstr(bench.reply.message, "no answer within"));
	settle(&bench);
	close_bench(&bench);
	close_renewing(&renewing);
}

static void
a_refresh_that_is_cut_comes_back_once(void **state)
{
	const struct peer_script script = SCRIPT(TAKE_POST, STAND_STILL);
	struct renewing renewing;
	struct bench bench;

	(void)state;
	open_bench_renewing(&bench, &renewing, patient_options(), &script, 1);
	renew(&bench);
	bench.port.cut(bench.port.ctx);
	assert_int_equal(bench_hear(&bench)->renewed, RENEWED_LATER);
	assert_nothing_under_way(&bench);
	settle(&bench);
	close_bench(&bench);
	close_renewing(&renewing);
}

static void
a_refresh_is_not_redirected(void **state)
{
	const struct peer_script script =
	    SCRIPT(TAKE_POST, SAY("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\n"
				  "Content-Length: 0\r\n\r\n"), AWAIT_CLOSE);
	struct renewing renewing;
	struct bench bench;

	(void)state;
	open_bench_renewing(&bench, &renewing, patient_options(), &script, 1);
	renew(&bench);
	assert_int_equal(bench_hear(&bench)->renewed, RENEWED_NOT);
	assert_int_equal(bench.reply.fault, ERR_NONSENSE);
	settle(&bench);
	close_bench(&bench);
	close_renewing(&renewing);
}

static void
a_client_whose_token_stays_says_so(void **state)
{
	const struct peer_script script = SCRIPT(AWAIT_CLOSE);
	struct bench bench;

	(void)state;
	open_bench(&bench, patient_options(), &script, 1);
	assert_int_equal(bench.port.renew(bench.port.ctx, &bench.err), -1);
	assert_int_equal(bench.err.kind, ERR_ACCESS);
	settle(&bench);
	close_bench(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_is_these_bytes_and_no_others),
		cmocka_unit_test(an_accepted_post_comes_back_with_all_its_facts),
		cmocka_unit_test(a_reply_says_over_which_connection_it_came_and_when),
		cmocka_unit_test(a_get_over_a_connection_that_is_there_makes_none),
		cmocka_unit_test(without_an_answer_there_is_no_first_byte),
		cmocka_unit_test(every_post_has_a_connection_of_its_own),
		cmocka_unit_test(a_post_never_takes_a_connection_that_a_get_left_open),
		cmocka_unit_test(a_refused_connection_sends_nothing),
		cmocka_unit_test(a_server_that_speaks_no_tls_is_tls_trouble_with_nothing_sent),
		cmocka_unit_test(what_a_proxy_is_asked_is_nothing_of_the_request),
		cmocka_unit_test(no_tls_behind_a_proxy_is_tls_trouble_with_nothing_sent),
		cmocka_unit_test(a_proxy_that_wants_a_password_is_not_asked_twice),
		cmocka_unit_test(what_a_proxy_hands_on_is_sent),
		cmocka_unit_test(
		    a_connection_that_closes_behind_the_body_leaves_all_bytes_handed_over),
		cmocka_unit_test(
		    a_connection_that_is_reset_within_the_body_leaves_fewer_bytes_handed_over),
		cmocka_unit_test(a_connection_that_is_reset_at_its_first_byte_is_not_tried_again),
		cmocka_unit_test(an_answer_that_ends_within_its_head_is_no_whole_answer),
		cmocka_unit_test(an_answer_that_ends_within_its_body_is_not_read),
		cmocka_unit_test(an_answer_of_unknown_length_that_ends_early_is_broken_json),
		cmocka_unit_test(an_answer_that_is_no_http_is_garbled),
		cmocka_unit_test(an_interim_answer_is_no_status),
		cmocka_unit_test(the_answer_behind_an_interim_one_counts_with_its_own_head),
		cmocka_unit_test(an_early_refusal_ends_the_upload_with_its_status),
		cmocka_unit_test(
		    a_body_that_refuses_to_go_on_ends_the_post_unfinished_with_its_reason),
		cmocka_unit_test(a_body_that_ends_early_is_a_bug_and_never_a_shorter_post),
		cmocka_unit_test(an_answer_that_does_not_come_is_waited_for_no_longer_than_allowed),
		cmocka_unit_test(an_answer_that_drips_is_cut_as_well),
		cmocka_unit_test(an_upload_that_stands_still_is_cut_and_provably_incomplete),
		cmocka_unit_test(a_cut_resets_the_connection_so_that_the_rest_is_not_delivered),
		cmocka_unit_test(gets_share_a_connection_and_carry_no_body),
		cmocka_unit_test(a_get_on_a_connection_that_died_meanwhile_is_asked_again),
		cmocka_unit_test(a_status_that_does_not_come_ends_as_a_whole_after_its_time),
		cmocka_unit_test(a_redirect_is_not_followed),
		cmocka_unit_test(a_good_answer_over_the_cap_is_given_up),
		cmocka_unit_test(a_web_page_over_the_cap_is_still_a_web_page),
		cmocka_unit_test(an_error_over_the_cap_still_has_its_status),
		cmocka_unit_test(an_error_or_a_page_without_end_is_left_and_counts_all_the_same),
		cmocka_unit_test(a_head_without_end_is_given_up),
		cmocka_unit_test(how_long_to_wait_comes_with_the_refusal),
		cmocka_unit_test(a_page_of_the_list_is_asked_for_in_v2_and_lent),
		cmocka_unit_test(the_failure_csv_of_a_result_is_on_disk_when_the_reply_comes),
		cmocka_unit_test(a_disk_that_cannot_take_the_failure_csv_is_an_error_of_the_wait),
		cmocka_unit_test(a_wake_fd_ends_the_wait_without_a_reply),
		cmocka_unit_test(replies_beyond_the_room_for_them_come_with_the_next_wait),
		cmocka_unit_test(what_is_cut_comes_back_once_each),
		cmocka_unit_test(a_name_that_nobody_resolves_holds_up_no_cut),
		cmocka_unit_test(proxies_of_the_environment_are_not_used),
		cmocka_unit_test(only_https_and_the_loopback_are_spoken_to),
		cmocka_unit_test(a_new_token_counts_for_the_next_request),
		cmocka_unit_test(a_refresh_is_these_bytes_and_no_others),
		cmocka_unit_test(requests_after_a_refresh_carry_the_new_token_and_its_number),
		cmocka_unit_test(a_refresh_that_is_not_answered_is_cut_and_may_be_made_again),
		cmocka_unit_test(a_refresh_that_is_cut_comes_back_once),
		cmocka_unit_test(a_refresh_is_not_redirected),
		cmocka_unit_test(a_client_whose_token_stays_says_so),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
