#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/limits.h"
#include "runner/source/rows.h"

static const char byte_order_mark[3] = { '\xEF', '\xBB', '\xBF' };

int
rows_init(struct rows *rows, const struct rows_options *options, struct err *err)
{
	memset(rows, 0, sizeof(*rows));
	rows->options = *options;
	if (rows->options.window_bytes == 0)
		rows->options.window_bytes = ROWS_WINDOW_BYTES;
	if (rows->options.end_byte == 0)
		rows->options.end_byte = UINT64_MAX;
	if (rows->options.first_line == 0)
		rows->options.first_line = 1;
	rows->ends = malloc(LIMIT_COLUMNS * sizeof(*rows->ends));
	if (!rows->ends)
		return err_memory(err);
	scan_init(&rows->scan, options->dialect, options->first_byte, rows->options.first_line,
	    options->first_row);
	utf8_init(&rows->utf8, options->first_byte);
	rows->window_at = options->first_byte;
	rows_take_apart(rows, true);
	return 0;
}

void
rows_done(struct rows *rows)
{
	free(rows->ends);
	free(rows->window);
	rows->ends = NULL;
	rows->window = NULL;
}

void
rows_take_apart(struct rows *rows, bool yes)
{
	rows->scan.ends = yes ? rows->ends : NULL;
	rows->scan.ends_room = yes ? LIMIT_COLUMNS : 0;
}

void
rows_expect(struct rows *rows, uint32_t columns)
{
	rows->scan.columns = columns;
}

void
rows_unread(struct rows *rows)
{
	rows->is_unread = true;
}

uint64_t
rows_next_byte(const struct rows *rows)
{
	return rows->is_unread ? rows->row.byte : rows->scan.record_at;
}

uint64_t
rows_next_line(const struct rows *rows)
{
	return rows->is_unread ? rows->row.line : rows->scan.record_line;
}

/* Drops what lies before the record under way. */
static void
shift(struct rows *rows)
{
	size_t gone = (size_t)(rows->scan.record_at - rows->window_at);

	if (gone)
		memmove(rows->window, rows->window + gone, rows->filled - gone);
	rows->window_at += gone;
	rows->filled -= gone;
	rows->checked -= gone;
}

/* A whole window must fit behind the record under way, so that reads stay large. */
static int
make_room(struct rows *rows, struct err *err)
{
	size_t need = rows->filled + rows->options.window_bytes;
	size_t room = rows->room ? rows->room : rows->options.window_bytes + (4u << 10);
	char *window;

	while (room < need)
		room *= 2;
	if (room == rows->room)
		return 0;
	window = realloc(rows->window, room);
	if (!window)
		return err_memory(err);
	rows->window = window;
	rows->room = room;
	return 0;
}

static int
read_more(struct rows *rows, struct err *err)
{
	uint64_t at = rows->window_at + rows->filled;
	uint64_t left = rows->options.end_byte - at;
	size_t most = rows->options.window_bytes;
	size_t got = 0;

	if (left < most)
		most = (size_t)left;
	if (most &&
	    reader_read(rows->options.reader, at, rows->window + rows->filled, most, &got, err))
		return -1;
	rows->filled += got;
	if (got)
		return 0;
	rows->has_ended = true;
	rows->at_end = at;
	return 0;
}

/* Whether what is there may be, or begin, a byte order mark. */
static bool
looks_like_mark(const struct rows *rows)
{
	size_t len =
	    rows->filled < sizeof(byte_order_mark) ? rows->filled : sizeof(byte_order_mark);

	return rows->options.first_byte == 0 && memcmp(rows->window, byte_order_mark, len) == 0;
}

static void
skip_mark(struct rows *rows)
{
	const struct scan before = rows->scan;

	scan_init(&rows->scan, before.dialect, sizeof(byte_order_mark), before.line, before.row);
	rows->scan.columns = before.columns;
	rows->scan.ends = before.ends;
	rows->scan.ends_room = before.ends_room;
	utf8_init(&rows->utf8, sizeof(byte_order_mark));
	rows->checked = sizeof(byte_order_mark);
}

/* In another encoding it would be three odd letters, and what follows was not written in that one. */
static void
take_mark(struct rows *rows)
{
	if (!rows->options.encoding) {
		skip_mark(rows);
		return;
	}
	rows->utf8.problem = PROBLEM_MARK;
	rows->utf8.problem_at = 0;
}

static int
read_first(struct rows *rows, struct err *err)
{
	rows->has_begun = true;
	do {
		if (make_room(rows, err) || read_more(rows, err))
			return -1;
	} while (
	    !rows->has_ended && rows->filled < sizeof(byte_order_mark) && looks_like_mark(rows));
	if (rows->filled >= sizeof(byte_order_mark) && looks_like_mark(rows))
		take_mark(rows);
	return 0;
}

static int
read_next(struct rows *rows, struct err *err)
{
	shift(rows);
	return make_room(rows, err) || read_more(rows, err) ? -1 : 0;
}

