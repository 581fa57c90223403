/* Text from outside through the small readers and writers of runner/base. */
#include "platform.h"

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/base/jsonw.h"
#include "runner/base/number.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/base/utf8.h"
#include "tests/fuzz/fuzz.h"

static void
shown_text_is_utf8_without_controls(struct span text)
{
	SCOPED(buf) shown = BUF_INIT;
	struct span rest;

	show_safe(&shown, text, 200);
	rest = buf_span(&shown);
	while (rest.len > 0) {
		size_t bytes = utf8_character(rest);
		unsigned char first = (unsigned char)rest.ptr[0];

		FUZZ_MUST(bytes > 0);
		FUZZ_MUST(first >= 0x20 && first != 0x7f);
		FUZZ_MUST(!(first == 0xc2 && (unsigned char)rest.ptr[1] < 0xa0)); /* C1 */
		rest.ptr += bytes;
		rest.len -= bytes;
	}
}

static void
json_text_is_utf8_and_its_quotes_are_balanced(struct span text)
{
	SCOPED(buf) out = BUF_INIT;
	struct jsonw json = jsonw_into(&out);
	struct span rest;
	unsigned quotes = 0;

	jsonw_text(&json, NULL, text);
	rest = buf_span(&out);
	while (rest.len > 0) {
		size_t bytes = utf8_character(rest);

		FUZZ_MUST(bytes > 0 && (unsigned char)rest.ptr[0] >= 0x20);
		quotes += rest.ptr[0] == '"';
		if (rest.ptr[0] == '\\') {
			FUZZ_MUST(rest.len >= 2);
			bytes = 2;
		}
		rest.ptr += bytes;
		rest.len -= bytes;
	}
	FUZZ_MUST(quotes == 2);
}

static void
a_time_that_is_read_is_written_and_read_again_the_same(struct span text)
{
	char written[STAMP_MS_BYTES];
	int64_t at_ms, again_ms;

	if (stamp_read_iso(text, &at_ms) == 0) {
		stamp_iso_ms(at_ms, written);
		FUZZ_MUST(stamp_read_iso(span_of(written), &again_ms) == 0);
		FUZZ_MUST(again_ms == at_ms);
	}
	if (stamp_read_http(text, &at_ms) == 0) {
		stamp_iso(at_ms, (char[STAMP_BYTES]){ 0 });
		FUZZ_MUST(at_ms % 1000 == 0);
	}
}

static void
a_number_that_is_read_has_only_digits(struct span text)
{
	uint64_t value = 7;
	struct number_rate rate;
	struct number_share share;
	bool is_digits = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		is_digits = is_digits && text.ptr[i] >= '0' && text.ptr[i] <= '9';
	if (number_u64(text, &value) == 0)
		FUZZ_MUST(is_digits);
	else
		FUZZ_MUST(value == 7);
	if (number_bytes(text, &value) == 0 || number_ms(text, &value) == 0)
		FUZZ_MUST(text.ptr[0] >= '0' && text.ptr[0] <= '9');
	if (number_rate(text, &rate) == 0)
		FUZZ_MUST(rate.per_ms > 0);
	if (number_share(text, &share) == 0)
		FUZZ_MUST(share.is_share || is_digits);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = { (const char *)bytes, len };

	shown_text_is_utf8_without_controls(text);
	json_text_is_utf8_and_its_quotes_are_balanced(text);
	a_time_that_is_read_is_written_and_read_again_the_same(text);
	a_number_that_is_read_has_only_digits(text);
	return 0;
}
