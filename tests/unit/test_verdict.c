#include "platform.h"

#include "runner/core/verdict.h"
#include "tests/unit/core_test.h"

#define BODY 1000

static const struct load_limits limits = {
	.uploads = 2,
	.attempts = 3,
	.backoff = { 2000, 300000 },
	.settle_ms = 5 * MINUTE,
	.poll_first_ms = 5000,
	.poll_most_ms = 60000,
};

static const struct chunk submitting = {
	.source = 1,
	.number = 3,
	.state = CHUNK_SUBMITTING,
	.attempts = 1,
	.attempts_used = 1,
};

static const struct chunk submitted = {
	.source = 1,
	.number = 3,
	.state = CHUNK_SUBMITTED,
	.attempts = 1,
	.import_id = 252,
	.submitted_ms = CORE_WALL - HOUR,
	.word = WORD_QUEUED,
};

/* The highest roll, so that a wait is its bound less a millisecond. */
static struct verdict_context
context_of(const struct chunk *chunk)
{
	return (struct verdict_context){
		.limits = &limits,
		.chunk = chunk,
		.wall_ms = CORE_WALL,
		.roll = UINT32_MAX,
	};
}

/* An answer to a POST whose body was handed over as a whole. */
static struct reply
answer(uint32_t status)
{
	return (struct reply){
		.kind = REQUEST_SUBMIT,
		.request_bytes = 300,
		.body_bytes = BODY,
		.handed_bytes = BODY,
		.sha256 = { true, "s" },
		.status = status,
		.server_date_ms = -1,
		.retry_after_ms = -1,
		.processed = -1,
		.total = -1,
		.rows_succeeded = -1,
		.rows_updated = -1,
		.rows_failed = -1,
	};
}

static struct reply
import_answer(uint32_t status, uint64_t import_id, enum nation_word word)
{
	struct reply reply = answer(status);

	reply.form = ANSWER_JSON;
	reply.id_form = ID_VALID;
	reply.import_id = import_id;
	reply.word = word;
	return reply;
}

/* The connection ended without a status. */
static struct reply
broken(enum transport transport, uint64_t request_bytes, uint64_t handed_bytes)
{
	struct reply reply = answer(0);

	reply.transport = transport;
	reply.request_bytes = request_bytes;
	reply.handed_bytes = handed_bytes;
	snprintf(reply.transport_text, sizeof(reply.transport_text), "it broke");
	return reply;
}

static struct verdict
of_submit(const struct reply *reply)
{
	struct verdict_context context = context_of(&submitting);

	return verdict_of_submit(reply, &context);
}

static struct verdict
of_status(const struct reply *reply)
{
	struct verdict_context context = context_of(&submitted);

	return verdict_of_status(reply, &context);
}

static struct verdict
of_result(const struct reply *reply)
{
	struct chunk chunk = submitted;
	struct verdict_context context = context_of(&chunk);

	chunk.state = CHUNK_FINISHED;
	return verdict_of_result(reply, &context);
}

/* ---- replies.md, "Verdicts of an attempt" ---- */

static void
accepted_is_2xx_with_the_whole_body_complete_json_and_a_valid_id(void **state)
{
	static const uint32_t statuses[] = { 200, 201, 299 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(statuses); i++) {
		struct reply reply = import_answer(statuses[i], 252, WORD_QUEUED);
		struct verdict verdict = of_submit(&reply);

		assert_int_equal(verdict.event.type, EVENT_SUBMIT_ACCEPTED);
		assert_int_equal(verdict.event.import_id, 252);
		assert_int_equal(verdict.event.word, WORD_QUEUED);
		assert_int_equal(verdict.event.due_ms, CORE_WALL + 5000);
		assert_true(verdict.event.sha256.is_known);
		assert_true(verdict.is_success);
		assert_int_equal(verdict.stop, ERR_NONE);
	}
}

static void
whatever_is_less_than_accepted_is_in_doubt(void **state)
{
	struct reply less[7];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(less); i++)
		less[i] = import_answer(200, 252, WORD_QUEUED);
	less[0].handed_bytes = BODY - 1;
	less[1].form = ANSWER_BROKEN;
	less[2].form = ANSWER_NONE;
	less[3].form = ANSWER_TOO_LONG;
	less[4].id_form = ID_ABSENT;
	less[5].id_form = ID_ODD;
	less[6].transport = TRANSPORT_BROKEN;
	for (size_t i = 0; i < ARRAY_COUNT(less); i++) {
		struct verdict verdict = of_submit(&less[i]);

		assert_int_equal(verdict.event.type, EVENT_ANSWER_LOST);
		assert_int_equal(verdict.event.due_ms, CORE_WALL + 5 * MINUTE);
		assert_int_equal(verdict.stop, ERR_NONE);
		assert_true(verdict.event.text[0] != '\0');
	}
}

static void
a_web_page_in_place_of_the_api_is_in_doubt_and_stops_76(void **state)
{
	struct reply reply = import_answer(200, 252, WORD_QUEUED);
	struct verdict verdict;

	(void)state;
	reply.form = ANSWER_HTML;
	verdict = of_submit(&reply);
	assert_int_equal(verdict.event.type, EVENT_ANSWER_LOST);
	assert_int_equal(verdict.stop, ERR_NONSENSE);
	assert_non_null(strstr(verdict.stop_text, "a web page, not the API"));
}

