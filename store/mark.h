/* mark.h - the file `mark` of a run folder: how far the store has come, kept outside of it.
 *
 * A store that is whole but older than the one that was written here (a backup put back, a file system
 * rolled back, LMDB's other meta page after a flipped bit) would have its chunks sent again. The mark
 * names the last event and its hash; a store that does not have that event is not the one that was
 * written last.
 *
 *     events 12 hash 5947...a720 check 1B2C3D4E
 *
 * One line of 128 bytes, in place, after each commit and without a flush: it may lag behind the store,
 * never run ahead of it, so it raises no false alarm. One that does not pass its check (CRC-32C of the
 * text before " check") says nothing. The birth certificate names its inode, so that one that was put
 * back together with the store is noticed, too. */
#ifndef STORE_MARK_H
#define STORE_MARK_H

#include <stdbool.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "store/schema.h"

struct mark {
	int fd; /* -1: not open */
};

#define MARK_NONE { -1 }

/* Makes the file, or makes it anew, and has it on disk. */
int mark_make(const char *folder, const struct schema_head *head, struct err *err);

/* *is_known is false if the file says nothing. */
int mark_read(const char *folder, struct schema_head *head, bool *is_known, struct err *err);

/* To be written by the one runner. */
int mark_open(struct mark *mark, const char *folder, struct err *err);
void mark_close(struct mark *mark);

/* A failure is passed over: the store itself has what counts. */
void mark_put(const struct mark *mark, const struct schema_head *head);

SCOPED_BY(mark, mark_close)

#endif
