/* What the nation answers, as body and as head lines; what of it is shown to people is safe. */
#include "platform.h"

#include <string.h>

#include "runner/base/utf8.h"
#include "runner/nation/answer.h"
#include "runner/nation/base64.h"
#include "tests/fuzz/fuzz.h"

static void
may_be_shown(const char *shown)
{
	struct span text = span_of(shown);

	while (text.len > 0) {
		size_t bytes = utf8_character(text);

		FUZZ_MUST(bytes > 0 && (unsigned char)*text.ptr >= 0x20);
		text.ptr += bytes;
		text.len -= bytes;
	}
}

static void
as_import(struct span body, bool is_html)
{
	struct reply reply = { .kind = REQUEST_SUBMIT, .status = 200 };

	answer_import(&reply, body, is_html);
	may_be_shown(reply.message);
	may_be_shown(reply.word_text);
	may_be_shown(reply.type);
	if (reply.id_form == ID_VALID)
		FUZZ_MUST(reply.import_id >= 1 && reply.import_id < UINT64_C(1) << 53);
}

static void
as_result(struct span body, bool is_html)
{
	struct reply reply = { .kind = REQUEST_RESULT, .status = 200 };

	if (answer_result(&reply, body, is_html))
		FUZZ_MUST(reply.form == ANSWER_JSON);
	may_be_shown(reply.message);
}

static void
as_list(struct span body, bool is_html)
{
	SCOPED(answer_list) list = ANSWER_LIST_INIT;
	struct reply reply = { .kind = REQUEST_LIST, .status = 200 };
	struct err err = ERR_INIT;

	FUZZ_MUST(answer_list(&reply, body, is_html, &list, &err) == 0);
	may_be_shown(reply.message);
	for (uint32_t i = 0; reply.is_list && i < reply.entry_count; i++)
		FUZZ_MUST(reply.entries[i].import_id < UINT64_C(1) << 53);
}

static void
as_head(struct span body)
{
	struct reply reply = { .status = 429 };
	struct answer_head head;

	answer_head_init(&head);
	while (body.ptr)
		answer_head_line(&head, span_next(&body, '\n'));
	answer_head_fill(&head, 1000, &reply);
	may_be_shown(reply.request_id);
	FUZZ_MUST(reply.retry_after_ms >= -1);
}

static size_t
decode(struct span text, size_t piece, unsigned char *to, bool *is_broken)
{
	struct base64 base64 = { 0 };
	size_t len = 0;

	while (text.len > 0) {
		size_t take = piece < text.len ? piece : text.len;

		len += base64_decode(&base64, (struct span){ text.ptr, take }, to + len);
		text.ptr += take;
		text.len -= take;
	}
	len += base64_end(&base64, to + len);
	*is_broken = base64.is_broken;
	return len;
}

/* In pieces or whole, it is the same. */
static void
as_base64(struct span text)
{
	unsigned char *whole = malloc(text.len + 4), *pieces = malloc(text.len + 4);
	bool whole_broken, pieces_broken;
	size_t whole_len, pieces_len;

	FUZZ_MUST(whole && pieces);
	whole_len = decode(text, SIZE_MAX, whole, &whole_broken);
	pieces_len = decode(text, 1 + text.len % 7, pieces, &pieces_broken);
	FUZZ_MUST(whole_broken == pieces_broken);
	FUZZ_MUST(whole_broken ||
	    (whole_len == pieces_len && memcmp(whole, pieces, whole_len) == 0));
	free(whole);
	free(pieces);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span body = { (const char *)bytes, len };

	as_import(body, false);
	as_import(body, true);
	as_result(body, false);
	as_list(body, false);
	as_head(body);
	as_base64(body);
	return 0;
}
