#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "report_fixture.h"
#include "runner/report/report.h"

static const char *const people_inputs[] = { "ncvoter.csv", "=sneaky.csv" };
static const char *const ballot_inputs[] = { "ncvhis, all.csv" };
static const struct span people_columns[] = { { "state_file_id", 13 }, { "last_name", 9 } };
static const struct span ballot_columns[] = { { "state_file.id", 13 } };

static const struct report_source sources[] = {
	{ .name = "people",
	  .type = "people",
	  .inputs = people_inputs,
	  .input_count = ARRAY_COUNT(people_inputs),
	  .columns = people_columns,
	  .column_count = ARRAY_COUNT(people_columns) },
	{ .name = "ballots",
	  .type = "ballot",
	  .inputs = ballot_inputs,
	  .input_count = ARRAY_COUNT(ballot_inputs),
	  .columns = ballot_columns,
	  .column_count = ARRAY_COUNT(ballot_columns) },
};

static const struct report_job job = {
	.name = "nc-2026",
	.nation = "ourcampaign",
	.sources = sources,
	.source_count = ARRAY_COUNT(sources),
};

#define HEADER                                                                                     \
	"source,chunk,source_file,first_row,last_row,first_byte,end_byte,rows_sent,rows_left_out," \
	"sha256,state,attempts,import_id,submitted_at,finished_at,rows_succeeded,rows_updated,"    \
	"rows_failed,rows_unaccounted,note\n"
#define HEX_AB "abababababababababababababababababababababababababababababababab"
#define HEX_CD "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"

/* The source port of the tests: every digest taken again is CD..., unless it is broken. */
static int
take_digest(void *ctx, const struct plan_chunk *plan, struct digest *digest, struct err *err)
{
	(void)plan;
	if (ctx)
		return err_set(err, ERR_INPUT, "ncvoter.csv: no such file");
	memset(digest->bytes, 0xCD, sizeof(digest->bytes));
	digest->is_known = true;
	return 0;
}

static const struct source_port good_source = { .sha256 = take_digest };
static bool is_broken = true;
static const struct source_port broken_source = { .ctx = &is_broken, .sha256 = take_digest };

static struct digest
digest_ab(void)
{
	struct digest digest = { .is_known = true };

	memset(digest.bytes, 0xAB, sizeof(digest.bytes));
	return digest;
}

/* 100 rows of the first source's first input, of which 10 are left out. */
static struct fixture_chunk
make_chunk(uint32_t number, enum chunk_state state)
{
	return (struct fixture_chunk){
		.plan = { .number = number,
			  .first_byte = number * 1000,
			  .end_byte = number * 1000 + 1000,
			  .first_row = number * 100 + 1,
			  .rows = 100,
			  .rows_left_out = 10 },
		.chunk = { .number = number, .state = state },
	};
}

static struct fixture_chunk
make_done(uint32_t number, uint64_t succeeded, uint64_t updated, uint64_t failed)
{
	struct fixture_chunk made = make_chunk(number, CHUNK_DONE);

	made.chunk.attempts = 1;
	made.chunk.import_id = 1000 + number;
	made.chunk.submitted_ms = FIXTURE_TIME;
	made.chunk.finished_ms = FIXTURE_TIME + 60000;
	made.chunk.sha256 = digest_ab();
	made.chunk.bytes_sent = 5000;
	made.chunk.has_counts = 1;
	made.chunk.rows_succeeded = succeeded;
	made.chunk.rows_updated = updated;
	made.chunk.rows_failed = failed;
	return made;
}

struct run {
	struct fixture_folder folder;
	struct report_result result;
	struct err err;
	int outcome;
};

static struct run
write_report(const struct fixture_chunk *chunks, size_t count, const struct source_port *source)
{
	struct fixture_journal journal = { chunks, count };
	struct journal_port port = fixture_journal_port(&journal);
	struct run run = { .folder = fixture_folder_open() };
	struct report_options options = {
		.job = &job,
		.journal = &port,
		.source = source,
		.folder = run.folder.fd,
		.answers = -1,
	};

	run.outcome = report_write(&options, &run.result, &run.err);
	return run;
}

