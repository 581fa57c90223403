#include "platform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/cli/extension.h"
#include "runner/files/folder.h"
#include "runner/report/csv.h"
#include "runner/report/retried.h"
#include "runner/source/pass.h"
#include "runner/sys/steps.h"

static const char folder_name[] = "retry";

int
extension_open(struct extension *extension, struct session *session, struct err *err)
{
	size_t sources = session->job.source_count;

	*extension = (struct extension)EXTENSION_NONE;
	extension->session = session;
	extension->parts = calloc(sources, sizeof(*extension->parts));
	extension->files = calloc(sources, sizeof(*extension->files));
	if (!extension->parts || !extension->files)
		return err_memory(err);
	for (size_t i = 0; i < sources; i++)
		extension->parts[i].put = (struct put)PUT_NONE;
	extension->folder = folder_open(session->folder_fd, folder_name, err);
	return extension->folder < 0 ? -1 : 0;
}

void
extension_done(struct extension *extension)
{
	for (size_t i = 0; extension->parts && i < extension->session->job.source_count; i++) {
		put_done(&extension->parts[i].put);
		free(extension->parts[i].parents);
	}
	free(extension->parts);
	free(extension->chunks);
	free(extension->parents);
	free(extension->files);
	buf_done(&extension->line);
	if (extension->folder >= 0)
		close(extension->folder);
	*extension = (struct extension)EXTENSION_NONE;
}

/* ---- a row into the file of its source */

static int
flush_line(struct extension *extension, struct extension_part *part, struct err *err)
{
	if (buf_check(&extension->line, err) ||
	    put_add(&part->put, buf_span(&extension->line), err))
		return -1;
	buf_clear(&extension->line);
	return 0;
}

static uint32_t
next_retry(const struct extension *extension)
{
	const struct inputs *inputs = &extension->session->inputs;
	uint32_t last = 0;

	for (size_t i = 0; i < inputs->retry_count; i++) {
		uint32_t retry = inputs->retries[i].planned.input - PLAN_RETRY_INPUTS;

		if (retry > last)
			last = retry;
	}
	for (size_t i = 0; i < extension->session->job.source_count; i++) {
		if (extension->parts[i].retry > last)
			last = extension->parts[i].retry;
	}
	return last + 1;
}

static int
open_part(struct extension *extension, const struct report_source *source,
    struct extension_part *part, struct err *err)
{
	struct csv line = csv_into(&extension->line);

	part->retry = next_retry(extension);
	snprintf(part->name, sizeof(part->name), "%u.csv", part->retry);
	snprintf(part->path, sizeof(part->path), "%s/%s", folder_name, part->name);
	if (put_open(&part->put, extension->folder, part->name, err))
		return -1;
	buf_clear(&extension->line);
	for (int i = 0; i < INPUTS_RETRY_LEADING; i++)
		csv_raw(&line, span_of(inputs_retry_columns[i]));
	for (size_t i = 0; i < source->column_count; i++)
		csv_raw(&line, source->columns[i]);
	csv_end(&line);
	return flush_line(extension, part, err);
}

static int
add_parent(struct extension_part *part, uint32_t chunk, struct err *err)
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

int
extension_add(struct extension *extension, const struct unsettled_row *row, struct span reason,
    const struct span *cells, struct err *err)
{
	const struct report_source *source = &extension->session->job.sources[row->source];
	struct extension_part *part = &extension->parts[row->source];
	bool has_place = row->input != RETRIED_NO_INPUT;
	struct csv line;

	if (!part->retry && open_part(extension, source, part, err))
		return -1;
	line = csv_into(&extension->line);
	csv_raw(&line, span_of(source->name));
	csv_number(&line, row->chunk);
	csv_number(&line, row->import_id);
	csv_raw(&line, has_place ? span_of(source->inputs[row->input]) : SPAN_NONE);
	csv_number_from_one(&line, row->line);
	csv_number_from_one(&line, row->row);
	csv_raw(&line, reason);
	csv_number(&line, row->nth);
	for (size_t i = 0; i < source->column_count; i++)
		csv_raw(&line, cells[i]);
	csv_end(&line);
	return add_parent(part, row->chunk, err) || flush_line(extension, part, err) ? -1 : 0;
}

/* ---- chunks */

static int
take_chunk(void *ctx, const struct plan_chunk *plan, struct err *err)
{
	struct extension *extension = ctx;
	const struct extension_part *part = extension->cutting;
	size_t room = extension->chunk_room ? extension->chunk_room * 2 : 16;
	struct plan_chunk *chunks = extension->chunks;
	struct plan_chunk chunk = *plan;

	chunk.retry_first = UINT32_MAX;
	for (uint32_t i = 0; i < chunk.rows; i++) {
		uint32_t parent = part->parents[chunk.first_row - 1 + i];

		if (parent < chunk.retry_first)
			chunk.retry_first = parent;
		if (parent > chunk.retry_last)
			chunk.retry_last = parent;
	}
	if (extension->chunk_count == extension->chunk_room) {
		chunks = reallocarray(chunks, room, sizeof(*chunks));
		if (!chunks)
			return err_memory(err);
		extension->chunks = chunks;
		extension->chunk_room = room;
	}
	chunks[extension->chunk_count++] = chunk;
	return 0;
}

static int
read_part(struct extension *extension, struct extension_part *part, const struct pass_options *options,
    struct err *err)
{
	char path[PATH_MAX + sizeof(folder_name) + sizeof(part->put.temp) + 2];
	SCOPED(file) file = FILE_NONE;
	struct pass_result pass;
	struct reader reader;

