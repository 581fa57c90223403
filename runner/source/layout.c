#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/glob.h"
#include "runner/base/limits.h"
#include "runner/base/show.h"
#include "runner/base/suggest.h"
#include "runner/source/field.h"
#include "runner/source/layout.h"

/* Longest name shown in a message. */
#define SHOWN_BYTES 80

enum { NOTHING_FOUND = -1 };

void
layout_done(struct layout *layout)
{
	for (uint32_t i = 0; i < layout->output_count; i++) {
		free(layout->outputs[i].parts);
		how_done(&layout->outputs[i].how);
	}
	for (uint32_t i = 0; i < layout->rule_count; i++)
		only_done(&layout->rules[i]);
	for (uint32_t i = 0; i < layout->history_count; i++) {
		how_done(&layout->histories[i].election);
		how_done(&layout->histories[i].method);
	}
	free(layout->histories);
	free(layout->ballots);
	reasons_done(&layout->reasons);
	free(layout->rules);
	free(layout->names);
	free(layout->outputs);
	free(layout->text);
	buf_done(&layout->header);
	buf_done(&layout->tail);
	memset(layout, 0, sizeof(*layout));
}

static int
refuse(const char *path, struct buf *why, struct err *err)
{
	if (buf_check(why, err))
		return -1;
	return err_set(err, ERR_DATA, "%s %s\nNothing was sent.", path, buf_text(why));
}

static int
take_given_names(struct layout *layout, const struct layout_options *options, struct err *err)
{
	layout->column_count = (uint32_t)options->header_count;
	layout->names = calloc(options->header_count, sizeof(*layout->names));
	if (!layout->names)
		return err_memory(err);
	for (size_t i = 0; i < options->header_count; i++)
		layout->names[i] = span_of(options->header[i]);
	return 0;
}

/* A name of the header line; *to is the end of the room for names. */
static struct span
take_name(const struct layout *layout, struct span raw, char **to)
{
	struct span value = field_value(raw, layout->dialect, *to);
	char *begin = *to;

	if (layout->encoding && !encoding_is_ascii(value)) {
		/* What was undoubled stands at the beginning of the room. */
		char *end = encoding_decode(layout->encoding, value, begin + raw.len);

		value = (struct span){ begin + raw.len, (size_t)(end - begin) - raw.len };
	}
	if (value.len)
		memmove(begin, value.ptr, value.len);
	*to += value.len;
	return (struct span){ begin, value.len };
}

static int
take_header_line(struct layout *layout, const struct row *line, const char *path, struct err *err)
{
	char *to;

	if (line->fields > LIMIT_COLUMNS)
		return err_set(err, ERR_DATA,
		    "%s has a header line of %u columns, more than %d\n"
		    "  Is the delimiter right?\nNothing was sent.",
		    path, line->fields, LIMIT_COLUMNS);
	layout->names = calloc(line->fields, sizeof(*layout->names));
	layout->text = to = malloc((ENCODING_MOST_BYTES + 1) * line->content.len);
	if (!layout->names || !layout->text)
		return err_memory(err);
	layout->column_count = line->fields;
	for (uint32_t i = 0; i < line->fields; i++)
		layout->names[i] = take_name(layout, rows_field(line, i), &to);
	return 0;
}

static int
find_column(const struct layout *layout, struct span name, uint32_t from)
{
	for (uint32_t i = from; i < layout->column_count; i++) {
		if (span_equal(layout->names[i], name))
			return (int)i;
	}
	return NOTHING_FOUND;
}

/* A column that the job asks for, and what for: "which the job sends as last_name". */
struct wanted {
	struct span name;
	const char *use, *as;
	const char *path; /* of the input, for messages */
};

static int
refuse_missing(const struct layout *layout, const struct wanted *wanted, struct err *err)
{
	struct suggest suggest = suggest_for(wanted->name);
	SCOPED(buf) why = BUF_INIT;
	struct span nearest;

	for (uint32_t i = 0; i < layout->column_count; i++)
		suggest_offer(&suggest, layout->names[i]);
	nearest = suggest_nearest(&suggest);
	buf_printf(&why, "has no column \"%.*s\", which %s %s\n  ", SPAN_ARG(wanted->name),
	    wanted->use, wanted->as);
	if (nearest.ptr) {
		buf_add_text(&why, "Did you mean \"");
		show_safe(&why, nearest, SHOWN_BYTES);
		buf_add_text(&why, "\"?");
	} else {
		buf_printf(&why, "It has %u: ", layout->column_count);
		for (uint32_t i = 0; i < layout->column_count && i < 8; i++) {
			buf_add_text(&why, i ? ", " : "");
			show_safe(&why, layout->names[i], SHOWN_BYTES);
		}
		buf_add_text(&why, layout->column_count > 8 ? ", ..." : "");
	}
	return refuse(wanted->path, &why, err);
}

