#include "platform.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/script.h"
#include "tests/unit/job_fixture.h"

/* ---- the layout of a complaint, in full ---- */

static const char *
complaint_about(const char *text)
{
	static struct err err;
	SCOPED(settings) settings;

	settings_init(&settings);
	assert_int_equal(job_from(text, &settings, &err), -1);
	return err.text;
}

static void
a_complaint_shows_both_lines_the_mark_and_the_way_out(void **state)
{
	(void)state;
	assert_string_equal(
	    complaint_about(JOB_HEAD "sources = ( {\n"
				     "  type = \"people\"; input = \"a.csv\";\n"
				     "  columns = (\n"
				     "    ( \"sos_id\",    \"state_file_id\" ),\n"
				     "    ( \"district\",  \"state_lower_district\" ),\n"
				     "  );\n"
				     "} );\n"),
	    "lists/job.cfg:9: a comma before \")\"\n"
	    "    8 |     ( \"district\",  \"state_lower_district\" ),\n"
	    "    9 |   );\n"
	    "      |   ^ lists end without a comma: remove the one on line 8\n"
	    "Nothing was sent.");
}

static void
line_numbers_stand_right_aligned(void **state)
{
	(void)state;
	assert_string_equal(complaint_about("\n\n\n\n\n\n\n\na = 1;\na = 2;\n"),
	    "lists/job.cfg:10: `a` is set twice\n"
	    "     9 | a = 1;\n"
	    "    10 | a = 2;\n"
	    "       | ^ the first is in line 9: remove one of them\n"
	    "Nothing was sent.");
}

static void
the_mark_stands_under_its_character_behind_tabs_and_letters_of_two_bytes(void **state)
{
	(void)state;
	assert_string_equal(complaint_about("\ta = \"Núñez\"; b = no;\n"),
	    "lists/job.cfg:1: no is not a value\n"
	    "    1 |         a = \"Núñez\"; b = no;\n"
	    "      |                          ^ write  false\n"
	    "Nothing was sent.");
}

static void
of_a_long_line_the_part_around_the_mark_is_shown(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	buf_add_text(&text, "a = \"");
	for (int i = 0; i < 500; i++)
		buf_add_byte(&text, 'x');
	buf_add_text(&text, "\"; b = no; c = \"");
	for (int i = 0; i < 500; i++)
		buf_add_byte(&text, 'y');
	buf_add_text(&text, "\";\n");
	assert_string_equal(complaint_about(buf_text(&text)),
	    "lists/job.cfg:1: no is not a value\n"
	    "    1 | ...xxxxxxxxxxxxxxxxxxxxxxx\"; b = no; c = \"yyyyyyyyyyyyyyyyyyyyyy...\n"
	    "      |                                  ^ write  false\n"
	    "Nothing was sent.");
}

static void
a_token_pasted_into_the_job_file_is_never_shown(void **state)
{
	static const char *const texts[] = {
		"nation = { token = \"5ECRET\"; slug = 1; };\n",
		"nation = { token=\"5ECRET\" };\na = ;\n",
		"version = 1;\nnation = { slug = \"a\"; token : \"5ECRET\"; };\n",
		"nation = { token = '5ECRET'; };\n",
		"nation = { url = \"https://ann:5ECRET@nb.example\"; };\n",
		"nation = { proxy = \"http://ann:5ECRET@proxy.example\"; };\n",
		"nation = { token = \"5ECRET\"; },,\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		const char *complaint = complaint_about(texts[i]);

		if (strstr(complaint, "5ECRET"))
			fail_msg("%s", complaint);
		assert_non_null(strstr(complaint, "Nothing was sent."));
	}
}

static void
behind_a_token_left_out_the_mark_still_stands_under_its_character(void **state)
{
	(void)state;
	assert_string_equal(complaint_about("nation = { token = \"5ECRET5ECRET\"; slug = yes; };\n"),
	    "lists/job.cfg:1: yes is not a value\n"
	    "    1 | nation = { token = \"...\"; slug = yes; };\n"
	    "      |                                  ^ write  true\n"
	    "Nothing was sent.");
	assert_string_equal(complaint_about("nation = { token = \"5ECRET\001\"; };\n"),
	    "lists/job.cfg:1: byte 01 has no place in a job file\n"
	    "    1 | nation = { token = \"...\"; };\n"
	    "      |                     ^ remove it\n"
	    "Nothing was sent.");
}

