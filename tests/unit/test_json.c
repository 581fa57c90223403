#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/json/read.h"

static int
parse(struct json_doc *doc, const char *text)
{
	return json_parse(doc, span_of(text), JSON_DEPTH, NULL);
}

/* The member "a" of a document that must be readable. */
static struct json
a_of(struct json_doc *doc, const char *text)
{
	assert_int_equal(parse(doc, text), 0);
	return json_member(json_root(doc), "a");
}

static void
an_object_with_blanks_around_it_is_a_document(void **state)
{
	static const char *const good[] = { "{}", " {} ", "\t{\r\n}\n", "{\"a\":[]}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		SCOPED(json_doc) doc = JSON_DOC_INIT;

		assert_int_equal(parse(&doc, good[i]), 0);
		assert_int_equal(json_root(&doc).kind, JSON_OBJECT);
	}
}

static void
what_is_not_one_whole_object_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "{\"a\":", "{\"a\":1", "{\"a\":\"x", "{\"a\":1}x", "{} {}", "}",
		"[1]", "\"x\"", "12", "null", "true", "{\"a\":tru}", "{\"a\" 1}", "{a:1}",
		"{\"a\":1,}", "{\"a\":[1,]}", "{'a':1}", "{/* */}", "{\"a\":True}", "{\"a\":+1}",
		"{\"a\":0x10}", "{\"a\":01}", "{\"a\":.5}", "{\"a\":12abc}", "{\"a\":\"\\q\"}", "{\"a\":\"\\\xC3\xA9\"}",
		"{\"a\":\"\\u00e\"}", "\xEF\xBB\xBF{}", "<html>", "{\"a\":NaN}",
		"{\"a\":-Infinity}", "{\"a\":\"\\", "{\"a\":\"\n\"}", "{\"a\":\"\\\x88\"}",
		"{\"a\":\"\\\n\"}", "{\"a\":\"\\'\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct json_doc doc = JSON_DOC_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(json_parse(&doc, span_of(bad[i]), JSON_DEPTH, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_null(doc.root);
	}
}

static void
letters_of_all_alphabets_come_through_in_texts_and_names(void **state)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct span text = SPAN_NONE;

	(void)state;
	assert_int_equal(parse(&doc, "{\"N\xC3\xBA\":\"\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xEF\xBF\xBF "
				     "\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF \\u00e9\\\\\xC3\xA9\"}"), 0);
	assert_int_equal(json_text(json_member(json_root(&doc), "N\xC3\xBA"), &text), 0);
	assert_true(span_is(text, "\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xEF\xBF\xBF "
				  "\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF \xC3\xA9\\\xC3\xA9"));
}

static void
one_number_out_of_range_does_not_cost_the_document(void **state)
{
	static const char *const numbers[] = { "18446744073709551616", "-9223372036854775809",
		"99999999999999999999999" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		SCOPED(json_doc) doc = JSON_DOC_INIT;
		SCOPED(buf) text = BUF_INIT;
		uint64_t number = 7;

		buf_printf(&text, "{\"big\":%s,\"a\":\"%s\",\"id\":5}", numbers[i], numbers[i]);
		assert_int_equal(parse(&doc, buf_text(&text)), 0);
		assert_int_equal(json_member(json_root(&doc), "big").kind, JSON_NUMBER);
		assert_int_equal(json_u64(json_member(json_root(&doc), "big"), &number), -1);
		assert_int_equal(json_u64(json_member(json_root(&doc), "id"), &number), 0);
		assert_int_equal(number, 5);
	}
}

static void
a_complaint_counts_the_bytes_as_they_came(void **state)
{
	struct json_doc doc = JSON_DOC_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(json_parse(&doc, span_of("{\"\xC3\xA9\":18446744073709551616,\"a\":}"),
			     JSON_DEPTH, &err), -1);
	assert_memory_equal(err.text, "byte 32: ", 9);
}

static void
every_proper_front_part_of_a_document_is_refused(void **state)
{
	static const char whole[] = "{\"import\":{\"id\":252,\"ok\":true,\"x\":[null,\"\\n\"]}}";
	struct json_doc doc = JSON_DOC_INIT;

	(void)state;
	for (size_t len = 0; len < strlen(whole); len++)
		assert_int_equal(json_parse(&doc, (struct span){ whole, len }, JSON_DEPTH, NULL),
		    -1);
	assert_int_equal(json_parse(&doc, span_of(whole), JSON_DEPTH, NULL), 0);
	json_done(&doc);
}