static void
nothing_sent_is_not_sent_and_may_be_tried_again_at_once_from_the_first_wait_on(void **state)
{
	struct reply reply = broken(TRANSPORT_CONNECT, 0, 0);
	struct verdict verdict = of_submit(&reply);

	(void)state;
	assert_int_equal(verdict.event.type, EVENT_SUBMIT_NOT_SENT);
	assert_true(verdict.is_no_connection);
	assert_int_equal(verdict.event.due_ms, CORE_WALL + 1999);
	assert_string_equal(verdict.event.text, "it broke");
	assert_int_equal(verdict.stop, ERR_NONE);
}

static void
waits_grow_with_all_attempts_of_the_chunk(void **state)
{
	struct reply reply = broken(TRANSPORT_CONNECT, 0, 0);
	struct chunk chunk = submitting;
	struct verdict_context context = context_of(&chunk);

	(void)state;
	chunk.attempts = 4;
	assert_int_equal(verdict_of_submit(&reply, &context).event.due_ms, CORE_WALL + 15999);
}

static void
a_body_handed_over_in_part_is_not_complete(void **state)
{
	static const uint64_t handed[] = { 0, 1, BODY - 1 };
	static const enum transport ways[] = { TRANSPORT_BROKEN, TRANSPORT_CUT, TRANSPORT_TLS,
					       TRANSPORT_CONNECT, TRANSPORT_SETUP };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(handed); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(ways); j++) {
			struct reply reply = broken(ways[j], 300, handed[i]);
			struct verdict verdict = of_submit(&reply);

			assert_int_equal(verdict.event.type, EVENT_SUBMIT_NOT_COMPLETE);
			assert_int_equal(verdict.event.handed_bytes, handed[i]);
			assert_int_equal(verdict.event.due_ms, CORE_WALL + 1999);
			assert_false(verdict.is_no_connection);
			assert_int_equal(verdict.stop, ERR_NONE);
		}
	}
}

static void
a_whole_body_without_an_answer_is_in_doubt(void **state)
{
	static const enum transport ways[] = { TRANSPORT_OK, TRANSPORT_BROKEN, TRANSPORT_CUT,
					       TRANSPORT_GARBLED };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
		struct reply reply = broken(ways[i], 300, BODY);
		struct verdict verdict = of_submit(&reply);

		assert_int_equal(verdict.event.type, EVENT_ANSWER_LOST);
		assert_true(verdict.event.sha256.is_known);
		assert_int_equal(verdict.stop, ERR_NONE);
	}
}

/* ---- replies.md, "By status", column POST ---- */

struct post_row {
	const char *row;
	uint32_t statuses[8];
	enum event_type complete;   /* the whole body was handed over */
	enum event_type incomplete; /* or not */
	enum err_kind stop;
	bool pauses;
};

static const struct post_row post_rows[] = {
	{ "300 301 307 308 | refused, stop 76 (wrong slug or host; never followed)",
	  { 300, 301, 307, 308 }, EVENT_SUBMIT_REFUSED, EVENT_SUBMIT_REFUSED, ERR_NONSENSE, false },
	{ "302 303 | IN DOUBT, stop 76",
	  { 302, 303 }, EVENT_ANSWER_LOST, EVENT_ANSWER_LOST, ERR_NONSENSE, false },
	{ "400 405 411 414 415 431 | chunk refused with the nation's message",
	  { 400, 405, 411, 414, 415, 431 }, EVENT_SUBMIT_REFUSED, EVENT_SUBMIT_REFUSED, ERR_NONE,
	  false },
	{ "401 | planned; ... else stop 77",
	  { 401 }, EVENT_SUBMIT_PUT_OFF, EVENT_SUBMIT_PUT_OFF, ERR_ACCESS, false },
	{ "403 | planned, stop 77",
	  { 403 }, EVENT_SUBMIT_PUT_OFF, EVENT_SUBMIT_PUT_OFF, ERR_ACCESS, false },
	{ "404 | stop 76 (wrong endpoint)",
	  { 404 }, EVENT_SUBMIT_PUT_OFF, EVENT_SUBMIT_PUT_OFF, ERR_NONSENSE, false },
	{ "406 | stop 76",
	  { 406 }, EVENT_SUBMIT_PUT_OFF, EVENT_SUBMIT_PUT_OFF, ERR_NONSENSE, false },
	{ "408 | NOT COMPLETE if the body was incomplete, else IN DOUBT",
	  { 408 }, EVENT_ANSWER_LOST, EVENT_SUBMIT_NOT_COMPLETE, ERR_NONE, false },
	{ "409 | IN DOUBT",
	  { 409 }, EVENT_ANSWER_LOST, EVENT_ANSWER_LOST, ERR_NONE, false },
	{ "410 | refused, stop",
	  { 410 }, EVENT_SUBMIT_REFUSED, EVENT_SUBMIT_REFUSED, ERR_NONSENSE, false },
	{ "413 | split the chunk in two and go on with that limit",
	  { 413 }, EVENT_SUBMIT_TOO_LARGE, EVENT_SUBMIT_TOO_LARGE, ERR_NONE, false },
	{ "421 425 | planned, retry (421 once); budgets: ... 401, 421 and 429 use up none",
	  { 421 }, EVENT_SUBMIT_PUT_OFF, EVENT_SUBMIT_PUT_OFF, ERR_NONE, false },
	{ "421 425 | planned, retry; 425 uses up an attempt",
	  { 425 }, EVENT_SUBMIT_NOT_COMPLETE, EVENT_SUBMIT_NOT_COMPLETE, ERR_NONE, false },
	{ "422 | chunk refused with the message; go on",
	  { 422 }, EVENT_SUBMIT_REFUSED, EVENT_SUBMIT_REFUSED, ERR_NONE, false },
	{ "429 | planned; pause the lane",
	  { 429 }, EVENT_SUBMIT_PUT_OFF, EVENT_SUBMIT_PUT_OFF, ERR_NONE, true },
	{ "500 502 504 507 520-524 | IN DOUBT",
	  { 500, 502, 504, 507, 520, 522, 523, 524 }, EVENT_ANSWER_LOST, EVENT_ANSWER_LOST,
	  ERR_NONE, false },
	{ "503 | NOT COMPLETE if the body was incomplete, else IN DOUBT",
	  { 503 }, EVENT_ANSWER_LOST, EVENT_SUBMIT_NOT_COMPLETE, ERR_NONE, true },
	{ "other | IN DOUBT if the body was complete, else planned",
	  { 100, 304, 402, 418, 451, 501, 525, 599 }, EVENT_ANSWER_LOST,
	  EVENT_SUBMIT_NOT_COMPLETE, ERR_NONE, false },
};

