#include "platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "config/identity.h"
#include "runner/base/limits.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/cli/alone.h"
#include "runner/cli/begin.h"
#include "runner/cli/compare.h"
#include "runner/cli/confinement.h"
#include "runner/cli/copies.h"
#include "runner/cli/extension.h"
#include "runner/cli/globs.h"
#include "runner/cli/planning.h"
#include "runner/cli/resubmit.h"
#include "runner/files/folder.h"
#include "runner/sys/clock.h"
#include "runner/sys/steps.h"
#include "store/draft.h"
#include "store/inspect.h"

/* ---- --new */

static bool
is_yes(const char *question)
{
	char line[16];

	fprintf(stderr, "%s [y/N] ", question);
	return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}

static bool
has_ballots(const struct settings *settings)
{
	for (size_t i = 0; i < settings->source_count; i++) {
		if (settings->sources[i].type == SETTINGS_BALLOT)
			return true;
	}
	return false;
}

/* By what the old load was planned from: the job file may name other sources by now. */
static bool
had_ballots(const struct store_load *load, size_t source)
{
	char name[LIMIT_NAME_BYTES + 32];

	snprintf(name, sizeof(name), "sources.%s.type", load->sources[source]);
	return span_is(identity_value(span_of(load->job), name), "ballot");
}

/* Ballots are not matched with those sent before: the nation would count them twice. A job without
 * them starts over also where the old store cannot be read. */
