#include "platform.h"

#include "config/options.h"
#include "config/settings.h"
#include "runner/base/suggest.h"

static const struct options_word types[] = {
	{ "people", SETTINGS_PEOPLE }, { "ballot", SETTINGS_BALLOT }, { NULL, 0 },
};
static const struct options_word formats[] = {
	{ "csv", ',' }, { "tab", '\t' }, { "pipe", '|' }, { "semicolon", ';' }, { NULL, 0 },
};
static const struct options_word quotings[] = {
	{ "rfc4180", true }, { "none", false }, { NULL, 0 },
};
static const struct options_word empties[] = {
	{ "refuse", false }, { "allow", true }, { NULL, 0 },
};
static const struct options_word doubts[] = {
	{ "probe", SETTINGS_PROBE }, { "hold", SETTINGS_HOLD }, { "resubmit", SETTINGS_RESUBMIT },
	{ NULL, 0 },
};

#define IN_JOB(member) \
	.offset = offsetof(struct settings, member), .size = sizeof(((struct settings *)0)->member)
#define IN_SOURCE(member)                              \
	.offset = offsetof(struct settings_source, member), \
	.size = sizeof(((struct settings_source *)0)->member)

/* Waits in a load are bounded, so that a slip of the unit ("5d" for "5min") cannot park it. */
#define LONGEST_WAIT "24h"
#define LONGEST_LOAD "30d"
#define WAIT_REASON  "a wait of nothing is a busy loop, one of days parks the load"
#define LOAD_REASON  "a month is longer than any load"

