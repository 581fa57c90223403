#include "platform.h"

#include <string.h>

#include "config/complain.h"
#include "config/history.h"
#include "config/steps.h"
#include "runner/base/suggest.h"

static const char *const members[] = { "columns", "column", "separator", "election", "method" };

#define EXAMPLE "{ columns = \"GENERAL-*\"; election = \"date MM/DD/YYYY after '-'\"; }"

static int
check_member(const struct reader *reader, const struct tree *member)
{
	struct suggest suggest = suggest_for(member->name);
	struct span near;

	for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
		if (!span_is(member->name, members[i])) {
			suggest_offer(&suggest, span_of(members[i]));
			continue;
		}
		if (member->kind == TREE_TEXT && member->text.len)
			return 0;
		return complain_at(reader->script, member->at, reader->err,
		    "`%s` of a history is a text\nwrite  " EXAMPLE, members[i]);
	}
	near = suggest_nearest(&suggest);
	if (near.len)
		return complain_at(reader->script, member->name_at, reader->err,
		    "unknown setting `%.*s` of a history\ndid you mean `%.*s`?",
		    SPAN_ARG(member->name), SPAN_ARG(near));
	return complain_at(reader->script, member->name_at, reader->err,
	    "unknown setting `%.*s` of a history\nknown here: columns column separator election "
	    "method",
	    SPAN_ARG(member->name));
}

static int
check_members(const struct reader *reader, const struct tree *entry)
{
	const struct tree *columns = tree_member(entry, "columns");
	const struct tree *column = tree_member(entry, "column");
	const struct tree *separator = tree_member(entry, "separator");

	if (!columns == !column)
		return complain_at(reader->script, entry->at, reader->err,
		    "a history needs `columns`, or `column` and `separator`\nwrite  " EXAMPLE);
	if (!column != !separator)
		return complain_at(reader->script, column ? column->at : separator->at, reader->err,
		    "`column` and `separator` of a history go together\nwrite  { column = "
		    "\"VoterHistory\"; separator = \";\"; election = \"...\"; }");
	if (!tree_member(entry, "election"))
		return complain_at(reader->script, entry->at, reader->err,
		    "a history needs `election`\nhow its date is read, as in  " EXAMPLE);
	return 0;
}

static int
keep_member(const struct reader *reader, const struct tree *entry, const char *name,
    const char **kept)
{
	const struct tree *member = tree_member(entry, name);

	return member ? reader_keep(reader, member->text, kept) : 0;
}

static int
read_entry(const struct reader *reader, const struct tree *entry, struct recipe_history *history)
{
	if (entry->kind != TREE_GROUP)
		return complain_at(reader->script, entry->at, reader->err,
		    "`sources.history` is a list of groups\nwrite  ( " EXAMPLE " )");
	for (const struct tree *member = entry->first; member; member = member->next) {
		if (check_member(reader, member))
			return -1;
	}
	if (check_members(reader, entry) ||
	    keep_member(reader, entry, "columns", &history->columns) ||
	    keep_member(reader, entry, "column", &history->column) ||
	    keep_member(reader, entry, "separator", &history->separator))
		return -1;
	history->words = history->columns ? history->columns : history->column;
	history->has_method = tree_member(entry, "method") != NULL;
	return 0;
}

int
history_read(const struct reader *reader, const struct option *option, const struct tree *node,
    struct settings_source *source)
{
	struct recipe_history *histories;
	size_t count = 0;

	if (reader_expect(reader, option, node, TREE_LIST))
		return -1;
	histories = arena_array(&reader->settings->arena, node->count, sizeof(*histories));
	if (!histories)
		return err_memory(reader->err);
	for (const struct tree *entry = node->first; entry; entry = entry->next) {
		if (read_entry(reader, entry, &histories[count++]))
			return -1;
	}
	source->histories = histories;
	source->history_count = count;
	return 0;
}

static int
read_steps(const struct reader *reader, const struct tree *entry, struct recipe_history *history)
{
	const struct tree *method = tree_member(entry, "method");

	if (steps_read_election(reader, tree_member(entry, "election"), &history->election))
		return -1;
	return method ? steps_read(reader, method, &history->method) : 0;
}

int
history_finish(const struct reader *reader, size_t index)
{
	struct settings_source *source = &reader->settings->sources[index];
	const struct tree *node = tree_member(reader_source(reader, index), "history");
	const struct tree *entry = node ? node->first : NULL;

	if (entry && source->type != SETTINGS_BALLOT)
		return complain_at(reader->script, node->name_at, reader->err,
		    "`sources.history` belongs to ballots\nwrite  type = \"ballot\";  or remove it");
	for (size_t i = 0; entry; i++, entry = entry->next) {
		struct recipe_history *history = &source->histories[i];

		if (history->has_method != source->histories[0].has_method)
			return complain_at(reader->script, entry->at, reader->err,
			    "one history has a `method`, another has none\nwrite it in all of them, or "
			    "make it a constant");
		if (read_steps(reader, entry, history))
			return -1;
	}
	return 0;
}

bool
history_sends(const struct settings_source *source, const char *field)
{
	if (source->history_count == 0)
		return false;
	return strcmp(field, "election.election_at") == 0 ||
	    (source->histories[0].has_method && strcmp(field, "ballots.vote_method") == 0);
}