static int
refuse_repeated(
    const struct layout *layout, uint32_t first, uint32_t second, const char *path, struct err *err)
{
	SCOPED(buf) why = BUF_INIT;

	buf_add_text(&why, "has the column \"");
	show_safe(&why, layout->names[first], SHOWN_BYTES);
	buf_printf(&why,
	    "\" twice: it is column %u and column %u\n"
	    "  Which of them counts cannot be known.  Rename one in the header line.",
	    first + 1, second + 1);
	return refuse(path, &why, err);
}

/* Every column of the file is sent under its own name. */
static int
send_all(struct layout *layout, const char *path, struct err *err)
{
	for (uint32_t i = 0; i < layout->column_count; i++) {
		int again = find_column(layout, layout->names[i], i + 1);

		if (layout->names[i].len == 0)
			return err_set(err, ERR_DATA,
			    "%s has no name for column %u\n"
			    "  Name it in the header line, or choose the columns to send.\n"
			    "Nothing was sent.",
			    path, i + 1);
		if (again != NOTHING_FOUND)
			return refuse_repeated(layout, i, (uint32_t)again, path, err);
		layout->outputs[layout->output_count++] =
		    (struct layout_output){ .name = layout->names[i], .column = i };
	}
	return 0;
}

static int
take_column(const struct layout *layout, const struct wanted *wanted, uint32_t *column,
    struct err *err)
{
	int found = find_column(layout, wanted->name, 0);
	int again;

	*column = 0;
	if (layout->column_count == 0)
		return 0; /* an input without a byte: no row asks */
	if (found == NOTHING_FOUND)
		return refuse_missing(layout, wanted, err);
	again = find_column(layout, wanted->name, (uint32_t)found + 1);
	if (again != NOTHING_FOUND)
		return refuse_repeated(
		    layout, (uint32_t)found, (uint32_t)again, wanted->path, err);
	*column = (uint32_t)found;
	return 0;
}

/* The next piece of "{house} {street}"; what is not closed was refused with the job file. */
static struct layout_part
next_part(struct span *rest, struct span *name)
{
	const char *end = rest->len && rest->ptr[0] == '{' ? memchr(rest->ptr, '}', rest->len) : NULL;
	const char *begin = rest->len > 1 ? memchr(rest->ptr + 1, '{', rest->len - 1) : NULL;
	struct layout_part part = { .text = *rest };

	if (end) {
		*name = (struct span){ rest->ptr + 1, (size_t)(end - rest->ptr) - 1 };
		part.is_column = true;
		end++;
	} else {
		end = begin ? begin : rest->ptr + rest->len;
		part.text.len = (size_t)(end - rest->ptr);
	}
	*rest = (struct span){ end, (size_t)(rest->ptr + rest->len - end) };
	return part;
}

static int
join(struct layout *layout, struct layout_output *output, struct wanted *wanted, struct err *err)
{
	struct span rest = wanted->name;

	/* Every piece has a byte. */
	output->parts = calloc(rest.len, sizeof(*output->parts));
	if (!output->parts)
		return err_memory(err);
	while (rest.len) {
		struct layout_part *part = &output->parts[output->part_count++];

		*part = next_part(&rest, &wanted->name);
		if (part->is_column && take_column(layout, wanted, &part->column, err))
			return -1;
	}
	return 0;
}

static int
send_mapped(
    struct layout *layout, const struct layout_options *options, const char *path, struct err *err)
{
	for (size_t i = 0; i < options->column_count; i++) {
		const struct layout_column *column = &options->columns[i];
		struct layout_output *output = &layout->outputs[layout->output_count++];
		struct wanted wanted = { span_of(column->from), "the job sends as", column->to,
			path };

		output->name = span_of(column->to);
		if (strchr(column->from, '{') ? join(layout, output, &wanted, err)
					      : take_column(layout, &wanted, &output->column, err))
			return -1;
		if (how_init(&output->how,
			&(struct how_options){ &column->how, column->from, REASONS_LEFT_OUT },
			&layout->reasons, err))
			return -1;
	}
	return 0;
}

static int
take_rules(
    struct layout *layout, const struct layout_options *options, const char *path, struct err *err)
{
	layout->rules = calloc(options->rule_count + 1, sizeof(*layout->rules));
	if (!layout->rules)
		return err_memory(err);
	for (size_t i = 0; i < options->rule_count; i++) {
		const struct recipe_rule *rule = &options->rules[i];
		const struct wanted wanted = { span_of(rule->column), "`only`", "asks about",
			path };
		uint32_t column;

		if (take_column(layout, &wanted, &column, err))
			return -1;
		if (only_init(&layout->rules[layout->rule_count++], rule, column,
			&layout->reasons, err))
			return -1;
	}
	return 0;
}

