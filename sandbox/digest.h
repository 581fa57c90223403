/* digest.h - SHA-256 of what came, for the ledger. */
#ifndef SANDBOX_DIGEST_H
#define SANDBOX_DIGEST_H

#include "runner/base/err.h"
#include "runner/base/span.h"

/* Hexadecimal, with the NUL. */
#define DIGEST_BYTES 65

struct digest;

struct digest *digest_new(struct err *err);
void digest_free(struct digest *digest);
void digest_take(struct digest *digest, struct span bytes);
void digest_end(struct digest *digest, char to[static DIGEST_BYTES]); /* take no more after it */

#endif
