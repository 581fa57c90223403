#include "platform.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runner/base/buf.h"
#include "runner/nation/private.h"

/* A wait that an int of milliseconds can hold; the caller simply waits again. */
#define MOST_WAIT_MS (INT64_C(24) * 60 * 60 * 1000)

int64_t
client_mono_ms(const struct client *client)
{
	return client->options.clock.now(client->options.clock.ctx).mono_ms;
}

/* ---- waiting ---- */

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

static void
recycle_lent(struct client *client)
{
	for (struct request *request = client->requests; request; request = request->next)
		if (request->phase == PHASE_LENT)
			request_recycle(request);
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

/* One look at every transfer. */
static int
turn(struct client *client, int64_t *next_ms, struct err *err)
{
	int running;
	CURLMcode code = curl_multi_perform(client->multi, &running);

	*next_ms = CLIENT_FOREVER;
	if (code)
		return rebuild(client, code, err);
	if (finish_ended(client, err) || timeout_enforce(client, next_ms, err))
		return -1;
	refresh_step(client, next_ms);
	return 0;
}

/* Until a socket moves, at most to until_ms. *is_woken: one of the wake fds is readable. */
static int
sleep_until(struct client *client, int64_t until_ms, bool *is_woken, struct err *err)
{
	struct curl_waitfd fds[CLIENT_WAKE_FDS + 1] = { { 0 } };
	unsigned count = (unsigned)client->options.wake_count;
	int64_t left_ms = until_ms - client_mono_ms(client);
	int renewing_fd = refresh_fd(client);
	CURLMcode code;

	for (size_t i = 0; i < client->options.wake_count; i++)
		fds[i] = (struct curl_waitfd){ .fd = client->options.wake_fds[i],
					       .events = CURL_WAIT_POLLIN };
	if (renewing_fd >= 0)
		fds[count++] =
		    (struct curl_waitfd){ .fd = renewing_fd, .events = CURL_WAIT_POLLIN };
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
	int64_t until_ms =
	    client_mono_ms(client) + (wait_ms < MOST_WAIT_MS ? wait_ms : MOST_WAIT_MS);
	bool is_woken = false;

	recycle_lent(client);
	if (client->cut_err.kind)
		return err_set(err, client->cut_err.kind, "%s", client->cut_err.text);
	for (;;) {
		int64_t next_ms;

		if (turn(client, &next_ms, err))
			return -1;
		*count = deliver(client, replies, most);
		if (*count || is_woken || client_mono_ms(client) >= until_ms)
			return 0;
		if (sleep_until(client, next_ms < until_ms ? next_ms : until_ms, &is_woken, err))
			return -1;
	}
}

/* ---- the requests ---- */

static int
port_submit(void *ctx, uint32_t index, uint32_t attempt, struct body *body, struct err *err)
{
	struct request *request = request_new(ctx, REQUEST_SUBMIT, index, err);

	if (!request) {
		body->close(body);
		return -1;
	}
	request->reply.attempt = attempt;
	request->body = body;
	return request_begin(request, "/api/v1/imports", err);
}

static int
port_status(void *ctx, uint32_t index, uint64_t import_id, struct err *err)
{
	struct request *request = request_new(ctx, REQUEST_STATUS, index, err);
	char path[64];

	if (!request)
		return -1;
	snprintf(path, sizeof(path), "/api/v1/imports/%llu", (unsigned long long)import_id);
	return request_begin(request, path, err);
}

static int
port_result(void *ctx, uint32_t index, uint64_t import_id, uint32_t source, uint32_t number,
    struct err *err)
{
	struct client *client = ctx;
	struct request *request = request_new(client, REQUEST_RESULT, index, err);
	char path[64];

	if (!request)
		return -1;
	assert(source < client->options.source_count);
	request->result = result_new(client->options.folder_fd,
	    client->options.source_names[source], number);
	if (!request->result)
		return err_memory(err);
	snprintf(path, sizeof(path), "/api/v1/imports/%llu/result", (unsigned long long)import_id);
	return request_begin(request, path, err);
}

static int
port_list(void *ctx, uint32_t index, uint32_t page, struct err *err)
{
	struct request *request = request_new(ctx, REQUEST_LIST, index, err);
	char path[192];

	if (!request)
		return -1;
	snprintf(path, sizeof(path),
	    "/api/v2/imports?page%%5Bnumber%%5D=%u&page%%5Bsize%%5D=%u&fields%%5Bimports%%5D="
	    "type,content_head,created_at,lines_count",
	    (unsigned)page, (unsigned)CLIENT_LIST_PAGE);
	return request_begin(request, path, err);
}

static int
port_renew(void *ctx, struct err *err)
{
	return refresh_begin(ctx, err);
}

/* What has ended by now keeps its own outcome. */
static void
port_cut(void *ctx)
{
	struct client *client = ctx;

	finish_ended(client, &client->cut_err);
	finish_all(client, TRANSPORT_CUT, "cut off by us", &client->cut_err);
	refresh_cut(client);
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

void
client_close(struct client *client)
{
	if (!client)
		return;
	while (client->requests) {
		struct request *request = client->requests;

		client->requests = request->next;
		request_free(request);
	}
	curl_multi_cleanup(client->multi);
	wipe_bearer(client);
	buf_done(&client->url);
	buf_done(&client->ca_file);
	buf_done(&client->proxy);
	free(client);
	curl_global_cleanup();
}
