#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/wire.h"
#include "store/birth.h"
#include "runner/files/folder.h"
#include "store/handle.h"
#include "store/inspect.h"
#include "store/store.h"

/* ---- is there a load? */

static int
has_begun(const struct store_options *options, bool *has, struct err *err)
{
	struct store *store;
	int rc;

	if (inspect_in_child(options->folder, INSPECT_RUN, err) ||
	    handle_open(&store, options, ENV_READ, err))
		return -1;
	{
		SCOPED(txn) txn = TXN_NONE;

		/* The first event of a chunk is a POST, and leaves a state. */
		rc = txn_begin(&txn, &store->env, TXN_READ, err);
		if (rc == 0) {
			*has = txn_count(&txn, SCHEMA_STATES) > 0;
			rc = txn_check(&txn, err);
		}
	}
	store_close(store);
	return rc;
}

/* A store without its certificate: planned, but not quite begun. */
static int
discard_unborn(const struct store_options *options, struct err *err)
{
	bool has = false, is_marked = false;
	struct schema_head marked;

	if (has_begun(options, &has, err))
		return err_within(err, "%s has no birth.json", options->folder);
	if (!has && mark_read(options->folder, &marked, &is_marked, err))
		return -1;
	/* An older store may have been put back. */
	if (has || (is_marked && marked.events > 0))
		return err_set(err, ERR_INPUT,
		    "%s has a store in which rows were sent, but no birth.json\n"
		    "  Put birth.json back from where the folder came from. Starting over could send "
		    "rows a second time.",
		    options->folder);
	return folder_remove(options->folder, HANDLE_STORE_NAME, err);
}

/* Neither store nor certificate. A mark with events in it: there was a load that was sent. */
static int
check_nothing_was_sent(const char *folder, struct err *err)
{
	struct schema_head marked;
	bool is_known;

	if (mark_read(folder, &marked, &is_known, err))
		return -1;
	if (!is_known || marked.events == 0)
		return 0;
	return err_set(err, ERR_INPUT,
	    "%s had a load, but its store and its birth.json are missing\n"
	    "  Put them back. Starting over could send rows a second time; if that is what you want:\n"
	    "    rollcall run --new JOB",
	    folder);
}

int
store_look(const struct store_options *options, bool *is_there, struct err *err)
{
	bool has_store, has_birth;

	if (folder_remove(options->folder, HANDLE_DRAFT_NAME, err) ||
	    folder_has(options->folder, HANDLE_STORE_NAME, &has_store, err) ||
	    birth_is_there(options->folder, &has_birth, err))
		return -1;
	if (has_birth && !has_store)
		return err_set(err, ERR_INPUT,
		    "%s has a birth.json, but its store is missing\n"
		    "  Put the folder \"store\" back. Without it nobody knows what was sent.",
		    options->folder);
	if (!has_birth && !has_store && check_nothing_was_sent(options->folder, err))
		return -1;
	if (has_store && !has_birth && discard_unborn(options, err))
		return -1;
	*is_there = has_birth;
	return 0;
}

/* ---- opening */

/* Has the store the event that the mark names? */
static int
compare_mark(struct store *store, const char **other, struct err *err)
{
	struct schema_head marked;
	unsigned char hash[SCHEMA_HASH_BYTES];
	bool is_known, has;

	if (mark_read(store->folder, &marked, &is_known, err))
		return -1;
	if (!is_known)
		return 0;
	if (handle_hash_event(store, marked.events, hash, &has, err))
		return -1;
	if (!has)
		*other = "with a newer store";
	else if (memcmp(hash, marked.hash, sizeof(hash)) != 0)
		*other = "with a store that has other events";
	return 0;
}

static int
refuse_copy(const char *folder, const char *other, struct err *err)
{
	return err_set(err, ERR_INPUT,
	    "%s is a copy, or was put back: the load was begun, or went on, %s\n"
	    "  More may have been sent there meanwhile; going on here could send rows twice.\n"
	    "  Go on where the load was run last, or, once it is stopped there for good, take it over:\n"
	    "    rollcall run --adopt JOB     looks for every planned chunk in the nation's list first",
	    folder, other);
}

/* What is opened here goes on here. */
static int
take_place(struct store *store, const struct store_options *options, const struct birth *birth,
    struct err *err)
{
	if (birth_compare_place(birth, options->folder, options->machine_id, &store->copied, err))
		return -1;
	if (!store->copied && compare_mark(store, &store->copied, err))
		return -1;
	if (store->copied)
		return options->adopts ? 0 : refuse_copy(options->folder, store->copied, err);
	if (mark_open(&store->mark, options->folder, err))
		return -1;
	mark_put(&store->mark, &store->head);
	return 0;
}

