/* tokenfile.h - a token file that several loads share, and how another token gets into it.
 *
 *     FILE.lock    held (flock) by who refreshes or sets up; stays there
 *     .FILE.new    what is being written: made anew (O_EXCL, O_NOFOLLOW, 0600), synced, renamed,
 *                  its folder synced. One that is left over is of a process that was killed, or could
 *                  not rename it
 *
 * So the file is there whole, old or new, whatever is cut off, and never open to others. */
#ifndef RUNNER_NATION_TOKENFILE_H
#define RUNNER_NATION_TOKENFILE_H

#include <limits.h>
#include <stdbool.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/nation/token.h"
#include "runner/ports.h"

struct tokenfile {
	const char *path; /* borrowed */
	struct steps_port steps;
	char name[NAME_MAX + 1];
	int folder_fd; /* -1: not open */
	int lock_fd;   /* -1: not ours */
	int new_fd;    /* -1: nothing is being written */
	bool is_written; /* all of it, though it is not in place */
};

#define TOKENFILE_NONE { .folder_fd = -1, .lock_fd = -1, .new_fd = -1 }

/* Opens the folder only. steps.at may be NULL. */
int tokenfile_open(struct tokenfile *file, const char *path, struct steps_port steps,
    struct err *err);

/* Never waits. *is_ours: whether the lock is ours now. */
int tokenfile_lock(struct tokenfile *file, bool *is_ours, struct err *err);

/* The rest needs the lock. */

/* Makes the new file and room for it, so that a folder that is closed to us, or a full disk, shows
 * before anything was asked of the nation. */
int tokenfile_prepare(struct tokenfile *file, struct err *err);

/* Puts the token in place, durable when this returns 0. Prepares if that was not done. What was written
 * whole and cannot be put in place stays beside the file, for tokenfile_recover(): it may be all that the
 * nation still takes. The error names it. */
int tokenfile_put(struct tokenfile *file, const struct token *token, struct err *err);

/* A killed process has left something beside the file. Needs no lock. */
bool tokenfile_is_untidy(const struct tokenfile *file);

/* What it, or a tokenfile_put() that failed, had written whole, and nobody has changed the file since, may
 * be all that the nation still takes: it is put into place. Nobody has: it came of the refresh token that
 * the file has, or it was written later. The rest is removed, but not what cannot be read now. */
int tokenfile_recover(struct tokenfile *file, struct err *err);

void tokenfile_close(struct tokenfile *file); /* also of the lock; what was written by half is removed */

SCOPED_BY(tokenfile, tokenfile_close)

#endif
