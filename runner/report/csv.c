#include "platform.h"

#include <string.h>

#include "runner/base/stamp.h"
#include "runner/report/csv.h"

struct csv
csv_into(struct buf *to)
{
	return (struct csv){ to, true };
}

static void
begin(struct csv *csv)
{
	if (!csv->is_first)
		buf_add_byte(csv->to, ',');
	csv->is_first = false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
needs_quotes(struct span text)
{
	if (text.len && (is_blank(text.ptr[0]) || is_blank(text.ptr[text.len - 1])))
		return true;
	for (size_t i = 0; i < text.len; i++) {
		if (strchr(",\"\r\n", text.ptr[i]) && text.ptr[i] != '\0')
			return true;
	}
	return false;
}

static bool
is_formula(struct span text)
{
	return text.len && text.ptr[0] != '\0' && strchr("=+-@\t\r", text.ptr[0]);
}

static void
add_cell(struct buf *to, struct span text, bool is_guarded)
{
	bool is_quoted = needs_quotes(text);

	if (is_quoted)
		buf_add_byte(to, '"');
	if (is_guarded)
		buf_add_byte(to, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			buf_add_byte(to, '"');
		buf_add_byte(to, text.ptr[i]);
	}
	if (is_quoted)
		buf_add_byte(to, '"');
}

void
csv_text(struct csv *csv, struct span text)
{
	begin(csv);
	add_cell(csv->to, text, is_formula(text));
}

void
csv_raw(struct csv *csv, struct span text)
{
	begin(csv);
	add_cell(csv->to, text, false);
}

void
csv_number(struct csv *csv, uint64_t number)
{
	begin(csv);
	buf_printf(csv->to, "%llu", (unsigned long long)number);
}

void
csv_time(struct csv *csv, int64_t at_ms)
{
	char text[STAMP_BYTES];

	begin(csv);
	if (at_ms)
		buf_add_text(csv->to, stamp_iso(at_ms, text));
}

void
csv_empty(struct csv *csv)
{
	begin(csv);
}

void
csv_number_from_one(struct csv *csv, uint64_t number)
{
	if (number)
		csv_number(csv, number);
	else
		csv_empty(csv);
}

void
csv_end(struct csv *csv)
{
	buf_add_byte(csv->to, '\n');
	csv->is_first = true;
}
