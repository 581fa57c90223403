#include "platform.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "runner/base/buf.h"
#include "runner/base/show.h"
#include "runner/nation/answer.h"
#include "runner/nation/client.h"
#include "runner/nation/formbody.h"
#include "runner/nation/renewal.h"
#include "runner/nation/result.h"

enum {
	/* Also what the read callback is asked for at most. */
	UPLOAD_BYTES = 64 << 10,
	/* What the kernel may hold: less of a body in it, more cut ones provably incomplete. */
	SEND_BUFFER_BYTES = 256 << 10,
	/* Of all heads of one answer. */
	HEAD_BYTES = 64 << 10,
	LIST_BYTES = 8 << 20,
	RESULT_BYTES = 256 << 20,
	/* Of an error or a web page over its cap: more than anybody writes by mistake. */
	PASSING_BYTES = 1 << 20,
	/* A result may be as large as a chunk and come from a slow nation. */
	RESULT_MOST_MS = 60 * 60 * 1000,
	/* Other requests wait for a token that was refused. */
	TOKEN_ANSWER_MS = 30 * 1000,
};

#define FOREVER INT64_MAX

/* A wait that an int of milliseconds can hold; the caller simply waits again. */
#define MOST_WAIT_MS (INT64_C(24) * 60 * 60 * 1000)

enum phase {
	PHASE_IDLE,    /* in the pool */
	PHASE_RENEWING, /* a token is waited for, but not for an answer */
	PHASE_RUNNING, /* in the multi handle */
	PHASE_DONE,    /* its reply is ready */
	PHASE_LENT,    /* its reply was given out and may lend from it */
};

struct request {
	struct request *next;
	struct client *client;
	CURL *easy; /* kept over its lives, reset between them */
	struct curl_slist *headers;
	char curl_text[CURL_ERROR_SIZE];
	enum phase phase;
	struct reply reply;

	/* The request body. */
	struct body *body;
	uint64_t given_bytes; /* to the library */
	struct err body_err;

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
	uint32_t running_count;
	uint32_t token_number; /* of the one that new requests carry, from 1 */
	struct buf url, ca_file, proxy;
	struct buf bearer; /* "Authorization: Bearer ..." */
	const char *protocol;
	struct client_options options; /* without the borrowed texts */
	struct err cut_err; /* of a cut, told by the next wait */
};

static int64_t
mono_ms(const struct client *client)
{
	return client->options.clock.now(client->options.clock.ctx).mono_ms;
}

/* ---- callbacks: they copy bytes and note outcomes, the loop acts ---- */

static size_t
on_read(char *to, size_t size, size_t count, void *arg)
{
	struct request *request = arg;
	uint64_t left = request->body->bytes - request->given_bytes;
	size_t most = size * count < left ? size * count : (size_t)left;
	size_t got = 0;

	if (left == 0)
		return 0;
	if (request->body->read(request->body, to, most, &got, &request->body_err))
		return CURL_READFUNC_ABORT;
	if (got == 0 || got > most) {
		err_set(&request->body_err, ERR_BUG, "a body ended %llu bytes early",
		    (unsigned long long)left);
		return CURL_READFUNC_ABORT;
	}
	request->given_bytes += got;
	return got;
}

/* The second lock against sending a body twice: libcurl cannot go back in it. */
static int
on_seek(void *arg, curl_off_t offset, int origin)
{
	(void)arg;
	(void)offset;
	(void)origin;
	return CURL_SEEKFUNC_FAIL;
}

static size_t
on_head(char *bytes, size_t size, size_t count, void *arg)
{
	struct request *request = arg;
	struct span line = { bytes, size * count };

	if (request->first_byte_ms < 0)
		request->first_byte_ms = mono_ms(request->client);
	request->head_bytes += line.len;
	if (request->head_bytes > HEAD_BYTES)
		return 0;
	if (span_starts(line, "HTTP/")) { /* of this answer, or of a 1xx before it */
		answer_head_init(&request->head);
		request->is_head_complete = false;
	} else if (span_trim(line).len == 0) {
		request->is_head_complete = true;
	} else {
		answer_head_line(&request->head, line);
	}
	return line.len;
}

static uint32_t
status_of(const struct request *request)
{
	long status = 0;

	curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 ? (uint32_t)status : 0; /* 1xx is no answer yet */
}

static uint64_t
answer_cap(const struct request *request)
{
	if (status_of(request) / 100 != 2)
		return LIMIT_ANSWER_BYTES;
	switch (request->reply.kind) {
	case REQUEST_LIST:
		return LIST_BYTES;
	case REQUEST_RESULT:
		return RESULT_BYTES;
	case REQUEST_SUBMIT:
	case REQUEST_STATUS:
	case REQUEST_TOKEN:
		break;
	}
	return LIMIT_ANSWER_BYTES;
}

