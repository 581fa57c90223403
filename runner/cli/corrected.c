#include "platform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/number.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/base/suggest.h"
#include "runner/cli/corrected.h"
#include "runner/cli/ports.h"
#include "runner/cli/unsettled.h"
#include "runner/engine/engine.h"
#include "runner/files/folder.h"
#include "runner/files/put.h"
#include "runner/report/csv.h"
#include "runner/report/rejected_csv.h"
#include "runner/source/complaint.h"
#include "runner/source/digest.h"
#include "runner/source/pass.h"
#include "runner/source/rows.h"
#include "runner/sys/host.h"
#include "runner/sys/steps.h"
#include "store/events.h"

static const char folder_name[] = "retry";

enum { FILE_NAME_BYTES = 16, FILE_PATH_BYTES = 32, NO_COLUMN = -1 };

/* The rows of one source: what becomes retry/N.csv. */
struct part {
	struct put put; /* not open: no row of this source yet */
	char name[FILE_NAME_BYTES]; /* "7.csv" */
	char path[FILE_PATH_BYTES]; /* "retry/7.csv" */
	uint32_t retry;     /* N */
	uint32_t *parents;  /* of each row: the chunk in which it was rejected */
	size_t rows, room;
	int *columns;       /* of the file that was handed in, one for each column as sent */
	struct plan_input input;
	uint32_t first_chunk;
};

struct corrected {
	struct session *session;
	struct file *file;
	struct unsettled unsettled;
	int folder; /* retry/; -1: not open */
	struct part *parts; /* by source */

	/* The header line. */
	uint32_t column_count;
	struct buf *names;
	int leading[REJECTED_CSV_LEADING];

	/* The record at hand. */
	const struct row *row;
	struct buf *values; /* one a column */
	struct buf line;

	struct plan_chunk *chunks;
	size_t chunk_count, chunk_room;
	struct part *cutting;
	struct engine_retry_parent *parents;
	size_t parent_count;
	struct engine_retry_file *files;
	size_t file_count;
};

static void
corrected_done(struct corrected *corrected)
{
	size_t sources = corrected->session->job.source_count;

	unsettled_done(&corrected->unsettled);
	for (size_t i = 0; corrected->parts && i < sources; i++) {
		put_done(&corrected->parts[i].put);
		free(corrected->parts[i].parents);
		free(corrected->parts[i].columns);
	}
	for (uint32_t i = 0; i < corrected->column_count; i++) {
		buf_done(&corrected->names[i]);
		buf_done(&corrected->values[i]);
	}
	free(corrected->names);
	free(corrected->values);
	free(corrected->parts);
	free(corrected->chunks);
	free(corrected->parents);
	free(corrected->files);
	buf_done(&corrected->line);
	if (corrected->folder >= 0)
		close(corrected->folder);
}
SCOPED_BY(corrected, corrected_done)

/* "fix.csv line 12: WHAT. Nothing was changed." */
static int __attribute__((format(printf, 3, 4)))
wrong(const struct corrected *corrected, struct err *err, const char *format, ...)
{
	SCOPED(buf) text = BUF_INIT;
	char line[SHOW_BYTES];
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	return err_set(err, ERR_DATA, "%s line %s: %s\nNothing was changed, nothing was sent.",
	    corrected->file->written, show_count(corrected->row->line, line), buf_text(&text));
}

/* ---- the header line */

/* Quotation marks away, doubled ones single. */
static void
unquote(struct buf *to, struct span raw)
{
	buf_clear(to);
	if (raw.len < 2 || raw.ptr[0] != '"') {
		buf_add_span(to, raw);
		return;
	}
	for (size_t i = 1; i + 1 < raw.len; i++) {
		buf_add_byte(to, raw.ptr[i]);
		if (raw.ptr[i] == '"')
			i++; /* the second of two */
	}
}

static int
find_name(const struct corrected *corrected, struct span name, int after)
{
	for (int i = after + 1; i < (int)corrected->column_count; i++) {
		if (span_equal(buf_span(&corrected->names[i]), name))
			return i;
	}
	return NO_COLUMN;
}

