/* field.h - one field: from the bytes of a file to its value, and from a value to RFC 4180.
 *
 * As sent, a field stands in quotation marks only where it must: with a comma, a quotation mark,
 * CR, LF, or a blank at one of its ends, which careless readers trim. */
#ifndef RUNNER_SOURCE_FIELD_H
#define RUNNER_SOURCE_FIELD_H

#include <stddef.h>

#include "runner/base/span.h"
#include "runner/source/dialect.h"

/* The value of a field as it stands in the file. Lends `raw`, or `to` if quotation marks had to be
 * undoubled; `to` has room for raw.len bytes. */
struct span field_value(struct span raw, struct dialect dialect, char *to);

/* The same without undoubling: for values that hold no quotation mark if they are good. */
struct span field_inner(struct span raw, struct dialect dialect);

/* At most this many bytes are written for a field of `len`. */
#define FIELD_SENT_BYTES(len) (2 * (len) + 2)

/* Writes a field as sent and returns the end of it. */
char *field_write_value(char *to, struct span value);

#endif
