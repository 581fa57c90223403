/* ids.h - the file `ids` of a run folder: the last resort for an import id that could not be
 * committed.
 *
 * Its blocks are written when it is made, so that a full disk does not matter. A line a rescue,
 * of fixed width, readable by a person:
 *
 *     source 0 chunk 3 attempt 1 import 4711 check 1B2C3D4E
 *
 * The check is CRC-32C of the text before " check"; a line that does not pass is a rescue that was
 * cut off. Read at start-up, put into the journal, then cleared. */
#ifndef STORE_IDS_H
#define STORE_IDS_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"

/* More than can be in flight at a time. */
enum { IDS_MOST = 64 };

struct ids {
	int fd; /* -1: not open */
	unsigned used;
	char *path;
};

#define IDS_NONE { .fd = -1 }

struct ids_entry {
	uint32_t source;
	uint32_t number;
	uint32_t attempt;
	uint64_t import_id;
};

/* Makes the file, with its blocks, if it is not there. */
int ids_make(const char *folder, struct err *err);

int ids_open(struct ids *ids, const char *folder, struct err *err);
void ids_close(struct ids *ids);

/* Durable when it returns 0. */
int ids_rescue(struct ids *ids, const struct ids_entry *entry, struct err *err);

/* What was rescued, in order; cut off lines are passed over. `entries` has room for IDS_MOST. */
int ids_read(struct ids *ids, struct ids_entry *entries, unsigned *count, struct err *err);

/* Once all of them are in the journal. */
int ids_clear(struct ids *ids, struct err *err);

SCOPED_BY(ids, ids_close)

#endif
