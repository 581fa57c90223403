#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner/report/failures.h"
#include "runner/report/rejected.h"
#include "runner/report/rejects.h"

/* "SOURCE-4294967295.failed.csv" with its NUL */
enum { ANSWER_NAME_BYTES = LIMIT_NAME_BYTES + 24 };

int
rejected_init(struct rejected *rejected, const struct report_options *options, struct err *err)
{
	const struct report_job *job = options->job;
	size_t most = 0;

	*rejected = (struct rejected){ .options = options };
	for (size_t i = 0; i < job->source_count; i++) {
		if (job->sources[i].column_count > most)
			most = job->sources[i].column_count;
	}
	rejected->columns = calloc(most + 1, sizeof(*rejected->columns));
	rejected->fields = calloc(most + 1, sizeof(*rejected->fields));
	rejected->ordered = calloc(most + 1, sizeof(*rejected->ordered));
	if (!rejected->columns || !rejected->fields || !rejected->ordered)
		return err_memory(err);
	return retried_read(&rejected->retried, options, err);
}

void
rejected_done(struct rejected *rejected)
{
	free(rejected->columns);
	free(rejected->fields);
	free(rejected->ordered);
	retried_done(&rejected->retried);
	buf_done(&rejected->reason);
	*rejected = (struct rejected){ .options = NULL };
}

/* A chunk whose rejected rows are being told. */
struct telling {
	struct rejected *rejected;
	const struct report_source *source;
	const uint32_t *order; /* of the columns of its input; NULL: that of the source */
	const struct rejected_visitor *visitor;
	struct rejected_row row; /* what all rows of the chunk have in common */
	struct failures failures;
	struct rejects rejects;
	struct rejected_found *found;
	size_t told;
	uint32_t placeless; /* of those told */
};

static void
telling_done(struct telling *telling)
{
	rejects_done(&telling->rejects);
	failures_done(&telling->failures);
}
SCOPED_BY(telling, telling_done)

static void
take_place(const struct telling *telling, const struct sent_row *sent, struct rejected_row *row)
{
	row->fields = sent->fields;
	row->field_count = sent->field_count;
	row->row = sent->row;
	row->line = sent->line;
	row->nth = sent->nth;
	if (sent->chunk) {
		row->file = sent->file;
		row->input = sent->row ? retried_input(telling->source, sent->file)
				       : RETRIED_NO_INPUT;
	} else {
		row->input = row->plan->input;
	}
}

/* Of a row that was not found, as the failure CSV has it. */
static void
take_failure(const struct telling *telling, struct rejected_row *row)
{
	for (size_t i = 0; i < telling->source->column_count; i++)
		telling->rejected->fields[i] = failures_column(&telling->failures, i);
	row->fields = telling->rejected->fields;
	row->field_count = telling->source->column_count;
	row->input = RETRIED_NO_INPUT;
}

/* From the order of its input into that of its source, in which rows of all inputs stand in one table. */
static void
put_in_order(const struct telling *telling, struct rejected_row *row)
{
	struct span *ordered = telling->rejected->ordered;

	if (!telling->order)
		return;
	for (size_t i = 0; i < telling->source->column_count; i++)
		ordered[telling->order[i]] = i < row->field_count ? row->fields[i] : SPAN_NONE;
	row->fields = ordered;
	row->field_count = telling->source->column_count;
}

static void
find_again(struct telling *telling, struct rejected_row *row)
{
	const struct retried_row name = { .source = row->plan->source, .chunk = row->plan->number,
		.input = row->input, .row = row->row, .nth = row->nth };
	const struct retried_row *again = retried_find(&telling->rejected->retried, &name);

	if (!again)
		return;
	row->again = again->by;
	row->sent_again = again->content;
	row->is_answered = again->is_answered;
	telling->found->answered += again->is_answered;
}

/* `sent` is NULL for a row that was not found in the source. */
static int
tell(struct telling *telling, const struct sent_row *sent, struct err *err)
{
	const struct rejects_row *found = &telling->rejects.rows[telling->told++];
	struct rejected_row row = telling->row;
	struct buf *reason = &telling->rejected->reason;

	buf_clear(reason);
	if (failures_read(&telling->failures, &found->extent, err) ||
	    failures_reason(&telling->failures, &found->extent, reason, err) ||
	    buf_check(reason, err))
		return -1;
	if (sent)
		take_place(telling, sent, &row);
	else
		take_failure(telling, &row);
	put_in_order(telling, &row);
	row.reason = buf_span(reason);
	if (row.row == 0)
		row.nth = ++telling->placeless;
	find_again(telling, &row);
	return telling->visitor->visit(telling->visitor->ctx, &row, err);
}

