/* journal_suite.h - what every journal keeps to, the real one and the simulated one: one suite
 * against struct journal_port.
 *
 * A program includes it, defines `journal_bench`, and runs JOURNAL_SUITE among its tests:
 *
 *     static const struct journal_bench journal_bench = { ... };
 *     const struct CMUnitTest tests[] = { JOURNAL_SUITE };
 *
 * or, if it has no others, the table journal_suite. */
#ifndef TESTS_CONFORM_JOURNAL_SUITE_H
#define TESTS_CONFORM_JOURNAL_SUITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "runner/ports.h"
#include "tests/conform/append.h"

struct journal_bench {
	/* A journal of a new load with this plan, in which nothing happened. */
	void *(*create)(const struct plan_chunk *chunks, size_t count, size_t source_count);
	struct journal_port (*port)(void *journal);
	/* As after kill -9 and a new start; what the port lent before is void. */
	void (*reopen)(void *journal);
	void (*destroy)(void *journal);
};

static const struct journal_bench journal_bench;

enum { JOURNAL_SUITE_SOURCES = 2, JOURNAL_SUITE_PEOPLE = 3, JOURNAL_SUITE_BALLOTS = 2 };

static struct plan_chunk
journal_suite_plan(uint32_t source, uint32_t number)
{
	struct plan_chunk plan = {
		.source = source,
		.number = number,
		.input = number / 2,
		.first_byte = 100 * (uint64_t)number,
		.end_byte = 100 * (uint64_t)number + 100,
		.first_row = 10 * (uint64_t)number,
		.first_line = 11 * (uint64_t)number,
		.rows = 10,
		.rows_left_out = 3,
		.csv_bytes = 120,
	};

	memset(plan.digest, (int)number & 0x7F, sizeof(plan.digest));
	return plan;
}

/* Three chunks of people, the last without a row to send, two of ballots. */
static int
journal_suite_setup(void **state)
{
	struct plan_chunk plan[JOURNAL_SUITE_PEOPLE + JOURNAL_SUITE_BALLOTS];
	size_t count = 0;

	for (uint32_t i = 1; i <= JOURNAL_SUITE_PEOPLE; i++)
		plan[count++] = journal_suite_plan(0, i);
	plan[count - 1].rows_left_out = plan[count - 1].rows;
	for (uint32_t i = 1; i <= JOURNAL_SUITE_BALLOTS; i++)
		plan[count++] = journal_suite_plan(1, i);
	*state = journal_bench.create(plan, count, JOURNAL_SUITE_SOURCES);
	return *state ? 0 : -1;
}

static int
journal_suite_teardown(void **state)
{
	journal_bench.destroy(*state);
	return 0;
}

