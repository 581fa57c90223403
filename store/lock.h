/* lock.h - the file `lock` of a run folder: one runner at a time.
 *
 * The lock is flock(2) on the file, held until it is released or the process ends however it ends; a
 * file left behind locks nobody out. Its text names the holder for those who come second:
 * {"pid":8812,"host":"vm-2","since":"2026-11-21T22:14:07Z"}. The descriptor is closed on exec; a
 * child that is forked and lives on would keep the lock. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/stamp.h"

struct lock {
	int fd; /* -1: not held */
};

#define LOCK_NONE { -1 }

/* Does not wait. -1: ERR_LATER, naming who holds it, if that is the reason. */
int lock_take(struct lock *lock, const char *folder, int64_t now_ms, struct err *err);
void lock_release(struct lock *lock);

struct lock_holder {
	bool is_held;
	uint64_t pid; /* 0: not known */
	char host[65];
	char since[STAMP_BYTES];
};

/* Who runs this load; also from another host's point of view only as good as the text. */
int lock_look(const char *folder, struct lock_holder *holder, struct err *err);

SCOPED_BY(lock, lock_release)

#endif
