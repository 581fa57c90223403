#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/limits.h"
#include "runner/base/show.h"
#include "runner/sniff/guess.h"
#include "runner/sniff/likeness.h"
#include "runner/sniff/look.h"
#include "runner/source/field.h"
#include "runner/source/scan.h"

/* Read at once; the first of them is what the dialect is guessed from. */
enum { WINDOW_BYTES = 1 << 20 };

struct pass {
	struct look *look;
	const struct reader *reader;
	struct scan scan;
	bool is_scanning; /* to the first problem */
	char *window;     /* begins with the record under way, at offset window_at */
	size_t room, filled;
	uint64_t window_at;
	uint32_t *ends;
};

/* ---- one record ---- */

static struct span
field_at(const struct scan *scan, struct span record, uint32_t index)
{
	uint32_t begin = index ? scan->ends[index - 1] + 1 : 0;

	return (struct span){ record.ptr + begin, scan->ends[index] - begin };
}

static void
take_apart(struct pass *pass, struct span record)
{
	struct look *look = pass->look;

	look->looked_at++;
	for (uint32_t i = 0; i < look->column_count; i++) {
		struct span raw = field_at(&pass->scan, record, i);

		column_add(&look->columns[i], field_inner(raw, look->dialect));
	}
}

static bool
ends_field(const struct look *look, char byte)
{
	return byte == look->dialect.delimiter || byte == '"' || byte == '\n' || byte == '\r';
}

/* The field around the first byte that is no UTF-8, its ASCII masked. */
static void
keep_broken(struct look *look, struct span record, size_t at)
{
	size_t begin = at, len = 0;

	while (begin > 0 && at - begin < 12 && !ends_field(look, record.ptr[begin - 1]))
		begin--;
	for (; begin < record.len && len < MASK_BYTES - 1; begin++, len++) {
		char mask[MASK_BYTES];

		if (ends_field(look, record.ptr[begin]))
			break;
		mask_value((struct span){ record.ptr + begin, 1 }, mask);
		look->broken[len] = (unsigned char)record.ptr[begin] >= 0x80 ? record.ptr[begin] : mask[0];
	}
	look->broken[len] = '\0';
}

static bool
is_looked_at(uint64_t row)
{
	return row <= LOOK_ROWS || row % LOOK_EVERY == 0;
}

static void
take_record(struct pass *pass)
{
	const struct scan_record *found = &pass->scan.record;
	struct look *look = pass->look;
	struct span record = { pass->window + (found->byte - pass->window_at), found->content_bytes };

	if (look->bytes.is_broken && !look->broken_line && look->bytes.broken_at < found->end &&
	    look->bytes.broken_at >= found->byte) {
		look->broken_line = found->line;
		keep_broken(look, record, (size_t)(look->bytes.broken_at - found->byte));
	}
	if (found->row > 0) {
		look->rows++;
		if (found->fields != look->column_count) {
			if (look->odd_rows++ == 0)
				look->odd_line = found->line;
		} else if (pass->scan.ends) {
			take_apart(pass, record);
		}
	}
	pass->scan.ends = is_looked_at(found->row + 1) ? pass->ends : NULL;
}

/* ---- the whole file ---- */

static void
stop_scanning(struct pass *pass, enum problem_kind kind)
{
	if (kind)
		scan_fail(&pass->scan, kind, pass->scan.record_at);
	pass->look->problem = pass->scan.problem;
	pass->is_scanning = false;
}

static void
take_records(struct pass *pass)
{
	uint64_t keep;

	/* A byte order mark that came in pieces. */
	if (pass->is_scanning && pass->scan.at > pass->window_at + pass->filled)
		return;
	while (pass->is_scanning) {
		uint64_t at = pass->scan.at - pass->window_at;
		size_t used;
		enum scan_verdict verdict =
		    scan_run(&pass->scan, pass->window + at, pass->filled - at, &used);

		if (verdict == SCAN_MORE)
			break;
		if (verdict == SCAN_RECORD)
			take_record(pass);
		else
			stop_scanning(pass, PROBLEM_NONE);
	}
	keep = pass->is_scanning ? pass->scan.record_at : pass->window_at + pass->filled;
	memmove(pass->window, pass->window + (keep - pass->window_at),
	    pass->filled - (size_t)(keep - pass->window_at));
	pass->filled -= (size_t)(keep - pass->window_at);
	pass->window_at = keep;
}

static int
make_room(struct pass *pass, struct err *err)
{
	char *window;

	if (pass->filled < pass->room)
		return 0;
	if (pass->room >= LOOK_RECORD_BYTES) {
		stop_scanning(pass, PROBLEM_TOO_LARGE);
		pass->window_at += pass->filled;
		pass->filled = 0;
		return 0;
	}
	window = realloc(pass->window, 2 * pass->room);
	if (!window)
		return err_memory(err);
	pass->window = window;
	pass->room *= 2;
	return 0;
}

