/* packed.h - texts packed in memory by the libraries themselves, for tests of runner/source/unpack. */
#ifndef TESTS_UNIT_PACKED_H
#define TESTS_UNIT_PACKED_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"

/* Each appends one more member, or frame, to what is there. */
void packed_gzip(struct buf *to, struct span text);
void packed_zstd(struct buf *to, struct span text, bool has_check_sum);

struct packed_member {
	const char *name;
	struct span text;
};

/* A whole archive. Only with HAVE_LIBARCHIVE. `options` is libarchive's, as "zip:compression=store";
 * `password` NULL: none. */
void packed_zip(struct buf *to, const struct packed_member *members, size_t count,
    const char *options, const char *password);

#endif
