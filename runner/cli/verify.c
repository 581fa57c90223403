#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/cli/compare.h"
#include "runner/cli/confinement.h"
#include "runner/cli/online.h"
#include "runner/cli/output.h"
#include "runner/cli/reporting.h"
#include "runner/cli/signin.h"
#include "runner/cli/verbs.h"
#include "runner/files/folder.h"
#include "runner/report/outcome.h"
#include "store/audit.h"
#include "store/inspect.h"
#include "store/lock.h"

static int verify_run(const struct args *args, struct err *err);

const struct verb verb_verify = {
	.name = "verify",
	.operands = "JOB",
	.least = 1,
	.most = 1,
	.summary = "do store, events, inputs and report still agree?",
	.help = "Reads every page and record of the store, follows the chain of events, replays\n"
		"it, reads the inputs for their digests, and makes the reports again to compare\n"
		"them.  With --online it then asks the nation for the state, the counts and the\n"
		"rejected rows of every import.  Every finding is a line on stdout; any is exit\n"
		"code 74, but 66 if it is only that an input changed, and 4 if it is only that\n"
		"the nation says something else.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(ONLINE) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = verify_run,
};

/* ---- what is told: lines as they come, or one object in the end */

struct telling {
	bool is_json;
	bool is_online;        /* the nation is asked, too */
	struct signin signin;  /* to ask it */
	struct buf text; /* of the object */
	struct jsonw json;
	uint64_t chunks, events, imports;
	const char *store, *inputs, *reports, *nation; /* "good", or what else; NULL: not looked at */
};

static void
telling_done(struct telling *telling)
{
	signin_close(&telling->signin);
	buf_done(&telling->text);
}

SCOPED_BY(telling, telling_done)

static void
tell_finding(void *ctx, const char *finding)
{
	struct telling *telling = ctx;

	if (telling->is_json)
		jsonw_string(&telling->json, NULL, finding);
	else
		printf("%s\n", finding);
}

static void
begin_telling(struct telling *telling, const struct session *session)
{
	if (!telling->is_json)
		return;
	telling->json = jsonw_into(&telling->text);
	jsonw_open(&telling->json, NULL, '{');
	jsonw_number(&telling->json, "schema", 1);
	jsonw_string(&telling->json, "job", session->job.name);
	jsonw_open(&telling->json, "findings", '[');
}

static int
end_telling(struct telling *telling, struct err *err)
{
	struct jsonw *json = &telling->json;

	if (!telling->is_json)
		return 0;
	jsonw_close(json, ']');
	jsonw_number(json, "chunks", telling->chunks);
	jsonw_number(json, "events", telling->events);
	jsonw_string(json, "store", telling->store);
	jsonw_string(json, "inputs", telling->inputs);
	jsonw_string(json, "reports", telling->reports);
	if (telling->is_online) {
		jsonw_number(json, "imports", telling->imports);
		jsonw_string(json, "nation", telling->nation);
	}
	return output_json(json, err);
}

static const char *
verdict_word(int findings)
{
	return findings ? "they do not agree" : "good";
}

/* ---- the reports, made again */

struct pair {
	FILE *kept, *made; /* NULL: not there */
};

static void
pair_done(struct pair *pair)
{
	if (pair->kept)
		fclose(pair->kept);
	if (pair->made)
		fclose(pair->made);
}

SCOPED_BY(pair, pair_done)

static int
open_report(const char *folder, const char *name, FILE **file, struct err *err)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	*file = fopen(path, "re");
	return *file || errno == ENOENT ? 0 : err_system(err, ERR_IO, errno, "%s", path);
}

/* What cannot be read to its end is no difference. */
static int
compare_files(const struct pair *pair, const char *name, bool *differs, struct err *err)
{
	char kept[8192], made[8192];
	size_t got_kept, got_made;

	do {
		got_kept = fread(kept, 1, sizeof(kept), pair->kept);
		got_made = fread(made, 1, sizeof(made), pair->made);
		if (ferror(pair->kept) || ferror(pair->made))
			return err_system(err, ERR_IO, errno, "reading %s", name);
		*differs = got_kept != got_made || memcmp(kept, made, got_kept) != 0;
	} while (got_kept && !*differs);
	return 0;
}

/* The folders of the reports as they are and as they were made again. */
struct reports {
	char kept[PATH_MAX], made[PATH_MAX + 16];
	int findings;
	bool lacks_some;
};

/* A report that is not there is none that differs: a kill may have come before it was written. But
 * it is not called good. */
static int
compare_report(struct telling *telling, struct reports *reports, const char *name,
    struct err *err)
{
	char finding[PATH_MAX + 128];
	SCOPED(pair) pair = { NULL, NULL };
	bool differs = false;

	if (open_report(reports->kept, name, &pair.kept, err) ||
	    open_report(reports->made, name, &pair.made, err))
		return -1;
	if (pair.kept && pair.made && compare_files(&pair, name, &differs, err))
		return -1;
	reports->lacks_some = reports->lacks_some || (pair.made && !pair.kept);
	if (!pair.kept || (pair.made && !differs))
		return 0;
	reports->findings++;
	snprintf(finding, sizeof(finding),
	    "%s/%s is not what the events say: rollcall report writes it again", reports->kept,
	    name);
	tell_finding(telling, finding);
	return 0;
}

/* Makes a folder that no other verify uses: one that is under way is waited for, and removes the
 * folder that it had. Its descriptor, or -1. */