static const struct option options[] = {
	{ "", "version", OPTIONS_COUNT, .is_required = true, IN_JOB(version), .least = "1",
	    .most = "1", .why = "this rollcall knows version 1 of the job file",
	    .example = "version = 1;", .summary = "version of the job file's own format" },
	{ "", "nation", OPTIONS_GROUP, .is_required = true,
	    .example = "nation = { slug = \"...\"; token = \"file:...\"; };",
	    .summary = "where the load goes" },
	{ "", "sources", OPTIONS_SOURCES, .is_required = true, IN_JOB(sources),
	    .example = "sources = ( { type = \"people\"; input = \"...\"; } );",
	    .summary = "what is loaded, in this order" },
	{ "", "maps", OPTIONS_MAPS, .fallback = "{}",
	    .example = "maps = { party = ( ( \"DEM\", \"D\" ), ( \"*\", \"keep\" ) ); };",
	    .summary = "tables of values for \"map NAME\"" },
	{ "", "limits", OPTIONS_GROUP, .summary = "sizes and speeds" },
	{ "", "schedule", OPTIONS_GROUP, .summary = "when chunks may be sent" },
	{ "", "retry", OPTIONS_GROUP, .summary = "how often and how long" },
	{ "", "poll", OPTIONS_GROUP, .summary = "how imports are watched" },
	{ "", "notify", OPTIONS_GROUP, .summary = "who is told, and how" },
	{ "", "report", OPTIONS_GROUP, .summary = "what is written at the end" },

	{ "nation", "slug", OPTIONS_SLUG, IN_JOB(nation.slug), .example = "slug = \"ourcampaign\";",
	    .summary = "the nation's name: https://SLUG.nationbuilder.com" },
	{ "nation", "url", OPTIONS_URL, IN_JOB(nation.url),
	    .example = "url = \"http://127.0.0.1:8080\";",
	    .summary = "its address, instead of slug; http only on loopback" },
	{ "nation", "token", OPTIONS_TOKEN, .is_required = true, IN_JOB(nation.token),
	    .example = "token = \"file:~/.config/rollcall/NATION.token\";",
	    .summary = "where the token is: file:PATH env:NAME command:TEXT credential:NAME" },
	{ "nation", "ca_file", OPTIONS_PATH, IN_JOB(nation.ca_file), .fallback = "",
	    .summary = "certificates to trust instead of the system's" },
	{ "nation", "proxy", OPTIONS_PROXY, IN_JOB(nation.proxy), .fallback = "",
	    .summary = "proxy; those of the environment are never used" },
	{ "nation", "base64_padding", OPTIONS_TRUTH, IN_JOB(nation.base64_padding),
	    .fallback = "true", .summary = "whether base64 ends with \"=\"" },

	{ "sources", "name", OPTIONS_TEXT, .binds = true, IN_SOURCE(name),
	    .summary = "name in chunks, reports and commands; default the type" },
	{ "sources", "type", OPTIONS_WORD, .is_required = true, .binds = true, IN_SOURCE(type),
	    .words = types, .example = "type = \"people\";", .summary = "what the rows are" },
	{ "sources", "input", OPTIONS_INPUTS, .is_required = true, .binds = true, IN_SOURCE(patterns),
	    .example = "input = \"voters.csv\";",
	    .summary = "the file, a list of files, or patterns like \"*.txt\"" },
	{ "sources", "member", OPTIONS_TEXT, .binds = true, IN_SOURCE(member), .fallback = "",
	    .summary = "which file of a .zip, where it has several" },
	{ "sources", "format", OPTIONS_WORD, .binds = true, IN_SOURCE(delimiter), .words = formats,
	    .fallback = "csv", .summary = "what stands between columns" },
	{ "sources", "quoting", OPTIONS_WORD, .binds = true, IN_SOURCE(quoting), .words = quotings,
	    .fallback = "rfc4180", .summary = "what a quotation mark means" },
	{ "sources", "clean", OPTIONS_CLEAN, .binds = true, IN_SOURCE(clean), .fallback = "",
	    .example = "clean = \"hard returns, quotation marks\";",
	    .summary = "what is taken out of values, because it splits rows" },
	{ "sources", "encoding", OPTIONS_ENCODING, .binds = true, IN_SOURCE(encoding),
	    .fallback = "UTF-8", .summary = "encoding of the files; every byte is checked" },
	{ "sources", "header", OPTIONS_HEADER, .binds = true, IN_SOURCE(header), .fallback = "[]",
	    .summary = "names of the columns, for files without a header line" },
	{ "sources", "overwrite", OPTIONS_TRUTH, .binds = true, IN_SOURCE(overwrite),
	    .fallback = "false", .summary = "whether fields that have a value are overwritten" },
	{ "sources", "only", OPTIONS_ONLY, .binds = true, IN_SOURCE(rules), .fallback = "()",
	    .example = "only = ( ( \"status\", \"in\", [ \"A\", \"I\" ] ) );",
	    .summary = "which rows are sent: all rules must hold" },
	{ "sources", "history", OPTIONS_HISTORY, .binds = true, IN_SOURCE(histories),
	    .fallback = "()",
	    .example = "history = ( { columns = \"GENERAL-*\"; election = \"date MM/DD/YYYY after "
		       "'-'\"; } );",
	    .summary = "a ballot row for each vote of a record" },
	{ "sources", "columns", OPTIONS_COLUMNS, .binds = true, IN_SOURCE(columns),
	    .fallback = "()",
	    .summary = "column in the file, field of the nation, and how it is sent" },
	{ "sources", "constants", OPTIONS_CONSTANTS, .binds = true, IN_SOURCE(constants),
	    .fallback = "()", .summary = "pairs of field and value, for every row" },
	{ "sources", "extra_fields", OPTIONS_FIELDS, .binds = true, IN_SOURCE(extra_fields),
	    .fallback = "[]", .summary = "fields to allow beyond the known ones" },
	{ "sources", "empty", OPTIONS_WORD, .binds = true, IN_SOURCE(empty_allowed),
	    .words = empties, .fallback = "refuse",
	    .summary = "what to do with a file without data rows" },
	{ "sources", "max_rejected", OPTIONS_SHARE, IN_SOURCE(max_rejected), .fallback = "0",
	    .summary = "how many rejected rows are still a success" },
	{ "sources", "after", OPTIONS_AFTER, .binds = true, IN_SOURCE(after),
	    .summary = "sources to be done first; default, for ballots, every people source" },
	{ "sources", "in_doubt", OPTIONS_WORD, IN_SOURCE(in_doubt), .words = doubts,
	    .fallback = "probe", .summary = "what to do with a chunk whose answer was lost" },

	{ "limits", "chunk", OPTIONS_SIZE, .binds = true, IN_JOB(limits.chunk_bytes), .least = "64",
	    .most = "50MB", .why = "the nation takes files of 50 MB or less",
	    .fallback = "37.5MB", .summary = "CSV of a chunk, its header included" },
	{ "limits", "rows", OPTIONS_COUNT, .binds = true, IN_JOB(limits.rows), .least = "0",
	    .most = "1000000000", .why = "0 is no limit; the size of a chunk bounds its rows",
	    .fallback = "0", .summary = "rows of a chunk at most; 0 is no limit" },
	{ "limits", "uploads", OPTIONS_COUNT, IN_JOB(limits.uploads), .least = "1", .most = "16",
	    .why = "the nation works through imports one after another",
	    .fallback = "2", .summary = "uploads at the same time" },
	{ "limits", "in_flight", OPTIONS_COUNT, IN_JOB(limits.in_flight), .least = "1",
	    .most = "64", .why = "a longer queue at the nation only delays others",
	    .fallback = "4", .summary = "imports that the nation has not finished" },
	{ "limits", "requests", OPTIONS_RATE, IN_JOB(limits.requests), .fallback = "200/10s",
	    .summary = "requests per time; the nation allows 250/10s" },
	{ "limits", "upload_rate", OPTIONS_LATER, .fallback = "off",
	    .summary = "bytes per second" },

	{ "schedule", "windows", OPTIONS_LATER, .fallback = "[]",
	    .summary = "when chunks may be sent" },
	{ "schedule", "time_zone", OPTIONS_LATER, .fallback = "",
	    .summary = "time zone of the windows" },
	{ "schedule", "at_close", OPTIONS_LATER, .fallback = "finish chunk",
	    .summary = "what happens to uploads when a window closes" },
	{ "schedule", "outside", OPTIONS_LATER, .fallback = "wait",
	    .summary = "what the program does outside of windows" },

	{ "retry", "attempts", OPTIONS_COUNT, IN_JOB(retry.attempts), .least = "1", .most = "100",
	    .why = "what failed a hundred times needs a person", .fallback = "3",
	    .summary = "attempts of a chunk" },
	{ "retry", "first_wait", OPTIONS_TIME, IN_JOB(retry.first_wait_ms), .least = "1ms",
	    .most = LONGEST_WAIT, .why = WAIT_REASON, .fallback = "2s",
	    .summary = "longest wait before the second attempt" },
	{ "retry", "max_wait", OPTIONS_TIME, IN_JOB(retry.max_wait_ms), .least = "1ms",
	    .most = LONGEST_WAIT, .why = WAIT_REASON, .fallback = "5min",
	    .summary = "longest wait before any attempt" },
	{ "retry", "give_up", OPTIONS_TIME, IN_JOB(retry.give_up_ms), .least = "1ms",
	    .most = LONGEST_LOAD, .why = LOAD_REASON, .fallback = "12h",
	    .summary = "time without progress after which the run ends" },
	{ "retry", "answer_wait", OPTIONS_TIME, IN_JOB(retry.answer_wait_ms), .least = "1ms",
	    .most = LONGEST_WAIT, .why = WAIT_REASON, .fallback = "2min",
	    .summary = "wait for the answer once a chunk is uploaded" },
	{ "retry", "settle", OPTIONS_TIME, IN_JOB(retry.settle_ms), .least = "1ms",
	    .most = LONGEST_WAIT, .why = WAIT_REASON, .fallback = "5min",
	    .summary = "wait before the nation is asked about a chunk in doubt" },

	{ "poll", "first", OPTIONS_TIME, IN_JOB(poll.first_ms), .least = "1ms",
	    .most = LONGEST_WAIT, .why = WAIT_REASON, .fallback = "5s",
	    .summary = "wait before the first look at an import" },
	{ "poll", "most", OPTIONS_TIME, IN_JOB(poll.most_ms), .least = "1ms",
	    .most = LONGEST_WAIT, .why = WAIT_REASON, .fallback = "60s",
	    .summary = "longest wait between two looks" },
	{ "poll", "deadline", OPTIONS_TIME, IN_JOB(poll.deadline_ms), .least = "1ms",
	    .most = LONGEST_LOAD, .why = LOAD_REASON, .fallback = "24h",
	    .summary = "how long an import may take" },

	{ "notify", "on", OPTIONS_LATER, .fallback = "[]", .summary = "what is worth a message" },
	{ "notify", "command", OPTIONS_LATER, .fallback = "", .summary = "command to run" },
	{ "notify", "webhook", OPTIONS_LATER, .fallback = "", .summary = "address to post to" },
	{ "notify", "email", OPTIONS_LATER, .fallback = "{}", .summary = "mail to send" },
	{ "notify", "ping", OPTIONS_LATER, .fallback = "", .summary = "address to ping" },

	{ "report", "dir", OPTIONS_PATH, IN_JOB(report.dir), .fallback = ".",
	    .summary = "where reports go; \".\" is the run folder" },
	{ "report", "html", OPTIONS_LATER, .fallback = "false", .summary = "a report as a page" },
	{ "report", "metrics", OPTIONS_LATER, .fallback = "", .summary = "file of metrics" },
	{ "report", "personal", OPTIONS_LATER, .fallback = "ids only",
	    .summary = "what of a person the page shows" },
};

