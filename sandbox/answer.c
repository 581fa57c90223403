#include "platform.h"

#include "runner/base/jsonw.h"
#include "runner/base/stamp.h"
#include "sandbox/answer.h"
#include "sandbox/base64.h"
#include "sandbox/csv.h"

/* How far V2's ids are from V1's with other-ids. */
#define OTHER_IDS UINT64_C(700000)

static const char *const types[] = { [MODEL_PEOPLE] = "people", [MODEL_BALLOT] = "ballot" };
static const char *const v2_types[] = { [MODEL_PEOPLE] = "People", [MODEL_BALLOT] = "Ballot" };

static const char *const words[] = {
	[MODEL_QUEUED] = "queued",
	[MODEL_WORKING] = "working",
	[MODEL_FINISHED] = "finished",
	[MODEL_UNPROCESSABLE] = "unprocessable",
};

static const char *const v2_words[] = {
	[MODEL_QUEUED] = "queueing",
	[MODEL_WORKING] = "in_progress",
	[MODEL_FINISHED] = "finished",
	[MODEL_UNPROCESSABLE] = "unprocessable",
};

/* A member whose value is JSON as it stands. */
static void
raw_member(struct jsonw *json, const char *name, const char *value)
{
	jsonw_number(json, name, 0);
	json->to->len--; /* the 0 */
	buf_add_text(json->to, value);
}

/* The id of the import submitted before this one, 1 if it was the first. */
static uint64_t
used_id(const struct model *model, uint64_t id)
{
	uint64_t used = 1;

	for (size_t i = 0; i < model_count(model) && model_at(model, i)->id < id; i++)
		used = model_at(model, i)->id;
	return used;
}

static void
add_id(struct jsonw *json, const struct model *model, uint64_t id,
       const struct fault_effect *effect)
{
	SCOPED(buf) text = BUF_INIT;

	switch ((enum fault_id)effect->id) {
	case FAULT_ID_MISSING:
		return;
	case FAULT_ID_NULL:
		jsonw_null(json, "id");
		return;
	case FAULT_ID_TRUE:
		jsonw_bool(json, "id", true);
		return;
	case FAULT_ID_ZERO:
		jsonw_number(json, "id", 0);
		return;
	case FAULT_ID_NEGATIVE:
		jsonw_signed(json, "id", -(int64_t)id);
		return;
	case FAULT_ID_HUGE:
		raw_member(json, "id", "99999999999999999999");
		return;
	case FAULT_ID_STRING:
	case FAULT_ID_FLOAT:
		buf_printf(&text, effect->id == FAULT_ID_FLOAT ? "%llu.5" : "\"%llu\"",
			   (unsigned long long)id);
		raw_member(json, "id", buf_text(&text));
		return;
	case FAULT_ID_USED:
		jsonw_number(json, "id", used_id(model, id));
		return;
	}
	jsonw_number(json, "id", id);
}

static void
add_status(struct jsonw *json, const struct model *model, const struct model_import *import,
	   const struct fault_effect *effect)
{
	uint64_t processed = import->processed;

	if (effect->counts == FAULT_COUNTS_OFF)
		processed = import->total + 1;
	jsonw_open(json, "status", '{');
	jsonw_string(json, "name", effect->word ? effect->word : words[import->word]);
	if (import->word == MODEL_QUEUED) {
		jsonw_string(json, "queue", "importshigh");
		jsonw_number(json, "position", model_queue_position(model, import->id));
	} else if (import->word == MODEL_UNPROCESSABLE) {
		jsonw_text(json, "message", buf_span(&import->why));
	} else if (effect->counts != FAULT_COUNTS_MISSING) {
		jsonw_number(json, "processed", processed);
		jsonw_number(json, "total", import->total);
	}
	jsonw_close(json, '}');
}

void
answer_import(const struct model *model, const struct model_import *import,
	      const struct fault_effect *effect, struct buf *to)
{
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	jsonw_open(&json, "import", '{');
	add_id(&json, model, import->id, effect);
	jsonw_string(&json, "type", types[import->type]);
	add_status(&json, model, import, effect);
	jsonw_bool(&json, "is_overwritable", import->is_overwritable);
	jsonw_close(&json, '}');
	jsonw_close(&json, '}');
}

static void
add_counts(struct jsonw *json, const struct model_counts *counts,
	   const struct fault_effect *effect)
{
	uint64_t succeeded = counts->created + counts->updated;

	switch ((enum fault_counts)effect->counts) {
	case FAULT_COUNTS_MISSING:
		return;
	case FAULT_COUNTS_NEGATIVE:
		jsonw_signed(json, "rows_updated", -1);
		jsonw_signed(json, "rows_succeeded", -1);
		jsonw_signed(json, "rows_failed", -1);
		return;
	case FAULT_COUNTS_TEXT:
		jsonw_string(json, "rows_updated", "some");
		jsonw_string(json, "rows_succeeded", "most");
		jsonw_string(json, "rows_failed", "few");
		return;
	case FAULT_COUNTS_SEPARATE:
		succeeded = counts->created;
		break;
	case FAULT_COUNTS_OFF:
		succeeded = succeeded ? succeeded - 1 : 1;
		break;
	case FAULT_COUNTS_WITHIN:
		break;
	}
	jsonw_number(json, "rows_updated", counts->updated);
	jsonw_number(json, "rows_succeeded", succeeded);
	jsonw_number(json, "rows_failed", counts->failed);
}

