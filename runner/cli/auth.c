#include "platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/cli/confinement.h"
#include "runner/cli/newtoken.h"
#include "runner/cli/output.h"
#include "runner/cli/session.h"
#include "runner/cli/signin.h"
#include "runner/cli/verbs.h"
#include "runner/nation/tokenfile.h"
#include "runner/sys/clock.h"
#include "runner/sys/steps.h"

static int auth_run(const struct args *args, struct err *err);

const struct verb verb_auth = {
	.name = "auth",
	.operands = "JOB",
	.least = 1,
	.most = 1,
	.summary = "shows, tries, sets up or refreshes the token",
	.help = "Shows where the token is, when it ends and whether it refreshes itself, and asks\n"
		"the nation whether it takes it.  The token itself is never shown.\n"
		"With --set a new one, or the JSON that /oauth/token answered, is read from\n"
		"standard input (at a terminal without showing it) and put into the file that\n"
		"the job names.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(REFRESH) | OPTION_BIT(SET) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = auth_run,
};

enum {
	LOCK_MOST_MS = 60 * 1000, /* a load refreshes the same token */
	LOCK_LOOK_MS = 50,
};

struct auth {
	const struct settings *settings;
	struct signin signin;
	struct token token;
	struct client *client;
	struct signin_answer answer;
	const char *done; /* "set" "refreshed"; NULL */
};

static void
auth_done(struct auth *auth)
{
	client_close(auth->client);
	signin_close(&auth->signin);
	token_done(&auth->token);
}

SCOPED_BY(auth, auth_done)

static int64_t
wall_ms(void)
{
	return clock_real().now(NULL).wall_ms;
}

static int
open_client(struct auth *auth, struct err *err)
{
	client_close(auth->client);
	auth->client = NULL;
	return signin_client(&auth->signin, &auth->token,
	    (struct client_options){ .folder_fd = -1 }, &auth->client, err);
}

static int
ask(struct auth *auth, struct err *err)
{
	return open_client(auth, err) || signin_ask(auth->client, &auth->answer, err) ? -1 : 0;
}

/* ---- refreshing */

static int
refresh(struct auth *auth, struct err *err)
{
	struct reply reply;

	/* What a command prints was printed just now. */
	if (auth->signin.source.scheme == TOKEN_COMMAND)
		return 0;
	if (open_client(auth, err))
		return -1;
	if (signin_renew(auth->client, &reply, err))
		return err_within(err, "the token was not refreshed");
	auth->token = *renewal_token(auth->signin.renewal);
	auth->done = reply.message[0] ? "refreshed" : NULL;
	return 0;
}

/* ---- setting up */

static int
make_folders(const char *path, struct err *err)
{
	char *copy = strdup(path);
	int code = 0;

	if (!copy)
		return err_memory(err);
	for (char *slash = strchr(copy + 1, '/'); slash && !code; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		code = mkdir(copy, 0700) && errno != EEXIST ? errno : 0;
		*slash = '/';
	}
	free(copy);
	return code ? err_system(err, ERR_CREATE, code, "the folder of token file %s", path) : 0;
}

/* The folder comes first, for only what is there then can be changed once the process is confined. */
static int
prepare(const struct auth *auth, struct err *err)
{
	if (auth->signin.source.scheme != TOKEN_FILE)
		return err_set(err, ERR_USAGE,
		    "the job's token is %s: set it there, or write token = \"file:PATH\" in %s",
		    auth->settings->nation.token.written, auth->settings->path);
	return make_folders(auth->signin.source.rest, err);
}

static int
lock(struct tokenfile *file, struct err *err)
{
	const struct timespec look = { 0, LOCK_LOOK_MS * 1000000L };
	bool is_ours = false;

	for (int waited_ms = 0; !is_ours; waited_ms += LOCK_LOOK_MS) {
		if (tokenfile_lock(file, &is_ours, err))
			return -1;
		if (!is_ours && waited_ms >= LOCK_MOST_MS)
			return err_set(err, ERR_LATER, "%s.lock is held by another process",
			    file->path);
		if (!is_ours)
			nanosleep(&look, NULL);
	}
	return 0;
}

static int
put(struct auth *auth, const struct token *token, struct err *err)
{
	SCOPED(tokenfile) file = TOKENFILE_NONE;
	const char *path = auth->signin.source.rest;

	if (tokenfile_open(&file, path, steps_real(), err) ||
	    lock(&file, err) || tokenfile_put(&file, token, err))
		return -1;
	auth->done = "set";
	return 0;
}

/* For the refresh it stands in the file already; one that fails gives way to what was there. */
static int
refresh_new(struct auth *auth, const struct token *old, struct err *err)
{
	struct err ignored = ERR_INIT; /* the refusal is what is told */

	if (refresh(auth, err) == 0)
		return 0;
	if (err && err->kind == ERR_ACCESS && old->text[0] && put(auth, old, &ignored) == 0)
		return err_set(err, ERR_ACCESS, "%s, nor can it be refreshed\nIt was not put into %s, "
		    "which is as it was.", auth->answer.words, auth->signin.source.rest);
	return -1;
}

/* A token that the nation refuses does not take the place of one that may still be good, unless it can
 * refresh itself: then that is tried. */
static int
set(struct auth *auth, struct err *err)
{
	SCOPED(token) old = TOKEN_INIT;

	signin_read(&auth->signin, &old, NULL); /* none is fine */
	if (newtoken_read(&old, wall_ms(), &auth->token, err) || ask(auth, err))
		return -1;
	if (auth->answer.kind == ERR_ACCESS && !auth->token.is_refreshable)
		return err_set(err, ERR_ACCESS, "%s\nIt was not put into %s, which is as it was.",
		    auth->answer.words, auth->signin.source.rest);
	if (put(auth, &auth->token, err))
		return -1;
	if (auth->answer.kind != ERR_ACCESS)
		return 0;
	return refresh_new(auth, &old, err) || ask(auth, err) ? -1 : 0;
}