static void
check_post(const struct post_row *row, uint32_t status, uint64_t handed_bytes,
    enum event_type expected)
{
	struct reply reply = answer(status);
	struct verdict verdict;

	reply.handed_bytes = handed_bytes;
	snprintf(reply.message, sizeof(reply.message), "no thanks");
	verdict = of_submit(&reply);
	if (verdict.event.type != expected || verdict.stop != row->stop ||
	    (verdict.pause_ms > 0) != row->pauses)
		fail_msg("%u, %u bytes: %s, stop %d, pause %d; expected by\n\t%s", status,
		    (unsigned)handed_bytes, event_word(verdict.event.type), (int)verdict.stop,
		    (int)verdict.pause_ms, row->row);
	assert_true(verdict.has_event);
	assert_int_equal(verdict.event.http_status, status);
	assert_true(verdict.event.text[0] != '\0');
}

static void
every_status_means_for_a_post_what_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(post_rows); i++) {
		const struct post_row *row = &post_rows[i];

		for (size_t j = 0; j < ARRAY_COUNT(row->statuses) && row->statuses[j]; j++) {
			check_post(row, row->statuses[j], BODY, row->complete);
			check_post(row, row->statuses[j], BODY - 1, row->incomplete);
		}
	}
}

static void
what_the_nation_said_stands_in_the_event(void **state)
{
	struct reply reply = answer(400);
	struct verdict verdict;

	(void)state;
	snprintf(reply.message, sizeof(reply.message), "file is too odd");
	snprintf(reply.request_id, sizeof(reply.request_id), "req-1");
	reply.server_date_ms = 77;
	reply.curl_code = 18;
	snprintf(reply.local_address, sizeof(reply.local_address), "10.0.0.7:50412");
	snprintf(reply.peer_address, sizeof(reply.peer_address), "[::1]:443");
	reply.connects = 1;
	reply.connect_ms = 2;
	reply.tls_ms = 3;
	reply.first_byte_ms = 4;
	reply.took_ms = 5;
	verdict = of_submit(&reply);
	assert_string_equal(verdict.event.text, "the nation answered 400: file is too odd");
	assert_string_equal(verdict.event.request_id, "req-1");
	assert_int_equal(verdict.event.server_date_ms, 77);
	assert_int_equal(verdict.event.curl_code, 18);
	assert_string_equal(verdict.event.local_address, "10.0.0.7:50412");
	assert_string_equal(verdict.event.peer_address, "[::1]:443");
	assert_int_equal(verdict.event.connects, 1);
	assert_int_equal(verdict.event.connect_ms, 2);
	assert_int_equal(verdict.event.tls_ms, 3);
	assert_int_equal(verdict.event.first_byte_ms, 4);
	assert_int_equal(verdict.event.took_ms, 5);
	assert_int_equal(verdict.event.source, 1);
	assert_int_equal(verdict.event.chunk, 3);
	assert_int_equal(verdict.event.attempt, 1);
	assert_int_equal(verdict.event.at_ms, CORE_WALL);
}

static void
an_answer_that_broke_off_says_how(void **state)
{
	struct reply reply = answer(200);

	(void)state;
	reply.transport = TRANSPORT_GARBLED;
	snprintf(reply.transport_text, sizeof(reply.transport_text), "77 bytes missing");
	assert_string_equal(of_submit(&reply).event.text,
	    "the answer 200 cannot be understood (77 bytes missing)");
}

static void
a_status_without_a_message_is_named_alone(void **state)
{
	struct reply reply = answer(500);

	(void)state;
	assert_string_equal(of_submit(&reply).event.text, "the nation answered 500");
}

