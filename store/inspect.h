/* inspect.h - has a child process read a store, before this one does.
 *
 * LMDB trusts its pages: a flipped bit can make it crash. The child reads every record of meta, plan
 * and states (and events) with its check sum; if it complains, or dies, this process says so and
 * lives. Call it before the store is opened here, and before threads are started. */
#ifndef STORE_INSPECT_H
#define STORE_INSPECT_H

#include "runner/base/err.h"

enum inspect_depth {
	INSPECT_STATES, /* what a run needs: 1,000,000 chunks take some tenths of a second */
	INSPECT_ALL,
};

/* 0, or -1 with what the child found: mostly ERR_IO. */
int inspect_in_child(const char *run_folder, enum inspect_depth depth, struct err *err);

#endif