static int
claim_folder(const char *folder, struct err *err)
{
	for (;;) {
		struct stat found = { .st_nlink = 0 };
		bool is_locked;
		int fd, code;

		if (folder_make(folder, NULL, err))
			return -1;
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		is_locked = fd >= 0 && flock(fd, LOCK_EX) == 0 && fstat(fd, &found) == 0;
		if (is_locked && found.st_nlink > 0)
			return fd;
		code = is_locked ? ENOENT : errno; /* the one who had it has removed it */
		if (fd >= 0)
			close(fd);
		if (code != EINTR && code != ENOENT)
			return err_system(err, ERR_CREATE, code, "%s", folder);
	}
}

static int
check_reports(struct session *session, struct telling *telling, int *findings, struct err *err)
{
	static const char *const names[] = { "report.csv", "summary.csv", "rejected.csv" };
	struct report_result *result = calloc(1, sizeof(*result));
	struct reports reports = { .findings = 0 };
	int failed, fd;

	if (!result)
		return err_memory(err);
	reporting_folder(session, reports.kept);
	snprintf(reports.made, sizeof(reports.made), "%s/.verify", session->folder);
	fd = claim_folder(reports.made, err);
	failed = fd < 0 || reporting_write_to(session, reports.made, result, err);
	for (size_t i = 0; i < ARRAY_COUNT(names) && !failed; i++)
		failed = compare_report(telling, &reports, names[i], err);
	*findings += reports.findings;
	telling->reports = reports.lacks_some && !reports.findings
			       ? "not all there: rollcall report writes them"
			       : verdict_word(*findings);
	for (size_t i = 0; i < ARRAY_COUNT(names) && fd >= 0; i++)
		unlinkat(fd, names[i], 0);
	if (fd >= 0) {
		rmdir(reports.made);
		close(fd); /* and the lock with it */
	}
	free(result);
	return failed ? -1 : 0;
}

/* ---- all of it */

static int
check_store(struct session *session, struct telling *telling, int *findings, struct err *err)
{
	const struct audit_options options = { tell_finding, telling };
	struct audit_counts counts;
	char chunks[SHOW_BYTES], events[SHOW_BYTES];

	if (audit_store(session->store, &options, &counts, err))
		return -1;
	*findings += counts.findings > 0;
	telling->chunks = counts.chunks;
	telling->events = counts.events;
	telling->store = verdict_word(counts.findings > 0);
	if (!telling->is_json)
		printf("store      %s %s, %s %s: %s\n", show_count(counts.chunks, chunks),
		    counts.chunks == 1 ? "chunk" : "chunks", show_count(counts.events, events),
		    counts.events == 1 ? "event" : "events", telling->store);
	return 0;
}

static int
check_inputs(struct session *session, struct telling *telling, int *changed, struct err *err)
{
	struct err change = ERR_INIT;

	if (compare_inputs(session, COMPARE_DIGESTS, &change)) {
		if (change.kind != ERR_INPUT)
			return err_set(err, change.kind, "%s", change.text);
		*changed = 1;
		tell_finding(telling, change.text);
	}
	telling->inputs = verdict_word(*changed);
	if (!telling->is_json)
		printf("inputs     %s\n", telling->inputs);
	return 0;
}

/* Not where they cannot agree: rejected rows cannot be placed in an input that changed, and the
 * reports of a load that runs are older than its last event. */
static int
judge_reports(struct session *session, struct telling *telling, int *findings, struct err *err)
{
	struct lock_holder holder;

	if (lock_look(session->folder, &holder, err))
		return -1;
	if (holder.is_held)
		telling->reports = "not compared: the load is running";
	else if (check_reports(session, telling, findings, err))
		return -1;
	if (!telling->is_json)
		printf("reports    %s\n", telling->reports);
	return 0;
}

/* Not of a store that does not agree with itself: it has nothing to compare. */
static int
ask_nation(struct session *session, struct telling *telling, int *findings, struct err *err)
{
	const struct online_options options = { session, &telling->signin, tell_finding, telling };
	struct online_counts counts;
	char imports[SHOW_BYTES];

	if (online_check(&options, &counts, err))
		return -1;
	*findings += counts.findings > 0;
	telling->imports = counts.imports;
	telling->nation = verdict_word(counts.findings > 0);
	if (!telling->is_json)
		printf("nation     %s %s: %s\n", show_count(counts.imports, imports),
		    counts.imports == 1 ? "import" : "imports", telling->nation);
	return 0;
}

static int
verify_load(struct session *session, struct telling *telling, struct err *err)
{
	int findings = 0, changed = 0, odd_reports = 0, odd_imports = 0;

	begin_telling(telling, session);
	if (check_store(session, telling, &findings, err) ||
	    check_inputs(session, telling, &changed, err) ||
	    (!changed && judge_reports(session, telling, &odd_reports, err)) ||
	    (telling->is_online && !findings &&
		ask_nation(session, telling, &odd_imports, err)) ||
	    end_telling(telling, err))
		return -1;
	if (findings + odd_reports)
		return ERR_IO;
	if (changed)
		return ERR_INPUT;
	return odd_imports ? OUTCOME_UNEXPLAINED : 0;
}

static int
verify_run(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	SCOPED(telling) telling = { .is_json = args_has(args, OPTION_JSON),
		.is_online = args_has(args, OPTION_ONLINE), .signin = SIGNIN_NONE,
		.text = BUF_INIT };

	if (session_open(&session, args, err) ||
	    (telling.is_online && signin_open(&telling.signin, &session.settings, err)) ||
	    confinement_enter(&session,
		CONFINEMENT_STATE | (telling.is_online ? CONFINEMENT_NATION : 0), err))
		return -1;
	if (session_has_load(&session) && inspect_in_child(session.folder, INSPECT_ALL, err))
		return -1;
	if (session_read_load(&session, err))
		return -1;
	return verify_load(&session, &telling, err);
}
