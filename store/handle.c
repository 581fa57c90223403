#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/files/folder.h"
#include "store/handle.h"

int
handle_open_env(struct env *env, const char *folder, enum env_mode mode, uint64_t map_bytes,
    struct err *err)
{
	const struct env_options options = {
		.folder = folder,
		.mode = mode,
		.databases = schema_names,
		.database_count = SCHEMA_DATABASE_COUNT,
		.map_bytes = map_bytes,
	};

	return env_open(env, &options, err);
}

static char *
copy_text(char **to, struct span text)
{
	char *copy = *to;

	if (text.len)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	*to += text.len + 1;
	return copy;
}

/* Cuts "people\nballots" into names, in place. */
static int
take_names(struct store *store, char *names, uint32_t count, struct err *err)
{
	store->names = calloc(count ? count : 1, sizeof(*store->names));
	if (!store->names)
		return err_memory(err);
	for (uint32_t i = 0; i < count; i++) {
		char *end = strchrnul(names, '\n');

		store->names[i] = names;
		if (*end == '\0' && i + 1 < count)
			return err_set(err, ERR_IO, "%s is damaged: it has %u sources, not %u",
			    store->env.folder, i + 1, count);
		if (*end)
			*end++ = '\0';
		names = end;
	}
	return 0;
}

static int
take_load(struct store *store, const struct schema_load *load, struct err *err)
{
	char *at = malloc(load->load_id.len + load->job.len + load->sources.len + 3);

	if (!at)
		return err_memory(err);
	store->texts = at;
	store->load = (struct store_load){
		.load_id = copy_text(&at, load->load_id),
		.created_ms = load->created_ms,
		.job = copy_text(&at, load->job),
		.source_count = load->source_count,
		.inputs = load->inputs,
		.chunks = load->chunks,
	};
	memcpy(store->load.job_hash, load->job_hash, sizeof(load->job_hash));
	if (take_names(store, copy_text(&at, load->sources), load->source_count, err))
		return -1;
	store->load.sources = store->names;
	return 0;
}

static int
take_meta(struct store *store, struct err *err)
{
	SCOPED(txn) txn = TXN_NONE;
	struct schema_load load;

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	if (schema_check_version(&txn, err) || schema_get_load(&txn, &load, err) ||
	    schema_get_head(&txn, &store->head, err))
		return -1;
	return take_load(store, &load, err);
}

int
handle_hash_event(struct store *store, uint64_t seq, unsigned char hash[32], bool *has,
    struct err *err)
{
	SCOPED(txn) txn = TXN_NONE;
	struct schema_key key = schema_event_key(seq);
	struct span value = span_of(store->load.load_id);

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	*has = seq == 0 || txn_get(&txn, SCHEMA_EVENTS, schema_span(&key), &value);
	if (*has)
		store->sha256(value.ptr, value.len, hash);
	return txn_check(&txn, err);
}

int
handle_open(struct store **store, const struct store_options *options, enum env_mode mode,
    struct err *err)
{
	struct store *made = calloc(1, sizeof(*made));
	char *inner = folder_path(options->folder, HANDLE_STORE_NAME);
	int rc = -1;

	if (made) {
		made->env = (struct env)ENV_NONE;
		made->ids = (struct ids)IDS_NONE;
		made->mark = (struct mark)MARK_NONE;
		made->folder = strdup(options->folder);
		made->sha256 = options->sha256;
		made->is_reader = mode == ENV_READ;
	}
	if (!made || !made->folder || !inner)
		err_memory(err);
	else if (handle_open_env(&made->env, inner, mode, options->map_bytes, err) == 0)
		rc = take_meta(made, err);
	free(inner);
	if (rc)
		store_close(made);
	else
		*store = made;
	return rc;
}