/* How many of the bytes are fine, as utf8_run(). */
static size_t
check_meaning(struct rows *rows, const char *bytes, size_t len)
{
	struct utf8 *at = &rows->utf8;
	size_t fine;

	if (at->problem)
		return 0;
	fine = encoding_check(rows->options.encoding, bytes, len);
	at->at += fine;
	if (fine < len) {
		at->problem = bytes[fine] ? PROBLEM_MEANING : PROBLEM_NUL;
		at->problem_at = at->at;
	}
	return fine;
}

static void
check(struct rows *rows)
{
	const char *bytes = rows->window + rows->checked;
	size_t len = rows->filled - rows->checked;

	rows->checked += rows->options.encoding ? check_meaning(rows, bytes, len)
						: utf8_run(&rows->utf8, bytes, len);
}

int
rows_fill(struct rows *rows, struct err *err)
{
	assert(!rows->is_unread && !rows->has_ended);
	if (rows->has_begun ? read_next(rows, err) : read_first(rows, err))
		return -1;
	check(rows);
	if (rows->has_ended)
		utf8_finish(&rows->utf8);
	return 0;
}

static enum rows_verdict
give_row(struct rows *rows, struct row *row)
{
	const struct scan_record *record = &rows->scan.record;
	const char *begin = rows->window + (record->byte - rows->window_at);

	rows->row = (struct row){
		.row = record->row,
		.line = record->line,
		.byte = record->byte,
		.end = record->end,
		.raw = { begin, (size_t)(record->end - record->byte) },
		.content = { begin, record->content_bytes },
		.fields = record->fields,
		.ends = rows->scan.ends,
	};
	*row = rows->row;
	return ROWS_ROW;
}

/* Nothing more can be scanned in the window. */
static enum rows_verdict
at_window_end(struct rows *rows, struct row *row)
{
	if (rows->utf8.problem) {
		scan_fail(&rows->scan, rows->utf8.problem, rows->utf8.problem_at);
		return ROWS_PROBLEM;
	}
	if (!rows->has_ended)
		return ROWS_DRY;
	switch (scan_finish(&rows->scan)) {
	case SCAN_RECORD:
		return give_row(rows, row);
	case SCAN_PROBLEM:
		return ROWS_PROBLEM;
	case SCAN_END:
	case SCAN_MORE:
		break;
	}
	return ROWS_END;
}

static enum rows_verdict
too_large(struct rows *rows)
{
	scan_fail(&rows->scan, PROBLEM_TOO_LARGE, rows->scan.record_at);
	rows->scan.problem.line = rows->scan.record_line;
	return ROWS_PROBLEM;
}

enum rows_verdict
rows_next(struct rows *rows, struct row *row)
{
	/* The scanner goes no further than a record may, so that a longer one is noticed at the
	 * same byte in whatever window. */
	uint64_t most_end = rows->scan.record_at + rows->options.most_record_bytes;
	uint64_t checked_end = rows->window_at + rows->checked;
	uint64_t end = checked_end < most_end ? checked_end : most_end;
	size_t used;

	if (rows->is_unread) {
		rows->is_unread = false;
		*row = rows->row;
		return ROWS_ROW;
	}
	if (!rows->has_begun)
		return ROWS_DRY;
	switch (scan_run(&rows->scan, rows->window + (rows->scan.at - rows->window_at),
	    (size_t)(end - rows->scan.at), &used)) {
	case SCAN_PROBLEM:
		return ROWS_PROBLEM;
	case SCAN_RECORD:
		return give_row(rows, row);
	case SCAN_MORE:
	case SCAN_END:
		break;
	}
	return checked_end > most_end ? too_large(rows) : at_window_end(rows, row);
}

int
rows_pull(struct rows *rows, struct row *row, enum rows_verdict *verdict, struct err *err)
{
	while ((*verdict = rows_next(rows, row)) == ROWS_DRY) {
		if (rows_fill(rows, err))
			return -1;
	}
	return 0;
}

static bool
is_about_bytes(enum problem_kind kind)
{
	return kind == PROBLEM_UTF8 || kind == PROBLEM_MEANING;
}

int
rows_count_broken(struct rows *rows, uint64_t *count, bool *is_complete, struct err *err)
{
	enum rows_verdict verdict;
	uint64_t last = UINT64_MAX;
	struct row row;

	*count = 0;
	for (;;) {
		if (rows_pull(rows, &row, &verdict, err))
			return -1;
		if (verdict == ROWS_ROW)
			continue;
		if (verdict == ROWS_END || !is_about_bytes(rows->scan.problem.kind))
			break;
		if (rows->scan.problem.row != last)
			++*count;
		last = rows->scan.problem.row;
		rows->scan.problem.kind = PROBLEM_NONE;
		rows->checked += utf8_forgive(&rows->utf8);
		check(rows);
	}
	*is_complete = verdict == ROWS_END;
	return 0;
}
