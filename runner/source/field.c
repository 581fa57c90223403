#include "platform.h"

#include <string.h>

#include "runner/source/field.h"

static bool
is_quoted(struct span raw, struct dialect dialect)
{
	return dialect.quotes && raw.len && raw.ptr[0] == '"';
}

struct span
field_inner(struct span raw, struct dialect dialect)
{
	if (!is_quoted(raw, dialect))
		return raw;
	return (struct span){ raw.ptr + 1, raw.len - 2 };
}

struct span
field_value(struct span raw, struct dialect dialect, char *to)
{
	struct span inner = field_inner(raw, dialect);
	char *end = to;

	if (!is_quoted(raw, dialect) || inner.len == 0 || !memchr(inner.ptr, '"', inner.len))
		return inner;
	for (size_t i = 0; i < inner.len; i++) {
		*end++ = inner.ptr[i];
		if (inner.ptr[i] == '"')
			i++;
	}
	return (struct span){ to, (size_t)(end - to) };
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool
needs_quotes(struct span value)
{
	static const bool special[256] = { [','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true };

	if (value.len == 0)
		return false;
	if (is_blank(value.ptr[0]) || is_blank(value.ptr[value.len - 1]))
		return true;
	for (size_t i = 0; i < value.len; i++) {
		if (special[(unsigned char)value.ptr[i]])
			return true;
	}
	return false;
}

static char *
copy(char *to, struct span bytes)
{
	if (bytes.len)
		memcpy(to, bytes.ptr, bytes.len);
	return to + bytes.len;
}

char *
field_write_value(char *to, struct span value)
{
	if (!needs_quotes(value))
		return copy(to, value);
	*to++ = '"';
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"')
			*to++ = '"';
		*to++ = value.ptr[i];
	}
	*to++ = '"';
	return to;
}
