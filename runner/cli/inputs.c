#include "platform.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/cli/copies.h"
#include "runner/base/number.h"
#include "runner/base/scoped.h"
#include "runner/cli/inputs.h"
#include "runner/source/complaint.h"
#include "runner/files/folder.h"
#include "runner/report/rejected_csv.h"
#include "runner/source/rows.h"

/* ---- making them */

static size_t
count_all(const struct settings *settings)
{
	size_t count = 0;

	for (size_t i = 0; i < settings->source_count; i++)
		count += settings->sources[i].input_count;
	return count;
}

static size_t
index_of(const struct inputs *inputs, uint32_t source, uint32_t input)
{
	return (size_t)(inputs->jobs[source].sizes - inputs->sizes) + input;
}

static struct copies_place
place_of(const struct inputs *inputs, uint32_t source, uint32_t input)
{
	return (struct copies_place){ inputs->folder, inputs->settings->sources[source].name, input };
}

static bool
is_copy_there(const struct inputs *inputs, size_t at)
{
	struct stat facts;

	return stat(inputs->names[at].path, &facts) == 0 && S_ISREG(facts.st_mode) &&
	    (uint64_t)facts.st_size == inputs->sizes[at];
}

/* A copy that is gone, or was cut off, is made again; the input must give the same. */
static int
prepare(void *context, uint32_t source, uint32_t input, struct err *err)
{
	struct inputs *inputs = context;
	size_t at = index_of(inputs, source, input);
	const struct copies_place place = place_of(inputs, source, input);
	struct file_name name = inputs->files[at];
	SCOPED(input) from = INPUT_NONE;
	struct err cause = ERR_INIT;

	if (!inputs->facts[at].is_copied || is_copy_there(inputs, at))
		return 0;
	if (input_open(&from, name, inputs_form(inputs, source), err))
		return -1;
	if (copies_make(&place, &from, &cause) && cause.kind != ERR_DATA)
		return err_set(err, cause.kind, "%s", cause.text);
	inputs->facts[at].was_copied = true;
	if (cause.kind == ERR_DATA || !is_copy_there(inputs, at))
		return complaint_changed(name.written, "", inputs->settings->command, err);
	return 0;
}

static void
describe_sources(struct inputs *inputs)
{
	const struct settings *settings = inputs->settings;
	size_t first = 0;

	for (size_t i = 0; i < settings->source_count; i++) {
		const struct settings_source *source = &settings->sources[i];

		for (size_t j = 0; j < source->input_count; j++) {
			inputs->files[first + j] = (struct file_name){ source->inputs[j].path,
				source->inputs[j].written };
			inputs->names[first + j] = inputs->files[first + j];
			inputs->facts[first + j].source = (uint32_t)i;
			inputs->facts[first + j].input = (uint32_t)j;
		}
		inputs->jobs[i] = (struct source_job){
			.type = settings_type_name(source->type),
			.is_overwritable = source->overwrite,
			.layout = inputs->layouts.of[i],
			.inputs = inputs->names + first,
			.sizes = inputs->sizes + first,
			.input_count = source->input_count,
		};
		first += source->input_count;
	}
	inputs->source = (struct source){
		.jobs = inputs->jobs,
		.job_count = settings->source_count,
		.is_padded = settings->nation.base64_padding,
		.job = settings->command,
		.prepare = prepare,
		.ctx = inputs,
	};
}

int
inputs_make(struct inputs *inputs, const struct settings *settings, const char *folder,
    const char *load_id, struct err *err)
{
	size_t count = count_all(settings);

	*inputs = (struct inputs){ .settings = settings, .folder = folder, .count = count };
	inputs->files = calloc(count, sizeof(*inputs->files));
	inputs->facts = calloc(count, sizeof(*inputs->facts));
	inputs->names = calloc(count, sizeof(*inputs->names));
	inputs->orders = calloc(count, sizeof(*inputs->orders));
	inputs->sizes = calloc(count, sizeof(*inputs->sizes));
	inputs->jobs = calloc(settings->source_count, sizeof(*inputs->jobs));
	inputs->headers = calloc(settings->source_count, sizeof(*inputs->headers));
	if (!inputs->files || !inputs->facts || !inputs->names || !inputs->sizes ||
	    !inputs->jobs || !inputs->headers || !inputs->orders)
		return err_memory(err);
	if (layouts_make(&inputs->layouts, settings, load_id, err))
		return -1;
	describe_sources(inputs);
	return 0;
}

