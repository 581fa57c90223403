#include "platform.h"

#include <openssl/evp.h>

#include "runner/base/show.h"
#include "sandbox/digest.h"

/* struct digest is libcrypto's own context under our name. */
static EVP_MD_CTX *
context(struct digest *digest)
{
	return (EVP_MD_CTX *)(void *)digest;
}

struct digest *
digest_new(struct err *err)
{
	EVP_MD_CTX *made = EVP_MD_CTX_new();

	if (!made || !EVP_DigestInit_ex(made, EVP_sha256(), NULL)) {
		EVP_MD_CTX_free(made);
		err_memory(err);
		return NULL;
	}
	return (struct digest *)(void *)made;
}

void
digest_free(struct digest *digest)
{
	EVP_MD_CTX_free(context(digest));
}

void
digest_take(struct digest *digest, struct span bytes)
{
	EVP_DigestUpdate(context(digest), bytes.ptr, bytes.len);
}

void
digest_end(struct digest *digest, char to[static DIGEST_BYTES])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	EVP_DigestFinal_ex(context(digest), bytes, &len);
	show_hex(bytes, len, to);
}
