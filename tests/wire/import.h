/* import.h - an import that can be told from every other: the body of its POST, and what a nation's
 * ledger says of it. */
#ifndef TESTS_WIRE_IMPORT_H
#define TESTS_WIRE_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"

struct import {
	char sha256[65]; /* of its CSV, in hexadecimal */
	/* By the ledger: */
	unsigned count;
	uint64_t import_id; /* 0: not there */
};

/* Puts the body of import `number` of so many rows into `body`. Asserts. */
void import_make(struct import *import, size_t number, size_t rows, struct buf *body);

/* Looks all of them up; an import that is none of them fails the test. */
void import_read_ledger(struct import *imports, size_t count, const struct buf *ledger);

#endif
