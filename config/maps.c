#include "platform.h"

#include "config/complain.h"
#include "config/maps.h"

static int
check_pair(const struct reader *reader, const struct tree *pair)
{
	if (!tree_is_sequence(pair) || pair->count != 2)
		return complain_at(reader->script, pair->at, reader->err,
		    "a map is made of pairs\nwrite  ( \"value in the file\", \"value sent\" )");
	for (const struct tree *text = pair->first; text; text = text->next) {
		if (text->kind != TREE_TEXT)
			return complain_at(reader->script, text->at, reader->err,
			    "a map is made of texts\nwrite this part in \"double quotation marks\"");
	}
	return 0;
}

/* What a value in the file is compared with has no blanks at its ends. */
static int
check_new(const struct reader *reader, const struct tree *map, const struct tree *pair)
{
	struct span from = span_trim(pair->first->text);

	for (const struct tree *other = map->first; other != pair; other = other->next) {
		if (span_equal(span_trim(other->first->text), from))
			return complain_with(reader->script, other->at, pair->at, reader->err,
			    "\"%.*s\" is mapped twice\nremove one of the two", SPAN_ARG(from));
	}
	return 0;
}

static enum recipe_action
action_of(struct span to)
{
	if (to.len == 0 || span_is(to, "blank"))
		return RECIPE_BLANK;
	if (span_is(to, "reject"))
		return RECIPE_REJECT;
	return span_is(to, "keep") ? RECIPE_KEEP : RECIPE_SEND;
}

static int
read_entry(const struct reader *reader, const struct tree *pair, struct recipe_entry *entry)
{
	struct span to = pair->first->next->text;

	entry->action = action_of(to);
	return reader_keep(reader, span_trim(pair->first->text), &entry->from) ||
		reader_keep(reader, to, &entry->to)
	    ? -1
	    : 0;
}

static int
read_map(const struct reader *reader, const struct tree *node, struct recipe_map *map)
{
	struct recipe_entry *entries;

	if (!tree_is_sequence(node))
		return complain_at(reader->script, node->at, reader->err,
		    "a map is a list of pairs\nwrite  %.*s = ( ( \"DEM\", \"D\" ), ... );",
		    SPAN_ARG(node->name));
	entries = arena_array(&reader->settings->arena, node->count, sizeof(*entries));
	if (!entries)
		return err_memory(reader->err);
	map->entries = entries;
	for (const struct tree *pair = node->first; pair; pair = pair->next) {
		struct recipe_entry *entry = &entries[map->entry_count];

		if (check_pair(reader, pair) || check_new(reader, node, pair))
			return -1;
		if (span_is(span_trim(pair->first->text), "*")) {
			map->has_other = true;
			entry = &map->other;
		} else {
			map->entry_count++;
		}
		if (read_entry(reader, pair, entry))
			return -1;
	}
	return reader_keep(reader, node->name, &map->name);
}

int
maps_read(const struct reader *reader, const struct option *option, const struct tree *node)
{
	struct settings *settings = reader->settings;
	struct recipe_map *maps;

	if (reader_expect(reader, option, node, TREE_GROUP))
		return -1;
	maps = arena_array(&settings->arena, node->count, sizeof(*maps));
	if (!maps)
		return err_memory(reader->err);
	settings->maps = maps;
	for (const struct tree *map = node->first; map; map = map->next) {
		if (read_map(reader, map, &maps[settings->map_count++]))
			return -1;
	}
	return 0;
}

const struct recipe_map *
maps_find(const struct settings *settings, struct span name)
{
	for (size_t i = 0; i < settings->map_count; i++) {
		if (span_is(name, settings->maps[i].name))
			return &settings->maps[i];
	}
	return NULL;
}
