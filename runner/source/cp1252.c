#include "platform.h"

#include <stdint.h>

#include "runner/source/cp1252.h"

/* 0x80 to 0x9F (Unicode consortium, CP1252.TXT); 0: not assigned. All others are as in Unicode. */
static const uint16_t assigned[32] = { 0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D,
	0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178 };

static unsigned
character(unsigned char byte)
{
	return byte >= 0x80 && byte < 0xA0 ? assigned[byte - 0x80] : byte;
}

static void
add_utf8(struct buf *to, unsigned code)
{
	if (code < 0x80) {
		buf_add_byte(to, (char)code);
		return;
	}
	if (code < 0x800) {
		buf_add_byte(to, (char)(0xC0 | code >> 6));
	} else {
		buf_add_byte(to, (char)(0xE0 | code >> 12));
		buf_add_byte(to, (char)(0x80 | (code >> 6 & 0x3F)));
	}
	buf_add_byte(to, (char)(0x80 | (code & 0x3F)));
}

int
cp1252_show(struct buf *to, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (character((unsigned char)bytes.ptr[i]) == 0)
			return -1;
	}
	for (size_t i = 0; i < bytes.len; i++)
		add_utf8(to, character((unsigned char)bytes.ptr[i]));
	return 0;
}
