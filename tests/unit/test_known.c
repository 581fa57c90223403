/* The tables of states: what they name exists. */
#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/fields.h"
#include "runner/sniff/known.h"

static enum settings_type
type_of(const struct known *known)
{
	return known->is_ballot ? SETTINGS_BALLOT : SETTINGS_PEOPLE;
}

static void
every_field_of_the_tables_is_one_of_the_nations(void **state)
{
	(void)state;
	for (const struct known *known = known_layouts; known->name; known++) {
		for (const struct known_pair *pair = known->pairs; pair->from; pair++)
			assert_true(fields_known(type_of(known), span_of(pair->to)));
		for (const struct known_constant *at = known->constants; at->field; at++)
			assert_true(fields_known(type_of(known), span_of(at->field)));
	}
}

static bool
has_map(const char *name)
{
	for (const struct known_map *map = known_maps; map->name; map++) {
		if (strcmp(map->name, name) == 0)
			return true;
	}
	return false;
}

static void
every_map_that_is_named_is_there(void **state)
{
	(void)state;
	for (const struct known *known = known_layouts; known->name; known++) {
		for (const struct known_pair *pair = known->pairs; pair->from; pair++) {
			const char *map = strstr(pair->how, "map ");

			assert_true(!map || has_map(map + 4));
			assert_int_equal(strcmp(pair->how, "date") == 0, pair->form != NULL);
		}
	}
}

static bool
is_listed(const char *const *names, const char *name, size_t len)
{
	for (; *names; names++) {
		if (strlen(*names) == len && memcmp(*names, name, len) == 0)
			return true;
	}
	return false;
}

/* Of joined columns each one. */
static void
expect_columns(const struct known *known, const char *from)
{
	const char *open = strchr(from, '{');

	if (!open) {
		assert_true(is_listed(known->header, from, strlen(from)));
		return;
	}
	for (; open; open = strchr(open + 1, '{'))
		assert_true(is_listed(known->header, open + 1, strcspn(open + 1, "}")));
}

static void
a_layout_without_a_header_line_names_its_own_columns(void **state)
{
	(void)state;
	for (const struct known *known = known_layouts; known->name; known++) {
		assert_true((known->header == NULL) == (known->signature != NULL));
		if (!known->header || strcmp(known->state, "NY") == 0)
			continue; /* New York has two forms for one list of pairs */
		for (const struct known_pair *pair = known->pairs; pair->from; pair++)
			expect_columns(known, pair->from);
		if (known->only)
			assert_true(is_listed(known->header, known->only, strlen(known->only)));
	}
}

static void
each_state_is_known_by_its_signature_in_any_case(void **state)
{
	(void)state;
	for (const struct known *known = known_layouts; known->name; known++) {
		struct span names[16];
		size_t count = 0;

		if (!known->signature)
			continue;
		while (known->signature[count]) {
			names[count] = span_of(known->signature[count]);
			count++;
		}
		assert_ptr_equal(known_by_names(names, count), known);
		assert_null(known_by_names(names, count - 1));
	}
}

static void
maps_are_pairs_of_different_values(void **state)
{
	(void)state;
	for (const struct known_map *map = known_maps; map->name; map++) {
		size_t count = 0;

		while (map->rows[count])
			count++;
		assert_true(count > 0 && count % 2 == 0);
		for (size_t i = 0; i < count; i += 2) {
			for (size_t j = 0; j < i; j += 2)
				assert_string_not_equal(map->rows[i], map->rows[j]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_the_tables_is_one_of_the_nations),
		cmocka_unit_test(every_map_that_is_named_is_there),
		cmocka_unit_test(a_layout_without_a_header_line_names_its_own_columns),
		cmocka_unit_test(each_state_is_known_by_its_signature_in_any_case),
		cmocka_unit_test(maps_are_pairs_of_different_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
