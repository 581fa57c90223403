#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report_fixture.h"
#include "runner/report/status.h"

static const struct report_source sources[] = {
	{ .name = "people", .type = "people" },
	{ .name = "ballots", .type = "ballot" },
};

static const struct report_job job = {
	.name = "nc-2026",
	.nation = "ourcampaign",
	.sources = sources,
	.source_count = ARRAY_COUNT(sources),
};

static const struct tally tallies[] = {
	{ .chunks = { [CHUNK_SUBMITTED] = 1, [CHUNK_DONE] = 2, [CHUNK_HELD] = 1 },
	  .rows_in_file = 4100,
	  .rows_left_out = 100,
	  .rows_planned = 4000,
	  .rows_sent = 3000,
	  .rows_succeeded = 1990,
	  .rows_updated = 500,
	  .rows_failed = 10,
	  .attempts = 5,
	  .votes_joint = 2 },
	{ .chunks = { [CHUNK_PLANNED] = 3 }, .rows_in_file = 900, .rows_planned = 900 },
};

static const struct status running = {
	.job = &job,
	.tallies = tallies,
	.state = STATUS_RUNNING,
	.pid = 8812,
	.host = "vm-2",
	.since_ms = FIXTURE_TIME,
	.confinement = STATUS_CONFINED,
	.waiting_for = "the nation to work through its queue",
	.eta_ms = FIXTURE_TIME + 3600000,
	.last_progress_ms = FIXTURE_TIME + 1000,
};

static const struct status fresh = { .job = &job, .tallies = tallies, .state = STATUS_NEW };

static void
expect_text(void (*put)(struct buf *, const struct status *), const struct status *status,
    const char *expected)
{
	SCOPED(buf) text = BUF_INIT;

	put(&text, status);
	assert_string_equal(buf_text(&text), expected);
}

#define NO_CHUNKS                                                                                  \
	"\"submitting\":0,\"in_doubt\":0,\"held\":0,\"submitted\":0,\"finished\":0,\"done\":0,"    \
	"\"refused\":0,\"failed\":0,\"skipped\":0}"
#define SOURCES                                                                                    \
	"\"sources\":[{\"name\":\"people\",\"type\":\"people\",\"rows_total\":4100,"               \
	"\"rows_sent\":3000,\"rows_succeeded\":1990,\"rows_updated\":500,\"rows_failed\":10,"      \
	"\"rows_left_out\":100,\"chunks\":{\"planned\":0,\"submitting\":0,\"in_doubt\":0,"         \
	"\"held\":1,\"submitted\":1,\"finished\":0,\"done\":2,\"refused\":0,\"failed\":0,"         \
	"\"skipped\":0}},{\"name\":\"ballots\",\"type\":\"ballot\",\"rows_total\":900,"            \
	"\"rows_sent\":0,\"rows_succeeded\":0,\"rows_updated\":0,\"rows_failed\":0,"               \
	"\"rows_left_out\":0,\"chunks\":{\"planned\":3," NO_CHUNKS "}],"
#define TOTAL                                                                                      \
	"\"rows_total\":5000,\"rows_sent\":3000,\"rows_succeeded\":1990,\"rows_updated\":500,"     \
	"\"rows_failed\":10,\"rows_left_out\":100,\"chunks\":{\"planned\":3,\"submitting\":0,"     \
	"\"in_doubt\":0,\"held\":1,\"submitted\":1,\"finished\":0,\"done\":2,\"refused\":0,"       \
	"\"failed\":0,\"skipped\":0},"

static void
a_running_load_as_json_has_every_member(void **state)
{
	(void)state;
	expect_text(status_json, &running,
	    "{\"schema\":1,\"job\":\"nc-2026\",\"nation\":\"ourcampaign\",\"state\":\"running\","
	    "\"pid\":8812,\"host\":\"vm-2\",\"since\":\"2026-11-21T22:14:07Z\","
	    "\"confined\":true," TOTAL SOURCES
	    "\"waiting_for\":\"the nation to work through its queue\","
	    "\"eta\":\"2026-11-21T23:14:07Z\",\"last_progress\":\"2026-11-21T22:14:08Z\"}\n");
}

