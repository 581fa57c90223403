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
	render->hit_room = layout->reasons.count + (size_t)1;
	render->values = calloc(layout->output_count + (size_t)1, sizeof(*render->values));
	render->hits = calloc(render->hit_room, sizeof(*render->hits));
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
	free(render->votes);
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

/* ---- votes */

/* Each vote may hit every reason of its history. */
static int
make_room(struct render *render)
{
	size_t hits = render->hit_count + render->layout->reasons.count + 1;
	struct how_hit *more_hits;
	struct render_vote *more_votes;

	if (hits > render->hit_room) {
		more_hits = realloc(render->hits, 2 * hits * sizeof(*more_hits));
		if (!more_hits)
			return -1;
		render->hits = more_hits;
		render->hit_room = 2 * hits;
	}
	if (render->rows < render->vote_room)
		return 0;
	more_votes = realloc(render->votes, (2 * render->rows + (size_t)16) * sizeof(*more_votes));
	if (!more_votes)
		return -1;
	render->votes = more_votes;
	render->vote_room = 2 * render->rows + 16;
	return 0;
}

static bool
is_sent_date(struct span value)
{
	struct dates_day day;

	return dates_read(DATES_MM_DD_YYYY, value, &day) || dates_read(DATES_ISO, value, &day);
}

/* One vote: what names its election, and what says how it was cast. */
static enum how_verdict
take_vote(struct render *render, const struct layout_history *history, struct span election,
    struct span method)
{
	struct how_bench bench;
	struct span named = election;
	enum how_verdict verdict;
	size_t before = render->hit_count;

	if (make_room(render))
		return HOW_NO_MEMORY;
	bench = (struct how_bench){ &render->pool, render->hits, before };
	verdict = how_follow(&history->election, &election, &bench);
	if (verdict == HOW_SENT && !is_sent_date(election)) {
		bench.hits[bench.hit_count++] = (struct how_hit){ history->no_date, named };
		verdict = HOW_LEFT_OUT;
	}
	if (verdict == HOW_SENT)
		verdict = how_follow(&history->method, &method, &bench);
	if (verdict == HOW_LEFT_OUT) { /* what changed in it does not count */
		bench.hits[before] = bench.hits[bench.hit_count - 1];
		bench.hit_count = before + 1;
	}
	render->hit_count = bench.hit_count;
	if (verdict == HOW_SENT)
		render->votes[render->rows++] = (struct render_vote){ election, method };
	return verdict == HOW_NO_MEMORY ? verdict : HOW_SENT;
}

static struct span
next_entry(struct span *rest, const char *separator)
{
	const char *end = memmem(rest->ptr, rest->len, separator, strlen(separator));
	struct span entry = *rest;

	if (!end) {
		*rest = SPAN_NONE;
		return span_trim(entry);
	}
	entry.len = (size_t)(end - entry.ptr);
	end += strlen(separator);
	*rest = (struct span){ end, (size_t)(rest->ptr + rest->len - end) };
	return span_trim(entry);
}

static enum how_verdict
take_list(struct render *render, const struct layout_history *history, struct span rest)
{
	enum how_verdict verdict = HOW_SENT;

	while (rest.len && verdict == HOW_SENT) {
		struct span entry = next_entry(&rest, history->recipe->separator);

		if (entry.len)
			verdict = take_vote(render, history, entry, entry);
	}
	return verdict;
}

static enum how_verdict
take_votes(struct render *render, const struct row *row)
{
	const struct layout *layout = render->layout;
	enum how_verdict verdict = HOW_SENT;

	render->rows = 0;
	for (uint32_t i = 0; i < layout->ballot_count && verdict == HOW_SENT; i++) {
		const struct layout_ballot *ballot = &layout->ballots[i];
		const struct layout_history *history = &layout->histories[ballot->history];
		struct span cell;

		if (take_column(render, row, ballot->column, &cell))
			return HOW_NO_MEMORY;
		cell = span_trim(cell);
		if (cell.len == 0)
			continue;
		verdict = history->recipe->columns
		    ? take_vote(render, history, layout->names[ballot->column], cell)
		    : take_list(render, history, cell);
	}
	if (verdict != HOW_SENT || render->rows)
		return verdict;
	/* Skipped votes were counted; the record is left out by a reason of its own. */
	if (make_room(render))
		return HOW_NO_MEMORY;
	render->hits[render->hit_count++] = (struct how_hit){ layout->no_vote, SPAN_NONE };
	return HOW_SENT;
}

/* ---- records */

/* What changed in a row that is left out does not count. */
static void
keep_last_hit(struct render *render)
{
	render->hits[0] = render->hits[render->hit_count - 1];
	render->hit_count = 1;
}

int
render_take(struct render *render, const struct row *row, uint32_t *rows, struct err *err)
{
	const struct layout *layout = render->layout;
	enum how_verdict verdict;

	pool_clear(&render->pool);
	render->hit_count = 0;
	verdict = ask_rules(render, row);
	render->rows = 1;
	/* Constants and votes stand behind everything else. */
	for (uint32_t i = 0; verdict == HOW_SENT && i < layout->output_count; i++) {
		if (layout->outputs[i].is_constant || layout->outputs[i].vote)
			break;
		verdict = take_output(render, row, i);
	}
	if (verdict == HOW_LEFT_OUT) {
		keep_last_hit(render);
		render->rows = 0;
	} else if (verdict == HOW_SENT && layout->history_count) {
		verdict = take_votes(render, row);
	}
	if (verdict == HOW_NO_MEMORY)
		return err_memory(err);
	*rows = render->rows;
	return 0;
}

void
render_row(struct render *render, uint32_t index)
{
	const struct layout *layout = render->layout;

	if (layout->history_count == 0)
		return;
	for (uint32_t i = 0; i < layout->output_count; i++) {
		if (layout->outputs[i].vote == LAYOUT_ELECTION)
			render->values[i] = render->votes[index].election;
		else if (layout->outputs[i].vote == LAYOUT_METHOD)
			render->values[i] = render->votes[index].method;
	}
}

/* ---- CSV */

size_t
render_most(const struct render *render)
{
	const struct layout *layout = render->layout;
	size_t row = layout->tail.len + 2, votes = 0;

	for (uint32_t i = 0; i < layout->output_count && !layout->outputs[i].is_constant; i++) {
		size_t len = layout->outputs[i].vote ? 0 : render->values[i].len;

		row += FIELD_SENT_BYTES(len) + 1;
	}
	for (uint32_t i = 0; layout->history_count && i < render->rows; i++)
		votes += 2 * (render->votes[i].election.len + render->votes[i].method.len);
	return render->rows * row + votes;
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
render_write(struct render *render, struct buf *scratch)
{
	char *begin = buf_reserve(scratch, render_most(render));
	char *end = begin;

	if (!begin)
		return SPAN_NONE;
	for (uint32_t i = 0; i < render->rows; i++) {
		render_row(render, i);
		end = write_row(render, end);
	}
	scratch->len += (size_t)(end - begin);
	scratch->ptr[scratch->len] = '\0';
	return (struct span){ begin, (size_t)(scratch->ptr + scratch->len - begin) };
}
