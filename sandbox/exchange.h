/* exchange.h - one request and its answer, from head to last byte; knows no connections.
 *
 *     exchange_hear()    the head: what is asked, which faults strike, is it refused?
 *     exchange_feed()    the body, in pieces
 *     exchange_answer()  carries it out and composes the answer
 *     exchange_free()    all done; says whether the request came whole
 *
 * Each takes the nation's lock where it needs it. What faults do to the connection and to time
 * (drop…, stall, wait, delay, close…, early, garbage) is the caller's to do, by `effect`. */
#ifndef SANDBOX_EXCHANGE_H
#define SANDBOX_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"
#include "sandbox/body.h"
#include "sandbox/fault.h"
#include "sandbox/nation.h"
#include "sandbox/reply.h"

/* What the head says; everything is borrowed for the call, absent texts are NULL. */
struct exchange_head {
	const char *method;
	const char *path;
	const char *authorization;
	const char *accept;
	const char *content_type;
	const char *content_length;
	const char *(*argument)(void *context, const char *name); /* of the query */
	void *context;
};

struct exchange {
	struct nation *nation;
	enum fault_request request;
	bool is_control;   /* /sandbox/…: no faults, no counts */
	bool is_post;      /* to /api/v1/imports: has a number in the ledger */
	bool is_refused;   /* `reply` is made already */
	bool is_whole;     /* the caller sets it when the body has come to its end */
	uint64_t post;
	uint64_t number;   /* for X-Request-Id */
	uint64_t import_id;
	int64_t answered_ms; /* by the nation's clock; the answer's Date */
	uint64_t body_bytes;
	struct fault_effect effect;
	struct body body;  /* of a submit */
	struct buf text;   /* the body of anything else */
	struct digest *digest;
	uint64_t digested; /* bytes of body.csv */
	bool is_json;      /* the body of a token request */
	char *method, *path; /* owned */
	struct answer_page_text {
		uint64_t number, size;
		struct buf fields;
	} page;
	struct reply reply;
};

/* NULL: out of memory, or the ledger cannot be written. */
struct exchange *exchange_hear(struct nation *nation, const struct exchange_head *head,
			       struct err *err);
void exchange_free(struct exchange *exchange);

void exchange_feed(struct exchange *exchange, struct span bytes);

/* Fails (500) only where the nation itself cannot go on; `reply` says so then. */
void exchange_answer(struct exchange *exchange);

/* The answer leaves now, and not when it was made (delay). */
void exchange_leaves(struct exchange *exchange);

/* The next piece of an answer that is not REPLY_BODY; nothing added: it has ended. */
int exchange_more(struct exchange *exchange, struct buf *to, struct err *err);

#endif
