#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/files/folder.h"
#include "store/handle.h"
#include "store/inspect.h"
#include "store/pages.h"

/* Large enough for every shape. */
union any_record {
	struct schema_format format;
	struct schema_load load;
	struct schema_head head;
	struct schema_input input;
	struct plan_chunk plan;
	struct chunk chunk;
	struct schema_event event;
	struct schema_due due;
	struct tally tally;
};

/* ---- in the child */

static int
read_record(const struct env *env, enum schema_database database, const struct txn_walk *walk,
    struct err *err)
{
	union any_record record;

	switch (database) {
	case SCHEMA_INPUTS:
		return schema_read_input(env, walk->key, walk->value, &record.input, err);
	case SCHEMA_PLAN:
		return schema_read_plan(env, walk->key, walk->value, &record.plan, err);
	case SCHEMA_STATES:
		return schema_read_chunk(env, walk->key, walk->value, &record.chunk, err);
	case SCHEMA_EVENTS:
		return schema_read_event(env, walk->key, walk->value, &record.event, err);
	case SCHEMA_TALLY:
		return schema_read(env, &schema_tally_shape, walk->key, walk->value, &record, err);
	case SCHEMA_DUE:
		return schema_read(env, &schema_due_shape, walk->key, walk->value, &record, err);
	case SCHEMA_META: /* read by name: what is unknown there may be of a later rollcall */
	case SCHEMA_DATABASE_COUNT:
		break;
	}
	return 0;
}

/* Keys must ascend, so that a tree that has become a ring ends. */
static int
read_database(struct txn *txn, enum schema_database database, struct err *err)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	char last[SCHEMA_KEY_MOST];
	size_t last_len = 0;

	txn_walk_begin(&walk, txn, database, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		size_t len = walk.key.len < sizeof(last) ? walk.key.len : sizeof(last);

		if (last_len && memcmp(last, walk.key.ptr, len) >= 0)
			return err_set(err, ERR_IO, "%s is damaged: %s is out of order",
			    txn->env->folder, schema_names[database]);
		if (read_record(txn->env, database, &walk, err))
			return -1;
		memcpy(last, walk.key.ptr, len);
		last_len = len;
	}
	return txn_check(txn, err);
}

static bool
reads_pages(enum inspect_depth depth, int fd)
{
	struct stat st;

	return depth != INSPECT_STATES || fstat(fd, &st) || st.st_size <= INSPECT_PAGES_MOST;
}

static bool
reads_events(enum inspect_depth depth, uint64_t events)
{
	return depth == INSPECT_ALL || (depth == INSPECT_RUN && events <= INSPECT_EVENTS_MOST);
}

static int
read_store(const char *folder, enum inspect_depth depth, struct err *err)
{
	static const enum schema_database databases[] = { SCHEMA_INPUTS, SCHEMA_PLAN, SCHEMA_STATES,
		SCHEMA_TALLY, SCHEMA_DUE };
	SCOPED(env) env = ENV_NONE;
	SCOPED(txn) txn = TXN_NONE;
	struct schema_load load;
	struct schema_head head;

	if (handle_open_env(&env, folder, ENV_READ, 0, err) ||
	    txn_begin(&txn, &env, TXN_READ, err) || schema_check_version(&txn, err) ||
	    schema_get_load(&txn, &load, err) || schema_get_head(&txn, &head, err))
		return -1;
	if (reads_pages(depth, env_fd(&env)) && pages_check(env_fd(&env), txn_id(&txn), folder, err))
		return -1;
	for (size_t i = 0; i < ARRAY_COUNT(databases); i++) {
		if (read_database(&txn, databases[i], err))
			return -1;
	}
	if (reads_events(depth, head.events) && read_database(&txn, SCHEMA_EVENTS, err))
		return -1;
	if (txn_count(&txn, SCHEMA_PLAN) < load.chunks)
		return err_set(err, ERR_IO, "%s is damaged: chunks of its plan are missing", folder);
	return txn_check(&txn, err);
}

/* The lock among them: a parent that is killed must not be survived by it here, or the next run finds a
 * load in use that nobody runs. */
static void
let_go_of_files(int report_fd)
{
	if (report_fd > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)report_fd - 1, 0);
	close_range((unsigned)(report_fd > STDERR_FILENO ? report_fd : STDERR_FILENO) + 1, ~0u, 0);
}