static void
retry_done(struct inputs_retry *retry)
{
	for (size_t i = 0; i < retry->count; i++)
		free(retry->names[i]);
	free(retry->names);
	free(retry->columns);
	free(retry->path);
}

void
inputs_done(struct inputs *inputs)
{
	for (size_t i = 0; inputs->headers && i < inputs->settings->source_count; i++) {
		free(inputs->headers[i].columns);
		free(inputs->headers[i].text);
	}
	for (size_t i = 0; i < inputs->reason_count; i++)
		free(inputs->reasons[i].words);
	free(inputs->reasons);
	for (size_t i = 0; inputs->facts && i < inputs->count; i++)
		free(inputs->facts[i].copy);
	for (size_t i = 0; inputs->orders && i < inputs->count; i++)
		free(inputs->orders[i]);
	free(inputs->orders);
	for (size_t i = 0; i < inputs->retry_count; i++)
		retry_done(&inputs->retries[i]);
	free(inputs->retries);
	free(inputs->retry_jobs);
	layouts_done(&inputs->layouts);
	free(inputs->files);
	free(inputs->facts);
	free(inputs->names);
	free(inputs->sizes);
	free(inputs->jobs);
	free(inputs->headers);
	*inputs = (struct inputs){ 0 };
}

struct file_name
inputs_file(const struct inputs *inputs, uint32_t source, uint32_t input)
{
	return inputs->files[index_of(inputs, source, input)];
}

const uint32_t *const *
inputs_orders(const struct inputs *inputs, uint32_t source)
{
	return (const uint32_t *const *)inputs->orders + index_of(inputs, source, 0);
}

struct input_form
inputs_form(const struct inputs *inputs, uint32_t source)
{
	const struct settings_source *settings = &inputs->settings->sources[source];

	return (struct input_form){ settings->encoding, settings->member };
}

int
inputs_copy(void *context, uint32_t source, uint32_t input, struct input *from,
    struct file *copy, struct err *err)
{
	const struct inputs *inputs = context;
	const struct copies_place place = place_of(inputs, source, input);
	char path[PATH_MAX];

	struct err cause = ERR_INIT;

	if (copies_path(&place, path, err))
		return -1;
	if (copies_make(&place, from, &cause))
		return err_set(err, cause.kind, "%s%s", cause.text,
		    cause.kind == ERR_IO || cause.kind == ERR_CREATE ? "\nNothing was sent." : "");
	return file_open(copy, (struct file_name){ path, from->file.written }, err);
}

void
inputs_unmake_copies(const struct inputs *inputs)
{
	for (size_t i = 0; inputs->facts && i < inputs->count; i++) {
		const struct inputs_fact *fact = &inputs->facts[i];
		const struct copies_place place = place_of(inputs, fact->source, fact->input);

		if (fact->was_copied)
			copies_unmake(&place);
	}
}

/* ---- what the plan knows */

static struct inputs_reason *
find_reason(struct inputs *inputs, const struct inputs_reason *like, struct span words)
{
	for (size_t i = 0; i < inputs->reason_count; i++) {
		struct inputs_reason *reason = &inputs->reasons[i];

		if (reason->source == like->source && reason->kind == like->kind &&
		    span_is(words, reason->words))
			return reason;
	}
	return NULL;
}

static struct inputs_reason *
add_reason(struct inputs *inputs, const struct inputs_reason *like, struct span words)
{
	size_t count = inputs->reason_count + 1;
	struct inputs_reason *reasons = realloc(inputs->reasons, count * sizeof(*reasons));

	if (!reasons)
		return NULL;
	inputs->reasons = reasons;
	reasons[count - 1] = *like;
	reasons[count - 1].words = strndup(words.ptr, words.len);
	if (!reasons[count - 1].words)
		return NULL;
	inputs->reason_count = count;
	return &reasons[count - 1];
}

