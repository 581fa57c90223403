#include "platform.h"

#include "tests/unit/core_test.h"

static struct chunk
done_with(uint64_t succeeded, uint64_t updated, uint64_t failed)
{
	return (struct chunk){
		.number = 1,
		.state = CHUNK_DONE,
		.import_id = 7,
		.attempts = 1,
		.has_counts = 1,
		.rows_succeeded = succeeded,
		.rows_updated = updated,
		.rows_failed = failed,
		.bytes_sent = 6000,
	};
}

static struct tally
tally_of(const struct chunk *chunk, const struct plan_chunk *plan)
{
	struct tally tally = { 0 };

	tally_add(&tally, chunk, plan);
	return tally;
}

static void
a_chunk_adds_its_rows_by_plan_and_by_the_nations_counts(void **state)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct chunk chunk = done_with(60, 20, 30);
	struct tally tally;

	(void)state;
	plan.rows_left_out = 10;
	tally = tally_of(&chunk, &plan);
	assert_int_equal(tally.chunks[CHUNK_DONE], 1);
	assert_int_equal(tally.rows_in_file, 100);
	assert_int_equal(tally.rows_left_out, 10);
	assert_int_equal(tally.rows_planned, 90);
	assert_int_equal(tally.rows_sent, 90);
	assert_int_equal(tally.rows_succeeded, 60);
	assert_int_equal(tally.rows_updated, 20);
	assert_int_equal(tally.rows_failed, 30);
	assert_int_equal(tally.attempts, 1);
	assert_int_equal(tally.retries, 0);
	assert_int_equal(tally.bytes_sent, 6000);
}

static void
the_rows_of_a_split_chunk_are_those_of_its_pieces(void **state)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct chunk chunk = { .state = CHUNK_SKIPPED, .notes = NOTE_SPLIT, .attempts = 1 };
	struct tally tally;

	(void)state;
	plan.rows_left_out = 10;
	tally = tally_of(&chunk, &plan);
	assert_int_equal(tally.chunks[CHUNK_SKIPPED], 1);
	assert_int_equal(tally.chunks_split, 1);
	assert_int_equal(tally.rows_in_file, 0);
	assert_int_equal(tally.rows_left_out, 0);
	assert_int_equal(tally.rows_planned, 0);
	assert_int_equal(tally.rows_sent, 0);
	assert_int_equal(tally.attempts, 1);
	assert_int_equal(tally_unaccounted(&chunk, &plan, EQUATION_UNKNOWN), 0);
}

static void
rows_count_as_sent_only_with_an_import_id(void **state)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct chunk chunk = { .state = CHUNK_IN_DOUBT, .attempts = 3 };
	struct tally tally = tally_of(&chunk, &plan);

	(void)state;
	assert_int_equal(tally.rows_sent, 0);
	assert_int_equal(tally.rows_planned, 100);
	assert_int_equal(tally.retries, 2);
}

static void
what_was_added_can_be_taken_off_again_to_nothing(void **state)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct chunk before = { .state = CHUNK_SUBMITTING, .attempts = 1 };
	struct chunk after = done_with(70, 0, 30);
	struct tally tally = { 0 };
	const struct tally nothing = { 0 };
	struct tally wanted = tally_of(&after, &plan);

	(void)state;
	tally_add(&tally, &before, &plan);
	tally_remove(&tally, &before, &plan);
	assert_memory_equal(&tally, &nothing, sizeof(tally));
	tally_add(&tally, &before, &plan);
	tally_add(&tally, &after, &plan);
	tally_remove(&tally, &before, &plan);
	assert_memory_equal(&tally, &wanted, sizeof(tally));
}

static void
the_sum_of_two_sources_is_member_by_member(void **state)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct chunk chunk = done_with(70, 0, 30);
	struct tally part = tally_of(&chunk, &plan);
	struct tally total = part;

	(void)state;
	tally_sum(&total, &part);
#define X(kind, member, tag) assert_int_equal(total.member, 2 * part.member);
	TALLY_FIELDS(X)
#undef X
}

/* ---- the two equations ---- */

