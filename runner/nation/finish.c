#include "platform.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "runner/base/buf.h"
#include "runner/nation/answer.h"
#include "runner/nation/private.h"

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
	reply->took_ms = since_began(request, client_mono_ms(request->client));
}

static void
fill_transport(struct request *request, enum transport transport, CURLcode code, const char *text)
{
	struct reply *reply = &request->reply;
	curl_off_t uploaded = 0;

	curl_easy_getinfo(request->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
	reply->transport = transport;
	reply->curl_code = (uint32_t)code;
	reply->request_bytes = request_sent_bytes(request);
	reply->handed_bytes = request->body ? (uint64_t)uploaded : 0;
	reply->body_bytes = request->body ? request->body->bytes : 0;
	reply->status = request_status(request);
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
		break; /* refresh_hear() */
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

int
finish_request(struct request *request, enum transport transport, CURLcode code, const char *text,
    struct err *err)
{
	struct client *client = request->client;
	struct now now = client->options.clock.now(client->options.clock.ctx);

	fill_transport(request, transport, code, text);
	answer_head_fill(&request->head, now.wall_ms, &request->reply);
	curl_multi_remove_handle(client->multi, request->easy);
	client->running_count--;
	request->phase = PHASE_DONE;
	request_close_body(request);
	if (request->reply.kind == REQUEST_TOKEN) {
		refresh_hear(request);
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
	refresh_note_use(request);
	return 0;
}

/* What a proxy answered to our wish for a way to the nation; 0: nothing. */
static long
proxy_status(const struct request *request)
{
	long status = 0;

	curl_easy_getinfo(request->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	return status;
}

/* libcurl says it is over. A connection that closes inside the head is "OK" to it. */
static int
finish_one(struct request *request, CURLcode code, struct err *err)
{
	const char *text = request->curl_text[0] ? request->curl_text : curl_easy_strerror(code);
	bool is_anything_sent = request_sent_bytes(request) > 0;

	if (!is_anything_sent && proxy_status(request) == 407)
		return finish_request(request, TRANSPORT_SETUP, code,
		    "the proxy wants a name and password (407), and is given none", err);
	if (code == CURLE_WRITE_ERROR && request->is_enough)
		code = CURLE_OK;
	if (code == CURLE_OK && !request->is_head_complete)
		return finish_request(request, TRANSPORT_BROKEN, code,
		    "the connection closed within the head of the answer", err);
	if (request->body_err.kind)
		text = request->body_err.text;
	return finish_request(request, transport_of(code, is_anything_sent), code, text, err);
}

int
finish_ended(struct client *client, struct err *err)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->multi, &left))) {
		CURLcode code = message->data.result; /* the message dies with the handle */
		char *request = NULL;

		assert(message->msg == CURLMSG_DONE);
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
		if (finish_one((struct request *)(void *)request, code, err))
			return -1;
	}
	return 0;
}

int
finish_all(struct client *client, enum transport transport, const char *text, struct err *err)
{
	int failed = 0;

	for (struct request *request = client->requests; request; request = request->next)
		if (request->phase == PHASE_RUNNING &&
		    finish_request(request, transport, CURLE_OK, text, err))
			failed = -1;
	return failed;
}
