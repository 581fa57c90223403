/* core_test.h - what the tests of runner/core share: cmocka with what it needs, and plain values to
 * begin from. */
#ifndef TESTS_UNIT_CORE_TEST_H
#define TESTS_UNIT_CORE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "runner/core/load.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

/* 2026-11-21T22:14:07Z, and a monotonic clock that knows nothing of it. */
#define CORE_WALL INT64_C(1795299247000)
#define CORE_MONO INT64_C(5000000)

/* The defaults of rollcall.cfg(5). */
static inline struct load_limits
core_limits(void)
{
	return (struct load_limits){
		.uploads = 2,
		.in_flight = 4,
		.requests = { 200, 10000 },
		.attempts = 3,
		.backoff = { 2000, 5 * MINUTE },
		.give_up_ms = 12 * HOUR,
		.settle_ms = 5 * MINUTE,
		.poll_first_ms = 5000,
		.poll_most_ms = 60000,
		.poll_deadline_ms = 24 * HOUR,
	};
}

/* Chunk `number` of `source`, with 100 rows. */
static inline struct plan_chunk
core_plan(uint32_t source, uint32_t number)
{
	return (struct plan_chunk){
		.source = source,
		.number = number,
		.first_row = 1 + 100 * (number - 1),
		.rows = 100,
		.csv_bytes = 5000,
	};
}

#endif
