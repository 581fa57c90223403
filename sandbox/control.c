#include "platform.h"

#include <string.h>

#include "runner/base/jsonw.h"
#include "runner/base/number.h"
#include "runner/base/scoped.h"
#include "runner/base/stamp.h"
#include "sandbox/answer.h"
#include "sandbox/control.h"

static const char *const words[] = {
	[MODEL_QUEUED] = "queued",
	[MODEL_WORKING] = "working",
	[MODEL_FINISHED] = "finished",
	[MODEL_UNPROCESSABLE] = "unprocessable",
};

static void
refuse(struct exchange *exchange, unsigned status, const char *message)
{
	exchange->reply.status = status;
	buf_clear(&exchange->reply.body);
	answer_error(NULL, message, NULL, &exchange->reply.body);
}

/* The answer of requests that only do something. */
static void
done(struct exchange *exchange)
{
	buf_add_text(&exchange->reply.body, "{\"ok\":true}");
}

/* ---- looking */

static void
add_imports_by_word(const struct model *model, struct jsonw *json)
{
	uint64_t counts[ARRAY_COUNT(words)] = { 0 };

	for (size_t i = 0; i < model_count(model); i++)
		counts[model_at(model, i)->word]++;
	jsonw_open(json, "imports", '{');
	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		jsonw_number(json, words[i], counts[i]);
	jsonw_close(json, '}');
}

static void
state(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct jsonw json = jsonw_into(&exchange->reply.body);
	char now[STAMP_MS_BYTES];

	jsonw_open(&json, NULL, '{');
	jsonw_string(&json, "now", stamp_iso_ms(nation_now(nation), now));
	add_imports_by_word(nation->model, &json);
	jsonw_number(&json, "people", model_people_count(nation->model));
	jsonw_number(&json, "ballots", model_ballots_count(nation->model));
	jsonw_open(&json, "requests", '{');
	for (unsigned i = 0; i < FAULT_REQUESTS; i++)
		jsonw_number(&json, fault_request_name(i), nation->requests[i]);
	jsonw_close(&json, '}');
	jsonw_number(&json, "post_heads", nation->post_heads);
	jsonw_number(&json, "posts_incomplete", nation->posts_incomplete);
	jsonw_number(&json, "faulted", nation->faulted);
	jsonw_number(&json, "grants", nation->grants);
	jsonw_close(&json, '}');
}

static void
add_import(struct jsonw *json, const struct model_import *import,
	   const struct nation_record *record)
{
	char at[STAMP_MS_BYTES];

	jsonw_open(json, NULL, '{');
	jsonw_number(json, "id", import->id);
	jsonw_string(json, "type", import->type == MODEL_PEOPLE ? "people" : "ballot");
	jsonw_bool(json, "is_overwritable", import->is_overwritable);
	jsonw_string(json, "state", words[import->word]);
	jsonw_string(json, "created_at", stamp_iso_ms(import->created_ms, at));
	jsonw_string(json, "sha256", record->sha256);
	jsonw_number(json, "bytes", import->bytes);
	jsonw_number(json, "rows", import->total);
	jsonw_number(json, "processed", import->processed);
	jsonw_number(json, "created", import->counts.created);
	jsonw_number(json, "updated", import->counts.updated);
	jsonw_number(json, "failed", import->counts.failed);
	jsonw_close(json, '}');
}

static void
imports(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct jsonw json = jsonw_into(&exchange->reply.body);

	jsonw_open(&json, NULL, '{');
	jsonw_open(&json, "imports", '[');
	for (size_t i = 0; i < model_count(nation->model); i++)
		add_import(&json, model_at(nation->model, i), &nation->records[i]);
	jsonw_close(&json, ']');
	jsonw_close(&json, '}');
}

static void
people_count(struct exchange *exchange)
{
	exchange->reply.type = "text/plain";
	buf_printf(&exchange->reply.body, "%u\n", model_people_count(exchange->nation->model));
}

static void
people(struct exchange *exchange)
{
	exchange->reply.type = REPLY_CSV;
	exchange->reply.source = REPLY_PEOPLE;
}

