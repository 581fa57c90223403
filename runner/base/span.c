#include "platform.h"

#include <string.h>
#include <strings.h>

#include "runner/base/span.h"

struct span
span_of(const char *text)
{
	return (struct span){ text, text ? strlen(text) : 0 };
}

bool
span_is(struct span span, const char *text)
{
	return span_equal(span, span_of(text));
}

bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
span_equal_nocase(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

bool
span_starts(struct span span, const char *text)
{
	size_t len = strlen(text);

	return span.len >= len && memcmp(span.ptr, text, len) == 0;
}

size_t
span_find(const struct span *spans, size_t count, struct span wanted)
{
	size_t at = 0;

	while (at < count && !span_equal(spans[at], wanted))
		at++;
	return at;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
span_trim(struct span span)
{
	while (span.len && is_blank(span.ptr[0])) {
		span.ptr++;
		span.len--;
	}
	while (span.len && is_blank(span.ptr[span.len - 1]))
		span.len--;
	return span;
}

struct span
span_next(struct span *rest, char cut)
{
	const char *at = rest->len ? memchr(rest->ptr, cut, rest->len) : NULL;
	struct span part = *rest;

	if (!at) {
		*rest = SPAN_NONE;
		return part;
	}
	part.len = (size_t)(at - part.ptr);
	rest->ptr = at + 1;
	rest->len -= part.len + 1;
	return part;
}

bool
span_copy(char *to, size_t to_bytes, struct span span)
{
	size_t len = span.len < to_bytes ? span.len : to_bytes - 1;

	if (len)
		memcpy(to, span.ptr, len);
	to[len] = '\0';
	return len == span.len;
}
