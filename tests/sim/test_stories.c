/* Loads that tell a story. Each is played as it comes, and again killed at every one of its steps, and
 * twice; every play goes on until a person has settled what waited, then once more, and is replayed
 * from its events (law.h). */
#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "tests/sim/again.h"
#include "tests/sim/law.h"
#include "tests/sim/play.h"

/* ---- worlds ---- */

/* Four chunks of three people, in a nation that works well. */
static struct world_options
people(void)
{
	return (struct world_options){
		.seed = 4,
		.sources = { { .name = "people", .type = "people", .chunk_count = 4, .rows = 3 } },
		.source_count = 1,
		.limits = {
			.uploads = 2,
			.in_flight = 4,
			.requests = { 200, 10000 },
			.attempts = 3,
			.backoff = { 2000, 5 * MINUTE },
			.give_up_ms = 12 * HOUR,
			.settle_ms = 5 * MINUTE,
			.poll_first_ms = 5 * SECOND,
			.poll_most_ms = MINUTE,
			.poll_deadline_ms = 24 * HOUR,
		},
		.nation = { .rows_per_second = 1 },
	};
}

static struct world_options
people_and_ballots(void)
{
	struct world_options options = people();

	options.sources[0].chunk_count = 2;
	options.sources[1] = (struct paper_source){ .name = "ballots", .type = "ballot",
		.chunk_count = 2, .rows = 3, .is_after = true };
	options.source_count = 2;
	return options;
}

#define SCRIPT(options, script)                                                                    \
	do {                                                                                       \
		(options).fates.lines = (script);                                                  \
		(options).fates.line_count = ARRAY_COUNT(script);                                  \
	} while (0)

#define POST(number, nth_time, ...)                                                                \
	{ .kind = REQUEST_SUBMIT, .chunk = (number), .nth = (nth_time), .fate = { __VA_ARGS__ } }

#define LOST_TAKEN   .transport = TRANSPORT_BROKEN, .is_taken = true
#define LOST_UNTAKEN .transport = TRANSPORT_BROKEN

/* ---- playing ---- */

/* A whole play; how many steps its first run had. */
static uint64_t
play_whole(const struct world_options *options, uint64_t first_cut, uint64_t second_cut)
{
	const struct play_cuts cuts = { { first_cut, second_cut } };
	struct world *world = world_new(options);
	uint64_t steps;

	if (!play_out(world, &cuts))
		fail_msg("killed at %u and %u: %s", (unsigned)first_cut, (unsigned)second_cut,
		    world->violation);
	steps = world->first_steps;
	world_free(world);
	return steps;
}

/* As it comes, killed at every step, killed twice. */
static void
play_everywhere(const struct world_options *options)
{
	uint64_t steps = play_whole(options, 0, 0);

	for (uint64_t step = 1; step <= steps; step++) {
		play_whole(options, step, 0);
		play_whole(options, step, 1 + step * 7 % steps);
	}
}

static enum err_kind
run(struct world *world)
{
	struct engine_end end;

	if (play_run(world, 0, &end) != PLAY_ENDED)
		fail_msg("the run did not end: %s", world->violation);
	return end.code;
}

/* A world whose first run has ended by itself; the caller frees it. */
static struct world *
after_a_run(const struct world_options *options)
{
	struct world *world = world_new(options);

	assert_int_equal(run(world), ERR_NONE);
	return world;
}

static const struct chunk *
people_chunk(const struct world *world, uint32_t number)
{
	return memory_chunk(&world->memory, 0, number);
}

static void
assert_states(const struct world *world, const enum chunk_state *states)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		if (world->memory.chunks[i].state != states[i])
			fail_msg("chunk %zu is %s: %s", i + 1,
			    chunk_state_word(world->memory.chunks[i].state),
			    world->memory.chunks[i].text);
	}
}

static void
assert_all(const struct world *world, enum chunk_state state)
{
	enum chunk_state states[PAPER_SOURCES * PAPER_MOST_CHUNKS];

	for (size_t i = 0; i < world->memory.chunk_count; i++)
		states[i] = state;
	assert_states(world, states);
}

static size_t
events_of(const struct world *world, uint32_t number, enum event_type type)
{
	return memory_count(&world->memory, people_chunk(world, number), type);
}

static void
resolve(struct world *world, uint32_t number, enum event_type type, uint64_t import_id)
{
	const struct event event = { .type = type, .chunk = number, .import_id = import_id,
		.person = "ada", .text = "seen in the control panel" };

	assert_int_equal(play_resolve(world, &event), ERR_NONE);
}

/* ---- loads that go well ---- */

static void
a_load_without_trouble_is_done_with_one_post_a_chunk(void **state)
{
	struct world_options options = people_and_ballots();
	struct world *world = after_a_run(&options);

	(void)state;
	assert_all(world, CHUNK_DONE);
	assert_int_equal(world->nation.post_total, 4);
	world_free(world);
	play_everywhere(&options);
}

static void
a_load_killed_at_any_step_finishes_by_itself_when_it_is_run_again(void **state)
{
	struct world_options options = people();
	uint64_t steps = play_whole(&options, 0, 0);

	(void)state;
	for (uint64_t step = 1; step <= steps; step++) {
		struct world *world = world_new(&options);
		struct engine_end end;

		assert_int_equal(play_run(world, step, &end), PLAY_KILLED);
		assert_int_equal(run(world), ERR_NONE);
		assert_all(world, CHUNK_DONE);
		assert_int_equal(world->nation.taken_count, 4);
		world_free(world);
	}
}

static void
ballots_are_not_sent_before_every_chunk_of_people_is_done(void **state)
{
	static const struct fate_line script[] = { POST(1, 1, .status = 500) };
	struct world_options options = people_and_ballots();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(world->memory.tallies[1].rows_failed, 0); /* every voter was there */
	world_free(world);
	play_everywhere(&options);
}

static void
a_chunk_of_which_every_row_is_left_out_is_done_without_a_post(void **state)
{
	struct world_options options = people();
	struct world *world;

	(void)state;
	options.sources[0].has_empty_chunk = true;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(world->nation.post_total, 3);
	world_free(world);
	play_everywhere(&options);
}

/* ---- doubts that the list settles ---- */

static void
a_lost_answer_to_a_chunk_that_was_taken_is_found_by_the_probe(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_FOUND_BY_PROBE);
	assert_int_equal(world->nation.post_total, 4);
	world_free(world);
	play_everywhere(&options);
}

static void
a_lost_answer_to_a_chunk_that_was_not_taken_is_sent_again_after_two_looks(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_UNTAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_SENT_AGAIN);
	assert_int_equal(events_of(world, 2, EVENT_PROBE_ABSENT), 1);
	assert_int_equal(events_of(world, 2, EVENT_PROBE_CLEARED), 1);
	world_free(world);
	play_everywhere(&options);
}

static void
the_first_chunk_of_a_load_waits_for_a_witness(void **state)
{
	static const struct fate_line script[] = { POST(1, 1, LOST_UNTAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	world_free(world);
	play_everywhere(&options);
}

/* The one that is looked for first has no witness yet: those in doubt beside it are two. */
static void
doubts_at_the_very_beginning_are_witnesses_of_one_another(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_UNTAKEN),
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_TAKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 1)->notes, NOTE_SENT_AGAIN);
	world_free(world);
	play_everywhere(&options);
}

static void
a_chunk_that_was_taken_after_the_first_look_is_found_by_the_second(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, .status = 504, .is_taken = true, .take_ms = 4 * MINUTE),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.list_lag_ms = 4 * MINUTE;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(events_of(world, 2, EVENT_PROBE_ABSENT), 1);
	assert_int_equal(events_of(world, 2, EVENT_PROBE_FOUND), 1);
	world_free(world);
	play_everywhere(&options);
}

static void
two_chunks_in_doubt_at_once_are_told_apart(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_FOUND_BY_PROBE);
	assert_int_equal(people_chunk(world, 3)->notes, NOTE_SENT_AGAIN);
	world_free(world);
	play_everywhere(&options);
}

static void
chunks_that_begin_with_the_same_rows_are_told_apart_by_the_rows_behind(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].begins_alike = true;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	world_free(world);
	play_everywhere(&options);
}

