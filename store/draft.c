#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/limits.h"
#include "store/birth.h"
#include "store/draft.h"
#include "runner/files/folder.h"
#include "store/handle.h"

/* Records that wait for the next transaction. Larger ones are no faster. */
enum { BATCH_BYTES = 1 << 20 };

struct draft {
	struct env env;
	const struct draft_options *options;
	struct buf batch; /* struct entry, key, value; again and again */
	struct tally *tallies;
	uint64_t inputs;
	uint64_t chunks;
	uint32_t last_source; /* of the last chunk */
	uint32_t last_number;
};

struct entry {
	enum schema_database database;
	size_t key_bytes;
	size_t value_bytes;
};

/* ---- batches: in memory until they are on disk, for a full map has them written again */

static int
write_batch(void *ctx, struct txn *txn, struct err *err)
{
	const struct draft *draft = ctx;

	(void)err;
	for (size_t at = 0; at < draft->batch.len;) {
		const char *bytes = draft->batch.ptr + at;
		struct entry entry;
		struct span key, value;

		memcpy(&entry, bytes, sizeof(entry));
		key = (struct span){ bytes + sizeof(entry), entry.key_bytes };
		value = (struct span){ key.ptr + key.len, entry.value_bytes };
		/* The plan comes in order; appended, its pages become full. */
		if (entry.database == SCHEMA_PLAN)
			txn_append(txn, SCHEMA_PLAN, key, value);
		else
			txn_put(txn, entry.database, key, value);
		at += sizeof(entry) + key.len + value.len;
	}
	return 0;
}

static int
flush_batch(struct draft *draft, struct err *err)
{
	if (draft->batch.len && txn_write(&draft->env, write_batch, draft, err))
		return -1;
	buf_clear(&draft->batch);
	return 0;
}

static int
add_record(struct draft *draft, enum schema_database database, const struct record_shape *shape,
    struct span key, const void *from, struct err *err)
{
	struct buf *batch = &draft->batch;
	struct entry entry = { .database = database, .key_bytes = key.len };
	size_t begin = batch->len;

	buf_add(batch, &entry, sizeof(entry));
	buf_add_span(batch, key);
	record_write(shape, key, from, SPAN_NONE, batch);
	if (buf_check(batch, err))
		return -1;
	entry.value_bytes = batch->len - begin - sizeof(entry) - key.len;
	memcpy(batch->ptr + begin, &entry, sizeof(entry));
	return batch->len >= BATCH_BYTES ? flush_batch(draft, err) : 0;
}

/* ---- what a load consists of */

static int
add_meta(struct draft *draft, struct err *err)
{
	const struct draft_options *options = draft->options;
	struct schema_format format = { SCHEMA_VERSION };
	struct schema_load load = {
		.load_id = span_of(options->load_id),
		.created_ms = options->created_ms,
		.job = span_of(options->job),
		.source_count = (uint32_t)options->source_count,
		.inputs = draft->inputs,
		.chunks = draft->chunks,
	};
	struct schema_head head = { 0 };
	SCOPED(buf) sources = BUF_INIT;

	for (size_t i = 0; i < options->source_count; i++)
		buf_printf(&sources, "%s%s", i ? "\n" : "", options->sources[i]);
	if (buf_check(&sources, err))
		return -1;
	load.sources = buf_span(&sources);
	options->store.sha256(load.job.ptr, load.job.len, load.job_hash);
	options->store.sha256(load.load_id.ptr, load.load_id.len, head.hash);
	return add_record(draft, SCHEMA_META, &schema_format_shape, span_of(SCHEMA_FORMAT_KEY),
		   &format, err) ||
		       add_record(draft, SCHEMA_META, &schema_load_shape,
			   span_of(SCHEMA_LOAD_KEY), &load, err) ||
		       add_record(draft, SCHEMA_META, &schema_head_shape,
			   span_of(SCHEMA_HEAD_KEY), &head, err)
		   ? -1
		   : 0;
}

static int
add_tallies(struct draft *draft, struct err *err)
{
	for (uint32_t i = 0; i < draft->options->source_count; i++) {
		struct schema_key key = schema_tally_key(i);

		if (add_record(draft, SCHEMA_TALLY, &schema_tally_shape, schema_span(&key),
			&draft->tallies[i], err))
			return -1;
	}
	return 0;
}

static int
open_new(struct draft *draft, const struct store_options *options, struct err *err)
{
	char *path = folder_path(options->folder, HANDLE_DRAFT_NAME);
	int rc = path ? 0 : err_memory(err);

	if (rc == 0)
		rc = folder_remove(options->folder, HANDLE_DRAFT_NAME, err);
	if (rc == 0)
		rc = folder_make(path, NULL, err);
	if (rc == 0)
		rc = handle_open_env(&draft->env, path, ENV_CREATE, options->map_bytes, err);
	free(path);
	return rc;
}

int
draft_begin(struct draft **draft, const struct draft_options *options, struct err *err)
{
	struct draft *made = calloc(1, sizeof(*made));

	assert(options->source_count <= LIMIT_SOURCES);
	if (!made)
		return err_memory(err);
	made->env = (struct env)ENV_NONE;
	made->options = options;
	made->tallies = calloc(options->source_count + 1, sizeof(*made->tallies));
	if (!made->tallies)
		err_memory(err);
	if (!made->tallies || open_new(made, &options->store, err)) {
		draft_free(made);
		return -1;
	}
	*draft = made;
	return 0;
}

int
draft_add_chunk(struct draft *draft, const struct plan_chunk *chunk, struct err *err)
{
	struct schema_key key = schema_chunk_key(chunk->source, chunk->number);
	struct chunk untouched = chunk_untouched(chunk);
	bool is_next = chunk->source == draft->last_source
			   ? chunk->number == draft->last_number + 1
			   : chunk->source > draft->last_source && chunk->number == 1;

	assert(is_next && chunk->source < draft->options->source_count);
	draft->last_source = chunk->source;
	draft->last_number = chunk->number;
	draft->chunks++;
	tally_add(&draft->tallies[chunk->source], &untouched, chunk);
	return add_record(draft, SCHEMA_PLAN, &schema_plan_shape, schema_span(&key), chunk, err);
}

int
draft_add_input(struct draft *draft, const struct plan_input *input, const char *path,
    struct err *err)
{
	struct schema_key key = schema_chunk_key(input->source, input->input);
	struct schema_input record = { *input, span_of(path) };

	assert(input->source < draft->options->source_count);
	draft->inputs++;
	return add_record(draft, SCHEMA_INPUTS, &schema_input_shape, schema_span(&key), &record,
	    err);
}

static int
certify(const struct store_options *options, struct err *err)
{
	struct store *store;
	int rc;

	if (ids_make(options->folder, err) || handle_open(&store, options, ENV_READ, err))
		return -1;
	rc = mark_make(options->folder, &store->head, err);
	if (rc == 0)
		rc = birth_write(store, options->machine_id, err);
	store_close(store);
	return rc;
}

int
draft_finish(struct draft *draft, struct err *err)
{
	const struct store_options *options = &draft->options->store;

	if (add_tallies(draft, err) || add_meta(draft, err) || flush_batch(draft, err) ||
	    env_sync(&draft->env, err))
		return -1;
	env_close(&draft->env);
	if (folder_rename(options->folder, HANDLE_DRAFT_NAME, HANDLE_STORE_NAME, err))
		return -1;
	return certify(options, err);
}

void
draft_free(struct draft *draft)
{
	if (!draft)
		return;
	env_close(&draft->env);
	buf_done(&draft->batch);
	free(draft->tallies);
	free(draft);
}
