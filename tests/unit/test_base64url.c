#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "runner/base/scoped.h"
#include "runner/source/base64url.h"

/* Encodes in pieces of `piece` bytes; the characters written, a NUL behind them. */
static size_t
encode(const void *bytes, size_t len, size_t piece, bool is_padded, char *to)
{
	struct base64url encoder;
	size_t written = 0;

	base64url_init(&encoder, is_padded);
	for (size_t at = 0; at < len; at += piece) {
		size_t most = len - at < piece ? len - at : piece;

		written += base64url_add(&encoder, (const char *)bytes + at, most, to + written);
	}
	written += base64url_end(&encoder, to + written);
	to[written] = '\0';
	return written;
}

static void
the_vectors_of_rfc_4648_come_out(void **state)
{
	static const struct {
		const char *bytes, *padded, *bare;
	} vectors[] = {
		{ "", "", "" },
		{ "f", "Zg==", "Zg" },
		{ "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
		{ "\xFB\xFF\xBF", "-_-_", "-_-_" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		size_t len = strlen(vectors[i].bytes);

		encode(vectors[i].bytes, len, 16, true, text);
		assert_string_equal(text, vectors[i].padded);
		encode(vectors[i].bytes, len, 16, false, text);
		assert_string_equal(text, vectors[i].bare);
	}
}

/* What another encoder says, in the alphabet of URLs. */
static void
expected(const unsigned char *bytes, size_t len, char *to)
{
	EVP_EncodeBlock((unsigned char *)to, bytes, (int)len);
	for (; *to; to++)
		*to = *to == '+' ? '-' : *to == '/' ? '_' : *to;
}

static void
pieces_of_every_size_give_the_text_of_the_whole(void **state)
{
	unsigned char bytes[300];
	char wanted[420], text[420];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + i / 7);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		expected(bytes, len, wanted);
		for (size_t piece = 1; piece <= 65; piece++) {
			size_t written = encode(bytes, len, piece, true, text);

			assert_string_equal(text, wanted);
			assert_int_equal(written, base64url_length(len, true));
			written = encode(bytes, len, piece, false, text);
			assert_int_equal(written, base64url_length(len, false));
			assert_memory_equal(text, wanted, written);
			assert_int_equal(strcspn(wanted, "="), written);
		}
	}
}

static void
no_piece_writes_more_than_its_room(void **state)
{
	struct base64url encoder;
	char text[64];

	(void)state;
	for (size_t first = 0; first < 3; first++) {
		for (size_t len = 0; len < 40; len++) {
			base64url_init(&encoder, true);
			base64url_add(&encoder, "abc", first, text);
			assert_true(
			    base64url_add(&encoder, "0123456789012345678901234567890123456789", len,
				text) <= BASE64URL_ROOM(len));
		}
	}
}

static void
lengths_beyond_32_bits_are_exact(void **state)
{
	(void)state;
	assert_true(base64url_length(UINT64_C(3) << 32, true) == UINT64_C(4) << 32);
	assert_true(base64url_length((UINT64_C(3) << 32) + 1, false) == (UINT64_C(4) << 32) + 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc_4648_come_out),
		cmocka_unit_test(pieces_of_every_size_give_the_text_of_the_whole),
		cmocka_unit_test(no_piece_writes_more_than_its_room),
		cmocka_unit_test(lengths_beyond_32_bits_are_exact),
	};

	return cmocka_run_group_tests_name("base64url", tests, NULL, NULL);
}
