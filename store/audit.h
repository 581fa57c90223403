/* audit.h - does everything in a store agree? What `verify` asks, offline.
 *
 * Checks the birth certificate against the store; every record; the chain of events from the
 * first to the last, and its count; the plan: numbers, byte ranges, rows, sums; and that states,
 * due index and tallies are what a replay of the events over the plan gives (law 5). It looks at
 * one snapshot, so a run may write meanwhile, and goes on after a finding.
 *
 * Its parts are coverage.h (inputs and plan), replay.h (events) and derived.h (the rest); audit.c
 * has the certificate, the job's hash and the mark.
 *
 * Call inspect_in_child with INSPECT_ALL first: what makes LMDB crash ends there. Takes some 150
 * bytes of memory a chunk that was ever sent. */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include <stdint.h>

#include "runner/base/err.h"
#include "store/store.h"

struct audit_options {
	/* A sentence without its full stop, where first: "event 812: its link to event 811 is
	 * broken". Lent for the call. */
	void (*find)(void *ctx, const char *finding);
	void *ctx;
};

/* What was looked at. */
struct audit_counts {
	uint64_t findings;
	uint64_t inputs;
	uint64_t chunks; /* of the plan, */
	uint64_t added;  /* of them, those by which it was extended */
	uint64_t events;
};

/* 0, also with findings; -1 if it could not be carried through. */
int audit_store(struct store *store, const struct audit_options *options,
    struct audit_counts *counts, struct err *err);

#endif
