#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/cli/reporting.h"
#include "runner/cli/unsettled.h"
#include "runner/report/content.h"

#define NO_CELLS SIZE_MAX

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
compare_chunks(const struct unsettled_row *left, const struct unsettled_row *right)
{
	int order = compare_places(left, right);

	return order ? order : compare_numbers(left->chunk, right->chunk);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct unsettled_row *left = a, *right = b;
	int order = compare_chunks(left, right);

	return order ? order : compare_numbers(left->nth, right->nth);
}

/* ---- reading */

static size_t
columns_of(const struct unsettled *unsettled, uint32_t source)
{
	return unsettled->session->job.sources[source].column_count;
}

/* A spreadsheet is kept from taking it for a formula (csv.h). */
static uint32_t
reason_cell(struct span reason)
{
	if (span_starts(reason, "'"))
		reason = (struct span){ reason.ptr + 1, reason.len - 1 };
	return content_cell(reason);
}

static bool
may_be_one_of_several(const struct unsettled *unsettled, const struct rejected_row *rejected)
{
	return rejected->row == 0 ||
	       unsettled->session->settings.sources[rejected->plan->source].history_count;
}

static int
add_cells(struct unsettled *unsettled, const struct rejected_row *rejected, struct err *err)
{
	size_t columns = columns_of(unsettled, rejected->plan->source);
	size_t needed = unsettled->cell_count + columns + 1;
	uint32_t *cells = unsettled->cells;

	if (needed > unsettled->cell_room) {
		cells = reallocarray(cells, 2 * needed, sizeof(*cells));
		if (!cells)
			return err_memory(err);
		unsettled->cells = cells;
		unsettled->cell_room = 2 * needed;
	}
	cells += unsettled->cell_count;
	*cells++ = reason_cell(rejected->reason);
	for (size_t i = 0; i < columns; i++)
		*cells++ = content_cell(
		    i < rejected->field_count ? rejected->fields[i] : SPAN_NONE);
	unsettled->cell_count = needed;
	return 0;
}

static int
add_row(void *ctx, const struct rejected_row *rejected, struct err *err)
{
	struct unsettled *unsettled = ctx;
	size_t room = unsettled->room ? unsettled->room * 2 : 64;
	bool keeps = may_be_one_of_several(unsettled, rejected);
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
		.nth = rejected->nth,
		.again = rejected->again,
		.import_id = rejected->chunk->import_id,
		.sent = rejected->sent_again,
		.cells = keeps ? unsettled->cell_count : NO_CELLS,
	};
	return keeps ? add_cells(unsettled, rejected, err) : 0;
}

static size_t
most_columns(const struct session *session)
{
	size_t most = 0;

	for (size_t i = 0; i < session->job.source_count; i++) {
		if (session->job.sources[i].column_count > most)
			most = session->job.sources[i].column_count;
	}
	return most;
}

int
unsettled_read(struct unsettled *unsettled, struct session *session, struct err *err)
{
	const struct rejected_visitor visitor = { add_row, unsettled };
	struct reporting_gaps gaps;

	*unsettled = (struct unsettled){ .session = session };
	unsettled->claimed = calloc(most_columns(session) + 1, sizeof(*unsettled->claimed));
	if (!unsettled->claimed)
		return err_memory(err);
	if (reporting_each_rejected(session, &visitor, &gaps, err))
		return -1;
	if (gaps.is_unreadable)
		return err_set(err, ERR_INPUT,
		    "an input cannot be read again: which of its rows were rejected is not known\n"
		    "Nothing was changed, nothing was sent.");
	if (unsettled->count)
		qsort(unsettled->rows, unsettled->count, sizeof(*unsettled->rows), compare_rows);
	return 0;
}

void
unsettled_done(struct unsettled *unsettled)
{
	free(unsettled->rows);
	free(unsettled->cells);
	free(unsettled->claimed);
	*unsettled = (struct unsettled){ .rows = NULL };
}

/* ---- the rows that a claim may mean */

struct candidates {
	struct unsettled_row *rows;
	size_t count;
};

/* The first one from `from` on that is behind the name or, unless `is_behind`, that is not before it. */
static size_t
find_bound(const struct unsettled *unsettled, const struct unsettled_row *name, size_t from, bool is_behind)
{
	int (*compare)(const struct unsettled_row *, const struct unsettled_row *) =
	    name->row ? compare_places : compare_chunks;
	size_t to = unsettled->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(&unsettled->rows[middle], name) < (is_behind ? 1 : 0))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* All of its place or, without one, all of its chunk. */
static struct candidates
find_candidates(const struct unsettled *unsettled, const struct unsettled_claim *claim)
{
	const struct unsettled_row name = { .source = claim->source, .input = claim->input,
		.row = claim->row, .chunk = claim->chunk };
	size_t from = find_bound(unsettled, &name, 0, false);
	size_t end = find_bound(unsettled, &name, from, true);

	return (struct candidates){ unsettled->rows + from, end - from };
}

/* Where a row that was sent again, and rejected again, and so on, stands now. One without a place is not known
 * again in another chunk. */
