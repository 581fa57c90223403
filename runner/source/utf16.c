#include "platform.h"

#include "runner/source/utf16.h"

enum {
	UNIT_BYTES = 2,
	MOST_BYTES = 4, /* of UTF-8, for a character */
	HIGH_FIRST = 0xD800,
	LOW_FIRST = 0xDC00,
	LOW_LAST = 0xDFFF,
	PAIRS_FROM = 0x10000, /* the first character that takes a pair */
	PAIR_BITS = 10,
};

void
utf16_init(struct utf16 *utf16, bool is_big_endian, uint64_t byte)
{
	*utf16 = (struct utf16){ .is_big_endian = is_big_endian, .byte = byte, .line = 1 };
}

static size_t
put_character(uint32_t character, char *to)
{
	size_t len = character < 0x80 ? 1 : character < 0x800 ? 2 : character < PAIRS_FROM ? 3 : 4;
	static const unsigned char leads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };

	for (size_t i = len - 1; i > 0; i--, character >>= 6)
		to[i] = (char)(0x80 | (character & 0x3F));
	to[0] = (char)(leads[len] | character);
	return len;
}

static size_t
fail(struct utf16 *utf16, uint64_t byte)
{
	utf16->problem = UTF16_UNPAIRED;
	utf16->byte = byte;
	return 0;
}

static size_t
take_unit(struct utf16 *utf16, uint32_t unit, char *to)
{
	bool is_low = unit >= LOW_FIRST && unit <= LOW_LAST;
	uint32_t high = utf16->high;

	if (high && !is_low)
		return fail(utf16, utf16->byte - UNIT_BYTES);
	if (!high && is_low)
		return fail(utf16, utf16->byte);
	utf16->byte += UNIT_BYTES;
	utf16->high = 0;
	if (high)
		return put_character(
		    PAIRS_FROM + ((high - HIGH_FIRST) << PAIR_BITS) + (unit - LOW_FIRST), to);
	if (unit >= HIGH_FIRST && unit < LOW_FIRST) {
		utf16->high = unit;
		return 0;
	}
	utf16->line += unit == '\n';
	return put_character(unit, to);
}

size_t
utf16_run(struct utf16 *utf16, const unsigned char *from, size_t len, size_t *used, char *to,
    size_t room)
{
	size_t at = 0, made = 0;

	while (at < len && made + MOST_BYTES <= room && !utf16->problem) {
		unsigned char byte = from[at++];
		uint32_t unit;

		if (!utf16->has_half) {
			utf16->half = byte;
			utf16->has_half = true;
			continue;
		}
		unit = utf16->is_big_endian ? (uint32_t)utf16->half << 8 | byte
					    : (uint32_t)byte << 8 | utf16->half;
		utf16->has_half = false;
		made += take_unit(utf16, unit, to + made);
	}
	*used = at;
	return made;
}

void
utf16_finish(struct utf16 *utf16)
{
	if (utf16->problem || (!utf16->has_half && !utf16->high))
		return;
	utf16->problem = UTF16_CUT_OFF;
	if (utf16->high)
		utf16->byte -= UNIT_BYTES;
}
