/* online.h - does the nation still say what the store has? What `verify --online` asks: the state of
 * every import that a chunk owns, the counts and the rejected rows of each that is done. */
#ifndef RUNNER_CLI_ONLINE_H
#define RUNNER_CLI_ONLINE_H

#include "runner/cli/session.h"

struct signin;

struct online_options {
	struct session *session; /* its load is read */
	struct signin *signin;
	/* A sentence: "people-3: import 4711 has 10 rows succeeded, the store has 9". */
	void (*find)(void *ctx, const char *finding);
	void *ctx;
};

struct online_counts {
	uint64_t imports; /* asked about */
	uint64_t findings;
};

/* Paced by limits.requests; sends nothing. -1: the nation cannot be asked (ERR_UNREACHABLE,
 * ERR_ACCESS, ...). */
int online_check(const struct online_options *options, struct online_counts *counts,
    struct err *err);

#endif
