/* What a job file may say of rows and values, and what is answered where it says it wrong. */
#include "platform.h"

#include "tests/unit/job_fixture.h"

#include "config/identity.h"

#define COLUMN(how) JOB_OF_PEOPLE("columns = ( ( \"a\", \"last_name\", \"" how "\" ) );")
#define ONLY(rules) JOB_OF_PEOPLE("only = ( " rules " );")

static void
steps_are_read_in_their_order(void **state)
{
	SCOPED(settings) settings;
	const struct recipe_how *how;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(
	    JOB_HEAD
	    "maps = { party = ( ( \" DEM\", \"D\" ), ( \"X\", \"reject\" ), ( \"Y\", \"\" ), "
	    "( \"*\", \"keep\" ) ); };\n"
	    "sources = ( { " JOB_PEOPLE "columns = ( ( \"a\", \"party\", "
	    "\"trim, squeeze ,upper,lower, name case, digits, zero fill 5, first 20, map party, "
	    "date M/D/YYYY or reject, date yyyy, default no party\" ) ); } );",
	    &settings);
	how = &settings.sources[0].columns[0].how;
	assert_int_equal(how->step_count, 12);
	assert_int_equal(how->steps[0].kind, RECIPE_TRIM);
	assert_int_equal(how->steps[1].kind, RECIPE_SQUEEZE);
	assert_string_equal(how->steps[1].words, "squeeze");
	assert_int_equal(how->steps[4].kind, RECIPE_NAME_CASE);
	assert_int_equal(how->steps[6].count, 5);
	assert_int_equal(how->steps[7].count, 20);
	assert_ptr_equal(how->steps[8].map, &settings.maps[0]);
	assert_int_equal(how->steps[9].form, DATES_M_D_YYYY);
	assert_true(how->steps[9].rejects);
	assert_int_equal(how->steps[10].form, DATES_YYYY);
	assert_false(how->steps[10].rejects);
	assert_string_equal(how->steps[11].text, "no party");
	assert_int_equal(settings.maps[0].entry_count, 3);
	assert_string_equal(settings.maps[0].entries[0].from, "DEM");
	assert_int_equal(settings.maps[0].entries[1].action, RECIPE_REJECT);
	assert_int_equal(settings.maps[0].entries[2].action, RECIPE_BLANK);
	assert_true(settings.maps[0].has_other);
	assert_int_equal(settings.maps[0].other.action, RECIPE_KEEP);
}

static void
a_map_may_stand_behind_the_columns_that_use_it(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(COLUMN("map a") "maps = { a = ( ( \"b\", \"c\" ) ); unused = ( ); };", &settings);
}

static void
an_unknown_step_is_shown_the_nearest_one(void **state)
{
	(void)state;
	JOB_REFUSED(COLUMN("namecase"), 5, "unknown step \"namecase\"", "did you mean \"name case\"?");
	JOB_REFUSED(COLUMN("trim, uper"), 5, "unknown step \"uper\"", "did you mean \"upper\"?");
	JOB_REFUSED(COLUMN("zerofill 5"), 5, "unknown step \"zerofill 5\"", "did you mean \"zero fill\"?");
	JOB_REFUSED(COLUMN("dat YYYY"), 5, "unknown step \"dat YYYY\"", "did you mean \"date\"?");
	JOB_REFUSED(COLUMN("reverse"), 5, "unknown step \"reverse\"",
	    "known: name case, upper, lower, trim, squeeze, digits, zero fill N, date FORM, map NAME, "
	    "first N, default TEXT, after 'TEXT', before 'TEXT'");
	JOB_REFUSED(COLUMN("trim,"), 5, "an empty step",
	    "write steps with one comma between them: \"trim, upper\"");
	JOB_REFUSED(COLUMN("trim upper"), 5, "\"trim upper\" is one step too few",
	    "part steps with commas: \"trim, upper\"");
	JOB_REFUSED(COLUMN("first"), 5, "\"first\" needs a number",
	    "write one from 1 to 1000, as in \"first 20\"");
	JOB_REFUSED(COLUMN("zero fill x"), 5, "\"zero fill x\" needs a number",
	    "write one from 1 to 1000, as in \"first 20\"");
	JOB_REFUSED(COLUMN("default"), 5, "\"default\" needs a text",
	    "write it behind the word, as in \"default US\"");
}

