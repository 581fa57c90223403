/* point.h - where and how one run of a load is disturbed, and the lists of all such points.
 *
 * As text, to name one and to repeat it:
 *	kill:512            killed before its 512th call
 *	kill:512/90         and the next run before its 90th
 *	fail:pwrite64:12:EIO   the 12th pwrite64 says EIO; 12+: and all that follow
 *	short:write:3       the third write takes half
 *	memory:77           the 77th allocation fails; 77+
 *	full:300            before the 300th call the disk of the run folder becomes full
 *	shut:300            or its file system is shut down, as by a power cut */
#ifndef ROLLCALL_TESTS_CRASH_POINT_H
#define ROLLCALL_TESTS_CRASH_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/crash/shim.h"

enum point_mode { POINT_KILL, POINT_FAIL, POINT_SHORT, POINT_MEMORY, POINT_FULL, POINT_SHUT };

struct point {
	enum point_mode mode;
	uint32_t kind; /* of a system call; SHIM_ANY */
	uint32_t nth;
	uint32_t second; /* of a second kill; 0: none */
	bool is_for_ever;
	int error;
};

struct points {
	struct point *at;
	size_t count;
};

/* The highest number of each kind that undisturbed loads were seen to reach. */
struct reach {
	uint32_t calls;
	uint32_t allocations;
	uint32_t idle_calls; /* of a run that finds the load over */
	uint32_t kinds[SHIM_KINDS];
};

/* All points of a mode by its word (kill, twice, fail, memory, full, shut), numbered a little beyond what was
 * seen, because no two runs make the same number of calls. PAIRS and SEED: of twice. -1: no such word. */
int points_of(struct points *points, const char *word, const struct reach *reach, uint32_t pairs,
    uint64_t seed);

void points_done(struct points *points);

enum { POINT_TEXT = 80 };
const char *point_text(const struct point *point, char text[POINT_TEXT]);

/* -1: it is none. */
int point_parse(const char *text, struct point *point);

void point_order(const struct point *point, struct shim_page *page);

/* The name of a system call that we know, or its number. */
const char *point_call(uint32_t kind, char text[24]);

#endif
