#include "platform.h"

#include "runner/base/limits.h"
#include "tests/unit/job_fixture.h"

/* ---- a whole job ---- */

static const char whole_job[] =
	"version = 1;\n"
	"nation = {\n"
	"  slug  = \"ourcampaign\";\n"
	"  token = \"file:~/.config/rollcall/ourcampaign.token\";\n"
	"};\n"
	"sources = (\n"
	"  {\n"
	"    name = \"voters\"; type = \"people\"; input = [ \"ALA.txt\", \"/data/BAK.txt\" ];\n"
	"    format = \"tab\"; quoting = \"none\"; overwrite = true; empty = \"allow\";\n"
	"    columns = (\n"
	"      ( \"ncid\",     \"state_file_id\" ),\n"
	"      ( \"state_cd\", \"registered_address.state\" )\n"
	"    );\n"
	"    constants = ( ( \"tag_list\", \"NC {load_id}\" ) );\n"
	"    max_rejected = \"0.5%\";\n"
	"    in_doubt = \"resubmit\";\n"
	"  },\n"
	"  {\n"
	"    type = \"ballot\"; input = \"ballots.csv\"; in_doubt = \"hold\";\n"
	"  }\n"
	");\n"
	"limits = { chunk = \"1MiB\"; rows = 1000; requests = \"10/1s\"; };\n";

static void
a_whole_job_names_its_nation_and_limits(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(whole_job, &settings);
	assert_string_equal(settings.path, "lists/job.cfg");
	assert_string_equal(settings.folder, "lists");
	assert_string_equal(settings.name, "job");
	assert_string_equal(settings.nation.slug, "ourcampaign");
	assert_string_equal(settings.nation.url, "https://ourcampaign.nationbuilder.com");
	assert_string_equal(settings.nation.label, "ourcampaign");
	assert_int_equal(settings.nation.token.scheme, SETTINGS_TOKEN_FILE);
	assert_string_equal(
	    settings.nation.token.rest, "/home/ann/.config/rollcall/ourcampaign.token");
	assert_int_equal(settings.source_count, 2);
	assert_int_equal(settings.limits.chunk_bytes, 1 << 20);
	assert_int_equal(settings.limits.rows, 1000);
	assert_int_equal(settings.limits.requests.count, 10);
	assert_int_equal(settings.limits.requests.per_ms, 1000);
}

static void
a_whole_source_of_people_is_read(void **state)
{
	SCOPED(settings) settings;
	const struct settings_source *people;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(whole_job, &settings);
	people = &settings.sources[0];
	assert_string_equal(people->name, "voters");
	assert_int_equal(people->type, SETTINGS_PEOPLE);
	assert_int_equal(people->input_count, 2);
	assert_string_equal(people->inputs[0].written, "ALA.txt");
	assert_string_equal(people->inputs[0].path, "lists/ALA.txt");
	assert_string_equal(people->inputs[1].path, "/data/BAK.txt");
	assert_int_equal(people->delimiter, '\t');
	assert_false(people->quoting);
	assert_true(people->overwrite);
	assert_true(people->empty_allowed);
	assert_int_equal(people->column_count, 2);
	assert_string_equal(people->columns[1].from, "state_cd");
	assert_string_equal(people->columns[1].to, "registered_address.state");
	assert_int_equal(people->columns[1].at.line, 12);
	assert_int_equal(people->constant_count, 1);
	assert_string_equal(people->constants[0].value, "NC " SETTINGS_LOAD_ID);
	assert_true(people->max_rejected_is_set);
	assert_int_equal(people->max_rejected.is_share, 1);
	assert_int_equal(people->max_rejected.millionths, 5000);
	assert_int_equal(people->in_doubt, SETTINGS_RESUBMIT);
	assert_int_equal(people->after_count, 0);
}

static void
a_source_of_ballots_needs_only_a_type_and_an_input(void **state)
{
	SCOPED(settings) settings;
	const struct settings_source *ballots;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(whole_job, &settings);
	ballots = &settings.sources[1];
	assert_string_equal(ballots->name, "ballot");
	assert_int_equal(ballots->type, SETTINGS_BALLOT);
	assert_int_equal(ballots->in_doubt, SETTINGS_HOLD);
	assert_int_equal(ballots->after_count, 1);
	assert_int_equal(ballots->after[0], 0);
}

static void
what_a_job_file_leaves_out_has_the_default_of_the_manual(void **state)
{
	SCOPED(settings) settings;
	const struct settings_source *source;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_WITH(""), &settings);
	source = &settings.sources[0];
	assert_string_equal(source->name, "people");
	assert_int_equal(source->delimiter, ',');
	assert_true(source->quoting);
	assert_string_equal(source->encoding, "UTF-8");
	assert_false(source->overwrite);
	assert_false(source->empty_allowed);
	assert_int_equal(source->header_count + source->column_count + source->constant_count, 0);
	assert_false(source->max_rejected_is_set);
	assert_int_equal(source->max_rejected.is_share, 0);
	assert_int_equal(source->max_rejected.count, 0);
	assert_int_equal(source->in_doubt, SETTINGS_PROBE);
	assert_true(settings.nation.base64_padding);
	assert_string_equal(settings.nation.ca_file.path, "");
	assert_string_equal(settings.nation.proxy, "");
	assert_int_equal(settings.limits.chunk_bytes, LIMIT_CHUNK_DEFAULT_BYTES);
	assert_int_equal(settings.limits.rows, 0);
	assert_int_equal(settings.limits.uploads, 2);
	assert_int_equal(settings.limits.in_flight, 4);
	assert_int_equal(settings.limits.requests.count, 200);
	assert_int_equal(settings.limits.requests.per_ms, 10000);
	assert_int_equal(settings.retry.attempts, 3);
	assert_int_equal(settings.retry.first_wait_ms, 2000);
	assert_int_equal(settings.retry.max_wait_ms, 300000);
	assert_int_equal(settings.retry.give_up_ms, 12 * 3600000);
	assert_int_equal(settings.retry.answer_wait_ms, 120000);
	assert_int_equal(settings.retry.settle_ms, 300000);
	assert_int_equal(settings.poll.first_ms, 5000);
	assert_int_equal(settings.poll.most_ms, 60000);
	assert_int_equal(settings.poll.deadline_ms, 24 * 3600000);
	assert_string_equal(settings.report.dir.written, ".");
	assert_string_equal(settings.report.dir.path, "");
}

