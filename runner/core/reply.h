/* reply.h - what came back, or did not, from one request: the facts, without a meaning.
 *
 * The nation client fills it, core/verdict.c says what it means. Text in it comes from the nation:
 * the client has made it safe to show and cut it to size. Absent numbers are -1 where 0 is a value. */
#ifndef RUNNER_CORE_REPLY_H
#define RUNNER_CORE_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/limits.h"
#include "runner/base/span.h"
#include "runner/core/event.h"

enum request_kind {
	REQUEST_SUBMIT = 1, /* POST /api/v1/imports */
	REQUEST_STATUS,     /* GET  /api/v1/imports/ID */
	REQUEST_RESULT,     /* GET  /api/v1/imports/ID/result */
	REQUEST_LIST,       /* GET  /api/v2/imports, one page */
	REQUEST_TOKEN,      /* another access token, by POST /oauth/token or however it is to be had */
};

/* What became of the wish for another access token. */
enum renewed {
	RENEWED_NOT,       /* there is none to be had without a person */
	RENEWED_LATER,     /* not now: it may be tried again */
	RENEWED_BY_US,     /* made for us */
	RENEWED_BY_OTHERS, /* another load, or a person, had put one there */
};

/* How the transfer ended, by the classes of replies.md; numbers are libcurl's codes. */
enum transport {
	TRANSPORT_OK,        /* a final status came, and as much body as was promised */
	TRANSPORT_TLS,       /* certificate or TLS trouble: 35 59 60 66 77 83 91 */
	TRANSPORT_SETUP,     /* bad URL, option, CA file: 1 3 */
	TRANSPORT_CONNECT,   /* cannot resolve, cannot connect, timed out: 5 6 7 28 */
	TRANSPORT_BROKEN,    /* the connection died once it stood: 28 52 55 56 ... */
	TRANSPORT_GARBLED,   /* a reply began and made no sense, or we lost track: 1 18 23 27 61 65, a
				failure of the multi handle itself */
	TRANSPORT_ABORTED,   /* the body refused to go on: its source changed or cannot be read */
	TRANSPORT_CUT,       /* we cut it: a stop, or no answer within retry.answer_wait */
};

/* What the answer's body is. */
enum answer_form {
	ANSWER_NONE,     /* empty */
	ANSWER_JSON,     /* one complete, valid JSON object */
	ANSWER_HTML,     /* Content-Type or first byte says so */
	ANSWER_BROKEN,   /* JSON that does not end, or is none */
	ANSWER_TOO_LONG, /* over our cap */
};

/* How the import's id came: an id that is not a whole JSON number is no id (replies.md). */
enum id_form {
	ID_ABSENT,
	ID_VALID, /* type int, 1 to 2^53-1 */
	ID_ODD,
};

/* One entry of GET /api/v2/imports. Spans are lent until the next wait of the nation port. */
struct listed {
	uint64_t import_id; /* 0: not a number we can hold */
	struct span type;   /* "People"; empty if absent */
	struct span content_head;
	bool has_content_head; /* not null, a string */
	int64_t created_ms;    /* nation's clock; -1 if absent or unreadable */
	int64_t lines_count;   /* -1 if absent */
};

struct reply {
	enum request_kind kind;
	uint32_t index; /* of the chunk in the load, as given with the request */
	uint32_t attempt; /* SUBMIT: as given with it */
	uint32_t token; /* number of the access token that went with it; TOKEN: of the new one */

	enum transport transport;
	uint32_t curl_code;
	char transport_text[LIMIT_NOTE_BYTES]; /* "Connection refused" */
	uint64_t request_bytes; /* request head bytes put on the wire; 0: nothing was sent */
	uint64_t body_bytes;    /* length of the request body */
	uint64_t handed_bytes;  /* of it, handed over to the network library */
	struct digest sha256;   /* SUBMIT: of the CSV, if all of it was read */
	char local_address[LIMIT_ADDRESS_BYTES]; /* "10.0.0.7:50412"; "" if there was none */
	char peer_address[LIMIT_ADDRESS_BYTES];  /* "[2001:db8::1]:443": the nation's or a proxy's */
	uint32_t connects; /* connections made for it: 0 is one that was there, 2 a sign of trouble */
	/* Since the request began, rounded up, so that 0 says that it did not come to that. */
	uint64_t connect_ms;    /* until the connection stood */
	uint64_t tls_ms;        /* until TLS did */
	uint64_t first_byte_ms; /* until the first byte of the answer */
	uint64_t took_ms;       /* until all of it was over */
	enum err_kind fault;    /* SETUP, ABORTED: who can mend it; transport_text says what */

	uint32_t status; /* HTTP, 0: none */
	enum answer_form form;
	char message[LIMIT_NOTE_BYTES]; /* the nation's own words of an error; "" if none */
	char request_id[80];
	int64_t server_date_ms; /* Date; -1 */
	int64_t retry_after_ms; /* Retry-After or a rate-limit reset, not clamped; -1 if none */

	/* SUBMIT, STATUS */
	enum id_form id_form;
	uint64_t import_id;
	enum nation_word word; /* WORD_NONE if absent */
	char word_text[32];    /* as sent */
	char type[32];         /* "people", "ballot"; "" if absent */
	int64_t processed;     /* -1 */
	int64_t total;         /* -1 */

	/* TOKEN; fault says who can mend what failed, message the words for a person */
	enum renewed renewed;
	int64_t renew_ms; /* it is to be renewed after so long; -1: not by the clock */

	/* RESULT: each -1 if absent or not a whole number */
	int64_t rows_succeeded;
	int64_t rows_updated;
	int64_t rows_failed;

	/* LIST */
	bool is_list; /* the form was right: entries and has_more count */
	const struct listed *entries;
	uint32_t entry_count;
	bool has_more; /* a next page exists, or cannot be ruled out */
};

#endif
