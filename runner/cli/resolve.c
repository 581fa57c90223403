#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/number.h"
#include "runner/cli/alone.h"
#include "runner/cli/confinement.h"
#include "runner/cli/reporting.h"
#include "runner/cli/session.h"
#include "runner/cli/standing.h"
#include "runner/cli/verbs.h"
#include "runner/sys/clock.h"
#include "runner/sys/control.h"
#include "runner/sys/host.h"
#include "store/lock.h"

static int resolve_run(const struct args *args, struct err *err);

const struct verb verb_resolve = {
	.name = "resolve",
	.operands = "JOB CHUNK",
	.least = 2,
	.most = 2,
	.summary = "settles a chunk by a person's word",
	.help = "For a chunk in doubt or held: look into the nation's control panel (imports),\n"
		"then\n"
		"  --import ID   it is there, as this import: its rows will be counted\n"
		"  --resubmit    it is not there: it is sent again by the next run\n"
		"  --skip        leave it\n"
		"Also settles chunks that were refused or failed.  --reason is required and\n"
		"recorded with user, host and time.  Works while the load is running, too.\n",
	.options = OPTION_BIT(IMPORT) | OPTION_BIT(RESUBMIT) | OPTION_BIT(SKIP) |
		   OPTION_BIT(REASON) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = resolve_run,
};

enum {
	ANSWER_WAIT_MS = 10 * 1000, /* a runner hears at once, unless it is reading a chunk again */
	TRIES = 3,
};

static int
read_wish(const struct args *args, struct event *event, struct err *err)
{
	const char *reason = args->values[OPTION_REASON];
	const char *import = args->values[OPTION_IMPORT];
	int ways = (import != NULL) + args_has(args, OPTION_RESUBMIT) + args_has(args, OPTION_SKIP);

	if (ways != 1)
		return err_set(err, ERR_USAGE, "say one of --import ID, --resubmit, --skip");
	if (!reason || !reason[strspn(reason, " \t\r\n")])
		return err_set(err, ERR_USAGE, "--reason TEXT is required: it is kept as evidence");
	event->type = import				  ? EVENT_RESOLVED_IMPORT
		      : args_has(args, OPTION_RESUBMIT) ? EVENT_RESOLVED_RESUBMIT
							  : EVENT_RESOLVED_SKIP;
	if (import && (number_u64(span_of(import), &event->import_id) || event->import_id == 0 ||
			  event->import_id > LIMIT_IMPORT_ID))
		return err_set(err, ERR_USAGE, "\"%s\" is no import id", import);
	if (!span_copy(event->text, sizeof(event->text), span_of(reason)))
		return err_set(err, ERR_USAGE, "the reason is longer than %zu bytes",
		    sizeof(event->text) - 1);
	host_person(event->person, sizeof(event->person));
	host_name(event->host, sizeof(event->host));
	return 0;
}

/* What the events say now, as verify compares it. The chunk is settled whether or not this works. */
static void
write_reports(struct session *session)
{
	struct report_result *result = calloc(1, sizeof(*result));
	struct err err = ERR_INIT;

	if (!result || reporting_write(session, result, &err) || standing_put(session, &err))
		fprintf(stderr, "warning: the reports are as they were: %s\n",
		    result ? err.text : "out of memory");
	free(result);
}

/* Nobody runs the load: the same engine, without a nation, writes it down under the lock. */
static int
resolve_here(struct session *session, struct event *event, struct err *err)
{
	SCOPED(alone) alone = ALONE_NONE;

	if (session_own_load(session, err) || alone_open(&alone, session, err) ||
	    engine_resolve(alone.engine, event, err))
		return -1;
	write_reports(session);
	return 0;
}

/* The running load is asked; if it ended meanwhile, the lock is free. */
static int
resolve_somehow(struct session *session, struct event *event, struct err *err)
{
	int folder = open(session->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = -1;

	if (folder < 0)
		return err_system(err, ERR_INPUT, errno, "%s", session->folder);
	for (int i = 0; i < TRIES; i++) {
		SCOPED(lock) lock = LOCK_NONE;

		*err = (struct err)ERR_INIT;
		if (lock_take(&lock, session->folder, clock_real().now(NULL).wall_ms, err) == 0) {
			failed = resolve_here(session, event, err);
			break;
		}
		if (err->kind != ERR_LATER)
			break;
		*err = (struct err)ERR_INIT;
		failed = control_ask(folder, event, ANSWER_WAIT_MS, err);
		if (!failed || err->kind != ERR_LATER)
			break;
	}
	close(folder);
	return failed;
}

static int
find_chunk(const struct args *args, struct event *event, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;

	if (session_open(&session, args, err) || session_read_load(&session, err))
		return -1;
	return session_find_chunk(&session, args->operands[1], &event->source, &event->chunk, err);
}

static int
resolve_run(const struct args *args, struct err *err)
{
	struct event event = { 0 };
	SCOPED(session) session = SESSION_NONE;

	if (read_wish(args, &event, err) || find_chunk(args, &event, err) ||
	    session_open(&session, args, err) ||
	    confinement_enter(&session, CONFINEMENT_STATE | CONFINEMENT_REPORTS, err) ||
	    resolve_somehow(&session, &event, err))
		return -1;
	fprintf(stderr, "%s is settled.  rollcall run %s goes on.\n", args->operands[1],
	    session.settings.command);
	return 0;
}
