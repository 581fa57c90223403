#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner/report/csv.h"
#include "runner/report/failures.h"
#include "runner/report/rejected_csv.h"
#include "runner/report/rejects.h"

/* "SOURCE-4294967295.failed.csv" with its NUL */
enum { ANSWER_NAME_BYTES = LIMIT_NAME_BYTES + 24 };

#define NO_SOURCE UINT32_MAX

/* ---- columns */

static bool
has_column(const struct rejected_csv *csv, struct span name)
{
	for (size_t i = 0; i < csv->column_count; i++) {
		if (span_equal(csv->columns[i], name))
			return true;
	}
	return false;
}

static int
join_columns(struct rejected_csv *csv, struct err *err)
{
	const struct report_job *job = csv->options->job;
	size_t most = 1;

	for (size_t i = 0; i < job->source_count; i++)
		most += job->sources[i].column_count;
	csv->columns = calloc(most, sizeof(*csv->columns));
	csv->places = calloc(most, sizeof(*csv->places));
	if (!csv->columns || !csv->places)
		return err_memory(err);
	for (size_t i = 0; i < job->source_count; i++) {
		for (size_t j = 0; j < job->sources[i].column_count; j++) {
			if (!has_column(csv, job->sources[i].columns[j]))
				csv->columns[csv->column_count++] = job->sources[i].columns[j];
		}
	}
	return 0;
}

static void
find_places(struct rejected_csv *csv, uint32_t index)
{
	const struct report_source *source = &csv->options->job->sources[index];

	if (csv->source == index)
		return;
	for (size_t i = 0; i < csv->column_count; i++) {
		csv->places[i] = SIZE_MAX;
		for (size_t j = 0; j < source->column_count; j++) {
			if (span_equal(source->columns[j], csv->columns[i]))
				csv->places[i] = j;
		}
	}
	csv->source = index;
}

/* ---- lines */

static int
flush(struct rejected_csv *csv, struct err *err)
{
	if (buf_check(&csv->line, err))
		return -1;
	fwrite(csv->line.ptr, 1, csv->line.len, csv->to);
	buf_clear(&csv->line);
	return 0;
}

static int
write_header(struct rejected_csv *csv, struct err *err)
{
	struct csv line = csv_into(&csv->line);

	buf_add_text(
	    &csv->line, "source,chunk,import_id,source_file,source_line,source_row,reason");
	line.is_first = false;
	for (size_t i = 0; i < csv->column_count; i++)
		csv_raw(&line, csv->columns[i]);
	csv_end(&line);
	return flush(csv, err);
}

int
rejected_csv_init(struct rejected_csv *csv, const struct report_options *options, FILE *to,
    struct err *err)
{
	*csv = (struct rejected_csv){ .options = options, .to = to, .source = NO_SOURCE };
	return join_columns(csv, err) || write_header(csv, err) ? -1 : 0;
}

void
rejected_csv_done(struct rejected_csv *csv)
{
	free(csv->columns);
	free(csv->places);
	buf_done(&csv->line);
	buf_done(&csv->reason);
	*csv = (struct rejected_csv){ .source = NO_SOURCE };
}

/* A chunk whose rejected rows are being written. */
struct rejected_chunk {
	struct rejected_csv *csv;
	const struct plan_chunk *plan;
	const struct chunk *chunk;
	struct failures failures;
	struct rejects rejects;
	size_t written;
};

static void
rejected_chunk_done(struct rejected_chunk *rejected)
{
	rejects_done(&rejected->rejects);
	failures_done(&rejected->failures);
}

SCOPED_BY(rejected_chunk, rejected_chunk_done)

static void
add_columns(const struct rejected_chunk *rejected, struct csv *line, const struct sent_row *sent)
{
	const struct rejected_csv *csv = rejected->csv;

	for (size_t i = 0; i < csv->column_count; i++) {
		size_t place = csv->places[i];

		if (place == SIZE_MAX)
			csv_empty(line);
		else if (!sent)
			csv_raw(line, failures_column(&rejected->failures, place));
		else
			csv_raw(line, place < sent->field_count ? sent->fields[place] : SPAN_NONE);
	}
}