static void
one_row_that_is_too_large_is_refused(void **state)
{
	struct reply reply = answer(413);
	struct verdict_context context = context_of(&submitting);
	struct verdict verdict;

	(void)state;
	context.is_one_row = true;
	verdict = verdict_of_submit(&reply, &context);
	assert_int_equal(verdict.event.type, EVENT_SUBMIT_REFUSED);
	assert_string_equal(verdict.event.text,
	    "the nation answered 413: this one row is too large for it");
	assert_int_equal(verdict.stop, ERR_NONE);
}

static void
a_nation_that_finds_everything_too_large_stops_76(void **state)
{
	struct reply reply = answer(413);
	struct verdict_context context = context_of(&submitting);

	(void)state;
	context.too_large_in_a_row = 32 * context.limits->uploads - 2;
	assert_int_equal(verdict_of_submit(&reply, &context).stop, ERR_NONE);
	context.too_large_in_a_row++;
	assert_int_equal(verdict_of_submit(&reply, &context).stop, ERR_NONSENSE);
}

static void
two_equal_refusals_in_a_row_stop_76(void **state)
{
	struct reply reply = answer(400);
	struct verdict_context context = context_of(&submitting);

	(void)state;
	context.last_refusal = 405;
	assert_int_equal(verdict_of_submit(&reply, &context).stop, ERR_NONE);
	context.last_refusal = 400;
	assert_int_equal(verdict_of_submit(&reply, &context).stop, ERR_NONSENSE);
}

static void
three_422_in_a_row_stop_76(void **state)
{
	struct reply reply = answer(422);
	struct verdict_context context = context_of(&submitting);

	(void)state;
	context.refused_in_a_row = 1;
	assert_int_equal(verdict_of_submit(&reply, &context).stop, ERR_NONE);
	context.refused_in_a_row = 2;
	assert_int_equal(verdict_of_submit(&reply, &context).stop, ERR_NONSENSE);
}

static void
a_second_421_for_the_same_chunk_stops_76(void **state)
{
	struct reply reply = answer(421);
	struct chunk chunk = submitting;
	struct verdict_context context = context_of(&chunk);

	(void)state;
	chunk.http_status = 421; /* of the attempt before */
	assert_int_equal(verdict_of_submit(&reply, &context).stop, ERR_NONSENSE);
}

/* "429: pause the lane until Retry-After or RateLimit-Reset, clamped to 1 s ... 15 min" */
static void
a_pause_is_as_long_as_the_nation_says_between_a_second_and_a_quarter_of_an_hour(void **state)
{
	static const struct {
		int64_t told_ms, pause_ms;
	} cases[] = {
		{ 30000, 30000 }, { 1, 1000 },	     { 1000, 1000 },
		{ 0, 1999 },	  { -1, 1999 },	     { -90000, 1999 }, /* not said: backoff */
		{ 15 * MINUTE, 15 * MINUTE },	     { 15 * MINUTE + 1, 15 * MINUTE },
		{ INT64_MAX, 15 * MINUTE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct reply reply = answer(429);
		struct verdict verdict;

		reply.retry_after_ms = cases[i].told_ms;
		verdict = of_submit(&reply);
		assert_int_equal(verdict.pause_ms, cases[i].pause_ms);
		assert_int_equal(verdict.event.due_ms, CORE_WALL + cases[i].pause_ms);
		assert_int_equal(verdict.retry_cost, 0);
		assert_false(verdict.is_success); /* no progress: retry.give_up bounds it */
	}
}

static void
our_own_wait_where_the_nation_names_none_is_a_second_at_least(void **state)
{
	struct reply reply = answer(429);
	struct verdict_context context = context_of(&submitting);

	(void)state;
	context.roll = 0;
	assert_int_equal(verdict_of_submit(&reply, &context).pause_ms, 1000);
}

/* "a retry costs 5, a timeout 10" */
static void
failures_cost_of_the_retry_budget_and_timeouts_twice_as_much(void **state)
{
	struct reply lost = broken(TRANSPORT_BROKEN, 300, BODY);
	struct reply lost_in_time = broken(TRANSPORT_CUT, 300, BODY);
	struct reply cut = broken(TRANSPORT_CUT, 300, 1);
	struct reply partial = broken(TRANSPORT_BROKEN, 300, 1);
	struct reply unsent = broken(TRANSPORT_CONNECT, 0, 0);

	(void)state;
	assert_int_equal(of_submit(&lost).retry_cost, 5);
	assert_int_equal(of_submit(&lost_in_time).retry_cost, 10);
	assert_int_equal(of_submit(&cut).retry_cost, 10);
	assert_int_equal(of_submit(&partial).retry_cost, 5);
	assert_int_equal(of_submit(&unsent).retry_cost, 5);
	lost.kind = lost_in_time.kind = REQUEST_STATUS;
	assert_int_equal(of_status(&lost).retry_cost, 5);
	assert_int_equal(of_status(&lost_in_time).retry_cost, 10);
}

/* ---- replies.md, the table of curl outcomes ---- */

static void
tls_trouble_with_nothing_sent_is_planned_and_stops_76(void **state)
{
	struct reply reply = broken(TRANSPORT_TLS, 0, 0);
	struct verdict verdict = of_submit(&reply);

	(void)state;
	assert_int_equal(verdict.event.type, EVENT_SUBMIT_NOT_SENT);
	assert_int_equal(verdict.stop, ERR_NONSENSE);
	assert_string_equal(verdict.stop_text, "it broke");
	assert_int_equal(of_status(&reply).stop, ERR_NONSENSE);
}

static void
a_bad_url_option_or_ca_file_stops_with_who_can_mend_it(void **state)
{
	struct reply reply = broken(TRANSPORT_SETUP, 0, 0);

	(void)state;
	assert_int_equal(of_submit(&reply).event.type, EVENT_SUBMIT_NOT_SENT);
	assert_int_equal(of_submit(&reply).stop, ERR_JOB);
	assert_int_equal(of_status(&reply).stop, ERR_JOB);
	reply.fault = ERR_ACCESS;
	assert_int_equal(of_submit(&reply).stop, ERR_ACCESS);
	assert_int_equal(of_status(&reply).stop, ERR_ACCESS);
}

static void
a_garbled_answer_is_in_doubt_even_if_the_body_was_not_complete(void **state)
{
	struct reply reply = broken(TRANSPORT_GARBLED, 300, 1);

	(void)state;
	assert_int_equal(of_submit(&reply).event.type, EVENT_ANSWER_LOST);
}

static void
a_source_that_changed_aborts_its_post_unfinished_and_stops_66(void **state)
{
	struct reply reply = broken(TRANSPORT_ABORTED, 300, 500);

	(void)state;
	assert_int_equal(of_submit(&reply).event.type, EVENT_SUBMIT_NOT_COMPLETE);
	assert_int_equal(of_submit(&reply).stop, ERR_INPUT);
	reply.fault = ERR_IO;
	assert_int_equal(of_submit(&reply).stop, ERR_IO);
	reply.status = 408; /* the nation was faster to answer than we to hang up */
	assert_int_equal(of_submit(&reply).stop, ERR_IO);
}

static void
gets_that_break_are_asked_again(void **state)
{
	static const enum transport ways[] = { TRANSPORT_CONNECT, TRANSPORT_BROKEN,
					       TRANSPORT_GARBLED, TRANSPORT_CUT };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
		struct reply reply = broken(ways[i], 300, 0);
		struct verdict verdict = of_status(&reply);

		assert_false(verdict.has_event);
		assert_int_equal(verdict.stop, ERR_NONE);
		assert_int_equal(verdict.trouble, TROUBLE_LATER);
		assert_int_equal(verdict.wait_ms, 1999);
		assert_false(verdict.is_no_connection);
	}
}