static void
settings_know_where_they_stand(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_OF_PEOPLE("header = [\n \"email\",\n \"note\" ];\nencoding = \"utf-8\";\n"),
	    &settings);
	assert_int_equal(settings_where(&settings, "nation.token", 0).line, 2);
	assert_int_equal(settings_where(&settings, "sources.encoding", 0).line, 8);
	assert_int_equal(settings_where(&settings, "sources.quoting", 0).line, 4);
	assert_int_equal(settings_where(&settings, "limits.chunk", 0).line, 1);
	assert_int_equal(settings.sources[0].header[1].at.line, 7);
	assert_int_equal(settings.sources[0].inputs[0].at.line, 4);
	assert_string_equal(settings.sources[0].encoding, "UTF-8");
}

static void
a_job_is_named_after_its_file(void **state)
{
	static const struct {
		const char *path, *folder, *name, *input;
	} jobs[] = {
		{ "nc-2026.cfg", ".", "nc-2026", "people.csv" },
		{ "./nc.cfg", ".", "nc", "people.csv" },
		{ "/nc.cfg", "/", "nc", "/people.csv" },
		{ "/a/b/nc", "/a/b", "nc", "/a/b/people.csv" },
		{ "../nc.cfg.old", "..", "nc.cfg.old", "../people.csv" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(jobs); i++) {
		const struct job_options options = { .path = jobs[i].path };
		SCOPED(settings) settings;
		struct err err = ERR_INIT;

		settings_init(&settings);
		assert_int_equal(
		    job_read_text(&options, span_of(JOB_WITH("")), &settings, &err), 0);
		assert_string_equal(settings.folder, jobs[i].folder);
		assert_string_equal(settings.name, jobs[i].name);
		assert_string_equal(settings.sources[0].inputs[0].path, jobs[i].input);
	}
}

static void
a_job_file_without_a_name_is_refused(void **state)
{
	const struct job_options options = { .path = "jobs/.cfg" };
	SCOPED(settings) settings;
	struct err err = ERR_INIT;

	(void)state;
	settings_init(&settings);
	assert_int_equal(job_read_text(&options, span_of(JOB_WITH("")), &settings, &err), -1);
	assert_int_equal(err.kind, ERR_JOB);
	assert_non_null(strstr(err.text, "jobs/.cfg: a job file needs a name before .cfg"));
}

/* ---- names of settings ---- */

static void
an_unknown_setting_names_the_nearest_known_one(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_OF_PEOPLE("\nencodign = \"UTF-8\";"), 6, "unknown setting `sources.encodign`",
	    "did you mean `encoding`?");
	JOB_REFUSED(JOB_WITH("limit = { };"), 5, "unknown setting `limit`", "did you mean `limits`?");
	JOB_REFUSED(JOB_WITH("retry = { \"max-wait\" = 1; };"), 5,
	    "a text where a setting's name should be",
	    "names stand without quotation marks; lists in ( ) or [ ]");
	JOB_REFUSED(JOB_WITH("retry = { max-wait = 1; };"), 5, "unknown setting `retry.max-wait`",
	    "did you mean `max_wait`?");
}

static void
a_setting_in_the_wrong_group_is_shown_its_own(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_WITH("chunk = \"1MB\";"), 5, "unknown setting `chunk`",
	    "it belongs into `limits`");
	JOB_REFUSED(JOB_OF_PEOPLE("\nversion = 1;"), 6, "unknown setting `sources.version`",
	    "it belongs to the top level of the job file");
}

static void
where_nothing_is_near_all_settings_are_named(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_WITH("poll = { frobnicate = 1; };"), 5,
	    "unknown setting `poll.frobnicate`", "known here: first most deadline");
}

static void
required_settings_are_asked_for_with_an_example(void **state)
{
	(void)state;
	JOB_REFUSED("", 1, "`version` is missing", "add  version = 1;");
	JOB_REFUSED("version = 1;", 1, "`nation` is missing",
	    "add  nation = { slug = \"...\"; token = \"file:...\"; };");
	JOB_REFUSED("version = 1;\nnation = { slug = \"a\"; };", 2, "`nation.token` is missing",
	    "add  token = \"file:~/.config/rollcall/NATION.token\";");
	JOB_REFUSED(JOB_HEAD, 1, "`sources` is missing",
	    "add  sources = ( { type = \"people\"; input = \"...\"; } );");
	JOB_REFUSED(JOB_HEAD "sources = ( );", 4, "no source",
	    "add  sources = ( { type = \"people\"; input = \"...\"; } );");
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"people\"; } );", 4,
	    "`sources.input` is missing", "add  input = \"voters.csv\";");
	JOB_REFUSED(JOB_HEAD "sources = ( { input = \"a.csv\"; } );", 4,
	    "`sources.type` is missing", "add  type = \"people\";");
	JOB_REFUSED("version = 1;\nnation = { token = \"env:T\"; };\n"
		    "sources = ( { " JOB_PEOPLE " } );",
	    2, "`nation.slug` is missing", "add  slug = \"ourcampaign\";");
}

