#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/lint/day.h"
#include "runner/lint/lint.h"
#include "runner/lint/shapes.h"
#include "runner/source/digest.h"

enum {
	/* Text columns of the nation hold 255. */
	LONGEST_BYTES = 255,
	OLDEST_YEARS = 120,
	/* What an id is hashed with: its field's name, state, county and itself. */
	ID_BYTES = 512,
};

/* What a field's values must look like. */
enum look {
	LOOK_ANY,
	LOOK_STATE,
	LOOK_COUNTY,
	LOOK_DATE,
	LOOK_BIRTH,
	LOOK_EMAIL,
	LOOK_PHONE,
	LOOK_NOTE, /* as long as it likes */
};

struct lint_column {
	uint32_t source;
	char field[LINT_FIELD_BYTES];
	enum look look;
	uint64_t filled;
	size_t findings[LINT_KIND_COUNT]; /* 1 + the index; 0: none yet */
	struct spellings spellings;
};

static const struct lint_id id_kinds[] = {
	{ "id", false, false, { NULL } },
	{ "state_file_id", true, false, { NULL } },
	{ "county_file_id", true, true, { NULL } },
	{ "external_id", false, false, { NULL } },
	{ "email", false, false, { NULL } },
	{ "nbec_guid", false, false, { NULL } },
	{ "van_id", false, false, { NULL } },
	{ "ngp_id", false, false, { NULL } },
	{ "civicrm_id", false, false, { NULL } },
	{ "salesforce_id", false, false, { NULL } },
	{ "datatrust_id", false, false, { NULL } },
	{ "dw_id", false, false, { NULL } },
	{ "pf_strat_id", false, false, { NULL } },
	{ "rnc_id", false, false, { NULL } },
	{ "rnc_regid", false, false, { NULL } },
};

const char *
lint_word(enum lint_kind kind)
{
	static const char *const words[] = {
#define X(name, word, text) word,
		LINT_KINDS(X)
#undef X
	};

	return words[kind];
}

const char *
lint_text(enum lint_kind kind)
{
	static const char *const texts[] = {
#define X(name, word, text) text,
		LINT_KINDS(X)
#undef X
	};

	return texts[kind];
}

int
lint_init(struct lint *lint, const struct lint_options *options, struct err *err)
{
	*lint = (struct lint){ .options = *options, .state = -1, .county = -1 };
	lint->ids.most = options->most_ids;
	lint->kinds = malloc(sizeof(id_kinds));
	lint->id_values = calloc(ARRAY_COUNT(id_kinds), sizeof(*lint->id_values));
	if (!lint->kinds || !lint->id_values)
		return err_memory(err);
	memcpy(lint->kinds, id_kinds, sizeof(id_kinds));
	return 0;
}

void
lint_done(struct lint *lint)
{
	for (size_t i = 0; i < lint->column_count; i++)
		spellings_done(&lint->columns[i].spellings);
	for (size_t i = 0; lint->kinds && i < ARRAY_COUNT(id_kinds); i++)
		twins_done(&lint->kinds[i].twins);
	hashes_done(&lint->ids);
	free(lint->kinds);
	free(lint->id_values);
	free(lint->columns);
	free(lint->row);
	free(lint->findings);
	*lint = (struct lint){ .findings = NULL };
}

/* ---- findings ---- */

static struct lint_finding *
add_finding(struct lint *lint, enum lint_kind kind, uint32_t source, struct span field,
    struct err *err)
{
	struct lint_finding *finding;

	if (lint->count == lint->room) {
		size_t room = lint->room ? 2 * lint->room : 32;
		struct lint_finding *findings =
		    realloc(lint->findings, room * sizeof(*lint->findings));

		if (!findings) {
			err_memory(err);
			return NULL;
		}
		lint->findings = findings;
		lint->room = room;
	}
	finding = &lint->findings[lint->count++];
	*finding = (struct lint_finding){ .kind = kind, .source = source };
	span_copy(finding->field, sizeof(finding->field), field);
	return finding;
}

