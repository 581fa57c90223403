/* alone.h - the engine of a verb that changes chunks while nobody runs the load: no nation, no watcher. */
#ifndef RUNNER_CLI_ALONE_H
#define RUNNER_CLI_ALONE_H

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/cli/session.h"
#include "runner/engine/engine.h"
#include "runner/ports.h"

struct alone {
	struct engine *engine;
	struct ports ports;
	char person[64], host[64];
};

#define ALONE_NONE             \
	{                      \
		.engine = NULL \
	}

/* Of a load that is owned, with its lock held: the records are read in, and ids that an earlier run could not
 * commit are written down (engine_load). What is read from the store afterwards is as the engine knows it. */
int alone_open(struct alone *alone, struct session *session, struct err *err);
void alone_done(struct alone *alone);
SCOPED_BY(alone, alone_done)

#endif
