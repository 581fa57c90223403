#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "runner/base/jsonw.h"
#include "runner/cli/confinement.h"
#include "runner/cli/output.h"
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
		"going.  The same events give the same bytes, as long as the inputs can be\n"
		"read again: they say where a rejected row stands.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(QUIET) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = report_run,
};

static int
print_json(const struct session *session, const char *folder, struct err *err)
{
	static const char *const names[] = { "report.csv", "summary.csv", "rejected.csv" };
	SCOPED(buf) text = BUF_INIT;
	struct jsonw json = jsonw_into(&text);
	char path[PATH_MAX + 32];

	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "schema", 1);
	jsonw_string(&json, "job", session->job.name);
	jsonw_open(&json, "files", '[');
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		jsonw_string(&json, NULL, path);
	}
	jsonw_close(&json, ']');
	return output_json(&json, err);
}

static int
report_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	char folder[PATH_MAX];
	struct report_result *result = calloc(1, sizeof(*result));
	int failed;

	failed = session_open(&session, args, err) ||
		 confinement_enter(&session, CONFINEMENT_STATE | CONFINEMENT_REPORTS, err) ||
		 session_read_load(&session, err);
	if (!failed && !result)
		failed = err_memory(err);
	if (!failed)
		failed = reporting_write(&session, result, err);
	if (!failed)
		reporting_folder(&session, folder);
	if (!failed && args_has(args, OPTION_JSON))
		failed = print_json(&session, folder, err);
	else if (!failed && !args_has(args, OPTION_QUIET))
		printf("%s/report.csv\n%s/summary.csv\n%s/rejected.csv\n", folder, folder, folder);
	if (!failed && result->rows_unplaced)
		reporting_warn_unplaced();
	free(result);
	if (failed)
		confinement_withdraw(&session);
	return failed ? -1 : 0;
}
