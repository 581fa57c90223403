#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_fixture.h"
#include "runner/report/watch.h"

static const struct report_source sources[] = { { .name = "people", .type = "people" } };
static const struct report_job job = { "nc", "n", sources, 1, "nc.cfg" };
static const struct tally half = { .chunks = { [CHUNK_DONE] = 1, [CHUNK_PLANNED] = 1 },
	.rows_in_file = 200, .rows_planned = 200, .rows_sent = 100, .rows_succeeded = 100,
	.attempts = 1, .votes_joint = 1 };

/* A clock and a screen that a test sets; nothing waits. */
struct stage {
	struct now now;
	struct clock_port clock;
	unsigned columns;
	bool is_gone;
	unsigned writes;
	struct buf screen;
	struct fixture_folder folder;
	struct watch watch;
	struct watcher_port port;
};

static struct now
stage_now(void *ctx)
{
	return ((struct stage *)ctx)->now;
}

static unsigned
stage_columns(void *ctx)
{
	return ((struct stage *)ctx)->columns;
}

static int
stage_write(void *ctx, struct span text)
{
	struct stage *stage = ctx;

	stage->writes++;
	if (stage->is_gone)
		return -1;
	buf_add_span(&stage->screen, text);
	return 0;
}

static int64_t
stage_local(void *ctx, int64_t wall_ms)
{
	(void)ctx;
	return wall_ms - 5 * 3600000; /* New York in winter */
}

static struct stage *
stage_new(unsigned columns, bool is_quiet)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	assert_non_null(stage);
	stage->now = (struct now){ FIXTURE_TIME, -50 };
	stage->columns = columns;
	stage->clock = (struct clock_port){ stage, stage_now };
	stage->folder = fixture_folder_open();
	watch_init(&stage->watch, &(struct watch_options){
	    .job = &job,
	    .clock = &stage->clock,
	    .screen = { stage, stage_columns, stage_write, stage_local },
	    .is_quiet = is_quiet,
	    .folder = stage->folder.fd,
	    .pid = 8812,
	    .host = "vm-2",
	});
	stage->port = watch_port(&stage->watch);
	return stage;
}

static void
stage_free(struct stage *stage)
{
	watch_done(&stage->watch);
	buf_done(&stage->screen);
	fixture_folder_done(&stage->folder);
	free(stage);
}

static void
pass(struct stage *stage, int64_t ms)
{
	stage->now.wall_ms += ms;
	stage->now.mono_ms += ms;
}

static void
turn(struct stage *stage)
{
	stage->port.turn(stage->port.ctx, &half, 1, "");
}

static void
finish_chunk(struct stage *stage, uint32_t number, enum chunk_state to)
{
	const struct event event = { .at_ms = stage->now.wall_ms, .type = EVENT_RESULT_STORED,
		.chunk = number };
	const struct chunk chunk = { .number = number, .state = to };

	stage->port.event(stage->port.ctx, &event, &chunk);
}

/* What came to the screen since the last time. */
static void
expect_screen(struct stage *stage, const char *expected)
{
	assert_string_equal(buf_text(&stage->screen), expected);
	buf_clear(&stage->screen);
}

#define DRAWN  "[##########>.........] 50.0%\n100 ok  0 bad  of 200  1/2 ch"
#define ERASED "\r\033[1A\033[J"
#define FACTS  "1 of 2 chunks, 100 rows accepted, 0 rejected of 200 (50.0%)\n"

static void
a_terminal_is_redrawn_in_place(void **state)
{
	struct stage *stage = stage_new(46, false);

	(void)state;
	turn(stage);
	expect_screen(stage, DRAWN);
	pass(stage, 200);
	turn(stage);
	expect_screen(stage, ERASED DRAWN);
	stage_free(stage);
}

static void
has_work(struct stage *stage, const char *expected)
{
	pass(stage, 200);
	turn(stage);
	assert_non_null(strstr(buf_text(&stage->screen), expected));
	buf_clear(&stage->screen);
}

