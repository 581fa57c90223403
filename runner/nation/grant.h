/* grant.h - what /oauth/token is asked, what it answers, and the JSON that a token file holds. Pure.
 *
 * The request is a form: grant_type=refresh_token with the refresh token, client_id and
 * client_secret. The answer has access_token and, where the nation rotates, a new refresh_token.
 * Everything here is secret; buffers are the caller's to wipe (token_wipe). */
#ifndef RUNNER_NATION_GRANT_H
#define RUNNER_NATION_GRANT_H

#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/nation/token.h"

/* `refresh` is the token's own or its older one. */
void grant_form(const struct token *token, const char *refresh, struct buf *to);

/* The answer to it. *fresh is what the file shall hold next: `refresh` becomes its older one; a nation
 * that gives no new refresh token means the one that was used. Its life begins at wall_ms, by our
 * clock, because that is the clock it is held against. -1: not an answer that can be used. */
int grant_take(const struct token *token, const char *refresh, struct span answer, int64_t wall_ms,
    struct token *fresh, struct err *err);

/* What the nation says of a refusal, safe to show and without a secret of `token`; "" if nothing.
 * OAuth's {"error","error_description"} and the API's {"code","message"}. */
void grant_message(const struct token *token, struct span answer, char *to, size_t to_bytes);

/* The file's JSON, with a line end. */
void grant_write(const struct token *token, struct buf *to);

#endif
