/* queue.h - which chunk is due next: a binary heap of slot indexes over an array that is handed in.
 *
 * Ordered by due time, then by index, so that equal times keep the order of the plan. A slot is in
 * one queue at most and knows its place there, so that it can be taken out of the middle. */
#ifndef RUNNER_CORE_QUEUE_H
#define RUNNER_CORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_NOT_IN UINT32_MAX

struct slot;

struct queue {
	uint32_t *items; /* room for every slot that can be in it */
	uint32_t count;
};

void queue_put(struct queue *queue, struct slot *slots, uint32_t index);
void queue_take(struct queue *queue, struct slot *slots, uint32_t index);

/* Whether slot `a` is due sooner, or as soon and stands before `b`. */
bool queue_is_before(const struct slot *slots, uint32_t a, uint32_t b);

/* The slot due first. The queue must not be empty. */
static inline uint32_t
queue_first(const struct queue *queue)
{
	return queue->items[0];
}

#endif
