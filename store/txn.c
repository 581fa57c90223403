#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include <lmdb.h>

#include "store/txn.h"

static MDB_val
val_of(struct span span)
{
	/* LMDB takes what it does not change by a pointer that is not const. */
	return (MDB_val){ span.len, (void *)(uintptr_t)span.ptr };
}

static struct span
span_of_val(MDB_val val)
{
	return (struct span){ val.mv_data, val.mv_size };
}

void
txn_fail(struct txn *txn, int code)
{
	if (txn->code == 0)
		txn->code = code;
}

static bool
is_usable(const struct txn *txn)
{
	return txn->handle && txn->code == 0;
}

static int
begin_once(struct txn *txn, unsigned flags)
{
	return mdb_txn_begin(txn->env->handle, NULL, flags, &txn->handle);
}

int
txn_begin(struct txn *txn, struct env *env, enum txn_kind kind, struct err *err)
{
	unsigned flags = kind == TXN_READ ? MDB_RDONLY : 0;
	int code, stale;

	*txn = (struct txn){ env, NULL, 0 };
	if (env->is_broken)
		return err_set(err, ERR_IO, "%s: its map is lost", env->folder);
	code = begin_once(txn, flags);
	if (code == MDB_MAP_RESIZED && env_follow(env) == 0)
		code = begin_once(txn, flags);
	if (code == MDB_READERS_FULL && mdb_reader_check(env->handle, &stale) == 0)
		code = begin_once(txn, flags);
	if (code) {
		txn->handle = NULL;
		return env_error(env, code, "beginning", err);
	}
	env->open_txns++;
	return 0;
}

/* The handle is over, whatever LMDB said of it. */
static struct MDB_txn *
take_handle(struct txn *txn)
{
	struct MDB_txn *handle = txn->handle;

	txn->handle = NULL;
	if (handle)
		txn->env->open_txns--;
	return handle;
}

uint64_t
txn_id(const struct txn *txn)
{
	return mdb_txn_id(txn->handle);
}

void
txn_abort(struct txn *txn)
{
	struct MDB_txn *handle = take_handle(txn);

	if (handle)
		mdb_txn_abort(handle);
}

static void
put(struct txn *txn, unsigned database, struct span key, struct span value, unsigned flags)
{
	MDB_val k = val_of(key);
	MDB_val v = val_of(value);

	if (is_usable(txn))
		txn_fail(txn, mdb_put(txn->handle, txn->env->databases[database], &k, &v, flags));
}

void
txn_put(struct txn *txn, unsigned database, struct span key, struct span value)
{
	put(txn, database, key, value, 0);
}

void
txn_append(struct txn *txn, unsigned database, struct span key, struct span value)
{
	put(txn, database, key, value, MDB_APPEND);
}

void
txn_remove(struct txn *txn, unsigned database, struct span key)
{
	MDB_val k = val_of(key);
	int code;

	if (!is_usable(txn))
		return;
	code = mdb_del(txn->handle, txn->env->databases[database], &k, NULL);
	if (code != MDB_NOTFOUND)
		txn_fail(txn, code);
}

bool
txn_get(struct txn *txn, unsigned database, struct span key, struct span *value)
{
	MDB_val k = val_of(key);
	MDB_val v;
	int code;

	if (!is_usable(txn))
		return false;
	code = mdb_get(txn->handle, txn->env->databases[database], &k, &v);
	if (code == 0)
		*value = span_of_val(v);
	else if (code != MDB_NOTFOUND)
		txn_fail(txn, code);
	return code == 0;
}

uint64_t
txn_count(struct txn *txn, unsigned database)
{
	MDB_stat stat;

	if (!is_usable(txn))
		return 0;
	txn_fail(txn, mdb_stat(txn->handle, txn->env->databases[database], &stat));
	return txn->code ? 0 : stat.ms_entries;
}

int
txn_check(const struct txn *txn, struct err *err)
{
	return txn->code ? env_error(txn->env, txn->code, "reading or writing", err) : 0;
}

static int
commit_undisturbed(struct MDB_txn *handle)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	/* Held back, these would kill without the handler that says why. */
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGABRT);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = mdb_txn_commit(handle);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

/* Commits, or undoes what has failed; the code of either. */
static int
finish(struct txn *txn)
{
	if (txn->code)
		txn_abort(txn);
	else
		txn->code = commit_undisturbed(take_handle(txn));
	return txn->code;
}

int
txn_commit(struct txn *txn, struct err *err)
{
	assert(txn->handle);
	return finish(txn) ? env_error(txn->env, txn->code, "committing", err) : 0;
}

int
txn_write(struct env *env, int (*fill)(void *ctx, struct txn *txn, struct err *err), void *ctx,
    struct err *err)
{
	for (;;) {
		SCOPED(txn) txn = TXN_NONE;
		int rc;

		if (txn_begin(&txn, env, TXN_WRITE, err))
			return -1;
		rc = fill(ctx, &txn, err);
		if (rc && txn.code != MDB_MAP_FULL)
			return rc;
		if (finish(&txn) == 0)
			return 0;
		if (txn.code != MDB_MAP_FULL)
			return env_error(env, txn.code, "committing", err);
		if (env_grow(env, err))
			return -1;
	}
}

void
txn_walk_begin(struct txn_walk *walk, struct txn *txn, unsigned database, struct span from)
{
	*walk = (struct txn_walk){ .txn = txn, .from = from };
	if (!is_usable(txn))
		return;
	txn_fail(txn, mdb_cursor_open(txn->handle, txn->env->databases[database], &walk->handle));
	if (txn->code)
		walk->handle = NULL;
}

bool
txn_walk_step(struct txn_walk *walk)
{
	MDB_val key = val_of(walk->from);
	MDB_val value;
	MDB_cursor_op op = walk->has_begun ? MDB_NEXT : walk->from.len ? MDB_SET_RANGE : MDB_FIRST;
	int code;

	if (!walk->handle || !is_usable(walk->txn))
		return false;
	walk->has_begun = true;
	code = mdb_cursor_get(walk->handle, &key, &value, op);
	if (code) {
		if (code != MDB_NOTFOUND)
			txn_fail(walk->txn, code);
		return false;
	}
	walk->key = span_of_val(key);
	walk->value = span_of_val(value);
	return true;
}

void
txn_walk_end(struct txn_walk *walk)
{
	if (walk->handle)
		mdb_cursor_close(walk->handle);
	walk->handle = NULL;
}
