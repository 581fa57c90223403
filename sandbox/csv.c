#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/csv.h"

void
csv_row_done(struct csv_row *row)
{
	free(row->cells);
	buf_done(&row->plain);
	*row = (struct csv_row)CSV_ROW_INIT;
}

struct csv
csv_over(struct span text)
{
	const char *line_end = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
	size_t first_len = line_end ? (size_t)(line_end - text.ptr) : text.len;
	bool has_tab = text.len && memchr(text.ptr, '\t', first_len);
	bool has_comma = text.len && memchr(text.ptr, ',', first_len);

	return (struct csv){ text, 0, 1, has_tab && !has_comma ? '\t' : ',' };
}

static int
unreadable(const struct csv *csv, const char *why, struct err *err)
{
	return err_set(err, ERR_DATA, "line %llu: %s", (unsigned long long)csv->line, why);
}

static int
add_cell(struct csv_row *row, struct span value, bool is_doubled, struct err *err)
{
	if (row->count == row->cap) {
		size_t cap = row->cap ? row->cap * 2 : 64;
		struct csv_cell *cells = realloc(row->cells, cap * sizeof(*cells));

		if (!cells)
			return err_memory(err);
		row->cells = cells;
		row->cap = cap;
	}
	row->cells[row->count++] = (struct csv_cell){ value, is_doubled };
	return 0;
}

/* The cell behind an opening quotation mark at csv->at. */
static int
quoted_cell(struct csv *csv, struct csv_row *row, struct err *err)
{
	const char *begin = csv->text.ptr + csv->at + 1;
	const char *end = csv->text.ptr + csv->text.len;
	const char *from = begin;
	bool is_doubled = false;
	const char *quote;

	for (;;) {
		quote = from < end ? memchr(from, '"', (size_t)(end - from)) : NULL;
		if (!quote)
			return unreadable(csv, "unclosed quoted field", err);
		if (quote + 1 == end || quote[1] != '"')
			break;
		is_doubled = true;
		from = quote + 2;
	}
	for (const char *c = begin; (c = memchr(c, '\n', (size_t)(quote - c))); c++)
		csv->line++;
	csv->at = (size_t)(quote + 1 - csv->text.ptr);
	return add_cell(row, (struct span){ begin, (size_t)(quote - begin) }, is_doubled, err);
}

static int
plain_cell(struct csv *csv, struct csv_row *row, struct err *err)
{
	const char *begin = csv->text.ptr + csv->at;
	const char *end = csv->text.ptr + csv->text.len;
	const char *c = begin;

	while (c < end && *c != csv->delimiter && *c != '\n' && *c != '\r' && *c != '"')
		c++;
	if (c < end && *c == '"')
		return unreadable(csv, "illegal quoting", err);
	csv->at = (size_t)(c - csv->text.ptr);
	return add_cell(row, (struct span){ begin, (size_t)(c - begin) }, false, err);
}

/* What stands behind a cell: 1, another cell; 0, the end of the row; -1. */
static int
after_cell(struct csv *csv, struct csv_row *row, struct err *err)
{
	const char *text = csv->text.ptr;
	size_t len = csv->text.len;

	row->raw.len = csv->at - (size_t)(row->raw.ptr - text);
	if (csv->at == len)
		return 0;
	if (text[csv->at] == csv->delimiter) {
		csv->at++;
		return 1;
	}
	if (text[csv->at] == '\r') {
		if (csv->at + 1 == len || text[csv->at + 1] != '\n')
			return unreadable(csv, "a carriage return outside quotation marks", err);
		csv->at++;
	}
	if (text[csv->at] != '\n')
		return unreadable(csv, "text after a closing quotation mark", err);
	csv->at++;
	csv->line++;
	return 0;
}

/* Doubled quotation marks become single ones, in row->plain, which never moves meanwhile. */
static int
undouble(struct csv_row *row, struct err *err)
{
	buf_clear(&row->plain);
	buf_reserve(&row->plain, row->raw.len);
	if (buf_check(&row->plain, err))
		return -1;
	for (size_t i = 0; i < row->count; i++) {
		struct csv_cell *cell = &row->cells[i];
		const char *begin = row->plain.ptr + row->plain.len;

		if (!cell->is_doubled)
			continue;
		for (size_t at = 0; at < cell->value.len; at++) {
			buf_add_byte(&row->plain, cell->value.ptr[at]);
			at += cell->value.ptr[at] == '"';
		}
		cell->value = (struct span){ begin,
					     (size_t)(row->plain.ptr + row->plain.len - begin) };
	}
	return 0;
}

int
csv_next(struct csv *csv, struct csv_row *row, struct err *err)
{
	bool has_doubled = false;
	int more = 1;

	if (csv->at == csv->text.len)
		return 0;
	row->raw = (struct span){ csv->text.ptr + csv->at, 0 };
	row->line = csv->line;
	row->count = 0;
	while (more) {
		bool is_quoted = csv->at < csv->text.len && csv->text.ptr[csv->at] == '"';

		if ((is_quoted ? quoted_cell : plain_cell)(csv, row, err))
			return -1;
		has_doubled |= row->cells[row->count - 1].is_doubled;
		more = after_cell(csv, row, err);
		if (more < 0)
			return -1;
	}
	return has_doubled && undouble(row, err) ? -1 : 1;
}

void
csv_add(struct buf *to, struct span value, char delimiter)
{
	bool is_plain = true;

	for (size_t i = 0; i < value.len && is_plain; i++) {
		char c = value.ptr[i];

		is_plain = c != delimiter && c != '"' && c != '\n' && c != '\r';
	}
	if (is_plain) {
		buf_add_span(to, value);
		return;
	}
	buf_add_byte(to, '"');
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"')
			buf_add_byte(to, '"');
		buf_add_byte(to, value.ptr[i]);
	}
	buf_add_byte(to, '"');
}
