#include "platform.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/core/verdict.h"

enum {
	RETRY_COST = 5,            /* replies.md, budgets */
	TIMEOUT_COST = 10,
	GET_TRIES = 3,             /* answers that make no sense, before it counts as a verdict */
	REFUSALS_EQUAL = 2,        /* of 400 and its like, then stop */
	REFUSALS_UNPROCESSABLE = 3, /* 422 in a row, then stop */
	LAG_MS = 15 * 60 * 1000,   /* a new id may answer 404 for so long */
	TOLD_LEAST_MS = 1000,      /* clamp of what a nation may ask us to wait */
	TOLD_MOST_MS = 15 * 60 * 1000,
};

/* What a status means for a POST whose body was handed over, or not. */
enum submit_meaning {
	MEANS_DOUBT,
	MEANS_DOUBT_STOP,          /* and the run stops: wrong host */
	MEANS_DOUBT_IF_COMPLETE,   /* not complete if the body was not */
	MEANS_PLANNED_IF_INCOMPLETE,
	MEANS_REFUSED,             /* stop after 2 equal ones */
	MEANS_REFUSED_ROWS,        /* stop after 3 in a row */
	MEANS_REFUSED_STOP,
	MEANS_PUT_OFF,
	MEANS_PUT_OFF_ONCE,
	MEANS_PUT_OFF_PAUSE,
	MEANS_PUT_OFF_STOP,
	MEANS_PUT_OFF_ACCESS,
};

enum get_meaning {
	MEANS_AGAIN,
	MEANS_AGAIN_PAUSE,
	MEANS_LAG,
	MEANS_GONE,
	MEANS_STOP,
	MEANS_STOP_ACCESS,
};

/* replies.md, "By status": first match wins. */
static const struct {
	uint32_t first, last;
	enum submit_meaning submit;
	enum get_meaning get;
} statuses[] = {
	{ 300, 301, MEANS_REFUSED_STOP,          MEANS_STOP },
	{ 302, 303, MEANS_DOUBT_STOP,            MEANS_STOP },
	{ 307, 308, MEANS_REFUSED_STOP,          MEANS_STOP },
	{ 400, 400, MEANS_REFUSED,               MEANS_STOP },
	{ 401, 401, MEANS_PUT_OFF_ACCESS,        MEANS_STOP_ACCESS },
	{ 403, 403, MEANS_PUT_OFF_ACCESS,        MEANS_STOP_ACCESS },
	{ 404, 404, MEANS_PUT_OFF_STOP,          MEANS_LAG },
	{ 405, 405, MEANS_REFUSED,               MEANS_STOP },
	{ 406, 406, MEANS_PUT_OFF_STOP,          MEANS_STOP },
	{ 408, 408, MEANS_DOUBT_IF_COMPLETE,     MEANS_AGAIN },
	{ 409, 409, MEANS_DOUBT,                 MEANS_AGAIN },
	{ 410, 410, MEANS_REFUSED_STOP,          MEANS_GONE },
	{ 411, 411, MEANS_REFUSED,               MEANS_STOP },
	{ 413, 415, MEANS_REFUSED,               MEANS_STOP },
	{ 421, 421, MEANS_PUT_OFF_ONCE,          MEANS_AGAIN },
	{ 422, 422, MEANS_REFUSED_ROWS,          MEANS_STOP },
	{ 425, 425, MEANS_PUT_OFF,               MEANS_AGAIN },
	{ 429, 429, MEANS_PUT_OFF_PAUSE,         MEANS_AGAIN_PAUSE },
	{ 431, 431, MEANS_REFUSED,               MEANS_STOP },
	{ 500, 500, MEANS_DOUBT,                 MEANS_AGAIN },
	{ 502, 502, MEANS_DOUBT,                 MEANS_AGAIN },
	{ 503, 503, MEANS_DOUBT_IF_COMPLETE,     MEANS_AGAIN_PAUSE },
	{ 504, 504, MEANS_DOUBT,                 MEANS_AGAIN },
	{ 507, 507, MEANS_DOUBT,                 MEANS_AGAIN },
	{ 520, 524, MEANS_DOUBT,                 MEANS_AGAIN },
	{ 0, UINT32_MAX, MEANS_PLANNED_IF_INCOMPLETE, MEANS_AGAIN },
};

static size_t
row_of(uint32_t status)
{
	size_t row = 0;

	while (status < statuses[row].first || status > statuses[row].last)
		row++;
	return row;
}