static void
an_unknown_form_of_a_date_is_shown_the_nearest_one(void **state)
{
	(void)state;
	JOB_REFUSED(COLUMN("date MM-DD-YYYY"), 5, "unknown form of a date \"MM-DD-YYYY\"",
	    "did you mean \"MM/DD/YYYY\"?");
	JOB_REFUSED(COLUMN("date"), 5, "unknown form of a date \"\"",
	    "known: MM/DD/YYYY M/D/YYYY MMDDYYYY YYYY-MM-DD YYYYMMDD DD-MON-YYYY YYYY");
}

static void
a_map_that_is_not_there_is_refused(void **state)
{
	(void)state;
	JOB_REFUSED(COLUMN("map parti") "maps = { party = ( ( \"a\", \"b\" ) ); };", 5,
	    "there is no map \"parti\"", "did you mean \"party\"?");
	JOB_REFUSED(COLUMN("map sex"), 5, "there is no map \"sex\"",
	    "write it at the top level: maps = { sex = ( ( \"a\", \"b\" ), ... ); };");
}

static void
maps_are_lists_of_pairs_of_texts(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_WITH("maps = { m = \"a\"; };"), 5, "a map is a list of pairs",
	    "write  m = ( ( \"DEM\", \"D\" ), ... );");
	JOB_REFUSED(JOB_WITH("maps = { m = ( \"a\", \"b\" ); };"), 5, "a map is made of pairs",
	    "write  ( \"value in the file\", \"value sent\" )");
	JOB_REFUSED(JOB_WITH("maps = { m = ( ( \"a\", 1 ) ); };"), 5, "a map is made of texts",
	    "write this part in \"double quotation marks\"");
	JOB_REFUSED(JOB_WITH("maps = { m = ( ( \"a\", \"b\" ),\n ( \"a \", \"c\" ) ); };"), 6,
	    "\"a\" is mapped twice", "remove one of the two");
}

static void
rules_are_read(void **state)
{
	SCOPED(settings) settings;
	const struct settings_source *source;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(ONLY("( \"a\", \"in\", [ \"x\", \"y\" ] ), ( \"a\", \"=\", \"x\" ), "
			  "( \"b\", \"not blank\" ), ( \"c\", \"matches\", \"1*\" ), "
			  "( \"d\", \"before\", \"11/03/2026\" ), "
			  "( \"d\", \"after\", \"11/03/2025\", \"date YYYY-MM-DD\" )"),
	    &settings);
	source = &settings.sources[0];
	assert_int_equal(source->rule_count, 6);
	assert_string_equal(source->rules[0].words, "a in x, y");
	assert_int_equal(source->rules[0].value_count, 2);
	assert_int_equal(source->rules[1].test, RECIPE_IN);
	assert_string_equal(source->rules[1].words, "a = x");
	assert_string_equal(source->rules[2].words, "b not blank");
	assert_string_equal(source->rules[3].values[0], "1*");
	assert_int_equal(source->rules[4].day, 20261103);
	assert_int_equal(source->rules[4].form, DATES_MM_DD_YYYY);
	assert_int_equal(source->rules[5].form, DATES_ISO);
	assert_string_equal(source->rules[5].words, "d after 11/03/2025");
}