static void
chunks_that_the_list_shows_alike_are_held_until_a_person_tells_them_apart(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].begins_alike = true;
	options.nation.head = HEAD_CUT;
	options.nation.head_bytes = 60; /* the header, and no more of the rows than all share */
	world = after_a_run(&options);
	assert_states(world, (enum chunk_state[]){ CHUNK_DONE, CHUNK_HELD, CHUNK_HELD, CHUNK_DONE });
	world_free(world);
	play_everywhere(&options);
}

static void
other_peoples_imports_at_the_same_moment_are_not_taken_for_ours(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.stranger_permille = 1000;
	options.nation.page_size = 2;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_FOUND_BY_PROBE);
	assert_int_equal(people_chunk(world, 3)->notes, NOTE_SENT_AGAIN);
	world_free(world);
	play_everywhere(&options);
}

/* Somebody uploads a file of the same layout in the control panel, and the list shows no row of it. */
static void
anothers_import_that_the_list_shows_like_ours_leaves_the_doubt_to_a_person(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_UNTAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.stranger_permille = 1000;
	options.nation.head = HEAD_CUT;
	options.nation.head_bytes = 51; /* the header */
	options.nation.lines = LINES_NULL;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	assert_int_equal(pretend_takes(&world->nation, 1), 0);
	world_free(world);
	play_everywhere(&options);
}

/* The id that a list shows is not taken on trust: V1 must know it as an import of this type. */
static void
an_import_that_v1_does_not_know_is_not_taken_for_ours(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.has_other_ids = true;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	assert_int_equal(people_chunk(world, 2)->import_id, 0);
	world_free(world);
	play_everywhere(&options);
}

static void
a_list_with_the_oldest_first_shows_what_is_there_on_pages_of_any_size(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, .upload_ms = HOUR), /* the first is long before the time in question */
		POST(4, 1, LOST_TAKEN),
	};
	struct world_options options = people();

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	options.nation.is_oldest_first = true;
	for (uint32_t page_size = 1; page_size <= 4; page_size++) {
		struct world *world;

		options.nation.page_size = page_size;
		world = after_a_run(&options);
		assert_int_equal(people_chunk(world, 4)->notes, NOTE_FOUND_BY_PROBE);
		world_free(world);
		play_everywhere(&options);
	}
}

static void
a_list_that_changes_while_it_is_read_is_read_all_over(void **state)
{
	static const struct fate_line script[] = { POST(4, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.page_size = 1; /* the import on the first moves to the second */
	options.nation.stirs = 2;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 4)->notes, NOTE_FOUND_BY_PROBE);
	world_free(world);
	play_everywhere(&options);
}

/* The list shows no more of the rows than their first letter: every chunk begins like that. */
static struct world_options
short_heads(void)
{
	struct world_options options = people();

	options.nation.head = HEAD_CUT;
	options.nation.head_bytes = 52;
	return options;
}

static void
nothing_is_looked_for_while_a_post_is_unanswered_that_the_list_may_show(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_UNTAKEN),
		POST(2, 1, .upload_ms = 200 * SECOND, .answer_ms = 200 * SECOND),
	};
	struct world_options options = short_heads();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 1)->notes, NOTE_SENT_AGAIN);
	world_free(world);
	play_everywhere(&options);
}

static void
nothing_is_sent_while_the_list_is_read(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_UNTAKEN),
		POST(2, 1, .upload_ms = 5 * MINUTE),
		POST(3, 1, .answer_ms = 100 * SECOND),
		{ .kind = REQUEST_LIST, .chunk = 1, .fate = { .answer_ms = MINUTE } },
	};
	struct world_options options = short_heads();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.in_flight = 1;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 1)->notes, NOTE_SENT_AGAIN);
	world_free(world);
	play_everywhere(&options);
}

/* A person had a chunk sent again that was there already: its first import has no owner, and must
 * not be taken for that of another chunk that begins the same. */
static void
an_import_that_was_left_behind_is_not_taken_for_another_chunks(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_TAKEN),
		{ .kind = REQUEST_SUBMIT, .source = 1, .chunk = 1, .nth = 1,
		    .fate = { LOST_UNTAKEN } },
	};
	struct world_options options = short_heads();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.sources[1] = options.sources[0];
	options.sources[1].name = "more";
	options.sources[1].is_after = true;
	options.source_count = 2;
	options.nation.list_status = 403;
	world = after_a_run(&options);
	resolve(world, 1, EVENT_RESOLVED_RESUBMIT, 0);
	world->nation.habits.list_status = 0;
	assert_int_equal(run(world), ERR_NONE);
	assert_int_equal(pretend_takes(&world->nation, 0), 2);
	assert_int_equal(memory_chunk(&world->memory, 1, 1)->state, CHUNK_HELD);
	world_free(world);
}

static void
a_wall_clock_that_jumps_by_hours_changes_nothing(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();

	(void)state;
	SCRIPT(options, script);
	options.jump_permille = 200;
	play_everywhere(&options);
}

/* What is due stands on disk by the wall clock; that one is set while nobody runs. */
static void
a_wall_clock_set_by_years_between_two_runs_parks_nothing(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, .status = 429, .told_ms = 10 * MINUTE),
		POST(4, 1, .sent = SENT_PART, .transport = TRANSPORT_BROKEN),
	};
	static const int64_t by_ms[] = { -20 * YEAR, -HOUR, HOUR, 20 * YEAR };
	struct world_options options = people();

	(void)state;
	SCRIPT(options, script);
	for (size_t i = 0; i < ARRAY_COUNT(by_ms); i++) {
		struct world *world = world_new(&options);
		struct engine_end end;

		assert_int_equal(play_run(world, 40, &end), PLAY_KILLED);
		world->wall_offset_ms += by_ms[i];
		assert_int_equal(run(world), ERR_NONE);
		assert_all(world, CHUNK_DONE);
		assert_in_range(world->mono_ms - WORLD_MONO, 0, 45 * MINUTE);
		world_free(world);
	}
}

/* The second run's clock is two hours behind, and it sends chunk 2 before it heard the nation's. The list
 * hides chunk 3 for hours, and chunk 2, by which that shows: a dated witness, chunk 1, is not enough. */
static void
an_import_sent_before_the_nations_clock_was_known_is_missed_whatever_our_clock_says(void **state)
{
	static const struct fate_line script[] = {
		{ .kind = REQUEST_LIST, .nth = 2, .fate = { .transport = TRANSPORT_BROKEN } },
		POST(3, 1, LOST_TAKEN),
	};
	struct world_options options = people();
	uint64_t steps, missed = 0;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].chunk_count = 3;
	options.limits.uploads = options.limits.in_flight = 1;
	options.nation.list_tardy_ms = 6 * HOUR;
	steps = play_whole(&options, 0, 0);
	for (uint64_t step = 1; step <= steps; step++) {
		struct world *world = world_new(&options);
		struct engine_end end;

		play_run(world, step, &end);
		world->wall_offset_ms -= 2 * HOUR;
		if (play_run(world, 0, &end) == PLAY_VIOLATED)
			fail_msg("killed at %u: %s", (unsigned)step, world->violation);
		assert_in_range(pretend_takes(&world->nation, 2), 1, 1);
		missed += people_chunk(world, 2)->started_server_ms == 0 &&
			  people_chunk(world, 2)->import_id != 0;
		world_free(world);
	}
	assert_true(missed > 0);
}

static void
a_process_that_stands_still_for_hours_goes_on_where_it_was(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();

	(void)state;
	SCRIPT(options, script);
	options.sleep_permille = 200;
	play_everywhere(&options);
}

/* ---- on the real store ---- */

static void
a_load_on_the_real_store_survives_a_kill_at_any_step(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_TAKEN),
		POST(2, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();
	uint64_t steps;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].chunk_count = 3;
	options.has_store = true;
	steps = play_whole(&options, 0, 0);
	for (uint64_t step = 1; step <= steps; step++)
		play_whole(&options, step, 1 + step * 7 % steps);
}

static void
a_second_runner_is_refused_while_the_first_stands_still(void **state)
{
	struct world_options options = people();
	struct world *world;

	(void)state;
	options.has_store = true;
	options.sleep_permille = 1000;
	world = after_a_run(&options);
	assert_true(world->memory.shelf->has_had_rival);
	assert_all(world, CHUNK_DONE);
	world_free(world);
}

/* ---- doubts that wait for a person ---- */

