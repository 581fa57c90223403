#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/charset.h"
#include "runner/cli/layouts.h"

/* The value with every {load_id} replaced; kept in layouts->texts. NULL: no memory. */
static const char *
with_load_id(struct layouts *layouts, const char *value, const char *load_id)
{
	struct buf text = BUF_INIT;
	const char *at;

	while ((at = strstr(value, SETTINGS_LOAD_ID))) {
		buf_add(&text, value, (size_t)(at - value));
		buf_add_text(&text, load_id);
		value = at + strlen(SETTINGS_LOAD_ID);
	}
	buf_add_text(&text, value);
	if (buf_failed(&text)) {
		buf_done(&text);
		return NULL;
	}
	layouts->texts[layouts->text_count++] = text.ptr;
	return text.ptr;
}

static int
add_constants(struct layouts *layouts, struct layout_options *options,
    const struct settings_source *source, const char *load_id)
{
	struct layout_constant *constants = calloc(source->constant_count + 1, sizeof(*constants));

	if (!constants)
		return -1;
	options->constants = constants;
	options->constant_count = source->constant_count;
	for (size_t i = 0; i < source->constant_count; i++) {
		constants[i].field = source->constants[i].field;
		constants[i].value = with_load_id(layouts, source->constants[i].value, load_id);
		if (!constants[i].value)
			return -1;
	}
	return 0;
}

static int
add_columns(struct layout_options *options, const struct settings_source *source)
{
	struct layout_column *columns = calloc(source->column_count + 1, sizeof(*columns));
	const char **header = calloc(source->header_count + 1, sizeof(*header));

	options->columns = columns;
	options->header = header;
	if (!columns || !header)
		return -1;
	options->column_count = source->column_count;
	options->header_count = source->header_count;
	for (size_t i = 0; i < source->column_count; i++)
		columns[i] = (struct layout_column){ source->columns[i].from,
			source->columns[i].to, source->columns[i].how };
	for (size_t i = 0; i < source->header_count; i++)
		header[i] = source->header[i].text;
	return 0;
}

static size_t
count_constants(const struct settings *settings)
{
	size_t count = 0;

	for (size_t i = 0; i < settings->source_count; i++)
		count += settings->sources[i].constant_count;
	return count;
}

/* UTF-16 is read from a copy in UTF-8. */
static int
add_encoding(struct layouts *layouts, size_t index, const char *name, struct err *err)
{
	if (charset_find(span_of(name))->kind != CHARSET_BYTES)
		return 0;
	layouts->encodings[index] = calloc(1, sizeof(**layouts->encodings));
	if (!layouts->encodings[index])
		return err_memory(err);
	layouts->of[index].encoding = layouts->encodings[index];
	return encoding_make(layouts->encodings[index], name, err);
}

static int
add_source(struct layouts *layouts, size_t index, const struct settings_source *source,
    const char *load_id, struct err *err)
{
	struct layout_options *options = &layouts->of[index];

	options->dialect =
	    (struct dialect){ source->delimiter, source->quoting, source->clean.quotes,
		    source->clean.returns };
	options->rules = source->rules;
	options->rule_count = source->rule_count;
	options->cleans_returns = source->clean.returns;
	options->cleans_quotes = source->clean.quotes;
	options->histories = source->histories;
	options->history_count = source->history_count;
	if (add_columns(options, source) || add_constants(layouts, options, source, load_id))
		return err_memory(err);
	return add_encoding(layouts, index, source->encoding, err);
}

int
layouts_make(struct layouts *layouts, const struct settings *settings, const char *load_id,
    struct err *err)
{
	*layouts = (struct layouts)LAYOUTS_NONE;
	layouts->of = calloc(settings->source_count + 1, sizeof(*layouts->of));
	layouts->encodings = calloc(settings->source_count + 1, sizeof(*layouts->encodings));
	layouts->texts = calloc(count_constants(settings) + 1, sizeof(*layouts->texts));
	if (!layouts->of || !layouts->encodings || !layouts->texts)
		return err_memory(err);
	layouts->count = settings->source_count;
	for (size_t i = 0; i < settings->source_count; i++) {
		if (add_source(layouts, i, &settings->sources[i], load_id, err))
			return -1;
	}
	return 0;
}

void
layouts_done(struct layouts *layouts)
{
	for (size_t i = 0; i < layouts->count; i++) {
		free((void *)layouts->of[i].columns);
		free((void *)layouts->of[i].header);
		free((void *)layouts->of[i].constants);
		free(layouts->encodings ? layouts->encodings[i] : NULL);
	}
	for (size_t i = 0; i < layouts->text_count; i++)
		free(layouts->texts[i]);
	free(layouts->of);
	free(layouts->encodings);
	free(layouts->texts);
	*layouts = (struct layouts)LAYOUTS_NONE;
}
