/* confine.h - gives up what the process will not need: from then on the kernel refuses it (Landlock,
 * since Linux 5.13; no library).
 *
 *     struct confine confine;
 *     confine_init(&confine, CONFINE_ANY_ABI, false);
 *     confine_allow(&confine, "/etc", CONFINE_READ);
 *     confine_enter(&confine, &abi, err)
 *
 * What was allowed may be used, and what is open already; all else on a file system can neither be
 * read nor changed, no program can be executed, no set-uid bit gives rights, no TCP port can be
 * opened for others (ABI 4), devices take no commands (ABI 5), and processes outside of it can get
 * no signals and, by abstract sockets, no words (ABI 6). It cannot be taken back, and children
 * inherit it; whatever was started before is free. Only the calling thread and those that it starts
 * are confined: call it while there is one. */
#ifndef RUNNER_SYS_CONFINE_H
#define RUNNER_SYS_CONFINE_H

#include <stdbool.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"

enum confine_right {
	CONFINE_READ,     /* what is there, at any depth */
	CONFINE_WRITE,    /* also make, change, rename and remove files and folders there */
	CONFINE_REMOVE_FOLDERS, /* empty ones, nothing else */
};

enum { CONFINE_ANY_ABI = 1000 };

struct confine {
	int ruleset; /* -1: the kernel has nothing of it */
	unsigned abi; /* 0: nothing */
	int code; /* the first error, which sticks */
};

/* `most_abi` is for tests: how an older kernel would do it. `denies_connections`: also none that go
 * out by TCP (ABI 4). */
void confine_init(struct confine *confine, unsigned most_abi, bool denies_connections);

/* A path that is not there, or may not be looked at, can be no more used than without the rule. A
 * folder's rule is that of the folder, whatever it is called later. */
void confine_allow(struct confine *confine, const char *path, enum confine_right right);

/* *abi: how much the kernel can do, 0 for nothing, which is no error. */
int confine_enter(struct confine *confine, unsigned *abi, struct err *err);

void confine_done(struct confine *confine);
SCOPED_BY(confine, confine_done)

#endif