static void
another_version_of_the_format_is_refused(void **state)
{
	(void)state;
	JOB_REFUSED("version = 2;", 1, "`version` is out of range",
	    "write 1: this rollcall knows version 1 of the job file");
}

/* ---- kinds of values ---- */

static void
a_value_of_another_kind_is_refused_with_an_example(void **state)
{
	(void)state;
	JOB_REFUSED("version = \"1\";", 1, "`version` must be a number, not a text",
	    "such as  version = 1;");
	JOB_REFUSED("version = 1; nation = \"a\";", 1, "`nation` must be a group { }, not a text",
	    "such as  nation = { slug = \"...\"; token = \"file:...\"; };");
	JOB_REFUSED(JOB_HEAD "sources = { };", 4, "`sources` must be a list ( ), not a group { }",
	    "such as  sources = ( { type = \"people\"; input = \"...\"; } );");
	JOB_REFUSED(JOB_HEAD "sources = ( \"a.csv\" );", 4, "a source is a group",
	    "write  ( { type = \"people\"; input = \"...\"; } )");
	JOB_REFUSED(JOB_WITH("limits = { chunk = 37500000; };"), 5,
	    "`limits.chunk` must be a text, not a number", "such as  chunk = \"37.5MB\";");
	JOB_REFUSED(JOB_WITH("limits = { uploads = \"2\"; };"), 5,
	    "`limits.uploads` must be a number, not a text", "such as  uploads = 2;");
	JOB_REFUSED(JOB_OF_PEOPLE("overwrite = \"true\";"), 5,
	    "`sources.overwrite` must be true or false, not a text", "such as  overwrite = false;");
	JOB_REFUSED(JOB_WITH("limits = [ ];"), 5, "`limits` must be a group { }, not a list [ ]",
	    "such as  limits = { ... };");
	JOB_REFUSED(JOB_OF_PEOPLE("header = true;"), 5,
	    "`sources.header` must be a list ( ), not true or false", "such as  header = [];");
	JOB_REFUSED(JOB_OF_PEOPLE("max_rejected = 100;"), 5,
	    "`sources.max_rejected` must be a text, not a number", "such as  max_rejected = \"0\";");
	JOB_REFUSED(JOB_OF_PEOPLE("header = ( \"a\", ( \"b\" ) );"), 5,
	    "`sources.header` is made of texts",
	    "write this part in \"double quotation marks\"");
}

static void
values_that_cannot_be_read_are_refused(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_WITH("limits = { chunk = \"37,5MB\"; };"), 5, "`limits.chunk` is not a size",
	    "a size is a number with B kB MB GB KiB MiB or GiB, such as \"37.5MB\"");
	JOB_REFUSED(JOB_WITH("retry = { settle = \"5 min\"; };"), 5, "`retry.settle` is not a time",
	    "a time is a number with ms s min h or d, such as \"90s\"");
	JOB_REFUSED(JOB_WITH("limits = { requests = \"200\"; };"), 5,
	    "`limits.requests` is not a rate", "a rate is a count per time, such as \"200/10s\"");
	JOB_REFUSED(JOB_WITH("limits = { requests = \"1/2h\"; };"), 5,
	    "`limits.requests` is out of range", "at most 1000000 requests, in at most 1h");
	JOB_REFUSED(JOB_WITH("limits = { requests = \"1000001/1s\"; };"), 5,
	    "`limits.requests` is out of range", "at most 1000000 requests, in at most 1h");
	JOB_REFUSED(JOB_OF_PEOPLE("max_rejected = \"101%\";"), 5,
	    "`sources.max_rejected` is neither a percentage nor a count",
	    "write \"0.5%\" or \"100\"");
}

static void
an_unknown_word_names_the_nearest_or_all(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"ballots\"; input = \"a\"; } );", 4,
	    "`sources.type` does not know this word", "did you mean \"ballot\"?");
	JOB_REFUSED(JOB_OF_PEOPLE("format = \"TSV\";"), 5, "`sources.format` does not know this word",
	    "it is one of \"csv\" \"tab\" \"pipe\" \"semicolon\"");
	JOB_REFUSED(JOB_OF_PEOPLE("quoting = \"\";"), 5, "`sources.quoting` does not know this word",
	    "it is one of \"rfc4180\" \"none\"");
}

