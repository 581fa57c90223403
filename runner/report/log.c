#include "platform.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/report/log.h"

enum field_kind { FIELD_NUMBER, FIELD_TIME, FIELD_TEXT, FIELD_DIGEST };

struct field {
	enum field_kind kind;
	const char *member;
	size_t at;
	size_t bytes;
};

static const struct field fields[] = {
#define X(kind, member, tag)                                                                       \
	{ FIELD_##kind, #member, offsetof(struct event, member),                                   \
	  sizeof(((struct event *)0)->member) },
	EVENT_FIELDS(X)
#undef X
};

enum { NAME_BYTES = 32, HEX_BYTES = 65 };

/* Stands at the head of every line. */
static bool
is_head(const struct field *field)
{
	static const char *const heads[] = { "at_ms", "type", "source", "chunk" };

	for (size_t i = 0; i < ARRAY_COUNT(heads); i++) {
		if (strcmp(field->member, heads[i]) == 0)
			return true;
	}
	return false;
}

static bool
is_word(const struct field *field)
{
	return field->at == offsetof(struct event, word);
}

static uint64_t
number_of(const struct event *event, const struct field *field)
{
	const char *from = (const char *)event + field->at;
	uint64_t wide;
	uint32_t narrow;

	if (field->bytes == sizeof(wide)) {
		memcpy(&wide, from, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, from, sizeof(narrow));
	return narrow;
}

static const char *
text_of(const struct event *event, const struct field *field)
{
	return (const char *)event + field->at;
}

static bool
is_absent(const struct event *event, const struct field *field)
{
	switch (field->kind) {
	case FIELD_NUMBER:
	case FIELD_TIME:
		return number_of(event, field) == 0;
	case FIELD_TEXT:
		return text_of(event, field)[0] == '\0';
	case FIELD_DIGEST:
		break;
	}
	return !event->sha256.is_known;
}

/* The member's name without the unit of a time. */
static const char *
name_of(const struct field *field, char to[static NAME_BYTES])
{
	struct span name = span_of(field->member);

	if (field->kind == FIELD_TIME)
		name.len -= strlen("_ms");
	span_copy(to, NAME_BYTES, name);
	return to;
}

static const char *
word_of(const struct event *event)
{
	const char *word = nation_word_text(event->word);

	return word ? word : "unknown";
}

static void
add_json_field(struct jsonw *json, const struct event *event, const struct field *field)
{
	char name[NAME_BYTES], time[STAMP_MS_BYTES], hex[HEX_BYTES];

	name_of(field, name);
	switch (field->kind) {
	case FIELD_NUMBER:
		if (is_word(field))
			jsonw_string(json, name, word_of(event));
		else
			jsonw_number(json, name, number_of(event, field));
		break;
	case FIELD_TIME:
		jsonw_string(json, name, stamp_iso_ms((int64_t)number_of(event, field), time));
		break;
	case FIELD_TEXT:
		jsonw_string(json, name, text_of(event, field));
		break;
	case FIELD_DIGEST:
		show_hex(event->sha256.bytes, sizeof(event->sha256.bytes), hex);
		jsonw_string(json, name, hex);
		break;
	}
}

void
log_json(struct buf *to, const struct event *event, const struct report_job *job)
{
	struct jsonw json = jsonw_into(to);
	char at[STAMP_MS_BYTES];

	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "seq", event->seq);
	jsonw_string(&json, "at", stamp_iso_ms(event->at_ms, at));
	jsonw_string(&json, "event", event_word(event->type));
	if (event->chunk || event->type == EVENT_RETRY_PLANNED)
		jsonw_string(&json, "source", report_source_name(job, event->source));
	else
		jsonw_null(&json, "source");
	if (event->chunk)
		jsonw_number(&json, "chunk", event->chunk);
	else
		jsonw_null(&json, "chunk");
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		if (!is_head(&fields[i]) && !is_absent(event, &fields[i]))
			add_json_field(&json, event, &fields[i]);
	}
	jsonw_close(&json, '}');
	buf_add_byte(to, '\n');
}

/* In quotation marks, so that a line can be taken apart again whatever a person wrote. */
static void
add_quoted(struct buf *to, const char *text)
{
	buf_add_byte(to, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_add_byte(to, '\\');
		buf_add_byte(to, *text);
	}
	buf_add_byte(to, '"');
}

static void
add_text_field(struct buf *to, const struct event *event, const struct field *field)
{
	char name[NAME_BYTES], time[STAMP_MS_BYTES], hex[HEX_BYTES];

	buf_printf(to, " %s=", name_of(field, name));
	switch (field->kind) {
	case FIELD_NUMBER:
		if (is_word(field))
			buf_add_text(to, word_of(event));
		else
			buf_printf(to, "%llu", (unsigned long long)number_of(event, field));
		break;
	case FIELD_TIME:
		buf_add_text(to, stamp_iso_ms((int64_t)number_of(event, field), time));
		break;
	case FIELD_TEXT:
		add_quoted(to, text_of(event, field));
		break;
	case FIELD_DIGEST:
		show_hex(event->sha256.bytes, sizeof(event->sha256.bytes), hex);
		buf_add_text(to, hex);
		break;
	}
}

void
log_text(struct buf *to, const struct event *event, const struct report_job *job)
{
	const char *word = event_word(event->type);
	char at[STAMP_MS_BYTES];

	buf_printf(to, "%llu %s ", (unsigned long long)event->seq, stamp_iso_ms(event->at_ms, at));
	if (event->chunk)
		buf_printf(to, "%s-%u", report_source_name(job, event->source), event->chunk);
	else if (event->type == EVENT_RETRY_PLANNED)
		buf_add_text(to, report_source_name(job, event->source));
	else
		buf_add_byte(to, '-');
	buf_printf(to, " %s", word ? word : "unknown");
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		if (!is_head(&fields[i]) && !is_absent(event, &fields[i]))
			add_text_field(to, event, &fields[i]);
	}
	buf_add_byte(to, '\n');
}
