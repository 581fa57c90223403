/* tokens.h - who may come in: access tokens that end, refresh tokens that work once.
 *
 * Pure and seeded; the caller tells the time. */
#ifndef SANDBOX_TOKENS_H
#define SANDBOX_TOKENS_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"
#include "sandbox/chance.h"

/* A made token: 40 hexadecimal digits and the NUL. */
#define TOKENS_BYTES 41

struct tokens_access {
	char *text; /* owned */
	int64_t end_ms;
};

struct tokens {
	struct chance chance;
	uint64_t life_ms;  /* of an access token; 0: they do not end */
	struct tokens_access *access;
	size_t count;      /* 0: any token will do */
	char *refresh;     /* owned; the one that works now, or NULL */
};

enum tokens_verdict {
	TOKENS_FINE,
	TOKENS_UNKNOWN,
	TOKENS_ENDED,
};

/* `access` and `refresh` are the first ones; NULL: none. */
int tokens_init(struct tokens *tokens, uint64_t seed, const char *access, const char *refresh,
		uint64_t life_ms, int64_t now_ms, struct err *err);
void tokens_done(struct tokens *tokens);

enum tokens_verdict tokens_check(const struct tokens *tokens, struct span access, int64_t now_ms);

/* Ends every access token that is out. */
void tokens_end_all(struct tokens *tokens, int64_t now_ms);

/* A new pair for a refresh token, which thereby ends. 1: done; 0: it is not the one that works
 * now; -1: out of memory. */
int tokens_refresh(struct tokens *tokens, struct span refresh, int64_t now_ms,
		   char new_access[static TOKENS_BYTES], char new_refresh[static TOKENS_BYTES],
		   struct err *err);

#endif
