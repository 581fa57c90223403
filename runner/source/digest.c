#include "platform.h"

#include <assert.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED /* see digest_sha_once */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <xxhash.h>

#include "runner/source/digest.h"

_Static_assert(sizeof(XXH128_canonical_t) == DIGEST_FAST_BYTES, "XXH3-128");

int
digest_fast_init(struct digest_fast *digest)
{
	digest->state = XXH3_createState();
	if (!digest->state)
		return -1;
	digest_fast_begin(digest);
	return 0;
}

void
digest_fast_done(struct digest_fast *digest)
{
	XXH3_freeState(digest->state);
	digest->state = NULL;
}

void
digest_fast_begin(struct digest_fast *digest)
{
	XXH3_128bits_reset(digest->state);
}

void
digest_fast_add(struct digest_fast *digest, const void *bytes, size_t len)
{
	if (len)
		XXH3_128bits_update(digest->state, bytes, len);
}

void
digest_fast_result(const struct digest_fast *digest, unsigned char to[DIGEST_FAST_BYTES])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(digest->state));
	memcpy(to, canonical.digest, DIGEST_FAST_BYTES);
}

int
digest_sha_init(struct digest_sha *digest)
{
	digest->state = EVP_MD_CTX_new();
	if (digest->state && EVP_DigestInit_ex(digest->state, EVP_sha256(), NULL))
		return 0;
	digest_sha_done(digest);
	return -1;
}

void
digest_sha_done(struct digest_sha *digest)
{
	EVP_MD_CTX_free(digest->state);
	digest->state = NULL;
}

/* Once begun, SHA-256 in memory cannot fail; a library that says it does is broken. */
void
digest_sha_add(struct digest_sha *digest, const void *bytes, size_t len)
{
	int added = len == 0 || EVP_DigestUpdate(digest->state, bytes, len);

	assert(added);
	(void)added;
}

void
digest_sha_result(struct digest_sha *digest, unsigned char to[DIGEST_SHA_BYTES])
{
	int ended = EVP_DigestFinal_ex(digest->state, to, NULL);

	assert(ended);
	(void)ended;
}

/* By the functions that OpenSSL would rather see replaced by EVP: those take memory at each call. */
void
digest_sha_once(const void *bytes, size_t len, unsigned char to[DIGEST_SHA_BYTES])
{
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Update(&state, bytes, len);
	SHA256_Final(to, &state);
}

uint64_t
digest_quick(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}
