#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/lint/day.h"
#include "runner/lint/lint.h"
#include "runner/lint/shapes.h"

enum {
	/* Text columns of the nation hold 255. */
	LONGEST_BYTES = 255,
	OLDEST_YEARS = 120,
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
	char field[FINDINGS_FIELD_BYTES];
	enum look look;
	uint64_t filled;
	size_t findings[FINDINGS_KIND_COUNT]; /* 1 + the index; 0: none yet */
	struct spellings spellings;
};

int
lint_init(struct lint *lint, const struct lint_options *options, struct err *err)
{
	*lint = (struct lint){ .options = *options };
	return matches_init(&lint->ids, options->most_ids, err);
}

void
lint_done(struct lint *lint)
{
	for (size_t i = 0; i < lint->column_count; i++)
		spellings_done(&lint->columns[i].spellings);
	matches_done(&lint->ids);
	free(lint->columns);
	free(lint->row);
	findings_done(&lint->findings);
	*lint = (struct lint){ .columns = NULL };
}

/* ---- findings ---- */

struct place {
	uint64_t row, line;
};

static int
find(struct lint *lint, struct lint_column *column, enum findings_kind kind, struct place place,
    struct span value, struct err *err)
{
	struct finding *finding;
	struct finding_example *example;

	if (!column->findings[kind]) {
		if (!findings_add(
			&lint->findings, kind, column->source, span_of(column->field), err))
			return -1;
		column->findings[kind] = lint->findings.count;
	}
	finding = &lint->findings.all[column->findings[kind] - 1];
	finding->rows++;
	example = findings_example(finding, value);
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
	if (field.len >= FINDINGS_FIELD_BYTES)
		field.len = FINDINGS_FIELD_BYTES - 1;
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
	matches_begin(&lint->ids, names, count);
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

/* What its field says against it; FINDINGS_KIND_COUNT: nothing. */
static enum findings_kind
judge(const struct lint *lint, const struct lint_column *column, struct span value)
{
	uint32_t today = lint->options.today;
	uint32_t day;

	switch (column->look) {
	case LOOK_STATE:
		return shapes_is_state(value) ? FINDINGS_KIND_COUNT : FINDINGS_STATE;
	case LOOK_EMAIL:
		return shapes_is_email(value) ? FINDINGS_KIND_COUNT : FINDINGS_EMAIL;
	case LOOK_PHONE:
		return shapes_is_phone(value) ? FINDINGS_KIND_COUNT : FINDINGS_PHONE;
	case LOOK_DATE:
	case LOOK_BIRTH:
		day = day_of(value);
		if (day == 0)
			return FINDINGS_DATE;
		if (today && day > today)
			return FINDINGS_FUTURE;
		if (today && column->look == LOOK_BIRTH && day + OLDEST_YEARS * 10000 < today)
			return FINDINGS_OLD;
		return FINDINGS_KIND_COUNT;
	case LOOK_ANY:
	case LOOK_COUNTY:
	case LOOK_NOTE:
		break;
	}
	return FINDINGS_KIND_COUNT;
}

static int
see_value(struct lint *lint, struct lint_column *column, struct place place, struct span value,
    struct err *err)
{
	struct span inner = span_trim(value);
	bool has_return, has_quote;
	enum findings_kind kind;

	if (inner.len == 0)
		return 0;
	column->filled++;
	see_bytes(inner, &has_return, &has_quote);
	if (has_return && find(lint, column, FINDINGS_RETURNS, place, inner, err))
		return -1;
	if (has_quote && find(lint, column, FINDINGS_QUOTES, place, inner, err))
		return -1;
	if (inner.len > LONGEST_BYTES && column->look != LOOK_NOTE &&
	    find(lint, column, FINDINGS_LONG, place, inner, err))
		return -1;
	if (column->look == LOOK_ANY)
		return 0;
	if (column->look == LOOK_COUNTY &&
	    spellings_add(&column->spellings, value, place.line, err))
		return -1;
	kind = judge(lint, column, inner);
	return kind == FINDINGS_KIND_COUNT ? 0 : find(lint, column, kind, place, inner, err);
}

/* ---- a row ---- */

static int
see_ids(struct lint *lint, struct place place, const struct span *values, struct err *err)
{
	const struct twin_place where = { lint->source, lint->input, place.row, place.line };
	int first = matches_first(&lint->ids);
	bool has_id;

	if (matches_row(&lint->ids, &where, values, &has_id, err))
		return -1;
	if (has_id || first < 0 || lint->ids.is_second)
		return 0;
	return find(lint, lint->row[first], FINDINGS_IDENTITY, place, SPAN_NONE, err);
}

int
lint_row(struct lint *lint, uint64_t row, uint64_t line, const struct span *values,
    struct err *err)
{
	struct place place = { row, line };

	if (lint->is_people && see_ids(lint, place, values, err))
		return -1;
	if (lint->ids.is_second)
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
	return matches_settle(&lint->ids);
}

/* ---- the end ---- */

static int
tell_spellings(struct lint *lint, struct lint_column *column, struct err *err)
{
	struct spellings *spellings = &column->spellings;
	size_t alike;

	spellings_settle(spellings);
	for (size_t at = 0; at < spellings->count; at += alike) {
		struct finding *finding;

		alike = spellings_alike(spellings, at);
		if (alike == 1)
			continue;
		finding = findings_add(&lint->findings, FINDINGS_SPELLINGS, column->source,
		    span_of(column->field), err);
		if (!finding)
			return -1;
		for (size_t i = at; i < at + alike; i++) {
			struct finding_example *example =
			    findings_example(finding, span_of(spellings->all[i].text));

			finding->rows += spellings->all[i].rows;
			if (!example)
				continue;
			example->line = spellings->all[i].line;
			example->rows = spellings->all[i].rows;
		}
	}
	return 0;
}

int
lint_finish(struct lint *lint, struct err *err)
{
	if (matches_tell(&lint->ids, &lint->findings, err))
		return -1;
	for (size_t i = 0; i < lint->column_count; i++) {
		struct lint_column *column = &lint->columns[i];

		if (tell_spellings(lint, column, err))
			return -1;
		if (column->filled == 0 && lint->rows > 0 &&
		    !findings_add(&lint->findings, FINDINGS_EMPTY, column->source,
			span_of(column->field), err))
			return -1;
	}
	findings_sort(&lint->findings);
	return 0;
}

int
lint_unknown(struct lint *lint, uint32_t source, struct span field, struct span nearest,
    struct err *err)
{
	struct finding *finding;

	for (size_t i = 0; i < lint->findings.count; i++) {
		finding = &lint->findings.all[i];
		if (finding->kind == FINDINGS_UNKNOWN && finding->source == source &&
		    span_is(field, finding->field))
			return 0;
	}
	finding = findings_add(&lint->findings, FINDINGS_UNKNOWN, source, field, err);
	if (!finding)
		return -1;
	if (nearest.len)
		findings_example(finding, nearest);
	return 0;
}
