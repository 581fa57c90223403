#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/buf.h"
#include "runner/base/number.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/base/utf8.h"
#include "runner/nation/answer.h"

enum {
	/* A reset below this many seconds is relative: as a date it would be in 2001. */
	RELATIVE_BELOW_S = 1000000000,
	/* A page of 100 imports with every attribute that V2 knows has less than 5,000. */
	MOST_VALUES = 30000,
};

/* Numbers in headers are held in thousandths; larger ones, however many digits, read as this,
 * 30,000 years. The core clamps to minutes. */
#define MOST_THOUSANDTHS INT64_C(1000000000000000)

#define NO_WAIT INT64_MIN

void
answer_copy(char *to, size_t to_bytes, struct span text)
{
	SCOPED(buf) safe = BUF_INIT;
	struct span left;
	size_t used = 0;

	show_safe(&safe, text, to_bytes);
	left = buf_span(&safe);
	while (left.len) {
		size_t len = utf8_character(left);

		if (len == 0 || used + len >= to_bytes)
			break;
		memcpy(to + used, left.ptr, len);
		used += len;
		left = (struct span){ left.ptr + len, left.len - len };
	}
	to[used] = '\0';
}

/* ---- the head ---- */

void
answer_head_init(struct answer_head *head)
{
	*head = (struct answer_head){
		.date_ms = -1, .wait_ms = NO_WAIT, .until_ms = -1, .reset_s_thousandths = -1,
	};
}

/* "12", "-3", "0.25" in thousandths, the whole text. Saturates. 0 or -1. */
static int
read_thousandths(struct span text, int64_t *thousandths)
{
	bool is_negative = text.len && text.ptr[0] == '-';
	int64_t value = 0, unit = 1000;
	size_t digits = 0;

	for (size_t i = is_negative; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '.' && unit == 1000 && digits) {
			unit = 100;
			continue;
		}
		if (c < '0' || c > '9')
			return -1;
		digits++;
		if (unit == 1000 && value < MOST_THOUSANDTHS)
			value = value * 10 + (c - '0') * 1000;
		else if (unit < 1000) {
			value += (c - '0') * unit;
			unit /= 10;
		}
	}
	if (!digits)
		return -1;
	if (value > MOST_THOUSANDTHS)
		value = MOST_THOUSANDTHS;
	*thousandths = is_negative ? -value : value;
	return 0;
}

static void
note_retry_after(struct answer_head *head, struct span value)
{
	if (read_thousandths(value, &head->wait_ms))
		stamp_read_http(value, &head->until_ms);
}

static void
note_reset(struct answer_head *head, struct span value)
{
	int64_t reset;

	if (!read_thousandths(value, &reset) && reset > head->reset_s_thousandths)
		head->reset_s_thousandths = reset;
}

static void
note_content_type(struct answer_head *head, struct span value)
{
	head->is_html = span_equal_nocase(span_trim(span_next(&value, ';')), span_of("text/html"));
}

static void
note_date(struct answer_head *head, struct span value)
{
	stamp_read_http(value, &head->date_ms);
}

static void
note_request_id(struct answer_head *head, struct span value)
{
	answer_copy(head->request_id, sizeof(head->request_id), value);
}

void
answer_head_line(struct answer_head *head, struct span line)
{
	static const struct {
		const char *name;
		void (*note)(struct answer_head *head, struct span value);
	} notes[] = {
		{ "Content-Type", note_content_type },
		{ "Date", note_date },
		{ "Retry-After", note_retry_after },
		{ "X-Request-Id", note_request_id },
		{ "RateLimit-Reset", note_reset },        /* 2026 */
		{ "X-RateLimit-Reset", note_reset },      /* 2020 */
		{ "Nation-Ratelimit-Reset", note_reset }, /* 2018 */
	};
	struct span value = line, name;

	if (!line.len)
		return;
	name = span_trim(span_next(&value, ':'));
	if (!value.ptr)
		return;
	for (size_t i = 0; i < ARRAY_COUNT(notes); i++)
		if (span_equal_nocase(name, span_of(notes[i].name)))
			notes[i].note(head, span_trim(value));
}

static int64_t
not_negative(int64_t ms)
{
	return ms > 0 ? ms : 0;
}

