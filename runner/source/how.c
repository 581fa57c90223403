#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/source/how.h"
#include "runner/source/letters.h"
#include "runner/source/namecase.h"

/* ---- making */

static int
init_map(struct how_step *step, const struct how_options *options, struct reasons *reasons,
    struct err *err)
{
	const char *what = options->what;
	const struct recipe_map *map = step->recipe->map;
	bool rejects = map->has_other && map->other.action == RECIPE_REJECT;
	bool keeps = !map->has_other || map->other.action == RECIPE_KEEP;

	step->entry_reasons = calloc(map->entry_count + 1, sizeof(*step->entry_reasons));
	if (!step->entry_reasons)
		return err_memory(err);
	if (table_init(&step->table, map->entry_count, err))
		return -1;
	for (size_t i = 0; i < map->entry_count; i++) {
		const struct recipe_entry *entry = &map->entries[i];

		table_add(&step->table, span_of(entry->from));
		step->entry_reasons[i] = REASONS_NONE;
		if (entry->action != RECIPE_REJECT)
			continue;
		step->entry_reasons[i] = reasons_add(reasons, options->rejected, err,
		    "%s map %s (\"%s\", \"reject\")", what, map->name, entry->from);
		if (step->entry_reasons[i] < 0)
			return -1;
	}
	if (rejects)
		step->reason = reasons_add(reasons, options->rejected, err,
		    "%s map %s (\"*\", \"reject\")", what, map->name);
	else if (keeps)
		step->reason =
		    reasons_add(reasons, REASONS_KEPT, err, "%s map %s", what, map->name);
	else
		return 0;
	return step->reason < 0 ? -1 : 0;
}

static int
init_step(struct how_step *step, const struct recipe_step *recipe,
    const struct how_options *options, struct reasons *reasons, struct err *err)
{
	step->recipe = recipe;
	step->reason = REASONS_NONE;
	if (recipe->kind == RECIPE_MAP)
		return init_map(step, options, reasons, err);
	if (recipe->kind != RECIPE_DATE)
		return 0;
	step->reason = reasons_add(reasons, recipe->rejects ? options->rejected : REASONS_BLANKED,
	    err, "%s %s", options->what, recipe->words);
	return step->reason < 0 ? -1 : 0;
}

int
how_init(struct how *how, const struct how_options *options, struct reasons *reasons,
    struct err *err)
{
	const struct recipe_how *recipe = options->recipe;

	*how = (struct how){ NULL, 0 };
	if (recipe->step_count == 0)
		return 0;
	how->steps = calloc(recipe->step_count, sizeof(*how->steps));
	if (!how->steps)
		return err_memory(err);
	how->step_count = recipe->step_count;
	for (size_t i = 0; i < recipe->step_count; i++) {
		if (init_step(&how->steps[i], &recipe->steps[i], options, reasons, err))
			return -1;
	}
	return 0;
}

void
how_done(struct how *how)
{
	for (size_t i = 0; i < how->step_count; i++) {
		table_done(&how->steps[i].table);
		free(how->steps[i].entry_reasons);
	}
	free(how->steps);
	*how = (struct how){ NULL, 0 };
}

/* ---- following */

static void
hit(struct how_bench *bench, int reason, struct span value)
{
	bench->hits[bench->hit_count++] = (struct how_hit){ reason, value };
}

/* What fills new bytes from a text, and returns their end. */
static enum how_verdict
rewrite(struct span *value, size_t most, char *(*write)(struct span from, char *to),
    struct pool *pool)
{
	char *to;

	if (value->len == 0)
		return HOW_SENT;
	to = pool_take(pool, most);
	if (!to)
		return HOW_NO_MEMORY;
	*value = (struct span){ to, (size_t)(write(*value, to) - to) };
	pool_trim(pool, to, value->len);
	return HOW_SENT;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static char *
write_squeezed(struct span from, char *to)
{
	bool is_gap = false;

	for (size_t i = 0; i < from.len; i++) {
		bool is_now = is_blank(from.ptr[i]);

		if (!is_now || !is_gap)
			*to++ = is_now ? ' ' : from.ptr[i];
		is_gap = is_now;
	}
	return to;
}

static char *
write_digits(struct span from, char *to)
{
	for (size_t i = 0; i < from.len; i++) {
		if (from.ptr[i] >= '0' && from.ptr[i] <= '9')
			*to++ = from.ptr[i];
	}
	return to;
}

static bool
is_number(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	}
	return text.len > 0;
}

static enum how_verdict
zero_fill(struct span *value, size_t digits, struct pool *pool)
{
	struct span number = span_trim(*value);
	size_t zeros;
	char *to;

	if (!is_number(number) || number.len >= digits)
		return HOW_SENT;
	zeros = digits - number.len;
	to = pool_take(pool, digits);
	if (!to)
		return HOW_NO_MEMORY;
	memset(to, '0', zeros);
	memcpy(to + zeros, number.ptr, number.len);
	*value = (struct span){ to, digits };
	return HOW_SENT;
}

