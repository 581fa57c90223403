/* base64url.h - RFC 4648 section 5, streaming: bytes go in as they come, text comes out. The length
 * is known in advance. */
#ifndef RUNNER_SOURCE_BASE64URL_H
#define RUNNER_SOURCE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct base64url {
	char pairs[4096][2]; /* the two characters of every 12 bits */
	unsigned char held[2];
	unsigned held_count; /* bytes of a group of three that is not complete */
	bool is_padded;
};

void base64url_init(struct base64url *encoder, bool is_padded);

/* Characters for so many bytes. */
uint64_t base64url_length(uint64_t bytes, bool is_padded);

/* Room that base64url_add() needs for `len` bytes. */
#define BASE64URL_ROOM(len) (((len) + 2) / 3 * 4)

/* Both return how many characters were written. _end() writes the last group, at most 4; afterwards
 * the encoder is as new. */
size_t base64url_add(struct base64url *encoder, const void *bytes, size_t len, char *to);
size_t base64url_end(struct base64url *encoder, char *to);

#endif