/* Cut between characters. */
static void
copy_value(char to[static LINT_VALUE_BYTES], struct span value)
{
	static const char cut[] = "...";
	size_t len = LINT_VALUE_BYTES - sizeof(cut);

	if (span_copy(to, LINT_VALUE_BYTES, value))
		return;
	while (len > 0 && ((unsigned char)to[len] & 0xC0) == 0x80)
		len--;
	memcpy(to + len, cut, sizeof(cut));
}

/* The example to be filled in, or NULL where there are enough. */
static struct lint_example *
next_example(struct lint_finding *finding, struct span value)
{
	struct lint_example *example;

	if (finding->example_count == LINT_EXAMPLES)
		return NULL;
	example = &finding->examples[finding->example_count++];
	*example = (struct lint_example){ .row = 0 };
	copy_value(example->value, value);
	return example;
}

struct place {
	uint64_t row, line;
};

static int
find(struct lint *lint, struct lint_column *column, enum lint_kind kind, struct place place,
    struct span value, struct err *err)
{
	struct lint_finding *finding;
	struct lint_example *example;

	if (!column->findings[kind]) {
		if (!add_finding(lint, kind, column->source, span_of(column->field), err))
			return -1;
		column->findings[kind] = lint->count;
	}
	finding = &lint->findings[column->findings[kind] - 1];
	finding->rows++;
	example = next_example(finding, value);
	if (!example)
		return 0;
	example->input = lint->input;
	example->row = place.row;
	example->line = place.line;
	return 0;
}

/* ---- an input ---- */

static bool
ends_with(struct span text, const char *end)
{
	struct span wanted = span_of(end);

	return text.len >= wanted.len &&
	       memcmp(text.ptr + text.len - wanted.len, wanted.ptr, wanted.len) == 0;
}

static enum look
look_of(struct span field)
{
	static const struct {
		const char *end;
		enum look look;
	} looks[] = {
		{ "address.state", LOOK_STATE },
		{ "election.state", LOOK_STATE },
		{ "address.county", LOOK_COUNTY },
		{ "born_at", LOOK_BIRTH },
		{ "registered_at", LOOK_DATE },
		{ "election.election_at", LOOK_DATE },
		{ "ballots.cast_at", LOOK_DATE },
		{ "email", LOOK_EMAIL },
		{ "phone_number", LOOK_PHONE },
		{ "mobile_number", LOOK_PHONE },
		{ "fax_number", LOOK_PHONE },
		{ "note", LOOK_NOTE },
		{ "tag_list", LOOK_NOTE },
	};

	for (size_t i = 0; i < ARRAY_COUNT(looks); i++) {
		if (ends_with(field, looks[i].end))
			return looks[i].look;
	}
	return LOOK_ANY;
}

/* Of this source, also from an earlier input; or -1. Longer names are known by their beginning. */
static ptrdiff_t
find_column(const struct lint *lint, uint32_t source, struct span field)
{
	if (field.len >= LINT_FIELD_BYTES)
		field.len = LINT_FIELD_BYTES - 1;
	for (size_t i = 0; i < lint->column_count; i++) {
		if (lint->columns[i].source == source && span_is(field, lint->columns[i].field))
			return (ptrdiff_t)i;
	}
	return -1;
}

static int
add_columns(struct lint *lint, const struct span *names, size_t count, struct err *err)
{
	struct lint_column *columns =
	    realloc(lint->columns, (lint->column_count + count + 1) * sizeof(*columns));

	if (!columns)
		return err_memory(err);
	lint->columns = columns;
	for (size_t i = 0; i < count; i++) {
		struct lint_column *column = &columns[lint->column_count];

		if (find_column(lint, lint->source, names[i]) >= 0)
			continue;
		*column = (struct lint_column){ .source = lint->source, .look = look_of(names[i]) };
		span_copy(column->field, sizeof(column->field), names[i]);
		lint->column_count++;
	}
	return 0;
}

