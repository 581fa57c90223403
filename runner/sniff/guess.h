/* guess.h - how a file separates its fields, and whether its first line is a header, by its first
 * records. Pure. */
#ifndef RUNNER_SNIFF_GUESS_H
#define RUNNER_SNIFF_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/span.h"
#include "runner/source/dialect.h"

/* The delimiter of comma, tab, pipe and semicolon by which most of the first records have as many
 * fields as the first one, with or without quotation marks; of equal ones, the one that gives more
 * fields. Comma if none gives two. `quotes` is whether those records keep RFC 4180. */
struct dialect guess_dialect(struct span head);

/* Whether the values of a first record can be names of columns: none of them empty, a number or a
 * date, no two the same. */
bool guess_is_header(const struct span *values, size_t count);

#endif
