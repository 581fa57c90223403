#include "platform.h"

#include <stdio.h>

#include "runner/base/show.h"
#include "runner/nation/private.h"

enum {
	/* Other requests wait for a token that was refused. */
	TOKEN_ANSWER_MS = 30 * 1000,
};

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
		return CLIENT_FOREVER;
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
	return finish_request(request, TRANSPORT_CUT, CURLE_OK, text, err);
}

int
timeout_enforce(struct client *client, int64_t *next_ms, struct err *err)
{
	int64_t now_ms = client_mono_ms(client);

	*next_ms = CLIENT_FOREVER;
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