void
answer_head_fill(const struct answer_head *head, int64_t wall_ms, struct reply *reply)
{
	int64_t theirs_ms = head->date_ms >= 0 ? head->date_ms : wall_ms;
	int64_t reset_ms = head->reset_s_thousandths;

	reply->server_date_ms = head->date_ms;
	memcpy(reply->request_id, head->request_id, sizeof(head->request_id));
	if (reset_ms >= RELATIVE_BELOW_S * INT64_C(1000))
		reset_ms = not_negative(reset_ms - theirs_ms);
	if (head->wait_ms != NO_WAIT)
		reply->retry_after_ms = not_negative(head->wait_ms);
	else if (head->until_ms >= 0)
		reply->retry_after_ms = not_negative(head->until_ms - theirs_ms);
	else
		reply->retry_after_ms = reply->status == 429 ? reset_ms : -1;
}

/* ---- the body: errors ---- */

/* The first of these members that is a text. */
static struct span
text_among(struct json object, const char *const *names, size_t count)
{
	struct span text;

	for (size_t i = 0; i < count; i++)
		if (!json_text(json_member(object, names[i]), &text) && text.len)
			return text;
	return SPAN_NONE;
}

static void
add_reason(struct buf *to, struct span text)
{
	if (to->len && text.len)
		buf_add_text(to, "; ");
	buf_add_span(to, text);
}

/* "..." or {"title":"...","detail":"..."} */
static void
add_error(struct buf *to, struct json error)
{
	static const char *const names[] = { "detail", "title", "message" };
	struct span text;

	if (json_text(error, &text))
		text = text_among(error, names, ARRAY_COUNT(names));
	add_reason(to, text);
}

/* One or several: "...", {...}, ["...", {...}] */
static void
add_errors(struct buf *to, struct json errors)
{
	if (errors.kind != JSON_ARRAY)
		add_error(to, errors);
	for (size_t i = 0; errors.kind == JSON_ARRAY && i < json_count(errors); i++)
		add_error(to, json_item(errors, i));
}

/* ["...", "..."], or in old replies {"email":["is invalid"]}. */
static void
add_validation_errors(struct buf *to, struct json errors)
{
	struct json_walk walk = json_walk(errors);

	if (errors.kind == JSON_ARRAY)
		add_errors(to, errors);
	while (json_step(&walk)) {
		SCOPED(buf) reasons = BUF_INIT;

		add_errors(&reasons, walk.value);
		add_reason(to, walk.name);
		if (reasons.len)
			buf_add_text(to, " ");
		buf_add_span(to, buf_span(&reasons));
	}
}

static void
fill_message(struct reply *reply, struct json root)
{
	static const char *const names[] = { "message", "error_description", "error", "code" };
	SCOPED(buf) message = BUF_INIT;

	add_reason(&message, text_among(root, names, ARRAY_COUNT(names)));
	add_validation_errors(&message, json_member(root, "validation_errors"));
	add_errors(&message, json_member(root, "errors"));
	answer_copy(reply->message, sizeof(reply->message), buf_span(&message));
}

bool
answer_is_html(struct span body, bool is_html)
{
	return is_html || span_starts(span_trim(body), "<");
}

/* Values, that is what a reader must keep in memory, some 800 bytes each: 8 MiB of {},{},... would be
 * 2 GiB. Bytes within texts are none. */
static bool
has_too_many_values(struct span body)
{
	size_t count = 0;
	bool is_text = false;

	for (size_t i = 0; i < body.len; i++) {
		char byte = body.ptr[i];

		if (byte == '"')
			is_text = !is_text;
		else if (is_text)
			i += byte == '\\';
		else if (byte == ',' || byte == ':' || byte == '[' || byte == '{')
			count++;
	}
	return count > MOST_VALUES;
}

/* What the body is; if it is JSON, it is in *doc and its message, if any, in the reply. */
static bool
read_json(struct reply *reply, struct span body, bool is_html, struct json_doc *doc)
{
	if (span_trim(body).len == 0)
		reply->form = ANSWER_NONE;
	else if (answer_is_html(body, is_html))
		reply->form = ANSWER_HTML;
	else if (has_too_many_values(body))
		reply->form = ANSWER_TOO_LONG;
	else if (json_parse(doc, body, JSON_DEPTH, NULL))
		reply->form = ANSWER_BROKEN;
	else
		reply->form = ANSWER_JSON;
	if (reply->form != ANSWER_JSON)
		return false;
	fill_message(reply, json_root(doc));
	return true;
}

/* ---- the body: one import ---- */

/* -1 unless it is a whole number from 0. */
static int64_t
count_of(struct json value)
{
	int64_t count;

	return json_i64(value, &count) || count < 0 ? -1 : count;
}

static void
fill_id(struct reply *reply, struct json id)
{
	uint64_t number;

	reply->id_form = json_is_absent(id) ? ID_ABSENT : ID_ODD;
	if (json_u64(id, &number) || number < 1 || number > LIMIT_IMPORT_ID)
		return;
	reply->id_form = ID_VALID;
	reply->import_id = number;
}

