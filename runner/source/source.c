#include "platform.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/source/complaint.h"
#include "runner/source/payload.h"
#include "runner/source/source.h"
#include "runner/source/split.h"

_Static_assert(sizeof(((struct digest *)NULL)->bytes) == DIGEST_SHA_BYTES, "a whole SHA-256");

/* An input opened for one chunk. It stays where it is: its reader points into it. */
struct opened {
	struct file file;
	struct reader reader;
	struct layout layout;
	struct reread_options csv;
};

static void
opened_done(struct opened *opened)
{
	layout_done(&opened->layout);
	file_close(&opened->file);
}
SCOPED_BY(opened, opened_done)

static int
check_size(const struct file *file, uint64_t planned, const char *job, struct err *err)
{
	char before[SHOW_BYTES], now[SHOW_BYTES], how[2 * SHOW_BYTES + 16];

	if (file->size == planned)
		return 0;
	snprintf(how, sizeof(how), "(%s -> %s bytes)", show_count(planned, before),
	    show_count(file->size, now));
	return complaint_changed(file->written, how, job, err);
}

/* The layout as the planning pass found it. */
static int
read_layout(struct opened *opened, const struct layout_options *layout, const char *job,
    struct err *err)
{
	struct rows_options options = {
		.reader = &opened->reader,
		.dialect = layout->dialect,
		.encoding = layout->encoding,
		.most_record_bytes = LIMIT_CHUNK_MOST_BYTES,
		.window_bytes = REREAD_WINDOW_BYTES,
		.first_row = layout->header_count ? 1 : 0,
	};
	const char *path = opened->file.written;
	SCOPED(rows) rows;
	int read;

	if (rows_init(&rows, &options, err))
		return -1;
	read = layout_read(&opened->layout, layout, &rows, path, err);
	/* It was good when it was planned. */
	if (read > 0 || (read < 0 && err->kind == ERR_DATA))
		return complaint_changed(path, "(its first line is another)", job, err);
	return read;
}

/* An input of the job, or of a retry. */
struct found {
	struct file_name name;
	uint64_t size;
	const struct layout_options *layout;
};

static int
find_retry(const struct source *source, const struct plan_chunk *plan, struct found *found,
    bool wants_places, struct err *err)
{
	for (size_t i = 0; i < source->retry_count; i++) {
		const struct source_retry *retry = &source->retries[i];

		if (retry->source != plan->source || retry->input != plan->input)
			continue;
		*found = (struct found){ retry->name, retry->size,
			wants_places ? &retry->places : &retry->layout };
		return 0;
	}
	return err_set(err, ERR_INPUT, "retry/%u.csv is not known to this load",
	    plan->input - PLAN_RETRY_INPUTS);
}

static int
find_input(const struct source *source, const struct plan_chunk *plan, struct found *found,
    struct err *err)
{
	const struct source_job *job = &source->jobs[plan->source];

	assert(plan->source < source->job_count);
	if (plan_is_retry(plan))
		return find_retry(source, plan, found, false, err);
	assert(plan->input < job->input_count);
	if (source->prepare && source->prepare(source->ctx, plan->source, plan->input, err))
		return -1;
	*found = (struct found){ job->inputs[plan->input], job->sizes[plan->input], &job->layout };
	return 0;
}

/* *opened is _done() by the caller, also after a failure. */
static int
open_found(struct opened *opened, const struct source *source, const struct found *found,
    const struct plan_chunk *plan, struct err *err)
{
	if (file_open(&opened->file, found->name, err) ||
	    check_size(&opened->file, found->size, source->job, err))
		return -1;
	opened->reader = file_reader(&opened->file);
	if (read_layout(opened, found->layout, source->job, err))
		return -1;
	opened->csv = (struct reread_options){
		.reader = &opened->reader,
		.layout = &opened->layout,
		.plan = plan,
		.path = opened->file.written,
		.job = source->job,
	};
	return 0;
}

/* The same. */
static int
open_input(struct opened *opened, const struct source *source, const struct plan_chunk *plan,
    struct err *err)
{
	struct found found;

	*opened = (struct opened){ .file = FILE_NONE };
	return find_input(source, plan, &found, err) ? -1
						     : open_found(opened, source, &found, plan, err);
}

struct source_body {
	struct body body;
	struct opened opened;
	struct payload payload;
};

static struct source_body *
whole(const struct body *body)
{
	return (struct source_body *)((char *)(uintptr_t)body - offsetof(struct source_body, body));
}

static int
body_read(struct body *body, char *to, size_t most, size_t *got, struct err *err)
{
	return payload_read(&whole(body)->payload, to, most, got, err);
}

static void
body_sha256(const struct body *body, struct digest *digest)
{
	const unsigned char *sha256 = payload_sha256(&whole(body)->payload);

	digest->is_known = sha256 != NULL;
	if (sha256)
		memcpy(digest->bytes, sha256, sizeof(digest->bytes));
}

