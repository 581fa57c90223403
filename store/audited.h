/* audited.h - what the parts of an audit share (audit.c, coverage.c, replay.c, derived.c): the
 * store, one snapshot of it, and where their findings go.
 *
 * A part goes on after a finding; it fails only when it cannot be carried through. */
#ifndef STORE_AUDITED_H
#define STORE_AUDITED_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/plan.h"
#include "store/audit.h"
#include "store/txn.h"

struct audited {
	struct store *store;
	struct txn txn; /* for reading; over all that is looked at */
	const struct audit_options *options;
	uint64_t findings;
};

void audited_find(struct audited *audited, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A record that cannot be read, in the reader's words. */
void audited_find_error(struct audited *audited, const struct err *err);

/* "?" for a source that is not in the job. */
const char *audited_name(const struct audited *audited, uint32_t source);

/* False if there is no such record, or none that can be read: the coverage of the plan says that,
 * once. */
bool audited_plan(struct audited *audited, uint32_t source, uint32_t number,
    struct plan_chunk *plan);

/* Behind the original plan: a piece of a chunk, or a chunk of a retry. */
bool audited_is_added(const struct plan_chunk *plan);

#endif
