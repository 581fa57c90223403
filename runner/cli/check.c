#include "platform.h"

#include <stdio.h>

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/cli/check.h"
#include "runner/cli/confinement.h"
#include "runner/cli/linting.h"
#include "runner/cli/globs.h"
#include "runner/cli/output.h"
#include "runner/cli/planning.h"
#include "runner/cli/session.h"
#include "runner/cli/signin.h"
#include "runner/cli/verbs.h"
#include "runner/sys/clock.h"

const struct verb verb_check = {
	.name = "check",
	.operands = "JOB",
	.least = 1,
	.most = 1,
	.summary = "reads every input to its end and sends nothing",
	.help = "Validates the job, the bytes, the structure, the required columns, and, wherever\n"
		"fields are taken apart anyway (mapped columns, ballots), the values that\n"
		"NationBuilder's rules name; prints the plan.  With --online the nation is also\n"
		"asked for its list of imports: are slug and token right, can doubts be settled?\n"
		"\n"
		"With --lint every value of every row that would be sent is looked at, too: ids\n"
		"that are in more than one row, or in none, states, dates, counties in several\n"
		"spellings, line ends and quotation marks inside, e-mail, phones, what is too\n"
		"long, and fields that are always empty.  Findings are warnings.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(ONLINE) | OPTION_BIT(QUIET) | OPTION_BIT(STATE_DIR) |
		   OPTION_BIT(LINT) | OPTION_BIT(REPORT) | OPTION_BIT(STRICT),
	.is_built = true,
	.run = check_run,
};

/* Nobody knows how fast a nation is today; this many rows a second is what loads have seen. */
enum { ROWS_PER_SECOND = 1000 };

struct sum {
	uint64_t chunks, posts, rows, rows_left_out, rows_sent, csv_bytes;
};

static struct sum
sum_of(const struct planning *planning)
{
	struct sum sum = { 0 };

	for (size_t i = 0; i < planning->inputs->settings->source_count; i++) {
		const struct planning_source *source = &planning->sources[i];

		sum.chunks += source->chunks;
		sum.posts += source->posts;
		sum.rows += source->rows;
		sum.rows_left_out += source->rows_left_out;
		sum.rows_sent += source->rows_sent;
		sum.csv_bytes += source->csv_bytes;
	}
	return sum;
}

/* A POST and a result each, and polls: about as many as fit while the nation works on it. */
static uint64_t
requests_of(const struct planning *planning, const struct sum *sum)
{
	uint64_t work_ms = sum->rows_sent * 1000 / ROWS_PER_SECOND;

	return 3 * sum->posts + work_ms / planning->inputs->settings->poll.most_ms;
}

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* What the rules of the job did, those that did something. */
static void
print_reasons(const struct planning_source *source)
{
	char rows[SHOW_BYTES], row[SHOW_BYTES];

	for (size_t i = 0; i < source->reason_count; i++) {
		const struct planning_reason *reason = &source->reasons[i];
		SCOPED(buf) examples = BUF_INIT;

		if (reason->count.rows == 0)
			continue;
		for (uint32_t j = 0; j < reason->count.example_count; j++) {
			const struct reasons_example *example = &reason->count.examples[j];

			buf_add_text(&examples, j ? ", \"" : "\"");
			show_safe(&examples, span_of(example->value), sizeof(example->value));
			buf_printf(&examples, "\" (row %s)", show_count(example->row, row));
		}
		printf("  %-10s %s: %s\n             %s\n", reasons_show(reason->kind),
		    show_count(reason->count.rows, rows), reason->words, buf_text(&examples));
	}
}

/* "5,000 rows", or "5,000 rows (3,812 to send)" */
static const char *
rows_of(uint64_t rows, uint64_t rows_sent, struct buf *to)
{
	char number[SHOW_BYTES];

	buf_printf(to, "%s row%s", show_count(rows, number), plural(rows));
	if (rows_sent != rows)
		buf_printf(to, " (%s to send)", show_count(rows_sent, number));
	return buf_text(to);
}

static void
print_source(const char *name, const struct planning_source *source)
{
	SCOPED(buf) rows = BUF_INIT;
	char size[SHOW_BYTES];

	printf("%-12s %s in %llu file%s, %s, %llu chunk%s\n", name,
	    rows_of(source->rows, source->rows_sent, &rows),
	    (unsigned long long)source->inputs, plural(source->inputs),
	    show_size(source->csv_bytes, size), (unsigned long long)source->chunks,
	    plural(source->chunks));
	print_reasons(source);
}