static void
add_failures(struct jsonw *json, const struct model *model, const struct model_import *import,
	     const struct fault_effect *effect)
{
	const struct model_failures form = { .reason_name = effect->reason,
					     .is_first = effect->reason_first,
					     .is_raw = effect->reason_raw };
	const struct base64_form letters = { .is_url = effect->base64 == FAULT_BASE64_URL,
					     .is_bare = effect->nopad,
					     .is_wrapped = effect->wrap };
	SCOPED(buf) csv = BUF_INIT;
	SCOPED(buf) encoded = BUF_INIT;

	switch ((enum fault_failures)effect->failures) {
	case FAULT_FAILURES_MISSING:
		return;
	case FAULT_FAILURES_NULL:
		jsonw_null(json, "failure_csv");
		return;
	case FAULT_FAILURES_EMPTY:
		jsonw_string(json, "failure_csv", "");
		return;
	case FAULT_FAILURES_BROKEN:
		jsonw_string(json, "failure_csv", "%%% not base64 %%%");
		return;
	}
	model_failure_csv(model, import->id, &form, &csv);
	base64_encode(buf_span(&csv), &letters, &encoded);
	if (buf_failed(&csv) || buf_failed(&encoded))
		json->to->failed = true;
	jsonw_text(json, "failure_csv", buf_span(&encoded));
}

void
answer_result(const struct model *model, const struct model_import *import,
	      const struct fault_effect *effect, struct buf *to)
{
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	jsonw_open(&json, "result", '{');
	add_counts(&json, &import->counts, effect);
	add_failures(&json, model, import, effect);
	jsonw_close(&json, '}');
	jsonw_close(&json, '}');
}

/* ---- V2 */

/* "id, first_name, …\r\n, Joe, Bloggs, …": cells set apart by ", ", rows by CR LF. Rows that
 * cannot be read end it. */
static void
add_head_text(const struct model_import *import, struct buf *to)
{
	struct csv reader = csv_over(buf_span(&import->head));
	SCOPED(csv_row) row = CSV_ROW_INIT;
	struct err ignored = ERR_INIT;

	while (csv_next(&reader, &row, &ignored) > 0) {
		for (size_t i = 0; i < row.count; i++) {
			buf_add_text(to, i ? ", " : "");
			csv_add(to, row.cells[i].value, ',');
		}
		buf_add_text(to, "\r\n");
	}
}

static void
add_head(struct jsonw *json, const struct model_import *import, const struct fault_effect *effect)
{
	enum { CUT_BYTES = 40 }; /* in the middle of most headers */
	SCOPED(buf) head = BUF_INIT;

	if (effect->head == FAULT_HEAD_RAW)
		buf_add_span(&head, buf_span(&import->head));
	else
		add_head_text(import, &head);
	if (effect->head == FAULT_HEAD_CUT && head.len > CUT_BYTES)
		head.len = CUT_BYTES;
	if (buf_failed(&head))
		json->to->failed = true;
	if (effect->head == FAULT_HEAD_NULL)
		jsonw_null(json, "content_head");
	else if (effect->head != FAULT_HEAD_MISSING)
		jsonw_text(json, "content_head", buf_span(&head));
}

static void
add_time(struct jsonw *json, const char *name, int64_t at_ms)
{
	char text[STAMP_MS_BYTES];

	jsonw_string(json, name, at_ms ? stamp_iso_ms(at_ms, text) : NULL);
}

static void
add_lines(struct jsonw *json, const struct model_import *import,
	  const struct fault_effect *effect)
{
	if (effect->lines == FAULT_LINES_NULL)
		jsonw_null(json, "lines_count");
	else
		jsonw_number(json, "lines_count",
			     import->total + (effect->lines == FAULT_LINES_HEADER));
}

/* Is the attribute among those asked for? */
static bool
wants(struct span fields, const char *name)
{
	struct span rest = fields;

	if (fields.len == 0)
		return true;
	while (rest.ptr) {
		if (span_is(span_trim(span_next(&rest, ',')), name))
			return true;
	}
	return false;
}

static void
add_counts_v2(struct jsonw *json, const struct model_import *import, struct span fields,
	      const struct fault_effect *effect)
{
	uint64_t successful = import->counts.created;

	if (effect->counts != FAULT_COUNTS_SEPARATE)
		successful += import->counts.updated;
	if (wants(fields, "rows_successful"))
		jsonw_number(json, "rows_successful", successful);
	if (wants(fields, "rows_unsuccessful"))
		jsonw_number(json, "rows_unsuccessful", import->counts.failed);
	if (wants(fields, "rows_updated"))
		jsonw_number(json, "rows_updated", import->counts.updated);
}