/* Over the cap a good answer is given up. An error counts by its status, a web page by being one:
 * the rest of them passes by unread, but not for ever. */
static size_t
over_cap(struct request *request, size_t len)
{
	struct span text = request->result ? result_rest(request->result)
					   : buf_span(&request->answer);
	bool is_html = answer_is_html(text, request->head.is_html);

	request->is_too_long = true;
	if (status_of(request) / 100 == 2 && !is_html)
		return 0;
	request->passed_bytes += len;
	request->is_enough = request->passed_bytes > PASSING_BYTES;
	return request->is_enough ? 0 : len;
}

static size_t
on_answer(char *bytes, size_t size, size_t count, void *arg)
{
	struct request *request = arg;
	size_t len = size * count;

	request->answer_bytes += len;
	if (request->answer_bytes > answer_cap(request) ||
	    (request->result && result_is_lost(request->result)))
		return over_cap(request, len);
	if (request->result)
		return result_take(request->result, (struct span){ bytes, len },
			   &request->disk_err)
			   ? 0
			   : len;
	buf_add(&request->answer, bytes, len);
	return buf_failed(&request->answer) ? 0 : len;
}

/* A POST that is cut or killed must not be finished by the kernel: its connection is reset. */
static int
on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	const int bytes = SEND_BUFFER_BYTES;

	(void)arg;
	(void)purpose;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)))
		return CURL_SOCKOPT_ERROR;
	return CURL_SOCKOPT_OK;
}

/* ---- how a request is set up ---- */

/* Sticky: after the first option that libcurl refuses, the others are left out. */
#define SET(option, value)                                                                         \
	do {                                                                                       \
		if (!code)                                                                         \
			code = curl_easy_setopt(easy, (option), (value));                          \
	} while (0)

static CURLcode
set_connection(struct request *request)
{
	const struct client *client = request->client;
	CURL *easy = request->easy;
	CURLcode code = CURLE_OK;

	SET(CURLOPT_PROTOCOLS_STR, client->protocol);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_MAXREDIRS, 0L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (client->ca_file.len)
		SET(CURLOPT_CAINFO, buf_text(&client->ca_file));
	SET(CURLOPT_PROXY, buf_text(&client->proxy)); /* "": not even the environment's */
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)client->options.connect_ms);
	return code;
}

static CURLcode
set_answer(struct request *request)
{
	CURL *easy = request->easy;
	CURLcode code = CURLE_OK;

	SET(CURLOPT_ERRORBUFFER, request->curl_text);
	SET(CURLOPT_HEADERFUNCTION, on_head);
	SET(CURLOPT_HEADERDATA, request);
	SET(CURLOPT_WRITEFUNCTION, on_answer);
	SET(CURLOPT_WRITEDATA, request);
	SET(CURLOPT_HTTPHEADER, request->headers);
	SET(CURLOPT_USERAGENT, "rollcall/" PACKAGE_VERSION);
	SET(CURLOPT_PRIVATE, request);
	return code;
}

static CURLcode
set_post(struct request *request)
{
	CURL *easy = request->easy;
	CURLcode code = CURLE_OK;

	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body->bytes);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, request);
	SET(CURLOPT_SEEKFUNCTION, on_seek);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BYTES);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_SOCKOPTFUNCTION, on_socket);
	return code;
}

static CURLcode
set_get(struct request *request)
{
	bool is_result = request->reply.kind == REQUEST_RESULT;
	int64_t most_ms = is_result ? RESULT_MOST_MS : request->client->options.get_ms;
	CURL *easy = request->easy;
	CURLcode code = CURLE_OK;

	SET(CURLOPT_HTTPGET, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)most_ms);
	return code;
}

#undef SET

static bool
add_header(struct request *request, const char *line)
{
	struct curl_slist *grown = curl_slist_append(request->headers, line);

	if (grown)
		request->headers = grown;
	return grown;
}

static bool
add_headers(struct request *request)
{
	bool is_list = request->reply.kind == REQUEST_LIST;
	bool is_token = request->reply.kind == REQUEST_TOKEN;

	if (!is_token && !add_header(request, buf_text(&request->client->bearer)))
		return false;
	if (!add_header(request, is_list ? "Accept: application/vnd.api+json"
					 : "Accept: application/json"))
		return false;
	/* "Expect:" takes the header out: it costs a second, or a resend. */
	return !request->body ||
	       (add_header(request, is_token
					? "Content-Type: application/x-www-form-urlencoded"
					: "Content-Type: application/json") &&
		   add_header(request, "Expect:"));
}

