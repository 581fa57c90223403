/* folder.h - files and folders that are there whole or not at all, also after a power cut.
 *
 * Folders are made with mode 0700, files with 0600. All names are of the local file system; errors
 * name them. */
#ifndef RUNNER_FILES_FOLDER_H
#define RUNNER_FILES_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

/* "FOLDER/NAME" in memory of its own, NULL if there is none. */
char *folder_path(const char *folder, const char *name);

/* Makes it and flushes the folder that it lies in; one that is there is fine. `is_new`, which may be
 * NULL, becomes whether it was made. -1: ERR_CREATE, ERR_IO. */
int folder_make(const char *folder, bool *is_new, struct err *err);

/* A descriptor of the folder `name` within `parent`, the caller's to close; made, and `parent`
 * flushed, if it is not there. -1: ERR_CREATE, also for a link in its place. */
int folder_open(int parent, const char *name, struct err *err);

int folder_sync(const char *folder, struct err *err);

/* fsync(2), whatever interrupts. 0, or an errno. */
int folder_fsync(int fd);

/* Whether there is anything at FOLDER/NAME. */
int folder_has(const char *folder, const char *name, bool *is_there, struct err *err);

int folder_inode(const char *folder, uint64_t *inode, struct err *err);

/* FOLDER/NAME with these bytes, whole or not at all (put.h). */
int folder_write(const char *folder, const char *name, struct span bytes, struct err *err);

/* Appends the file's bytes to `to`; more than `most`, or a link in its place, is ERR_IO. */
int folder_read(const char *folder, const char *name, size_t most, struct buf *to,
    struct err *err);

int folder_rename(const char *folder, const char *from, const char *to, struct err *err);

/* Removes FOLDER/NAME, a folder that holds only files, with them; one that is not there is fine. */
int folder_remove(const char *folder, const char *name, struct err *err);

/* All of `len` bytes at `offset`, whatever interrupts. 0, or an errno. */
int folder_pwrite(int fd, const void *bytes, size_t len, uint64_t offset);

/* "PATH: disk full (0 bytes free)" if that is what stopped a write with this errno, else strerror's
 * words. The second is for one who has a descriptor of the folder; `what` then stands for the path. */
int folder_write_error(const char *path, int saved_errno, struct err *err);
int folder_write_error_in(int folder, const char *what, int saved_errno, struct err *err);

#endif
