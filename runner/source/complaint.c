#include "platform.h"

#include <string.h>

#include "runner/base/show.h"
#include "runner/source/complaint.h"
#include "runner/source/utf8.h"

/* How much is shown on each side of a place: a word, or a field, on one line of a terminal. */
enum { AROUND_BYTES = 24, NAME_BYTES = 80 };

/* The bytes around a place, read again. */
struct around {
	char bytes[2 * AROUND_BYTES];
	size_t len;
	size_t place;
};

static int
read_around(
    struct around *around, const struct complaint *complaint, uint64_t byte, struct err *err)
{
	uint64_t from = byte < AROUND_BYTES ? 0 : byte - AROUND_BYTES;
	size_t got;

	around->len = 0;
	around->place = (size_t)(byte - from);
	do {
		if (reader_read(complaint->reader, from + around->len, around->bytes + around->len,
			sizeof(around->bytes) - around->len, &got, err))
			return -1;
		around->len += got;
	} while (got && around->len < sizeof(around->bytes));
	if (around->place > around->len)
		around->place = around->len;
	return 0;
}

static bool
is_edge(const struct complaint *complaint, char byte, const char *edges)
{
	return byte == complaint->dialect.delimiter || strchr(edges, byte);
}

/* What stands at the place without a break; `edges` has NUL in it by its end. */
static struct span
piece_around(const struct around *around, const struct complaint *complaint, const char *edges)
{
	size_t begin = around->place, end = around->place;

	while (begin && !is_edge(complaint, around->bytes[begin - 1], edges))
		begin--;
	while (end < around->len &&
	    (end == around->place || !is_edge(complaint, around->bytes[end], edges)))
		end++;
	return (struct span){ around->bytes + begin, end - begin };
}

static const char *
encoding_name(const struct complaint *complaint)
{
	return complaint->encoding ? complaint->encoding->name : "UTF-8";
}

static const char *
or_the_job_file(const char *place)
{
	return place ? place : "the job file";
}

static void
add_place(struct buf *to, const struct problem *problem)
{
	char row[SHOW_BYTES], line[SHOW_BYTES], byte[SHOW_BYTES];

	buf_printf(to, "\n  %s%s (line %s, byte %s)", problem->row ? "row " : "header line",
	    problem->row ? show_count(problem->row, row) : "", show_count(problem->line, line),
	    show_count(problem->byte, byte));
}

static void
add_column_number(struct buf *to, const struct complaint *complaint, uint32_t column)
{
	const struct layout *layout = complaint->layout;

	buf_add_text(to, ", column ");
	if (layout && column < layout->column_count)
		show_safe(to, layout->names[column], NAME_BYTES);
	else
		buf_printf(to, "%u", column + 1);
}

static void
add_column(struct buf *to, const struct complaint *complaint, const struct problem *problem)
{
	add_column_number(to, complaint, problem->column);
}

/* What stands in the file, as a person reads it. */
static void
add_text(struct buf *to, const struct complaint *complaint, struct span bytes)
{
	char decoded[ENCODING_MOST_BYTES * 2 * AROUND_BYTES];

	if (complaint->encoding) {
		char *end = encoding_decode(complaint->encoding, bytes, decoded);

		bytes = (struct span){ decoded, (size_t)(end - decoded) };
	}
	show_safe(to, bytes, sizeof(decoded));
}

static int
add_field_around(struct buf *to, const struct complaint *complaint, const struct problem *problem,
    struct err *err)
{
	struct around around;

	if (read_around(&around, complaint, problem->byte, err))
		return -1;
	add_place(to, problem);
	add_column(to, complaint, problem);
	buf_add_text(to, ": ");
	add_text(to, complaint, piece_around(&around, complaint, "\r\n"));
	return 0;
}

static bool
is_utf8(struct span text)
{
	struct utf8 check;

	utf8_init(&check, 0);
	if (utf8_run(&check, text.ptr, text.len) < text.len)
		return false;
	utf8_finish(&check);
	return !check.problem;
}