static void
what_is_no_rule_is_shown_one(void **state)
{
	static const char shape[] = "`sources.only` has an entry that is no rule";
	static const char in[] = "write  ( \"status\", \"in\", [ \"A\", \"I\" ] )";

	(void)state;
	JOB_REFUSED(ONLY("\"a\", \"in\", [ \"x\" ]"), 5, shape, in);
	JOB_REFUSED(ONLY("( \"a\" )"), 5, shape, in);
	JOB_REFUSED(ONLY("( \"a\", \"in\" )"), 5, shape, in);
	JOB_REFUSED(ONLY("( \"a\", \"in\", [ ] )"), 5, shape, in);
	JOB_REFUSED(ONLY("( \"a\", \"in\", [ 1 ] )"), 5, shape, in);
	JOB_REFUSED(ONLY("( \"a\", \"=\", [ \"x\" ] )"), 5, shape,
	    "write  ( \"status\", \"=\", \"A\" )");
	JOB_REFUSED(ONLY("( \"a\", \"blank\", \"x\" )"), 5, shape,
	    "write  ( \"reason\", \"blank\" )");
	JOB_REFUSED(ONLY("( \"a\", \"equals\", \"x\" )"), 5, "unknown rule \"equals\"",
	    "known: in, not in, =, !=, blank, not blank, matches, before, after");
	JOB_REFUSED(ONLY("( \"a\", \"befor\", \"x\" )"), 5, "unknown rule \"befor\"",
	    "did you mean \"before\"?");
	JOB_REFUSED(ONLY("( \"a\", \"=\", \" \" )"), 5, "`sources.only` has an empty text",
	    "write \"blank\" or \"not blank\" as the rule instead");
	JOB_REFUSED(ONLY("( \"a\", \"before\", \"2026-11-03\" )"), 5, "\"2026-11-03\" is no date",
	    "write it as MM/DD/YYYY, however the file does");
	JOB_REFUSED(ONLY("( \"a\", \"before\", \"11/03/2026\", \"YYYY\" )"), 5,
	    "no form of a date", "say how the file writes them, as in \"date YYYY-MM-DD\"");
}

static void
what_is_asked_about_must_be_in_the_header_of_the_job(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_OF_PEOPLE("header = [ \"email\", \"status\" ];\n"
				  "only = ( ( \"statis\", \"blank\" ) );"),
	    6, "no column \"statis\" in `sources.header`", "did you mean \"status\"?");
	JOB_REFUSED(JOB_OF_PEOPLE("header = [ \"no\", \"street\" ];\ncolumns = ( ( \"{no} {stret}\", "
				  "\"registered_address.address1\" ) );"),
	    6, "no column \"stret\" in `sources.header`", "did you mean \"street\"?");
}

static void
joined_columns_name_columns(void **state)
{
	static const char *const wrong[] = { "{}", "{a", "{a {b}}", "x{", "{a}{" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		SCOPED(buf) job = BUF_INIT;

		buf_printf(&job, JOB_OF_PEOPLE("columns = ( ( \"%s\", \"note\" ) );"), wrong[i]);
		JOB_REFUSED(buf_text(&job), 5, "a joined column that names none",
		    "write the name of each between { and }: \"{house} {street}\"");
	}
}

static void
what_is_cleaned_is_named(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_OF_PEOPLE("clean = \"quotation marks , hard returns\";"), &settings);
	assert_true(settings.sources[0].clean.returns && settings.sources[0].clean.quotes);
	JOB_REFUSED(JOB_OF_PEOPLE("clean = \"hard returns, quotes\";"), 5,
	    "`sources.clean` has unknown words \"quotes\"",
	    "any of \"hard returns, quotation marks\"");
}

static void
encodings_are_named_as_people_name_them(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_OF_PEOPLE("encoding = \"Latin-1\";"), &settings);
	assert_string_equal(settings.sources[0].encoding, "ISO-8859-1");
	JOB_REFUSED(JOB_OF_PEOPLE("encoding = \"windos-1252\";"), 5,
	    "`sources.encoding` names no encoding that is known", "did you mean \"windows-1252\"?");
	JOB_REFUSED(JOB_OF_PEOPLE("encoding = \"EUC-JP\";"), 5,
	    "`sources.encoding` names no encoding that is known",
	    "known: UTF-8, US-ASCII, ISO-8859-1 to -16, windows-1250 to -1258, macintosh, UTF-16");
}

#define BALLOTS(history)                                                                        \
	JOB_OF_BALLOTS("columns = ( ( \"id\", \"id\" ) ); constants = ( ( "                      \
		       "\"election.country_code\", \"US\" ), ( \"election.state\", \"OH\" ) );\n"   \
		       "history = ( " history " );")
#define WIDE "columns = \"GENERAL-*\"; election = \"date MM/DD/YYYY after '-'\"; "

