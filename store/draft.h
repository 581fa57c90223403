/* draft.h - writes a new load: plan, store, birth certificate.
 *
 * Everything goes into `store.new`, in several transactions and bounded memory. draft_finish makes
 * it a load, in the order that leaves no moment at which a crash could harm: the last commit, file
 * and folder flushed, renamed to `store`, the run folder flushed, `ids` pre-allocated, then
 * birth.json. A draft that was not finished is removed by the next store_look. */
#ifndef STORE_DRAFT_H
#define STORE_DRAFT_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/plan.h"
#include "store/store.h"

struct draft;

struct draft_options {
	struct store_options store;
	const char *load_id; /* random, hex */
	int64_t created_ms;
	const char *job; /* canonical text of what makes the job's identity; no voter data, no token */
	const char *const *sources; /* names, in the order of the job */
	size_t source_count;        /* at most LIMIT_SOURCES */
};

/* The run folder is there and locked. The options, and all that they point to, outlive the draft. */
int draft_begin(struct draft **draft, const struct draft_options *options, struct err *err);

/* Chunks come in the order of source and number, the numbers of a source without a gap from 1. */
int draft_add_chunk(struct draft *draft, const struct plan_chunk *chunk, struct err *err);

/* Inputs come in any order. */
int draft_add_input(struct draft *draft, const struct plan_input *input, const char *path,
    struct err *err);

/* From here on there is a load; open it with store_open. */
int draft_finish(struct draft *draft, struct err *err);

void draft_free(struct draft *draft);

#endif