static void
expect_file(const struct run *run, const char *name, const char *expected)
{
	char *text = fixture_read(&run->folder, name);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void
expect_line(const struct fixture_chunk *chunk, const char *line)
{
	struct run run = write_report(chunk, 1, &good_source);
	SCOPED(buf) expected = BUF_INIT;

	assert_int_equal(run.outcome, 0);
	buf_add_text(&expected, HEADER);
	buf_add_text(&expected, line);
	expect_file(&run, "report.csv", buf_text(&expected));
	fixture_folder_done(&run.folder);
}

static void
a_done_chunk_has_every_cell(void **state)
{
	struct fixture_chunk chunk = make_done(3, 90, 20, 0);

	(void)state;
	expect_line(&chunk,
	    "people,3,ncvoter.csv,301,400,3000,4000,90,10," HEX_AB
	    ",done,1,1003,2026-11-21T22:14:07Z,2026-11-21T22:15:07Z,90,20,0,0,\n");
}

static void
a_planned_chunk_has_its_plan_and_empty_cells(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_PLANNED);

	(void)state;
	expect_line(&chunk, "people,1,ncvoter.csv,101,200,1000,2000,90,10,,planned,0,,,,,,,0,\n");
}

static void
the_range_of_an_empty_file_ends_before_it_begins(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_DONE);

	(void)state;
	chunk.plan.first_row = 1;
	chunk.plan.rows = chunk.plan.rows_left_out = 0;
	expect_line(&chunk, "people,1,ncvoter.csv,1,0,1000,2000,0,0,,done,0,,,,,,,0,\n");
}

static void
a_file_name_cannot_act_on_a_spreadsheet(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_PLANNED);

	(void)state;
	chunk.plan.input = 1;
	expect_line(
	    &chunk, "people,1,'=sneaky.csv,101,200,1000,2000,90,10,,planned,0,,,,,,,0,\n");
	chunk.plan.input = 0;
	chunk.plan.source = chunk.chunk.source = 1;
	expect_line(&chunk,
	    "ballots,1,\"ncvhis, all.csv\",101,200,1000,2000,90,10,,planned,0,,,,,,,0,\n");
}

static void
a_held_chunk_carries_the_evidence(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_HELD);

	(void)state;
	chunk.chunk.attempts = 2;
	chunk.chunk.started_ms = FIXTURE_TIME;
	chunk.chunk.handed_bytes = 4711;
	chunk.chunk.http_status = 502;
	chunk.chunk.notes = NOTE_SENT_AGAIN;
	memcpy(chunk.chunk.text, "two imports fit", sizeof("two imports fit"));
	memcpy(chunk.chunk.request_id, "r-1", sizeof("r-1"));
	expect_line(&chunk,
	    "people,1,ncvoter.csv,101,200,1000,2000,90,10," HEX_CD ",held,2,,,,,,,90,"
	    "sent again: not in the nation's list; two imports fit;"
	    " attempt began 2026-11-21T22:14:07Z; 4711 bytes handed over; answer 502;"
	    " request id r-1\n");
}

static void
the_notes_stand_in_the_words_of_the_contract(void **state)
{
	static const struct {
		uint32_t bits;
		const char *words;
	} notes[] = {
		{ NOTE_RESUBMITTED, "resubmitted" },
		{ NOTE_FOUND_BY_PROBE, "found by probe" },
		{ NOTE_SENT_AGAIN, "sent again: not in the nation's list" },
		{ NOTE_SETTLED, "settled by ann: seen in the control panel" },
		{ NOTE_RESUBMITTED | NOTE_SETTLED,
		  "resubmitted; settled by ann: seen in the control panel" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(notes); i++) {
		struct fixture_chunk chunk = make_done(3, 90, 0, 0);
		char line[512];

		chunk.chunk.notes = notes[i].bits;
		memcpy(chunk.chunk.settled_by, "ann", sizeof("ann"));
		memcpy(chunk.chunk.settled_why, "seen in the control panel",
		    sizeof("seen in the control panel"));
		snprintf(line, sizeof(line),
		    "people,3,ncvoter.csv,301,400,3000,4000,90,10," HEX_AB
		    ",done,1,1003,2026-11-21T22:14:07Z,2026-11-21T22:15:07Z,90,0,0,0,%s\n",
		    notes[i].words);
		expect_line(&chunk, line);
	}
}

static void
a_chunk_that_was_never_taken_says_so_and_why(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_FAILED);

	(void)state;
	chunk.chunk.attempts = 3;
	chunk.chunk.notes = NOTE_NEVER_TAKEN;
	chunk.chunk.finished_ms = FIXTURE_TIME;
	memcpy(chunk.chunk.text, "Connection refused", sizeof("Connection refused"));
	expect_line(&chunk,
	    "people,1,ncvoter.csv,101,200,1000,2000,90,10,,failed,3,,,2026-11-21T22:14:07Z,,,,90,"
	    "never taken; Connection refused\n");
}

