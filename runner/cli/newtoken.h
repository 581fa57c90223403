/* newtoken.h - a token from whoever runs us: typed at the terminal, unseen, or piped in. Never argv. */
#ifndef RUNNER_CLI_NEWTOKEN_H
#define RUNNER_CLI_NEWTOKEN_H

#include "runner/base/err.h"
#include "runner/nation/token.h"

/* Reads the access token, or the JSON that /oauth/token answered, from standard input. Where the JSON
 * has a refresh token without client_id and client_secret, those of `old` are kept, or a terminal is
 * asked for them. Without created_at its life begins now. -1: ERR_ACCESS, ERR_IO. */
int newtoken_read(const struct token *old, int64_t wall_ms, struct token *token, struct err *err);

#endif