static void
bytes_that_are_no_text_are_refused_wherever_they_stand(void **state)
{
	static const struct span bad[] = {
		{ "{\"a\":\"\xFF\"}", 9 },         /* never a byte of UTF-8 */
		{ "{\"a\":\"\xC0\xAF\"}", 10 },    /* overlong */
		{ "{\"a\":\"\xED\xA0\x80\"}", 11 }, /* a surrogate */
		{ "{\"a\":\"\x01\"}", 9 },         /* a raw control byte */
		{ "{\"a\":\"\0\"}", 9 },           /* a NUL inside */
		{ "{}\0", 3 },                     /* a NUL behind */
		{ "{\"\xC3\":1}", 7 },             /* in a name */
	};
	struct json_doc doc = JSON_DOC_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(json_parse(&doc, bad[i], JSON_DEPTH, NULL), -1);
}

/* "{"a":[[...1...]]}" of `depth` containers, the outermost object included. */
static int
parse_nested(unsigned depth, unsigned allowed)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	SCOPED(buf) text = BUF_INIT;

	buf_add_text(&text, "{\"a\":");
	for (unsigned i = 1; i < depth; i++)
		buf_add_byte(&text, '[');
	buf_add_byte(&text, '1');
	for (unsigned i = 1; i < depth; i++)
		buf_add_byte(&text, ']');
	buf_add_byte(&text, '}');
	return json_parse(&doc, buf_span(&text), allowed, NULL);
}

static void
nesting_is_allowed_to_the_given_depth_and_no_further(void **state)
{
	(void)state;
	assert_int_equal(parse_nested(16, 16), 0);
	assert_int_equal(parse_nested(17, 16), -1);
	assert_int_equal(parse_nested(1, 1), 0);
	assert_int_equal(parse_nested(2, 1), -1);
	assert_int_equal(parse_nested(100000, 16), -1);
}

static void
a_whole_number_in_range_is_read_exactly(void **state)
{
	static const struct {
		const char *text;
		uint64_t number;
	} good[] = {
		{ "{\"a\":0}", 0 },
		{ "{\"a\":9007199254740991}", (UINT64_C(1) << 53) - 1 },
		{ "{\"a\":9223372036854775807}", INT64_MAX },
		{ "{\"a\":9223372036854775808}", (uint64_t)INT64_MAX + 1 },
		{ "{\"a\":18446744073709551614}", UINT64_MAX - 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		SCOPED(json_doc) doc = JSON_DOC_INIT;
		uint64_t number = 7;

		assert_int_equal(json_u64(a_of(&doc, good[i].text), &number), 0);
		assert_int_equal(number, good[i].number);
	}
}

static void
what_is_no_whole_number_in_range_is_never_made_into_one(void **state)
{
	static const char *const bad[] = {
		"{\"a\":-1}", "{\"a\":\"12\"}", "{\"a\":\"12abc\"}", "{\"a\":3.9}", "{\"a\":3.0}",
		"{\"a\":1e2}", "{\"a\":true}", "{\"a\":null}", "{\"a\":[1]}", "{\"a\":{}}",
		"{\"b\":1}", "{\"a\":18446744073709551616}", "{\"a\":99999999999999999999999}",
		"{\"a\":18446744073709551615}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		SCOPED(json_doc) doc = JSON_DOC_INIT;
		uint64_t number = 7;

		assert_int_equal(json_u64(a_of(&doc, bad[i]), &number), -1);
		assert_int_equal(number, 7);
	}
}

static void
a_signed_number_is_read_within_its_range_only(void **state)
{
	static const char *const bad[] = { "{\"a\":9223372036854775808}", "{\"a\":1.5}",
					   "{\"a\":-9223372036854775808}", "{\"a\":\"-1\"}",
					   "{\"a\":-9223372036854775809}" };
	SCOPED(json_doc) most = JSON_DOC_INIT;
	SCOPED(json_doc) least = JSON_DOC_INIT;
	int64_t number = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		SCOPED(json_doc) doc = JSON_DOC_INIT;

		assert_int_equal(json_i64(a_of(&doc, bad[i]), &number), -1);
	}
	assert_int_equal(number, 7);
	assert_int_equal(json_i64(a_of(&most, "{\"a\":9223372036854775807}"), &number), 0);
	assert_true(number == INT64_MAX);
	assert_int_equal(json_i64(a_of(&least, "{\"a\":-9223372036854775807}"), &number), 0);
	assert_true(number == INT64_MIN + 1);
}

