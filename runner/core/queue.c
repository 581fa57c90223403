#include "platform.h"

#include <assert.h>

#include "runner/core/load.h"
#include "runner/core/queue.h"

bool
queue_is_before(const struct slot *slots, uint32_t a, uint32_t b)
{
	if (slots[a].due_ms != slots[b].due_ms)
		return slots[a].due_ms < slots[b].due_ms;
	return a < b;
}

static void
place(struct queue *queue, struct slot *slots, uint32_t at, uint32_t index)
{
	queue->items[at] = index;
	slots[index].queue_at = at;
}

static void
rise(struct queue *queue, struct slot *slots, uint32_t at, uint32_t index)
{
	while (at && queue_is_before(slots, index, queue->items[(at - 1) / 2])) {
		place(queue, slots, at, queue->items[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(queue, slots, at, index);
}

static void
sink(struct queue *queue, struct slot *slots, uint32_t at, uint32_t index)
{
	uint32_t child;

	while ((child = 2 * at + 1) < queue->count) {
		if (child + 1 < queue->count &&
		    queue_is_before(slots, queue->items[child + 1], queue->items[child]))
			child++;
		if (!queue_is_before(slots, queue->items[child], index))
			break;
		place(queue, slots, at, queue->items[child]);
		at = child;
	}
	place(queue, slots, at, index);
}

void
queue_put(struct queue *queue, struct slot *slots, uint32_t index)
{
	assert(slots[index].queue_at == QUEUE_NOT_IN);
	rise(queue, slots, queue->count++, index);
}

void
queue_take(struct queue *queue, struct slot *slots, uint32_t index)
{
	uint32_t at = slots[index].queue_at;
	uint32_t last;

	assert(at < queue->count && queue->items[at] == index);
	last = queue->items[--queue->count];
	slots[index].queue_at = QUEUE_NOT_IN;
	if (last == index)
		return;
	if (at && queue_is_before(slots, last, queue->items[(at - 1) / 2]))
		rise(queue, slots, at, last);
	else
		sink(queue, slots, at, last);
}
