#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/names.h"

void
names_done(struct names *names)
{
	for (uint32_t i = 0; i < names->count; i++)
		free((char *)names->list[i].ptr);
	free(names->list);
	table_done(&names->index);
	*names = (struct names)NAMES_INIT;
}

static int
make_room(struct names *names, struct err *err)
{
	uint32_t cap = names->cap ? names->cap * 2 : 16;
	struct span *list;

	if (names->count < names->cap)
		return 0;
	list = realloc(names->list, cap * sizeof(*list));
	if (!list)
		return err_memory(err);
	names->list = list;
	names->cap = cap;
	return 0;
}

static int
add(struct names *names, struct span name, uint32_t hash, struct err *err)
{
	char *copy;

	if (make_room(names, err))
		return -1;
	copy = malloc(name.len + 1); /* never malloc(0) */
	if (!copy)
		return err_memory(err);
	if (table_add(&names->index, hash, names->count, err)) {
		free(copy);
		return -1;
	}
	if (name.len)
		memcpy(copy, name.ptr, name.len);
	names->list[names->count++] = (struct span){ copy, name.len };
	return 0;
}

int
names_number(struct names *names, struct span name, uint32_t *number, struct err *err)
{
	uint32_t hash = table_hash(name);
	size_t cursor = 0;

	while (table_next(&names->index, hash, &cursor, number)) {
		if (span_equal(names->list[*number], name))
			return 0;
	}
	*number = names->count;
	return add(names, name, hash, err);
}

struct span
names_at(const struct names *names, uint32_t number)
{
	assert(number < names->count);
	return names->list[number];
}
