/* append.h - journal_port.append with what most tests have to say: events, chunks, tallies. */
#ifndef TESTS_CONFORM_APPEND_H
#define TESTS_CONFORM_APPEND_H

#include <stddef.h>

#include "runner/ports.h"

static inline int
append_turn(const struct journal_port *journal, struct event *events, size_t event_count,
    const struct chunk *chunks, size_t chunk_count, const struct tally *tallies,
    size_t source_count, struct err *err)
{
	return journal->append(journal->ctx,
	    &(struct journal_turn){
		.events = events,
		.event_count = event_count,
		.chunks = chunks,
		.chunk_count = chunk_count,
		.tallies = tallies,
		.source_count = source_count,
	    },
	    err);
}

#endif