static void
what_a_text_holds_cannot_act_on_a_terminal(void **state)
{
	(void)state;
	assert_non_null(strstr(complaint_about(JOB_OF_PEOPLE(
			    "header = [ \"email\" ]; columns = ( ( \"\\x1b[31m\", \"email\" ) );")),
	    "lists/job.cfg:5: no column \"\\x1B[31m\" in `sources.header`\n"));
}

static void
where_a_token_is_may_be_shown(void **state)
{
	(void)state;
	assert_non_null(strstr(complaint_about("nation = { token = \"file:a.token\"; slug = 1; };\n"),
	    "token = \"file:a.token\"; slug = 1;"));
}

/* ---- what libconfig calls a syntax error, or takes for something else ---- */

static void
commas_too_many_are_named(void **state)
{
	(void)state;
	JOB_REFUSED("a = ( 1, 2, );\n", 1, "a comma before \")\"",
	    "lists end without a comma: remove it");
	JOB_REFUSED("a = [ 1,\n];\n", 2, "a comma before \"]\"",
	    "arrays end without a comma: remove the one on line 1");
	JOB_REFUSED("a = ( 1,, 2 );\n", 1, "a comma too many", "nothing stands before it");
	JOB_REFUSED("a = ( , 1 );\n", 1, "a comma too many", "nothing stands before it");
	JOB_REFUSED("a = 1;;\n", 1, "a \";\" too many", "remove it");
	JOB_REFUSED("a = { b = 1; };,\n", 1, "a \",\" too many", "remove it");
}

static void
a_missing_comma_is_named_where_libconfig_would_join_two_texts(void **state)
{
	(void)state;
	JOB_REFUSED("a = [ \"ALA.txt\"\n  \"BAK.txt\" ];\n", 2,
	    "a comma is missing before \"BAK.txt\"", "the parts of a list stand apart by commas");
	JOB_REFUSED("a = ( ( \"a\" ) ( \"b\" ) );\n", 1, "a comma is missing before \"(\"",
	    "the parts of a list stand apart by commas");
	JOB_REFUSED("a = ( 1 2 );\n", 1, "a comma is missing before \"2\"",
	    "the parts of a list stand apart by commas");
}

static void
missing_brackets_are_named_where_they_open(void **state)
{
	(void)state;
	JOB_REFUSED("nation = {\n slug = \"a\";\nsources = ( );\n", 1, "a \"}\" is missing",
	    "this bracket is never closed");
	JOB_REFUSED("a = (\n { b = 1;\n);\n", 3, "a \"}\" is missing before \")\"",
	    "the bracket opened in line 2 is still open");
	JOB_REFUSED("a = ( 1, 2 ];\n", 1, "a \")\" is missing before \"]\"",
	    "the bracket opened in line 1 is still open");
	JOB_REFUSED("a = ( 1, 2;\n", 1, "a \")\" is missing before \";\"",
	    "the bracket opened in line 1 is still open");
	JOB_REFUSED("a = ( 1,\n", 1, "a \")\" is missing", "this bracket is never closed");
	JOB_REFUSED("a = [ 1\n", 1, "a \"]\" is missing", "this bracket is never closed");
	JOB_REFUSED("a = 1; }\n", 1, "a \"}\" too many", "no bracket is open here");
}

static void
missing_and_foreign_quotation_marks_are_named(void **state)
{
	(void)state;
	JOB_REFUSED("a = \"people;\nb = 1;\n", 1, "a quotation mark is missing",
	    "this text has no end in its line");
	JOB_REFUSED("a = people\";\n", 1, "a text without quotation marks",
	    "write it in \"double quotation marks\"");
	JOB_REFUSED("a = people;\n", 1, "a text without quotation marks",
	    "write it in \"double quotation marks\"");
	JOB_REFUSED("a = 'people';\n", 1, "a text in single quotation marks",
	    "write it in \"double\" ones");
	JOB_REFUSED("a = \xE2\x80\x9Cpeople\xE2\x80\x9D;\n", 1, "a typographic quotation mark",
	    "write \" instead");
	JOB_REFUSED("a = ~/nb.token;\n", 1, "a path without quotation marks",
	    "write it in \"double quotation marks\"");
	JOB_REFUSED("a\xC2\xA0= 1;\n", 1, "a no-break space", "replace it by a plain one");
	JOB_REFUSED("a = $HOME;\n", 1, "this character has no place here",
	    "texts stand in \"double quotation marks\"");
}

