/* bench.h - a client under test: opened on a folder of its own, with a body of known bytes to send
 * and a place for the one reply that is waited for. Limits are so long that only a test which is
 * about one of them meets it. Asserts; what it opens, bench_done() closes. */
#ifndef TESTS_WIRE_BENCH_H
#define TESTS_WIRE_BENCH_H

#include <stdint.h>

#include "runner/nation/client.h"
#include "tests/wire/peer.h"

enum { BENCH_PATIENCE_MS = 15000 };

struct bench {
	struct peer *peer; /* the test's; NULL where a sandbox answers */
	struct client *client;
	struct nation_port port;
	char folder[32]; /* stands for the run folder */
	int folder_fd;
	int closed_count; /* of bodies */
	struct reply reply;
	struct err err;
};

/* For one source "people"; url and token are the test's to set. */
struct client_options bench_options(void);

void bench_open(struct bench *bench, const struct client_options *options);
void bench_close_client(struct bench *bench); /* may be opened again */
void bench_done(struct bench *bench);

/* Gives out `text` over and over, up to its length. */
struct bench_body {
	struct body body;
	struct span text;
	uint64_t at;
	uint64_t fails_at; /* with an error; UINT64_MAX: never */
	uint64_t ends_at;  /* though it promised more */
	int *closed_count;
};

struct bench_body *bench_new_body(struct bench *bench, struct span text, uint64_t bytes);
void bench_submit(struct bench *bench, struct bench_body *body);

/* Waits for one reply; it must come. Lent until the next. */
const struct reply *bench_hear(struct bench *bench);

#endif
