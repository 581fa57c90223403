/* buf.h - owned bytes that grow.
 *
 * Errors stick: after a failed allocation every call does nothing and buf_failed() tells, so that a
 * row of appends is checked once, at its end. The bytes always end with a NUL that is not counted;
 * an empty buffer's buf_text() is "". */
#ifndef RUNNER_BASE_BUF_H
#define RUNNER_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

struct buf {
	char *ptr;
	size_t len;
	size_t cap;
	bool failed;
};

#define BUF_INIT { NULL, 0, 0, false }

void buf_done(struct buf *buf);
void buf_clear(struct buf *buf); /* empty and not failed; keeps its memory */

/* Room for `more` bytes behind the end, for callers that fill in themselves; NULL if failed. */
char *buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_span(struct buf *buf, struct span span);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_byte(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Takes `len` bytes off the front. */
void buf_consume(struct buf *buf, size_t len);

const char *buf_text(const struct buf *buf);
struct span buf_span(const struct buf *buf); /* lends until the next change */

static inline bool
buf_failed(const struct buf *buf)
{
	return buf->failed;
}

/* 0, or -1 with "out of memory". */
int buf_check(const struct buf *buf, struct err *err);

SCOPED_BY(buf, buf_done)

#endif
