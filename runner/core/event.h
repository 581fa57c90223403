/* event.h - what happened. Written durably before anything acts on it, never changed.
 *
 * An event is flat: every type uses the members it needs, the others are zero. The numbers of the
 * types and the tags of the members stand on disk (store/FORMAT.md). */
#ifndef RUNNER_CORE_EVENT_H
#define RUNNER_CORE_EVENT_H

#include <stdint.h>

#include "runner/base/limits.h"
#include "runner/core/fields.h"

/* X(NAME, number on disk, word in `log --json` and `--type`) */
#define EVENT_TYPES(X)                                                                             \
	/* the load */                                                                             \
	X(RUN_STARTED, 1, "run_started")                                                           \
	X(RUN_ENDED, 2, "run_ended")                                                               \
	X(EQUATION_LEARNED, 3, "equation_learned")                                                 \
	X(TOKEN_REFRESHED, 4, "token_refreshed")            /* requests carry another one now */   \
	X(RUN_ADOPTED, 5, "run_adopted")                    /* a copy of the run folder took over */\
	X(ADOPT_DOUBTED, 6, "adopt_doubted")                /* of a chunk: the other may have sent it */\
	/* one attempt */                                                                          \
	X(SUBMIT_STARTED, 10, "submit_started")                                                    \
	X(SUBMIT_ACCEPTED, 11, "submit_accepted")                                                  \
	X(SUBMIT_NOT_SENT, 12, "submit_not_sent")           /* provably nothing left this host */  \
	X(SUBMIT_NOT_COMPLETE, 13, "submit_not_complete")   /* not all arrived, or not taken: 425 */ \
	X(SUBMIT_PUT_OFF, 14, "submit_put_off")             /* not now: 401 403 404 406 421 429 */ \
	X(SUBMIT_REFUSED, 15, "submit_refused")             /* will never be taken as it is */     \
	X(ANSWER_LOST, 16, "answer_lost")                   /* the nation may have it */           \
	X(ATTEMPTS_USED_UP, 17, "attempts_used_up")         /* never taken, and no attempt left */ \
	X(SUBMIT_TOO_LARGE, 18, "submit_too_large")         /* 413: not taken, to be split */      \
	/* a doubt */                                                                              \
	X(DOUBT_HASHED, 20, "doubt_hashed")                 /* SHA-256 of what may have arrived */ \
	X(PROBE_FOUND, 21, "probe_found")                   /* the import is in the list */        \
	X(PROBE_ABSENT, 22, "probe_absent")                 /* not in it, seen once */             \
	X(PROBE_CLEARED, 23, "probe_cleared")               /* not in it, seen twice: send again */\
	X(PROBE_UNCLEAR, 24, "probe_unclear")               /* cannot be told */                   \
	X(PROBE_FAILED, 25, "probe_failed")                 /* the list could not be read */       \
	X(DOUBT_HELD, 26, "doubt_held")                     /* by the source's policy */           \
	X(DOUBT_RESUBMITTED, 27, "doubt_resubmitted")       /* by the source's policy */           \
	X(ID_CONFLICT, 28, "id_conflict")                   /* one id, two chunks: law 9 */        \
	/* an import */                                                                            \
	X(STATUS_CHANGED, 30, "status_changed")             /* a new word of the nation */         \
	X(IMPORT_FINISHED, 31, "import_finished")                                                  \
	X(IMPORT_FAILED, 32, "import_failed")                                                      \
	X(RESULT_STORED, 33, "result_stored")                                                      \
	X(RESULT_MISSING, 34, "result_missing")                                                    \
	X(RESULT_GONE, 35, "result_gone")                   /* 410: done, but without counts */    \
	/* a person */                                                                             \
	X(RESOLVED_IMPORT, 40, "resolved_import")                                                  \
	X(RESOLVED_RESUBMIT, 41, "resolved_resubmit")                                              \
	X(RESOLVED_SKIP, 42, "resolved_skip")                                                      \
	/* the plan is extended */                                                                 \
	X(CHUNK_ADDED, 50, "chunk_added")                   /* a piece of another, or a retry */   \
	X(CHUNK_SPLIT, 51, "chunk_split")                   /* its pieces are sent instead */      \
	/* a person hands rows or chunks in again */                                               \
	X(RETRY_PLANNED, 60, "retry_planned")               /* corrected rows: chunks were added */\
	X(ROWS_RETRIED, 61, "rows_retried")                 /* of a chunk: rejected ones go again */\
	X(CHUNK_RETRIED, 62, "chunk_retried")               /* surely not taken: it goes again */

enum event_type {
#define X(name, number, word) EVENT_##name = number,
	EVENT_TYPES(X)
#undef X
};

/* What the nation says of an import; kept beside the state. */
#define NATION_WORDS(X)                                                                            \
	X(NONE, 0, "")                                                                             \
	X(QUEUED, 1, "queued")                                                                     \
	X(WORKING, 2, "working")                                                                   \
	X(FINISHED, 3, "finished")                                                                 \
	X(FAILED, 4, "failed")                                                                     \
	X(UNKNOWN, 5, "unknown") /* a word that no document has: keep polling */

