/* hostile.c - a nation that means harm: plays one attack on one kind of request and answers the others
 * well, while it runs a command against itself.
 *
 *     hostile KIND:ATTACK COMMAND...
 *
 * KIND is submit, status, result or list. The command finds the nation's url in $HOSTILE_URL. In the
 * end a line says what came of it:
 *
 *     exit=6 rss_kib=9812 requests=4 attacks=1 sent=131072 compression=0
 *
 * exit is the command's (128 + signal), rss_kib the most memory that it or a child of it held,
 * attacks the times that the attack was played, sent the bytes that it could get rid of, compression
 * the requests that asked for any. An attack without end gives up behind 512 MiB. */
#include "platform.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES = 16384, BLOCK_BYTES = 65536 };

#define NO_MORE_BYTES (INT64_C(512) << 20)

struct peer {
	int fd;
	bool is_gone;
};

static atomic_ullong request_count, attack_count, sent_bytes, compression_count;

/* ---- saying things ---- */

static void
say_bytes(struct peer *peer, const char *bytes, size_t len)
{
	while (len && !peer->is_gone) {
		ssize_t sent = send(peer->fd, bytes, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		peer->is_gone = sent <= 0;
		if (peer->is_gone)
			return;
		sent_bytes += (unsigned long long)sent;
		bytes += sent;
		len -= (size_t)sent;
	}
}

static void
say(struct peer *peer, const char *text)
{
	say_bytes(peer, text, strlen(text));
}

/* A whole answer; `head` holds further lines, each with its end. */
static void
answer(struct peer *peer, const char *status, const char *head, const char *body)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n", status,
	    strlen(body));
	say(peer, text);
	say(peer, head);
	say(peer, "\r\n");
	say(peer, body);
}

/* `unit` over and over. */
static void
say_for_ever(struct peer *peer, const char *unit)
{
	char block[BLOCK_BYTES];
	size_t len = 0, unit_len = strlen(unit);

	while (len + unit_len <= sizeof(block)) {
		memcpy(block + len, unit, unit_len);
		len += unit_len;
	}
	for (int64_t said = 0; !peer->is_gone && said < NO_MORE_BYTES; said += (int64_t)len)
		say_bytes(peer, block, len);
	peer->is_gone = true;
}

/* ---- attacks ---- */

#define JSON_200 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

static void
endless(struct peer *peer)
{
	say(peer, JSON_200 "\r\n{\"import\":\"");
	say_for_ever(peer, "x");
}

static void
endless_failures(struct peer *peer)
{
	say(peer, JSON_200 "\r\n{\"result\":{\"failure_csv\":\"");
	say_for_ever(peer, "YWJj");
}

static void
endless_refusal(struct peer *peer)
{
	say(peer, "HTTP/1.1 422 No\r\nContent-Type: application/json\r\n\r\n{\"message\":\"");
	say_for_ever(peer, "y");
}

