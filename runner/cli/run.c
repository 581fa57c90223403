#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/cli/begin.h"
#include "runner/cli/check.h"
#include "runner/cli/copies.h"
#include "runner/cli/ports.h"
#include "runner/cli/reporting.h"
#include "runner/cli/run.h"
#include "runner/cli/screen.h"
#include "runner/cli/signin.h"
#include "runner/cli/standing.h"
#include "runner/cli/verbs.h"
#include "runner/report/outcome.h"
#include "runner/report/watch.h"
#include "runner/sys/clock.h"
#include "runner/sys/control.h"
#include "runner/sys/host.h"
#include "runner/sys/steps.h"
#include "store/lock.h"

static int run_run(const struct args *args, struct err *err);

const struct verb verb_run = {
	.name = "run",
	.operands = "JOB",
	.least = 1,
	.most = 1,
	.summary = "starts the load or goes on with it",
	.help = "The same command after any stop: killed, out of disk, token expired, ^C.\n"
		"A finished load sends nothing.  Exit codes are in rollcall(1); 75 means: run it\n"
		"again.\n",
	.options = OPTION_BIT(ADOPT) | OPTION_BIT(DRY_RUN) | OPTION_BIT(NEW) | OPTION_BIT(AGAIN) |
		   OPTION_BIT(YES) | OPTION_BIT(QUIET) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = run_run,
};

enum {
	DRAWING_MS = 200,       /* product.md section 7: at most five times a second */
	STATUS_MS = 10 * 1000,  /* status.json */
};

/* What a run holds from its first POST to its end. */
struct run {
	struct session *session;
	struct signin signin;
	struct client *client;
	int64_t token_renew_ms; /* in how long, of the token that the client began with */
	struct control *control;
	struct watch watch;
	const char **source_names;
	struct ports ports;
	struct clock_port clock;
	char person[64];
	char host[64];
	bool is_quiet;
};

/* ---- the ports */

static int
open_client(struct run *run, struct err *err)
{
	SCOPED(token) token = TOKEN_INIT;
	struct client_options options = {
		.folder_fd = run->session->folder_fd,
		.source_names = run->source_names,
		.source_count = run->session->settings.source_count,
		.wake_count = CONTROL_FDS,
	};

	if (signin_read(&run->signin, &token, err))
		return -1;
	control_fds(run->control, options.wake_fds);
	run->token_renew_ms = token_refresh_wait_ms(&token, run->clock.now(run->clock.ctx).wall_ms);
	return signin_client(&run->signin, &token, options, &run->client, err);
}

static int
name_sources(struct run *run, struct err *err)
{
	const struct report_job *job = &run->session->job;

	run->source_names = calloc(job->source_count + 1, sizeof(*run->source_names));
	if (!run->source_names)
		return err_memory(err);
	for (size_t i = 0; i < job->source_count; i++)
		run->source_names[i] = job->sources[i].name;
	return 0;
}

static int
open_ports(struct run *run, struct err *err)
{
	const struct watch_options watch = {
		.job = &run->session->job,
		.clock = &run->clock,
		.screen = screen_real(),
		.is_quiet = run->is_quiet,
		.is_colored = screen_is_terminal() && !getenv("NO_COLOR"),
		.folder = run->session->folder_fd,
		.pid = (uint32_t)getpid(),
		.host = run->host,
		.is_confined = run->session->confined_abi != 0,
	};

	run->control = control_open(run->session->folder_fd, err);
	signal(SIGTERM, SIG_DFL); /* the control has it now */
	if (!run->control || name_sources(run, err) || open_client(run, err))
		return -1;
	watch_init(&run->watch, &watch);
	run->ports = ports_without_nation(run->session);
	run->ports.nation = client_port(run->client);
	run->ports.control = control_port(run->control);
	run->ports.watcher = watch_port(&run->watch);
	return 0;
}

static void
run_done(struct run *run)
{
	client_close(run->client);
	watch_done(&run->watch);
	control_close(run->control);
	signin_close(&run->signin);
	free(run->source_names);
}

SCOPED_BY(run, run_done)

/* ---- running */

static int
run_engine(struct run *run, struct engine_end *end, struct err *err)
{
	struct engine_options options = {
		.ports = &run->ports,
		.person = run->person,
		.host = run->host,
		.pid = (uint32_t)getpid(),
		.token = 1,
		.token_renew_ms = run->token_renew_ms,
		.tick_ms = screen_is_terminal() ? DRAWING_MS : STATUS_MS,
	};
	__attribute__((cleanup(engine_scoped))) struct engine *engine = NULL;

	session_engine(run->session, &options);
	engine = engine_new(&options, err);
	if (!engine || engine_run(engine, end, err))
		return -1;
	watch_done(&run->watch);
	return store_forget_rescued(run->session->store, err);
}

/* Is there anything that needs the nation? A finished load needs no token either. */
static int
is_finished(struct session *session, bool *is_finished, struct err *err)
{
	struct tally total = { 0 };

	for (size_t i = 0; i < session->settings.source_count; i++) {
		struct tally tally;

		if (store_tally(session->store, (uint32_t)i, &tally, err))
			return -1;
		tally_sum(&total, &tally);
	}
	*is_finished = total.chunks[CHUNK_PLANNED] + total.chunks[CHUNK_SUBMITTING] +
			   total.chunks[CHUNK_IN_DOUBT] + total.chunks[CHUNK_SUBMITTED] +
			   total.chunks[CHUNK_FINISHED] ==
		       0;
	return 0;
}