static int
open_certified(struct store **store, const struct store_options *options,
    const struct birth *birth, struct err *err)
{
	struct store *opened;

	if (inspect_in_child(options->folder, INSPECT_RUN, err) ||
	    handle_open(&opened, options, ENV_WRITE, err))
		return -1;
	if (birth_check_store(birth, opened, err) || take_place(opened, options, birth, err) ||
	    ids_open(&opened->ids, options->folder, err)) {
		store_close(opened);
		return -1;
	}
	*store = opened;
	return 0;
}

const char *
store_copied(const struct store *store)
{
	return store->copied;
}

/* The mark first: until the certificate names this place, the folder stays a copy. */
int
store_adopt(struct store *store, const struct store_options *options, struct err *err)
{
	if (mark_make(options->folder, &store->head, err) ||
	    birth_write(store, options->machine_id, err) ||
	    mark_open(&store->mark, options->folder, err))
		return -1;
	store->copied = NULL;
	return 0;
}

int
store_open(struct store **store, const struct store_options *options, struct err *err)
{
	SCOPED(birth) birth = BIRTH_NONE;

	if (birth_read(&birth, options->folder, err))
		return -1;
	return open_certified(store, options, &birth, err);
}

int
store_open_reading(struct store **store, const struct store_options *options, struct err *err)
{
	return handle_open(store, options, ENV_READ, err);
}

int
store_compare(struct store *store, struct err *err)
{
	SCOPED(birth) birth = BIRTH_NONE;
	const char *other = NULL;

	if (birth_read(&birth, store->folder, err) || birth_check_store(&birth, store, err) ||
	    compare_mark(store, &other, err))
		return -1;
	return other ? refuse_copy(store->folder, other, err) : 0;
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	env_close(&store->env);
	ids_close(&store->ids);
	mark_close(&store->mark);
	free(store->names);
	free(store->texts);
	free(store->folder);
	free(store);
}

const struct store_load *
store_load(const struct store *store)
{
	return &store->load;
}

/* ---- looking on */

int
store_tally(struct store *store, uint32_t source, struct tally *tally, struct err *err)
{
	SCOPED(txn) txn = TXN_NONE;
	struct schema_key key = schema_tally_key(source);
	int found;

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	found = schema_get(&txn, SCHEMA_TALLY, &schema_tally_shape, schema_span(&key), tally, err);
	if (found == 0)
		return err_set(err, ERR_IO, "%s is damaged: the tally of source %u is missing",
		    store->env.folder, source);
	return found < 0 ? -1 : 0;
}

static int
visit_input(const struct schema_input *input,
    int (*visit)(void *visitor, const struct plan_input *input, const char *path, struct err *err),
    void *visitor, struct err *err)
{
	char *path = strndup(input->path.ptr ? input->path.ptr : "", input->path.len);
	int rc = path ? visit(visitor, &input->input, path, err) : err_memory(err);

	free(path);
	return rc;
}

int
store_each_input(struct store *store,
    int (*visit)(void *visitor, const struct plan_input *input, const char *path, struct err *err),
    void *visitor, struct err *err)
{
	SCOPED(txn) txn = TXN_NONE;
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	struct schema_input input;

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	/* Some hundreds of records at most: one transaction. */
	txn_walk_begin(&walk, &txn, SCHEMA_INPUTS, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		if (schema_read_input(&store->env, walk.key, walk.value, &input, err) ||
		    visit_input(&input, visit, visitor, err))
			return -1;
	}
	return txn_check(&txn, err);
}

int
store_next_due(struct store *store, struct store_due *due, struct err *err)
{
	SCOPED(txn) txn = TXN_NONE;
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	struct schema_due record;

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	txn_walk_begin(&walk, &txn, SCHEMA_DUE, SPAN_NONE);
	*due = (struct store_due){ .is_any = txn_walk_step(&walk) };
	if (!due->is_any)
		return txn_check(&txn, err);
	if (schema_read(&store->env, &schema_due_shape, walk.key, walk.value, &record, err))
		return -1;
	due->due_ms = (int64_t)wire_get64(walk.key.ptr);
	due->source = wire_get32(walk.key.ptr + 8);
	due->number = wire_get32(walk.key.ptr + 12);
	return 0;
}

int
store_forget_rescued(struct store *store, struct err *err)
{
	return ids_clear(&store->ids, err);
}
