#include "platform.h"

#include "tests/unit/core_test.h"

static const struct backoff backoff = { 2000, 300000 };

static void
the_bound_doubles_with_every_try(void **state)
{
	static const int64_t bounds[] = { 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(bounds); i++) {
		assert_int_equal(backoff_wait_ms(&backoff, i + 1, UINT32_MAX), bounds[i] - 1);
		assert_int_equal(backoff_wait_ms(&backoff, i + 1, UINT32_C(1) << 31), bounds[i] / 2);
	}
}

static void
no_wait_is_longer_than_the_most(void **state)
{
	(void)state;
	assert_int_equal(backoff_wait_ms(&backoff, 9, UINT32_MAX), 299999);
	assert_int_equal(backoff_wait_ms(&backoff, 1000000, UINT32_MAX), 299999);
	assert_int_equal(backoff_wait_ms(&backoff, UINT32_MAX, UINT32_MAX), 299999);
}

static void
a_first_wait_above_the_most_is_cut_to_it(void **state)
{
	const struct backoff steep = { 5000, 1000 };

	(void)state;
	assert_int_equal(backoff_wait_ms(&steep, 1, UINT32_MAX), 999);
}

static void
the_lowest_roll_does_not_wait_at_all(void **state)
{
	(void)state;
	assert_int_equal(backoff_wait_ms(&backoff, 1, 0), 0);
	assert_int_equal(backoff_wait_ms(&backoff, 50, 0), 0);
}

static void
a_most_of_a_year_does_not_overflow(void **state)
{
	const struct backoff years = { 1, INT64_C(365) * 24 * HOUR };

	(void)state;
	assert_int_equal(backoff_wait_ms(&years, UINT32_MAX, UINT32_MAX),
	    (int64_t)((unsigned __int128)years.most_ms * UINT32_MAX >> 32));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bound_doubles_with_every_try),
		cmocka_unit_test(no_wait_is_longer_than_the_most),
		cmocka_unit_test(a_first_wait_above_the_most_is_cut_to_it),
		cmocka_unit_test(the_lowest_roll_does_not_wait_at_all),
		cmocka_unit_test(a_most_of_a_year_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