static int
refuse_sent_ballots(struct session *session, struct err *err)
{
	SCOPED(session) old = SESSION_NONE;
	const struct store_options options = session_store_options(session);
	const struct store_load *load;

	if (inspect_in_child(session->folder, INSPECT_STATES, err) ||
	    store_open_reading(&old.store, &options, err)) {
		if (has_ballots(&session->settings))
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	load = store_load(old.store);
	for (size_t i = 0; i < load->source_count; i++) {
		struct tally tally;

		if (!had_ballots(load, i))
			continue;
		if (store_tally(old.store, (uint32_t)i, &tally, err))
			return -1;
		if (tally.attempts || tally.rows_sent)
			return err_set(err, ERR_USAGE,
			    "ballots of %s were sent already: a new load would count them twice\n"
			    "  rollcall run --new --again %s     does it all the same",
			    load->sources[i], session->settings.command);
	}
	return 0;
}

/* NAME.run.TIME, or NAME.run.TIME-2 and so on where that is taken. */
static void
name_kept(const struct session *session, char *kept, size_t room)
{
	struct stamp_parts at = stamp_split(clock_real().now(NULL).wall_ms);
	int len = snprintf(kept, room, "%s.%04d%02d%02dT%02d%02d%02dZ", session->folder, at.year,
	    at.month, at.day, at.hour, at.minute, at.second);

	for (unsigned i = 2; access(kept, F_OK) == 0; i++)
		snprintf(kept + len, room - (size_t)len, "-%u", i);
}

/* Also a load that lost its store, its certificate or both: what is left is put aside with it. */
static bool
has_traces(const struct session *session)
{
	static const char *const names[] = { "birth.json", "store", "mark" };
	char path[PATH_MAX + 16];

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", session->folder, names[i]);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static int
set_old_aside(struct session *session, const struct args *args, struct err *err)
{
	char question[2 * PATH_MAX + 128], kept[PATH_MAX + 32];

	if (!has_traces(session))
		return 0;
	if (!args_has(args, OPTION_AGAIN) && refuse_sent_ballots(session, err))
		return -1;
	name_kept(session, kept, sizeof(kept));
	snprintf(question, sizeof(question), "Start over?  %s is kept as %s.", session->folder,
	    kept);
	if (!args_has(args, OPTION_YES)) {
		if (!isatty(STDIN_FILENO))
			return err_set(err, ERR_USAGE, "--new needs --yes where nobody can be asked");
		if (!is_yes(question))
			return err_set(err, ERR_LATER, "nothing was changed");
	}
	/* They can be made again, and would be in nobody's way but that of the disk. */
	if (copies_remove(session->folder, err))
		return -1;
	if (rename(session->folder, kept))
		return err_system(err, ERR_IO, errno, "%s", session->folder);
	return 0;
}

/* ---- the plan */

static int
add_chunk(void *draft, const struct plan_chunk *chunk, struct err *err)
{
	return draft_add_chunk(draft, chunk, err);
}

static int
add_input(void *draft, const struct plan_input *input, const char *path, struct err *err)
{
	return draft_add_input(draft, input, path, err);
}

static int
make_load_id(char to[17], struct err *err)
{
	unsigned char bytes[8];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return err_system(err, ERR_IO, errno, "getrandom");
	show_hex(bytes, sizeof(bytes), to);
	return 0;
}

static int
write_plan(struct session *session, struct draft *draft, const char *load_id, struct err *err)
{
	struct inputs inputs = { 0 };
	SCOPED(planning) planning = {
		.inputs = &inputs,
		.sink = { add_chunk, add_input, draft },
		.makes_copies = true,
	};
	int failed = globs_expand(&session->settings, err) ||
		     inputs_make(&inputs, &session->settings, session->folder, load_id, err) ||
		     planning_run(&planning, err);

	if (!failed)
		planning_warn(&planning);
	inputs_done(&inputs);
	if (failed)
		return -1;
	steps_at("before a plan is a load");
	if (draft_finish(draft, err))
		return -1;
	steps_at("after a plan is a load");
	return 0;
}

static int
plan(struct session *session, struct err *err)
{
	const struct settings *settings = &session->settings;
	const char **names = calloc(settings->source_count, sizeof(*names));
	SCOPED(buf) identity = BUF_INIT;
	struct draft *draft = NULL;
	struct draft_options options = {
		.store = session_store_options(session),
		.created_ms = clock_real().now(NULL).wall_ms,
		.sources = names,
		.source_count = settings->source_count,
	};
	char load_id[17];
	int failed;

	/* What a run left that was cut off while it planned. */
	if (copies_remove(session->folder, err)) {
		free(names);
		return -1;
	}
	if (!names)
		return err_memory(err);
	for (size_t i = 0; i < settings->source_count; i++)
		names[i] = settings->sources[i].name;
	failed = make_load_id(load_id, err) || session_identity(session, &identity, err);
	options.load_id = load_id;
	options.job = buf_text(&identity);
	if (!failed)
		failed = draft_begin(&draft, &options, err) ||
			 write_plan(session, draft, load_id, err);
	draft_free(draft);
	free(names);
	return failed ? -1 : 0;
}

/* ---- the folder */

/* Bad input leaves nothing behind: looking at the store removes the draft of a plan. */
static void
remove_folder(const struct session *session)
{
	const struct store_options options = session_store_options(session);
	struct err ignored = ERR_INIT;
	char lock[PATH_MAX + 8];
	bool is_there;

	if (store_look(&options, &is_there, &ignored) || is_there)
		return;
	snprintf(lock, sizeof(lock), "%s/lock", session->folder);
	unlink(lock);
	rmdir(session->folder);
}

static void
remind(const struct session *session)
{
	fprintf(stderr, "A new load into %s.  Before a voter file: take a snapshot of the nation;\n"
			"switch auto-districting off if the file has districts.\n",
	    session->settings.nation.label);
	if (!session->confined_abi)
		fprintf(stderr, "It is not confined to its files (Landlock is missing or off): "
				"SECURITY in rollcall(1).\n");
}

/* ---- --adopt */

static void
say_adopted(const struct session *session, const char *from, const struct engine_adoption *adoption)
{
	char doubts[SHOW_BYTES];

	fprintf(stderr, "%s is taken over: the load was begun, or went on, %s.\n", session->folder,
	    from);
	if (!adoption->doubts)
		return;
	fprintf(stderr,
	    "  %s planned %s may have been sent there since: the nation's list of imports decides.\n",
	    show_count(adoption->doubts, doubts), adoption->doubts == 1 ? "chunk" : "chunks");
	if (!adoption->is_dated)
		fprintf(stderr,
		    "  No import of this load is known here, so the list proves nothing: they will be "
		    "held.\n  If nothing was sent there either:  rollcall run --new %s\n",
		    session->settings.command);
}

/* Nobody else runs it: the engine, without a nation, puts what is planned in doubt; only when that is
 * on disk is this the load's place. */
static int
adopt(struct session *session, struct err *err)
{
	const struct store_options options = session_store_options(session);
	const char *from = store_copied(session->store);
	struct engine_adoption adoption;
	SCOPED(alone) alone = ALONE_NONE;

	if (alone_open(&alone, session, err) || engine_adopt(alone.engine, &adoption, err) ||
	    store_adopt(session->store, &options, err))
		return -1;
	say_adopted(session, from, &adoption);
	return 0;
}

static int
check_adoptable(const struct session *session, const struct args *args, struct err *err)
{
	if (args_has(args, OPTION_NEW))
		return err_set(err, ERR_USAGE, "--new starts over, --adopt goes on: say one of them");
	if (!session_has_load(session))
		return err_set(err, ERR_INPUT, "there is no load in %s that could be taken over",
		    session->folder);
	return 0;
}

/* Is anything left that could come to be in doubt? */
static int
is_open(const struct session *session, bool *is_open, struct err *err)
{
	*is_open = false;
	for (size_t i = 0; i < session->job.source_count; i++) {
		const uint64_t *chunks;
		struct tally tally;

		if (store_tally(session->store, (uint32_t)i, &tally, err))
			return -1;
		chunks = tally.chunks;
		*is_open |= chunks[CHUNK_PLANNED] || chunks[CHUNK_SUBMITTING] ||
			    chunks[CHUNK_IN_DOUBT];
	}
	return 0;
}

/* Of a load that goes on: in_doubt may be another than it was when the rows were looked at, and the plan
 * does not know which. */
static int
check_resubmit(const struct session *session, struct err *err)
{
	struct inputs inputs = { 0 };
	SCOPED(planning) planning = { .inputs = &inputs };
	bool has_more;
	int failed;

	if (!resubmit_is_set(&session->settings))
		return 0;
	if (is_open(session, &has_more, err))
		return -1;
	if (!has_more)
		return 0;
	failed = inputs_make(&inputs, &session->settings, session->folder,
			 store_load(session->store)->load_id, err) ||
		 planning_run(&planning, err);
	inputs_done(&inputs);
	return failed ? -1 : 0;
}

int
begin_load(struct session *session, const struct args *args, struct lock *lock, struct err *err)
{
	const struct store_options options = session_store_options(session);
	bool is_ours, is_there;

	session->adopts = args_has(args, OPTION_ADOPT);
	if (session->adopts && check_adoptable(session, args, err))
		return -1;
	if (args_has(args, OPTION_NEW)) {
		/* The lock of the old folder goes with it: whoever runs it must have ended. */
		SCOPED(lock) old = LOCK_NONE;

		if (has_traces(session) &&
		    lock_take(&old, session->folder, clock_real().now(NULL).wall_ms, err))
			return -1;
		if (set_old_aside(session, args, err))
			return -1;
	}
	if (folder_make(session->folder, &is_ours, err) ||
	    confinement_enter(session,
		CONFINEMENT_STATE | CONFINEMENT_REPORTS | CONFINEMENT_NATION, err) ||
	    lock_take(lock, session->folder, clock_real().now(NULL).wall_ms, err) ||
	    store_look(&options, &is_there, err))
		return -1;
	if (!is_there) {
		if (plan(session, err)) {
			copies_remove(session->folder, NULL);
			if (is_ours)
				remove_folder(session);
			confinement_withdraw(session);
			return -1;
		}
		if (!args_has(args, OPTION_QUIET))
			remind(session);
	}
	if (session_own_load(session, err) || extension_tidy(session, err) ||
	    compare_inputs(session, COMPARE_FACTS, err) ||
	    (is_there && check_resubmit(session, err)))
		return -1;
	globs_warn(&session->settings);
	return store_copied(session->store) ? adopt(session, err) : 0;
}
