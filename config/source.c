#include "platform.h"

#include <assert.h>
#include <string.h>

#include "config/complain.h"
#include "config/filter.h"
#include "config/history.h"
#include "config/source.h"
#include "runner/base/limits.h"

struct list {
	const struct reader *reader;
	const struct option *option;
	const struct tree *node;
};

/* `name = "a"` and `name = [ "a", "b" ]` alike, where one text may stand for a list. */
static const struct tree *
first_text(const struct tree *node)
{
	return node->kind == TREE_TEXT ? node : node->first;
}

static size_t
count_texts(const struct tree *node)
{
	return node->kind == TREE_TEXT ? 1 : node->count;
}

static const struct tree *
next_text(const struct list *list, const struct tree *text)
{
	return text == list->node ? NULL : text->next;
}

static int
refuse(const struct list *list, const struct tree *at, const char *words)
{
	char name[READER_NAME_BYTES];

	return complain_at(list->reader->script, at->at, list->reader->err, "`%s` %s",
	    reader_name(list->option, name), words);
}

static int
expect_texts(const struct list *list, size_t most)
{
	char name[READER_NAME_BYTES];

	for (const struct tree *text = first_text(list->node); text;
	     text = next_text(list, text)) {
		if (text->kind != TREE_TEXT)
			return refuse(list, text,
			    "is made of texts\nwrite this part in \"double quotation marks\"");
		if (text->text.len == 0)
			return refuse(list, text, "has an empty text\nremove it");
		/* A quoted name of a column may have one. */
		if (list->option->kind != OPTIONS_COLUMNS && strpbrk(text->text.ptr, "\r\n"))
			return refuse(list, text, "has a line end in a text\nremove it");
	}
	if (count_texts(list->node) > most)
		return complain_at(list->reader->script, list->node->at, list->reader->err,
		    "`%s` has more than %zu entries\nno voter file needs that",
		    reader_name(list->option, name), most);
	return 0;
}

static int
expect_text_or_texts(const struct list *list, size_t most)
{
	bool is_list = list->node->kind == TREE_LIST || list->node->kind == TREE_ARRAY;

	if (!is_list && reader_expect(list->reader, list->option, list->node, TREE_TEXT))
		return -1;
	return expect_texts(list, most);
}

static int
expect_list_of_texts(const struct list *list, size_t most)
{
	if (reader_expect(list->reader, list->option, list->node, TREE_LIST))
		return -1;
	return expect_texts(list, most);
}

static void *
new_array(const struct list *list, size_t count, size_t size)
{
	void *array = arena_array(&list->reader->settings->arena, count, size);

	if (!array)
		err_memory(list->reader->err);
	return array;
}

/* ---- inputs ---- */

static int
check_input(const struct list *list, const struct tree *text)
{
	if (strstr(text->text.ptr, "**"))
		return refuse(list, text,
		    "with ** looks into folders at any depth, which is not available\nwrite a "
		    "pattern for each depth: [ \"*.txt\", \"*/*.txt\" ]");
	if (span_is(text->text, "-"))
		return refuse(list, text,
		    "cannot be standard input\na load reads its input more than once: write it to "
		    "a file first");
	return 0;
}

static int
read_inputs(const struct list *list, struct settings_source *source)
{
	struct settings_path *inputs;
	size_t count = 0;

	if (expect_text_or_texts(list, LIMIT_INPUTS))
		return -1;
	if (count_texts(list->node) == 0)
		return refuse(list, list->node, "names no file\nwrite  input = \"voters.csv\";");
	inputs = new_array(list, count_texts(list->node), sizeof(*inputs));
	if (!inputs)
		return -1;
	for (const struct tree *text = first_text(list->node); text;
	     text = next_text(list, text)) {
		if (check_input(list, text) || reader_path(list->reader, text, &inputs[count++]))
			return -1;
	}
	source->patterns = source->inputs = inputs;
	source->pattern_count = source->input_count = count;
	return 0;
}

/* ---- names ---- */

static int
check_header_name(const struct list *list, const struct tree *text)
{
	for (const struct tree *other = list->node->first; other != text; other = other->next) {
		if (span_equal(other->text, text->text))
			return complain_with(list->reader->script, other->at, text->at,
			    list->reader->err, "two columns named \"%s\"\ngive them two names",
			    text->text.ptr);
	}
	return 0;
}

static int
read_header(const struct list *list, struct settings_source *source)
{
	struct settings_name *names;
	size_t count = 0;

	if (expect_list_of_texts(list, LIMIT_COLUMNS))
		return -1;
	names = new_array(list, list->node->count, sizeof(*names));
	if (!names)
		return -1;
	for (const struct tree *text = list->node->first; text; text = text->next, count++) {
		names[count].at = script_place(list->reader->script, text->at);
		if (check_header_name(list, text) ||
		    reader_keep(list->reader, text->text, &names[count].text))
			return -1;
	}
	source->header = names;
	source->header_count = count;
	return 0;
}

