#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/number.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/cli/corrected.h"
#include "runner/cli/extension.h"
#include "runner/cli/handed.h"
#include "runner/cli/unsettled.h"
#include "store/events.h"

/* The cells of a row, in the order in which its source sends them. */
struct order {
	int *columns; /* of the file that is handed in, one for each that is sent; NULL: not looked up */
	struct span *cells;
};

struct corrected {
	struct session *session;
	struct handed handed;
	struct unsettled unsettled;
	struct extension extension;
	struct order *orders; /* by source */
	uint64_t rows;
};

static void
corrected_done(struct corrected *corrected)
{
	for (size_t i = 0; corrected->orders && i < corrected->session->job.source_count; i++) {
		free(corrected->orders[i].columns);
		free(corrected->orders[i].cells);
	}
	free(corrected->orders);
	handed_done(&corrected->handed);
	unsettled_done(&corrected->unsettled);
	extension_done(&corrected->extension);
}
SCOPED_BY(corrected, corrected_done)

/* ---- where the row says that it was rejected */

static const struct report_source *
source_of(const struct corrected *corrected, const struct unsettled_claim *claim)
{
	return &corrected->session->job.sources[claim->source];
}

static int
find_source(const struct corrected *corrected, uint32_t *source, struct err *err)
{
	const struct report_job *job = &corrected->session->job;
	struct span name = handed_leading(&corrected->handed, REJECTED_CSV_SOURCE);
	SCOPED(buf) shown = BUF_INIT;

	for (size_t i = 0; i < job->source_count; i++) {
		if (span_is(name, job->sources[i].name)) {
			*source = (uint32_t)i;
			return 0;
		}
	}
	show_safe(&shown, name, 80);
	return handed_wrong(&corrected->handed, err, "there is no source \"%s\"", buf_text(&shown));
}

static int
read_number(const struct corrected *corrected, enum rejected_csv_column column, uint64_t most,
    uint64_t *number, struct err *err)
{
	struct span text = handed_leading(&corrected->handed, column);
	SCOPED(buf) shown = BUF_INIT;

	if (number_u64(text, number) == 0 && *number && *number <= most)
		return 0;
	show_safe(&shown, text, 40);
	return handed_wrong(&corrected->handed, err, "%s is \"%s\", which is no number of one",
	    rejected_csv_columns[column], buf_text(&shown));
}

/* The report puts an apostrophe before what a spreadsheet could take for a formula. */
static uint32_t
find_input(const struct report_source *source, struct span name)
{
	uint32_t input = retried_input(source, name);

	if (input == RETRIED_NO_INPUT && span_starts(name, "'"))
		input = retried_input(source, (struct span){ name.ptr + 1, name.len - 1 });
	return input;
}

static int
read_place(const struct corrected *corrected, struct unsettled_claim *claim, struct err *err)
{
	const struct handed *handed = &corrected->handed;
	struct span file = handed_leading(handed, REJECTED_CSV_SOURCE_FILE);
	SCOPED(buf) shown = BUF_INIT;
	uint64_t chunk;

	if (find_source(corrected, &claim->source, err) ||
	    read_number(corrected, REJECTED_CSV_CHUNK, UINT32_MAX - 1, &chunk, err))
		return -1;
	claim->chunk = (uint32_t)chunk;
	claim->input = RETRIED_NO_INPUT;
	if (handed_leading(handed, REJECTED_CSV_SOURCE_ROW).len == 0)
		return 0; /* it was not found in the source */
	if (read_number(corrected, REJECTED_CSV_SOURCE_ROW, UINT64_MAX, &claim->row, err))
		return -1;
	claim->input = find_input(source_of(corrected, claim), file);
	if (claim->input != RETRIED_NO_INPUT)
		return 0;
	show_safe(&shown, file, 80);
	return handed_wrong(handed, err, "%s has no input \"%s\"",
	    source_of(corrected, claim)->name, buf_text(&shown));
}

/* ---- what it says now */

static int
find_columns(const struct corrected *corrected, const struct report_source *source,
    struct order *order, struct err *err)
{
	order->columns = calloc(source->column_count + 1, sizeof(*order->columns));
	order->cells = calloc(source->column_count + 1, sizeof(*order->cells));
	if (!order->columns || !order->cells)
		return err_memory(err);
	for (size_t i = 0; i < source->column_count; i++) {
		order->columns[i] = handed_find(&corrected->handed, source->columns[i]);
		if (order->columns[i] == HANDED_NO_COLUMN)
			return handed_wrong(&corrected->handed, err,
			    "this row is of %s, which sends a column \"%.*s\": the file has none",
			    source->name, SPAN_ARG(source->columns[i]));
	}
	return 0;
}

static int
read_cells(struct corrected *corrected, struct unsettled_claim *claim, struct err *err)
{
	const struct report_source *source = source_of(corrected, claim);
	struct order *order = &corrected->orders[claim->source];

	if (handed_check_others(&corrected->handed, source, err) ||
	    (!order->columns && find_columns(corrected, source, order, err)))
		return -1;
	for (size_t i = 0; i < source->column_count; i++)
		order->cells[i] = handed_value(&corrected->handed, order->columns[i]);
	claim->cells = order->cells;
	claim->reason = handed_leading(&corrected->handed, REJECTED_CSV_REASON);
	return 0;
}

/* ---- which of the rejected ones it is */