/* Which of the seven a column of the file is; NO_COLUMN: none. */
static int
leading_of(const struct corrected *corrected, int column)
{
	for (int i = 0; i < REJECTED_CSV_LEADING; i++) {
		if (corrected->leading[i] == column)
			return i;
	}
	return NO_COLUMN;
}

/* A column as sent may be called like one of the seven: the seven come first. */
static int
find_data(const struct corrected *corrected, struct span name)
{
	int column = find_name(corrected, name, NO_COLUMN);

	if (column != NO_COLUMN && leading_of(corrected, column) != NO_COLUMN)
		column = find_name(corrected, name, column);
	return column;
}

static bool
is_sent_by(const struct report_source *source, struct span name)
{
	for (size_t i = 0; i < source->column_count; i++) {
		if (span_equal(source->columns[i], name))
			return true;
	}
	return false;
}

static int
refuse_column(const struct corrected *corrected, struct span name, struct err *err)
{
	const struct report_job *job = &corrected->session->job;
	struct suggest suggest = suggest_for(name);
	SCOPED(buf) shown = BUF_INIT;
	struct span nearest;

	for (size_t i = 0; i < job->source_count; i++) {
		for (size_t j = 0; j < job->sources[i].column_count; j++)
			suggest_offer(&suggest, job->sources[i].columns[j]);
	}
	nearest = suggest_nearest(&suggest);
	show_safe(&shown, name, 80);
	return wrong(corrected, err, "no source of the job sends a column \"%s\"%s%.*s%s",
	    buf_text(&shown), nearest.ptr ? "; did you mean \"" : "", SPAN_ARG(nearest),
	    nearest.ptr ? "\"?" : "");
}

static int
check_column(const struct corrected *corrected, int column, struct err *err)
{
	const struct report_job *job = &corrected->session->job;
	struct span name = buf_span(&corrected->names[column]);
	SCOPED(buf) shown = BUF_INIT;

	if (leading_of(corrected, column) != NO_COLUMN)
		return 0;
	show_safe(&shown, name, 80);
	if (find_data(corrected, name) != column)
		return wrong(corrected, err, "there are two columns \"%s\"", buf_text(&shown));
	for (size_t i = 0; i < job->source_count; i++) {
		if (is_sent_by(&job->sources[i], name))
			return 0;
	}
	return refuse_column(corrected, name, err);
}

static int
read_header(struct corrected *corrected, struct err *err)
{
	const struct row *row = corrected->row;

	corrected->names = calloc(row->fields + 1, sizeof(*corrected->names));
	corrected->values = calloc(row->fields + 1, sizeof(*corrected->values));
	if (!corrected->names || !corrected->values)
		return err_memory(err);
	corrected->column_count = row->fields;
	for (uint32_t i = 0; i < row->fields; i++) {
		unquote(&corrected->names[i], rows_field(row, i));
		if (buf_check(&corrected->names[i], err))
			return -1;
	}
	for (int i = 0; i < REJECTED_CSV_LEADING; i++) {
		const char *name = rejected_csv_columns[i];

		corrected->leading[i] = find_name(corrected, span_of(name), NO_COLUMN);
		if (corrected->leading[i] == NO_COLUMN)
			return wrong(corrected, err,
			    "there is no column \"%s\"\n"
			    "  It must have the columns that rollcall rejects writes, with commas between"
			    " them.", name);
	}
	for (uint32_t i = 0; i < row->fields; i++) {
		if (check_column(corrected, (int)i, err))
			return -1;
	}
	return 0;
}

/* ---- a row: which rejected one is it? */

static struct span
leading(const struct corrected *corrected, enum rejected_csv_column column)
{
	return buf_span(&corrected->values[corrected->leading[column]]);
}

static int
find_source(const struct corrected *corrected, uint32_t *source, struct err *err)
{
	const struct report_job *job = &corrected->session->job;
	struct span name = leading(corrected, REJECTED_CSV_SOURCE);
	SCOPED(buf) shown = BUF_INIT;

	for (size_t i = 0; i < job->source_count; i++) {
		if (span_is(name, job->sources[i].name)) {
			*source = (uint32_t)i;
			return 0;
		}
	}
	show_safe(&shown, name, 80);
	return wrong(corrected, err, "there is no source \"%s\"", buf_text(&shown));
}

