#include "platform.h"

#include "runner/report/rate.h"

enum {
	SAMPLE_EVERY_MS = 5000,
	TOO_SHORT_MS = 1000, /* of a time to say anything about a rate */
};

/* A hundred years: longer is not known. */
#define LONGEST_MS (INT64_C(100) * 365 * 86400 * 1000)

static const struct rate_sample *
oldest(const struct rate *rate)
{
	return &rate->samples[rate->count < RATE_SAMPLES ? 0 : rate->next];
}

static void
keep(struct rate *rate)
{
	rate->samples[rate->next] = rate->last;
	rate->next = (rate->next + 1) % RATE_SAMPLES;
	if (rate->count < RATE_SAMPLES)
		rate->count++;
}

void
rate_note(struct rate *rate, int64_t mono_ms, uint64_t rows)
{
	size_t newest = (rate->next + RATE_SAMPLES - 1) % RATE_SAMPLES;

	if (rate->count && rows < rate->last.rows)
		rate->count = rate->next = 0;
	rate->last = (struct rate_sample){ mono_ms, rows };
	if (rate->count == 0 || mono_ms - rate->samples[newest].mono_ms >= SAMPLE_EVERY_MS)
		keep(rate);
}

uint64_t
rate_per_second(const struct rate *rate)
{
	const struct rate_sample *first = oldest(rate);
	int64_t time_ms = rate->last.mono_ms - first->mono_ms;

	if (rate->count == 0 || time_ms < TOO_SHORT_MS)
		return 0;
	return (rate->last.rows - first->rows) * 1000 / (uint64_t)time_ms;
}

int64_t
rate_time_ms(const struct rate *rate, uint64_t rows)
{
	const struct rate_sample *first = oldest(rate);
	int64_t time_ms = rate->last.mono_ms - first->mono_ms;
	unsigned __int128 left_ms;

	if (rate->count == 0 || time_ms < TOO_SHORT_MS || rate->last.rows == first->rows)
		return 0;
	left_ms = (unsigned __int128)rows * (uint64_t)time_ms / (rate->last.rows - first->rows);
	return left_ms > LONGEST_MS ? 0 : (int64_t)left_ms;
}
