/* env.h - the LMDB environment of a store: one folder, named databases, one writer.
 *
 * With txn.h the only place that knows lmdb.h. Default durability only: a commit that returned is on
 * disk. The map starts at 1 GiB of address space (the file is as large as what is in it) and doubles
 * when it is full, between transactions. An env belongs to the process that opened it: no fork while
 * one is open. A process opens a store once.
 *
 * A file shorter than its last page, or empty, is refused before anything is read from it: the one
 * would be a SIGBUS, the other a new, empty store. */
#ifndef STORE_ENV_H
#define STORE_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"

#define ENV_MAP_BYTES (UINT64_C(1) << 30)

enum { ENV_DATABASES_MOST = 8 };

enum env_mode {
	ENV_CREATE, /* the folder is there and empty */
	ENV_WRITE,
	ENV_READ, /* beside a writer in another process, or alone */
};

struct env_options {
	const char *folder;
	enum env_mode mode;
	const char *const *databases; /* all are there, or made by ENV_CREATE */
	size_t database_count;
	uint64_t map_bytes; /* 0: ENV_MAP_BYTES for a new one, else as it was */
};

struct MDB_env;

struct env {
	struct MDB_env *handle;
	unsigned databases[ENV_DATABASES_MOST];
	size_t database_count;
	unsigned open_txns;
	bool is_broken; /* lost its map when growing: nothing may touch it any more */
	char *folder;
};

#define ENV_NONE { .handle = NULL }

/* -1: ERR_IO (damaged, or what the system says), ERR_INPUT (not there, a network file system). */
int env_open(struct env *env, const struct env_options *options, struct err *err);
void env_close(struct env *env);

/* Doubles the map. No transaction may be open. */
int env_grow(struct env *env, struct err *err);

/* Takes up what another process grew. No transaction may be open. 0 or an LMDB code. */
int env_follow(struct env *env);

uint64_t env_map_bytes(const struct env *env);

/* Has the file system set aside 1 MiB behind the end of the file, so that the commits of one chunk
 * succeed on a disk that becomes full. File systems that cannot do it are passed over. */
int env_reserve(struct env *env, struct err *err);

/* Of data.mdb, lent until env_close. */
int env_fd(const struct env *env);

/* Flushes the file and its folder: LMDB does neither when it creates them. */
int env_sync(struct env *env, struct err *err);

/* Words an LMDB or system code; a full disk is named as such whatever code it came with. */
int env_error(const struct env *env, int code, const char *doing, struct err *err);

SCOPED_BY(env, env_close)

#endif
