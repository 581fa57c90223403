#include "platform.h"

#include <string.h>

#include "runner/base/dates.h"
#include "runner/base/required.h"
#include "runner/source/rules.h"

const char *
rules_text(enum rule rule)
{
	static const char *const texts[] = {
#define X(name, text) text,
		RULES(X)
#undef X
	};

	return texts[rule];
}

static bool
has_output(const void *layout, const char *name)
{
	return layout_find(layout, name) >= 0;
}

static int
check_columns(const struct rules *rules, const struct layout *layout, const char *path,
    struct err *err)
{
	struct required_set set = { rules->type == RULES_BALLOT, has_output, layout, SPAN_NONE };
	SCOPED(buf) missing = BUF_INIT;

	if (rules->country >= 0 && layout->outputs[rules->country].is_constant)
		set.country = layout->outputs[rules->country].constant;
	if (!required_missing(&set, &missing))
		return 0;
	return err_set(err, ERR_DATA,
	    "%s: no column becomes %s\n"
	    "  A constant will do where all rows have the same, as in\n"
	    "    constants = ( ( %s ) );\n"
	    "Nothing was sent.",
	    path, buf_text(&missing),
	    rules->type == RULES_BALLOT ? "\"election.country_code\", \"US\""
					: "\"registered_address.state\", \"NC\"");
}

int
rules_init(struct rules *rules, enum rules_type type, const struct layout *layout, const char *path,
    struct err *err)
{
	bool is_ballot = type == RULES_BALLOT;

	memset(rules, 0, sizeof(*rules));
	rules->type = type;
	rules->id = layout_find(layout, "id");
	rules->state_file = layout_find(layout, is_ballot ? "state_file.id" : "state_file_id");
	rules->county_file = layout_find(layout, is_ballot ? "county_file.id" : "county_file_id");
	rules->state = layout_find(layout, "registered_address.state");
	rules->county = layout_find(layout, "registered_address.county");
	rules->method = layout_find(layout, "ballots.vote_method");
	rules->country = layout_find(layout, "election.country_code");
	rules->election_state = layout_find(layout, "election.state");
	rules->election_at = layout_find(layout, "election.election_at");
	if (layout->output_count == 0)
		return 0; /* an input without a byte */
	return check_columns(rules, layout, path, err);
}

bool
rules_apply(const struct rules *rules)
{
	return rules->type == RULES_BALLOT || rules->state_file >= 0 || rules->county_file >= 0;
}

static bool
is_blank(struct span value)
{
	return span_trim(value).len == 0;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_two_letters(struct span value)
{
	return value.len == 2 && is_letter(value.ptr[0]) && is_letter(value.ptr[1]);
}

/* The two forms that the nation's pages name; no blanks, no time of day. */
static bool
is_date(struct span text)
{
	struct dates_day day;

	return text.len == DATES_SENT_BYTES &&
	    (dates_read(DATES_MM_DD_YYYY, text, &day) || dates_read(DATES_ISO, text, &day));
}

static void
count(struct rules *rules, enum rule rule, const struct row *row, struct span value)
{
	struct rules_count *broken = &rules->counts[rule];

	if (broken->rows < RULES_EXAMPLES) {
		struct rules_example *example = &broken->examples[broken->rows];

		example->row = row->row;
		example->line = row->line;
		span_copy(example->value, sizeof(example->value), value);
	}
	broken->rows++;
}

/* A row under the eyes of the rules. */
struct view {
	const struct layout *layout;
	const struct row *row;
	const struct span *values;
};

static struct span
value_of(int output, const struct view *view)
{
	if (output < 0)
		return SPAN_NONE;
	return view->values ? view->values[output]
			    : layout_inner(view->layout, view->row, (uint32_t)output);
}

static void
look_at_ballot(struct rules *rules, const struct view *view)
{
	const struct row *row = view->row;
	struct span method = value_of(rules->method, view);
	struct span day = value_of(rules->election_at, view);
	struct span state = value_of(rules->election_state, view);
	struct span country = value_of(rules->country, view);

	if (!span_is(method, "voted") && !span_is(method, "early") && !span_is(method, "absentee"))
		count(rules, RULE_VOTE_METHOD, row, method);
	if (!is_date(day))
		count(rules, RULE_ELECTION_AT, row, day);
	if (!is_two_letters(country))
		count(rules, RULE_COUNTRY, row, country);
	if (!is_two_letters(state) && (rules->election_state >= 0) && span_is(country, "US"))
		count(rules, RULE_ELECTION_STATE, row, state);
}

static void
look_at_identity(struct rules *rules, const struct view *view)
{
	const struct row *row = view->row;
	struct span id = value_of(rules->id, view);
	struct span state_file = value_of(rules->state_file, view);
	struct span county_file = value_of(rules->county_file, view);
	struct span state = value_of(rules->state, view);
	struct span county = value_of(rules->county, view);

	if (!is_blank(id))
		return; /* stands for itself */
	if (is_blank(state_file) && is_blank(county_file)) {
		if (rules->type == RULES_BALLOT)
			count(rules, RULE_IDENTITY, row, state_file);
		return;
	}
	if (!is_two_letters(state))
		count(rules, RULE_STATE, row, state);
	if (is_blank(state_file) && is_blank(county))
		count(rules, RULE_COUNTY, row, county);
}

void
rules_row(struct rules *rules, const struct layout *layout, const struct row *row,
    const struct span *values)
{
	const struct view view = { layout, row, values };

	if (rules->type == RULES_BALLOT)
		look_at_ballot(rules, &view);
	look_at_identity(rules, &view);
}

void
rules_add(struct rules_count to[RULE_COUNT], const struct rules_count from[RULE_COUNT])
{
	for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
		for (uint64_t i = 0; i < from[rule].rows && i < RULES_EXAMPLES; i++) {
			if (to[rule].rows + i < RULES_EXAMPLES)
				to[rule].examples[to[rule].rows + i] = from[rule].examples[i];
		}
		to[rule].rows += from[rule].rows;
	}
}
