#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "runner/report/loose.h"

/* Fields in brackets, a bar after each record: "[a][b]|[c]|". */
static void
take_apart(struct span bytes, struct loose *loose, struct buf *to)
{
	size_t used;

	while (bytes.len) {
		assert_true(loose_take(loose, bytes, true, &used));
		assert_true(used > 0 && used <= bytes.len);
		for (size_t i = 0; i < loose->count; i++) {
			struct span text = loose_text(loose, i);

			buf_printf(to, "[%.*s]", SPAN_ARG(text));
		}
		buf_add_byte(to, '|');
		bytes.ptr += used;
		bytes.len -= used;
	}
}

struct example {
	const char *bytes;
	const char *fields;
};

static void
expect_fields(const struct example *example, char delimiter, size_t endless)
{
	SCOPED(buf) text = BUF_INIT;
	struct err err = ERR_INIT;
	struct loose loose;

	assert_int_equal(loose_init(&loose, &err), 0);
	loose.delimiter = delimiter;
	loose.endless = endless;
	take_apart(span_of(example->bytes), &loose, &text);
	assert_string_equal(buf_text(&text), example->fields);
	loose_done(&loose);
}

static void
good_csv_is_read_as_rfc_4180_says(void **state)
{
	static const struct example examples[] = {
		{ "a,b\n", "[a][b]|" },
		{ "a,b\r\n", "[a][b]|" },
		{ "a,b", "[a][b]|" },
		{ "a,b\nc,d\n", "[a][b]|[c][d]|" },
		{ "a,\n,b\n", "[a][]|[][b]|" },
		{ "a,", "[a][]|" },
		{ "\"a\",b\n", "[a][b]|" },
		{ "\"\",b\n", "[][b]|" },
		{ "a,\"\"\n", "[a][]|" },
		{ "a,\"\"", "[a][]|" },
		{ "\"a,b\",c\n", "[a,b][c]|" },
		{ "\"a\nb\",c\n", "[a\nb][c]|" },
		{ "\"a\r\nb\",c\r\n", "[a\r\nb][c]|" },
		{ "\"say \"\"hi\"\" now\",c\n", "[say \"hi\" now][c]|" },
		{ "\"\"\"hi\"\"\",c\n", "[\"hi\"][c]|" },
		{ "\"a\"\"\",c\n", "[a\"][c]|" },
		{ "\"a\"\",b\",c\n", "[a\",b][c]|" },
		{ "\"a\"", "[a]|" },
		{ "\"a\"\r\n", "[a]|" },
		{ "\n", "[]|" },
		{ "007,0\n", "[007][0]|" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++)
		expect_fields(&examples[i], ',', LOOSE_NO_FIELD);
}

static void
broken_quotes_are_text(void **state)
{
	static const struct example examples[] = {
		/* inside a field that does not begin with one */
		{ "5'10\" tall,b\n", "[5'10\" tall][b]|" },
		{ " \"a\",b\n", "[ \"a\"][b]|" },
		/* text after what would be the closing one */
		{ "\"a\"b,c\n", "[\"a\"b][c]|" },
		{ "\"dup \"key\" here\",c\n", "[dup \"key\" here][c]|" },
		{ "\"dup \"key\"\",c\n", "[dup \"key\"][c]|" },
		{ "\"dup \"key\"\"\nnext,c\n", "[dup \"key\"]|[next][c]|" },
		/* never closed */
		{ "\"a,b\n", "[\"a][b]|" },
		{ "a,\"b\nc,d\n", "[a][\"b]|[c][d]|" },
		{ "\"", "[\"]|" },
		/* a carriage return that ends no line closes nothing */
		{ "\"a\"\rb\",c\n", "[a\"\rb][c]|" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++)
		expect_fields(&examples[i], ',', LOOSE_NO_FIELD);
}

static void
the_delimiter_is_a_setting(void **state)
{
	(void)state;
	expect_fields(&(struct example){ "a,b\t\"c\td\"\t\n", "[a,b][c\td][]|" }, '\t',
	    LOOSE_NO_FIELD);
	expect_fields(&(struct example){ "a,b|\"c|d\"|\n", "[a,b][c|d][]|" }, '|', LOOSE_NO_FIELD);
}

static void
an_endless_field_goes_on_to_its_delimiter(void **state)
{
	static const struct example examples[] = {
		{ "a,b,c\nd,e,f\n", "[a][b][c]|[d][e][f]|" },
		{ "a,ERROR: x\nDETAIL: y,c\n", "[a][ERROR: x\nDETAIL: y][c]|" },
		{ "a,\"ERROR: x\nDETAIL: y\",c\n", "[a][ERROR: x\nDETAIL: y][c]|" },
		{ "a,\"dup \"x\"\nDETAIL: y\",c\n", "[a][\"dup \"x\"\nDETAIL: y\"][c]|" },
		{ "a,b\n", "[a][b\n]|" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++)
		expect_fields(&examples[i], ',', 1);
}

static void
a_quote_that_closes_too_late_is_text(void **state)
{
	enum { FAR = 70000 };
	SCOPED(buf) bytes = BUF_INIT;
	struct err err = ERR_INIT;
	struct loose loose;
	size_t used;

	(void)state;
	buf_add_text(&bytes, "a,\"b\n");
	for (int i = 0; i < FAR; i++)
		buf_add_byte(&bytes, 'x');
	buf_add_text(&bytes, "\"\n");
	assert_int_equal(loose_init(&loose, &err), 0);
	assert_true(loose_take(&loose, buf_span(&bytes), false, &used));
	assert_int_equal(used, 5);
	assert_true(span_is(loose_text(&loose, 1), "\"b"));
	loose_done(&loose);
}

/* However the bytes come, the record is the same: every proper front part of it asks for more. */
static void
a_record_does_not_depend_on_how_much_is_there_at_once(void **state)
{
	static const char *const records[] = {
		"a,b\r\n", "\"a\",\"b\"\"c\"\r\n", "\"dup \"k\"\",c\n", "\"a\nb\",\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(records); i++) {
		struct span whole = span_of(records[i]);
		struct err err = ERR_INIT;
		struct loose loose;
		size_t used;

		assert_int_equal(loose_init(&loose, &err), 0);
		for (size_t len = 0; len < whole.len; len++) {
			if (loose_take(&loose, (struct span){ whole.ptr, len }, false, &used))
				fail_msg("%s: complete after %zu bytes", records[i], len);
		}
		assert_true(loose_take(&loose, whole, false, &used));
		assert_int_equal(used, whole.len);
		loose_done(&loose);
	}
}

static void
what_is_behind_the_last_field_belongs_to_it(void **state)
{
	SCOPED(buf) bytes = BUF_INIT;
	struct err err = ERR_INIT;
	struct loose loose;
	size_t used;

	(void)state;
	for (int i = 0; i < LOOSE_FIELDS_MOST + 2; i++)
		buf_add_text(&bytes, "x,");
	buf_add_text(&bytes, "\"end\"\n");
	assert_int_equal(loose_init(&loose, &err), 0);
	assert_true(loose_take(&loose, buf_span(&bytes), false, &used));
	assert_int_equal(used, bytes.len);
	assert_int_equal(loose.count, LOOSE_FIELDS_MOST);
	assert_true(span_is(loose_text(&loose, LOOSE_FIELDS_MOST - 1), "x,x,x,\"end\""));
	assert_int_equal(loose_text(&loose, LOOSE_FIELDS_MOST).len, 0);
	loose_done(&loose);
}

static void
what_was_badly_quoted_is_freed_of_its_quotes(void **state)
{
	static const struct example examples[] = {
		{ "plain", "plain" },
		{ "\"a \"\"b\"\" c\"\n", "a \"b\" c" },
		{ "\"a \"b\"\nc\"\r\n", "a \"b\"\nc" },
		{ "\"open", "open" },
		{ "not \"opened\"", "not \"opened\"" },
		{ "bad integer: \"\"", "bad integer: \"\"" },
		{ "\"bad integer: \"\"\"\"\"", "bad integer: \"\"" },
		{ "\"", "" },
		{ "\n", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		SCOPED(buf) text = BUF_INIT;

		loose_unquote(&text, span_of(examples[i].bytes));
		assert_string_equal(buf_text(&text), examples[i].fields);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_csv_is_read_as_rfc_4180_says),
		cmocka_unit_test(broken_quotes_are_text),
		cmocka_unit_test(the_delimiter_is_a_setting),
		cmocka_unit_test(an_endless_field_goes_on_to_its_delimiter),
		cmocka_unit_test(a_quote_that_closes_too_late_is_text),
		cmocka_unit_test(a_record_does_not_depend_on_how_much_is_there_at_once),
		cmocka_unit_test(what_is_behind_the_last_field_belongs_to_it),
		cmocka_unit_test(what_was_badly_quoted_is_freed_of_its_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
