/* run.h - a load, run to its end by a verb that does something to it first. */
#ifndef RUNNER_CLI_RUN_H
#define RUNNER_CLI_RUN_H

#include <stdbool.h>

#include "runner/base/err.h"
#include "runner/cli/args.h"
#include "runner/cli/session.h"

/* What is done to a load that is there, under its lock and before anything is sent. */
struct run_first {
	/* 0, or -1: an error, after which nothing was changed. */
	int (*change)(void *ctx, struct session *session, struct err *err);
	void *ctx;
};

/* As `run`: the exit code, or -1. */
int run_changed(const struct args *args, const struct run_first *first, struct err *err);

#endif
