#include "platform.h"

#include <assert.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "runner/base/charset.h"
#include "runner/source/block.h"
#include "runner/source/encoding.h"

static bool
is_control(const struct encoding *encoding, unsigned byte)
{
	return byte >= 0x80 && byte <= 0x9F && span_starts(span_of(encoding->name), "ISO-8859");
}

/* One byte at a time, from the initial state: none of ours has another. */
static void
learn_byte(struct encoding *encoding, iconv_t from, unsigned byte)
{
	char in = (char)byte, out[8];
	char *in_at = &in, *out_at = out;
	size_t in_left = 1, out_left = sizeof(out), size;

	iconv(from, NULL, NULL, NULL, NULL);
	if (iconv(from, &in_at, &in_left, &out_at, &out_left) != 0 || in_left ||
	    iconv(from, NULL, NULL, &out_at, &out_left) != 0)
		return;
	size = sizeof(out) - out_left;
	if (size == 0 || size > ENCODING_MOST_BYTES || is_control(encoding, byte))
		return;
	encoding->size[byte] = (unsigned char)size;
	memcpy(encoding->utf8[byte], out, size);
}

int
encoding_make(struct encoding *encoding, const char *name, struct err *err)
{
	const struct charset *charset = charset_find(span_of(name));
	iconv_t from;

	assert(charset && charset->kind == CHARSET_BYTES);
	from = iconv_open("UTF-8", charset->iconv);
	if (from == (iconv_t)-1)
		return err_set(err, ERR_CREATE,
		    "this system cannot convert from %s: iconv has no module for it\n"
		    "Nothing was sent.",
		    charset->name);
	memset(encoding, 0, sizeof(*encoding));
	encoding->name = charset->name;
	for (unsigned byte = 1; byte < 256; byte++) /* NUL is no text in any of them */
		learn_byte(encoding, from, byte);
	iconv_close(from);
	return 0;
}

size_t
encoding_check(const struct encoding *encoding, const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t end = len - at < BLOCK_BYTES ? len : at + BLOCK_BYTES;

		if (end - at == BLOCK_BYTES && block_is_plain(bytes + at)) {
			at = end;
			continue;
		}
		for (; at < end; at++) {
			if (encoding->size[(unsigned char)bytes[at]] == 0)
				return at;
		}
	}
	return at;
}

bool
encoding_is_ascii(struct span bytes)
{
	uint64_t high = 0;
	size_t at = 0;

	for (; at + 8 <= bytes.len; at += 8)
		high |= block_word(bytes.ptr + at);
	if (at < bytes.len && at) /* the last ones again, with those before them */
		return ((high | block_word(bytes.ptr + bytes.len - 8)) & BLOCK_HIGHS) == 0;
	for (; at < bytes.len; at++)
		high |= (uint64_t)(unsigned char)bytes.ptr[at];
	return (high & BLOCK_HIGHS) == 0;
}

char *
encoding_decode(const struct encoding *encoding, struct span bytes, char *to)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		memcpy(to, encoding->utf8[byte], ENCODING_MOST_BYTES);
		to += encoding->size[byte];
	}
	return to;
}

int
encoding_show(struct buf *to, const char *name, struct span bytes)
{
	struct err ignored = ERR_INIT;
	struct encoding encoding;

	if (encoding_make(&encoding, name, &ignored) ||
	    encoding_check(&encoding, bytes.ptr, bytes.len) < bytes.len)
		return -1;
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		buf_add(to, encoding.utf8[byte], encoding.size[byte]);
	}
	return 0;
}
