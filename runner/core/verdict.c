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
	TOO_LARGE_AN_UPLOAD = 32,  /* 413 in a row, times limits.uploads, then stop: 26 halvings make one
				      byte of the largest chunk, and at each all uploads may be refused */
	LAG_MS = 15 * 60 * 1000,   /* a new id may answer 404 for so long */
	TOLD_LEAST_MS = 1000,      /* clamp of what a nation may ask us to wait */
	TOLD_MOST_MS = 15 * 60 * 1000,
};

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

/* The library's own words of an answer that began and did not end well. */
static void
add_transport(const struct reply *reply, char *to, size_t to_bytes)
{
	size_t len = strlen(to);

	if (reply->status && reply->transport_text[0])
		snprintf(to + len, to_bytes - len, " (%s)", reply->transport_text);
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
	add_transport(reply, to, to_bytes);
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
	copy_text(event->local_address, sizeof(event->local_address), reply->local_address);
	copy_text(event->peer_address, sizeof(event->peer_address), reply->peer_address);
	event->connects = reply->connects;
	event->connect_ms = reply->connect_ms;
	event->tls_ms = reply->tls_ms;
	event->first_byte_ms = reply->first_byte_ms;
	event->took_ms = reply->took_ms;
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
	return backoff_wait_ms(&context->limits->backoff, try_count, context->roll);
}

/* Of a POST: by all attempts of its chunk, so that the waits grow over restarts too. */
static int64_t
submit_backoff(const struct verdict_context *context)
{
	return backoff_of(context, context->chunk->attempts);
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
	verdict->event.due_ms = context->wall_ms + submit_backoff(context);
	verdict->is_no_connection = true;
	verdict->retry_cost = RETRY_COST;
	describe(reply, verdict->event.text, sizeof(verdict->event.text));
}

static void
not_complete(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	set_event(verdict, reply, context, EVENT_SUBMIT_NOT_COMPLETE);
	verdict->event.due_ms = context->wall_ms + submit_backoff(context);
	verdict->retry_cost = reply->transport == TRANSPORT_CUT ? TIMEOUT_COST : RETRY_COST;
	if (reply->status == 503)
		verdict->pause_ms = told_wait_ms(reply, submit_backoff(context));
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
		verdict->pause_ms = told_wait_ms(reply, submit_backoff(context));
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
	verdict->event.due_ms = context->wall_ms + submit_backoff(context);
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
}

/* ---- the column POST of replies.md, "By status" ---- */

static void
doubt_and_stop(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	in_doubt(verdict, reply, context);
	stop_with(verdict, ERR_NONSENSE, "%s: a redirect is never followed", verdict->event.text);
}

static void
doubt_if_complete(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	if (is_complete(reply))
		in_doubt(verdict, reply, context);
	else
		not_complete(verdict, reply, context);
}

static void
refuse(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	refused(verdict, reply, context);
	if (context->last_refusal == reply->status)
		stop_with(verdict, ERR_NONSENSE, "%s, twice in a row", verdict->event.text);
}

/* 413: to be split, and that limit kept to from now on. What is one row cannot be. */
static void
refuse_too_large(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	refused(verdict, reply, context);
	if (context->is_one_row)
		snprintf(verdict->event.text, sizeof(verdict->event.text),
		    "the nation answered 413: this one row is too large for it");
	else
		verdict->event.type = EVENT_SUBMIT_TOO_LARGE;
	if (context->too_large_in_a_row + 1 >= TOO_LARGE_AN_UPLOAD * context->limits->uploads)
		stop_with(verdict, ERR_NONSENSE,
		    "the nation answers 413, too large, to imports of every size");
}

static void
refuse_rows(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	refused(verdict, reply, context);
	if (context->refused_in_a_row + 1 >= REFUSALS_UNPROCESSABLE)
		stop_with(verdict, ERR_NONSENSE, "%s, three times in a row", verdict->event.text);
}

static void
refuse_and_stop(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	refused(verdict, reply, context);
	stop_with(verdict, ERR_NONSENSE, "%s: is nation.slug (or url) right?",
	    verdict->event.text);
}

static void
put_off_once(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	put_off(verdict, reply, context);
	if (context->chunk->http_status == reply->status)
		stop_with(verdict, ERR_NONSENSE, "%s, twice in a row", verdict->event.text);
}

