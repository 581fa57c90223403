#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_fixture.h"
#include "runner/report/outcome.h"

enum { PEOPLE, BALLOTS, HISTORY, SOURCES };

static const uint32_t after_people[] = { PEOPLE };
static const uint32_t after_ballots[] = { BALLOTS };

/* A load of three sources, one after the other, that is done; a test spoils it. */
struct load_at_end {
	struct report_source sources[SOURCES];
	struct report_job job;
	struct report_result result;
};

static void
settle(struct load_at_end *load)
{
	load->result.total = (struct report_totals){ .rows_unaccounted = 0 };
	for (size_t i = 0; i < SOURCES; i++) {
		tally_sum(&load->result.total.tally, &load->result.sources[i].tally);
		load->result.total.rows_unaccounted += load->result.sources[i].rows_unaccounted;
	}
}

static struct load_at_end *
make_load(void)
{
	static const char *const names[] = { "people", "ballots", "history" };
	struct load_at_end *load = calloc(1, sizeof(*load));

	assert_non_null(load);
	for (size_t i = 0; i < SOURCES; i++) {
		load->sources[i].name = names[i];
		load->sources[i].type = i == PEOPLE ? "people" : "ballot";
		load->result.sources[i].tally = (struct tally){ .chunks = { [CHUNK_DONE] = 10 },
			.rows_in_file = 1000, .rows_planned = 1000, .rows_sent = 1000,
			.rows_succeeded = 1000, .votes_joint = 1 };
	}
	load->sources[BALLOTS].rules = (struct source_rules){ .after = after_people,
		.after_count = 1 };
	load->sources[HISTORY].rules = (struct source_rules){ .after = after_ballots,
		.after_count = 1 };
	load->job = (struct report_job){ .name = "nc-2026", .nation = "n", .command = "nc-2026.cfg",
		.sources = load->sources, .source_count = SOURCES };
	load->result.equation = EQUATION_JOINT;
	settle(load);
	return load;
}

static void
move_chunk(struct load_at_end *load, size_t source, enum chunk_state to)
{
	load->result.sources[source].tally.chunks[CHUNK_DONE]--;
	load->result.sources[source].tally.chunks[to]++;
	settle(load);
}

static void
set_rejected(struct load_at_end *load, size_t source, uint64_t rejected)
{
	load->result.sources[source].tally.rows_failed = rejected;
	load->result.sources[source].tally.rows_succeeded = 1000 - rejected;
	settle(load);
}

static void
allow(struct load_at_end *load, size_t source, const char *share, bool stops_early)
{
	assert_int_equal(
	    number_share(span_of(share), &load->sources[source].rules.max_rejected), 0);
	load->sources[source].rules.stops_early = stops_early;
}

static int
code_of(const struct load_at_end *load)
{
	return outcome_exit_code(&load->job, &load->result);
}

static void
one_chunk_decides_by_its_state(void **state)
{
	static const int codes[CHUNK_STATE_COUNT] = {
		[CHUNK_PLANNED] = 6,   [CHUNK_SUBMITTING] = 6, [CHUNK_IN_DOUBT] = 6,
		[CHUNK_HELD] = 6,      [CHUNK_SUBMITTED] = 6,  [CHUNK_FINISHED] = 6,
		[CHUNK_DONE] = 0,      [CHUNK_REFUSED] = 4,    [CHUNK_FAILED] = 4,
		[CHUNK_SKIPPED] = 0,
	};

	(void)state;
	for (int i = 0; i < CHUNK_STATE_COUNT; i++) {
		struct load_at_end *load = make_load();

		move_chunk(load, HISTORY, (enum chunk_state)i);
		assert_int_equal(code_of(load), codes[i]);
		free(load);
	}
}

static void
one_row_unaccounted_is_four(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	load->result.sources[BALLOTS].rows_unaccounted = 1;
	settle(load);
	assert_int_equal(code_of(load), 4);
	free(load);
}

