#include "platform.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "config/complain.h"
#include "config/reader.h"

const struct tree *
reader_source(const struct reader *reader, size_t index)
{
	const struct tree *sources = tree_member(reader->root, "sources");
	const struct tree *source = sources ? sources->first : NULL;

	while (source && index--)
		source = source->next;
	assert(source);
	return source;
}

int
reader_keep(const struct reader *reader, struct span text, const char **kept)
{
	const char *copy = arena_text(&reader->settings->arena, text);

	if (!copy)
		return err_memory(reader->err);
	*kept = copy;
	return 0;
}

/* `~` and `~/...` are the home folder, what is not absolute stands beside the job file. */
static int
resolve(const struct reader *reader, const struct tree *node, const char **resolved)
{
	const char *written = node->text.ptr;
	const char *path;

	if (written[0] == '~') {
		if (written[1] != '/' && written[1] != '\0')
			return complain_at(reader->script, node->at, reader->err,
			    "the home folder of another user\nwrite the whole path");
		if (!reader->home)
			return complain_at(reader->script, node->at, reader->err,
			    "~ stands for $HOME, which is not set\nwrite the whole path");
	}
	path = settings_path_of(reader->settings, written, reader->home);
	if (!path)
		return err_memory(reader->err);
	*resolved = path;
	return 0;
}

int
reader_path(const struct reader *reader, const struct tree *node, struct settings_path *path)
{
	struct settings_path read = { .at = script_place(reader->script, node->at) };

	if (reader_keep(reader, node->text, &read.written) ||
	    resolve(reader, node, &read.path))
		return -1;
	*path = read;
	return 0;
}

const char *
reader_name(const struct option *option, char to[static READER_NAME_BYTES])
{
	snprintf(to, READER_NAME_BYTES, "%s%s%s", option->group, option->group[0] ? "." : "",
	    option->name);
	return to;
}

static const char *
kind_words(enum tree_kind kind)
{
	switch (kind) {
	case TREE_GROUP:
		return "a group { }";
	case TREE_LIST:
		return "a list ( )";
	case TREE_ARRAY:
		return "a list [ ]";
	case TREE_TEXT:
		return "a text";
	case TREE_NUMBER:
		return "a number";
	case TREE_TRUTH:
		return "true or false";
	}
	return "";
}

int
reader_expect(const struct reader *reader, const struct option *option,
    const struct tree *node, enum tree_kind kind)
{
	const char *mark = kind == TREE_TEXT ? "\"" : "";
	const char *value = option->fallback ? option->fallback : "{ ... }";
	char name[READER_NAME_BYTES];
	SCOPED(buf) hint = BUF_INIT;

	if (node->kind == kind || (kind == TREE_LIST && node->kind == TREE_ARRAY))
		return 0;
	if (option->example)
		buf_add_text(&hint, option->example);
	else
		buf_printf(&hint, "%s = %s%s%s;", option->name, mark, value, mark);
	return complain_at(reader->script, node->at, reader->err,
	    "`%s` must be %s, not %s\nsuch as  %s", reader_name(option, name), kind_words(kind),
	    kind_words(node->kind), buf_text(&hint));
}
