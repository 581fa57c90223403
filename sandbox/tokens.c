#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/wire.h"
#include "sandbox/tokens.h"

static int
add_access(struct tokens *tokens, const char *text, int64_t now_ms, size_t used_up,
	   struct err *err)
{
	struct tokens_access *access =
	    realloc(tokens->access, (tokens->count + 1) * sizeof(*access));
	char *copy;

	if (!access)
		return err_memory(err);
	tokens->access = access;
	copy = strdup(text);
	if (!copy)
		return err_memory(err);
	access[tokens->count++] = (struct tokens_access){
		copy, tokens->life_ms ? now_ms + (int64_t)tokens->life_ms : INT64_MAX, used_up
	};
	return 0;
}

static int
add_refresh(struct tokens *tokens, const char *text, struct err *err)
{
	struct tokens_refresh *refresh =
	    realloc(tokens->refresh, (tokens->refresh_count + 1) * sizeof(*refresh));
	char *copy;

	if (!refresh)
		return err_memory(err);
	tokens->refresh = refresh;
	copy = strdup(text);
	if (!copy)
		return err_memory(err);
	refresh[tokens->refresh_count++] = (struct tokens_refresh){ copy, false };
	return 0;
}

int
tokens_init(struct tokens *tokens, const struct tokens_options *options, int64_t now_ms,
	    struct err *err)
{
	*tokens = (struct tokens){ .chance = { options->seed },
				   .life_ms = options->life_ms,
				   .takes_any = !options->access,
				   .end = options->end };
	if (options->access && add_access(tokens, options->access, now_ms, SIZE_MAX, err))
		return -1;
	return options->refresh ? add_refresh(tokens, options->refresh, err) : 0;
}

void
tokens_done(struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++)
		free(tokens->access[i].text);
	for (size_t i = 0; i < tokens->refresh_count; i++)
		free(tokens->refresh[i].text);
	free(tokens->access);
	free(tokens->refresh);
	*tokens = (struct tokens){ .count = 0 };
}

static enum tokens_verdict
use(struct tokens *tokens, struct tokens_access *access, int64_t now_ms)
{
	if (now_ms >= access->end_ms)
		return TOKENS_ENDED;
	if (access->used_up != SIZE_MAX)
		tokens->refresh[access->used_up].has_ended = true;
	access->used_up = SIZE_MAX;
	return TOKENS_FINE;
}

enum tokens_verdict
tokens_check(struct tokens *tokens, struct span access, int64_t now_ms)
{
	if (access.len == 0)
		return TOKENS_UNKNOWN;
	for (size_t i = 0; i < tokens->count; i++) {
		if (span_is(access, tokens->access[i].text))
			return use(tokens, &tokens->access[i], now_ms);
	}
	return tokens->takes_any ? TOKENS_FINE : TOKENS_UNKNOWN;
}

void
tokens_end_all(struct tokens *tokens, int64_t now_ms)
{
	for (size_t i = 0; i < tokens->count; i++)
		tokens->access[i].end_ms = now_ms;
}

static void
make(struct tokens *tokens, char text[static TOKENS_BYTES])
{
	unsigned char bytes[24];

	for (size_t at = 0; at < sizeof(bytes); at += 8)
		wire_put64(bytes + at, chance_next(&tokens->chance));
	show_hex(bytes, (TOKENS_BYTES - 1) / 2, text);
}

/* SIZE_MAX if it does not work. */
static size_t
find_refresh(const struct tokens *tokens, struct span text)
{
	for (size_t i = 0; i < tokens->refresh_count; i++) {
		if (!tokens->refresh[i].has_ended && span_is(text, tokens->refresh[i].text))
			return i;
	}
	return SIZE_MAX;
}

int
tokens_refresh(struct tokens *tokens, struct span refresh, int64_t now_ms,
	       char new_access[static TOKENS_BYTES], char new_refresh[static TOKENS_BYTES],
	       struct err *err)
{
	size_t given = find_refresh(tokens, refresh);

	if (given == SIZE_MAX)
		return 0;
	make(tokens, new_access);
	make(tokens, new_refresh);
	if (add_access(tokens, new_access, now_ms,
		       tokens->end == TOKENS_END_ON_USE ? given : SIZE_MAX, err) ||
	    add_refresh(tokens, new_refresh, err))
		return -1;
	if (tokens->end == TOKENS_END_AT_ONCE)
		tokens->refresh[given].has_ended = true;
	return 1;
}