#define JOURNAL_SUITE_OK(call)                                                                     \
	do {                                                                                       \
		struct err suite_err = ERR_INIT, *err = &suite_err;                                \
		if (call)                                                                          \
			fail_msg("%s: %s", #call, suite_err.text);                                 \
	} while (0)

static struct chunk
journal_suite_read(struct journal_port port, uint32_t source, uint32_t number)
{
	struct chunk chunk;

	memset(&chunk, 0xEE, sizeof(chunk));
	JOURNAL_SUITE_OK(port.read_chunk(port.ctx, source, number, &chunk, err));
	return chunk;
}

/* A chunk with something in every member. */
static struct chunk
journal_suite_whole_chunk(void)
{
	struct chunk chunk = {
		.source = 0,
		.number = 2,
		.state = CHUNK_HELD,
		.attempts = 4,
		.attempts_used = 3,
		.looks_failed = 2,
		.absences = 1,
		.word = WORD_WORKING,
		.import_id = LIMIT_IMPORT_ID,
		.due_ms = INT64_C(1795299256000),
		.started_ms = INT64_C(1795299250000),
		.submitted_ms = INT64_C(1795299251000),
		.finished_ms = INT64_C(1795299252000),
		.has_counts = 1,
		.rows_succeeded = 5,
		.rows_updated = 1,
		.rows_failed = 1,
		.notes = NOTE_SETTLED | NOTE_RESUBMITTED,
		.sha256 = { .is_known = true, .bytes = { 0, 1, 2, 3 } },
		.http_status = 504,
		.handed_bytes = UINT64_C(5000000000),
		.bytes_sent = UINT64_C(20000000000),
		.request_id = "b1946ac9-2492-d234-7c62-35b4d2611184",
		.text = "the nation answered 504",
		.settled_by = "nina",
		.settled_why = "seen in the nation's control panel",
	};

	return chunk;
}

static void
journal_suite_append(struct journal_port port, struct event *events, size_t event_count,
    const struct chunk *chunks, size_t chunk_count)
{
	struct tally tallies[JOURNAL_SUITE_SOURCES] = { { .attempts = 1 } };

	JOURNAL_SUITE_OK(append_turn(&port, events, event_count, chunks, chunk_count, tallies,
	    JOURNAL_SUITE_SOURCES, err));
}

/* ---- the tests */

static void
an_untouched_chunk_reads_as_planned(void **state)
{
	struct chunk chunk = journal_suite_read(journal_bench.port(*state), 1, 2);
	const struct chunk planned = { .source = 1, .number = 2, .state = CHUNK_PLANNED };

#define X(kind, member, tag)                                                                       \
	assert_memory_equal(&chunk.member, &planned.member, sizeof(chunk.member));
	CHUNK_FIELDS(X)
#undef X
	assert_int_equal(chunk.source, 1);
	assert_int_equal(chunk.number, 2);
}

static void
an_untouched_chunk_without_a_row_to_send_reads_as_done(void **state)
{
	struct chunk chunk = journal_suite_read(journal_bench.port(*state), 0, 3);

	assert_int_equal(chunk.state, CHUNK_DONE);
	assert_int_equal(chunk.attempts, 0);
}

static void
the_plan_reads_as_it_was_made(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	struct plan_chunk made = journal_suite_plan(1, 2);
	struct plan_chunk plan;

	memset(&plan, 0, sizeof(plan));
	JOURNAL_SUITE_OK(port.read_plan(port.ctx, 1, 2, &plan, err));
	assert_int_equal(plan.source, made.source);
	assert_int_equal(plan.number, made.number);
	assert_int_equal(plan.input, made.input);
	assert_int_equal(plan.first_byte, made.first_byte);
	assert_int_equal(plan.end_byte, made.end_byte);
	assert_int_equal(plan.first_row, made.first_row);
	assert_int_equal(plan.first_line, made.first_line);
	assert_int_equal(plan.rows, made.rows);
	assert_int_equal(plan.rows_left_out, made.rows_left_out);
	assert_int_equal(plan.csv_bytes, made.csv_bytes);
	assert_memory_equal(plan.digest, made.digest, sizeof(plan.digest));
}

static void
a_chunk_that_is_not_planned_cannot_be_read(void **state)
{
	static const uint32_t names[][2] = { { 0, 0 }, { 0, 4 }, { 1, 3 }, { 2, 1 },
		{ UINT32_MAX, UINT32_MAX } };
	struct journal_port port = journal_bench.port(*state);

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		struct err err = ERR_INIT;
		struct plan_chunk plan;
		struct chunk chunk;

		assert_int_equal(
		    port.read_chunk(port.ctx, names[i][0], names[i][1], &chunk, &err), -1);
		assert_int_not_equal(err.kind, ERR_NONE);
		assert_int_equal(
		    port.read_plan(port.ctx, names[i][0], names[i][1], &plan, &err), -1);
	}
}

static void
events_are_numbered_from_one_in_their_order(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	struct event events[3] = { { .type = EVENT_RUN_STARTED }, { .type = EVENT_RUN_ENDED },
		{ .type = EVENT_RUN_STARTED } };

	journal_suite_append(port, events, 2, NULL, 0);
	assert_int_equal(events[0].seq, 1);
	assert_int_equal(events[1].seq, 2);
	journal_suite_append(port, events + 2, 1, NULL, 0);
	assert_int_equal(events[2].seq, 3);
}

