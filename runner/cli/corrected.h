/* corrected.h - a file of corrected rows (product.md section 9): every row of it is one that the nation
 * rejected and that was not sent again since; then the rows become retry/N.csv, one file a source, and
 * new chunks of the plan.
 *
 * Nothing is changed before all of it is checked. A crash leaves either nothing, or files that no record
 * names and that corrected_tidy() removes, or the whole retry. */
#ifndef RUNNER_CLI_CORRECTED_H
#define RUNNER_CLI_CORRECTED_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/cli/session.h"
#include "runner/source/file.h"

struct corrected_result {
	uint64_t rows;
	uint64_t chunks;
};

/* Of a load that is owned, with its lock held. ERR_DATA with the line that is wrong. The session must
 * look again afterwards. */
int corrected_plan(struct session *session, struct file *file, struct corrected_result *result,
    struct err *err);

/* Removes what a crash left of a retry that did not come into the plan. Under the lock. */
int corrected_tidy(const struct session *session, struct err *err);

#endif