static struct span
first_characters(struct span value, size_t count)
{
	size_t len = 0;

	while (len < value.len && count--) {
		len++;
		while (len < value.len && ((unsigned char)value.ptr[len] & 0xC0) == 0x80)
			len++;
	}
	return (struct span){ value.ptr, len };
}

static struct span
behind(struct span value, struct span mark)
{
	const char *at = value.len ? memmem(value.ptr, value.len, mark.ptr, mark.len) : NULL;

	if (!at)
		return value;
	at += mark.len;
	return (struct span){ at, (size_t)(value.ptr + value.len - at) };
}

static struct span
ahead(struct span value, struct span mark)
{
	const char *at = value.len ? memmem(value.ptr, value.len, mark.ptr, mark.len) : NULL;

	return at ? (struct span){ value.ptr, (size_t)(at - value.ptr) } : value;
}

static enum how_verdict
send_date(const struct how_step *step, struct span *value, struct how_bench *bench)
{
	struct span text = span_trim(*value);
	struct dates_day day;
	char *to;

	if (text.len == 0) {
		*value = text;
		return HOW_SENT;
	}
	if (!dates_read(step->recipe->form, text, &day)) {
		hit(bench, step->reason, text);
		value->len = 0;
		return step->recipe->rejects ? HOW_LEFT_OUT : HOW_SENT;
	}
	to = pool_take(bench->pool, DATES_SENT_BYTES);
	if (!to)
		return HOW_NO_MEMORY;
	dates_write(day, to);
	*value = (struct span){ to, DATES_SENT_BYTES };
	return HOW_SENT;
}

static enum how_verdict
send_mapped(const struct how_step *step, struct span *value, struct how_bench *bench)
{
	const struct recipe_map *map = step->recipe->map;
	struct span text = span_trim(*value);
	int found = table_find(&step->table, text);
	const struct recipe_entry *entry = found == TABLE_MISSING ? &map->other : &map->entries[found];
	int reason = found == TABLE_MISSING ? step->reason : step->entry_reasons[found];

	/* Nothing is no value that the map forgot. */
	if (found == TABLE_MISSING && text.len == 0)
		return HOW_SENT;
	if (reason != REASONS_NONE)
		hit(bench, reason, text);
	if (found == TABLE_MISSING && !map->has_other)
		return HOW_SENT;
	switch (entry->action) {
	case RECIPE_SEND:
		*value = span_of(entry->to);
		break;
	case RECIPE_BLANK:
		value->len = 0;
		break;
	case RECIPE_KEEP:
		break;
	case RECIPE_REJECT:
		return HOW_LEFT_OUT;
	}
	return HOW_SENT;
}

static enum how_verdict
follow_step(const struct how_step *step, struct span *value, struct how_bench *bench)
{
	const struct recipe_step *recipe = step->recipe;

	switch (recipe->kind) {
	case RECIPE_NAME_CASE:
		return rewrite(value, LETTERS_MOST_BYTES(value->len), namecase_write, bench->pool);
	case RECIPE_UPPER:
		return rewrite(value, LETTERS_MOST_BYTES(value->len), letters_upper, bench->pool);
	case RECIPE_LOWER:
		return rewrite(value, LETTERS_MOST_BYTES(value->len), letters_lower, bench->pool);
	case RECIPE_TRIM:
		*value = span_trim(*value);
		break;
	case RECIPE_SQUEEZE:
		*value = span_trim(*value);
		return rewrite(value, value->len, write_squeezed, bench->pool);
	case RECIPE_DIGITS:
		return rewrite(value, value->len, write_digits, bench->pool);
	case RECIPE_ZERO_FILL:
		return zero_fill(value, recipe->count, bench->pool);
	case RECIPE_DATE:
		return send_date(step, value, bench);
	case RECIPE_MAP:
		return send_mapped(step, value, bench);
	case RECIPE_FIRST:
		*value = first_characters(*value, recipe->count);
		break;
	case RECIPE_DEFAULT:
		if (span_trim(*value).len == 0)
			*value = span_of(recipe->text);
		break;
	case RECIPE_BEHIND:
		*value = behind(*value, span_of(recipe->text));
		break;
	case RECIPE_AHEAD:
		*value = ahead(*value, span_of(recipe->text));
		break;
	}
	return HOW_SENT;
}

enum how_verdict
how_follow(const struct how *how, struct span *value, struct how_bench *bench)
{
	enum how_verdict verdict = HOW_SENT;

	for (size_t i = 0; i < how->step_count && verdict == HOW_SENT; i++)
		verdict = follow_step(&how->steps[i], value, bench);
	return verdict;
}
