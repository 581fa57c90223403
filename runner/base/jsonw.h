/* jsonw.h - writes JSON into a buffer: small documents and lines of our own making.
 *
 * Members come out in the order of the calls, numbers as plain integers, text escaped (invalid
 * UTF-8 bytes as U+FFFD), so that the same calls give the same bytes. `name` is NULL inside arrays
 * and for the outermost value. */
#ifndef RUNNER_BASE_JSONW_H
#define RUNNER_BASE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"

struct jsonw {
	struct buf *to;
	bool is_first; /* no comma before the next value */
};

struct jsonw jsonw_into(struct buf *to);

void jsonw_open(struct jsonw *json, const char *name, char bracket); /* '{' or '[' */
void jsonw_close(struct jsonw *json, char bracket);                  /* '}' or ']' */
void jsonw_text(struct jsonw *json, const char *name, struct span text);
void jsonw_string(struct jsonw *json, const char *name, const char *text); /* NULL: null */
void jsonw_number(struct jsonw *json, const char *name, uint64_t number);
void jsonw_signed(struct jsonw *json, const char *name, int64_t number);
void jsonw_bool(struct jsonw *json, const char *name, bool value);
void jsonw_null(struct jsonw *json, const char *name);

#endif
