#include "platform.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/buf.h"

enum { SMALLEST_BYTES = 64 };

void
buf_done(struct buf *buf)
{
	free(buf->ptr);
	*buf = (struct buf)BUF_INIT;
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->ptr)
		buf->ptr[0] = '\0';
}

char *
buf_reserve(struct buf *buf, size_t more)
{
	size_t cap = buf->cap ? buf->cap : SMALLEST_BYTES;
	char *ptr;

	if (buf->failed)
		return NULL;
	if (buf->cap - buf->len > more) /* one byte stays for the NUL */
		return buf->ptr + buf->len;
	while (cap - buf->len <= more) {
		if (cap > SIZE_MAX / 4) {
			buf->failed = true;
			return NULL;
		}
		cap *= 2;
	}
	ptr = realloc(buf->ptr, cap);
	if (!ptr) {
		buf->failed = true;
		return NULL;
	}
	buf->ptr = ptr;
	buf->cap = cap;
	return buf->ptr + buf->len;
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
	char *to = buf_reserve(buf, len);

	if (!to)
		return;
	if (len)
		memcpy(to, bytes, len);
	to[len] = '\0';
	buf->len += len;
}

void
buf_add_span(struct buf *buf, struct span span)
{
	buf_add(buf, span.ptr, span.len);
}

void
buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_add_byte(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void
buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	char *to;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0) {
		buf->failed = true;
		return;
	}
	to = buf_reserve(buf, (size_t)len);
	if (!to)
		return;
	vsnprintf(to, (size_t)len + 1, format, args);
	buf->len += (size_t)len;
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

void
buf_consume(struct buf *buf, size_t len)
{
	if (len == 0)
		return;
	memmove(buf->ptr, buf->ptr + len, buf->len - len + 1);
	buf->len -= len;
}

const char *
buf_text(const struct buf *buf)
{
	return buf->ptr ? buf->ptr : "";
}

struct span
buf_span(const struct buf *buf)
{
	return (struct span){ buf->ptr, buf->len };
}

int
buf_check(const struct buf *buf, struct err *err)
{
	return buf->failed ? err_memory(err) : 0;
}
