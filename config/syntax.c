#include "platform.h"

#include <string.h>

#include "config/complain.h"
#include "config/syntax.h"

enum token_kind {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_TEXT,
	TOKEN_NUMBER,
	TOKEN_TRUTH,
	TOKEN_EQUALS,
	TOKEN_COMMA,
	TOKEN_SEMICOLON,
	TOKEN_OPEN,  /* ( [ { */
	TOKEN_CLOSE, /* ) ] } */
};

struct token {
	enum token_kind kind;
	struct span words;
	size_t at;
};

struct reader {
	const struct script *script;
	struct arena *arena;
	struct err *err;
	struct token token; /* the next one, not yet taken */
	struct token taken; /* the one before it */
	unsigned depth;
};

static int read_value(struct reader *reader, struct tree *node);

/* ---- tokens ---- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_byte(char c)
{
	return is_letter(c) || is_digit(c) || c == '-' || c == '_';
}

static struct span
rest_from(const struct reader *reader, size_t at)
{
	const struct buf *text = &reader->script->text;

	return (struct span){ buf_text(text) + at, text->len - at };
}

static size_t
skip_comment(struct span rest)
{
	struct span line = rest;

	if (span_starts(rest, "/*")) {
		const char *end = memmem(rest.ptr + 2, rest.len - 2, "*/", 2);

		return end ? (size_t)(end - rest.ptr) + 2 : rest.len;
	}
	if (span_starts(rest, "#") || span_starts(rest, "//"))
		return span_next(&line, '\n').len;
	return 0;
}

static size_t
skip_blanks(const struct reader *reader, size_t at)
{
	struct span rest = rest_from(reader, at);
	size_t skipped;

	while (rest.len) {
		skipped = strchr(" \t\n\f", rest.ptr[0]) ? 1 : skip_comment(rest);
		if (skipped == 0)
			break;
		rest.ptr += skipped;
		rest.len -= skipped;
		at += skipped;
	}
	return at;
}

static bool
is_hex_digit(char byte)
{
	return byte && strchr("0123456789abcdefABCDEF", byte);
}

/* libconfig leaves a backslash that begins no escape as it is, so that "a\q" is three letters and
 * "a\n" two. */
static bool
is_escape(struct span here)
{
	if (here.len < 2)
		return false;
	if (here.ptr[1] == 'x' || here.ptr[1] == 'X')
		return here.len > 3 && is_hex_digit(here.ptr[2]) && is_hex_digit(here.ptr[3]);
	return here.ptr[1] && strchr("\"\\fnrt", here.ptr[1]);
}

/* Bytes of the text at the front of `rest`, its quotation marks included; 0: it has no end in its
 * line. *flaw is where a `\x00`, or a backslash that is no escape, stands, or 0. */
static size_t
text_bytes(struct span rest, size_t *flaw)
{
	*flaw = 0;
	for (size_t i = 1; i < rest.len && rest.ptr[i] != '\n'; i++) {
		struct span here = { rest.ptr + i, rest.len - i };

		if (here.ptr[0] == '"')
			return i + 1;
		if (here.ptr[0] != '\\')
			continue;
		if (*flaw == 0 && (!is_escape(here) || span_starts(here, "\\x00") ||
				      span_starts(here, "\\X00")))
			*flaw = i;
		if (is_escape(here))
			i++;
	}
	return 0;
}

static int
take_text(struct reader *reader, size_t at)
{
	struct span rest = rest_from(reader, at);
	size_t flaw;
	size_t len = text_bytes(rest, &flaw);

	if (len == 0)
		return complain_at(reader->script, at, reader->err,
		    "a quotation mark is missing\nthis text has no end in its line");
	if (flaw && is_escape((struct span){ rest.ptr + flaw, rest.len - flaw }))
		return complain_at(reader->script, at + flaw, reader->err,
		    "a text cannot hold a NUL byte\nremove \\x00");
	if (flaw)
		return complain_at(reader->script, at + flaw, reader->err,
		    "a backslash that begins no escape\nwrite \\\\ for a backslash; \\\" \\n \\r \\t "
		    "\\f and \\xHH are escapes");
	reader->token.kind = TOKEN_TEXT;
	reader->token.words.len = len;
	return 0;
}

static bool
clings_to_number(struct span rest)
{
	if (span_starts(rest, "//") || span_starts(rest, "/*"))
		return false;
	return is_name_byte(rest.ptr[0]) || strchr("+.%/", rest.ptr[0]);
}

