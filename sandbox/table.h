/* table.h - a hash table of numbers: where, in an array of the caller's, is the thing with this
 * hash? Eight bytes a slot, at most seven of ten in use. The caller compares the things themselves;
 * values are below TABLE_VALUES. */
#ifndef SANDBOX_TABLE_H
#define SANDBOX_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"

#define TABLE_VALUES UINT32_C(0xFFFFFFFE)

struct table_slot {
	uint32_t hash;
	uint32_t value;
};

struct table {
	struct table_slot *slots;
	size_t cap;  /* a power of two, or 0 */
	size_t used; /* slots that are not empty; removed ones count */
};

#define TABLE_INIT { NULL, 0, 0 }

void table_done(struct table *table);

uint32_t table_hash(struct span bytes);

/* Walks the values under a hash: begin with *cursor = 0, ends with false. */
bool table_next(const struct table *table, uint32_t hash, size_t *cursor, uint32_t *value);

int table_add(struct table *table, uint32_t hash, uint32_t value, struct err *err);
void table_remove(struct table *table, uint32_t hash, uint32_t value); /* absent is fine */

#endif
