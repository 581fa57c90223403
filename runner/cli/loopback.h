/* loopback.h - one plain GET from a pretend nation on this computer, for the demo's proof. The
 * nation client is for nations. */
#ifndef RUNNER_CLI_LOOPBACK_H
#define RUNNER_CLI_LOOPBACK_H

#include "runner/base/buf.h"
#include "runner/base/err.h"

/* `url` is http://127.0.0.1:PORT. Appends the body of a 200. */
int loopback_get(const char *url, const char *path, struct buf *to, struct err *err);

#endif
