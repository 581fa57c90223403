#include "platform.h"

#include <stddef.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/core/chunk.h"

/* ---- what an event leaves behind beside the new state ---- */

static void
take_text(char *to, const char *from, size_t bytes)
{
	memcpy(to, from, bytes);
	to[bytes - 1] = '\0';
}

static void
take_reason(struct chunk *chunk, const struct event *event)
{
	take_text(chunk->text, event->text, sizeof(chunk->text));
}

static void
take_answer(struct chunk *chunk, const struct event *event)
{
	chunk->http_status = event->http_status;
	chunk->handed_bytes = event->handed_bytes;
	chunk->bytes_sent += event->handed_bytes;
	if (event->sha256.is_known)
		chunk->sha256 = event->sha256;
	take_text(chunk->request_id, event->request_id, sizeof(chunk->request_id));
}

/* What an import said is not what another import, or the same for another chunk, would say. */
static void
forget_result(struct chunk *chunk)
{
	chunk->finished_ms = 0;
	chunk->has_counts = 0;
	chunk->rows_succeeded = 0;
	chunk->rows_updated = 0;
	chunk->rows_failed = 0;
	chunk->notes &= ~(uint32_t)(NOTE_NEVER_TAKEN | NOTE_NO_COUNTS);
}

static void
take_import(struct chunk *chunk, const struct event *event)
{
	forget_result(chunk);
	chunk->import_id = event->import_id;
	chunk->submitted_ms = event->at_ms;
	chunk->submitted_server_ms = event->server_date_ms;
	chunk->word = event->word;
	chunk->text[0] = '\0';
}

static void
take_word(struct chunk *chunk, const struct event *event)
{
	chunk->word = event->word;
}

static void
take_end(struct chunk *chunk, const struct event *event)
{
	take_reason(chunk, event);
	chunk->finished_ms = event->at_ms;
}

static void
begin_attempt(struct chunk *chunk, const struct event *event)
{
	chunk->attempts++;
	chunk->attempts_used++;
	chunk->started_ms = event->at_ms;
	chunk->started_server_ms = event->server_date_ms;
	chunk->handed_bytes = 0;
	chunk->request_id[0] = '\0';
	chunk->text[0] = '\0';
}

static void
be_accepted(struct chunk *chunk, const struct event *event)
{
	take_answer(chunk, event);
	take_import(chunk, event);
}

static void
come_back(struct chunk *chunk, const struct event *event)
{
	take_answer(chunk, event);
	take_reason(chunk, event);
}

/* Some ways to come back use up no attempt (replies.md, budgets). */
static void
come_back_free(struct chunk *chunk, const struct event *event)
{
	chunk->attempts_used--;
	come_back(chunk, event);
}

static void
be_refused(struct chunk *chunk, const struct event *event)
{
	take_answer(chunk, event);
	take_end(chunk, event);
}

static void
be_too_large(struct chunk *chunk, const struct event *event)
{
	come_back_free(chunk, event);
	chunk->notes |= NOTE_TOO_LARGE;
}

static void
be_added(struct chunk *chunk, const struct event *event)
{
	(void)chunk; /* its place stands in the plan */
	(void)event;
}

static void
be_split(struct chunk *chunk, const struct event *event)
{
	chunk->notes |= NOTE_SPLIT;
	chunk->first_piece = event->first_piece;
	chunk->pieces = event->pieces;
	chunk->finished_ms = event->at_ms;
}

static void
give_up(struct chunk *chunk, const struct event *event)
{
	/* One that was sent again on somebody's word may have been taken the first time. */
	if (!(chunk->notes & NOTE_RESUBMITTED))
		chunk->notes |= NOTE_NEVER_TAKEN;
	chunk->finished_ms = event->at_ms;
}

static void
begin_doubt(struct chunk *chunk, const struct event *event)
{
	come_back(chunk, event);
	chunk->looks_failed = 0;
	chunk->absences = 0;
}

