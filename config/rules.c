#include "platform.h"

#include <assert.h>
#include <string.h>

#include "config/complain.h"
#include "config/fields.h"
#include "config/history.h"
#include "config/rules.h"
#include "config/steps.h"
#include "runner/base/limits.h"
#include "runner/base/required.h"
#include "runner/base/suggest.h"

/* One source with its place in the file. */
struct subject {
	const struct reader *reader;
	struct settings_source *source;
	const struct tree *node;
	size_t index;
};

static struct subject
subject_of(const struct reader *reader, size_t index)
{
	return (struct subject){ reader, &reader->settings->sources[index],
		reader_source(reader, index), index };
}

/* The setting, or the source that lacks it. */
static const struct tree *
setting_or_source(const struct subject *subject, const char *name)
{
	const struct tree *setting = tree_member(subject->node, name);

	return setting ? setting : subject->node;
}

/* ---- the nation, the ceilings ---- */

static int
check_nation(const struct reader *reader)
{
	const struct tree *nation = tree_member(reader->root, "nation");
	const struct tree *slug, *url;

	assert(nation); /* it is required */
	slug = tree_member(nation, "slug");
	url = tree_member(nation, "url");
	if (slug && url)
		return complain_with(reader->script, slug->name_at, url->name_at, reader->err,
		    "both `nation.slug` and `nation.url`\nremove one: they name two nations");
	if (!slug && !url)
		return complain_at(reader->script, nation->name_at, reader->err,
		    "`nation.slug` is missing\nadd  slug = \"ourcampaign\";");
	if (!slug)
		reader->settings->nation.slug = "";
	return 0;
}

/* Of two settings the second must not be below the first. Where the job file leaves it out, its
 * default gives way. */
struct ceiling {
	const char *group, *low_name, *high_name;
	uint64_t low, *high;
};

static int
check_ceiling(const struct reader *reader, const struct ceiling *ceiling)
{
	const struct tree *group = tree_member(reader->root, ceiling->group);
	const struct tree *high = group ? tree_member(group, ceiling->high_name) : NULL;
	const struct tree *low = group ? tree_member(group, ceiling->low_name) : NULL;

	if (*ceiling->high >= ceiling->low)
		return 0;
	if (!high) {
		*ceiling->high = ceiling->low;
		return 0;
	}
	return complain_with(reader->script, low ? low->name_at : high->name_at, high->name_at,
	    reader->err, "`%s.%s` is below `%s.%s`\nraise it, or lower the other", ceiling->group,
	    ceiling->high_name, ceiling->group, ceiling->low_name);
}

static int
check_ceilings(const struct reader *reader)
{
	struct settings *settings = reader->settings;
	const struct ceiling ceilings[] = {
		{ "limits", "uploads", "in_flight", settings->limits.uploads,
		    &settings->limits.in_flight },
		{ "retry", "first_wait", "max_wait", settings->retry.first_wait_ms,
		    &settings->retry.max_wait_ms },
		{ "poll", "first", "most", settings->poll.first_ms, &settings->poll.most_ms },
	};

	for (size_t i = 0; i < ARRAY_COUNT(ceilings); i++) {
		if (check_ceiling(reader, &ceilings[i]))
			return -1;
	}
	return 0;
}

/* ---- names of sources ---- */

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* "a-3" as a name would make the chunk "a-3" one of two. */
static bool
ends_like_a_chunk(const char *name)
{
	size_t len = strlen(name);
	size_t at = len;

	while (at && name[at - 1] >= '0' && name[at - 1] <= '9')
		at--;
	return at && at < len && name[at - 1] == '-';
}

static const char *
name_fault(const char *name)
{
	for (const char *at = name; *at; at++) {
		if (!is_name_byte(*at))
			return "a name has lower-case letters, digits, _ and -";
	}
	if (name[0] == '\0' || name[0] == '-' || name[0] == '_')
		return "a name begins with a letter or a digit";
	if (strlen(name) >= LIMIT_NAME_BYTES)
		return "a name has at most 63 letters";
	if (ends_like_a_chunk(name))
		return "a name does not end in - and digits: that is how a chunk is written";
	if (strcmp(name, "total") == 0)
		return "\"total\" is the last line of summary.csv";
	return NULL;
}

