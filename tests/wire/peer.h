/* peer.h - a server that does exactly what a test's script says, byte for byte, wrong on purpose.
 *
 * Listens on a free port of the loopback. The Nth connection (from 0) plays the Nth script, each in
 * a thread of its own, and keeps every byte it received. A connection beyond the scripts is closed
 * at once and counted. Nothing waits for ever: a peer that hears nothing for 20 s gives up, and
 * peer_stop() fails the test. */
#ifndef TESTS_WIRE_PEER_H
#define TESTS_WIRE_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"

enum peer_act {
	PEER_END = 0,     /* closes the connection, politely */
	PEER_READ_HEAD,   /* to the empty line */
	PEER_READ_BODY,   /* Content-Length of the last head */
	PEER_READ_SOME,   /* at least `bytes` of the body, then no more */
	PEER_SEND,        /* text */
	PEER_SEND_FILLER, /* `bytes` times the letter x */
	PEER_RESET,       /* closes with RST; ends the script */
	PEER_AWAIT_CLOSE, /* reads on until the other side closes or resets */
	PEER_STAND_STILL, /* reads nothing until then */
};

struct peer_step {
	enum peer_act act;
	const char *text;
	size_t bytes;
};

enum { PEER_CONNECTIONS = 8, PEER_STEPS = 12 };

struct peer_script {
	struct peer_step steps[PEER_STEPS];
};

struct peer;

struct peer *peer_start(const struct peer_script *scripts, size_t count);
unsigned peer_port(const struct peer *peer);

/* Steps that a connection has done by now, what they send included: it is in our socket. */
size_t peer_played(struct peer *peer, size_t connection);

/* Waits for every script to end; then the records below may be read. Close the client first. */
void peer_stop(struct peer *peer);

size_t peer_connection_count(const struct peer *peer);
struct span peer_received(const struct peer *peer, size_t connection); /* heads and bodies */
int peer_was_reset(const struct peer *peer, size_t connection);

void peer_free(struct peer *peer);

#endif
