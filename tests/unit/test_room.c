#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/engine/private.h"
#include "runner/engine/room.h"

/* With one source of so many chunks. */
static void
init(struct engine *engine, struct engine_source *source, uint32_t chunks)
{
	*source = (struct engine_source){ .name = "people", .chunk_count = chunks };
	*engine = (struct engine){ .options = { .sources = source, .source_count = 1 } };
	assert_int_equal(room_make(engine, NULL), 0);
	load_init(&engine->load, &engine->options.limits, &engine->memory, 0);
}

static bool
is_seen(const struct engine *engine, uint32_t index)
{
	return engine->seen[index / 64] >> (index % 64) & 1;
}

/* An import that the list shows twice would count twice, and stand for one that it hides. */
static void
what_a_look_has_seen_stays_seen_when_the_plan_is_extended_meanwhile(void **state)
{
	(void)state;
	for (uint32_t chunks = 1; chunks <= 200; chunks++) {
		struct engine_source source;
		struct engine engine;

		init(&engine, &source, chunks);
		for (uint32_t i = 0; i < chunks; i++)
			engine.seen[i / 64] |= UINT64_C(1) << (i % 64);
		assert_int_equal(room_grow(&engine, 0, 100, NULL), 0);
		for (uint32_t i = 0; i < chunks + 100; i++)
			assert_int_equal(is_seen(&engine, i), i < chunks);
		room_free(&engine);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_a_look_has_seen_stays_seen_when_the_plan_is_extended_meanwhile),
	};

	return cmocka_run_group_tests_name("room", tests, NULL, NULL);
}