static void
a_history_names_columns_or_a_list(void **state)
{
	const struct recipe_history *histories;
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(BALLOTS("{ " WIDE "method = \"upper\"; }, { column = \"h\"; separator = \", \"; "
			     "election = \"before ', ', date YYYY or reject\"; method = \"lower\"; }"),
	    &settings);
	histories = settings.sources[0].histories;
	assert_int_equal(settings.sources[0].history_count, 2);
	assert_string_equal(histories[0].columns, "GENERAL-*");
	assert_int_equal(histories[0].election.step_count, 2);
	assert_int_equal(histories[0].election.steps[0].kind, RECIPE_BEHIND);
	assert_string_equal(histories[0].election.steps[0].text, "-");
	assert_int_equal(histories[0].election.steps[1].kind, RECIPE_DATE);
	assert_true(histories[0].election.steps[1].rejects);
	assert_null(histories[1].columns);
	assert_string_equal(histories[1].separator, ", ");
	assert_int_equal(histories[1].election.steps[0].kind, RECIPE_AHEAD);
	assert_string_equal(histories[1].election.steps[0].text, ", ");
}

static void
what_is_no_history_is_shown_one(void **state)
{
	static const char one[] =
	    "write  { columns = \"GENERAL-*\"; election = \"date MM/DD/YYYY after '-'\"; }";

	(void)state;
	JOB_REFUSED(BALLOTS("\"GENERAL-*\""), 6, "`sources.history` is a list of groups",
	    "write  ( { columns = \"GENERAL-*\"; election = \"date MM/DD/YYYY after '-'\"; } )");
	JOB_REFUSED(BALLOTS("{ election = \"date YYYY\"; }"), 6,
	    "a history needs `columns`, or `column` and `separator`", one);
	JOB_REFUSED(BALLOTS("{ " WIDE "column = \"a\"; }"), 6,
	    "a history needs `columns`, or `column` and `separator`", one);
	JOB_REFUSED(BALLOTS("{ column = \"a\"; election = \"date YYYY\"; }"), 6,
	    "`column` and `separator` of a history go together",
	    "write  { column = \"VoterHistory\"; separator = \";\"; election = \"...\"; }");
	JOB_REFUSED(BALLOTS("{ columns = \"a\"; }"), 6, "a history needs `election`",
	    "how its date is read, as in  { columns = \"GENERAL-*\"; election = "
	    "\"date MM/DD/YYYY after '-'\"; }");
	JOB_REFUSED(BALLOTS("{ " WIDE "metod = \"upper\"; }"), 6,
	    "unknown setting `metod` of a history", "did you mean `method`?");
	JOB_REFUSED(BALLOTS("{ " WIDE "votes = \"a\"; }"), 6,
	    "unknown setting `votes` of a history",
	    "known here: columns column separator election method");
	JOB_REFUSED(BALLOTS("{ " WIDE "method = 1; }"), 6, "`method` of a history is a text", one);
	JOB_REFUSED(BALLOTS("{ " WIDE "method = \"upper\"; },\n{ " WIDE " }"), 7,
	    "one history has a `method`, another has none",
	    "write it in all of them, or make it a constant");
	JOB_REFUSED(BALLOTS("{ columns = \"a\"; election = \"after -\"; }"), 6,
	    "\"after -\" needs a text in single quotation marks", "as in \"after '-'\"");
	JOB_REFUSED(JOB_OF_PEOPLE("history = ( { " WIDE " } );"), 5,
	    "`sources.history` belongs to ballots", "write  type = \"ballot\";  or remove it");
	JOB_REFUSED(JOB_OF_BALLOTS("history = ( { " WIDE " } );\n"
				   "columns = ( ( \"a\", \"election.election_at\" ) );"),
	    6, "field \"election.election_at\" is sent twice",
	    "the history sends it: remove it here");
	JOB_LACKS(BALLOTS("{ " WIDE " }"), 5, "source ballot lacks fields that ballot imports need",
	    "missing: ballots.vote_method (voted, early or absentee)");
}

