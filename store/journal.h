/* journal.h - the journal port over an open store (runner/ports.h says what it promises).
 *
 * One append is one write transaction: events with the chain of their hashes, states, the due index,
 * tallies, the head. An append that begins a POST first has the file system reserve room for the
 * commits that the POST will need. After a failed append every further one fails: what is on disk is
 * not known any more until the store is opened again. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "runner/ports.h"
#include "store/store.h"

/* Lives as long as the store. append and rescue_id need store_open. */
struct journal_port journal_of(struct store *store);

#endif
