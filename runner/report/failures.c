#include "platform.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/show.h"
#include "runner/report/failures.h"

enum {
	WINDOW_BYTES = 32 << 10,
	HEADER_MOST_BYTES = 1 << 20, /* 2,048 names of 512 bytes: NationBuilder's are below 100 */
	REASON_MOST_BYTES = 4096,    /* the rest is in the file itself */
};

/* ---- bytes of the file */

/* Adds `bytes` from the file to the window's end, fewer only at the end of the file. */
static int
extend_window(struct failures *failures, size_t bytes, struct err *err)
{
	uint64_t at = failures->window_at + failures->window.len;
	char *to = buf_reserve(&failures->window, bytes);
	size_t got = 0;

	if (!to)
		return err_memory(err);
	while (got < bytes) {
		ssize_t result =
		    pread(failures->file, to + got, bytes - got, (off_t)(at + got));

		if (result < 0 && errno == EINTR)
			continue;
		if (result < 0)
			return err_system(err, ERR_IO, errno, "reading a failure CSV");
		if (result == 0)
			break;
		got += (size_t)result;
	}
	failures->window.len += got;
	return 0;
}

static int
load_window(struct failures *failures, uint64_t from, uint64_t to, struct err *err)
{
	buf_clear(&failures->window);
	failures->window_at = from;
	return extend_window(failures, (size_t)(to - from), err);
}

static struct span
window_part(const struct failures *failures, uint64_t from, uint64_t to)
{
	return (struct span){ buf_text(&failures->window) + (from - failures->window_at),
			      (size_t)(to - from) };
}

static uint64_t
window_end(const struct failures *failures)
{
	return failures->window_at + failures->window.len;
}

/* ---- the header line */

static bool
is_ignored(char c)
{
	return c == ' ' || c == '_' || c == '-';
}

/* Whether two names are the same but for case, blanks, _ and -. */
static bool
is_alike(struct span a, struct span b)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (i < a.len && is_ignored(a.ptr[i]))
			i++;
		while (j < b.len && is_ignored(b.ptr[j]))
			j++;
		if (i == a.len || j == b.len)
			return i == a.len && j == b.len;
		if (tolower((unsigned char)a.ptr[i++]) != tolower((unsigned char)b.ptr[j++]))
			return false;
	}
}

/* All columns one after the other, with the field `from` as the first. */
static bool
fits_in_a_row(const struct failures *failures, const struct span *columns, size_t from)
{
	for (size_t i = 0; i < failures->column_count; i++) {
		if (!is_alike(loose_text(&failures->loose, from + i), columns[i]))
			return false;
	}
	return true;
}

static void
place(struct failures *failures, size_t column, size_t field)
{
	failures->places[column] = field;
	failures->is_data[field] = true;
}

static void
place_by_name(struct failures *failures, struct span name, size_t column)
{
	for (size_t field = 0; field < failures->loose.count; field++) {
		if (failures->is_data[field] ||
		    !is_alike(loose_text(&failures->loose, field), name))
			continue;
		place(failures, column, field);
		return;
	}
}

/* Finds the columns in the record at hand as a header line, first all in a row, so that a column
 * that is called like the reason is told from it by its place. Returns how many were found. */
static size_t
find_columns(struct failures *failures, const struct span *columns)
{
	size_t width = failures->loose.count;
	size_t found = 0;

	memset(failures->is_data, 0, LOOSE_FIELDS_MOST * sizeof(*failures->is_data));
	for (size_t i = 0; i < failures->column_count; i++)
		failures->places[i] = LOOSE_NO_FIELD;
	for (size_t from = 0; from + failures->column_count <= width; from++) {
		if (!fits_in_a_row(failures, columns, from))
			continue;
		for (size_t i = 0; i < failures->column_count; i++)
			place(failures, i, from + i);
		return failures->column_count;
	}
	for (size_t i = 0; i < failures->column_count; i++) {
		place_by_name(failures, columns[i], i);
		found += failures->places[i] != LOOSE_NO_FIELD;
	}
	return found;
}

static bool
sounds_like_a_reason(struct span name)
{
	static const char *const words[] = { "reason", "error", "fail", "message" };

	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		size_t len = strlen(words[i]);

		for (size_t at = 0; at + len <= name.len; at++) {
			if (span_equal_nocase((struct span){ name.ptr + at, len },
				span_of(words[i])))
				return true;
		}
	}
	return false;
}

static size_t
find_reason(const struct failures *failures)
{
	size_t reason = failures->width;

	for (size_t field = 0; field < failures->width; field++) {
		if (failures->is_data[field])
			continue;
		if (sounds_like_a_reason(loose_text(&failures->loose, field)))
			return field;
		reason = field;
	}
	return reason;
}

