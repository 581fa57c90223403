/* look.h - one look into the nation's list for a chunk in doubt: which requests it takes, and the
 * event it ends in. What the list means is core/probe.h. One look at a time. */
#ifndef RUNNER_ENGINE_LOOK_H
#define RUNNER_ENGINE_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/core/probe.h"
#include "runner/ports.h"

struct engine;

/* How far the nation's clock is ahead of our monotonic one, from the Date of its answers. Our wall
 * clock has no part in it: it may jump, between runs and within one. */
struct clock_offset {
	bool is_known;
	int64_t least_ms;
	int64_t most_ms;
};

void look_hear_date(struct clock_offset *offset, int64_t server_date_ms, int64_t mono_ms);

/* The nation's clock now, rather too early than too late; 0: not known, or its answers disagree. */
int64_t look_server_ms(const struct clock_offset *offset, int64_t mono_ms);

struct look {
	uint32_t index; /* LOAD_NO_INDEX: none */
	bool has_begun; /* probe is set up; that needs the clock of the first answer */
	bool is_confirming;
	bool is_dropped; /* over, but for a reply that is still to come */
	struct chunk chunk;
	struct plan_chunk plan;
	struct probe probe;
	struct buf head;
	size_t header_bytes;
};

int look_begin(struct engine *engine, uint32_t index, struct err *err);

/* Its next request: a page, or the import it found. */
void look_go_on(struct engine *engine);

int look_hear(struct engine *engine, const struct reply *reply, struct err *err);

/* A person settled the chunk meanwhile: the look ends. If a request of it is under way, it ends
 * with the reply, whatever that says, and until then the chunk stays busy, so that the reply cannot
 * be taken for another's. */
void look_drop(struct engine *engine);

#endif