static void
what_is_not_known_is_null_and_never_left_out(void **state)
{
	(void)state;
	expect_text(status_json, &fresh,
	    "{\"schema\":1,\"job\":\"nc-2026\",\"nation\":\"ourcampaign\",\"state\":\"new\","
	    "\"pid\":null,\"host\":null,\"since\":null,\"confined\":null," TOTAL
	    SOURCES
	    "\"waiting_for\":null,\"eta\":null,\"last_progress\":null}\n");
}

static void
a_load_that_is_not_confined_says_so(void **state)
{
	struct status unconfined = running;
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	unconfined.confinement = STATUS_UNCONFINED;
	status_json(&text, &unconfined);
	assert_non_null(strstr(buf_text(&text), "\"confined\":false,"));
}

static void
a_running_load_as_text_says_who_where_and_how_far(void **state)
{
	(void)state;
	expect_text(status_text, &running,
	    "nc-2026: running, pid 8812 on vm-2 since 2026-11-21T22:14:07Z  (nation ourcampaign)\n"
	    "  people     1,990 accepted, 10 rejected of 4,000 rows (100 left out);"
	    " chunks: 1 held, 1 submitted, 2 done\n"
	    "  ballots    0 accepted, 0 rejected of 900 rows; chunks: 3 planned\n"
	    "  waiting for the nation to work through its queue\n"
	    "  done about 2026-11-21T23:14:07Z\n"
	    "  last progress 2026-11-21T22:14:08Z\n");
}

static void
text_leaves_out_what_is_not_known(void **state)
{
	(void)state;
	expect_text(status_text, &fresh,
	    "nc-2026: new  (nation ourcampaign)\n"
	    "  people     1,990 accepted, 10 rejected of 4,000 rows (100 left out);"
	    " chunks: 1 held, 1 submitted, 2 done\n"
	    "  ballots    0 accepted, 0 rejected of 900 rows; chunks: 3 planned\n");
}

static void
updated_rows_count_as_accepted_where_the_nation_counts_them_apart(void **state)
{
	const struct report_job one = { "x", "n", sources, 1, "x.cfg" };
	const struct tally apart = { .rows_succeeded = 7, .rows_updated = 3, .rows_planned = 10,
		.votes_separate = 1, .chunks = { [CHUNK_DONE] = 1 } };
	const struct status status = { .job = &one, .tallies = &apart, .state = STATUS_FINISHED };

	(void)state;
	expect_text(status_text, &status,
	    "x: finished  (nation n)\n"
	    "  people     10 accepted, 0 rejected of 10 rows; chunks: 1 done\n");
}

static void
a_load_at_rest_is_finished_once_no_chunk_can_move_by_itself(void **state)
{
	(void)state;
	for (int i = 0; i < CHUNK_STATE_COUNT; i++) {
		struct tally total = { .attempts = 1, .chunks = { [CHUNK_DONE] = 1 } };
		bool is_final = chunk_state_is_final((enum chunk_state)i);

		total.chunks[i] = 1;
		assert_int_equal(
		    status_at_rest(&total), is_final ? STATUS_FINISHED : STATUS_STOPPED);
	}
	assert_int_equal(
	    status_at_rest(&(struct tally){ .chunks = { [CHUNK_PLANNED] = 1 } }), STATUS_NEW);
}

static void
status_json_is_put_into_place(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	SCOPED(buf) text = BUF_INIT;
	struct err err = ERR_INIT;
	char *written;

	(void)state;
	assert_int_equal(status_put(folder.fd, &running, &err), 0);
	status_json(&text, &running);
	written = fixture_read(&folder, "status.json");
	assert_string_equal(written, buf_text(&text));
	free(written);
	fixture_folder_done(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_running_load_as_json_has_every_member),
		cmocka_unit_test(what_is_not_known_is_null_and_never_left_out),
		cmocka_unit_test(a_load_that_is_not_confined_says_so),
		cmocka_unit_test(a_running_load_as_text_says_who_where_and_how_far),
		cmocka_unit_test(text_leaves_out_what_is_not_known),
		cmocka_unit_test(updated_rows_count_as_accepted_where_the_nation_counts_them_apart),
		cmocka_unit_test(a_load_at_rest_is_finished_once_no_chunk_can_move_by_itself),
		cmocka_unit_test(status_json_is_put_into_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
