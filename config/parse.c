#include "platform.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/complain.h"
#include "config/parse.h"
#include "runner/base/scoped.h"
#include "runner/base/utf8.h"

struct parsed {
	config_t config;
};

static void
parsed_done(struct parsed *parsed)
{
	config_destroy(&parsed->config);
}
SCOPED_BY(parsed, parsed_done)

struct filler {
	const struct script *script;
	struct arena *arena;
	struct err *err;
};

static bool
kinds_agree(enum tree_kind kind, int type)
{
	switch (kind) {
	case TREE_GROUP:
		return type == CONFIG_TYPE_GROUP;
	case TREE_LIST:
		return type == CONFIG_TYPE_LIST;
	case TREE_ARRAY:
		return type == CONFIG_TYPE_ARRAY;
	case TREE_TEXT:
		return type == CONFIG_TYPE_STRING;
	case TREE_NUMBER:
		return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64 ||
		    type == CONFIG_TYPE_FLOAT;
	case TREE_TRUTH:
		return type == CONFIG_TYPE_BOOL;
	}
	return false;
}

static bool
agrees(const struct tree *node, const config_setting_t *setting)
{
	const char *name = setting ? config_setting_name(setting) : NULL;

	return setting && kinds_agree(node->kind, config_setting_type(setting)) &&
	    (size_t)config_setting_length(setting) == node->count &&
	    span_equal(node->name, span_of(name));
}

static int
fill_text(const struct filler *filler, struct tree *node, const config_setting_t *setting)
{
	/* 1.5 has NULL for "". */
	struct span rest = span_of(config_setting_get_string(setting));
	const char *text = arena_text(filler->arena, rest);

	if (!text)
		return err_memory(filler->err);
	while (rest.len) {
		size_t len = utf8_character(rest);

		if (len == 0)
			return complain_at(filler->script, node->at, filler->err,
			    "byte %02X in this text is not UTF-8\n\\x.. stands for one byte; write "
			    "the character itself",
			    (unsigned char)rest.ptr[0]);
		rest.ptr += len;
		rest.len -= len;
	}
	node->text = span_of(text);
	return 0;
}

/* As deep as config/syntax.h lets brackets nest. */
static int
fill(const struct filler *filler, struct tree *node, const config_setting_t *setting)
{
	unsigned index = 0;

	if (!agrees(node, setting))
		return complain_at(filler->script, node->at, filler->err,
		    "libconfig reads this differently\nwrite it in a simpler way");
	if (node->kind == TREE_TEXT)
		return fill_text(filler, node, setting);
	if (node->kind == TREE_TRUTH)
		node->truth = config_setting_get_bool(setting) == CONFIG_TRUE;
	for (struct tree *child = node->first; child; child = child->next) {
		if (fill(filler, child, config_setting_get_elem(setting, index++)))
			return -1;
	}
	return 0;
}

/* The first byte of that line; libconfig counts the lines of the whole script. */
static size_t
start_of_line(const struct script *script, int line)
{
	struct span rest = buf_span(&script->text);

	while (line-- > 1 && rest.ptr)
		span_next(&rest, '\n');
	return rest.ptr ? (size_t)(rest.ptr - buf_text(&script->text)) : 0;
}

/* Where memory ends, libconfig's scanner says so on stderr and calls exit(2), which is no code of ours.
 * Version 1.5 cannot be told otherwise. */
static bool is_in_scanner;

static void
correct_exit_code(void)
{
	if (is_in_scanner)
		_exit(ERR_IO);
}

static int
scan(struct parsed *parsed, const char *text)
{
	static bool is_watched;
	int is_good;

	if (!is_watched)
		is_watched = atexit(correct_exit_code) == 0;
	is_in_scanner = true;
	is_good = config_read_string(&parsed->config, text);
	is_in_scanner = false;
	return is_good;
}

int
parse_values(const struct script *script, struct arena *arena, struct tree *root, struct err *err)
{
	const struct filler filler = { script, arena, err };
	SCOPED(parsed) parsed;

	config_init(&parsed.config);
	if (!scan(&parsed, buf_text(&script->text)))
		return complain_at(script,
		    start_of_line(script, config_error_line(&parsed.config)), err,
		    "%s\nlibconfig says so", config_error_text(&parsed.config));
	return fill(&filler, root, config_root_setting(&parsed.config));
}
