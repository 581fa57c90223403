/* world.h - a load in a world of its own: everything behind runner/ports.h, simulated in one
 * process, without a file, a socket or a clock.
 *
 *     memory.h   the journal: what was appended survives, nothing else
 *     shelf.h    the real store beneath it, in some worlds
 *     paper.h    the sources: a few small chunks
 *     pretend.h  the nation: sandbox/model.h, and what goes wrong on the way to it
 *     fate.h     what goes wrong: by script, or by chance
 *     law.h      what must never be violated, checked all the time
 *     again.h    what went wrong, handed in again
 *     play.h     loads from their first run to their end, cut off wherever one likes
 *     seed.h     a number becomes a world
 *
 * Time passes only where the engine waits, and jumps to the next thing that happens. The same
 * options give the same world, whatever machine it runs on.
 *
 * A world outlives the runs in it: a kill or a violated law jumps out of the engine, and what a
 * process would have lost is thrown away. */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/engine/engine.h"
#include "runner/ports.h"
#include "sandbox/chance.h"
#include "tests/sim/fate.h"
#include "tests/sim/memory.h"
#include "tests/sim/paper.h"
#include "tests/sim/pretend.h"
#include "tests/sim/shelf.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define YEAR   (365 * 24 * HOUR)

/* When every simulation begins: 2026-11-21T22:14:07Z on the wall, and the nation's clock is some
 * seconds ahead. */
#define WORLD_WALL    INT64_C(1795299247000)
#define WORLD_NATION  (WORLD_WALL + 7 * SECOND)
#define WORLD_MONO    INT64_C(1000000)

/* Bugs that nobody wrote: each makes a part of the world break its promise, to show that the laws
 * notice. */
enum planted_bug {
	BUG_NONE,
	BUG_FORGETS_AT_KILL, /* the journal loses its last append when the process is killed */
	BUG_SENDS_TWICE,     /* the nation port sends a POST again whose answer was lost */
	BUG_LATE,            /* the nation takes a POST long after the settle time */
	BUG_HIDES_ONE,       /* the list hides what is in doubt and shows all else */
	BUG_WRONG_CHUNK,     /* the source sends the bytes of the next chunk */
	BUG_DROPS_EVENT,     /* the journal stores a change without its event */
	BUG_DEAF_CLOCK,      /* the clock stands still while the engine waits */
};

struct world_options {
	uint64_t seed;
	struct paper_source sources[PAPER_SOURCES];
	uint32_t source_count;
	struct load_limits limits;
	struct pretend_habits nation;
	struct fate_plan fates;
	uint32_t wish_permille;    /* at each turn a person wants something */
	uint32_t journal_permille; /* at each use the disk fails */
	uint32_t source_permille;  /* at each use of a source it cannot be read */
	uint32_t jump_permille;    /* at each wait the wall clock is set: by minutes, an hour (as
				      where it is kept in local time), hours or years, either way */
	uint32_t sleep_permille;   /* at each wait the process stands still for up to half a day:
				      the lid was closed, or it got a SIGSTOP */
	uint32_t retry_permille;   /* between runs a person hands in again what went wrong */
	uint32_t rival_permille;   /* with has_store: at each wait a second runner is started */
	bool has_store;            /* the real store lies beneath the journal */
	enum event_type full_disk_at; /* the first append of such an event fails; 0: none */
	enum planted_bug bug;
};

enum { WORLD_KILLED = 1, WORLD_VIOLATED = 2 };

struct world {
	struct world_options options;
	struct chance chance; /* for what happens to the engine: its own dice, kills, wishes */
	struct ports ports;
	int64_t mono_ms;
	int64_t wall_offset_ms; /* wall = mono + this; changes when the clock jumps */
	struct memory memory;
	struct paper paper;
	struct pretend nation;
	struct fates fates;

	bool is_calm; /* nothing goes wrong any more */
	bool is_traced;

	uint64_t first_steps; /* of the first run */

	/* of the run under way */
	jmp_buf out;
	const struct load *load; /* the engine's */
	bool is_running;
	uint64_t step;
	const char *step_name;
	uint64_t kill_at;           /* the step at which it is cut off; 0: never */
	uint64_t waits;             /* of the nation port */
	uint64_t waits_in_a_moment; /* since the clock moved */
	int64_t acted_ms;           /* the last request, reply or event */
	struct world_hour {
		int64_t began_ms;
		uint64_t waits, acts;
	} hour;
	struct wish script_wish;    /* a story's: heard once, at its time */
	int64_t script_wish_at_ms;  /* monotonic; INT64_MAX: none */
	bool has_refused_wish;      /* the last wish was answered with a reason */
	bool was_disk_full;
	bool has_tripped;           /* by the load's state when the run ended */
	uint32_t parked, room;      /* the same; limits.in_flight as it was in the end */

	char warning[1024];  /* the last that was said; "": none */
	char violation[512]; /* "": none */
};

/* Aborts on a lack of memory: this is a test. `options` is copied, what it points to borrowed. With
 * SIM_TRACE in the environment it prints all that happens. */
struct world *world_new(const struct world_options *options);
void world_free(struct world *world);

int64_t world_wall(const struct world *world);
int64_t world_nation_clock(const struct world *world);

/* A law is violated: notes it, and leaves the run if one is under way. */
void world_violate(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One more place where a run can be cut off. */
void world_step(struct world *world, const char *name);

/* Lets time pass; whatever the nation does by then is done. */
void world_pass(struct world *world, int64_t ms);

/* The same, while the process cannot act. */
void world_sleep(struct world *world);

/* True `permille` times in 1,000. */
bool world_rolls(struct world *world, uint32_t permille);

void world_trace(const struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
