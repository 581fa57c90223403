/* ids.h - which of millions of ids are there twice: eight bytes an id, whatever its length.
 *
 * A first pass adds a 64-bit hash of every id; ids_settle() sorts them in place and keeps the hashes
 * that came more than once. Two different ids may share a hash (one chance in 90,000 among 20 million):
 * so a second pass looks at the texts of those that are asked for (twins.h).
 *
 *     20,000,000 ids     160 MB
 *     IDS_MOST           512 MB; ids behind that are not compared, and that is said
 *
 * Memory grows with the ids that there are. */
#ifndef RUNNER_LINT_IDS_H
#define RUNNER_LINT_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"

#define IDS_MOST (64u << 20)

struct ids {
	uint64_t *hashes;
	size_t count, room;
	uint64_t left_off; /* ids that were not added, for want of room */
	size_t most;       /* of hashes; 0: IDS_MOST */

	/* After ids_settle(): hashes[0..twice) came more than once, each stands here once, sorted. */
	size_t twice;
};

void ids_done(struct ids *ids);
int ids_add(struct ids *ids, uint64_t hash, struct err *err);
void ids_settle(struct ids *ids);

/* After ids_settle(). */
bool ids_is_twice(const struct ids *ids, uint64_t hash);

#endif
