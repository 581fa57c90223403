/* helper.h - runs the commands that a job names, in a small process of its own.
 *
 * Started before the store is opened and before the process restricts itself: LMDB must not see a
 * fork (pitfalls.md D1). The helper holds nothing of the runner but stderr; when the runner is
 * gone, however it went, the helper ends and kills the command with all that it started. A command
 * is a line for /bin/sh, runs in a process group of its own with the runner's environment, stdin
 * /dev/null and stderr as ours.
 *
 * Outputs may be secrets: they cross a socket pair, never a file; copies on the way are wiped. */
#ifndef RUNNER_SYS_HELPER_H
#define RUNNER_SYS_HELPER_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"

struct helper;

/* *helper is the caller's, to stop. */
int helper_start(struct helper **helper, struct err *err);
void helper_stop(struct helper *helper); /* takes; NULL is fine */

struct helper_command {
	const char *line;
	uint32_t most_bytes; /* of output; a command that says more is killed */
	uint32_t most_ms;    /* a command that takes longer is killed */
};

struct helper_outcome {
	int exit_code; /* as a shell says it: 128 + signal; 127 not found */
	bool is_late;  /* killed after most_ms */
	bool is_long;  /* killed after most_bytes */
};

/* The same in two steps, for who has other things to do meanwhile: begin, then end once the descriptor
 * is readable. One at a time. -1 as below. */
int helper_begin(struct helper *helper, const struct helper_command *command, struct err *err);
int helper_fd(const struct helper *helper);
int helper_end(struct helper *helper, struct buf *output, struct helper_outcome *outcome,
    struct err *err);

/* Has the command that was begun ended? Never waits. */
bool helper_has_ended(const struct helper *helper);

/* Runs it to its end and appends its stdout to `output`, which never moves in memory meanwhile, so
 * that wiping output->cap bytes wipes all. -1 only if the helper itself is gone (ERR_IO); what the
 * command did is in *outcome. Waits up to most_ms. */
int helper_run(struct helper *helper, const struct helper_command *command, struct buf *output,
    struct helper_outcome *outcome, struct err *err);

#endif
