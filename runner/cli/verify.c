#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static bool
is_same(FILE *a, FILE *b)
{
	char block_a[8192], block_b[8192];
	size_t got_a, got_b;

	do {
		got_a = fread(block_a, 1, sizeof(block_a), a);
		got_b = fread(block_b, 1, sizeof(block_b), b);
		if (got_a != got_b || memcmp(block_a, block_b, got_a) != 0)
			return false;
	} while (got_a);
	return !ferror(a) && !ferror(b);
}

/* A report that was never written is none that differs. */
static int
compare_report(struct telling *telling, const char *kept_folder, const char *made_folder,
    const char *name)
{
	char kept_path[PATH_MAX + 32], made_path[PATH_MAX + 32], finding[PATH_MAX + 128];
	FILE *kept, *made;
	int differs;

	snprintf(kept_path, sizeof(kept_path), "%s/%s", kept_folder, name);
	snprintf(made_path, sizeof(made_path), "%s/%s", made_folder, name);
	kept = fopen(kept_path, "re");
	made = fopen(made_path, "re");
	differs = kept && !(made && is_same(kept, made));
	if (differs) {
		snprintf(finding, sizeof(finding),
		    "%s is not what the events say: rollcall report writes it again", kept_path);
		tell_finding(telling, finding);
	}
	if (kept)
		fclose(kept);
	if (made)
		fclose(made);
	unlink(made_path);
	return differs;
}

static int
check_reports(struct session *session, struct telling *telling, int *findings, struct err *err)
{
	static const char *const names[] = { "report.csv", "summary.csv", "rejected.csv" };
	struct report_result *result = calloc(1, sizeof(*result));
	char kept[PATH_MAX], made[PATH_MAX + 16];
	int failed;

	if (!result)
		return err_memory(err);
	reporting_folder(session, kept);
	snprintf(made, sizeof(made), "%s/.verify", session->folder);
	failed = reporting_write_to(session, made, result, err);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		*findings += compare_report(telling, kept, made, names[i]);
	rmdir(made);
	free(result);
	return failed;
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
	else
		telling->reports = verdict_word(*findings);
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
