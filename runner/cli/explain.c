#include "platform.h"

#include <stdio.h>

#include "runner/base/show.h"
#include "runner/cli/confinement.h"
#include "runner/cli/output.h"
#include "runner/cli/session.h"
#include "runner/cli/verbs.h"
#include "runner/report/explain.h"
#include "runner/report/outcome.h"
#include "store/events.h"

static int explain_run(const struct args *args, struct err *err);

const struct verb verb_explain = {
	.name = "explain",
	.operands = "JOB CHUNK",
	.least = 2,
	.most = 2,
	.summary = "why a chunk is where it is",
	.help = "CHUNK is written as in report and messages: people-3.  Tells its history in\n"
		"plain words, and what happens next.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = explain_run,
};

struct history {
	uint32_t source, number;
	bool is_refused; /* its last event was a 401 */
	struct buf *to;
	struct jsonw *json; /* NULL: in words */
};

static int
add_event(void *context, const struct event *event, struct err *err)
{
	struct history *history = context;
	bool is_own = event->chunk == history->number && event->source == history->source;
	bool is_token = event->type == EVENT_TOKEN_REFRESHED;

	/* Of what happened to the load, the token that it was put off for. */
	if (!is_own && !(is_token && history->is_refused))
		return 0;
	if (history->json)
		explain_event_json(history->json, event);
	else
		explain_event(history->to, event);
	history->is_refused = event->type == EVENT_SUBMIT_PUT_OFF && event->http_status == 401;
	return buf_check(history->to, err);
}

/* Of the load, what is next for one of its chunks. */
static int
learn_standing(const struct session *session, struct explain_next *next, struct err *err)
{
	struct tally total = { 0 };

	for (size_t i = 0; i < session->job.source_count; i++) {
		struct tally tally;

		if (store_tally(session->store, (uint32_t)i, &tally, err))
			return -1;
		tally_sum(&total, &tally);
		if (i == next->plan->source && !plan_is_retry(next->plan))
			next->is_kept_back =
			    outcome_is_stopped(&session->job.sources[i].rules, &tally);
	}
	next->equation = tally_equation(&total);
	return 0;
}

static int
tell(struct session *session, struct history *history, const struct explain_next *next,
    struct err *err)
{
	explain_plan(history->to, &session->job, next->plan);
	if (events_each(session->store, 1, add_event, history, err))
		return -1;
	explain_next(history->to, next);
	return 0;
}

static int
tell_json(struct session *session, struct history *history, const struct explain_next *next,
    struct err *err)
{
	struct jsonw json = jsonw_into(history->to);

	history->json = &json;
	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "schema", 1);
	explain_plan_json(&json, &session->job, next->plan);
	jsonw_open(&json, "history", '[');
	if (events_each(session->store, 1, add_event, history, err))
		return -1;
	jsonw_close(&json, ']');
	explain_next_json(&json, next);
	jsonw_close(&json, '}');
	buf_add_byte(history->to, '\n');
	return 0;
}

static int
explain_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	SCOPED(buf) text = BUF_INIT;
	SCOPED(buf) shown = BUF_INIT;
	struct plan_chunk plan;
	struct chunk chunk;
	struct history history = { .to = &text };
	struct explain_next next = { .job = &session.job, .plan = &plan, .chunk = &chunk };
	bool is_json = args_has(args, OPTION_JSON);

	if (session_open(&session, args, err) ||
	    confinement_enter(&session, CONFINEMENT_STATE, err) ||
	    session_read_load(&session, err) ||
	    session_find_chunk(&session, args->operands[1], &history.source, &history.number, err))
		return -1;
	if (session.journal.read_plan(session.journal.ctx, history.source, history.number, &plan,
		err) ||
	    session.journal.read_chunk(session.journal.ctx, history.source, history.number, &chunk,
		err) ||
	    learn_standing(&session, &next, err))
		return -1;
	if ((is_json ? tell_json : tell)(&session, &history, &next, err))
		return -1;
	show_lines(&shown, buf_span(&text));
	return buf_check(&text, err) ? -1 : output_text(&shown, err);
}