/* What reading a damaged store may end with. */
static const int fatal[] = { SIGBUS, SIGSEGV, SIGABRT, SIGFPE, SIGILL };

static bool
is_fatal(int signal_number)
{
	for (size_t i = 0; i < ARRAY_COUNT(fatal); i++) {
		if (signal_number == fatal[i])
			return true;
	}
	return false;
}

/* LMDB prints to stderr when an assertion fails, and the parent's handlers are for the parent. */
static void
become_quiet(pid_t parent)
{
	struct rlimit none = { 0, 0 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0)
		dup2(null, STDERR_FILENO);
	for (size_t i = 0; i < ARRAY_COUNT(fatal); i++)
		signal(fatal[i], SIG_DFL);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
}

/* The report is a struct err; it is short enough for one write into a pipe. */
static void __attribute__((noreturn))
run_child(int report_fd, pid_t parent, const char *folder, enum inspect_depth depth)
{
	struct err err = ERR_INIT;
	ssize_t wrote;

	let_go_of_files(report_fd);
	become_quiet(parent);
	if (read_store(folder, depth, &err) && err.kind == ERR_NONE)
		err_set(&err, ERR_BUG, "the check of the store failed without a reason");
	do
		wrote = write(report_fd, &err, sizeof(err));
	while (wrote < 0 && errno == EINTR);
	_exit(wrote == (ssize_t)sizeof(err) ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- in the parent */

/* 0: it is whole; -1: there is none. */
static int
read_report(int fd, struct err *report, struct err *err)
{
	size_t at = 0;

	while (at < sizeof(*report)) {
		ssize_t got = read(fd, (char *)report + at, sizeof(*report) - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, ERR_IO, errno, "the process checking the store");
		if (got == 0)
			return err_set(err, ERR_IO, "the process checking the store ended without a word");
		at += (size_t)got;
	}
	return 0;
}

/* Only a signal that may be the work of what it read says that the store is damaged; others are sent by a
 * person, by a kernel short of memory, for a limit of the process. */
static int
judge(const char *folder, int status, int failed, const struct err *report, struct err *err)
{
	if (WIFSIGNALED(status) && !is_fatal(WTERMSIG(status)))
		return err_set(err, ERR_IO, "%s: the process that looks at it first was ended: %s",
		    folder, strsignal(WTERMSIG(status)));
	if (WIFSIGNALED(status))
		return err_set(err, ERR_IO, "%s is damaged: reading it ended with \"%s\"", folder,
		    strsignal(WTERMSIG(status)));
	if (failed)
		return -1;
	if (report->kind == ERR_NONE)
		return 0;
	return err_set(err, report->kind, "%s", report->text);
}

/* The child must write into the pipe, whatever number it has: no exec follows. */
static int
inspect(const char *folder, enum inspect_depth depth, struct err *err)
{
	struct err report = ERR_INIT;
	pid_t parent = getpid();
	int ends[2];
	int status, failed;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return err_system(err, ERR_IO, errno, "a pipe for checking the store");
	child = fork();
	if (child == 0)
		run_child(ends[1], parent, folder, depth);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return err_system(err, ERR_IO, errno, "a process for checking the store");
	}
	failed = read_report(ends[0], &report, err);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return err_system(err, ERR_IO, errno, "the process checking the store");
	}
	return judge(folder, status, failed, &report, err);
}

/* What to do when the database of a load is damaged; the same words wherever it shows. */
static int
advise(struct err *err)
{
	size_t used = strlen(err->text);

	if (err->kind != ERR_IO || !strstr(err->text, "is damaged"))
		return -1;
	strncat(err->text,
	    "\n  Nothing was sent. Keep the folder: it is the record of what was sent before.\n"
	    "  Put back an intact copy of it, if there is one; report.csv has the import ids.",
	    sizeof(err->text) - used - 1);
	return -1;
}

int
inspect_in_child(const char *run_folder, enum inspect_depth depth, struct err *err)
{
	char *folder = folder_path(run_folder, HANDLE_STORE_NAME);
	int rc = folder ? inspect(folder, depth, err) : err_memory(err);

	free(folder);
	return rc ? advise(err) : 0;
}
