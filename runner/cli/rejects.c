#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/base/suggest.h"
#include "runner/cli/confinement.h"
#include "runner/cli/output.h"
#include "runner/cli/reporting.h"
#include "runner/cli/verbs.h"
#include "runner/report/grounds.h"
#include "runner/report/rejected_csv.h"

static int rejects_run(const struct args *args, struct err *err);

const struct verb verb_rejects = {
	.name = "rejects",
	.operands = "JOB",
	.least = 1,
	.most = 1,
	.summary = "prints all rejected rows with reason and place",
	.help = "CSV in the form of rejected.csv: correct the rows in an editor or a spreadsheet,\n"
		"then  rollcall retry JOB FILE  sends them.  With --list the reasons instead, the\n"
		"most frequent first; numbers, ids, names and what is in quotation marks stand\n"
		"there as \"\302\253\342\200\246\302\273\".  --reason looks into the reasons of both forms,\n"
		"whatever the case of letters.  Works while the load is running, too.\n",
	.options = OPTION_BIT(FORCE) | OPTION_BIT(JSON) | OPTION_BIT(LIST) | OPTION_BIT(OUTPUT) |
		   OPTION_BIT(REJECTED_FOR) | OPTION_BIT(SOURCE) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = rejects_run,
};

/* What is asked for, and where it goes. */
struct asking {
	const struct args *args;
	const struct report_job *job;
	bool wants[LIMIT_SOURCES];
	struct span reason; /* empty: any */
	bool is_list;
	struct rejected_csv csv;
	struct grounds grounds;
	struct buf folded;
	uint64_t again; /* rows that were sent again and have no answer yet */
};

static void
asking_done(struct asking *asking)
{
	rejected_csv_done(&asking->csv);
	grounds_done(&asking->grounds);
	buf_done(&asking->folded);
}
SCOPED_BY(asking, asking_done)

/* ---- what is asked for */

static int
no_such_source(const struct report_job *job, const char *name, struct err *err)
{
	struct suggest suggest = suggest_for(span_of(name));
	struct span nearest;

	for (size_t i = 0; i < job->source_count; i++)
		suggest_offer(&suggest, span_of(job->sources[i].name));
	nearest = suggest_nearest(&suggest);
	return err_set(err, ERR_USAGE, "there is no source \"%s\"%s%.*s%s", name,
	    nearest.ptr ? "; did you mean \"" : "", SPAN_ARG(nearest), nearest.ptr ? "\"?" : "");
}

static int
read_sources(struct asking *asking, struct err *err)
{
	const struct args *args = asking->args;

	for (size_t i = 0; i < asking->job->source_count; i++)
		asking->wants[i] = !args_has(args, OPTION_SOURCE);
	for (size_t i = 0; i < args->given_count; i++) {
		const char *name = args->given[i].value;
		size_t at = 0;

		if (args->given[i].option != OPTION_SOURCE)
			continue;
		while (at < asking->job->source_count &&
		       strcmp(asking->job->sources[at].name, name) != 0)
			at++;
		if (at == asking->job->source_count)
			return no_such_source(asking->job, name, err);
		asking->wants[at] = true;
	}
	return 0;
}

static int
visit(void *ctx, const struct rejected_row *row, struct err *err)
{
	struct asking *asking = ctx;
	const struct report_source *source = &asking->job->sources[row->plan->source];
	const struct grounds_known known = { source->columns, source->column_count, row->fields,
		row->field_count };

	if (row->is_answered || !asking->wants[row->plan->source])
		return 0;
	if (asking->is_list || asking->reason.len) {
		grounds_fold(&asking->folded, row->reason, &known);
		if (buf_check(&asking->folded, err))
			return -1;
	}
	if (asking->reason.len &&
	    !grounds_match(asking->reason, row->reason, buf_span(&asking->folded)))
		return 0;
	asking->again += row->again != 0;
	if (asking->is_list)
		return grounds_add(&asking->grounds, buf_span(&asking->folded), err);
	return rejected_csv_row(&asking->csv, row, err);
}

