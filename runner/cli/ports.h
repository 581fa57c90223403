/* ports.h - the real ports over an open session, but for the nation, which only `run` has. */
#ifndef RUNNER_CLI_PORTS_H
#define RUNNER_CLI_PORTS_H

#include "runner/cli/session.h"
#include "runner/ports.h"

/* The nation refuses every request as a bug, nobody watches, nothing is heard. Lends the session. */
struct ports ports_without_nation(struct session *session);

#endif
