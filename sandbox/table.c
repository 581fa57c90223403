#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/table.h"

#define EMPTY   UINT32_C(0xFFFFFFFF)
#define REMOVED UINT32_C(0xFFFFFFFE)

void
table_done(struct table *table)
{
	free(table->slots);
	*table = (struct table)TABLE_INIT;
}

/* FNV-1a, folded: keys are a dozen bytes. */
uint32_t
table_hash(struct span bytes)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	for (size_t i = 0; i < bytes.len; i++)
		hash = (hash ^ (unsigned char)bytes.ptr[i]) * UINT64_C(0x100000001B3);
	return (uint32_t)(hash ^ hash >> 32);
}

bool
table_next(const struct table *table, uint32_t hash, size_t *cursor, uint32_t *value)
{
	while (*cursor < table->cap) {
		const struct table_slot *slot =
		    &table->slots[(hash + (*cursor)++) & (table->cap - 1)];

		if (slot->value == EMPTY)
			return false;
		if (slot->hash == hash && slot->value != REMOVED) {
			*value = slot->value;
			return true;
		}
	}
	return false;
}

static void
put(struct table *table, uint32_t hash, uint32_t value)
{
	size_t at = hash & (table->cap - 1);

	while (table->slots[at].value != EMPTY)
		at = (at + 1) & (table->cap - 1);
	table->slots[at] = (struct table_slot){ hash, value };
	table->used++;
}

static int
grow(struct table *table, struct err *err)
{
	struct table bigger = { .cap = table->cap ? table->cap * 2 : 64 };

	bigger.slots = malloc(bigger.cap * sizeof(*bigger.slots));
	if (!bigger.slots)
		return err_memory(err);
	memset(bigger.slots, 0xFF, bigger.cap * sizeof(*bigger.slots)); /* EMPTY */
	for (size_t i = 0; i < table->cap; i++) {
		if (table->slots[i].value < TABLE_VALUES)
			put(&bigger, table->slots[i].hash, table->slots[i].value);
	}
	free(table->slots);
	*table = bigger;
	return 0;
}

int
table_add(struct table *table, uint32_t hash, uint32_t value, struct err *err)
{
	assert(value < TABLE_VALUES);
	if (table->used >= table->cap / 10 * 7 && grow(table, err))
		return -1;
	put(table, hash, value);
	return 0;
}

void
table_remove(struct table *table, uint32_t hash, uint32_t value)
{
	for (size_t i = 0; i < table->cap; i++) {
		struct table_slot *slot = &table->slots[(hash + i) & (table->cap - 1)];

		if (slot->value == EMPTY)
			return;
		if (slot->value == value && slot->hash == hash) {
			slot->value = REMOVED;
			return;
		}
	}
}