/* Reads the rows as sent once more and tells those that were rejected. *is_readable is false if the
 * source fails on the way; what is then not told has no place. */
static int
tell_found(struct telling *telling, struct sent_reader *reader, bool *is_readable, struct err *err)
{
	const struct rejects *rejects = &telling->rejects;
	struct sent_row row = { .fields = NULL };
	struct err unused;
	bool is_end;

	*is_readable = true;
	for (uint32_t number = 1; telling->told < rejects->found; number++) {
		if (reader->next(reader, &row, &is_end, &unused)) {
			*is_readable = false;
			return 0;
		}
		if (is_end)
			return 0;
		if (number == rejects->rows[telling->told].row && tell(telling, &row, err))
			return -1;
	}
	return 0;
}

static int
tell_rows(struct telling *telling, struct err *err)
{
	const struct sent_port *sent = telling->rejected->options->sent;
	struct rejected_found *found = telling->found;
	struct sent_reader *reader;
	struct err unused;
	bool is_readable = false;
	int result = 0;

	if (sent->open(sent->ctx, telling->row.plan, &reader, &unused) == 0) {
		result = tell_found(telling, reader, &is_readable, err);
		reader->close(reader);
	}
	found->is_unreadable = telling->rejects.is_unreadable || !is_readable;
	found->listed = telling->rejects.count;
	found->unplaced = telling->rejects.count - telling->told;
	while (result == 0 && telling->told < telling->rejects.count)
		result = tell(telling, NULL, err);
	return result;
}

/* The header as it was sent with the chunk. */
static const struct span *
columns_of(const struct telling *telling)
{
	const struct report_source *source = telling->source;
	struct span *columns = telling->rejected->columns;

	if (!telling->order)
		return source->columns;
	for (size_t i = 0; i < source->column_count; i++)
		columns[i] = source->columns[telling->order[i]];
	return columns;
}

static int
tell_answer(struct telling *telling, int file, struct err *err)
{
	struct rejects_options options = {
		.failures = &telling->failures,
		.sent = telling->rejected->options->sent,
		.plan = telling->row.plan,
		.rows_failed = telling->row.chunk->rows_failed,
	};

	if (failures_open(&telling->failures, file, columns_of(telling),
		telling->source->column_count, err) ||
	    rejects_find(&telling->rejects, &options, err))
		return -1;
	telling->found->has_answer = true;
	return telling->rejects.count ? tell_rows(telling, err) : 0;
}

/* *file is -1 if the chunk has no failure CSV. */
static int
open_answer(const struct report_options *options, const struct plan_chunk *plan, int *file,
    struct err *err)
{
	char name[ANSWER_NAME_BYTES];

	*file = -1;
	if (options->answers < 0)
		return 0;
	snprintf(name, sizeof(name), "%s-%u.failed.csv", options->job->sources[plan->source].name,
	    plan->number);
	*file = openat(options->answers, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*file >= 0 || errno == ENOENT)
		return 0;
	return err_system(err, ERR_IO, errno, "cannot read answers/%s", name);
}

int
rejected_chunk(struct rejected *rejected, const struct plan_chunk *plan,
    const struct chunk *chunk, const struct rejected_visitor *visitor, struct rejected_found *found,
    struct err *err)
{
	const struct report_source *source = &rejected->options->job->sources[plan->source];
	char room[REPORT_INPUT_BYTES];
	SCOPED(telling) telling = {
		.rejected = rejected,
		.source = source,
		.order = source->orders && plan->input < source->input_count
			     ? source->orders[plan->input]
			     : NULL,
		.visitor = visitor,
		.row = { .plan = plan, .chunk = chunk },
		.found = found,
	};
	int file, result;

	*found = (struct rejected_found){ .has_answer = false };
	if (!chunk->has_counts) /* a failure CSV from before it was sent again is not its own */
		return 0;
	if (open_answer(rejected->options, plan, &file, err))
		return -1;
	if (file < 0)
		return 0;
	telling.row.file = span_of(report_input_name(source, plan->input, room));
	result = tell_answer(&telling, file, err);
	close(file);
	return result;
}
