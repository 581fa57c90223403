/* handle.h - what an open store is, for the files of store/ only. */
#ifndef STORE_HANDLE_H
#define STORE_HANDLE_H

#include "runner/base/buf.h"
#include "store/env.h"
#include "store/ids.h"
#include "store/mark.h"
#include "store/schema.h"
#include "store/store.h"

#define HANDLE_STORE_NAME "store"     /* in the run folder */
#define HANDLE_DRAFT_NAME "store.new" /* until its first commits are on disk */

struct store {
	struct env env;
	char *folder; /* the run folder */
	void (*sha256)(const void *bytes, size_t len, unsigned char hash[32]);
	struct store_load load;
	char *texts; /* that load points into */
	const char **names;
	struct ids ids;   /* of the runner only */
	struct mark mark; /* the same */
	const char *copied; /* see store_copied */

	/* The journal's place: the end of the chain of events. */
	struct schema_head head;
	bool is_reader;
	bool is_broken; /* a commit failed: what is on disk is not known any more */
};

/* Opens FOLDER/store and takes up its load and head; no certificate, no child. */
int handle_open(struct store **store, const struct store_options *options, enum env_mode mode,
    struct err *err);

/* The SHA-256 of the value of event `seq`, of the load id for 0; *has is false if there is none. */
int handle_hash_event(struct store *store, uint64_t seq, unsigned char hash[32], bool *has,
    struct err *err);

/* Databases of a new store. */
int handle_open_env(struct env *env, const char *folder, enum env_mode mode, uint64_t map_bytes,
    struct err *err);

#endif
