/* pretend.h - the nation of a simulated load, as the engine sees it through its port: the model of
 * the sandbox behind a network that fails as fate says.
 *
 * It keeps a ledger of what was taken, and when: the truth that records are held against. */
#ifndef TESTS_SIM_PRETEND_H
#define TESTS_SIM_PRETEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/ports.h"
#include "sandbox/model.h"
#include "tests/sim/fate.h"
#include "tests/sim/paper.h"

/* How its V2 list shows the head of an import. */
enum pretend_head {
	HEAD_RAW,
	HEAD_QUOTED,    /* every cell in quotation marks */
	HEAD_SPACED,    /* as NationBuilder documents it: ", " between the cells */
	HEAD_CUT,       /* ends after head_bytes */
	HEAD_CUT_MARK,  /* the same, with an ellipsis */
	HEAD_NULL,
	HEAD_FOREIGN,   /* in a form of its own that we cannot read */
};

/* What it calls the type of an import there. */
enum pretend_type { TYPE_WORD, TYPE_UPPER, TYPE_LONG, TYPE_FOREIGN, TYPE_EMPTY };

enum pretend_lines { LINES_RECORDS, LINES_WITH_HEADER, LINES_NULL };

struct pretend_habits {
	uint64_t rows_per_second; /* 0: at once */
	uint32_t list_status;     /* 0: it shows its list; 403, 404, 406 … */
	int64_t list_lag_ms;      /* a new import stands in the list so much later; */
	int64_t list_tardy_ms;    /* or one up to this much later, each its own time: then, while one
	                             that no chunk owns is missing, a witness is, too */
	bool hides_ours;          /* imports made through V1 are not listed at all */
	uint32_t page_size;       /* 0: 20 */
	uint32_t size_spread;     /* a page may have up to so many entries more, each its own number */
	bool is_oldest_first;
	bool has_next_always;     /* a next page cannot be ruled out until one is empty */
	bool is_dateless;         /* answers have no Date */
	int64_t date_skew_ms;     /* the clocks of its front ends differ by up to this */
	uint32_t stirs;           /* so often, before a page behind the first is read, somebody
	                             imports something */
	int64_t clock_off_ms;     /* its clocks are ahead of ours by so much more, or behind; */
	int64_t created_off_ms;   /* the one behind created_at by so much more than that of Date */
	bool is_coarse;           /* created_at has whole minutes */
	bool has_other_ids;       /* its ids are not those of V1 */
	enum pretend_type type;
	enum pretend_head head;
	uint32_t head_bytes;
	enum pretend_lines lines;
	int64_t id_lag_ms;        /* a new id answers 404 for so long */
	bool counts_separately;   /* rows_updated is no part of rows_succeeded */
	uint32_t stranger_permille; /* at each POST somebody else imports something */
	size_t most_bytes;        /* more bytes of rows are answered 413; 0: takes any */
};

/* One import that the nation took. */
struct pretend_taken {
	size_t paper; /* index of the plan; PAPER_NONE: a stranger's */
	uint64_t import_id;
	int64_t began_ms; /* its POST began */
	int64_t at_ms;
	bool is_doomed;   /* the nation gives up on it: unprocessable, it has nothing of it; */
	bool keeps_rows;  /* or cancelled, and then it may have all */
	bool is_stranger;
};

/* A POST that will be taken. */
struct pretend_late {
	int64_t began_ms;
	int64_t at_ms;
	size_t paper;
	uint64_t post; /* of struct pretend_request */
	bool is_doomed;
};

enum { PRETEND_REQUESTS = 64, PRETEND_TAKEN = 1024, PRETEND_LATE = 64, PRETEND_SENT = 256 };

struct pretend_request {
	enum request_kind kind;
	uint32_t index;
	struct fate fate;
	uint32_t attempt;  /* POST: as it was given */
	uint64_t post;     /* a number of its own, from 1; GETs: 0 */
	size_t paper;      /* POST: what is sent */
	uint64_t asked_id; /* GET */
	uint32_t page;     /* list */
	uint64_t body_bytes, handed_bytes;
	struct digest sha256;
	int64_t full_ms;   /* the body is out */
	int64_t due_ms;    /* the reply comes */
	uint64_t taken_id; /* POST: the import, once it was taken */
};

struct pretend {
	struct world *world;
	struct pretend_habits habits;
	struct model *model;
	struct chance chance;
	struct pretend_taken taken[PRETEND_TAKEN];
	size_t taken_count;
	struct pretend_late late[PRETEND_LATE];
	size_t late_count;
	struct pretend_request requests[PRETEND_REQUESTS]; /* under way */
	size_t request_count;
	uint32_t *posts;   /* by index of the plan: POSTs that the port saw, */
	uint32_t *unsent;  /* and those that were begun, but a kill came before */
	uint64_t request_total, post_total;
	int64_t sent_ms[PRETEND_SENT]; /* when the last requests of this run went out, a ring */
	uint64_t sent_count;
	int64_t paused_until_ms;       /* as an answer of this run said */
	bool is_closed;                /* an answer of this run was 401 or 403: no further POST */

	struct listed *entries; /* lent with the last replies */
	struct buf *heads;
	size_t lent_count;
};

void pretend_init(struct pretend *nation, struct world *world,
    const struct pretend_habits *habits);
void pretend_done(struct pretend *nation);
struct nation_port pretend_port(struct pretend *nation);

/* The process ended, or died: what was under way is cut, what was out may still be taken. */
void pretend_end(struct pretend *nation);

/* Does what is due by now. */
void pretend_advance(struct pretend *nation);

/* The truth. */
size_t pretend_takes(const struct pretend *nation, size_t paper);
/* It may have some rows of the import. */
bool pretend_has_rows(const struct pretend *nation, const struct pretend_taken *taken);
bool pretend_may_take(const struct pretend *nation, size_t paper);
const struct pretend_taken *pretend_find(const struct pretend *nation, uint64_t import_id);
const struct pretend_taken *pretend_last_take(const struct pretend *nation, size_t paper);

#endif
