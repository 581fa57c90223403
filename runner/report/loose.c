#include "platform.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runner/report/loose.h"

enum { QUOTED_MOST_BYTES = 64 << 10, FIRST_ROOM = 64 };

/* A look at the bytes: how far a field reaches. */
enum reach { REACH_END, REACH_MORE, REACH_NONE };

int
loose_init(struct loose *loose, struct err *err)
{
	struct loose_field *fields = calloc(FIRST_ROOM, sizeof(*fields));

	if (!fields)
		return err_memory(err);
	*loose = (struct loose){ .delimiter = ',', .endless = LOOSE_NO_FIELD, .fields = fields,
		.room = FIRST_ROOM };
	return 0;
}

void
loose_done(struct loose *loose)
{
	free(loose->fields);
	buf_done(&loose->text);
	*loose = (struct loose){ 0 };
}

/* Whether a field may end before offset `at`: a delimiter, a line end, or the end of the text. */
static enum reach
field_may_end(char delimiter, struct span bytes, size_t at, bool is_all)
{
	if (at == bytes.len)
		return is_all ? REACH_END : REACH_MORE;
	if (bytes.ptr[at] == delimiter || bytes.ptr[at] == '\n')
		return REACH_END;
	if (bytes.ptr[at] != '\r')
		return REACH_NONE;
	if (at + 1 == bytes.len)
		return is_all ? REACH_END : REACH_MORE;
	return bytes.ptr[at + 1] == '\n' ? REACH_END : REACH_NONE;
}

/* Finds the mark that closes the field opened at `open`. */
static enum reach
find_closing(char delimiter, struct span bytes, size_t open, bool is_all, size_t *closing)
{
	bool has_single = false;
	size_t at = open + 1;

	for (;;) {
		const char *mark =
		    at < bytes.len ? memchr(bytes.ptr + at, '"', bytes.len - at) : NULL;
		size_t from = mark ? (size_t)(mark - bytes.ptr) : bytes.len;
		bool is_double;
		enum reach reach;

		if (from - open > QUOTED_MOST_BYTES)
			return REACH_NONE;
		if (!mark)
			return is_all ? REACH_NONE : REACH_MORE;
		if (from + 1 == bytes.len && !is_all)
			return REACH_MORE;
		is_double = from + 1 < bytes.len && bytes.ptr[from + 1] == '"';
		if (is_double && !has_single) {
			at = from + 2;
			continue;
		}
		*closing = is_double ? from + 1 : from;
		reach = field_may_end(delimiter, bytes, *closing + 1, is_all);
		if (reach != REACH_NONE)
			return reach;
		has_single = has_single || !is_double;
		at = *closing + 1;
	}
}

/* Finds where a field without quotation marks ends: before a delimiter or a line end. */
static enum reach
find_end(const struct loose *loose, struct span bytes, size_t from, bool is_all, size_t *end)
{
	bool is_endless = loose->count == loose->endless;
	bool is_last = loose->count + 1 == LOOSE_FIELDS_MOST;

	for (size_t at = from; at < bytes.len; at++) {
		if ((bytes.ptr[at] == loose->delimiter && !is_last) ||
		    (bytes.ptr[at] == '\n' && !is_endless)) {
			*end = at;
			return REACH_END;
		}
		if (is_endless && at - from > QUOTED_MOST_BYTES)
			return REACH_NONE;
	}
	*end = bytes.len;
	return is_all ? REACH_END : REACH_MORE;
}

static bool
make_room(struct loose *loose)
{
	size_t room = 2 * loose->room;
	struct loose_field *fields = realloc(loose->fields, room * sizeof(*fields));

	if (!fields)
		return false;
	loose->fields = fields;
	loose->room = room;
	return true;
}

/* Where memory is short the last one again, and the text has failed. */
static struct loose_field *
next_field(struct loose *loose)
{
	if (loose->count == loose->room && !make_room(loose))
		loose->text.failed = true;
	else
		loose->count++;
	return &loose->fields[loose->count - 1];
}