static int
refuse_unfit(const struct recipe_history *history, const char *path, struct err *err)
{
	return err_set(err, ERR_DATA,
	    "%s has no column that fits \"%s\", where the job looks for votes\n"
	    "  `*` stands for any text, `?` for one character.\nNothing was sent.",
	    path, history->columns);
}

/* The columns with votes of a history; one that an earlier history has taken is its own. */
static int
find_ballots(struct layout *layout, uint32_t index, const char *path, struct err *err)
{
	const struct recipe_history *history = layout->histories[index].recipe;
	uint32_t fit = 0;

	for (uint32_t i = 0; i < layout->column_count; i++) {
		bool is_taken = false;

		if (!glob_fits(history->columns, layout->names[i]))
			continue;
		fit++;
		for (uint32_t j = 0; j < layout->ballot_count; j++)
			is_taken = is_taken || layout->ballots[j].column == i;
		if (!is_taken)
			layout->ballots[layout->ballot_count++] = (struct layout_ballot){ i, index };
	}
	return fit || layout->column_count == 0 ? 0 : refuse_unfit(history, path, err);
}

static int
find_list(struct layout *layout, uint32_t index, const char *path, struct err *err)
{
	const struct wanted wanted = { span_of(layout->histories[index].recipe->column), "`history`",
		"takes votes from", path };
	uint32_t column;

	if (take_column(layout, &wanted, &column, err))
		return -1;
	layout->ballots[layout->ballot_count++] = (struct layout_ballot){ column, index };
	return 0;
}

static int
take_history(struct layout *layout, const struct recipe_history *recipe, const char *path,
    struct err *err)
{
	uint32_t index = layout->history_count++;
	struct layout_history *history = &layout->histories[index];

	history->recipe = recipe;
	if (how_init(&history->election,
		&(struct how_options){ &recipe->election, recipe->words, REASONS_SKIPPED },
		&layout->reasons, err) ||
	    how_init(&history->method,
		&(struct how_options){ &recipe->method, recipe->words, REASONS_SKIPPED },
		&layout->reasons, err))
		return -1;
	history->no_date = reasons_add(
	    &layout->reasons, REASONS_SKIPPED, err, "%s election is no date", recipe->words);
	if (history->no_date < 0)
		return -1;
	return recipe->columns ? find_ballots(layout, index, path, err)
			       : find_list(layout, index, path, err);
}

/* Election and method, behind the columns. */
static int
send_histories(
    struct layout *layout, const struct layout_options *options, const char *path, struct err *err)
{
	static const struct {
		const char *name;
		enum layout_vote vote;
	} outputs[] = {
		{ "election.election_at", LAYOUT_ELECTION },
		{ "ballots.vote_method", LAYOUT_METHOD },
	};
	size_t most = layout->column_count + options->history_count;

	if (options->history_count == 0)
		return 0;
	layout->histories = calloc(options->history_count, sizeof(*layout->histories));
	layout->ballots = calloc(most, sizeof(*layout->ballots));
	if (!layout->histories || !layout->ballots)
		return err_memory(err);
	for (size_t i = 0; i < options->history_count; i++) {
		if (take_history(layout, &options->histories[i], path, err))
			return -1;
	}
	layout->no_vote = reasons_add(&layout->reasons, REASONS_LEFT_OUT, err, "history: no vote");
	if (layout->no_vote < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_COUNT(outputs); i++) {
		if (outputs[i].vote == LAYOUT_METHOD && !options->histories[0].has_method)
			continue;
		layout->outputs[layout->output_count++] = (struct layout_output){
			.name = span_of(outputs[i].name),
			.vote = outputs[i].vote,
		};
	}
	return 0;
}

static int
send_constants(
    struct layout *layout, const struct layout_options *options, const char *path, struct err *err)
{
	for (size_t i = 0; i < options->constant_count; i++) {
		const struct layout_constant *constant = &options->constants[i];

		if (layout_find(layout, constant->field) != NOTHING_FOUND)
			return err_set(err, ERR_DATA,
			    "%s already has %s, which the job also sets as a constant\n"
			    "  Leave one of them out.\nNothing was sent.",
			    path, constant->field);
		layout->outputs[layout->output_count++] = (struct layout_output){
			.name = span_of(constant->field),
			.is_constant = true,
			.constant = span_of(constant->value),
		};
	}
	return 0;
}

