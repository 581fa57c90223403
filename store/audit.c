#include "platform.h"

#include <inttypes.h>
#include <string.h>

#include "store/audit.h"
#include "store/audited.h"
#include "store/birth.h"
#include "store/coverage.h"
#include "store/derived.h"
#include "store/handle.h"
#include "store/replay.h"

static void
audited_done(struct audited *audited)
{
	txn_abort(&audited->txn);
}

SCOPED_BY(audited, audited_done)

static void
check_certificate(struct audited *audited)
{
	SCOPED(birth) birth = BIRTH_NONE;
	struct err err = ERR_INIT;

	if (birth_read(&birth, audited->store->folder, &err) ||
	    birth_check_store(&birth, audited->store, &err))
		audited_find(audited, "%s", err.text);
}

static void
check_job(struct audited *audited)
{
	const struct store_load *load = &audited->store->load;
	unsigned char hash[SCHEMA_HASH_BYTES];

	audited->store->sha256(load->job, strlen(load->job), hash);
	if (memcmp(hash, load->job_hash, sizeof(hash)) != 0)
		audited_find(audited, "meta load: the hash of the job is not that of its text");
}

/* `marked`: what the file `mark` says that the store had at the least. */
static void
check_mark(struct audited *audited, const struct schema_head *marked)
{
	struct schema_key key = schema_event_key(marked->events);
	struct span value = span_of(audited->store->load.load_id);
	unsigned char hash[SCHEMA_HASH_BYTES];

	if (marked->events &&
	    !txn_get(&audited->txn, SCHEMA_EVENTS, schema_span(&key), &value)) {
		audited_find(audited,
		    "mark: the store was written up to event %" PRIu64 ", which it has not",
		    marked->events);
		return;
	}
	audited->store->sha256(value.ptr, value.len, hash);
	if (memcmp(hash, marked->hash, sizeof(hash)) != 0)
		audited_find(audited,
		    "mark: event %" PRIu64 " is not the one that was written here",
		    marked->events);
}

int
audit_store(struct store *store, const struct audit_options *options, struct audit_counts *counts,
    struct err *err)
{
	SCOPED(audited) audited = { .store = store, .options = options, .txn = TXN_NONE };
	SCOPED(coverage) coverage = COVERAGE_NONE;
	SCOPED(replay) replay = REPLAY_NONE;
	struct schema_head marked;
	bool is_marked;

	check_certificate(&audited);
	check_job(&audited);
	/* The mark is read before the snapshot is taken, so that a run that goes on meanwhile
	 * cannot be ahead of it. */
	if (mark_read(store->folder, &marked, &is_marked, err) ||
	    txn_begin(&audited.txn, &store->env, TXN_READ, err) ||
	    coverage_check(&coverage, &audited, err) ||
	    replay_events(&replay, &audited, &coverage, err) ||
	    derived_check(&audited, &coverage, &replay, err))
		return -1;
	if (is_marked)
		check_mark(&audited, &marked);
	*counts = (struct audit_counts){
		.findings = audited.findings,
		.inputs = coverage.inputs,
		.chunks = coverage.chunks,
		.added = coverage.added,
		.events = replay.events,
	};
	return 0;
}