/* "left_out 812 only status in A, I" */
static int
take_reason(struct inputs *inputs, uint32_t source, struct span line, struct err *err)
{
	struct span word = span_next(&line, ' ');
	struct inputs_reason like = { .source = source };
	struct inputs_reason *reason;
	uint64_t rows;

	while (like.kind < REASONS_KIND_COUNT && !span_is(word, reasons_word(like.kind)))
		like.kind++;
	if (like.kind == REASONS_KIND_COUNT || !line.ptr ||
	    number_u64(span_next(&line, ' '), &rows) || !line.ptr)
		return 0; /* of a later version */
	reason = find_reason(inputs, &like, line);
	if (!reason)
		reason = add_reason(inputs, &like, line);
	if (!reason)
		return err_memory(err);
	reason->rows += rows;
	return 0;
}

static int
take_reasons(struct inputs *inputs, const struct plan_input *input, struct err *err)
{
	struct span rest = input->reasons;

	while (rest.len) {
		if (take_reason(inputs, input->source, span_next(&rest, '\n'), err))
			return -1;
	}
	return 0;
}

static int
take_header(struct inputs_header *header, struct span columns, struct err *err)
{
	struct span rest;

	header->text = malloc(columns.len);
	header->columns = calloc(columns.len, sizeof(*header->columns));
	if (!header->text || !header->columns)
		return err_memory(err);
	memcpy(header->text, columns.ptr, columns.len);
	rest = (struct span){ header->text, columns.len };
	while (rest.len)
		header->columns[header->count++] = span_next(&rest, '\0');
	return 0;
}

/* Planning saw to it that it has the columns of the first one, in whatever order (planning.c). */
static int
take_order(struct inputs *inputs, const struct plan_input *input, struct err *err)
{
	const struct inputs_header *header = &inputs->headers[input->source];
	uint32_t *order = calloc(header->count, sizeof(*order));
	struct span rest = input->columns;
	bool is_same = true;

	if (!order)
		return err_memory(err);
	for (size_t i = 0; i < header->count; i++) {
		size_t at = span_find(header->columns, header->count, span_next(&rest, '\0'));

		if (at == header->count) {
			free(order);
			return err_set(err, ERR_INPUT, "inputs of %s in the load of %s differ in their columns",
			    inputs->settings->sources[input->source].name, inputs->folder);
		}
		is_same &= at == i;
		order[i] = (uint32_t)at;
	}
	if (is_same)
		free(order);
	else
		inputs->orders[index_of(inputs, input->source, input->input)] = order;
	return 0;
}

/* Its source's header is that of the first input that is not empty. */
static int
take_columns(struct inputs *inputs, const struct plan_input *input, struct err *err)
{
	struct inputs_header *header = &inputs->headers[input->source];

	if (input->rows && !input->columns.len)
		return err_set(err, ERR_INPUT,
		    "the load in %s does not say which columns are sent\n"
		    "  It was begun by a rollcall that was never released.\n"
		    "  rollcall run --new %s     starts over",
		    inputs->folder, inputs->settings->command);
	if (!input->columns.len)
		return 0;
	return header->text ? take_order(inputs, input, err)
			    : take_header(header, input->columns, err);
}

static int
add_retry(struct inputs *inputs, const struct plan_input *input, const char *path, struct err *err)
{
	struct inputs_retry *grown =
	    reallocarray(inputs->retries, inputs->retry_count + 1, sizeof(*grown));

	if (!grown)
		return err_memory(err);
	inputs->retries = grown;
	grown[inputs->retry_count] =
	    (struct inputs_retry){ .planned = *input, .path = folder_path(inputs->folder, path) };
	/* They were lent; no rule holds for it, and its columns are in its file. */
	grown[inputs->retry_count].planned.reasons = SPAN_NONE;
	grown[inputs->retry_count].planned.columns = SPAN_NONE;
	if (!grown[inputs->retry_count].path)
		return err_memory(err);
	inputs->retry_count++;
	return 0;
}

