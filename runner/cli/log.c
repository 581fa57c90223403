#include "platform.h"

#include <stdio.h>

#include "runner/base/show.h"
#include "runner/cli/confinement.h"
#include "runner/cli/output.h"
#include "runner/cli/session.h"
#include "runner/cli/verbs.h"
#include "runner/report/log.h"
#include "store/events.h"

static int log_run(const struct args *args, struct err *err);

const struct verb verb_log = {
	.name = "log",
	.operands = "JOB",
	.least = 1,
	.most = 1,
	.summary = "prints the events of a load, a line each",
	.help = "Everything that happened, in order, as it was written down.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = log_run,
};

struct printer {
	const struct report_job *job;
	bool is_json;
};

static int
print_event(void *context, const struct event *event, struct err *err)
{
	const struct printer *printer = context;
	SCOPED(buf) line = BUF_INIT;
	SCOPED(buf) shown = BUF_INIT;

	if (printer->is_json)
		log_json(&line, event, printer->job);
	else
		log_text(&line, event, printer->job);
	show_lines(&shown, buf_span(&line));
	return buf_check(&line, err) ? -1 : output_text(&shown, err);
}

static int
log_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	struct printer printer = { &session.job, args_has(args, OPTION_JSON) };

	if (session_open(&session, args, err) ||
	    confinement_enter(&session, CONFINEMENT_STATE, err) ||
	    session_read_load(&session, err))
		return -1;
	return events_each(session.store, 1, print_event, &printer, err);
}
