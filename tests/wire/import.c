#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "runner/base/show.h"
#include "tests/wire/import.h"

static void
sha256_hex(const void *bytes, size_t len, char to[static 65])
{
	unsigned char digest[32];
	unsigned digest_bytes = sizeof(digest);

	assert_int_equal(EVP_Digest(bytes, len, digest, &digest_bytes, EVP_sha256(), NULL), 1);
	show_hex(digest, sizeof(digest), to);
}

void
import_make(struct import *import, size_t number, size_t rows, struct buf *body)
{
	SCOPED(buf) csv = BUF_INIT;
	char *base64;

	buf_add_text(&csv, "state_file_id,registered_address.state,first_name\n");
	for (size_t i = 0; i < rows; i++)
		buf_printf(&csv, "NC%zu-%zu,NC,Ann\n", number, i);
	*import = (struct import){ .count = 0 };
	sha256_hex(csv.ptr, csv.len, import->sha256);
	base64 = malloc(csv.len / 3 * 4 + 8);
	assert_non_null(base64);
	EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)csv.ptr, (int)csv.len);
	buf_printf(body, "{\"import\":{\"type\":\"people\",\"file\":\"%s\",", base64);
	buf_add_text(body, "\"is_overwritable\":false}}");
	free(base64);
}

static struct import *
import_of(struct import *imports, size_t count, const char *sha256)
{
	for (size_t i = 0; i < count; i++) {
		if (memcmp(imports[i].sha256, sha256, 64) == 0)
			return &imports[i];
	}
	fail_msg("an import that nobody sent");
	return NULL;
}

static const char *
member(const char *line, const char *name)
{
	const char *found = strstr(line, name);

	assert_non_null(found);
	return found + strlen(name);
}

void
import_read_ledger(struct import *imports, size_t count, const struct buf *ledger)
{
	const char *line = buf_text(ledger);

	while ((line = strstr(line, "\"what\":\"import\""))) {
		struct import *import = import_of(imports, count, member(line, "\"sha256\":\""));

		import->count++;
		import->import_id = strtoull(member(line, "\"id\":"), NULL, 10);
		line++;
	}
}
