/* ghosts.c - a POST whose runner was killed, or gave it up, while the network was down must not be
 * delivered by the kernel when it is up again: what was planned again would be there twice.
 *
 *     ghosts              20 cuts (with ROLLCALL_LONG=1, 200)
 *     ghosts --cuts N     so many
 *
 * In a network of its own the cable is cut at a random byte of the upload; the client, in clear or
 * over TLS, is killed or runs into its own time limit; the cable is mended. From then on not a byte
 * of the request may come through, and what was called not complete is not in the nation's ledger. */
#include "platform.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/base/number.h"
#include "sandbox/chance.h"
#include "tests/wire/bench.h"
#include "tests/wire/cable.h"
#include "tests/wire/import.h"
#include "tests/wire/nation.h"
#include "tests/wire/proxy.h"

enum {
	CUTS = 20,
	LONG_CUTS = 200,
	LIMIT_MS = 200,
	TRIES = 6000,      /* of 10 ms */
	RESET_TRIES = 500, /* of 10 ms */
};

struct trial {
	bool is_tls, is_kill;
	uint64_t body_bytes, cut_at;
	struct reply reply; /* where it was not killed */
	struct cable_facts before, after; /* the cable was mended */
};

static struct haunting {
	struct cable *cable;
	struct chance chance;
	struct nation nation;
	struct tls *tls;
	struct proxy *clear, *secure;
	struct bench bench;
	size_t cut_count;
	struct trial *trials;
	struct import *imports;
	char ca_path[64], ledger_path[64];
} haunting;

/* ---- one cut */

static void
open_client(const struct trial *trial)
{
	struct client_options options = bench_options();
	char url[64];

	snprintf(url, sizeof(url), "%s://" CABLE_NATION ":%u", trial->is_tls ? "https" : "http",
	    proxy_port(trial->is_tls ? haunting.secure : haunting.clear));
	options.url = url;
	options.token = NATION_TOKEN;
	options.ca_file = haunting.ca_path;
	if (!trial->is_kill)
		options.stall_ms = options.answer_ms = LIMIT_MS;
	bench_open(&haunting.bench, &options);
}

/* Until it is killed. */
static _Noreturn void
send_for_ever(struct span body)
{
	struct bench *bench = &haunting.bench;
	size_t count;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	bench_submit(bench, bench_new_body(bench, body, body.len));
	for (;;) {
		if (bench->port.wait(bench->port.ctx, 10, &bench->reply, 1, &count, &bench->err))
			_exit(1);
	}
}

static void
await_cut(void)
{
	for (int i = 0; !cable_facts(haunting.cable).is_cut; i++) {
		assert_true(i < TRIES);
		usleep(10000);
	}
}

/* Somewhere in the time in which its kernel takes the rest of the body. */
static void
send_and_kill(struct span body)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		send_for_ever(body);
	await_cut();
	usleep((useconds_t)chance_below(&haunting.chance, 30000));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
send_and_give_up(struct trial *trial, struct span body)
{
	bench_submit(&haunting.bench, bench_new_body(&haunting.bench, body, body.len));
	trial->reply = *bench_hear(&haunting.bench);
}

/* Only when the runner's kernel holds nothing any more can be said that nothing more comes. */
static void
await_silence(void)
{
	for (int i = 0; cable_has_connections(); i++) {
		assert_true(i < TRIES);
		usleep(10000);
	}
}

/* Behind the reset no packet is on its way any more that the dead runner sent. Without one it is
 * not waited for long: then the kernel is still at it. */
static void
await_reset(void)
{
	for (int i = 0; i < RESET_TRIES && !cable_facts(haunting.cable).has_reset; i++)
		usleep(10000);
}

static void
play_trial(size_t number)
{
	struct trial *trial = &haunting.trials[number];
	SCOPED(buf) body = BUF_INIT;
	/* From what fits into one packet to what no kernel takes at once. */
	size_t rows = 1 + chance_below(&haunting.chance, number % 2 ? 60000 : 3000);

	trial->is_tls = number / 2 % 2;
	trial->is_kill = number / 4 % 2;
	import_make(&haunting.imports[number], number, rows, &body);
	trial->body_bytes = body.len;
	/* Never the whole: TLS makes it longer, the head stands before it. */
	trial->cut_at = chance_below(&haunting.chance, body.len);
	open_client(trial);
	cable_begin(haunting.cable, trial->cut_at);
	if (trial->is_kill)
		send_and_kill(buf_span(&body));
	else
		send_and_give_up(trial, buf_span(&body));
	bench_close_client(&haunting.bench);
	await_reset();
	trial->before = cable_facts(haunting.cable);
	cable_mend(haunting.cable);
	await_silence();
	trial->after = cable_facts(haunting.cable);
}