	snprintf(path, sizeof(path), "%s/%s/%s", extension->session->folder, folder_name,
	    part->put.temp);
	if (file_open(&file, (struct file_name){ path, options->path }, err))
		return -1;
	reader = file_reader(&file);
	if (pass_run(options, &reader, &pass, err))
		return -1;
	part->input = pass.input;
	part->input.reasons = SPAN_NONE;
	part->input.source = options->source;
	part->input.input = options->input;
	file_describe(&file, &part->input);
	return 0;
}

/* What is on disk under the temporary name, planned like any other input. */
static int
cut(struct extension *extension, uint32_t source, struct extension_part *part, const char *written,
    struct err *err)
{
	const struct session *session = extension->session;
	const struct settings *settings = &session->settings;
	const struct report_source *of = &session->job.sources[source];
	struct layout_column *columns = calloc(of->column_count + 1, sizeof(*columns));
	const struct layout_options layout = { .dialect = DIALECT_SENT, .columns = columns,
		.column_count = of->column_count };
	const struct pass_options options = {
		.path = written,
		.layout = &layout,
		.type = settings->sources[source].type == SETTINGS_PEOPLE ? RULES_PEOPLE : RULES_BALLOT,
		.source = source,
		.input = PLAN_RETRY_INPUTS + part->retry,
		.first_number = session->sources[source].chunk_count + 1,
		.limit_bytes = (uint32_t)settings->limits.chunk_bytes,
		.limit_rows = (uint32_t)settings->limits.rows,
		.on_chunk = take_chunk,
		.ctx = extension,
	};
	int failed;

	if (!columns)
		return err_memory(err);
	/* They end with a NUL (inputs.h). */
	for (size_t i = 0; i < of->column_count; i++)
		columns[i].from = columns[i].to = of->columns[i].ptr;
	extension->cutting = part;
	part->first_chunk = options.first_number;
	failed = read_part(extension, part, &options, err);
	free(columns);
	return failed;
}

static int
compare_chunks(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* How many rows each chunk had among these. The order of the rows is not needed any more. */
static int
add_parents(struct extension *extension, uint32_t source, struct extension_part *part,
    struct err *err)
{
	size_t most = extension->parent_count + part->rows;
	struct engine_retry_parent *parents =
	    reallocarray(extension->parents, most, sizeof(*parents));

	if (!parents)
		return err_memory(err);
	extension->parents = parents;
	qsort(part->parents, part->rows, sizeof(*part->parents), compare_chunks);
	for (size_t i = 0; i < part->rows; i++) {
		if (i && part->parents[i] == part->parents[i - 1]) {
			parents[extension->parent_count - 1].rows++;
			continue;
		}
		parents[extension->parent_count++] = (struct engine_retry_parent){
			.source = source,
			.chunk = part->parents[i],
			.retry = part->retry,
			.rows = 1,
		};
	}
	return 0;
}

static int
plan_part(struct extension *extension, uint32_t source, const char *written, struct err *err)
{
	struct extension_part *part = &extension->parts[source];
	struct engine_retry_file *file;
	size_t before = extension->chunk_count;

	if (fflush(part->put.file))
		return folder_write_error_in(extension->folder, part->name, errno, err);
	if (cut(extension, source, part, written, err) || add_parents(extension, source, part, err))
		return -1;
	file = &extension->files[extension->file_count++];
	file->input.input = part->input;
	file->input.path = part->path;
	file->first_chunk = part->first_chunk;
	file->chunks = (uint32_t)(extension->chunk_count - before);
	return 0;
}

/* ---- all of it, into the plan */

static int
plan_parts(struct extension *extension, const char *written, struct err *err)
{
	for (uint32_t i = 0; i < (uint32_t)extension->session->job.source_count; i++) {
		if (extension->parts[i].retry && plan_part(extension, i, written, err))
			return -1;
	}
	return 0;
}

static int
put_parts(struct extension *extension, struct err *err)
{
	steps_at("before the files of a retry");
	for (size_t i = 0; i < extension->session->job.source_count; i++) {
		struct extension_part *part = &extension->parts[i];

		if (part->retry && put_commit(&part->put, err))
			return -1;
		steps_at("after a file of a retry");
	}
	return 0;
}

static int
record(const struct extension *extension, struct engine *engine, const struct digest *sha256,
    struct err *err)
{
	const struct engine_retry retry = {
		.files = extension->files,
		.file_count = extension->file_count,
		.parents = extension->parents,
		.parent_count = extension->parent_count,
		.chunks = extension->chunks,
		.chunk_count = extension->chunk_count,
		.sha256 = *sha256,
	};

	return engine_retry_rows(engine, &retry, err);
}

int
extension_commit(struct extension *extension, struct engine *engine, const char *written,
    const struct digest *sha256, struct err *err)
{
	return plan_parts(extension, written, err) || put_parts(extension, err) ||
		       record(extension, engine, sha256, err)
		   ? -1
		   : 0;
}

/* ---- what a crash left */

/* "7.csv" of a retry that is in the plan. */
static bool
is_planned(const struct session *session, const char *name)
{
	for (size_t i = 0; i < session->inputs.retry_count; i++) {
		char wanted[EXTENSION_NAME_BYTES];

		snprintf(wanted, sizeof(wanted), "%u.csv",
		    session->inputs.retries[i].planned.input - PLAN_RETRY_INPUTS);
		if (strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}

int
extension_tidy(const struct session *session, struct err *err)
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
