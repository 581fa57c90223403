#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runner/source/table.h"

int
table_init(struct table *table, size_t most, struct err *err)
{
	size_t slots = 4;

	while (slots < 2 * most)
		slots *= 2;
	*table = (struct table)TABLE_NONE;
	table->texts = calloc(most + 1, sizeof(*table->texts));
	table->slots = calloc(slots, sizeof(*table->slots));
	table->mask = (uint32_t)slots - 1;
	if (table->texts && table->slots)
		return 0;
	table_done(table);
	return err_memory(err);
}

void
table_done(struct table *table)
{
	free(table->texts);
	free(table->slots);
	*table = (struct table)TABLE_NONE;
}

/* FNV-1a: the texts are those of a job file, nobody chooses them to collide. */
static uint32_t
hash_of(struct span text)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
	return hash ^ hash >> 15;
}

void
table_add(struct table *table, struct span text)
{
	uint32_t slot = hash_of(text) & table->mask;

	assert(2 * table->count <= table->mask);
	table->texts[table->count++] = text;
	while (table->slots[slot])
		slot = (slot + 1) & table->mask;
	table->slots[slot] = table->count;
}

int
table_find(const struct table *table, struct span text)
{
	for (uint32_t slot = hash_of(text) & table->mask; table->slots[slot];
	     slot = (slot + 1) & table->mask) {
		uint32_t index = table->slots[slot] - 1;

		if (span_equal(table->texts[index], text))
			return (int)index;
	}
	return TABLE_MISSING;
}
