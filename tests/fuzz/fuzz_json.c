/* JSON from outside: what is taken is UTF-8, ends where it says, and can be walked to its leaves. */
#include "platform.h"

#include "runner/base/buf.h"
#include "runner/base/utf8.h"
#include "runner/json/read.h"
#include "tests/fuzz/fuzz.h"

static void
is_utf8(struct span text)
{
	while (text.len > 0) {
		size_t bytes = utf8_character(text);

		FUZZ_MUST(bytes > 0);
		text.ptr += bytes;
		text.len -= bytes;
	}
}

/* Every getter takes its own kind only. */
static void
look_at(struct json value)
{
	struct span text = SPAN_NONE;
	uint64_t plain;
	int64_t number;
	bool truth;

	if (json_text(value, &text) == 0) {
		FUZZ_MUST(value.kind == JSON_TEXT);
		is_utf8(text);
	}
	if (json_u64(value, &plain) == 0)
		FUZZ_MUST(value.kind == JSON_NUMBER && plain < UINT64_MAX);
	if (json_i64(value, &number) == 0)
		FUZZ_MUST(value.kind == JSON_NUMBER);
	if (json_boolean(value, &truth) == 0)
		FUZZ_MUST(value.kind == JSON_BOOL);
}

/* At most JSON_DEPTH levels: that is what the reader promised. */
static void
walk(struct json value, unsigned depth)
{
	struct json_walk members = json_walk(value);
	size_t seen = 0;

	FUZZ_MUST(depth <= JSON_DEPTH);
	look_at(value);
	while (json_step(&members)) {
		is_utf8(members.name);
		walk(members.value, depth + 1);
		seen++;
	}
	for (size_t i = 0; value.kind == JSON_ARRAY && i < json_count(value); i++, seen++)
		walk(json_item(value, i), depth + 1);
	FUZZ_MUST(seen == json_count(value));
}

static bool
is_taken(struct span text, const char *behind)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	SCOPED(buf) longer = BUF_INIT;

	buf_add_span(&longer, text);
	buf_add_text(&longer, behind);
	return json_parse(&doc, buf_span(&longer), JSON_DEPTH, NULL) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct span text = { (const char *)bytes, len };
	struct err err = ERR_INIT;

	if (json_parse(&doc, text, JSON_DEPTH, &err)) {
		FUZZ_MUST(err.kind == ERR_DATA && err.text[0]);
		return 0;
	}
	is_utf8(text);
	walk(json_root(&doc), 0);
	FUZZ_MUST(is_taken(text, " \n"));
	FUZZ_MUST(!is_taken(text, "x") && !is_taken(text, "{}"));
	return 0;
}
