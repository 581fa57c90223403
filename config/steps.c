#include "platform.h"

#include <string.h>

#include "config/complain.h"
#include "config/maps.h"
#include "config/steps.h"
#include "runner/base/number.h"
#include "runner/base/suggest.h"

/* One step on its way. */
struct piece {
	const struct reader *reader;
	const struct tree *text;
	struct span words; /* of the step */
	struct span rest;  /* behind its name */
	struct recipe_step *step;
};

enum { STEPS_MOST = 32 };

/* Where some of the words stand, if the text is written without escapes. */
static size_t
place_of(const struct piece *piece, struct span words)
{
	const struct tree *text = piece->text;
	bool is_plain = text->words.len == text->text.len + 2;

	return is_plain && words.ptr ? text->at + 1 + (size_t)(words.ptr - text->text.ptr)
				     : text->at;
}

static int __attribute__((format(printf, 3, 4)))
refuse(const struct piece *piece, struct span at, const char *format, ...)
{
	SCOPED(buf) words = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&words, format, args);
	va_end(args);
	return complain_at(piece->reader->script, place_of(piece, at), piece->reader->err, "%s",
	    buf_text(&words));
}

static int
read_nothing(const struct piece *piece)
{
	if (piece->rest.len == 0)
		return 0;
	return refuse(piece, piece->rest, "\"%.*s\" is one step too few\npart steps with commas: "
					  "\"trim, upper\"",
	    SPAN_ARG(piece->words));
}

static int
read_count(const struct piece *piece)
{
	uint64_t count;

	if (number_u64(piece->rest, &count) || count == 0 || count > 1000)
		return refuse(piece, piece->words,
		    "\"%.*s\" needs a number\nwrite one from 1 to 1000, as in \"first 20\"",
		    SPAN_ARG(piece->words));
	piece->step->count = (uint32_t)count;
	return 0;
}

static int
read_text(const struct piece *piece)
{
	if (piece->rest.len == 0)
		return refuse(piece, piece->words,
		    "\"default\" needs a text\nwrite it behind the word, as in \"default US\"");
	return reader_keep(piece->reader, piece->rest, &piece->step->text);
}

/* 'X' */
static int
read_mark(const struct piece *piece)
{
	struct span mark = piece->rest;

	if (mark.len < 3 || mark.ptr[0] != '\'' || mark.ptr[mark.len - 1] != '\'')
		return refuse(piece, piece->words,
		    "\"%.*s\" needs a text in single quotation marks\nas in \"after '-'\"",
		    SPAN_ARG(piece->words));
	mark.ptr++;
	mark.len -= 2;
	return reader_keep(piece->reader, mark, &piece->step->text);
}

static int
refuse_map(const struct piece *piece)
{
	const struct settings *settings = piece->reader->settings;
	struct suggest suggest = suggest_for(piece->rest);
	struct span near;

	for (size_t i = 0; i < settings->map_count; i++)
		suggest_offer(&suggest, span_of(settings->maps[i].name));
	near = suggest_nearest(&suggest);
	if (near.len)
		return refuse(piece, piece->rest,
		    "there is no map \"%.*s\"\ndid you mean \"%.*s\"?", SPAN_ARG(piece->rest),
		    SPAN_ARG(near));
	return refuse(piece, piece->rest.len ? piece->rest : piece->words,
	    "there is no map \"%.*s\"\nwrite it at the top level: maps = { %.*s = ( ( \"a\", "
	    "\"b\" ), ... ); };",
	    SPAN_ARG(piece->rest), SPAN_ARG(piece->rest));
}

static int
read_map(const struct piece *piece)
{
	piece->step->map = maps_find(piece->reader->settings, piece->rest);
	return piece->step->map ? 0 : refuse_map(piece);
}

static int
read_form(const struct piece *piece, struct span form)
{
	struct span near;

	if (dates_find(form, &piece->step->form) == 0)
		return 0;
	near = dates_suggest(form);
	if (near.len)
		return refuse(piece, form, "unknown form of a date \"%.*s\"\ndid you mean \"%.*s\"?",
		    SPAN_ARG(form), SPAN_ARG(near));
	return refuse(piece, form.len ? form : piece->words,
	    "unknown form of a date \"%.*s\"\nknown: MM/DD/YYYY M/D/YYYY MMDDYYYY YYYY-MM-DD "
	    "YYYYMMDD DD-MON-YYYY YYYY",
	    SPAN_ARG(form));
}

static bool
take_end(struct span *text, const char *end)
{
	size_t len = strlen(end);

	if (text->len < len || memcmp(text->ptr + text->len - len, end, len) != 0)
		return false;
	text->len -= len;
	return true;
}

static int
read_date(const struct piece *piece)
{
	struct span form = piece->rest;

	piece->step->rejects = take_end(&form, " or reject");
	return read_form(piece, span_trim(form));
}

static const struct kind {
	const char *name;
	enum recipe_kind kind;
	int (*read)(const struct piece *piece);
} kinds[] = {
	{ "name case", RECIPE_NAME_CASE, read_nothing },
	{ "upper", RECIPE_UPPER, read_nothing },
	{ "lower", RECIPE_LOWER, read_nothing },
	{ "trim", RECIPE_TRIM, read_nothing },
	{ "squeeze", RECIPE_SQUEEZE, read_nothing },
	{ "digits", RECIPE_DIGITS, read_nothing },
	{ "zero fill", RECIPE_ZERO_FILL, read_count },
	{ "date", RECIPE_DATE, read_date },
	{ "map", RECIPE_MAP, read_map },
	{ "first", RECIPE_FIRST, read_count },
	{ "default", RECIPE_DEFAULT, read_text },
	{ "after", RECIPE_BEHIND, read_mark },
	{ "before", RECIPE_AHEAD, read_mark },
};