/* Every such number fits 64 bits: beyond, libconfig 1.5 wraps and 1.7 speaks of a syntax error. */
enum { MOST_DIGITS = 18 };

/* Everything that clings to a number is taken with it, so that 37.5MB is one mistake. */
static int
take_number(struct reader *reader, size_t at)
{
	struct span rest = rest_from(reader, at);
	size_t len = 1, digits, point;
	struct span body;

	while (len < rest.len && clings_to_number((struct span){ rest.ptr + len, rest.len - len }))
		len++;
	body = (struct span){ rest.ptr, len };
	if (body.ptr[0] == '-' || body.ptr[0] == '+') {
		body.ptr++;
		body.len--;
	}
	digits = strspn(body.ptr, "0123456789");
	point = digits < body.len && body.ptr[digits] == '.';
	if (point)
		point += strspn(body.ptr + digits + 1, "0123456789");
	if (digits == 0 || digits + point != body.len)
		return complain_at(reader->script, at, reader->err,
		    "%.*s is not a plain number\nif it has a unit, write  \"%.*s\"", (int)len,
		    rest.ptr, (int)len, rest.ptr);
	if (digits > 1 && body.ptr[0] == '0')
		return complain_at(reader->script, at, reader->err,
		    "a number does not begin with 0\nwrite it without the 0, or as a text in "
		    "quotation marks");
	if (digits > MOST_DIGITS)
		return complain_at(reader->script, at, reader->err,
		    "a number of %zu digits\nno setting takes one that large", digits);
	reader->token.kind = TOKEN_NUMBER;
	reader->token.words.len = len;
	return 0;
}

static void
take_name(struct reader *reader, size_t at)
{
	struct span rest = rest_from(reader, at);
	struct token *token = &reader->token;
	size_t len = 1;

	while (len < rest.len && is_name_byte(rest.ptr[len]))
		len++;
	token->words.len = len;
	token->kind = span_equal_nocase(token->words, span_of("true")) ||
		span_equal_nocase(token->words, span_of("false"))
	    ? TOKEN_TRUTH
	    : TOKEN_NAME;
}

static int
refuse_garbage(struct reader *reader, size_t at)
{
	static const struct {
		const char *start, *words;
	} known[] = {
		{ "@include", "an include in the middle of a line\nbegin the line with it" },
		{ "'", "a text in single quotation marks\nwrite it in \"double\" ones" },
		{ "`", "a text in backquotes\nwrite it in \"double quotation marks\"" },
		{ "\xE2\x80\x9C", "a typographic quotation mark\nwrite \" instead" },
		{ "\xE2\x80\x9D", "a typographic quotation mark\nwrite \" instead" },
		{ "\xE2\x80\x9E", "a typographic quotation mark\nwrite \" instead" },
		{ "\xE2\x80\x98", "a typographic quotation mark\nwrite \" instead" },
		{ "\xE2\x80\x99", "a typographic quotation mark\nwrite \" instead" },
		{ "\xC2\xA0", "a no-break space\nreplace it by a plain one" },
		{ "~", "a path without quotation marks\nwrite it in \"double quotation marks\"" },
		{ "/", "a path without quotation marks\nwrite it in \"double quotation marks\"" },
		{ "_", "a name begins with a letter\nremove the _" },
		{ "<", "a < has no place here\nreplace what stands in < > by your own" },
	};
	struct span rest = rest_from(reader, at);

	for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
		if (span_starts(rest, known[i].start))
			return complain_at(
			    reader->script, at, reader->err, "%s", known[i].words);
	}
	return complain_at(reader->script, at, reader->err,
	    "this character has no place here\ntexts stand in \"double quotation marks\"");
}

static enum token_kind
mark_kind(char c)
{
	switch (c) {
	case '=':
	case ':':
		return TOKEN_EQUALS;
	case ',':
		return TOKEN_COMMA;
	case ';':
		return TOKEN_SEMICOLON;
	case '(':
	case '[':
	case '{':
		return TOKEN_OPEN;
	case ')':
	case ']':
	case '}':
		return TOKEN_CLOSE;
	default:
		return TOKEN_END;
	}
}