/* Sent by nobody we know of, but perhaps by another copy of the run folder, since then. */
static void
begin_adopted_doubt(struct chunk *chunk, const struct event *event)
{
	take_reason(chunk, event);
	chunk->started_server_ms = event->server_date_ms;
	chunk->notes |= NOTE_ADOPTED;
	chunk->looks_failed = 0;
	chunk->absences = 0;
}

static void
take_digest(struct chunk *chunk, const struct event *event)
{
	chunk->sha256 = event->sha256;
}

static void
be_found(struct chunk *chunk, const struct event *event)
{
	take_import(chunk, event);
	chunk->notes |= NOTE_FOUND_BY_PROBE;
}

static void
count_absence(struct chunk *chunk, const struct event *event)
{
	(void)event;
	chunk->absences++;
}

static void
count_failed_look(struct chunk *chunk, const struct event *event)
{
	(void)event;
	chunk->looks_failed++;
}

static void
be_cleared(struct chunk *chunk, const struct event *event)
{
	(void)event;
	if (chunk->attempts) /* not the first time after all: only another copy might have sent it */
		chunk->notes |= NOTE_SENT_AGAIN;
}

static void
be_resubmitted(struct chunk *chunk, const struct event *event)
{
	(void)event;
	chunk->notes |= NOTE_RESUBMITTED;
}

/* It was given an id that another chunk has: what it sent is known, but not where it is. */
static void
get_anothers_id(struct chunk *chunk, const struct event *event)
{
	take_answer(chunk, event);
	take_reason(chunk, event);
}

/* Another chunk was given its id. */
static void
share_id(struct chunk *chunk, const struct event *event)
{
	forget_result(chunk);
	take_reason(chunk, event);
}

static void
take_counts(struct chunk *chunk, const struct event *event)
{
	chunk->has_counts = 1;
	chunk->rows_succeeded = event->rows_succeeded;
	chunk->rows_updated = event->rows_updated;
	chunk->rows_failed = event->rows_failed;
	chunk->finished_ms = event->at_ms;
}

static void
lose_counts(struct chunk *chunk, const struct event *event)
{
	chunk->notes |= NOTE_NO_COUNTS;
	chunk->finished_ms = event->at_ms;
}

static void
finish(struct chunk *chunk, const struct event *event)
{
	take_word(chunk, event);
	chunk->finished_ms = event->at_ms;
}

static void
fail(struct chunk *chunk, const struct event *event)
{
	take_word(chunk, event);
	take_end(chunk, event);
}

static void
settle(struct chunk *chunk, const struct event *event)
{
	chunk->notes |= NOTE_SETTLED;
	take_text(chunk->settled_by, event->person, sizeof(chunk->settled_by));
	take_text(chunk->settled_why, event->text, sizeof(chunk->settled_why));
}

static void
settle_import(struct chunk *chunk, const struct event *event)
{
	settle(chunk, event);
	take_import(chunk, event);
}

static void
begin_again(struct chunk *chunk)
{
	forget_result(chunk);
	chunk->import_id = 0;
	chunk->submitted_ms = 0;
	chunk->submitted_server_ms = 0;
	chunk->word = WORD_NONE;
	chunk->attempts_used = 0;
	chunk->notes &= ~(uint32_t)NOTE_FOUND_BY_PROBE;
}

static void
settle_resubmit(struct chunk *chunk, const struct event *event)
{
	settle(chunk, event);
	begin_again(chunk);
	chunk->notes |= NOTE_RESUBMITTED;
}

static void
be_retried(struct chunk *chunk, const struct event *event)
{
	(void)event;
	chunk->notes |= NOTE_RETRIED;
	if (chunk->import_id)
		chunk->notes |= NOTE_CAME_TO_NOTHING;
	begin_again(chunk);
}

static void
count_retried(struct chunk *chunk, const struct event *event)
{
	chunk->rows_retried += event->rows;
}

static void
settle_skip(struct chunk *chunk, const struct event *event)
{
	settle(chunk, event);
	chunk->finished_ms = event->at_ms;
}

/* ---- what may happen ---- */

