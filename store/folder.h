/* folder.h - files and folders that are there whole or not at all, also after a power cut.
 *
 * Folders are made with mode 0700, files with 0600. All names are of the local file system; errors
 * name them. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

/* "FOLDER/NAME" in memory of its own, NULL if there is none. */
char *folder_path(const char *folder, const char *name);

/* Makes it and flushes the folder that it lies in; one that is there is fine. -1: ERR_CREATE. */
int folder_make(const char *folder, struct err *err);

int folder_sync(const char *folder, struct err *err);

/* Whether there is anything at FOLDER/NAME. */
int folder_has(const char *folder, const char *name, bool *is_there, struct err *err);

int folder_inode(const char *folder, uint64_t *inode, struct err *err);

/* FOLDER/NAME with these bytes: written beside it, flushed, renamed, the folder flushed. */
int folder_write(const char *folder, const char *name, struct span bytes, struct err *err);

/* Appends the file's bytes to `to`; more than `most` is ERR_IO. */
int folder_read(const char *folder, const char *name, size_t most, struct buf *to,
    struct err *err);

int folder_rename(const char *folder, const char *from, const char *to, struct err *err);

/* Removes FOLDER/NAME, a folder that holds only files, with them; one that is not there is fine. */
int folder_remove(const char *folder, const char *name, struct err *err);

/* All of `len` bytes at `offset`, whatever interrupts. 0, or an errno. */
int folder_pwrite(int fd, const void *bytes, size_t len, uint64_t offset);

/* "disk full (0 bytes free)" if that is what stopped a write with this errno, else strerror's. */
int folder_write_error(const char *path, int saved_errno, struct err *err);

#endif