static void
hold_without_a_list(uint32_t status)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	SCRIPT(options, script);
	options.nation.list_status = status;
	world = after_a_run(&options);
	assert_states(world, (enum chunk_state[]){ CHUNK_DONE, CHUNK_HELD, CHUNK_DONE, CHUNK_DONE });
	resolve(world, 2, EVENT_RESOLVED_IMPORT, pretend_last_take(&world->nation, 1)->import_id);
	assert_int_equal(run(world), ERR_NONE);
	assert_all(world, CHUNK_DONE);
	assert_string_equal(people_chunk(world, 2)->settled_by, "ada");
	world_free(world);
	play_everywhere(&options);
}

static void
a_list_that_is_forbidden_leaves_a_doubt_to_a_person(void **state)
{
	(void)state;
	hold_without_a_list(403);
}

static void
a_list_that_is_missing_leaves_a_doubt_to_a_person(void **state)
{
	(void)state;
	hold_without_a_list(404);
}

static void
a_person_cannot_give_a_chunk_the_import_of_another(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct event event = { .type = EVENT_RESOLVED_IMPORT, .chunk = 2 };
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.list_status = 403;
	world = after_a_run(&options);
	event.import_id = people_chunk(world, 1)->import_id;
	assert_int_equal(play_resolve(world, &event), ERR_USAGE);
	event.chunk = 9;
	assert_int_equal(play_resolve(world, &event), ERR_USAGE);
	event.chunk = 1;
	assert_int_equal(play_resolve(world, &event), ERR_USAGE);
	world_free(world);
}

static void
hold_asks_nobody_and_waits_for_a_person(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].in_doubt = IN_DOUBT_HOLD;
	world = after_a_run(&options);
	assert_states(world, (enum chunk_state[]){ CHUNK_DONE, CHUNK_HELD, CHUNK_DONE, CHUNK_DONE });
	assert_int_equal(events_of(world, 2, EVENT_DOUBT_HASHED), 0); /* its digest was known */
	assert_int_equal(events_of(world, 2, EVENT_DOUBT_HELD), 1);
	world_free(world);
	play_everywhere(&options);
}

static void
resubmit_sends_again_what_no_list_shows_and_says_so(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].in_doubt = IN_DOUBT_RESUBMIT;
	options.nation.list_status = 404;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_RESUBMITTED);
	assert_int_equal(pretend_takes(&world->nation, 1), 2);
	world_free(world);
	play_everywhere(&options);
}

static void
resubmit_does_not_send_again_what_the_list_shows(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		{ .kind = REQUEST_STATUS, .chunk = 2, .fate = { .status = 500 } },
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].in_doubt = IN_DOUBT_RESUBMIT;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	assert_int_equal(pretend_takes(&world->nation, 1), 1);
	world_free(world);
	play_everywhere(&options);
}

static void
resubmit_holds_what_has_no_attempt_left(void **state)
{
	static const struct fate_line script[] = { POST(2, 0, LOST_UNTAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].in_doubt = IN_DOUBT_RESUBMIT;
	options.nation.list_status = 404;
	options.limits.attempts = 2;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	assert_int_equal(people_chunk(world, 2)->attempts, 2);
	world_free(world);
	play_everywhere(&options);
}

static void
a_source_behind_a_held_chunk_waits_and_the_run_ends(void **state)
{
	static const struct fate_line script[] = { POST(1, 1, LOST_TAKEN) };
	struct world_options options = people_and_ballots();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.list_status = 403;
	world = after_a_run(&options);
	assert_states(world,
	    (enum chunk_state[]){ CHUNK_HELD, CHUNK_DONE, CHUNK_PLANNED, CHUNK_PLANNED });
	world_free(world);
	play_everywhere(&options);
}

static void
the_last_chunk_of_a_slow_load_has_no_witness_and_is_held(void **state)
{
	static const struct fate_line script[] = {
		POST(4, 1, .transport = TRANSPORT_BROKEN, .is_taken = false, .upload_ms = SECOND),
		POST(3, 1, .upload_ms = HOUR),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = after_a_run(&options);
	assert_states(world, (enum chunk_state[]){ CHUNK_DONE, CHUNK_DONE, CHUNK_DONE, CHUNK_HELD });
	world_free(world);
	play_everywhere(&options);
}

static void
a_list_that_shows_none_of_our_imports_proves_nothing(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.hides_ours = true;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	world_free(world);
	play_everywhere(&options);
}

static void
without_a_date_in_its_answers_the_nations_list_proves_nothing(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.is_dateless = true;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	world_free(world);
	play_everywhere(&options);
}

/* Local times that nobody marked as such: the chunk in doubt seems to be of a time before it. */
static void
a_list_whose_times_run_behind_the_nations_clock_proves_nothing(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.created_off_ms = -5 * HOUR;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	assert_int_equal(pretend_takes(&world->nation, 1), 1);
	world_free(world);
	play_everywhere(&options);
}

static void
a_list_that_never_stands_still_proves_nothing(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, LOST_TAKEN) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.stirs = UINT32_MAX;
	options.nation.page_size = 2;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	world_free(world);
	play_everywhere(&options);
}

/* A chunk of the second source is being looked for, and a person gives its import to one of the
 * first: the import has an owner then, and the look must not make it another. */
static void
an_import_that_a_person_gave_away_during_the_look_is_not_given_twice(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_UNTAKEN),
		{ .kind = REQUEST_SUBMIT, .source = 1, .chunk = 1, .nth = 1, .fate = { LOST_TAKEN } },
		{ .kind = REQUEST_STATUS, .source = 1, .chunk = 1, .nth = 1,
		    .fate = { .answer_ms = MINUTE } },
	};
	struct world_options options = people();
	struct engine_end end;
	struct world *world;
	uint64_t import_id;

	(void)state;
	SCRIPT(options, script);
	options.sources[0].chunk_count = 1;
	options.sources[0].in_doubt = IN_DOUBT_HOLD;
	options.sources[1] = options.sources[0];
	options.sources[1].name = "more";
	options.sources[1].in_doubt = IN_DOUBT_PROBE;
	options.source_count = 2;
	world = after_a_run(&options);
	import_id = memory_chunk(&world->memory, 1, 1)->import_id;
	assert_int_not_equal(import_id, 0);
	world_free(world);

	world = world_new(&options);
	world->script_wish = (struct wish){ .kind = WISH_RESOLVE,
		.event = { .type = EVENT_RESOLVED_IMPORT, .chunk = 1, .import_id = import_id } };
	world->script_wish_at_ms = WORLD_MONO + 5 * MINUTE + 30 * SECOND;
	assert_int_equal(play_run(world, 0, &end), PLAY_VIOLATED);
	/* The person was wrong: */
	assert_non_null(strstr(world->violation, "law 1: people-1 is done"));
	assert_int_equal(people_chunk(world, 1)->import_id, import_id);
	assert_int_equal(memory_chunk(&world->memory, 1, 1)->state, CHUNK_HELD);
	world_free(world);
}

static void
a_persons_word_during_a_look_ends_it(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_UNTAKEN),
		{ .kind = REQUEST_LIST, .chunk = 2, .fate = { .answer_ms = MINUTE } },
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = world_new(&options);
	world->script_wish = (struct wish){ .kind = WISH_RESOLVE,
		.event = { .type = EVENT_RESOLVED_RESUBMIT, .chunk = 2, .person = "ada" } };
	world->script_wish_at_ms = WORLD_MONO + 5 * MINUTE + 20 * SECOND;
	assert_int_equal(run(world), ERR_NONE);
	assert_false(world->has_refused_wish);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_RESUBMITTED | NOTE_SETTLED);
	assert_int_equal(events_of(world, 2, EVENT_PROBE_ABSENT), 0);
	world_free(world);
}

static void
a_persons_word_about_a_chunk_that_is_done_is_refused(void **state)
{
	struct world_options options = people();
	struct world *world = world_new(&options);

	(void)state;
	world->script_wish = (struct wish){ .kind = WISH_RESOLVE,
		.event = { .type = EVENT_RESOLVED_SKIP, .chunk = 1 } };
	world->script_wish_at_ms = WORLD_MONO + 10 * SECOND;
	assert_int_equal(run(world), ERR_NONE);
	assert_true(world->has_refused_wish);
	assert_all(world, CHUNK_DONE);
	world_free(world);
}

/* ---- the breaker, budgets, deadlines ---- */

