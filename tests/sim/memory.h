/* memory.h - the journal of a simulated load: what was appended is durable, at once and as a whole.
 *
 * It is the law's best witness, so it checks every append: the chunks and totals handed over must be
 * what the events make of the ones before (laws 5 and 8). */
#ifndef TESTS_SIM_MEMORY_H
#define TESTS_SIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/ports.h"

enum { MEMORY_RESCUED = 64 };

/* How the next append ends the process that made it. */
enum memory_cut { CUT_NOT, CUT_BEFORE, CUT_AFTER };

struct memory {
	struct plan_chunk *plan;
	struct chunk *chunks; /* as stored, in the order of the plan */
	size_t chunk_count;
	size_t chunk_room; /* the plan may be extended up to here */
	struct tally *tallies;
	size_t source_count;
	struct event *events;
	size_t event_count, event_cap;
	struct event rescued[MEMORY_RESCUED]; /* the file `ids` */
	size_t rescued_count;
	enum memory_cut cut;
	bool takes_no_ids; /* `ids` cannot be written, either */
	bool is_dead; /* an append failed: in this run nothing can be read or written any more */

	struct memory_undo { /* what BUG_FORGETS_AT_KILL needs */
		struct chunk *chunks;
		struct tally *tallies;
		size_t event_count, chunk_count;
	} undo;
	struct shelf *shelf; /* the real store beneath it; NULL: none */
	struct world *world; /* NULL: alone, for the conformance suite */
};

void memory_init(struct memory *memory, struct world *world, const struct plan_chunk *plan,
    size_t count, size_t source_count);
void memory_done(struct memory *memory);
struct journal_port memory_port(struct memory *memory);

/* The process died. */
void memory_kill(struct memory *memory);

/* A copy of it, as a backup of the run folder has it; memory_restore puts it in the place of what is
 * there, and takes it. */
struct memory *memory_copy(const struct memory *memory);
void memory_restore(struct memory *memory, struct memory *copy);

/* The stored record; NULL if the plan has no such chunk. */
struct chunk *memory_chunk(const struct memory *memory, uint32_t source, uint32_t number);

const struct plan_chunk *memory_plan(
    const struct memory *memory, uint32_t source, uint32_t number);

/* How many chunks the source has by now. */
uint32_t memory_chunks_of(const struct memory *memory, uint32_t source);

/* Who owns an import id; NULL: nobody. */
const struct chunk *memory_owner(const struct memory *memory, uint64_t import_id);

/* How many events of this type the chunk has had. */
size_t memory_count(const struct memory *memory, const struct chunk *chunk, enum event_type type);

#endif