static void
a_refused_chunk_says_what_the_nation_said_and_cannot_act_on_a_spreadsheet(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_REFUSED);

	(void)state;
	chunk.chunk.attempts = 1;
	chunk.chunk.finished_ms = FIXTURE_TIME;
	chunk.chunk.sha256 = digest_ab();
	memcpy(chunk.chunk.text, "=cmd|' /C calc'!A0", sizeof("=cmd|' /C calc'!A0"));
	expect_line(&chunk,
	    "people,1,ncvoter.csv,101,200,1000,2000,90,10," HEX_AB
	    ",refused,1,,,2026-11-21T22:14:07Z,,,,0,'=cmd|' /C calc'!A0\n");
}

static void
a_result_that_is_gone_leaves_every_row_unaccounted(void **state)
{
	struct fixture_chunk chunk = make_done(3, 0, 0, 0);

	(void)state;
	chunk.chunk.has_counts = 0;
	chunk.chunk.notes = NOTE_NO_COUNTS;
	expect_line(&chunk,
	    "people,3,ncvoter.csv,301,400,3000,4000,90,10," HEX_AB
	    ",done,1,1003,2026-11-21T22:14:07Z,2026-11-21T22:15:07Z,,,,90,"
	    "no counts: the nation no longer has the result\n");
}

/* A digest is empty only where nothing can have reached the nation. */
static void
a_missing_digest_is_taken_again_where_the_nation_may_have_the_chunk(void **state)
{
	static const struct {
		enum chunk_state state;
		uint32_t attempts;
		uint32_t notes;
		uint64_t import_id;
		bool is_taken;
		uint64_t bytes_sent;
	} examples[] = {
		{ CHUNK_PLANNED, 0, 0, 0, false },
		{ CHUNK_PLANNED, 1, 0, 0, true, .bytes_sent = 1 },
		{ CHUNK_FAILED, 3, NOTE_NEVER_TAKEN, 0, true, .bytes_sent = 1 },
		{ CHUNK_SKIPPED, 3, NOTE_SETTLED | NOTE_NEVER_TAKEN, 0, true, .bytes_sent = 1 },
		{ CHUNK_PLANNED, 1, 0, 0, false },
		{ CHUNK_SUBMITTING, 1, 0, 0, true },
		{ CHUNK_IN_DOUBT, 1, 0, 0, true },
		{ CHUNK_HELD, 1, 0, 0, true },
		{ CHUNK_SUBMITTED, 1, 0, 7, true },
		{ CHUNK_FINISHED, 1, 0, 7, true },
		{ CHUNK_DONE, 1, 0, 7, true },
		{ CHUNK_DONE, 0, 0, 0, false },
		{ CHUNK_FAILED, 1, 0, 7, true },
		{ CHUNK_FAILED, 3, NOTE_NEVER_TAKEN, 0, false },
		{ CHUNK_REFUSED, 1, 0, 0, false },
		{ CHUNK_SKIPPED, 1, NOTE_SETTLED, 0, true },
		{ CHUNK_SKIPPED, 3, NOTE_SETTLED | NOTE_NEVER_TAKEN, 0, false },
		{ CHUNK_SKIPPED, 0, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		struct fixture_chunk chunk = make_chunk(1, examples[i].state);
		struct run run;
		char *text;

		chunk.chunk.attempts = examples[i].attempts;
		chunk.chunk.notes = examples[i].notes;
		chunk.chunk.import_id = examples[i].import_id;
		chunk.chunk.bytes_sent = examples[i].bytes_sent;
		run = write_report(&chunk, 1, &good_source);
		assert_int_equal(run.outcome, 0);
		text = fixture_read(&run.folder, "report.csv");
		assert_int_equal(strstr(text, HEX_CD) != NULL, examples[i].is_taken);
		free(text);
		fixture_folder_done(&run.folder);
	}
}

static void
a_source_that_is_gone_leaves_the_digest_empty_and_says_so(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_SUBMITTING);
	struct run run = write_report(&chunk, 1, &broken_source);

	(void)state;
	assert_int_equal(run.outcome, 0);
	expect_file(&run, "report.csv",
	    HEADER "people,1,ncvoter.csv,101,200,1000,2000,90,10,,submitting,0,,,,,,,0,"
		   "its digest could not be taken again: ncvoter.csv: no such file\n");
	fixture_folder_done(&run.folder);
}