static void
after_three_doubts_nothing_is_sent_until_they_are_settled(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_TAKEN), POST(2, 1, LOST_TAKEN), POST(3, 1, LOST_TAKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_true(people_chunk(world, 4)->started_ms >= people_chunk(world, 3)->submitted_ms);
	world_free(world);
	play_everywhere(&options);
}

static void
three_doubts_that_are_held_end_the_run_with_the_rest_planned(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, LOST_TAKEN), POST(2, 1, LOST_TAKEN), POST(3, 1, LOST_TAKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	options.nation.list_status = 403;
	world = after_a_run(&options);
	assert_states(world,
	    (enum chunk_state[]){ CHUNK_HELD, CHUNK_HELD, CHUNK_HELD, CHUNK_PLANNED });
	world_free(world);
	play_everywhere(&options);
}

static void
a_chunk_that_never_arrives_as_a_whole_is_given_up_and_was_never_taken(void **state)
{
	static const struct fate_line script[] = {
		POST(2, 0, .sent = SENT_PART, .transport = TRANSPORT_BROKEN),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_states(world,
	    (enum chunk_state[]){ CHUNK_DONE, CHUNK_FAILED, CHUNK_DONE, CHUNK_DONE });
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_NEVER_TAKEN);
	assert_int_equal(people_chunk(world, 2)->attempts, 3);
	world_free(world);
	play_everywhere(&options);
}

static void
a_nation_that_cannot_be_reached_is_given_up_after_half_a_day_with_69(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 0, .sent = SENT_NOTHING, .transport = TRANSPORT_CONNECT),
		POST(2, 0, .sent = SENT_NOTHING, .transport = TRANSPORT_CONNECT),
		POST(3, 0, .sent = SENT_NOTHING, .transport = TRANSPORT_CONNECT),
		POST(4, 0, .sent = SENT_NOTHING, .transport = TRANSPORT_CONNECT),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = world_new(&options);
	assert_int_equal(run(world), ERR_UNREACHABLE);
	assert_all(world, CHUNK_PLANNED);
	assert_true(world->mono_ms - WORLD_MONO >= 12 * HOUR);
	assert_true(world->nation.post_total < 2000); /* and without hammering at its door */
	world_free(world);
}

static void
an_import_past_poll_deadline_stays_submitted_and_is_polled_by_the_next_run(void **state)
{
	static const struct fate_line script[] = {
		{ .kind = REQUEST_STATUS, .chunk = 2,
		    .fate = { .import = IMPORT_WORD_UNKNOWN } },
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_SUBMITTED);
	assert_int_equal(world->parked, 1);
	assert_true(world->mono_ms - WORLD_MONO >= 24 * HOUR);
	world->is_calm = true;
	assert_int_equal(run(world), ERR_NONE);
	assert_all(world, CHUNK_DONE);
	world_free(world);
}

static void
more_rejected_rows_than_allowed_stop_the_source_in_the_middle(void **state)
{
	struct world_options options = people();
	struct world *world;

	(void)state;
	options.sources[0].bad_rows = 1;
	options.sources[0].stops_early = true;
	options.limits.uploads = options.limits.in_flight = 1;
	world = after_a_run(&options);
	assert_states(world,
	    (enum chunk_state[]){ CHUNK_DONE, CHUNK_PLANNED, CHUNK_PLANNED, CHUNK_PLANNED });
	world_free(world);
	play_everywhere(&options);
}

static void
a_429_is_waited_for_and_uses_up_no_attempt(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .status = 429, .told_ms = 10 * MINUTE),
		POST(1, 2, .status = 429, .told_ms = 10 * MINUTE),
		POST(1, 3, .status = 429, .told_ms = 10 * MINUTE),
		POST(1, 4, .status = 429, .told_ms = 10 * MINUTE),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 1)->attempts, 5);
	assert_true(world->mono_ms - WORLD_MONO >= 40 * MINUTE);
	world_free(world);
	play_everywhere(&options);
}

static void
a_pause_that_the_nation_asked_for_outlives_a_kill(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .status = 429, .told_ms = 10 * MINUTE),
	};
	struct world_options options = people();
	struct world *world;
	struct engine_end end;
	uint64_t posts;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = world_new(&options);
	/* run_started, the POST, its answer: killed when that is written down */
	for (uint64_t step = 1; events_of(world, 1, EVENT_SUBMIT_PUT_OFF) == 0; step++) {
		world_free(world);
		world = world_new(&options);
		assert_int_equal(play_run(world, step, &end), PLAY_KILLED);
	}
	posts = world->nation.post_total;
	world->script_wish = (struct wish){ .kind = WISH_STOP };
	world->script_wish_at_ms = world->mono_ms + 9 * MINUTE;
	assert_int_equal(run(world), ERR_LATER);
	assert_int_equal(world->nation.post_total, posts);
	world_free(world);
}

/* ---- stops ---- */

static void
a_token_that_is_refused_stops_with_77_and_keeps_everything_planned(void **state)
{
	static const struct fate_line script[] = { POST(1, 1, .status = 401) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = world_new(&options);
	assert_int_equal(run(world), ERR_ACCESS);
	assert_all(world, CHUNK_PLANNED);
	assert_int_equal(world->nation.post_total, 1);
	world_free(world);
	play_everywhere(&options);
}

static void
a_token_that_the_list_refuses_stops_before_the_first_post(void **state)
{
	static const struct fate_line script[] = {
		{ .kind = REQUEST_LIST, .fate = { .status = 401 } },
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = world_new(&options);
	assert_int_equal(run(world), ERR_ACCESS);
	assert_int_equal(world->nation.post_total, 0);
	world_free(world);
}

static void
a_captive_portal_stops_with_76_and_leaves_a_doubt(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .status = 200, .form = ANSWER_HTML),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = world_new(&options);
	assert_int_equal(run(world), ERR_NONSENSE);
	assert_int_equal(people_chunk(world, 1)->state, CHUNK_IN_DOUBT);
	assert_int_equal(run(world), ERR_NONE);
	assert_all(world, CHUNK_DONE);
	world_free(world);
	play_everywhere(&options);
}

static void
three_422_in_a_row_stop_with_76(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 0, .status = 422), POST(2, 0, .status = 422), POST(3, 0, .status = 422),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = world_new(&options);
	assert_int_equal(run(world), ERR_NONSENSE);
	assert_states(world,
	    (enum chunk_state[]){ CHUNK_REFUSED, CHUNK_REFUSED, CHUNK_REFUSED, CHUNK_PLANNED });
	world_free(world);
	play_everywhere(&options);
}

static void
a_source_that_changed_stops_with_66_and_what_is_under_way_is_heard_out(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .upload_ms = MINUTE),
		POST(2, 1, .sent = SENT_PART, .transport = TRANSPORT_ABORTED),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = world_new(&options);
	assert_int_equal(run(world), ERR_INPUT);
	assert_states(world,
	    (enum chunk_state[]){ CHUNK_SUBMITTED, CHUNK_PLANNED, CHUNK_PLANNED, CHUNK_PLANNED });
	world_free(world);
	play_everywhere(&options);
}

static void
a_source_that_cannot_be_opened_stops_with_66_before_an_attempt_is_begun(void **state)
{
	struct world_options options = people();
	struct world *world;

	(void)state;
	options.source_permille = 1000;
	world = world_new(&options);
	assert_int_equal(run(world), ERR_INPUT);
	assert_all(world, CHUNK_PLANNED);
	assert_int_equal(people_chunk(world, 1)->attempts, 0);
	world_free(world);
}

static void
stop_finishes_the_requests_under_way_and_ends_with_75(void **state)
{
	struct world_options options = people();
	struct world *world = world_new(&options);

	(void)state;
	world->script_wish = (struct wish){ .kind = WISH_STOP };
	world->script_wish_at_ms = WORLD_MONO + 500; /* two uploads are on their way */
	assert_int_equal(run(world), ERR_LATER);
	assert_states(world, (enum chunk_state[]){ CHUNK_SUBMITTED, CHUNK_SUBMITTED, CHUNK_PLANNED,
				 CHUNK_PLANNED });
	assert_int_equal(run(world), ERR_NONE);
	assert_all(world, CHUNK_DONE);
	world_free(world);
}

