#include "platform.h"

#include <string.h>

#include "runner/base/jsonw.h"
#include "runner/json/read.h"
#include "runner/nation/answer.h"
#include "runner/nation/grant.h"

enum { SECRET_LEAST_BYTES = 8 };

/* ---- the question ---- */

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static void
add_pair(struct buf *to, const char *name, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	if (to->len)
		buf_add_byte(to, '&');
	buf_add_text(to, name);
	buf_add_byte(to, '=');
	for (; *value; value++) {
		unsigned char byte = (unsigned char)*value;

		if (is_plain(*value)) {
			buf_add_byte(to, *value);
			continue;
		}
		buf_add_byte(to, '%');
		buf_add_byte(to, digits[byte >> 4]);
		buf_add_byte(to, digits[byte & 15]);
	}
}

void
grant_form(const struct token *token, const char *refresh, struct buf *to)
{
	/* Never moves while it grows, so one wipe takes all: each byte is three letters at most. */
	buf_reserve(to, 3 * (strlen(refresh) + strlen(token->client_id) +
				strlen(token->client_secret)) +
			    128);
	add_pair(to, "grant_type", "refresh_token");
	add_pair(to, "refresh_token", refresh);
	add_pair(to, "client_id", token->client_id);
	add_pair(to, "client_secret", token->client_secret);
}

/* ---- the answer ---- */

int
grant_take(const struct token *token, const char *refresh, struct span answer, int64_t wall_ms,
    struct token *fresh, struct err *err)
{
	SCOPED(token) taken = TOKEN_INIT;

	if (!span_starts(span_trim(answer), "{"))
		return err_set(err, ERR_NONSENSE, "the answer is no JSON");
	if (token_take_text(answer, true, &taken, err)) {
		if (err)
			err->kind = ERR_NONSENSE;
		return -1;
	}
	taken.older[0] = '\0';
	if (!taken.refresh[0])
		strcpy(taken.refresh, refresh);
	else if (strcmp(taken.refresh, refresh) != 0)
		strcpy(taken.older, refresh);
	memcpy(taken.client_id, token->client_id, sizeof(taken.client_id));
	memcpy(taken.client_secret, token->client_secret, sizeof(taken.client_secret));
	taken.created_ms = wall_ms; /* whole seconds are the file's: a life of one would be over at once */
	taken.expires_ms = taken.life_ms >= 0 ? taken.created_ms + taken.life_ms : -1;
	taken.is_refreshable = true;
	*fresh = taken;
	return 0;
}

/* A nation that is wrong, or hostile, may say our secrets back. A word of a few letters is none. */
static bool
shows(const char *text, const char *secret)
{
	return strlen(secret) >= SECRET_LEAST_BYTES && strstr(text, secret);
}

void
grant_message(const struct token *token, struct span answer, char *to, size_t to_bytes)
{
	static const char *const names[] = { "error_description", "message", "error", "code" };
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct span text = SPAN_NONE;

	to[0] = '\0';
	if (json_parse(&doc, answer, JSON_DEPTH, NULL))
		return;
	for (size_t i = 0; i < ARRAY_COUNT(names) && !text.len; i++)
		if (json_text(json_member(json_root(&doc), names[i]), &text))
			text = SPAN_NONE;
	answer_copy(to, to_bytes, text);
	if (shows(to, token->text) || shows(to, token->refresh) || shows(to, token->older) ||
	    shows(to, token->client_secret))
		to[0] = '\0';
}

/* ---- the file ---- */

static void
add_member(struct jsonw *json, const char *name, const char *text)
{
	if (text[0])
		jsonw_string(json, name, text);
}

void
grant_write(const struct token *token, struct buf *to)
{
	struct jsonw json = jsonw_into(to);

	/* Every byte may be an escape of two. */
	buf_reserve(to, 2 * (strlen(token->text) + strlen(token->refresh) + strlen(token->older) +
				strlen(token->client_id) + strlen(token->client_secret)) +
			    256);
	jsonw_open(&json, NULL, '{');
	jsonw_string(&json, "access_token", token->text);
	jsonw_string(&json, "token_type", "Bearer");
	add_member(&json, "refresh_token", token->refresh);
	add_member(&json, "previous_refresh_token", token->older);
	add_member(&json, "client_id", token->client_id);
	add_member(&json, "client_secret", token->client_secret);
	if (token->life_ms >= 0)
		jsonw_signed(&json, "expires_in", token->life_ms / 1000);
	if (token->created_ms >= 0)
		jsonw_signed(&json, "created_at", token->created_ms / 1000);
	jsonw_close(&json, '}');
	buf_add_byte(to, '\n');
}
