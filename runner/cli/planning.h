/* planning.h - reads every input of a job to its end and cuts it into chunks. What is wrong with it
 * is found here, before anything is sent. `check` counts; `run` also writes the plan down. */
#ifndef RUNNER_CLI_PLANNING_H
#define RUNNER_CLI_PLANNING_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/cli/inputs.h"
#include "runner/source/layout.h"
#include "runner/source/reasons.h"
#include "runner/source/rules.h"

/* Where the plan goes; members may be NULL. */
struct planning_sink {
	int (*chunk)(void *ctx, const struct plan_chunk *chunk, struct err *err);
	int (*input)(void *ctx, const struct plan_input *input, const char *path, struct err *err);
	void *ctx;
	/* Of each input, its layout; then its rows as they would be sent, which costs time. */
	int (*layout)(void *ctx, uint32_t source, uint32_t input, const struct layout *layout,
	    struct err *err);
	int (*row)(void *ctx, uint32_t source, uint32_t input, const struct layout *layout,
	    const struct row *row, const struct span *values, struct err *err);
};

/* A rule of the job that was met. */
struct planning_reason {
	enum reasons_kind kind;
	char *words;
	struct reasons_count count;
};

struct planning_source {
	uint64_t inputs;
	uint64_t chunks;
	uint64_t posts; /* chunks with rows to send */
	uint64_t rows;
	uint64_t rows_left_out;
	uint64_t rows_sent; /* with a history more than one a record */
	uint64_t csv_bytes; /* as sent */
	struct rules_count counts[RULE_COUNT]; /* of the inputs whose fields were looked at */
	struct planning_reason *reasons; /* all that the job has, met or not */
	size_t reason_count;
	struct buf columns; /* of its first input that is not empty, as plan_input has them */
	uint32_t column_input;
};

struct planning {
	const struct inputs *inputs;
	struct planning_sink sink;
	bool makes_copies; /* of texts that are not their own, in the run folder (copies.h) */
	struct planning_source *sources; /* one a source of the job */
	size_t source_count;
	struct buf reasons, columns;     /* of the input at hand, as plan_input has them */
};

/* ERR_DATA: an input is not as it must be; ERR_INPUT: it cannot be read; or the sink's error. */
int planning_run(struct planning *planning, struct err *err);
void planning_done(struct planning *planning);
SCOPED_BY(planning, planning_done)

/* Rows that break a rule, with examples, a few lines each source; nothing if all is well. */
void planning_warn(const struct planning *planning);

#endif