static void
numbers_are_accepted_up_to_the_ends_of_their_range_and_not_beyond(void **state)
{
	static const struct {
		const char *group, *name, *below, *least, *most, *above;
	} ranges[] = {
		{ "limits", "chunk", "\"63\"", "\"64\"", "\"50MB\"", "\"50000001\"" },
		{ "limits", "rows", "-1", "0", "1000000000", "1000000001" },
		{ "limits", "uploads", "0", "1", "16", "17" },
		{ "limits", "in_flight", "0", "2", "64", "65" },
		{ "retry", "attempts", "0", "1", "100", "101" },
		{ "retry", "first_wait", "\"0ms\"", "\"1ms\"", "\"24h\"", "\"86400001ms\"" },
		{ "retry", "max_wait", "\"0s\"", "\"2s\"", "\"24h\"", "\"25h\"" },
		{ "retry", "give_up", "\"0s\"", "\"1ms\"", "\"30d\"", "\"31d\"" },
		{ "retry", "answer_wait", "\"0s\"", "\"1ms\"", "\"24h\"", "\"25h\"" },
		{ "retry", "settle", "\"0s\"", "\"1ms\"", "\"24h\"", "\"25h\"" },
		{ "poll", "first", "\"0s\"", "\"1ms\"", "\"24h\"", "\"25h\"" },
		{ "poll", "most", "\"0s\"", "\"5s\"", "\"24h\"", "\"25h\"" },
		{ "poll", "deadline", "\"0s\"", "\"1ms\"", "\"30d\"", "\"31d\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
		const char *const values[] = { ranges[i].least, ranges[i].most, ranges[i].below,
			ranges[i].above };

		for (size_t j = 0; j < ARRAY_COUNT(values); j++) {
			SCOPED(settings) settings;
			SCOPED(buf) text = BUF_INIT;
			struct err err = ERR_INIT;
			int expected = j < 2 ? 0 : -1;

			settings_init(&settings);
			buf_printf(&text, JOB_WITH("%s = { %s = %s; };\n"), ranges[i].group,
			    ranges[i].name, values[j]);
			if (job_from(buf_text(&text), &settings, &err) != expected)
				fail_msg("%s.%s = %s: %s", ranges[i].group, ranges[i].name,
				    values[j], err.text);
		}
	}
}

static void
a_size_above_the_nations_own_limit_says_why(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_WITH("limits = { chunk = \"60MB\"; };"), 5, "`limits.chunk` is out of range",
	    "64 to 50MB: the nation takes files of 50 MB or less");
}

/* ---- what belongs to later versions ---- */

static void
a_setting_of_a_later_version_is_refused_by_its_name(void **state)
{
	static const struct {
		const char *group, *setting, *value;
	} later[] = {
		{ "limits", "upload_rate", "\"1MB/1s\"" },
		{ "schedule", "windows", "[ \"22:00-06:00\" ]" },
		{ "schedule", "time_zone", "\"America/New_York\"" },
		{ "schedule", "at_close", "\"cut\"" },
		{ "schedule", "outside", "\"exit\"" },
		{ "notify", "on", "[ \"finished\" ]" },
		{ "notify", "command", "\"mail\"" },
		{ "notify", "webhook", "\"file:hook\"" },
		{ "notify", "email", "{ to = \"a@b\"; }" },
		{ "notify", "ping", "\"https://a\"" },
		{ "report", "html", "true" },
		{ "report", "metrics", "\"a.prom\"" },
		{ "report", "personal", "\"all\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(later); i++) {
		SCOPED(buf) text = BUF_INIT;
		SCOPED(buf) headline = BUF_INIT;
		bool is_top = later[i].group[0] == '\0';
		bool is_source = strcmp(later[i].group, "sources") == 0;

		if (is_source)
			buf_printf(&text, JOB_OF_PEOPLE("%s = %s;"), later[i].setting,
			    later[i].value);
		else if (is_top)
			buf_printf(&text, JOB_WITH("%s = %s;"), later[i].setting, later[i].value);
		else
			buf_printf(&text, JOB_WITH("%s = { %s = %s; };"), later[i].group,
			    later[i].setting, later[i].value);
		buf_printf(&headline, "`%s%s%s` is not available in this version", later[i].group,
		    is_top ? "" : ".", later[i].setting);
		JOB_REFUSED(buf_text(&text), 5, buf_text(&headline),
		    "remove it: this rollcall would not do what it says");
	}
}

static void
the_default_of_a_later_versions_setting_is_accepted(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_HEAD
	    "sources = ( { " JOB_PEOPLE " only = ( ); history = ( ); clean = \"\"; } );\n"
	    "maps = { };\n"
	    "limits = { upload_rate = \"off\"; };\n"
	    "schedule = { windows = [ ]; time_zone = \"\"; at_close = \"finish chunk\"; "
	    "outside = \"wait\"; };\n"
	    "notify = { on = ( ); command = \"\"; webhook = \"\"; email = { }; ping = \"\"; };\n"
	    "report = { html = False; metrics = \"\"; personal = \"ids only\"; };\n",
	    &settings);
}

static void
inputs_may_be_packed_patterns_and_utf_16(void **state)
{
	struct settings settings;

	(void)state;
	JOB_ACCEPTED(JOB_HEAD "sources = ( { type = \"people\"; member = \"*.txt\";\n"
			      "input = [ \"a.csv.gz\", \"[ab]?/*.ZIP\" ]; encoding = \"utf-16\"; } );",
	    &settings);
	assert_int_equal(settings.sources[0].pattern_count, 2);
	assert_string_equal(settings.sources[0].patterns[1].written, "[ab]?/*.ZIP");
	assert_string_equal(settings.sources[0].member, "*.txt");
	assert_string_equal(settings.sources[0].encoding, "UTF-16");
	settings_done(&settings);
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"people\"; input = \"a/**/b.csv\"; } );", 4,
	    "`sources.input` with ** looks into folders at any depth, which is not available",
	    "write a pattern for each depth: [ \"*.txt\", \"*/*.txt\" ]");
}

/* ---- the nation ---- */

#define NATION(body) \
	"version = 1;\nnation = { " body " };\nsources = ( { " JOB_PEOPLE " } );\n"

static void
a_nation_is_named_once(void **state)
{
	(void)state;
	JOB_REFUSED(NATION("token = \"env:T\"; slug = \"a\"; url = \"https://a.example\";"), 2,
	    "both `nation.slug` and `nation.url`", "remove one: they name two nations");
}

static void
a_url_takes_the_place_of_the_slug(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(NATION("token = \"env:T\"; url = \"http://127.0.0.1:8080/\";"), &settings);
	assert_string_equal(settings.nation.slug, "");
	assert_string_equal(settings.nation.url, "http://127.0.0.1:8080");
	assert_string_equal(settings.nation.label, "127.0.0.1:8080");
}

