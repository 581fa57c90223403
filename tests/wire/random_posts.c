/* random_posts.c - POSTs to the pretend nation over connections that go wrong at a random byte, in
 * clear and over TLS: what the core's verdict says of each, held against the nation's ledger.
 *
 *     random_posts              100 POSTs in clear, 100 over TLS (with ROLLCALL_LONG=1, 10,000 each)
 *     random_posts --seed N     the same from another seed
 *     random_posts --post N     only the first N POSTs
 *
 * The law: what is called not sent, not complete, put off or refused is never in the ledger; what is
 * accepted is there, under that id; nothing is there twice; and every POST had one connection. */
#include "platform.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/base/number.h"
#include "runner/core/verdict.h"
#include "sandbox/chance.h"
#include "tests/wire/bench.h"
#include "tests/wire/import.h"
#include "tests/wire/nation.h"
#include "tests/wire/proxy.h"

enum {
	POSTS = 100,
	LONG_POSTS = 10000,
	/* Of the client; the answers of a loaded machine may well be later than this, and must then
	 * be doubts. */
	SHORT_MS = 150,
	CONNECT_MS = 500,
	SETTLE_TRIES = 6000, /* of 10 ms */
};

struct lottery {
	struct chance chance;
	uint64_t seed;
	size_t post_count;
	struct import *imports;
	struct event *events; /* what the verdicts were */
	bool is_tls;
	struct nation nation;
	struct tls *tls;
	struct proxy *inner; /* ends TLS; NULL in clear */
	struct proxy *outer; /* where the client connects */
	struct bench bench;
	char ca_path[64], ledger_path[64];
};

static struct {
	uint64_t seed;
	size_t posts;
} asked = { 1, 0 };

/* ---- what goes wrong */

/* The nation's part. */
static const char *const faults[] = {
	"submit:rate=0.03:take,drop",
	"submit:rate=0.02:drop",
	"submit:rate=0.02:drop-head",
	"submit:rate=0.02:drop-body=3000",
	"submit:rate=0.02:drop-answer=30",
	"submit:rate=0.02:take,status=502,html",
	"submit:rate=0.02:take,status=504",
	"submit:rate=0.02:take,status=500",
	"submit:rate=0.01:status=503",
	"submit:rate=0.01:take,status=503",
	"submit:rate=0.01:take,html",
	"submit:rate=0.01:take,nonsense",
	"submit:rate=0.01:take,garbage",
	"submit:rate=0.01:cut=20",
	"submit:rate=0.01:id=string",
	"submit:rate=0.01:stall",
	"submit:rate=0.01:take,stall",
	"submit:rate=0.05:close-after",
	NULL,
};

/* Said by a proxy that does not hand the request on: a refusal of the nation's own would only be
 * true as long as no other fault makes it take what it refuses. */
static const char *const answers[] = {
	"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n",
	"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>",
	"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	"HTTP/1.1 422 Unprocessable Content\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 425 Too Early\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"import\":",
	"HTTP/1.1 100 Continue\r\n\r\n",
	"HTTP/1.1 20",
	"SSH-2.0-OpenSSH_9.2\r\n",
};

/* A byte of `bytes`: often one of the first or the last, where the edges are. */
static uint64_t
a_byte_of(struct chance *chance, uint64_t bytes)
{
	uint64_t edge = chance_below(chance, bytes < 40 ? bytes + 1 : 40);

	switch (chance_below(chance, 4)) {
	case 0:
		return edge;
	case 1:
		return bytes - edge;
	default:
		return chance_below(chance, bytes + 1);
	}
}

static struct proxy_fate
a_fate(struct chance *chance, uint64_t request_bytes)
{
	static const enum proxy_way ways[] = { PROXY_RESET, PROXY_CLOSE, PROXY_STILL,
					       PROXY_RESET, PROXY_CLOSE, PROXY_ANSWER };
	struct proxy_fate fate = { .way = ways[chance_below(chance, ARRAY_COUNT(ways))] };

	fate.hands_on_late = chance_below(chance, 8) == 0;
	fate.hands_on_rest = fate.way != PROXY_ANSWER && chance_below(chance, 2) == 0;
	fate.is_answer = fate.way != PROXY_ANSWER && chance_below(chance, 3) == 0;
	fate.at = a_byte_of(chance, fate.is_answer ? 400 : request_bytes);
	fate.answer = answers[chance_below(chance, ARRAY_COUNT(answers))];
	if (fate.way == PROXY_ANSWER && fate.at > request_bytes / 2)
		fate.at = request_bytes / 2; /* so that the nation cannot have taken it */
	return fate;
}