/* ---- what it came to */

static const char *
what_is_wrong(const struct trial *trial, const struct import *import)
{
	if (trial->after.sent)
		return "bytes of the request came through when the network was up again";
	if (import->count)
		return "the nation has it";
	if (!trial->is_kill && trial->reply.transport != TRANSPORT_CUT &&
	    trial->reply.transport != TRANSPORT_CONNECT)
		return "the client did not give it up itself";
	return trial->before.sent && !trial->after.has_reset
		   ? "its connection was not reset: SO_LINGER is not in force"
		   : NULL;
}

static void
nothing_is_delivered_when_the_network_is_up_again(void **state)
{
	size_t ghosts = 0, resets = 0, incomplete = 0;
	SCOPED(buf) ledger = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < haunting.cut_count; i++)
		play_trial(i);
	nation_read_ledger(&haunting.nation, &ledger);
	import_read_ledger(haunting.imports, haunting.cut_count, &ledger);
	for (size_t i = 0; i < haunting.cut_count; i++) {
		const struct trial *trial = &haunting.trials[i];
		const char *what = what_is_wrong(trial, &haunting.imports[i]);

		ghosts += what != NULL;
		resets += trial->after.has_reset;
		incomplete += !trial->is_kill && trial->reply.handed_bytes < trial->body_bytes;
		if (what)
			print_message("# cut %zu, %s, %s, at %llu of %llu bytes: %s (%llu, then "
				      "%llu bytes sent)\n",
			    i, trial->is_tls ? "TLS" : "clear",
			    trial->is_kill ? "killed" : "given up",
			    (unsigned long long)trial->cut_at,
			    (unsigned long long)trial->body_bytes, what,
			    (unsigned long long)trial->before.sent,
			    (unsigned long long)trial->after.sent);
	}
	print_message("# %zu cuts, %zu ghosts; %zu connections were reset; of those given up, %zu "
		      "were provably not complete\n",
	    haunting.cut_count, ghosts, resets, incomplete);
	assert_int_equal(ghosts, 0);
	assert_true(resets > 0);
}

/* ---- the network */

static void
open_haunting(void)
{
	const char *folder = access("/dev/shm", W_OK) ? "." : "/dev/shm";
	struct bench *bench = &haunting.bench;

	snprintf(haunting.ledger_path, sizeof(haunting.ledger_path), "%s/ghosts-%d.ledger", folder,
	    (int)getpid());
	snprintf(haunting.ca_path, sizeof(haunting.ca_path), "ghosts-%d.pem", (int)getpid());
	haunting.trials = calloc(haunting.cut_count, sizeof(*haunting.trials));
	haunting.imports = calloc(haunting.cut_count, sizeof(*haunting.imports));
	assert_true(haunting.trials && haunting.imports);
	nation_start(&haunting.nation, haunting.ledger_path, NULL);
	haunting.tls = tls_new(haunting.ca_path);
	haunting.clear = proxy_start_at(CABLE_NATION, haunting.nation.port, NULL);
	haunting.secure = proxy_start_at(CABLE_NATION, haunting.nation.port, haunting.tls);
	*bench = (struct bench){ .peer = NULL };
	cable_enter_runner(haunting.cable);
}

static void
close_haunting(void)
{
	unlink(haunting.ca_path);
	nation_stop(&haunting.nation);
	bench_done(&haunting.bench);
	proxy_stop(haunting.clear);
	proxy_stop(haunting.secure);
	tls_free(haunting.tls);
	free(haunting.trials);
	free(haunting.imports);
}

static int
begin(void **state)
{
	(void)state;
	open_haunting();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close_haunting();
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_delivered_when_the_network_is_up_again),
	};
	const char *asked = getenv("ROLLCALL_LONG");
	uint64_t cuts = asked && strcmp(asked, "1") == 0 ? LONG_CUTS : CUTS;
	const char *why = NULL;

	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && (strcmp(argv[1], "--cuts") || number_u64(span_of(argv[2]), &cuts)))
		return 64;
	haunting.cut_count = (size_t)cuts;
	haunting.chance.state = 1;
	haunting.cable = cable_enter_nation(&why);
	if (!haunting.cable) {
		printf("SKIP %s\n", why);
		return 77;
	}
	return cmocka_run_group_tests(tests, begin, end);
}
