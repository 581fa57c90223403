/* chunk.h - a chunk's state: the fold of its events.
 *
 *     planned -> submitting -> submitted -> finished -> done         (split: planned -> skipped)
 *        ^           |                          `----> failed
 *        `-----------+-> refused
 *                    `-> in_doubt -> submitted | planned | held -> (a person) ...
 *
 * When a copied run folder is adopted, what is planned is in doubt, too: the other copy may have sent
 * it.
 *
 * chunk_apply() is the only place where a state changes. It is pure, so replaying the events of
 * the store gives the same records; `verify` does that. */
#ifndef RUNNER_CORE_CHUNK_H
#define RUNNER_CORE_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/core/event.h"
#include "runner/core/plan.h"

/* X(NAME, number on disk, word in reports) */
#define CHUNK_STATES(X)                                                                            \
	X(PLANNED, 0, "planned")                                                                   \
	X(SUBMITTING, 1, "submitting")                                                             \
	X(IN_DOUBT, 2, "in_doubt")                                                                 \
	X(HELD, 3, "held")                                                                         \
	X(SUBMITTED, 4, "submitted")                                                               \
	X(FINISHED, 5, "finished")                                                                 \
	X(DONE, 6, "done")                                                                         \
	X(REFUSED, 7, "refused")                                                                   \
	X(FAILED, 8, "failed")                                                                     \
	X(SKIPPED, 9, "skipped")

enum chunk_state {
#define X(name, number, word) CHUNK_##name = number,
	CHUNK_STATES(X)
#undef X
};
enum { CHUNK_STATE_COUNT = 10 };

/* What the report's note must say, as bits of chunk.notes. */
enum chunk_note {
	NOTE_RESUBMITTED = 1 << 0,    /* sent again by a person or by in_doubt = "resubmit" */
	NOTE_FOUND_BY_PROBE = 1 << 1,
	NOTE_SENT_AGAIN = 1 << 2,     /* after its absence from the nation's list was proven */
	NOTE_NEVER_TAKEN = 1 << 3,    /* attempts used up, surely none of them taken */
	NOTE_SETTLED = 1 << 4,        /* by a person: settled_by, settled_why */
	NOTE_NO_COUNTS = 1 << 5,      /* done, but the nation has no result any more */
	NOTE_TOO_LARGE = 1 << 6,      /* the nation answered 413 to it */
	NOTE_SPLIT = 1 << 7,          /* skipped: its rows are those of its pieces */
	NOTE_RETRIED = 1 << 9,        /* a person sent it again: the nation surely had not taken it */
	NOTE_CAME_TO_NOTHING = 1 << 10, /* and it had had an import, which failed */
	NOTE_ADOPTED = 1 << 8,        /* another copy of the run folder may have sent it, or pieces of it */
};

/* X(kind, member, tag): see fields.h */
#define CHUNK_FIELDS(X)                                                                            \
	X(NUMBER, state, 1)                                                                        \
	X(NUMBER, attempts, 2)                                                                     \
	X(NUMBER, attempts_used, 3)                                                                \
	X(NUMBER, looks_failed, 4)                                                                 \
	X(NUMBER, absences, 5)                                                                     \
	X(NUMBER, word, 6)                                                                         \
	X(NUMBER, import_id, 7)                                                                    \
	X(TIME, due_ms, 8)                                                                         \
	X(TIME, started_ms, 9)                                                                     \
	X(TIME, submitted_ms, 10)                                                                  \
	X(TIME, finished_ms, 11)                                                                   \
	X(NUMBER, has_counts, 12)                                                                  \
	X(NUMBER, rows_succeeded, 13)                                                              \
	X(NUMBER, rows_updated, 14)                                                                \
	X(NUMBER, rows_failed, 15)                                                                 \
	X(NUMBER, notes, 16)                                                                       \
	X(DIGEST, sha256, 17)                                                                      \
	X(NUMBER, http_status, 18)                                                                 \
	X(NUMBER, handed_bytes, 19)                                                                \
	X(TEXT, request_id, 20)                                                                    \
	X(TEXT, text, 21)                                                                          \
	X(TEXT, settled_by, 22)                                                                    \
	X(TEXT, settled_why, 23)                                                                   \
	X(NUMBER, bytes_sent, 24)                                                                  \
	X(TIME, started_server_ms, 25)                                                             \
	X(NUMBER, first_piece, 26)                                                                 \
	X(NUMBER, pieces, 27)                                                                      \
	X(NUMBER, rows_retried, 28)                                                                \
	X(TIME, submitted_server_ms, 36)

struct chunk {
	uint32_t source; /* with number its name, and its key on disk, so no fields */
	uint32_t number;
	enum chunk_state state;
	uint32_t attempts;      /* POSTs begun */
	uint32_t attempts_used; /* those that count against retry.attempts */
	uint32_t looks_failed;  /* of the present doubt */
	uint32_t absences;      /* of the present doubt: looks that did not find it */
	enum nation_word word;
	uint64_t import_id;
	int64_t due_ms;       /* when its next step is due, wall clock; 0: at once */
	int64_t started_ms;   /* of the last attempt */
	int64_t started_server_ms; /* the same by the nation's clock; 0: not known then. After
				      ADOPT_DOUBTED: nobody had sent it before */
	int64_t submitted_ms; /* the import id was known */
	int64_t submitted_server_ms; /* the same by the nation's clock; 0: not told */
	int64_t finished_ms;  /* finished at the nation; then done, failed, refused or skipped */
	uint32_t has_counts;
	uint64_t rows_succeeded;
	uint64_t rows_updated;
	uint64_t rows_failed;
	uint32_t notes; /* enum chunk_note */
	struct digest sha256;
	uint32_t http_status;  /* of the last POST that ended; 0: no answer */
	uint64_t handed_bytes; /* of the last attempt */
	uint64_t bytes_sent;   /* body bytes handed over, all attempts */
	char request_id[80];
	char text[LIMIT_NOTE_BYTES]; /* why: the nation's message or the run's reason */
	char settled_by[64];
	char settled_why[LIMIT_NOTE_BYTES];
	uint32_t first_piece; /* if it was split: number of its first piece, */
	uint32_t pieces;      /* and how many there are */
	uint64_t rows_retried; /* of those rejected: they are sent again in chunks of a retry */
};

/* A chunk of which the store has no record: planned; with nothing to send it is done (product.md
 * section 5). */
static inline struct chunk
chunk_untouched(const struct plan_chunk *plan)
{
	return (struct chunk){
		.source = plan->source,
		.number = plan->number,
		.state = plan_rows_sent(plan) ? CHUNK_PLANNED : CHUNK_DONE,
	};
}

const char *chunk_state_word(enum chunk_state state);

/* done, refused, failed or skipped: nothing more happens without a person. */
bool chunk_state_is_final(enum chunk_state state);

/* 0, or -1 if no arc of the table allows the event in this state; the chunk is then untouched.
 * An event about the load (chunk 0) must not be passed. */
int chunk_apply(struct chunk *chunk, const struct event *event);

/* Refused or failed, and the nation surely does not hold it: it may be sent again without a look
 * (`retry --failed`). Not if it was sent again on somebody's word before. */
bool chunk_is_surely_absent(const struct chunk *chunk);

/* Whether chunk_apply() would accept an event of this type. */
bool chunk_accepts(enum chunk_state state, enum event_type type);

#endif