static void
what_the_nation_works_on_is_summed_until_it_is_done(void **state)
{
	struct stage *stage = stage_new(80, false);
	struct chunk first = { .source = 0, .number = 1, .state = CHUNK_SUBMITTED };
	struct chunk second = { .source = 0, .number = 2, .state = CHUNK_SUBMITTED };
	const struct event event = { .type = EVENT_STATUS_CHANGED, .chunk = 1 };

	(void)state;
	stage->port.work(stage->port.ctx, &first, 10, 100);
	stage->port.work(stage->port.ctx, &second, 0, 50);
	has_work(stage, "chunk 1/2 working 10/150  uploaded 1");
	stage->port.work(stage->port.ctx, &first, 70, 100);
	stage->port.event(stage->port.ctx, &event, &first);
	has_work(stage, "chunk 1/2 working 70/150  uploaded 1");
	first.state = CHUNK_FINISHED;
	stage->port.event(stage->port.ctx, &event, &first);
	has_work(stage, "chunk 1/2 working 0/50  uploaded 1");
	second.state = CHUNK_FAILED;
	stage->port.event(stage->port.ctx, &event, &second);
	has_work(stage, "chunk 1/2  uploaded 1");
	for (uint32_t i = 1; i < 100; i++) {
		first.number = i;
		stage->port.work(stage->port.ctx, &first, 1, 2);
	}
	has_work(stage, "chunk 1/2 working 64/128  uploaded 1");
	stage_free(stage);
}

static void
it_is_drawn_at_most_five_times_a_second(void **state)
{
	struct stage *stage = stage_new(46, false);

	(void)state;
	for (int i = 0; i < 1000; i++, pass(stage, 1))
		turn(stage);
	assert_int_equal(stage->writes, 5);
	stage_free(stage);
}

static void
a_message_stands_above_the_progress(void **state)
{
	struct stage *stage = stage_new(46, false);

	(void)state;
	turn(stage);
	expect_screen(stage, DRAWN);
	stage->port.say(stage->port.ctx, WEIGHT_WARNING, "the nation answered 503");
	turn(stage);
	expect_screen(stage, ERASED "17:14:07 warning: the nation answered 503\n" DRAWN);
	stage_free(stage);
}

static void
at_the_end_the_terminal_is_clean(void **state)
{
	struct stage *stage = stage_new(46, false);

	(void)state;
	turn(stage);
	expect_screen(stage, DRAWN);
	watch_done(&stage->watch);
	expect_screen(stage, ERASED);
	stage_free(stage);
}

static void
elsewhere_a_chunk_has_a_line_but_at_most_one_a_minute(void **state)
{
	struct stage *stage = stage_new(0, false);

	(void)state;
	turn(stage);
	expect_screen(stage, "");
	finish_chunk(stage, 1, CHUNK_DONE);
	pass(stage, 200);
	turn(stage);
	expect_screen(stage, "17:14:07 chunk people-1 done; " FACTS);
	finish_chunk(stage, 2, CHUNK_DONE);
	pass(stage, 59999);
	turn(stage);
	expect_screen(stage, "");
	finish_chunk(stage, 3, CHUNK_REFUSED);
	pass(stage, 200);
	turn(stage);
	expect_screen(stage, "17:15:07 chunk people-3 refused; " FACTS);
	pass(stage, 120000);
	turn(stage);
	expect_screen(stage, "");
	stage_free(stage);
}

static void
a_step_on_the_way_is_no_line(void **state)
{
	struct stage *stage = stage_new(0, false);

	(void)state;
	finish_chunk(stage, 1, CHUNK_SUBMITTED);
	turn(stage);
	expect_screen(stage, "");
	stage_free(stage);
}

static void
thirty_five_columns_are_no_terminal(void **state)
{
	struct stage *stage = stage_new(35, false);

	(void)state;
	turn(stage);
	expect_screen(stage, "");
	stage_free(stage);
}

static void
quiet_says_nothing_unless_asked(void **state)
{
	struct stage *stage = stage_new(46, true);

	(void)state;
	finish_chunk(stage, 1, CHUNK_DONE);
	turn(stage);
	stage->port.say(stage->port.ctx, WEIGHT_WARNING, "the nation answered 503");
	expect_screen(stage, "");
	stage->port.tell(stage->port.ctx);
	expect_screen(stage, "17:14:07 chunk people-1 done; " FACTS);
	stage_free(stage);
}

static void
messages_cannot_act_on_the_terminal(void **state)
{
	struct stage *stage = stage_new(0, false);

	(void)state;
	stage->port.say(stage->port.ctx, WEIGHT_INFO, "a\033[2Jb\nc");
	expect_screen(stage, "17:14:07 a\\x1B[2Jb c\n");
	stage_free(stage);
}