static void
the_equation_of_most_chunks_judges_all_of_them(void **state)
{
	/* sent = succeeded + failed, but for the third, which follows the other one */
	const struct fixture_chunk joint[] = {
		make_done(1, 80, 20, 10), make_done(2, 90, 5, 0), make_done(3, 60, 20, 10),
	};
	/* sent = succeeded + updated + failed, but for the last */
	const struct fixture_chunk separate[] = {
		make_done(1, 60, 20, 10), make_done(2, 85, 5, 0), make_done(3, 80, 20, 10),
	};
	struct run run;

	(void)state;
	run = write_report(joint, ARRAY_COUNT(joint), &good_source);
	assert_int_equal(run.outcome, 0);
	assert_int_equal(run.result.equation, EQUATION_JOINT);
	assert_int_equal(run.result.total.rows_unaccounted, 20);
	fixture_folder_done(&run.folder);

	run = write_report(separate, ARRAY_COUNT(separate), &good_source);
	assert_int_equal(run.outcome, 0);
	assert_int_equal(run.result.equation, EQUATION_SEPARATE);
	assert_int_equal(run.result.total.rows_unaccounted, 20);
	fixture_folder_done(&run.folder);
}

static void
counts_beyond_the_rows_sent_are_unaccounted_too(void **state)
{
	const struct fixture_chunk chunks[] = { make_done(1, 80, 5, 10), make_done(2, 95, 1, 0) };
	struct run run = write_report(chunks, ARRAY_COUNT(chunks), &good_source);

	(void)state;
	assert_int_equal(run.result.equation, EQUATION_JOINT);
	assert_int_equal(run.result.total.rows_unaccounted, 5);
	fixture_folder_done(&run.folder);
}

/* Chunks in every state, over both sources. */
static void
make_mixed(struct fixture_chunk chunks[static 8])
{
	static const enum chunk_state states[] = { CHUNK_HELD, CHUNK_IN_DOUBT, CHUNK_REFUSED,
						   CHUNK_FAILED, CHUNK_SKIPPED, CHUNK_PLANNED };

	chunks[0] = make_done(1, 70, 20, 20);
	chunks[1] = make_done(2, 90, 20, 0);
	for (uint32_t i = 0; i < ARRAY_COUNT(states); i++) {
		chunks[2 + i] = make_chunk(3 + i, states[i]);
		chunks[2 + i].plan.source = chunks[2 + i].chunk.source = i >= 3;
		chunks[2 + i].chunk.attempts = states[i] == CHUNK_PLANNED ? 0 : 2;
		chunks[2 + i].chunk.bytes_sent = states[i] == CHUNK_PLANNED ? 0 : 8000;
	}
}

static void
the_summary_has_a_line_a_source_and_the_total(void **state)
{
	struct fixture_chunk chunks[8];
	struct run run;

	(void)state;
	make_mixed(chunks);
	run = write_report(chunks, ARRAY_COUNT(chunks), &good_source);
	assert_int_equal(run.outcome, 0);
	expect_file(&run, "summary.csv",
	    "source,chunks,rows_in_file,rows_left_out,rows_sent,rows_succeeded,rows_updated,"
	    "rows_failed,rows_unaccounted,chunks_done,chunks_in_doubt,chunks_refused,"
	    "chunks_failed,chunks_skipped,bytes_sent,attempts,retries\n"
	    "people,5,500,50,450,160,40,20,180,2,2,1,0,0,34000,8,3\n"
	    "ballots,3,300,30,270,0,0,0,90,0,0,0,1,1,16000,4,2\n"
	    "total,8,800,80,720,160,40,20,270,2,2,1,1,1,50000,12,5\n");
	fixture_folder_done(&run.folder);
}

static void
chunks_that_want_a_person_are_named_and_counted(void **state)
{
	struct fixture_chunk chunks[8];
	struct run run;

	(void)state;
	make_mixed(chunks);
	run = write_report(chunks, ARRAY_COUNT(chunks), &good_source);
	assert_int_equal(run.result.attention_count, 4);
	assert_int_equal(run.result.attention[0].state, CHUNK_HELD);
	assert_int_equal(run.result.attention[0].number, 3);
	assert_false(run.result.attention[0].is_absent);
	assert_int_equal(run.result.attention[3].state, CHUNK_FAILED);
	assert_int_equal(run.result.attention[3].source, 1);
	fixture_folder_done(&run.folder);
}

static void
more_chunks_that_want_a_person_than_are_named_are_still_counted(void **state)
{
	struct fixture_chunk chunks[REPORT_ATTENTION_MOST + 3];
	struct run run;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(chunks); i++)
		chunks[i] = make_chunk(i + 1, CHUNK_REFUSED);
	run = write_report(chunks, ARRAY_COUNT(chunks), &good_source);
	assert_int_equal(run.result.attention_count, REPORT_ATTENTION_MOST + 3);
	assert_int_equal(run.result.attention[REPORT_ATTENTION_MOST - 1].number,
	    REPORT_ATTENTION_MOST);
	assert_true(run.result.attention[REPORT_ATTENTION_MOST - 1].is_absent);
	fixture_folder_done(&run.folder);
}