static void
wipe_headers(struct request *request)
{
	for (struct curl_slist *line = request->headers; line; line = line->next)
		explicit_bzero(line->data, strlen(line->data));
	curl_slist_free_all(request->headers);
	request->headers = NULL;
}

/* ---- lives of a request ---- */

/* Back to the pool. Out of the multi handle by now. */
static void
recycle(struct request *request)
{
	curl_easy_reset(request->easy);
	wipe_headers(request);
	if (request->body)
		request->body->close(request->body);
	request->body = NULL;
	result_free(request->result);
	request->result = NULL;
	answer_list_done(&request->list);
	if (request->reply.kind == REQUEST_TOKEN)
		token_wipe(&request->answer);
	buf_done(&request->answer); /* a page of the list may have been 8 MiB */
	request->phase = PHASE_IDLE;
}

static struct request *
from_pool(struct client *client, struct err *err)
{
	struct request *request = client->requests;

	while (request && request->phase != PHASE_IDLE)
		request = request->next;
	if (request)
		return request;
	request = calloc(1, sizeof(*request));
	if (request)
		request->easy = curl_easy_init();
	if (!request || !request->easy) {
		free(request);
		err_memory(err);
		return NULL;
	}
	request->client = client;
	request->next = client->requests;
	client->requests = request;
	return request;
}

static void
reset_progress(struct request *request)
{
	request->curl_text[0] = '\0';
	request->given_bytes = request->seen_bytes = request->answer_bytes = 0;
	request->head_bytes = request->passed_bytes = 0;
	request->body_err.kind = request->disk_err.kind = ERR_NONE;
	request->is_head_complete = request->is_too_long = request->is_enough = false;
	request->handed_ms = request->first_byte_ms = -1;
	request->began_ms = mono_ms(request->client);
	answer_head_init(&request->head);
}

static struct request *
new_request(struct client *client, enum request_kind kind, uint32_t index, struct err *err)
{
	struct request *request = from_pool(client, err);

	if (!request)
		return NULL;
	request->reply = (struct reply){
		.kind = kind,
		.index = index,
		.token = client->token_number,
		.server_date_ms = -1,
		.retry_after_ms = -1,
		.renew_ms = -1,
		.processed = -1,
		.total = -1,
		.rows_succeeded = -1,
		.rows_updated = -1,
		.rows_failed = -1,
	};
	reset_progress(request);
	return request;
}

static CURLcode
set_url(struct request *request, const char *path)
{
	SCOPED(buf) url = BUF_INIT;

	buf_add_span(&url, buf_span(&request->client->url));
	buf_add_text(&url, path);
	if (buf_failed(&url))
		return CURLE_OUT_OF_MEMORY;
	return curl_easy_setopt(request->easy, CURLOPT_URL, buf_text(&url)); /* copies */
}

static CURLcode
set_up(struct request *request, const char *path)
{
	CURLcode code = add_headers(request) ? set_url(request, path) : CURLE_OUT_OF_MEMORY;

	if (!code)
		code = set_connection(request);
	if (!code)
		code = set_answer(request);
	if (!code)
		code = request->body ? set_post(request) : set_get(request);
	return code;
}

/* Takes the request, which goes back to the pool when this fails. */
static int
begin(struct request *request, const char *path, struct err *err)
{
	struct client *client = request->client;
	CURLcode code = set_up(request, path);
	CURLMcode multi_code = code ? CURLM_OK : curl_multi_add_handle(client->multi,
						      request->easy);

	if (code || multi_code) {
		recycle(request);
		return err_set(err, ERR_IO, "setting up a request: %s",
		    code ? curl_easy_strerror(code) : curl_multi_strerror(multi_code));
	}
	request->phase = PHASE_RUNNING;
	request->began_ms = request->moved_ms = mono_ms(client);
	client->running_count++;
	return 0;
}

/* ---- from a finished transfer to a reply ---- */

static enum transport
transport_of(CURLcode code, bool is_anything_sent)
{
	switch ((int)code) {
	case CURLE_OK:
		return TRANSPORT_OK;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return is_anything_sent ? TRANSPORT_BROKEN : TRANSPORT_TLS;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return is_anything_sent ? TRANSPORT_GARBLED : TRANSPORT_SETUP;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
		return is_anything_sent ? TRANSPORT_BROKEN : TRANSPORT_CONNECT;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
		return TRANSPORT_BROKEN;
	case CURLE_ABORTED_BY_CALLBACK:
		return TRANSPORT_ABORTED;
	default: /* 18 23 27 61 65 and whatever a newer library has */
		return TRANSPORT_GARBLED;
	}
}