static int
read_from_copy(struct inputs *inputs, size_t at, struct err *err)
{
	struct inputs_fact *fact = &inputs->facts[at];
	const struct copies_place place = place_of(inputs, fact->source, fact->input);
	char path[PATH_MAX];

	if (copies_path(&place, path, err))
		return -1;
	fact->copy = strdup(path);
	if (!fact->copy)
		return err_memory(err);
	inputs->names[at].path = fact->copy;
	return 0;
}

static int
take_input(void *context, const struct plan_input *input, const char *path, struct err *err)
{
	struct inputs *inputs = context;
	size_t at;

	if (input->source < inputs->source.job_count && input->input >= PLAN_RETRY_INPUTS)
		return add_retry(inputs, input, path, err);
	if (input->source >= inputs->source.job_count ||
	    input->input >= inputs->jobs[input->source].input_count)
		return err_set(err, ERR_JOB, "the load has an input that the job file does not name");
	at = index_of(inputs, input->source, input->input);
	inputs->sizes[at] = input->is_copied ? input->text_bytes : input->size;
	inputs->facts[at].is_copied = input->is_copied;
	if (input->is_copied && read_from_copy(inputs, at, err))
		return -1;
	return take_columns(inputs, input, err) || take_reasons(inputs, input, err) ? -1 : 0;
}

/* ---- the files of retries */

#define RETRY_COLUMN(id, name) "rollcall." name,
const char *const inputs_retry_columns[INPUTS_RETRY_LEADING] = {
	REJECTED_CSV_COLUMNS(RETRY_COLUMN) "rollcall.nth"
};

/* What is sent of it are the columns behind those. */
static int
take_names(struct inputs_retry *retry, const struct layout *layout, struct err *err)
{
	size_t count = layout->column_count - INPUTS_RETRY_LEADING;

	retry->columns = calloc(count + 1, sizeof(*retry->columns));
	retry->names = calloc(count + 1, sizeof(*retry->names));
	if (!retry->columns || !retry->names)
		return err_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct span name = layout->names[INPUTS_RETRY_LEADING + i];

		retry->names[i] = strndup(name.ptr, name.len);
		if (!retry->names[i])
			return err_memory(err);
		retry->count++;
		retry->columns[i].from = retry->names[i];
		retry->columns[i].to = retry->names[i];
	}
	return 0;
}

/* A file that cannot be read is told by whoever opens it for its rows. */
static int
learn_columns(struct inputs_retry *retry, struct err *err)
{
	const struct layout_options all = { .dialect = DIALECT_SENT };
	const struct file_name name = { retry->path, retry->path };
	SCOPED(file) file = FILE_NONE;
	SCOPED(layout) layout = { 0 };
	struct reader reader;
	struct rows rows;
	const struct rows_options options = {
		.reader = &reader,
		.dialect = DIALECT_SENT,
		.most_record_bytes = LIMIT_CHUNK_MOST_BYTES,
		.window_bytes = REREAD_WINDOW_BYTES,
	};
	struct err ignored = ERR_INIT;
	int result = 0;

	if (file_open(&file, name, &ignored))
		return 0;
	reader = file_reader(&file);
	if (rows_init(&rows, &options, err))
		return -1;
	if (layout_read(&layout, &all, &rows, retry->path, &ignored) == 0 &&
	    layout.column_count > INPUTS_RETRY_LEADING)
		result = take_names(retry, &layout, err);
	rows_done(&rows);
	return result;
}

static const struct layout_column place_columns[] = {
	{ .from = "rollcall.chunk", .to = "chunk" },
	{ .from = "rollcall.source_file", .to = "file" },
	{ .from = "rollcall.source_line", .to = "line" },
	{ .from = "rollcall.source_row", .to = "row" },
	{ .from = "rollcall.nth", .to = "nth" },
};
enum { PLACE_CHUNK, PLACE_FILE, PLACE_LINE, PLACE_ROW, PLACE_NTH };

