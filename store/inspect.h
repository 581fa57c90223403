/* inspect.h - has a child process read a store, before this one does.
 *
 * LMDB trusts its pages: a flipped bit can make it crash. The child looks at every page (pages.h) and
 * reads every record of meta, plan and states (and events) with its check sum; if it complains, or
 * dies, this process says so and lives. Call it before the store is opened here, and before threads
 * are started. */
#ifndef STORE_INSPECT_H
#define STORE_INSPECT_H

#include "runner/base/err.h"

enum inspect_depth {
	INSPECT_STATES, /* to look on; pages up to INSPECT_PAGES_MOST bytes of them */
	INSPECT_RUN,    /* to go on: all pages, and events up to INSPECT_EVENTS_MOST */
	INSPECT_ALL,    /* to verify */
};

/* A run must begin within seconds, whatever it has behind it: of more events than that (a load of
 * 100 GB has some ten thousand) only `verify` reads all. */
enum { INSPECT_EVENTS_MOST = 2 * 1000 * 1000 };

/* `status` must answer at once. A load of 100 GB has some MB of pages. */
enum { INSPECT_PAGES_MOST = 64 << 20 };

/* 0, or -1 with what the child found: mostly ERR_IO. */
int inspect_in_child(const char *run_folder, enum inspect_depth depth, struct err *err);

#endif