/* "127.0.0.1:8080", or "" where there is none. */
static void
fill_address(char to[static LIMIT_ADDRESS_BYTES], const char *host, long port)
{
	if (!host || !host[0])
		return;
	snprintf(to, LIMIT_ADDRESS_BYTES, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
	    (unsigned)port & 0xFFFF);
}

/* In whole milliseconds, rounded up. */
static uint64_t
time_of(const struct request *request, CURLINFO info)
{
	curl_off_t us = 0;

	curl_easy_getinfo(request->easy, info, &us);
	return us > 0 ? ((uint64_t)us + 999) / 1000 : 0;
}

static uint64_t
since_began(const struct request *request, int64_t at_ms)
{
	return at_ms > request->began_ms ? (uint64_t)(at_ms - request->began_ms) : 1;
}

static void
fill_connection(const struct request *request, struct reply *reply)
{
	char *local = NULL, *peer = NULL;
	long local_port = 0, peer_port = 0, connects = 0;

	curl_easy_getinfo(request->easy, CURLINFO_LOCAL_IP, &local);
	curl_easy_getinfo(request->easy, CURLINFO_LOCAL_PORT, &local_port);
	curl_easy_getinfo(request->easy, CURLINFO_PRIMARY_IP, &peer);
	curl_easy_getinfo(request->easy, CURLINFO_PRIMARY_PORT, &peer_port);
	curl_easy_getinfo(request->easy, CURLINFO_NUM_CONNECTS, &connects);
	fill_address(reply->local_address, local, local_port);
	fill_address(reply->peer_address, peer, peer_port);
	reply->connects = (uint32_t)connects;
	reply->connect_ms = time_of(request, CURLINFO_CONNECT_TIME_T);
	reply->tls_ms = time_of(request, CURLINFO_APPCONNECT_TIME_T);
	/* Not STARTTRANSFER_TIME: libcurl fills that in for a connection that died, too. */
	if (request->first_byte_ms >= 0)
		reply->first_byte_ms = since_began(request, request->first_byte_ms);
	reply->took_ms = since_began(request, mono_ms(request->client));
}

static void
fill_transport(struct request *request, enum transport transport, CURLcode code, const char *text)
{
	struct reply *reply = &request->reply;
	curl_off_t uploaded = 0;
	long head_bytes = 0;

	curl_easy_getinfo(request->easy, CURLINFO_REQUEST_SIZE, &head_bytes);
	curl_easy_getinfo(request->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
	reply->transport = transport;
	reply->curl_code = (uint32_t)code;
	reply->request_bytes = (uint64_t)head_bytes;
	reply->handed_bytes = request->body ? (uint64_t)uploaded : 0;
	reply->body_bytes = request->body ? request->body->bytes : 0;
	reply->status = status_of(request);
	fill_connection(request, reply);
	if (transport != TRANSPORT_OK)
		answer_copy(reply->transport_text, sizeof(reply->transport_text), span_of(text));
	if (request->body && request->given_bytes == request->body->bytes)
		request->body->sha256(request->body, &reply->sha256);
	if (transport == TRANSPORT_ABORTED)
		reply->fault = request->body_err.kind;
}

static int
fill_answer(struct request *request, struct err *err)
{
	struct span body = buf_span(&request->answer);
	struct reply *reply = &request->reply;
	bool is_html = request->head.is_html;

	switch (reply->kind) {
	case REQUEST_SUBMIT:
	case REQUEST_STATUS:
		answer_import(reply, body, is_html);
		break;
	case REQUEST_RESULT:
		if (result_end(request->result, reply, is_html, err))
			return -1;
		break;
	case REQUEST_LIST:
		if (answer_list(reply, body, is_html, &request->list, err))
			return -1;
		break;
	case REQUEST_TOKEN:
		break; /* hear_token() */
	}
	if (request->is_too_long && reply->form != ANSWER_HTML)
		reply->form = ANSWER_TOO_LONG;
	return 0;
}

/* The disk failed: should the caller go on, this reply must not look like a good one. */
static int
spoil(struct request *request)
{
	request->reply.transport = TRANSPORT_GARBLED;
	request->reply.form = ANSWER_NONE;
	return -1;
}

/* The answer of /oauth/token, or none: the renewal says what is next. */
static void
hear_token(struct request *request)
{
	struct client *client = request->client;

	renewal_hear(client->options.renewal, &request->reply, buf_span(&request->answer));
	curl_easy_reset(request->easy);
	wipe_headers(request);
	token_wipe(&request->answer);
	request->phase = PHASE_RENEWING;
	client->running_count++; /* it is under way until end_renewal() */
}

/* A good answer shows that its token works. */
static void
note_token(const struct request *request)
{
	const struct client *client = request->client;
	const struct reply *reply = &request->reply;

	if (client->options.renewal && reply->token == client->token_number &&
	    reply->status / 100 == 2 && reply->form == ANSWER_JSON)
		renewal_worked(client->options.renewal);
}

/* Takes the request out of the multi handle and makes its reply. An answer that is not whole is not
 * read, but for its status. */
static int
finish(struct request *request, enum transport transport, CURLcode code, const char *text,
    struct err *err)
{
	struct client *client = request->client;
	struct now now = client->options.clock.now(client->options.clock.ctx);

	fill_transport(request, transport, code, text);
	answer_head_fill(&request->head, now.wall_ms, &request->reply);
	curl_multi_remove_handle(client->multi, request->easy);
	client->running_count--;
	request->phase = PHASE_DONE;
	if (request->body)
		request->body->close(request->body);
	request->body = NULL;
	if (request->reply.kind == REQUEST_TOKEN) {
		hear_token(request);
		return 0;
	}
	if (request->disk_err.kind) {
		err_set(err, request->disk_err.kind, "%s", request->disk_err.text);
		return spoil(request);
	}
	if (transport != TRANSPORT_OK) {
		request->reply.form = request->is_too_long ? ANSWER_TOO_LONG : ANSWER_NONE;
		return 0;
	}
	if (fill_answer(request, err))
		return spoil(request);
	note_token(request);
	return 0;
}

/* libcurl says it is over. A connection that closes inside the head is "OK" to it. */
static int
finish_ended(struct request *request, CURLcode code, struct err *err)
{
	const char *text = request->curl_text[0] ? request->curl_text : curl_easy_strerror(code);
	long head_bytes = 0;

	curl_easy_getinfo(request->easy, CURLINFO_REQUEST_SIZE, &head_bytes);
	if (code == CURLE_WRITE_ERROR && request->is_enough)
		code = CURLE_OK;
	if (code == CURLE_OK && !request->is_head_complete)
		return finish(request, TRANSPORT_BROKEN, code,
		    "the connection closed within the head of the answer", err);
	if (request->body_err.kind)
		text = request->body_err.text;
	return finish(request, transport_of(code, head_bytes > 0), code, text, err);
}

static int
collect_ended(struct client *client, struct err *err)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->multi, &left))) {
		CURLcode code = message->data.result; /* the message dies with the handle */
		char *request = NULL;

		assert(message->msg == CURLMSG_DONE);
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
		if (finish_ended((struct request *)(void *)request, code, err))
			return -1;
	}
	return 0;
}