static int
index_of(const struct span *names, size_t count, const char *field)
{
	for (size_t i = 0; i < count; i++) {
		if (span_is(names[i], field))
			return (int)i;
	}
	return -1;
}

int
lint_begin(struct lint *lint, uint32_t source, uint32_t input, bool is_people,
    const struct span *names, size_t count, struct err *err)
{
	struct lint_column **row;

	lint->source = source;
	lint->input = input;
	lint->is_people = is_people;
	if (add_columns(lint, names, count, err))
		return -1;
	row = realloc(lint->row, (count + 1) * sizeof(*row)); /* they may have moved */
	if (!row)
		return err_memory(err);
	lint->row = row;
	lint->row_count = count;
	for (size_t i = 0; i < count; i++)
		row[i] = &lint->columns[find_column(lint, source, names[i])];
	lint->state = index_of(names, count, "registered_address.state");
	lint->county = index_of(names, count, "registered_address.county");
	for (size_t i = 0; i < ARRAY_COUNT(id_kinds); i++)
		lint->id_values[i] = index_of(names, count, id_kinds[i].field);
	return 0;
}

/* ---- a value ---- */

/* One look at every byte, for the two that no voter file should hold. */
static void
see_bytes(struct span value, bool *has_return, bool *has_quote)
{
	*has_return = *has_quote = false;
	for (size_t i = 0; i < value.len; i++) {
		*has_return |= value.ptr[i] == '\n' || value.ptr[i] == '\r';
		*has_quote |= value.ptr[i] == '"';
	}
}

/* What its field says against it; LINT_KIND_COUNT: nothing. */
static enum lint_kind
judge(const struct lint *lint, const struct lint_column *column, struct span value)
{
	uint32_t today = lint->options.today;
	uint32_t day;

	switch (column->look) {
	case LOOK_STATE:
		return shapes_is_state(value) ? LINT_KIND_COUNT : LINT_STATE;
	case LOOK_EMAIL:
		return shapes_is_email(value) ? LINT_KIND_COUNT : LINT_EMAIL;
	case LOOK_PHONE:
		return shapes_is_phone(value) ? LINT_KIND_COUNT : LINT_PHONE;
	case LOOK_DATE:
	case LOOK_BIRTH:
		day = day_of(value);
		if (day == 0)
			return LINT_DATE;
		if (today && day > today)
			return LINT_FUTURE;
		if (today && column->look == LOOK_BIRTH && day + OLDEST_YEARS * 10000 < today)
			return LINT_OLD;
		return LINT_KIND_COUNT;
	case LOOK_ANY:
	case LOOK_COUNTY:
	case LOOK_NOTE:
		break;
	}
	return LINT_KIND_COUNT;
}

static int
see_value(struct lint *lint, struct lint_column *column, struct place place, struct span value,
    struct err *err)
{
	struct span inner = span_trim(value);
	bool has_return, has_quote;
	enum lint_kind kind;

	if (inner.len == 0)
		return 0;
	column->filled++;
	see_bytes(inner, &has_return, &has_quote);
	if (has_return && find(lint, column, LINT_RETURNS, place, inner, err))
		return -1;
	if (has_quote && find(lint, column, LINT_QUOTES, place, inner, err))
		return -1;
	if (inner.len > LONGEST_BYTES && column->look != LOOK_NOTE &&
	    find(lint, column, LINT_LONG, place, inner, err))
		return -1;
	if (column->look == LOOK_ANY)
		return 0;
	if (column->look == LOOK_COUNTY &&
	    spellings_add(&column->spellings, value, place.line, err))
		return -1;
	kind = judge(lint, column, inner);
	return kind == LINT_KIND_COUNT ? 0 : find(lint, column, kind, place, inner, err);
}

