#include "platform.h"

#include "runner/base/buf.h"
#include "runner/nation/answer.h"
#include "runner/nation/formbody.h"
#include "runner/nation/private.h"
#include "runner/nation/renewal.h"

/* The request of a renewal that waits for no answer now. */
static struct request *
find(const struct client *client)
{
	struct request *request = client->requests;

	while (request && request->phase != PHASE_RENEWING)
		request = request->next;
	return request;
}

int
refresh_begin(struct client *client, struct err *err)
{
	struct request *request;

	if (!client->options.renewal)
		return err_set(err, ERR_ACCESS, "this token cannot be renewed");
	request = request_new(client, REQUEST_TOKEN, UINT32_MAX, err);
	if (!request)
		return -1;
	request->phase = PHASE_RENEWING;
	client->running_count++;
	renewal_begin(client->options.renewal);
	return 0;
}

void
refresh_cut(struct client *client)
{
	if (find(client))
		renewal_cut(client->options.renewal, "cut off by us");
}

int
refresh_fd(const struct client *client)
{
	return find(client) ? renewal_fd(client->options.renewal) : -1;
}

void
refresh_hear(struct request *request)
{
	struct client *client = request->client;

	renewal_hear(client->options.renewal, &request->reply, buf_span(&request->answer));
	setup_undo(request);
	token_wipe(&request->answer);
	request->phase = PHASE_RENEWING;
	client->running_count++; /* it is under way until end() */
}

void
refresh_note_use(const struct request *request)
{
	const struct client *client = request->client;
	const struct reply *reply = &request->reply;

	if (client->options.renewal && reply->token == client->token_number &&
	    reply->status / 100 == 2 && reply->form == ANSWER_JSON)
		renewal_worked(client->options.renewal);
}

/* The new token counts for every request from now on. */
static void
end(struct request *request)
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
ask(struct request *request, struct buf *form)
{
	struct client *client = request->client;
	struct reply *reply = &request->reply;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	*reply = (struct reply){ .kind = reply->kind, .index = reply->index,
				 .server_date_ms = -1, .retry_after_ms = -1 };
	request_reset(request);
	request->body = formbody_new(form);
	if (request->body)
		code = setup_request(request, "/oauth/token");
	if (!code && curl_multi_add_handle(client->multi, request->easy))
		code = CURLE_FAILED_INIT;
	request->moved_ms = client_mono_ms(client);
	request->phase = PHASE_RUNNING;
	if (!code)
		return;
	renewal_cut(client->options.renewal, curl_easy_strerror(code));
	request_close_body(request);
	request->phase = PHASE_RENEWING;
}

void
refresh_step(struct client *client, int64_t *next_ms)
{
	struct request *request = find(client);
	struct buf form = BUF_INIT;
	int64_t look_ms = client_mono_ms(client) + RENEWAL_POLL_MS;

	if (!request)
		return;
	switch (renewal_step(client->options.renewal, &form)) {
	case RENEWAL_ASK:
		ask(request, &form);
		look_ms = 0;
		break;
	case RENEWAL_DONE:
		end(request);
		break;
	case RENEWAL_WAIT:
		break;
	}
	if (look_ms < *next_ms)
		*next_ms = look_ms;
}
