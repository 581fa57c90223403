#include "platform.h"

#include "tests/unit/core_test.h"

enum { SLOTS = 40 };

struct fixture {
	struct slot slots[SLOTS];
	uint32_t items[SLOTS];
	struct queue queue;
};

static struct fixture *
empty(struct fixture *fixture)
{
	*fixture = (struct fixture){ .queue = { fixture->items, 0 } };
	for (int i = 0; i < SLOTS; i++)
		fixture->slots[i].queue_at = QUEUE_NOT_IN;
	return fixture;
}

static void
put(struct fixture *fixture, uint32_t index, int64_t due_ms)
{
	fixture->slots[index].due_ms = due_ms;
	queue_put(&fixture->queue, fixture->slots, index);
}

static uint32_t
take_first(struct fixture *fixture)
{
	uint32_t index = queue_first(&fixture->queue);

	queue_take(&fixture->queue, fixture->slots, index);
	return index;
}

/* A linear congruential generator: the tests are the same everywhere. */
static uint32_t
next(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223;
}

static void
what_is_due_first_comes_first(void **state)
{
	struct fixture fixture;

	(void)state;
	empty(&fixture);
	put(&fixture, 0, 30);
	put(&fixture, 1, 10);
	put(&fixture, 2, 20);
	assert_int_equal(take_first(&fixture), 1);
	assert_int_equal(take_first(&fixture), 2);
	assert_int_equal(take_first(&fixture), 0);
	assert_int_equal(fixture.queue.count, 0);
}

static void
equal_times_keep_the_order_of_the_plan(void **state)
{
	struct fixture fixture;

	(void)state;
	empty(&fixture);
	for (uint32_t i = 0; i < SLOTS; i++)
		put(&fixture, (i * 7) % SLOTS, INT64_MIN);
	for (uint32_t i = 0; i < SLOTS; i++)
		assert_int_equal(take_first(&fixture), i);
}

static void
a_slot_knows_whether_it_is_in_the_queue(void **state)
{
	struct fixture fixture;

	(void)state;
	empty(&fixture);
	put(&fixture, 3, 1);
	assert_int_equal(fixture.slots[3].queue_at, 0);
	take_first(&fixture);
	assert_int_equal(fixture.slots[3].queue_at, QUEUE_NOT_IN);
}

static void
check_order(struct fixture *fixture)
{
	int64_t last_ms = INT64_MIN;

	while (fixture->queue.count) {
		uint32_t index = take_first(fixture);

		assert_true(fixture->slots[index].due_ms >= last_ms);
		last_ms = fixture->slots[index].due_ms;
	}
}

static void
any_slot_can_be_taken_out_of_the_middle(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct fixture fixture;

		empty(&fixture);
		for (uint32_t i = 0; i < SLOTS; i++)
			put(&fixture, i, next(&seed) % 50);
		for (uint32_t i = 0; i < SLOTS; i += 2)
			queue_take(&fixture.queue, fixture.slots, i);
		assert_int_equal(fixture.queue.count, SLOTS / 2);
		check_order(&fixture);
	}
}

static void
a_slot_that_moves_up_into_a_gap_may_rise_above_its_new_parent(void **state)
{
	/* 0 at the top; 10 over 11 and 12; 1 over 2 and 3: the last leaf (3) takes the place of
	 * 11, below 10. */
	static const int64_t due_ms[] = { 0, 10, 1, 11, 12, 2, 3 };
	struct fixture fixture;

	(void)state;
	empty(&fixture);
	for (uint32_t i = 0; i < ARRAY_COUNT(due_ms); i++)
		put(&fixture, i, due_ms[i]);
	queue_take(&fixture.queue, fixture.slots, 3);
	check_order(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_due_first_comes_first),
		cmocka_unit_test(equal_times_keep_the_order_of_the_plan),
		cmocka_unit_test(a_slot_knows_whether_it_is_in_the_queue),
		cmocka_unit_test(any_slot_can_be_taken_out_of_the_middle),
		cmocka_unit_test(a_slot_that_moves_up_into_a_gap_may_rise_above_its_new_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