static void
addresses_that_would_show_the_token_or_miss_the_nation_are_refused(void **state)
{
	(void)state;
	JOB_REFUSED(NATION("token = \"env:T\"; slug = \"OurCampaign\";"), 2,
	    "`nation.slug` is not the name of a nation", "a slug is in lower case");
	JOB_REFUSED(NATION("token = \"env:T\"; url = \"http://a.example\";"), 2,
	    "`nation.url` is not the address of a nation",
	    "http would show the token to everyone on the way: write https://");
	JOB_REFUSED(NATION("token = \"env:T\"; slug = \"a\"; proxy = \"ftp://a\";"), 2,
	    "`nation.proxy` is not the address of a proxy",
	    "a proxy is http:// https:// socks5:// or socks5h://");
}

static void
a_token_comes_from_a_source_that_is_named(void **state)
{
	static const struct {
		const char *written;
		enum settings_token_scheme scheme;
		const char *rest;
	} tokens[] = {
		{ "file:nb.token", SETTINGS_TOKEN_FILE, "lists/nb.token" },
		{ "file:/etc/nb.token", SETTINGS_TOKEN_FILE, "/etc/nb.token" },
		{ "file:~/nb.token", SETTINGS_TOKEN_FILE, "/home/ann/nb.token" },
		{ "env:NB_ACCESS_TOKEN", SETTINGS_TOKEN_ENV, "NB_ACCESS_TOKEN" },
		{ "command:pass show nb", SETTINGS_TOKEN_COMMAND, "pass show nb" },
		{ "credential:token", SETTINGS_TOKEN_CREDENTIAL, "token" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(tokens); i++) {
		SCOPED(settings) settings;
		SCOPED(buf) text = BUF_INIT;

		settings_init(&settings);
		buf_printf(&text, NATION("slug = \"a\"; token = \"%s\";"), tokens[i].written);
		JOB_ACCEPTED(buf_text(&text), &settings);
		assert_int_equal(settings.nation.token.scheme, tokens[i].scheme);
		assert_string_equal(settings.nation.token.rest, tokens[i].rest);
		assert_string_equal(settings.nation.token.written, tokens[i].written);
	}
}

static void
a_token_source_that_names_nothing_is_refused(void **state)
{
	(void)state;
	JOB_REFUSED(NATION("slug = \"a\"; token = \"0123456789abcdef\";"), 2,
	    "`nation.token` must say where the token is, not be one",
	    "\"file:PATH\" \"env:NAME\" \"command:TEXT\" or \"credential:NAME\"");
	JOB_REFUSED(NATION("slug = \"a\"; token = \"file:\";"), 2, "`nation.token` names no token",
	    "nothing stands after the colon");
	JOB_REFUSED(NATION("slug = \"a\"; token = \"env:NB TOKEN\";"), 2,
	    "`nation.token` names no token", "a variable has letters, digits and _");
	JOB_REFUSED(NATION("slug = \"a\"; token = \"env:1A\";"), 2,
	    "`nation.token` names no token", "a variable has letters, digits and _");
	JOB_REFUSED(NATION("slug = \"a\"; token = \"credential:../x\";"), 2,
	    "`nation.token` names no token", "write the credential's name, no path");
	JOB_REFUSED(NATION("slug = \"a\"; token = \"credential:..\";"), 2,
	    "`nation.token` names no token", "write the credential's name, no path");
}

static void
a_tilde_is_the_home_folder_and_nobody_elses(void **state)
{
	const struct job_options homeless = { .path = "job.cfg", .home = NULL };
	SCOPED(settings) settings;
	struct err err = ERR_INIT;

	(void)state;
	settings_init(&settings);
	JOB_REFUSED(NATION("slug = \"a\"; token = \"file:~bob/nb.token\";"), 2,
	    "the home folder of another user", "write the whole path");
	JOB_ACCEPTED(NATION("slug = \"a\"; token = \"env:T\"; ca_file = \"~/ca.pem\";"), &settings);
	assert_string_equal(settings.nation.ca_file.path, "/home/ann/ca.pem");
	settings_done(&settings);
	assert_int_equal(job_read_text(&homeless,
			     span_of(NATION("slug = \"a\"; token = \"file:~/nb.token\";")),
			     &settings, &err),
	    -1);
	assert_non_null(strstr(err.text, "job.cfg:2: ~ stands for $HOME, which is not set\n"));
}

/* ---- inputs, names, fields ---- */

static void
inputs_that_are_none_are_refused(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"people\"; input = [ ]; } );", 4,
	    "`sources.input` names no file", "write  input = \"voters.csv\";");
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"people\"; input = \"\"; } );", 4,
	    "`sources.input` has an empty text", "remove it");
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"people\"; input = \"a\\nb\"; } );", 4,
	    "`sources.input` has a line end in a text", "remove it");
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"people\"; input = \"-\"; } );", 4,
	    "`sources.input` cannot be standard input",
	    "a load reads its input more than once: write it to a file first");
	JOB_REFUSED(JOB_HEAD "sources = ( { type = \"people\"; input = 1; } );", 4,
	    "`sources.input` must be a text, not a number",
	    "such as  input = \"voters.csv\";");
}

