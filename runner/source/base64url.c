#include "platform.h"

#include <string.h>

#include "runner/source/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
base64url_init(struct base64url *encoder, bool is_padded)
{
	for (unsigned bits = 0; bits < 4096; bits++) {
		encoder->pairs[bits][0] = alphabet[bits >> 6];
		encoder->pairs[bits][1] = alphabet[bits & 63];
	}
	encoder->held_count = 0;
	encoder->is_padded = is_padded;
}

uint64_t
base64url_length(uint64_t bytes, bool is_padded)
{
	uint64_t rest = bytes % 3;

	if (rest == 0)
		return bytes / 3 * 4;
	return bytes / 3 * 4 + (is_padded ? 4 : rest + 1);
}

static char *
write_group(const struct base64url *encoder, const unsigned char *group, char *to)
{
	unsigned bits = (unsigned)group[0] << 16 | (unsigned)group[1] << 8 | group[2];

	memcpy(to, encoder->pairs[bits >> 12], 2);
	memcpy(to + 2, encoder->pairs[bits & 4095], 2);
	return to + 4;
}

size_t
base64url_add(struct base64url *encoder, const void *bytes, size_t len, char *to)
{
	const unsigned char *at = bytes, *end = at + len;
	const char *begin = to;

	if (encoder->held_count) {
		unsigned char group[3] = { encoder->held[0], encoder->held[1] };

		while (encoder->held_count < 3 && at < end)
			group[encoder->held_count++] = *at++;
		if (encoder->held_count < 3) {
			memcpy(encoder->held, group, sizeof(encoder->held));
			return 0;
		}
		to = write_group(encoder, group, to);
	}
	for (; end - at >= 3; at += 3)
		to = write_group(encoder, at, to);
	encoder->held_count = (unsigned)(end - at);
	for (unsigned i = 0; i < encoder->held_count; i++)
		encoder->held[i] = at[i];
	return (size_t)(to - begin);
}

size_t
base64url_end(struct base64url *encoder, char *to)
{
	unsigned char group[3] = { 0 };
	unsigned count = encoder->held_count;

	if (count == 0)
		return 0;
	memcpy(group, encoder->held, count);
	encoder->held_count = 0;
	write_group(encoder, group, to);
	if (!encoder->is_padded)
		return count + 1;
	memset(to + count + 1, '=', 3 - count);
	return 4;
}
