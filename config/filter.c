#include "platform.h"

#include <string.h>

#include "config/complain.h"
#include "config/filter.h"
#include "config/steps.h"
#include "runner/base/buf.h"
#include "runner/base/limits.h"
#include "runner/base/suggest.h"

enum values { NO_VALUE, ONE_VALUE, ONE_OR_MORE, A_DATE };

static const struct test {
	const char *words;
	enum recipe_test test;
	enum values values;
	const char *example;
} tests[] = {
	{ "in", RECIPE_IN, ONE_OR_MORE, "( \"status\", \"in\", [ \"A\", \"I\" ] )" },
	{ "not in", RECIPE_NOT_IN, ONE_OR_MORE, "( \"status\", \"not in\", [ \"X\" ] )" },
	{ "=", RECIPE_IN, ONE_VALUE, "( \"status\", \"=\", \"A\" )" },
	{ "!=", RECIPE_NOT_IN, ONE_VALUE, "( \"status\", \"!=\", \"X\" )" },
	{ "blank", RECIPE_IS_BLANK, NO_VALUE, "( \"reason\", \"blank\" )" },
	{ "not blank", RECIPE_NOT_BLANK, NO_VALUE, "( \"voter_id\", \"not blank\" )" },
	{ "matches", RECIPE_MATCHES, ONE_VALUE, "( \"precinct\", \"matches\", \"12-*\" )" },
	{ "before", RECIPE_BEFORE, A_DATE, "( \"registered\", \"before\", \"11/03/2026\" )" },
	{ "after", RECIPE_LATER, A_DATE, "( \"registered\", \"after\", \"11/03/2025\" )" },
};

/* One rule on its way. */
struct entry {
	const struct reader *reader;
	const struct tree *node;
	const struct test *test;
	const struct tree *value; /* the third part, or NULL */
	struct recipe_rule *rule;
};

static int
refuse_shape(const struct entry *entry, const struct tree *at)
{
	return complain_at(entry->reader->script, at->at, entry->reader->err,
	    "`sources.only` has an entry that is no rule\nwrite  %s",
	    entry->test ? entry->test->example : tests[0].example);
}

static int
refuse_test(const struct entry *entry, const struct tree *text)
{
	struct suggest suggest = suggest_for(text->text);
	struct span near;

	for (size_t i = 0; i < ARRAY_COUNT(tests); i++)
		suggest_offer(&suggest, span_of(tests[i].words));
	near = suggest_nearest(&suggest);
	if (near.len)
		return complain_at(entry->reader->script, text->at, entry->reader->err,
		    "unknown rule \"%s\"\ndid you mean \"%.*s\"?", text->text.ptr, SPAN_ARG(near));
	return complain_at(entry->reader->script, text->at, entry->reader->err,
	    "unknown rule \"%s\"\nknown: in, not in, =, !=, blank, not blank, matches, before, after",
	    text->text.ptr);
}

static const struct test *
find_test(struct span words)
{
	for (size_t i = 0; i < ARRAY_COUNT(tests); i++) {
		if (span_is(words, tests[i].words))
			return &tests[i];
	}
	return NULL;
}

static int
read_values(const struct entry *entry)
{
	const struct tree *first = entry->value->kind == TREE_TEXT ? entry->value : entry->value->first;
	size_t count = entry->value->kind == TREE_TEXT ? 1 : entry->value->count;
	const char **values =
	    arena_array(&entry->reader->settings->arena, count, sizeof(*values));

	if (!values)
		return err_memory(entry->reader->err);
	if (count == 0)
		return refuse_shape(entry, entry->value);
	entry->rule->values = values;
	for (const struct tree *text = first; entry->rule->value_count < count; text = text->next) {
		if (text->kind != TREE_TEXT)
			return refuse_shape(entry, text);
		if (span_trim(text->text).len == 0)
			return complain_at(entry->reader->script, text->at, entry->reader->err,
			    "`sources.only` has an empty text\nwrite \"blank\" or \"not blank\" as the "
			    "rule instead");
		if (reader_keep(entry->reader, text->text, &values[entry->rule->value_count++]))
			return -1;
	}
	return 0;
}

