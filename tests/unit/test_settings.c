#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/settings.h"

static void
what_an_arena_hands_out_is_zero_apart_and_ends_with_nul(void **state)
{
	SCOPED(arena) arena = ARENA_INIT;
	uint64_t *numbers = arena_array(&arena, 3, sizeof(*numbers));
	const char *cut = arena_text(&arena, (struct span){ "abcdef", 3 });

	(void)state;
	assert_non_null(numbers);
	assert_int_equal(numbers[0] | numbers[1] | numbers[2], 0);
	assert_string_equal(cut, "abc");
	assert_string_equal(arena_text(&arena, SPAN_NONE), "");
	assert_string_equal(arena_join(&arena, "a", "", "bc", NULL), "abc");
	assert_non_null(arena_array(&arena, 0, 8));
}

static void
an_arena_refuses_more_than_there_can_be(void **state)
{
	SCOPED(arena) arena = ARENA_INIT;

	(void)state;
	assert_null(arena_array(&arena, SIZE_MAX, 2));
	assert_null(arena_array(&arena, SIZE_MAX, 1));
}

static void
a_setting_stands_where_it_was_noted_else_where_its_source_or_group_begins(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	settings.path = "a.cfg";
	settings_mark_add(&settings, "nation", 0, (struct settings_place){ "a.cfg", 3 });
	settings_mark_add(&settings, "sources", 0, (struct settings_place){ "a.cfg", 10 });
	settings_mark_add(&settings, "sources.encoding", 0, (struct settings_place){ "a.cfg", 12 });
	settings_mark_add(&settings, "sources", 1, (struct settings_place){ "b.cfg", 2 });

	assert_int_equal(settings_where(&settings, "sources.encoding", 0).line, 12);
	assert_int_equal(settings_where(&settings, "sources.encoding", 1).line, 2);
	assert_string_equal(settings_where(&settings, "sources.encoding", 1).file, "b.cfg");
	assert_int_equal(settings_where(&settings, "nation.token", 7).line, 3);
	assert_int_equal(settings_where(&settings, "limits.chunk", 0).line, 1);
	assert_string_equal(settings_where(&settings, "limits.chunk", 0).file, "a.cfg");
}

static void
no_note_is_lost_when_there_are_many(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(settings_mark_add(&settings, "sources", i,
				     (struct settings_place){ "a.cfg", i + 1 }),
		    0);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(settings_where(&settings, "sources.name", i).line, i + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_arena_hands_out_is_zero_apart_and_ends_with_nul),
		cmocka_unit_test(an_arena_refuses_more_than_there_can_be),
		cmocka_unit_test(
		    a_setting_stands_where_it_was_noted_else_where_its_source_or_group_begins),
		cmocka_unit_test(no_note_is_lost_when_there_are_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