/* ---- showing */

static const char *
scheme_word(enum token_scheme scheme)
{
	static const char *const words[] = { [TOKEN_FILE] = "file", [TOKEN_ENV] = "env",
					     [TOKEN_COMMAND] = "command",
					     [TOKEN_CREDENTIAL] = "credential" };

	return words[scheme];
}

static void
print_text(const struct auth *auth)
{
	const struct token *token = &auth->token;
	char at[STAMP_BYTES], left[SHOW_BYTES];
	int64_t left_ms = token->expires_ms - wall_ms();

	printf("token    %s%s%s\n", auth->settings->nation.token.written, auth->done ? ", " : "",
	    auth->done ? auth->done : "");
	if (token->expires_ms < 0)
		printf("ends     not known\n");
	else if (left_ms <= 0)
		printf("ends     %s, over\n", stamp_iso(token->expires_ms, at));
	else
		printf("ends     %s, in %s\n", stamp_iso(token->expires_ms, at),
		    show_duration((uint64_t)left_ms, left));
	if (token->is_refreshable)
		printf("refresh  by itself\n");
	else if (auth->signin.source.scheme == TOKEN_COMMAND)
		printf("refresh  the command is run again after a 401\n");
	else if (auth->signin.source.scheme == TOKEN_FILE)
		printf("refresh  no: the file has no refresh_token, client_id and client_secret\n");
	else
		printf("refresh  no: only a token in a file refreshes itself\n");
	printf("nation   %s: %s: %s\n", auth->settings->nation.label, signin_word(&auth->answer),
	    auth->answer.words);
}

static int
print_json(const struct auth *auth, struct err *err)
{
	const struct token *token = &auth->token;
	SCOPED(buf) text = BUF_INIT;
	struct jsonw json = jsonw_into(&text);
	char at[STAMP_BYTES];

	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "schema", 1);
	jsonw_string(&json, "job", auth->settings->name);
	jsonw_string(&json, "nation", auth->settings->nation.label);
	jsonw_string(&json, "token", auth->settings->nation.token.written);
	jsonw_string(&json, "scheme", scheme_word(auth->signin.source.scheme));
	jsonw_string(&json, "done", auth->done);
	jsonw_string(&json, "created_at",
	    token->created_ms < 0 ? NULL : stamp_iso(token->created_ms, at));
	jsonw_string(&json, "expires_at",
	    token->expires_ms < 0 ? NULL : stamp_iso(token->expires_ms, at));
	jsonw_bool(&json, "refreshes_itself", token->is_refreshable);
	jsonw_string(&json, "check", signin_word(&auth->answer));
	jsonw_number(&json, "status", auth->answer.status);
	jsonw_bool(&json, "shows_list", auth->answer.shows_list);
	jsonw_string(&json, "message", auth->answer.words);
	return output_json(&json, err);
}

/* The exit code, and what to do about it. */
static int
conclude(const struct auth *auth, struct err *err)
{
	const char *job = auth->settings->command;
	const char *label = auth->settings->nation.label;

	if (auth->answer.kind == ERR_NONE)
		return 0;
	if (auth->answer.kind != ERR_ACCESS)
		return err_set(err, auth->answer.kind, "%s: %s", label, auth->answer.words);
	if (auth->token.is_refreshable)
		return err_set(err, ERR_ACCESS, "%s: %s\nRefresh it:  rollcall auth --refresh %s",
		    label, auth->answer.words, job);
	if (auth->signin.source.scheme == TOKEN_FILE)
		return err_set(err, ERR_ACCESS, "%s: %s\nSet another up:  rollcall auth --set %s",
		    label, auth->answer.words, job);
	return err_set(err, ERR_ACCESS, "%s: %s\nPut another there: %s", label, auth->answer.words,
	    auth->settings->nation.token.written);
}

static int
work(struct auth *auth, const struct args *args, struct err *err)
{
	if (args_has(args, OPTION_SET))
		return set(auth, err);
	if (signin_read(&auth->signin, &auth->token, err))
		return -1;
	if (args_has(args, OPTION_REFRESH) && refresh(auth, err))
		return -1;
	return ask(auth, err);
}

/* What failed before there was anything to show; for a file there is a way out. */
static int
with_way_out(const struct auth *auth, struct err *err)
{
	char text[ERR_TEXT_BYTES];

	if (!err || err->kind != ERR_ACCESS || auth->signin.source.scheme != TOKEN_FILE ||
	    strstr(err->text, "auth --set"))
		return -1;
	snprintf(text, sizeof(text), "%s", err->text);
	return err_set(err, ERR_ACCESS, "%.3000s\nSet another up:  rollcall auth --set %s", text,
	    auth->settings->command);
}

static int
auth_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	SCOPED(auth) auth = { .token = TOKEN_INIT };

	if (args_has(args, OPTION_SET) && args_has(args, OPTION_REFRESH))
		return err_set(err, ERR_USAGE, "--set or --refresh, not both");
	if (session_open(&session, args, err))
		return -1;
	auth.settings = &session.settings;
	if (signin_open(&auth.signin, &session.settings, err))
		return -1;
	if ((args_has(args, OPTION_SET) && prepare(&auth, err)) ||
	    confinement_enter(&session, CONFINEMENT_NATION, err))
		return -1;
	if (work(&auth, args, err))
		return args_has(args, OPTION_SET) ? -1 : with_way_out(&auth, err);
	if (args_has(args, OPTION_JSON) ? print_json(&auth, err) : (print_text(&auth), 0))
		return -1;
	return conclude(&auth, err);
}