static int
read_all(struct pass *pass, struct err *err)
{
	struct look *look = pass->look;
	size_t got;

	for (;;) {
		char *to;

		if (make_room(pass, err))
			return -1;
		to = pass->window + pass->filled;
		if (reader_read(pass->reader, pass->window_at + pass->filled, to,
			pass->room - pass->filled, &got, err))
			return -1;
		if (got == 0)
			break;
		bytes_add(&look->bytes, to, got);
		pass->filled += got;
		take_records(pass);
	}
	look->size = pass->window_at + pass->filled;
	bytes_finish(&look->bytes);
	if (!pass->is_scanning)
		return 0;
	switch (scan_finish(&pass->scan)) {
	case SCAN_RECORD:
		take_record(pass);
		break;
	case SCAN_PROBLEM:
		stop_scanning(pass, PROBLEM_NONE);
		break;
	case SCAN_MORE:
	case SCAN_END:
		break;
	}
	return 0;
}

static void
forget(struct look *look)
{
	bytes_init(&look->bytes);
	memset(look->columns, 0, look->column_count * sizeof(*look->columns));
	look->rows = look->looked_at = look->odd_rows = look->odd_line = look->broken_line = 0;
	look->broken[0] = '\0';
	look->problem = (struct problem){ .kind = PROBLEM_NONE };
}

static int
read_file(struct look *look, const struct reader *reader, struct err *err)
{
	struct pass pass = { .look = look, .reader = reader, .is_scanning = true,
		.room = WINDOW_BYTES };
	int failed;

	forget(look);
	pass.window = malloc(pass.room);
	pass.ends = calloc(LIMIT_COLUMNS, sizeof(*pass.ends));
	scan_init(&pass.scan, look->dialect, look->has_mark ? 3 : 0, 1, look->has_header ? 0 : 1);
	pass.scan.ends = pass.ends;
	pass.scan.ends_room = LIMIT_COLUMNS;
	failed = pass.window && pass.ends ? read_all(&pass, err) : err_memory(err);
	free(pass.window);
	free(pass.ends);
	return failed;
}

/* ---- what the first bytes tell ---- */

/* Reads until there is a megabyte, or the end. */
static int
read_head(const struct reader *reader, struct buf *head, struct err *err)
{
	char *to = buf_reserve(head, WINDOW_BYTES);
	size_t got = 1;

	while (to && got && head->len < WINDOW_BYTES) {
		if (reader_read(reader, head->len, to + head->len, WINDOW_BYTES - head->len, &got, err))
			return -1;
		head->len += got;
	}
	return buf_check(head, err);
}

static int
complain_of_first(const struct problem *problem, const char *path, struct err *err)
{
	if (problem->kind == PROBLEM_EMPTY_LINE)
		return err_set(err, ERR_DATA, "%s begins with an empty line\n  Take it out.", path);
	if (problem->kind == PROBLEM_BARE_CR)
		return err_set(err, ERR_DATA,
		    "%s: its first line has a carriage return that no line feed follows\n"
		    "  Lines end with LF or CR LF.  If all of them end with CR:  tr '\\r' '\\n' <FILE",
		    path);
	return err_set(err, ERR_DATA, "%s: its first line cannot be taken apart into 1 to %d columns",
	    path, LIMIT_COLUMNS);
}

/* The values of the first record, in look->text, as look->names. */
static int
split_first(struct look *look, struct span head, const char *path, struct err *err)
{
	uint32_t ends[LIMIT_COLUMNS];
	struct scan scan;
	size_t used;
	enum scan_verdict verdict;

	scan_init(&scan, look->dialect, 0, 1, 0);
	scan.ends = ends;
	scan.ends_room = LIMIT_COLUMNS;
	verdict = scan_run(&scan, head.ptr, head.len, &used);
	if (verdict == SCAN_MORE && head.len < WINDOW_BYTES)
		verdict = scan_finish(&scan);
	if (verdict != SCAN_RECORD || scan.record.fields > LIMIT_COLUMNS)
		return complain_of_first(&scan.problem, path, err);
	look->column_count = scan.record.fields;
	look->names = calloc(look->column_count, sizeof(*look->names));
	look->columns = calloc(look->column_count, sizeof(*look->columns));
	/* Values are never longer than they stand in the file. */
	if (!look->names || !look->columns ||
	    !buf_reserve(&look->text, scan.record.content_bytes + 1))
		return err_memory(err);
	for (uint32_t i = 0; i < look->column_count; i++) {
		struct span value = field_value(field_at(&scan, head, i), look->dialect,
		    look->text.ptr + look->text.len);

		memmove(look->text.ptr + look->text.len, value.ptr, value.len);
		look->names[i] = (struct span){ look->text.ptr + look->text.len, value.len };
		look->text.len += value.len;
	}
	return 0;
}

static size_t
count_likenesses(const struct look *look)
{
	struct likeness likeness;
	size_t count = 0;

	for (uint32_t i = 0; i < look->column_count; i++)
		count += likeness_find(look->names[i], false, &likeness) ||
			 likeness_find(look->names[i], true, &likeness);
	return count;
}

