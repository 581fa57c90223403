#include "platform.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/complain.h"
#include "runner/base/show.h"
#include "runner/base/utf8.h"

enum {
	/* Of a longer line the part around the mark is shown: with dots at both ends, and behind a line
	 * number of four digits, it fits a terminal of 80 columns. */
	SHOWN_COLUMNS = 64,
	SHOWN_BEFORE = 30,
	TAB_COLUMNS = 8,
};

/* ---- what must not be shown ---- */

static bool
is_secret(struct span name, struct span value)
{
	static const char *const sources[] = { "file:", "env:", "command:", "credential:" };

	if (span_is(name, "token")) {
		for (size_t i = 0; i < ARRAY_COUNT(sources); i++) {
			if (span_starts(value, sources[i]))
				return false;
		}
		return true;
	}
	/* A name and a password may stand before the @. */
	return (span_is(name, "url") || span_is(name, "proxy")) && value.len &&
	    memchr(value.ptr, '@', value.len);
}

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_';
}

/* The name in front of a value that begins at `at`: `token = "`. */
static struct span
name_before(struct span line, size_t at)
{
	size_t end, start;

	while (at && strchr(" \t=:", line.ptr[at - 1]))
		at--;
	end = start = at;
	while (start && is_name_byte(line.ptr[start - 1]))
		start--;
	return (struct span){ line.ptr + start, end - start };
}

/* The line with "..." for each secret in it. Returns where its byte `at` stands now; of a byte within
 * a secret, where that began. */
static size_t
mask(struct buf *to, struct span line, size_t at)
{
	static const char dots[] = "...";
	size_t done = 0, mark = at;

	for (size_t i = 0; i < line.len; i++) {
		struct span rest = { line.ptr + i + 1, line.len - i - 1 };
		struct span value;

		if (line.ptr[i] != '"' && line.ptr[i] != '\'')
			continue;
		value = span_next(&rest, line.ptr[i]);
		if (is_secret(name_before(line, i), value)) {
			buf_add(to, line.ptr + done, i + 1 - done);
			done = i + 1 + value.len;
			if (at > i && at < done)
				mark = to->len;
			else if (at >= done)
				mark = to->len + strlen(dots) + at - done;
			buf_add_text(to, dots);
		}
		i += value.len + 1;
	}
	if (done < line.len)
		buf_add(to, line.ptr + done, line.len - done);
	return mark;
}

/* ---- the excerpt ---- */

/* Columns that one character takes in the excerpt, which it is added to. */
static size_t
add_character(struct buf *to, struct span character, size_t column)
{
	size_t before = to->len;

	if (character.ptr[0] == '\t') {
		size_t blanks = TAB_COLUMNS - column % TAB_COLUMNS;

		for (size_t i = 0; i < blanks; i++)
			buf_add_byte(to, ' ');
		return blanks;
	}
	show_safe(to, character, character.len);
	return utf8_character(character) == to->len - before ? 1 : to->len - before;
}

static struct span
first_character(struct span text)
{
	size_t len = utf8_character(text);

	return (struct span){ text.ptr, len ? len : 1 };
}

/* Adds the line as it is shown; returns the column of its byte `at`. */
static size_t
add_line(struct buf *to, struct span line, size_t at)
{
	struct span rest = line;
	size_t column = 0, mark = 0;

	if (at > SHOWN_BEFORE && line.len > SHOWN_COLUMNS) {
		while (rest.len && (size_t)(rest.ptr - line.ptr) < at - SHOWN_BEFORE) {
			struct span skipped = first_character(rest);

			rest.ptr += skipped.len;
			rest.len -= skipped.len;
		}
		buf_add_text(to, "...");
		column = 3;
	}
	while (rest.len && column < SHOWN_COLUMNS) {
		struct span character = first_character(rest);

		if ((size_t)(rest.ptr - line.ptr) == at)
			mark = column;
		column += add_character(to, character, column);
		rest.ptr += character.len;
		rest.len -= character.len;
	}
	if ((size_t)(rest.ptr - line.ptr) == at)
		mark = column;
	if (rest.len)
		buf_add_text(to, "...");
	return mark;
}

static size_t
add_excerpt_line(
    struct buf *to, const struct script *script, size_t at, int number_columns)
{
	SCOPED(buf) masked = BUF_INIT;
	struct span line;
	size_t start, mark;

	line = script_line(script, at, &start);
	mark = mask(&masked, line, at - start);
	buf_printf(to, "    %*u | ", number_columns, script_place(script, at).line);
	mark = add_line(to, buf_span(&masked), mark);
	buf_add_byte(to, '\n');
	return mark;
}

static int
digits(unsigned number)
{
	return snprintf(NULL, 0, "%u", number);
}

static int
larger(int a, int b)
{
	return a > b ? a : b;
}

static int __attribute__((format(printf, 5, 0)))
complain(const struct script *script, size_t also, size_t at, struct err *err, const char *format,
    va_list args)
{
	struct settings_place place = script_place(script, at);
	struct settings_place first = script_place(script, also);
	int columns = larger(digits(place.line), digits(first.line));
	SCOPED(buf) words = BUF_INIT;
	SCOPED(buf) headline = BUF_INIT;
	SCOPED(buf) excerpt = BUF_INIT;
	struct span rest;
	size_t mark;

	/* They quote the job file, where a text may hold any character ("\x1b"). */
	buf_vprintf(&words, format, args);
	rest = buf_span(&words);
	show_safe(&headline, span_next(&rest, '\n'), SIZE_MAX);
	if (first.line != place.line || strcmp(first.file, place.file) != 0)
		add_excerpt_line(&excerpt, script, also, columns);
	mark = add_excerpt_line(&excerpt, script, at, columns);
	buf_printf(&excerpt, "    %*s | %*s^ ", columns, "", (int)mark, "");
	show_safe(&excerpt, rest, SIZE_MAX);
	buf_add_byte(&excerpt, '\n');
	if (buf_failed(&words) || buf_failed(&headline) || buf_failed(&excerpt))
		return err_memory(err);
	return err_set(err, ERR_JOB, "%s:%u: %s\n%sNothing was sent.", place.file, place.line,
	    buf_text(&headline), buf_text(&excerpt));
}

int
complain_at(const struct script *script, size_t at, struct err *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(script, at, at, err, format, args);
	va_end(args);
	return -1;
}

int
complain_with(const struct script *script, size_t also, size_t at, struct err *err,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(script, also, at, err, format, args);
	va_end(args);
	return -1;
}
