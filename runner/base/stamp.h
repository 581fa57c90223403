/* stamp.h - points in time as text, UTC only. Pure: nobody here knows what time it is.
 *
 * A time is milliseconds since 1970-01-01T00:00:00Z. */
#ifndef RUNNER_BASE_STAMP_H
#define RUNNER_BASE_STAMP_H

#include <stdint.h>

#include "runner/base/span.h"

/* "2026-11-21T22:14:07Z", with its NUL; years 0 to 9999. */
#define STAMP_BYTES 21
/* "2026-11-21T22:14:07.123Z" */
#define STAMP_MS_BYTES 25

char *stamp_iso(int64_t at_ms, char to[static STAMP_BYTES]);
char *stamp_iso_ms(int64_t at_ms, char to[static STAMP_MS_BYTES]);

/* ISO 8601 with Z, +HH:MM or -HH:MM, seconds with or without a fraction. 0 or -1. */
int stamp_read_iso(struct span text, int64_t *at_ms);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, the only form sent today). 0 or -1. */
int stamp_read_http(struct span text, int64_t *at_ms);

struct stamp_parts {
	int year;  /* 0 to 9999 */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour, minute, second, ms;
	int weekday; /* 0 is Sunday */
};
struct stamp_parts stamp_split(int64_t at_ms);
int64_t stamp_join(const struct stamp_parts *parts);

#endif