/* Makes the next token the current one. */
static int
advance(struct reader *reader)
{
	size_t at = skip_blanks(reader, reader->token.at + reader->token.words.len);
	struct span rest = rest_from(reader, at);

	reader->taken = reader->token;
	reader->token = (struct token){ TOKEN_END, { rest.ptr, 0 }, at };
	if (rest.len == 0)
		return 0;
	if (rest.ptr[0] == '"')
		return take_text(reader, at);
	if (is_digit(rest.ptr[0]) || strchr("+-.", rest.ptr[0]))
		return take_number(reader, at);
	if (is_letter(rest.ptr[0])) {
		take_name(reader, at);
		return 0;
	}
	reader->token.kind = mark_kind(rest.ptr[0]);
	if (reader->token.kind == TOKEN_END)
		return refuse_garbage(reader, at);
	reader->token.words.len = 1;
	return 0;
}

static bool
token_is(const struct token *token, const char *words)
{
	return token->kind != TOKEN_TEXT && span_is(token->words, words);
}

/* The byte of a token that a complaint about the end of the file can point at. */
static size_t
place_of(const struct reader *reader, const struct token *token)
{
	return token->kind == TOKEN_END ? reader->taken.at : token->at;
}

/* ---- values ---- */

/* NULL if memory is short. */
static struct tree *
new_child(struct reader *reader, struct tree *parent, struct tree ***tail)
{
	struct tree *made = arena_array(reader->arena, 1, sizeof(*made));

	if (!made) {
		err_memory(reader->err);
		return NULL;
	}
	**tail = made;
	*tail = &made->next;
	parent->count++;
	return made;
}

static unsigned
line_at(const struct reader *reader, size_t at)
{
	return script_place(reader->script, at).line;
}

static int
open_bracket(struct reader *reader, struct tree *node)
{
	if (++reader->depth > SYNTAX_DEPTH)
		return complain_at(reader->script, node->at, reader->err,
		    "brackets nest deeper than %d\nno setting needs that", SYNTAX_DEPTH);
	return advance(reader);
}

static int
close_bracket(struct reader *reader, struct tree *node)
{
	reader->depth--;
	node->words.len = reader->token.at + 1 - node->at;
	return advance(reader);
}

/* Another bracket, a semicolon or the end of the file where `close` should be. */
static int
refuse_unclosed(struct reader *reader, size_t opened_at, const char *close)
{
	const struct token *token = &reader->token;

	if (token->kind == TOKEN_END)
		return complain_at(reader->script, opened_at, reader->err,
		    "a \"%s\" is missing\nthis bracket is never closed", close);
	return complain_with(reader->script, opened_at, token->at, reader->err,
	    "a \"%s\" is missing before \"%.*s\"\nthe bracket opened in line %u is still open",
	    close, SPAN_ARG(token->words), line_at(reader, opened_at));
}

static bool
begins_value(const struct token *token)
{
	return token->kind == TOKEN_TEXT || token->kind == TOKEN_NUMBER ||
	    token->kind == TOKEN_TRUTH || token->kind == TOKEN_OPEN;
}

/* After an element there is neither a comma nor the end of the list. */
static int
refuse_after_element(struct reader *reader, const struct tree *node, const char *close)
{
	const struct token *token = &reader->token;
	const char *mark = token->kind == TOKEN_TEXT ? "" : "\"";

	if (begins_value(token) || token->kind == TOKEN_NAME)
		return complain_with(reader->script, reader->taken.at, token->at, reader->err,
		    "a comma is missing before %s%.*s%s\nthe parts of a list stand apart by commas",
		    mark, SPAN_ARG(token->words), mark);
	return refuse_unclosed(reader, node->at, close);
}

static int
refuse_comma_before_close(struct reader *reader, const char *close)
{
	size_t comma = reader->taken.at;
	const char *what = close[0] == ')' ? "lists" : "arrays";

	if (line_at(reader, comma) == line_at(reader, reader->token.at))
		return complain_at(reader->script, comma, reader->err,
		    "a comma before \"%s\"\n%s end without a comma: remove it", close, what);
	return complain_with(reader->script, comma, reader->token.at, reader->err,
	    "a comma before \"%s\"\n%s end without a comma: remove the one on line %u", close, what,
	    line_at(reader, comma));
}

static int
check_array_element(struct reader *reader, const struct tree *node, const struct tree *element)
{
	if (element->kind != TREE_TEXT && element->kind != TREE_NUMBER &&
	    element->kind != TREE_TRUTH)
		return complain_at(reader->script, element->at, reader->err,
		    "a bracket inside [ ]\nwrite ( ) around it instead of [ ]");
	if (element->kind != node->first->kind)
		return complain_at(reader->script, element->at, reader->err,
		    "values of two kinds inside [ ]\nwrite them all as texts, or ( ) instead of "
		    "[ ]");
	return 0;
}

