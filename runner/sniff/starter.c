#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/sniff/starter.h"

enum {
	/* What is longer pushes its line to the right, or down. */
	FROM_WIDTH = 28,
	TO_WIDTH = 30,
	LINE_WIDTH = 90,
	/* Of a column's name in a comment; a name is rarely half as long. */
	NAME_BYTES = 64,
};

/* ---- words of libconfig ---- */

static void
add_text(struct buf *to, struct span text)
{
	buf_add_byte(to, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];

		if (byte == '"' || byte == '\\')
			buf_printf(to, "\\%c", byte);
		else if (byte < 0x20 || byte == 0x7F)
			buf_printf(to, "\\x%02x", byte);
		else
			buf_add_byte(to, (char)byte);
	}
	buf_add_byte(to, '"');
}

/* The text and its comma, then blanks up to `width`; returns whether it fitted. */
static bool
add_padded(struct buf *to, struct span text, size_t width)
{
	size_t from = to->len;

	add_text(to, text);
	buf_add_byte(to, ',');
	if (to->len - from >= width + 2)
		return false;
	while (!buf_failed(to) && to->len - from < width + 2)
		buf_add_byte(to, ' ');
	return true;
}

static void
decide(struct buf *to, const char *indent, const char *what)
{
	buf_printf(to, "%s# DECIDE: %s\n", indent, what);
}

/* ---- what was found ---- */

static const char *
problem_words(enum problem_kind kind)
{
	switch (kind) {
	case PROBLEM_STRAY_QUOTE:
		return "a quotation mark inside a field that does not begin with one";
	case PROBLEM_AFTER_QUOTE:
		return "text behind a closing quotation mark";
	case PROBLEM_UNCLOSED_QUOTE:
		return "a quotation mark that is never closed";
	case PROBLEM_BARE_CR:
		return "a carriage return without a line feed";
	case PROBLEM_EMPTY_LINE:
		return "an empty line";
	case PROBLEM_TOO_LARGE:
		return "a record without end";
	case PROBLEM_FIELD_COUNT:
		return "another number of columns";
	case PROBLEM_NONE:
	case PROBLEM_NUL:
	case PROBLEM_UTF8:
	case PROBLEM_MEANING:
	case PROBLEM_MARK:
		break;
	}
	return "bytes that cannot be read";
}

void
starter_trouble(struct buf *to, const struct look *look)
{
	char line[SHOW_BYTES], rows[SHOW_BYTES];
	const char *gap = "";

	if (look->problem.kind) {
		buf_printf(to, "line %s has %s", show_count(look->problem.line, line),
		    problem_words(look->problem.kind));
		gap = "; ";
	}
	if (look->bytes.nuls) {
		buf_printf(to, "%s%s NUL byte%s", gap, show_count(look->bytes.nuls, rows),
		    look->bytes.nuls == 1 ? "" : "s");
		gap = "; ";
	}
	if (look->odd_rows)
		buf_printf(to, "%s%s row%s not %u columns, the first in line %s", gap,
		    show_count(look->odd_rows, rows), look->odd_rows == 1 ? " has" : "s have",
		    look->column_count, show_count(look->odd_line, line));
}

static void
add_trouble(struct buf *to, const struct look *look)
{
	SCOPED(buf) trouble = BUF_INIT;

	starter_trouble(&trouble, look);
	if (trouble.len == 0)
		return;
	decide(to, "    ", buf_text(&trouble));
	buf_add_text(to, "    # check refuses the file for it.");
	if (look->problem.kind == PROBLEM_STRAY_QUOTE)
		buf_add_text(to, "  This would take such marks as they are:\n"
				 "    # clean     = \"quotation marks\";");
	buf_add_byte(to, '\n');
}

/* What windows-1252 shares with ISO-8859-1, as UTF-8; false if another byte is in it. */
static bool
show_latin(struct buf *to, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte >= 0x80 && byte < 0xA0)
			return false;
		if (byte >= 0xA0)
			buf_add_byte(to, (char)(0xC0 | byte >> 6));
		buf_add_byte(to, byte >= 0xA0 ? (char)(0x80 | (byte & 0x3F)) : (char)byte);
	}
	return true;
}

