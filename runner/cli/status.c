#include "platform.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/show.h"
#include "runner/cli/confinement.h"
#include "runner/cli/output.h"
#include "runner/cli/reporting.h"
#include "runner/cli/standing.h"
#include "runner/cli/verbs.h"

static int status_run(const struct args *args, struct err *err);

const struct verb verb_status = {
	.name = "status",
	.operands = "[JOB]",
	.least = 0,
	.most = 1,
	.summary = "where a load stands, live, from any terminal",
	.help = "Without JOB: all loads of this folder and of those below it; with --state-dir\n"
		"those of DIR.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = status_run,
};

/* ---- one load */

static int
print(const struct status *status, bool is_json, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	SCOPED(buf) shown = BUF_INIT;

	if (is_json)
		status_json(&text, status);
	else
		status_text(&text, status);
	show_lines(&shown, buf_span(&text));
	return buf_check(&text, err) ? -1 : output_text(&shown, err);
}

struct grouping {
	const struct report_job *job;
	struct grounds *grounds;
	struct buf folded;
};

static int
group(void *ctx, const struct rejected_row *row, struct err *err)
{
	struct grouping *grouping = ctx;
	const struct report_source *source = &grouping->job->sources[row->plan->source];
	const struct grounds_known known = { source->columns, source->column_count, row->fields,
		row->field_count };

	if (row->is_answered)
		return 0;
	grounds_fold(&grouping->folded, row->reason, &known);
	return buf_check(&grouping->folded, err) ||
		       grounds_add(grouping->grounds, buf_span(&grouping->folded), err)
		   ? -1
		   : 0;
}

/* Only for the one load that is asked about: their rows are read again in its inputs. If these are gone, where
 * it stands can be told all the same. */
static void
add_grounds(struct status *status, struct grounds *grounds, struct session *session)
{
	struct grouping grouping = { &session->job, grounds, BUF_INIT };
	const struct rejected_visitor visitor = { group, &grouping };
	struct err ignored = ERR_INIT;
	uint64_t rejected = 0;
	struct reporting_gaps gaps;

	for (size_t i = 0; i < session->job.source_count; i++)
		rejected += tally_rejected(&status->tallies[i]);
	if (rejected == 0)
		return;
	if (reporting_each_rejected(session, &visitor, &gaps, &ignored) == 0)
		status->grounds = grounds;
	buf_done(&grouping.folded);
	grounds_sort(grounds);
}

static int
status_of(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	SCOPED(standing) standing = STANDING_NONE;
	SCOPED(grounds) grounds = GROUNDS_NONE;

	/* All loads of a folder are looked at by one process, which is confined to that. */
	if (session_open(&session, args, err) ||
	    (args->operand_count && confinement_enter(&session, CONFINEMENT_STATE, err)))
		return -1;
	if (session_has_load(&session) ? session_read_load(&session, err)
				       : session_describe(&session, "", err))
		return -1;
	if (standing_read(&standing, &session, err) ||
	    standing_add_runner(&standing, &session, err))
		return -1;
	if (args_has(args, OPTION_JSON) && args->operand_count)
		add_grounds(&standing.status, &grounds, &session);
	return print(&standing.status, args_has(args, OPTION_JSON), err);
}

/* ---- all loads below a folder */

struct survey {
	const struct args *args;
	unsigned found;
	int code; /* of the last load that could not be read */
};

/* A load that cannot be read spoils the others' lines no more than a message. */
static void
tell(struct survey *survey, const char *job)
{
	struct args one = *survey->args;
	struct err problem = ERR_INIT;

	survey->found++;
	one.operands[0] = job;
	if (status_of(&one, &problem) == 0)
		return;
	survey->code = output_complaint(&problem);
}

static bool
is_run_folder(const FTSENT *entry)
{
	return entry->fts_namelen > 4 &&
	       strcmp(entry->fts_name + entry->fts_namelen - 4, ".run") == 0;
}

/* NAME.run belongs to the NAME.cfg beside it; with --state-dir to that of this folder. */
static void
see_run_folder(struct survey *survey, const FTSENT *entry)
{
	bool is_apart = args_has(survey->args, OPTION_STATE_DIR);
	const char *path = is_apart ? entry->fts_name : entry->fts_path;
	char job[PATH_MAX + 8], birth[PATH_MAX + 16];

	if (strncmp(path, "./", 2) == 0)
		path += 2;
	snprintf(job, sizeof(job), "%.*s.cfg", (int)strlen(path) - 4, path);
	snprintf(birth, sizeof(birth), "%s/birth.json", entry->fts_path);
	if (access(job, F_OK) == 0)
		tell(survey, job);
	else if (access(birth, F_OK) == 0)
		fprintf(stderr, "%s is passed over: its job file %s is not there\n", path, job);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void
look_through(struct survey *survey, FTS *tree)
{
	FTSENT *entry;

	while ((entry = fts_read(tree))) {
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			fprintf(stderr, "cannot look into %s: %s\n", entry->fts_path,
			    strerror(entry->fts_errno));
		if (entry->fts_info != FTS_D || entry->fts_level == FTS_ROOTLEVEL)
			continue;
		if (is_run_folder(entry))
			see_run_folder(survey, entry);
		if (is_run_folder(entry) || entry->fts_name[0] == '.' ||
		    args_has(survey->args, OPTION_STATE_DIR))
			fts_set(tree, entry, FTS_SKIP);
	}
}

static int
status_of_all(const struct args *args, struct err *err)
{
	const char *dir = args->values[OPTION_STATE_DIR];
	char root[PATH_MAX];
	char *roots[] = { root, NULL };
	struct survey survey = { .args = args };
	FTS *tree;

	snprintf(root, sizeof(root), "%s", dir ? dir : ".");
	if (confinement_enter_tree(root, err))
		return -1;
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (!tree)
		return err_system(err, ERR_INPUT, errno, "%s", root);
	look_through(&survey, tree);
	fts_close(tree);
	if (survey.found == 0)
		fprintf(stderr, "There is no run folder (NAME.run) %s.\n",
		    dir ? "there" : "here or below");
	return survey.code;
}

static int
status_run(const struct args *args, struct err *err)
{
	return args->operand_count ? status_of(args, err) : status_of_all(args, err);
}
