/* decide.h - what to do now. Pure: the load as it is and the time in, one action out.
 *
 * The engine carries the action out, which changes the load, and asks again until there is nothing
 * left to do but wait. */
#ifndef RUNNER_CORE_DECIDE_H
#define RUNNER_CORE_DECIDE_H

#include <stdint.h>

#include "runner/core/load.h"

enum action_kind {
	ACTION_WAIT,    /* until until_ms, or something is heard */
	ACTION_END,     /* nothing is left that could change without a person */
	ACTION_SUBMIT,  /* record SUBMIT_STARTED, then POST */
	ACTION_GIVE_UP, /* record ATTEMPTS_USED_UP */
	ACTION_SPLIT,   /* record CHUNK_SPLIT and its pieces, to be sent instead */
	ACTION_STATUS,  /* ask how far the import is */
	ACTION_RESULT,  /* fetch its counts */
	ACTION_HASH,    /* read the chunk again for its SHA-256 */
	ACTION_HOLD,    /* record DOUBT_HELD: the source's policy */
	ACTION_LOOK,    /* look for it in the nation's list */
	ACTION_PAGE,    /* the look goes on with its next request */
};

/* What a wait is for, for `status`. */
enum waiting_for {
	WAITING_NOTHING,
	WAITING_ANSWERS,  /* requests are under way */
	WAITING_IMPORTS,  /* the nation works; next poll at until_ms */
	WAITING_BACKOFF,  /* before the next try */
	WAITING_PAUSE,    /* the nation asked us to wait */
	WAITING_SETTLE,   /* a doubt settles */
	WAITING_DOUBTS,   /* too many doubts: no POST until they are settled */
	WAITING_REQUESTS, /* limits.requests */
	WAITING_TOKEN,    /* the access token was refused, and another is asked for */
};

struct action {
	enum action_kind kind;
	uint32_t index; /* of the slot */
	int64_t until_ms; /* INT64_MAX: only an answer ends the wait */
	enum waiting_for waiting_for;
};

struct action decide(const struct load *load, int64_t mono_ms);

const char *waiting_for_text(enum waiting_for waiting_for);

#endif