static void
stop_cuts_after_ten_seconds_what_does_not_finish(void **state)
{
	static const struct fate_line script[] = { POST(1, 1, .upload_ms = HOUR) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = world_new(&options);
	world->script_wish = (struct wish){ .kind = WISH_STOP };
	world->script_wish_at_ms = WORLD_MONO + 500;
	assert_int_equal(run(world), ERR_LATER);
	assert_all(world, CHUNK_PLANNED);
	assert_int_equal(events_of(world, 1, EVENT_SUBMIT_NOT_COMPLETE), 1);
	assert_int_equal(world->mono_ms, WORLD_MONO + 500 + 10 * SECOND);
	world_free(world);
}

static void
stop_now_cuts_at_once(void **state)
{
	static const struct fate_line script[] = { POST(1, 1, .upload_ms = HOUR) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = 1;
	world = world_new(&options);
	world->script_wish = (struct wish){ .kind = WISH_CUT };
	world->script_wish_at_ms = WORLD_MONO + 500;
	assert_int_equal(run(world), ERR_LATER);
	assert_int_equal(world->mono_ms, WORLD_MONO + 500);
	world_free(world);
}

/* ---- too large ---- */

/* Four chunks of three rows; the nation takes two rows at the most. */
static struct world_options
small_nation(void)
{
	struct world_options options = people();

	options.nation.most_bytes = 2 * sizeof("V0C01R1,OH,Ann\r");
	return options;
}

static void
a_chunk_that_is_too_large_is_sent_in_pieces_and_the_next_ones_split_before(void **state)
{
	struct world_options options = small_nation();
	struct world *world;

	(void)state;
	options.limits.uploads = options.limits.in_flight = 1;
	world = after_a_run(&options);
	assert_int_equal(world->memory.chunk_count, 4 + 4 * PLAN_PIECES);
	for (uint32_t number = 1; number <= 12; number++)
		assert_int_equal(people_chunk(world, number)->state,
		    number <= 4 ? CHUNK_SKIPPED : CHUNK_DONE);
	assert_int_equal(people_chunk(world, 1)->attempts, 1);
	assert_int_equal(people_chunk(world, 2)->attempts, 0);
	assert_int_equal(world->nation.post_total, 1 + 4 * PLAN_PIECES);
	assert_int_equal(world->memory.tallies[0].rows_succeeded, 12);
	assert_int_equal(world->memory.tallies[0].rows_planned, 12);
	world_free(world);
	play_everywhere(&options);
}

static void
a_row_that_is_too_large_by_itself_is_refused_and_the_rest_sent(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .status = 413), /* three rows */
		POST(5, 1, .status = 413), /* the first of them */
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 1)->state, CHUNK_SKIPPED);
	assert_int_equal(people_chunk(world, 5)->state, CHUNK_REFUSED);
	assert_int_equal(people_chunk(world, 6)->state, CHUNK_DONE);
	world_free(world);
	play_everywhere(&options);
}

/* The piece begins as its parent did, which the nation never took. */
static void
a_piece_whose_answer_was_lost_is_found_in_the_list(void **state)
{
	static const struct fate_line script[] = {
		POST(5, 1, .transport = TRANSPORT_BROKEN, .is_taken = true),
	};
	struct world_options options = small_nation();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = options.limits.in_flight = 1;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 5)->state, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 5)->notes, NOTE_FOUND_BY_PROBE);
	world_free(world);
	play_everywhere(&options);
}

static void
a_nation_to_which_everything_is_too_large_ends_the_run(void **state)
{
	struct world_options options = people();
	struct world *world;
	struct engine_end end;

	(void)state;
	options.nation.most_bytes = 1;
	options.sources[0].chunk_count = 24;
	options.limits.uploads = 1;
	world = world_new(&options);
	assert_int_equal(play_run(world, 0, &end), PLAY_ENDED);
	assert_int_equal(end.code, ERR_NONSENSE);
	assert_int_equal(world->nation.post_total, 32);
	world_free(world);
}

/* ---- ids ---- */

static void
an_id_that_could_not_be_committed_is_taken_up_by_the_next_run(void **state)
{
	struct world_options options = people();
	struct world *world;
	struct engine_end end;

	(void)state;
	options.full_disk_at = EVENT_SUBMIT_ACCEPTED;
	world = world_new(&options);
	assert_int_equal(play_run(world, 0, &end), PLAY_BROKEN);
	assert_int_equal(world->memory.rescued_count, 2); /* the answer of the other upload, too */
	assert_int_equal(run(world), ERR_NONE);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(events_of(world, 1, EVENT_ANSWER_LOST), 0);
	assert_int_equal(world->nation.post_total, 4);
	world_free(world);
	play_everywhere(&options);
}

static void
an_id_that_nothing_can_keep_is_told_with_the_command_that_gives_it_back(void **state)
{
	struct world_options options = people();
	struct world *world;
	struct engine_end end;

	(void)state;
	options.limits.uploads = options.limits.in_flight = 1;
	options.full_disk_at = EVENT_SUBMIT_ACCEPTED;
	world = world_new(&options);
	world->memory.takes_no_ids = true;
	assert_int_equal(play_run(world, 0, &end), PLAY_BROKEN);
	assert_string_equal(world->warning,
	    "people-1: the nation took it as import 622, which can be written down nowhere (the file "
	    "ids is full): note it, and settle the chunk with  "
	    "rollcall resolve jobs/nc.cfg people-1 --import 622 --reason TEXT");
	world_free(world);
}

/* One chunk after the other; the id that one is given, another has, and the disk is full when that is to be
 * written. */
static struct world *
full_at_a_conflict(struct world_options *options)
{
	struct world *world;
	struct engine_end end;

	options->limits.uploads = options->limits.in_flight = 1;
	options->full_disk_at = EVENT_ID_CONFLICT;
	world = world_new(options);
	assert_int_equal(play_run(world, 0, &end), PLAY_BROKEN);
	assert_int_equal(world->memory.rescued_count, 1);
	return world;
}

/* The commit that fails holds one of two chunks under one id, or both. */
static void
an_id_that_another_chunk_has_is_not_lost_with_the_commit_that_says_so(void **state)
{
	static const struct fate_line script[] = { POST(3, 1, .import = IMPORT_ID_OWNED) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = full_at_a_conflict(&options);
	assert_int_equal(run(world), ERR_NONE);
	assert_states(world, (enum chunk_state[]){ CHUNK_DONE, CHUNK_HELD, CHUNK_HELD, CHUNK_DONE });
	assert_int_equal(events_of(world, 3, EVENT_ANSWER_LOST), 0);
	world_free(world);
	play_everywhere(&options);
}

/* A retry gives up the import of a failed chunk: whoever was given that one too, is known before. */
static void
an_id_that_another_chunk_has_is_not_free_after_a_retry_of_that_one(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .import = IMPORT_DOOMED),
		POST(2, 1, .import = IMPORT_ID_OWNED),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = full_at_a_conflict(&options);
	assert_true(chunk_is_surely_absent(people_chunk(world, 1)));
	assert_true(again_chunks(world, 0));
	assert_int_equal(run(world), ERR_NONE);
	assert_states(world, (enum chunk_state[]){ CHUNK_HELD, CHUNK_HELD, CHUNK_DONE, CHUNK_DONE });
	world_free(world);
}

static void
an_id_that_another_chunk_has_puts_both_in_held(void **state)
{
	static const struct fate_line script[] = { POST(3, 1, .import = IMPORT_ID_OWNED) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.limits.uploads = options.limits.in_flight = 1;
	world = after_a_run(&options);
	assert_states(world, (enum chunk_state[]){ CHUNK_DONE, CHUNK_HELD, CHUNK_HELD, CHUNK_DONE });
	assert_int_equal(people_chunk(world, 3)->import_id, 0);
	assert_true(people_chunk(world, 2)->import_id != 0);
	world_free(world);
	play_everywhere(&options);
}

static void
an_id_that_is_no_number_leaves_a_doubt_that_the_list_settles(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, .import = IMPORT_ID_ODD) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	assert_int_equal(people_chunk(world, 2)->notes, NOTE_FOUND_BY_PROBE);
	world_free(world);
	play_everywhere(&options);
}

static void
a_new_id_that_is_not_known_yet_is_asked_for_again(void **state)
{
	struct world_options options = people();
	struct world *world;

	(void)state;
	options.nation.id_lag_ms = 10 * MINUTE;
	world = after_a_run(&options);
	assert_all(world, CHUNK_DONE);
	world_free(world);
	play_everywhere(&options);
}

