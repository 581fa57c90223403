#include "platform.h"

#include <stdio.h>

#include "runner/base/show.h"
#include "runner/cli/alone.h"
#include "runner/cli/corrected.h"
#include "runner/cli/run.h"
#include "runner/cli/verbs.h"
#include "runner/report/outcome.h"
#include "runner/source/file.h"

static int retry_run(const struct args *args, struct err *err);

const struct verb verb_retry = {
	.name = "retry",
	.operands = "JOB [FILE]",
	.least = 1,
	.most = 2,
	.summary = "sends corrected rows, or failed chunks, again",
	.help = "FILE is what  rollcall rejects JOB -o FILE  wrote, or a part of it, corrected:\n"
		"its rows are sent as they stand there, as new chunks of their source, and the\n"
		"load goes on as with run.  A row is taken once: to go on after a stop, say run.\n"
		"--failed sends the chunks again that were refused or failed and that the nation\n"
		"surely does not hold; for others there is resolve.\n"
		"Not while the load is running: stop it first.\n",
	.options = OPTION_BIT(FAILED) | OPTION_BIT(QUIET) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = retry_run,
};

struct retry {
	const struct args *args;
	struct file file; /* opened before the process confines itself */
};

static void
retry_done(struct retry *retry)
{
	file_close(&retry->file);
}
SCOPED_BY(retry, retry_done)

/* ---- chunks */

static void
say_unsure(const struct session *session, const struct engine_retried *retried)
{
	const char *name = session->job.sources[retried->unsure_source].name;
	char number[SHOW_BYTES];

	fprintf(stderr, "%s %s (%s-%u%s) the nation may hold: a person settles that.\n"
			"  rollcall explain %s %s-%u\n",
	    show_count(retried->unsure, number), retried->unsure == 1 ? "chunk" : "chunks", name,
	    retried->unsure_chunk, retried->unsure == 1 ? "" : " and others",
	    session->settings.command, name, retried->unsure_chunk);
}

static int
plan_failed_again(const struct retry *retry, struct session *session, struct engine *engine,
    struct err *err)
{
	struct engine_retried retried;
	char number[SHOW_BYTES];

	if (engine_retry_failed(engine, &retried, err))
		return -1;
	if (retried.again && !args_has(retry->args, OPTION_QUIET))
		fprintf(stderr, "%s %s sent again.\n", show_count(retried.again, number),
		    retried.again == 1 ? "chunk is" : "chunks are");
	if (retried.unsure)
		say_unsure(session, &retried);
	if (!retried.again && !args_has(retry->args, OPTION_QUIET))
		fprintf(stderr, "There is no chunk to send again.\n");
	return 0;
}

/* ---- rows */

static int
change(void *ctx, struct session *session, struct err *err)
{
	struct retry *retry = ctx;
	SCOPED(alone) alone = ALONE_NONE;
	uint64_t rows;
	char number[SHOW_BYTES];

	if (alone_open(&alone, session, err))
		return -1;
	if (args_has(retry->args, OPTION_FAILED))
		return plan_failed_again(retry, session, alone.engine, err);
	if (corrected_plan(session, alone.engine, &retry->file, &rows, err) ||
	    session_look_again(session, err))
		return -1;
	if (!args_has(retry->args, OPTION_QUIET))
		fprintf(stderr, "%s corrected %s sent again.\n", show_count(rows, number),
		    rows == 1 ? "row is" : "rows are");
	return 0;
}

static int
retry_run(const struct args *args, struct err *err)
{
	SCOPED(retry) retry = { .args = args, .file = FILE_NONE };
	const char *path = args->operands[1];
	const struct run_first first = { change, &retry };

	if (args_has(args, OPTION_FAILED) == (path != NULL))
		return err_set(err, ERR_USAGE,
		    path ? "FILE and --failed are two things: say one of them"
			 : "say which rows or chunks: FILE, or --failed");
	if (path && file_open(&retry.file, (struct file_name){ path, path }, err))
		return -1;
	return run_changed(args, &first, err);
}
