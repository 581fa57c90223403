/* mask.h - shows the shape of a value and nothing of what it says: "O'Brien 42" is "X'Xxxxx 99".
 *
 * ASCII letters become x or X, digits 9, characters beyond ASCII (or bytes that are none) x, control
 * bytes a blank; blanks and punctuation stay. What is longer than `most` characters is cut with
 * "...". Pure. */
#ifndef RUNNER_SNIFF_MASK_H
#define RUNNER_SNIFF_MASK_H

#include <stddef.h>

#include "runner/base/span.h"

enum { MASK_BYTES = 32 };

/* Writes at most MASK_BYTES, its NUL included, and returns `to`. */
char *mask_value(struct span value, char to[static MASK_BYTES]);

#endif