static void
add_field(struct loose *loose, size_t raw, size_t raw_end, struct span text)
{
	struct loose_field *field = next_field(loose);

	*field = (struct loose_field){ .raw = raw, .raw_end = raw_end, .text = loose->text.len };
	buf_add_span(&loose->text, text);
	field->text_end = loose->text.len;
}

static void
add_quoted(struct loose *loose, struct span bytes, size_t open, size_t closing)
{
	struct loose_field *field = next_field(loose);

	*field = (struct loose_field){ .raw = open, .raw_end = closing + 1,
		.text = loose->text.len };
	for (size_t at = open + 1; at < closing; at++) {
		buf_add_byte(&loose->text, bytes.ptr[at]);
		if (bytes.ptr[at] == '"' && at + 1 < closing && bytes.ptr[at + 1] == '"')
			at++;
	}
	field->text_end = loose->text.len;
}

static bool
is_quoted(const struct loose *loose, struct span bytes, size_t at)
{
	return at < bytes.len && bytes.ptr[at] == '"' && loose->count + 1 < LOOSE_FIELDS_MOST;
}

/* Takes the field at *at and moves *at behind it. False: more bytes are needed. */
static bool
take_field(struct loose *loose, struct span bytes, bool is_all, size_t *at)
{
	size_t begin = *at;
	size_t end = begin;
	enum reach reach = REACH_NONE;

	if (is_quoted(loose, bytes, begin)) {
		reach = find_closing(loose->delimiter, bytes, begin, is_all, &end);
		if (reach == REACH_MORE)
			return false;
		/* A field that may be cut by line ends closes before its delimiter only. */
		if (reach == REACH_END && loose->count == loose->endless &&
		    (end + 1 == bytes.len || bytes.ptr[end + 1] != loose->delimiter))
			reach = REACH_NONE;
	}
	if (reach == REACH_END) {
		add_quoted(loose, bytes, begin, end);
		*at = end + 1;
		return true;
	}
	reach = find_end(loose, bytes, begin, is_all, &end);
	if (reach == REACH_NONE) { /* its delimiter is nowhere near: it ends with the line */
		loose->endless = LOOSE_NO_FIELD;
		reach = find_end(loose, bytes, begin, is_all, &end);
	}
	if (reach == REACH_MORE)
		return false;
	*at = end;
	if (end > begin && end < bytes.len && bytes.ptr[end] == '\n' && bytes.ptr[end - 1] == '\r')
		end--;
	add_field(loose, begin, end, (struct span){ bytes.ptr + begin, end - begin });
	return true;
}

bool
loose_take(struct loose *loose, struct span bytes, bool is_all, size_t *used)
{
	size_t endless = loose->endless;
	size_t at = 0;
	bool is_taken;

	loose->count = 0;
	buf_clear(&loose->text);
	for (;;) {
		is_taken = take_field(loose, bytes, is_all, &at);
		if (!is_taken || at == bytes.len || bytes.ptr[at] != loose->delimiter)
			break;
		at++;
	}
	loose->endless = endless;
	if (!is_taken)
		return false;
	if (at < bytes.len && bytes.ptr[at] == '\r')
		at++;
	if (at < bytes.len && bytes.ptr[at] == '\n')
		at++;
	*used = at;
	return true;
}

struct span
loose_text(const struct loose *loose, size_t field)
{
	const struct loose_field *found;

	if (field >= loose->count)
		return SPAN_NONE;
	found = &loose->fields[field];
	return (struct span){ buf_text(&loose->text) + found->text, found->text_end - found->text };
}

void
loose_unquote(struct buf *to, struct span raw)
{
	bool is_quoted;

	raw = span_trim(raw);
	is_quoted = raw.len && raw.ptr[0] == '"';
	if (is_quoted) {
		raw.ptr++;
		raw.len--;
		if (raw.len && raw.ptr[raw.len - 1] == '"')
			raw.len--;
	}
	for (size_t at = 0; at < raw.len; at++) {
		buf_add_byte(to, raw.ptr[at]);
		if (is_quoted && raw.ptr[at] == '"' && at + 1 < raw.len && raw.ptr[at + 1] == '"')
			at++;
	}
}
