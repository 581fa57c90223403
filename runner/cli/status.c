#include "platform.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/cli/session.h"
#include "runner/cli/verbs.h"
#include "runner/report/status.h"
#include "store/events.h"
#include "store/lock.h"

static int status_run(const struct args *args, struct err *err);

const struct verb verb_status = {
	.name = "status",
	.operands = "[JOB]",
	.least = 0,
	.most = 1,
	.summary = "where a load stands, live, from any terminal",
	.help = "Without JOB: all loads of this folder.\n",
	.options = OPTION_BIT(JSON) | OPTION_BIT(STATE_DIR),
	.is_built = true,
	.run = status_run,
};

/* ---- one load */

static int
newest_event(void *context, const struct event *event, struct err *err)
{
	struct status *status = context;

	(void)err;
	status->last_progress_ms = event->at_ms;
	return 0;
}

/* What the store says; tallies has room for all sources. */
static int
read_load(struct session *session, struct tally *tallies, struct tally *total,
    struct status *status, struct err *err)
{
	uint64_t events;

	for (size_t i = 0; i < session->settings.source_count; i++) {
		if (store_tally(session->store, (uint32_t)i, &tallies[i], err))
			return -1;
		tally_sum(total, &tallies[i]);
	}
	if (events_count(session->store, &events, err))
		return -1;
	return events ? events_each(session->store, events, newest_event, status, err) : 0;
}

/* The first chunk that keeps a load that nobody runs from going on: held, refused or failed. */
struct blocker {
	const struct report_job *job;
	char text[LIMIT_NAME_BYTES + 64]; /* "people-31, which is held"; "" for none */
};

static int
find_blocker(void *context, const struct plan_chunk *plan, const struct chunk *chunk,
    struct err *err)
{
	struct blocker *blocker = context;

	(void)err;
	if (blocker->text[0] || (chunk->state != CHUNK_HELD && chunk->state != CHUNK_REFUSED &&
				    chunk->state != CHUNK_FAILED))
		return 0;
	snprintf(blocker->text, sizeof(blocker->text), "%s-%u, which is %s",
	    blocker->job->sources[plan->source].name, plan->number,
	    chunk_state_word(chunk->state));
	return 0;
}

static int
name_blocker(const struct session *session, const struct tally *total, struct blocker *blocker,
    struct err *err)
{
	const struct journal_port *journal = &session->journal;
	bool is_blocked = total->chunks[CHUNK_HELD] ||
			  (total->chunks[CHUNK_PLANNED] &&
			      total->chunks[CHUNK_REFUSED] + total->chunks[CHUNK_FAILED]);

	if (!is_blocked)
		return 0;
	return journal->each_chunk(journal->ctx, find_blocker, blocker, err);
}

/* Who runs it, by the lock. */
static int
read_holder(const struct session *session, struct lock_holder *holder, struct status *status,
    struct err *err)
{
	if (lock_look(session->folder, holder, err))
		return -1;
	if (!holder->is_held)
		return 0;
	status->state = STATUS_RUNNING;
	status->pid = (uint32_t)holder->pid;
	status->host = holder->host;
	if (stamp_read_iso(span_of(holder->since), &status->since_ms))
		status->since_ms = 0;
	return 0;
}

static int
print(const struct status *status, bool is_json, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;

	if (is_json)
		status_json(&text, status);
	else
		status_text(&text, status);
	if (buf_check(&text, err))
		return -1;
	fwrite(text.ptr, 1, text.len, stdout);
	return 0;
}

static int
status_of(const struct args *args, struct err *err)
{
	SCOPED(session) session = SESSION_NONE;
	struct tally total = { 0 };
	struct lock_holder holder = { 0 };
	struct blocker blocker = { .job = &session.job };
	struct status status = { .job = &session.job, .waiting_for = blocker.text };
	struct tally *tallies;
	int failed;

	if (session_open(&session, args, err))
		return -1;
	tallies = calloc(session.settings.source_count, sizeof(*tallies));
	if (!tallies)
		return err_memory(err);
	status.tallies = tallies;
	if (session_has_load(&session))
		failed = session_read_load(&session, err) ||
			 read_load(&session, tallies, &total, &status, err) ||
			 name_blocker(&session, &total, &blocker, err);
	else
		failed = session_describe(&session, "", err);
	status.state = status_at_rest(&total);
	if (!failed && session_has_load(&session))
		failed = read_holder(&session, &holder, &status, err);
	if (!failed)
		failed = print(&status, args_has(args, OPTION_JSON), err);
	free(tallies);
	return failed ? -1 : 0;
}

/* ---- all loads of this folder */

static int
is_run_folder(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".run") == 0;
}

/* NAME.run belongs to NAME.cfg. A load that cannot be read spoils the others' lines no more than a
 * message. */
static int
status_of_all(const struct args *args, struct err *err)
{
	struct dirent **entries;
	int count = scandir(".", &entries, is_run_folder, alphasort);
	int code = 0;

	if (count < 0)
		return err_system(err, ERR_INPUT, errno, "this folder");
	if (count == 0)
		fprintf(stderr, "There is no run folder (NAME.run) here.\n");
	for (int i = 0; i < count; i++) {
		struct args one = *args;
		struct err problem = ERR_INIT;
		char job[NAME_MAX + 8];

		snprintf(job, sizeof(job), "%.*s.cfg", (int)strlen(entries[i]->d_name) - 4,
		    entries[i]->d_name);
		one.operands[0] = job;
		if (status_of(&one, &problem)) {
			fprintf(stderr, "rollcall: %s\n", problem.text);
			code = (int)problem.kind;
		}
		free(entries[i]);
	}
	free(entries);
	return code;
}

static int
status_run(const struct args *args, struct err *err)
{
	return args->operand_count ? status_of(args, err) : status_of_all(args, err);
}