static void
add_encoding(struct buf *to, const struct look *look)
{
	const char *encoding = bytes_encoding(&look->bytes);
	char count[SHOW_BYTES], line[SHOW_BYTES];
	SCOPED(buf) shown = BUF_INIT;

	if (!look->bytes.is_broken)
		return;
	buf_printf(to, "    # DECIDE: not UTF-8: %s byte%s beyond ASCII, the first in line %s",
	    show_count(look->bytes.high, count), look->bytes.high == 1 ? "" : "s",
	    show_count(look->broken_line, line));
	if (strcmp(encoding, "windows-1252") == 0 && show_latin(&shown, look->broken))
		buf_printf(to, ":\n    #   \"%s\", where x, X and 9 stand for its letters and digits",
		    buf_text(&shown));
	buf_printf(to, "\n    encoding  = \"%s\";\n", encoding);
}

static void
add_inputs(struct buf *to, const struct starter_source *source)
{
	buf_add_text(to, "    input     = ");
	if (source->input_count > 1)
		buf_add_text(to, "[ ");
	for (size_t i = 0; i < source->input_count; i++) {
		if (i)
			buf_add_text(to, ",\n                ");
		add_text(to, span_of(source->inputs[i]));
	}
	buf_add_text(to, source->input_count > 1 ? " ];\n" : ";\n");
	if (!source->member)
		return;
	buf_add_text(to, "    member    = ");
	add_text(to, span_of(source->member));
	buf_add_text(to, ";\n");
}

/* Names of one header, as many a line as fit. */
static void
add_header(struct buf *to, const struct look *look)
{
	static const char indent[] = "    header    = [ ";
	size_t begin = to->len;

	if (look->has_header)
		return;
	if (!look->is_header_sure)
		decide(to, "    ", "is its first line a header line?  Then leave  header  out");
	else if (!look->known)
		decide(to, "    ", "there is no header line: what are the columns?");
	begin = to->len;
	buf_add_text(to, indent);
	for (uint32_t i = 0; i < look->column_count; i++) {
		if (i && to->len - begin + look->names[i].len > LINE_WIDTH) {
			buf_add_text(to, ",\n");
			begin = to->len;
			buf_printf(to, "%*s", (int)sizeof(indent) - 1, "");
		} else if (i) {
			buf_add_text(to, ", ");
		}
		add_text(to, look->names[i]);
	}
	buf_add_text(to, " ];\n");
}

static void
add_description(struct buf *to, const struct look *look)
{
	char rows[SHOW_BYTES], size[SHOW_BYTES];

	buf_printf(to, "    # %s: %s row%s, %u columns, %s\n",
	    look->known ? look->known->name : "not a layout that is known here",
	    show_count(look->rows, rows), look->rows == 1 ? "" : "s", look->column_count,
	    show_size(look->size, size));
	buf_printf(to, "    # %s, %s, %s%s\n", look_format(look),
	    look->has_header ? "header line" : "no header line", bytes_encoding(&look->bytes),
	    look->has_mark ? " with a byte order mark, which is not sent" : "");
	if (look->known && look->known->note)
		buf_printf(to, "    # %s\n", look->known->note);
}

static void
add_only(struct buf *to, const struct look *look)
{
	const struct known *known = look->known;
	int column = known && known->only ? look_find(look, span_of(known->only)) : -1;

	if (column < 0)
		return;
	if (known->is_only_sure)
		buf_printf(to, "\n    # %s\n    only      = ( ( ", known->why);
	else
		buf_printf(to, "\n    # DECIDE: which voters?  %s:\n    # only      = ( ( ",
		    known->why);
	add_text(to, look->names[column]);
	buf_printf(to, ", %s ) );\n", known->test);
}

/* ---- columns and constants ---- */

static void
add_pair(struct buf *to, const struct propose_pair *pair, bool is_last)
{
	if (pair->doubt)
		decide(to, "      ", pair->doubt);
	buf_add_text(to, "      ( ");
	if (!add_padded(to, buf_span(&pair->from), FROM_WIDTH))
		buf_printf(to, "\n%*s", FROM_WIDTH + 10, "");
	if (pair->how[0]) {
		add_padded(to, span_of(pair->to), TO_WIDTH);
		add_text(to, span_of(pair->how));
	} else {
		add_text(to, span_of(pair->to));
	}
	buf_add_text(to, is_last ? " )\n" : " ),\n");
}

