/* compare.h - are the inputs still what the plan was made from? Law 4: size, mtime and inode at
 * start; where only mtime or inode differ, the digest decides. */
#ifndef RUNNER_CLI_COMPARE_H
#define RUNNER_CLI_COMPARE_H

#include "runner/cli/session.h"

enum compare_depth {
	COMPARE_FACTS,   /* as above */
	COMPARE_DIGESTS, /* every input is read */
};

/* ERR_INPUT, naming the first input that is missing or changed and what to do. */
int compare_inputs(struct session *session, enum compare_depth depth, struct err *err);

#endif
