/* pool.h - working memory for the values of one record: pieces never move, and all of them are let go
 * of at once. Memory is that of the largest record so far. */
#ifndef RUNNER_SOURCE_POOL_H
#define RUNNER_SOURCE_POOL_H

#include <stddef.h>

#include "runner/base/scoped.h"

struct pool {
	struct pool_block *first, *block; /* all of them; the one in use */
	size_t used;                      /* of the one in use */
};

#define POOL_INIT { NULL, NULL, 0 }

/* `len` bytes, valid until pool_clear(); NULL if memory is short. */
char *pool_take(struct pool *pool, size_t len);

/* Gives the end of the last piece back: it keeps `len` bytes. */
void pool_trim(struct pool *pool, const char *piece, size_t len);

void pool_clear(struct pool *pool);
void pool_done(struct pool *pool);
SCOPED_BY(pool, pool_done)

#endif