static bool
is_2xx(const struct reply *reply)
{
	return reply->status >= 200 && reply->status <= 299;
}

static bool
is_complete(const struct reply *reply)
{
	return reply->handed_bytes >= reply->body_bytes;
}

static void
copy_text(char *to, size_t to_bytes, const char *from)
{
	snprintf(to, to_bytes, "%s", from);
}

/* "the nation answered 503: Service Unavailable", or how the transfer broke. */
static void
describe(const struct reply *reply, char *to, size_t to_bytes)
{
	if (reply->status && reply->message[0])
		snprintf(to, to_bytes, "the nation answered %u: %.200s", (unsigned)reply->status,
		    reply->message);
	else if (reply->status && is_2xx(reply) && reply->form == ANSWER_HTML)
		snprintf(to, to_bytes, "the answer is a web page, not the API (status %u)",
		    (unsigned)reply->status);
	else if (reply->status && is_2xx(reply) && reply->id_form == ID_ODD)
		snprintf(to, to_bytes, "the answer %u has an import id that is no whole number",
		    (unsigned)reply->status);
	else if (reply->status && is_2xx(reply))
		snprintf(to, to_bytes, "the answer %u cannot be understood",
		    (unsigned)reply->status);
	else if (reply->status)
		snprintf(to, to_bytes, "the nation answered %u", (unsigned)reply->status);
	else
		snprintf(to, to_bytes, "%s", reply->transport_text);
}

static void
take_evidence(struct event *event, const struct reply *reply)
{
	event->http_status = reply->status;
	event->curl_code = reply->curl_code;
	event->request_bytes = reply->request_bytes;
	event->body_bytes = reply->body_bytes;
	event->handed_bytes = reply->handed_bytes;
	event->server_date_ms = reply->server_date_ms > 0 ? reply->server_date_ms : 0;
	copy_text(event->request_id, sizeof(event->request_id), reply->request_id);
}

static struct event
event_about(const struct verdict_context *context, enum event_type type)
{
	return (struct event){
		.type = type,
		.at_ms = context->wall_ms,
		.source = context->chunk->source,
		.chunk = context->chunk->number,
		.attempt = context->chunk->attempts,
	};
}

static void
set_event(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context, enum event_type type)
{
	verdict->has_event = true;
	verdict->event = event_about(context, type);
	take_evidence(&verdict->event, reply);
}