/* Three of four connections go wrong, over TLS half of them in its own bytes. */
static void
draw_fates(struct lottery *lottery, uint64_t request_bytes)
{
	const struct proxy_fate none = { .way = PROXY_PASS };
	struct chance *chance = &lottery->chance;
	struct proxy_fate fate = a_fate(chance, request_bytes);
	bool is_within = lottery->inner && chance_below(chance, 2) == 0;

	if (chance_below(chance, 4) == 0)
		fate = none;
	if (lottery->inner && !is_within) {
		fate.hands_on_late = false; /* TLS could not begin */
		if (fate.way == PROXY_ANSWER)
			fate.way = PROXY_RESET;
	}
	proxy_set_fate(lottery->outer, is_within ? &none : &fate);
	if (lottery->inner)
		proxy_set_fate(lottery->inner, is_within ? &fate : &none);
}

/* ---- a POST */

/* Mostly small, so that the edges are near; some beyond what the kernels hold. */
static size_t
rows_of(struct chance *chance)
{
	switch (chance_below(chance, 16)) {
	case 0:
	case 1:
		return 10000 + chance_below(chance, 40000);
	case 2:
	case 3:
	case 4:
		return 100 + chance_below(chance, 3000);
	default:
		return 1 + chance_below(chance, 40);
	}
}

static void
note_verdict(struct event *event, const struct reply *reply)
{
	const struct load_limits limits = {
		.uploads = 1,
		.attempts = 3,
		.backoff = { .first_ms = 1, .most_ms = 2 },
		.settle_ms = 1000,
	};
	const struct chunk chunk = { .number = 1, .state = CHUNK_SUBMITTING, .attempts = 1 };
	const struct verdict_context context = { .limits = &limits, .chunk = &chunk };

	*event = verdict_of_submit(reply, &context).event;
}

static void
send_post(struct lottery *lottery, size_t number)
{
	enum { HEAD_BYTES = 240 }; /* more or less */
	SCOPED(buf) body = BUF_INIT;
	struct bench_body *sent;

	import_make(&lottery->imports[number], number, rows_of(&lottery->chance), &body);
	draw_fates(lottery, HEAD_BYTES + body.len);
	sent = bench_new_body(&lottery->bench, buf_span(&body), body.len);
	bench_submit(&lottery->bench, sent);
	note_verdict(&lottery->events[number], bench_hear(&lottery->bench));
}

/* ---- the verdicts against the ledger */

/* What the runner sends again, or believes to be nowhere. */
static bool
is_called_absent(enum event_type type)
{
	return type == EVENT_SUBMIT_NOT_SENT || type == EVENT_SUBMIT_NOT_COMPLETE ||
	       type == EVENT_SUBMIT_PUT_OFF || type == EVENT_SUBMIT_REFUSED ||
	       type == EVENT_SUBMIT_TOO_LARGE;
}

static const char *
what_is_wrong(const struct event *event, const struct import *import)
{
	if (import->count > 1)
		return "the nation has it twice";
	if (is_called_absent(event->type) && import->count)
		return "the nation has it";
	if (event->type == EVENT_SUBMIT_ACCEPTED && import->import_id != event->import_id)
		return "accepted, and the nation does not have it under that id";
	return event->connects > 1 ? "it had more than one connection" : NULL;
}

static size_t
count_wrong(const struct lottery *lottery)
{
	size_t wrong = 0;

	for (size_t i = 0; i < lottery->post_count; i++) {
		const struct event *event = &lottery->events[i];
		const char *what = what_is_wrong(event, &lottery->imports[i]);

		if (!what)
			continue;
		print_message("# seed %" PRIu64 ", POST %zu%s: %s: %s (%s; %" PRIu64 " of %" PRIu64
			      " bytes handed over)\n",
		    lottery->seed, i, lottery->is_tls ? " over TLS" : "",
		    event_word(event->type), what, event->text, event->handed_bytes,
		    event->body_bytes);
		wrong++;
	}
	return wrong;
}

/* So that the figure says something: how many of each verdict, and what the nation had of them. */
static void
print_table(const struct lottery *lottery)
{
	static const enum event_type types[] = { EVENT_SUBMIT_ACCEPTED, EVENT_SUBMIT_NOT_SENT,
		EVENT_SUBMIT_NOT_COMPLETE, EVENT_SUBMIT_PUT_OFF, EVENT_SUBMIT_REFUSED,
		EVENT_SUBMIT_TOO_LARGE, EVENT_ANSWER_LOST };
	bool is_large = lottery->post_count >= LONG_POSTS; /* of fewer, chance may leave one out */

	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		size_t count = 0, there = 0;

		for (size_t j = 0; j < lottery->post_count; j++) {
			bool is_it = lottery->events[j].type == types[i];

			count += is_it;
			there += is_it && lottery->imports[j].count;
		}
		print_message("# %s %-20s %6zu, at the nation %6zu\n",
		    lottery->is_tls ? "TLS  " : "clear", event_word(types[i]), count, there);
		if (is_large && (lottery->is_tls || types[i] != EVENT_SUBMIT_NOT_SENT))
			assert_true(count > 0); /* in clear, whoever connects sends */
		if (is_large && types[i] == EVENT_ANSWER_LOST)
			assert_true(there > 0 && there < count);
	}
}

