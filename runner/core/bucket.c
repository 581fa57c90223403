#include "platform.h"

#include "runner/core/bucket.h"

struct bucket
bucket_full(uint64_t count, uint64_t per_ms, uint64_t most, int64_t mono_ms)
{
	return (struct bucket){ count, per_ms, most, most * per_ms, mono_ms };
}

static uint64_t
units_at(const struct bucket *bucket, int64_t mono_ms)
{
	uint64_t room = bucket->most * bucket->per_ms - bucket->units;
	uint64_t passed_ms = mono_ms > bucket->filled_ms ? (uint64_t)(mono_ms - bucket->filled_ms) : 0;

	if (passed_ms > room / bucket->count)
		return bucket->units + room;
	return bucket->units + passed_ms * bucket->count;
}

static void
fill(struct bucket *bucket, int64_t mono_ms)
{
	bucket->units = units_at(bucket, mono_ms);
	if (mono_ms > bucket->filled_ms)
		bucket->filled_ms = mono_ms;
}

int64_t
bucket_wait_ms(const struct bucket *bucket, uint64_t tokens, int64_t mono_ms)
{
	uint64_t wanted = (tokens < bucket->most ? tokens : bucket->most) * bucket->per_ms;
	uint64_t units = units_at(bucket, mono_ms);

	if (units >= wanted)
		return 0;
	return (int64_t)((wanted - units + bucket->count - 1) / bucket->count);
}

void
bucket_take(struct bucket *bucket, uint64_t tokens, int64_t mono_ms)
{
	uint64_t cost = tokens * bucket->per_ms;

	fill(bucket, mono_ms);
	bucket->units -= cost < bucket->units ? cost : bucket->units;
}

void
bucket_give(struct bucket *bucket, uint64_t tokens, int64_t mono_ms)
{
	uint64_t most = bucket->most * bucket->per_ms;

	fill(bucket, mono_ms);
	bucket->units += tokens * bucket->per_ms;
	if (bucket->units > most)
		bucket->units = most;
}