static void
guess_header(struct look *look)
{
	bool may_be = guess_is_header(look->names, look->column_count);
	size_t alike = count_likenesses(look);
	size_t least = look->column_count > 2 ? 2 : 1;

	look->known = known_by_names(look->names, look->column_count);
	/* Where no two of them are like names that are known, they may be a voter's, which must not be
	 * shown as names of columns. */
	look->has_header = look->known || (may_be && alike >= least) || alike > least;
	look->is_header_sure = look->has_header || !may_be;
}

/* For a file without a header line: those of its layout; column_N where it has none. */
static int
name_columns(struct look *look, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	uint32_t named = 0;
	struct span rest;

	look->known = known_by_shape(look->columns, look->column_count);
	while (look->known && look->known->header[named]) {
		look->names[named] = span_of(look->known->header[named]);
		named++;
	}
	for (uint32_t i = named; i < look->column_count; i++)
		buf_printf(&text, "column_%u ", i + 1);
	if (buf_check(&text, err))
		return -1;
	buf_done(&look->text);
	look->text = text;
	text = (struct buf)BUF_INIT;
	rest = buf_span(&look->text);
	for (uint32_t i = named; i < look->column_count; i++)
		look->names[i] = span_next(&rest, ' ');
	return 0;
}

static bool
is_about_quotes(const struct problem *problem)
{
	return problem->kind == PROBLEM_STRAY_QUOTE || problem->kind == PROBLEM_AFTER_QUOTE ||
	       problem->kind == PROBLEM_UNCLOSED_QUOTE;
}

/* The same file with quotation marks as ordinary characters; not where the first record has any, for
 * they would be part of the names. */
static int
read_without_quotes(struct look *look, const struct reader *reader, struct span first,
    struct err *err)
{
	if (memchr(first.ptr, '"', first.len))
		return 0;
	look->dialect.quotes = false;
	if (read_file(look, reader, err))
		return -1;
	if (look->problem.kind == PROBLEM_NONE && look->odd_rows == 0)
		return 0;
	look->dialect.quotes = true;
	return read_file(look, reader, err);
}

static struct span
first_line(struct span head)
{
	const char *end = memchr(head.ptr, '\n', head.len);

	return end ? (struct span){ head.ptr, (size_t)(end - head.ptr) } : head;
}

int
look_run(struct look *look, const struct reader *reader, const char *path, struct err *err)
{
	SCOPED(buf) bytes = BUF_INIT;
	struct span head, line;
	size_t mark;

	if (read_head(reader, &bytes, err))
		return -1;
	head = buf_span(&bytes);
	if (bytes_is_utf16(head))
		return err_set(err, ERR_DATA,
		    "%s is UTF-16\n  Save it as UTF-8 first:  iconv -f UTF-16 -t UTF-8 FILE", path);
	mark = bytes_mark(head);
	head.ptr += mark;
	head.len -= mark;
	if (head.len == 0)
		return err_set(err, ERR_DATA, "%s is empty", path);
	line = first_line(head);
	/* No name in a job file can have one. */
	if (memchr(line.ptr, '\0', line.len))
		return err_set(err, ERR_DATA,
		    "%s has a NUL byte in its first line\n"
		    "  It is no text, or one in UTF-16 without a byte order mark; then:\n"
		    "    iconv -f UTF-16LE -t UTF-8 FILE     or -f UTF-16BE", path);
	look->has_mark = mark > 0;
	look->dialect = guess_dialect(head);
	if (split_first(look, head, path, err))
		return -1;
	guess_header(look);
	if (read_file(look, reader, err) ||
	    (is_about_quotes(&look->problem) &&
		read_without_quotes(look, reader, line, err)))
		return -1;
	return look->has_header ? 0 : name_columns(look, err);
}

void
look_done(struct look *look)
{
	free(look->names);
	free(look->columns);
	buf_done(&look->text);
	*look = (struct look)LOOK_NONE;
}

const char *
look_format(const struct look *look)
{
	switch (look->dialect.delimiter) {
	case '\t':
		return "tab";
	case '|':
		return "pipe";
	case ';':
		return "semicolon";
	default:
		return "csv";
	}
}

int
look_find(const struct look *look, struct span name)
{
	for (uint32_t i = 0; i < look->column_count; i++) {
		if (span_equal_nocase(span_trim(look->names[i]), name))
			return (int)i;
	}
	return -1;
}

bool
look_is_alike(const struct look *one, const struct look *other)
{
	if (one->dialect.delimiter != other->dialect.delimiter ||
	    one->dialect.quotes != other->dialect.quotes || one->has_header != other->has_header ||
	    one->column_count != other->column_count || one->known != other->known)
		return false;
	for (uint32_t i = 0; i < one->column_count; i++) {
		if (!span_equal(one->names[i], other->names[i]))
			return false;
	}
	return true;
}