static int
go_on(struct run *run, struct engine_end *end, struct err *err)
{
	bool is_done;

	if (is_finished(run->session, &is_done, err))
		return -1;
	if (is_done)
		return store_forget_rescued(run->session->store, err);
	if (open_ports(run, err))
		return -1;
	return run_engine(run, end, err);
}

/* ---- the end */

/* Nothing of a finished load is sent again: the texts of its inputs can be had again from them. */
static int
forget_texts(const struct session *session, int code, struct err *err)
{
	if (code != 0 && code != OUTCOME_REJECTED && code != OUTCOME_UNEXPLAINED)
		return 0;
	return copies_remove(session->folder, err);
}

/* The reports and status.json, then the last words; the exit code. */
static int
conclude(struct run *run, const struct engine_end *end, struct err *err)
{
	struct session *session = run->session;
	struct report_result *result = calloc(1, sizeof(*result));
	char folder[PATH_MAX];
	SCOPED(buf) words = BUF_INIT;
	SCOPED(buf) shown = BUF_INIT;
	int code;

	if (!result)
		return err_memory(err);
	if (reporting_write(session, result, err) || standing_put(session, err)) {
		free(result);
		return -1;
	}
	code = end->code ? (int)end->code : outcome_exit_code(&session->job, result);
	if (!run->is_quiet || code) {
		const struct outcome outcome = {
			.job = &session->job,
			.result = result,
			.exit_code = code,
			.why = end->code ? end->text : NULL,
			.folder = folder,
		};

		reporting_folder(session, folder);
		outcome_text(&words, &outcome);
		show_lines(&shown, buf_span(&words));
		fputs(buf_text(&shown), stderr);
	}
	free(result);
	return forget_texts(session, code, err) ? -1 : code;
}

/* ^C: die by the signal, so that a shell loop around us ends too. */
static void
die_by_signal(int number)
{
	fflush(NULL);
	signal(number, SIG_DFL);
	raise(number);
}

static int
run_load(struct run *run, struct err *err)
{
	struct engine_end end = { 0 };
	int number = 0;
	int failed = go_on(run, &end, err);
	struct err cause = *err;
	int code;

	if (run->control)
		number = control_signal(run->control);
	if (failed && run->session->store) {
		/* Every ending after planning writes the reports; the first error is the one told. */
		end.code = cause.kind;
		snprintf(end.text, sizeof(end.text), "%.*s", (int)sizeof(end.text) - 1, cause.text);
		*err = (struct err)ERR_INIT;
	}
	code = conclude(run, &end, err);
	if (code < 0 && failed)
		*err = cause;
	if (number == SIGINT && end.code == ERR_LATER) {
		run_done(run);
		steps_done();
		die_by_signal(SIGINT);
	}
	return code;
}

/* Before hours of reading for a new load: a token that cannot be had is told at once. A command may
 * ask a person, so it is run only when its token is needed. */
static int
check_token(struct run *run, struct err *err)
{
	SCOPED(token) token = TOKEN_INIT;
	struct err cause = ERR_INIT;

	if (session_has_load(run->session) ||
	    run->session->settings.nation.token.scheme == SETTINGS_TOKEN_COMMAND ||
	    signin_read(&run->signin, &token, &cause) == 0)
		return 0;
	return err_set(err, cause.kind, "%s\nNothing was sent.", cause.text);
}

static void
stop_early(int number)
{
	static const char words[] = "rollcall: stopped; this run has sent nothing yet\n";
	ssize_t wrote = write(STDERR_FILENO, words, sizeof(words) - 1);

	(void)number;
	(void)wrote;
	_exit(ERR_LATER);
}

/* Until the control hears signals: reading inputs for an hour must survive a terminal that is gone, and a
 * question, and ends with the exit code of every stop; what it leaves is that of kill -9. Called after the
 * helper was started, whose commands get signals as usual. */
static void
await_control(void)
{
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGTERM, stop_early);
}

/* A load that something is done to must be there: none is begun for it. */
static int
begin(struct run *run, const struct args *args, const struct run_first *first, struct lock *lock,
    struct err *err)
{
	struct session *session = run->session;

	if (first && !session_has_load(session))
		return err_set(err, ERR_INPUT,
		    "there is no load yet in %s\n  rollcall run %s     starts one", session->folder,
		    session->settings.command);
	if (signin_open(&run->signin, &session->settings, err))
		return -1;
	await_control();
	if (check_token(run, err) || reporting_try(session, err) ||
	    begin_load(session, args, lock, err) || reporting_spare_files(session, err))
		return -1;
	return first ? first->change(first->ctx, session, err) : 0;
}

int
run_changed(const struct args *args, const struct run_first *first, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	SCOPED(lock) lock = LOCK_NONE;
	struct run *run;
	int code;

	if (session_open(&session, args, err))
		return -1;
	run = calloc(1, sizeof(*run));
	if (!run)
		return err_memory(err);
	run->session = &session;
	run->is_quiet = args_has(args, OPTION_QUIET);
	run->clock = clock_real();
	host_person(run->person, sizeof(run->person));
	host_name(run->host, sizeof(run->host));
	code = begin(run, args, first, &lock, err);
	if (code == 0)
		code = run_load(run, err);
	run_done(run);
	free(run);
	return code;
}

static int
run_run(const struct args *args, struct err *err)
{
	if (args_has(args, OPTION_AGAIN) && !args_has(args, OPTION_NEW))
		return err_set(err, ERR_USAGE, "--again goes with --new");
	return args_has(args, OPTION_DRY_RUN) ? check_run(args, err) : run_changed(args, NULL, err);
}
