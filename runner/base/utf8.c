#include "platform.h"

#include "runner/base/utf8.h"

size_t
utf8_character(struct span text)
{
	const unsigned char *at = (const unsigned char *)text.ptr;
	size_t len;

	if (text.len == 0)
		return 0;
	len = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
	if (len == 0 || len > text.len || at[0] > 0xF4)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	}
	if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
	    (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F))
		return 0;
	return len;
}