static void
numbers_of_events_go_on_after_a_new_start(void **state)
{
	struct event event = { .type = EVENT_RUN_STARTED };

	journal_suite_append(journal_bench.port(*state), &event, 1, NULL, 0);
	journal_bench.reopen(*state);
	journal_suite_append(journal_bench.port(*state), &event, 1, NULL, 0);
	assert_int_equal(event.seq, 2);
}

static void
a_chunk_reads_as_it_was_appended_in_every_member(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	struct chunk whole = journal_suite_whole_chunk();
	struct event event = { .type = EVENT_DOUBT_HELD, .source = 0, .chunk = 2 };
	struct chunk chunk;

	journal_suite_append(port, &event, 1, &whole, 1);
	chunk = journal_suite_read(port, 0, 2);
#define X(kind, member, tag)                                                                       \
	assert_memory_equal(&chunk.member, &whole.member, sizeof(whole.member));
	CHUNK_FIELDS(X)
#undef X
	assert_int_equal(chunk.source, 0);
	assert_int_equal(chunk.number, 2);
}

/* A split of people-1 after the last chunk of people, in one append. */
static void
journal_suite_split(struct journal_port port)
{
	const struct chunk chunks[] = {
		{ .source = 0, .number = 1, .state = CHUNK_SKIPPED, .notes = NOTE_SPLIT,
		  .first_piece = 4, .pieces = 2 },
		{ .source = 0, .number = 4 },
		{ .source = 0, .number = 5 },
	};
	struct event events[] = {
		{ .type = EVENT_CHUNK_SPLIT, .chunk = 1, .first_piece = 4, .pieces = 2 },
		{ .type = EVENT_CHUNK_ADDED, .chunk = 4, .parent = 1 },
		{ .type = EVENT_CHUNK_ADDED, .chunk = 5, .parent = 1 },
	};
	struct plan_chunk pieces[] = { journal_suite_plan(0, 4), journal_suite_plan(0, 5) };
	struct tally tallies[JOURNAL_SUITE_SOURCES];

	memset(tallies, 0, sizeof(tallies));
	pieces[0].parent = pieces[1].parent = 1;
	JOURNAL_SUITE_OK(port.append(port.ctx,
	    &(struct journal_turn){ events, 3, chunks, 3, pieces, 2, tallies,
		JOURNAL_SUITE_SOURCES },
	    err));
}

static int
journal_suite_count(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
    struct err *err)
{
	(void)plan;
	(void)chunk;
	(void)err;
	++*(size_t *)visitor;
	return 0;
}

static void
a_plan_that_was_extended_survives_a_new_start(void **state)
{
	struct plan_chunk expected = journal_suite_plan(0, 5);
	struct journal_port port;
	struct plan_chunk plan;
	size_t count = 0;

	journal_suite_split(journal_bench.port(*state));
	journal_bench.reopen(*state);
	port = journal_bench.port(*state);
	JOURNAL_SUITE_OK(port.read_plan(port.ctx, 0, 5, &plan, err));
	assert_int_equal(plan.parent, 1);
	assert_int_equal(plan.first_byte, expected.first_byte);
	assert_memory_equal(plan.digest, expected.digest, sizeof(plan.digest));
	assert_int_equal(journal_suite_read(port, 0, 5).state, CHUNK_PLANNED);
	assert_int_equal(journal_suite_read(port, 0, 1).first_piece, 4);
	JOURNAL_SUITE_OK(port.each_chunk(port.ctx, journal_suite_count, &count, err));
	assert_int_equal(count, JOURNAL_SUITE_PEOPLE + JOURNAL_SUITE_BALLOTS + 2);
}

static void
what_was_appended_survives_a_new_start(void **state)
{
	struct chunk whole = journal_suite_whole_chunk();
	struct event event = { .type = EVENT_DOUBT_HELD, .source = 0, .chunk = 2 };
	struct chunk chunk;

	journal_suite_append(journal_bench.port(*state), &event, 1, &whole, 1);
	journal_bench.reopen(*state);
	chunk = journal_suite_read(journal_bench.port(*state), 0, 2);
	assert_int_equal(chunk.state, CHUNK_HELD);
	assert_string_equal(chunk.settled_by, "nina");
}