static void
warn_unlisted(const struct reporting_gaps *gaps)
{
	char number[SHOW_BYTES];

	if (gaps->unlisted)
		fprintf(stderr, "warning: %s rejected %s of this load %s not listed: the nation's answers,\n"
				"  as they are kept in its folder answers/, do not say which.\n",
		    show_count(gaps->unlisted, number), gaps->unlisted == 1 ? "row" : "rows",
		    gaps->unlisted == 1 ? "is" : "are");
}

/* What the reader of the rows must know beside them. */
static void
warn(const struct asking *asking, const struct reporting_gaps *gaps)
{
	char number[SHOW_BYTES];

	if (gaps->is_unreadable)
		reporting_warn_unplaced();
	warn_unlisted(gaps);
	if (asking->again)
		fprintf(stderr, "note: %s of these rows %s sent again already and await an answer:\n"
				"  retry does not take them.\n",
		    show_count(asking->again, number), asking->again == 1 ? "was" : "were");
}

/* ---- rows */

static int
print_rows(struct asking *asking, struct session *session, FILE *to, struct err *err)
{
	const struct rejected_visitor visitor = { visit, asking };
	struct reporting_gaps gaps;

	if (rejected_csv_init(&asking->csv, &session->job, to, err) ||
	    reporting_each_rejected(session, &visitor, &gaps, err))
		return -1;
	warn(asking, &gaps);
	return 0;
}

/* ---- the list of reasons */

static void
list_text(struct buf *to, const struct grounds *grounds)
{
	char number[SHOW_BYTES];
	int width = grounds->count ? (int)strlen(show_count(grounds->items[0].rows, number)) : 0;

	show_count(grounds->others, number);
	if (grounds->others && (int)strlen(number) > width)
		width = (int)strlen(number);
	for (size_t i = 0; i < grounds->count; i++)
		buf_printf(to, "%*s  %s\n", width, show_count(grounds->items[i].rows, number),
		    grounds->items[i].text);
	if (grounds->others)
		buf_printf(to, "%*s  with other reasons\n", width,
		    show_count(grounds->others, number));
}

static void
list_json(struct buf *to, const struct asking *asking)
{
	const struct grounds *grounds = &asking->grounds;
	struct jsonw json = jsonw_into(to);

	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "schema", 1);
	jsonw_string(&json, "job", asking->job->name);
	jsonw_number(&json, "rejected", grounds->rows);
	grounds_json(&json, grounds);
	jsonw_close(&json, '}');
	buf_add_byte(to, '\n');
}

static int
print_list(struct asking *asking, struct session *session, FILE *to, struct err *err)
{
	const struct rejected_visitor visitor = { visit, asking };
	SCOPED(buf) text = BUF_INIT;
	struct reporting_gaps gaps;

	if (reporting_each_rejected(session, &visitor, &gaps, err))
		return -1;
	warn_unlisted(&gaps);
	grounds_sort(&asking->grounds);
	if (args_has(asking->args, OPTION_JSON))
		list_json(&text, asking);
	else
		list_text(&text, &asking->grounds);
	if (buf_check(&text, err))
		return -1;
	if (text.len)
		fwrite(text.ptr, 1, text.len, to);
	return 0;
}

static int
print(struct asking *asking, struct session *session, FILE *to, struct err *err)
{
	return asking->is_list ? print_list(asking, session, to, err)
			       : print_rows(asking, session, to, err);
}

/* ---- all of it */

static int
open_load(struct session *session, const struct output *output, const struct args *args,
    struct err *err)
{
	if (session_open(session, args, err))
		return -1;
	if (output->path && !output->device)
		session->output = output->path;
	if (confinement_enter(session, CONFINEMENT_STATE, err) || session_read_load(session, err))
		return -1;
	return session->output ? session_spare_files(session, session->output, err) : 0;
}

static int
rejects_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	SCOPED(output) output = OUTPUT_NONE;
	SCOPED(asking) asking = {
		.args = args,
		.job = &session.job,
		.reason = span_of(args->values[OPTION_REJECTED_FOR]),
		.is_list = args_has(args, OPTION_LIST) || args_has(args, OPTION_JSON),
	};

	if (output_choose(&output, args->values[OPTION_OUTPUT], args_has(args, OPTION_FORCE), err) ||
	    open_load(&session, &output, args, err) || read_sources(&asking, err) ||
	    output_open(&output, err) || print(&asking, &session, output.to, err))
		return -1;
	return output_close(&output, err);
}
