#include "platform.h"

#include "config/identity.h"
#include "tests/unit/job_fixture.h"

/* A job of two sources. */
#define JOB(nation, people, rest)                                                              \
	"version = 1;\n"                                                                       \
	"nation = { token = \"env:T\"; " nation " };\n"                                        \
	"sources = (\n"                                                                        \
	"{ type = \"people\"; " people " },\n"                                                 \
	"{ name = \"votes\"; type = \"ballot\"; input = [ \"a.csv\", \"b.csv\" ]; } );\n" rest
#define PLAIN JOB("slug = \"a\";", "input = \"p.csv\";", "")

static void
write_identity(const char *text, struct buf *to)
{
	SCOPED(settings) settings;

	settings_init(&settings);
	JOB_ACCEPTED(text, &settings);
	identity_write(&settings, to);
	assert_false(buf_failed(to));
}

static const char *
difference(const char *before, const char *now)
{
	static char name[128];
	SCOPED(buf) old = BUF_INIT;
	SCOPED(buf) new = BUF_INIT;

	write_identity(before, &old);
	write_identity(now, &new);
	span_copy(name, sizeof(name), identity_difference(buf_span(&old), buf_span(&new)));
	return name;
}

/* Loads that are under way are bound to this text: a change of it strands them. */
static void
the_text_is_this_and_stays_this(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	write_identity(JOB("slug = \"a\";",
			   "input = \"p \\\"q\\\".csv\"; format = \"tab\"; quoting = \"none\";"
			   "columns = ( ( \"c\\nd\\\\\", \"email\" ) );"
			   "overwrite = true; extra_fields = [ \"e\", \"f\" ]; empty = \"allow\";"
			   "constants = ( ( \"note\", \"n\" ) );",
			   "limits = { chunk = \"1kB\"; rows = 7; };"),
	    &text);
	assert_string_equal(buf_text(&text),
	    "nation=https://a.nationbuilder.com\n"
	    "sources=\"people\"\"votes\"\n"
	    "sources.people.name=\"people\"\n"
	    "sources.people.type=people\n"
	    "sources.people.input=\"p \\\"q\\\".csv\"\n"
	    "sources.people.member=\"\"\n"
	    "sources.people.format=tab\n"
	    "sources.people.quoting=none\n"
	    "sources.people.encoding=\"UTF-8\"\n"
	    "sources.people.header=\n"
	    "sources.people.overwrite=true\n"
	    "sources.people.columns=\"c\\nd\\\\\"\"email\"\n"
	    "sources.people.constants=\"note\"\"n\"\n"
	    "sources.people.extra_fields=\"e\"\"f\"\n"
	    "sources.people.empty=allow\n"
	    "sources.people.after=\n"
	    "sources.votes.name=\"votes\"\n"
	    "sources.votes.type=ballot\n"
	    "sources.votes.input=\"a.csv\"\"b.csv\"\n"
	    "sources.votes.member=\"\"\n"
	    "sources.votes.format=csv\n"
	    "sources.votes.quoting=rfc4180\n"
	    "sources.votes.encoding=\"UTF-8\"\n"
	    "sources.votes.header=\n"
	    "sources.votes.overwrite=false\n"
	    "sources.votes.columns=\n"
	    "sources.votes.constants=\n"
	    "sources.votes.extra_fields=\n"
	    "sources.votes.empty=refuse\n"
	    "sources.votes.after=\"people\"\n"
	    "limits.chunk=1000\n"
	    "limits.rows=7\n");
}

static void
the_same_settings_in_other_words_are_the_same(void **state)
{
	(void)state;
	assert_string_equal(difference(PLAIN, "# moved\n" PLAIN), "");
	assert_string_equal(difference(PLAIN,
				JOB("slug = \"a\";", "input = [ \"p.csv\" ]; format = \"csv\";",
				    "limits = { chunk = \"37500kB\"; rows = 0; };")),
	    "");
	assert_string_equal(
	    difference(PLAIN,
		JOB("url = \"https://a.nationbuilder.com/\";", "input = \"p.csv\";", "")),
	    "");
}

