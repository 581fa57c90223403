/* What a job says is done with values: dates, names of people, steps, rules, encodings, cleaning. */
#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/charset.h"
#include "runner/base/dates.h"
#include "runner/base/glob.h"
#include "runner/source/how.h"
#include "runner/source/letters.h"
#include "runner/source/namecase.h"
#include "runner/source/render.h"
#include "tests/unit/input.h"

/* ---- dates */

static void
a_date_is_read_in_its_form_and_sent_as_the_nation_wants_it(void **state)
{
	static const struct {
		enum dates_form form;
		const char *text, *sent; /* NULL: it is none */
	} cases[] = {
		{ DATES_MM_DD_YYYY, "11/03/2026", "11/03/2026" },
		{ DATES_MM_DD_YYYY, " 11/03/2026 ", "11/03/2026" },
		{ DATES_MM_DD_YYYY, "1/3/2026", NULL },
		{ DATES_MM_DD_YYYY, "13/01/2026", NULL },
		{ DATES_MM_DD_YYYY, "00/00/0000", NULL },
		{ DATES_MM_DD_YYYY, "11/03/26", NULL },
		{ DATES_M_D_YYYY, "1/3/2026", "01/03/2026" },
		{ DATES_M_D_YYYY, "12/31/2026", "12/31/2026" },
		{ DATES_M_D_YYYY, "2/30/2026", NULL },
		{ DATES_M_D_YYYY, "123/1/2026", NULL },
		{ DATES_MMDDYYYY, "11032026", "11/03/2026" },
		{ DATES_MMDDYYYY, "1132026", NULL },
		{ DATES_ISO, "2026-11-03", "11/03/2026" },
		{ DATES_ISO, "2024-02-29", "02/29/2024" },
		{ DATES_ISO, "2026-02-29", NULL },
		{ DATES_YYYYMMDD, "20261103", "11/03/2026" },
		{ DATES_YYYYMMDD, "2026110", NULL },
		{ DATES_YYYYMMDD, "202611031", NULL },
		{ DATES_DD_MON_YYYY, "03-NOV-2026", "11/03/2026" },
		{ DATES_DD_MON_YYYY, "03-Nov-2026", "11/03/2026" },
		{ DATES_DD_MON_YYYY, "03-NOX-2026", NULL },
		{ DATES_DD_MON_YYYY, "03-N", NULL },
		{ DATES_YYYY, "1957", "01/01/1957" },
		{ DATES_YYYY, "57", NULL },
		{ DATES_YYYY, "0000", NULL },
		{ DATES_ISO, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct dates_day day;
		char sent[DATES_SENT_BYTES + 1] = "";
		bool is_one = dates_read(cases[i].form, span_of(cases[i].text), &day);

		if (is_one != (cases[i].sent != NULL))
			fail_msg("%s as %s", cases[i].text, dates_name(cases[i].form));
		if (!is_one)
			continue;
		dates_write(day, sent);
		assert_string_equal(sent, cases[i].sent);
	}
}

static void
a_time_of_day_behind_a_date_is_dropped_if_it_is_one(void **state)
{
	static const char *const good[] = { "2016-11-08 00:00:00", "2016-11-08 00:00",
		"2016-11-08T00:00:00Z", "2016-11-08 12:00 AM", "2016-11-08 12:00:00 pm",
		"2016-11-08T23:59:60.999", "2016-11-08T00:00:00+05:30",
		"2016-11-08T00:00:00-0500", "2016-11-08 9:05" };
	static const char *const bad[] = { "2016-11-08 x", "2016-11-08T", "2016-11-08 25:00",
		"2016-11-08 00:61", "2016-11-08 00:00:61", "2016-11-08 00", "2016-11-08 00:00 XM",
		"2016-11-08 00:00:00+", "2016-11-08 00:00:00+05:", "2016-11-0800:00",
		"2016-11-08 00:00:00 2016" };
	struct dates_day day;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		if (!dates_read(DATES_ISO, span_of(good[i]), &day))
			fail_msg("%s", good[i]);
		assert_int_equal(dates_number(day), 20161108);
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		if (dates_read(DATES_ISO, span_of(bad[i]), &day))
			fail_msg("%s", bad[i]);
	}
}