static const struct arc {
	enum chunk_state from;
	enum event_type event;
	enum chunk_state to;
	void (*take)(struct chunk *chunk, const struct event *event);
} arcs[] = {
	/* from             what happened              to                and beside it */
	{ CHUNK_PLANNED,    EVENT_SUBMIT_STARTED,      CHUNK_SUBMITTING, begin_attempt },
	{ CHUNK_PLANNED,    EVENT_ATTEMPTS_USED_UP,    CHUNK_FAILED,     give_up },
	{ CHUNK_PLANNED,    EVENT_CHUNK_ADDED,         CHUNK_PLANNED,    be_added },
	{ CHUNK_PLANNED,    EVENT_CHUNK_SPLIT,         CHUNK_SKIPPED,    be_split },
	{ CHUNK_PLANNED,    EVENT_ADOPT_DOUBTED,       CHUNK_IN_DOUBT,   begin_adopted_doubt },

	{ CHUNK_SUBMITTING, EVENT_SUBMIT_ACCEPTED,     CHUNK_SUBMITTED,  be_accepted },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_NOT_SENT,     CHUNK_PLANNED,    come_back_free },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_NOT_COMPLETE, CHUNK_PLANNED,    come_back },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_PUT_OFF,      CHUNK_PLANNED,    come_back_free },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_TOO_LARGE,    CHUNK_PLANNED,    be_too_large },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_REFUSED,      CHUNK_REFUSED,    be_refused },
	/* never straight back: law 3 */
	{ CHUNK_SUBMITTING, EVENT_ANSWER_LOST,         CHUNK_IN_DOUBT,   begin_doubt },
	{ CHUNK_SUBMITTING, EVENT_ID_CONFLICT,         CHUNK_HELD,       get_anothers_id }, /* law 9 */

	/* An id that was rescued when its commit failed; by then start-up may have called it lost. */
	{ CHUNK_IN_DOUBT,   EVENT_SUBMIT_ACCEPTED,     CHUNK_SUBMITTED,  be_accepted },
	{ CHUNK_IN_DOUBT,   EVENT_ID_CONFLICT,         CHUNK_HELD,       get_anothers_id },
	{ CHUNK_IN_DOUBT,   EVENT_DOUBT_HASHED,        CHUNK_IN_DOUBT,   take_digest },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_FOUND,         CHUNK_SUBMITTED,  be_found },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_ABSENT,        CHUNK_IN_DOUBT,   count_absence },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_CLEARED,       CHUNK_PLANNED,    be_cleared },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_FAILED,        CHUNK_IN_DOUBT,   count_failed_look },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_UNCLEAR,       CHUNK_HELD,       take_reason },
	{ CHUNK_IN_DOUBT,   EVENT_DOUBT_HELD,          CHUNK_HELD,       take_reason },
	{ CHUNK_IN_DOUBT,   EVENT_DOUBT_RESUBMITTED,   CHUNK_PLANNED,    be_resubmitted },
	{ CHUNK_IN_DOUBT,   EVENT_RESOLVED_IMPORT,     CHUNK_SUBMITTED,  settle_import },
	{ CHUNK_IN_DOUBT,   EVENT_RESOLVED_RESUBMIT,   CHUNK_PLANNED,    settle_resubmit },
	{ CHUNK_IN_DOUBT,   EVENT_RESOLVED_SKIP,       CHUNK_SKIPPED,    settle_skip },

	{ CHUNK_HELD,       EVENT_RESOLVED_IMPORT,     CHUNK_SUBMITTED,  settle_import },
	{ CHUNK_HELD,       EVENT_RESOLVED_RESUBMIT,   CHUNK_PLANNED,    settle_resubmit },
	{ CHUNK_HELD,       EVENT_RESOLVED_SKIP,       CHUNK_SKIPPED,    settle_skip },

	{ CHUNK_SUBMITTED,  EVENT_STATUS_CHANGED,      CHUNK_SUBMITTED,  take_word },
	{ CHUNK_SUBMITTED,  EVENT_IMPORT_FINISHED,     CHUNK_FINISHED,   finish },
	{ CHUNK_SUBMITTED,  EVENT_IMPORT_FAILED,       CHUNK_FAILED,     fail },
	{ CHUNK_SUBMITTED,  EVENT_ID_CONFLICT,         CHUNK_HELD,       share_id },

	{ CHUNK_FINISHED,   EVENT_RESULT_STORED,       CHUNK_DONE,       take_counts },
	{ CHUNK_FINISHED,   EVENT_RESULT_GONE,         CHUNK_DONE,       lose_counts },
	{ CHUNK_FINISHED,   EVENT_RESULT_MISSING,      CHUNK_FAILED,     take_end },
	{ CHUNK_FINISHED,   EVENT_ID_CONFLICT,         CHUNK_HELD,       share_id },
	{ CHUNK_DONE,       EVENT_ID_CONFLICT,         CHUNK_HELD,       share_id },

	/* resolve also settles what the nation refused or gave up on (product.md section 6) */
	/* refused when it was sent again, but the nation has it from before */
	{ CHUNK_REFUSED,    EVENT_RESOLVED_IMPORT,     CHUNK_SUBMITTED,  settle_import },
	{ CHUNK_REFUSED,    EVENT_RESOLVED_RESUBMIT,   CHUNK_PLANNED,    settle_resubmit },
	{ CHUNK_REFUSED,    EVENT_RESOLVED_SKIP,       CHUNK_SKIPPED,    settle_skip },
	{ CHUNK_FAILED,     EVENT_RESOLVED_IMPORT,     CHUNK_SUBMITTED,  settle_import },
	{ CHUNK_FAILED,     EVENT_RESOLVED_RESUBMIT,   CHUNK_PLANNED,    settle_resubmit },
	{ CHUNK_FAILED,     EVENT_RESOLVED_SKIP,       CHUNK_SKIPPED,    settle_skip },
	{ CHUNK_FAILED,     EVENT_ID_CONFLICT,         CHUNK_HELD,       share_id },

	/* retry: chunk_is_surely_absent(), and rows corrected by a person */
	{ CHUNK_REFUSED,    EVENT_CHUNK_RETRIED,       CHUNK_PLANNED,    be_retried },
	{ CHUNK_FAILED,     EVENT_CHUNK_RETRIED,       CHUNK_PLANNED,    be_retried },
	{ CHUNK_DONE,       EVENT_ROWS_RETRIED,        CHUNK_DONE,       count_retried },
};

