/* Ids that are there twice, spellings, days, shapes: the pieces of lint. */
#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/lint/day.h"
#include "runner/lint/hashes.h"
#include "runner/lint/shapes.h"
#include "runner/lint/spellings.h"
#include "runner/lint/twins.h"

/* Odd multipliers spread numbers over all bits, one to one. */
static uint64_t
spread(uint64_t number)
{
	return number * UINT64_C(0x9E3779B97F4A7C15);
}

static void
ids_that_came_twice_are_found_among_many(void **state)
{
	struct hashes ids = { .all = NULL };

	(void)state;
	for (uint64_t i = 0; i < 300000; i++)
		assert_int_equal(hashes_add(&ids, spread(i), NULL), 0);
	for (uint64_t i = 0; i < 300000; i += 1000) {
		assert_int_equal(hashes_add(&ids, spread(i), NULL), 0);
		assert_int_equal(hashes_add(&ids, spread(i), NULL), 0);
	}
	hashes_settle(&ids);
	assert_int_equal(ids.twice, 300);
	for (uint64_t i = 0; i < 300000; i++)
		assert_int_equal(hashes_are_twice(&ids, spread(i)), i % 1000 == 0);
	hashes_done(&ids);
}

static void
hashes_that_share_their_first_bytes_are_told_apart(void **state)
{
	struct hashes ids = { .all = NULL };

	(void)state;
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(hashes_add(&ids, UINT64_C(0xABCDEF0000000000) + i % 4999, NULL), 0);
	hashes_settle(&ids);
	assert_int_equal(ids.twice, 1);
	assert_true(hashes_are_twice(&ids, UINT64_C(0xABCDEF0000000000)));
	hashes_done(&ids);
}

static void
no_ids_have_no_twins(void **state)
{
	struct hashes ids = { .all = NULL };

	(void)state;
	hashes_settle(&ids);
	assert_int_equal(ids.twice, 0);
	assert_false(hashes_are_twice(&ids, 0));
	hashes_done(&ids);
}

static void
ids_behind_the_bound_are_counted(void **state)
{
	struct hashes ids = { .most = 10 };

	(void)state;
	for (uint64_t i = 0; i < 15; i++)
		assert_int_equal(hashes_add(&ids, i % 5, NULL), 0);
	assert_int_equal(ids.left_off, 5);
	hashes_settle(&ids);
	assert_int_equal(ids.twice, 5);
	hashes_done(&ids);
}

static void
one_hash_of_two_ids_makes_no_twins(void **state)
{
	struct twins twins = { .slots = NULL };

	(void)state;
	assert_int_equal(twins_add(&twins, 7, (struct span){ "A", 1 }, (struct twin_place){ .row = 1 }, NULL), 0);
	assert_int_equal(twins_add(&twins, 7, (struct span){ "B", 1 }, (struct twin_place){ .row = 2 }, NULL), 0);
	assert_int_equal(twins_settle(&twins), 0);
	twins_done(&twins);
}

static void
twins_come_in_the_order_of_the_file_however_many(void **state)
{
	struct twins twins = { .slots = NULL };
	char id[16];

	(void)state;
	for (uint64_t row = 1; row <= 6000; row++) {
		snprintf(id, sizeof(id), "%u", (unsigned)(row % 3000));
		assert_int_equal(twins_add(&twins, spread(row % 3000), span_of(id),
				     (struct twin_place){ .row = row, .line = row + 1 }, NULL), 0);
	}
	assert_int_equal(twins_settle(&twins), 3000);
	for (size_t i = 0; i < 3000; i++) {
		assert_int_equal(twins.slots[i].rows, 2);
		assert_int_equal(twins.slots[i].first.row, i + 1);
		assert_int_equal(twins.slots[i].second.row, i + 3001);
	}
	twins_done(&twins);
}

