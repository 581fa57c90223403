#include "platform.h"

#include <stdlib.h>

#include "store/events.h"
#include "store/handle.h"

/* Events read in one transaction; a struct event takes 700 bytes. */
enum { PAGE_EVENTS = 256 };

int
events_count(struct store *store, uint64_t *count, struct err *err)
{
	SCOPED(txn) txn = TXN_NONE;
	struct schema_head head;

	if (txn_begin(&txn, &store->env, TXN_READ, err) || schema_get_head(&txn, &head, err))
		return -1;
	*count = head.events;
	return 0;
}

static int
read_page(struct store *store, uint64_t first, struct event *page, size_t *count, struct err *err)
{
	struct schema_key from = schema_event_key(first);
	SCOPED(txn) txn = TXN_NONE;
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	struct schema_event record;
	size_t got = 0;

	if (txn_begin(&txn, &store->env, TXN_READ, err))
		return -1;
	txn_walk_begin(&walk, &txn, SCHEMA_EVENTS, schema_span(&from));
	for (; got < PAGE_EVENTS && txn_walk_step(&walk); got++) {
		if (schema_read_event(&store->env, walk.key, walk.value, &record, err))
			return -1;
		page[got] = record.event;
	}
	*count = got;
	return txn_check(&txn, err);
}

static int
each_page(struct store *store, uint64_t first, struct event *page,
    int (*visit)(void *visitor, const struct event *event, struct err *err), void *visitor,
    struct err *err)
{
	size_t count;

	do {
		if (read_page(store, first, page, &count, err))
			return -1;
		for (size_t i = 0; i < count; i++) {
			if (visit(visitor, &page[i], err))
				return -1;
		}
		if (count)
			first = page[count - 1].seq + 1;
	} while (count == PAGE_EVENTS);
	return 0;
}

int
events_each(struct store *store, uint64_t first,
    int (*visit)(void *visitor, const struct event *event, struct err *err), void *visitor,
    struct err *err)
{
	struct event *page = malloc(PAGE_EVENTS * sizeof(*page));
	int rc = page ? each_page(store, first, page, visit, visitor, err) : err_memory(err);

	free(page);
	return rc;
}