static void
a_get_that_never_left_says_so_and_tls_trouble_in_the_middle_is_no_reason_to_stop(void **state)
{
	struct reply unsent = broken(TRANSPORT_CONNECT, 0, 0);
	struct reply tls = broken(TRANSPORT_TLS, 300, 0);
	struct reply setup = broken(TRANSPORT_SETUP, 300, 0);

	(void)state;
	assert_true(of_status(&unsent).is_no_connection);
	assert_int_equal(of_status(&tls).stop, ERR_NONE);
	assert_int_equal(of_status(&setup).stop, ERR_NONE);
}

/* ---- replies.md, "By status", columns GET ---- */

enum get_outcome { RETRY, PAUSE, STOP_76, STOP_77, FAILED, NO_RESULT_DECLARED };

struct get_row {
	const char *row;
	uint32_t statuses[12];
	enum get_outcome of_status, of_result;
};

static const struct get_row get_rows[] = {
	{ "300 301 307 308 | stop | stop; 302 303 | stop 76 | stop 76",
	  { 300, 301, 302, 303, 307, 308 }, STOP_76, STOP_76 },
	{ "400 405 411 414 415 431 | stop 76 | stop 76",
	  { 400, 405, 411, 414, 415, 431 }, STOP_76, STOP_76 },
	{ "401 | same | same", { 401 }, STOP_77, STOP_77 },
	{ "403 | stop 77 | stop 77", { 403 }, STOP_77, STOP_77 },
	{ "404 | retry for 15 min (lag) | same", { 404 }, RETRY, RETRY },
	{ "406 | stop 76 | stop 76", { 406 }, STOP_76, STOP_76 },
	{ "408 | retry | retry", { 408 }, RETRY, RETRY },
	{ "409 | retry | retry", { 409 }, RETRY, RETRY },
	{ "410 | chunk failed \"gone\" | done without a result, declared",
	  { 410 }, FAILED, NO_RESULT_DECLARED },
	{ "421 425 | retry | retry", { 421, 425 }, RETRY, RETRY },
	{ "422 | stop 76 | stop 76", { 422 }, STOP_76, STOP_76 },
	{ "429 | pause | pause", { 429 }, PAUSE, PAUSE },
	{ "500 502 504 507 520-524 | retry | retry",
	  { 500, 502, 504, 507, 520, 521, 522, 523, 524 }, RETRY, RETRY },
	{ "503 | retry and pause | retry and pause", { 503 }, PAUSE, PAUSE },
	{ "other | retry | retry", { 100, 304, 402, 418, 451, 501, 505, 599 }, RETRY, RETRY },
};

static enum get_outcome
outcome_of(const struct verdict *verdict)
{
	if (verdict->stop)
		return verdict->stop == ERR_ACCESS ? STOP_77 : STOP_76;
	if (verdict->has_event)
		return verdict->event.type == EVENT_RESULT_GONE ? NO_RESULT_DECLARED : FAILED;
	assert_true(verdict->wait_ms > 0);
	return verdict->pause_ms ? PAUSE : RETRY;
}