enum nation_word {
#define X(name, number, text) WORD_##name = number,
	NATION_WORDS(X)
#undef X
};

/* X(kind, member, tag): see fields.h */
#define EVENT_FIELDS(X)                                                                            \
	X(TIME, at_ms, 1)                                                                          \
	X(NUMBER, type, 2)                                                                         \
	X(NUMBER, source, 3)                                                                       \
	X(NUMBER, chunk, 4)                                                                        \
	X(NUMBER, attempt, 5)                                                                      \
	X(TIME, due_ms, 6)                                                                         \
	X(NUMBER, import_id, 7)                                                                    \
	X(NUMBER, word, 8)                                                                         \
	X(NUMBER, rows_succeeded, 9)                                                               \
	X(NUMBER, rows_updated, 10)                                                                \
	X(NUMBER, rows_failed, 11)                                                                 \
	X(NUMBER, body_bytes, 12)                                                                  \
	X(NUMBER, handed_bytes, 13)                                                                \
	X(NUMBER, request_bytes, 14)                                                               \
	X(NUMBER, http_status, 15)                                                                 \
	X(NUMBER, curl_code, 16)                                                                   \
	X(NUMBER, code, 17)                                                                        \
	X(TIME, server_date_ms, 18)                                                                \
	X(TEXT, request_id, 19)                                                                    \
	X(TEXT, text, 20)                                                                          \
	X(TEXT, person, 21)                                                                        \
	X(TEXT, host, 22)                                                                          \
	X(NUMBER, pid, 23)                                                                         \
	X(DIGEST, sha256, 24)                                                                      \
	X(TEXT, local_address, 25)                                                                 \
	X(TEXT, peer_address, 26)                                                                  \
	X(NUMBER, connects, 27)                                                                    \
	X(NUMBER, connect_ms, 28)                                                                  \
	X(NUMBER, tls_ms, 29)                                                                      \
	X(NUMBER, first_byte_ms, 30)                                                               \
	X(NUMBER, took_ms, 31)                                                                     \
	X(NUMBER, parent, 32)                                                                      \
	X(NUMBER, first_piece, 33)                                                                 \
	X(NUMBER, pieces, 34)                                                                      \
	X(NUMBER, retry, 46)                                                                       \
	X(NUMBER, rows, 47)

struct event {
	uint64_t seq; /* from 1, given by the journal; its key there, so no field */
	int64_t at_ms;
	enum event_type type;
	uint32_t source; /* index in the job, from 0 */
	uint32_t chunk;  /* number within its source; 0: the event is about the load */
	uint32_t attempt;
	int64_t due_ms; /* when the next step of the chunk is due; 0: at once */
	uint64_t import_id;
	enum nation_word word;
	uint64_t rows_succeeded;
	uint64_t rows_updated;
	uint64_t rows_failed;
	uint64_t body_bytes;    /* the whole request body */
	uint64_t handed_bytes;  /* of it, handed over to the network library */
	uint64_t request_bytes; /* request head put on the wire */
	uint32_t http_status;
	uint32_t curl_code;
	uint32_t code; /* RUN_ENDED: exit code. EQUATION_LEARNED: enum equation */
	int64_t server_date_ms; /* the nation's clock; SUBMIT_STARTED: as far as it is known;
				   ADOPT_DOUBTED: when nobody had sent it yet, 0: not known */
	char request_id[80];          /* the nation's X-Request-Id */
	char text[LIMIT_NOTE_BYTES];  /* the nation's message, or a reason */
	char person[64];              /* who ran or resolved */
	char host[64];
	uint32_t pid;
	struct digest sha256; /* of the CSV as sent; RETRY_PLANNED: of the file that was handed in */
	uint32_t parent;      /* CHUNK_ADDED: number of the chunk it was split from */
	uint32_t first_piece; /* CHUNK_SPLIT: number of its first piece, */
	uint32_t pieces;      /* and how many there are, numbered on from there; the same of the
				 chunks that RETRY_PLANNED adds */
	uint32_t retry;       /* RETRY_PLANNED, ROWS_RETRIED, CHUNK_ADDED: N of retry/N.csv */
	uint64_t rows;        /* of it: all, or those that were rejected in the chunk */

	/* The connection, as reply.h says. */
	char local_address[LIMIT_ADDRESS_BYTES];
	char peer_address[LIMIT_ADDRESS_BYTES];
	uint32_t connects;
	uint64_t connect_ms;
	uint64_t tls_ms;
	uint64_t first_byte_ms;
	uint64_t took_ms;
};

const char *event_word(enum event_type type);                  /* "submit_started" */
int event_type_of(const char *word, enum event_type *type);    /* 0, or -1 */
const char *nation_word_text(enum nation_word word);

#endif