static void
the_names_of_forms_are_found_again(void **state)
{
	(void)state;
	for (unsigned i = 0; i < DATES_FORM_COUNT; i++) {
		enum dates_form form;

		assert_int_equal(dates_find(span_of(dates_name((enum dates_form)i)), &form), 0);
		assert_int_equal(form, i);
	}
}

/* ---- patterns, encodings by name */

static void
a_pattern_fits_whole_texts(void **state)
{
	(void)state;
	assert_true(glob_fits("GENERAL-*", span_of("GENERAL-11/03/2015")));
	assert_false(glob_fits("GENERAL-*", span_of("PRIMARY-11/03/2015")));
	assert_true(glob_fits("*-*-*", span_of("a-b-c")));
	assert_false(glob_fits("*-*-*", span_of("a-bc")));
	assert_true(glob_fits("N??ez", span_of("Núñez")));
	assert_true(glob_fits("*ez", span_of("Núñez")));
	assert_true(glob_fits("", span_of("")));
	assert_true(glob_fits("*", span_of("")));
	assert_false(glob_fits("a", span_of("")));
	assert_false(glob_fits("", span_of("a")));
	assert_true(glob_fits("*aab", span_of("aaaaab")));
}

static void
encodings_are_known_by_the_names_that_people_use(void **state)
{
	static const struct {
		const char *name, *found;
	} cases[] = {
		{ "UTF-8", "UTF-8" }, { "utf8", "UTF-8" }, { "latin1", "ISO-8859-1" },
		{ "latin-1", "ISO-8859-1" }, { "Latin 9", "ISO-8859-15" }, { "cp1252", "windows-1252" },
		{ "WINDOWS-1250", "windows-1250" }, { "win1252", "windows-1252" },
		{ "iso8859-15", "ISO-8859-15" }, { "iso_8859-1", "ISO-8859-1" },
		{ "MacRoman", "macintosh" }, { "ascii", "US-ASCII" }, { "utf-16le", "UTF-16LE" },
		{ "ISO-8859-12", NULL }, { "EUC-JP", NULL }, { "UTF-7", NULL }, { "", NULL },
		{ "windows-12521252125212521252125212521252", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct charset *charset = charset_find(span_of(cases[i].name));

		if ((charset != NULL) != (cases[i].found != NULL))
			fail_msg("%s", cases[i].name);
		if (charset)
			assert_string_equal(charset->name, cases[i].found);
	}
	assert_true(span_is(charset_suggest(span_of("windos-1252")), "windows-1252"));
}

static void
every_encoding_that_may_be_named_can_be_read(void **state)
{
	static const char *const names[] = { "US-ASCII", "windows-1250", "windows-1251",
		"windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
		"windows-1257", "windows-1258", "ISO-8859-1", "ISO-8859-2", "ISO-8859-3",
		"ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8",
		"ISO-8859-9", "ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14",
		"ISO-8859-15", "ISO-8859-16", "macintosh" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		struct err err = ERR_INIT;
		struct encoding encoding;

		assert_int_equal(encoding_make(&encoding, names[i], &err), 0);
		assert_int_equal(encoding.size[0], 0);
		for (unsigned byte = 1; byte < 0x80; byte++) {
			assert_int_equal(encoding.size[byte], 1);
			assert_int_equal(encoding.utf8[byte][0], byte);
		}
	}
}

static void
bytes_without_a_meaning_are_found(void **state)
{
	struct err err = ERR_INIT;
	struct encoding encoding;
	char text[200], decoded[600];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(encoding_make(&encoding, "windows-1252", &err), 0);
	assert_int_equal(encoding_check(&encoding, text, sizeof(text)), sizeof(text));
	for (size_t at = 0; at < sizeof(text); at++) {
		text[at] = '\x81';
		assert_int_equal(encoding_check(&encoding, text, sizeof(text)), at);
		assert_int_equal(encoding_is_ascii((struct span){ text, sizeof(text) }), false);
		text[at] = '\x80';
		assert_int_equal(encoding_check(&encoding, text, sizeof(text)), sizeof(text));
		text[at] = 'a';
	}
	text[0] = '\x80';
	text[1] = '\xD1';
	*encoding_decode(&encoding, (struct span){ text, 3 }, decoded) = '\0';
	assert_string_equal(decoded, "€Ña");
	/* Control characters of ISO-8859-1 are letters of windows-1252. */
	assert_int_equal(encoding_make(&encoding, "ISO-8859-1", &err), 0);
	for (unsigned byte = 0x80; byte < 0x100; byte++)
		assert_int_equal(encoding.size[byte] != 0, byte >= 0xA0);
	assert_int_equal(encoding_make(&encoding, "US-ASCII", &err), 0);
	for (unsigned byte = 0x80; byte < 0x100; byte++)
		assert_int_equal(encoding.size[byte], 0);
}

static void
bytes_are_shown_as_another_encoding_would_read_them(void **state)
{
	SCOPED(buf) shown = BUF_INIT;

	(void)state;
	assert_int_equal(encoding_show(&shown, "windows-1252", span_of("N\xFA\xF1"
								       "ez\x80\x92")),
	    0);
	assert_string_equal(buf_text(&shown), "Núñez€’");
	assert_int_equal(encoding_show(&shown, "windows-1252", span_of("a\x81")), -1);
	assert_string_equal(buf_text(&shown), "Núñez€’");
}

/* ---- names of people */

static void
names_are_written_as_people_write_them(void **state)
{
	static const char *const cases[][2] = {
		{ "SMITH", "Smith" }, { "smith", "Smith" }, { "MCDONALD", "McDonald" },
		{ "MCCOY", "McCoy" }, { "MC", "Mc" }, { "MCA", "Mca" }, { "MACDONALD", "Macdonald" },
		{ "O'BRIEN", "O'Brien" }, { "O’BRIEN", "O’Brien" }, { "D'ANGELO", "D'Angelo" },
		{ "JOHN'S", "John's" }, { "VAN DER BERG", "van der Berg" },
		{ "DE LA CRUZ", "de la Cruz" }, { "LA RUE", "La Rue" }, { "VAN", "Van" },
		{ "SMITH-JONES", "Smith-Jones" }, { "SMITH-MCGEE", "Smith-McGee" },
		{ "HENRY III", "Henry III" }, { "III", "III" }, { "HENRY VI", "Henry VI" },
		{ "VI", "Vi" }, { "KING, IV.", "King, IV." }, { "IVAN", "Ivan" }, { "JR", "Jr" },
		{ "ST. JOHN", "St. John" }, { "J.R.", "J.R." }, { "3RD", "3rd" },
		{ "JOHN (BUD)", "John (Bud)" }, { "  ANN  LEE ", "  Ann  Lee " }, { " ", " " },
		{ "", "" }, { "NÚÑEZ", "Núñez" }, { "ÉLODIE", "Élodie" }, { "ñ", "Ñ" },
		{ "MacDonald", "MacDonald" }, { "deSoto", "deSoto" }, { "iPhone", "iPhone" },
		{ "MARÍA-JOSÉ", "María-José" }, { "JOSE\xCC\x81", "Jose\xCC\x81" }, { "12", "12" },
		{ "VAN ", "Van " }, { "MC DONALD", "Mc Donald" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char to[128];

		*namecase_write(span_of(cases[i][0]), to) = '\0';
		assert_string_equal(to, cases[i][1]);
	}
}

static void
letters_have_their_case_in_all_of_unicode(void **state)
{
	char to[128];

	(void)state;
	*letters_upper(span_of("Straße núñez ÿ éa"), to) = '\0';
	assert_string_equal(to, "STRAẞE NÚÑEZ Ÿ ÉA");
	*letters_lower(span_of("NÚÑEZ ÅÄÖ Σ İ"), to) = '\0';
	assert_string_equal(to, "núñez åäö σ i");
}

/* ---- steps */

static const struct recipe_entry party_entries[] = {
	{ "DEM", RECIPE_SEND, "D" },
	{ "NONE", RECIPE_BLANK, "blank" },
	{ "XXX", RECIPE_REJECT, "reject" },
	{ "OTH", RECIPE_KEEP, "keep" },
	{ "", RECIPE_SEND, "U" },
};

/* The value after the steps, "(left out)", and behind it the reasons that were met. */
static void
expect_steps(const struct recipe_step *steps, size_t count, const char *value, const char *wanted)
{
	const struct recipe_how recipe = { steps, count };
	struct reasons reasons = { NULL, 0 };
	SCOPED(pool) pool = POOL_INIT;
	SCOPED(buf) got = BUF_INIT;
	struct err err = ERR_INIT;
	struct how_hit hits[8];
	struct how_bench bench = { &pool, hits, 0 };
	struct span text = span_of(value);
	struct how how;

	assert_int_equal(how_init(&how, &(struct how_options){ &recipe, "col", REASONS_LEFT_OUT },
			     &reasons, &err),
	    0);
	if (how_follow(&how, &text, &bench) == HOW_LEFT_OUT)
		buf_add_text(&got, "(left out)");
	else
		buf_add_span(&got, text);
	for (size_t i = 0; i < bench.hit_count; i++)
		buf_printf(&got, " | %s %s: %.*s", reasons_word(reasons.items[hits[i].reason].kind),
		    reasons.items[hits[i].reason].words, SPAN_ARG(hits[i].value));
	assert_string_equal(buf_text(&got), wanted);
	how_done(&how);
	reasons_done(&reasons);
}

#define EXPECT_STEP(value, wanted, ...)                                        \
	do {                                                                   \
		const struct recipe_step step_[] = { { __VA_ARGS__ } };        \
		expect_steps(step_, ARRAY_COUNT(step_), value, wanted);        \
	} while (0)

static void
each_step_does_what_it_says(void **state)
{
	(void)state;
	EXPECT_STEP(" a b ", " a b ", .kind = RECIPE_FIRST, .count = 10);
	EXPECT_STEP(" a b ", "a b", .kind = RECIPE_TRIM);
	EXPECT_STEP("  a \t\r\n b ", "a b", .kind = RECIPE_SQUEEZE);
	EXPECT_STEP("", "", .kind = RECIPE_SQUEEZE);
	EXPECT_STEP("(537) 570-7208", "5375707208", .kind = RECIPE_DIGITS);
	EXPECT_STEP("Ünï", "ÜNÏ", .kind = RECIPE_UPPER);
	EXPECT_STEP("ÜNÏ", "ünï", .kind = RECIPE_LOWER);
	EXPECT_STEP("O'BRIEN", "O'Brien", .kind = RECIPE_NAME_CASE);
	EXPECT_STEP(" 460 ", "00460", .kind = RECIPE_ZERO_FILL, .count = 5);
	EXPECT_STEP("123456", "123456", .kind = RECIPE_ZERO_FILL, .count = 5);
	EXPECT_STEP("4A", "4A", .kind = RECIPE_ZERO_FILL, .count = 5);
	EXPECT_STEP(" ", " ", .kind = RECIPE_ZERO_FILL, .count = 5);
	EXPECT_STEP("Núñez", "Núñ", .kind = RECIPE_FIRST, .count = 3);
	EXPECT_STEP("Nú", "Nú", .kind = RECIPE_FIRST, .count = 3);
	EXPECT_STEP(" ", "US", .kind = RECIPE_DEFAULT, .text = "US");
	EXPECT_STEP("CA", "CA", .kind = RECIPE_DEFAULT, .text = "US");
	EXPECT_STEP("GENERAL-11/03/2015", "11/03/2015", .kind = RECIPE_BEHIND, .text = "-");
	EXPECT_STEP("GENERAL", "GENERAL", .kind = RECIPE_BEHIND, .text = "-");
}

static void
an_impossible_date_is_sent_blank_and_counted_or_leaves_the_row_out(void **state)
{
	(void)state;
	EXPECT_STEP("20261103", "11/03/2026", .kind = RECIPE_DATE, .form = DATES_YYYYMMDD,
	    .words = "date YYYYMMDD");
	EXPECT_STEP(" ", "", .kind = RECIPE_DATE, .form = DATES_YYYYMMDD, .words = "date YYYYMMDD");
	EXPECT_STEP(" 20261303 ", " | blanked col date YYYYMMDD: 20261303", .kind = RECIPE_DATE,
	    .form = DATES_YYYYMMDD, .words = "date YYYYMMDD");
	EXPECT_STEP("x", "(left out) | left_out col date YYYYMMDD or reject: x", .kind = RECIPE_DATE,
	    .form = DATES_YYYYMMDD, .rejects = true, .words = "date YYYYMMDD or reject");
}

static void
a_map_knows_values_without_the_blanks_at_their_ends(void **state)
{
	static const struct recipe_map open = { "party", party_entries, 5, false, { 0 } };
	static const struct recipe_map closed = { "party", party_entries, 4, true,
		{ "*", RECIPE_REJECT, "reject" } };
	static const struct recipe_map blanking = { "party", party_entries, 1, true,
		{ "*", RECIPE_BLANK, "blank" } };
	static const struct recipe_map keeping = { "party", party_entries, 1, true,
		{ "*", RECIPE_KEEP, "keep" } };
	static const struct recipe_map one = { "party", party_entries, 1, true,
		{ "*", RECIPE_SEND, "Other" } };

	(void)state;
	EXPECT_STEP(" DEM ", "D", .kind = RECIPE_MAP, .map = &open);
	EXPECT_STEP("dem", "dem | kept col map party: dem", .kind = RECIPE_MAP, .map = &open);
	EXPECT_STEP("NONE", "", .kind = RECIPE_MAP, .map = &open);
	EXPECT_STEP("OTH", "OTH", .kind = RECIPE_MAP, .map = &open);
	EXPECT_STEP(" ", "U", .kind = RECIPE_MAP, .map = &open);
	EXPECT_STEP("XXX", "(left out) | left_out col map party (\"XXX\", \"reject\"): XXX",
	    .kind = RECIPE_MAP, .map = &open);
	EXPECT_STEP("LIB", "(left out) | left_out col map party (\"*\", \"reject\"): LIB",
	    .kind = RECIPE_MAP, .map = &closed);
	EXPECT_STEP(" ", " ", .kind = RECIPE_MAP, .map = &closed);
	EXPECT_STEP("LIB", "", .kind = RECIPE_MAP, .map = &blanking);
	EXPECT_STEP(" LIB", " LIB | kept col map party: LIB", .kind = RECIPE_MAP, .map = &keeping);
	EXPECT_STEP("LIB", "Other", .kind = RECIPE_MAP, .map = &one);
}

static void
steps_are_taken_from_left_to_right(void **state)
{
	static const struct recipe_map map = { "m", party_entries, 1, false, { 0 } };
	const struct recipe_step steps[] = {
		{ .kind = RECIPE_FIRST, .count = 3 },
		{ .kind = RECIPE_UPPER },
		{ .kind = RECIPE_MAP, .map = &map },
		{ .kind = RECIPE_DEFAULT, .text = "none" },
	};

	(void)state;
	expect_steps(steps, ARRAY_COUNT(steps), "democrat", "D");
	expect_steps(steps, ARRAY_COUNT(steps), "", "none");
}

/* A table finds every text in it, and no other, however many there are. */
static void
a_table_finds_what_is_in_it(void **state)
{
	static char texts[3000][8];
	struct err err = ERR_INIT;
	SCOPED(table) table = TABLE_NONE;

	(void)state;
	assert_int_equal(table_init(&table, ARRAY_COUNT(texts), &err), 0);
	assert_int_equal(table_find(&table, span_of("")), TABLE_MISSING);
	for (unsigned i = 0; i < ARRAY_COUNT(texts); i++) {
		snprintf(texts[i], sizeof(texts[i]), "%u", i * 7);
		table_add(&table, span_of(texts[i]));
	}
	for (unsigned i = 0; i < ARRAY_COUNT(texts) * 7; i++) {
		char text[8];

		snprintf(text, sizeof(text), "%u", i);
		assert_int_equal(table_find(&table, span_of(text)),
		    i % 7 ? TABLE_MISSING : (int)(i / 7));
	}
}

/* ---- whole records */

static const struct dialect tab = { '\t', true, false };
static const struct dialect tab_strays = { '\t', true, true };

/* The rows as sent, and a line for each reason that was met. */
static void
render_all(struct buf *sent, const char *text, struct layout_options options)
{
	struct input input = { .text = text, .len = strlen(text) };
	struct reader reader = input_reader(&input);
	struct rows_options from = { .reader = &reader,
		.dialect = options.dialect,
		.encoding = options.encoding,
		.most_record_bytes = 1u << 20,
		.window_bytes = 64 };
	enum rows_verdict verdict;
	SCOPED(layout) layout;
	SCOPED(render) render = { .layout = NULL };
	SCOPED(rows) rows;
	struct err err = ERR_INIT;
	struct row row;
	uint32_t records;

	assert_int_equal(rows_init(&rows, &from, &err), 0);
	assert_int_equal(layout_read(&layout, &options, &rows, "voters.txt", &err), 0);
	assert_int_equal(render_init(&render, &layout, &err), 0);
	buf_add_span(sent, buf_span(&layout.header));
	while (rows_pull(&rows, &row, &verdict, &err) == 0 && verdict == ROWS_ROW) {
		assert_int_equal(render_take(&render, &row, &records, &err), 0);
		for (size_t i = 0; i < render.hit_count; i++) {
			const struct reasons_item *reason =
			    &layout.reasons.items[render.hits[i].reason];

			buf_printf(sent, "[%s %s: %.*s]\n", reasons_word(reason->kind),
			    reason->words, SPAN_ARG(render.hits[i].value));
		}
		if (records)
			render_write(&render, sent);
	}
	if (verdict != ROWS_END)
		buf_printf(sent, "problem %d at %llu\n", (int)rows.scan.problem.kind,
		    (unsigned long long)rows.scan.problem.byte);
}

static void
expect_rendered(const char *text, struct layout_options options, const char *wanted)
{
	SCOPED(buf) sent = BUF_INIT;

	render_all(&sent, text, options);
	assert_string_equal(buf_text(&sent), wanted);
}

static void
values_and_names_of_columns_are_decoded(void **state)
{
	static const struct layout_column columns[] = { { .from = "Name\u00D1", .to = "last_name" } };
	struct encoding encoding;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(encoding_make(&encoding, "windows-1252", &err), 0);
	expect_rendered("x\tName\xD1\n1\tN\xFA\xF1"
			"ez\n2\t\"\x93\"\"\x94\"\n3\tplain\n",
	    (struct layout_options){ .dialect = tab, .columns = columns, .column_count = 1,
		.encoding = &encoding },
	    "last_name\nNúñez\n\"“\"\"”\"\nplain\n");
	expect_rendered("last_name\nN\x81\n",
	    (struct layout_options){ .dialect = { ',', true, false }, .encoding = &encoding },
	    "last_name\nproblem 10 at 11\n");
}

static void
columns_can_be_joined(void **state)
{
	static const struct recipe_step squeeze[] = { { .kind = RECIPE_SQUEEZE } };
	static const struct layout_column columns[] = {
		{ "{no} {street} {type}", "registered_address.address1", { squeeze, 1 } },
		{ "#{no}", "note", { NULL, 0 } },
	};

	(void)state;
	expect_rendered("type\tno\tstreet\nST\t12\tMAIN\n \t\t\"A \"\"B\"\"\"\n",
	    (struct layout_options){ .dialect = tab, .columns = columns, .column_count = 2 },
	    "registered_address.address1,note\n12 MAIN ST,#12\n\"A \"\"B\"\"\",#\n");
}

static void
only_rows_that_keep_all_rules_are_sent(void **state)
{
	static const char *const in[] = { "A", " I " }, *const glob[] = { "N*" };
	static const struct recipe_rule rules[] = {
		{ .words = "st in A, I", .column = "st", .test = RECIPE_IN, .values = in,
		    .value_count = 2 },
		{ .words = "id not blank", .column = "id", .test = RECIPE_NOT_BLANK },
		{ .words = "no matches N*", .column = "no", .test = RECIPE_MATCHES, .values = glob,
		    .value_count = 1 },
		{ .words = "day before 11/03/2026", .column = "day", .test = RECIPE_BEFORE,
		    .form = DATES_ISO, .day = 20261103 },
		{ .words = "day after 11/03/2025", .column = "day", .test = RECIPE_LATER,
		    .form = DATES_ISO, .day = 20251103 },
	};
	static const struct layout_column columns[] = { { .from = "id", .to = "state_file_id" } };

	(void)state;
	expect_rendered("id\tst\tno\tday\n"
			"1\t A\tN1\t2026-11-02\n"
			"2\tX\tN1\t2026-11-02\n"
			"\" \"\tI\tN1\t2026-11-02\n"
			"4\tI\tM1\t2026-11-02\n"
			"5\tI\tN1\t2026-11-03\n"
			"6\tI\tN1\t2025-11-03\n"
			"7\tI\tN1\t\n"
			"8\tI\tN\t2025-11-04\n",
	    (struct layout_options){ .dialect = tab, .columns = columns, .column_count = 1,
		.rules = rules, .rule_count = ARRAY_COUNT(rules) },
	    "state_file_id\n"
	    "1\n"
	    "[left_out only st in A, I: X]\n"
	    "[left_out only id not blank: ]\n"
	    "[left_out only no matches N*: M1]\n"
	    "[left_out only day before 11/03/2026: 2026-11-03]\n"
	    "[left_out only day after 11/03/2025: 2025-11-03]\n"
	    "[left_out only day before 11/03/2026: ]\n"
	    "8\n");
}

static void
rules_can_exclude(void **state)
{
	static const char *const values[] = { "X" };
	static const struct recipe_rule rules[] = {
		{ .words = "st != X", .column = "st", .test = RECIPE_NOT_IN, .values = values,
		    .value_count = 1 },
		{ .words = "why blank", .column = "why", .test = RECIPE_IS_BLANK },
	};

	(void)state;
	expect_rendered("st\twhy\nX\t\nA\t \nA\tmoved\n",
	    (struct layout_options){
		.dialect = tab, .rules = rules, .rule_count = ARRAY_COUNT(rules) },
	    "st,why\n[left_out only st != X: X]\nA,\" \"\n[left_out only why blank: moved]\n");
}

static void
what_changed_in_a_row_that_is_left_out_does_not_count(void **state)
{
	static const struct recipe_map map = { "m", party_entries, 0, true,
		{ "*", RECIPE_REJECT, "reject" } };
	static const struct recipe_step date[] = { { .kind = RECIPE_DATE, .form = DATES_ISO,
	    .words = "date YYYY-MM-DD" } };
	static const struct recipe_step reject[] = { { .kind = RECIPE_MAP, .map = &map } };
	static const struct layout_column columns[] = {
		{ "day", "registered_at", { date, 1 } },
		{ "party", "party", { reject, 1 } },
	};

	(void)state;
	expect_rendered("day\tparty\nx\tLIB\ny\t\n",
	    (struct layout_options){ .dialect = tab, .columns = columns, .column_count = 2 },
	    "registered_at,party\n"
	    "[left_out party map m (\"*\", \"reject\"): LIB]\n"
	    "[blanked day date YYYY-MM-DD: y]\n"
	    ",\n");
}

static void
what_splits_rows_at_the_nation_can_be_cleaned(void **state)
{
	(void)state;
	expect_rendered("a\tb\n\"1\r\n\r\n2\"\t\"x\ny\rz\"\n",
	    (struct layout_options){ .dialect = tab, .cleans_returns = true },
	    "a,b\n1 2,x y z\n");
	expect_rendered("a\tb\n\"1 \"\"2\"\"\"\tTHE \"BIG\" ONE\n5'10\" TALL\t\"\"\"\"\n",
	    (struct layout_options){ .dialect = tab_strays, .cleans_quotes = true },
	    "a,b\n1 '2',THE 'BIG' ONE\n5'10' TALL,'\n");
	/* Where the record ends cannot be known. */
	expect_rendered("a\tb\n\"Bud\" Smith\t1\n",
	    (struct layout_options){ .dialect = tab_strays, .cleans_quotes = true },
	    "a,b\nproblem 4 at 9\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_read_in_its_form_and_sent_as_the_nation_wants_it),
		cmocka_unit_test(a_time_of_day_behind_a_date_is_dropped_if_it_is_one),
		cmocka_unit_test(the_names_of_forms_are_found_again),
		cmocka_unit_test(a_pattern_fits_whole_texts),
		cmocka_unit_test(encodings_are_known_by_the_names_that_people_use),
		cmocka_unit_test(every_encoding_that_may_be_named_can_be_read),
		cmocka_unit_test(bytes_without_a_meaning_are_found),
		cmocka_unit_test(bytes_are_shown_as_another_encoding_would_read_them),
		cmocka_unit_test(names_are_written_as_people_write_them),
		cmocka_unit_test(letters_have_their_case_in_all_of_unicode),
		cmocka_unit_test(each_step_does_what_it_says),
		cmocka_unit_test(an_impossible_date_is_sent_blank_and_counted_or_leaves_the_row_out),
		cmocka_unit_test(a_map_knows_values_without_the_blanks_at_their_ends),
		cmocka_unit_test(steps_are_taken_from_left_to_right),
		cmocka_unit_test(a_table_finds_what_is_in_it),
		cmocka_unit_test(values_and_names_of_columns_are_decoded),
		cmocka_unit_test(columns_can_be_joined),
		cmocka_unit_test(only_rows_that_keep_all_rules_are_sent),
		cmocka_unit_test(rules_can_exclude),
		cmocka_unit_test(what_changed_in_a_row_that_is_left_out_does_not_count),
		cmocka_unit_test(what_splits_rows_at_the_nation_can_be_cleaned),
	};

	return cmocka_run_group_tests_name("transform", tests, NULL, NULL);
}