static void
check_get(const struct get_row *row, uint32_t status)
{
	struct reply reply = answer(status);
	struct verdict of_a_status = of_status(&reply);
	struct verdict of_a_result = of_result(&reply);

	if (outcome_of(&of_a_status) != row->of_status || outcome_of(&of_a_result) != row->of_result)
		fail_msg("%u: %d, %d; expected by\n\t%s", status, outcome_of(&of_a_status),
		    outcome_of(&of_a_result), row->row);
}

static void
every_status_means_for_a_get_what_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(get_rows); i++) {
		const struct get_row *row = &get_rows[i];

		for (size_t j = 0; j < ARRAY_COUNT(row->statuses) && row->statuses[j]; j++)
			check_get(row, row->statuses[j]);
	}
}

static void
a_web_page_in_place_of_an_answer_stops_76(void **state)
{
	struct reply reply = answer(200);

	(void)state;
	reply.form = ANSWER_HTML;
	assert_int_equal(of_status(&reply).stop, ERR_NONSENSE);
	assert_int_equal(of_result(&reply).stop, ERR_NONSENSE);
}

static void
a_429_to_a_get_costs_nothing_and_a_503_does(void **state)
{
	struct reply reply = answer(429);
	struct verdict verdict;

	(void)state;
	reply.retry_after_ms = 7000;
	verdict = of_status(&reply);
	assert_false(verdict.is_success);
	assert_int_equal(verdict.retry_cost, 0);
	assert_int_equal(verdict.trouble, TROUBLE_NONE);
	assert_int_equal(verdict.pause_ms, 7000);
	assert_int_equal(verdict.wait_ms, 7000);
	reply.status = 503;
	verdict = of_status(&reply);
	assert_false(verdict.is_success);
	assert_int_equal(verdict.retry_cost, 5);
	assert_int_equal(verdict.trouble, TROUBLE_LATER);
	assert_int_equal(verdict.wait_ms, 7000);
}

/* "2xx, not complete JSON ... | retry 3, then stop 76 | retry 3, then chunk failed "no result"" */
static void
the_third_status_in_a_row_that_cannot_be_understood_stops_76(void **state)
{
	struct reply garbage[5];
	struct verdict_context context = context_of(&submitted);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(garbage); i++)
		garbage[i] = import_answer(200, 252, WORD_WORKING);
	garbage[0].form = ANSWER_BROKEN;
	garbage[1].id_form = ID_ABSENT;
	garbage[2].import_id = 253; /* of another import */
	garbage[3].transport = TRANSPORT_BROKEN;
	garbage[4].form = ANSWER_TOO_LONG;
	for (size_t i = 0; i < ARRAY_COUNT(garbage); i++) {
		struct verdict verdict;

		context.trouble = TROUBLE_NONSENSE;
		context.troubles = 1;
		verdict = verdict_of_status(&garbage[i], &context);
		assert_false(verdict.has_event);
		assert_false(verdict.is_success);
		assert_int_equal(verdict.stop, ERR_NONE);
		assert_int_equal(verdict.trouble, TROUBLE_NONSENSE);
		assert_int_equal(verdict.wait_ms, 3999);
		context.troubles = 2;
		assert_int_equal(verdict_of_status(&garbage[i], &context).stop, ERR_NONSENSE);
	}
}

static void
failures_of_another_kind_before_do_not_count_against_it(void **state)
{
	struct reply reply = import_answer(200, 252, WORD_WORKING);
	struct verdict_context context = context_of(&submitted);

	(void)state;
	reply.form = ANSWER_BROKEN;
	context.trouble = TROUBLE_LATER;
	context.troubles = 200;
	assert_int_equal(verdict_of_status(&reply, &context).stop, ERR_NONE);
	assert_int_equal(verdict_of_status(&reply, &context).wait_ms, 1999);
}

static void
the_third_result_in_a_row_that_cannot_be_understood_fails_the_chunk(void **state)
{
	struct reply reply = answer(200);
	struct verdict_context context = context_of(&submitted);
	struct verdict verdict;

	(void)state;
	reply.form = ANSWER_JSON;
	reply.rows_succeeded = 100; /* and no rows_failed */
	context.trouble = TROUBLE_NONSENSE;
	context.troubles = 1;
	assert_false(verdict_of_result(&reply, &context).has_event);
	context.troubles = 2;
	verdict = verdict_of_result(&reply, &context);
	assert_int_equal(verdict.event.type, EVENT_RESULT_MISSING);
	assert_string_equal(verdict.event.text, "no result");
	reply.rows_succeeded = -1;
	reply.rows_failed = 0;
	assert_int_equal(verdict_of_result(&reply, &context).event.type, EVENT_RESULT_MISSING);
}

