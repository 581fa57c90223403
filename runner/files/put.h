/* put.h - puts a whole file into place or leaves the old one: written to a temporary file beside
 * it, synced, renamed, the folder synced.
 *
 *     SCOPED(put) put = PUT_NONE;                 thrown away at the brace unless committed
 *     put_open(&put, folder, "report.csv", err)
 *     fwrite(..., put.file)                       a failed write sticks to the stream
 *     put_commit(&put, err)
 *
 * The temporary file is .NAME.tmp, so a killed writer leaves at most one, which the next writer
 * takes over. Two writers of one name (`report` while the run ends) go one after the other: the
 * temporary file is locked. Files are 0600 and ours: what else stands under the temporary name (the
 * folder of the reports may be open to others) is removed, not written to. */
#ifndef RUNNER_FILES_PUT_H
#define RUNNER_FILES_PUT_H

#include <stdio.h>

#include "runner/base/err.h"
#include "runner/base/limits.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

/* Longest name of a file, with its NUL: answers/SOURCE-CHUNK.failed.csv is the longest of ours. */
enum { PUT_NAME_BYTES = LIMIT_NAME_BYTES + 32 };

struct put {
	FILE *file; /* to write to; NULL: not open */
	int folder;
	char name[PUT_NAME_BYTES];
	char temp[PUT_NAME_BYTES + 8];
};

#define PUT_NONE { .file = NULL, .folder = -1 }

/* `folder` is borrowed until the end. `name` is a plain file name. -1: ERR_CREATE. */
int put_open(struct put *put, int folder, const char *name, struct err *err);

/* The same as fwrite(), for one who wants to know at once whether it failed: ERR_IO. */
int put_add(struct put *put, struct span bytes, struct err *err);

/* -1: ERR_IO; the old file, or none, is in place. */
int put_commit(struct put *put, struct err *err);
void put_done(struct put *put);

/* All of it at once. */
int put_whole(int folder, const char *name, struct span content, struct err *err);

SCOPED_BY(put, put_done)

#endif