static void
words_for_truths_that_libconfig_does_not_know_are_named(void **state)
{
	(void)state;
	JOB_REFUSED("a = yes;\n", 1, "yes is not a value", "write  true");
	JOB_REFUSED("a = No;\n", 1, "No is not a value", "write  false");
	JOB_REFUSED("a = on;\n", 1, "on is not a value", "write  true");
	JOB_REFUSED("a = off;\n", 1, "off is not a value", "write  false");
}

static void
settings_that_are_no_settings_are_named(void **state)
{
	(void)state;
	JOB_REFUSED("nation.slug = \"a\";\n", 1, "a name cannot hold a dot",
	    "write  nation = { ... = ...; };");
	JOB_REFUSED("a 1;\n", 1, "\"=\" is missing after a", "write  a = value;");
	JOB_REFUSED("a\n", 1, "\"=\" is missing after a", "write  a = value;");
	JOB_REFUSED("a = ;\n", 1, "a value is missing after \"=\"",
	    "write one, or remove the setting");
	JOB_REFUSED("a =\nb = 1;\n", 1, "a value is missing after \"=\"",
	    "write one, or remove the setting");
	JOB_REFUSED("a =", 1, "a value is missing after \"=\"", "write one, or remove the setting");
	JOB_REFUSED("= 1;\n", 1, "a name is missing before \"=\"", "write  name = value;");
	JOB_REFUSED("\"a\" = 1;\n", 1, "a text where a setting's name should be",
	    "names stand without quotation marks; lists in ( ) or [ ]");
	JOB_REFUSED("5 = 1;\n", 1, "a setting's name should stand here", "write  name = value;");
	JOB_REFUSED("true = 1;\n", 1, "a setting's name should stand here", "write  name = value;");
	JOB_REFUSED("_a = 1;\n", 1, "a name begins with a letter", "remove the _");
	JOB_REFUSED("a = ( b = 1 );\n", 1, "a setting among the parts of a list",
	    "settings stand in { }");
	JOB_REFUSED("a = { b = 1; b = 2; };\n", 1, "`b` is set twice",
	    "the first is in line 1: remove one of them");
}

static void
numbers_that_libconfig_would_change_are_named(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_WITH("limits = { chunk = 37.5MB; };\n"), 5, "37.5MB is not a plain number",
	    "if it has a unit, write  \"37.5MB\"");
	JOB_REFUSED(JOB_WITH("retry = { settle = 10ms; };\n"), 5, "10ms is not a plain number",
	    "if it has a unit, write  \"10ms\"");
	JOB_REFUSED(JOB_WITH("limits = { requests = 200/10s; };\n"), 5,
	    "200/10s is not a plain number", "if it has a unit, write  \"200/10s\"");
	JOB_REFUSED(JOB_WITH("limits = { uploads = 010; };\n"), 5,
	    "a number does not begin with 0",
	    "write it without the 0, or as a text in quotation marks");
	JOB_REFUSED(JOB_WITH("limits = { uploads = 4294967298; };\n"), 5,
	    "`limits.uploads` is out of range",
	    "1 to 16: the nation works through imports one after another");
	JOB_REFUSED(JOB_WITH("limits = { uploads = 99999999999999999999; };\n"), 5,
	    "a number of 20 digits", "no setting takes one that large");
	JOB_REFUSED(JOB_WITH("limits = { uploads = 999999999999999999; };\n"), 5,
	    "`limits.uploads` is out of range",
	    "1 to 16: the nation works through imports one after another");
	JOB_REFUSED(JOB_WITH("limits = { uploads = -1; };\n"), 5,
	    "`limits.uploads` is not a whole number from 0", "write plain digits");
	JOB_REFUSED(JOB_WITH("limits = { uploads = 2.0; };\n"), 5,
	    "`limits.uploads` is not a whole number from 0", "write plain digits");
	JOB_REFUSED(JOB_WITH("limits = { uploads = 0x2; };\n"), 5, "0x2 is not a plain number",
	    "if it has a unit, write  \"0x2\"");
	JOB_REFUSED(JOB_WITH("limits = { uploads = 1e1; };\n"), 5, "1e1 is not a plain number",
	    "if it has a unit, write  \"1e1\"");
}

