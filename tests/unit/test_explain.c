#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report_fixture.h"
#include "runner/report/explain.h"

static const char *const inputs[] = { "ncvoter.csv" };
static const uint32_t after_both[] = { 0, 1 };
static const struct report_source sources[] = {
	{ .name = "people", .type = "people", .inputs = inputs, .input_count = 1 },
	{ .name = "ballots", .type = "ballot", .inputs = inputs, .input_count = 1 },
	{ .name = "history", .type = "ballot", .inputs = inputs, .input_count = 1,
	  .rules = { .after = after_both, .after_count = 2 } },
};
static const struct report_job job = { .name = "nc", .nation = "n", .sources = sources,
	.source_count = ARRAY_COUNT(sources), .command = "jobs/nc.cfg" };

static const struct plan_chunk plan = { .number = 3, .first_byte = 1234, .end_byte = 5678901,
	.first_row = 1001, .rows = 36000, .rows_left_out = 12 };

static void
the_plan_says_which_rows_of_which_file(void **state)
{
	SCOPED(buf) text = BUF_INIT;
	struct plan_chunk empty = { .number = 1, .first_byte = 9, .end_byte = 9, .first_row = 1 };

	(void)state;
	explain_plan(&text, &job, &plan);
	explain_plan(&text, &job, &empty);
	assert_string_equal(buf_text(&text),
	    "people-3: rows 1,001 to 37,000 of ncvoter.csv (bytes 1,234 to 5,678,901);"
	    " 35,988 to send, 12 left out\n"
	    "people-1: no rows of ncvoter.csv (bytes 9 to 9); 0 to send\n");
}

/* A doubt, and how it was settled. */
static void
a_history_reads_as_a_story(void **state)
{
	static const struct event events[] = {
		{ .at_ms = FIXTURE_TIME, .type = EVENT_RUN_STARTED },
		{ .at_ms = FIXTURE_TIME, .type = EVENT_SUBMIT_STARTED, .chunk = 3, .attempt = 1 },
		{ .at_ms = FIXTURE_TIME + 1000, .type = EVENT_ANSWER_LOST, .chunk = 3,
		  .body_bytes = 5000, .handed_bytes = 4000, .due_ms = FIXTURE_TIME + 301000,
		  .http_status = 504, .peer_address = "127.0.0.1:8080", .took_ms = 1299,
		  .text = "the nation answered 504", .request_id = "r-7" },
		{ .at_ms = FIXTURE_TIME + 301000, .type = EVENT_PROBE_FAILED, .chunk = 3,
		  .text = "the nation answered 500", .due_ms = FIXTURE_TIME + 302000 },
		{ .at_ms = FIXTURE_TIME + 302000, .type = EVENT_PROBE_UNCLEAR, .chunk = 3,
		  .text = "two imports fit" },
		{ .at_ms = FIXTURE_TIME + 900000, .type = EVENT_RESOLVED_IMPORT, .chunk = 3,
		  .import_id = 252, .person = "ann", .host = "vm-2", .text = "seen it" },
		{ .at_ms = FIXTURE_TIME + 901000, .type = EVENT_STATUS_CHANGED, .chunk = 3,
		  .word = WORD_WORKING },
		{ .at_ms = FIXTURE_TIME + 902000, .type = EVENT_IMPORT_FINISHED, .chunk = 3 },
		{ .at_ms = FIXTURE_TIME + 903000, .type = EVENT_RESULT_STORED, .chunk = 3,
		  .rows_succeeded = 35900, .rows_updated = 1200, .rows_failed = 88 },
	};
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(events); i++)
		explain_event(&text, &events[i]);
	assert_string_equal(buf_text(&text),
	    "  2026-11-21T22:14:07Z  sending began, attempt 1\n"
	    "  2026-11-21T22:14:08Z  the answer was lost: the nation may have taken it"
	    ": the nation answered 504; 4,000 of 5,000 bytes had been handed over; answer 504 came"
	    " from 127.0.0.1:8080 after 1.2 s; request id r-7;"
	    " next step from 2026-11-21T22:19:08Z\n"
	    "  2026-11-21T22:19:08Z  the nation's list could not be read:"
	    " the nation answered 500; next step from 2026-11-21T22:19:09Z\n"
	    "  2026-11-21T22:19:09Z  the nation's list does not settle it: two imports fit\n"
	    "  2026-11-21T22:29:07Z  ann on vm-2 settled it: it is import 252 (seen it)\n"
	    "  2026-11-21T22:29:08Z  the nation says \"working\"\n"
	    "  2026-11-21T22:29:09Z  the nation has finished the import\n"
	    "  2026-11-21T22:29:10Z  the nation counts 35,900 rows succeeded, 1,200 updated,"
	    " 88 failed\n");
}