static int
describe_retries(struct inputs *inputs, struct err *err)
{
	inputs->retry_jobs = calloc(inputs->retry_count + 1, sizeof(*inputs->retry_jobs));
	if (!inputs->retry_jobs)
		return err_memory(err);
	for (size_t i = 0; i < inputs->retry_count; i++) {
		struct inputs_retry *retry = &inputs->retries[i];

		if (learn_columns(retry, err))
			return -1;
		inputs->retry_jobs[i] = (struct source_retry){
			.source = retry->planned.source,
			.input = retry->planned.input,
			.name = { retry->path, retry->path },
			.size = retry->planned.size,
			.layout = {
				.dialect = DIALECT_SENT,
				.columns = retry->columns,
				.column_count = retry->count,
			},
			.places = {
				.dialect = DIALECT_SENT,
				.columns = place_columns,
				.column_count = ARRAY_COUNT(place_columns),
			},
		};
	}
	inputs->source.retries = inputs->retry_jobs;
	inputs->source.retry_count = inputs->retry_count;
	return 0;
}

const struct source_retry *
inputs_find_retry(const struct inputs *inputs, uint32_t source, uint32_t input)
{
	for (size_t i = 0; i < inputs->retry_count; i++) {
		if (inputs->retry_jobs[i].source == source && inputs->retry_jobs[i].input == input)
			return &inputs->retry_jobs[i];
	}
	return NULL;
}

int
inputs_take_plan(struct inputs *inputs, struct store *store, struct err *err)
{
	return store_each_input(store, take_input, inputs, err) || describe_retries(inputs, err)
		   ? -1
		   : 0;
}

/* ---- ports */

struct source_port
inputs_port(struct inputs *inputs)
{
	return source_port(&inputs->source);
}

struct rows_reader {
	struct sent_reader port; /* first, so that the one is the other */
	struct source_rows *rows;
	struct source_rows *places; /* of a retry: where its rows were rejected; else NULL */
	uint64_t record;            /* of the row before, */
	uint32_t nth;               /* and its number there */
};

static int
next_place(struct source_rows *places, struct sent_row *row, struct err *err)
{
	struct reread_row read;
	uint64_t chunk = 0, nth = 0;
	bool is_end;

	if (source_rows_next(places, &read, &is_end, err))
		return -1;
	if (is_end || number_u64(read.fields[PLACE_CHUNK], &chunk) || chunk > UINT32_MAX ||
	    number_u64(read.fields[PLACE_NTH], &nth) || nth > UINT32_MAX)
		return err_set(err, ERR_INPUT, "a file of a retry is not what was planned");
	row->chunk = (uint32_t)chunk;
	row->nth = (uint32_t)nth;
	row->file = read.fields[PLACE_FILE];
	if (number_u64(read.fields[PLACE_LINE], &row->line))
		row->line = 0;
	if (number_u64(read.fields[PLACE_ROW], &row->row))
		row->row = 0;
	return 0;
}

static int
next_row(struct sent_reader *port, struct sent_row *row, bool *is_end, struct err *err)
{
	struct rows_reader *reader = (struct rows_reader *)port;
	struct reread_row read;

	if (source_rows_next(reader->rows, &read, is_end, err))
		return -1;
	if (*is_end)
		return 0;
	reader->nth = read.row == reader->record ? reader->nth + 1 : 1;
	reader->record = read.row;
	*row = (struct sent_row){
		.fields = read.fields,
		.field_count = read.field_count,
		.row = read.row,
		.line = read.line,
		.nth = reader->nth,
	};
	return reader->places ? next_place(reader->places, row, err) : 0;
}

static void
close_rows(struct sent_reader *port)
{
	struct rows_reader *reader = (struct rows_reader *)port;

	source_rows_close(reader->rows);
	source_rows_close(reader->places);
	free(reader);
}

static int
open_rows(void *ctx, const struct plan_chunk *plan, struct sent_reader **port, struct err *err)
{
	struct inputs *inputs = ctx;
	struct rows_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return err_memory(err);
	reader->port = (struct sent_reader){ next_row, close_rows };
	if (source_rows_open(&inputs->source, plan, &reader->rows, err) ||
	    (plan_is_retry(plan) &&
		source_places_open(&inputs->source, plan, &reader->places, err))) {
		close_rows(&reader->port);
		return -1;
	}
	*port = &reader->port;
	return 0;
}

struct sent_port
inputs_rows(struct inputs *inputs)
{
	return (struct sent_port){ inputs, open_rows };
}