/* ( value, value ) or [ scalar, scalar ] */
static int
read_sequence(struct reader *reader, struct tree *node, const char *close)
{
	struct tree **tail = &node->first;
	struct tree *element;

	if (open_bracket(reader, node))
		return -1;
	while (!token_is(&reader->token, close)) {
		if (reader->token.kind == TOKEN_COMMA)
			return complain_at(reader->script, reader->token.at, reader->err,
			    "a comma too many\nnothing stands before it");
		if (!begins_value(&reader->token) && reader->token.kind != TOKEN_NAME)
			return refuse_unclosed(reader, node->at, close);
		element = new_child(reader, node, &tail);
		if (!element || read_value(reader, element))
			return -1;
		element->name_at = element->at;
		if (node->kind == TREE_ARRAY && check_array_element(reader, node, element))
			return -1;
		if (token_is(&reader->token, close))
			break;
		if (reader->token.kind != TOKEN_COMMA)
			return refuse_after_element(reader, node, close);
		if (advance(reader))
			return -1;
		if (token_is(&reader->token, close))
			return refuse_comma_before_close(reader, close);
	}
	return close_bracket(reader, node);
}

/* ---- settings ---- */

static int
refuse_no_name(struct reader *reader)
{
	const struct token *token = &reader->token;

	switch (token->kind) {
	case TOKEN_TEXT:
		return complain_at(reader->script, token->at, reader->err,
		    "a text where a setting's name should be\nnames stand without quotation marks; "
		    "lists in ( ) or [ ]");
	case TOKEN_COMMA:
	case TOKEN_SEMICOLON:
		return complain_at(reader->script, token->at, reader->err,
		    "a \"%.*s\" too many\nremove it", SPAN_ARG(token->words));
	case TOKEN_EQUALS:
		return complain_at(reader->script, token->at, reader->err,
		    "a name is missing before \"%.*s\"\nwrite  name = value;",
		    SPAN_ARG(token->words));
	case TOKEN_NUMBER:
	case TOKEN_TRUTH:
	case TOKEN_OPEN:
	case TOKEN_CLOSE:
	case TOKEN_NAME:
	case TOKEN_END:
		break;
	}
	return complain_at(reader->script, place_of(reader, token), reader->err,
	    "a setting's name should stand here\nwrite  name = value;");
}

static int
refuse_no_equals(struct reader *reader, const struct tree *node)
{
	const struct token *token = &reader->token;
	struct span after = rest_from(reader, node->name_at + node->name.len);

	if (span_starts(after, "."))
		return complain_at(reader->script, node->name_at, reader->err,
		    "a name cannot hold a dot\nwrite  %.*s = { ... = ...; };",
		    SPAN_ARG(node->name));
	return complain_at(reader->script, place_of(reader, token), reader->err,
	    "\"=\" is missing after %.*s\nwrite  %.*s = value;", SPAN_ARG(node->name),
	    SPAN_ARG(node->name));
}

static int
check_new(struct reader *reader, const struct tree *group, const struct tree *node)
{
	const struct tree *same = group->first;

	if (group->count > SYNTAX_GROUP)
		return complain_at(reader->script, node->name_at, reader->err,
		    "more than %d settings in one group\nno group has that many", SYNTAX_GROUP);
	while (!span_equal(same->name, node->name))
		same = same->next;
	if (same == node)
		return 0;
	return complain_with(reader->script, same->name_at, node->name_at, reader->err,
	    "`%.*s` is set twice\nthe first is in line %u: remove one of them",
	    SPAN_ARG(node->name), line_at(reader, same->name_at));
}

/* name = value, and the mark that may end it */
static int
read_setting(struct reader *reader, const struct tree *group, struct tree *node)
{
	if (reader->token.kind != TOKEN_NAME)
		return refuse_no_name(reader);
	node->name = reader->token.words;
	node->name_at = reader->token.at;
	if (check_new(reader, group, node))
		return -1;
	if (span_starts(rest_from(reader, node->name_at + node->name.len), "."))
		return refuse_no_equals(reader, node);
	if (advance(reader))
		return -1;
	if (reader->token.kind != TOKEN_EQUALS)
		return refuse_no_equals(reader, node);
	if (advance(reader) || read_value(reader, node))
		return -1;
	if (reader->token.kind == TOKEN_SEMICOLON || reader->token.kind == TOKEN_COMMA)
		return advance(reader);
	return 0;
}