/* ---- ids ---- */

static void
add_part(char bytes[ID_BYTES], size_t *len, struct span part)
{
	size_t room = ID_BYTES - 1 - *len;
	size_t taken = part.len < room ? part.len : room;

	if (part.ptr)
		memcpy(bytes + *len, part.ptr, taken);
	bytes[*len + taken] = '\0';
	*len += taken + (taken < room);
}

static struct span
value_at(const struct span *values, int index)
{
	return index < 0 ? SPAN_NONE : span_trim(values[index]);
}

static uint64_t
hash_of(const struct lint *lint, const struct lint_id *kind, struct span id,
    const struct span *values)
{
	char bytes[ID_BYTES];
	size_t len = 0;

	add_part(bytes, &len, span_of(kind->field));
	if (kind->has_state)
		add_part(bytes, &len, value_at(values, lint->state));
	if (kind->has_county)
		add_part(bytes, &len, value_at(values, lint->county));
	add_part(bytes, &len, id);
	return digest_quick(bytes, len);
}

static int
see_id(struct lint *lint, size_t index, struct place place, struct span id,
    const struct span *values, struct err *err)
{
	struct lint_id *kind = &lint->kinds[index];
	uint64_t hash = hash_of(lint, kind, id, values);

	if (!lint->is_second)
		return hashes_add(&lint->ids, hash, err);
	if (!hashes_are_twice(&lint->ids, hash))
		return 0;
	return twins_add(&kind->twins, hash, id,
	    (struct twin_place){ lint->source, lint->input, place.row, place.line }, err);
}

static int
see_ids(struct lint *lint, struct place place, const struct span *values, struct err *err)
{
	struct lint_column *column = NULL;
	bool has_id = false;

	for (size_t i = 0; i < ARRAY_COUNT(id_kinds); i++) {
		struct span id = value_at(values, lint->id_values[i]);

		if (lint->id_values[i] >= 0 && !column)
			column = lint->row[lint->id_values[i]];
		if (id.len == 0)
			continue;
		has_id = true;
		if (see_id(lint, i, place, id, values, err))
			return -1;
	}
	if (has_id || !column || lint->is_second)
		return 0;
	return find(lint, column, LINT_IDENTITY, place, SPAN_NONE, err);
}

int
lint_row(struct lint *lint, uint64_t row, uint64_t line, const struct span *values,
    struct err *err)
{
	struct place place = { row, line };

	if (lint->is_people && see_ids(lint, place, values, err))
		return -1;
	if (lint->is_second)
		return 0;
	lint->rows++;
	for (size_t i = 0; i < lint->row_count; i++) {
		if (see_value(lint, lint->row[i], place, values[i], err))
			return -1;
	}
	return 0;
}

bool
lint_settle(struct lint *lint)
{
	lint->ids_left_off = lint->ids.left_off;
	hashes_settle(&lint->ids);
	lint->is_second = lint->ids.twice > 0;
	return lint->is_second;
}

/* ---- the end ---- */

static int
tell_twins(struct lint *lint, struct lint_id *kind, struct err *err)
{
	size_t count = twins_settle(&kind->twins);
	struct lint_finding *finding;

	lint->ids_left_off += kind->twins.left_off;
	if (count == 0)
		return 0;
	finding = add_finding(
	    lint, LINT_DUPLICATE, kind->twins.slots[0].first.source, span_of(kind->field), err);
	if (!finding)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct twin *twin = &kind->twins.slots[i];
		struct lint_example *example = next_example(finding, span_of(twin->text));

		finding->rows += twin->rows;
		if (!example)
			continue;
		example->input = twin->first.input;
		example->row = twin->first.row;
		example->line = twin->first.line;
		example->other = twin->second;
		example->rows = twin->rows;
	}
	return 0;
}

