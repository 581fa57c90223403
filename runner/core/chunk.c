#include "platform.h"

#include <stddef.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/core/chunk.h"

struct arc {
	enum chunk_state from;
	enum event_type event;
	enum chunk_state to;
};

static const struct arc arcs[] = {
	/* from             what happened             to              */
	{ CHUNK_PLANNED,    EVENT_SUBMIT_STARTED,     CHUNK_SUBMITTING },
	{ CHUNK_PLANNED,    EVENT_ATTEMPTS_USED_UP,   CHUNK_FAILED },

	{ CHUNK_SUBMITTING, EVENT_SUBMIT_ACCEPTED,    CHUNK_SUBMITTED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_NOT_SENT,    CHUNK_PLANNED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_NOT_COMPLETE, CHUNK_PLANNED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_PUT_OFF,     CHUNK_PLANNED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_REFUSED,     CHUNK_REFUSED },
	{ CHUNK_SUBMITTING, EVENT_ANSWER_LOST,        CHUNK_IN_DOUBT }, /* never straight back: law 3 */
	{ CHUNK_SUBMITTING, EVENT_ID_CONFLICT,        CHUNK_HELD },     /* law 9 */

	/* An id that was rescued when its commit failed; by then start-up may have called it lost. */
	{ CHUNK_IN_DOUBT,   EVENT_SUBMIT_ACCEPTED,    CHUNK_SUBMITTED },
	{ CHUNK_IN_DOUBT,   EVENT_DOUBT_HASHED,       CHUNK_IN_DOUBT },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_FOUND,        CHUNK_SUBMITTED },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_ABSENT,       CHUNK_IN_DOUBT },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_CLEARED,      CHUNK_PLANNED },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_FAILED,       CHUNK_IN_DOUBT },
	{ CHUNK_IN_DOUBT,   EVENT_PROBE_UNCLEAR,      CHUNK_HELD },
	{ CHUNK_IN_DOUBT,   EVENT_DOUBT_HELD,         CHUNK_HELD },
	{ CHUNK_IN_DOUBT,   EVENT_DOUBT_RESUBMITTED,  CHUNK_PLANNED },
	{ CHUNK_IN_DOUBT,   EVENT_RESOLVED_IMPORT,    CHUNK_SUBMITTED },
	{ CHUNK_IN_DOUBT,   EVENT_RESOLVED_RESUBMIT,  CHUNK_PLANNED },
	{ CHUNK_IN_DOUBT,   EVENT_RESOLVED_SKIP,      CHUNK_SKIPPED },

	{ CHUNK_HELD,       EVENT_DOUBT_HASHED,       CHUNK_HELD },
	{ CHUNK_HELD,       EVENT_RESOLVED_IMPORT,    CHUNK_SUBMITTED },
	{ CHUNK_HELD,       EVENT_RESOLVED_RESUBMIT,  CHUNK_PLANNED },
	{ CHUNK_HELD,       EVENT_RESOLVED_SKIP,      CHUNK_SKIPPED },

	{ CHUNK_SUBMITTED,  EVENT_STATUS_CHANGED,     CHUNK_SUBMITTED },
	{ CHUNK_SUBMITTED,  EVENT_IMPORT_FINISHED,    CHUNK_FINISHED },
	{ CHUNK_SUBMITTED,  EVENT_IMPORT_FAILED,      CHUNK_FAILED },
	{ CHUNK_SUBMITTED,  EVENT_ID_CONFLICT,        CHUNK_HELD },

	{ CHUNK_FINISHED,   EVENT_RESULT_STORED,      CHUNK_DONE },
	{ CHUNK_FINISHED,   EVENT_RESULT_GONE,        CHUNK_DONE },
	{ CHUNK_FINISHED,   EVENT_RESULT_MISSING,     CHUNK_FAILED },
	{ CHUNK_FINISHED,   EVENT_ID_CONFLICT,        CHUNK_HELD },
	{ CHUNK_DONE,       EVENT_ID_CONFLICT,        CHUNK_HELD },

	/* resolve also settles what the nation refused or gave up on (product.md section 6) */
	{ CHUNK_REFUSED,    EVENT_RESOLVED_RESUBMIT,  CHUNK_PLANNED },
	{ CHUNK_REFUSED,    EVENT_RESOLVED_SKIP,      CHUNK_SKIPPED },
	{ CHUNK_FAILED,     EVENT_RESOLVED_IMPORT,    CHUNK_SUBMITTED },
	{ CHUNK_FAILED,     EVENT_RESOLVED_RESUBMIT,  CHUNK_PLANNED },
	{ CHUNK_FAILED,     EVENT_RESOLVED_SKIP,      CHUNK_SKIPPED },
	{ CHUNK_FAILED,     EVENT_ID_CONFLICT,        CHUNK_HELD },
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

