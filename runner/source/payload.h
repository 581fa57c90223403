/* payload.h - the body of a POST, as a stream of known length:
 *
 *     {"import":{"type":"people","file":"<base64url of the CSV>","is_overwritable":false}}
 *
 * Built from 48 KiB of CSV at a time, never held whole. The last of them, with all that is behind
 * it, is given out only after the whole CSV was found to be what was planned (law 4): a transfer of
 * anything else ends before its length is reached. */
#ifndef RUNNER_SOURCE_PAYLOAD_H
#define RUNNER_SOURCE_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/source/base64url.h"
#include "runner/source/reread.h"

enum { PAYLOAD_PIECE_BYTES = 48 << 10, PAYLOAD_FRAME_BYTES = 128 };

struct payload_options {
	struct reread_options csv;
	const char *type; /* "people", "ballot" */
	bool is_overwritable;
	bool is_padded;
};

struct payload {
	struct reread csv;
	struct base64url encoder;
	struct digest_sha sha;
	uint64_t bytes; /* of the whole body */
	char prefix[PAYLOAD_FRAME_BYTES], suffix[PAYLOAD_FRAME_BYTES];

	struct span piece; /* CSV not yet encoded */
	uint64_t encoded;  /* bytes of CSV */
	bool has_begun, is_complete, has_failed;
	unsigned char sha256[DIGEST_SHA_BYTES];

	char ready[BASE64URL_ROOM(PAYLOAD_PIECE_BYTES) + 4 + 2 * PAYLOAD_FRAME_BYTES];
	size_t ready_len, given;
};

/* Borrows as reread_init(). */
int payload_init(struct payload *payload, const struct payload_options *options, struct err *err);
void payload_done(struct payload *payload);
SCOPED_BY(payload, payload_done)

/* Puts 1 to `most` bytes into `to`, 0 at the end. After a failure every call fails. */
int payload_read(struct payload *payload, char *to, size_t most, size_t *got, struct err *err);

/* Of the CSV; NULL before all of it was read. */
const unsigned char *payload_sha256(const struct payload *payload);

#endif
