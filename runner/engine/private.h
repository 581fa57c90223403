/* private.h - the engine's inside, shared by engine.c (the loop), hear.c (replies and wishes become
 * events) and look.c (a look into the nation's list). */
#ifndef RUNNER_ENGINE_PRIVATE_H
#define RUNNER_ENGINE_PRIVATE_H

#include "runner/core/verdict.h"
#include "runner/engine/access.h"
#include "runner/engine/engine.h"
#include "runner/engine/look.h"
#include "runner/engine/turn.h"

enum {
	ENGINE_REPLIES = 8,
	ENGINE_GRACE_MS = 10 * 1000, /* product.md section 6: finish or cut requests within 10 s */
};

struct engine {
	struct engine_options options;
	const struct ports *ports;
	struct load load;
	struct load_memory memory;
	struct turn turn;
	struct look look;
	struct access access;
	struct extension *extension; /* of a retry of rows, while it is made (retry.c); else NULL */
	struct clock_offset offset;
	struct reply replies[ENGINE_REPLIES];
	size_t reply_count;
	size_t heard_count; /* of replies */
	uint64_t *seen; /* a bit a slot: its import was shown in this look */
	uint32_t slot_room;     /* elements of the arrays in memory, */
	uint32_t *source_rooms; /* and of those of each source */
	struct engine_end end;
	int64_t started_wall_ms;
	int64_t started_mono_ms;
	int64_t cut_at_ms; /* requests under way are cut then; INT64_MAX: not */
	bool is_listed;    /* the first look at the import list was answered */
	bool is_listing;   /* it is under way */
	char name[LIMIT_NAME_BYTES + 16];
};

struct now engine_now(const struct engine *engine);
uint32_t engine_roll(const struct engine *engine);
void engine_say(const struct engine *engine, enum weight weight, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first reason to stop wins; no new requests from now on. */
void engine_stop(struct engine *engine, enum err_kind code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Pauses, stops, budgets: what a verdict says beside its event. */
void engine_account(struct engine *engine, const struct verdict *verdict);

/* Asks for the import list unless it was answered in this run, or is being asked for. */
void engine_ask_list(struct engine *engine);

/* "people-3", lent until the next call. */
const char *engine_chunk_name(struct engine *engine, uint32_t source, uint32_t number);

/* The nation gave a chunk an import: notes that, or what law 9 makes of it. */
int engine_note_accepted(struct engine *engine, const struct event *accepted, struct err *err);

/* The memory of a retry of rows. Nothing that is held across a port is a function's own: in a simulation a
 * process is killed within one, and engine_free() is all that is left of it. */
void engine_retry_free(struct engine *engine);

int engine_hear_reply(struct engine *engine, const struct reply *reply, struct err *err);
int engine_hear_wishes(struct engine *engine, struct err *err);

#endif
