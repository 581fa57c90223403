#include "platform.h"

#include <stdio.h>

#include "runner/base/show.h"
#include "runner/engine/private.h"

enum {
	RETRY_COST = 5, /* of the budget, as for any request (replies.md) */
	/* Bounds of what /oauth/token may ask us to wait, as for any request. */
	TOLD_LEAST_MS = 1000,
	TOLD_MOST_MS = 15 * 60 * 1000,
	/* Of a token whose life is not told: NationBuilder's live for 24 hours. */
	YOUNG_MS = 60 * 60 * 1000,
};

static int64_t
mono_ms(const struct engine *engine)
{
	return engine_now(engine).mono_ms;
}

static void
renew_after(struct engine *engine, int64_t wait_ms)
{
	engine->access.renew_at_ms = wait_ms < 0 ? INT64_MAX : mono_ms(engine) + wait_ms;
}

void
access_init(struct engine *engine)
{
	engine->access = (struct access){ .token = engine->options.token,
					  .young_until_ms = INT64_MIN };
	renew_after(engine, engine->ports->nation.renew ? engine->options.token_renew_ms : -1);
}

/* ---- asking for another ---- */

/* False: it cannot even be asked for. */
static bool
renew(struct engine *engine, struct err *cause)
{
	const struct nation_port *nation = &engine->ports->nation;

	engine->access.renew_at_ms = INT64_MAX;
	if (nation->renew(nation->ctx, cause))
		return false;
	engine->load.is_renewing = true;
	return true;
}

void
access_tick(struct engine *engine)
{
	struct err cause = ERR_INIT;

	if (!engine->load.is_signed_out)
		engine_ask_list(engine);
	if (engine->load.is_stopping || engine->load.is_renewing ||
	    mono_ms(engine) < engine->access.renew_at_ms)
		return;
	if (!renew(engine, &cause))
		engine_stop(engine, cause.kind, "%s", cause.text);
}

/* ---- what answers say of the present one ---- */

static uint32_t
bit_of(enum request_kind kind)
{
	return 1u << kind;
}

static bool
may_ask_again(struct engine *engine, const struct reply *reply)
{
	struct access *access = &engine->access;
	struct err cause = ERR_INIT;

	if (!engine->ports->nation.renew)
		return false;
	if (reply->token != access->token)
		return true; /* it went out with an earlier one */
	if (engine->load.is_stopping)
		return false;
	if (!(access->good_for & bit_of(reply->kind)) &&
	    mono_ms(engine) < access->young_until_ms) {
		engine_stop(engine, ERR_ACCESS,
		    "%s, to an access token that was made just before", engine->access.refusal);
		return false;
	}
	/* Being asked for already, ahead of its end or for another 401; or to be tried again. */
	if (!engine->load.is_renewing && !engine->load.is_signed_out && !renew(engine, &cause)) {
		engine_stop(engine, cause.kind, "%s; %s", engine->access.refusal, cause.text);
		return false;
	}
	engine->load.is_signed_out = true;
	return true;
}

bool
access_judge(struct engine *engine, const struct reply *reply, struct verdict *verdict)
{
	struct access *access = &engine->access;

	if (reply->status / 100 == 2 && reply->token == access->token)
		access->good_for |= bit_of(reply->kind);
	if (reply->status != 401)
		return false;
	snprintf(access->refusal, sizeof(access->refusal), "the nation answered 401%s%.200s",
	    reply->message[0] ? ": " : "", reply->message);
	if (!may_ask_again(engine, reply))
		return false;
	verdict->stop = ERR_NONE;
	verdict->retry_cost = 0;
	verdict->trouble = TROUBLE_NONE;
	verdict->wait_ms = 0;
	verdict->event.due_ms = 0;
	return true;
}

/* ---- another, or none ---- */

static int64_t
young_until_ms(const struct engine *engine, const struct reply *reply)
{
	int64_t young_ms = reply->renew_ms < 0 ? YOUNG_MS : reply->renew_ms;

	return reply->renewed == RENEWED_BY_US ? mono_ms(engine) + young_ms : INT64_MIN;
}

static int
take(struct engine *engine, const struct reply *reply, struct err *err)
{
	struct event event = {
		.type = EVENT_TOKEN_REFRESHED,
		.at_ms = engine_now(engine).wall_ms,
		.http_status = reply->status,
		.curl_code = reply->curl_code,
		.request_bytes = reply->request_bytes,
		.server_date_ms = reply->server_date_ms > 0 ? reply->server_date_ms : 0,
	};

	snprintf(event.text, sizeof(event.text), "%s", reply->message);
	snprintf(event.request_id, sizeof(event.request_id), "%s", reply->request_id);
	engine->access.token = reply->token;
	engine->access.tries = 0;
	engine->access.good_for = 0;
	engine->access.young_until_ms = young_until_ms(engine, reply);
	engine->load.is_signed_out = false;
	renew_after(engine, reply->renew_ms);
	return turn_note(&engine->turn, &event, err);
}

static int64_t
wait_of(struct engine *engine, const struct reply *reply)
{
	int64_t wait_ms = backoff_wait_ms(&engine->load.limits.backoff, engine->access.tries,
	    engine_roll(engine));

	if (reply->retry_after_ms > wait_ms)
		wait_ms = reply->retry_after_ms;
	if (wait_ms > TOLD_MOST_MS)
		return TOLD_MOST_MS;
	return reply->status == 429 && wait_ms < TOLD_LEAST_MS ? TOLD_LEAST_MS : wait_ms;
}

static void
try_later(struct engine *engine, const struct reply *reply)
{
	struct verdict verdict = { .retry_cost = RETRY_COST };
	char wait[SHOW_BYTES];
	int64_t wait_ms;

	engine->access.tries++;
	wait_ms = wait_of(engine, reply);
	renew_after(engine, wait_ms);
	engine_say(engine, WEIGHT_WARNING, "the access token could not be refreshed: %s; next try in %s",
	    reply->message, show_duration((uint64_t)wait_ms, wait));
	if (engine->load.is_signed_out)
		engine_account(engine, &verdict);
}

/* While the nation still takes the present one, that is no reason to stop. */
static void
give_up(struct engine *engine, const struct reply *reply)
{
	if (engine->load.is_signed_out) {
		engine_stop(engine, reply->fault, "%s; %s", engine->access.refusal, reply->message);
		return;
	}
	engine_say(engine, WEIGHT_WARNING,
	    "the access token could not be refreshed: %s; the load goes on until it ends",
	    reply->message);
}

int
access_hear(struct engine *engine, const struct reply *reply, struct err *err)
{
	engine->load.is_renewing = false;
	switch (reply->renewed) {
	case RENEWED_BY_US:
	case RENEWED_BY_OTHERS:
		return take(engine, reply, err);
	case RENEWED_LATER:
		try_later(engine, reply);
		break;
	case RENEWED_NOT:
		give_up(engine, reply);
		break;
	}
	return 0;
}