/* `answer` is what the nation said, NULL if it was not asked; `linting` the same. */
static void
print_text(const struct planning *planning, const struct signin_answer *answer,
    const struct linting *linting)
{
	struct sum sum = sum_of(planning);
	char size[SHOW_BYTES], time[SHOW_BYTES], requests[SHOW_BYTES];
	SCOPED(buf) rows = BUF_INIT;

	for (size_t i = 0; i < planning->inputs->settings->source_count; i++)
		print_source(planning->inputs->settings->sources[i].name, &planning->sources[i]);
	printf("%-12s %s, %s, %llu chunk%s, about %s requests\n", "plan",
	    rows_of(sum.rows, sum.rows_sent, &rows), show_size(sum.csv_bytes, size),
	    (unsigned long long)sum.chunks, plural(sum.chunks),
	    show_count(requests_of(planning, &sum), requests));
	printf("%-12s about %s, if the nation takes %s rows a second\n", "time",
	    show_duration(sum.rows_sent * 1000 / ROWS_PER_SECOND, time),
	    show_count(ROWS_PER_SECOND, requests));
	if (answer)
		printf("%-12s %s: %s: %s\n", "nation", planning->inputs->settings->nation.label,
		    signin_word(answer), answer->words);
	if (linting)
		linting_print(linting);
	printf("Nothing was sent.\n");
}

static void
add_reasons(struct jsonw *json, const struct planning_source *source)
{
	jsonw_open(json, "rules", '[');
	for (size_t i = 0; i < source->reason_count; i++) {
		const struct planning_reason *reason = &source->reasons[i];

		jsonw_open(json, NULL, '{');
		jsonw_string(json, "what", reasons_word(reason->kind));
		jsonw_string(json, "rule", reason->words);
		jsonw_number(json, "rows", reason->count.rows);
		jsonw_open(json, "examples", '[');
		for (uint32_t j = 0; j < reason->count.example_count; j++) {
			jsonw_open(json, NULL, '{');
			jsonw_number(json, "row", reason->count.examples[j].row);
			jsonw_number(json, "line", reason->count.examples[j].line);
			jsonw_close(json, '}');
		}
		jsonw_close(json, ']');
		jsonw_close(json, '}');
	}
	jsonw_close(json, ']');
}

static void
add_source(struct jsonw *json, const char *name, const char *type,
    const struct planning_source *source)
{
	jsonw_open(json, NULL, '{');
	jsonw_string(json, "name", name);
	jsonw_string(json, "type", type);
	jsonw_number(json, "inputs", source->inputs);
	jsonw_number(json, "chunks", source->chunks);
	jsonw_number(json, "rows", source->rows);
	jsonw_number(json, "rows_left_out", source->rows_left_out);
	jsonw_number(json, "rows_sent", source->rows_sent);
	jsonw_number(json, "bytes", source->csv_bytes);
	add_reasons(json, source);
	jsonw_open(json, "warnings", '[');
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		if (source->counts[rule].rows == 0)
			continue;
		jsonw_open(json, NULL, '{');
		jsonw_string(json, "what", rules_text((enum rule)rule));
		jsonw_number(json, "rows", source->counts[rule].rows);
		jsonw_number(json, "first_row", source->counts[rule].examples[0].row);
		jsonw_number(json, "first_line", source->counts[rule].examples[0].line);
		jsonw_close(json, '}');
	}
	jsonw_close(json, ']');
	jsonw_close(json, '}');
}

static int
print_json(const struct planning *planning, const struct signin_answer *answer,
    const struct linting *linting, struct err *err)
{
	const struct settings *settings = planning->inputs->settings;
	struct sum sum = sum_of(planning);
	SCOPED(buf) text = BUF_INIT;
	struct jsonw json = jsonw_into(&text);

	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "schema", 1);
	jsonw_string(&json, "job", settings->name);
	jsonw_string(&json, "nation", settings->nation.label);
	jsonw_number(&json, "chunks", sum.chunks);
	jsonw_number(&json, "rows", sum.rows);
	jsonw_number(&json, "rows_left_out", sum.rows_left_out);
	jsonw_number(&json, "rows_sent", sum.rows_sent);
	jsonw_number(&json, "bytes", sum.csv_bytes);
	jsonw_number(&json, "requests", requests_of(planning, &sum));
	jsonw_open(&json, "sources", '[');
	for (size_t i = 0; i < settings->source_count; i++)
		add_source(&json, settings->sources[i].name,
		    settings_type_name(settings->sources[i].type), &planning->sources[i]);
	jsonw_close(&json, ']');
	if (answer) {
		jsonw_open(&json, "online", '{');
		jsonw_string(&json, "check", signin_word(answer));
		jsonw_number(&json, "status", answer->status);
		jsonw_bool(&json, "shows_list", answer->shows_list);
		jsonw_string(&json, "message", answer->words);
		jsonw_close(&json, '}');
	}
	if (linting)
		linting_add(linting, &json);
	return output_json(&json, err);
}

