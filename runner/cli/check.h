/* check.h - the verb `check`, which `run --dry-run` is too. */
#ifndef RUNNER_CLI_CHECK_H
#define RUNNER_CLI_CHECK_H

#include "runner/cli/args.h"

int check_run(const struct args *args, struct err *err);

#endif
