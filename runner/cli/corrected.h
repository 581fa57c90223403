/* corrected.h - corrected rows into the plan (product.md section 9): every row of the file that is handed in
 * (handed.h) is one that the nation rejected and that was not sent again since (unsettled.h); then they become
 * new chunks (extension.h).
 *
 * Nothing is changed before all of it is checked. */
#ifndef RUNNER_CLI_CORRECTED_H
#define RUNNER_CLI_CORRECTED_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/cli/session.h"
#include "runner/source/file.h"

/* Of a load that is owned, with its lock held. ERR_DATA with the line that is wrong. The session must
 * look again afterwards. */
int corrected_plan(struct session *session, struct file *file, uint64_t *rows, struct err *err);

#endif