/* Takes the first record as the header line, under the delimiter that finds the most columns. */
static int
try_delimiters(struct failures *failures, const struct span *columns, struct span head,
    size_t *used, size_t *found, struct err *err)
{
	static const char delimiters[] = ",\t;|";
	char best = delimiters[0];

	*found = 0;
	for (size_t i = 0; delimiters[i]; i++) {
		size_t these;

		failures->loose.delimiter = delimiters[i];
		loose_take(&failures->loose, head, true, used);
		if (buf_check(&failures->loose.text, err))
			return -1;
		these = find_columns(failures, columns);
		if (these > *found) {
			*found = these;
			best = delimiters[i];
		}
	}
	failures->loose.delimiter = best;
	loose_take(&failures->loose, head, true, used);
	find_columns(failures, columns);
	return buf_check(&failures->loose.text, err);
}

/* Without a header line: the columns as they were sent, then the reason. */
static void
assume_order(struct failures *failures)
{
	for (size_t i = 0; i < failures->column_count; i++)
		place(failures, i, i);
	failures->width = failures->column_count + 1;
	failures->reason = failures->column_count;
}

static int
read_header(struct failures *failures, const struct span *columns, struct err *err)
{
	uint64_t most = failures->size < HEADER_MOST_BYTES ? failures->size : HEADER_MOST_BYTES;
	struct span head;
	size_t mark, used = 0, found;

	if (load_window(failures, 0, most, err))
		return -1;
	head = buf_span(&failures->window);
	mark = span_starts(head, "\xEF\xBB\xBF") ? 3 : 0;
	while (mark < head.len && (head.ptr[mark] == '\n' || head.ptr[mark] == '\r'))
		mark++;
	head = (struct span){ head.ptr + mark, head.len - mark };
	if (try_delimiters(failures, columns, head, &used, &found, err))
		return -1;
	failures->rows_from = mark;
	if (found == 0) {
		assume_order(failures);
		return 0;
	}
	failures->rows_from += used;
	failures->width = failures->loose.count;
	failures->reason = find_reason(failures);
	if (failures->reason > 0 && failures->reason + 1 < failures->width)
		failures->loose.endless = failures->reason;
	return 0;
}

int
failures_open(struct failures *failures, int file, const struct span *columns,
    size_t column_count, struct err *err)
{
	struct stat stat;

	assert(column_count <= LIMIT_COLUMNS);
	*failures = (struct failures){ .file = file, .column_count = column_count };
	if (fstat(file, &stat))
		return err_system(err, ERR_IO, errno, "looking at a failure CSV");
	failures->size = (uint64_t)stat.st_size;
	failures->places = calloc(column_count + 1, sizeof(*failures->places));
	failures->is_data = calloc(LOOSE_FIELDS_MOST, sizeof(*failures->is_data));
	if (!failures->places || !failures->is_data)
		return err_memory(err);
	return loose_init(&failures->loose, err) || read_header(failures, columns, err) ? -1 : 0;
}

void
failures_done(struct failures *failures)
{
	free(failures->places);
	free(failures->is_data);
	loose_done(&failures->loose);
	buf_done(&failures->window);
	*failures = (struct failures){ .file = -1 };
}

/* ---- records */

/* Takes the record at `begin`, which lies in the window or at its end, reading on as needed. */
static int
take_record(struct failures *failures, uint64_t begin, struct err *err)
{
	size_t used;

	for (;;) {
		struct span rest = window_part(failures, begin, window_end(failures));
		bool is_all = window_end(failures) >= failures->size;

		if (loose_take(&failures->loose, rest, is_all, &used))
			break;
		/* Twice as much, so that a long record is not looked at over and over. */
		if (extend_window(failures, rest.len + WINDOW_BYTES, err))
			return -1;
	}
	failures->begin = begin;
	failures->end = begin + used;
	return buf_check(&failures->loose.text, err);
}

static bool
is_blank(const struct failures *failures)
{
	return failures->loose.count == 1 && loose_text(&failures->loose, 0).len == 0;
}

static int
take_from(struct failures *failures, uint64_t at, bool *is_end, struct err *err)
{
	do {
		if (at >= failures->size) {
			*is_end = true;
			return 0;
		}
		if (at - failures->window_at >= WINDOW_BYTES) {
			buf_consume(&failures->window, (size_t)(at - failures->window_at));
			failures->window_at = at;
		}
		if (take_record(failures, at, err))
			return -1;
		at = failures->end;
	} while (is_blank(failures));
	*is_end = false;
	return 0;
}

