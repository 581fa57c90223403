#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/nation/grant.h"
#include "runner/nation/renewal.h"
#include "runner/nation/tokenfile.h"

enum {
	/* Another load holds the lock for as long as one request takes. */
	LOCK_MOST_MS = 60 * 1000,
	/* Answers in a row that are none of /oauth/token, before it counts as a verdict. */
	NONSENSE_MOST = 3,
};

enum state {
	STATE_IDLE,
	STATE_LOCKING,
	STATE_ASKING,  /* the request is to be made */
	STATE_ASKED,   /* it is under way */
	STATE_RUNNING, /* the command */
	STATE_DONE,
};

struct renewal {
	struct token_source source;
	struct clock_port clock;
	struct steps_port steps;
	struct token held; /* what requests carry */
	struct token read; /* what the file has; the same access token */
	struct tokenfile file;
	enum state state;
	bool is_with_older;       /* the request is made with the older refresh token */
	int64_t lock_until_ms;    /* monotonic */
	uint32_t nonsense_in_a_row;
	bool is_clear; /* neither an older refresh token nor an unfinished file is left */

	/* The outcome. */
	enum renewed renewed;
	enum err_kind fault;
	char text[LIMIT_NOTE_BYTES];
};

static struct now
now_of(const struct renewal *renewal)
{
	return renewal->clock.now(renewal->clock.ctx);
}

static void
at(const struct renewal *renewal, const char *step)
{
	if (renewal->steps.at)
		renewal->steps.at(renewal->steps.ctx, step);
}

struct renewal *
renewal_new(const struct renewal_options *options, struct err *err)
{
	struct renewal *renewal = calloc(1, sizeof(*renewal));

	if (!renewal) {
		err_memory(err);
		return NULL;
	}
	renewal->source = *options->source;
	renewal->clock = options->clock;
	renewal->steps = options->steps;
	renewal->held = *options->token;
	token_done(&renewal->read);
	renewal->file = (struct tokenfile)TOKENFILE_NONE;
	return renewal;
}

void
renewal_free(struct renewal *renewal)
{
	if (!renewal)
		return;
	tokenfile_close(&renewal->file);
	token_done(&renewal->held);
	token_done(&renewal->read);
	free(renewal);
}

const struct token *
renewal_token(const struct renewal *renewal)
{
	return &renewal->held;
}

/* ---- outcomes ---- */