/* "404 | retry for 15 min (lag), then chunk failed "id unknown"" */
static void
an_id_that_stays_unknown_for_a_quarter_of_an_hour_fails_the_chunk(void **state)
{
	struct reply reply = answer(404);
	struct verdict_context context = context_of(&submitted);
	struct verdict verdict;

	(void)state;
	context.trouble = TROUBLE_UNKNOWN;
	context.troubles = 9;
	context.troubled_ms = 15 * MINUTE - 1;
	verdict = verdict_of_status(&reply, &context);
	assert_false(verdict.has_event);
	assert_int_equal(verdict.trouble, TROUBLE_UNKNOWN);
	context.troubled_ms = 15 * MINUTE;
	verdict = verdict_of_status(&reply, &context);
	assert_int_equal(verdict.event.type, EVENT_IMPORT_FAILED);
	assert_string_equal(verdict.event.text, "id unknown");
	assert_int_equal(verdict.event.word, WORD_QUEUED);
	verdict = verdict_of_result(&reply, &context);
	assert_int_equal(verdict.event.type, EVENT_RESULT_MISSING);
	assert_string_equal(verdict.event.text, "id unknown");
}

static void
a_first_404_is_lag_however_old_the_import_is(void **state)
{
	struct reply reply = answer(404);
	struct verdict_context context = context_of(&submitted);

	(void)state;
	context.trouble = TROUBLE_LATER;
	context.troubled_ms = HOUR;
	assert_false(verdict_of_status(&reply, &context).has_event);
	assert_false(verdict_of_result(&reply, &context).has_event);
}

static void
an_import_that_is_gone_fails_its_chunk_and_is_no_failure_of_the_nation(void **state)
{
	struct reply reply = answer(410);
	struct verdict verdict = of_status(&reply);

	(void)state;
	assert_int_equal(verdict.event.type, EVENT_IMPORT_FAILED);
	assert_string_equal(verdict.event.text, "gone");
	assert_int_equal(verdict.retry_cost, 0);
	assert_true(verdict.is_success);
}

/* ---- the nation's words ---- */

static struct verdict
of_word(enum nation_word word)
{
	struct reply reply = import_answer(200, 252, word);

	snprintf(reply.word_text, sizeof(reply.word_text), "the word");
	return of_status(&reply);
}

static void
a_word_that_did_not_change_is_no_event(void **state)
{
	struct verdict verdict = of_word(WORD_QUEUED);

	(void)state;
	assert_false(verdict.has_event);
	assert_true(verdict.is_success);
	assert_int_equal(verdict.wait_ms, 60000);
}

static void
a_new_word_is_an_event_and_polling_goes_on(void **state)
{
	static const enum nation_word words[] = { WORD_NONE, WORD_WORKING, WORD_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		struct verdict verdict = of_word(words[i]);

		assert_int_equal(verdict.event.type, EVENT_STATUS_CHANGED);
		assert_int_equal(verdict.event.word, words[i]);
		assert_string_equal(verdict.event.text, "the word");
		assert_int_equal(verdict.event.due_ms, CORE_WALL + 60000);
	}
}

static void
a_number_that_stands_for_no_word_is_no_event(void **state)
{
	(void)state;
	assert_false(of_word((enum nation_word)99).has_event);
}

static void
finished_and_failed_end_the_polling(void **state)
{
	(void)state;
	assert_int_equal(of_word(WORD_FINISHED).event.type, EVENT_IMPORT_FINISHED);
	assert_int_equal(of_word(WORD_FINISHED).event.due_ms, 0);
	assert_int_equal(of_word(WORD_FAILED).event.type, EVENT_IMPORT_FAILED);
	assert_string_equal(of_word(WORD_FAILED).event.text, "the nation says \"the word\"");
}

