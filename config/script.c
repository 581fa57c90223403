#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/complain.h"
#include "config/script.h"
#include "runner/base/utf8.h"

struct script_line {
	struct settings_place place;
	size_t start;
};

/* One file on its way into the text. */
struct inlet {
	const char *name; /* for messages */
	unsigned depth;   /* 0: the job file itself */
	bool may_include;
	bool in_comment; /* of the slash-star kind, which may span lines */
	size_t comment_at;
};

static int add_file(struct script *script, const struct inlet *inlet, struct span bytes,
    struct err *err);

void
script_init(struct script *script, const char *folder, struct arena *arena)
{
	*script = (struct script){ .text = BUF_INIT, .folder = folder, .arena = arena };
}

void
script_done(struct script *script)
{
	buf_done(&script->text);
}

static int
add_line(struct script *script, const char *file, unsigned number, struct err *err)
{
	enum { FIRST_ROOM = 256 };
	size_t room = script->line_room ? script->line_room * 2 : FIRST_ROOM;
	struct script_line *lines;

	if (script->line_count == script->line_room) {
		lines = arena_array(script->arena, room, sizeof(*lines));
		if (!lines)
			return err_memory(err);
		if (script->line_count)
			memcpy(lines, script->lines, script->line_count * sizeof(*lines));
		script->lines = lines;
		script->line_room = room;
	}
	script->lines[script->line_count++] =
	    (struct script_line){ { file, number }, script->text.len };
	return 0;
}

/* The last line that begins at or before `at`. */
static const struct script_line *
line_of(const struct script *script, size_t at)
{
	size_t low = 0, high = script->line_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (script->lines[middle].start <= at)
			low = middle;
		else
			high = middle;
	}
	return &script->lines[low];
}

struct settings_place
script_place(const struct script *script, size_t at)
{
	return line_of(script, at)->place;
}

struct span
script_line(const struct script *script, size_t at, size_t *start)
{
	struct span rest;

	*start = line_of(script, at)->start;
	rest = (struct span){ buf_text(&script->text) + *start, script->text.len - *start };
	return span_next(&rest, '\n');
}

/* A byte that no text file has: it would end libconfig's text early, or hide from the eye. */
static bool
is_control(unsigned char byte)
{
	return (byte < 0x20 && byte != '\t' && byte != '\f') || byte == 0x7F;
}

static int
check_line(const struct script *script, struct span line, size_t at, struct err *err)
{
	while (line.len) {
		size_t len = utf8_character(line);

		if (len == 0)
			return complain_at(script, at, err,
			    "byte %02X is not UTF-8\nsave the job file as UTF-8",
			    (unsigned char)line.ptr[0]);
		if (is_control((unsigned char)line.ptr[0]))
			return complain_at(script, at, err,
			    "byte %02X has no place in a job file\nremove it",
			    (unsigned char)line.ptr[0]);
		line.ptr += len;
		line.len -= len;
		at += len;
	}
	return 0;
}

/* Length of the comment mark at the front of `text`: of one that goes to the line's end. */
static bool
starts_line_comment(struct span text)
{
	return span_starts(text, "#") || span_starts(text, "//");
}

static bool
starts_escape(struct span text)
{
	return span_starts(text, "\\\"") || span_starts(text, "\\\\");
}

/* Follows comments through one line. A text never goes on in the next line: config/syntax.c
 * refuses one that has no end in its own. */
static void
follow_comments(struct inlet *inlet, struct span line, size_t at)
{
	bool in_text = false;
	size_t step;

	for (size_t i = 0; i < line.len; i += step) {
		struct span rest = { line.ptr + i, line.len - i };

		step = 1;
		if (inlet->in_comment) {
			if (span_starts(rest, "*/")) {
				inlet->in_comment = false;
				step = 2;
			}
		} else if (in_text) {
			in_text = rest.ptr[0] != '"';
			step = starts_escape(rest) ? 2 : 1;
		} else if (starts_line_comment(rest)) {
			return;
		} else if (span_starts(rest, "/*")) {
			inlet->in_comment = true;
			inlet->comment_at = at + i;
			step = 2;
		} else {
			in_text = rest.ptr[0] == '"';
		}
	}
}

/* `@include "PATH"`, alone in its line but for a comment. */
static bool
is_include(struct span line, struct span *path, bool *is_clean)
{
	struct span rest = span_trim(line);

	if (!span_starts(rest, "@include"))
		return false;
	rest.ptr += strlen("@include");
	rest.len -= strlen("@include");
	rest = span_trim(rest);
	*is_clean = false;
	if (!span_starts(rest, "\""))
		return true;
	rest.ptr++;
	rest.len--;
	*path = span_next(&rest, '"');
	if (rest.ptr) {
		rest = span_trim(rest);
		*is_clean = (rest.len == 0 || starts_line_comment(rest)) && path->len &&
		    !memchr(path->ptr, '\\', path->len);
	}
	return true;
}

