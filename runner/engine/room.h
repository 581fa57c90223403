/* room.h - the engine's memory: laid out for the plan as it is at the start, grown when it is extended. */
#ifndef RUNNER_ENGINE_ROOM_H
#define RUNNER_ENGINE_ROOM_H

#include <stdint.h>

#include "runner/base/err.h"

struct engine;

/* Fills in engine->memory, and what else has an element a chunk or a source. */
int room_make(struct engine *engine, struct err *err);
void room_free(struct engine *engine); /* also what is half made */

/* Room for so many more chunks of a source. After a failure all is as it was. */
int room_grow(struct engine *engine, uint32_t source, uint32_t more, struct err *err);

#endif
