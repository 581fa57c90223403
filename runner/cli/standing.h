/* standing.h - where a load stands, read from its store: for `status` and for status.json. */
#ifndef RUNNER_CLI_STANDING_H
#define RUNNER_CLI_STANDING_H

#include "runner/base/err.h"
#include "runner/base/limits.h"
#include "runner/base/scoped.h"
#include "runner/cli/session.h"
#include "runner/report/status.h"
#include "store/lock.h"

struct standing {
	struct status status; /* borrows the rest, and the session's job */
	struct tally *tallies;
	struct lock_holder holder;
	char waiting_for[LIMIT_NAME_BYTES + 64]; /* "people-31, which is held" */
};

#define STANDING_NONE { .tallies = NULL }

/* Of a session whose load is open, or that has none (then it must be described). Does not look for a
 * runner. It must not be moved afterwards. */
int standing_read(struct standing *standing, struct session *session, struct err *err);

/* Adds who runs it, if anyone does, and what the runner alone knows. */
int standing_add_runner(struct standing *standing, const struct session *session, struct err *err);

/* status.json of a load that nobody runs from now on; the caller holds its lock. */
int standing_put(struct session *session, struct err *err);

void standing_done(struct standing *standing);
SCOPED_BY(standing, standing_done)

#endif