static void
an_id_that_stays_unknown_fails_its_chunk_and_is_never_sent_again_by_itself(void **state)
{
	static const struct fate_line script[] = {
		{ .kind = REQUEST_STATUS, .chunk = 2, .fate = { .status = 404 } },
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_states(world,
	    (enum chunk_state[]){ CHUNK_DONE, CHUNK_FAILED, CHUNK_DONE, CHUNK_DONE });
	assert_string_equal(people_chunk(world, 2)->text, "id unknown");
	assert_int_equal(world->nation.post_total, 4);
	world_free(world);
	play_everywhere(&options);
}

static void
an_import_that_the_nation_gives_up_on_fails_its_chunk(void **state)
{
	static const struct fate_line script[] = { POST(2, 1, .import = IMPORT_DOOMED) };
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_FAILED);
	world_free(world);
	play_everywhere(&options);
}

static void
a_result_that_never_makes_sense_fails_its_chunk(void **state)
{
	static const struct fate_line script[] = {
		{ .kind = REQUEST_RESULT, .chunk = 2, .fate = { .import = IMPORT_COUNTS_ODD } },
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_FAILED);
	assert_string_equal(people_chunk(world, 2)->text, "no result");
	world_free(world);
	play_everywhere(&options);
}

/* ---- the laws can be broken, and it shows ---- */

/* A play of these options, cut anywhere, breaks a law that begins with `law`. */
static bool
is_noticed(const struct world_options *options, const char *law)
{
	bool is_found = false;

	for (uint64_t step = 0; step <= 200 && !is_found; step++) {
		struct world *world = world_new(options);
		const struct play_cuts cuts = { { step } };

		if (!play_out(world, &cuts))
			is_found = strncmp(world->violation, law, strlen(law)) == 0;
		world_free(world);
	}
	return is_found;
}

static struct world_options
buggy(enum planted_bug bug)
{
	static const struct fate_line script[] = {
		POST(2, 1, LOST_TAKEN),
		POST(3, 1, LOST_UNTAKEN),
	};
	struct world_options options = people();

	SCRIPT(options, script);
	options.bug = bug;
	return options;
}

static void
a_journal_that_forgets_at_a_kill_is_noticed(void **state)
{
	struct world_options options = buggy(BUG_FORGETS_AT_KILL);

	(void)state;
	assert_true(is_noticed(&options, "law 4"));
}

static void
a_post_that_is_sent_twice_is_noticed(void **state)
{
	struct world_options options = buggy(BUG_SENDS_TWICE);

	(void)state;
	assert_true(is_noticed(&options, "law 1"));
}

static void
a_nation_that_takes_a_post_after_hours_is_noticed(void **state)
{
	struct world_options options = buggy(BUG_LATE);

	(void)state;
	assert_true(is_noticed(&options, "law 1"));
}

static void
a_list_that_hides_only_what_is_in_doubt_is_noticed(void **state)
{
	struct world_options options = buggy(BUG_HIDES_ONE);

	(void)state;
	assert_true(is_noticed(&options, "law 1"));
}

static void
the_bytes_of_another_chunk_are_noticed(void **state)
{
	struct world_options options = buggy(BUG_WRONG_CHUNK);

	(void)state;
	assert_true(is_noticed(&options, "law 2") || is_noticed(&options, "law 1"));
}

static void
a_change_without_its_event_is_noticed(void **state)
{
	struct world_options options = buggy(BUG_DROPS_EVENT);

	(void)state;
	assert_true(is_noticed(&options, "law 5"));
}

static void
a_run_that_does_not_end_is_noticed(void **state)
{
	struct world_options options = buggy(BUG_DEAF_CLOCK);

	(void)state;
	assert_true(is_noticed(&options, "law 8"));
}

/* ---- handed in again ---- */

/* The last row of each chunk has a field too many. */
static struct world_options
people_with_bad_rows(void)
{
	struct world_options options = people();

	options.sources[0].bad_rows = 1;
	return options;
}

static size_t
retries(const struct world *world)
{
	size_t count = 0;

	for (size_t i = 0; i < world->memory.event_count; i++)
		count += world->memory.events[i].type == EVENT_RETRY_PLANNED;
	return count;
}

static void
assert_all_people(const struct world *world)
{
	const struct tally *tally = &world->memory.tallies[0];

	assert_all(world, CHUNK_DONE);
	assert_int_equal(model_people_count(world->nation.model), 12);
	assert_int_equal(tally->rows_planned, 12);
	assert_int_equal(tally->rows_succeeded, 12);
	assert_int_equal(tally_rejected(tally), 0);
}

/* The retry is cut off and given again, the run behind it killed at each of its steps. */
static void
play_retry(const struct world_options *options, enum memory_cut cut)
{
	const struct play_cuts none = { { 0 } };
	uint64_t steps = 0;

	for (uint64_t step = 0; step <= steps; step++) {
		struct world *world = after_a_run(options);
		struct engine_end end;

		assert_int_equal(again_rows(world, cut), cut == CUT_NOT);
		assert_true(again_rows(world, CUT_NOT));
		assert_int_equal(retries(world), 1);
		assert_int_not_equal(play_run(world, step, &end), PLAY_VIOLATED);
		if (step == 0)
			steps = world->step;
		if (!play_out(world, &none))
			fail_msg("killed at %u: %s", (unsigned)step, world->violation);
		assert_all_people(world);
		world_free(world);
	}
	assert_true(steps > 10);
}

static void
rows_that_were_corrected_are_in_the_nation_once_whenever_it_is_cut_off(void **state)
{
	struct world_options options = people_with_bad_rows();

	(void)state;
	play_retry(&options, CUT_NOT);
	play_retry(&options, CUT_BEFORE);
	play_retry(&options, CUT_AFTER);
}

static void
a_retry_on_the_real_store_survives_a_cut(void **state)
{
	struct world_options options = people_with_bad_rows();
	struct world *world;

	(void)state;
	options.has_store = true;
	for (int cut = CUT_NOT; cut <= CUT_AFTER; cut++) {
		world = after_a_run(&options);
		assert_int_equal(again_rows(world, (enum memory_cut)cut), cut == CUT_NOT);
		assert_true(again_rows(world, CUT_NOT));
		assert_int_equal(run(world), ERR_NONE);
		assert_all_people(world);
		world_free(world);
	}
}

static void
corrected_rows_whose_answer_was_lost_are_looked_for(void **state)
{
	static const struct fate_line script[] = {
		POST(5, 1, LOST_TAKEN),
		POST(6, 1, LOST_UNTAKEN),
	};
	struct world_options options = people_with_bad_rows();

	(void)state;
	SCRIPT(options, script);
	options.sources[0].chunk_count = 4;
	play_retry(&options, CUT_NOT);
}

static void
rows_that_are_rejected_again_are_handed_in_again(void **state)
{
	struct world_options options = people_with_bad_rows();
	struct world *world = after_a_run(&options);
	int tries = 0;

	(void)state;
	world->options.retry_permille = 1000;
	while (tally_rejected(&world->memory.tallies[0])) {
		assert_true(again_rows(world, CUT_NOT));
		assert_int_equal(run(world), ERR_NONE);
		tries++;
	}
	assert_true(tries > 1);
	assert_all_people(world);
	world_free(world);
	options.retry_permille = 1000;
	play_everywhere(&options);
}

/* An id that the full disk kept out of the store puts an import in doubt whose rows wait for correction. */
static void
rows_of_an_import_that_another_chunk_has_too_are_not_handed_in(void **state)
{
	static const struct fate_line script[] = { POST(3, 1, .import = IMPORT_ID_OWNED) };
	struct world_options options = people_with_bad_rows();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	world = full_at_a_conflict(&options);
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_DONE);
	assert_true(people_chunk(world, 2)->rows_failed > 0);
	assert_true(again_rows(world, CUT_NOT));
	assert_int_equal(people_chunk(world, 2)->state, CHUNK_HELD);
	assert_int_equal(people_chunk(world, 2)->rows_retried, 0);
	assert_true(people_chunk(world, 1)->rows_retried > 0);
	assert_int_equal(run(world), ERR_NONE);
	assert_int_equal(people_chunk(world, 3)->state, CHUNK_HELD);
	world_free(world);
}

