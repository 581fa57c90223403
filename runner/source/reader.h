/* reader.h - where the bytes of one input come from. runner/source/file.h has the real one. */
#ifndef RUNNER_SOURCE_READER_H
#define RUNNER_SOURCE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"

struct reader {
	void *ctx;
	/* Puts 1 to `most` bytes from `offset` on into `to`; *got 0 only at the end of the input.
	 * -1: unreadable (ERR_INPUT), the text names the input. */
	int (*read)(
	    void *ctx, uint64_t offset, void *to, size_t most, size_t *got, struct err *err);
};

static inline int
reader_read(const struct reader *reader, uint64_t offset, void *to, size_t most, size_t *got,
    struct err *err)
{
	return reader->read(reader->ctx, offset, to, most, got, err);
}

#endif