static int
read_number(const struct corrected *corrected, enum rejected_csv_column column, uint64_t most,
    uint64_t *number, struct err *err)
{
	struct span text = leading(corrected, column);
	SCOPED(buf) shown = BUF_INIT;

	if (number_u64(text, number) == 0 && *number && *number <= most)
		return 0;
	show_safe(&shown, text, 40);
	return wrong(corrected, err, "%s is \"%s\", which is no number of one",
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
read_place(const struct corrected *corrected, struct unsettled_row *name, struct err *err)
{
	const struct report_source *source;
	SCOPED(buf) shown = BUF_INIT;
	uint64_t chunk;

	if (find_source(corrected, &name->source, err) ||
	    read_number(corrected, REJECTED_CSV_CHUNK, UINT32_MAX - 1, &chunk, err))
		return -1;
	source = &corrected->session->job.sources[name->source];
	name->chunk = (uint32_t)chunk;
	name->input = RETRIED_NO_INPUT;
	if (leading(corrected, REJECTED_CSV_SOURCE_ROW).len == 0)
		return 0; /* it was not found in the source */
	if (read_number(corrected, REJECTED_CSV_SOURCE_ROW, UINT64_MAX, &name->row, err))
		return -1;
	name->input = find_input(source, leading(corrected, REJECTED_CSV_SOURCE_FILE));
	if (name->input != RETRIED_NO_INPUT)
		return 0;
	show_safe(&shown, leading(corrected, REJECTED_CSV_SOURCE_FILE), 80);
	return wrong(corrected, err, "%s has no input \"%s\"", source->name, buf_text(&shown));
}

/* "people-3 row 5", or without a place "people-3" */
static void
name_row(const struct corrected *corrected, const struct unsettled_row *name, struct buf *to)
{
	char number[SHOW_BYTES];

	if (name->row)
		buf_printf(to, "row %s of %s", show_count(name->row, number),
		    corrected->session->job.sources[name->source].inputs[name->input]);
	else
		buf_printf(to, "a row of %s-%u without a place",
		    corrected->session->job.sources[name->source].name, name->chunk);
}

static int
find_rejected(struct corrected *corrected, struct unsettled_row *name,
    const struct unsettled_row **found, struct err *err)
{
	SCOPED(buf) which = BUF_INIT;
	const char *source;

	if (read_place(corrected, name, err))
		return -1;
	name_row(corrected, name, &which);
	source = corrected->session->job.sources[name->source].name;
	switch (unsettled_take(&corrected->unsettled, name, found)) {
	case UNSETTLED_TAKEN:
		return 0;
	case UNSETTLED_NEVER:
		return wrong(corrected, err, "%s was not rejected", buf_text(&which));
	case UNSETTLED_AGAIN:
		return wrong(corrected, err,
		    "%s was sent again already, in %s-%u\n"
		    "  A row is sent again once, unless it is rejected again.  What became of it:\n"
		    "    rollcall explain %s %s-%u", buf_text(&which), source,
		    (*found)->again, corrected->session->settings.path, source, (*found)->again);
	case UNSETTLED_TOO_OFTEN:
		break;
	}
	return wrong(corrected, err, "%s stands in this file before", buf_text(&which));
}

/* ---- a row: into the file of its source */

static int
map_columns(struct corrected *corrected, const struct report_source *source, struct part *part,
    struct err *err)
{
	part->columns = calloc(source->column_count + 1, sizeof(*part->columns));
	if (!part->columns)
		return err_memory(err);
	for (size_t i = 0; i < source->column_count; i++) {
		part->columns[i] = find_data(corrected, source->columns[i]);
		if (part->columns[i] == NO_COLUMN)
			return wrong(corrected, err,
			    "this row is of %s, which sends a column \"%.*s\": the file has none",
			    source->name, SPAN_ARG(source->columns[i]));
	}
	return 0;
}

static int
flush_line(struct corrected *corrected, struct part *part, struct err *err)
{
	if (buf_check(&corrected->line, err) ||
	    put_add(&part->put, buf_span(&corrected->line), err))
		return -1;
	buf_clear(&corrected->line);
	return 0;
}

static uint32_t
next_retry(const struct corrected *corrected)
{
	const struct inputs *inputs = &corrected->session->inputs;
	uint32_t last = 0;

	for (size_t i = 0; i < inputs->retry_count; i++) {
		uint32_t retry = inputs->retries[i].planned.input - PLAN_RETRY_INPUTS;

		if (retry > last)
			last = retry;
	}
	for (size_t i = 0; i < corrected->session->job.source_count; i++) {
		if (corrected->parts[i].retry > last)
			last = corrected->parts[i].retry;
	}
	return last + 1;
}

static int
open_part(struct corrected *corrected, const struct report_source *source, struct part *part,
    struct err *err)
{
	struct csv line = csv_into(&corrected->line);

	if (map_columns(corrected, source, part, err))
		return -1;
	part->retry = next_retry(corrected);
	snprintf(part->name, sizeof(part->name), "%u.csv", part->retry);
	snprintf(part->path, sizeof(part->path), "%s/%s", folder_name, part->name);
	if (put_open(&part->put, corrected->folder, part->name, err))
		return -1;
	buf_clear(&corrected->line);
	for (int i = 0; i < REJECTED_CSV_LEADING; i++)
		csv_raw(&line, span_of(inputs_retry_columns[i]));
	for (size_t i = 0; i < source->column_count; i++)
		csv_raw(&line, source->columns[i]);
	csv_end(&line);
	return flush_line(corrected, part, err);
}

static int
add_parent(struct part *part, uint32_t chunk, struct err *err)
{
	size_t room = part->room ? part->room * 2 : 64;
	uint32_t *parents = part->parents;

	if (part->rows == part->room) {
		parents = reallocarray(parents, room, sizeof(*parents));
		if (!parents)
			return err_memory(err);
		part->parents = parents;
		part->room = room;
	}
	parents[part->rows++] = chunk;
	return 0;
}

/* What a person wrote into a column that this source does not send would vanish. */
static int
check_others(const struct corrected *corrected, const struct report_source *source,
    struct err *err)
{
	for (uint32_t i = 0; i < corrected->column_count; i++) {
		struct span name = buf_span(&corrected->names[i]);

		if (corrected->values[i].len && leading_of(corrected, (int)i) == NO_COLUMN &&
		    !is_sent_by(source, name))
			return wrong(corrected, err,
			    "this row is of %s, which sends no column \"%.*s\": it must be empty",
			    source->name, SPAN_ARG(name));
	}
	return 0;
}

static void
add_number(struct csv *line, uint64_t number)
{
	if (number)
		csv_number(line, number);
	else
		csv_empty(line);
}

static int
add_row(struct corrected *corrected, const struct unsettled_row *found, struct err *err)
{
	const struct report_source *source = &corrected->session->job.sources[found->source];
	struct part *part = &corrected->parts[found->source];
	struct csv line;

	if (check_others(corrected, source, err) ||
	    (!part->retry && open_part(corrected, source, part, err)))
		return -1;
	line = csv_into(&corrected->line);
	csv_raw(&line, span_of(source->name));
	csv_number(&line, found->chunk);
	csv_number(&line, found->import_id);
	csv_raw(&line, found->input == RETRIED_NO_INPUT ? SPAN_NONE
							: span_of(source->inputs[found->input]));
	add_number(&line, found->line);
	add_number(&line, found->row);
	csv_raw(&line, leading(corrected, REJECTED_CSV_REASON));
	for (size_t i = 0; i < source->column_count; i++)
		csv_raw(&line, buf_span(&corrected->values[part->columns[i]]));
	csv_end(&line);
	return add_parent(part, found->chunk, err) || flush_line(corrected, part, err) ? -1 : 0;
}

static int
take_row(struct corrected *corrected, struct err *err)
{
	struct unsettled_row name = { .row = 0 };
	const struct unsettled_row *found;

	for (uint32_t i = 0; i < corrected->column_count; i++) {
		unquote(&corrected->values[i], rows_field(corrected->row, i));
		if (buf_check(&corrected->values[i], err))
			return -1;
	}
	if (find_rejected(corrected, &name, &found, err))
		return -1;
	return add_row(corrected, found, err);
}

/* ---- the whole file */

static int
complain(struct corrected *corrected, struct rows *rows, struct err *err)
{
	struct reader reader = file_reader(corrected->file);
	struct complaint complaint = {
		.path = corrected->file->written,
		.reader = &reader,
		.dialect = DIALECT_SENT,
		.columns = rows->scan.columns,
		.limit_bytes = LIMIT_CHUNK_MOST_BYTES,
	};
	const struct problem problem = rows->scan.problem;

	if (problem.kind == PROBLEM_UTF8) {
		rows_take_apart(rows, false);
		if (rows_count_broken(rows, &complaint.broken_rows, &complaint.is_all, err))
			return -1;
	}
	return complaint_about(&complaint, &problem, err);
}

static int
read_rows(struct corrected *corrected, struct rows *rows, uint64_t *count, struct err *err)
{
	enum rows_verdict verdict;
	struct row row;

	corrected->row = &row;
	for (*count = 0;; ++*count) {
		if (rows_pull(rows, &row, &verdict, err))
			return -1;
		if (verdict == ROWS_PROBLEM)
			return complain(corrected, rows, err);
		if (verdict == ROWS_END)
			return 0;
		if (*count == 0 ? read_header(corrected, err) : take_row(corrected, err))
			return -1;
		if (*count == 0)
			rows_expect(rows, corrected->column_count);
	}
}

static int
read_file(struct corrected *corrected, struct corrected_result *result, struct err *err)
{
	struct reader reader = file_reader(corrected->file);
	const struct rows_options options = {
		.reader = &reader,
		.dialect = DIALECT_SENT,
		.most_record_bytes = LIMIT_CHUNK_MOST_BYTES,
	};
	SCOPED(rows) rows;
	uint64_t count;

	if (rows_init(&rows, &options, err) || read_rows(corrected, &rows, &count, err))
		return -1;
	if (count < 2)
		return err_set(err, ERR_DATA, "%s has no rows\nNothing was changed, nothing was sent.",
		    corrected->file->written);
	result->rows = count - 1;
	return file_check_unchanged(corrected->file, err);
}

static int
take_digest(struct file *file, struct digest *digest, struct err *err)
{
	struct reader reader = file_reader(file);
	SCOPED(digest_sha) sha = { NULL };
	char block[64 * 1024];
	uint64_t at = 0;
	size_t got;

	if (digest_sha_init(&sha))
		return err_memory(err);
	do {
		if (reader_read(&reader, at, block, sizeof(block), &got, err))
			return -1;
		digest_sha_add(&sha, block, got);
		at += got;
	} while (got);
	digest_sha_result(&sha, digest->bytes);
	digest->is_known = true;
	return 0;
}

/* ---- chunks */

static int
take_chunk(void *ctx, const struct plan_chunk *plan, struct err *err)
{
	struct corrected *corrected = ctx;
	const struct part *part = corrected->cutting;
	size_t room = corrected->chunk_room ? corrected->chunk_room * 2 : 16;
	struct plan_chunk *chunks = corrected->chunks;
	struct plan_chunk chunk = *plan;

	chunk.retry_first = UINT32_MAX;
	for (uint32_t i = 0; i < chunk.rows; i++) {
		uint32_t parent = part->parents[chunk.first_row - 1 + i];

		if (parent < chunk.retry_first)
			chunk.retry_first = parent;
		if (parent > chunk.retry_last)
			chunk.retry_last = parent;
	}
	if (corrected->chunk_count == corrected->chunk_room) {
		chunks = reallocarray(chunks, room, sizeof(*chunks));
		if (!chunks)
			return err_memory(err);
		corrected->chunks = chunks;
		corrected->chunk_room = room;
	}
	chunks[corrected->chunk_count++] = chunk;
	return 0;
}

/* What is on disk under the temporary name, planned like any other input. */
static int
cut(struct corrected *corrected, uint32_t source, struct part *part, struct err *err)
{
	const struct session *session = corrected->session;
	const struct settings *settings = &session->settings;
	const struct report_source *of = &session->job.sources[source];
	struct layout_column *columns = calloc(of->column_count + 1, sizeof(*columns));
	const struct layout_options layout = { .dialect = DIALECT_SENT, .columns = columns,
		.column_count = of->column_count };
	const struct pass_options options = {
		.path = corrected->file->written,
		.layout = &layout,
		.type = settings->sources[source].type == SETTINGS_PEOPLE ? RULES_PEOPLE : RULES_BALLOT,
		.source = source,
		.input = PLAN_RETRY_INPUTS + part->retry,
		.first_number = session->sources[source].chunk_count + 1,
		.limit_bytes = (uint32_t)settings->limits.chunk_bytes,
		.limit_rows = (uint32_t)settings->limits.rows,
		.on_chunk = take_chunk,
		.ctx = corrected,
	};
	char path[PATH_MAX + sizeof(folder_name) + sizeof(part->put.temp) + 2];
	SCOPED(file) file = FILE_NONE;
	struct pass_result pass;
	struct reader reader;
	int failed;

	if (!columns)
		return err_memory(err);
	/* They end with a NUL (inputs.h). */
	for (size_t i = 0; i < of->column_count; i++)
		columns[i].from = columns[i].to = of->columns[i].ptr;
	snprintf(path, sizeof(path), "%s/%s/%s", session->folder, folder_name, part->put.temp);
	corrected->cutting = part;
	part->first_chunk = options.first_number;
	failed = file_open(&file, (struct file_name){ path, corrected->file->written }, err);
	reader = file_reader(&file);
	if (!failed)
		failed = pass_run(&options, &reader, &pass, err);
	free(columns);
	if (failed)
		return -1;
	part->input = pass.input;
	part->input.reasons = SPAN_NONE;
	part->input.source = source;
	part->input.input = options.input;
	file_describe(&file, &part->input);
	return 0;
}

static int
compare_chunks(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* How many rows each chunk had among these. The order of the rows is not needed any more. */
static int
add_parents(struct corrected *corrected, uint32_t source, struct part *part, struct err *err)
{
	size_t most = corrected->parent_count + part->rows;
	struct engine_retry_parent *parents =
	    reallocarray(corrected->parents, most, sizeof(*parents));

	if (!parents)
		return err_memory(err);
	corrected->parents = parents;
	qsort(part->parents, part->rows, sizeof(*part->parents), compare_chunks);
	for (size_t i = 0; i < part->rows; i++) {
		if (i && part->parents[i] == part->parents[i - 1]) {
			parents[corrected->parent_count - 1].rows++;
			continue;
		}
		parents[corrected->parent_count++] = (struct engine_retry_parent){
			.source = source,
			.chunk = part->parents[i],
			.retry = part->retry,
			.rows = 1,
		};
	}
	return 0;
}

static int
plan_part(struct corrected *corrected, uint32_t source, struct part *part, struct err *err)
{
	struct engine_retry_file *file;
	size_t before = corrected->chunk_count;

	if (fflush(part->put.file))
		return folder_write_error_in(corrected->folder, part->name, errno, err);
	if (cut(corrected, source, part, err) || add_parents(corrected, source, part, err))
		return -1;
	file = &corrected->files[corrected->file_count++];
	file->input.input = part->input;
	file->input.path = part->path;
	file->first_chunk = part->first_chunk;
	file->chunks = (uint32_t)(corrected->chunk_count - before);
	return 0;
}

/* ---- all of it */

static int
plan_parts(struct corrected *corrected, struct err *err)
{
	uint32_t count = (uint32_t)corrected->session->job.source_count;

	corrected->files = calloc(count, sizeof(*corrected->files));
	if (!corrected->files)
		return err_memory(err);
	for (uint32_t i = 0; i < count; i++) {
		if (corrected->parts[i].retry &&
		    plan_part(corrected, i, &corrected->parts[i], err))
			return -1;
	}
	return 0;
}

static int
commit_parts(struct corrected *corrected, struct err *err)
{
	steps_at("before the files of a retry");
	for (size_t i = 0; i < corrected->session->job.source_count; i++) {
		if (corrected->parts[i].retry && put_commit(&corrected->parts[i].put, err))
			return -1;
		steps_at("after a file of a retry");
	}
	return 0;
}

static int
extend_plan(struct corrected *corrected, const struct digest *sha256, struct err *err)
{
	struct session *session = corrected->session;
	struct ports ports = ports_without_nation(session);
	char person[64], host[64];
	struct engine_options options = { .ports = &ports, .person = person, .host = host,
		.pid = (uint32_t)getpid() };
	const struct engine_retry retry = {
		.files = corrected->files,
		.file_count = corrected->file_count,
		.parents = corrected->parents,
		.parent_count = corrected->parent_count,
		.chunks = corrected->chunks,
		.chunk_count = corrected->chunk_count,
		.sha256 = *sha256,
	};
	__attribute__((cleanup(engine_scoped))) struct engine *engine = NULL;

	host_person(person, sizeof(person));
	host_name(host, sizeof(host));
	session_engine(session, &options);
	engine = engine_new(&options, err);
	return !engine || engine_retry_rows(engine, &retry, err) ? -1 : 0;
}

/* When the same file was handed in before: to be said where a row of it is refused. */
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
say_before(const struct corrected *corrected, const struct digest *sha256, struct err *err)
{
	struct before before = { .sha256 = *sha256 };
	struct err cause = *err, ignored = ERR_INIT;
	char at[STAMP_BYTES];

	if (cause.kind != ERR_DATA ||
	    events_each(corrected->session->store, 1, see_event, &before, &ignored) ||
	    before.at_ms == 0)
		return -1;
	return err_set(err, ERR_DATA,
	    "%s was handed in before, at %s\n"
	    "  Its rows are in the plan:  rollcall run %s  goes on with them.\n%s",
	    corrected->file->written, stamp_iso(before.at_ms, at), corrected->session->settings.path,
	    cause.text);
}

int
corrected_plan(struct session *session, struct file *file, struct corrected_result *result,
    struct err *err)
{
	SCOPED(corrected) corrected = { .session = session, .file = file, .folder = -1 };
	struct digest sha256 = { .is_known = false };

	corrected.parts = calloc(session->job.source_count, sizeof(*corrected.parts));
	corrected.folder = folder_open(session->folder_fd, folder_name, err);
	if (!corrected.parts)
		return err_memory(err);
	for (size_t i = 0; i < session->job.source_count; i++)
		corrected.parts[i].put = (struct put)PUT_NONE;
	if (corrected.folder < 0 || take_digest(file, &sha256, err) ||
	    unsettled_read(&corrected.unsettled, session, err))
		return -1;
	if (read_file(&corrected, result, err))
		return say_before(&corrected, &sha256, err);
	if (plan_parts(&corrected, err) || commit_parts(&corrected, err) ||
	    extend_plan(&corrected, &sha256, err))
		return -1;
	result->chunks = corrected.chunk_count;
	return 0;
}

/* ---- what a crash left */

/* "7.csv" of a retry that is in the plan. */
static bool
is_planned(const struct session *session, const char *name)
{
	for (size_t i = 0; i < session->inputs.retry_count; i++) {
		char wanted[FILE_NAME_BYTES];

		snprintf(wanted, sizeof(wanted), "%u.csv",
		    session->inputs.retries[i].planned.input - PLAN_RETRY_INPUTS);
		if (strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}

int
corrected_tidy(const struct session *session, struct err *err)
{
	int fd = openat(session->folder_fd, folder_name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *entry;
	DIR *folder;

	if (fd < 0)
		return errno == ENOENT ? 0
				       : err_system(err, ERR_IO, errno, "%s/%s", session->folder,
					     folder_name);
	folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return err_memory(err);
	}
	while ((entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    !is_planned(session, entry->d_name))
			unlinkat(dirfd(folder), entry->d_name, 0);
	}
	closedir(folder);
	return 0;
}