static enum equation
equation_of(struct chunk chunk)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct tally tally = tally_of(&chunk, &plan);

	return tally_equation(&tally);
}

static void
counts_that_fit_only_one_equation_are_a_vote_for_it(void **state)
{
	(void)state;
	assert_int_equal(equation_of(done_with(70, 20, 30)), EQUATION_JOINT);
	assert_int_equal(equation_of(done_with(50, 20, 30)), EQUATION_SEPARATE);
}

static void
counts_that_fit_both_or_none_are_no_vote(void **state)
{
	struct chunk uncounted = { .state = CHUNK_DONE, .rows_updated = 5 };
	struct chunk working = done_with(70, 20, 30);

	(void)state;
	working.state = CHUNK_FINISHED;
	assert_int_equal(equation_of(done_with(70, 0, 30)), EQUATION_UNKNOWN);
	assert_int_equal(equation_of(done_with(10, 20, 30)), EQUATION_UNKNOWN);
	assert_int_equal(equation_of(uncounted), EQUATION_UNKNOWN);
	assert_int_equal(equation_of(working), EQUATION_UNKNOWN);
}

static void
the_equation_with_more_votes_is_the_nations_and_joint_wins_a_tie(void **state)
{
	struct tally tally = { .votes_joint = 2, .votes_separate = 3 };

	(void)state;
	assert_int_equal(tally_equation(&tally), EQUATION_SEPARATE);
	tally.votes_joint = 3;
	assert_int_equal(tally_equation(&tally), EQUATION_JOINT);
	tally.votes_separate = 0;
	assert_int_equal(tally_equation(&tally), EQUATION_JOINT);
}

static void
rows_that_the_counts_do_not_explain_are_unaccounted_by_the_nations_equation(void **state)
{
	static const struct {
		uint64_t succeeded, updated, failed;
		uint64_t joint, separate, unknown;
	} cases[] = {
		{ 70, 20, 30, 0, 20, 0 },  /* fits the first */
		{ 50, 20, 30, 20, 0, 0 },  /* fits the second */
		{ 70, 0, 30, 0, 0, 0 },    /* fits both */
		{ 60, 10, 20, 20, 10, 10 }, /* fits neither: too few */
		{ 90, 40, 30, 20, 60, 20 }, /* too many: the difference is absolute */
	};
	struct plan_chunk plan = core_plan(0, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct chunk chunk =
		    done_with(cases[i].succeeded, cases[i].updated, cases[i].failed);

		assert_int_equal(tally_unaccounted(&chunk, &plan, EQUATION_JOINT), cases[i].joint);
		assert_int_equal(tally_unaccounted(&chunk, &plan, EQUATION_SEPARATE),
		    cases[i].separate);
		assert_int_equal(tally_unaccounted(&chunk, &plan, EQUATION_UNKNOWN),
		    cases[i].unknown);
	}
}

static void
all_rows_of_a_chunk_in_doubt_held_or_failed_are_unaccounted(void **state)
{
	static const uint64_t unaccounted[CHUNK_STATE_COUNT] = {
		[CHUNK_IN_DOUBT] = 100,
		[CHUNK_HELD] = 100,
		[CHUNK_FAILED] = 100,
		[CHUNK_DONE] = 100, /* without counts */
	};
	struct plan_chunk plan = core_plan(0, 1);

	(void)state;
	for (int i = 0; i < CHUNK_STATE_COUNT; i++) {
		struct chunk chunk = { .state = (enum chunk_state)i };

		assert_int_equal(tally_unaccounted(&chunk, &plan, EQUATION_JOINT), unaccounted[i]);
	}
}

static void
what_this_version_does_not_know_explains_nothing_away(void **state)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct chunk chunk = done_with(70, 20, 30);

	(void)state;
	assert_int_equal(tally_unaccounted(&chunk, &plan, (enum equation)99), 0);
	chunk.state = (enum chunk_state)99;
	assert_int_equal(tally_unaccounted(&chunk, &plan, EQUATION_JOINT), 0);
}