/* One look at the nation's list; what it says is data, not a failure of the asking. */
static int
ask_nation(struct signin *signin, struct signin_answer *answer, struct err *err)
{
	SCOPED(token) token = TOKEN_INIT;
	struct client *client = NULL;
	int failed;

	if (signin_read(signin, &token, err) ||
	    signin_client(signin, &token, (struct client_options){ .folder_fd = -1 }, &client, err))
		return -1;
	failed = signin_ask(client, answer, err);
	client_close(client);
	return failed;
}

static int
print(const struct planning *planning, const struct signin_answer *answer,
    const struct linting *linting, const struct args *args, struct err *err)
{
	if (args_has(args, OPTION_JSON))
		return print_json(planning, answer, linting, err);
	if (!args_has(args, OPTION_QUIET) || (linting && linting->lint.findings.count))
		print_text(planning, answer, linting);
	return 0;
}

static int
check_words(const struct args *args, struct err *err)
{
	const char *page = args->values[OPTION_REPORT];

	if (!args_has(args, OPTION_LINT) && (page || args_has(args, OPTION_STRICT)))
		return err_set(err, ERR_USAGE, "--%s goes with --lint", page ? "report" : "strict");
	return page ? output_check(page, err) : 0;
}

static int64_t
now_ms(void)
{
	struct clock_port clock = clock_real();

	return clock.now(clock.ctx).wall_ms;
}

/* With --lint the rows are looked at on the way. */
static int
plan(struct planning *planning, struct linting *linting, const struct args *args, struct err *err)
{
	if (!args_has(args, OPTION_LINT))
		return planning_run(planning, err);
	if (linting_begin(linting, planning->inputs, now_ms(), err))
		return -1;
	planning->sink = linting_sink(linting);
	if (planning_run(planning, err) || linting_finish(linting, err))
		return -1;
	return args_has(args, OPTION_REPORT)
		   ? linting_write_page(linting, args->values[OPTION_REPORT], err)
		   : 0;
}

static bool
has_warnings(const struct planning *planning, const struct linting *linting)
{
	bool has_any = linting->lint.findings.count > 0 || linting->lint.ids.left_off > 0;

	for (size_t i = 0; i < planning->inputs->settings->source_count; i++) {
		for (int rule = 0; rule < RULE_COUNT; rule++)
			has_any |= planning->sources[i].counts[rule].rows > 0;
	}
	return has_any;
}

/* What check reads are the files of now; a load that exists sends those of its plan. A load that cannot be
 * read is told by the verbs that go on with it. */
static void
warn_of_strangers(const struct args *args)
{
	SCOPED(session) session = SESSION_NONE;
	struct err ignored = ERR_INIT;

	if (session_open(&session, args, &ignored) == 0 && session_has_load(&session) &&
	    session_read_load(&session, &ignored) == 0)
		globs_warn(&session.settings);
}

int
check_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	SCOPED(planning) planning = { .inputs = &session.inputs };
	SCOPED(linting) linting = LINTING_NONE;
	SCOPED(signin) signin = SIGNIN_NONE;
	struct signin_answer answer = { .kind = ERR_NONE };
	bool is_online = args_has(args, OPTION_ONLINE);

	/* A load's id is as long as this one, so that the chunks are those of a run. */
	if (check_words(args, err) || session_open(&session, args, err))
		return -1;
	session.output = args->values[OPTION_REPORT];
	if ((is_online && signin_open(&signin, &session.settings, err)) ||
	    confinement_enter(&session,
		(is_online ? CONFINEMENT_NATION : 0) |
		    (session_has_load(&session) ? CONFINEMENT_STATE : 0), err) ||
	    session_describe(&session, "0123456789abcdef", err) ||
	    (session.output && session_spare_files(&session, session.output, err)))
		return -1;
	if (plan(&planning, &linting, args, err))
		return -1;
	planning_warn(&planning);
	warn_of_strangers(args);
	if (is_online && ask_nation(&signin, &answer, err))
		return -1;
	if (print(&planning, is_online ? &answer : NULL,
		args_has(args, OPTION_LINT) ? &linting : NULL, args, err))
		return -1;
	if (answer.kind)
		return err_set(
		    err, answer.kind, "%s: %s", session.settings.nation.label, answer.words);
	if (args_has(args, OPTION_STRICT) && has_warnings(&planning, &linting))
		return err_set(err, ERR_DATA, "there are warnings, and --strict\nNothing was sent.");
	return 0;
}
