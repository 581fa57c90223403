/* server.h - the nation on a loopback port: HTTP by libmicrohttpd, a thread a connection, and what
 * faults do to connections and to time. */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include <stdint.h>

#include "runner/base/err.h"
#include "sandbox/nation.h"

struct server;

/* Accepts on 127.0.0.1:port; port 0: any that is free. The nation stays the caller's. */
struct server *server_open(struct nation *nation, uint16_t port, struct err *err);
uint16_t server_port(const struct server *server);
/* Ends stalls and waits, then every connection. */
void server_close(struct server *server);

#endif
