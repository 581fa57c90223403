#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runner/source/field.h"
#include "runner/source/render.h"

int
render_init(struct render *render, const struct layout *layout, struct err *err)
{
	assert(!layout->is_verbatim);
	*render = (struct render){ .layout = layout, .pool = POOL_INIT };
	render->values = calloc(layout->output_count + (size_t)1, sizeof(*render->values));
	render->hits = calloc(layout->reasons.count + (size_t)1, sizeof(*render->hits));
	if (!render->values || !render->hits) {
		render_done(render);
		return err_memory(err);
	}
	for (uint32_t i = 0; i < layout->output_count; i++) {
		if (layout->outputs[i].is_constant)
			render->values[i] = layout->outputs[i].constant;
	}
	return 0;
}

void
render_done(struct render *render)
{
	free(render->values);
	free(render->hits);
	pool_done(&render->pool);
	*render = (struct render){ .pool = POOL_INIT };
}

/* ---- raw values */

static int
undouble(struct render *render, struct span raw, struct span *value)
{
	char *to;

	*value = field_inner(raw, render->layout->dialect);
	if (value->ptr == raw.ptr || value->len == 0 || !memchr(value->ptr, '"', value->len))
		return 0;
	to = pool_take(&render->pool, raw.len);
	if (!to)
		return -1;
	*value = field_value(raw, render->layout->dialect, to);
	return 0;
}

static int
decode(struct render *render, struct span *value)
{
	const struct encoding *encoding = render->layout->encoding;
	char *to;

	if (!encoding || encoding_is_ascii(*value))
		return 0;
	to = pool_take(&render->pool, ENCODING_MOST_BYTES * value->len);
	if (!to)
		return -1;
	*value = (struct span){ to, (size_t)(encoding_decode(encoding, *value, to) - to) };
	pool_trim(&render->pool, to, value->len);
	return 0;
}

static bool
needs_cleaning(const struct layout *layout, struct span value)
{
	if (value.len == 0)
		return false;
	return (layout->cleans_returns && (memchr(value.ptr, '\n', value.len) ||
					      memchr(value.ptr, '\r', value.len))) ||
	    (layout->cleans_quotes && memchr(value.ptr, '"', value.len));
}

static int
clean(struct render *render, struct span *value)
{
	const struct layout *layout = render->layout;
	bool is_return = false;
	char *to, *end;

	if (!needs_cleaning(layout, *value))
		return 0;
	to = end = pool_take(&render->pool, value->len);
	if (!to)
		return -1;
	for (size_t i = 0; i < value->len; i++) {
		char byte = value->ptr[i];
		bool was_return = is_return;

		is_return = layout->cleans_returns && (byte == '\n' || byte == '\r');
		if (is_return && was_return)
			continue;
		*end++ = is_return ? ' ' : byte == '"' && layout->cleans_quotes ? '\'' : byte;
	}
	*value = (struct span){ to, (size_t)(end - to) };
	return 0;
}

static int
take_column(struct render *render, const struct row *row, uint32_t column, struct span *value)
{
	return undouble(render, rows_field(row, column), value) || decode(render, value) ||
		clean(render, value)
	    ? -1
	    : 0;
}

/* The columns are looked up twice rather than kept: they are few and lie in the cache. */
static int
take_joined(struct render *render, const struct row *row, const struct layout_output *output,
    struct span *value)
{
	size_t most = 0;
	char *to, *end;

	for (uint32_t i = 0; i < output->part_count; i++) {
		const struct layout_part *part = &output->parts[i];

		most += part->is_column
		    ? ENCODING_MOST_BYTES * rows_field(row, part->column).len
		    : part->text.len;
	}
	to = end = pool_take(&render->pool, most);
	if (!to)
		return -1;
	for (uint32_t i = 0; i < output->part_count; i++) {
		const struct layout_part *part = &output->parts[i];
		struct span text = part->text;

		if (part->is_column && take_column(render, row, part->column, &text))
			return -1;
		if (text.len)
			memcpy(end, text.ptr, text.len);
		end += text.len;
	}
	*value = (struct span){ to, (size_t)(end - to) };
	return 0;
}

/* ---- records */

static enum how_verdict
ask_rules(struct render *render, const struct row *row)
{
	const struct layout *layout = render->layout;

	for (uint32_t i = 0; i < layout->rule_count; i++) {
		const struct only_rule *rule = &layout->rules[i];
		struct span value;

		if (take_column(render, row, rule->column, &value))
			return HOW_NO_MEMORY;
		value = span_trim(value);
		if (only_holds(rule, value))
			continue;
		render->hits[0] = (struct how_hit){ rule->reason, value };
		render->hit_count = 1;
		return HOW_LEFT_OUT;
	}
	return HOW_SENT;
}

static enum how_verdict
take_output(struct render *render, const struct row *row, uint32_t index)
{
	const struct layout_output *output = &render->layout->outputs[index];
	struct how_bench bench = { &render->pool, render->hits, render->hit_count };
	enum how_verdict verdict;
	struct span value;

	if (output->part_count ? take_joined(render, row, output, &value)
			       : take_column(render, row, output->column, &value))
		return HOW_NO_MEMORY;
	verdict = how_follow(&output->how, &value, &bench);
	render->hit_count = bench.hit_count;
	render->values[index] = value;
	return verdict;
}

/* What changed in a row that is left out does not count. */
static void
keep_last_hit(struct render *render)
{
	render->hits[0] = render->hits[render->hit_count - 1];
	render->hit_count = 1;
}

int
render_take(struct render *render, const struct row *row, bool *is_sent, struct err *err)
{
	const struct layout *layout = render->layout;
	enum how_verdict verdict;

	pool_clear(&render->pool);
	render->hit_count = 0;
	verdict = ask_rules(render, row);
	/* Constants stand behind everything else. */
	for (uint32_t i = 0; verdict == HOW_SENT && i < layout->output_count; i++) {
		if (layout->outputs[i].is_constant)
			break;
		verdict = take_output(render, row, i);
	}
	if (verdict == HOW_NO_MEMORY)
		return err_memory(err);
	*is_sent = verdict == HOW_SENT;
	if (!*is_sent)
		keep_last_hit(render);
	return 0;
}

/* ---- CSV */

size_t
render_most(const struct render *render)
{
	const struct layout *layout = render->layout;
	size_t most = layout->tail.len + 2;

	for (uint32_t i = 0; i < layout->output_count && !layout->outputs[i].is_constant; i++)
		most += FIELD_SENT_BYTES(render->values[i].len) + 1;
	return most;
}

static char *
write_row(const struct render *render, char *to)
{
	const struct layout *layout = render->layout;
	char *begin = to;

	for (uint32_t i = 0; i < layout->output_count && !layout->outputs[i].is_constant; i++) {
		if (i)
			*to++ = ',';
		to = field_write_value(to, render->values[i]);
	}
	if (to == begin && layout->output_count == 1) {
		*to++ = '"'; /* a lone empty field must not be an empty line */
		*to++ = '"';
	}
	memcpy(to, layout->tail.ptr, layout->tail.len);
	return to + layout->tail.len;
}

struct span
render_write(const struct render *render, struct buf *scratch)
{
	char *begin = buf_reserve(scratch, render_most(render));

	if (!begin)
		return SPAN_NONE;
	scratch->len += (size_t)(write_row(render, begin) - begin);
	scratch->ptr[scratch->len] = '\0';
	return (struct span){ begin, (size_t)(scratch->ptr + scratch->len - begin) };
}
