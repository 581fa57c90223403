/* token.h - the access token, from where the job says it is.
 *
 *     file:PATH         a regular file, ours or root's, that nobody else can read
 *     env:NAME          an environment variable
 *     command:LINE      what a command prints, run anew after the nation refused the last token
 *     credential:NAME   a file in $CREDENTIALS_DIRECTORY (systemd's LoadCredential=)
 *
 * A source yields the bare token, or JSON with access_token and, as /oauth/token answers,
 * refresh_token, client_id, client_secret, expires_in, created_at. Line ends behind it do not
 * count. A token has only bytes 0x21 to 0x7e: nothing that could end the header it goes into.
 *
 * The secret never reaches an argv, a URL, a log or an error text; copies made here are wiped. */
#ifndef RUNNER_NATION_TOKEN_H
#define RUNNER_NATION_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

enum {
	/* Longest token, with its NUL. NationBuilder's have 64 bytes; signed ones 1 to 3 KiB. */
	TOKEN_BYTES = 4096,
	/* Longest source: an answer of /oauth/token with everything in it. */
	TOKEN_SOURCE_BYTES = 16384,
	/* Longest client_id, client_secret; NationBuilder's have 64 bytes. With its NUL. */
	TOKEN_CLIENT_BYTES = 512,
};

/* What a source yields. Texts are "" and numbers -1 where it is silent, or where it has something
 * that cannot be one. */
struct token {
	char text[TOKEN_BYTES]; /* the access token */
	char refresh[TOKEN_BYTES];
	char older[TOKEN_BYTES]; /* the refresh token before that one: kept until the access token
				    that came with the new one has worked */
	char client_id[TOKEN_CLIENT_BYTES];
	char client_secret[TOKEN_CLIENT_BYTES];
	int64_t created_ms; /* wall clock */
	int64_t life_ms;
	int64_t expires_ms;  /* wall clock, created_at + expires_in */
	bool is_refreshable; /* refresh_token, client_id and client_secret are there, in a file */
};

#define TOKEN_INIT { .created_ms = -1, .life_ms = -1, .expires_ms = -1 }

enum token_scheme {
	TOKEN_FILE,
	TOKEN_ENV,
	TOKEN_COMMAND,
	TOKEN_CREDENTIAL,
};

struct token_source {
	enum token_scheme scheme;
	const char *rest; /* path, variable, command line or credential name */

	/* For TOKEN_COMMAND only. Runs a command line, appends at most TOKEN_SOURCE_BYTES of its
	 * stdout; -1 with the reason if it did not end with 0. */
	int (*run)(void *ctx, const char *line, struct buf *output, struct err *err);
	/* The same without waiting: begin, then end() once fd() is readable. */
	int (*begin)(void *ctx, const char *line, struct err *err);
	int (*fd)(void *ctx);
	int (*end)(void *ctx, struct buf *output, struct err *err);
	void *ctx;
};

/* -1: ERR_ACCESS with the reason and what to do. */
int token_read(const struct token_source *source, struct token *token, struct err *err);

/* The same of what the source has yielded already. */
int token_take(const struct token_source *source, struct span text, struct token *token,
    struct err *err);

/* JSON or the bare token, as it stands in a file. */
int token_take_text(struct span text, bool is_file, struct token *token, struct err *err);

/* In how long it is to be refreshed: at 80 % of its life. 0: at once; -1: it cannot refresh itself,
 * or nobody said how long it lives. A clock that jumped cannot make it longer than that life. */
int64_t token_refresh_wait_ms(const struct token *token, int64_t wall_ms);

void token_done(struct token *token); /* wipes */

/* Wipes and frees what had a secret in it. */
void token_wipe(struct buf *buf);

SCOPED_BY(token, token_done)

#endif