static int
check_name(const struct subject *subject)
{
	const struct reader *reader = subject->reader;
	const struct tree *setting = setting_or_source(subject, "name");
	const char *fault;

	if (!subject->source->name)
		subject->source->name = settings_type_name(subject->source->type);
	fault = name_fault(subject->source->name);
	if (fault)
		return complain_at(reader->script, setting->at, reader->err,
		    "`sources.name` cannot be used\n%s", fault);
	for (size_t i = 0; i < subject->index; i++) {
		const struct subject other = subject_of(reader, i);

		if (strcmp(other.source->name, subject->source->name) == 0)
			return complain_with(reader->script, setting_or_source(&other, "name")->at,
			    setting->at, reader->err,
			    "two sources named \"%s\"\ngive one of them another  name = \"...\";",
			    other.source->name);
	}
	return 0;
}

/* ---- fields ---- */

static bool
is_extra(const struct settings_source *source, struct span field)
{
	for (size_t i = 0; i < source->extra_field_count; i++) {
		if (span_is(field, source->extra_fields[i]))
			return true;
	}
	return false;
}

static int
check_field(const struct subject *subject, const struct tree *text)
{
	const struct reader *reader = subject->reader;
	const struct settings_source *source = subject->source;
	struct span near;

	if (fields_known(source->type, text->text) || is_extra(source, text->text))
		return 0;
	near = fields_suggest(source->type, text->text);
	if (near.len)
		return complain_at(reader->script, text->at, reader->err,
		    "unknown field \"%s\" of %s imports\ndid you mean \"%.*s\"?", text->text.ptr,
		    settings_type_name(source->type), SPAN_ARG(near));
	return complain_at(reader->script, text->at, reader->err,
	    "unknown field \"%s\" of %s imports\nif the nation has it, add it to extra_fields",
	    text->text.ptr, settings_type_name(source->type));
}

/* Calls `each` for the text that names each field sent, in the order of sending, as far as the job
 * file tells: a file's own header it does not know. */
static int
each_field(const struct subject *subject,
    int (*each)(const struct subject *subject, const struct tree *text))
{
	const struct tree *columns = tree_member(subject->node, "columns");
	const struct tree *header = tree_member(subject->node, "header");
	const struct tree *constants = tree_member(subject->node, "constants");
	bool has_columns = columns && columns->count;

	for (const struct tree *pair = has_columns ? columns->first : NULL; pair; pair = pair->next) {
		if (each(subject, pair->first->next))
			return -1;
	}
	for (const struct tree *text = !has_columns && header ? header->first : NULL; text;
	     text = text->next) {
		if (each(subject, text))
			return -1;
	}
	for (const struct tree *pair = constants ? constants->first : NULL; pair; pair = pair->next) {
		if (each(subject, pair->first))
			return -1;
	}
	return 0;
}

struct same_field {
	struct subject subject; /* first: each_field() hands a pointer to it on */
	const struct tree *text;
};

static int
refuse_same(const struct subject *subject, const struct tree *text)
{
	const struct same_field *same = (const struct same_field *)subject;
	const struct reader *reader = subject->reader;

	if (text->at >= same->text->at || !span_equal(text->text, same->text->text))
		return 0;
	return complain_with(reader->script, text->at, same->text->at, reader->err,
	    "field \"%s\" is sent twice\nremove one of the two", text->text.ptr);
}

static int
check_only_once(const struct subject *subject, const struct tree *text)
{
	const struct same_field same = { *subject, text };
	const struct tree *history = tree_member(subject->node, "history");

	if (history_sends(subject->source, text->text.ptr))
		return complain_with(subject->reader->script, history->name_at, text->at,
		    subject->reader->err,
		    "field \"%s\" is sent twice\nthe history sends it: remove it here",
		    text->text.ptr);
	return each_field(&same.subject, refuse_same);
}

/* A column that the job asks for must be in a header that the job file gives. */
static int
check_column(const struct subject *subject, const struct tree *text, struct span wanted)
{
	const struct reader *reader = subject->reader;
	const struct settings_source *source = subject->source;
	struct suggest suggest = suggest_for(wanted);
	struct span near;

	for (size_t i = 0; i < source->header_count; i++) {
		if (span_is(wanted, source->header[i].text))
			return 0;
		suggest_offer(&suggest, span_of(source->header[i].text));
	}
	if (source->header_count == 0)
		return 0;
	near = suggest_nearest(&suggest);
	if (near.len)
		return complain_at(reader->script, text->at, reader->err,
		    "no column \"%.*s\" in `sources.header`\ndid you mean \"%.*s\"?",
		    SPAN_ARG(wanted), SPAN_ARG(near));
	return complain_at(reader->script, text->at, reader->err,
	    "no column \"%.*s\" in `sources.header`\nname it there, or remove it here",
	    SPAN_ARG(wanted));
}

