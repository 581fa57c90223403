#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/number.h"
#include "runner/base/scoped.h"
#include "sandbox/answer.h"
#include "sandbox/control.h"
#include "sandbox/exchange.h"
#include "sandbox/order.h"

/* A body of anything but an import. */
#define TEXT_BYTES 65536
/* Rows of a table in one piece of an answer. */
#define PIECE_ROWS 5000
#define PIECE_BYTES (1u << 20)

/* ---- refusing */

static void
refuse(struct exchange *exchange, unsigned status, const char *code, const char *message,
       const char *invalid)
{
	struct reply *reply = &exchange->reply;

	reply->status = status;
	buf_clear(&reply->body);
	answer_error(code, message, invalid, &reply->body);
	exchange->is_refused = true;
}

static void
refuse_unusable(struct exchange *exchange, const char *detail)
{
	struct reply *reply = &exchange->reply;

	reply->status = 422;
	buf_clear(&reply->body);
	answer_errors("Unprocessable Entity", detail, &reply->body);
	exchange->is_refused = true;
}

static void
not_found(struct exchange *exchange)
{
	refuse(exchange, 404, "not_found", "Record not found", NULL);
}

static void
out_of_order(struct exchange *exchange, const struct err *err)
{
	refuse(exchange, 500, "server_error", err->text, NULL);
}

/* ---- the head */

struct route {
	const char *method;
	const char *before; /* the path, up to an id where `after` is not NULL */
	const char *after;
	enum fault_request request;
};

static const struct route routes[] = {
	{ "POST", "/api/v1/imports", NULL, FAULT_SUBMIT },
	{ "GET", "/api/v1/imports/", "", FAULT_STATUS },
	{ "GET", "/api/v1/imports/", "/result", FAULT_RESULT },
	{ "GET", "/api/v2/imports", NULL, FAULT_LIST },
	{ "GET", "/api/v2/imports/", "", FAULT_DETAIL },
	{ "POST", "/oauth/token", NULL, FAULT_TOKEN },
};

static bool
path_fits(const struct route *route, const char *path, uint64_t *id)
{
	size_t before = strlen(route->before);
	size_t digits;

	if (!route->after)
		return strcmp(path, route->before) == 0;
	if (strncmp(path, route->before, before) != 0)
		return false;
	digits = strspn(path + before, "0123456789");
	return strcmp(path + before + digits, route->after) == 0 &&
	       number_u64((struct span){ path + before, digits }, id) == 0;
}

static void
find_route(struct exchange *exchange, const struct exchange_head *head)
{
	bool is_known = false;

	exchange->request = FAULT_OTHER;
	for (size_t i = 0; i < ARRAY_COUNT(routes); i++) {
		if (!path_fits(&routes[i], head->path, &exchange->import_id))
			continue;
		is_known = true;
		if (strcmp(head->method, routes[i].method) == 0)
			exchange->request = routes[i].request;
	}
	if (exchange->request != FAULT_OTHER)
		return;
	if (is_known)
		refuse(exchange, 405, "method_not_allowed", "Method not allowed", NULL);
	else
		not_found(exchange);
}

static void
check_token(struct exchange *exchange, const struct exchange_head *head)
{
	struct nation *nation = exchange->nation;
	const char *query = head->argument(head->context, "access_token");
	struct span token = span_of(query);

	if (head->authorization && strncasecmp(head->authorization, "Bearer ", 7) == 0)
		token = span_trim(span_of(head->authorization + 7));
	switch (tokens_check(&nation->tokens, token, nation_now(nation))) {
	case TOKENS_FINE:
		break;
	case TOKENS_UNKNOWN:
		refuse(exchange, 401, "unauthorized",
		       "You are not authorized to access this content", NULL);
		break;
	case TOKENS_ENDED:
		refuse(exchange, 401, "token_expired", "Your access token has expired", NULL);
		break;
	}
}

static bool
names_type(const char *header, const char *type)
{
	return header && strcasestr(header, type);
}