/* Every job sends other bytes than every other one. */
static void
every_part_of_a_recipe_binds_the_load(void **state)
{
#define MAPS " maps = { m = ( ( \"a\", \"b\" ) ); n = ( ( \"a\", \"b\" ) ); };"
	static const char *const jobs[] = {
		JOB_OF_PEOPLE(""),
		JOB_OF_PEOPLE("encoding = \"latin1\";"),
		JOB_OF_PEOPLE("clean = \"hard returns\";"),
		JOB_OF_PEOPLE("clean = \"quotation marks\";"),
		JOB_OF_PEOPLE("clean = \"hard returns, quotation marks\";"),
		ONLY("( \"a\", \"in\", [ \"x\", \"y\" ] )"),
		ONLY("( \"a\", \"in\", [ \"x, y\" ] )"),
		ONLY("( \"a\", \"not in\", [ \"x\", \"y\" ] )"),
		ONLY("( \"b\", \"in\", [ \"x\", \"y\" ] )"),
		ONLY("( \"a\", \"before\", \"11/03/2026\" )"),
		ONLY("( \"a\", \"before\", \"11/04/2026\" )"),
		ONLY("( \"a\", \"after\", \"11/03/2026\" )"),
		ONLY("( \"a\", \"before\", \"11/03/2026\", \"date YYYY-MM-DD\" )"),
		COLUMN("trim"),
		COLUMN("trim, upper"),
		COLUMN("upper, trim"),
		COLUMN("date YYYY"),
		COLUMN("date YYYY or reject"),
		COLUMN("map m") MAPS,
		COLUMN("map n") MAPS,
		COLUMN("map m") " maps = { m = ( ( \"a\", \"c\" ) ); };",
		COLUMN("map m") " maps = { m = ( ( \"a\", \"b\" ), ( \"*\", \"reject\" ) ); };",
		JOB_OF_PEOPLE("columns = ( ( \"a\", \"last_name\" ) );"),
		BALLOTS("{ " WIDE "method = \"upper\"; }"),
		BALLOTS("{ " WIDE "method = \"lower\"; }"),
		BALLOTS("{ columns = \"G*\"; election = \"date YYYY\"; method = \"upper\"; }"),
		BALLOTS("{ columns = \"G*\"; election = \"date YYYYMMDD\"; method = \"upper\"; }"),
		BALLOTS("{ column = \"G*\"; separator = \";\"; election = \"date YYYY\"; "
			"method = \"upper\"; }"),
		BALLOTS("{ column = \"G*\"; separator = \",\"; election = \"date YYYY\"; "
			"method = \"upper\"; }"),
	};
	struct buf texts[ARRAY_COUNT(jobs)];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(jobs); i++) {
		SCOPED(settings) settings;

		settings_init(&settings);
		JOB_ACCEPTED(jobs[i], &settings);
		texts[i] = (struct buf)BUF_INIT;
		identity_write(&settings, &texts[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(buf_text(&texts[i]), buf_text(&texts[j]));
	}
	for (size_t i = 0; i < ARRAY_COUNT(jobs); i++)
		buf_done(&texts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_read_in_their_order),
		cmocka_unit_test(a_map_may_stand_behind_the_columns_that_use_it),
		cmocka_unit_test(an_unknown_step_is_shown_the_nearest_one),
		cmocka_unit_test(an_unknown_form_of_a_date_is_shown_the_nearest_one),
		cmocka_unit_test(a_map_that_is_not_there_is_refused),
		cmocka_unit_test(maps_are_lists_of_pairs_of_texts),
		cmocka_unit_test(rules_are_read),
		cmocka_unit_test(what_is_no_rule_is_shown_one),
		cmocka_unit_test(what_is_asked_about_must_be_in_the_header_of_the_job),
		cmocka_unit_test(joined_columns_name_columns),
		cmocka_unit_test(what_is_cleaned_is_named),
		cmocka_unit_test(encodings_are_named_as_people_name_them),
		cmocka_unit_test(a_history_names_columns_or_a_list),
		cmocka_unit_test(what_is_no_history_is_shown_one),
		cmocka_unit_test(every_part_of_a_recipe_binds_the_load),
	};

	return cmocka_run_group_tests_name("recipe", tests, NULL, NULL);
}
