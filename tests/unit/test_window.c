#include "platform.h"

#include "tests/unit/core_test.h"

/* limits.requests = "200/10s" */
static struct window
requests(void)
{
	return window_open(200, 10000);
}

/* Takes what it gives, as fast as it gives it, and notes when. */
static size_t
drain(struct window *window, int64_t from_ms, int64_t to_ms, int64_t *taken_ms, size_t most)
{
	size_t count = 0;

	while (from_ms < to_ms && count < most) {
		int64_t wait_ms = window_wait_ms(window, from_ms);

		if (wait_ms == 0) {
			window_take(window, from_ms);
			taken_ms[count++] = from_ms;
		}
		from_ms += wait_ms;
	}
	return count;
}

static void
a_whole_windows_worth_may_go_out_at_once(void **state)
{
	struct window window = requests();
	int64_t taken_ms[300];

	(void)state;
	assert_int_equal(drain(&window, 5000, 5001, taken_ms, 300), 200);
	assert_true(window_wait_ms(&window, 5000) > 0);
}

static void
no_stretch_of_its_length_ever_holds_more(void **state)
{
	static const uint64_t lengths_ms[] = { 1, 7, 31, 32, 33, 100, 1000, 10000 };
	int64_t taken_ms[1000];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(lengths_ms); i++) {
		struct window window = window_open(20, lengths_ms[i]);
		size_t count = drain(&window, 12345, 12345 + 100 * (int64_t)lengths_ms[i],
		    taken_ms, ARRAY_COUNT(taken_ms));

		assert_true(count > 50);
		for (size_t j = 20; j < count; j++)
			assert_true(taken_ms[j] - taken_ms[j - 20] >= (int64_t)lengths_ms[i]);
	}
}

static void
nothing_waits_more_than_two_slices_beyond_the_window(void **state)
{
	struct window window = requests();
	int64_t taken_ms[300];

	(void)state;
	drain(&window, 5000, 5001, taken_ms, 300);
	assert_true(window_wait_ms(&window, 5000) <= 10000 + 2 * window.slice_ms);
}

static void
a_wait_need_not_be_waited_twice(void **state)
{
	struct window window = requests();
	int64_t taken_ms[300];

	(void)state;
	drain(&window, 5000, 5001, taken_ms, 300);
	assert_int_equal(window_wait_ms(&window, 5000 + window_wait_ms(&window, 5000)), 0);
}

static void
a_long_rest_forgets_everything(void **state)
{
	struct window window = requests();
	int64_t taken_ms[300];

	(void)state;
	drain(&window, 5000, 5001, taken_ms, 300);
	assert_int_equal(drain(&window, HOUR, HOUR + 1, taken_ms, 300), 200);
}

static void
a_changed_bound_holds_at_once_and_forgets_nothing(void **state)
{
	struct window window = requests();
	int64_t taken_ms[300];

	(void)state;
	drain(&window, 5000, 5001, taken_ms, 150);
	window_change(&window, 100, 1000, 6000);
	assert_true(window_wait_ms(&window, 6000) > 0);
	assert_true(window_wait_ms(&window, 6000) <= 1000 + 2 * window.slice_ms);
	assert_int_equal(drain(&window, 9000, 9001, taken_ms, 300), 100);
	window_change(&window, 180, 10000, 9001);
	assert_int_equal(drain(&window, 9001, 9002, taken_ms, 300), 80);
}

static void
what_is_older_than_the_window_does_not_count_against_a_changed_bound(void **state)
{
	struct window window = requests();
	int64_t taken_ms[300];

	(void)state;
	drain(&window, 5000, 5001, taken_ms, 300);
	window_change(&window, 10, 1000, HOUR);
	assert_int_equal(drain(&window, HOUR, HOUR + 1, taken_ms, 300), 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_windows_worth_may_go_out_at_once),
		cmocka_unit_test(no_stretch_of_its_length_ever_holds_more),
		cmocka_unit_test(nothing_waits_more_than_two_slices_beyond_the_window),
		cmocka_unit_test(a_wait_need_not_be_waited_twice),
		cmocka_unit_test(a_long_rest_forgets_everything),
		cmocka_unit_test(a_changed_bound_holds_at_once_and_forgets_nothing),
		cmocka_unit_test(what_is_older_than_the_window_does_not_count_against_a_changed_bound),
	};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
