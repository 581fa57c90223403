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
#include "runner/engine/engine.h"
#include "runner/source/file.h"

/* Of a load that is owned, with its lock held, by an engine that knows it (alone.h). ERR_DATA with the line that
 * is wrong. The session must look again afterwards, and the engine not be used. */
int corrected_plan(struct session *session, struct engine *engine, struct file *file, uint64_t *rows,
    struct err *err);

#endif
