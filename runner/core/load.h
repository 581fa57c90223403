/* load.h - the whole load as the engine holds it in memory: a slot a chunk, queues, totals, pacing.
 *
 * Everything here is either a projection of durable records (load_put) or forgotten at a stop
 * (requests under way, pacing, how often in a row something failed). All times are monotonic
 * milliseconds; load_put turns the wall-clock times of records into them, clamped, so that a clock
 * that jumped cannot park a load (law 7). Arrays are handed in; nothing here can fail. */
#ifndef RUNNER_CORE_LOAD_H
#define RUNNER_CORE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/number.h"
#include "runner/core/backoff.h"
#include "runner/core/bucket.h"
#include "runner/core/chunk.h"
#include "runner/core/owners.h"
#include "runner/core/queue.h"
#include "runner/core/reply.h"
#include "runner/core/tally.h"
#include "runner/core/window.h"

#define LOAD_NO_INDEX UINT32_MAX

enum in_doubt_policy {
	IN_DOUBT_PROBE = 0, /* ask the nation's list */
	IN_DOUBT_HOLD,      /* wait for a person at once */
	IN_DOUBT_RESUBMIT,  /* send again where the list finds nothing or cannot be read */
};

/* What a job says of a source, as far as decisions need it. */
struct source_rules {
	enum in_doubt_policy in_doubt;
	const uint32_t *after; /* indexes of the sources that must be done first (law 6) */
	uint32_t after_count;
	bool stops_early;                 /* max_rejected was set: also judge in mid-load */
	struct number_share max_rejected; /* of the rows planned, or a count */
};

/* From the job file; see rollcall.cfg(5). */
struct load_limits {
	uint32_t uploads;   /* POSTs at a time */
	uint32_t in_flight; /* imports sent and not done */
	struct number_rate requests;
	uint32_t attempts; /* a chunk */
	struct backoff backoff;
	int64_t give_up_ms;
	int64_t settle_ms;
	int64_t poll_first_ms;
	int64_t poll_most_ms;
	int64_t poll_deadline_ms;
};

/* Why a chunk's GET has to be made again, or its look. Not durable. */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_LATER,    /* no answer, or one that puts us off */
	TROUBLE_NONSENSE, /* answered 2xx, and cannot be understood */
	TROUBLE_UNKNOWN,  /* 404 */
	TROUBLE_WITNESS,  /* nothing shows that the list is whole */
};

/* 56 bytes a chunk, 12 in the queues, 4 to 8 to find it by its import. */
struct slot {
	int64_t due_ms;
	uint64_t import_id;
	int64_t sent_ms;           /* its last POST began, by the nation's clock; if not is_dated, its
				      import was known, by the same clock; 0: that was not told */
	int64_t troubled_since_ms; /* the first of the troubles in a row */
	uint32_t number;
	uint32_t queue_at;
	uint32_t owner_next; /* of owners.h */
	uint32_t csv_bytes;  /* of its CSV as sent, if it has two rows or more; else 0: it is whole */
	uint16_t source;
	uint8_t state;    /* enum chunk_state */
	uint8_t busy;     /* enum request_kind of the request under way, 0: none */
	uint8_t trouble;  /* enum trouble */
	uint8_t troubles; /* of that kind in a row, up to 255 */
	bool is_hashed : 1;  /* its SHA-256 is known */
	bool is_used_up : 1; /* no attempt is left */
	bool is_stray : 1;   /* the nation may have an import of it that nobody owns */
	bool is_dated : 1;   /* the nation's clock was known when it was sent */
	bool is_retry : 1;   /* corrected rows: plan_is_retry() */
};

struct load_source {
	struct source_rules rules;
	struct tally tally;
	struct queue ready; /* planned chunks */
	uint32_t first;     /* index of its first slot */
	uint32_t count;
	uint32_t first_count; /* of them, side by side from `first` on; the indexes of the rest, by */
	uint32_t *added;      /* which the plan was extended since then, are here */
	bool has_retries;     /* some of its chunks are of a retry */
};

enum { LOAD_DOUBTS_REMEMBERED = 3 };

struct load {
	struct load_limits limits;
	struct slot *slots;
	uint32_t slot_count;
	struct load_source *sources;
	uint32_t source_count;
	struct queue polls;  /* submitted and finished */
	struct queue doubts; /* in doubt */
	struct owners owners;

	uint32_t uploads; /* POSTs under way */
	uint32_t gets;    /* GETs under way, but for a look */
	uint32_t looking; /* the chunk whose doubt is being looked into; LOAD_NO_INDEX */
	bool wants_page;  /* the look is to go on with another request, when one may go out */
	uint32_t parked;  /* chunks past poll.deadline in this run */