static void
spellings_of_one_county_stand_together(void **state)
{
	struct spellings spellings = { .all = NULL };
	static const char *const names[] = { "WAKE", "Wake County", "WAKE", "Orange", "wake ",
		"St. Johns", "County", "ST JOHNS" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		assert_int_equal(spellings_add(&spellings, span_of(names[i]), i + 1, NULL), 0);
	spellings_settle(&spellings);
	assert_int_equal(spellings.count, 7);
	assert_string_equal(spellings.all[0].text, "County");
	assert_int_equal(spellings_alike(&spellings, 0), 1);
	assert_string_equal(spellings.all[1].text, "Orange");
	assert_int_equal(spellings_alike(&spellings, 2), 2);
	assert_string_equal(spellings.all[4].text, "WAKE");
	assert_int_equal(spellings.all[4].rows, 2);
	assert_int_equal(spellings_alike(&spellings, 4), 3);
	spellings_done(&spellings);
}

static void
more_spellings_than_counties_are_counted_only(void **state)
{
	struct spellings spellings = { .all = NULL };
	char name[16];

	(void)state;
	for (unsigned i = 0; i < SPELLINGS_MOST + 3; i++) {
		snprintf(name, sizeof(name), "%u", i);
		assert_int_equal(spellings_add(&spellings, span_of(name), i, NULL), 0);
	}
	assert_int_equal(spellings.count, SPELLINGS_MOST);
	assert_int_equal(spellings.left_off, 3);
	spellings_done(&spellings);
}

static void
days_that_exist_are_numbers_in_their_order(void **state)
{
	(void)state;
	assert_int_equal(day_of(span_of("02/29/2024")), 20240229);
	assert_int_equal(day_of(span_of("2024-12-31")), 20241231);
	assert_int_equal(day_of(span_of("02/29/2023")), 0);
	assert_int_equal(day_of(span_of("02/29/1900")), 0);
	assert_int_equal(day_of(span_of("13/01/2020")), 0);
	assert_int_equal(day_of(span_of("00/01/2020")), 0);
	assert_int_equal(day_of(span_of("01/00/2020")), 0);
	assert_int_equal(day_of(span_of("01/01/0000")), 0);
	assert_int_equal(day_of(span_of("1/01/20200")), 0);
	assert_int_equal(day_of(span_of("01-01-2020")), 0);
	assert_int_equal(day_of(span_of("2020-1x-01")), 0);
	assert_int_equal(day_of(span_of("20200101")), 0);
	assert_int_equal(day_of(span_of("")), 0);
}

static void
shapes_of_states_mails_and_phones(void **state)
{
	static const char *const mails[] = { "a@b.co", "x.y+z@mail.example.org" };
	static const char *const no_mails[] = { "", "@b.co", "a@b", "a@.co", "a@b.", "a b@c.de",
		"a@b@c.de", "ab.co" };
	static const char *const phones[] = { "9195550100", "(919) 555-0100", "+1 919.555.0100",
		"19195550100", "919-555-0100 x12" };
	static const char *const no_phones[] = { "", "5550100", "29195550100", "919-555-010O",
		"91955501001", "x" };

	(void)state;
	assert_true(shapes_is_state(span_of("NC")));
	assert_false(shapes_is_state(span_of("N.C")));
	assert_false(shapes_is_state(span_of("N1")));
	for (size_t i = 0; i < ARRAY_COUNT(mails); i++)
		assert_true(shapes_is_email(span_of(mails[i])));
	for (size_t i = 0; i < ARRAY_COUNT(no_mails); i++)
		assert_false(shapes_is_email(span_of(no_mails[i])));
	for (size_t i = 0; i < ARRAY_COUNT(phones); i++)
		assert_true(shapes_is_phone(span_of(phones[i])));
	for (size_t i = 0; i < ARRAY_COUNT(no_phones); i++)
		assert_false(shapes_is_phone(span_of(no_phones[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_that_came_twice_are_found_among_many),
		cmocka_unit_test(hashes_that_share_their_first_bytes_are_told_apart),
		cmocka_unit_test(no_ids_have_no_twins),
		cmocka_unit_test(ids_behind_the_bound_are_counted),
		cmocka_unit_test(one_hash_of_two_ids_makes_no_twins),
		cmocka_unit_test(twins_come_in_the_order_of_the_file_however_many),
		cmocka_unit_test(spellings_of_one_county_stand_together),
		cmocka_unit_test(more_spellings_than_counties_are_counted_only),
		cmocka_unit_test(days_that_exist_are_numbers_in_their_order),
		cmocka_unit_test(shapes_of_states_mails_and_phones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
