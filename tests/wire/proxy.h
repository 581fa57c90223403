/* proxy.h - stands between a client and the pretend nation and lets a connection go wrong at a
 * byte: cut by a reset or an orderly end, left standing, answered by another. Counted are the bytes
 * of either direction as they pass it; with TLS, which it can end, those inside.
 *
 * Proxies can stand in a row: one that counts the bytes of TLS before one that ends TLS. Each
 * connection has a thread of its own and the fate that was set last. What waits for ever gives up
 * after PROXY_PATIENCE_S, and proxy_stop() then fails the test. */
#ifndef TESTS_WIRE_PROXY_H
#define TESTS_WIRE_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/wire/tls.h"

enum { PROXY_PATIENCE_S = 60 };

enum proxy_way {
	PROXY_PASS,   /* nothing goes wrong */
	PROXY_RESET,  /* both sides are reset */
	PROXY_CLOSE,  /* the client is told that nothing more comes */
	PROXY_STILL,  /* nothing is read any more, until the client gives up */
	PROXY_ANSWER, /* `answer` is said in the nation's place, then as PROXY_CLOSE */
};

struct proxy_fate {
	enum proxy_way way;
	bool is_answer; /* `at` counts the answer's bytes, not the request's */
	uint64_t at;    /* where it strikes */
	const char *answer;
	/* What the client sends reaches the nation only once the client has gone. */
	bool hands_on_late;
	/* What of the request comes after it struck still reaches the nation. */
	bool hands_on_rest;
};

struct proxy;

/* To 127.0.0.1:`port`. Without tls it takes bytes as they come. */
struct proxy *proxy_start(unsigned port, struct tls *tls);
struct proxy *proxy_start_at(const char *host, unsigned port, struct tls *tls); /* listens there */
unsigned proxy_port(const struct proxy *proxy);

/* For the connections from now on; the answer's text must last. */
void proxy_set_fate(struct proxy *proxy, const struct proxy_fate *fate);

/* Waits until none is under way. */
void proxy_settle(struct proxy *proxy);

size_t proxy_connections(struct proxy *proxy); /* so far */
size_t proxy_resets(struct proxy *proxy);      /* of them, those that the client reset */

void proxy_stop(struct proxy *proxy); /* settles, frees */

#endif
