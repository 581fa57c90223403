#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "runner/cli/signin.h"
#include "runner/core/verdict.h"
#include "runner/sys/clock.h"
#include "runner/sys/helper.h"
#include "runner/sys/steps.h"

enum {
	CONNECT_MS = 30 * 1000,
	STALL_MS = 120 * 1000, /* not one byte of an upload taken for so long: the line is dead */
	GET_MS = 60 * 1000,
	COMMAND_MS = 60 * 1000, /* `command:` may ask a password manager */
	/* Longer than any of the client's own limits: each request ends by itself. */
	ANSWER_MS = 10 * 60 * 1000,
};

/* ---- commands */

static struct helper_command
command_of(const char *line)
{
	return (struct helper_command){ line, TOKEN_SOURCE_BYTES, COMMAND_MS };
}

static int
judge_command(const struct helper_outcome *outcome, struct err *err)
{
	if (outcome->is_late)
		return err_set(err, ERR_ACCESS, "it took longer than a minute");
	if (outcome->is_long)
		return err_set(err, ERR_ACCESS, "it printed more than a token");
	if (outcome->exit_code)
		return err_set(err, ERR_ACCESS, "it ended with exit code %d", outcome->exit_code);
	return 0;
}

static int
run_command(void *ctx, const char *line, struct buf *output, struct err *err)
{
	const struct helper_command command = command_of(line);
	struct helper_outcome outcome;

	if (helper_run(ctx, &command, output, &outcome, err))
		return -1;
	return judge_command(&outcome, err);
}

static int
begin_command(void *ctx, const char *line, struct err *err)
{
	const struct helper_command command = command_of(line);

	return helper_begin(ctx, &command, err);
}

static int
fd_of_command(void *ctx)
{
	return helper_fd(ctx);
}

static int
end_command(void *ctx, struct buf *output, struct err *err)
{
	struct helper_outcome outcome;

	if (!helper_has_ended(ctx))
		return 1;
	if (helper_end(ctx, output, &outcome, err))
		return -1;
	return judge_command(&outcome, err);
}

/* ---- the token */

static enum token_scheme
scheme_of(enum settings_token_scheme scheme)
{
	switch (scheme) {
	case SETTINGS_TOKEN_ENV:
		return TOKEN_ENV;
	case SETTINGS_TOKEN_COMMAND:
		return TOKEN_COMMAND;
	case SETTINGS_TOKEN_CREDENTIAL:
		return TOKEN_CREDENTIAL;
	case SETTINGS_TOKEN_FILE:
		break;
	}
	return TOKEN_FILE;
}

int
signin_open(struct signin *signin, const struct settings *settings, struct err *err)
{
	const struct settings_token *token = &settings->nation.token;

	*signin = (struct signin){ .settings = settings };
	if (token->scheme == SETTINGS_TOKEN_COMMAND && helper_start(&signin->helper, err))
		return -1;
	signin->source = (struct token_source){
		.scheme = scheme_of(token->scheme),
		.rest = token->rest,
		.run = run_command,
		.begin = begin_command,
		.fd = fd_of_command,
		.end = end_command,
		.ctx = signin->helper,
	};
	return 0;
}

void
signin_close(struct signin *signin)
{
	renewal_free(signin->renewal);
	helper_stop(signin->helper);
	*signin = (struct signin)SIGNIN_NONE;
}

int
signin_read(struct signin *signin, struct token *token, struct err *err)
{
	return token_read(&signin->source, token, err);
}

int
signin_client(struct signin *signin, const struct token *token, struct client_options options,
    struct client **client, struct err *err)
{
	const struct settings *settings = signin->settings;
	const struct renewal_options renewal = {
		.source = &signin->source,
		.token = token,
		.clock = clock_real(),
		.steps = steps_real(),
	};

	renewal_free(signin->renewal);
	signin->renewal = renewal_new(&renewal, err);
	if (!signin->renewal)
		return -1;
	options.url = settings->nation.url;
	options.ca_file = settings->nation.ca_file.path;
	options.proxy = settings->nation.proxy;
	options.token = token->text;
	options.renewal = signin->renewal;
	options.connect_ms = CONNECT_MS;
	options.stall_ms = STALL_MS;
	options.answer_ms = (int64_t)settings->retry.answer_wait_ms;
	options.get_ms = GET_MS;
	options.clock = clock_real();
	return client_open(&options, client, err);
}

/* ---- trying it */

static int
hear_one(struct client *client, struct reply *reply, struct err *err)
{
	struct nation_port port = client_port(client);
	size_t count = 0;

	if (port.wait(port.ctx, ANSWER_MS, reply, 1, &count, err))
		return -1;
	return count ? 0 : err_set(err, ERR_UNREACHABLE, "no answer");
}

/* Nations without V2 have no such list, and say so as the API does. A 404 that is no answer of the API
 * is of a host that is none (replies.md: wrong endpoint). */
static void
judge_missing(const struct reply *reply, struct signin_answer *answer)
{
	answer->kind = reply->form == ANSWER_JSON ? ERR_NONE : ERR_NONSENSE;
	snprintf(answer->words, sizeof(answer->words),
	    answer->kind ? "it answered %u, and not as the API does: is nation.slug (or url) right?"
			 : "it answered %u: it has no list of imports, which says nothing of the token",
	    (unsigned)reply->status);
}

static void
judge(const struct reply *reply, struct signin_answer *answer)
{
	const struct load_limits limits = { .backoff = { 1, 1 } };
	const struct verdict_context context = { .limits = &limits };
	struct verdict verdict = verdict_of_get(reply, &context);

	answer->status = reply->status;
	answer->shows_list = verdict.is_success && reply->is_list;
	if (answer->shows_list)
		snprintf(answer->words, sizeof(answer->words), "it shows its list of imports");
	else if (verdict.stop)
		snprintf(answer->words, sizeof(answer->words), "%s", verdict.stop_text);
	else if (reply->status)
		snprintf(answer->words, sizeof(answer->words), "it answered %u%s%s",
		    (unsigned)reply->status, reply->message[0] ? ": " : "", reply->message);
	else
		snprintf(answer->words, sizeof(answer->words), "%s", reply->transport_text);
	if (answer->shows_list || reply->status == 403)
		answer->kind = ERR_NONE; /* the list may be closed to a token that is good */
	else
		answer->kind = verdict.stop ? verdict.stop : ERR_UNREACHABLE;
	if (reply->status == 404 || reply->status == 410)
		judge_missing(reply, answer);
}

const char *
signin_word(const struct signin_answer *answer)
{
	if (answer->kind == ERR_NONE)
		return answer->shows_list || answer->status == 403 ? "valid" : "not known";
	if (answer->kind == ERR_ACCESS)
		return "refused";
	return answer->kind == ERR_UNREACHABLE ? "unreachable" : "nonsense";
}

int
signin_ask(struct client *client, struct signin_answer *answer, struct err *err)
{
	struct nation_port port = client_port(client);
	struct reply reply;

	*answer = (struct signin_answer){ .kind = ERR_UNREACHABLE };
	if (port.list(port.ctx, UINT32_MAX, 1, err) || hear_one(client, &reply, err))
		return -1;
	judge(&reply, answer);
	return 0;
}

int
signin_renew(struct client *client, struct reply *reply, struct err *err)
{
	struct nation_port port = client_port(client);

	if (port.renew(port.ctx, err) || hear_one(client, reply, err))
		return -1;
	if (reply->renewed == RENEWED_BY_US || reply->renewed == RENEWED_BY_OTHERS)
		return 0;
	return err_set(err, reply->fault, "%s", reply->message);
}
