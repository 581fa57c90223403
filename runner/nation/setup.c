#include "platform.h"

#include <string.h>

#include "runner/base/buf.h"
#include "runner/nation/private.h"

enum {
	/* A result may be as large as a chunk and come from a slow nation. */
	RESULT_MOST_MS = 60 * 60 * 1000,
};

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
	/* A name server that does not answer holds its thread for a minute: ending the request waits
	 * for it otherwise, and all others with it. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)client->options.connect_ms);
	SET(CURLOPT_PREREQFUNCTION, callback_begin);
	SET(CURLOPT_PREREQDATA, request);
	return code;
}

static CURLcode
set_answer(struct request *request)
{
	CURL *easy = request->easy;
	CURLcode code = CURLE_OK;

	SET(CURLOPT_ERRORBUFFER, request->curl_text);
	SET(CURLOPT_HEADERFUNCTION, callback_head);
	SET(CURLOPT_HEADERDATA, request);
	SET(CURLOPT_WRITEFUNCTION, callback_answer);
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
	SET(CURLOPT_READFUNCTION, callback_read);
	SET(CURLOPT_READDATA, request);
	SET(CURLOPT_SEEKFUNCTION, callback_seek);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)CALLBACK_READ_BYTES);
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_SOCKOPTFUNCTION, callback_socket);
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

CURLcode
setup_request(struct request *request, const char *path)
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

void
setup_undo(struct request *request)
{
	curl_easy_reset(request->easy);
	for (struct curl_slist *line = request->headers; line; line = line->next)
		explicit_bzero(line->data, strlen(line->data));
	curl_slist_free_all(request->headers);
	request->headers = NULL;
}
