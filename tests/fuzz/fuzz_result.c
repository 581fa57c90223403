/* The answer about an import's result, with its failures in it, as it streams in: in pieces or
 * whole it is the same, and it never takes for JSON what the strict reader does not. Nothing is
 * written: the status is one of an error, or the failures are few. */
#include "platform.h"

#include "runner/base/utf8.h"
#include "runner/json/read.h"
#include "runner/nation/result.h"
#include "tests/fuzz/fuzz.h"

enum {
	/* Below this many bytes no block of decoded failures is full, and none is written. */
	MOST_BYTES = 16000,
};

static struct reply
stream(struct span text, size_t piece, bool is_html)
{
	struct reply reply = { .kind = REQUEST_RESULT, .status = 500 };
	struct result *result = result_new(-1, "people", 3);
	struct err err = ERR_INIT;

	FUZZ_MUST(result);
	while (text.len > 0) {
		size_t take = piece < text.len ? piece : text.len;

		FUZZ_MUST(result_take(result, (struct span){ text.ptr, take }, &err) == 0);
		text.ptr += take;
		text.len -= take;
	}
	FUZZ_MUST(result_end(result, &reply, is_html, &err) == 0);
	result_free(result);
	return reply;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = { (const char *)bytes, len };
	struct reply whole, pieces;

	if (len > MOST_BYTES)
		return 0;
	whole = stream(text, SIZE_MAX, false);
	pieces = stream(text, 1 + len % 5, false);
	FUZZ_MUST(whole.form == pieces.form);
	FUZZ_MUST(whole.rows_succeeded == pieces.rows_succeeded);
	FUZZ_MUST(whole.rows_updated == pieces.rows_updated);
	FUZZ_MUST(whole.rows_failed == pieces.rows_failed);
	FUZZ_MUST(whole.rows_failed >= -1);
	if (whole.form == ANSWER_JSON) {
		SCOPED(json_doc) doc = JSON_DOC_INIT;

		FUZZ_MUST(json_parse(&doc, text, JSON_DEPTH, NULL) == 0);
	}
	return 0;
}