static struct unsettled_row *
follow(const struct candidates *candidates, struct unsettled_row *row)
{
	for (size_t i = 0; row->row && i < candidates->count; i++) {
		struct unsettled_row *next = &candidates->rows[i];

		/* They are in the order of their chunks, and a row is sent again in a later one. */
		if (row->again == next->chunk && row->nth == next->nth)
			row = next;
	}
	return row;
}

static bool
is_open(const struct unsettled_row *row)
{
	return !row->again && !row->is_taken;
}

/* Whether all of them are one row, at first and later. */
static bool
is_one(const struct candidates *candidates)
{
	for (size_t i = 1; i < candidates->count; i++) {
		if (candidates->rows[0].row == 0 || candidates->rows[i].nth != candidates->rows[0].nth)
			return false;
	}
	return true;
}

/* ---- which of several */

struct likeness {
	const struct unsettled *unsettled;
	size_t columns;
	uint64_t content;
};

static void
hash_claim(const struct unsettled *unsettled, const struct unsettled_claim *claim, size_t columns)
{
	unsettled->claimed[0] = reason_cell(claim->reason);
	for (size_t i = 0; i < columns; i++)
		unsettled->claimed[i + 1] = content_cell(claim->cells[i]);
}

/* How many cells are equal, each for two, and the reason for one. Where it cannot be more than `enough`,
 * something not above it. */
static size_t
likeness_to(const struct likeness *likeness, const struct unsettled_row *row, size_t enough)
{
	const uint32_t *claimed = likeness->unsettled->claimed;
	const uint32_t *cells;
	size_t equal;

	if (row->cells == NO_CELLS)
		return 0;
	cells = likeness->unsettled->cells + row->cells;
	equal = cells[0] == claimed[0];
	for (size_t i = 0; i < likeness->columns; i++) {
		if (equal + 2 * (likeness->columns - i) <= enough)
			break;
		equal += 2 * (cells[i + 1] == claimed[i + 1]);
	}
	return equal;
}

static bool
are_twins(const struct likeness *likeness, const struct unsettled_row *a,
    const struct unsettled_row *b)
{
	const uint32_t *cells = likeness->unsettled->cells;

	return a->cells != NO_CELLS && b->cells != NO_CELLS &&
	       memcmp(cells + a->cells + 1, cells + b->cells + 1,
		   likeness->columns * sizeof(*cells)) == 0;
}

struct choice {
	struct unsettled_row *open, *sent; /* the most alike of those that are, and that were sent; NULL */
	size_t open_likeness, sent_likeness;
	struct unsettled_row *same; /* of which exactly these cells were sent, or are taken; NULL */
};

static void
weigh(struct choice *choice, const struct likeness *likeness, struct unsettled_row *row,
    struct unsettled_row *now)
{
	struct unsettled_row **best = now->again ? &choice->sent : &choice->open;
	size_t *best_likeness = now->again ? &choice->sent_likeness : &choice->open_likeness;
	size_t alike;

	if (!is_open(now) && now->sent == likeness->content)
		choice->same = now;
	if (now->is_taken && !now->again)
		return;
	alike = likeness_to(likeness, row, *best_likeness);
	if (*best && alike <= *best_likeness)
		return;
	*best = now;
	*best_likeness = alike;
}

static enum unsettled_answer
refuse(const struct unsettled_row *choice, const struct unsettled_row **row)
{
	*row = choice;
	return choice->again ? UNSETTLED_AGAIN : UNSETTLED_BEFORE;
}

static enum unsettled_answer
take(struct unsettled_row *choice, uint64_t content, const struct unsettled_row **row)
{
	choice->is_taken = true;
	choice->sent = content;
	*row = choice;
	return UNSETTLED_TAKEN;
}

static enum unsettled_answer
take_one_of(const struct candidates *candidates, const struct likeness *likeness,
    const struct unsettled_row **row)
{
	struct choice choice = { .open = NULL };

	for (size_t i = 0; i < candidates->count; i++)
		weigh(&choice, likeness, &candidates->rows[i],
		    follow(candidates, &candidates->rows[i]));
	if (!choice.open)
		return refuse(choice.same ? choice.same
			      : choice.sent ? choice.sent
					    : &candidates->rows[candidates->count - 1], row);
	/* Rejected rows that are the same may both be handed in, but together. */
	if (choice.same && (choice.same->again || !are_twins(likeness, choice.same, choice.open)))
		return refuse(choice.same, row);
	if (choice.sent && choice.sent_likeness > choice.open_likeness)
		return refuse(choice.sent, row);
	return take(choice.open, likeness->content, row);
}

enum unsettled_answer
unsettled_take(struct unsettled *unsettled, const struct unsettled_claim *claim,
    const struct unsettled_row **row)
{
	const struct candidates candidates = find_candidates(unsettled, claim);
	size_t columns = columns_of(unsettled, claim->source);
	const struct likeness likeness = { unsettled, columns, content_row(claim->cells, columns) };
	struct unsettled_row *now;

	if (candidates.count == 0)
		return UNSETTLED_NEVER;
	hash_claim(unsettled, claim, columns);
	if (!is_one(&candidates))
		return take_one_of(&candidates, &likeness, row);
	now = follow(&candidates, &candidates.rows[0]);
	return is_open(now) ? take(now, likeness.content, row) : refuse(now, row);
}