static void stop_with(struct verdict *verdict, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
stop_with(struct verdict *verdict, enum err_kind kind, const char *format, ...)
{
	va_list args;

	verdict->stop = kind;
	va_start(args, format);
	vsnprintf(verdict->stop_text, sizeof(verdict->stop_text), format, args);
	va_end(args);
}

static int64_t
backoff_of(const struct verdict_context *context, uint32_t try_count)
{
	return backoff_wait_ms(&context->limits->backoff, try_count ? try_count : 1, context->roll);
}

/* How long the nation wants us to wait; `otherwise_ms` where it does not say. */
static int64_t
told_wait_ms(const struct reply *reply, int64_t otherwise_ms)
{
	int64_t wait_ms = reply->retry_after_ms > 0 ? reply->retry_after_ms : otherwise_ms;

	if (wait_ms < TOLD_LEAST_MS)
		return TOLD_LEAST_MS;
	return wait_ms > TOLD_MOST_MS ? TOLD_MOST_MS : wait_ms;
}

/* ---- the five verdicts of an attempt ---- */

static void
not_sent(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	set_event(verdict, reply, context, EVENT_SUBMIT_NOT_SENT);
	verdict->event.due_ms = context->wall_ms + backoff_of(context, context->tries + 1);
	verdict->is_no_connection = true;
	verdict->retry_cost = RETRY_COST;
	describe(reply, verdict->event.text, sizeof(verdict->event.text));
}

static void
not_complete(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	set_event(verdict, reply, context, EVENT_SUBMIT_NOT_COMPLETE);
	verdict->event.due_ms =
	    context->wall_ms + backoff_of(context, context->chunk->attempts_used);
	verdict->retry_cost = reply->transport == TRANSPORT_CUT ? TIMEOUT_COST : RETRY_COST;
	if (reply->status == 503)
		verdict->pause_ms = told_wait_ms(reply, backoff_of(context, context->tries + 1));
	describe(reply, verdict->event.text, sizeof(verdict->event.text));
}

static void
in_doubt(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	set_event(verdict, reply, context, EVENT_ANSWER_LOST);
	verdict->event.due_ms = context->wall_ms + context->limits->settle_ms;
	verdict->event.sha256 = reply->sha256;
	verdict->retry_cost = reply->transport == TRANSPORT_CUT ? TIMEOUT_COST : RETRY_COST;
	if (reply->status == 503)
		verdict->pause_ms = told_wait_ms(reply, backoff_of(context, context->tries + 1));
	describe(reply, verdict->event.text, sizeof(verdict->event.text));
}

static void
accepted(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	set_event(verdict, reply, context, EVENT_SUBMIT_ACCEPTED);
	verdict->event.import_id = reply->import_id;
	verdict->event.word = reply->word;
	verdict->event.sha256 = reply->sha256;
	verdict->event.due_ms = context->wall_ms + context->limits->poll_first_ms;
	verdict->is_success = true;
}

static void
put_off(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	set_event(verdict, reply, context, EVENT_SUBMIT_PUT_OFF);
	verdict->event.due_ms = context->wall_ms + backoff_of(context, context->tries + 1);
	verdict->retry_cost = RETRY_COST;
	describe(reply, verdict->event.text, sizeof(verdict->event.text));
}

static void
refused(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	set_event(verdict, reply, context, EVENT_SUBMIT_REFUSED);
	verdict->event.sha256 = reply->sha256;
	verdict->is_success = true;
	describe(reply, verdict->event.text, sizeof(verdict->event.text));
	if (reply->status == 413)
		copy_text(verdict->event.text, sizeof(verdict->event.text),
		    "the nation answered 413: too large; lower limits.chunk and start over with "
		    "run --new");
}

static void
submit_by_status(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	char what[LIMIT_NOTE_BYTES];

	describe(reply, what, sizeof(what));
	switch (statuses[row_of(reply->status)].submit) {
	case MEANS_DOUBT:
		in_doubt(verdict, reply, context);
		break;
	case MEANS_DOUBT_STOP:
		in_doubt(verdict, reply, context);
		stop_with(verdict, ERR_NONSENSE, "%s: a redirect is never followed", what);
		break;
	case MEANS_DOUBT_IF_COMPLETE:
		if (is_complete(reply))
			in_doubt(verdict, reply, context);
		else
			not_complete(verdict, reply, context);
		break;
	case MEANS_PLANNED_IF_INCOMPLETE:
		if (is_complete(reply))
			in_doubt(verdict, reply, context);
		else
			put_off(verdict, reply, context);
		break;
	case MEANS_REFUSED:
		refused(verdict, reply, context);
		if (context->last_refusal == reply->status)
			stop_with(verdict, ERR_NONSENSE, "%s, twice in a row", what);
		break;
	case MEANS_REFUSED_ROWS:
		refused(verdict, reply, context);
		if (context->refused_in_a_row + 1 >= REFUSALS_UNPROCESSABLE)
			stop_with(verdict, ERR_NONSENSE, "%s, three times in a row", what);
		break;
	case MEANS_REFUSED_STOP:
		refused(verdict, reply, context);
		stop_with(verdict, ERR_NONSENSE, "%s: is nation.slug (or url) right?", what);
		break;
	case MEANS_PUT_OFF:
		put_off(verdict, reply, context);
		break;
	case MEANS_PUT_OFF_ONCE:
		put_off(verdict, reply, context);
		if (context->chunk->http_status == reply->status || context->tries)
			stop_with(verdict, ERR_NONSENSE, "%s, twice in a row", what);
		break;
	case MEANS_PUT_OFF_PAUSE:
		put_off(verdict, reply, context);
		verdict->pause_ms = told_wait_ms(reply, backoff_of(context, context->tries + 1));
		verdict->event.due_ms = context->wall_ms + verdict->pause_ms;
		verdict->retry_cost = 0; /* it was the nation's wish, not a fault */
		verdict->is_success = true;
		break;
	case MEANS_PUT_OFF_STOP:
		put_off(verdict, reply, context);
		stop_with(verdict, ERR_NONSENSE, "%s: is nation.slug (or url) right?", what);
		break;
	case MEANS_PUT_OFF_ACCESS:
		put_off(verdict, reply, context);
		stop_with(verdict, ERR_ACCESS, "%s", what);
		break;
	}
}

static bool
is_accepted(const struct reply *reply)
{
	return is_2xx(reply) && reply->transport == TRANSPORT_OK && is_complete(reply) &&
	       reply->form == ANSWER_JSON && reply->id_form == ID_VALID;
}

/* No status came. Bytes tell, the curl code alone does not (replies.md). */
static void
submit_without_status(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	if (reply->request_bytes == 0) {
		not_sent(verdict, reply, context);
		if (reply->transport == TRANSPORT_TLS)
			stop_with(verdict, ERR_NONSENSE, "%s", verdict->event.text);
		else if (reply->transport == TRANSPORT_SETUP)
			stop_with(verdict, reply->fault ? reply->fault : ERR_JOB, "%s",
			    verdict->event.text);
	} else if (!is_complete(reply) && reply->transport != TRANSPORT_GARBLED) {
		not_complete(verdict, reply, context);
	} else {
		in_doubt(verdict, reply, context);
	}
	if (reply->transport == TRANSPORT_ABORTED)
		stop_with(verdict, reply->fault ? reply->fault : ERR_INPUT, "%s",
		    reply->transport_text);
}

struct verdict
verdict_of_submit(const struct reply *reply, const struct verdict_context *context)
{
	struct verdict verdict = { 0 };

	if (is_accepted(reply)) {
		accepted(&verdict, reply, context);
	} else if (reply->status == 0) {
		submit_without_status(&verdict, reply, context);
	} else if (is_2xx(reply)) {
		in_doubt(&verdict, reply, context);
		if (reply->form == ANSWER_HTML)
			stop_with(&verdict, ERR_NONSENSE, "%s", verdict.event.text);
	} else {
		submit_by_status(&verdict, reply, context);
	}
	return verdict;
}

struct event
verdict_of_restart(const struct verdict_context *context)
{
	struct event event = event_about(context, EVENT_ANSWER_LOST);

	event.due_ms = context->wall_ms + context->limits->settle_ms;
	copy_text(event.text, sizeof(event.text), "the run was cut off during this request");
	return event;
}

/* ---- GETs ---- */

static void
again(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	verdict->wait_ms = backoff_of(context, context->tries + 1);
	verdict->retry_cost = reply->transport == TRANSPORT_CUT ? TIMEOUT_COST : RETRY_COST;
}

static void
get_by_status(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	char what[LIMIT_NOTE_BYTES];

	describe(reply, what, sizeof(what));
	switch (statuses[row_of(reply->status)].get) {
	case MEANS_AGAIN:
	case MEANS_LAG:  /* the caller knows for how long */
	case MEANS_GONE: /* the caller knows what is gone */
		again(verdict, reply, context);
		break;
	case MEANS_AGAIN_PAUSE:
		again(verdict, reply, context);
		verdict->pause_ms = told_wait_ms(reply, verdict->wait_ms);
		verdict->wait_ms = verdict->pause_ms;
		if (reply->status == 429) {
			verdict->retry_cost = 0;
			verdict->is_success = true;
		}
		break;
	case MEANS_STOP:
		stop_with(verdict, ERR_NONSENSE, "%s", what);
		break;
	case MEANS_STOP_ACCESS:
		stop_with(verdict, ERR_ACCESS, "%s", what);
		break;
	}
}

struct verdict
verdict_of_get(const struct reply *reply, const struct verdict_context *context)
{
	struct verdict verdict = { 0 };

	if (reply->status == 0) {
		again(&verdict, reply, context);
		verdict.is_no_connection = reply->request_bytes == 0;
		if (reply->transport == TRANSPORT_TLS && reply->request_bytes == 0)
			stop_with(&verdict, ERR_NONSENSE, "%s", reply->transport_text);
		else if (reply->transport == TRANSPORT_SETUP && reply->request_bytes == 0)
			stop_with(&verdict, reply->fault ? reply->fault : ERR_JOB, "%s",
			    reply->transport_text);
	} else if (!is_2xx(reply)) {
		get_by_status(&verdict, reply, context);
	} else if (reply->form == ANSWER_HTML) {
		stop_with(&verdict, ERR_NONSENSE, "the answer is a web page, not the API");
	} else if (reply->transport == TRANSPORT_OK && reply->form == ANSWER_JSON) {
		verdict.is_success = true;
	} else {
		again(&verdict, reply, context);
	}
	return verdict;
}

/* An answer that is JSON but not what was asked for. */
static void
not_understood(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	verdict->is_success = false;
	again(verdict, reply, context);
}

/* 404: a new id may lag. After that the import is not known, and only a person may send it again. */
static void
unknown_id(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context, enum event_type type)
{
	if (context->wall_ms - context->chunk->submitted_ms < LAG_MS)
		return;
	set_event(verdict, reply, context, type);
	verdict->event.word = context->chunk->word;
	copy_text(verdict->event.text, sizeof(verdict->event.text), "id unknown");
}

/* Between poll.first and poll.most: half of what the nation's own progress predicts, else growing
 * with the time that the import already took. */
static int64_t
poll_wait_ms(const struct reply *reply, const struct verdict_context *context)
{
	const struct load_limits *limits = context->limits;
	int64_t passed_ms = context->wall_ms - context->chunk->submitted_ms;
	int64_t wait_ms = passed_ms / 2;

	if (reply->processed > 0 && reply->total >= reply->processed && passed_ms > 0)
		wait_ms = (int64_t)((__int128)passed_ms * (reply->total - reply->processed) /
				    reply->processed / 2);
	if (wait_ms > limits->poll_most_ms)
		wait_ms = limits->poll_most_ms;
	return wait_ms < limits->poll_first_ms ? limits->poll_first_ms : wait_ms;
}

static void
by_word(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	verdict->wait_ms = poll_wait_ms(reply, context);
	switch (reply->word) {
	case WORD_FINISHED:
		set_event(verdict, reply, context, EVENT_IMPORT_FINISHED);
		break;
	case WORD_FAILED:
		set_event(verdict, reply, context, EVENT_IMPORT_FAILED);
		snprintf(verdict->event.text, sizeof(verdict->event.text),
		    "the nation says \"%s\"", reply->word_text);
		break;
	case WORD_NONE:
	case WORD_QUEUED:
	case WORD_WORKING:
	case WORD_UNKNOWN:
		if (reply->word == context->chunk->word)
			return;
		set_event(verdict, reply, context, EVENT_STATUS_CHANGED);
		copy_text(verdict->event.text, sizeof(verdict->event.text), reply->word_text);
		verdict->event.due_ms = context->wall_ms + verdict->wait_ms;
		break;
	}
	verdict->event.word = reply->word;
}

struct verdict
verdict_of_status(const struct reply *reply, const struct verdict_context *context)
{
	struct verdict verdict = verdict_of_get(reply, context);

	if (verdict.is_success && is_2xx(reply)) {
		if (reply->id_form == ID_VALID && reply->import_id == context->chunk->import_id) {
			by_word(&verdict, reply, context);
			return verdict;
		}
		not_understood(&verdict, reply, context);
	}
	if (reply->status == 404)
		unknown_id(&verdict, reply, context, EVENT_IMPORT_FAILED);
	if (reply->status == 410) {
		set_event(&verdict, reply, context, EVENT_IMPORT_FAILED);
		copy_text(verdict.event.text, sizeof(verdict.event.text), "gone");
	}
	if (is_2xx(reply) && context->tries + 1 >= GET_TRIES && !verdict.stop)
		stop_with(&verdict, ERR_NONSENSE,
		    "import %llu: three answers in a row that cannot be understood",
		    (unsigned long long)context->chunk->import_id);
	return verdict;
}

struct verdict
verdict_of_result(const struct reply *reply, const struct verdict_context *context)
{
	struct verdict verdict = verdict_of_get(reply, context);

	if (verdict.is_success && is_2xx(reply)) {
		if (reply->rows_succeeded >= 0 && reply->rows_failed >= 0) {
			set_event(&verdict, reply, context, EVENT_RESULT_STORED);
			verdict.event.rows_succeeded = (uint64_t)reply->rows_succeeded;
			verdict.event.rows_failed = (uint64_t)reply->rows_failed;
			verdict.event.rows_updated =
			    reply->rows_updated > 0 ? (uint64_t)reply->rows_updated : 0;
			return verdict;
		}
		not_understood(&verdict, reply, context);
	}
	if (reply->status == 404)
		unknown_id(&verdict, reply, context, EVENT_RESULT_MISSING);
	if (reply->status == 410)
		set_event(&verdict, reply, context, EVENT_RESULT_GONE);
	if (is_2xx(reply) && context->tries + 1 >= GET_TRIES && !verdict.stop) {
		set_event(&verdict, reply, context, EVENT_RESULT_MISSING);
		copy_text(verdict.event.text, sizeof(verdict.event.text), "no result");
	}
	return verdict;
}
