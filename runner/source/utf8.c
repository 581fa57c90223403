#include "platform.h"

#include <stdbool.h>

#include "runner/source/block.h"
#include "runner/source/utf8.h"

void
utf8_init(struct utf8 *utf8, uint64_t at)
{
	*utf8 = (struct utf8){ .at = at };
}

/* RFC 3629, section 4: what may follow which first byte. Overlong forms, surrogates and numbers
 * above U+10FFFF are kept out by the bounds of the second byte. */
static bool
begin_character(struct utf8 *utf8, unsigned char byte)
{
	if (byte < 0xC2 || byte > 0xF4)
		return false;
	utf8->wanted = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
	utf8->lowest = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
	utf8->highest = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
	utf8->begun_at = utf8->at;
	return true;
}

static bool
fail(struct utf8 *utf8, enum problem_kind kind, uint64_t at)
{
	utf8->problem = kind;
	utf8->problem_at = at;
	return false;
}

static bool
take(struct utf8 *utf8, unsigned char byte)
{
	if (utf8->wanted) {
		if (byte < utf8->lowest || byte > utf8->highest)
			return fail(utf8, PROBLEM_UTF8, utf8->begun_at);
		utf8->wanted--;
		utf8->lowest = 0x80;
		utf8->highest = 0xBF;
	} else if (byte == 0) {
		return fail(utf8, PROBLEM_NUL, utf8->at);
	} else if (byte >= 0x80 && !begin_character(utf8, byte)) {
		return fail(utf8, PROBLEM_UTF8, utf8->at);
	}
	utf8->at++;
	return true;
}

size_t
utf8_run(struct utf8 *utf8, const char *bytes, size_t len)
{
	const uint64_t from = utf8->at;

	while (!utf8->problem && utf8->at - from < len) {
		size_t at = (size_t)(utf8->at - from);

		if (utf8->wanted == 0 && len - at >= BLOCK_BYTES && block_is_plain(bytes + at)) {
			utf8->at += BLOCK_BYTES;
			continue;
		}
		for (size_t end = len - at < BLOCK_BYTES ? len : at + BLOCK_BYTES; at < end; at++) {
			if (!take(utf8, (unsigned char)bytes[at]))
				break;
		}
	}
	return (size_t)(utf8->at - from);
}

void
utf8_finish(struct utf8 *utf8)
{
	if (!utf8->problem && utf8->wanted)
		fail(utf8, PROBLEM_UTF8, utf8->begun_at);
}

size_t
utf8_forgive(struct utf8 *utf8)
{
	/* A byte that breaks a character under way may itself begin one. */
	size_t skip = utf8->problem_at == utf8->at;

	utf8->problem = PROBLEM_NONE;
	utf8->wanted = 0;
	utf8->at += skip;
	return skip;
}
