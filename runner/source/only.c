#include "platform.h"

#include "runner/base/glob.h"
#include "runner/source/only.h"

int
only_init(struct only_rule *rule, const struct recipe_rule *recipe, uint32_t column,
    struct reasons *reasons, struct err *err)
{
	*rule = (struct only_rule){ .recipe = recipe, .column = column };
	rule->reason = reasons_add(reasons, REASONS_LEFT_OUT, err, "only %s", recipe->words);
	if (rule->reason < 0 || table_init(&rule->table, recipe->value_count, err))
		return -1;
	for (size_t i = 0; i < recipe->value_count; i++)
		table_add(&rule->table, span_trim(span_of(recipe->values[i])));
	return 0;
}

void
only_done(struct only_rule *rule)
{
	table_done(&rule->table);
}

bool
only_holds(const struct only_rule *rule, struct span value)
{
	const struct recipe_rule *recipe = rule->recipe;
	struct dates_day day;

	switch (recipe->test) {
	case RECIPE_IN:
		return table_find(&rule->table, value) != TABLE_MISSING;
	case RECIPE_NOT_IN:
		return table_find(&rule->table, value) == TABLE_MISSING;
	case RECIPE_IS_BLANK:
		return value.len == 0;
	case RECIPE_NOT_BLANK:
		return value.len != 0;
	case RECIPE_MATCHES:
		return glob_fits(recipe->values[0], value);
	case RECIPE_BEFORE:
		return dates_read(recipe->form, value, &day) && dates_number(day) < recipe->day;
	case RECIPE_LATER:
		return dates_read(recipe->form, value, &day) && dates_number(day) > recipe->day;
	}
	return false;
}