static int
read_fields(const struct list *list, struct settings_source *source)
{
	const char **fields;
	size_t count = 0;

	if (expect_list_of_texts(list, LIMIT_COLUMNS))
		return -1;
	fields = new_array(list, list->node->count, sizeof(*fields));
	if (!fields)
		return -1;
	for (const struct tree *text = list->node->first; text; text = text->next) {
		if (reader_keep(list->reader, text->text, &fields[count++]))
			return -1;
	}
	source->extra_fields = fields;
	source->extra_field_count = count;
	return 0;
}

/* ---- pairs ---- */

static int
check_pair(const struct list *list, const struct tree *pair)
{
	bool is_columns = list->option->kind == OPTIONS_COLUMNS;
	struct list parts = { list->reader, list->option, pair };

	if (!tree_is_sequence(pair))
		return refuse(list, pair,
		    is_columns ? "is a list of pairs\nwrite  ( ( \"column\", \"field\" ), ... )"
			       : "is a list of pairs\nwrite  ( ( \"field\", \"value\" ), ... )");
	if (is_columns && pair->count != 2 && pair->count != 3)
		return refuse(list, pair, "has an entry that is no pair\ntwo texts in ( ), or three "
					  "with how it is sent");
	if (!is_columns && pair->count != 2)
		return refuse(list, pair, "has an entry that is no pair\ntwo texts in ( )");
	return expect_texts(&parts, 3);
}

static int
check_pairs(const struct list *list)
{
	if (reader_expect(list->reader, list->option, list->node, TREE_LIST))
		return -1;
	if (list->node->count > LIMIT_COLUMNS)
		return refuse(
		    list, list->node, "has too many entries\nno voter file has that many columns");
	for (const struct tree *pair = list->node->first; pair; pair = pair->next) {
		if (check_pair(list, pair))
			return -1;
	}
	return 0;
}

static int
read_columns(const struct list *list, struct settings_source *source)
{
	struct settings_column *columns;
	size_t count = 0;

	if (check_pairs(list))
		return -1;
	columns = new_array(list, list->node->count, sizeof(*columns));
	if (!columns)
		return -1;
	for (const struct tree *pair = list->node->first; pair; pair = pair->next, count++) {
		const struct tree *how = pair->first->next->next;

		columns[count].at = script_place(list->reader->script, pair->at);
		if (reader_keep(list->reader, pair->first->text, &columns[count].from) ||
		    reader_keep(list->reader, pair->first->next->text, &columns[count].to) ||
		    reader_keep(list->reader, how ? how->text : span_of(""), &columns[count].words))
			return -1;
	}
	source->columns = columns;
	source->column_count = count;
	return 0;
}

/* `{loadid}` would be sent as it stands, and the tag would find nothing afterwards. */
static int
check_placeholder(const struct list *list, const struct tree *text)
{
	static const char *const slips[] = { "{loadid}", "{load-id}", "{load id}", "{load.id}",
					     "{load}", "{id}" };

	for (size_t i = 0; i < ARRAY_COUNT(slips); i++) {
		if (strcasestr(text->text.ptr, slips[i]))
			return complain_at(list->reader->script, text->at, list->reader->err,
			    "%s stands for nothing\ndid you mean \"%s\"?", slips[i],
			    SETTINGS_LOAD_ID);
	}
	return 0;
}

static int
read_constants(const struct list *list, struct settings_source *source)
{
	struct settings_constant *constants;
	size_t count = 0;

	if (check_pairs(list))
		return -1;
	constants = new_array(list, list->node->count, sizeof(*constants));
	if (!constants)
		return -1;
	for (const struct tree *pair = list->node->first; pair; pair = pair->next, count++) {
		const struct tree *value = pair->first->next;

		constants[count].at = script_place(list->reader->script, pair->at);
		if (check_placeholder(list, value) ||
		    reader_keep(list->reader, pair->first->text, &constants[count].field) ||
		    reader_keep(list->reader, value->text, &constants[count].value))
			return -1;
	}
	source->constants = constants;
	source->constant_count = count;
	return 0;
}

int
source_read(const struct reader *reader, const struct option *option, const struct tree *node,
    struct settings_source *source)
{
	const struct list list = { reader, option, node };

	switch ((int)option->kind) {
	case OPTIONS_INPUTS:
		return read_inputs(&list, source);
	case OPTIONS_HEADER:
		return read_header(&list, source);
	case OPTIONS_COLUMNS:
		return read_columns(&list, source);
	case OPTIONS_CONSTANTS:
		return read_constants(&list, source);
	case OPTIONS_FIELDS:
		return read_fields(&list, source);
	case OPTIONS_ONLY:
		return filter_read(reader, option, node, source);
	case OPTIONS_HISTORY:
		return history_read(reader, option, node, source);
	case OPTIONS_AFTER:
		return expect_text_or_texts(&list, LIMIT_SOURCES);
	default:
		assert(0 && "no list of a source");
		return -1;
	}
}