/* Too many were rejected: only what was corrected goes out, and then the rest of the source. */
static void
a_source_that_was_stopped_goes_on_when_its_rows_were_corrected(void **state)
{
	struct world_options options = people_with_bad_rows();
	struct world *world;

	(void)state;
	options.limits.uploads = options.limits.in_flight = 1;
	options.sources[0].stops_early = true;
	options.sources[0].most_rejected = 1;
	world = after_a_run(&options);
	assert_int_equal(people_chunk(world, 3)->state, CHUNK_PLANNED);
	for (int i = 0; i < 2; i++) {
		assert_true(again_rows(world, CUT_NOT));
		assert_int_equal(run(world), ERR_NONE);
	}
	assert_all_people(world);
	world_free(world);
}

/* Refused, or unprocessable: the nation has nothing of it. Cancelled: it may have all of it. */
static void
only_what_the_nation_surely_does_not_hold_is_sent_again_whenever_it_is_killed(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .status = 422),
		POST(2, 1, .import = IMPORT_DOOMED),
		POST(3, 1, .import = IMPORT_DOOMED),
		POST(4, 1, .status = 400),
	};
	struct world_options options = people();
	size_t cancelled = 0, unprocessable = 0;

	(void)state;
	SCRIPT(options, script);
	for (uint64_t step = 0; step <= 6; step++) {
		struct world *world = after_a_run(&options);

		assert_int_equal(again_chunks(world, step), step == 0);
		assert_true(again_chunks(world, 0));
		assert_int_equal(run(world), ERR_NONE);
		for (uint32_t number = 1; number <= 4; number++) {
			const struct chunk *chunk = people_chunk(world, number);
			bool is_cancelled = strstr(chunk->text, "cancelled") != NULL;

			cancelled += is_cancelled;
			unprocessable += (chunk->notes & NOTE_CAME_TO_NOTHING) != 0;
			assert_int_equal(chunk->state, is_cancelled ? CHUNK_FAILED : CHUNK_DONE);
			assert_int_equal(chunk->attempts, is_cancelled ? 1 : 2);
		}
		world_free(world);
	}
	assert_true(cancelled && unprocessable);
}

/* Nobody owns its first import any more, and the list shows it before the second one. */
static void
the_import_that_came_to_nothing_is_not_taken_for_that_of_the_retry(void **state)
{
	static const struct fate_line script[] = {
		POST(1, 1, .import = IMPORT_DOOMED),
		POST(1, 2, .status = 504, .is_taken = true, .take_ms = 4 * MINUTE),
	};
	struct world_options options = people();
	struct world *world;

	(void)state;
	SCRIPT(options, script);
	options.nation.list_lag_ms = 4 * MINUTE;
	world = after_a_run(&options);
	assert_true(again_chunks(world, 0));
	assert_int_equal(run(world), ERR_NONE);
	assert_int_equal(people_chunk(world, 1)->state, CHUNK_HELD);
	assert_string_equal(people_chunk(world, 1)->text,
	    "the import found may be the one that failed before the chunk was retried");
	world_free(world);
	options.retry_permille = 500;
	play_everywhere(&options);
}

/* ---- a run folder that was copied ---- */

/* What the copy does before it goes on. */
enum copy_way { COPY_ADOPTS, COPY_ADOPTS_AFTER_A_KILL, COPY_GOES_ON_BLINDLY };

/* The first run is killed at `copy_at`, and the run folder is copied. The original goes on, killed at
 * `stop_at` (0: to its end) and never run again; then the copy goes on. False: a law was violated. */
static bool
play_copy(const struct world_options *options, uint64_t copy_at, uint64_t stop_at,
    enum copy_way way)
{
	struct world *world = world_new(options);
	const struct play_cuts none = { { 0 } };
	struct engine_end end;
	struct memory *copy;
	bool is_kept = true;

	is_kept = play_run(world, copy_at, &end) != PLAY_VIOLATED;
	copy = memory_copy(&world->memory);
	world_pass(world, 10 * SECOND);
	is_kept = is_kept && play_run(world, stop_at, &end) != PLAY_VIOLATED;
	world_pass(world, HOUR);
	if (way == COPY_GOES_ON_BLINDLY) {
		memory_restore(&world->memory, copy);
		law_restored(world);
	} else {
		play_adopt(world, copy, way == COPY_ADOPTS ? 0 : 1 + copy_at % 3);
	}
	is_kept = is_kept && play_out(world, &none);
	if (!is_kept && way != COPY_GOES_ON_BLINDLY)
		fail_msg("copied at %u, stopped at %u: %s", (unsigned)copy_at, (unsigned)stop_at,
		    world->violation);
	world_free(world);
	return is_kept;
}

static void
a_copied_load_that_is_adopted_sends_nothing_that_the_other_copy_sent(void **state)
{
	struct world_options options = people();
	uint64_t steps = play_whole(&options, 0, 0);

	(void)state;
	for (uint64_t step = 1; step <= steps; step++) {
		play_copy(&options, step, 0, COPY_ADOPTS);
		play_copy(&options, step, 1 + step * 7 % steps, COPY_ADOPTS);
		play_copy(&options, step, 1 + step * 5 % steps, COPY_ADOPTS_AFTER_A_KILL);
	}
}

static void
a_copied_load_of_two_sources_is_adopted_at_any_step(void **state)
{
	struct world_options options = people_and_ballots();
	uint64_t steps = play_whole(&options, 0, 0);

	(void)state;
	for (uint64_t step = 1; step <= steps; step++)
		play_copy(&options, step, step % 2 ? 0 : 1 + step * 7 % steps, COPY_ADOPTS);
}

/* The planted bug: without adoption the laws must notice. */
static void
a_copied_load_that_goes_on_as_if_it_were_alone_is_noticed(void **state)
{
	struct world_options options = people();
	uint64_t steps = play_whole(&options, 0, 0), noticed = 0;

	(void)state;
	for (uint64_t step = 1; step <= steps; step++)
		noticed += !play_copy(&options, step, 0, COPY_GOES_ON_BLINDLY);
	assert_true(noticed > steps / 4);
}

/* Copied when all but the last chunk was done: the list shows that the others are there, so the one that
 * nobody sent is sent, and not called sent again. */
static void
what_nobody_sent_is_sent_by_the_copy(void **state)
{
	struct world_options options = people();
	struct world *world;
	struct engine_end end;
	struct memory *copy;
	uint64_t steps = play_whole(&options, 0, 0), sent = 0;

	(void)state;
	for (uint64_t step = 1; step <= steps; step++) {
		world = world_new(&options);
		assert_int_not_equal(play_run(world, step, &end), PLAY_VIOLATED);
		copy = memory_copy(&world->memory);
		world_pass(world, HOUR);
		play_adopt(world, copy, 0);
		assert_int_equal(play_run(world, 0, &end), PLAY_ENDED);
		for (uint32_t number = 1; number <= 4; number++) {
			const struct chunk *chunk = people_chunk(world, number);

			sent += memory_count(&world->memory, chunk, EVENT_PROBE_CLEARED) &&
				chunk->state == CHUNK_DONE && chunk->notes == NOTE_ADOPTED;
		}
		world_free(world);
	}
	assert_true(sent > 0);
}