static void
check_types(struct exchange *exchange, const struct exchange_head *head)
{
	bool is_v2 = exchange->request == FAULT_LIST || exchange->request == FAULT_DETAIL;

	if (!names_type(head->accept, "application/json") &&
	    !(is_v2 && names_type(head->accept, "application/vnd.api+json")))
		refuse(exchange, 406, "not_acceptable", "Not acceptable", NULL);
	else if (exchange->request == FAULT_SUBMIT &&
		 !names_type(head->content_type, "application/json"))
		refuse(exchange, 415, "unsupported_media_type", "Unsupported media type", NULL);
}

static void
add_header(struct reply *reply, const char *name, uint64_t value)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%llu", (unsigned long long)value);
	reply->headers[reply->header_count].name = name;
	span_copy(reply->headers[reply->header_count].value, sizeof(reply->headers[0].value),
		  buf_span(&text));
	reply->header_count++;
	buf_done(&text);
}

static void
check_throttle(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct reply *reply = &exchange->reply;
	uint64_t left_ms = 0;

	if (throttle_allows(&nation->throttle, nation_now(nation), &left_ms))
		return;
	refuse(exchange, 429, NULL, "You have made too many requests. Please try again later.",
	       NULL);
	add_header(reply, "Retry-After", (left_ms + 999) / 1000);
	add_header(reply, "RateLimit-Limit", nation->throttle.limit.count);
	add_header(reply, "RateLimit-Remaining", 0);
	add_header(reply, "RateLimit-Reset", (left_ms + 999) / 1000);
}

/* The limit is the front end's: it speaks before the application behind it. */
static void
judge(struct exchange *exchange, const struct exchange_head *head)
{
	find_route(exchange, head);
	check_throttle(exchange);
	if (exchange->request == FAULT_OTHER || exchange->request == FAULT_TOKEN)
		return;
	if (!exchange->is_refused)
		check_token(exchange, head);
	if (!exchange->is_refused)
		check_types(exchange, head);
}

static int
write_head(struct exchange *exchange, const struct exchange_head *head, struct err *err)
{
	struct nation *nation = exchange->nation;
	struct nation_line line;

	exchange->is_post = true;
	exchange->post = ++nation->post_heads;
	nation_line_begin(nation, &line, "head");
	jsonw_number(&line.json, "post", exchange->post);
	jsonw_string(&line.json, "content_length", head->content_length);
	return nation_line_end(nation, &line, err);
}

static uint64_t
number_or(const char *text, uint64_t otherwise)
{
	uint64_t number = otherwise;

	if (text)
		number_u64(span_of(text), &number);
	return number;
}

static void
read_page(struct exchange *exchange, const struct exchange_head *head)
{
	struct answer_page_text *page = &exchange->page;
	const char *fields = head->argument(head->context, "fields[imports]");

	page->number = number_or(head->argument(head->context, "page[number]"), 1);
	page->size = number_or(head->argument(head->context, "page[size]"), ANSWER_PAGE_SIZE);
	if (page->number == 0 || page->number > UINT32_MAX)
		page->number = 1;
	if (page->size == 0 || page->size > ANSWER_PAGE_SIZE_MOST)
		page->size = ANSWER_PAGE_SIZE_MOST;
	buf_add_text(&page->fields, fields ? fields : "");
}

/* Room for the whole file at once, so that 50 MB are not copied from buffer to larger buffer. */
static int
expect_body(struct exchange *exchange, const struct exchange_head *head, struct err *err)
{
	uint64_t most = exchange->nation->options.file_bytes;
	uint64_t length = number_or(head->content_length, 0);

	body_init(&exchange->body, most);
	if (length / 4 * 3 <= most)
		buf_reserve(&exchange->body.csv, length / 4 * 3 + 3);
	exchange->digest = digest_new(err);
	return exchange->digest ? buf_check(&exchange->body.csv, err) : -1;
}

