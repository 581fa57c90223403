/* names.h - texts that repeat, kept once and known by a number from 0, in the order they came. */
#ifndef SANDBOX_NAMES_H
#define SANDBOX_NAMES_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"
#include "sandbox/table.h"

struct names {
	struct span *list; /* owned */
	uint32_t count;
	uint32_t cap;
	struct table index;
};

#define NAMES_INIT { .index = TABLE_INIT }

void names_done(struct names *names);

/* The number of a name that may be new. */
int names_number(struct names *names, struct span name, uint32_t *number, struct err *err);

struct span names_at(const struct names *names, uint32_t number); /* lends until names_done() */

#endif
