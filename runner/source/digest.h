/* digest.h - digests of bytes that come in pieces. The only place that knows libxxhash and
 * libcrypto.
 *
 * digest_fast is XXH3-128, for accidents: 16 bytes in the library's canonical (big-endian) form.
 * digest_sha is SHA-256, for evidence: 32 bytes. Both begin empty, and again after _begin(). */
#ifndef RUNNER_SOURCE_DIGEST_H
#define RUNNER_SOURCE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/scoped.h"

#define DIGEST_FAST_BYTES 16
#define DIGEST_SHA_BYTES  32

struct digest_fast {
	void *state;
};

/* Both are NULL inside if memory is short: 0 or -1. A zeroed one may be _done(). */
int digest_fast_init(struct digest_fast *digest);
void digest_fast_done(struct digest_fast *digest);
void digest_fast_begin(struct digest_fast *digest);
void digest_fast_add(struct digest_fast *digest, const void *bytes, size_t len);
void digest_fast_result(const struct digest_fast *digest, unsigned char to[DIGEST_FAST_BYTES]);

struct digest_sha {
	void *state;
};

int digest_sha_init(struct digest_sha *digest);
void digest_sha_done(struct digest_sha *digest);
void digest_sha_add(struct digest_sha *digest, const void *bytes, size_t len);
/* Once; then only _done() may follow. */
void digest_sha_result(struct digest_sha *digest, unsigned char to[DIGEST_SHA_BYTES]);

/* XXH3-64 of bytes that are all there: to tell what is surely different. */
uint64_t digest_quick(const void *bytes, size_t len);

/* Of bytes that are all there. Takes no memory and cannot fail: an import id is to be written down also
 * where memory has run out. */
void digest_sha_once(const void *bytes, size_t len, unsigned char to[DIGEST_SHA_BYTES]);

SCOPED_BY(digest_fast, digest_fast_done)
SCOPED_BY(digest_sha, digest_sha_done)

#endif
