/* law.h - what must never be violated, whatever goes wrong: records held against the nation's ledger.
 *
 *     1  no chunk is in the nation twice, unless its record declares that it was sent again
 *     2  a chunk that is done was taken exactly once, and its import is that one
 *     3  nothing is lost: when a run ends by itself, every chunk is final or waits for a person, or
 *        waits for such a one, and a run that leaves more says so by its code
 *     4  no POST without a durable SUBMIT_STARTED; as many attempts as POSTs
 *     5  the records are the fold of the events, the totals their sum
 *     6  a load that is over sends nothing and writes only that it ran
 *     7  an import belongs to one chunk
 *     8  a run ends, does not spin, and never waits longer for nothing than the longest wait that its
 *        limits know, whatever the clocks do
 *     9  no source is sent before those that it comes after
 *    10  limits.uploads, limits.in_flight, limits.requests and the nation's pauses are kept
 *    11  the plan is only extended: by two pieces that are the whole of a chunk, or by chunks of rows that
 *        a person handed in again, as many as the chunks say in which they were rejected
 *    12  a second runner is refused while one holds the load, also one that stands still
 *    13  a doubt is settled in the way that its source's in_doubt allows
 *    14  a row that was handed in again is in the nation at most once, unless a record declares that it
 *        was sent again, and the totals net it: what is planned was accepted or is rejected
 *
 * A violation ends the simulation through world_violate(). */
#ifndef TESTS_SIM_LAW_H
#define TESTS_SIM_LAW_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/engine/engine.h"
#include "runner/ports.h"

struct world;

/* While a run goes on. */
void law_append(struct world *world, const struct journal_turn *turn);
void law_request(struct world *world);
void law_submit(struct world *world, size_t paper);
void law_wait(struct world *world);

/* Something was done: a wait that follows is another one. */
void law_act(struct world *world);

/* A run was cut off, or its journal failed: at most one POST a chunk was begun and not made. */
void law_cut(struct world *world);

/* An older journal was put back: what was sent since then, it does not count. */
void law_restored(struct world *world);

/* Between runs, however the last one ended. */
void law_records(struct world *world);

/* After a run that ended by itself. */
void law_end(struct world *world, const struct engine_end *end);

/* A person has settled what waited, and the nation works well: everything is final. */
void law_over(struct world *world);

/* The first member in which two records of a chunk differ; NULL: none. */
const char *law_difference(const struct chunk *a, const struct chunk *b);

/* The same of two events. */
const char *law_event_difference(const struct event *a, const struct event *b);

/* The record of a chunk that is not final and stays so: its source waits for a person's word
 * about another, or has too many rejected rows. */
bool law_is_kept_back(const struct world *world, const struct chunk *chunk);

#endif
