/* hashes.h - which of millions of ids are there twice: eight bytes an id, whatever its length.
 *
 * A first pass adds a 64-bit hash of every id; hashes_settle() sorts them in place and keeps the hashes
 * that came more than once. Two different ids may share a hash (one chance in 90,000 among 20 million):
 * so a second pass looks at the texts of those that are asked for (twins.h).
 *
 *     20,000,000 ids     160 MB
 *     HASHES_MOST           512 MB; ids behind that are not compared, and that is said
 *
 * Memory grows with the ids that there are. */
#ifndef RUNNER_LINT_HASHES_H
#define RUNNER_LINT_HASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"

#define HASHES_MOST (64u << 20)

struct hashes {
	uint64_t *all;
	size_t count, room;
	uint64_t left_off; /* ids that were not added, for want of room */
	size_t most;       /* of hashes; 0: HASHES_MOST */

	/* After hashes_settle(): all[0..twice) came more than once, each stands here once, sorted. */
	size_t twice;
};

void hashes_done(struct hashes *ids);
int hashes_add(struct hashes *ids, uint64_t hash, struct err *err);
void hashes_settle(struct hashes *ids);

/* After hashes_settle(). */
bool hashes_are_twice(const struct hashes *ids, uint64_t hash);

#endif
