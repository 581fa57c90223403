/* access.h - the access token that requests carry: what a 401 means, and when another is asked for.
 *
 * Tokens are numbered by the nation port. A 401 to a request that went out with an earlier one says
 * nothing: it goes again. A 401 to the present one asks for another, once; until that is here no request
 * goes out, and uploads under way go on. A token that was made for us and is refused while it is young,
 * to a kind of request that it was never good for, ends the run: the next would fare no better. */
#ifndef RUNNER_ENGINE_ACCESS_H
#define RUNNER_ENGINE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/core/verdict.h"
#include "runner/ports.h"

struct engine;

struct access {
	uint32_t token;      /* number of the present one, as far as it was heard */
	int64_t renew_at_ms; /* monotonic: when another is to be asked for; INT64_MAX: not by the clock */
	uint32_t tries;      /* in a row that brought none, and may be made again */
	uint32_t good_for;   /* a bit for each kind of request that the present one was taken for */
	int64_t young_until_ms; /* monotonic: it was made for us, and should not have ended before then */
	char refusal[256]; /* the last 401, in words */
};

void access_init(struct engine *engine);

/* What the reply says of its token. True: it was a 401, and the request is to be made again as soon
 * as another token is here; the verdict then neither stops nor waits. */
bool access_judge(struct engine *engine, const struct reply *reply, struct verdict *verdict);

/* The reply to a wish for another token. */
int access_hear(struct engine *engine, const struct reply *reply, struct err *err);

/* Asks for another token if it is time. */
void access_tick(struct engine *engine);

#endif
