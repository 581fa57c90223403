#include "platform.h"

#include "runner/report/content.h"

#define BASIS UINT64_C(0xCBF29CE484222325)
#define PRIME UINT64_C(0x100000001B3)

static uint64_t
add_cell(uint64_t hash, struct span cell)
{
	for (size_t i = 0; i < cell.len; i++)
		hash = (hash ^ (unsigned char)cell.ptr[i]) * PRIME;
	return (hash ^ 0xFF) * PRIME; /* no byte of UTF-8: cells do not run together */
}

uint32_t
content_cell(struct span cell)
{
	uint64_t hash = add_cell(BASIS, cell);

	return (uint32_t)(hash ^ hash >> 32);
}

uint64_t
content_row(const struct span *cells, size_t count)
{
	uint64_t hash = BASIS;

	for (size_t i = 0; i < count; i++)
		hash = add_cell(hash, cells[i]);
	return hash;
}