/* Its name, and a blank or the end behind it. */
static bool
begins_with(struct span words, const char *name, struct span *rest)
{
	size_t len = strlen(name);

	if (!span_starts(words, name) || (words.len > len && words.ptr[len] != ' '))
		return false;
	*rest = span_trim((struct span){ words.ptr + len, words.len - len });
	return true;
}

static void
offer_all(struct suggest *suggest)
{
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
		suggest_offer(suggest, span_of(kinds[i].name));
}

static int
refuse_unknown(const struct piece *piece)
{
	struct suggest whole = suggest_for(piece->words);
	struct span rest = piece->words;
	struct suggest first = suggest_for(span_next(&rest, ' '));
	struct span near;

	offer_all(&whole);
	offer_all(&first);
	near = suggest_nearest(&whole);
	if (near.len == 0)
		near = suggest_nearest(&first);
	if (near.len)
		return refuse(piece, piece->words,
		    "unknown step \"%.*s\"\ndid you mean \"%.*s\"?", SPAN_ARG(piece->words),
		    SPAN_ARG(near));
	return refuse(piece, piece->words,
	    "unknown step \"%.*s\"\nknown: name case, upper, lower, trim, squeeze, digits, zero fill "
	    "N, date FORM, map NAME, first N, default TEXT, after 'TEXT', before 'TEXT'",
	    SPAN_ARG(piece->words));
}

static int
read_piece(struct piece *piece)
{
	if (reader_keep(piece->reader, piece->words, &piece->step->words))
		return -1;
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		if (!begins_with(piece->words, kinds[i].name, &piece->rest))
			continue;
		piece->step->kind = kinds[i].kind;
		return kinds[i].read(piece);
	}
	return refuse_unknown(piece);
}

/* Up to the next comma that does not stand between single quotation marks behind after or before. */
static struct span
next_words(struct span *rest)
{
	struct span words = *rest;
	bool is_quoted = false;
	size_t at = 0;

	while (at < words.len && (words.ptr[at] != ',' || is_quoted)) {
		if (words.ptr[at] == '\'')
			is_quoted = !is_quoted && memchr(words.ptr + at + 1, '\'', words.len - at - 1);
		at++;
	}
	*rest = at == words.len
	    ? SPAN_NONE
	    : (struct span){ words.ptr + at + 1, words.len - at - 1 };
	words.len = at;
	return span_trim(words);
}

int
steps_read(const struct reader *reader, const struct tree *text, struct recipe_how *how)
{
	struct recipe_step *steps =
	    arena_array(&reader->settings->arena, STEPS_MOST, sizeof(*steps));
	struct span rest = text->text;
	size_t count = 0;

	if (!steps)
		return err_memory(reader->err);
	while (rest.ptr) {
		struct piece piece = { .reader = reader, .text = text, .step = &steps[count] };

		piece.words = next_words(&rest);
		if (count++ == STEPS_MOST)
			return refuse(&piece, piece.words, "more than %d steps\nno value needs that",
			    STEPS_MOST);
		if (piece.words.len == 0)
			return refuse(&piece, piece.words,
			    "an empty step\nwrite steps with one comma between them: \"trim, upper\"");
		if (read_piece(&piece))
			return -1;
	}
	*how = (struct recipe_how){ steps, count };
	return 0;
}

/* "date MM/DD/YYYY after '-'" is "after '-', date MM/DD/YYYY". */
static int
turn_after(const struct reader *reader, const struct tree *text, struct tree *turned)
{
	const char *after = strstr(text->text.ptr, " after '");
	SCOPED(buf) words = BUF_INIT;
	const char *kept;

	*turned = *text;
	if (!after || !span_starts(span_trim(text->text), "date "))
		return 0;
	buf_printf(&words, "%s, %.*s", after + 1, (int)(after - text->text.ptr), text->text.ptr);
	if (buf_check(&words, reader->err) || reader_keep(reader, buf_span(&words), &kept))
		return -1;
	turned->text = span_of(kept);
	turned->words = SPAN_NONE; /* no place in it is one of the file */
	return 0;
}

int
steps_read_election(const struct reader *reader, const struct tree *text, struct recipe_how *how)
{
	struct tree turned;

	if (turn_after(reader, text, &turned) || steps_read(reader, &turned, how))
		return -1;
	for (size_t i = 0; i < how->step_count; i++) {
		struct recipe_step *step = (struct recipe_step *)&how->steps[i];

		step->rejects = step->rejects || step->kind == RECIPE_DATE;
	}
	return 0;
}

int
steps_read_date(const struct reader *reader, const struct tree *text, enum dates_form *form)
{
	struct recipe_step step = { .form = DATES_ISO };
	struct piece piece = { .reader = reader, .text = text, .words = text->text, .step = &step };

	if (!begins_with(span_trim(text->text), "date", &piece.rest))
		return refuse(&piece, text->text,
		    "no form of a date\nsay how the file writes them, as in \"date YYYY-MM-DD\"");
	if (read_form(&piece, piece.rest))
		return -1;
	*form = step.form;
	return 0;
}