static void
arrays_hold_single_values_of_one_kind(void **state)
{
	(void)state;
	JOB_REFUSED("a = [ \"a\", 1 ];\n", 1, "values of two kinds inside [ ]",
	    "write them all as texts, or ( ) instead of [ ]");
	JOB_REFUSED("a = [ [ 1 ] ];\n", 1, "a bracket inside [ ]",
	    "write ( ) around it instead of [ ]");
}

static void
what_only_libconfig_sees_is_said_in_its_words(void **state)
{
	(void)state;
	JOB_REFUSED("\na = [ 1, 1.5 ];\n", 2, "mismatched element type in array",
	    "libconfig says so");
}

static void
bytes_that_no_text_file_has_are_named(void **state)
{
	(void)state;
	JOB_REFUSED("a = 1;\nb = \"N\xFA\xF1" "ez\";\n", 2, "byte FA is not UTF-8",
	    "save the job file as UTF-8");
	JOB_REFUSED("a = \"x\x01\";\n", 1, "byte 01 has no place in a job file", "remove it");
	JOB_REFUSED("a = 1;\rb = 2;\n", 1, "byte 0D has no place in a job file", "remove it");
	JOB_REFUSED("a = \"x\\x00y\";\n", 1, "a text cannot hold a NUL byte", "remove \\x00");
	JOB_REFUSED("a = \"C:\\quick\";\n", 1, "a backslash that begins no escape",
	    "write \\\\ for a backslash; \\\" \\n \\r \\t \\f and \\xHH are escapes");
	JOB_REFUSED("a = \"x\\x1\";\n", 1, "a backslash that begins no escape",
	    "write \\\\ for a backslash; \\\" \\n \\r \\t \\f and \\xHH are escapes");
	JOB_REFUSED("a = \"x\\xFFy\";\n", 1, "byte FF in this text is not UTF-8",
	    "\\x.. stands for one byte; write the character itself");
}

static void
a_nul_byte_does_not_end_a_job_file_early(void **state)
{
	static const char text[] = "a = 1;\n\0b = 2;\n";
	const struct job_options options = { .path = "job.cfg" };
	struct err err = ERR_INIT;
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	assert_int_equal(job_read_text(&options, (struct span){ text, sizeof(text) - 1 },
			     &settings, &err),
	    -1);
	assert_non_null(strstr(err.text, "job.cfg:2: byte 00 has no place in a job file\n"));
}

static void
no_byte_at_all_is_a_job_file_without_settings(void **state)
{
	const struct job_options options = { .path = "job.cfg" };
	struct err err = ERR_INIT;
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	assert_int_equal(job_read_text(&options, SPAN_NONE, &settings, &err), -1);
	assert_string_equal(err.text, "job.cfg:1: `version` is missing\n"
				      "    1 | \n"
				      "      | ^ add  version = 1;\n"
				      "Nothing was sent.");
}

static void
utf_16_is_called_by_its_name(void **state)
{
	(void)state;
	assert_string_equal(complaint_about("\xFF\xFE" "a"),
	    "lists/job.cfg: is UTF-16\nSave the job file as UTF-8.\nNothing was sent.");
}

static void
an_input_given_as_a_job_file_is_refused_by_its_size(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	while (text.len <= SCRIPT_BYTES)
		buf_add_text(&text, "# voter\n");
	assert_non_null(
	    strstr(complaint_about(buf_text(&text)), "Is this the input instead of the job file?"));
}

static void
brackets_and_groups_have_an_end(void **state)
{
	SCOPED(buf) deep = BUF_INIT;
	SCOPED(buf) wide = BUF_INIT;

	(void)state;
	buf_add_text(&deep, "a = ");
	for (int i = 0; i < 50000; i++)
		buf_add_byte(&deep, '(');
	JOB_REFUSED(buf_text(&deep), 1, "brackets nest deeper than 16", "no setting needs that");
	for (int i = 0; i < 300; i++)
		buf_printf(&wide, "a%d = 1;\n", i);
	JOB_REFUSED(buf_text(&wide), 257, "more than 256 settings in one group",
	    "no group has that many");
}

static void
comments_end(void **state)
{
	(void)state;
	JOB_REFUSED("a = 1;\n/* b\n\n", 2, "a comment without an end", "close it with */");
}