/* ---- all of them */

static void
open_lottery(struct lottery *lottery, bool is_tls)
{
	struct client_options options = bench_options();
	const char *folder = access("/dev/shm", W_OK) ? "." : "/dev/shm";
	const char *asked_long = getenv("ROLLCALL_LONG");
	bool is_long = asked_long && strcmp(asked_long, "1") == 0;
	char url[64];

	*lottery = (struct lottery){ .chance = { asked.seed + is_tls }, .is_tls = is_tls };
	lottery->seed = asked.seed;
	lottery->post_count = asked.posts ? asked.posts : is_long ? LONG_POSTS : POSTS;
	lottery->imports = calloc(lottery->post_count, sizeof(*lottery->imports));
	lottery->events = calloc(lottery->post_count, sizeof(*lottery->events));
	assert_true(lottery->imports && lottery->events);
	snprintf(lottery->ledger_path, sizeof(lottery->ledger_path), "%s/random-posts-%d-%d.ledger",
	    folder, (int)getpid(), is_tls);
	nation_start(&lottery->nation, lottery->ledger_path, faults);
	if (is_tls) {
		snprintf(lottery->ca_path, sizeof(lottery->ca_path), "random-posts-%d.pem",
		    (int)getpid());
		lottery->tls = tls_new(lottery->ca_path);
		lottery->inner = proxy_start(lottery->nation.port, lottery->tls);
		options.ca_file = lottery->ca_path;
	}
	lottery->outer = proxy_start(
	    lottery->inner ? proxy_port(lottery->inner) : lottery->nation.port, NULL);
	snprintf(url, sizeof(url), "%s://127.0.0.1:%u", is_tls ? "https" : "http",
	    proxy_port(lottery->outer));
	options.url = url;
	options.token = NATION_TOKEN;
	options.connect_ms = CONNECT_MS;
	options.stall_ms = options.answer_ms = SHORT_MS;
	bench_open(&lottery->bench, &options);
}

static void
close_lottery(struct lottery *lottery)
{
	if (lottery->is_tls)
		unlink(lottery->ca_path);
	nation_stop(&lottery->nation);
	bench_done(&lottery->bench);
	tls_free(lottery->tls);
	free(lottery->imports);
	free(lottery->events);
}

/* The proxies hand on what they hold back; then the nation must end what it began. */
static void
await_the_end(struct lottery *lottery)
{
	size_t connections;

	bench_close_client(&lottery->bench);
	connections = proxy_connections(lottery->outer);
	proxy_stop(lottery->outer);
	if (lottery->inner)
		proxy_stop(lottery->inner);
	/* Fewer, where a busy computer did not come to connect within the client's limit. */
	assert_true(connections <= lottery->post_count);
	for (int i = 0; !nation_is_settled(&lottery->nation); i++) {
		assert_true(i < SETTLE_TRIES);
		usleep(10000);
	}
}

static void
play(bool is_tls)
{
	SCOPED(buf) ledger = BUF_INIT;
	struct lottery lottery;

	open_lottery(&lottery, is_tls);
	for (size_t i = 0; i < lottery.post_count; i++)
		send_post(&lottery, i);
	await_the_end(&lottery);
	nation_read_ledger(&lottery.nation, &ledger);
	import_read_ledger(lottery.imports, lottery.post_count, &ledger);
	assert_int_equal(count_wrong(&lottery), 0);
	assert_true(nation_count(&lottery.nation, "head") <= lottery.post_count);
	print_table(&lottery);
	close_lottery(&lottery);
}

static void
no_verdict_contradicts_the_ledger(void **state)
{
	(void)state;
	play(false);
}

static void
no_verdict_contradicts_the_ledger_over_tls(void **state)
{
	(void)state;
	play(true);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_verdict_contradicts_the_ledger),
		cmocka_unit_test(no_verdict_contradicts_the_ledger_over_tls),
	};

	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i + 1 < argc; i += 2) {
		uint64_t number;

		if (number_u64(span_of(argv[i + 1]), &number))
			return 64;
		if (strcmp(argv[i], "--seed") == 0)
			asked.seed = number;
		else
			asked.posts = (size_t)number;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
