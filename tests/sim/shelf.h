/* shelf.h - the real store under a simulated load: every append goes into LMDB too, in a run folder of
 * its own, and every read comes from there and is held against the simulated journal (memory.h), which
 * stays the laws' witness.
 *
 * A kill is what the kernel makes of one: the lock falls, and the files stay as they are in that
 * moment. They are copied before LMDB could tidy up, and the next run opens the copy. The folder lies
 * in /dev/shm where there is one: what this is about is the store, not the disk. */
#ifndef TESTS_SIM_SHELF_H
#define TESTS_SIM_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/ports.h"
#include "store/lock.h"
#include "store/store.h"

struct world;

struct shelf {
	struct world *world;
	char folder[64];
	struct store_options options;
	struct store *store; /* of the run under way */
	struct lock lock;
	struct journal_port journal;
	unsigned opened;
	bool has_had_rival;
};

/* A load with the world's plan, in which nothing happened. Aborts where it cannot be made. */
struct shelf *shelf_new(struct world *world);
void shelf_free(struct shelf *shelf);

/* A run begins: lock, look, open, and what is on the shelf is what the journal has. A difference, here
 * and below, violates law 5. */
void shelf_open(struct shelf *shelf);
void shelf_close(struct shelf *shelf);
void shelf_kill(struct shelf *shelf);

/* Somebody starts a second runner while one holds the load, awake or not (law 12). */
void shelf_rival(struct shelf *shelf);

/* What the journal was asked to make durable, or for. */
void shelf_append(struct shelf *shelf, const struct journal_turn *turn);
void shelf_read_chunk(struct shelf *shelf, struct chunk *chunk);
void shelf_read_plan(struct shelf *shelf, struct plan_chunk *plan);
void shelf_rescue(struct shelf *shelf, const struct event *rescued);

#endif
