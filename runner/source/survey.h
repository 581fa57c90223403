/* survey.h - plans a whole job: every input of every source, in order, through the planning pass.
 *
 * Nothing is kept but one plan_input for each input: chunks are handed out as they are complete. */
#ifndef RUNNER_SOURCE_SURVEY_H
#define RUNNER_SOURCE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/plan.h"
#include "runner/source/input.h"
#include "runner/source/pass.h"

struct survey_source {
	const char *name; /* for messages */
	enum rules_type type;
	struct layout_options layout;
	struct complaint_places places;
	bool is_empty_allowed;
	const struct file_name *inputs;
	size_t input_count;
	struct input_form form;
};

struct survey_options {
	const struct survey_source *sources;
	size_t source_count;
	uint32_t limit_bytes;
	uint32_t limit_rows; /* 0: no limit */

	/* Makes a file of the text of an input that is not one as it lies, and opens it: what is
	 * planned will be read again. NULL: it is unpacked as it is read, and nothing is written. */
	int (*copy)(void *ctx, uint32_t source, uint32_t input, struct input *from,
	    struct file *copy, struct err *err);

	/* Each may be NULL; 0 to go on, -1 with an err that ends the survey. The layout is told
	 * before the rows of its input, the input after its last chunk. */
	int (*on_layout)(void *ctx, uint32_t source, uint32_t input, const struct layout *layout,
	    struct err *err);
	int (*on_chunk)(void *ctx, const struct plan_chunk *chunk, struct err *err);
	int (*on_row)(void *ctx, uint32_t source, uint32_t input, const struct layout *layout,
	    const struct row *row, const struct span *values, struct err *err);
	/* Before the input: see pass.h. */
	int (*on_reasons)(void *ctx, uint32_t source, uint32_t input, const struct layout *layout,
	    const struct reasons_count *counts, struct err *err);
	int (*on_input)(void *ctx, const struct plan_input *input, const struct pass_result *result,
	    struct err *err);
	void *ctx;
};

/* ERR_DATA: bad input, or two inputs of a source that are the same file, or any two that say the
 * same. ERR_INPUT: one cannot be read, or changed while it was. */
int survey_run(const struct survey_options *options, struct err *err);

#endif