static enum nation_word
word_of(struct span text)
{
	static const struct {
		const char *text;
		enum nation_word word;
	} words[] = {
		{ "queued", WORD_QUEUED },      { "working", WORD_WORKING },
		{ "finished", WORD_FINISHED },  { "completed", WORD_FINISHED },
		{ "queueing", WORD_QUEUED },    { "in_progress", WORD_WORKING }, /* V2's words */
		{ "unprocessable", WORD_FAILED }, { "failed", WORD_FAILED },
		{ "error", WORD_FAILED },       { "errored", WORD_FAILED },
		{ "invalid", WORD_FAILED },     { "cancelled", WORD_FAILED },
	};

	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		if (span_equal_nocase(text, span_of(words[i].text)))
			return words[i].word;
	return text.len ? WORD_UNKNOWN : WORD_NONE;
}

void
answer_import(struct reply *reply, struct span body, bool is_html)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct span name = SPAN_NONE, type = SPAN_NONE;
	struct json import, status;

	reply->processed = reply->total = -1;
	if (!read_json(reply, body, is_html, &doc))
		return;
	import = json_member(json_root(&doc), "import");
	status = json_member(import, "status");
	fill_id(reply, json_member(import, "id"));
	if (!json_text(json_member(import, "type"), &type))
		answer_copy(reply->type, sizeof(reply->type), type);
	if (!json_text(json_member(status, "name"), &name))
		answer_copy(reply->word_text, sizeof(reply->word_text), name);
	reply->word = word_of(name);
	reply->processed = count_of(json_member(status, "processed"));
	reply->total = count_of(json_member(status, "total"));
}

/* ---- the body: a result ---- */

bool
answer_result(struct reply *reply, struct span body, bool is_html)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct json result;

	reply->rows_succeeded = reply->rows_updated = reply->rows_failed = -1;
	if (!read_json(reply, body, is_html, &doc))
		return false;
	result = json_member(json_root(&doc), "result");
	reply->rows_succeeded = count_of(json_member(result, "rows_succeeded"));
	reply->rows_updated = count_of(json_member(result, "rows_updated"));
	reply->rows_failed = count_of(json_member(result, "rows_failed"));
	return result.kind == JSON_OBJECT;
}

/* ---- the body: a page of the list ---- */

/* JSON:API has ids as texts; a number is taken, too. */
static uint64_t
listed_id(struct json id)
{
	struct span text;
	uint64_t number;

	if (!json_text(id, &text) ? number_u64(text, &number) : json_u64(id, &number))
		return 0;
	return number <= LIMIT_IMPORT_ID ? number : 0;
}

static struct listed
read_entry(struct json item)
{
	struct json attributes = json_member(item, "attributes");
	struct listed entry = { .import_id = listed_id(json_member(item, "id")),
				.created_ms = -1 };
	struct span created;

	json_text(json_member(attributes, "type"), &entry.type);
	entry.has_content_head =
	    !json_text(json_member(attributes, "content_head"), &entry.content_head);
	if (!json_text(json_member(attributes, "created_at"), &created))
		stamp_read_iso(created, &entry.created_ms);
	entry.lines_count = count_of(json_member(attributes, "lines_count"));
	return entry;
}

static bool
is_array_of_objects(struct json data)
{
	for (size_t i = 0; i < json_count(data); i++)
		if (json_item(data, i).kind != JSON_OBJECT)
			return false;
	return data.kind == JSON_ARRAY;
}

int
answer_list(struct reply *reply, struct span body, bool is_html, struct answer_list *list,
    struct err *err)
{
	struct json data;
	size_t count;

	if (!read_json(reply, body, is_html, &list->doc))
		return 0;
	data = json_member(json_root(&list->doc), "data");
	if (!is_array_of_objects(data))
		return 0;
	count = json_count(data);
	list->entries = calloc(count + 1, sizeof(*list->entries));
	if (!list->entries)
		return err_memory(err);
	for (size_t i = 0; i < count; i++)
		list->entries[i] = read_entry(json_item(data, i));
	reply->is_list = true;
	reply->entries = list->entries;
	reply->entry_count = (uint32_t)count;
	reply->has_more = count && !json_is_null(json_member(
				       json_member(json_root(&list->doc), "links"), "next"));
	return 0;
}

void
answer_list_done(struct answer_list *list)
{
	free(list->entries);
	list->entries = NULL;
	json_done(&list->doc);
}