/* What the bytes would say in the encodings that voter files come in, the likeliest first. */
static const char *
find_meaning(struct buf *meaning, const struct complaint *complaint, struct span piece)
{
	static const char *const candidates[] = { "windows-1252", "macintosh" };

	if (is_utf8(piece)) {
		buf_add_span(meaning, piece);
		return "UTF-8";
	}
	for (size_t i = 0; i < ARRAY_COUNT(candidates); i++) {
		if (strcmp(candidates[i], encoding_name(complaint)) != 0 &&
		    encoding_show(meaning, candidates[i], piece) == 0)
			return candidates[i];
	}
	return NULL;
}

static int
add_broken_bytes(struct buf *to, const struct complaint *complaint, const struct problem *problem,
    struct err *err)
{
	SCOPED(buf) meaning = BUF_INIT;
	const char *candidate;
	char rows[SHOW_BYTES];
	struct around around;
	struct span piece;

	buf_printf(to, "is not %s", encoding_name(complaint));
	if (read_around(&around, complaint, problem->byte, err))
		return -1;
	piece = piece_around(&around, complaint, " \t\"\r\n");
	add_place(to, problem);
	add_column(to, complaint, problem);
	buf_add_text(to, ": bytes");
	for (size_t i = 0; i < piece.len; i++)
		buf_printf(to, " %02X", (unsigned char)piece.ptr[i]);
	buf_add_text(to, "\n  ");
	candidate = find_meaning(&meaning, complaint, piece);
	if (candidate) {
		buf_printf(to, "Read as %s this is \"", candidate);
		show_safe(to, buf_span(&meaning), 2 * sizeof(around.bytes));
		buf_add_text(to, "\".  ");
	}
	buf_printf(to, "%s%s row%s such bytes.", complaint->is_all ? "" : "At least ",
	    show_count(complaint->broken_rows, rows),
	    complaint->broken_rows == 1 ? " has" : "s have");
	if (complaint->is_corrected)
		buf_add_text(to, "\n  Corrected rows are read as UTF-8: save the file in that encoding.");
	else if (candidate)
		buf_printf(to, "\n  If that looks right, set  encoding = \"%s\";  in %s.", candidate,
		    or_the_job_file(complaint->places.encoding));
	else
		buf_printf(to, "\n  Set  encoding  in %s to the one that the file was written in.",
		    or_the_job_file(complaint->places.encoding));
	return 0;
}

static void
add_quoting_advice(struct buf *to, const struct complaint *complaint, enum problem_kind kind)
{
	const char *place = or_the_job_file(complaint->places.quoting);

	buf_add_text(to,
	    "\n  The nation refuses a whole file for this; others guess where rows end.");
	if (complaint->is_corrected) {
		buf_add_text(to, "\n  Put the field in quotation marks and double its own.");
		return;
	}
	buf_printf(to,
	    "\n  If quotation marks are ordinary characters here, set  quoting = \"none\";  in %s;",
	    place);
	if (kind == PROBLEM_STRAY_QUOTE)
		buf_add_text(to,
		    "\n  if only those inside values are, set  clean = \"quotation marks\";  there.");
	else
		buf_add_text(to, "\n  else mend the file: put the field in quotation marks and "
				 "double its own.");
}

static void
add_field_count(struct buf *to, const struct complaint *complaint, const struct problem *problem)
{
	buf_printf(to, "has a row with %u field%s instead of %u", problem->fields,
	    problem->fields == 1 ? "" : "s", complaint->columns);
	add_place(to, problem);
	/* The first that is missing, or the first too many. */
	add_column_number(to, complaint,
	    problem->fields < complaint->columns ? problem->fields : complaint->columns);
	buf_printf(to,
	    "\n  %s %u columns.\n  A value with a delimiter in it must stand in quotation marks.",
	    complaint->is_corrected || (complaint->layout && complaint->layout->has_header_line)
		? "The header line has"
		: "The job's header has",
	    complaint->columns);
}