static void
a_warning_is_yellow_where_colours_are_wanted(void **state)
{
	struct stage *stage = stage_new(0, false);

	(void)state;
	stage->watch.options.is_colored = true;
	stage->port.say(stage->port.ctx, WEIGHT_WARNING, "x");
	stage->port.say(stage->port.ctx, WEIGHT_INFO, "y");
	expect_screen(stage, "17:14:07 \033[33mwarning:\033[0m x\n17:14:07 y\n");
	stage_free(stage);
}

static void
a_terminal_that_is_gone_is_left_alone(void **state)
{
	struct stage *stage = stage_new(46, false);

	(void)state;
	stage->is_gone = true;
	for (int i = 0; i < 10; i++, pass(stage, 200))
		turn(stage);
	stage->port.say(stage->port.ctx, WEIGHT_INFO, "x");
	assert_int_equal(stage->writes, 1);
	stage_free(stage);
}

static void
in_the_background_nothing_is_erased_that_others_wrote(void **state)
{
	struct stage *stage = stage_new(46, false);

	(void)state;
	turn(stage);
	expect_screen(stage, DRAWN);
	stage->columns = 0;
	pass(stage, 200);
	turn(stage);
	stage->columns = 46;
	pass(stage, 200);
	turn(stage);
	expect_screen(stage, DRAWN);
	stage_free(stage);
}

static void
the_end_is_estimated_from_the_recent_rate(void **state)
{
	struct tally grown = half;
	struct stage *stage = stage_new(46, false);

	(void)state;
	turn(stage);
	buf_clear(&stage->screen);
	pass(stage, 60000);
	grown.rows_succeeded = 150;
	stage->port.turn(stage->port.ctx, &grown, 1, "");
	expect_screen(stage, ERASED
	    "[###############>....] 75.0% about 17:16\n150 ok  0 bad  of 200  1/2 ch");
	stage_free(stage);
}

static void
expect_status(const struct stage *stage, const char *part)
{
	char *text = fixture_read(&stage->folder, "status.json");

	assert_non_null(text);
	assert_non_null(strstr(text, part));
	free(text);
	assert_int_equal(unlinkat(stage->folder.fd, "status.json", 0), 0);
}

static void
status_json_is_kept_every_ten_seconds(void **state)
{
	struct stage *stage = stage_new(0, true);

	(void)state;
	finish_chunk(stage, 1, CHUNK_DONE);
	turn(stage);
	expect_status(stage,
	    "\"state\":\"running\",\"pid\":8812,\"host\":\"vm-2\","
	    "\"since\":\"2026-11-21T22:14:07Z\"");
	pass(stage, 9999);
	turn(stage);
	assert_null(fixture_read(&stage->folder, "status.json"));
	pass(stage, 1);
	turn(stage);
	expect_status(stage, "\"last_progress\":\"2026-11-21T22:14:07Z\"");
	stage_free(stage);
}

static void
a_status_json_that_cannot_be_written_is_said_once(void **state)
{
	struct stage *stage = stage_new(0, false);

	(void)state;
	stage->watch.options.folder = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 3; i++, pass(stage, 10000))
		turn(stage);
	assert_int_equal(stage->writes, 1);
	assert_non_null(strstr(buf_text(&stage->screen), "warning: cannot create status.json"));
	close(stage->watch.options.folder);
	stage_free(stage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_is_redrawn_in_place),
		cmocka_unit_test(what_the_nation_works_on_is_summed_until_it_is_done),
		cmocka_unit_test(it_is_drawn_at_most_five_times_a_second),
		cmocka_unit_test(a_message_stands_above_the_progress),
		cmocka_unit_test(at_the_end_the_terminal_is_clean),
		cmocka_unit_test(elsewhere_a_chunk_has_a_line_but_at_most_one_a_minute),
		cmocka_unit_test(a_step_on_the_way_is_no_line),
		cmocka_unit_test(thirty_five_columns_are_no_terminal),
		cmocka_unit_test(quiet_says_nothing_unless_asked),
		cmocka_unit_test(messages_cannot_act_on_the_terminal),
		cmocka_unit_test(a_warning_is_yellow_where_colours_are_wanted),
		cmocka_unit_test(a_terminal_that_is_gone_is_left_alone),
		cmocka_unit_test(in_the_background_nothing_is_erased_that_others_wrote),
		cmocka_unit_test(the_end_is_estimated_from_the_recent_rate),
		cmocka_unit_test(status_json_is_kept_every_ten_seconds),
		cmocka_unit_test(a_status_json_that_cannot_be_written_is_said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
