/* ledger.h - what the nation knows for sure: JSON lines, appended and on disk (fdatasync) before
 * the answer that they are about leaves. rollcall-sandbox(1) documents the lines.
 *
 * A last line that a kill or a power cut left unfinished is ended, not removed: readers skip
 * what is no JSON. */
#ifndef SANDBOX_LEDGER_H
#define SANDBOX_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"

struct ledger {
	int fd;           /* -1: no ledger is kept */
	uint64_t last_id; /* the greatest import id that stood in it when it was opened, or 0 */
	bool is_broken;   /* a piece of a line could not be taken back: nothing is added to it */
};

#define LEDGER_NONE { -1, 0, false }

/* Only a file will do: it is read to its end, and cut where a line could not be written. */
int ledger_open(struct ledger *ledger, const char *path, struct err *err);
void ledger_close(struct ledger *ledger);

/* Appends whole lines and syncs. On failure none of them stands there. */
int ledger_write(struct ledger *ledger, const struct buf *lines, struct err *err);

#endif
