/* txn.h - one transaction of a store, with sticky errors.
 *
 * After the first failure every call does nothing, and txn_commit tells, so that a row of puts is
 * checked once, at its end. A transaction that is not committed is undone at the brace:
 *
 *     SCOPED(txn) txn = TXN_NONE;
 *     if (txn_begin(&txn, env, TXN_WRITE, err))
 *             return -1;
 *     txn_put(&txn, STATES, key, value);
 *     return txn_commit(&txn, err);
 *
 * Keys and values that are read are lent until the transaction's next write or its end. No
 * transaction stays open while the program waits for something: an open reader keeps the writer from
 * using pages again, an open writer keeps everybody else out. */
#ifndef STORE_TXN_H
#define STORE_TXN_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "store/env.h"

struct MDB_txn;
struct MDB_cursor;

enum txn_kind { TXN_READ, TXN_WRITE };

struct txn {
	struct env *env;
	struct MDB_txn *handle;
	int code; /* of the first failure, LMDB's or the system's; 0 */
};

#define TXN_NONE { NULL, NULL, 0 }

int txn_begin(struct txn *txn, struct env *env, enum txn_kind kind, struct err *err);
uint64_t txn_id(const struct txn *txn); /* of the snapshot that it reads */
void txn_abort(struct txn *txn); /* one that is over, or never began, is fine */

/* Puts, or replaces. `database` is the index in env_options.databases. */
void txn_put(struct txn *txn, unsigned database, struct span key, struct span value);

/* Puts behind all that is there; a key that is not the greatest is a failure. */
void txn_append(struct txn *txn, unsigned database, struct span key, struct span value);

void txn_remove(struct txn *txn, unsigned database, struct span key); /* may be absent */

/* False if it is absent or the transaction has failed. */
bool txn_get(struct txn *txn, unsigned database, struct span key, struct span *value);

uint64_t txn_count(struct txn *txn, unsigned database); /* of records */

/* The caller's own failure, an errno, sticks like any other. */
void txn_fail(struct txn *txn, int code);

/* 0, or -1 with the first failure. */
int txn_check(const struct txn *txn, struct err *err);

/* Makes it durable, or nothing of it; over in any case. Signals are held back meanwhile, for LMDB
 * takes an interrupted flush for a failed one. */
int txn_commit(struct txn *txn, struct err *err);

/* A write transaction that is filled again from the start in a larger map when the map is full.
 * `fill` returns 0, or -1 with its err to stop; the failures of its puts are seen here. */
int txn_write(struct env *env, int (*fill)(void *ctx, struct txn *txn, struct err *err), void *ctx,
    struct err *err);

/* A walk over a database in the order of keys. Over before its transaction is. */
struct txn_walk {
	struct txn *txn;
	struct MDB_cursor *handle;
	bool has_begun;
	struct span from;  /* lent by the caller until the first step */
	struct span key;   /* of the record at hand */
	struct span value;
};

#define TXN_WALK_NONE { .handle = NULL }

/* From the first key that is not below `from`; SPAN_NONE: from the first one. */
void txn_walk_begin(struct txn_walk *walk, struct txn *txn, unsigned database, struct span from);
bool txn_walk_step(struct txn_walk *walk); /* false at the end, and after a failure of the txn */
void txn_walk_end(struct txn_walk *walk);

SCOPED_BY(txn, txn_abort)
SCOPED_BY(txn_walk, txn_walk_end)

#endif