/* "row 5 of people.csv", or without a place "a row of people-3 without a place" */
static void
name_row(const struct corrected *corrected, const struct unsettled_claim *claim, struct buf *to)
{
	const struct report_source *source = source_of(corrected, claim);
	bool is_vote = corrected->session->settings.sources[claim->source].history_count;
	char number[SHOW_BYTES];

	if (claim->row)
		buf_printf(to, "%srow %s of %s", is_vote ? "a vote of " : "",
		    show_count(claim->row, number), source->inputs[claim->input]);
	else
		buf_printf(to, "a row of %s-%u without a place", source->name, claim->chunk);
}

/* Another chunk was given the id of its import since: whose result it was is not known. */
static bool
is_held(const struct corrected *corrected, const struct unsettled_claim *claim)
{
	const struct journal_port *journal = &corrected->session->journal;
	struct err ignored = ERR_INIT;
	struct chunk chunk;

	return journal->read_chunk(journal->ctx, claim->source, claim->chunk, &chunk, &ignored) == 0 &&
	       chunk.state == CHUNK_HELD;
}

static int
find_rejected(struct corrected *corrected, const struct unsettled_claim *claim,
    const struct unsettled_row **found, struct err *err)
{
	const char *source = source_of(corrected, claim)->name;
	const struct handed *handed = &corrected->handed;
	SCOPED(buf) which = BUF_INIT;

	name_row(corrected, claim, &which);
	switch (unsettled_take(&corrected->unsettled, claim, found)) {
	case UNSETTLED_TAKEN:
		return 0;
	case UNSETTLED_NEVER:
		if (is_held(corrected, claim))
			return handed_wrong(handed, err,
			    "%s-%u is held: which of its rows were rejected is not known any more\n"
			    "    rollcall explain %s %s-%u", source, claim->chunk,
			    corrected->session->settings.command, source, claim->chunk);
		return handed_wrong(handed, err, "%s was not rejected", buf_text(&which));
	case UNSETTLED_AGAIN:
		return handed_wrong(handed, err,
		    "%s was sent again already, in %s-%u\n"
		    "  A row is sent again once, unless it is rejected again.  What became of it:\n"
		    "    rollcall explain %s %s-%u", buf_text(&which), source,
		    (*found)->again, corrected->session->settings.command, source, (*found)->again);
	case UNSETTLED_BEFORE:
		break;
	}
	return handed_wrong(handed, err, "%s stands in this file before", buf_text(&which));
}

static int
take_row(struct corrected *corrected, struct err *err)
{
	struct unsettled_claim claim = { .row = 0 };
	const struct unsettled_row *found;

	if (read_place(corrected, &claim, err) || read_cells(corrected, &claim, err) ||
	    find_rejected(corrected, &claim, &found, err))
		return -1;
	return extension_add(&corrected->extension, found, claim.reason, claim.cells, err);
}

static int
take_rows(struct corrected *corrected, struct err *err)
{
	bool is_end;

	for (;; corrected->rows++) {
		if (handed_next(&corrected->handed, &is_end, err))
			return -1;
		if (is_end)
			break;
		if (take_row(corrected, err))
			return -1;
	}
	if (corrected->rows)
		return 0;
	return err_set(err, ERR_DATA, "%s has no rows\nNothing was changed, nothing was sent.",
	    corrected->handed.file->written);
}

/* ---- a file that was handed in before */

/* To be said where a row of it is refused. */
struct before {
	struct digest sha256;
	int64_t at_ms;
};

static int
see_event(void *ctx, const struct event *event, struct err *err)
{
	struct before *before = ctx;

	(void)err;
	if (event->type == EVENT_RETRY_PLANNED && event->sha256.is_known &&
	    memcmp(event->sha256.bytes, before->sha256.bytes, sizeof(before->sha256.bytes)) == 0)
		before->at_ms = event->at_ms;
	return 0;
}

static int
say_before(struct corrected *corrected, struct err *err)
{
	const struct session *session = corrected->session;
	struct before before = { .at_ms = 0 };
	struct err cause = *err, ignored = ERR_INIT;
	char at[STAMP_BYTES];

	if (cause.kind != ERR_DATA || handed_digest(&corrected->handed, &before.sha256, &ignored) ||
	    events_each(session->store, 1, see_event, &before, &ignored) || before.at_ms == 0)
		return -1;
	return err_set(err, ERR_DATA,
	    "%s was handed in before, at %s\n"
	    "  Its rows are in the plan:  rollcall run %s  goes on with them.\n%s",
	    corrected->handed.file->written, stamp_iso(before.at_ms, at), session->settings.command,
	    cause.text);
}

/* ---- all of it */

int
corrected_plan(struct session *session, struct engine *engine, struct file *file, uint64_t *rows,
    struct err *err)
{
	SCOPED(corrected) corrected = { .session = session, .extension = EXTENSION_NONE };
	struct digest sha256 = { .is_known = false };

	corrected.orders = calloc(session->job.source_count, sizeof(*corrected.orders));
	if (!corrected.orders)
		return err_memory(err);
	if (handed_open(&corrected.handed, &session->job, file, err) ||
	    unsettled_read(&corrected.unsettled, session, err) ||
	    extension_open(&corrected.extension, session, err))
		return -1;
	if (take_rows(&corrected, err))
		return say_before(&corrected, err);
	if (handed_digest(&corrected.handed, &sha256, err) ||
	    extension_commit(&corrected.extension, engine, file->written, &sha256, err))
		return -1;
	*rows = corrected.rows;
	return 0;
}
