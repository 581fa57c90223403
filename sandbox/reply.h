/* reply.h - an answer before it has a connection. */
#ifndef SANDBOX_REPLY_H
#define SANDBOX_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/scoped.h"

#define REPLY_JSON "application/json; charset=utf-8"
#define REPLY_V2   "application/vnd.api+json; charset=utf-8"
#define REPLY_HTML "text/html; charset=utf-8"
#define REPLY_CSV  "text/csv; charset=utf-8"

enum { REPLY_HEADERS = 4 };

/* Answers too large to be held whole are fetched in pieces. */
enum reply_source {
	REPLY_BODY,    /* in `body` */
	REPLY_PEOPLE,  /* the people table */
	REPLY_BALLOTS, /* the ballots table */
	REPLY_FILE,    /* bytes `at` … `end` of the nation's vault */
};

struct reply {
	unsigned status;
	const char *type; /* Content-Type */
	struct buf body;
	enum reply_source source;
	uint64_t at, end;
	bool is_begun; /* a table's header is out: without rows it has no other piece */
	struct {
		const char *name;
		char value[48];
	} headers[REPLY_HEADERS];
	size_t header_count;
};

#define REPLY_INIT { .status = 200, .type = REPLY_JSON, .body = BUF_INIT }

static inline void
reply_done(struct reply *reply)
{
	buf_done(&reply->body);
}

SCOPED_BY(reply, reply_done)

#endif
