#include "platform.h"

#include <string.h>

#include "config/complain.h"
#include "config/job.h"
#include "config/maps.h"
#include "config/parse.h"
#include "config/reader.h"
#include "config/rules.h"
#include "config/source.h"
#include "config/syntax.h"
#include "config/value.h"
#include "runner/base/buf.h"
#include "runner/base/limits.h"
#include "runner/base/scoped.h"
#include "runner/base/show.h"

/* A group on its way into `base`: the settings, or one of their sources. */
struct group {
	const struct reader *reader;
	const char *name; /* "": the top level */
	const struct tree *node;
	size_t source;
	void *base;
};

static int read_group(const struct group *group);

struct names {
	const char *group;
	struct buf *to;
};

static int
add_name(const struct option *option, void *context)
{
	const struct names *names = context;

	if (span_is(span_of(option->group), names->group))
		buf_printf(names->to, " %s", option->name);
	return 0;
}

static int
refuse_unknown(const struct group *group, const struct tree *node)
{
	const struct option *near = options_suggest(group->name, node->name);
	SCOPED(buf) hint = BUF_INIT;
	struct names names = { group->name, &hint };

	if (!near) {
		buf_add_text(&hint, "known here:");
		options_each(add_name, &names);
	} else if (!span_is(node->name, near->name)) {
		buf_printf(&hint, "did you mean `%s`?", near->name);
	} else if (near->group[0]) {
		buf_printf(&hint, "it belongs into `%s`", near->group);
	} else {
		buf_add_text(&hint, "it belongs to the top level of the job file");
	}
	return complain_at(group->reader->script, node->name_at, group->reader->err,
	    "unknown setting `%s%s%.*s`\n%s", group->name, group->name[0] ? "." : "",
	    SPAN_ARG(node->name), buf_text(&hint));
}

static int
note_place(const struct group *group, const struct option *option, const struct tree *node)
{
	struct settings *settings = group->reader->settings;
	const char *dot = option->group[0] ? "." : "";
	const char *name = arena_join(&settings->arena, option->group, dot, option->name, NULL);

	if (!name ||
	    settings_mark_add(settings, name, group->source,
		script_place(group->reader->script, node->name_at)))
		return err_memory(group->reader->err);
	return 0;
}

static int
read_source(const struct reader *reader, const struct tree *node, size_t index)
{
	struct settings *settings = reader->settings;
	const struct group group = {
		.reader = reader,
		.name = "sources",
		.node = node,
		.source = index,
		.base = &settings->sources[index],
	};

	if (node->kind != TREE_GROUP)
		return complain_at(reader->script, node->at, reader->err,
		    "a source is a group\nwrite  ( { type = \"people\"; input = \"...\"; } )");
	if (settings_mark_add(settings, "sources", index, script_place(reader->script, node->at)))
		return err_memory(reader->err);
	return read_group(&group);
}

static int
read_sources(const struct reader *reader, const struct option *option, const struct tree *node)
{
	struct settings *settings = reader->settings;
	size_t index = 0;

	if (reader_expect(reader, option, node, TREE_LIST))
		return -1;
	if (node->count == 0)
		return complain_at(
		    reader->script, node->at, reader->err, "no source\nadd  %s", option->example);
	if (node->count > LIMIT_SOURCES)
		return complain_at(reader->script, node->at, reader->err,
		    "more than %d sources\nfiles of one layout are one source: input = [ ... ]",
		    LIMIT_SOURCES);
	settings->sources =
	    arena_array(&settings->arena, node->count, sizeof(*settings->sources));
	if (!settings->sources)
		return err_memory(reader->err);
	settings->source_count = node->count;
	for (const struct tree *source = node->first; source; source = source->next) {
		if (read_source(reader, source, index++))
			return -1;
	}
	return 0;
}

static int
read_member(const struct group *group, const struct option *option, const struct tree *node)
{
	struct group inner = *group;

	switch ((int)option->kind) {
	case OPTIONS_GROUP:
		inner.name = option->name;
		inner.node = node;
		if (reader_expect(group->reader, option, node, TREE_GROUP) ||
		    note_place(group, option, node))
			return -1;
		return read_group(&inner);
	case OPTIONS_SOURCES:
		return read_sources(group->reader, option, node);
	case OPTIONS_INPUTS:
	case OPTIONS_HEADER:
	case OPTIONS_COLUMNS:
	case OPTIONS_CONSTANTS:
	case OPTIONS_FIELDS:
	case OPTIONS_AFTER:
	case OPTIONS_ONLY:
	case OPTIONS_HISTORY:
		return note_place(group, option, node) ||
			source_read(group->reader, option, node, group->base)
		    ? -1
		    : 0;
	case OPTIONS_MAPS:
		return note_place(group, option, node) || maps_read(group->reader, option, node)
		    ? -1
		    : 0;
	default:
		return note_place(group, option, node) ||
			value_read(group->reader, option, node, group->base)
		    ? -1
		    : 0;
	}
}

