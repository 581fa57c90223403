#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/wire.h"
#include "sandbox/tokens.h"

static int
add_access(struct tokens *tokens, const char *text, int64_t now_ms, struct err *err)
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
		copy, tokens->life_ms ? now_ms + (int64_t)tokens->life_ms : INT64_MAX
	};
	return 0;
}

static int
set_refresh(struct tokens *tokens, const char *text, struct err *err)
{
	char *copy = strdup(text);

	if (!copy)
		return err_memory(err);
	free(tokens->refresh);
	tokens->refresh = copy;
	return 0;
}

int
tokens_init(struct tokens *tokens, uint64_t seed, const char *access, const char *refresh,
	    uint64_t life_ms, int64_t now_ms, struct err *err)
{
	*tokens = (struct tokens){ .chance = { seed }, .life_ms = life_ms };
	if (access && add_access(tokens, access, now_ms, err))
		return -1;
	return refresh ? set_refresh(tokens, refresh, err) : 0;
}

void
tokens_done(struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++)
		free(tokens->access[i].text);
	free(tokens->access);
	free(tokens->refresh);
	*tokens = (struct tokens){ .count = 0 };
}

enum tokens_verdict
tokens_check(const struct tokens *tokens, struct span access, int64_t now_ms)
{
	if (access.len == 0)
		return TOKENS_UNKNOWN;
	for (size_t i = 0; i < tokens->count; i++) {
		if (span_is(access, tokens->access[i].text))
			return now_ms < tokens->access[i].end_ms ? TOKENS_FINE : TOKENS_ENDED;
	}
	return tokens->count ? TOKENS_UNKNOWN : TOKENS_FINE;
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

int
tokens_refresh(struct tokens *tokens, struct span refresh, int64_t now_ms,
	       char new_access[static TOKENS_BYTES], char new_refresh[static TOKENS_BYTES],
	       struct err *err)
{
	if (!tokens->refresh || !span_is(refresh, tokens->refresh))
		return 0;
	make(tokens, new_access);
	make(tokens, new_refresh);
	if (add_access(tokens, new_access, now_ms, err) || set_refresh(tokens, new_refresh, err))
		return -1;
	return 1;
}