static void
body_close(struct body *body)
{
	struct source_body *closing = whole(body);

	payload_done(&closing->payload);
	opened_done(&closing->opened);
	free(closing);
}

static int
open_body(void *ctx, const struct plan_chunk *plan, struct body **body, struct err *err)
{
	const struct source *source = ctx;
	const struct source_job *job = &source->jobs[plan->source];
	struct source_body *opening = calloc(1, sizeof(*opening));
	struct payload_options options;

	if (!opening)
		return err_memory(err);
	if (open_input(&opening->opened, source, plan, err))
		goto failed;
	options = (struct payload_options){
		.csv = opening->opened.csv,
		.type = job->type,
		.is_overwritable = job->is_overwritable,
		.is_padded = source->is_padded,
	};
	if (payload_init(&opening->payload, &options, err))
		goto failed;
	opening->body = (struct body){
		.bytes = opening->payload.bytes,
		.read = body_read,
		.sha256 = body_sha256,
		.close = body_close,
	};
	*body = &opening->body;
	return 0;
failed:
	opened_done(&opening->opened);
	free(opening);
	return -1;
}

static int
take_sha256(void *ctx, const struct plan_chunk *plan, struct digest *digest, struct err *err)
{
	SCOPED(opened) opened = { .file = FILE_NONE };
	SCOPED(reread) csv = { 0 };
	SCOPED(digest_sha) sha = { NULL };
	struct span bytes;

	if (open_input(&opened, ctx, plan, err) || reread_init(&csv, &opened.csv, err))
		return -1;
	if (digest_sha_init(&sha))
		return err_memory(err);
	do {
		if (reread_bytes(&csv, &bytes, err))
			return -1;
		digest_sha_add(&sha, bytes.ptr, bytes.len);
	} while (bytes.len);
	digest_sha_result(&sha, digest->bytes);
	digest->is_known = true;
	return 0;
}

static int
split(void *ctx, const struct plan_chunk *plan, uint32_t first_number,
    struct plan_chunk pieces[PLAN_PIECES], struct err *err)
{
	SCOPED(opened) opened = { .file = FILE_NONE };

	if (open_input(&opened, ctx, plan, err))
		return -1;
	return split_chunk(&opened.csv, first_number, pieces, err);
}

static int
take_head(void *ctx, const struct plan_chunk *plan, size_t most, struct buf *to,
    size_t *header_bytes, struct err *err)
{
	SCOPED(opened) opened = { .file = FILE_NONE };
	SCOPED(reread) csv = { 0 };
	size_t left = most;
	struct span bytes;

	if (open_input(&opened, ctx, plan, err))
		return -1;
	opened.csv.window_bytes = most; /* an adopted load asks for the heads of all its chunks */
	if (reread_init(&csv, &opened.csv, err))
		return -1;
	do {
		if (reread_bytes(&csv, &bytes, err))
			return -1;
		bytes.len = bytes.len < left ? bytes.len : left;
		buf_add_span(to, bytes);
		left -= bytes.len;
	} while (bytes.len && left);
	*header_bytes = opened.layout.header.len < most ? opened.layout.header.len : most;
	return buf_check(to, err);
}

struct source_port
source_port(struct source *source)
{
	return (struct source_port){
		.ctx = source,
		.open = open_body,
		.sha256 = take_sha256,
		.split = split,
		.head = take_head,
	};
}

struct source_rows {
	struct opened opened;
	struct reread csv;
};

static int
open_rows(const struct source *source, const struct plan_chunk *plan, const struct found *found,
    struct source_rows **rows, struct err *err)
{
	struct source_rows *opening = calloc(1, sizeof(*opening));

	if (!opening)
		return err_memory(err);
	opening->opened = (struct opened){ .file = FILE_NONE };
	if (open_found(&opening->opened, source, found, plan, err) ||
	    reread_init(&opening->csv, &opening->opened.csv, err)) {
		opened_done(&opening->opened);
		free(opening);
		return -1;
	}
	*rows = opening;
	return 0;
}

int
source_rows_open(const struct source *source, const struct plan_chunk *plan,
    struct source_rows **rows, struct err *err)
{
	struct found found;

	return find_input(source, plan, &found, err) ? -1
						     : open_rows(source, plan, &found, rows, err);
}

int
source_places_open(const struct source *source, const struct plan_chunk *plan,
    struct source_rows **rows, struct err *err)
{
	struct found found;

	return find_retry(source, plan, &found, true, err)
		   ? -1
		   : open_rows(source, plan, &found, rows, err);
}

void
source_rows_close(struct source_rows *rows)
{
	if (!rows)
		return;
	reread_done(&rows->csv);
	opened_done(&rows->opened);
	free(rows);
}

int
source_rows_next(struct source_rows *rows, struct reread_row *row, bool *is_end, struct err *err)
{
	return reread_row(&rows->csv, row, is_end, err);
}