static const char *const words[] = {
#define X(name, number, word) [number] = word,
	CHUNK_STATES(X)
#undef X
};

const char *
chunk_state_word(enum chunk_state state)
{
	return (size_t)state < ARRAY_COUNT(words) ? words[state] : NULL;
}

bool
chunk_state_is_final(enum chunk_state state)
{
	return state == CHUNK_DONE || state == CHUNK_REFUSED || state == CHUNK_FAILED ||
	       state == CHUNK_SKIPPED;
}

/* Of an import that was cancelled or broke off the nation may have rows: only this word says that it has
 * none (product.md, `retry --failed`). The text is verdict.c's. */
static bool
is_unprocessable(const struct chunk *chunk)
{
	return chunk->word == WORD_FAILED &&
	       strcmp(chunk->text, "the nation says \"unprocessable\"") == 0;
}

bool
chunk_is_surely_absent(const struct chunk *chunk)
{
	if (chunk->notes & NOTE_RESUBMITTED)
		return false;
	if (chunk->state == CHUNK_FAILED)
		return chunk->notes & NOTE_NEVER_TAKEN || is_unprocessable(chunk);
	return chunk->state == CHUNK_REFUSED;
}

static const struct arc *
find_arc(enum chunk_state state, enum event_type type)
{
	for (size_t i = 0; i < ARRAY_COUNT(arcs); i++) {
		if (arcs[i].from == state && arcs[i].event == type)
			return &arcs[i];
	}
	return NULL;
}

bool
chunk_accepts(enum chunk_state state, enum event_type type)
{
	return find_arc(state, type) != NULL;
}

int
chunk_apply(struct chunk *chunk, const struct event *event)
{
	const struct arc *arc = find_arc(chunk->state, event->type);

	if (!arc)
		return -1;
	chunk->state = arc->to;
	chunk->due_ms = event->due_ms;
	arc->take(chunk, event);
	return 0;
}