static int
hear(struct exchange *exchange, const struct exchange_head *head, struct err *err)
{
	struct nation *nation = exchange->nation;

	exchange->method = strdup(head->method);
	exchange->path = strdup(head->path);
	if (!exchange->method || !exchange->path)
		return err_memory(err);
	exchange->is_control = strncmp(head->path, "/sandbox/", 9) == 0;
	if (exchange->is_control) {
		exchange->request = FAULT_OTHER;
		return 0;
	}
	judge(exchange, head);
	exchange->number = ++nation->requests[exchange->request];
	exchange->effect = faults_strike(nation->faults, exchange->request);
	nation->faulted += exchange->effect.given != 0;
	exchange->is_json = names_type(head->content_type, "json");
	read_page(exchange, head);
	if (exchange->request == FAULT_SUBMIT && expect_body(exchange, head, err))
		return -1;
	if (strcmp(head->method, "POST") == 0 && strcmp(head->path, "/api/v1/imports") == 0)
		return write_head(exchange, head, err);
	return 0;
}

struct exchange *
exchange_hear(struct nation *nation, const struct exchange_head *head, struct err *err)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	int result;

	if (!exchange) {
		err_memory(err);
		return NULL;
	}
	exchange->nation = nation;
	exchange->reply = (struct reply)REPLY_INIT;
	pthread_mutex_lock(&nation->lock);
	result = hear(exchange, head, err);
	pthread_mutex_unlock(&nation->lock);
	if (result) {
		exchange->is_whole = true; /* nothing to say about its body */
		exchange_free(exchange);
		return NULL;
	}
	return exchange;
}

/* ---- the body */

/* Of what has been decoded since the last time. A file too large is let go, and shrinks. */
static void
take_digest(struct exchange *exchange)
{
	const struct buf *csv = &exchange->body.csv;

	if (csv->len <= exchange->digested)
		return;
	digest_take(exchange->digest, (struct span){ csv->ptr + exchange->digested,
						     csv->len - exchange->digested });
	exchange->digested = csv->len;
}

void
exchange_feed(struct exchange *exchange, struct span bytes)
{
	exchange->body_bytes += bytes.len;
	if (exchange->is_refused)
		return;
	if (exchange->request != FAULT_SUBMIT) {
		if (exchange->text.len + bytes.len <= TEXT_BYTES)
			buf_add_span(&exchange->text, bytes);
		return;
	}
	body_take(&exchange->body, bytes);
	take_digest(exchange);
}

/* ---- carrying out: all under the lock */

static int
take(struct exchange *exchange, struct model_upload *upload, struct model_upload *again,
     const char *sha256, uint64_t vault_at, struct err *err)
{
	struct nation *nation = exchange->nation;
	const struct fault_effect *effect = &exchange->effect;
	uint64_t id;

	if (fault_has(effect, FAULT_DO_TAKE_AFTER))
		return nation_take_later(nation, upload, exchange->post, sha256, vault_at,
					 effect->take_after_ms, err);
	if (effect->twice &&
	    nation_take(nation, again, exchange->post, sha256, vault_at, &id, err))
		return -1;
	if (nation_take(nation, upload, exchange->post, sha256, vault_at, &exchange->import_id,
			err))
		return -1;
	answer_import(nation->model, model_find(nation->model, exchange->import_id), effect,
		      &exchange->reply.body);
	return 0;
}

/* Is the body an import? Else it is refused. */
static bool
is_import(struct exchange *exchange, struct model_upload *upload)
{
	struct body *body = &exchange->body;
	const char *reason = NULL;
	bool is_json = false;

	body_end(body);
	if (body->is_too_large) {
		refuse(exchange, 413, "request_entity_too_large", "The file is too large", NULL);
		return false;
	}
	if (!body->is_too_odd && order_read(buf_span(&body->rest), &upload->type,
					    &upload->is_overwritable, &reason, &is_json) == 0) {
		if (!body->is_not_base64 && body->csv.len)
			return true;
		refuse_unusable(exchange, "file is not a base64 encoded CSV");
	} else if (is_json) {
		refuse(exchange, 400, "validation_failed", "Validation Failed.", reason);
	} else {
		refuse(exchange, 400, "bad_request", "The body is not JSON", NULL);
	}
	return false;
}

