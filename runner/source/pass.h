/* pass.h - the planning pass: one input, read once from front to end, becomes chunks.
 *
 * Checks every byte and every record, finds the layout, renders, asks the nation's rules where fields
 * are taken apart (rendered layouts, and ballots), cuts. The first thing that is wrong ends it: ERR_DATA in the
 * words of complaint.h. Memory does not depend on the input (see rows.h). */
#ifndef RUNNER_SOURCE_PASS_H
#define RUNNER_SOURCE_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/plan.h"
#include "runner/source/complaint.h"
#include "runner/source/layout.h"
#include "runner/source/reader.h"
#include "runner/source/rules.h"

struct pass_options {
	const char *path; /* as the job file writes it, for messages */
	struct complaint_places places;
	const struct layout_options *layout;
	enum rules_type type;

	uint32_t source, input;
	uint32_t first_number; /* of the input's first chunk, within its source */
	uint32_t limit_bytes;
	uint32_t limit_rows; /* 0: no limit */
	bool is_empty_allowed;
	size_t window_bytes; /* 0: ROWS_WINDOW_BYTES */

	/* Each may be NULL, return 0 to go on, or -1 with an err that ends the pass. The layout is
	 * told before any row is read: the place to judge its names. */
	int (*on_layout)(void *ctx, const struct layout *layout, struct err *err);
	int (*on_chunk)(void *ctx, const struct plan_chunk *chunk, struct err *err);
	/* Each row that is sent, with its values, one an output, lent for the call. */
	int (*on_row)(void *ctx, const struct layout *layout, const struct row *row,
	    const struct span *values, struct err *err);
	/* At the end: how often each of layout->reasons was met. May be NULL. */
	int (*on_reasons)(void *ctx, const struct layout *layout,
	    const struct reasons_count *counts, struct err *err);
	void *ctx;
};

struct pass_result {
	struct plan_input input; /* but for what only the file knows: mtime, inode */
	bool is_verbatim;
	bool was_looked_at; /* the rules saw every row; else the counts mean nothing */
	struct rules_count counts[RULE_COUNT];
};

int pass_run(const struct pass_options *options, const struct reader *reader,
    struct pass_result *result, struct err *err);

#endif
