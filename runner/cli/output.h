/* output.h - a file that the user names: there whole or not at all, and for its owner alone. */
#ifndef RUNNER_CLI_OUTPUT_H
#define RUNNER_CLI_OUTPUT_H

#include "runner/base/err.h"
#include "runner/base/span.h"

/* ERR_USAGE if `path` cannot be the name of a file that is written beside a temporary one. */
int output_check(const char *path, struct err *err);

/* Replaces what is there. ERR_CREATE, ERR_IO. */
int output_put(const char *path, struct span text, struct err *err);

#endif