static void
add_too_large(struct buf *to, const struct complaint *complaint, const struct problem *problem)
{
	char size[SHOW_BYTES];

	buf_printf(to, "has a record that is larger than a chunk (%s)",
	    show_size(complaint->limit_bytes, size));
	add_place(to, problem);
	add_column(to, complaint, problem);
	buf_add_text(to, "\n  Mostly a quotation mark was opened there and never closed.");
}

static int
add_problem(struct buf *to, const struct complaint *complaint, const struct problem *problem,
    struct err *err)
{
	switch (problem->kind) {
	case PROBLEM_NUL:
		buf_add_text(to, "has a NUL byte");
		add_place(to, problem);
		add_column(to, complaint, problem);
		buf_add_text(
		    to, "\n  It is not a plain text file, or one in UTF-16: convert it to UTF-8.");
		return 0;
	case PROBLEM_MARK:
		buf_printf(to, "begins with the byte order mark of UTF-8, and is not %s\n"
			       "  Set  encoding = \"UTF-8\";  in %s.",
		    encoding_name(complaint), or_the_job_file(complaint->places.encoding));
		return 0;
	case PROBLEM_UTF8:
	case PROBLEM_MEANING:
		return add_broken_bytes(to, complaint, problem, err);
	case PROBLEM_STRAY_QUOTE:
		buf_add_text(to, "has a quotation mark inside an unquoted field");
		break;
	case PROBLEM_AFTER_QUOTE:
		buf_add_text(to, "has text after a closing quotation mark");
		break;
	case PROBLEM_UNCLOSED_QUOTE:
		buf_add_text(to, "ends inside quotation marks that were opened and never closed");
		break;
	case PROBLEM_BARE_CR:
		buf_add_text(to, "has a carriage return that no line feed follows");
		if (add_field_around(to, complaint, problem, err))
			return -1;
		buf_add_text(
		    to, "\n  Lines end with LF or CR LF.  Choose:"
			"\n    take it out, or quote the field;");
		if (complaint->layout && complaint->layout->dialect.returns) {
			buf_add_text(to, "\n    `clean` knows no way: the quoted field ends before it.");
			return 0;
		}
		buf_printf(to, "\n    if it belongs to a value, set  clean = \"hard returns\";  in %s.",
		    or_the_job_file(complaint->places.quoting));
		return 0;
	case PROBLEM_FIELD_COUNT:
		add_field_count(to, complaint, problem);
		return 0;
	case PROBLEM_EMPTY_LINE:
		buf_add_text(to, "has an empty line");
		add_place(to, problem);
		buf_add_text(to, "\n  Take it out: a line is a row.");
		return 0;
	case PROBLEM_TOO_LARGE:
		add_too_large(to, complaint, problem);
		return 0;
	case PROBLEM_NONE:
		break;
	}
	if (add_field_around(to, complaint, problem, err))
		return -1;
	add_quoting_advice(to, complaint, problem->kind);
	return 0;
}

int
complaint_about(const struct complaint *complaint, const struct problem *problem, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;

	if (add_problem(&text, complaint, problem, err) || buf_check(&text, err))
		return -1;
	return err_set(err, ERR_DATA, "%s %s\nNothing was sent.", complaint->path, buf_text(&text));
}

int
complaint_no_rows(const struct complaint *complaint, bool has_bytes, struct err *err)
{
	return err_set(err, ERR_DATA,
	    "%s %s\n  If that is right, set  empty = \"allow\";  in %s.\nNothing was sent.",
	    complaint->path, has_bytes ? "has a header line and no rows" : "is empty",
	    or_the_job_file(complaint->places.empty));
}

int
complaint_changed(const char *path, const char *how, const char *job, struct err *err)
{
	return err_set(err, ERR_INPUT,
	    "%s changed since this load began%s%s\n"
	    "  What was sent came from the old file; going on would mix two files.  Choose:\n"
	    "    put the old file back, or\n"
	    "    rollcall run --new %s     start over",
	    path, how[0] ? " " : "", how, job);
}
