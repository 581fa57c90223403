/* pages.h - is every page of a store in its place?
 *
 * LMDB trusts its pages, and the check sums of records do not cover them: a flipped bit in a list of
 * free pages has a page written over that is in use, one in a branch hides records that are there.
 * So the tree of a snapshot is walked page by page, by the file format of LMDB 0.9 (64-bit,
 * little-endian; elsewhere nothing is checked): every page is used once or free or neither, never
 * both; says its own number; has its nodes within its bounds, one beside the other; keys ascend
 * and are where a search looks for them; the counts of each database are right. What passes can be
 * read, and written to, without surprise. */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include <stdint.h>

#include "runner/base/err.h"

/* `fd` is of data.mdb; `txn_id` that of a snapshot that is held meanwhile. A snapshot whose meta page
 * a writer has replaced since is not checked. -1: ERR_IO, "FOLDER is damaged: ...". */
int pages_check(int fd, uint64_t txn_id, const char *folder, struct err *err);

#endif