static void
the_last_append_of_a_chunk_counts(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	struct chunk chunk = journal_suite_whole_chunk();
	struct event event = { .type = EVENT_DOUBT_HELD, .source = 0, .chunk = 2 };

	journal_suite_append(port, &event, 1, &chunk, 1);
	chunk = (struct chunk){ .source = 0, .number = 2, .state = CHUNK_SKIPPED };
	journal_suite_append(port, &event, 1, &chunk, 1);
	chunk = journal_suite_read(port, 0, 2);
	assert_int_equal(chunk.state, CHUNK_SKIPPED);
	assert_int_equal(chunk.import_id, 0);
	assert_string_equal(chunk.settled_by, "");
}

static void
several_chunks_change_in_one_append(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	const struct chunk chunks[] = {
		{ .source = 1, .number = 1, .state = CHUNK_SUBMITTING, .attempts = 1 },
		{ .source = 0, .number = 1, .state = CHUNK_SUBMITTED, .import_id = 9 },
	};
	struct event events[] = {
		{ .type = EVENT_SUBMIT_STARTED, .source = 1, .chunk = 1 },
		{ .type = EVENT_SUBMIT_ACCEPTED, .source = 0, .chunk = 1, .import_id = 9 },
	};

	journal_suite_append(port, events, 2, chunks, 2);
	assert_int_equal(journal_suite_read(port, 1, 1).state, CHUNK_SUBMITTING);
	assert_int_equal(journal_suite_read(port, 0, 1).import_id, 9);
	assert_int_equal(journal_suite_read(port, 0, 2).state, CHUNK_PLANNED);
}

struct journal_suite_walk {
	struct journal_port port;
	size_t count;
	size_t stop_at; /* 0: never */
	uint32_t last_source;
	uint32_t last_number;
	bool is_in_order;
	size_t held;
};

static int
journal_suite_visit(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
    struct err *err)
{
	struct journal_suite_walk *walk = visitor;
	struct chunk again = journal_suite_read(walk->port, plan->source, plan->number);

	assert_int_equal(chunk->source, plan->source);
	assert_int_equal(chunk->number, plan->number);
	assert_int_equal(chunk->state, again.state);
	if (walk->count && (plan->source < walk->last_source ||
			       (plan->source == walk->last_source &&
				   plan->number != walk->last_number + 1)))
		walk->is_in_order = false;
	walk->last_source = plan->source;
	walk->last_number = plan->number;
	walk->held += chunk->state == CHUNK_HELD;
	if (++walk->count == walk->stop_at)
		return err_set(err, ERR_BUG, "the visitor has seen enough");
	return 0;
}

static void
all_chunks_are_visited_in_order_with_their_states(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	struct journal_suite_walk walk = { .port = port, .is_in_order = true };
	struct chunk whole = journal_suite_whole_chunk();
	struct event event = { .type = EVENT_DOUBT_HELD, .source = 0, .chunk = 2 };

	journal_suite_append(port, &event, 1, &whole, 1);
	JOURNAL_SUITE_OK(port.each_chunk(port.ctx, journal_suite_visit, &walk, err));
	assert_int_equal(walk.count, JOURNAL_SUITE_PEOPLE + JOURNAL_SUITE_BALLOTS);
	assert_int_equal(walk.held, 1);
	assert_true(walk.is_in_order);
}

static void
a_visitor_that_fails_ends_the_walk_with_its_error(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	struct journal_suite_walk walk = { .port = port, .stop_at = 2, .is_in_order = true };
	struct err err = ERR_INIT;

	assert_int_equal(port.each_chunk(port.ctx, journal_suite_visit, &walk, &err), -1);
	assert_int_equal(walk.count, 2);
	assert_string_equal(err.text, "the visitor has seen enough");
}