static int
tell_spellings(struct lint *lint, struct lint_column *column, struct err *err)
{
	struct spellings *spellings = &column->spellings;
	size_t alike;

	spellings_settle(spellings);
	for (size_t at = 0; at < spellings->count; at += alike) {
		struct lint_finding *finding;

		alike = spellings_alike(spellings, at);
		if (alike == 1)
			continue;
		finding = add_finding(
		    lint, LINT_SPELLINGS, column->source, span_of(column->field), err);
		if (!finding)
			return -1;
		for (size_t i = at; i < at + alike; i++) {
			struct lint_example *example =
			    next_example(finding, span_of(spellings->all[i].text));

			finding->rows += spellings->all[i].rows;
			if (!example)
				continue;
			example->line = spellings->all[i].line;
			example->rows = spellings->all[i].rows;
		}
	}
	return 0;
}

/* As they are read: source after source, the gravest first. */
static int
compare(const void *one, const void *other)
{
	const struct lint_finding *a = one, *b = other;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->rows != b->rows)
		return a->rows > b->rows ? -1 : 1;
	return strcmp(a->field, b->field);
}

int
lint_finish(struct lint *lint, struct err *err)
{
	for (size_t i = 0; i < ARRAY_COUNT(id_kinds); i++) {
		if (tell_twins(lint, &lint->kinds[i], err))
			return -1;
	}
	for (size_t i = 0; i < lint->column_count; i++) {
		struct lint_column *column = &lint->columns[i];

		if (tell_spellings(lint, column, err))
			return -1;
		if (column->filled == 0 && lint->rows > 0 &&
		    !add_finding(lint, LINT_EMPTY, column->source, span_of(column->field), err))
			return -1;
	}
	if (lint->count)
		qsort(lint->findings, lint->count, sizeof(*lint->findings), compare);
	return 0;
}

int
lint_unknown(struct lint *lint, uint32_t source, struct span field, struct span nearest,
    struct err *err)
{
	struct lint_finding *finding;

	for (size_t i = 0; i < lint->count; i++) {
		if (lint->findings[i].kind == LINT_UNKNOWN && lint->findings[i].source == source &&
		    span_is(field, lint->findings[i].field))
			return 0;
	}
	finding = add_finding(lint, LINT_UNKNOWN, source, field, err);
	if (!finding)
		return -1;
	if (nearest.len)
		next_example(finding, nearest);
	return 0;
}

/* ---- in words ---- */

static void
show_value(struct buf *to, const char *value)
{
	buf_add_byte(to, '"');
	show_safe(to, span_of(value), LINT_VALUE_BYTES);
	buf_add_byte(to, '"');
}

void
lint_show_example(struct buf *to, const struct lint_finding *finding, uint32_t index,
    const char *(*input)(const void *ctx, uint32_t source, uint32_t input), const void *ctx)
{
	const struct lint_example *example = &finding->examples[index];
	char line[SHOW_BYTES], rows[SHOW_BYTES];

	if (finding->kind == LINT_UNKNOWN) {
		buf_printf(to, "did you mean %s?", example->value);
		return;
	}
	if (example->value[0])
		show_value(to, example->value);
	if (finding->kind == LINT_SPELLINGS) {
		buf_printf(to, " in %s row%s, first in line %s", show_count(example->rows, rows),
		    example->rows == 1 ? "" : "s", show_count(example->line, line));
		return;
	}
	buf_printf(to, "%sline %s of ", example->value[0] ? ", " : "",
	    show_count(example->line, line));
	show_safe(to, span_of(input(ctx, finding->source, example->input)), SIZE_MAX);
	if (finding->kind != LINT_DUPLICATE)
		return;
	buf_printf(to, ", line %s of ", show_count(example->other.line, line));
	show_safe(to, span_of(input(ctx, example->other.source, example->other.input)), SIZE_MAX);
	if (example->rows > 2)
		buf_printf(to, ", %s rows in all", show_count(example->rows, rows));
}