static void
the_same_events_give_the_same_bytes(void **state)
{
	static const char *const names[] = { "report.csv", "summary.csv", "rejected.csv" };
	struct fixture_chunk chunks[8];
	struct run first, second;

	(void)state;
	make_mixed(chunks);
	first = write_report(chunks, ARRAY_COUNT(chunks), &good_source);
	second = write_report(chunks, ARRAY_COUNT(chunks), &good_source);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		char *text = fixture_read(&first.folder, names[i]);

		assert_non_null(text);
		expect_file(&second, names[i], text);
		free(text);
	}
	fixture_folder_done(&first.folder);
	fixture_folder_done(&second.folder);
}

static void
a_chunk_of_an_input_that_the_job_does_not_have_is_refused(void **state)
{
	struct fixture_chunk chunk = make_chunk(1, CHUNK_PLANNED);
	struct run run;

	(void)state;
	chunk.plan.input = 2;
	run = write_report(&chunk, 1, &good_source);
	assert_int_equal(run.outcome, -1);
	assert_int_equal(run.err.kind, ERR_INPUT);
	assert_null(fixture_read(&run.folder, "report.csv"));
	fixture_folder_done(&run.folder);

	chunk.plan.input = 0;
	chunk.plan.source = 2;
	run = write_report(&chunk, 1, &good_source);
	assert_int_equal(run.outcome, -1);
	fixture_folder_done(&run.folder);
}

enum { MANY_CHUNKS = 100000 };

static int
each_of_many(void *ctx,
    int (*visit)(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
	struct err *err),
    void *visitor, struct err *err)
{
	const uint32_t *count = ctx;

	for (uint32_t number = 1; number <= *count; number++) {
		struct fixture_chunk made = make_done(number, 90, 0, 0);

		if (visit(visitor, &made.plan, &made.chunk, err))
			return -1;
	}
	return 0;
}

static long
peak_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* 100,000 chunks are 17 MB of report.csv. */
static void
memory_does_not_grow_with_the_number_of_chunks(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	uint32_t count = 1000;
	const struct journal_port journal = { .ctx = &count, .each_chunk = each_of_many };
	const struct report_options options = { .job = &job, .journal = &journal,
		.source = &good_source, .folder = folder.fd, .answers = -1 };
	struct report_result result;
	struct err err = ERR_INIT;
	long before;

	(void)state;
	assert_int_equal(report_write(&options, &result, &err), 0);
	before = peak_kib();
	count = MANY_CHUNKS;
	assert_int_equal(report_write(&options, &result, &err), 0);
	assert_int_equal(result.total.tally.chunks[CHUNK_DONE], MANY_CHUNKS);
	assert_true(peak_kib() - before < 2048);
	fixture_folder_done(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_done_chunk_has_every_cell),
		cmocka_unit_test(a_planned_chunk_has_its_plan_and_empty_cells),
		cmocka_unit_test(the_range_of_an_empty_file_ends_before_it_begins),
		cmocka_unit_test(a_file_name_cannot_act_on_a_spreadsheet),
		cmocka_unit_test(a_held_chunk_carries_the_evidence),
		cmocka_unit_test(the_notes_stand_in_the_words_of_the_contract),
		cmocka_unit_test(a_chunk_that_was_never_taken_says_so_and_why),
		cmocka_unit_test(
		    a_refused_chunk_says_what_the_nation_said_and_cannot_act_on_a_spreadsheet),
		cmocka_unit_test(a_result_that_is_gone_leaves_every_row_unaccounted),
		cmocka_unit_test(
		    a_missing_digest_is_taken_again_where_the_nation_may_have_the_chunk),
		cmocka_unit_test(a_source_that_is_gone_leaves_the_digest_empty_and_says_so),
		cmocka_unit_test(the_equation_of_most_chunks_judges_all_of_them),
		cmocka_unit_test(counts_beyond_the_rows_sent_are_unaccounted_too),
		cmocka_unit_test(the_summary_has_a_line_a_source_and_the_total),
		cmocka_unit_test(chunks_that_want_a_person_are_named_and_counted),
		cmocka_unit_test(more_chunks_that_want_a_person_than_are_named_are_still_counted),
		cmocka_unit_test(the_same_events_give_the_same_bytes),
		cmocka_unit_test(memory_does_not_grow_with_the_number_of_chunks),
		cmocka_unit_test(a_chunk_of_an_input_that_the_job_does_not_have_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