int
options_each(int (*each)(const struct option *option, void *context), void *context)
{
	int result = 0;

	for (size_t i = 0; i < ARRAY_COUNT(options) && result == 0; i++)
		result = each(&options[i], context);
	return result;
}

const struct option *
options_find(const char *group, struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		if (span_is(span_of(group), options[i].group) && span_is(name, options[i].name))
			return &options[i];
	}
	return NULL;
}

const struct option *
options_suggest(const char *group, struct span name)
{
	struct suggest suggest = suggest_for(name);
	struct span nearest;

	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		if (span_is(span_of(group), options[i].group))
			suggest_offer(&suggest, span_of(options[i].name));
	}
	nearest = suggest_nearest(&suggest);
	if (nearest.len)
		return options_find(group, nearest);
	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		if (span_is(name, options[i].name))
			return &options[i];
	}
	return NULL;
}

void
options_show_name(const struct option *option, struct buf *to)
{
	if (option->group[0])
		buf_printf(to, "%s.", option->group);
	buf_add_text(to, option->name);
}

static const char *
kind_words(enum options_kind kind)
{
	switch (kind) {
	case OPTIONS_GROUP:
		return "a group { }";
	case OPTIONS_SOURCES:
		return "a list of groups ( { } )";
	case OPTIONS_LATER:
		return "not available in this version";
	case OPTIONS_TRUTH:
		return "true or false";
	case OPTIONS_COUNT:
		return "a whole number";
	case OPTIONS_SIZE:
		return "a size";
	case OPTIONS_TIME:
		return "a time";
	case OPTIONS_RATE:
		return "a rate";
	case OPTIONS_SHARE:
		return "a percentage or a count";
	case OPTIONS_WORD:
		return "one of";
	case OPTIONS_INPUTS:
	case OPTIONS_AFTER:
		return "a text or a list of texts";
	case OPTIONS_HEADER:
	case OPTIONS_FIELDS:
		return "a list of texts";
	case OPTIONS_COLUMNS:
		return "a list of pairs or threes";
	case OPTIONS_CONSTANTS:
		return "a list of pairs";
	case OPTIONS_ONLY:
		return "a list of rules";
	case OPTIONS_HISTORY:
		return "a list of groups { }";
	case OPTIONS_MAPS:
		return "a group { } of lists of pairs";
	case OPTIONS_CLEAN:
		return "any of \"hard returns\" \"quotation marks\"";
	case OPTIONS_PATH:
		return "a path";
	case OPTIONS_TEXT:
	case OPTIONS_SLUG:
	case OPTIONS_URL:
	case OPTIONS_PROXY:
	case OPTIONS_ENCODING:
	case OPTIONS_TOKEN:
		break;
	}
	return "a text";
}

void
options_show_value(const struct option *option, struct buf *to)
{
	buf_add_text(to, kind_words(option->kind));
	for (const struct options_word *word = option->words; word && word->name; word++)
		buf_printf(to, " \"%s\"", word->name);
	if (option->least)
		buf_printf(to, ", %s to %s", option->least, option->most);
	if (option->is_required)
		buf_add_text(to, "; required");
	else if (option->fallback)
		buf_printf(to, "; default %s", option->fallback[0] ? option->fallback : "\"\"");
}