static void
add_columns(struct buf *to, const struct starter_source *source)
{
	const struct propose *propose = source->propose;
	const struct look *look = source->look;

	if (propose->is_verbatim) {
		buf_add_text(to, "\n    # The columns have the names of fields: sent as they are.\n");
		return;
	}
	buf_printf(to, "\n    #   %-*s %-*s how\n    columns   = (\n", FROM_WIDTH + 1,
	    "column in the file", TO_WIDTH + 1, "NationBuilder field");
	for (size_t i = 0; i < propose->count; i++)
		add_pair(to, &propose->pairs[i], i + 1 == propose->count);
	if (propose->count == 0) {
		decide(to, "      ", "which column goes where?");
		buf_add_text(to, "      ( ");
		add_padded(to, look->names[0], FROM_WIDTH);
		buf_printf(to, "\"%s\" )\n", propose->is_ballot ? "state_file.id" : "external_id");
	}
	buf_add_text(to, "    );\n");
}

struct constant {
	const char *field;
	const char *value;
	const char *doubt;
};

/* A ballot has five at most. */
struct constants {
	struct constant rows[8];
	size_t count;
};

static void
add_constant(struct constants *constants, const char *field, const char *value, const char *doubt)
{
	constants->rows[constants->count++] = (struct constant){ field, value, doubt };
}

static void
show_constants(struct buf *to, const struct constants *constants)
{
	if (constants->count == 0)
		return;
	buf_add_text(to, "    constants = (\n");
	for (size_t i = 0; i < constants->count; i++) {
		const struct constant *row = &constants->rows[i];

		buf_printf(to, "      ( \"%s\", ", row->field);
		add_text(to, span_of(row->value));
		buf_add_text(to, i + 1 < constants->count ? " )," : " )");
		if (row->doubt)
			buf_printf(to, "  # DECIDE: %s", row->doubt);
		buf_add_byte(to, '\n');
	}
	buf_add_text(to, "    );\n");
}

/* Whether the rows have the field, by a pair or by the file's own name. */
static bool
has_field(const struct starter_source *source, const char *field)
{
	if (propose_find(source->propose, field))
		return true;
	return source->propose->is_verbatim && look_find(source->look, span_of(field)) >= 0;
}

/* What `check` asks for and the file does not say. */
static void
add_missing(struct constants *constants, const struct starter_source *source)
{
	static const char which_state[] = "which state is it?";
	bool is_ballot = source->propose->is_ballot;
	bool has_identity = has_field(source, is_ballot ? "state_file.id" : "state_file_id") ||
			    has_field(source, is_ballot ? "county_file.id" : "county_file_id") ||
			    (is_ballot && source->propose->count == 0);

	if (has_identity && !has_field(source, "registered_address.state"))
		add_constant(constants, "registered_address.state", "XX", which_state);
	if (!is_ballot)
		return;
	if (!has_field(source, "ballots.vote_method"))
		add_constant(constants, "ballots.vote_method", "voted", "voted, early or absentee?");
	if (!has_field(source, "election.election_at"))
		add_constant(constants, "election.election_at", "11/03/2026", "when was it?");
	if (!has_field(source, "election.state"))
		add_constant(constants, "election.state", "XX", which_state);
	if (!has_field(source, "election.country_code"))
		add_constant(constants, "election.country_code", "US", NULL);
}

static void
add_constants(struct buf *to, const struct starter_source *source)
{
	struct constants constants = { .count = 0 };
	const struct known *known = source->look->known;

	if (known) {
		for (const struct known_constant *at = known->constants; at->field; at++)
			add_constant(&constants, at->field, at->value, NULL);
	} else {
		add_missing(&constants, source);
	}
	show_constants(to, &constants);
}

static void
add_rest(struct buf *to, const struct starter_source *source)
{
	const struct look *look = source->look;
	bool has_any = false;

	for (uint32_t i = 0; i < look->column_count && !source->propose->is_verbatim; i++) {
		const struct column *column = &look->columns[i];
		SCOPED(buf) name = BUF_INIT;

		if (source->propose->is_used[i])
			continue;
		if (!has_any)
			buf_add_text(to, "\n    # Not sent (x, X and 9 stand for letters and digits):\n");
		has_any = true;
		show_safe(&name, look->names[i], NAME_BYTES);
		buf_printf(to, column->examples[0][0] ? "    #   %-30s %-16s %s\n"
						      : "    #   %-30s %s%s\n",
		    buf_text(&name), column_word(column), column->examples[0]);
	}
}

/* ---- maps ---- */

/* Whether a step of `how` is `map NAME`. */
static bool
names_map(const char *how, const char *name)
{
	const char *at = strstr(how, "map ");

	return at && span_is(span_trim(span_of(at + 4)), name);
}