static int
read_day(const struct entry *entry)
{
	const struct tree *form = entry->value->next;
	struct dates_day day;

	entry->rule->form = DATES_MM_DD_YYYY;
	if (!dates_read(DATES_MM_DD_YYYY, entry->value->text, &day))
		return complain_at(entry->reader->script, entry->value->at, entry->reader->err,
		    "\"%s\" is no date\nwrite it as MM/DD/YYYY, however the file does",
		    entry->value->text.ptr);
	entry->rule->day = dates_number(day);
	if (!form)
		return 0;
	if (form->kind != TREE_TEXT)
		return refuse_shape(entry, form);
	return steps_read_date(entry->reader, form, &entry->rule->form);
}

static int
read_value(const struct entry *entry)
{
	size_t most = entry->test->values == NO_VALUE ? 2 : entry->test->values == A_DATE ? 4 : 3;

	if (entry->node->count > most || (entry->value == NULL) != (most == 2))
		return refuse_shape(entry, entry->node);
	switch (entry->test->values) {
	case NO_VALUE:
		return 0;
	case ONE_VALUE:
		if (entry->value->kind != TREE_TEXT)
			return refuse_shape(entry, entry->value);
		return read_values(entry);
	case ONE_OR_MORE:
		if (entry->value->kind != TREE_TEXT && !tree_is_sequence(entry->value))
			return refuse_shape(entry, entry->value);
		return read_values(entry);
	case A_DATE:
		if (entry->value->kind != TREE_TEXT)
			return refuse_shape(entry, entry->value);
		return read_day(entry);
	}
	return -1;
}

/* "status in A, I" */
static int
add_words(const struct entry *entry, const char *column)
{
	const struct recipe_rule *rule = entry->rule;
	SCOPED(buf) words = BUF_INIT;

	buf_printf(&words, "%s %s", column, entry->test->words);
	for (size_t i = 0; i < rule->value_count; i++)
		buf_printf(&words, "%s %s", i ? "," : "", rule->values[i]);
	if (entry->test->values == A_DATE)
		buf_printf(&words, " %s", entry->value->text.ptr);
	if (buf_check(&words, entry->reader->err))
		return -1;
	return reader_keep(entry->reader, buf_span(&words), &entry->rule->words);
}

static int
read_rule(struct entry *entry)
{
	const struct tree *column = entry->node->first;

	if (!tree_is_sequence(entry->node) || !column || !column->next ||
	    column->kind != TREE_TEXT || column->next->kind != TREE_TEXT)
		return refuse_shape(entry, entry->node);
	entry->value = column->next->next;
	entry->test = find_test(column->next->text);
	if (!entry->test)
		return refuse_test(entry, column->next);
	entry->rule->test = entry->test->test;
	if (read_value(entry) || reader_keep(entry->reader, column->text, &entry->rule->column))
		return -1;
	return add_words(entry, entry->rule->column);
}

int
filter_read(const struct reader *reader, const struct option *option, const struct tree *node,
    struct settings_source *source)
{
	struct recipe_rule *rules;
	size_t count = 0;

	if (reader_expect(reader, option, node, TREE_LIST))
		return -1;
	if (node->count > LIMIT_COLUMNS)
		return complain_at(reader->script, node->at, reader->err,
		    "`sources.only` has too many rules\none for a column is enough: \"in\" takes many "
		    "values");
	rules = arena_array(&reader->settings->arena, node->count, sizeof(*rules));
	if (!rules)
		return err_memory(reader->err);
	for (const struct tree *rule = node->first; rule; rule = rule->next) {
		struct entry entry = { .reader = reader, .node = rule, .rule = &rules[count++] };

		if (read_rule(&entry))
			return -1;
	}
	source->rules = rules;
	source->rule_count = count;
	return 0;
}