/* Only the last step is under the lock: the file is large. */
static void
submit(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct body *body = &exchange->body;
	struct model_upload upload = { .csv = BUF_INIT };
	struct model_upload again = { .csv = BUF_INIT };
	char sha256[DIGEST_BYTES];
	struct err err = ERR_INIT;
	uint64_t vault_at = 0;
	int result;

	if (!is_import(exchange, &upload))
		return;
	take_digest(exchange); /* the last letters without padding */
	digest_end(exchange->digest, sha256);
	result = buf_check(&body->csv, &err) ||
		 nation_store(nation, buf_span(&body->csv), &vault_at, &err);
	upload.csv = body->csv;
	body->csv = (struct buf)BUF_INIT;
	if (exchange->effect.twice) {
		again = (struct model_upload){ upload.type, upload.is_overwritable, BUF_INIT,
					       NULL };
		buf_add_span(&again.csv, buf_span(&upload.csv));
		result = result || buf_check(&again.csv, &err);
	}
	result = result || model_survey(&upload, &err);
	pthread_mutex_lock(&nation->lock);
	result = result || take(exchange, &upload, &again, sha256, vault_at, &err);
	pthread_mutex_unlock(&nation->lock);
	model_upload_done(&upload);
	model_upload_done(&again);
	if (result)
		out_of_order(exchange, &err);
}

/* Is the import still out of sight for this request (lag, late)? */
static bool
lags(struct exchange *exchange, const struct model_import *import)
{
	struct nation *nation = exchange->nation;
	const struct fault_effect *effect = &exchange->effect;
	struct nation_record *record = &nation->records[model_number(nation->model, import->id)];
	uint64_t asked = ++record->asked[exchange->request];
	int64_t age_ms = nation_now(nation) - import->created_ms;

	return (fault_has(effect, FAULT_DO_LAG) && asked <= effect->lag) ||
	       (fault_has(effect, FAULT_DO_LATE) && age_ms < (int64_t)effect->late_ms);
}

static bool
list_shows(void *context, const struct model_import *import)
{
	struct exchange *exchange = context;

	return !lags(exchange, import);
}

static void
answer_about(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct buf *to = &exchange->reply.body;
	const struct model_import *import;
	bool is_v2 = exchange->request == FAULT_DETAIL;
	uint64_t id = exchange->import_id;

	if (is_v2)
		id = answer_v1_id(id, &exchange->effect);
	import = model_find(nation->model, id);
	if (!import || lags(exchange, import)) {
		not_found(exchange);
		return;
	}
	if (is_v2) {
		exchange->reply.type = REPLY_V2;
		answer_detail(import, buf_span(&exchange->page.fields), &exchange->effect, to);
	} else if (exchange->request == FAULT_STATUS) {
		answer_import(nation->model, import, &exchange->effect, to);
	} else if (import->word == MODEL_FINISHED) {
		answer_result(nation->model, import, &exchange->effect, to);
	} else {
		not_found(exchange);
	}
}

static void
list(struct exchange *exchange)
{
	const struct answer_page page = { exchange->page.number, exchange->page.size,
					  buf_span(&exchange->page.fields) };
	const struct answer_filter filter = { list_shows, exchange };

	exchange->reply.type = REPLY_V2;
	answer_list(exchange->nation->model, &page, &filter, &exchange->effect,
		    &exchange->reply.body);
}

/* Whose program asks? Any id and secret will do, but there must be both. */
static bool
names_client(struct exchange *exchange)
{
	struct span text = buf_span(&exchange->text);
	SCOPED(buf) id = BUF_INIT;
	SCOPED(buf) secret = BUF_INIT;

	order_member(text, exchange->is_json, "client_id", &id);
	order_member(text, exchange->is_json, "client_secret", &secret);
	return id.len && secret.len;
}

