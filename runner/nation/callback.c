#include "platform.h"

#include <sys/socket.h>

#include "runner/nation/answer.h"
#include "runner/nation/private.h"

enum {
	/* What the kernel may hold: less of a body in it, more cut ones provably incomplete. */
	SEND_BUFFER_BYTES = 256 << 10,
	/* Of all heads of one answer. */
	HEAD_BYTES = 64 << 10,
	LIST_BYTES = 8 << 20,
	RESULT_BYTES = 256 << 20,
	/* Of an error or a web page over its cap: more than anybody writes by mistake. */
	PASSING_BYTES = 1 << 20,
};

/* Once more if a GET is repeated over another connection: then the first counts. */
int
callback_begin(void *arg, char *peer, char *local, int peer_port, int local_port)
{
	struct request *request = arg;
	long so_far = 0;

	(void)peer;
	(void)local;
	(void)peer_port;
	(void)local_port;
	if (!request->is_begun) {
		curl_easy_getinfo(request->easy, CURLINFO_REQUEST_SIZE, &so_far);
		request->proxy_bytes = (uint64_t)so_far;
		request->is_begun = true;
	}
	return CURL_PREREQFUNC_OK;
}

size_t
callback_read(char *to, size_t size, size_t count, void *arg)
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
int
callback_seek(void *arg, curl_off_t offset, int origin)
{
	(void)arg;
	(void)offset;
	(void)origin;
	return CURL_SEEKFUNC_FAIL;
}

size_t
callback_head(char *bytes, size_t size, size_t count, void *arg)
{
	struct request *request = arg;
	struct span line = { bytes, size * count };

	if (request->first_byte_ms < 0)
		request->first_byte_ms = client_mono_ms(request->client);
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

static uint64_t
answer_cap(const struct request *request)
{
	if (request_status(request) / 100 != 2)
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
	if (request_status(request) / 100 == 2 && !is_html)
		return 0;
	request->passed_bytes += len;
	request->is_enough = request->passed_bytes > PASSING_BYTES;
	return request->is_enough ? 0 : len;
}

size_t
callback_answer(char *bytes, size_t size, size_t count, void *arg)
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
int
callback_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
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