int
failures_first(struct failures *failures, bool *is_end, struct err *err)
{
	buf_clear(&failures->window);
	failures->window_at = failures->rows_from;
	return take_from(failures, failures->rows_from, is_end, err);
}

int
failures_next(struct failures *failures, bool *is_end, struct err *err)
{
	return take_from(failures, failures->end, is_end, err);
}

int
failures_read(struct failures *failures, const struct failures_extent *extent, struct err *err)
{
	size_t used;

	if (load_window(failures, extent->from, extent->to, err))
		return -1;
	loose_take(&failures->loose, window_part(failures, extent->begin, window_end(failures)),
	    true, &used);
	failures->begin = extent->begin;
	failures->end = extent->begin + used;
	return buf_check(&failures->loose.text, err);
}

/* ---- the record at hand */

bool
failures_has(const struct failures *failures, size_t column)
{
	return failures->places[column] != LOOSE_NO_FIELD;
}

/* How many fields too many it has: delimiters in the reason. */
static size_t
surplus(const struct failures *failures)
{
	size_t width = failures->width + (failures->reason == failures->width);

	return failures->loose.count > width ? failures->loose.count - width : 0;
}

struct span
failures_column(const struct failures *failures, size_t column)
{
	size_t field = failures->places[column];

	if (field == LOOSE_NO_FIELD)
		return SPAN_NONE;
	return loose_text(
	    &failures->loose, field > failures->reason ? field + surplus(failures) : field);
}

bool
failures_is_whole(const struct failures *failures)
{
	return failures->loose.count >= failures->width;
}

bool
failures_reason_is_first(const struct failures *failures)
{
	return failures->reason == 0;
}

uint64_t
failures_inner_line(const struct failures *failures, uint64_t at, uint64_t to)
{
	struct span rest = window_part(failures, at, to);
	const char *line_end = rest.len ? memchr(rest.ptr, '\n', rest.len) : NULL;

	return line_end ? at + (uint64_t)(line_end - rest.ptr) + 1 : to;
}

/* ---- the reason */

/* From the raw bytes: where delimiters or pieces belong to it, what the fields say of quotation
 * marks is wrong. */
static void
add_reason_field(const struct failures *failures, const struct failures_extent *extent,
    struct buf *to)
{
	size_t first = failures->reason;
	size_t last = first + surplus(failures);
	uint64_t from = failures->end, end = extent->to;

	if (first == 0)
		from = extent->from;
	else if (first < failures->loose.count)
		from = failures->begin + failures->loose.fields[first].raw;
	if (last + 1 < failures->loose.count)
		end = failures->begin + failures->loose.fields[last].raw_end;
	loose_unquote(to, window_part(failures, from, end));
}

static void
add_piece(struct buf *to, struct span piece)
{
	piece = span_trim(piece);
	if (piece.len == 0)
		return;
	if (to->len)
		buf_add_byte(to, ' ');
	buf_add_span(to, piece);
}

/* Other columns that were not sent: whatever the nation says there. */
static void
add_other_fields(const struct failures *failures, struct buf *to)
{
	for (size_t field = 0; field < failures->width; field++) {
		size_t at = field > failures->reason ? field + surplus(failures) : field;
		struct span text = span_trim(loose_text(&failures->loose, at));

		if (failures->is_data[field] || field == failures->reason || text.len == 0)
			continue;
		buf_add_text(to, to->len ? "; " : "");
		buf_add_span(to, text);
	}
}

/* Line ends, and what stands for them, as one blank. */
static void
join_lines(struct buf *text)
{
	size_t kept = 0;

	for (size_t at = 0; at < text->len; at++) {
		char c = text->ptr[at];
		bool is_line_end = c == '\r' || c == '\n';

		if (is_line_end && (kept == 0 || text->ptr[kept - 1] == ' '))
			continue;
		text->ptr[kept++] = is_line_end ? ' ' : c;
	}
	text->len = kept;
}

int
failures_reason(const struct failures *failures, const struct failures_extent *extent,
    struct buf *to, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	size_t last = failures->reason + surplus(failures);

	if (failures->reason != 0)
		add_piece(&text, window_part(failures, extent->from, failures->begin));
	if (text.len)
		buf_add_byte(&text, ' ');
	add_reason_field(failures, extent, &text);
	if (last + 1 < failures->loose.count)
		add_piece(&text, window_part(failures, failures->end, extent->to));
	add_other_fields(failures, &text);
	if (buf_check(&text, err))
		return -1;
	join_lines(&text);
	show_safe(to, span_trim(buf_span(&text)), REASON_MOST_BYTES);
	return 0;
}
