#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_fixture.h"
#include "runner/report/log.h"

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

static void
expect_line(void (*put)(struct buf *, const struct event *, const struct report_job *),
    const struct event *event, const char *line)
{
	SCOPED(buf) text = BUF_INIT;

	put(&text, event, &job);
	assert_string_equal(buf_text(&text), line);
}

static const struct event accepted = {
	.seq = 17,
	.at_ms = FIXTURE_TIME + 123,
	.type = EVENT_SUBMIT_ACCEPTED,
	.source = 1,
	.chunk = 3,
	.attempt = 1,
	.due_ms = FIXTURE_TIME + 5123,
	.import_id = 252,
	.word = WORD_QUEUED,
	.http_status = 200,
	.sha256 = { .is_known = true, .bytes = { 0xAB, [31] = 0x01 } },
};

static void
an_event_is_a_json_object_with_the_members_that_it_has(void **state)
{
	(void)state;
	expect_line(log_json, &accepted,
	    "{\"seq\":17,\"at\":\"2026-11-21T22:14:07.123Z\",\"event\":\"submit_accepted\","
	    "\"source\":\"ballots\",\"chunk\":3,\"attempt\":1,"
	    "\"due\":\"2026-11-21T22:14:12.123Z\",\"import_id\":252,\"word\":\"queued\","
	    "\"http_status\":200,\"sha256\":"
	    "\"ab00000000000000000000000000000000000000000000000000000000000001\"}\n");
}

static void
an_event_is_a_line_of_words_that_can_be_cut_at_blanks(void **state)
{
	(void)state;
	expect_line(log_text, &accepted,
	    "17 2026-11-21T22:14:07.123Z ballots-3 submit_accepted attempt=1"
	    " due=2026-11-21T22:14:12.123Z import_id=252 word=queued http_status=200"
	    " sha256=ab00000000000000000000000000000000000000000000000000000000000001\n");
}

static void
an_event_about_the_load_has_no_source(void **state)
{
	const struct event started = {
		.seq = 1,
		.at_ms = FIXTURE_TIME,
		.type = EVENT_RUN_STARTED,
		.person = "ann",
		.host = "vm-2",
		.pid = 8812,
	};

	(void)state;
	expect_line(log_json, &started,
	    "{\"seq\":1,\"at\":\"2026-11-21T22:14:07.000Z\",\"event\":\"run_started\","
	    "\"source\":null,\"chunk\":null,\"person\":\"ann\",\"host\":\"vm-2\",\"pid\":8812}\n");
	expect_line(log_text, &started,
	    "1 2026-11-21T22:14:07.000Z - run_started person=\"ann\" host=\"vm-2\" pid=8812\n");
}

static void
what_a_person_wrote_cannot_break_a_line(void **state)
{
	const struct event settled = {
		.seq = 2,
		.at_ms = FIXTURE_TIME,
		.type = EVENT_RESOLVED_SKIP,
		.chunk = 1,
		.text = "seen in \"Imports\" \\ gone",
	};

	(void)state;
	expect_line(log_text, &settled,
	    "2 2026-11-21T22:14:07.000Z people-1 resolved_skip"
	    " text=\"seen in \\\"Imports\\\" \\\\ gone\"\n");
	expect_line(log_json, &settled,
	    "{\"seq\":2,\"at\":\"2026-11-21T22:14:07.000Z\",\"event\":\"resolved_skip\","
	    "\"source\":\"people\",\"chunk\":1,\"text\":\"seen in \\\"Imports\\\" \\\\ gone\"}\n");
}

static void
fill_members(struct event *event)
{
#define FILL_NUMBER(member) event->member = 1;
#define FILL_TIME(member) event->member = FIXTURE_TIME;
#define FILL_TEXT(member) memcpy(event->member, "x", 2);
#define FILL_DIGEST(member) event->member.is_known = true;
#define X(kind, member, tag) FILL_##kind(member)
	EVENT_FIELDS(X)
#undef X
}

static void
every_member_of_an_event_has_its_place_in_the_line(void **state)
{
	struct event event = { .seq = 1 };
	SCOPED(buf) text = BUF_INIT;
	size_t equal_signs = 0, members = 0;

	(void)state;
	fill_members(&event);
#define X(kind, member, tag) members++;
	EVENT_FIELDS(X)
#undef X
	log_text(&text, &event, &job);
	for (size_t i = 0; i < text.len; i++)
		equal_signs += text.ptr[i] == '=';
	assert_int_equal(equal_signs, members - 4); /* at, type, source, chunk stand at the head */
}

static void
every_type_of_event_has_its_word(void **state)
{
	(void)state;
#define X(name, number, word)                                                                      \
	do {                                                                                       \
		const struct event event = { .seq = 1, .type = EVENT_##name };                     \
		/* of the load, and a retry of one of its sources */                               \
		expect_line(log_text, &event,                                                      \
		    event.type == EVENT_RETRY_PLANNED                                              \
			? "1 1970-01-01T00:00:00.000Z people " word "\n"                           \
			: "1 1970-01-01T00:00:00.000Z - " word "\n");                              \
	} while (0);
	EVENT_TYPES(X)
#undef X
}

static void
a_source_that_the_job_does_not_have_is_a_question_mark(void **state)
{
	const struct event event = { .seq = 1, .type = EVENT_PROBE_FOUND, .source = 9, .chunk = 1 };

	(void)state;
	expect_line(log_text, &event, "1 1970-01-01T00:00:00.000Z ?-1 probe_found\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_a_json_object_with_the_members_that_it_has),
		cmocka_unit_test(an_event_is_a_line_of_words_that_can_be_cut_at_blanks),
		cmocka_unit_test(an_event_about_the_load_has_no_source),
		cmocka_unit_test(what_a_person_wrote_cannot_break_a_line),
		cmocka_unit_test(every_member_of_an_event_has_its_place_in_the_line),
		cmocka_unit_test(every_type_of_event_has_its_word),
		cmocka_unit_test(a_source_that_the_job_does_not_have_is_a_question_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