/* 0, or why not, in words. */
static const char *
read_bytes(const char *path, struct buf *bytes)
{
	enum { AT_ONCE = 16384 };
	const char *fault = NULL;
	struct stat info;
	ssize_t got = 1;
	char *to;
	int fd;

	/* O_NONBLOCK: a FIFO in the file's place must not hang us before fstat() tells. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &info))
		fault = strerror(errno);
	else if (S_ISDIR(info.st_mode))
		fault = "is a folder";
	else if (!S_ISREG(info.st_mode))
		fault = "is not a regular file";
	while (!fault && got > 0 && bytes->len <= SCRIPT_BYTES) {
		to = buf_reserve(bytes, AT_ONCE);
		got = to ? read(fd, to, AT_ONCE) : 0;
		if (got < 0)
			fault = strerror(errno);
		else if (to)
			bytes->len += (size_t)got;
		if (to)
			bytes->ptr[bytes->len] = '\0';
	}
	close(fd);
	return fault;
}

static int
add_include(struct script *script, const struct inlet *from, struct span target, size_t at,
    struct err *err)
{
	bool is_beside = target.ptr[0] != '/' && strcmp(script->folder, ".") != 0;
	const char *written = arena_text(script->arena, target);
	struct inlet inlet = { .depth = from->depth + 1, .may_include = true };
	SCOPED(buf) bytes = BUF_INIT;
	const char *fault;

	if (!from->may_include)
		return complain_at(script, at, err, "includes are not read here\nput its lines here");
	if (inlet.depth > SCRIPT_DEPTH)
		return complain_at(script, at, err,
		    "includes nest deeper than %d\ndoes a file include itself?", SCRIPT_DEPTH);
	inlet.name = arena_join(script->arena, is_beside ? script->folder : "",
	    is_beside ? "/" : "", written ? written : "", NULL);
	if (!written || !inlet.name)
		return err_memory(err);
	fault = read_bytes(inlet.name, &bytes);
	if (fault)
		return complain_at(script, at, err,
		    "cannot include %s: %s\nincludes are looked for from the job file's folder",
		    inlet.name, fault);
	if (buf_check(&bytes, err))
		return -1;
	script->text.len = at; /* the directive gives way to the file's lines */
	buf_add_byte(&script->text, '\n');
	return add_file(script, &inlet, buf_span(&bytes), err);
}

static int
add_line_of(struct script *script, struct inlet *inlet, struct span line, struct err *err)
{
	size_t at = script->text.len;
	struct span target = SPAN_NONE;
	bool is_clean;

	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	buf_add_span(&script->text, line);
	buf_add_byte(&script->text, '\n');
	if (buf_check(&script->text, err) || check_line(script, line, at, err))
		return -1;
	if (inlet->in_comment || !is_include(line, &target, &is_clean)) {
		follow_comments(inlet, line, at);
		return 0;
	}
	if (!is_clean)
		return complain_at(script, at, err,
		    "an include that cannot be understood\n"
		    "write  @include \"FILE\"  alone on its line");
	return add_include(script, inlet, target, at, err);
}

static int
check_size(const struct script *script, const struct inlet *inlet, struct span bytes,
    struct err *err)
{
	if (bytes.len + script->text.len > SCRIPT_BYTES)
		return err_set(err, ERR_JOB,
		    "%s: larger than a job file can be (%d bytes, includes counted)\n"
		    "Is this the input instead of the job file?\nNothing was sent.",
		    inlet->name, SCRIPT_BYTES);
	if (span_starts(bytes, "\xFF\xFE") || span_starts(bytes, "\xFE\xFF"))
		return err_set(err, ERR_JOB,
		    "%s: is UTF-16\nSave the job file as UTF-8.\nNothing was sent.", inlet->name);
	return 0;
}

static int
add_file(struct script *script, const struct inlet *given, struct span bytes, struct err *err)
{
	struct inlet inlet = *given;
	unsigned number = 0;

	if (check_size(script, &inlet, bytes, err))
		return -1;
	if (span_starts(bytes, "\xEF\xBB\xBF")) {
		bytes.ptr += 3;
		bytes.len -= 3;
	}
	if (bytes.len && bytes.ptr[bytes.len - 1] == '\n')
		bytes.len--;
	if (!bytes.ptr)
		bytes = span_of("");
	while (bytes.ptr) {
		struct span line = span_next(&bytes, '\n');

		if (add_line(script, inlet.name, ++number, err) ||
		    add_line_of(script, &inlet, line, err))
			return -1;
	}
	if (inlet.in_comment)
		return complain_at(script, inlet.comment_at, err,
		    "a comment without an end\nclose it with */");
	return 0;
}

int
script_read_text(struct script *script, const char *path, struct span text, struct err *err)
{
	struct inlet inlet = { .name = arena_text(script->arena, span_of(path)) };

	if (!inlet.name)
		return err_memory(err);
	return add_file(script, &inlet, text, err);
}

int
script_read_file(struct script *script, const char *path, struct err *err)
{
	struct inlet inlet = { .may_include = true };
	SCOPED(buf) bytes = BUF_INIT;
	const char *fault = read_bytes(path, &bytes);

	if (fault)
		return err_set(err, ERR_INPUT, "cannot read the job file %s: %s\nNothing was sent.",
		    path, fault);
	inlet.name = arena_text(script->arena, span_of(path));
	if (!inlet.name || buf_failed(&bytes))
		return err_memory(err);
	return add_file(script, &inlet, buf_span(&bytes), err);
}
