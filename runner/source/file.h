/* file.h - input files: opened read-only, regular files only, read by position, and what is
 * remembered of them. Errors are ERR_INPUT and name the path as the job file writes it. */
#ifndef RUNNER_SOURCE_FILE_H
#define RUNNER_SOURCE_FILE_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/core/plan.h"
#include "runner/source/reader.h"

struct file_name {
	const char *path;    /* to open */
	const char *written; /* in the job file, for messages */
};

struct file {
	int fd;
	const char *written; /* borrowed */
	uint64_t size;
	int64_t mtime_ns;
	uint64_t inode, device;
};

#define FILE_NONE        \
	{                \
		.fd = -1 \
	}

int file_open(struct file *file, struct file_name name, struct err *err);
void file_close(struct file *file);
SCOPED_BY(file, file_close)

/* Borrows the file while it is used. */
struct reader file_reader(struct file *file);

/* -1 if size or time changed since file_open(): "... changed while it was read". */
int file_check_unchanged(const struct file *file, struct err *err);

/* Fills in mtime and inode. */
void file_describe(const struct file *file, struct plan_input *input);

#endif
