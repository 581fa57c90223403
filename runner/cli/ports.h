/* ports.h - the real ports over an open load, but for the nation, which only `run` has. */
#ifndef RUNNER_CLI_PORTS_H
#define RUNNER_CLI_PORTS_H

#include "runner/cli/session.h"
#include "runner/ports.h"

/* There is no nation (the port is empty: engine_resolve() asks for nothing), nobody watches, nothing is
 * heard. The session is borrowed while the ports are used. */
struct ports ports_without_nation(struct session *session);

#endif
