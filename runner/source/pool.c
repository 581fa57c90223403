#include "platform.h"

#include <stdlib.h>

#include "runner/source/pool.h"

/* Holds the values of nearly every record in one block. */
enum { BLOCK_LEAST = 16 << 10 };

struct pool_block {
	struct pool_block *next;
	size_t room;
	char bytes[];
};

static struct pool_block *
new_block(struct pool *pool, size_t least)
{
	struct pool_block *block;
	size_t room = BLOCK_LEAST;

	while (room < least)
		room *= 2; /* few sizes, so that slowly growing records share blocks */
	block = malloc(sizeof(*block) + room);
	if (!block)
		return NULL;
	block->room = room;
	block->next = pool->block ? pool->block->next : NULL;
	if (pool->block)
		pool->block->next = block;
	else
		pool->first = block;
	return block;
}

static char *
take_elsewhere(struct pool *pool, size_t len)
{
	struct pool_block *block = pool->block ? pool->block->next : pool->first;

	while (block && block->room < len)
		block = block->next;
	if (!block)
		block = new_block(pool, len);
	if (!block)
		return NULL;
	pool->block = block;
	pool->used = len;
	return block->bytes;
}

char *
pool_take(struct pool *pool, size_t len)
{
	char *piece;

	if (!pool->block || pool->block->room - pool->used < len)
		return take_elsewhere(pool, len);
	piece = pool->block->bytes + pool->used;
	pool->used += len;
	return piece;
}

void
pool_trim(struct pool *pool, const char *piece, size_t len)
{
	pool->used = (size_t)(piece - pool->block->bytes) + len;
}

void
pool_clear(struct pool *pool)
{
	pool->block = pool->first;
	pool->used = 0;
}

void
pool_done(struct pool *pool)
{
	while (pool->first) {
		struct pool_block *next = pool->first->next;

		free(pool->first);
		pool->first = next;
	}
	*pool = (struct pool)POOL_INIT;
}
