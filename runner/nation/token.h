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

enum {
	/* Longest token, with its NUL. NationBuilder's have 64 bytes; signed ones 1 to 3 KiB. */
	TOKEN_BYTES = 4096,
	/* Longest source: an answer of /oauth/token with everything in it. */
	TOKEN_SOURCE_BYTES = 16384,
};

struct token {
	char text[TOKEN_BYTES];
	int64_t expires_ms;  /* wall clock, created_at + expires_in; -1 if the source is silent */
	bool is_refreshable; /* refresh_token, client_id and client_secret are there, in a file */
};

#define TOKEN_INIT { .expires_ms = -1 }

enum token_scheme {
	TOKEN_FILE,
	TOKEN_ENV,
	TOKEN_COMMAND,
	TOKEN_CREDENTIAL,
};

struct token_source {
	enum token_scheme scheme;
	const char *rest; /* path, variable, command line or credential name */

	/* Runs a command line, appends at most TOKEN_SOURCE_BYTES of its stdout; -1 with the reason
	 * if it did not end with 0. Needed for TOKEN_COMMAND only. */
	int (*run)(void *ctx, const char *line, struct buf *output, struct err *err);
	void *ctx;
};

/* -1: ERR_ACCESS with the reason and what to do. */
int token_read(const struct token_source *source, struct token *token, struct err *err);

void token_done(struct token *token); /* wipes */

SCOPED_BY(token, token_done)

#endif
