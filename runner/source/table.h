/* table.h - texts by hash: which of a job's texts a value is, in the same time whether there are three
 * or three thousand. */
#ifndef RUNNER_SOURCE_TABLE_H
#define RUNNER_SOURCE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

struct table {
	struct span *texts; /* borrowed bytes */
	uint32_t *slots;    /* index + 1 of a text; 0: empty */
	uint32_t count, mask;
};

#define TABLE_NONE { NULL, NULL, 0, 0 }

/* For at most `most` texts. */
int table_init(struct table *table, size_t most, struct err *err);
void table_done(struct table *table);
SCOPED_BY(table, table_done)

/* Texts are numbered from 0 in the order of adding; the first of two equal ones is found. */
void table_add(struct table *table, struct span text);

enum { TABLE_MISSING = -1 };
int table_find(const struct table *table, struct span text);

#endif
