/* number.h - strict numbers and units from text: the whole text or nothing, no sign, no blanks at
 * the ends, overflow is an error.
 *
 *     size        "37.5MB" 37,500,000   "64MiB" 67,108,864   "512" bytes   kB MB GB KiB MiB GiB
 *     time        "250ms" "90s" "5min" "12h" "7d", fractions allowed ("0.5s")
 *     rate        "200/10s"
 *     share       "0.5%", or a count "100"
 *
 * All return 0, or -1 with outputs untouched; the caller words the error, it knows the setting. */
#ifndef RUNNER_BASE_NUMBER_H
#define RUNNER_BASE_NUMBER_H

#include <stdint.h>

#include "runner/base/span.h"

int number_u64(struct span text, uint64_t *value);
int number_bytes(struct span text, uint64_t *bytes);
int number_ms(struct span text, uint64_t *ms);

struct number_rate {
	uint64_t count;
	uint64_t per_ms;
};
int number_rate(struct span text, struct number_rate *rate);

/* Either a share in millionths ("0.5%" is 5,000) or a plain count. */
struct number_share {
	uint64_t millionths;
	uint64_t count;
	unsigned is_share;
};
int number_share(struct span text, struct number_share *share);

#endif
