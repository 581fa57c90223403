#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "runner/cli/standing.h"
#include "runner/files/folder.h"
#include "runner/json/read.h"
#include "store/events.h"

/* ---- what the store says */

static int
newest_event(void *context, const struct event *event, struct err *err)
{
	struct status *status = context;

	(void)err;
	status->last_progress_ms = event->at_ms;
	return 0;
}

static int
read_tallies(struct standing *standing, struct session *session, struct tally *total,
    struct err *err)
{
	uint64_t events;

	for (size_t i = 0; i < session->settings.source_count; i++) {
		if (store_tally(session->store, (uint32_t)i, &standing->tallies[i], err))
			return -1;
		tally_sum(total, &standing->tallies[i]);
	}
	if (events_count(session->store, &events, err))
		return -1;
	return events ? events_each(session->store, events, newest_event, &standing->status, err)
		      : 0;
}

/* The first chunk that keeps a load that nobody runs from going on: held, refused or failed. */
static int
find_blocker(void *context, const struct plan_chunk *plan, const struct chunk *chunk,
    struct err *err)
{
	struct standing *standing = context;

	(void)err;
	if (standing->waiting_for[0] ||
	    (chunk->state != CHUNK_HELD && chunk->state != CHUNK_REFUSED &&
		chunk->state != CHUNK_FAILED))
		return 0;
	snprintf(standing->waiting_for, sizeof(standing->waiting_for), "%s-%u, which is %s",
	    standing->status.job->sources[plan->source].name, plan->number,
	    chunk_state_word(chunk->state));
	return 0;
}

static int
name_blocker(struct standing *standing, const struct session *session, const struct tally *total,
    struct err *err)
{
	const struct journal_port *journal = &session->journal;
	bool is_blocked = total->chunks[CHUNK_HELD] ||
			  (total->chunks[CHUNK_PLANNED] &&
			      total->chunks[CHUNK_REFUSED] + total->chunks[CHUNK_FAILED]);

	if (!is_blocked)
		return 0;
	return journal->each_chunk(journal->ctx, find_blocker, standing, err);
}

int
standing_read(struct standing *standing, struct session *session, struct err *err)
{
	struct tally total = { 0 };

	*standing = (struct standing)STANDING_NONE;
	standing->tallies = calloc(session->settings.source_count, sizeof(*standing->tallies));
	if (!standing->tallies)
		return err_memory(err);
	standing->status.job = &session->job;
	standing->status.tallies = standing->tallies;
	standing->status.waiting_for = standing->waiting_for;
	standing->status.state = STATUS_NEW;
	if (!session->store)
		return 0;
	if (read_tallies(standing, session, &total, err) ||
	    name_blocker(standing, session, &total, err))
		return -1;
	standing->status.state = status_at_rest(&total);
	return 0;
}

void
standing_done(struct standing *standing)
{
	free(standing->tallies);
}

/* ---- the runner */

/* 256 sources with names as long as they may be. */
enum { STATUS_MOST_BYTES = 512 * 1024 };

/* What it waits for and when it will be done stands in its status.json, not in the store. A file
 * that is not there yet, or another runner's, says nothing. */
static void
add_what_it_says(struct standing *standing, const struct session *session)
{
	SCOPED(buf) text = BUF_INIT;
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct err ignored = ERR_INIT;
	struct json root;
	struct span value;
	uint64_t pid;
	bool is_confined;

	if (folder_read(session->folder, "status.json", STATUS_MOST_BYTES, &text, &ignored) ||
	    json_parse(&doc, buf_span(&text), JSON_DEPTH, &ignored))
		return;
	root = json_root(&doc);
	if (json_u64(json_member(root, "pid"), &pid) || pid != standing->holder.pid)
		return;
	if (json_text(json_member(root, "waiting_for"), &value) == 0)
		span_copy(standing->waiting_for, sizeof(standing->waiting_for), value);
	if (json_boolean(json_member(root, "confined"), &is_confined) == 0)
		standing->status.confinement = is_confined ? STATUS_CONFINED : STATUS_UNCONFINED;
	if (json_text(json_member(root, "eta"), &value) ||
	    stamp_read_iso(value, &standing->status.eta_ms))
		standing->status.eta_ms = 0;
}

int
standing_add_runner(struct standing *standing, const struct session *session, struct err *err)
{
	struct status *status = &standing->status;

	if (lock_look(session->folder, &standing->holder, err))
		return -1;
	if (!standing->holder.is_held)
		return 0;
	status->state = STATUS_RUNNING;
	status->pid = (uint32_t)standing->holder.pid;
	status->host = standing->holder.host;
	if (stamp_read_iso(span_of(standing->holder.since), &status->since_ms))
		status->since_ms = 0;
	if (session->store)
		add_what_it_says(standing, session);
	else
		snprintf(standing->waiting_for, sizeof(standing->waiting_for),
		    "the plan: the inputs are being read");
	return 0;
}

int
standing_put(struct session *session, struct err *err)
{
	SCOPED(standing) standing = STANDING_NONE;

	if (standing_read(&standing, session, err))
		return -1;
	return status_put(session->folder_fd, &standing.status, err);
}
