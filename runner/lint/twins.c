#include "platform.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/lint/twins.h"

enum { FIRST_ROOM = 1024 };

void
twins_done(struct twins *twins)
{
	free(twins->slots);
	*twins = (struct twins){ .slots = NULL };
}

/* The slot of this id, or a free one. */
static struct twin *
find(struct twin *slots, size_t room, uint64_t hash, const char *text)
{
	for (size_t at = hash & (room - 1);; at = (at + 1) & (room - 1)) {
		if (slots[at].rows == 0 ||
		    (slots[at].hash == hash && strcmp(slots[at].text, text) == 0))
			return &slots[at];
	}
}

/* At most half of the slots are taken, so that a free one is near. */
static int
make_room(struct twins *twins, struct err *err)
{
	size_t room = twins->room ? 2 * twins->room : FIRST_ROOM;
	struct twin *slots;

	if (2 * (twins->count + 1) <= twins->room)
		return 0;
	slots = calloc(room, sizeof(*slots));
	if (!slots)
		return err_memory(err);
	for (size_t i = 0; i < twins->room; i++) {
		if (twins->slots[i].rows)
			*find(slots, room, twins->slots[i].hash, twins->slots[i].text) =
			    twins->slots[i];
	}
	free(twins->slots);
	twins->slots = slots;
	twins->room = room;
	return 0;
}

int
twins_add(struct twins *twins, uint64_t hash, struct span id, struct twin_place place,
    struct err *err)
{
	char text[TWINS_BYTES];
	struct twin *twin;

	if (make_room(twins, err))
		return -1;
	span_copy(text, sizeof(text), id);
	twin = find(twins->slots, twins->room, hash, text);
	if (twin->rows == 0) {
		if (twins->count == TWINS_MOST) {
			twins->left_off++;
			return 0;
		}
		twins->count++;
		twin->hash = hash;
		memcpy(twin->text, text, sizeof(text));
		twin->first = place;
	} else if (twin->rows == 1) {
		twin->second = place;
	}
	twin->rows++;
	return 0;
}

static int
compare(const void *one, const void *other)
{
	const struct twin_place *a = &((const struct twin *)one)->first;
	const struct twin_place *b = &((const struct twin *)other)->first;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->input != b->input)
		return a->input < b->input ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return strcmp(((const struct twin *)one)->text, ((const struct twin *)other)->text);
}

size_t
twins_settle(struct twins *twins)
{
	size_t count = 0;

	for (size_t i = 0; i < twins->room; i++) {
		if (twins->slots[i].rows > 1)
			twins->slots[count++] = twins->slots[i];
	}
	if (count)
		qsort(twins->slots, count, sizeof(*twins->slots), compare);
	return count;
}
