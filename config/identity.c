#include "platform.h"

#include <assert.h>
#include <inttypes.h>

#include "config/identity.h"
#include "config/options.h"

/* One group on its way into the text. */
struct writer {
	const struct settings *settings;
	const struct settings_source *source; /* NULL: settings of the job */
	struct buf *to;
};

/* In quotation marks, so that lists of texts are unambiguous and a line end cannot pass for one. */
static void
add_text(struct buf *to, const char *text)
{
	buf_add_byte(to, '"');
	for (; *text; text++) {
		if (*text == '\n')
			buf_add_text(to, "\\n");
		else if (*text == '"' || *text == '\\')
			buf_printf(to, "\\%c", *text);
		else
			buf_add_byte(to, *text);
	}
	buf_add_byte(to, '"');
}

static void
add_inputs(struct buf *to, const struct settings_source *source)
{
	for (size_t i = 0; i < source->pattern_count; i++)
		add_text(to, source->patterns[i].written);
}

static void
add_header(struct buf *to, const struct settings_source *source)
{
	for (size_t i = 0; i < source->header_count; i++)
		add_text(to, source->header[i].text);
}

static void
add_how(struct buf *to, const struct recipe_how *how)
{
	buf_add_byte(to, '(');
	for (size_t step = 0; step < how->step_count; step++)
		add_text(to, how->steps[step].words);
	buf_add_byte(to, ')');
}

/* Behind a pair in ( ), so that no how can pass for the next column. */
static void
add_columns(struct buf *to, const struct settings_source *source)
{
	for (size_t i = 0; i < source->column_count; i++) {
		const struct settings_column *column = &source->columns[i];

		add_text(to, column->from);
		add_text(to, column->to);
		if (column->how.step_count)
			add_how(to, &column->how);
	}
}

static void
add_rules(struct buf *to, const struct settings_source *source)
{
	for (size_t i = 0; i < source->rule_count; i++) {
		const struct recipe_rule *rule = &source->rules[i];

		add_text(to, rule->words);
		buf_add_byte(to, '(');
		for (size_t value = 0; value < rule->value_count; value++)
			add_text(to, rule->values[value]);
		if (rule->day)
			buf_add_text(to, dates_name(rule->form));
		buf_add_byte(to, ')');
	}
}

static void
add_histories(struct buf *to, const struct settings_source *source)
{
	for (size_t i = 0; i < source->history_count; i++) {
		const struct recipe_history *history = &source->histories[i];

		add_text(to, history->words);
		buf_add_text(to, history->columns ? "columns" : "column");
		if (!history->columns)
			add_text(to, history->separator);
		add_how(to, &history->election);
		if (history->has_method)
			add_how(to, &history->method);
	}
}

static void
add_clean(struct buf *to, const struct settings_clean *clean)
{
	buf_printf(to, "%s%s", clean->returns ? "returns " : "", clean->quotes ? "quotes " : "");
}

static void
add_entry(struct buf *to, const char *from, const struct recipe_entry *entry)
{
	add_text(to, from);
	add_text(to, entry->action == RECIPE_BLANK ? "" : entry->to);
}

static bool
how_uses(const struct recipe_how *how, const struct recipe_map *map)
{
	for (size_t step = 0; step < how->step_count; step++) {
		if (how->steps[step].map == map)
			return true;
	}
	return false;
}

static bool
uses_map(const struct settings_source *source, const struct recipe_map *map)
{
	bool is_used = false;

	for (size_t i = 0; i < source->column_count; i++)
		is_used = is_used || how_uses(&source->columns[i].how, map);
	for (size_t i = 0; i < source->history_count; i++)
		is_used = is_used || how_uses(&source->histories[i].election, map) ||
		    how_uses(&source->histories[i].method, map);
	return is_used;
}

/* What no column uses changes nothing that is sent. */
static void
add_map(struct buf *to, const struct settings *settings, const struct recipe_map *map)
{
	bool is_used = false;

	for (size_t i = 0; i < settings->source_count; i++)
		is_used = is_used || uses_map(&settings->sources[i], map);
	if (!is_used)
		return;
	buf_printf(to, "maps.%s=", map->name);
	for (size_t i = 0; i < map->entry_count; i++)
		add_entry(to, map->entries[i].from, &map->entries[i]);
	if (map->has_other)
		add_entry(to, "*", &map->other);
	buf_add_byte(to, '\n');
}

static void
add_constants(struct buf *to, const struct settings_source *source)
{
	for (size_t i = 0; i < source->constant_count; i++) {
		add_text(to, source->constants[i].field);
		add_text(to, source->constants[i].value);
	}
}

static void
add_fields(struct buf *to, const struct settings_source *source)
{
	for (size_t i = 0; i < source->extra_field_count; i++)
		add_text(to, source->extra_fields[i]);
}