static void
a_source_name_can_be_part_of_a_file_name_and_of_a_chunk_name(void **state)
{
	static const struct {
		const char *name, *hint;
	} names[] = {
		{ "People", "a name has lower-case letters, digits, _ and -" },
		{ "a/b", "a name has lower-case letters, digits, _ and -" },
		{ "a.b", "a name has lower-case letters, digits, _ and -" },
		{ "", "a name begins with a letter or a digit" },
		{ "-a", "a name begins with a letter or a digit" },
		{ "_a", "a name begins with a letter or a digit" },
		{ "people-3", "a name does not end in - and digits: that is how a chunk is written" },
		{ "total", "\"total\" is the last line of summary.csv" },
		{ "a123456789a123456789a123456789a123456789a123456789a123456789a123",
		    "a name has at most 63 letters" },
	};
	static const char *const good[] = { "a", "3", "people3", "people-3a", "a_3", "a-",
		"a123456789a123456789a123456789a123456789a123456789a123456789a12" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		SCOPED(buf) text = BUF_INIT;

		buf_printf(&text, JOB_OF_PEOPLE("name = \"%s\";"), names[i].name);
		JOB_REFUSED(buf_text(&text), 5, "`sources.name` cannot be used", names[i].hint);
	}
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		SCOPED(settings) settings;
		SCOPED(buf) text = BUF_INIT;

		settings_init(&settings);
		buf_printf(&text, JOB_OF_PEOPLE("name = \"%s\";"), good[i]);
		JOB_ACCEPTED(buf_text(&text), &settings);
		assert_string_equal(settings.sources[0].name, good[i]);
	}
}

static void
two_sources_have_two_names(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_HEAD "sources = (\n{ " JOB_PEOPLE "},\n{ name = \"people\"; " JOB_BALLOT "} );",
	    7, "two sources named \"people\"", "give one of them another  name = \"...\";");
	JOB_REFUSED(JOB_HEAD "sources = (\n{ " JOB_PEOPLE "},\n{ " JOB_PEOPLE "} );", 7,
	    "two sources named \"people\"", "give one of them another  name = \"...\";");
}

static void
an_unknown_field_names_the_nearest_known_one(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"frist_name\" ) );"), 5,
	    "unknown field \"frist_name\" of people imports", "did you mean \"first_name\"?");
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( ( \"tag_lists\", \"a\" ) );"), 5,
	    "unknown field \"tag_lists\" of people imports", "did you mean \"tag_list\"?");
	JOB_REFUSED(JOB_OF_PEOPLE("header = [ \"last_name\", \"frist_name\" ];"), 5,
	    "unknown field \"frist_name\" of people imports", "did you mean \"first_name\"?");
	JOB_REFUSED(JOB_OF_BALLOTS("columns = ( ( \"a\", \"state_file_id\" ) );"), 5,
	    "unknown field \"state_file_id\" of ballot imports", "did you mean \"state_file.id\"?");
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"shoe_size\" ) );"), 5,
	    "unknown field \"shoe_size\" of people imports",
	    "if the nation has it, add it to extra_fields");
}

static void
extra_and_custom_fields_are_allowed(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"shoe_size\" ), ( \"b\", "
				   "\"custom_fields.hat\" ) ); extra_fields = [ \"shoe_size\" ];"),
	    &settings);
	assert_int_equal(settings.sources[0].extra_field_count, 1);
}

static void
a_header_that_columns_choose_from_may_have_any_names(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_OF_PEOPLE("header = [ \"county\", \"mail\" ];"
				   "columns = ( ( \"mail\", \"email\" ) );"),
	    &settings);
	assert_int_equal(settings.sources[0].header_count, 2);
}

static void
a_field_is_sent_once(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"email\" ),\n ( \"b\", \"email\" ) );"), 6,
	    "field \"email\" is sent twice", "remove one of the two");
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"email\" ) );\n"
				  "constants = ( ( \"email\", \"b\" ) );"),
	    6, "field \"email\" is sent twice", "remove one of the two");
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( ( \"note\", \"a\" ),\n ( \"note\", \"b\" ) );"), 6,
	    "field \"note\" is sent twice", "remove one of the two");
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( ( \"note\", \"a\" ) );\nheader = [ \"note\" ];"), 6,
	    "field \"note\" is sent twice", "remove one of the two");
}

static void
columns_are_pairs(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( \"a\", \"email\" );"), 5,
	    "`sources.columns` is a list of pairs", "write  ( ( \"column\", \"field\" ), ... )");
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( \"note\", \"b\" );"), 5,
	    "`sources.constants` is a list of pairs", "write  ( ( \"field\", \"value\" ), ... )");
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\" ) );"), 5,
	    "`sources.columns` has an entry that is no pair",
	    "two texts in ( ), or three with how it is sent");
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"b\", \"c\", \"d\" ) );"), 5,
	    "`sources.columns` has an entry that is no pair",
	    "two texts in ( ), or three with how it is sent");
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( ( \"note\", \"a\", \"b\" ) );"), 5,
	    "`sources.constants` has an entry that is no pair", "two texts in ( )");
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\", 1 ) );"), 5,
	    "`sources.columns` is made of texts",
	    "write this part in \"double quotation marks\"");
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( ( \"note\", \"\" ) );"), 5,
	    "`sources.constants` has an empty text", "remove it");
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( ( \"note\", \"a\\nb\" ) );"), 5,
	    "`sources.constants` has a line end in a text", "remove it");
}

static void
a_load_id_that_is_misspelt_is_not_sent_as_text(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_REFUSED(JOB_OF_PEOPLE("constants = ( ( \"note\", \"load {loadid}\" ) );"), 5,
	    "{loadid} stands for nothing", "did you mean \"{load_id}\"?");
	JOB_ACCEPTED(JOB_OF_PEOPLE("constants = ( ( \"note\", \"{load_id} {other}\" ) );"),
	    &settings);
}