static void
add_field(struct buf *to, struct span value)
{
	char *at = buf_reserve(to, FIELD_SENT_BYTES(value.len));

	if (!at)
		return;
	to->len += (size_t)(field_write_value(at, value) - at);
	to->ptr[to->len] = '\0';
}

static int
make_header(struct layout *layout, const struct row *first, struct err *err)
{
	bool has_crlf = first && first->raw.len - first->content.len == 2;

	if (layout->is_verbatim && layout->has_header_line) {
		if (first)
			buf_add_span(&layout->header, first->raw);
		return buf_check(&layout->header, err);
	}
	for (uint32_t i = 0; i < layout->output_count; i++) {
		buf_add_text(&layout->header, i ? "," : "");
		add_field(&layout->header, layout->outputs[i].name);
	}
	buf_add_text(&layout->header, layout->is_verbatim && has_crlf ? "\r\n" : "\n");
	return buf_check(&layout->header, err);
}

static int
make_tail(struct layout *layout, struct err *err)
{
	for (uint32_t i = 0; i < layout->output_count; i++) {
		if (!layout->outputs[i].is_constant)
			continue;
		buf_add_byte(&layout->tail, ',');
		add_field(&layout->tail, layout->outputs[i].constant);
	}
	buf_add_byte(&layout->tail, '\n');
	return buf_check(&layout->tail, err);
}

static int
make(struct layout *layout, const struct layout_options *options, const struct row *first,
    const char *path, struct err *err)
{
	int names = options->header_count ? take_given_names(layout, options, err)
	    : first                       ? take_header_line(layout, first, path, err)
					  : 0;
	size_t most = options->column_count ? options->column_count : layout->column_count;

	if (names)
		return -1;
	/* Two for a history; and none at all is not to be mistaken for a lack of memory. */
	layout->outputs = calloc(most + options->constant_count + 2, sizeof(*layout->outputs));
	if (!layout->outputs)
		return err_memory(err);
	if (take_rules(layout, options, path, err) ||
	    (options->column_count ? send_mapped(layout, options, path, err)
				   : send_all(layout, path, err)))
		return -1;
	if (send_histories(layout, options, path, err) ||
	    send_constants(layout, options, path, err))
		return -1;
	return make_header(layout, first, err) || make_tail(layout, err) ? -1 : 0;
}

static bool
is_sent_as_it_is(const struct layout_options *options)
{
	bool is_utf8 = !options->encoding || options->encoding->size[0xFF] == 0;

	return dialect_is_sent(options->dialect) && is_utf8 && options->column_count == 0 &&
	    options->constant_count == 0 && options->rule_count == 0 &&
	    options->history_count == 0 && !options->cleans_returns && !options->cleans_quotes;
}

int
layout_init(struct layout *layout, const struct layout_options *options, const struct row *first,
    const char *path, struct err *err)
{
	memset(layout, 0, sizeof(*layout));
	layout->dialect = options->dialect;
	layout->has_header_line = options->header_count == 0;
	layout->encoding = options->encoding;
	layout->cleans_returns = options->cleans_returns;
	layout->cleans_quotes = options->cleans_quotes;
	layout->is_verbatim = is_sent_as_it_is(options);
	if (make(layout, options, first, path, err) == 0)
		return 0;
	layout_done(layout);
	return -1;
}

int
layout_read(struct layout *layout, const struct layout_options *options, struct rows *rows,
    const char *path, struct err *err)
{
	enum rows_verdict verdict;
	struct row first;
	bool is_there;

	memset(layout, 0, sizeof(*layout));
	rows_expect(rows, (uint32_t)options->header_count);
	if (rows_pull(rows, &first, &verdict, err))
		return -1;
	if (verdict == ROWS_PROBLEM)
		return 1;
	is_there = verdict == ROWS_ROW;
	if (layout_init(layout, options, is_there ? &first : NULL, path, err))
		return -1;
	rows_expect(rows, layout->column_count);
	rows_take_apart(rows, !layout->is_verbatim);
	if (!layout->has_header_line && is_there)
		rows_unread(rows);
	return 0;
}

int
layout_find(const struct layout *layout, const char *name)
{
	for (uint32_t i = 0; i < layout->output_count; i++) {
		if (span_is(layout->outputs[i].name, name))
			return (int)i;
	}
	return NOTHING_FOUND;
}

struct span
layout_inner(const struct layout *layout, const struct row *row, uint32_t output)
{
	const struct layout_output *from = &layout->outputs[output];

	if (from->is_constant)
		return from->constant;
	return field_inner(rows_field(row, from->column), layout->dialect);
}