/* ---- limits, by our own clock ---- */

/* Notes what moved since the last look. */
static void
look_at(struct request *request, int64_t now_ms)
{
	curl_off_t uploaded = 0;
	uint64_t moved;

	curl_easy_getinfo(request->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
	moved = (uint64_t)uploaded + request->head_bytes + request->answer_bytes;
	if (moved != request->seen_bytes)
		request->moved_ms = now_ms;
	request->seen_bytes = moved;
	if (request->body && request->handed_ms < 0 &&
	    (uint64_t)uploaded >= request->body->bytes)
		request->handed_ms = now_ms;
}

/* How long it may take from the last byte of the body to that of the answer. */
static int64_t
answer_most_ms(const struct request *request)
{
	int64_t most_ms = request->client->options.answer_ms;

	return request->reply.kind == REQUEST_TOKEN && most_ms > TOKEN_ANSWER_MS ? TOKEN_ANSWER_MS
										  : most_ms;
}

/* When it is to be cut. A GET of a status or list is bounded by libcurl as a whole. */
static int64_t
limit_ms(const struct request *request)
{
	const struct client_options *options = &request->client->options;

	if (request->handed_ms >= 0)
		return request->handed_ms + answer_most_ms(request);
	if (!request->body && request->reply.kind != REQUEST_RESULT)
		return FOREVER;
	return request->moved_ms + options->stall_ms +
	       (request->seen_bytes ? 0 : options->connect_ms);
}

static int
cut_late(struct request *request, struct err *err)
{
	char text[LIMIT_NOTE_BYTES], wait[SHOW_BYTES];
	const struct client_options *options = &request->client->options;

	if (request->handed_ms >= 0)
		snprintf(text, sizeof(text), "no answer within %s of the last byte",
		    show_duration((uint64_t)answer_most_ms(request), wait));
	else
		snprintf(text, sizeof(text), "nothing moved for %s",
		    show_duration((uint64_t)options->stall_ms, wait));
	return finish(request, TRANSPORT_CUT, CURLE_OK, text, err);
}

/* Cuts what is over its limit; *next_ms is the limit that comes next. */
static int
enforce_limits(struct client *client, int64_t *next_ms, struct err *err)
{
	int64_t now_ms = mono_ms(client);

	*next_ms = FOREVER;
	for (struct request *request = client->requests; request; request = request->next) {
		int64_t at_ms;

		if (request->phase != PHASE_RUNNING)
			continue;
		look_at(request, now_ms);
		at_ms = limit_ms(request);
		if (at_ms <= now_ms && cut_late(request, err))
			return -1;
		if (at_ms > now_ms && at_ms < *next_ms)
			*next_ms = at_ms;
	}
	return 0;
}

/* ---- all at once ---- */

static int
finish_all(struct client *client, enum transport transport, const char *text, struct err *err)
{
	int failed = 0;

	for (struct request *request = client->requests; request; request = request->next)
		if (request->phase == PHASE_RUNNING &&
		    finish(request, transport, CURLE_OK, text, err))
			failed = -1;
	return failed;
}

/* The multi handle itself failed: of no transfer can be said how far it came. */
static int
rebuild(struct client *client, CURLMcode code, struct err *err)
{
	char text[LIMIT_NOTE_BYTES];

	snprintf(text, sizeof(text), "libcurl: %s", curl_multi_strerror(code));
	if (finish_all(client, TRANSPORT_GARBLED, text, err))
		return -1;
	curl_multi_cleanup(client->multi);
	client->multi = curl_multi_init();
	return client->multi ? 0 : err_memory(err);
}

/* ---- waiting ---- */

static void
recycle_lent(struct client *client)
{
	for (struct request *request = client->requests; request; request = request->next)
		if (request->phase == PHASE_LENT)
			recycle(request);
}

static size_t
deliver(struct client *client, struct reply *replies, size_t most)
{
	size_t count = 0;

	for (struct request *request = client->requests; request; request = request->next) {
		if (request->phase != PHASE_DONE || count == most)
			continue;
		replies[count++] = request->reply;
		request->phase = PHASE_LENT;
	}
	return count;
}

/* ---- another token ---- */

static struct request *
find_renewing(const struct client *client)
{
	struct request *request = client->requests;

	while (request && request->phase != PHASE_RENEWING)
		request = request->next;
	return request;
}

/* The new token counts for every request from now on. */
static void
end_renewal(struct request *request)
{
	struct client *client = request->client;
	struct renewal *renewal = client->options.renewal;
	struct reply *reply = &request->reply;
	struct err cause = ERR_INIT;

	renewal_end(renewal, reply);
	if ((reply->renewed == RENEWED_BY_US || reply->renewed == RENEWED_BY_OTHERS) &&
	    client_use_token(client, renewal_token(renewal)->text, &cause)) {
		reply->renewed = RENEWED_NOT;
		reply->fault = cause.kind;
		answer_copy(reply->message, sizeof(reply->message), span_of(cause.text));
	}
	reply->token = client->token_number;
	client->running_count--;
	request->phase = PHASE_DONE;
}

/* Takes the form. */
static void
ask_token(struct request *request, struct buf *form)
{
	struct client *client = request->client;
	struct reply *reply = &request->reply;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	*reply = (struct reply){ .kind = reply->kind, .index = reply->index,
				 .server_date_ms = -1, .retry_after_ms = -1 };
	reset_progress(request);
	request->body = formbody_new(form);
	if (request->body)
		code = set_up(request, "/oauth/token");
	if (!code && curl_multi_add_handle(client->multi, request->easy))
		code = CURLE_FAILED_INIT;
	request->moved_ms = mono_ms(client);
	request->phase = PHASE_RUNNING;
	if (!code)
		return;
	renewal_cut(client->options.renewal, curl_easy_strerror(code));
	if (request->body)
		request->body->close(request->body);
	request->body = NULL;
	request->phase = PHASE_RENEWING;
}

/* Goes on with a renewal; *next_ms is when to look again. */
static void
step_renewal(struct client *client, int64_t *next_ms)
{
	struct request *request = find_renewing(client);
	struct buf form = BUF_INIT;
	int64_t look_ms = mono_ms(client) + RENEWAL_POLL_MS;

	if (!request)
		return;
	switch (renewal_step(client->options.renewal, &form)) {
	case RENEWAL_ASK:
		ask_token(request, &form);
		look_ms = 0;
		break;
	case RENEWAL_DONE:
		end_renewal(request);
		break;
	case RENEWAL_WAIT:
		break;
	}
	if (look_ms < *next_ms)
		*next_ms = look_ms;
}

/* One look at every transfer. */
static int
turn(struct client *client, int64_t *next_ms, struct err *err)
{
	int running;
	CURLMcode code = curl_multi_perform(client->multi, &running);

	*next_ms = FOREVER;
	if (code)
		return rebuild(client, code, err);
	if (collect_ended(client, err) || enforce_limits(client, next_ms, err))
		return -1;
	step_renewal(client, next_ms);
	return 0;
}

/* Until a socket moves, at most to until_ms. *is_woken: one of the wake fds is readable. */
static int
sleep_until(struct client *client, int64_t until_ms, bool *is_woken, struct err *err)
{
	struct curl_waitfd fds[CLIENT_WAKE_FDS + 1] = { { 0 } };
	unsigned count = (unsigned)client->options.wake_count;
	int64_t left_ms = until_ms - mono_ms(client);
	CURLMcode code;

	for (size_t i = 0; i < client->options.wake_count; i++)
		fds[i] = (struct curl_waitfd){ .fd = client->options.wake_fds[i],
					       .events = CURL_WAIT_POLLIN };
	if (find_renewing(client) && renewal_fd(client->options.renewal) >= 0)
		fds[count++] = (struct curl_waitfd){ .fd = renewal_fd(client->options.renewal),
						     .events = CURL_WAIT_POLLIN };
	left_ms = left_ms > 0 ? left_ms : 0;
	code = curl_multi_poll(client->multi, fds, count, (int)left_ms, NULL);
	for (size_t i = 0; i < client->options.wake_count; i++)
		*is_woken |= fds[i].revents != 0;
	return code ? rebuild(client, code, err) : 0;
}

static int
port_wait(void *ctx, int64_t wait_ms, struct reply *replies, size_t most, size_t *count,
    struct err *err)
{
	struct client *client = ctx;
	int64_t until_ms = mono_ms(client) + (wait_ms < MOST_WAIT_MS ? wait_ms : MOST_WAIT_MS);
	bool is_woken = false;

	recycle_lent(client);
	if (client->cut_err.kind)
		return err_set(err, client->cut_err.kind, "%s", client->cut_err.text);
	for (;;) {
		int64_t next_ms;

		if (turn(client, &next_ms, err))
			return -1;
		*count = deliver(client, replies, most);
		if (*count || is_woken || mono_ms(client) >= until_ms)
			return 0;
		if (sleep_until(client, next_ms < until_ms ? next_ms : until_ms, &is_woken, err))
			return -1;
	}
}

/* ---- the requests ---- */

static int
port_submit(void *ctx, uint32_t index, uint32_t attempt, struct body *body, struct err *err)
{
	struct request *request = new_request(ctx, REQUEST_SUBMIT, index, err);

	if (!request) {
		body->close(body);
		return -1;
	}
	request->reply.attempt = attempt;
	request->body = body;
	return begin(request, "/api/v1/imports", err);
}

static int
port_status(void *ctx, uint32_t index, uint64_t import_id, struct err *err)
{
	struct request *request = new_request(ctx, REQUEST_STATUS, index, err);
	char path[64];

	if (!request)
		return -1;
	snprintf(path, sizeof(path), "/api/v1/imports/%llu", (unsigned long long)import_id);
	return begin(request, path, err);
}

static int
port_result(void *ctx, uint32_t index, uint64_t import_id, uint32_t source, uint32_t number,
    struct err *err)
{
	struct client *client = ctx;
	struct request *request = new_request(client, REQUEST_RESULT, index, err);
	char path[64];

	if (!request)
		return -1;
	assert(source < client->options.source_count);
	request->result = result_new(client->options.folder_fd,
	    client->options.source_names[source], number);
	if (!request->result)
		return err_memory(err);
	snprintf(path, sizeof(path), "/api/v1/imports/%llu/result", (unsigned long long)import_id);
	return begin(request, path, err);
}

static int
port_list(void *ctx, uint32_t index, uint32_t page, struct err *err)
{
	struct request *request = new_request(ctx, REQUEST_LIST, index, err);
	char path[192];

	if (!request)
		return -1;
	snprintf(path, sizeof(path),
	    "/api/v2/imports?page%%5Bnumber%%5D=%u&page%%5Bsize%%5D=%u&fields%%5Bimports%%5D="
	    "type,content_head,created_at,lines_count",
	    (unsigned)page, (unsigned)CLIENT_LIST_PAGE);
	return begin(request, path, err);
}

static int
port_renew(void *ctx, struct err *err)
{
	struct client *client = ctx;
	struct request *request;

	if (!client->options.renewal)
		return err_set(err, ERR_ACCESS, "this token cannot be renewed");
	request = new_request(client, REQUEST_TOKEN, UINT32_MAX, err);
	if (!request)
		return -1;
	request->phase = PHASE_RENEWING;
	client->running_count++;
	renewal_begin(client->options.renewal);
	return 0;
}

/* What has ended by now keeps its own outcome. */
static void
port_cut(void *ctx)
{
	struct client *client = ctx;

	collect_ended(client, &client->cut_err);
	finish_all(client, TRANSPORT_CUT, "cut off by us", &client->cut_err);
	if (find_renewing(client))
		renewal_cut(client->options.renewal, "cut off by us");
}

static uint32_t
port_in_flight(void *ctx)
{
	const struct client *client = ctx;
	uint32_t count = client->running_count;

	/* also those that have ended while wait() failed, and come back with the next one */
	for (const struct request *request = client->requests; request; request = request->next)
		count += request->phase == PHASE_DONE;
	return count;
}

struct nation_port
client_port(struct client *client)
{
	return (struct nation_port){
		.ctx = client,
		.submit = port_submit,
		.status = port_status,
		.result = port_result,
		.list = port_list,
		.renew = port_renew,
		.wait = port_wait,
		.cut = port_cut,
		.in_flight = port_in_flight,
	};
}

/* ---- opening and closing ---- */

static bool
is_loopback(const char *host)
{
	if (!strncmp(host, "127.", 4)) /* a name such as 127.example.com is not meant */
		return strspn(host, "0123456789.") == strlen(host);
	return !strcasecmp(host, "localhost") || !strcmp(host, "[::1]");
}

/* Which one protocol the url allows, read by the library that will use it. */
static const char *
protocol_of(CURLU *url)
{
	char *scheme = NULL, *host = NULL, *user = NULL;
	const char *protocol = NULL;

	if (!curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) &&
	    !curl_url_get(url, CURLUPART_HOST, &host, 0) &&
	    curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER) {
		if (!strcmp(scheme, "https"))
			protocol = "https";
		else if (!strcmp(scheme, "http") && is_loopback(host))
			protocol = "http";
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	return protocol;
}

static int
take_url(struct client *client, const char *text, struct err *err)
{
	CURLU *url = curl_url();

	if (!url)
		return err_memory(err);
	if (!curl_url_set(url, CURLUPART_URL, text, 0))
		client->protocol = protocol_of(url);
	curl_url_cleanup(url);
	if (!client->protocol)
		return err_set(err, ERR_JOB,
		    "%s: only https, or http to this computer (127.0.0.1), without user and "
		    "password",
		    text);
	buf_add_text(&client->url, text);
	return 0;
}

static int
take_options(struct client *client, const struct client_options *options, struct err *err)
{
	client->options = *options;
	client->options.url = client->options.ca_file = client->options.proxy = NULL;
	client->options.token = NULL;
	if (options->ca_file)
		buf_add_text(&client->ca_file, options->ca_file);
	if (options->proxy)
		buf_add_text(&client->proxy, options->proxy);
	if (take_url(client, options->url, err) || buf_check(&client->url, err) ||
	    buf_check(&client->ca_file, err) || buf_check(&client->proxy, err))
		return -1;
	return client_use_token(client, options->token, err);
}

int
client_open(const struct client_options *options, struct client **client, struct err *err)
{
	struct client *made;

	assert(options->wake_count <= CLIENT_WAKE_FDS);
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return err_set(err, ERR_IO, "libcurl cannot start");
	made = calloc(1, sizeof(*made));
	if (!made) {
		curl_global_cleanup();
		return err_memory(err);
	}
	made->multi = curl_multi_init();
	if (!made->multi ? err_memory(err) : take_options(made, options, err)) {
		client_close(made);
		return -1;
	}
	*client = made;
	return 0;
}

static void
wipe_bearer(struct client *client)
{
	if (client->bearer.ptr)
		explicit_bzero(client->bearer.ptr, client->bearer.cap);
	buf_done(&client->bearer);
}

int
client_use_token(struct client *client, const char *token, struct err *err)
{
	static const char name[] = "Authorization: Bearer ";

	wipe_bearer(client);
	buf_reserve(&client->bearer, strlen(name) + strlen(token)); /* never moves, so one wipe */
	buf_add_text(&client->bearer, name);
	buf_add_text(&client->bearer, token);
	client->token_number++;
	return buf_check(&client->bearer, err);
}

static void
free_request(struct request *request)
{
	if (request->phase == PHASE_RUNNING)
		curl_multi_remove_handle(request->client->multi, request->easy);
	recycle(request);
	curl_easy_cleanup(request->easy);
	free(request);
}

void
client_close(struct client *client)
{
	if (!client)
		return;
	while (client->requests) {
		struct request *request = client->requests;

		client->requests = request->next;
		free_request(request);
	}
	curl_multi_cleanup(client->multi);
	wipe_bearer(client);
	buf_done(&client->url);
	buf_done(&client->ca_file);
	buf_done(&client->proxy);
	free(client);
	curl_global_cleanup();
}