static void
what_may_change_between_runs_does_not_count(void **state)
{
	(void)state;
	assert_string_equal(
	    difference(PLAIN,
		JOB("slug = \"a\"; ca_file = \"c\"; proxy = \"http://p\"; base64_padding = false;",
		    "input = \"p.csv\"; max_rejected = \"5%\"; in_doubt = \"hold\";",
		    "limits = { uploads = 1; in_flight = 9; requests = \"1/1s\"; };"
		    "retry = { attempts = 9; }; poll = { first = \"9s\"; };"
		    "report = { dir = \"out\"; };")),
	    "");
}

static void
the_order_of_sources_and_what_they_wait_for_count(void **state)
{
	static const char before[] = JOB_HEAD "sources = ( { " JOB_PEOPLE " }, { " JOB_BALLOT " } );";
	static const char turned[] = JOB_HEAD "sources = ( { " JOB_BALLOT " }, { " JOB_PEOPLE " } );";
	static const char freed[] =
	    JOB_HEAD "sources = ( { " JOB_PEOPLE " }, { after = [ ]; " JOB_BALLOT " } );";

	(void)state;
	assert_string_equal(difference(before, turned), "sources");
	assert_string_equal(difference(before, freed), "sources.ballot.after");
}

static void
a_setting_that_only_one_text_has_is_named(void **state)
{
	const struct span old = span_of("a=1\nb=2\n"), new = span_of("a=1\nx=3\nb=2\n");

	(void)state;
	assert_true(span_is(identity_difference(old, new), "x"));
	assert_true(span_is(identity_difference(new, old), "x"));
	assert_int_equal(identity_difference(old, old).len, 0);
	assert_int_equal(identity_difference(span_of(""), span_of("")).len, 0);
}

static void
every_setting_that_binds_is_named_when_it_differs(void **state)
{
	static const struct {
		const char *now, *name;
	} changes[] = {
		{ JOB("slug = \"b\";", "input = \"p.csv\";", ""), "nation" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; name = \"p\";", ""), "sources" },
		{ JOB("slug = \"a\";", "input = \"q.csv\";", ""), "sources.people.input" },
		{ JOB("slug = \"a\";", "input = [ \"p.csv\", \"q.csv\" ];", ""),
		    "sources.people.input" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; format = \"tab\";", ""),
		    "sources.people.format" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; quoting = \"none\";", ""),
		    "sources.people.quoting" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; header = [ \"note\" ];", ""),
		    "sources.people.header" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; overwrite = true;", ""),
		    "sources.people.overwrite" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; columns = ( ( \"a\", \"note\" ) );", ""),
		    "sources.people.columns" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; constants = ( ( \"note\", \"a\" ) );",
		      ""),
		    "sources.people.constants" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; extra_fields = [ \"note\" ];", ""),
		    "sources.people.extra_fields" },
		{ JOB("slug = \"a\";", "input = \"p.csv\"; empty = \"allow\";", ""),
		    "sources.people.empty" },
		{ JOB("slug = \"a\";", "input = \"p.csv\";", "limits = { chunk = \"1MB\"; };"),
		    "limits.chunk" },
		{ JOB("slug = \"a\";", "input = \"p.csv\";", "limits = { rows = 1; };"),
		    "limits.rows" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
		assert_string_equal(difference(PLAIN, changes[i].now), changes[i].name);
		assert_string_equal(difference(changes[i].now, PLAIN), changes[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_this_and_stays_this),
		cmocka_unit_test(the_same_settings_in_other_words_are_the_same),
		cmocka_unit_test(what_may_change_between_runs_does_not_count),
		cmocka_unit_test(the_order_of_sources_and_what_they_wait_for_count),
		cmocka_unit_test(a_setting_that_only_one_text_has_is_named),
		cmocka_unit_test(every_setting_that_binds_is_named_when_it_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
