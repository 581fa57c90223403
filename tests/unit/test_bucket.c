#include "platform.h"

#include "tests/unit/core_test.h"

/* limits.requests = "200/10s": one every 50 ms, 20 at once. */
static struct bucket
requests(void)
{
	return bucket_full(200, 10000, 20, 1000);
}

static void
a_new_bucket_is_full(void **state)
{
	struct bucket bucket = requests();

	(void)state;
	assert_int_equal(bucket_wait_ms(&bucket, 20, 1000), 0);
}

static void
an_empty_bucket_says_to_the_millisecond_when_the_next_token_is_there(void **state)
{
	struct bucket bucket = requests();

	(void)state;
	bucket_take(&bucket, 20, 1000);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1000), 50);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1049), 1);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1050), 0);
	assert_int_equal(bucket_wait_ms(&bucket, 2, 1050), 50);
}

static void
a_wait_is_rounded_up_so_that_it_never_has_to_be_waited_twice(void **state)
{
	struct bucket bucket = bucket_full(3, 100, 1, 0);

	(void)state;
	bucket_take(&bucket, 1, 0);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 0), 34);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 34), 0);
}

static void
it_never_holds_more_than_its_most(void **state)
{
	struct bucket bucket = requests();

	(void)state;
	bucket_take(&bucket, 20, 1000 + HOUR);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1000 + HOUR), 50);
	bucket_give(&bucket, 500, 1000 + HOUR);
	bucket_take(&bucket, 20, 1000 + HOUR);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1000 + HOUR), 50);
}

static void
who_asks_for_more_than_the_most_waits_for_the_most(void **state)
{
	struct bucket bucket = requests();

	(void)state;
	assert_int_equal(bucket_wait_ms(&bucket, 1000, 1000), 0);
	bucket_take(&bucket, 1, 1000);
	assert_int_equal(bucket_wait_ms(&bucket, 1000, 1000), 50);
}

static void
taking_more_than_there_is_empties_it(void **state)
{
	struct bucket bucket = requests();

	(void)state;
	bucket_take(&bucket, 1000, 1000);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1000), 50);
}

static void
a_token_that_is_given_back_is_there_at_once(void **state)
{
	struct bucket bucket = requests();

	(void)state;
	bucket_take(&bucket, 20, 1000);
	bucket_give(&bucket, 1, 1000);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1000), 0);
	assert_int_equal(bucket_wait_ms(&bucket, 2, 1000), 50);
}

static void
a_clock_that_goes_back_adds_nothing_and_takes_nothing(void **state)
{
	struct bucket bucket = requests();

	(void)state;
	bucket_take(&bucket, 20, 1000);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 0), 50);
	bucket_take(&bucket, 0, 0);
	assert_int_equal(bucket_wait_ms(&bucket, 1, 1050), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_bucket_is_full),
		cmocka_unit_test(an_empty_bucket_says_to_the_millisecond_when_the_next_token_is_there),
		cmocka_unit_test(a_wait_is_rounded_up_so_that_it_never_has_to_be_waited_twice),
		cmocka_unit_test(it_never_holds_more_than_its_most),
		cmocka_unit_test(who_asks_for_more_than_the_most_waits_for_the_most),
		cmocka_unit_test(taking_more_than_there_is_empties_it),
		cmocka_unit_test(a_token_that_is_given_back_is_there_at_once),
		cmocka_unit_test(a_clock_that_goes_back_adds_nothing_and_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