static void
what_is_well_is_read(void **state)
{
	static const char *const texts[] = {
		"\xEF\xBB\xBF" JOB_WITH(""),
		JOB_WITH("# a comment that ends the file"),
		JOB_WITH("// \"another"),
		JOB_WITH("/* \"over\n@include \"nothing.cfg\"\n lines */ limits = { };"),
		JOB_WITH("limits : { uploads : 2, in_flight = 4 }"),
		JOB_WITH("limits = { uploads = 2//two\n; in_flight = 4/*four*/; };"),
		JOB_WITH("report = { dir = \"a \\\" /* # \" /* \" */ \"b\" };"),
		JOB_WITH("report = { personal = \"ids\" # joined\n \" only\"; };"),
		JOB_OF_PEOPLE("overwrite = TRUE;\n"),
		JOB_OF_PEOPLE("header = [];"),
		JOB_OF_PEOPLE("header = ();"),
		JOB_WITH("\f\t\n"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		SCOPED(settings) settings;

		settings_init(&settings);
		JOB_ACCEPTED(texts[i], &settings);
		assert_int_equal(settings.source_count, 1);
	}
}

static void
line_ends_of_another_system_are_line_ends(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED("version = 1;\r\nnation = { slug = \"a\"; token = \"env:T\"; };\r\n"
		     "sources = (\r\n{ type = \"people\"; input = \"a.csv\"; } );\r\n",
	    &settings);
	assert_int_equal(settings_where(&settings, "sources.input", 0).line, 4);
}

/* ---- two readers agree ---- */

static uint64_t
next_roll(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static void
mutate(struct buf *text, uint64_t *seed)
{
	static const char *const pieces[] = { "(", ")", "[", "]", "{", "}", ";", ",", "=", ":", "\"",
		"\\", "#", "//", "/*", "*/", "\n", " ", "@include \"a\"", "@include", "true", "1",
		"-5", "1.5", ".", "\\x41", "\\\"", "a", "a-b", "*", "L", "0x1F", "1e5", "\t" };
	size_t at = next_roll(seed) % (text->len + 1);
	const char *piece = pieces[next_roll(seed) % ARRAY_COUNT(pieces)];
	SCOPED(buf) made = BUF_INIT;
	size_t cut = next_roll(seed) % 4;

	if (cut > text->len - at)
		cut = text->len - at;
	buf_add(&made, text->ptr, at);
	if (next_roll(seed) % 3)
		buf_add_text(&made, piece);
	buf_add(&made, text->ptr + at + cut, text->len - at - cut);
	buf_clear(text);
	buf_add_span(text, buf_span(&made));
}

static void
what_our_grammar_lets_pass_libconfig_reads_and_reads_the_same(void **state)
{
	enum { ROUNDS = 20000 };
	uint64_t seed = 20261121;
	unsigned refused_later = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		SCOPED(buf) text = BUF_INIT;
		SCOPED(settings) settings;
		struct err err = ERR_INIT;
		uint64_t first_seed = seed;

		settings_init(&settings);
		buf_add_text(&text, JOB_OF_PEOPLE("columns = ( ( \"a\", \"email\" ) ); # \"x\n"
						  "constants = ( ( \"note\", \"b\\\"c\" ) );"));
		for (uint64_t i = next_roll(&seed) % 4; i < 4; i++)
			mutate(&text, &seed);
		if (job_from(buf_text(&text), &settings, &err) == 0)
			continue;
		if (strstr(err.text, "libconfig"))
			fail_msg("seed %llu: %s\n%s", (unsigned long long)first_seed, err.text,
			    buf_text(&text));
		refused_later += strstr(err.text, "unknown setting") != NULL;
	}
	/* The mutants do get past the grammar, or this would have shown nothing. */
	assert_true(refused_later > ROUNDS / 100);
}

/* ---- includes ---- */

struct folder {
	char path[32];
};

static int
make_folder(void **state)
{
	static struct folder folder;

	strcpy(folder.path, "test_job.XXXXXX");
	*state = &folder;
	return mkdtemp(folder.path) ? 0 : -1;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "job.cfg", "limits.cfg", "loop.cfg", "open.cfg" };
	const struct folder *folder = *state;
	char path[64];

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder->path, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/sub", folder->path);
	rmdir(path);
	return rmdir(folder->path);
}

