#include "platform.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runner/base/utf8.h"
#include "runner/json/spell.h"

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Bytes of the number at the front, whole or not, well-formed or not. */
static size_t
number_len(struct span text)
{
	size_t len = 0;

	while (len < text.len && (is_digit(text.ptr[len]) || strchr("+-.eE", text.ptr[len])))
		len++;
	return len;
}

/* Whether no 64 bits hold it. What is no whole number, or begins with 0, is json-c's to judge. */
static bool
is_too_large(struct span number)
{
	const char *limit = "18446744073709551615";

	if (number.len && number.ptr[0] == '-') {
		limit = "9223372036854775808";
		number.ptr++;
		number.len--;
	}
	if (number.len == 0 || number.ptr[0] == '0')
		return false;
	for (size_t i = 0; i < number.len; i++) {
		if (!is_digit(number.ptr[i]))
			return false;
	}
	return number.len > strlen(limit) ||
	    (number.len == strlen(limit) && memcmp(number.ptr, limit, number.len) > 0);
}

static uint32_t
code_point(const char *character, size_t len)
{
	uint32_t code = (unsigned char)character[0] & (0xFFu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)character[i] & 0x3Fu);
	return code;
}

static void
add_escaped(struct buf *to, uint32_t code)
{
	if (code < 0x10000)
		buf_printf(to, "\\u%04x", (unsigned)code);
	else /* a pair of surrogates */
		buf_printf(to, "\\u%04x\\u%04x", 0xD800u + ((code - 0x10000) >> 10),
		    0xDC00u + ((code - 0x10000) & 0x3FF));
}

/* Inside text: one character, or a backslash with the one byte that it escapes. */
static size_t
spell_text(struct buf *to, struct span text)
{
	size_t len = utf8_character(text);

	if (len > 1) {
		add_escaped(to, code_point(text.ptr, len));
		return len;
	}
	if (text.ptr[0] == '\\' && text.len > 1)
		len = 2;
	assert(len); /* or we would never get on */
	buf_add(to, text.ptr, len);
	return len;
}

static size_t
spell_structure(struct buf *to, struct span text)
{
	size_t len = number_len(text);

	if (len && is_too_large((struct span){ text.ptr, len }))
		buf_add_text(to, "0.5");
	else
		buf_add(to, text.ptr, len ? len : 1);
	return len ? len : 1;
}

size_t
spell(struct buf *to, struct span text, size_t most)
{
	bool is_inside = false; /* of text */
	size_t at = 0, before = to->len;

	while (at < text.len && to->len - before < most && !buf_failed(to)) {
		struct span rest = { text.ptr + at, text.len - at };

		if (rest.ptr[0] == '"')
			is_inside = !is_inside;
		at += is_inside ? spell_text(to, rest) : spell_structure(to, rest);
	}
	return at;
}