static void
max_rejected_is_reached_before_it_is_exceeded(void **state)
{
	static const struct {
		const char *most;
		uint64_t rejected;
		int code;
	} examples[] = {
		{ "0", 0, 0 },     { "0", 1, 3 },    { "0%", 0, 0 },    { "0%", 1, 3 },
		{ "5", 5, 0 },     { "5", 6, 3 },    { "0.5%", 5, 0 },  { "0.5%", 6, 3 },
		{ "0.55%", 5, 0 }, { "0.55%", 6, 3 }, { "100%", 1000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		struct load_at_end *load = make_load();

		allow(load, BALLOTS, examples[i].most, false);
		set_rejected(load, BALLOTS, examples[i].rejected);
		assert_int_equal(code_of(load), examples[i].code);
		free(load);
	}
}

static void
each_source_has_its_own_max_rejected(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	allow(load, PEOPLE, "50%", false);
	set_rejected(load, PEOPLE, 500);
	assert_int_equal(code_of(load), 0);
	set_rejected(load, BALLOTS, 1);
	assert_int_equal(code_of(load), 3);
	free(load);
}

static void
six_goes_before_four_and_four_before_three(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	set_rejected(load, PEOPLE, 1);
	assert_int_equal(code_of(load), 3);
	move_chunk(load, HISTORY, CHUNK_REFUSED);
	assert_int_equal(code_of(load), 4);
	move_chunk(load, HISTORY, CHUNK_HELD);
	assert_int_equal(code_of(load), 6);
	free(load);
}

static void
a_source_behind_a_refused_chunk_waits(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	move_chunk(load, PEOPLE, CHUNK_REFUSED);
	move_chunk(load, BALLOTS, CHUNK_PLANNED);
	assert_int_equal(code_of(load), 6);
	free(load);
}

static void
a_source_that_max_rejected_stopped_and_all_behind_it_are_three(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	allow(load, PEOPLE, "1%", true);
	set_rejected(load, PEOPLE, 11);
	move_chunk(load, PEOPLE, CHUNK_PLANNED);
	move_chunk(load, BALLOTS, CHUNK_PLANNED);
	move_chunk(load, HISTORY, CHUNK_PLANNED);
	assert_int_equal(code_of(load), 3);
	free(load);
}

/* The job file did not set it, so it did not stop: something else did. */
static void
planned_chunks_of_a_source_that_max_rejected_cannot_stop_are_six(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	set_rejected(load, PEOPLE, 11);
	move_chunk(load, PEOPLE, CHUNK_PLANNED);
	assert_int_equal(code_of(load), 6);
	free(load);
}

static void
a_refused_chunk_makes_others_wait_even_where_max_rejected_stopped_its_source(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	allow(load, PEOPLE, "1%", true);
	set_rejected(load, PEOPLE, 11);
	move_chunk(load, PEOPLE, CHUNK_PLANNED);
	move_chunk(load, PEOPLE, CHUNK_REFUSED);
	assert_int_equal(code_of(load), 4);
	move_chunk(load, BALLOTS, CHUNK_PLANNED);
	assert_int_equal(code_of(load), 6);
	free(load);
}

/* ---- the last words */

static void
expect_words(const struct load_at_end *load, int exit_code, const char *why, const char *expected)
{
	const struct outcome outcome = { .job = &load->job, .result = &load->result,
		.exit_code = exit_code, .why = why, .folder = "nc-2026.run" };
	SCOPED(buf) text = BUF_INIT;

	outcome_text(&text, &outcome);
	assert_string_equal(buf_text(&text), expected);
}

#define ALL_ACCEPTED                                                                               \
	"  rows      3,000 accepted, 0 rejected of 3,000 in the files\n"                           \
	"  report    nc-2026.run/report.csv\n"

static void
a_load_that_went_well_says_so(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	expect_words(load, 0, NULL,
	    "finished: nc-2026\n" ALL_ACCEPTED "  next      nothing: the load is complete\n");
	free(load);
}

static void
skipped_chunks_are_not_hidden(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	load->result.total.tally.chunks[CHUNK_SKIPPED] = 2;
	load->result.total.tally.rows_succeeded = 2940;
	load->result.total.rows_skipped = 60;
	expect_words(load, 0, NULL,
	    "finished: nc-2026\n"
	    "  rows      2,940 accepted, 0 rejected of 3,000 in the files\n"
	    "  skipped   2 chunks of 60 rows, settled by a person\n"
	    "  report    nc-2026.run/report.csv\n"
	    "  next      nothing: the load is complete\n");
	free(load);
}

static void
rejected_rows_are_counted_and_their_file_is_named(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	set_rejected(load, PEOPLE, 12);
	load->result.total.tally.rows_left_out = 7;
	load->result.total.tally.rows_in_file += 7;
	expect_words(load, 3, NULL,
	    "finished: nc-2026, but more rows were rejected than max_rejected allows\n"
	    "  rows      2,988 accepted, 12 rejected, 7 left out of 3,007 in the files\n"
	    "  report    nc-2026.run/report.csv\n"
	    "  rejected  nc-2026.run/rejected.csv\n"
	    "  next      rollcall rejects nc-2026.cfg -o fix.csv\n"
	    "            correct the rows in it, then: rollcall retry nc-2026.cfg fix.csv\n");
	free(load);
}

static void
a_load_that_max_rejected_stopped_is_not_finished_and_its_rows_add_up(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	set_rejected(load, PEOPLE, 12);
	move_chunk(load, PEOPLE, CHUNK_PLANNED);
	allow(load, PEOPLE, "10", true);
	load->result.sources[PEOPLE].tally.rows_succeeded -= 100;
	settle(load);
	load->result.total.rows_not_sent = 100;
	assert_int_equal(code_of(load), 3);
	expect_words(load, 3, NULL,
	    "stopped: nc-2026: more rows were rejected than max_rejected allows\n"
	    "  rows      2,888 accepted, 12 rejected of 3,000 in the files\n"
	    "            100 not sent\n"
	    "  report    nc-2026.run/report.csv\n"
	    "  rejected  nc-2026.run/rejected.csv\n"
	    "  next      rollcall rejects nc-2026.cfg -o fix.csv\n"
	    "            correct the rows in it, then: rollcall retry nc-2026.cfg fix.csv\n");
	free(load);
}

static void
rows_under_way_and_not_sent_are_told_when_a_load_is_stopped(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	move_chunk(load, PEOPLE, CHUNK_SUBMITTED);
	move_chunk(load, HISTORY, CHUNK_PLANNED);
	load->result.total.tally.rows_succeeded = 2800;
	load->result.total.rows_under_way = 90;
	load->result.total.rows_not_sent = 110;
	expect_words(load, ERR_LATER, "it was asked to stop (SIGTERM)",
	    "stopped: nc-2026: it was asked to stop (SIGTERM)\n"
	    "  rows      2,800 accepted, 0 rejected of 3,000 in the files\n"
	    "            90 under way, 110 not sent\n"
	    "  report    nc-2026.run/report.csv\n"
	    "  next      rollcall run nc-2026.cfg\n");
	free(load);
}

static void
rows_that_are_made_of_records_are_told_from_them(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	load->result.total.tally.rows_in_file = 1200;
	load->result.total.tally.rows_left_out = 7;
	expect_words(load, 0, NULL,
	    "finished: nc-2026\n"
	    "  rows      3,000 accepted, 0 rejected of 3,000, made from 1,200 records, 7 left out\n"
	    "  report    nc-2026.run/report.csv\n"
	    "  next      nothing: the load is complete\n");
	free(load);
}

static void
put_ground(struct report_result *result, const char *text, uint64_t rows)
{
	struct report_ground *ground = &result->grounds[result->ground_count++];

	ground->rows = rows;
	snprintf(ground->text, sizeof(ground->text), "%s", text);
	result->rows_explained += rows;
}

static void
the_most_frequent_reasons_are_told_in_80_columns(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	set_rejected(load, PEOPLE, 1812);
	put_ground(&load->result, "Email \xC2\xAB\xE2\x80\xA6\xC2\xBB has already been taken", 1640);
	put_ground(&load->result,
	    "\xC3\xA9ighty signs and more of a reason are cut where the line would be longer than 80", 120);
	put_ground(&load->result, "State is no state", 42);
	put_ground(&load->result, "Rare", 10);
	expect_words(load, 3, NULL,
	    "finished: nc-2026, but more rows were rejected than max_rejected allows\n"
	    "  rows      1,188 accepted, 1,812 rejected of 3,000 in the files\n"
	    "  report    nc-2026.run/report.csv\n"
	    "  rejected  nc-2026.run/rejected.csv\n"
	    "  reasons   1,640  Email \xC2\xAB\xE2\x80\xA6\xC2\xBB has already been taken\n"
	    "              120  \xC3\xA9ighty signs and more of a reason are cut where the line wou"
	    "\xE2\x80\xA6\n"
	    "               42  State is no state\n"
	    "               10  for others: rollcall rejects nc-2026.cfg --list\n"
	    "  next      rollcall rejects nc-2026.cfg -o fix.csv\n"
	    "            correct the rows in it, then: rollcall retry nc-2026.cfg fix.csv\n");
	free(load);
}

static void
rows_that_were_accepted_at_another_try_are_no_longer_rejected(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	set_rejected(load, PEOPLE, 12);
	load->result.sources[PEOPLE].tally.rows_retried = 12;
	load->result.total.tally.rows_retried = 12;
	assert_int_equal(code_of(load), 0);
	free(load);
}

static void
unexplained_rows_are_counted(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	load->result.sources[PEOPLE].rows_unaccounted = 1;
	settle(load);
	expect_words(load, 4, NULL,
	    "finished: nc-2026, but the nation's counts leave 1 row unexplained\n"
	    "  rows      3,000 accepted, 0 rejected, 1 unaccounted for of 3,000 in the files\n"
	    "  report    nc-2026.run/report.csv\n"
	    "  next      look at rows_unaccounted in report.csv\n");
	free(load);
}

static void
a_refused_chunk_comes_with_the_commands_that_settle_it(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	move_chunk(load, BALLOTS, CHUNK_REFUSED);
	load->result.attention[0] = (struct report_attention){ BALLOTS, 4, CHUNK_REFUSED, true };
	load->result.attention_count = 1;
	expect_words(load, 4, NULL,
	    "finished: nc-2026, but 1 chunk was refused or failed\n" ALL_ACCEPTED
	    "  refused   ballots-4\n"
	    "  next      rollcall explain nc-2026.cfg ballots-4\n"
	    "            rollcall retry nc-2026.cfg --failed     or, this one alone:\n"
	    "            rollcall resolve nc-2026.cfg ballots-4 --resubmit | --skip"
	    " --reason TEXT\n"
	    "            rollcall run nc-2026.cfg\n");
	free(load);
}

static void
chunks_that_wait_for_a_person_are_listed_up_to_a_number(void **state)
{
	struct load_at_end *load = make_load();
	SCOPED(buf) expected = BUF_INIT;

	(void)state;
	move_chunk(load, PEOPLE, CHUNK_HELD);
	load->result.attention_count = REPORT_ATTENTION_MOST + 1234;
	buf_add_text(&expected, "stopped: nc-2026: chunks wait for a person\n" ALL_ACCEPTED);
	for (uint32_t i = 0; i < REPORT_ATTENTION_MOST; i++) {
		load->result.attention[i] =
		    (struct report_attention){ PEOPLE, i + 1, i ? CHUNK_HELD : CHUNK_IN_DOUBT,
			    false };
		buf_printf(&expected, "  %-9s people-%u\n", i ? "held" : "in_doubt", i + 1);
	}
	buf_add_text(&expected,
	    "            and 1,234 more, see report.csv\n"
	    "  next      rollcall explain nc-2026.cfg people-2\n"
	    "            rollcall resolve nc-2026.cfg people-2 --import ID | --resubmit | --skip"
	    " --reason TEXT\n"
	    "            rollcall run nc-2026.cfg\n");
	expect_words(load, 6, NULL, buf_text(&expected));
	free(load);
}

static void
imports_that_the_nation_has_not_finished_want_another_run(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	move_chunk(load, PEOPLE, CHUNK_SUBMITTED);
	expect_words(load, 6, NULL,
	    "stopped: nc-2026: the nation has not finished every import\n" ALL_ACCEPTED
	    "  next      rollcall run nc-2026.cfg\n");
	free(load);
}

static void
chunks_in_doubt_want_another_run(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	move_chunk(load, PEOPLE, CHUNK_IN_DOUBT);
	load->result.attention[0] = (struct report_attention){ PEOPLE, 7, CHUNK_IN_DOUBT, false };
	load->result.attention_count = 1;
	expect_words(load, 6, NULL,
	    "stopped: nc-2026: chunks are in doubt, and the next run looks for them\n" ALL_ACCEPTED
	    "  in_doubt  people-7\n"
	    "  next      rollcall run nc-2026.cfg\n");
	free(load);
}

static void
a_stop_says_why_and_how_to_go_on(void **state)
{
	struct load_at_end *load = make_load();

	(void)state;
	expect_words(load, 75, "asked to stop",
	    "stopped: nc-2026: asked to stop\n" ALL_ACCEPTED
	    "  next      rollcall run nc-2026.cfg\n");
	free(load);
}

static void
a_failure_without_a_report_names_none(void **state)
{
	struct load_at_end *load = make_load();
	const struct outcome outcome = { .job = &load->job, .exit_code = 77,
		.why = "the nation refused the token", .folder = "nc-2026.run" };
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	outcome_text(&text, &outcome);
	assert_string_equal(buf_text(&text),
	    "failed: nc-2026: the nation refused the token\n"
	    "  next      rollcall auth nc-2026.cfg\n"
	    "            rollcall run nc-2026.cfg\n");
	free(load);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_chunk_decides_by_its_state),
		cmocka_unit_test(one_row_unaccounted_is_four),
		cmocka_unit_test(max_rejected_is_reached_before_it_is_exceeded),
		cmocka_unit_test(each_source_has_its_own_max_rejected),
		cmocka_unit_test(six_goes_before_four_and_four_before_three),
		cmocka_unit_test(a_source_behind_a_refused_chunk_waits),
		cmocka_unit_test(a_source_that_max_rejected_stopped_and_all_behind_it_are_three),
		cmocka_unit_test(planned_chunks_of_a_source_that_max_rejected_cannot_stop_are_six),
		cmocka_unit_test(
		    a_refused_chunk_makes_others_wait_even_where_max_rejected_stopped_its_source),
		cmocka_unit_test(a_load_that_went_well_says_so),
		cmocka_unit_test(skipped_chunks_are_not_hidden),
		cmocka_unit_test(rejected_rows_are_counted_and_their_file_is_named),
		cmocka_unit_test(
		    a_load_that_max_rejected_stopped_is_not_finished_and_its_rows_add_up),
		cmocka_unit_test(rows_under_way_and_not_sent_are_told_when_a_load_is_stopped),
		cmocka_unit_test(rows_that_are_made_of_records_are_told_from_them),
		cmocka_unit_test(the_most_frequent_reasons_are_told_in_80_columns),
		cmocka_unit_test(rows_that_were_accepted_at_another_try_are_no_longer_rejected),
		cmocka_unit_test(unexplained_rows_are_counted),
		cmocka_unit_test(a_refused_chunk_comes_with_the_commands_that_settle_it),
		cmocka_unit_test(chunks_that_wait_for_a_person_are_listed_up_to_a_number),
		cmocka_unit_test(imports_that_the_nation_has_not_finished_want_another_run),
		cmocka_unit_test(chunks_in_doubt_want_another_run),
		cmocka_unit_test(a_stop_says_why_and_how_to_go_on),
		cmocka_unit_test(a_failure_without_a_report_names_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