static void
a_chunk_of_which_every_row_is_left_out_has_nothing_to_account_for(void **state)
{
	struct plan_chunk plan = core_plan(0, 1);
	struct chunk chunk;

	(void)state;
	plan.rows_left_out = 100;
	chunk = chunk_untouched(&plan);
	assert_int_equal(tally_unaccounted(&chunk, &plan, EQUATION_JOINT), 0);
}

static void
a_chunk_of_a_retry_answers_for_its_rows_instead_of_those_that_were_rejected(void **state)
{
	static const struct {
		enum chunk_state state;
		bool answers;
	} cases[] = {
		{ CHUNK_PLANNED, false },
		{ CHUNK_SUBMITTING, false },
		{ CHUNK_IN_DOUBT, true },
		{ CHUNK_HELD, true },
		{ CHUNK_SUBMITTED, false },
		{ CHUNK_FINISHED, false },
		{ CHUNK_DONE, true },
		{ CHUNK_REFUSED, false },
		{ CHUNK_FAILED, true },
		{ CHUNK_SKIPPED, false },
		{ (enum chunk_state)99, false },
	};
	struct plan_chunk plan = core_plan(0, 7);

	(void)state;
	plan.input = PLAN_RETRY_INPUTS + 1;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct chunk chunk = { .number = 7, .state = cases[i].state };

		assert_int_equal(tally_replaces(&chunk, &plan), cases[i].answers);
	}
	plan.input = 0;
	assert_false(tally_replaces(&(struct chunk){ .state = CHUNK_DONE }, &plan));
}

static void
rows_of_a_retry_are_in_the_file_once_and_rejected_net_of_what_was_accepted(void **state)
{
	struct plan_chunk first = core_plan(0, 1), again = core_plan(0, 2);
	struct chunk rejected = done_with(70, 0, 30), accepted = done_with(18, 0, 2);
	struct tally tally;

	(void)state;
	again.input = PLAN_RETRY_INPUTS + 1;
	again.rows = 20;
	tally = tally_of(&rejected, &first);
	tally_add(&tally, &accepted, &again);
	assert_int_equal(tally.rows_in_file, 100);
	assert_int_equal(tally.rows_planned, 100);
	assert_int_equal(tally.rows_sent, 100);
	assert_int_equal(tally.rows_succeeded, 88);
	assert_int_equal(tally_rejected(&tally), 12);
	assert_int_equal(tally.rows_in_file, tally.rows_succeeded + tally_rejected(&tally));
}

static void
rows_rejected_are_never_less_than_none(void **state)
{
	const struct tally tally = { .rows_failed = 1, .rows_retried = 2 };

	(void)state;
	assert_int_equal(tally_rejected(&tally), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chunk_adds_its_rows_by_plan_and_by_the_nations_counts),
		cmocka_unit_test(the_rows_of_a_split_chunk_are_those_of_its_pieces),
		cmocka_unit_test(rows_count_as_sent_only_with_an_import_id),
		cmocka_unit_test(what_was_added_can_be_taken_off_again_to_nothing),
		cmocka_unit_test(the_sum_of_two_sources_is_member_by_member),
		cmocka_unit_test(counts_that_fit_only_one_equation_are_a_vote_for_it),
		cmocka_unit_test(counts_that_fit_both_or_none_are_no_vote),
		cmocka_unit_test(the_equation_with_more_votes_is_the_nations_and_joint_wins_a_tie),
		cmocka_unit_test(
		    rows_that_the_counts_do_not_explain_are_unaccounted_by_the_nations_equation),
		cmocka_unit_test(all_rows_of_a_chunk_in_doubt_held_or_failed_are_unaccounted),
		cmocka_unit_test(what_this_version_does_not_know_explains_nothing_away),
		cmocka_unit_test(a_chunk_of_which_every_row_is_left_out_has_nothing_to_account_for),
		cmocka_unit_test(
		    a_chunk_of_a_retry_answers_for_its_rows_instead_of_those_that_were_rejected),
		cmocka_unit_test(
		    rows_of_a_retry_are_in_the_file_once_and_rejected_net_of_what_was_accepted),
		cmocka_unit_test(rows_rejected_are_never_less_than_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
