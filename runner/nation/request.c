#include "platform.h"

#include <stdlib.h>

#include "runner/base/buf.h"
#include "runner/nation/answer.h"
#include "runner/nation/private.h"
#include "runner/nation/token.h"

uint32_t
request_status(const struct request *request)
{
	long status = 0;

	curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
	return request->is_begun && status >= 200 ? (uint32_t)status : 0; /* 1xx is no answer yet */
}

uint64_t
request_sent_bytes(const struct request *request)
{
	long all = 0;

	curl_easy_getinfo(request->easy, CURLINFO_REQUEST_SIZE, &all);
	return request->is_begun ? (uint64_t)all - request->proxy_bytes : 0;
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

void
request_reset(struct request *request)
{
	request->curl_text[0] = '\0';
	request->given_bytes = request->seen_bytes = request->answer_bytes = 0;
	request->head_bytes = request->passed_bytes = 0;
	request->body_err.kind = request->disk_err.kind = ERR_NONE;
	request->is_head_complete = request->is_too_long = request->is_enough = false;
	request->is_begun = false;
	request->handed_ms = request->first_byte_ms = -1;
	request->began_ms = client_mono_ms(request->client);
	answer_head_init(&request->head);
}

struct request *
request_new(struct client *client, enum request_kind kind, uint32_t index, struct err *err)
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
	request_reset(request);
	return request;
}

int
request_begin(struct request *request, const char *path, struct err *err)
{
	struct client *client = request->client;
	CURLcode code = setup_request(request, path);
	CURLMcode multi_code = code ? CURLM_OK : curl_multi_add_handle(client->multi,
						      request->easy);

	if (code || multi_code) {
		request_recycle(request);
		return err_set(err, ERR_IO, "setting up a request: %s",
		    code ? curl_easy_strerror(code) : curl_multi_strerror(multi_code));
	}
	request->phase = PHASE_RUNNING;
	request->began_ms = request->moved_ms = client_mono_ms(client);
	client->running_count++;
	return 0;
}

void
request_close_body(struct request *request)
{
	if (request->body)
		request->body->close(request->body);
	request->body = NULL;
}

void
request_recycle(struct request *request)
{
	setup_undo(request);
	request_close_body(request);
	result_free(request->result);
	request->result = NULL;
	answer_list_done(&request->list);
	if (request->reply.kind == REQUEST_TOKEN)
		token_wipe(&request->answer);
	buf_done(&request->answer); /* a page of the list may have been 8 MiB */
	request->phase = PHASE_IDLE;
}

void
request_free(struct request *request)
{
	if (request->phase == PHASE_RUNNING)
		curl_multi_remove_handle(request->client->multi, request->easy);
	request_recycle(request);
	curl_easy_cleanup(request->easy);
	free(request);
}