static void
add_after(struct buf *to, const struct writer *writer)
{
	for (size_t i = 0; i < writer->source->after_count; i++)
		add_text(to, writer->settings->sources[writer->source->after[i]].name);
}

/* The word for the member's value; it came from this table. */
static const char *
word_of(const struct option *option, const void *member)
{
	unsigned value = *(const unsigned char *)member;
	const struct options_word *word = option->words;

	/* Enumerations have fewer than 256 values: their other bytes are zero, whatever their
	 * order. */
	for (size_t i = 1; i < option->size; i++)
		value |= ((const unsigned char *)member)[i];
	while (word->name && word->value != value)
		word++;
	assert(word->name);
	return word->name;
}

static void
add_value(const struct writer *writer, const struct option *option, const void *member)
{
	struct buf *to = writer->to;

	switch ((int)option->kind) {
	case OPTIONS_TRUTH:
		buf_add_text(to, *(const bool *)member ? "true" : "false");
		break;
	case OPTIONS_COUNT:
	case OPTIONS_SIZE:
		buf_printf(to, "%" PRIu64, *(const uint64_t *)member);
		break;
	case OPTIONS_WORD:
		buf_add_text(to, word_of(option, member));
		break;
	case OPTIONS_TEXT:
	case OPTIONS_ENCODING:
		add_text(to, *(const char *const *)member);
		break;
	case OPTIONS_INPUTS:
		add_inputs(to, writer->source);
		break;
	case OPTIONS_HEADER:
		add_header(to, writer->source);
		break;
	case OPTIONS_COLUMNS:
		add_columns(to, writer->source);
		break;
	case OPTIONS_CONSTANTS:
		add_constants(to, writer->source);
		break;
	case OPTIONS_CLEAN:
		add_clean(to, member);
		break;
	case OPTIONS_ONLY:
		add_rules(to, writer->source);
		break;
	case OPTIONS_HISTORY:
		add_histories(to, writer->source);
		break;
	case OPTIONS_FIELDS:
		add_fields(to, writer->source);
		break;
	case OPTIONS_AFTER:
		add_after(to, writer);
		break;
	default:
		assert(0 && "a setting that binds a load and has no way to be written");
	}
}

/* Settings of a later version where they are not used. */
static bool
is_unused(const struct writer *writer, const struct option *option)
{
	const struct settings_source *source = writer->source;

	if (option->kind == OPTIONS_ONLY)
		return source->rule_count == 0;
	if (option->kind == OPTIONS_HISTORY)
		return source->history_count == 0;
	return option->kind == OPTIONS_CLEAN && !source->clean.returns && !source->clean.quotes;
}

static int
add_option(const struct option *option, void *context)
{
	const struct writer *writer = context;
	bool is_of_sources = span_is(span_of(option->group), "sources");
	const void *base = writer->source ? (const void *)writer->source : writer->settings;

	if (!option->binds || is_of_sources != (writer->source != NULL) ||
	    is_unused(writer, option))
		return 0;
	if (is_of_sources)
		buf_printf(writer->to, "sources.%s.%s=", writer->source->name, option->name);
	else
		buf_printf(writer->to, "%s.%s=", option->group, option->name);
	add_value(writer, option, (const char *)base + option->offset);
	buf_add_byte(writer->to, '\n');
	return 0;
}

void
identity_write(const struct settings *settings, struct buf *to)
{
	struct writer writer = { settings, NULL, to };

	buf_printf(to, "nation=%s\nsources=", settings->nation.url);
	for (size_t i = 0; i < settings->source_count; i++)
		add_text(to, settings->sources[i].name);
	buf_add_byte(to, '\n');
	for (size_t i = 0; i < settings->source_count; i++) {
		writer.source = &settings->sources[i];
		options_each(add_option, &writer);
	}
	writer.source = NULL;
	options_each(add_option, &writer);
	for (size_t i = 0; i < settings->map_count; i++)
		add_map(to, settings, &settings->maps[i]);
}

/* The value of `name` in a text; its ptr is NULL if there is none. */
static struct span
value_of(struct span text, struct span name)
{
	while (text.ptr) {
		struct span value = span_next(&text, '\n');
		struct span key = span_next(&value, '=');

		if (value.ptr && span_equal(key, name))
			return value;
	}
	return SPAN_NONE;
}

/* The first name of `text` whose value in `other` is another one, or none. */
static struct span
first_unlike(struct span text, struct span other)
{
	while (text.ptr) {
		struct span value = span_next(&text, '\n');
		struct span name = span_next(&value, '=');
		struct span there = value_of(other, name);

		if (value.ptr && (!there.ptr || !span_equal(value, there)))
			return name;
	}
	return SPAN_NONE;
}

struct span
identity_difference(struct span before, struct span now)
{
	struct span name = first_unlike(before, now);

	return name.len ? name : first_unlike(now, before);
}

struct span
identity_value(struct span text, const char *name)
{
	return value_of(text, span_of(name));
}