bool
chunk_state_is_in_flight(enum chunk_state state)
{
	return state == CHUNK_SUBMITTING || state == CHUNK_SUBMITTED || state == CHUNK_FINISHED;
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

static void
take_text(char *to, const char *from, size_t bytes)
{
	memcpy(to, from, bytes);
	to[bytes - 1] = '\0';
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

static void
start_doubt(struct chunk *chunk)
{
	chunk->looks_failed = 0;
	chunk->absences = 0;
}

static void
become_submitted(struct chunk *chunk, const struct event *event)
{
	chunk->import_id = event->import_id;
	chunk->submitted_ms = event->at_ms;
	chunk->finished_ms = 0;
	chunk->word = event->word;
	chunk->text[0] = '\0';
}

static void
become_planned_again(struct chunk *chunk)
{
	chunk->import_id = 0;
	chunk->submitted_ms = 0;
	chunk->finished_ms = 0;
	chunk->word = WORD_NONE;
	chunk->has_counts = 0;
	chunk->rows_succeeded = 0;
	chunk->rows_updated = 0;
	chunk->rows_failed = 0;
	chunk->attempts_used = 0;
}

static void
take_counts(struct chunk *chunk, const struct event *event)
{
	chunk->has_counts = 1;
	chunk->rows_succeeded = event->rows_succeeded;
	chunk->rows_updated = event->rows_updated;
	chunk->rows_failed = event->rows_failed;
}

static void
settle(struct chunk *chunk, const struct event *event)
{
	chunk->notes |= NOTE_SETTLED;
	take_text(chunk->settled_by, event->person, sizeof(chunk->settled_by));
	take_text(chunk->settled_why, event->text, sizeof(chunk->settled_why));
}

/* What an event leaves behind beside the new state. */
static void
take_event(struct chunk *chunk, const struct event *event)
{
	switch (event->type) {
	case EVENT_SUBMIT_STARTED:
		chunk->attempts++;
		chunk->attempts_used++;
		chunk->started_ms = event->at_ms;
		chunk->handed_bytes = 0;
		chunk->http_status = 0;
		chunk->request_id[0] = '\0';
		chunk->text[0] = '\0';
		break;
	case EVENT_SUBMIT_ACCEPTED:
		take_answer(chunk, event);
		become_submitted(chunk, event);
		break;
	case EVENT_SUBMIT_NOT_SENT:
	case EVENT_SUBMIT_PUT_OFF:
		chunk->attempts_used--; /* these use up none (replies.md, budgets) */
		take_answer(chunk, event);
		take_text(chunk->text, event->text, sizeof(chunk->text));
		break;
	case EVENT_SUBMIT_NOT_COMPLETE:
		take_answer(chunk, event);
		take_text(chunk->text, event->text, sizeof(chunk->text));
		break;
	case EVENT_SUBMIT_REFUSED:
		take_answer(chunk, event);
		take_text(chunk->text, event->text, sizeof(chunk->text));
		chunk->finished_ms = event->at_ms;
		break;
	case EVENT_ANSWER_LOST:
		take_answer(chunk, event);
		take_text(chunk->text, event->text, sizeof(chunk->text));
		start_doubt(chunk);
		break;
	case EVENT_ATTEMPTS_USED_UP:
		chunk->notes |= NOTE_NEVER_TAKEN;
		chunk->finished_ms = event->at_ms;
		break;
	case EVENT_DOUBT_HASHED:
		chunk->sha256 = event->sha256;
		break;
	case EVENT_PROBE_FOUND:
		chunk->notes |= NOTE_FOUND_BY_PROBE;
		become_submitted(chunk, event);
		break;
	case EVENT_PROBE_ABSENT:
		chunk->absences++;
		break;
	case EVENT_PROBE_CLEARED:
		chunk->notes |= NOTE_SENT_AGAIN;
		break;
	case EVENT_PROBE_FAILED:
		chunk->looks_failed++;
		break;
	case EVENT_PROBE_UNCLEAR:
	case EVENT_DOUBT_HELD:
	case EVENT_ID_CONFLICT:
		take_text(chunk->text, event->text, sizeof(chunk->text));
		break;
	case EVENT_DOUBT_RESUBMITTED:
		chunk->notes |= NOTE_RESUBMITTED;
		break;
	case EVENT_STATUS_CHANGED:
		chunk->word = event->word;
		break;
	case EVENT_IMPORT_FINISHED:
		chunk->word = event->word;
		break;
	case EVENT_IMPORT_FAILED:
		chunk->word = event->word;
		take_text(chunk->text, event->text, sizeof(chunk->text));
		chunk->finished_ms = event->at_ms;
		break;
	case EVENT_RESULT_STORED:
		take_counts(chunk, event);
		chunk->finished_ms = event->at_ms;
		break;
	case EVENT_RESULT_MISSING:
		take_text(chunk->text, event->text, sizeof(chunk->text));
		chunk->finished_ms = event->at_ms;
		break;
	case EVENT_RESULT_GONE:
		chunk->notes |= NOTE_NO_COUNTS;
		chunk->finished_ms = event->at_ms;
		break;
	case EVENT_RESOLVED_IMPORT:
		settle(chunk, event);
		become_submitted(chunk, event);
		break;
	case EVENT_RESOLVED_RESUBMIT:
		settle(chunk, event);
		chunk->notes |= NOTE_RESUBMITTED;
		chunk->notes &= ~(uint32_t)NOTE_NEVER_TAKEN;
		become_planned_again(chunk);
		break;
	case EVENT_RESOLVED_SKIP:
		settle(chunk, event);
		chunk->finished_ms = event->at_ms;
		break;
	case EVENT_RUN_STARTED:
	case EVENT_RUN_ENDED:
	case EVENT_EQUATION_LEARNED:
		break; /* about the load; no arc leads here */
	}
}

int
chunk_apply(struct chunk *chunk, const struct event *event)
{
	const struct arc *arc = find_arc(chunk->state, event->type);

	if (!arc)
		return -1;
	chunk->state = arc->to;
	chunk->due_ms = event->due_ms;
	take_event(chunk, event);
	return 0;
}