static void
null_and_absent_are_two_things(void **state)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct json a = a_of(&doc, "{\"a\":null}");

	(void)state;
	assert_true(json_is_null(a));
	assert_false(json_is_absent(a));
	assert_true(json_is_absent(json_member(json_root(&doc), "b")));
	assert_false(json_is_null(json_member(json_root(&doc), "b")));
}

static void
a_path_through_what_is_not_there_ends_in_absent(void **state)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct json a = a_of(&doc, "{\"a\":[1]}");

	(void)state;
	assert_true(json_is_absent(json_member(json_member(json_root(&doc), "x"), "y")));
	assert_true(json_is_absent(json_member(a, "y")));
	assert_true(json_is_absent(json_item(json_root(&doc), 0)));
	assert_true(json_is_absent(json_item(a, 1)));
	assert_true(json_is_absent(json_root(&(struct json_doc)JSON_DOC_INIT)));
}

static void
text_is_lent_with_its_escapes_undone(void **state)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct span text;

	(void)state;
	assert_int_equal(json_text(a_of(&doc, "{\"a\":\"N\\u00fa\\/\\n\\u0000x\"}"), &text), 0);
	assert_int_equal(text.len, 7);
	assert_memory_equal(text.ptr, "N\xC3\xBA/\n\0x", 7);
	assert_int_equal(json_text(json_root(&doc), &text), -1);
}

static void
a_truth_is_only_true_or_false(void **state)
{
	SCOPED(json_doc) yes = JSON_DOC_INIT;
	SCOPED(json_doc) one = JSON_DOC_INIT;
	bool is_true = false;

	(void)state;
	assert_int_equal(json_boolean(a_of(&yes, "{\"a\":true}"), &is_true), 0);
	assert_true(is_true);
	assert_int_equal(json_boolean(a_of(&one, "{\"a\":1}"), &is_true), -1);
}

static void
of_members_with_one_name_the_last_counts(void **state)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	uint64_t number = 0;

	(void)state;
	assert_int_equal(json_u64(a_of(&doc, "{\"a\":1,\"a\":2}"), &number), 0);
	assert_int_equal(number, 2);
}

static void
members_are_walked_in_the_order_of_the_document(void **state)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct json_walk walk;
	SCOPED(buf) names = BUF_INIT;

	(void)state;
	assert_int_equal(parse(&doc, "{\"z\":1,\"a\":null,\"m\":[]}"), 0);
	assert_int_equal(json_count(json_root(&doc)), 3);
	walk = json_walk(json_root(&doc));
	while (json_step(&walk)) {
		buf_add_span(&names, walk.name);
		buf_printf(&names, "%d ", walk.value.kind);
	}
	assert_string_equal(buf_text(&names), "z3 a1 m5 ");
	walk = json_walk(json_member(json_root(&doc), "m"));
	assert_false(json_step(&walk));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_with_blanks_around_it_is_a_document),
		cmocka_unit_test(what_is_not_one_whole_object_is_refused),
		cmocka_unit_test(letters_of_all_alphabets_come_through_in_texts_and_names),
		cmocka_unit_test(one_number_out_of_range_does_not_cost_the_document),
		cmocka_unit_test(a_complaint_counts_the_bytes_as_they_came),
		cmocka_unit_test(every_proper_front_part_of_a_document_is_refused),
		cmocka_unit_test(bytes_that_are_no_text_are_refused_wherever_they_stand),
		cmocka_unit_test(nesting_is_allowed_to_the_given_depth_and_no_further),
		cmocka_unit_test(a_whole_number_in_range_is_read_exactly),
		cmocka_unit_test(what_is_no_whole_number_in_range_is_never_made_into_one),
		cmocka_unit_test(a_signed_number_is_read_within_its_range_only),
		cmocka_unit_test(null_and_absent_are_two_things),
		cmocka_unit_test(a_path_through_what_is_not_there_ends_in_absent),
		cmocka_unit_test(text_is_lent_with_its_escapes_undone),
		cmocka_unit_test(a_truth_is_only_true_or_false),
		cmocka_unit_test(of_members_with_one_name_the_last_counts),
		cmocka_unit_test(members_are_walked_in_the_order_of_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
