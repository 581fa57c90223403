/* bucket.h - a token bucket: may we now, and if not, when?
 *
 * Exact in integers: a millisecond adds `count` units, a token is worth `per_ms` units. The caller
 * tells the time (monotonic). A clock that goes back adds nothing. */
#ifndef RUNNER_CORE_BUCKET_H
#define RUNNER_CORE_BUCKET_H

#include <stdint.h>

struct bucket {
	uint64_t count; /* tokens that come in per_ms */
	uint64_t per_ms;
	uint64_t most; /* tokens it holds, and holds at first */
	uint64_t units;
	int64_t filled_ms; /* when units was true */
};

struct bucket bucket_full(uint64_t count, uint64_t per_ms, uint64_t most, int64_t mono_ms);

/* How long until `tokens` are there; 0: now. More than `most` are never there: asks for `most`. */
int64_t bucket_wait_ms(const struct bucket *bucket, uint64_t tokens, int64_t mono_ms);

/* Takes `tokens`, down to empty. */
void bucket_take(struct bucket *bucket, uint64_t tokens, int64_t mono_ms);
void bucket_give(struct bucket *bucket, uint64_t tokens, int64_t mono_ms);

#endif