static void
put_off_and_pause(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	put_off(verdict, reply, context);
	verdict->pause_ms = told_wait_ms(reply, submit_backoff(context));
	verdict->event.due_ms = context->wall_ms + verdict->pause_ms;
	verdict->retry_cost = 0; /* it was the nation's wish, not a fault */
}

static void
put_off_and_stop(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	put_off(verdict, reply, context);
	verdict->event.due_ms = 0; /* whatever was wrong, waiting does not mend it */
	stop_with(verdict, ERR_NONSENSE, "%s: is nation.slug (or url) right?",
	    verdict->event.text);
}

static void
put_off_for_access(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	put_off(verdict, reply, context);
	verdict->event.due_ms = 0; /* another token may try at once */
	stop_with(verdict, ERR_ACCESS, "%s", verdict->event.text);
}

/* ---- its columns GET ---- */

static enum trouble
trouble_of(const struct reply *reply)
{
	if (reply->status == 404)
		return TROUBLE_UNKNOWN;
	return is_2xx(reply) ? TROUBLE_NONSENSE : TROUBLE_LATER;
}

/* This one included. */
static uint32_t
troubles_in_a_row(const struct verdict_context *context, enum trouble trouble)
{
	return context->trouble == trouble ? context->troubles + 1 : 1;
}

/* Also for 404 and 410: who asked knows for how long, and what is gone. */
static void
again(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	verdict->trouble = trouble_of(reply);
	verdict->wait_ms = backoff_of(context, troubles_in_a_row(context, verdict->trouble));
	verdict->retry_cost = reply->transport == TRANSPORT_CUT ? TIMEOUT_COST : RETRY_COST;
}

static void
again_after_pause(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	again(verdict, reply, context);
	verdict->pause_ms = told_wait_ms(reply, verdict->wait_ms);
	verdict->wait_ms = verdict->pause_ms;
	if (reply->status == 429) {
		verdict->trouble = TROUBLE_NONE;
		verdict->retry_cost = 0;
	}
}

static void
stop(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context)
{
	char what[LIMIT_NOTE_BYTES];

	(void)context;
	describe(reply, what, sizeof(what));
	stop_with(verdict, ERR_NONSENSE, "%s", what);
}

static void
stop_for_access(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context)
{
	stop(verdict, reply, context);
	verdict->stop = ERR_ACCESS;
}

struct meaning {
	uint32_t first, last;
	void (*submit)(struct verdict *verdict, const struct reply *reply,
	    const struct verdict_context *context);
	void (*get)(struct verdict *verdict, const struct reply *reply,
	    const struct verdict_context *context);
};

/* replies.md, "By status": the first match counts. */
static const struct meaning *
meaning_of(uint32_t status)
{
	static const struct meaning meanings[] = {
		/* status   POST                GET */
		{ 300, 301, refuse_and_stop,    stop },
		{ 302, 303, doubt_and_stop,     stop },
		{ 307, 308, refuse_and_stop,    stop },
		{ 400, 400, refuse,             stop },
		{ 401, 401, put_off_for_access, stop_for_access },
		{ 403, 403, put_off_for_access, stop_for_access },
		{ 404, 404, put_off_and_stop,   again },
		{ 405, 405, refuse,             stop },
		{ 406, 406, put_off_and_stop,   stop },
		{ 408, 408, doubt_if_complete,  again },
		{ 409, 409, in_doubt,           again },
		{ 410, 410, refuse_and_stop,    again },
		{ 411, 411, refuse,             stop },
		{ 413, 413, refuse_too_large,   stop },
		{ 414, 415, refuse,             stop },
		{ 421, 421, put_off_once,       again },
		{ 422, 422, refuse_rows,        stop },
		{ 425, 425, not_complete,       again },
		{ 429, 429, put_off_and_pause,  again_after_pause },
		{ 431, 431, refuse,             stop },
		{ 500, 500, in_doubt,           again },
		{ 502, 502, in_doubt,           again },
		{ 503, 503, doubt_if_complete,  again_after_pause },
		{ 504, 504, in_doubt,           again },
		{ 507, 507, in_doubt,           again },
		{ 520, 524, in_doubt,           again },
		{ 0, UINT32_MAX, doubt_if_complete, again },
	};
	const struct meaning *meaning = meanings;

	while (status < meaning->first || status > meaning->last)
		meaning++;
	return meaning;
}

/* ---- POST ---- */