static void done(struct renewal *renewal, enum renewed renewed, enum err_kind fault,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

static void
done(struct renewal *renewal, enum renewed renewed, enum err_kind fault, const char *format, ...)
{
	va_list args;

	renewal->state = STATE_DONE;
	renewal->renewed = renewed;
	renewal->fault = fault;
	va_start(args, format);
	vsnprintf(renewal->text, sizeof(renewal->text), format, args);
	va_end(args);
	token_done(&renewal->read);
	tokenfile_close(&renewal->file);
}

static void
failed(struct renewal *renewal, const struct err *cause)
{
	done(renewal, RENEWED_NOT, cause->kind, "%.*s", LIMIT_NOTE_BYTES - 1, cause->text);
}

static void
take(struct renewal *renewal, const struct token *token, enum renewed renewed, const char *text)
{
	renewal->held = *token;
	renewal->is_clear = false;
	done(renewal, renewed, ERR_NONE, "%s", text);
}

/* ---- a file ---- */

static void
ask_or_give_up(struct renewal *renewal)
{
	struct err cause = ERR_INIT;

	if (!renewal->read.is_refreshable) {
		done(renewal, RENEWED_NOT, ERR_ACCESS,
		    "token file %s cannot refresh it: it has no refresh_token, client_id and "
		    "client_secret",
		    renewal->source.rest);
		return;
	}
	if (tokenfile_prepare(&renewal->file, &cause)) {
		failed(renewal, &cause);
		return;
	}
	renewal->is_with_older = false;
	renewal->state = STATE_ASKING;
}

/* Has another process put another token there? */
static bool
is_another(const struct renewal *renewal)
{
	return strcmp(renewal->read.text, renewal->held.text) != 0;
}

static void
go_on_with_read(struct renewal *renewal)
{
	if (is_another(renewal))
		take(renewal, &renewal->read, RENEWED_BY_OTHERS,
		    "another was in the token file already");
	else
		ask_or_give_up(renewal);
}

static void
read_again(struct renewal *renewal)
{
	struct err cause = ERR_INIT;

	at(renewal, "a token file locked");
	if (tokenfile_recover(&renewal->file, &cause) ||
	    token_read(&renewal->source, &renewal->read, &cause))
		failed(renewal, &cause);
	else
		go_on_with_read(renewal);
}

/* A folder that is closed to us: nothing can be refreshed then, which is no news of a token that
 * cannot be; and somebody else may have put another into the file. */
static void
read_without_lock(struct renewal *renewal, const struct err *why)
{
	if (token_read(&renewal->source, &renewal->read, NULL) ||
	    (!is_another(renewal) && renewal->read.is_refreshable))
		failed(renewal, why);
	else
		go_on_with_read(renewal);
}

static void
try_lock(struct renewal *renewal)
{
	struct err cause = ERR_INIT;
	bool is_ours = false;

	if (renewal->file.folder_fd < 0 &&
	    tokenfile_open(&renewal->file, renewal->source.rest, renewal->steps, &cause)) {
		read_without_lock(renewal, &cause);
		return;
	}
	if (tokenfile_lock(&renewal->file, &is_ours, &cause))
		read_without_lock(renewal, &cause);
	else if (is_ours)
		read_again(renewal);
	else if (now_of(renewal).mono_ms >= renewal->lock_until_ms)
		done(renewal, RENEWED_LATER, ERR_LATER, "%s.lock is held by another process",
		    renewal->source.rest);
}

static const char *
refresh_token(const struct renewal *renewal)
{
	return renewal->is_with_older ? renewal->read.older : renewal->read.refresh;
}

/* The answer is worth nothing until it is on disk. One that cannot be saved is not used: to many
 * nations the first use of what it gave ends the refresh token that we still have. */
static void
save(struct renewal *renewal, const struct token *fresh)
{
	struct err cause = ERR_INIT;

	at(renewal, "a token granted");
	if (tokenfile_put(&renewal->file, fresh, &cause)) {
		failed(renewal, &cause);
		return;
	}
	at(renewal, "a token saved");
	take(renewal, fresh, RENEWED_BY_US, "refreshed");
}

static void
hear_grant(struct renewal *renewal, struct span body)
{
	SCOPED(token) fresh = TOKEN_INIT;
	struct err cause = ERR_INIT;

	if (grant_take(&renewal->read, refresh_token(renewal), body, now_of(renewal).wall_ms, &fresh,
		&cause) == 0) {
		renewal->nonsense_in_a_row = 0;
		save(renewal, &fresh);
	} else if (++renewal->nonsense_in_a_row < NONSENSE_MOST) {
		done(renewal, RENEWED_LATER, ERR_NONSENSE, "the answer of /oauth/token: %.200s",
		    cause.text);
	} else {
		done(renewal, RENEWED_NOT, ERR_NONSENSE, "the answer of /oauth/token: %.200s",
		    cause.text);
	}
}

static void
hear_refusal(struct renewal *renewal, const struct reply *reply, struct span body)
{
	char message[256];

	if (!renewal->is_with_older && renewal->read.older[0]) {
		renewal->is_with_older = true;
		renewal->state = STATE_ASKING;
		return;
	}
	grant_message(&renewal->read, body, message, sizeof(message));
	done(renewal, RENEWED_NOT, ERR_ACCESS, "the nation refuses the refresh token (%u%s%s)",
	    (unsigned)reply->status, message[0] ? ": " : "", message);
}

/* replies.md has no row for /oauth/token. A refresh may be made again: what was used and what came of
 * it are the nation's to tell. So what may pass is tried again, and what says no is believed. */
static void
hear_status(struct renewal *renewal, const struct reply *reply, struct span body)
{
	uint32_t status = reply->status;

	if (status / 100 == 2)
		hear_grant(renewal, body);
	else if (status == 400 || status == 401 || status == 403)
		hear_refusal(renewal, reply, body);
	else if (status / 100 == 5 || status == 408 || status == 409 || status == 421 ||
		 status == 425 || status == 429)
		done(renewal, RENEWED_LATER, ERR_UNREACHABLE, "/oauth/token answered %u",
		    (unsigned)status);
	else
		done(renewal, RENEWED_NOT, ERR_NONSENSE,
		    "/oauth/token answered %u: is nation.slug (or url) right?", (unsigned)status);
}

void
renewal_hear(struct renewal *renewal, const struct reply *reply, struct span body)
{
	if (renewal->state != STATE_ASKED)
		return; /* cut meanwhile */
	if (reply->transport == TRANSPORT_OK)
		hear_status(renewal, reply, body);
	else if (reply->transport == TRANSPORT_TLS || reply->transport == TRANSPORT_SETUP)
		done(renewal, RENEWED_NOT,
		    reply->transport == TRANSPORT_TLS ? ERR_NONSENSE : ERR_JOB, "/oauth/token: %.300s",
		    reply->transport_text);
	else
		done(renewal, RENEWED_LATER, ERR_UNREACHABLE, "/oauth/token: %.300s",
		    reply->transport_text);
}

/* ---- a command ---- */

static void
begin_command(struct renewal *renewal)
{
	struct err cause = ERR_INIT;

	if (renewal->source.begin &&
	    renewal->source.begin(renewal->source.ctx, renewal->source.rest, &cause) == 0)
		renewal->state = STATE_RUNNING;
	else
		done(renewal, RENEWED_NOT, ERR_ACCESS, "the token command: %.300s", cause.text);
}

static void
end_command(struct renewal *renewal)
{
	struct buf output = BUF_INIT;
	struct err cause = ERR_INIT;
	int result = renewal->source.end(renewal->source.ctx, &output, &cause);

	if (result > 0)
		return; /* not yet */
	if (result < 0) {
		done(renewal, RENEWED_NOT, ERR_ACCESS, "the token command: %.300s", cause.text);
	} else if (token_take(&renewal->source, buf_span(&output), &renewal->read, &cause)) {
		failed(renewal, &cause);
	} else if (strcmp(renewal->read.text, renewal->held.text) == 0) {
		done(renewal, RENEWED_NOT, ERR_ACCESS, "the token command printed the same token again");
	} else {
		take(renewal, &renewal->read, RENEWED_BY_US, "the token command was run again");
	}
	token_wipe(&output);
}

/* ---- steps ---- */

void
renewal_begin(struct renewal *renewal)
{
	renewal->lock_until_ms = now_of(renewal).mono_ms + LOCK_MOST_MS;
	switch (renewal->source.scheme) {
	case TOKEN_FILE:
		renewal->state = STATE_LOCKING;
		break;
	case TOKEN_COMMAND:
		begin_command(renewal);
		break;
	case TOKEN_ENV:
		done(renewal, RENEWED_NOT, ERR_ACCESS,
		    "a token in the environment (%s) cannot be renewed by rollcall",
		    renewal->source.rest);
		break;
	case TOKEN_CREDENTIAL:
		done(renewal, RENEWED_NOT, ERR_ACCESS,
		    "credential %s cannot be renewed by rollcall: systemd hands it on at the start",
		    renewal->source.rest);
		break;
	}
}

enum renewal_next
renewal_step(struct renewal *renewal, struct buf *form)
{
	if (renewal->state == STATE_LOCKING)
		try_lock(renewal);
	else if (renewal->state == STATE_RUNNING)
		end_command(renewal);
	if (renewal->state == STATE_DONE)
		return RENEWAL_DONE;
	if (renewal->state != STATE_ASKING)
		return RENEWAL_WAIT;
	at(renewal, "before a refresh");
	grant_form(&renewal->read, refresh_token(renewal), form);
	renewal->state = STATE_ASKED;
	return RENEWAL_ASK;
}

int
renewal_fd(const struct renewal *renewal)
{
	return renewal->state == STATE_RUNNING ? renewal->source.fd(renewal->source.ctx) : -1;
}

void
renewal_cut(struct renewal *renewal, const char *reason)
{
	if (renewal->state != STATE_IDLE && renewal->state != STATE_DONE)
		done(renewal, RENEWED_LATER, ERR_LATER, "%.*s", LIMIT_NOTE_BYTES - 1, reason);
}

void
renewal_end(struct renewal *renewal, struct reply *reply)
{
	bool is_new = renewal->renewed == RENEWED_BY_US || renewal->renewed == RENEWED_BY_OTHERS;

	renewal->state = STATE_IDLE;
	reply->renewed = renewal->renewed;
	reply->fault = renewal->fault;
	reply->renew_ms = is_new ? token_refresh_wait_ms(&renewal->held, now_of(renewal).wall_ms)
				 : -1;
	memcpy(reply->message, renewal->text, sizeof(reply->message));
}

/* ---- once a token has worked ---- */

static int
drop_older(struct renewal *renewal, struct tokenfile *file)
{
	SCOPED(token) token = TOKEN_INIT;

	if (token_read(&renewal->source, &token, NULL))
		return -1;
	if (strcmp(token.text, renewal->held.text) != 0 || !token.older[0])
		return 0;
	token.older[0] = '\0';
	if (tokenfile_put(file, &token, NULL))
		return -1;
	at(renewal, "an older refresh token dropped");
	return 0;
}

/* Is there nothing left to do? What failed is not tried again: it does no harm. */
static bool
clear_up(struct renewal *renewal, struct tokenfile *file)
{
	bool is_ours = false;

	if (tokenfile_open(file, renewal->source.rest, renewal->steps, NULL))
		return true;
	if (!renewal->held.older[0] && !tokenfile_is_untidy(file))
		return true;
	if (tokenfile_lock(file, &is_ours, NULL))
		return true;
	if (!is_ours)
		return false; /* with the next good answer */
	if (tokenfile_recover(file, NULL) == 0)
		drop_older(renewal, file);
	renewal->held.older[0] = '\0';
	return true;
}

void
renewal_worked(struct renewal *renewal)
{
	SCOPED(tokenfile) file = TOKENFILE_NONE;

	if (!renewal->is_clear && renewal->state == STATE_IDLE && renewal->held.is_refreshable)
		renewal->is_clear = clear_up(renewal, &file);
}
