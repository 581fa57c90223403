/* rate.h - how fast it went lately, and how long the rest will take. Pure; monotonic times.
 *
 * Rows are answered for a chunk at a time, minutes apart, so the rate is taken over the last ten
 * minutes, or as long as there is. */
#ifndef RUNNER_REPORT_RATE_H
#define RUNNER_REPORT_RATE_H

#include <stddef.h>
#include <stdint.h>

enum { RATE_SAMPLES = 120 }; /* one in 5 s */

struct rate_sample {
	int64_t mono_ms;
	uint64_t rows;
};

struct rate {
	struct rate_sample samples[RATE_SAMPLES]; /* a ring */
	size_t next;
	size_t count;
	struct rate_sample last;
};

/* So many rows are answered for now; call as often as you like. Rows may only grow: a smaller
 * number (a chunk is sent again) starts anew. All zero is a new rate. */
void rate_note(struct rate *rate, int64_t mono_ms, uint64_t rows);

/* 0 if it is not known. */
uint64_t rate_per_second(const struct rate *rate);

/* How long `rows` more will take, 0 if it is not known. */
int64_t rate_time_ms(const struct rate *rate, uint64_t rows);

#endif