static int
refuse_missing(const struct group *group, const struct option *option)
{
	const struct reader *reader = group->reader;
	SCOPED(buf) name = BUF_INIT;

	options_show_name(option, &name);
	return complain_at(reader->script, group->node->name_at, reader->err,
	    "`%s` is missing\nadd  %s", buf_text(&name), option->example);
}

/* Gives an option its default, or refuses to. A group without settings has theirs. */
static int
fill_missing(const struct option *option, void *context)
{
	static const struct tree nothing = { .kind = TREE_GROUP };
	const struct group *group = context;
	struct group inner = *group;

	if (!span_is(span_of(option->group), group->name) ||
	    tree_member(group->node, option->name))
		return 0;
	if (option->is_required)
		return refuse_missing(group, option);
	if (option->kind == OPTIONS_GROUP) {
		inner.name = option->name;
		inner.node = &nothing;
		return read_group(&inner);
	}
	if (option->kind >= OPTIONS_INPUTS)
		return 0; /* no list: no entries */
	return value_default(group->reader, option, group->base);
}

static int
read_group(const struct group *group)
{
	for (const struct tree *node = group->node->first; node; node = node->next) {
		const struct option *option = options_find(group->name, node->name);

		if (!option)
			return refuse_unknown(group, node);
		if (read_member(group, option, node))
			return -1;
	}
	return options_each(fill_missing, (void *)group);
}

/* ---- the file ---- */

static int
name_job(struct settings *settings, const char *path, struct err *err)
{
	static const char end[] = ".cfg";
	const char *slash = strrchr(path, '/');
	struct span name = span_of(slash ? slash + 1 : path);
	struct span folder = { path, slash ? (size_t)(slash - path) : 0 };
	SCOPED(buf) command = BUF_INIT;

	if (slash == path)
		folder.len = 1;
	if (name.len >= strlen(end) && strcmp(name.ptr + name.len - strlen(end), end) == 0)
		name.len -= strlen(end);
	if (name.len == 0)
		return err_set(err, ERR_JOB,
		    "%s: a job file needs a name before .cfg: its run folder is NAME.run\n"
		    "Nothing was sent.",
		    path);
	settings->path = arena_text(&settings->arena, span_of(path));
	show_word(&command, span_of(path));
	if (buf_check(&command, err))
		return -1;
	settings->command = arena_text(&settings->arena, buf_span(&command));
	settings->name = arena_text(&settings->arena, name);
	settings->folder = arena_text(&settings->arena, folder.len ? folder : span_of("."));
	if (!settings->path || !settings->command || !settings->name || !settings->folder)
		return err_memory(err);
	return 0;
}

static int
read_script(const struct script *script, const struct job_options *options,
    struct settings *settings, struct err *err)
{
	struct arena *arena = &settings->arena;
	struct tree *root;
	struct reader reader = { script, NULL, settings, options->home, err };
	struct group job = { .reader = &reader, .name = "", .base = settings };

	if (syntax_read(script, arena, &root, err) || parse_values(script, arena, root, err))
		return -1;
	reader.root = job.node = root;
	if (read_group(&job))
		return -1;
	return rules_check(&reader);
}

/* `text` NULL: the file itself. */
static int
read_job(const struct job_options *options, const struct span *text, struct settings *settings,
    struct err *err)
{
	SCOPED(settings) made;
	SCOPED(script) script;
	int failed;

	settings_init(&made);
	script_init(&script, ".", &made.arena);
	if (name_job(&made, options->path, err))
		return -1;
	script.folder = made.folder;
	failed = text ? script_read_text(&script, options->path, *text, err)
		      : script_read_file(&script, options->path, err);
	if (failed || read_script(&script, options, &made, err))
		return -1;
	*settings = made;
	settings_init(&made); /* nothing left to give back */
	return 0;
}

int
job_read(const struct job_options *options, struct settings *settings, struct err *err)
{
	return read_job(options, NULL, settings, err);
}

int
job_read_text(const struct job_options *options, struct span text, struct settings *settings,
    struct err *err)
{
	return read_job(options, &text, settings, err);
}
