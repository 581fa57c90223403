/* begin.h - from a job to an open load: the lock, a plan if there is none yet (or --new), the store,
 * and the inputs compared with what the plan was made from. */
#ifndef RUNNER_CLI_BEGIN_H
#define RUNNER_CLI_BEGIN_H

#include "runner/cli/session.h"
#include "store/lock.h"

/* On success the lock is held and the load open (session_own_load). */
int begin_load(struct session *session, const struct args *args, struct lock *lock,
    struct err *err);

#endif