static void
write_file(const struct folder *folder, const char *name, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int
read_file(const struct folder *folder, struct settings *settings, struct err *err)
{
	char path[64];
	const struct job_options options = { .path = path };

	snprintf(path, sizeof(path), "%s/job.cfg", folder->path);
	return job_read(&options, settings, err);
}

static void
an_include_is_looked_for_beside_the_job_file_and_lines_stay_right(void **state)
{
	const struct folder *folder = *state;
	SCOPED(settings) settings;
	struct err err = ERR_INIT;
	char name[64];

	settings_init(&settings);
	write_file(folder, "limits.cfg", "\xEF\xBB\xBF# shared\nlimits = { uploads = 3; };");
	write_file(folder, "job.cfg",
	    JOB_WITH("  @include \"limits.cfg\" # by all jobs\npoll = { first = \"1s\"; };\n"));
	assert_int_equal(read_file(folder, &settings, &err), 0);
	assert_int_equal(settings.limits.uploads, 3);
	assert_int_equal(settings_where(&settings, "limits.uploads", 0).line, 2);
	snprintf(name, sizeof(name), "%s/limits.cfg", folder->path);
	assert_string_equal(settings_where(&settings, "limits.uploads", 0).file, name);
	assert_int_equal(settings_where(&settings, "poll.first", 0).line, 6);
	snprintf(name, sizeof(name), "%s/job.cfg", folder->path);
	assert_string_equal(settings_where(&settings, "poll.first", 0).file, name);
}

static void
refused_for(const struct folder *folder, const char *words)
{
	SCOPED(settings) settings;
	struct err err = ERR_INIT;

	settings_init(&settings);
	assert_int_equal(read_file(folder, &settings, &err), -1);
	assert_int_equal(err.kind, ERR_JOB);
	if (!strstr(err.text, words))
		fail_msg("%s", err.text);
}

static void
an_included_folder_does_not_end_the_process(void **state)
{
	const struct folder *folder = *state;
	char path[64];

	snprintf(path, sizeof(path), "%s/sub", folder->path);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(folder, "job.cfg", "@include \"sub\"\n");
	refused_for(folder, "job.cfg:1: cannot include ");
	refused_for(folder, "/sub: is a folder\n");
}

static void
an_included_pipe_does_not_hang_the_process(void **state)
{
	const struct folder *folder = *state;
	char path[64];

	snprintf(path, sizeof(path), "%s/open.cfg", folder->path);
	assert_int_equal(mkfifo(path, 0600), 0);
	write_file(folder, "job.cfg", "@include \"open.cfg\"\n");
	refused_for(folder, "/open.cfg: is not a regular file\n");
}

static void
an_include_that_is_not_there_is_named_with_its_line(void **state)
{
	write_file(*state, "job.cfg", "version = 1;\n@include \"nothing.cfg\"\n");
	refused_for(*state, "job.cfg:2: cannot include ");
	refused_for(*state, "/nothing.cfg: No such file or directory\n");
	refused_for(*state, "    2 | @include \"nothing.cfg\"\n      | ^ includes are looked for from");
}

static void
an_include_of_itself_is_refused(void **state)
{
	write_file(*state, "job.cfg", "@include \"loop.cfg\"\n");
	write_file(*state, "loop.cfg", "@include \"loop.cfg\"\n");
	refused_for(*state, "loop.cfg:1: includes nest deeper than 10\n");
}

static void
a_comment_does_not_run_over_the_end_of_an_included_file(void **state)
{
	write_file(*state, "job.cfg", "@include \"open.cfg\"\n*/\n");
	write_file(*state, "open.cfg", "/* open\n");
	refused_for(*state, "open.cfg:1: a comment without an end\n");
}

static void
a_mistake_in_an_included_file_is_shown_there(void **state)
{
	write_file(*state, "job.cfg", "a = 1;\n\n\n@include \"limits.cfg\"\n");
	write_file(*state, "limits.cfg", "\na = 2;\n");
	refused_for(*state, "limits.cfg:2: `a` is set twice\n"
			    "    1 | a = 1;\n"
			    "    2 | a = 2;\n"
			    "      | ^ the first is in line 1: remove one of them\n");
}

static void
an_include_stands_alone_at_the_head_of_its_line(void **state)
{
	write_file(*state, "job.cfg", "a = 1; @include \"limits.cfg\"\n");
	refused_for(*state, "an include in the middle of a line\n");
	write_file(*state, "job.cfg", "@include \"limits.cfg\" a = 1;\n");
	refused_for(*state, "an include that cannot be understood\n");
	write_file(*state, "job.cfg", "@include limits.cfg\n");
	refused_for(*state, "an include that cannot be understood\n");
	write_file(*state, "job.cfg", "@include \"\"\n");
	refused_for(*state, "an include that cannot be understood\n");
	write_file(*state, "job.cfg", "@includes \"limits.cfg\"\n");
	refused_for(*state, "an include that cannot be understood\n");
}

static void
a_job_file_in_memory_opens_no_file(void **state)
{
	(void)state;
	JOB_REFUSED("@include \"limits.cfg\"\n", 1, "includes are not read here",
	    "put its lines here");
}

static void
a_job_file_that_is_not_there_is_a_missing_input(void **state)
{
	SCOPED(settings) settings;
	struct err err = ERR_INIT;

	settings_init(&settings);
	assert_int_equal(read_file(*state, &settings, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "cannot read the job file test_job."));
	assert_non_null(strstr(err.text, "/job.cfg: No such file or directory\nNothing was sent."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_complaint_shows_both_lines_the_mark_and_the_way_out),
		cmocka_unit_test(line_numbers_stand_right_aligned),
		cmocka_unit_test(
		    the_mark_stands_under_its_character_behind_tabs_and_letters_of_two_bytes),
		cmocka_unit_test(of_a_long_line_the_part_around_the_mark_is_shown),
		cmocka_unit_test(a_token_pasted_into_the_job_file_is_never_shown),
		cmocka_unit_test(behind_a_token_left_out_the_mark_still_stands_under_its_character),
		cmocka_unit_test(what_a_text_holds_cannot_act_on_a_terminal),
		cmocka_unit_test(where_a_token_is_may_be_shown),
		cmocka_unit_test(commas_too_many_are_named),
		cmocka_unit_test(a_missing_comma_is_named_where_libconfig_would_join_two_texts),
		cmocka_unit_test(missing_brackets_are_named_where_they_open),
		cmocka_unit_test(missing_and_foreign_quotation_marks_are_named),
		cmocka_unit_test(words_for_truths_that_libconfig_does_not_know_are_named),
		cmocka_unit_test(settings_that_are_no_settings_are_named),
		cmocka_unit_test(numbers_that_libconfig_would_change_are_named),
		cmocka_unit_test(arrays_hold_single_values_of_one_kind),
		cmocka_unit_test(what_only_libconfig_sees_is_said_in_its_words),
		cmocka_unit_test(bytes_that_no_text_file_has_are_named),
		cmocka_unit_test(a_nul_byte_does_not_end_a_job_file_early),
		cmocka_unit_test(no_byte_at_all_is_a_job_file_without_settings),
		cmocka_unit_test(utf_16_is_called_by_its_name),
		cmocka_unit_test(an_input_given_as_a_job_file_is_refused_by_its_size),
		cmocka_unit_test(brackets_and_groups_have_an_end),
		cmocka_unit_test(comments_end),
		cmocka_unit_test(what_is_well_is_read),
		cmocka_unit_test(line_ends_of_another_system_are_line_ends),
		cmocka_unit_test(what_our_grammar_lets_pass_libconfig_reads_and_reads_the_same),
		cmocka_unit_test_setup_teardown(
		    an_include_is_looked_for_beside_the_job_file_and_lines_stay_right, make_folder,
		    remove_folder),
		cmocka_unit_test_setup_teardown(
		    an_included_folder_does_not_end_the_process, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
		    an_included_pipe_does_not_hang_the_process, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(an_include_that_is_not_there_is_named_with_its_line,
		    make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
		    an_include_of_itself_is_refused, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
		    a_comment_does_not_run_over_the_end_of_an_included_file, make_folder,
		    remove_folder),
		cmocka_unit_test_setup_teardown(
		    a_mistake_in_an_included_file_is_shown_there, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
		    an_include_stands_alone_at_the_head_of_its_line, make_folder, remove_folder),
		cmocka_unit_test(a_job_file_in_memory_opens_no_file),
		cmocka_unit_test_setup_teardown(a_job_file_that_is_not_there_is_a_missing_input,
		    make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