/* Settings up to `close`, or to the end of the file where it is NULL. */
static int
read_settings(struct reader *reader, struct tree *group, const char *close)
{
	struct tree **tail = &group->first;
	struct tree *setting;

	for (;;) {
		const struct token *token = &reader->token;

		if (close && token_is(token, close))
			return 0;
		if (token->kind == TOKEN_END && !close)
			return 0;
		if (token->kind == TOKEN_CLOSE && !close)
			return complain_at(reader->script, token->at, reader->err,
			    "a \"%.*s\" too many\nno bracket is open here", SPAN_ARG(token->words));
		if (token->kind == TOKEN_CLOSE || token->kind == TOKEN_END)
			return refuse_unclosed(reader, group->at, close);
		setting = new_child(reader, group, &tail);
		if (!setting || read_setting(reader, group, setting))
			return -1;
	}
}

static int
read_group(struct reader *reader, struct tree *node)
{
	if (open_bracket(reader, node) || read_settings(reader, node, "}"))
		return -1;
	return close_bracket(reader, node);
}

/* ---- one value ---- */

static int
refuse_no_value(struct reader *reader)
{
	return complain_at(reader->script, reader->taken.at, reader->err,
	    "a value is missing after \"%.*s\"\nwrite one, or remove the setting",
	    SPAN_ARG(reader->taken.words));
}

static int
refuse_name_as_value(struct reader *reader, const struct tree *node)
{
	static const char *const truths[] = { "yes", "no", "on", "off" };
	struct span name = reader->token.words;
	struct span after = rest_from(reader, reader->token.at + name.len);
	struct span mark = rest_from(reader, skip_blanks(reader, reader->token.at + name.len));

	if (span_starts(mark, "=") && node->name.len)
		return refuse_no_value(reader);
	if (span_starts(mark, "="))
		return complain_at(reader->script, reader->token.at, reader->err,
		    "a setting among the parts of a list\nsettings stand in { }");
	for (size_t i = 0; i < ARRAY_COUNT(truths); i++) {
		if (span_equal_nocase(name, span_of(truths[i])) && !span_starts(after, "\""))
			return complain_at(reader->script, reader->token.at, reader->err,
			    "%.*s is not a value\nwrite  %s", SPAN_ARG(name),
			    i % 2 ? "false" : "true");
	}
	return complain_at(reader->script, reader->token.at, reader->err,
	    "a text without quotation marks\nwrite it in \"double quotation marks\"");
}

/* One text, or, outside lists, several side by side, which are joined. */
static int
read_text(struct reader *reader, struct tree *node)
{
	do {
		node->words.len = reader->token.at + reader->token.words.len - node->at;
		if (advance(reader))
			return -1;
	} while (node->name.len && reader->token.kind == TOKEN_TEXT);
	return 0;
}

static int
read_bracket(struct reader *reader, struct tree *node)
{
	switch (reader->token.words.ptr[0]) {
	case '(':
		node->kind = TREE_LIST;
		return read_sequence(reader, node, ")");
	case '[':
		node->kind = TREE_ARRAY;
		return read_sequence(reader, node, "]");
	default:
		node->kind = TREE_GROUP;
		return read_group(reader, node);
	}
}

static int
read_value(struct reader *reader, struct tree *node)
{
	node->at = reader->token.at;
	node->words = reader->token.words;
	switch (reader->token.kind) {
	case TOKEN_TEXT:
		node->kind = TREE_TEXT;
		return read_text(reader, node);
	case TOKEN_NUMBER:
		node->kind = TREE_NUMBER;
		return advance(reader);
	case TOKEN_TRUTH:
		node->kind = TREE_TRUTH;
		return advance(reader);
	case TOKEN_OPEN:
		return read_bracket(reader, node);
	case TOKEN_NAME:
		return refuse_name_as_value(reader, node);
	case TOKEN_END:
	case TOKEN_EQUALS:
	case TOKEN_COMMA:
	case TOKEN_SEMICOLON:
	case TOKEN_CLOSE:
		break;
	}
	return refuse_no_value(reader);
}

int
syntax_read(const struct script *script, struct arena *arena, struct tree **root, struct err *err)
{
	struct reader reader = {
		.script = script,
		.arena = arena,
		.err = err,
		.token = { TOKEN_SEMICOLON, { buf_text(&script->text), 0 }, 0 },
	};
	struct tree *job = arena_array(arena, 1, sizeof(*job));

	if (!job)
		return err_memory(err);
	job->kind = TREE_GROUP;
	if (advance(&reader) || read_settings(&reader, job, NULL))
		return -1;
	*root = job;
	return 0;
}
