/* stage.h - the bytes of an input on their way from the file, from front to end: as they lie there,
 * unpacked (gunzip.h, unzstd.h, unzip.h), converted (unpack.h puts the stages together).
 *
 * Memory is a window in each stage, whatever the size. Errors are ERR_DATA in words that end with
 * "Nothing was sent.", or those of the reader. */
#ifndef RUNNER_SOURCE_STAGE_H
#define RUNNER_SOURCE_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/source/reader.h"

#define STAGE_WINDOW_BYTES (256u << 10)

struct stage {
	/* Puts 1 to `most` bytes into `to`; *got 0 only at the end, when every check sum was right. */
	int (*read)(struct stage *stage, void *to, size_t most, size_t *got, struct err *err);
	void (*close)(struct stage *stage); /* frees it */
	/* How many bytes are to come, as the packed file says itself; 0 if it does not. */
	uint64_t said_bytes;
	bool is_said_loosely; /* it may be a multiple of 4 GiB more */
};

struct stage_options {
	const struct reader *reader; /* borrowed until the stage is closed, as all here */
	uint64_t size;               /* of what it reads */
	const char *path;            /* as the job file writes it, for messages */
	const char *member;          /* of a .zip, a name or a pattern; "": the only one */
	size_t window_bytes;         /* of each stage; 0: STAGE_WINDOW_BYTES */
	int zstd_window_log;         /* 2^this of memory for a .zst at most; 0: 27, 128 MiB, which messages name */
};

size_t stage_window_bytes(const struct stage_options *options);

/* NULL is fine. */
void stage_close(struct stage *stage);

/* The bytes as they lie. -1: out of memory. */
int stage_of_file(const struct stage_options *options, struct stage **stage, struct err *err);

/* Each returns -1. */
int stage_cut_off(const struct stage_options *options, struct err *err);
int stage_damaged(
    const struct stage_options *options, uint64_t byte, const char *why, struct err *err);
int stage_trailing(
    const struct stage_options *options, uint64_t byte, const char *packer, struct err *err);

#endif
