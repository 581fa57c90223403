#include "platform.h"

#include <stdbool.h>
#include <stdlib.h>

#include "runner/cli/reporting.h"
#include "runner/cli/unsettled.h"

static int
compare_numbers(uint64_t left, uint64_t right)
{
	return (left > right) - (left < right);
}

static int
compare_places(const struct unsettled_row *left, const struct unsettled_row *right)
{
	int order = compare_numbers(left->source, right->source);

	if (order == 0)
		order = compare_numbers(left->input, right->input);
	return order ? order : compare_numbers(left->row, right->row);
}

static int
compare_names(const struct unsettled_row *left, const struct unsettled_row *right)
{
	int order = compare_places(left, right);

	return order ? order : compare_numbers(left->chunk, right->chunk);
}

/* Those that can be taken stand before those that were sent again. */
static int
compare_rows(const void *a, const void *b)
{
	const struct unsettled_row *left = a, *right = b;
	int order = compare_names(left, right);

	return order ? order : compare_numbers(left->again, right->again);
}

/* ---- reading */

static int
add_row(void *ctx, const struct rejected_row *rejected, struct err *err)
{
	struct unsettled *unsettled = ctx;
	size_t room = unsettled->room ? unsettled->room * 2 : 64;
	struct unsettled_row *rows = unsettled->rows;

	if (unsettled->count == unsettled->room) {
		rows = reallocarray(rows, room, sizeof(*rows));
		if (!rows)
			return err_memory(err);
		unsettled->rows = rows;
		unsettled->room = room;
	}
	rows[unsettled->count++] = (struct unsettled_row){
		.row = rejected->row,
		.line = rejected->line,
		.source = rejected->plan->source,
		.input = rejected->input,
		.chunk = rejected->plan->number,
		.again = rejected->again,
		.import_id = rejected->chunk->import_id,
	};
	return 0;
}

int
unsettled_read(struct unsettled *unsettled, struct session *session, struct err *err)
{
	const struct rejected_visitor visitor = { add_row, unsettled };
	bool is_readable;

	*unsettled = (struct unsettled){ .rows = NULL };
	if (reporting_each_rejected(session, &visitor, &is_readable, err))
		return -1;
	if (unsettled->count)
		qsort(unsettled->rows, unsettled->count, sizeof(*unsettled->rows), compare_rows);
	return 0;
}

void
unsettled_done(struct unsettled *unsettled)
{
	free(unsettled->rows);
	*unsettled = (struct unsettled){ .rows = NULL };
}

/* ---- taking */

/* The first one that is not before this name; count if there is none. */
static size_t
find_first(const struct unsettled *unsettled, const struct unsettled_row *name)
{
	size_t from = 0, to = unsettled->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_names(&unsettled->rows[middle], name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Of the rows with one name, which begin at `first`, the next that is free. */
static enum unsettled_answer
take_at(struct unsettled *unsettled, size_t first, const struct unsettled_row **row)
{
	struct unsettled_row *head = &unsettled->rows[first];
	size_t next = first + head->taken;

	if (next == unsettled->count || compare_names(head, &unsettled->rows[next]) != 0)
		return UNSETTLED_TOO_OFTEN;
	*row = &unsettled->rows[next];
	if (unsettled->rows[next].again)
		return UNSETTLED_AGAIN;
	head->taken++;
	return UNSETTLED_TAKEN;
}

/* Of the same place, in whichever chunk it was rejected: it may have been sent again, and rejected
 * again, since the list was made. */
static enum unsettled_answer
take_elsewhere(struct unsettled *unsettled, const struct unsettled_row *name,
    const struct unsettled_row **row)
{
	struct unsettled_row place = *name;
	enum unsettled_answer answer = UNSETTLED_NEVER;

	for (place.chunk = 0;;) {
		size_t first = find_first(unsettled, &place);
		enum unsettled_answer here;

		if (first == unsettled->count ||
		    compare_places(&unsettled->rows[first], name) != 0)
			return answer;
		here = take_at(unsettled, first, row);
		if (here == UNSETTLED_TAKEN)
			return here;
		if (answer != UNSETTLED_AGAIN)
			answer = here;
		place.chunk = unsettled->rows[first].chunk + 1;
	}
}

enum unsettled_answer
unsettled_take(struct unsettled *unsettled, const struct unsettled_row *name,
    const struct unsettled_row **row)
{
	size_t first = find_first(unsettled, name);
	bool is_there = first < unsettled->count &&
			compare_names(&unsettled->rows[first], name) == 0;
	enum unsettled_answer answer =
	    is_there ? take_at(unsettled, first, row) : UNSETTLED_NEVER;

	if (answer == UNSETTLED_TAKEN || name->row == 0)
		return answer;
	return take_elsewhere(unsettled, name, row);
}