static void
a_header_names_each_column_once(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_OF_PEOPLE("header = [ \"a\",\n \"b\",\n \"a\" ];"), 7,
	    "two columns named \"a\"", "give them two names");
	JOB_REFUSED(JOB_OF_PEOPLE("header = [ \"ncid\" ];\ncolumns = ( ( \"ncidd\", \"email\" ) );"),
	    6, "no column \"ncidd\" in `sources.header`", "did you mean \"ncid\"?");
	JOB_REFUSED(JOB_OF_PEOPLE("header = [ \"ncid\" ];\ncolumns = ( ( \"mail\", \"email\" ) );"),
	    6, "no column \"mail\" in `sources.header`", "name it there, or remove it here");
}

static void
fields_that_the_nation_needs_are_missed_before_anything_is_sent(void **state)
{
	(void)state;
	JOB_LACKS(JOB_OF_PEOPLE("columns = ( ( \"a\", \"state_file_id\" ) );"), 5,
	    "source people lacks fields that people imports need",
	    "missing: registered_address.state (state_file_id needs it)");
	JOB_LACKS(JOB_OF_PEOPLE("header = [ \"state_file_id\" ];"), 5,
	    "source people lacks fields that people imports need",
	    "missing: registered_address.state (state_file_id needs it)");
	JOB_LACKS(JOB_OF_BALLOTS("columns = ( ( \"a\", \"id\" ), ( \"b\", \"ballots.vote_method\" ), "
				 "( \"c\", \"election.election_at\" ) );\n"
				 "constants = ( ( \"election.country_code\", \"US\" ) );"),
	    5, "source ballot lacks fields that ballot imports need",
	    "missing: election.state (needed in the US)");
}

static void
fields_of_a_file_nobody_has_opened_are_not_missed(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_OF_BALLOTS("constants = ( ( \"election.country_code\", \"US\" ) );"),
	    &settings);
}

static void
what_cannot_be_sent_twice_is_not_resubmitted(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_REFUSED(JOB_OF_BALLOTS("in_doubt = \"resubmit\";"), 5,
	    "`sources.in_doubt` cannot be \"resubmit\" for ballots",
	    "ballots sent twice are counted twice: write \"probe\" or \"hold\"");
	JOB_REFUSED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"last_name\" ) );\n"
				  "in_doubt = \"resubmit\";"),
	    6, "`sources.in_doubt` cannot be \"resubmit\" here",
	    "without a unique id in every row people would be doubled");
	JOB_ACCEPTED(JOB_OF_PEOPLE("columns = ( ( \"a\", \"external_id\" ) );\n"
				   "in_doubt = \"resubmit\";"),
	    &settings);
}

/* ---- order, ceilings ---- */

#define SOURCES_ABC(a, b, c)                                                             \
	JOB_HEAD "sources = (\n"                                                         \
		 "{ name = \"a\"; type = \"people\"; input = \"a.csv\"; " a " },\n"      \
		 "{ name = \"b\"; type = \"ballot\"; input = \"b.csv\"; " b " },\n"      \
		 "{ name = \"c\"; type = \"people\"; input = \"c.csv\"; " c " } );\n"

static void
ballots_come_after_every_people_source_unless_told_otherwise(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(SOURCES_ABC("", "", ""), &settings);
	assert_int_equal(settings.sources[0].after_count, 0);
	assert_int_equal(settings.sources[1].after_count, 2);
	assert_int_equal(settings.sources[1].after[0], 0);
	assert_int_equal(settings.sources[1].after[1], 2);
	settings_done(&settings);

	JOB_ACCEPTED(SOURCES_ABC("", "after = \"c\";", "after = [ \"a\" ];"), &settings);
	assert_int_equal(settings.sources[1].after_count, 1);
	assert_int_equal(settings.sources[1].after[0], 2);
	assert_int_equal(settings.sources[2].after[0], 0);
	settings_done(&settings);

	JOB_ACCEPTED(SOURCES_ABC("", "after = [ ];", ""), &settings);
	assert_int_equal(settings.sources[1].after_count, 0);
}

static void
an_order_that_leads_nowhere_is_refused(void **state)
{
	(void)state;
	JOB_REFUSED(SOURCES_ABC("", "after = \"d\";", ""), 6, "no source is named \"d\"",
	    "`after` names sources of this job");
	JOB_REFUSED(SOURCES_ABC("", "after = [ \"a\", \"a\" ];", ""), 6, "\"a\" is named twice",
	    "remove it once");
	JOB_REFUSED(SOURCES_ABC("after = \"a\";", "", ""), 5, "source a waits for itself",
	    "follow `after` from source to source, and break the circle");
	JOB_REFUSED(SOURCES_ABC("after = \"c\";", "", "after = \"b\";"), 5,
	    "source a waits for itself",
	    "follow `after` from source to source, and break the circle");
	JOB_REFUSED(JOB_HEAD "sources = ( { " JOB_PEOPLE "after = \"poeple\"; } );", 5,
	    "no source is named \"poeple\"", "did you mean \"people\"?");
}

static void
two_ways_to_one_source_are_no_circle(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(SOURCES_ABC("", "after = [ \"a\", \"c\" ];", "after = \"a\";"), &settings);
	assert_int_equal(settings.sources[1].after_count, 2);
}

static void
more_sources_than_any_job_has_are_refused(void **state)
{
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	buf_add_text(&text, JOB_HEAD "sources = ( ");
	for (int i = 0; i < LIMIT_SOURCES; i++)
		buf_add_text(&text, "{ }, ");
	buf_add_text(&text, "{ } );");
	JOB_REFUSED(buf_text(&text), 4, "more than 256 sources",
	    "files of one layout are one source: input = [ ... ]");
}

