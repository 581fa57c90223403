/* formbody.h - a small request body in memory, for the secrets of /oauth/token: given out once, like a
 * chunk's, and wiped. */
#ifndef RUNNER_NATION_FORMBODY_H
#define RUNNER_NATION_FORMBODY_H

#include "runner/base/buf.h"
#include "runner/ports.h"

/* Takes the text, also when it fails. NULL: no memory. */
struct body *formbody_new(struct buf *text);

#endif