bool
verdict_is_accepted(const struct reply *reply)
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
}

struct verdict
verdict_of_submit(const struct reply *reply, const struct verdict_context *context)
{
	struct verdict verdict = { 0 };

	if (verdict_is_accepted(reply)) {
		accepted(&verdict, reply, context);
	} else if (reply->status == 0) {
		submit_without_status(&verdict, reply, context);
	} else if (is_2xx(reply)) {
		in_doubt(&verdict, reply, context);
		if (reply->form == ANSWER_HTML)
			stop_with(&verdict, ERR_NONSENSE, "%s", verdict.event.text);
	} else {
		meaning_of(reply->status)->submit(&verdict, reply, context);
	}
	if (reply->transport == TRANSPORT_ABORTED) /* law 4, whatever was answered meanwhile */
		stop_with(&verdict, reply->fault ? reply->fault : ERR_INPUT, "%s",
		    reply->transport_text);
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

/* ---- GET ---- */

/* Nothing to be mended by asking again: the import is gone for good. */
static void
gone(struct verdict *verdict, const struct reply *reply, const struct verdict_context *context,
    enum event_type type)
{
	*verdict = (struct verdict){ .is_success = true };
	set_event(verdict, reply, context, type);
	verdict->event.word = context->chunk->word;
	copy_text(verdict->event.text, sizeof(verdict->event.text), "gone");
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
		meaning_of(reply->status)->get(&verdict, reply, context);
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

/* 404: the nation may lag behind itself. After that the import is not known, and only a person may
 * send it again. */
static void
unknown_id(struct verdict *verdict, const struct reply *reply,
    const struct verdict_context *context, enum event_type type)
{
	if (context->trouble != TROUBLE_UNKNOWN || context->troubled_ms < LAG_MS)
		return;
	set_event(verdict, reply, context, type);
	verdict->event.word = context->chunk->word;
	copy_text(verdict->event.text, sizeof(verdict->event.text), "id unknown");
}

static bool
is_last_nonsense(const struct verdict *verdict, const struct verdict_context *context)
{
	return verdict->trouble == TROUBLE_NONSENSE &&
	       troubles_in_a_row(context, TROUBLE_NONSENSE) >= GET_TRIES;
}

/* Between poll.first and poll.most: half of what the nation's own progress predicts, else growing
 * with the time that the import already took. */
static int64_t
poll_wait_ms(const struct reply *reply, const struct verdict_context *context)
{
	const struct load_limits *limits = context->limits;
	int64_t passed_ms = context->wall_ms - context->chunk->submitted_ms;
	__int128 wait_ms = passed_ms / 2;

	if (reply->processed > 0 && reply->total >= reply->processed)
		wait_ms = (__int128)passed_ms * (reply->total - reply->processed) /
			  reply->processed / 2;
	if (wait_ms > limits->poll_most_ms)
		wait_ms = limits->poll_most_ms;
	return wait_ms < limits->poll_first_ms ? limits->poll_first_ms : (int64_t)wait_ms;
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

	if (verdict.is_success) {
		if (reply->id_form == ID_VALID && reply->import_id == context->chunk->import_id) {
			by_word(&verdict, reply, context);
			return verdict;
		}
		not_understood(&verdict, reply, context);
	}
	if (reply->status == 404)
		unknown_id(&verdict, reply, context, EVENT_IMPORT_FAILED);
	else if (reply->status == 410)
		gone(&verdict, reply, context, EVENT_IMPORT_FAILED);
	else if (is_last_nonsense(&verdict, context))
		stop_with(&verdict, ERR_NONSENSE,
		    "import %llu: three answers in a row that cannot be understood",
		    (unsigned long long)context->chunk->import_id);
	return verdict;
}

struct verdict
verdict_of_result(const struct reply *reply, const struct verdict_context *context)
{
	struct verdict verdict = verdict_of_get(reply, context);

	if (verdict.is_success) {
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
	if (reply->status == 404) {
		unknown_id(&verdict, reply, context, EVENT_RESULT_MISSING);
	} else if (reply->status == 410) {
		gone(&verdict, reply, context, EVENT_RESULT_GONE);
	} else if (is_last_nonsense(&verdict, context)) {
		set_event(&verdict, reply, context, EVENT_RESULT_MISSING);
		copy_text(verdict.event.text, sizeof(verdict.event.text), "no result");
	}
	return verdict;
}