static bool
is_map_used(const struct starter_options *options, const char *name)
{
	for (size_t i = 0; i < options->source_count; i++) {
		const struct propose *propose = options->sources[i].propose;

		for (size_t pair = 0; pair < propose->count; pair++) {
			if (names_map(propose->pairs[pair].how, name))
				return true;
		}
	}
	return false;
}

static void
add_map(struct buf *to, const struct known_map *map)
{
	size_t begin;

	if (strstr(map->name, "party"))
		decide(to, "  ", "as your nation lists its parties?");
	buf_printf(to, "  %s = (", map->name);
	begin = to->len;
	buf_add_text(to, "\n    ");
	for (const char *const *row = map->rows; *row; row += 2) {
		if (row != map->rows) {
			bool is_full = to->len - begin > 66;

			buf_add_text(to, is_full ? ",\n    " : ", ");
			begin = is_full ? to->len : begin;
		}
		buf_add_text(to, "( ");
		add_text(to, span_of(row[0]));
		buf_add_text(to, ", ");
		add_text(to, span_of(row[1]));
		buf_add_text(to, " )");
	}
	buf_add_text(to, "\n  );\n");
}

static void
add_maps(struct buf *to, const struct starter_options *options)
{
	bool has_any = false;

	for (const struct known_map *map = known_maps; map->name; map++) {
		if (!is_map_used(options, map->name))
			continue;
		if (!has_any)
			buf_add_text(to, "\n# From what the state writes to what NationBuilder takes.\n"
					 "maps = {\n");
		has_any = true;
		add_map(to, map);
	}
	if (has_any)
		buf_add_text(to, "};\n");
}

/* ---- the file ---- */

static void
add_nation(struct buf *to, const struct starter_options *options)
{
	const char *slug = options->nation ? options->nation : "ournation";

	buf_add_text(to, "version = 1;\n\nnation = {\n  slug  = ");
	add_text(to, span_of(slug));
	buf_add_byte(to, ';');
	if (!options->nation)
		buf_add_text(to, "  # DECIDE: what stands in front of .nationbuilder.com");
	buf_printf(to, "\n  token = \"file:~/.config/rollcall/%s.token\";\n"
		       "  #       put there by:  rollcall auth --set ", slug);
	show_safe(to, span_of(options->job), SIZE_MAX);
	buf_add_text(to, "\n};\n\n");
}

static void
add_source(struct buf *to, const struct starter_options *options, size_t index)
{
	const struct starter_source *source = &options->sources[index];
	const struct look *look = source->look;
	const char *type = source->propose->is_ballot ? "ballot" : "people";
	size_t same = 1;

	for (size_t i = 0; i < index; i++)
		same += options->sources[i].propose->is_ballot == source->propose->is_ballot;
	buf_add_text(to, "  {\n");
	add_description(to, look);
	if (same > 1)
		buf_printf(to, "    name      = \"%s_%zu\";\n", type, same);
	buf_printf(to, "    type      = \"%s\";\n", type);
	add_inputs(to, source);
	if (look->dialect.delimiter != ',')
		buf_printf(to, "    format    = \"%s\";\n", look_format(look));
	if (!look->dialect.quotes)
		buf_add_text(to, "    quoting   = \"none\";  # a quotation mark is an ordinary "
				 "character in this file\n");
	add_encoding(to, look);
	add_trouble(to, look);
	add_header(to, look);
	add_only(to, look);
	add_columns(to, source);
	add_constants(to, source);
	buf_add_text(to, "    # max_rejected = \"0.5%\";  # more rejected rows end the load with 3\n");
	add_rest(to, source);
	buf_add_text(to, index + 1 < options->source_count ? "  },\n" : "  }\n");
}

int
starter_write(struct buf *to, const struct starter_options *options, struct err *err)
{
	buf_add_text(to, "# Written by rollcall init.  Where it says DECIDE a person must; all of it is\n"
			 "# explained in rollcall.cfg(5).  Then:  rollcall check ");
	show_safe(to, span_of(options->job), SIZE_MAX);
	buf_add_text(to, "\n");
	add_nation(to, options);
	buf_add_text(to, "sources = (\n");
	for (size_t i = 0; i < options->source_count; i++)
		add_source(to, options, i);
	buf_add_text(to, ");\n");
	add_maps(to, options);
	return buf_check(to, err);
}

size_t
starter_count_decisions(struct span job)
{
	static const char mark[] = "DECIDE:";
	size_t count = 0;

	for (size_t i = 0; i + sizeof(mark) - 1 <= job.len; i++)
		count += memcmp(job.ptr + i, mark, sizeof(mark) - 1) == 0;
	return count;
}
