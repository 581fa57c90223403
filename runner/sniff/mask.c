#include "platform.h"

#include <string.h>

#include "runner/base/utf8.h"
#include "runner/sniff/mask.h"

static char
mask_of(unsigned char byte)
{
	if (byte >= 0x80)
		return 'x';
	if (byte >= '0' && byte <= '9')
		return '9';
	if (byte >= 'A' && byte <= 'Z')
		return 'X';
	if (byte >= 'a' && byte <= 'z')
		return 'x';
	return byte < 0x20 || byte == 0x7F ? ' ' : (char)byte;
}

char *
mask_value(struct span value, char to[static MASK_BYTES])
{
	static const char cut[] = "...";
	size_t len = 0;

	while (value.len && len < MASK_BYTES - sizeof(cut)) {
		size_t taken = utf8_character(value);

		to[len++] = mask_of((unsigned char)value.ptr[0]);
		taken = taken ? taken : 1;
		value.ptr += taken;
		value.len -= taken;
	}
	to[len] = '\0';
	if (value.len)
		memcpy(to + len, cut, sizeof(cut));
	return to;
}