static void
a_copy_of_a_load_that_sent_nothing_has_no_witness_and_is_held(void **state)
{
	struct world_options options = people();
	struct world *world = world_new(&options);
	struct engine_end end;

	(void)state;
	play_adopt(world, memory_copy(&world->memory), 0);
	assert_int_equal(play_run(world, 0, &end), PLAY_ENDED);
	assert_all(world, CHUNK_HELD);
	world_free(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    rows_that_were_corrected_are_in_the_nation_once_whenever_it_is_cut_off),
		cmocka_unit_test(a_retry_on_the_real_store_survives_a_cut),
		cmocka_unit_test(corrected_rows_whose_answer_was_lost_are_looked_for),
		cmocka_unit_test(rows_that_are_rejected_again_are_handed_in_again),
		cmocka_unit_test(rows_of_an_import_that_another_chunk_has_too_are_not_handed_in),
		cmocka_unit_test(
		    a_source_that_was_stopped_goes_on_when_its_rows_were_corrected),
		cmocka_unit_test(the_import_that_came_to_nothing_is_not_taken_for_that_of_the_retry),
		cmocka_unit_test(
		    only_what_the_nation_surely_does_not_hold_is_sent_again_whenever_it_is_killed),
		cmocka_unit_test(
		    a_copied_load_that_is_adopted_sends_nothing_that_the_other_copy_sent),
		cmocka_unit_test(a_copied_load_of_two_sources_is_adopted_at_any_step),
		cmocka_unit_test(a_copied_load_that_goes_on_as_if_it_were_alone_is_noticed),
		cmocka_unit_test(what_nobody_sent_is_sent_by_the_copy),
		cmocka_unit_test(a_copy_of_a_load_that_sent_nothing_has_no_witness_and_is_held),
		cmocka_unit_test(a_load_without_trouble_is_done_with_one_post_a_chunk),
		cmocka_unit_test(a_load_killed_at_any_step_finishes_by_itself_when_it_is_run_again),
		cmocka_unit_test(ballots_are_not_sent_before_every_chunk_of_people_is_done),
		cmocka_unit_test(a_chunk_of_which_every_row_is_left_out_is_done_without_a_post),
		cmocka_unit_test(a_lost_answer_to_a_chunk_that_was_taken_is_found_by_the_probe),
		cmocka_unit_test(
		    a_lost_answer_to_a_chunk_that_was_not_taken_is_sent_again_after_two_looks),
		cmocka_unit_test(the_first_chunk_of_a_load_waits_for_a_witness),
		cmocka_unit_test(doubts_at_the_very_beginning_are_witnesses_of_one_another),
		cmocka_unit_test(
		    a_chunk_that_was_taken_after_the_first_look_is_found_by_the_second),
		cmocka_unit_test(two_chunks_in_doubt_at_once_are_told_apart),
		cmocka_unit_test(
		    chunks_that_begin_with_the_same_rows_are_told_apart_by_the_rows_behind),
		cmocka_unit_test(
		    chunks_that_the_list_shows_alike_are_held_until_a_person_tells_them_apart),
		cmocka_unit_test(other_peoples_imports_at_the_same_moment_are_not_taken_for_ours),
		cmocka_unit_test(
		    anothers_import_that_the_list_shows_like_ours_leaves_the_doubt_to_a_person),
		cmocka_unit_test(an_import_that_v1_does_not_know_is_not_taken_for_ours),
		cmocka_unit_test(
		    a_list_with_the_oldest_first_shows_what_is_there_on_pages_of_any_size),
		cmocka_unit_test(a_list_that_changes_while_it_is_read_is_read_all_over),
		cmocka_unit_test(
		    nothing_is_looked_for_while_a_post_is_unanswered_that_the_list_may_show),
		cmocka_unit_test(nothing_is_sent_while_the_list_is_read),
		cmocka_unit_test(an_import_that_was_left_behind_is_not_taken_for_another_chunks),
		cmocka_unit_test(a_wall_clock_that_jumps_by_hours_changes_nothing),
		cmocka_unit_test(a_wall_clock_set_by_years_between_two_runs_parks_nothing),
		cmocka_unit_test(an_import_sent_before_the_nations_clock_was_known_is_missed_whatever_our_clock_says),
		cmocka_unit_test(a_process_that_stands_still_for_hours_goes_on_where_it_was),
		cmocka_unit_test(a_load_on_the_real_store_survives_a_kill_at_any_step),
		cmocka_unit_test(a_second_runner_is_refused_while_the_first_stands_still),
		cmocka_unit_test(a_list_that_is_forbidden_leaves_a_doubt_to_a_person),
		cmocka_unit_test(a_list_that_is_missing_leaves_a_doubt_to_a_person),
		cmocka_unit_test(a_person_cannot_give_a_chunk_the_import_of_another),
		cmocka_unit_test(hold_asks_nobody_and_waits_for_a_person),
		cmocka_unit_test(resubmit_sends_again_what_no_list_shows_and_says_so),
		cmocka_unit_test(resubmit_does_not_send_again_what_the_list_shows),
		cmocka_unit_test(resubmit_holds_what_has_no_attempt_left),
		cmocka_unit_test(a_source_behind_a_held_chunk_waits_and_the_run_ends),
		cmocka_unit_test(the_last_chunk_of_a_slow_load_has_no_witness_and_is_held),
		cmocka_unit_test(a_list_that_shows_none_of_our_imports_proves_nothing),
		cmocka_unit_test(without_a_date_in_its_answers_the_nations_list_proves_nothing),
		cmocka_unit_test(
		    a_list_whose_times_run_behind_the_nations_clock_proves_nothing),
		cmocka_unit_test(a_list_that_never_stands_still_proves_nothing),
		cmocka_unit_test(
		    an_import_that_a_person_gave_away_during_the_look_is_not_given_twice),
		cmocka_unit_test(a_persons_word_during_a_look_ends_it),
		cmocka_unit_test(a_persons_word_about_a_chunk_that_is_done_is_refused),
		cmocka_unit_test(after_three_doubts_nothing_is_sent_until_they_are_settled),
		cmocka_unit_test(three_doubts_that_are_held_end_the_run_with_the_rest_planned),
		cmocka_unit_test(
		    a_chunk_that_never_arrives_as_a_whole_is_given_up_and_was_never_taken),
		cmocka_unit_test(
		    a_nation_that_cannot_be_reached_is_given_up_after_half_a_day_with_69),
		cmocka_unit_test(
		    an_import_past_poll_deadline_stays_submitted_and_is_polled_by_the_next_run),
		cmocka_unit_test(more_rejected_rows_than_allowed_stop_the_source_in_the_middle),
		cmocka_unit_test(a_429_is_waited_for_and_uses_up_no_attempt),
		cmocka_unit_test(a_pause_that_the_nation_asked_for_outlives_a_kill),
		cmocka_unit_test(
		    a_token_that_is_refused_stops_with_77_and_keeps_everything_planned),
		cmocka_unit_test(a_token_that_the_list_refuses_stops_before_the_first_post),
		cmocka_unit_test(a_captive_portal_stops_with_76_and_leaves_a_doubt),
		cmocka_unit_test(three_422_in_a_row_stop_with_76),
		cmocka_unit_test(
		    a_source_that_changed_stops_with_66_and_what_is_under_way_is_heard_out),
		cmocka_unit_test(
		    a_source_that_cannot_be_opened_stops_with_66_before_an_attempt_is_begun),
		cmocka_unit_test(stop_finishes_the_requests_under_way_and_ends_with_75),
		cmocka_unit_test(stop_cuts_after_ten_seconds_what_does_not_finish),
		cmocka_unit_test(stop_now_cuts_at_once),
		cmocka_unit_test(
		    a_chunk_that_is_too_large_is_sent_in_pieces_and_the_next_ones_split_before),
		cmocka_unit_test(a_row_that_is_too_large_by_itself_is_refused_and_the_rest_sent),
		cmocka_unit_test(a_piece_whose_answer_was_lost_is_found_in_the_list),
		cmocka_unit_test(a_nation_to_which_everything_is_too_large_ends_the_run),
		cmocka_unit_test(an_id_that_could_not_be_committed_is_taken_up_by_the_next_run),
		cmocka_unit_test(an_id_that_nothing_can_keep_is_told_with_the_command_that_gives_it_back),
		cmocka_unit_test(an_id_that_another_chunk_has_is_not_lost_with_the_commit_that_says_so),
		cmocka_unit_test(an_id_that_another_chunk_has_is_not_free_after_a_retry_of_that_one),
		cmocka_unit_test(an_id_that_another_chunk_has_puts_both_in_held),
		cmocka_unit_test(an_id_that_is_no_number_leaves_a_doubt_that_the_list_settles),
		cmocka_unit_test(a_new_id_that_is_not_known_yet_is_asked_for_again),
		cmocka_unit_test(
		    an_id_that_stays_unknown_fails_its_chunk_and_is_never_sent_again_by_itself),
		cmocka_unit_test(an_import_that_the_nation_gives_up_on_fails_its_chunk),
		cmocka_unit_test(a_result_that_never_makes_sense_fails_its_chunk),
		cmocka_unit_test(a_journal_that_forgets_at_a_kill_is_noticed),
		cmocka_unit_test(a_post_that_is_sent_twice_is_noticed),
		cmocka_unit_test(a_nation_that_takes_a_post_after_hours_is_noticed),
		cmocka_unit_test(a_list_that_hides_only_what_is_in_doubt_is_noticed),
		cmocka_unit_test(the_bytes_of_another_chunk_are_noticed),
		cmocka_unit_test(a_change_without_its_event_is_noticed),
		cmocka_unit_test(a_run_that_does_not_end_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