static void
answer_grant(struct exchange *exchange, const char *access, const char *refresh)
{
	struct nation *nation = exchange->nation;
	struct jsonw json = jsonw_into(&exchange->reply.body);

	nation->grants++;
	jsonw_open(&json, NULL, '{');
	jsonw_string(&json, "access_token", access);
	jsonw_string(&json, "token_type", "Bearer");
	if (nation->tokens.life_ms)
		jsonw_number(&json, "expires_in", nation->tokens.life_ms / 1000);
	jsonw_string(&json, "refresh_token", refresh);
	jsonw_string(&json, "scope", "default");
	jsonw_signed(&json, "created_at", nation_now(nation) / 1000);
	jsonw_close(&json, '}');
}

static void
grant(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct span text = buf_span(&exchange->text);
	char access[TOKENS_BYTES], refresh[TOKENS_BYTES];
	SCOPED(buf) kind = BUF_INIT;
	SCOPED(buf) given = BUF_INIT;
	struct err err = ERR_INIT;
	int result;

	order_member(text, exchange->is_json, "grant_type", &kind);
	order_member(text, exchange->is_json, "refresh_token", &given);
	if (!span_is(buf_span(&kind), "refresh_token")) {
		refuse(exchange, 400, "unsupported_grant_type", "grant_type is not refresh_token",
		       NULL);
		return;
	}
	if (!names_client(exchange)) {
		refuse(exchange, 401, "invalid_client", "client_id or client_secret is missing",
		       NULL);
		return;
	}
	result = tokens_refresh(&nation->tokens, buf_span(&given), nation_now(nation), access,
				refresh, &err);
	if (result < 0)
		out_of_order(exchange, &err);
	else if (result == 0)
		refuse(exchange, 401, "invalid_grant", "The refresh token is invalid", NULL);
	else
		answer_grant(exchange, access, refresh);
}

static void
carry_out(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct err err = ERR_INIT;

	if (exchange->request == FAULT_SUBMIT) {
		submit(exchange);
		return;
	}
	pthread_mutex_lock(&nation->lock);
	if (nation_advance(nation, &err))
		out_of_order(exchange, &err);
	else if (exchange->request == FAULT_LIST)
		list(exchange);
	else if (exchange->request == FAULT_TOKEN)
		grant(exchange);
	else
		answer_about(exchange);
	pthread_mutex_unlock(&nation->lock);
}

/* ---- the answer */

static const char html_page[] =
    "<!DOCTYPE html>\n<html><head><title>Welcome</title></head>\n"
    "<body><h1>Welcome to the hotel network</h1><p>Please sign in.</p></body></html>\n";

/* The answer of another in place of the nation's. */
static void
replace(struct exchange *exchange)
{
	const struct fault_effect *effect = &exchange->effect;
	struct reply *reply = &exchange->reply;

	*reply = (struct reply){ .status = effect->redirect ? 302 : 200,
				 .type = effect->html ? REPLY_HTML : REPLY_JSON,
				 .body = reply->body };
	buf_clear(&reply->body);
	if (fault_has(effect, FAULT_DO_STATUS))
		reply->status = (unsigned)effect->status;
	if (effect->body)
		buf_add_text(&reply->body, effect->body);
	else if (effect->html)
		buf_add_text(&reply->body, html_page);
	else if (effect->nonsense)
		buf_add_text(&reply->body, "{\"pong\":[1,2,{\"three\":null}]}");
	else if (reply->status == 429)
		answer_error(NULL, "You have made too many requests. Please try again later.",
			     NULL, &reply->body);
	else if (!effect->redirect)
		answer_error("fault", "A fault of the sandbox", NULL, &reply->body);
}

static const char *
outcome_of(const struct fault_effect *effect)
{
	if (effect->stall)
		return "stalled";
	if (effect->drop || fault_has(effect, FAULT_DO_DROP_ANSWER) || effect->garbage)
		return "dropped";
	return "answer";
}