/* One line; `sent` is NULL for a row that was not found in the source. */
static int
write_row(struct rejected_chunk *rejected, const struct sent_row *sent, struct err *err)
{
	const struct rejects_row *row = &rejected->rejects.rows[rejected->written++];
	struct rejected_csv *csv = rejected->csv;
	const struct report_source *source = &csv->options->job->sources[rejected->plan->source];
	struct csv line = csv_into(&csv->line);

	buf_clear(&csv->reason);
	if (failures_read(&rejected->failures, &row->extent, err) ||
	    failures_reason(&rejected->failures, &row->extent, &csv->reason, err) ||
	    buf_check(&csv->reason, err))
		return -1;
	csv_text(&line, span_of(source->name));
	csv_number(&line, rejected->plan->number);
	csv_number(&line, rejected->chunk->import_id);
	csv_text(&line, span_of(source->inputs[rejected->plan->input]));
	if (sent) {
		csv_number(&line, sent->line);
		csv_number(&line, sent->row);
	} else {
		csv_empty(&line);
		csv_empty(&line);
	}
	csv_text(&line, buf_span(&csv->reason));
	add_columns(rejected, &line, sent);
	csv_end(&line);
	return flush(csv, err);
}

/* Reads the rows as sent once more and writes those that were rejected. *is_readable is false if
 * the source fails on the way; what is then not written has no place. */
static int
write_found(struct rejected_chunk *rejected, struct sent_reader *reader, bool *is_readable,
    struct err *err)
{
	const struct rejects *rejects = &rejected->rejects;
	struct sent_row row;
	struct err unused;
	bool is_end;

	*is_readable = true;
	for (uint32_t number = 1; rejected->written < rejects->found; number++) {
		if (reader->next(reader, &row, &is_end, &unused)) {
			*is_readable = false;
			return 0;
		}
		if (is_end)
			return 0;
		if (number == rejects->rows[rejected->written].row &&
		    write_row(rejected, &row, err))
			return -1;
	}
	return 0;
}

static int
write_rows(struct rejected_chunk *rejected, struct rejected_found *found, struct err *err)
{
	const struct sent_port *sent = rejected->csv->options->sent;
	struct sent_reader *reader;
	struct err unused;
	bool is_readable = false;
	int result = 0;

	if (sent->open(sent->ctx, rejected->plan, &reader, &unused) == 0) {
		result = write_found(rejected, reader, &is_readable, err);
		reader->close(reader);
	}
	found->is_unreadable = rejected->rejects.is_unreadable || !is_readable;
	found->listed = rejected->rejects.count;
	found->unplaced = rejected->rejects.count - rejected->written;
	while (result == 0 && rejected->written < rejected->rejects.count)
		result = write_row(rejected, NULL, err);
	return result;
}

static int
write_answer(struct rejected_chunk *rejected, int file, struct rejected_found *found,
    struct err *err)
{
	struct rejected_csv *csv = rejected->csv;
	const struct report_source *source = &csv->options->job->sources[rejected->plan->source];
	struct rejects_options options = {
		.failures = &rejected->failures,
		.sent = csv->options->sent,
		.plan = rejected->plan,
		.rows_failed = rejected->chunk->rows_failed,
	};

	if (failures_open(
		&rejected->failures, file, source->columns, source->column_count, err) ||
	    rejects_find(&rejected->rejects, &options, err))
		return -1;
	found->has_answer = true;
	if (rejected->rejects.count == 0)
		return 0;
	find_places(csv, rejected->plan->source);
	return write_rows(rejected, found, err);
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
rejected_csv_chunk(struct rejected_csv *csv, const struct plan_chunk *plan,
    const struct chunk *chunk, struct rejected_found *found, struct err *err)
{
	SCOPED(rejected_chunk) rejected = { .csv = csv, .plan = plan, .chunk = chunk };
	int file, result;

	*found = (struct rejected_found){ .has_answer = false };
	if (!chunk->has_counts) /* a failure CSV from before it was sent again is not its own */
		return 0;
	if (open_answer(csv->options, plan, &file, err))
		return -1;
	if (file < 0)
		return 0;
	result = write_answer(&rejected, file, found, err);
	close(file);
	return result;
}