	struct window requests;
	struct bucket retries;
	int64_t paused_until_ms;        /* the nation, or a dead line, told us to wait */
	int64_t failing_since_ms;       /* first of the failures in a row; -1: none */
	uint32_t unconnected;           /* submits in a row that did not connect */
	uint32_t refused_in_a_row;      /* 422 */
	uint32_t last_refusal;          /* status of the last refusal of another kind; 0: none */
	uint32_t too_large_in_a_row;    /* 413, and nothing was accepted in between */
	uint32_t too_large_bytes;       /* CSV of this size or more is split before it is sent */
	struct load_doubt {
		uint32_t index; /* LOAD_NO_INDEX: none */
		int64_t at_ms;
	} last_doubts[LOAD_DOUBTS_REMEMBERED]; /* newest first */
	bool is_tripped;                /* 3 doubts in 10 minutes: no POST until they are settled */
	bool is_stopping;               /* start nothing new */
	bool is_renewing;               /* another access token was asked for */
	bool is_signed_out;             /* the present one was refused: no request without another */
};

/* Memory that is handed in: slots and both queue arrays with room for all slots, sources with rules,
 * first, count and ready.items filled in, which has room for all chunks of the source. */
struct load_memory {
	struct slot *slots;
	uint32_t *poll_items;
	uint32_t *doubt_items;
	uint32_t *buckets; /* owners_buckets_for(room) of them */
	uint32_t bucket_count;
	uint32_t slot_count; /* in use */
	struct load_source *sources;
	uint32_t source_count;
};

void load_init(struct load *load, const struct load_limits *limits,
    const struct load_memory *memory, int64_t mono_ms);

/* Other limits.uploads, in_flight and requests count from now on; what went out counts against the new
 * ones. The rest of `limits` stays as it was. True: they were others. */
bool load_limit(struct load *load, const struct load_limits *limits, int64_t mono_ms);

/* All arrays were moved to larger ones, but for the sources; slot_count does not matter here. */
void load_move(struct load *load, const struct load_memory *memory);

/* The plan was extended: the next chunk of the source, for which there is room everywhere. Returns its
 * index; load_put() follows. */
uint32_t load_add(struct load *load, uint32_t source);

/* The slot of a chunk, LOAD_NO_INDEX if there is none. */
uint32_t load_find(const struct load *load, uint32_t source, uint32_t number);

/* The slot that owns an import id, LOAD_NO_INDEX if none does (law 9). */
uint32_t load_owner(const struct load *load, uint64_t import_id);

/* Takes a chunk in: at start-up (before is NULL) and after each durable change. */
struct load_change {
	const struct chunk *before;
	const struct chunk *after;
	const struct plan_chunk *plan;
	int64_t wall_ms;
	int64_t mono_ms;
};
void load_put(struct load *load, uint32_t index, const struct load_change *change);

/* A request for the chunk begins, ends; busy slots are in no queue. A look (REQUEST_LIST) begins
 * once and ends once, however many requests it takes: load_want_page asks for another, load_page
 * begins it. */
void load_begin(struct load *load, uint32_t index, enum request_kind kind, int64_t mono_ms);
void load_want_page(struct load *load);
void load_page(struct load *load, int64_t mono_ms);
void load_end(struct load *load, uint32_t index);

/* A request for the chunk has to be made again, for this reason; TROUBLE_NONE: it went well. */
void load_trouble(struct load *load, uint32_t index, enum trouble trouble, int64_t mono_ms);

/* Not durable: the chunk's next step is due then. */
void load_wait(struct load *load, uint32_t index, int64_t due_ms);

/* Past poll.deadline: left alone until the next run. */
void load_park(struct load *load, uint32_t index);

void load_pause(struct load *load, int64_t until_ms);

/* A request failed, was put off by the nation, or was understood; retry_cost, 0 where it was put off, is
 * of the budget (replies.md). */
void load_failure(struct load *load, uint64_t retry_cost, int64_t mono_ms);
void load_success(struct load *load, int64_t mono_ms);

/* Failures have gone on for retry.give_up without a single good answer. */
bool load_has_given_up(const struct load *load, int64_t mono_ms);

/* A doubt arose: the third within 10 minutes trips the breaker. It is settled when nobody need
 * wonder any more: a chunk that is held waits for a person, and so does the breaker. */
void load_doubt(struct load *load, uint32_t index, int64_t mono_ms);

/* Every chunk of the source is done or skipped. */
bool load_source_is_complete(const struct load_source *source);

/* All sources that it comes after are complete. */
bool load_source_is_open(const struct load *load, const struct load_source *source);

/* More rows rejected than its rule allows, of the rows planned. */
bool load_source_is_rejected(const struct load_source *source);

/* The chunk of the source that is to be sent next, which no rule of its source keeps back;
 * LOAD_NO_INDEX if there is none. Too many rejected rows keep back all but those that were corrected. */
uint32_t load_next(const struct load *load, const struct load_source *source);

/* The nation has found a chunk of this size too large, and it can be split. */
bool load_is_too_large(const struct load *load, const struct slot *slot);

/* limits.uploads and limits.in_flight allow another POST. */
bool load_has_room(const struct load *load);

struct tally load_total(const struct load *load);

#endif
