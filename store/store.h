/* store.h - the job database of one load, in its run folder (store/FORMAT.md has the format and the
 * laws).
 *
 * A run, in this order, each under the lock of the one before:
 *
 *     lock_take         lock.h    one runner at a time
 *     store_look        is there a load? What a crash left of an unfinished plan is removed.
 *     draft_begin ...   draft.h   no load yet: writes the plan, the store, the birth certificate
 *     store_open        checks the certificate, has a child read the store, opens it
 *     store_adopt       if the run folder is a copy, and was adopted
 *     journal_of        journal.h the engine's port; by each_rescued also the ids that a full disk kept out of
 *                       the store, until
 *     store_forget_rescued, at the end of a run that could write
 *
 * Everybody else (status, report, log, explain) calls store_open_reading, at any time, also while a
 * run writes and after a crash; verify calls audit_store (audit.h) with that. A process opens a store
 * once, and does not fork while it is open. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/core/plan.h"
#include "runner/core/tally.h"

struct store;

struct store_options {
	const char *folder; /* the run folder, NAME.run */
	/* /etc/machine-id hashed with something of ours; "" where there is none. Tells a copied
	 * run folder from the one that the load was begun in. Not used for reading. */
	const char *machine_id;
	void (*sha256)(const void *bytes, size_t len, unsigned char hash[32]);
	uint64_t map_bytes; /* 0; a size of LMDB's map to begin with, for tests */
	bool adopts;        /* a copied or restored run folder is opened, too: see store_copied */
};

/* What a load is, fixed when it began. Lent until store_close. */
struct store_load {
	const char *load_id;
	int64_t created_ms;
	const char *job; /* the job's identity, as it was given to draft_begin */
	unsigned char job_hash[32];
	const char *const *sources; /* names, in the order of the job */
	size_t source_count;
	uint64_t inputs;
	uint64_t chunks; /* of the original plan */
};

/* Whether there is a load in the folder; where not, the way is free for draft_begin. -1: ERR_INPUT,
 * ERR_IO if what is there is neither. Call it under the lock. */
int store_look(const struct store_options *options, bool *is_there, struct err *err);

/* For the one runner. -1: ERR_INPUT (66: not there, foreign, copied, of a newer rollcall), ERR_IO
 * (74: damaged). */
int store_open(struct store **store, const struct store_options *options, struct err *err);

/* The run folder is not what the last run left: "on another machine", "in another folder", … ; NULL:
 * it is. Only with options.adopts, and then nothing may be sent before the load itself was adopted
 * (engine_adopt) and store_adopt has made this the place where it goes on. */
const char *store_copied(const struct store *store);
int store_adopt(struct store *store, const struct store_options *options, struct err *err);

/* For looking on. Does not look at the birth certificate; store_compare does, and at the mark: the
 * store is the one that was certified, and the last that was written here, wherever that is. */
int store_open_reading(struct store **store, const struct store_options *options, struct err *err);
int store_compare(struct store *store, struct err *err);

void store_close(struct store *store);

const struct store_load *store_load(const struct store *store);

/* From the last commit. */
int store_tally(struct store *store, uint32_t source, struct tally *tally, struct err *err);

/* In the order of source and input. `path` is lent for the visit; the visitor returns 0 to go on,
 * -1 with its err to stop. */
int store_each_input(struct store *store,
    int (*visit)(void *visitor, const struct plan_input *input, const char *path, struct err *err),
    void *visitor, struct err *err);

/* The soonest step that is due, if any chunk has one. */
struct store_due {
	bool is_any;
	int64_t due_ms; /* wall clock; 0: at once */
	uint32_t source;
	uint32_t number;
};
int store_next_due(struct store *store, struct store_due *due, struct err *err);

/* Not before the journal has them. */
int store_forget_rescued(struct store *store, struct err *err);

#endif
