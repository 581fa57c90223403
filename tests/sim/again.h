/* again.h - a person hands in again what did not go well, while nobody runs the load: chunks that the
 * nation surely does not hold, as they are (`retry --failed`), and rejected rows, corrected, as new chunks
 * of their source (`retry FILE`).
 *
 * What was handed in already is read from the plan, as the program does it, so the same may be done again
 * after a kill. In worlds in which a person retries by chance a correction may be none. */
#ifndef TESTS_SIM_AGAIN_H
#define TESTS_SIM_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/memory.h"

struct world;

/* Killed at its nth step (0: not). False: it was, or the journal failed. */
bool again_chunks(struct world *world, uint64_t kill_at);

/* All in one append, which the process may not survive. False: it did not, or the journal failed; true
 * also if there is no row to hand in. */
bool again_rows(struct world *world, enum memory_cut cut);

/* One of the two, or none, and perhaps the power goes off; then the same again. */
void again_by_chance(struct world *world);

/* A row less what makes it a bad one, with its line end. */
struct span again_corrected(struct span row);

/* The first row of `rows`, with its line end; NULL if there is none left. */
struct span again_next_row(struct span *rows);

#endif