static void
the_evidence_of_an_attempt_is_told_in_plain_words(void **state)
{
#define LOST "  2026-11-21T22:14:07Z  the answer was lost: the nation may have taken it"
#define WHOLE "; the whole body (51,200,012 bytes) had been handed over"
#define CONNECTION "; the connection to 127.0.0.1:8080 "
	static const struct {
		struct event event;
		const char *line;
	} examples[] = {
		{ { .type = EVENT_ANSWER_LOST, .curl_code = 56, .took_ms = 12345,
		    .text = "Recv failure: Connection reset by peer" },
		  LOST ": Recv failure: Connection reset by peer" WHOLE CONNECTION
		  "was reset after 12.3 s; no answer came\n" },
		{ { .type = EVENT_ANSWER_LOST, .curl_code = 55, .took_ms = 999, .text = "a" },
		  LOST ": a" WHOLE CONNECTION "broke after 999 ms; no answer came\n" },
		{ { .type = EVENT_ANSWER_LOST, .curl_code = 52, .took_ms = 1000, .text = "b" },
		  LOST ": b" WHOLE CONNECTION
		  "was closed by the other side after 1.0 s; no answer came\n" },
		{ { .type = EVENT_ANSWER_LOST, .curl_code = 28, .took_ms = 60000, .text = "c" },
		  LOST ": c" WHOLE CONNECTION "timed out after 1 min; no answer came\n" },
		{ { .type = EVENT_ANSWER_LOST, .text = "no answer within 2 min" },
		  LOST ": no answer within 2 min" WHOLE CONNECTION "was ended; no answer came\n" },
		{ { .type = EVENT_SUBMIT_ACCEPTED, .import_id = 252, .http_status = 200,
		    .took_ms = 59999, .request_id = "r-8" },
		  "  2026-11-21T22:14:07Z  the nation took it as import 252" WHOLE
		  "; answer 200 came from 127.0.0.1:8080 after 59.9 s; request id r-8\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		struct event event = examples[i].event;
		SCOPED(buf) text = BUF_INIT;

		event.at_ms = FIXTURE_TIME;
		event.body_bytes = event.handed_bytes = 51200012;
		event.request_bytes = 300;
		strcpy(event.peer_address, "127.0.0.1:8080");
		explain_event(&text, &event);
		assert_string_equal(buf_text(&text), examples[i].line);
	}
}

static void
what_never_left_this_computer_says_so(void **state)
{
	const struct event event = { .at_ms = FIXTURE_TIME, .type = EVENT_SUBMIT_NOT_SENT,
		.curl_code = 7, .body_bytes = 5000, .peer_address = "[::1]:443", .took_ms = 3,
		.text = "Connection refused" };
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	explain_event(&text, &event);
	assert_string_equal(buf_text(&text),
	    "  2026-11-21T22:14:07Z  nothing was sent: Connection refused; 0 of 5,000 bytes had"
	    " been handed over; the connection to [::1]:443 could not be made after 3 ms\n");
}

static void
every_event_of_a_chunk_has_words_and_none_of_the_load_has(void **state)
{
	static const enum event_type of_the_load[] = { EVENT_RUN_STARTED, EVENT_RUN_ENDED,
						       EVENT_EQUATION_LEARNED,
						       EVENT_RUN_ADOPTED, EVENT_RETRY_PLANNED };
	static const enum event_type types[] = {
#define X(name, number, word) EVENT_##name,
		EVENT_TYPES(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		struct event event = { .type = types[i], .chunk = 3 };
		SCOPED(buf) text = BUF_INIT;
		bool is_of_the_load = false;

		for (size_t j = 0; j < ARRAY_COUNT(of_the_load); j++)
			is_of_the_load = is_of_the_load || types[i] == of_the_load[j];
		explain_event(&text, &event);
		assert_int_equal(text.len == 0, is_of_the_load);
	}
}

static void
expect_next(const struct chunk *chunk, uint32_t source, const char *expected)
{
	struct plan_chunk of = plan;
	SCOPED(buf) text = BUF_INIT;

	of.source = source;
	explain_next(&text, &(struct explain_next){
	    .job = &job, .plan = &of, .chunk = chunk, .equation = EQUATION_JOINT });
	assert_string_equal(buf_text(&text), expected);
}

static void
each_state_says_what_moves_it_on(void **state)
{
	static const struct {
		struct chunk chunk;
		const char *next;
	} examples[] = {
		{ { .state = CHUNK_PLANNED },
		  "It is planned. Next: a run sends it when its turn comes\n" },
		{ { .state = CHUNK_PLANNED, .attempts = 1, .due_ms = FIXTURE_TIME },
		  "It is planned. Next: a run sends it again when its turn comes,"
		  " not before 2026-11-21T22:14:07Z\n" },
		{ { .state = CHUNK_SUBMITTING },
		  "It is submitting. Next: its answer; if no run is going on, the next one counts"
		  " it as in doubt\n" },
		{ { .state = CHUNK_IN_DOUBT, .due_ms = FIXTURE_TIME },
		  "It is in_doubt. Next: a run looks for it in the nation's list of imports,"
		  " not before 2026-11-21T22:14:07Z\n" },
		{ { .state = CHUNK_HELD },
		  "It is held. Next: nothing by itself; a person settles it:\n"
		  "    rollcall resolve jobs/nc.cfg people-3 --import ID | --resubmit | --skip"
		  " --reason TEXT\n" },
		{ { .state = CHUNK_SUBMITTED, .due_ms = FIXTURE_TIME },
		  "It is submitted. Next: a run asks the nation how far it is,"
		  " not before 2026-11-21T22:14:07Z\n" },
		{ { .state = CHUNK_FINISHED }, "It is finished. Next: a run fetches its counts\n" },
		{ { .state = CHUNK_DONE, .has_counts = 1, .rows_succeeded = 35988 },
		  "It is done. Next: nothing; every row is accounted for\n" },
		{ { .state = CHUNK_DONE, .has_counts = 1, .rows_succeeded = 30000 },
		  "It is done. Next: nothing; the nation's counts leave 5,988 of its rows"
		  " unexplained\n" },
		{ { .state = CHUNK_REFUSED },
		  "It is refused. Next: nothing by itself; a person settles it:\n"
		  "    rollcall resolve jobs/nc.cfg people-3 --resubmit | --skip --reason TEXT\n"
		  "    rollcall retry jobs/nc.cfg --failed     sends it again: the nation has not taken"
		  " it\n" },
		{ { .state = CHUNK_FAILED },
		  "It is failed. Next: nothing by itself; a person settles it:\n"
		  "    rollcall resolve jobs/nc.cfg people-3 --import ID | --resubmit | --skip"
		  " --reason TEXT\n" },
		{ { .state = CHUNK_SKIPPED },
		  "It is skipped. Next: nothing; its rows are not sent\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++)
		expect_next(&examples[i].chunk, 0, examples[i].next);
}

static void
a_source_that_comes_after_others_names_them(void **state)
{
	const struct chunk chunk = { .state = CHUNK_PLANNED };

	(void)state;
	expect_next(&chunk, 2,
	    "It is planned. Next: a run sends it when its turn comes; every chunk of these must be"
	    " done first: people, ballots\n");
}

static void
what_max_rejected_keeps_back_is_not_promised_to_be_sent(void **state)
{
	const struct chunk chunk = { .state = CHUNK_PLANNED };
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	explain_next(&text, &(struct explain_next){
	    .job = &job, .plan = &plan, .chunk = &chunk, .is_kept_back = true });
	assert_string_equal(buf_text(&text),
	    "It is planned. Next: nothing: people has more rejected rows than max_rejected\n"
	    "    rollcall rejects jobs/nc.cfg -o fix.csv     corrected, they go with retry\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_max_rejected_keeps_back_is_not_promised_to_be_sent),
		cmocka_unit_test(the_plan_says_which_rows_of_which_file),
		cmocka_unit_test(a_history_reads_as_a_story),
		cmocka_unit_test(the_evidence_of_an_attempt_is_told_in_plain_words),
		cmocka_unit_test(what_never_left_this_computer_says_so),
		cmocka_unit_test(every_event_of_a_chunk_has_words_and_none_of_the_load_has),
		cmocka_unit_test(each_state_says_what_moves_it_on),
		cmocka_unit_test(a_source_that_comes_after_others_names_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