static void
more_columns_than_any_file_has_are_refused(void **state)
{
	SCOPED(buf) header = BUF_INIT;
	SCOPED(buf) columns = BUF_INIT;

	(void)state;
	buf_add_text(&header, JOB_HEAD "sources = ( { " JOB_PEOPLE "header = [ ");
	buf_add_text(&columns, JOB_HEAD "sources = ( { " JOB_PEOPLE "columns = ( ");
	for (int i = 0; i < LIMIT_COLUMNS; i++) {
		buf_printf(&header, "\"c%d\", ", i);
		buf_printf(&columns, "( \"c\", \"custom_fields.c%d\" ), ", i);
	}
	buf_add_text(&header, "\"last\" ]; } );");
	buf_add_text(&columns, "( \"c\", \"email\" ) ); } );");
	JOB_REFUSED(buf_text(&header), 5, "`sources.header` has more than 2048 entries",
	    "no voter file needs that");
	JOB_REFUSED(buf_text(&columns), 5, "`sources.columns` has too many entries",
	    "no voter file has that many columns");
}

static void
a_ceiling_is_not_below_what_it_covers(void **state)
{
	(void)state;
	JOB_REFUSED(JOB_WITH("limits = { uploads = 4;\nin_flight = 3; };"), 6,
	    "`limits.in_flight` is below `limits.uploads`", "raise it, or lower the other");
	JOB_REFUSED(JOB_WITH("retry = { max_wait = \"1s\"; };"), 5,
	    "`retry.max_wait` is below `retry.first_wait`", "raise it, or lower the other");
	JOB_REFUSED(JOB_WITH("poll = { most = \"1s\"; first = \"2s\"; };"), 5,
	    "`poll.most` is below `poll.first`", "raise it, or lower the other");
}

static void
a_ceiling_that_is_left_out_gives_way(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_WITH("limits = { uploads = 8; }; retry = { first_wait = \"1h\"; };"
			      "poll = { first = \"2min\"; };"),
	    &settings);
	assert_int_equal(settings.limits.in_flight, 8);
	assert_int_equal(settings.retry.max_wait_ms, 3600000);
	assert_int_equal(settings.poll.most_ms, 120000);
}

static void
reports_go_beside_the_job_file_or_into_the_run_folder(void **state)
{
	SCOPED(settings) settings;

	(void)state;
	settings_init(&settings);
	JOB_ACCEPTED(JOB_WITH("report = { dir = \"out\"; };"), &settings);
	assert_string_equal(settings.report.dir.path, "lists/out");
	JOB_REFUSED(JOB_WITH("report = { dir = \"\"; };"), 5, "`report.dir` is an empty path",
	    "remove it, or write a path");
}

#define T(test) cmocka_unit_test(test)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_whole_job_names_its_nation_and_limits),
		T(a_whole_source_of_people_is_read),
		T(a_source_of_ballots_needs_only_a_type_and_an_input),
		T(what_a_job_file_leaves_out_has_the_default_of_the_manual),
		T(settings_know_where_they_stand),
		T(a_job_is_named_after_its_file),
		T(a_job_file_without_a_name_is_refused),
		T(an_unknown_setting_names_the_nearest_known_one),
		T(a_setting_in_the_wrong_group_is_shown_its_own),
		T(where_nothing_is_near_all_settings_are_named),
		T(required_settings_are_asked_for_with_an_example),
		T(another_version_of_the_format_is_refused),
		T(a_value_of_another_kind_is_refused_with_an_example),
		T(values_that_cannot_be_read_are_refused),
		T(an_unknown_word_names_the_nearest_or_all),
		T(numbers_are_accepted_up_to_the_ends_of_their_range_and_not_beyond),
		T(a_size_above_the_nations_own_limit_says_why),
		T(a_setting_of_a_later_version_is_refused_by_its_name),
		T(the_default_of_a_later_versions_setting_is_accepted),
		T(inputs_may_be_packed_patterns_and_utf_16),
		T(a_nation_is_named_once),
		T(a_url_takes_the_place_of_the_slug),
		T(addresses_that_would_show_the_token_or_miss_the_nation_are_refused),
		T(a_token_comes_from_a_source_that_is_named),
		T(a_token_source_that_names_nothing_is_refused),
		T(a_tilde_is_the_home_folder_and_nobody_elses),
		T(inputs_that_are_none_are_refused),
		T(a_source_name_can_be_part_of_a_file_name_and_of_a_chunk_name),
		T(two_sources_have_two_names),
		T(an_unknown_field_names_the_nearest_known_one),
		T(extra_and_custom_fields_are_allowed),
		T(a_header_that_columns_choose_from_may_have_any_names),
		T(a_field_is_sent_once),
		T(columns_are_pairs),
		T(a_load_id_that_is_misspelt_is_not_sent_as_text),
		T(a_header_names_each_column_once),
		T(fields_that_the_nation_needs_are_missed_before_anything_is_sent),
		T(fields_of_a_file_nobody_has_opened_are_not_missed),
		T(what_cannot_be_sent_twice_is_not_resubmitted),
		T(ballots_come_after_every_people_source_unless_told_otherwise),
		T(an_order_that_leads_nowhere_is_refused),
		T(two_ways_to_one_source_are_no_circle),
		T(more_sources_than_any_job_has_are_refused),
		T(more_columns_than_any_file_has_are_refused),
		T(a_ceiling_is_not_below_what_it_covers),
		T(a_ceiling_that_is_left_out_gives_way),
		T(reports_go_beside_the_job_file_or_into_the_run_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
