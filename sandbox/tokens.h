/* tokens.h - who may come in: access tokens that end, refresh tokens that are given out anew with
 * each access token.
 *
 * Pure and seeded; the caller tells the time. */
#ifndef SANDBOX_TOKENS_H
#define SANDBOX_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"
#include "sandbox/chance.h"

/* A made token: 40 hexadecimal digits and the NUL. */
#define TOKENS_BYTES 41

/* When a refresh token that was used ends. No document says what a nation does. */
enum tokens_end {
	TOKENS_END_AT_ONCE,
	TOKENS_END_ON_USE, /* once the access token that it was given for has been used */
	TOKENS_END_NEVER,
};

struct tokens_access {
	char *text; /* owned */
	int64_t end_ms;
	size_t used_up; /* place of the refresh token that ends with the first use; SIZE_MAX: none */
};

struct tokens_refresh {
	char *text; /* owned */
	bool has_ended;
};

struct tokens {
	struct chance chance;
	uint64_t life_ms;  /* of an access token; 0: they do not end */
	enum tokens_end end;
	bool takes_any;    /* also tokens that it did not give out */
	struct tokens_access *access;
	size_t count;
	struct tokens_refresh *refresh;
	size_t refresh_count;
};

enum tokens_verdict {
	TOKENS_FINE,
	TOKENS_UNKNOWN,
	TOKENS_ENDED,
};

struct tokens_options {
	uint64_t seed;
	const char *access;  /* the first one; NULL: any will do */
	const char *refresh; /* the first one; NULL: none */
	uint64_t life_ms;
	enum tokens_end end;
};

int tokens_init(struct tokens *tokens, const struct tokens_options *options, int64_t now_ms,
		struct err *err);
void tokens_done(struct tokens *tokens);

/* A token that is fine has been used by this. */
enum tokens_verdict tokens_check(struct tokens *tokens, struct span access, int64_t now_ms);

/* Ends every access token that is out. */
void tokens_end_all(struct tokens *tokens, int64_t now_ms);

/* A new pair for a refresh token. 1: done; 0: the token is none, or has ended; -1: out of memory. */
int tokens_refresh(struct tokens *tokens, struct span refresh, int64_t now_ms,
		   char new_access[static TOKENS_BYTES], char new_refresh[static TOKENS_BYTES],
		   struct err *err);

#endif