static void
add_attributes(struct jsonw *json, const struct model_import *import, struct span fields,
	       const struct fault_effect *effect)
{
	jsonw_open(json, "attributes", '{');
	if (wants(fields, "content_head"))
		add_head(json, import, effect);
	if (wants(fields, "created_at"))
		add_time(json, "created_at", import->created_ms);
	if (wants(fields, "started_at"))
		add_time(json, "started_at", import->started_ms);
	if (wants(fields, "finished_at"))
		add_time(json, "finished_at", import->finished_ms);
	if (wants(fields, "status"))
		jsonw_string(json, "status",
			     effect->word ? effect->word : v2_words[import->word]);
	if (wants(fields, "type"))
		jsonw_string(json, "type", v2_types[import->type]);
	if (wants(fields, "is_overwritable"))
		jsonw_bool(json, "is_overwritable", import->is_overwritable);
	if (wants(fields, "lines_count"))
		add_lines(json, import, effect);
	add_counts_v2(json, import, fields, effect);
	if (wants(fields, "error_lines"))
		jsonw_null(json, "error_lines");
	if (wants(fields, "file_name"))
		jsonw_null(json, "file_name");
	jsonw_close(json, '}');
}

uint64_t
answer_v2_id(const struct model_import *import, const struct fault_effect *effect)
{
	return import->id + (effect->other_ids ? OTHER_IDS : 0);
}

uint64_t
answer_v1_id(uint64_t v2_id, const struct fault_effect *effect)
{
	return v2_id - (effect->other_ids ? OTHER_IDS : 0);
}

static void
add_resource(struct jsonw *json, const char *name, const struct model_import *import,
	     struct span fields, const struct fault_effect *effect)
{
	SCOPED(buf) id = BUF_INIT;

	buf_printf(&id, "%llu", (unsigned long long)answer_v2_id(import, effect));
	jsonw_open(json, name, '{');
	jsonw_text(json, "id", buf_span(&id));
	jsonw_string(json, "type", "imports");
	add_attributes(json, import, fields, effect);
	jsonw_close(json, '}');
}

static void
add_link(struct jsonw *json, const char *name, const struct answer_page *page, uint64_t number)
{
	SCOPED(buf) link = BUF_INIT;

	buf_printf(&link, "/api/v2/imports?page%%5Bnumber%%5D=%llu&page%%5Bsize%%5D=%llu",
		   (unsigned long long)number, (unsigned long long)page->size);
	if (page->fields.len) /* names only: nothing in them needs escaping */
		buf_printf(&link, "&fields%%5Bimports%%5D=%.*s", SPAN_ARG(page->fields));
	if (number)
		jsonw_text(json, name, buf_span(&link));
	else
		jsonw_null(json, name);
}

/* The n-th import as the list shows them. */
static const struct model_import *
listed(const struct model *model, size_t n, const struct fault_effect *effect)
{
	size_t count = model_count(model);

	return model_at(model, effect->order == FAULT_ORDER_OLDEST ? n : count - 1 - n);
}

void
answer_list(const struct model *model, const struct answer_page *page,
	    const struct answer_filter *filter, const struct fault_effect *effect, struct buf *to)
{
	uint64_t first = (page->number - 1) * page->size;
	uint64_t shown = 0;
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	jsonw_open(&json, "data", '[');
	for (size_t n = 0; n < model_count(model); n++) {
		const struct model_import *import = listed(model, n, effect);

		if (filter && !filter->shows(filter->context, import))
			continue;
		if (shown >= first && shown < first + page->size)
			add_resource(&json, NULL, import, page->fields, effect);
		shown++;
	}
	jsonw_close(&json, ']');
	jsonw_open(&json, "links", '{');
	add_link(&json, "self", page, page->number);
	add_link(&json, "prev", page, page->number - 1);
	add_link(&json, "next", page, first + page->size < shown ? page->number + 1 : 0);
	jsonw_close(&json, '}');
	jsonw_close(&json, '}');
}

void
answer_detail(const struct model_import *import, struct span fields,
	      const struct fault_effect *effect, struct buf *to)
{
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	add_resource(&json, "data", import, fields, effect);
	jsonw_close(&json, '}');
}

void
answer_error(const char *code, const char *message, const char *invalid, struct buf *to)
{
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	if (code)
		jsonw_string(&json, "code", code);
	jsonw_string(&json, "message", message);
	if (invalid) {
		jsonw_open(&json, "validation_errors", '[');
		jsonw_string(&json, NULL, invalid);
		jsonw_close(&json, ']');
	}
	jsonw_close(&json, '}');
}

void
answer_errors(const char *title, const char *detail, struct buf *to)
{
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	jsonw_open(&json, "errors", '[');
	jsonw_open(&json, NULL, '{');
	jsonw_string(&json, "title", title);
	jsonw_string(&json, "detail", detail);
	jsonw_close(&json, '}');
	jsonw_close(&json, ']');
	jsonw_close(&json, '}');
}