static void
the_next_poll_comes_at_half_of_what_the_nations_progress_predicts(void **state)
{
	static const struct {
		int64_t passed_ms, processed, total, wait_ms;
	} cases[] = {
		{ 20000, 50, 100, 10000 }, /* 20 s for 50 rows: 20 s more, half of it */
		{ 20000, 100, 100, 5000 }, /* about done: poll.first */
		{ 20000, 1, 100, 60000 },  /* far off: poll.most */
		{ 20000, 0, 100, 10000 },  /* no progress yet: half of the time it took so far */
		{ 20000, -1, -1, 10000 },  /* not said */
		{ 20000, 100, 50, 10000 }, /* nonsense */
		{ -5000, 50, 100, 5000 },  /* the clock went back */
		{ HOUR, 1, INT64_MAX, 60000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct reply reply = import_answer(200, 252, WORD_QUEUED);
		struct chunk chunk = submitted;
		struct verdict_context context = context_of(&chunk);

		chunk.submitted_ms = CORE_WALL - cases[i].passed_ms;
		reply.processed = cases[i].processed;
		reply.total = cases[i].total;
		assert_int_equal(verdict_of_status(&reply, &context).wait_ms, cases[i].wait_ms);
	}
}

/* ---- results ---- */

static void
a_result_is_stored_as_it_came(void **state)
{
	struct reply reply = answer(200);
	struct verdict verdict;

	(void)state;
	reply.form = ANSWER_JSON;
	reply.rows_succeeded = 267;
	reply.rows_updated = 44;
	reply.rows_failed = 54;
	verdict = of_result(&reply);
	assert_int_equal(verdict.event.type, EVENT_RESULT_STORED);
	assert_int_equal(verdict.event.rows_succeeded, 267);
	assert_int_equal(verdict.event.rows_updated, 44);
	assert_int_equal(verdict.event.rows_failed, 54);
	assert_true(verdict.is_success);
}

static void
rows_updated_may_be_left_out(void **state)
{
	struct reply reply = answer(200);

	(void)state;
	reply.form = ANSWER_JSON;
	reply.rows_succeeded = 0;
	reply.rows_failed = 0;
	assert_int_equal(of_result(&reply).event.type, EVENT_RESULT_STORED);
	assert_int_equal(of_result(&reply).event.rows_updated, 0);
}

/* ---- the others ---- */

static void
a_list_that_came_is_a_success_and_no_event(void **state)
{
	struct verdict_context context = context_of(NULL);
	struct reply reply = answer(200);
	struct verdict verdict;

	(void)state;
	reply.form = ANSWER_JSON;
	verdict = verdict_of_get(&reply, &context);
	assert_true(verdict.is_success);
	assert_false(verdict.has_event);
}

static void
a_post_that_was_cut_off_with_the_run_is_in_doubt(void **state)
{
	struct verdict_context context = context_of(&submitting);
	struct event event = verdict_of_restart(&context);

	(void)state;
	assert_int_equal(event.type, EVENT_ANSWER_LOST);
	assert_int_equal(event.source, 1);
	assert_int_equal(event.chunk, 3);
	assert_int_equal(event.attempt, 1);
	assert_int_equal(event.due_ms, CORE_WALL + 5 * MINUTE);
	assert_string_equal(event.text, "the run was cut off during this request");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_is_2xx_with_the_whole_body_complete_json_and_a_valid_id),
		cmocka_unit_test(whatever_is_less_than_accepted_is_in_doubt),
		cmocka_unit_test(a_web_page_in_place_of_the_api_is_in_doubt_and_stops_76),
		cmocka_unit_test(
		    nothing_sent_is_not_sent_and_may_be_tried_again_at_once_from_the_first_wait_on),
		cmocka_unit_test(waits_grow_with_all_attempts_of_the_chunk),
		cmocka_unit_test(a_body_handed_over_in_part_is_not_complete),
		cmocka_unit_test(a_whole_body_without_an_answer_is_in_doubt),
		cmocka_unit_test(every_status_means_for_a_post_what_the_table_says),
		cmocka_unit_test(what_the_nation_said_stands_in_the_event),
		cmocka_unit_test(an_answer_that_broke_off_says_how),
		cmocka_unit_test(a_status_without_a_message_is_named_alone),
		cmocka_unit_test(one_row_that_is_too_large_is_refused),
		cmocka_unit_test(a_nation_that_finds_everything_too_large_stops_76),
		cmocka_unit_test(two_equal_refusals_in_a_row_stop_76),
		cmocka_unit_test(three_422_in_a_row_stop_76),
		cmocka_unit_test(a_second_421_for_the_same_chunk_stops_76),
		cmocka_unit_test(
		    a_pause_is_as_long_as_the_nation_says_between_a_second_and_a_quarter_of_an_hour),
		cmocka_unit_test(our_own_wait_where_the_nation_names_none_is_a_second_at_least),
		cmocka_unit_test(failures_cost_of_the_retry_budget_and_timeouts_twice_as_much),
		cmocka_unit_test(tls_trouble_with_nothing_sent_is_planned_and_stops_76),
		cmocka_unit_test(a_bad_url_option_or_ca_file_stops_with_who_can_mend_it),
		cmocka_unit_test(a_garbled_answer_is_in_doubt_even_if_the_body_was_not_complete),
		cmocka_unit_test(a_source_that_changed_aborts_its_post_unfinished_and_stops_66),
		cmocka_unit_test(gets_that_break_are_asked_again),
		cmocka_unit_test(
		    a_get_that_never_left_says_so_and_tls_trouble_in_the_middle_is_no_reason_to_stop),
		cmocka_unit_test(every_status_means_for_a_get_what_the_table_says),
		cmocka_unit_test(a_web_page_in_place_of_an_answer_stops_76),
		cmocka_unit_test(a_429_to_a_get_costs_nothing_and_a_503_does),
		cmocka_unit_test(the_third_status_in_a_row_that_cannot_be_understood_stops_76),
		cmocka_unit_test(failures_of_another_kind_before_do_not_count_against_it),
		cmocka_unit_test(the_third_result_in_a_row_that_cannot_be_understood_fails_the_chunk),
		cmocka_unit_test(an_id_that_stays_unknown_for_a_quarter_of_an_hour_fails_the_chunk),
		cmocka_unit_test(a_first_404_is_lag_however_old_the_import_is),
		cmocka_unit_test(
		    an_import_that_is_gone_fails_its_chunk_and_is_no_failure_of_the_nation),
		cmocka_unit_test(a_word_that_did_not_change_is_no_event),
		cmocka_unit_test(a_new_word_is_an_event_and_polling_goes_on),
		cmocka_unit_test(a_number_that_stands_for_no_word_is_no_event),
		cmocka_unit_test(finished_and_failed_end_the_polling),
		cmocka_unit_test(the_next_poll_comes_at_half_of_what_the_nations_progress_predicts),
		cmocka_unit_test(a_result_is_stored_as_it_came),
		cmocka_unit_test(rows_updated_may_be_left_out),
		cmocka_unit_test(a_list_that_came_is_a_success_and_no_event),
		cmocka_unit_test(a_post_that_was_cut_off_with_the_run_is_in_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
