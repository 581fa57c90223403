#include "platform.h"

#include "sandbox/base64.h"

#define LETTER 0x80 /* marks the letters, both alphabets; the low bits are the value */

static const unsigned char letters[256] = {
	['A'] = LETTER | 0, ['B'] = LETTER | 1, ['C'] = LETTER | 2, ['D'] = LETTER | 3, ['E'] = LETTER | 4, ['F'] = LETTER | 5,
	['G'] = LETTER | 6, ['H'] = LETTER | 7, ['I'] = LETTER | 8, ['J'] = LETTER | 9, ['K'] = LETTER | 10, ['L'] = LETTER | 11,
	['M'] = LETTER | 12, ['N'] = LETTER | 13, ['O'] = LETTER | 14, ['P'] = LETTER | 15, ['Q'] = LETTER | 16, ['R'] = LETTER | 17,
	['S'] = LETTER | 18, ['T'] = LETTER | 19, ['U'] = LETTER | 20, ['V'] = LETTER | 21, ['W'] = LETTER | 22, ['X'] = LETTER | 23,
	['Y'] = LETTER | 24, ['Z'] = LETTER | 25, ['a'] = LETTER | 26, ['b'] = LETTER | 27, ['c'] = LETTER | 28, ['d'] = LETTER | 29,
	['e'] = LETTER | 30, ['f'] = LETTER | 31, ['g'] = LETTER | 32, ['h'] = LETTER | 33, ['i'] = LETTER | 34, ['j'] = LETTER | 35,
	['k'] = LETTER | 36, ['l'] = LETTER | 37, ['m'] = LETTER | 38, ['n'] = LETTER | 39, ['o'] = LETTER | 40, ['p'] = LETTER | 41,
	['q'] = LETTER | 42, ['r'] = LETTER | 43, ['s'] = LETTER | 44, ['t'] = LETTER | 45, ['u'] = LETTER | 46, ['v'] = LETTER | 47,
	['w'] = LETTER | 48, ['x'] = LETTER | 49, ['y'] = LETTER | 50, ['z'] = LETTER | 51, ['0'] = LETTER | 52, ['1'] = LETTER | 53,
	['2'] = LETTER | 54, ['3'] = LETTER | 55, ['4'] = LETTER | 56, ['5'] = LETTER | 57, ['6'] = LETTER | 58, ['7'] = LETTER | 59,
	['8'] = LETTER | 60, ['9'] = LETTER | 61, ['+'] = LETTER | 62, ['-'] = LETTER | 62, ['/'] = LETTER | 63, ['_'] = LETTER | 63,
};

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Whole groups of four letters, as many as there are. */
static size_t
take_groups(const unsigned char *from, size_t groups, unsigned char *to)
{
	size_t group = 0;

	for (; group < groups; group++, from += 4, to += 3) {
		unsigned a = letters[from[0]], b = letters[from[1]];
		unsigned c = letters[from[2]], d = letters[from[3]];
		uint32_t bits;

		if (!(a & b & c & d & LETTER))
			break;
		bits = (a & 63) << 18 | (b & 63) << 12 | (c & 63) << 6 | (d & 63);
		to[0] = (unsigned char)(bits >> 16);
		to[1] = (unsigned char)(bits >> 8);
		to[2] = (unsigned char)bits;
	}
	return group;
}

static void
take_letter(struct base64 *base64, unsigned char letter, struct buf *to)
{
	if (base64->padding)
		base64->is_bad = true;
	base64->bits = base64->bits << 6 | (letters[letter] & 63);
	if (++base64->count < 4)
		return;
	buf_add_byte(to, (char)(base64->bits >> 16));
	buf_add_byte(to, (char)(base64->bits >> 8));
	buf_add_byte(to, (char)base64->bits);
	base64->bits = 0;
	base64->count = 0;
}

size_t
base64_take(struct base64 *base64, struct span text, struct buf *to)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;
	size_t at = 0;

	while (at < text.len) {
		if (base64->count == 0 && base64->padding == 0 && text.len - at >= 4) {
			size_t groups = (text.len - at) / 4;
			char *into = buf_reserve(to, groups * 3);

			if (!into)
				return text.len; /* sticks in `to` */
			groups = take_groups(bytes + at, groups, (unsigned char *)into);
			to->len += groups * 3;
			at += groups * 4;
			if (at == text.len)
				break;
		}
		if (bytes[at] == '=')
			base64->padding++;
		else if (letters[bytes[at]] & LETTER)
			take_letter(base64, bytes[at], to);
		else
			break;
		at++;
	}
	if (to->ptr)
		to->ptr[to->len] = '\0';
	return at;
}

bool
base64_end(struct base64 *base64, struct buf *to)
{
	bool is_padded_right = base64->padding == 0 || base64->count + base64->padding == 4;

	if (base64->is_bad || base64->count == 1 || !is_padded_right)
		return false;
	if (base64->count == 2)
		buf_add_byte(to, (char)(base64->bits >> 4));
	if (base64->count == 3) {
		buf_add_byte(to, (char)(base64->bits >> 10));
		buf_add_byte(to, (char)(base64->bits >> 2));
	}
	return true;
}

static void
encode_group(const unsigned char *from, size_t len, const struct base64_form *form, char *to)
{
	const char *alphabet = form->is_url ? url_safe : standard;
	uint32_t bits = (uint32_t)from[0] << 16 | (len > 1 ? (uint32_t)from[1] << 8 : 0) |
			(len > 2 ? from[2] : 0);

	for (size_t i = 0; i < 4; i++)
		to[i] = i <= len ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
}

void
base64_encode(struct span bytes, const struct base64_form *form, struct buf *to)
{
	const unsigned char *from = (const unsigned char *)bytes.ptr;
	enum { LINE_BYTES = 45 }; /* 60 letters */

	for (size_t at = 0; at < bytes.len; at += 3) {
		size_t len = bytes.len - at < 3 ? bytes.len - at : 3;
		char group[4];

		encode_group(from + at, len, form, group);
		buf_add(to, group, form->is_bare ? len + 1 : 4);
		if (form->is_wrapped && (at + len == bytes.len || (at + 3) % LINE_BYTES == 0))
			buf_add_byte(to, '\n');
	}
}