static void
write_outcome(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct err err = ERR_INIT;
	struct nation_line line;

	pthread_mutex_lock(&nation->lock);
	nation_line_begin(nation, &line, outcome_of(&exchange->effect));
	jsonw_number(&line.json, "post", exchange->post);
	jsonw_number(&line.json, "status", exchange->reply.status);
	if (exchange->import_id)
		jsonw_number(&line.json, "id", exchange->import_id);
	if (nation_line_end(nation, &line, &err))
		out_of_order(exchange, &err);
	pthread_mutex_unlock(&nation->lock);
}

void
exchange_leaves(struct exchange *exchange)
{
	pthread_mutex_lock(&exchange->nation->lock);
	exchange->answered_ms = nation_now(exchange->nation);
	pthread_mutex_unlock(&exchange->nation->lock);
}

void
exchange_answer(struct exchange *exchange)
{
	const struct fault_effect *effect = &exchange->effect;
	struct reply *reply = &exchange->reply;
	bool is_replaced = fault_replaces_answer(effect);

	exchange_leaves(exchange);
	if (exchange->is_control) {
		control_answer(exchange);
		return;
	}
	if (!exchange->is_refused && (fault_carries_out(effect) ||
				      fault_has(effect, FAULT_DO_TAKE_AFTER)))
		carry_out(exchange);
	if (is_replaced)
		replace(exchange);
	else if (fault_has(effect, FAULT_DO_STATUS) && reply->status < 300)
		reply->status = (unsigned)effect->status;
	if (fault_has(effect, FAULT_DO_CUT) && reply->body.len > effect->cut)
		reply->body.len = effect->cut;
	if (exchange->is_post)
		write_outcome(exchange);
}

int
exchange_more(struct exchange *exchange, struct buf *to, struct err *err)
{
	struct nation *nation = exchange->nation;
	struct reply *reply = &exchange->reply;
	uint32_t from = (uint32_t)reply->at;
	int result = 0;

	switch (reply->source) {
	case REPLY_BODY:
		break;
	case REPLY_FILE:
		if (reply->at < reply->end) {
			uint64_t left = reply->end - reply->at;
			size_t before = to->len;

			result = nation_fetch(nation, reply->at,
					      left < PIECE_BYTES ? left : PIECE_BYTES, to, err);
			reply->at += to->len - before;
		}
		break;
	case REPLY_PEOPLE:
		if (reply->is_begun && from == 0)
			break;
		pthread_mutex_lock(&nation->lock);
		reply->at += model_people_csv(nation->model, from, PIECE_ROWS, to);
		pthread_mutex_unlock(&nation->lock);
		break;
	case REPLY_BALLOTS:
		if (reply->is_begun && from == 0)
			break;
		pthread_mutex_lock(&nation->lock);
		reply->at += model_ballots_csv(nation->model, from, PIECE_ROWS, to);
		pthread_mutex_unlock(&nation->lock);
		break;
	}
	reply->is_begun = true;
	return result || buf_check(to, err) ? -1 : 0;
}

static void
write_incomplete(struct exchange *exchange)
{
	struct nation *nation = exchange->nation;
	struct err ignored = ERR_INIT; /* nobody is left to hear it */
	struct nation_line line;

	pthread_mutex_lock(&nation->lock);
	nation->posts_incomplete++;
	nation_line_begin(nation, &line, "incomplete");
	jsonw_number(&line.json, "post", exchange->post);
	jsonw_number(&line.json, "body_bytes", exchange->body_bytes);
	nation_line_end(nation, &line, &ignored);
	pthread_mutex_unlock(&nation->lock);
}

void
exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	if (exchange->is_post && !exchange->is_whole)
		write_incomplete(exchange);
	body_done(&exchange->body);
	buf_done(&exchange->text);
	buf_done(&exchange->page.fields);
	digest_free(exchange->digest);
	reply_done(&exchange->reply);
	free(exchange->method);
	free(exchange->path);
	free(exchange);
}
