/* arena.h - memory that is given back all at once: everything that a job file leads to lives as long
 * as its settings. */
#ifndef CONFIG_ARENA_H
#define CONFIG_ARENA_H

#include <stddef.h>

#include "runner/base/scoped.h"
#include "runner/base/span.h"

struct arena {
	struct arena_piece *pieces;
};

#define ARENA_INIT { NULL }

void arena_done(struct arena *arena);
SCOPED_BY(arena, arena_done)

/* `count` things of `size` bytes, all zero; NULL if memory is short. A count of 0 is fine. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy that ends with NUL; NULL if memory is short. */
const char *arena_text(struct arena *arena, struct span text);

/* The same, of several texts one after the other; the list ends with NULL. */
const char *arena_join(struct arena *arena, ...) __attribute__((sentinel));

#endif
