#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "runner/cli/reporting.h"
#include "runner/cli/verbs.h"

static int report_run(const struct args *args, struct err *err);

const struct verb verb_report = {
	.name = "report",
	.operands = "JOB",
	.least = 1,
	.most = 1,
	.summary = "writes the reports again",
	.help = "report.csv, summary.csv and rejected.csv, at any time, also while a run is\n"
		"going.  The same events give the same bytes.\n",
	.options = OPTION_BIT(QUIET) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = report_run,
};

static int
report_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	char folder[PATH_MAX];
	struct report_result *result = calloc(1, sizeof(*result));
	int failed;

	failed = session_open(&session, args, err) || session_read_load(&session, err);
	if (!failed && !result)
		failed = err_memory(err);
	if (!failed)
		failed = reporting_write(&session, result, err);
	if (!failed && !args_has(args, OPTION_QUIET)) {
		reporting_folder(&session, folder);
		printf("%s/report.csv\n%s/summary.csv\n%s/rejected.csv\n", folder, folder, folder);
	}
	free(result);
	return failed ? -1 : 0;
}