/* "{house} {street}" */
static int
check_joined(const struct subject *subject, const struct tree *text)
{
	const char *at = text->text.ptr;

	while ((at = strchr(at, '{'))) {
		const char *end = strchr(at, '}');
		struct span name = { at + 1, end ? (size_t)(end - at) - 1 : 0 };

		if (name.len == 0 || memchr(name.ptr, '{', name.len))
			return complain_at(subject->reader->script, text->at, subject->reader->err,
			    "a joined column that names none\nwrite the name of each between { and }: "
			    "\"{house} {street}\"");
		if (check_column(subject, text, name))
			return -1;
		at = end + 1;
	}
	return 0;
}

static int
check_from(const struct subject *subject)
{
	const struct tree *columns = tree_member(subject->node, "columns");
	const struct tree *only = tree_member(subject->node, "only");
	const struct tree *history = tree_member(subject->node, "history");

	for (const struct tree *pair = columns ? columns->first : NULL; pair; pair = pair->next) {
		const struct tree *from = pair->first;

		if (strchr(from->text.ptr, '{') ? check_joined(subject, from)
						: check_column(subject, from, from->text))
			return -1;
	}
	for (const struct tree *rule = only ? only->first : NULL; rule; rule = rule->next) {
		if (check_column(subject, rule->first, rule->first->text))
			return -1;
	}
	for (const struct tree *entry = history ? history->first : NULL; entry; entry = entry->next) {
		const struct tree *column = tree_member(entry, "column");

		if (column && check_column(subject, column, column->text))
			return -1;
	}
	return 0;
}

/* The maps that they name may stand behind them in the job file. */
static int
read_hows(const struct subject *subject)
{
	const struct tree *columns = tree_member(subject->node, "columns");
	struct settings_column *column = subject->source->columns;

	for (const struct tree *pair = columns ? columns->first : NULL; pair;
	     pair = pair->next, column++) {
		const struct tree *how = pair->first->next->next;

		if (how && steps_read(subject->reader, how, &column->how))
			return -1;
	}
	return 0;
}

static bool
sends(const void *context, const char *name)
{
	const struct settings_source *source = context;

	if (history_sends(source, name))
		return true;
	for (size_t i = 0; i < source->column_count; i++) {
		if (strcmp(source->columns[i].to, name) == 0)
			return true;
	}
	for (size_t i = 0; i < source->header_count && source->column_count == 0; i++) {
		if (strcmp(source->header[i].text, name) == 0)
			return true;
	}
	for (size_t i = 0; i < source->constant_count; i++) {
		if (strcmp(source->constants[i].field, name) == 0)
			return true;
	}
	return false;
}

static const char *
constant_country(const struct settings_source *source)
{
	for (size_t i = 0; i < source->constant_count; i++) {
		if (strcmp(source->constants[i].field, "election.country_code") == 0)
			return source->constants[i].value;
	}
	return NULL;
}

/* Without columns and header the fields stand in the input, which nobody has opened yet. */
static int
check_fields_together(const struct subject *subject)
{
	const struct reader *reader = subject->reader;
	const struct settings_source *source = subject->source;
	const struct tree *columns =
	    setting_or_source(subject, source->column_count ? "columns" : "header");
	const struct required_set set = {
		.is_ballot = source->type == SETTINGS_BALLOT,
		.has = sends,
		.context = source,
		.country = span_of(constant_country(source)),
	};
	SCOPED(buf) missing = BUF_INIT;

	if (source->column_count == 0 && source->header_count == 0)
		return 0;
	if (required_missing(&set, &missing)) {
		complain_at(reader->script, columns->name_at, reader->err,
		    "source %s lacks fields that %s imports need\nmissing: %s", source->name,
		    settings_type_name(source->type), buf_text(&missing));
		reader->err->kind = ERR_DATA;
		return -1;
	}
	if (source->in_doubt == SETTINGS_RESUBMIT && !required_identify(&set))
		return complain_at(reader->script, setting_or_source(subject, "in_doubt")->at,
		    reader->err,
		    "`sources.in_doubt` cannot be \"resubmit\" here\nwithout a unique id in every "
		    "row people would be doubled");
	return 0;
}

/* A ballot sent twice is counted twice: no id keeps two of them one. */
static int
check_in_doubt(const struct subject *subject)
{
	const struct reader *reader = subject->reader;

	if (subject->source->in_doubt != SETTINGS_RESUBMIT ||
	    subject->source->type != SETTINGS_BALLOT)
		return 0;
	return complain_at(reader->script, setting_or_source(subject, "in_doubt")->at, reader->err,
	    "`sources.in_doubt` cannot be \"resubmit\" for ballots\nballots sent twice are counted "
	    "twice: write \"probe\" or \"hold\"");
}

