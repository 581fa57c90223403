/* fields.h - how a struct that is kept on disk lists its members, once.
 *
 * A list X(kind, member, tag) drives the record format of the store, `log --json` and the checks
 * of `verify`. Tags are the numbers on disk: appended, never reused, never renumbered. A member
 * that is zero (empty) is not written.
 *
 *     NUMBER   an unsigned integer or an enum
 *     TIME     int64_t, milliseconds since 1970 UTC, wall clock
 *     TEXT     char[], NUL terminated, UTF-8 already made safe to show
 *     DIGEST   struct digest, 32 bytes or absent */
#ifndef RUNNER_CORE_FIELDS_H
#define RUNNER_CORE_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

/* SHA-256 of a CSV as sent. */
struct digest {
	bool is_known;
	unsigned char bytes[32];
};

#endif
