#include "platform.h"

#include <string.h>

#include "runner/lint/shapes.h"

static bool
is_letter(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

bool
shapes_is_state(struct span value)
{
	return value.len == 2 && is_letter(value.ptr[0]) && is_letter(value.ptr[1]);
}

bool
shapes_is_email(struct span value)
{
	const char *at = value.len ? memchr(value.ptr, '@', value.len) : NULL;
	struct span domain;

	if (!at || at == value.ptr || memchr(value.ptr, ' ', value.len))
		return false;
	domain = (struct span){ at + 1, value.len - (size_t)(at - value.ptr) - 1 };
	return domain.len >= 3 && !memchr(domain.ptr, '@', domain.len) &&
	       memchr(domain.ptr, '.', domain.len) && domain.ptr[0] != '.' &&
	       domain.ptr[domain.len - 1] != '.';
}

bool
shapes_is_phone(struct span value)
{
	size_t digits = 0;
	char first = '\0';

	for (size_t i = 0; i < value.len; i++) {
		char byte = value.ptr[i];

		if (byte >= '0' && byte <= '9') {
			first = digits++ ? first : byte;
			continue;
		}
		if ((byte == 'x' || byte == 'X') && digits >= 10)
			break;
		if (!memchr(" +()-./", byte, 7))
			return false;
	}
	return digits == 10 || (digits == 11 && first == '1');
}
