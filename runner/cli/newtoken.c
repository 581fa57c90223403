#include "platform.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "runner/cli/newtoken.h"
#include "runner/json/read.h"

/* ---- a terminal that does not show what is typed */

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static volatile sig_atomic_t signal_heard;

static void
hear_signal(int number)
{
	signal_heard = number;
}

struct silence {
	bool is_kept;
	struct termios before;
	struct sigaction actions[ARRAY_COUNT(ending_signals)];
};

/* Signals interrupt the read instead of leaving a terminal behind that shows nothing. */
static void
silence_begin(struct silence *silence)
{
	const struct sigaction hear = { .sa_handler = hear_signal };
	struct termios quiet;

	silence->is_kept = tcgetattr(STDIN_FILENO, &silence->before) == 0;
	for (size_t i = 0; i < ARRAY_COUNT(ending_signals); i++)
		sigaction(ending_signals[i], &hear, &silence->actions[i]);
	if (!silence->is_kept)
		return;
	quiet = silence->before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
}

static void
silence_end(const struct silence *silence)
{
	if (silence->is_kept)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silence->before);
	for (size_t i = 0; i < ARRAY_COUNT(ending_signals); i++)
		sigaction(ending_signals[i], &silence->actions[i], NULL);
	if (signal_heard)
		raise(signal_heard);
}

/* ---- reading */

enum reading { READING_ENDED = 1 };

/* One line, or what one read gives. */
static int
read_some(struct buf *to, struct err *err)
{
	size_t room = TOKEN_SOURCE_BYTES + 1 - to->len;
	ssize_t got;

	do
		got = read(STDIN_FILENO, to->ptr + to->len, room);
	while (got < 0 && errno == EINTR && !signal_heard);
	if (signal_heard)
		return err_set(err, ERR_LATER, "stopped");
	if (got < 0)
		return err_system(err, ERR_IO, errno, "standard input");
	to->len += (size_t)got;
	to->ptr[to->len] = '\0';
	if (to->len > TOKEN_SOURCE_BYTES)
		return err_set(err, ERR_ACCESS, "more than %d bytes, which is no token",
		    TOKEN_SOURCE_BYTES);
	return got == 0 ? READING_ENDED : 0;
}

static bool
is_whole_json(struct span text)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;

	return json_parse(&doc, text, JSON_DEPTH, NULL) == 0;
}

/* A pipe to its end; of a terminal one line, or as many as the JSON has. */
static int
read_text(bool is_terminal, struct buf *to, struct err *err)
{
	/* Room for all at once: what moves is not wiped. */
	if (!buf_reserve(to, TOKEN_SOURCE_BYTES + 2))
		return err_memory(err);
	for (;;) {
		int result = read_some(to, err);

		if (result)
			return result == READING_ENDED ? 0 : -1;
		if (is_terminal && memchr(to->ptr, '\n', to->len) &&
		    (!span_starts(span_trim(buf_span(to)), "{") || is_whole_json(buf_span(to))))
			return 0;
	}
}

static int
ask_terminal(const char *question, struct buf *to, struct err *err)
{
	struct silence silence;
	int failed;

	fprintf(stderr, "%s", question);
	silence_begin(&silence);
	failed = read_text(true, to, err);
	silence_end(&silence);
	return failed;
}

/* ---- the client, which is no part of the nation's answer */

static int
ask_member(const char *question, char *to, struct err *err)
{
	struct buf text = BUF_INIT;
	int failed = ask_terminal(question, &text, err);
	struct span answer = span_trim(buf_span(&text));

	for (size_t i = 0; !failed && i < answer.len; i++)
		if (answer.ptr[i] < 0x21 || answer.ptr[i] > 0x7e)
			failed = err_set(err, ERR_ACCESS, "a blank, or no ASCII, in it");
	if (!failed && !span_copy(to, TOKEN_CLIENT_BYTES, answer))
		failed = err_set(err, ERR_ACCESS, "it is too long");
	token_wipe(&text);
	return failed;
}

static int
complete(const struct token *old, bool is_terminal, struct token *token, struct err *err)
{
	if (!token->refresh[0] || (token->client_id[0] && token->client_secret[0]))
		return 0;
	if (old->client_id[0] && old->client_secret[0]) {
		memcpy(token->client_id, old->client_id, sizeof(token->client_id));
		memcpy(token->client_secret, old->client_secret, sizeof(token->client_secret));
	} else if (is_terminal) {
		if (ask_member("Its client_id (Enter: it shall not refresh itself): ",
			token->client_id, err) ||
		    (token->client_id[0] &&
			ask_member("Its client_secret: ", token->client_secret, err)))
			return -1;
	}
	token->is_refreshable = token->client_id[0] && token->client_secret[0];
	return 0;
}

int
newtoken_read(const struct token *old, int64_t wall_ms, struct token *token, struct err *err)
{
	SCOPED(token) read = TOKEN_INIT;
	bool is_terminal = isatty(STDIN_FILENO);
	struct buf text = BUF_INIT;
	int failed = is_terminal ? ask_terminal("The access token, or the JSON that came with it (it is "
						"not shown): ",
				       &text, err)
				 : read_text(false, &text, err);

	if (!failed)
		failed = token_take_text(buf_span(&text), true, &read, err);
	token_wipe(&text);
	if (failed || complete(old, is_terminal, &read, err))
		return -1;
	if (read.life_ms >= 0 && read.created_ms < 0) {
		read.created_ms = wall_ms / 1000 * 1000;
		read.expires_ms = read.created_ms + read.life_ms;
	}
	*token = read;
	return 0;
}