static void
endless_page(struct peer *peer)
{
	say(peer, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>");
	say_for_ever(peer, "<b>");
}

static void
endless_chunks(struct peer *peer)
{
	say(peer, JSON_200 "Transfer-Encoding: chunked\r\n\r\n");
	say_for_ever(peer, "1\r\n \r\n");
}

static void
eight_gib(struct peer *peer)
{
	say(peer, JSON_200 "Content-Length: 8589934592\r\n\r\n{\"import\":[");
	say_for_ever(peer, "1,");
}

static void
absurd_length(struct peer *peer)
{
	say(peer, JSON_200 "Content-Length: 99999999999999999999999999\r\n\r\n{");
	say_for_ever(peer, " ");
}

static void
endless_head(struct peer *peer)
{
	say(peer, JSON_200);
	say_for_ever(peer, "X-Padding: 0123456789\r\n");
}

static void
endless_line(struct peer *peer)
{
	say(peer, JSON_200 "X-Padding: ");
	say_for_ever(peer, "z");
}

static void
endless_interim(struct peer *peer)
{
	say_for_ever(peer, "HTTP/1.1 102 Processing\r\n\r\n");
}

static void
endless_trailer(struct peer *peer)
{
	say(peer, JSON_200 "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n");
	say_for_ever(peer, "X-Padding: 0123456789\r\n");
}

/* A byte every so often: never silent, never done. */
static void
drip(struct peer *peer)
{
	const struct timespec pause = { 0, 50 * 1000 * 1000 };

	say(peer, JSON_200 "\r\n");
	for (int i = 0; i < 1200 && !peer->is_gone; i++) {
		say(peer, " ");
		nanosleep(&pause, NULL);
	}
	peer->is_gone = true;
}

static void
deep(struct peer *peer)
{
	char brackets[60000];

	say(peer, JSON_200 "Content-Length: 60000\r\n\r\n");
	memset(brackets, '[', sizeof(brackets));
	say_bytes(peer, brackets, sizeof(brackets));
}

/* As many values as the cap of a list lets in. */
static void
wide(struct peer *peer)
{
	enum { VALUES = 2700000 };
	char head[64];

	snprintf(head, sizeof(head), "Content-Length: %d\r\n\r\n", 9 + 3 * VALUES + 4);
	say(peer, JSON_200);
	say(peer, head);
	say(peer, "{\"data\":[");
	for (int i = 0; i < VALUES / 10000; i++) {
		char block[30001] = "";

		for (int j = 0; j < 10000; j++)
			memcpy(block + (size_t)j * 3, "{},", 3);
		say_bytes(peer, block, 30000);
	}
	say(peer, "{}]}");
}

static void
huge_numbers(struct peer *peer)
{
	answer(peer, "200 OK", "Retry-After: 99999999999999999999999999999999\r\n",
	    "{\"import\":{\"id\":99999999999999999999999999,\"status\":{\"name\":\"finished\","
	    "\"processed\":1e999,\"total\":-99999999999999999999}},\"result\":{\"rows_succeeded\":"
	    "18446744073709551617,\"rows_updated\":-1,\"rows_failed\":9223372036854775808},"
	    "\"data\":[{\"id\":\"99999999999999999999\",\"attributes\":{\"lines_count\":1e300}}],"
	    "\"links\":{\"next\":null}}");
}

/* Terminal escapes of both kinds, a bell, a title, lines of ours, text that runs backwards, a
 * formula, markup; as UTF-8 and as JSON escapes. */
#define NASTY                                                                                      \
	"=cmd|'/c calc'!A1\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202e\\r\\nrollcall: finished" \
	"<script>alert(1)</script>\xc2\x9b" "31m\\u0000\\t"

static void
nasty(struct peer *peer)
{
	answer(peer, "422 \033[31mNo",
	    "X-Request-Id: =1+1\033]0;owned\007\xc2\x9b" "31m<script>\r\n",
	    "{\"message\":\"" NASTY "\",\"errors\":[{\"title\":\"" NASTY "\"}],"
	    "\"validation_errors\":{\"" NASTY "\":[\"" NASTY "\"]}}");
}

static void
nasty_word(struct peer *peer)
{
	answer(peer, "200 OK", "X-Request-Id: \033[31m\r\n",
	    "{\"import\":{\"id\":1,\"type\":\"" NASTY "\",\"status\":{\"name\":\"" NASTY "\"}}}");
}

/* state_file_id,registered_address.state,first_name,error / NC1,NC,Ann 1,=HYPERLINK... ESC ... */
static void
nasty_reason(struct peer *peer)
{
	answer(peer, "200 OK", "",
	    "{\"result\":{\"rows_succeeded\":1,\"rows_updated\":0,\"rows_failed\":1,\"failure_csv\":"
	    "\"c3RhdGVfZmlsZV9pZCxyZWdpc3RlcmVkX2FkZHJlc3Muc3RhdGUsZmlyc3RfbmFtZSxlcnJvcgpOQzEsTkMsQW5uIDEs"
	    "IkAgPUhZUEVSTElOSyh4KRtbMkobXTA7b3duZWQHwpszMW3igK4KPHNjcmlwdD4AIgo=\"}}");
}

/* gzip of a gigabyte of blanks would be a megabyte; nobody asked for it. */
static void
gzip(struct peer *peer)
{
	static const char bytes[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03";

	say(peer, JSON_200 "Content-Encoding: gzip\r\n\r\n");
	say_bytes(peer, bytes, sizeof(bytes) - 1);
	say_for_ever(peer, "\x63\x60\x18\x05");
}

static void
gzip_transfer(struct peer *peer)
{
	static const char bytes[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03";

	say(peer, JSON_200 "Transfer-Encoding: gzip\r\n\r\n");
	say_bytes(peer, bytes, sizeof(bytes) - 1);
	say_for_ever(peer, "\x63\x60\x18\x05");
}

static void
redirect(struct peer *peer)
{
	answer(peer, "302 Found", "Location: /api/v1/again\r\nRefresh: 0; url=/api/v1/again\r\n", "");
}

static void
two_answers(struct peer *peer)
{
	answer(peer, "200 OK", "", "{}");
	answer(peer, "200 OK", "", "{\"import\":{\"id\":1,\"status\":{\"name\":\"finished\"}}}");
}

static const struct attack {
	const char *name;
	void (*play)(struct peer *peer);
} attacks[] = {
	{ "endless", endless }, { "endless-failures", endless_failures },
	{ "endless-refusal", endless_refusal }, { "endless-page", endless_page },
	{ "endless-chunks", endless_chunks }, { "8gib", eight_gib },
	{ "absurd-length", absurd_length }, { "endless-head", endless_head },
	{ "endless-line", endless_line }, { "endless-interim", endless_interim },
	{ "endless-trailer", endless_trailer }, { "drip", drip }, { "deep", deep },
	{ "wide", wide }, { "huge-numbers", huge_numbers }, { "nasty", nasty },
	{ "nasty-word", nasty_word }, { "nasty-reason", nasty_reason }, { "gzip", gzip },
	{ "gzip-transfer", gzip_transfer }, { "redirect", redirect },
	{ "two-answers", two_answers },
};

/* ---- the nation ---- */

enum kind { SUBMIT, STATUS, RESULT, LIST, OTHER };

static const char *const kinds[] = { "submit", "status", "result", "list", "other" };

static enum kind attacked;
static const struct attack *attack;

static enum kind
kind_of(const char *head)
{
	const char *line_end = strstr(head, "\r\n");
	const char *result = strstr(head, "/result");

	if (strncmp(head, "POST /api/v1/imports ", 21) == 0)
		return SUBMIT;
	if (strncmp(head, "GET /api/v2/imports?", 20) == 0)
		return LIST;
	if (strncmp(head, "GET /api/v1/imports/", 20) != 0)
		return OTHER;
	return result && result < line_end ? RESULT : STATUS;
}

/* The list is looked at for an answer that was lost, by the nation's clock. */
static void
answer_well(struct peer *peer, enum kind kind)
{
	time_t now = time(NULL);
	struct tm parts;
	char date[64];
	static const char *const bodies[] = {
		"{\"import\":{\"id\":1,\"type\":\"people\",\"status\":{\"name\":\"queued\"}}}",
		"{\"import\":{\"id\":1,\"type\":\"people\",\"status\":{\"name\":\"finished\"}}}",
		("{\"result\":{\"rows_succeeded\":2,\"rows_updated\":0,\"rows_failed\":0,"
		 "\"failure_csv\":null}}"),
		"{\"data\":[],\"links\":{\"next\":null}}",
		"{}",
	};

	peer->is_gone = attacked == LIST && kind == SUBMIT;
	if (peer->is_gone)
		return;
	strftime(date, sizeof(date), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", gmtime_r(&now, &parts));
	answer(peer, kind == OTHER ? "404 Not Found" : "200 OK", date, bodies[kind]);
}

/* To the empty line; 0 at the end of the connection. */
static size_t
read_head(struct peer *peer, char *head)
{
	size_t len = 0;

	while (len < HEAD_BYTES - 1) {
		if (recv(peer->fd, head + len, 1, 0) != 1)
			return 0;
		head[++len] = '\0';
		if (len >= 4 && memcmp(head + len - 4, "\r\n\r\n", 4) == 0)
			return len;
	}
	return 0;
}

static void
read_body(struct peer *peer, const char *head)
{
	const char *found = strcasestr(head, "\r\nContent-Length: ");
	size_t left = found ? strtoul(found + 18, NULL, 10) : 0;
	char block[4096];

	while (left) {
		ssize_t got = recv(peer->fd, block, left < sizeof(block) ? left : sizeof(block), 0);

		if (got <= 0)
			return;
		left -= (size_t)got;
	}
}

static void *
serve(void *arg)
{
	struct peer peer = { .fd = (int)(intptr_t)arg };
	char head[HEAD_BYTES];

	while (!peer.is_gone && read_head(&peer, head)) {
		enum kind kind = kind_of(head);

		request_count++;
		if (strcasestr(head, "\r\nAccept-Encoding:") || strcasestr(head, "\r\nTE:"))
			compression_count++;
		read_body(&peer, head);
		if (kind != attacked) {
			answer_well(&peer, kind);
			continue;
		}
		attack_count++;
		attack->play(&peer);
	}
	close(peer.fd);
	return NULL;
}

static void *
accept_all(void *arg)
{
	int listener = (int)(intptr_t)arg;

	for (;;) {
		pthread_t thread;
		int fd = accept(listener, NULL, NULL);

		if (fd < 0 || pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd))
			return NULL;
		pthread_detach(thread);
	}
}

/* ---- the command ---- */

static int
open_listener(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char url[64];

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64) ||
	    getsockname(fd, (struct sockaddr *)&address, &len))
		return -1;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", ntohs(address.sin_port));
	setenv("HOSTILE_URL", url, 1);
	return fd;
}

static int
take_spec(const char *spec)
{
	const char *colon = strchr(spec, ':');

	for (size_t i = 0; colon && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i]) == (size_t)(colon - spec) &&
		    strncmp(spec, kinds[i], strlen(kinds[i])) == 0)
			attacked = (enum kind)i;
	}
	for (size_t i = 0; colon && i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		if (strcmp(attacks[i].name, colon + 1) == 0)
			attack = &attacks[i];
	}
	return attack ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct rusage usage = { 0 };
	pthread_t thread;
	int listener, status = 0;
	pid_t child;

	signal(SIGPIPE, SIG_IGN);
	if (argc < 3 || take_spec(argv[1]))
		return 64;
	listener = open_listener();
	/* Before there are threads, so that the child is small. */
	child = listener < 0 ? -1 : fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)listener))
		return 99;
	while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR)
		;
	printf("exit=%d rss_kib=%ld requests=%llu attacks=%llu sent=%llu compression=%llu\n",
	    WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), usage.ru_maxrss,
	    request_count, attack_count, sent_bytes, compression_count);
	return 0;
}