static void
ballots(struct exchange *exchange)
{
	exchange->reply.type = REPLY_CSV;
	exchange->reply.source = REPLY_BALLOTS;
}

/* /sandbox/imports/ID/file */
static bool
file(struct exchange *exchange)
{
	static const char before[] = "/sandbox/imports/";
	struct nation *nation = exchange->nation;
	const char *digits = exchange->path + strlen(before);
	size_t len;
	uint64_t id;

	if (strncmp(exchange->path, before, strlen(before)) != 0)
		return false;
	len = strspn(digits, "0123456789");
	if (strcmp(digits + len, "/file") != 0 || number_u64((struct span){ digits, len }, &id))
		return false;
	for (size_t i = 0; i < model_count(nation->model); i++) {
		const struct model_import *import = model_at(nation->model, i);

		if (import->id != id)
			continue;
		exchange->reply.type = REPLY_CSV;
		exchange->reply.source = REPLY_FILE;
		exchange->reply.at = nation->records[i].vault_at;
		exchange->reply.end = exchange->reply.at + import->bytes;
		return true;
	}
	return false;
}

/* ---- doing */

static void
add_fault(struct exchange *exchange)
{
	struct err err = ERR_INIT;

	if (faults_add(exchange->nation->faults, span_trim(buf_span(&exchange->text)), &err))
		refuse(exchange, 400, err.text);
	else
		done(exchange);
}

static void
clear_faults(struct exchange *exchange)
{
	faults_clear(exchange->nation->faults);
	done(exchange);
}

/* "90s" more, or "-90s". */
static void
move_clock(struct exchange *exchange)
{
	struct span text = span_trim(buf_span(&exchange->text));
	bool is_back = span_starts(text, "-");
	uint64_t ms;

	if (is_back)
		text = (struct span){ text.ptr + 1, text.len - 1 };
	if (number_ms(text, &ms)) {
		refuse(exchange, 400, "a time such as 90s or -5min is needed");
		return;
	}
	exchange->nation->clock_offset_ms += is_back ? -(int64_t)ms : (int64_t)ms;
	done(exchange);
}

static void
finish(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct err err = ERR_INIT;

	if (model_finish(nation->model, nation_now(nation), &err))
		refuse(exchange, 500, err.text);
	else
		done(exchange);
}

static void
end_tokens(struct exchange *exchange)
{
	tokens_end_all(&exchange->nation->tokens, nation_now(exchange->nation));
	done(exchange);
}

static const struct {
	const char *method;
	const char *path;
	void (*answer)(struct exchange *exchange);
} requests[] = {
	{ "GET", "/sandbox/state", state },
	{ "GET", "/sandbox/imports", imports },
	{ "GET", "/sandbox/people.csv", people },
	{ "GET", "/sandbox/people/count", people_count },
	{ "GET", "/sandbox/ballots.csv", ballots },
	{ "POST", "/sandbox/fault", add_fault },
	{ "DELETE", "/sandbox/fault", clear_faults },
	{ "POST", "/sandbox/clock", move_clock },
	{ "POST", "/sandbox/finish", finish },
	{ "POST", "/sandbox/end-tokens", end_tokens },
};

static void
answer(struct exchange *exchange)
{
	struct err err = ERR_INIT;

	if (nation_advance(exchange->nation, &err)) {
		refuse(exchange, 500, err.text);
		return;
	}
	for (size_t i = 0; i < ARRAY_COUNT(requests); i++) {
		if (strcmp(exchange->method, requests[i].method) == 0 &&
		    strcmp(exchange->path, requests[i].path) == 0) {
			requests[i].answer(exchange);
			return;
		}
	}
	if (strcmp(exchange->method, "GET") != 0 || !file(exchange))
		refuse(exchange, 404, "no such control request; rollcall-sandbox(1) lists them");
}

void
control_answer(struct exchange *exchange)
{
	pthread_mutex_lock(&exchange->nation->lock);
	answer(exchange);
	pthread_mutex_unlock(&exchange->nation->lock);
}