static int
check_source(const struct subject *subject)
{
	const struct reader *reader = subject->reader;

	if (check_name(subject) || check_in_doubt(subject) || check_from(subject) ||
	    read_hows(subject) || history_finish(reader, subject->index) ||
	    each_field(subject, check_field) || each_field(subject, check_only_once))
		return -1;
	return check_fields_together(subject);
}

/* ---- order ---- */

static int
refuse_unknown_source(const struct reader *reader, const struct tree *text)
{
	struct suggest suggest = suggest_for(text->text);
	struct span near;

	for (size_t i = 0; i < reader->settings->source_count; i++)
		suggest_offer(&suggest, span_of(reader->settings->sources[i].name));
	near = suggest_nearest(&suggest);
	if (near.len)
		return complain_at(reader->script, text->at, reader->err,
		    "no source is named \"%s\"\ndid you mean \"%.*s\"?", text->text.ptr,
		    SPAN_ARG(near));
	return complain_at(reader->script, text->at, reader->err,
	    "no source is named \"%s\"\n`after` names sources of this job", text->text.ptr);
}

static int
add_after(const struct subject *subject, const struct tree *text)
{
	const struct reader *reader = subject->reader;
	struct settings_source *source = subject->source;
	size_t index = 0;

	while (index < reader->settings->source_count &&
	    !span_is(text->text, reader->settings->sources[index].name))
		index++;
	if (index == reader->settings->source_count)
		return refuse_unknown_source(reader, text);
	for (size_t i = 0; i < source->after_count; i++) {
		if (source->after[i] == index)
			return complain_at(reader->script, text->at, reader->err,
			    "\"%s\" is named twice\nremove it once", text->text.ptr);
	}
	source->after[source->after_count++] = index;
	return 0;
}

static int
fill_after(const struct subject *subject)
{
	struct settings *settings = subject->reader->settings;
	struct settings_source *source = subject->source;
	const struct tree *after = tree_member(subject->node, "after");

	source->after =
	    arena_array(&settings->arena, settings->source_count, sizeof(*source->after));
	if (!source->after)
		return err_memory(subject->reader->err);
	if (after && after->kind == TREE_TEXT)
		return add_after(subject, after);
	for (const struct tree *text = after ? after->first : NULL; text; text = text->next) {
		if (add_after(subject, text))
			return -1;
	}
	for (size_t i = 0; !after && i < settings->source_count; i++) {
		if (source->type == SETTINGS_BALLOT &&
		    settings->sources[i].type == SETTINGS_PEOPLE)
			source->after[source->after_count++] = i;
	}
	return 0;
}

enum visit { UNSEEN, ON_THE_WAY, SEEN };

/* Depth first; what is met again on the way waits for itself. At most LIMIT_SOURCES deep. */
static bool
leads_to_itself(const struct settings *settings, size_t index, enum visit *visits)
{
	const struct settings_source *source = &settings->sources[index];

	if (visits[index] != UNSEEN)
		return visits[index] == ON_THE_WAY;
	visits[index] = ON_THE_WAY;
	for (size_t i = 0; i < source->after_count; i++) {
		if (leads_to_itself(settings, source->after[i], visits))
			return true;
	}
	visits[index] = SEEN;
	return false;
}

static int
check_order(const struct reader *reader)
{
	const struct settings *settings = reader->settings;
	enum visit visits[LIMIT_SOURCES] = { UNSEEN };

	for (size_t i = 0; i < settings->source_count; i++) {
		const struct subject subject = subject_of(reader, i);

		if (leads_to_itself(settings, i, visits))
			return complain_at(reader->script,
			    setting_or_source(&subject, "after")->at, reader->err,
			    "source %s waits for itself\nfollow `after` from source to source, "
			    "and break the circle",
			    settings->sources[i].name);
	}
	return 0;
}

int
rules_check(const struct reader *reader)
{
	if (check_nation(reader) || check_ceilings(reader))
		return -1;
	for (size_t i = 0; i < reader->settings->source_count; i++) {
		const struct subject subject = subject_of(reader, i);

		subject.source->max_rejected_is_set = tree_member(subject.node, "max_rejected");
		if (check_source(&subject))
			return -1;
	}
	for (size_t i = 0; i < reader->settings->source_count; i++) {
		const struct subject subject = subject_of(reader, i);

		if (fill_after(&subject))
			return -1;
	}
	return check_order(reader);
}