static void
a_plan_of_any_size_is_walked_to_its_end(void **state)
{
	static const size_t sizes[] = { 1, 255, 256, 257, 512, 513, 1000 };
	static struct plan_chunk plan[1000];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(plan); i++)
		plan[i] = journal_suite_plan(0, i + 1);
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		void *journal = journal_bench.create(plan, sizes[i], 1);
		struct journal_port port = journal_bench.port(journal);
		struct journal_suite_walk walk = { .port = port, .is_in_order = true };

		JOURNAL_SUITE_OK(port.each_chunk(port.ctx, journal_suite_visit, &walk, err));
		assert_int_equal(walk.count, sizes[i]);
		assert_true(walk.is_in_order);
		journal_bench.destroy(journal);
	}
}

struct journal_suite_rescued {
	struct event events[2];
	size_t count, fails_at; /* 0: never */
};

static int
journal_suite_take_rescued(void *visitor, const struct event *rescued, struct err *err)
{
	struct journal_suite_rescued *taken = visitor;

	assert_true(taken->count < 2);
	taken->events[taken->count++] = *rescued;
	return taken->count == taken->fails_at ? err_set(err, ERR_IO, "enough") : 0;
}

static void
ids_that_were_rescued_are_visited_in_their_order(void **state)
{
	struct journal_port port = journal_bench.port(*state);
	struct journal_suite_rescued taken = { .count = 0 };
	struct err why = ERR_INIT;

	JOURNAL_SUITE_OK(port.rescue_id(port.ctx, 0, 2, 1, 4711, err));
	JOURNAL_SUITE_OK(port.rescue_id(port.ctx, 1, 1, 2, LIMIT_IMPORT_ID, err));
	JOURNAL_SUITE_OK(port.each_rescued(port.ctx, journal_suite_take_rescued, &taken, err));
	assert_int_equal(taken.count, 2);
	assert_int_equal(taken.events[0].type, EVENT_SUBMIT_ACCEPTED);
	assert_int_equal(taken.events[0].chunk, 2);
	assert_int_equal(taken.events[0].attempt, 1);
	assert_int_equal(taken.events[0].import_id, 4711);
	assert_int_equal(taken.events[1].source, 1);
	assert_true(taken.events[1].import_id == LIMIT_IMPORT_ID);
	taken.fails_at = 1;
	taken.count = 0;
	assert_int_equal(port.each_rescued(port.ctx, journal_suite_take_rescued, &taken, &why), -1);
	assert_int_equal(taken.count, 1);
}

#define JOURNAL_SUITE_TEST(name)                                                                   \
	cmocka_unit_test_setup_teardown(name, journal_suite_setup, journal_suite_teardown)

#define JOURNAL_SUITE                                                                              \
	JOURNAL_SUITE_TEST(an_untouched_chunk_reads_as_planned),                                   \
	    JOURNAL_SUITE_TEST(an_untouched_chunk_without_a_row_to_send_reads_as_done),            \
	    JOURNAL_SUITE_TEST(the_plan_reads_as_it_was_made),                                     \
	    JOURNAL_SUITE_TEST(a_chunk_that_is_not_planned_cannot_be_read),                        \
	    JOURNAL_SUITE_TEST(events_are_numbered_from_one_in_their_order),                       \
	    JOURNAL_SUITE_TEST(numbers_of_events_go_on_after_a_new_start),                         \
	    JOURNAL_SUITE_TEST(a_chunk_reads_as_it_was_appended_in_every_member),                  \
	    JOURNAL_SUITE_TEST(what_was_appended_survives_a_new_start),                            \
	    JOURNAL_SUITE_TEST(a_plan_that_was_extended_survives_a_new_start),                     \
	    JOURNAL_SUITE_TEST(the_last_append_of_a_chunk_counts),                                 \
	    JOURNAL_SUITE_TEST(several_chunks_change_in_one_append),                               \
	    JOURNAL_SUITE_TEST(all_chunks_are_visited_in_order_with_their_states),                 \
	    JOURNAL_SUITE_TEST(a_visitor_that_fails_ends_the_walk_with_its_error),                 \
	    JOURNAL_SUITE_TEST(a_plan_of_any_size_is_walked_to_its_end),                           \
	    JOURNAL_SUITE_TEST(ids_that_were_rescued_are_visited_in_their_order)

__attribute__((unused)) static const struct CMUnitTest journal_suite[] = { JOURNAL_SUITE };

#endif
