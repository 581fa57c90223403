/* private.h - the client's inside: what client.c (the port and its loop) shares with the parts that
 * each know one thing about a request.
 *
 *     request.c     its lives: from the pool, under way, back
 *     setup.c       what libcurl is told before it begins
 *     callback.c    what libcurl asks and tells while it goes on; they copy bytes and note outcomes,
 *                   the loop acts
 *     timeout.c     when it is cut, by our own clock
 *     finish.c      from a transfer that has ended to a reply
 *     refresh.c     the one request for another token (renewal.h)
 *
 * The only place that includes libcurl. */
#ifndef RUNNER_NATION_PRIVATE_H
#define RUNNER_NATION_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/core/reply.h"
#include "runner/nation/answer.h"
#include "runner/nation/client.h"
#include "runner/nation/result.h"
#include "runner/ports.h"

#define CLIENT_FOREVER INT64_MAX

enum request_phase {
	PHASE_IDLE,     /* in the pool */
	PHASE_RENEWING, /* a token is waited for, but not for an answer */
	PHASE_RUNNING,  /* in the multi handle */
	PHASE_DONE,     /* its reply is ready */
	PHASE_LENT,     /* its reply was given out and may lend from it */
};

struct request {
	struct request *next;
	struct client *client;
	CURL *easy; /* kept over its lives, reset between them */
	struct curl_slist *headers;
	char curl_text[CURL_ERROR_SIZE];
	enum request_phase phase;
	struct reply reply;

	/* The request body. */
	struct body *body;
	uint64_t given_bytes; /* to the library */
	struct err body_err;

	/* libcurl has the connection, through a proxy and TLS, and was about to send the request. Until
	 * then nothing of it has left, whatever was said to a proxy. */
	bool is_begun;
	uint64_t proxy_bytes; /* of what was sent by then: how a proxy was asked for the nation */

	/* Limits, by our clock. */
	int64_t began_ms;
	uint64_t seen_bytes; /* moved at the last look */
	int64_t moved_ms;
	int64_t handed_ms;     /* -1: the body is not handed over */
	int64_t first_byte_ms; /* -1: no answer has begun */

	/* The answer. */
	struct answer_head head;
	size_t head_bytes;
	bool is_head_complete;
	struct buf answer;
	uint64_t answer_bytes;
	uint64_t passed_bytes; /* of these, unread */
	bool is_too_long;
	bool is_enough; /* what there is of it counts, the rest is not waited for */
	struct result *result;
	struct answer_list list;
	struct err disk_err;
};

struct client {
	CURLM *multi;
	struct request *requests; /* all, in any phase */
	uint32_t running_count;   /* PHASE_RUNNING and PHASE_RENEWING */
	uint32_t token_number;    /* of the one that new requests carry, from 1 */
	struct buf url, ca_file, proxy;
	struct buf bearer; /* "Authorization: Bearer ..." */
	const char *protocol;
	struct client_options options; /* without the borrowed texts */
	struct err cut_err;            /* of a cut, told by the next wait */
};

int64_t client_mono_ms(const struct client *client);

/* ---- request.c ---- */

/* One from the pool, idle, with an empty reply. NULL: no memory. */
struct request *request_new(struct client *client, enum request_kind kind, uint32_t index,
    struct err *err);

/* Nothing has come or gone yet: at its beginning, and before another POST in the same life. */
void request_reset(struct request *request);

/* Into the multi handle. Takes the request, which goes back to the pool when this fails. */
int request_begin(struct request *request, const char *path, struct err *err);

/* Of the answer so far; 0: none yet. What a proxy says of the way to the nation is none. */
uint32_t request_status(const struct request *request);

/* Sent of the request, its head included. */
uint64_t request_sent_bytes(const struct request *request);

void request_close_body(struct request *request); /* none is fine */

/* Back to the pool. Out of the multi handle by now. */
void request_recycle(struct request *request);

void request_free(struct request *request); /* in any phase */

/* ---- setup.c ---- */

/* All that libcurl must know of the request but for the multi handle; and all of it undone. The
 * headers hold the token and are wiped. */
CURLcode setup_request(struct request *request, const char *path);
void setup_undo(struct request *request);

/* ---- callback.c: libcurl's signatures ---- */

size_t callback_read(char *to, size_t size, size_t count, void *arg);
int callback_seek(void *arg, curl_off_t offset, int origin);
size_t callback_head(char *bytes, size_t size, size_t count, void *arg);
size_t callback_answer(char *bytes, size_t size, size_t count, void *arg);
int callback_socket(void *arg, curl_socket_t fd, curlsocktype purpose);
int callback_begin(void *arg, char *peer, char *local, int peer_port, int local_port);

enum {
	/* What callback_read() is asked for at most. */
	CALLBACK_READ_BYTES = 64 << 10,
};

/* ---- timeout.c ---- */

/* Cuts what is over its limit; *next_ms is the limit that comes next. */
int timeout_enforce(struct client *client, int64_t *next_ms, struct err *err);

/* ---- finish.c: -1 is always a failure of this computer, of its disk or memory ---- */

/* Takes the request out of the multi handle and makes its reply. An answer that is not whole is not
 * read, but for its status. */
int finish_request(struct request *request, enum transport transport, CURLcode code,
    const char *text, struct err *err);

int finish_ended(struct client *client, struct err *err); /* those of which libcurl says so */

/* Whatever is under way, all for the same reason. */
int finish_all(struct client *client, enum transport transport, const char *text, struct err *err);

/* ---- refresh.c ---- */

int refresh_begin(struct client *client, struct err *err);

/* Ends it with what there is; its POST, if one is under way, is cut as any other. */
void refresh_cut(struct client *client);

int refresh_fd(const struct client *client); /* to wait for; -1: none */

/* Goes on with it; *next_ms, when to look again, comes nearer. */
void refresh_step(struct client *client, int64_t *next_ms);

/* The answer of /oauth/token, or none: the renewal says what is next. */
void refresh_hear(struct request *request);

/* A good answer shows that its token works. */
void refresh_note_use(const struct request *request);

#endif
