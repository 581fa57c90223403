/* nation.h - the pretend nation as a process of its own, for tests that hold what a client believes
 * against what the nation knows: its ledger. */
#ifndef TESTS_WIRE_NATION_H
#define TESTS_WIRE_NATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runner/base/buf.h"

#define NATION_TOKEN "s3cret-T0ken"

struct nation {
	pid_t pid;
	unsigned port;
	char url[64];
	char ledger[64]; /* its path; "" where none is kept */
};

/* Faults are added up; NULL ends them. Asserts. */
void nation_start(struct nation *nation, const char *ledger, const char *const *faults);

/* Ends it; removes the ledger. */
void nation_stop(struct nation *nation);

/* How often a kind of line ("head", "import") stands in the ledger, and of all POSTs begun whether
 * each has come to its end. */
size_t nation_count(const struct nation *nation, const char *what);
bool nation_is_settled(const struct nation *nation);

/* The whole ledger. The caller's, to free. */
void nation_read_ledger(const struct nation *nation, struct buf *text);

#endif
