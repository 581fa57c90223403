#include "platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "runner/base/stamp.h"
#include "sandbox/exchange.h"
#include "sandbox/server.h"

/* Of a connection: headers and the piece of the body at hand. Large, for speed. */
#define CONNECTION_BYTES (1u << 20)
/* Answers in pieces are fetched in pieces of at most this. */
#define PIECE_BYTES (256u << 10)

struct server {
	struct nation *nation;
	struct MHD_Daemon *daemon;
	int ending; /* eventfd, readable once the server ends */
	uint16_t port;
};

/* What outlives a request on its connection. */
struct link {
	bool drops_next;
	bool is_orderly;
};

/* One request under way. */
struct visit {
	struct exchange *exchange;
	struct buf piece; /* of an answer in pieces */
	size_t piece_at;
	bool is_answered; /* early, by hand: the rest of the body is read and thrown away */
};

/* ---- connections */

static int
socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static struct link *
link_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
	    ->socket_context;
}

/* Ends the connection as a fault wants it: by a reset (connect() to no address aborts a TCP
 * connection at once) or by an orderly close. The result is for libmicrohttpd: close it. */
static enum MHD_Result
drop(struct MHD_Connection *connection, bool is_orderly)
{
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	int fd = socket_of(connection);

	if (is_orderly)
		shutdown(fd, SHUT_WR);
	else
		connect(fd, &nowhere, sizeof(nowhere));
	return MHD_NO;
}

/* Waits, at most `ms`; false if the server ends or the client, unless it is NULL, has gone. */
static bool
wait_for(struct server *server, struct MHD_Connection *client, uint64_t ms)
{
	struct pollfd fds[] = { { .fd = server->ending, .events = POLLIN },
				{ .fd = client ? socket_of(client) : -1, .events = POLLRDHUP } };
	struct timespec left = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000L };
	int events;

	do
		events = ppoll(fds, 2, ms == UINT64_MAX ? NULL : &left, NULL);
	while (events < 0 && errno == EINTR);
	return events == 0;
}

/* Sends bytes by hand, past libmicrohttpd. */
static void
send_raw(int fd, struct span bytes)
{
	while (bytes.len) {
		struct pollfd ready = { .fd = fd, .events = POLLOUT };
		ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN) {
			poll(&ready, 1, -1);
		} else if (sent < 0) {
			return;
		} else {
			bytes.ptr += sent;
			bytes.len -= (size_t)sent;
		}
	}
}

/* ---- answers */

/* The header's name if it is `name` that the fault gives itself. */
static bool
gives_header(const struct fault_effect *effect, const char *name)
{
	for (size_t i = 0; i < effect->header_count; i++) {
		if (strncasecmp(effect->headers[i], name, strlen(name)) == 0 &&
		    effect->headers[i][strlen(name)] == ':')
			return true;
	}
	return false;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", by the nation's clock. */
static const char *
http_date(int64_t now_ms, struct buf *to)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct stamp_parts at = stamp_split(now_ms);

	buf_printf(to, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + (size_t)at.weekday * 3,
		   at.day, months + ((size_t)at.month - 1) * 3, at.year, at.hour, at.minute,
		   at.second);
	return buf_text(to);
}

/* The fault's own; one without a value is only left out. */
static void
each_own_header(const struct fault_effect *effect,
		void (*add)(void *context, const char *name, const char *value), void *context)
{
	SCOPED(buf) text = BUF_INIT;

	for (size_t i = 0; i < effect->header_count; i++) {
		struct span value = span_of(effect->headers[i]);
		struct span name = span_next(&value, ':');
		const char *begin = value.ptr + strspn(value.ptr, " ");

		buf_clear(&text);
		buf_printf(&text, "%.*s", SPAN_ARG(name));
		if (*begin)
			add(context, buf_text(&text), begin);
	}
}

/* Calls back with every header of the answer but Content-Length and Connection. */
static void
each_header(const struct exchange *exchange,
	    void (*add)(void *context, const char *name, const char *value), void *context)
{
	const struct fault_effect *effect = &exchange->effect;
	const struct reply *reply = &exchange->reply;
	SCOPED(buf) text = BUF_INIT;
	SCOPED(buf) date = BUF_INIT;

	if (!gives_header(effect, "Content-Type"))
		add(context, "Content-Type", reply->type);
	if (!gives_header(effect, "Date"))
		add(context, "Date", http_date(exchange->answered_ms, &date));
	buf_printf(&text, "sandbox-%s-%llu", fault_request_name(exchange->request),
		   (unsigned long long)exchange->number);
	if (!exchange->is_control && !gives_header(effect, "X-Request-Id"))
		add(context, "X-Request-Id", buf_text(&text));
	if (effect->redirect)
		add(context, "Location", effect->redirect);
	for (size_t i = 0; i < reply->header_count; i++) {
		if (!gives_header(effect, reply->headers[i].name))
			add(context, reply->headers[i].name, reply->headers[i].value);
	}
	each_own_header(effect, add, context);
}

static void
add_to_response(void *context, const char *name, const char *value)
{
	MHD_add_response_header(context, name, value);
}

static void
add_to_text(void *context, const char *name, const char *value)
{
	buf_printf(context, "%s: %s\r\n", name, value);
}

/* The first `most` bytes of the body behind a head that promises all of it, by hand. */
static void
answer_raw(struct MHD_Connection *connection, const struct exchange *exchange, uint64_t most)
{
	const struct reply *reply = &exchange->reply;
	SCOPED(buf) text = BUF_INIT;
	size_t len = most < reply->body.len ? (size_t)most : reply->body.len;

	buf_printf(&text, "HTTP/1.1 %u %s\r\n", reply->status, "Sandbox");
	each_header(exchange, add_to_text, &text);
	buf_printf(&text, "Content-Length: %zu\r\nConnection: close\r\n\r\n", reply->body.len);
	buf_add(&text, buf_text(&reply->body), len);
	send_raw(socket_of(connection), buf_span(&text));
}

/* libmicrohttpd asks for the next bytes of an answer in pieces. */
static ssize_t
next_piece(void *context, uint64_t position, char *to, size_t most)
{
	struct visit *visit = context;
	struct err err = ERR_INIT;
	size_t len;

	(void)position;
	if (visit->piece_at == visit->piece.len) {
		visit->piece_at = 0;
		buf_clear(&visit->piece);
		if (exchange_more(visit->exchange, &visit->piece, &err))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (visit->piece.len == 0)
			return MHD_CONTENT_READER_END_OF_STREAM;
	}
	len = visit->piece.len - visit->piece_at;
	len = len < most ? len : most;
	memcpy(to, visit->piece.ptr + visit->piece_at, len);
	visit->piece_at += len;
	return (ssize_t)len;
}

static enum MHD_Result
answer_whole(struct MHD_Connection *connection, struct visit *visit)
{
	struct reply *reply = &visit->exchange->reply;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (reply->source == REPLY_BODY)
		response = MHD_create_response_from_buffer(
		    reply->body.len, (void *)(uintptr_t)buf_text(&reply->body),
		    MHD_RESPMEM_MUST_COPY);
	else
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES,
							     next_piece, visit, NULL);
	if (!response)
		return MHD_NO;
	each_header(visit->exchange, add_to_response, response);
	result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}

/* The whole request is in: wait, carry out, wait, answer or not, as the faults want it. */
static enum MHD_Result
answer(struct server *server, struct MHD_Connection *connection, struct visit *visit)
{
	struct exchange *exchange = visit->exchange;
	const struct fault_effect *effect = &exchange->effect;

	exchange->is_whole = true;
	/* What has come whole is carried out, as behind any front end, though nobody may listen. */
	if (effect->wait_ms && !wait_for(server, NULL, effect->wait_ms))
		return MHD_NO;
	exchange_answer(exchange);
	if (effect->delay_ms && !wait_for(server, connection, effect->delay_ms))
		return MHD_NO;
	exchange_leaves(exchange);
	if (effect->stall) {
		wait_for(server, connection, UINT64_MAX);
		return drop(connection, effect->fin);
	}
	if (effect->drop)
		return drop(connection, effect->fin);
	if (effect->garbage) {
		send_raw(socket_of(connection), span_of("\x16\x03\x01 not HTTP at all\r\n\r\n"));
		return drop(connection, true);
	}
	if (fault_has(effect, FAULT_DO_DROP_ANSWER)) {
		answer_raw(connection, exchange, effect->drop_answer);
		return drop(connection, effect->fin);
	}
	if (effect->close_next)
		*link_of(connection) = (struct link){ true, effect->fin };
	return answer_whole(connection, visit);
}

/* Answers before the body has come, then ends our side: what still comes is read and thrown away,
 * as a front end does it, so that the answer is not lost with a reset. */
static enum MHD_Result
answer_early(struct MHD_Connection *connection, struct visit *visit)
{
	exchange_answer(visit->exchange);
	answer_raw(connection, visit->exchange, UINT64_MAX);
	shutdown(socket_of(connection), SHUT_WR);
	visit->is_answered = true;
	return MHD_YES;
}

/* ---- requests */

static const char *
argument(void *context, const char *name)
{
	return MHD_lookup_connection_value(context, MHD_GET_ARGUMENT_KIND, name);
}

static const char *
header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* The head of a request has come. */
static enum MHD_Result
hear(struct server *server, struct MHD_Connection *connection, const char *method,
     const char *path, struct visit **made)
{
	const struct exchange_head head = {
		.method = method,
		.path = path,
		.authorization = header(connection, "Authorization"),
		.accept = header(connection, "Accept"),
		.content_type = header(connection, "Content-Type"),
		.content_length = header(connection, "Content-Length"),
		.argument = argument,
		.context = connection,
	};
	const struct link *link = link_of(connection);
	struct visit *visit = calloc(1, sizeof(*visit));
	const struct fault_effect *effect;
	struct err err = ERR_INIT;

	*made = visit;
	if (!visit)
		return MHD_NO;
	visit->exchange = exchange_hear(server->nation, &head, &err);
	if (!visit->exchange)
		return MHD_NO;
	effect = &visit->exchange->effect;
	if (link->drops_next)
		return drop(connection, link->is_orderly);
	if (effect->drop_head)
		return drop(connection, effect->fin);
	if (effect->early)
		return answer_early(connection, visit);
	return MHD_YES;
}

static enum MHD_Result
feed(struct MHD_Connection *connection, struct visit *visit, struct span bytes)
{
	struct exchange *exchange = visit->exchange;
	const struct fault_effect *effect = &exchange->effect;

	if (visit->is_answered) {
		exchange->body_bytes += bytes.len;
		return MHD_YES;
	}
	exchange_feed(exchange, bytes);
	if (fault_has(effect, FAULT_DO_DROP_BODY) && exchange->body_bytes >= effect->drop_body)
		return drop(connection, effect->fin);
	return MHD_YES;
}

/* libmicrohttpd calls this with the head, with each piece of the body, and at its end. */
static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *path,
	   const char *method, const char *version, const char *bytes, size_t *len,
	   void **slot)
{
	struct server *server = context;
	struct visit *visit = *slot;
	enum MHD_Result result;

	(void)version;
	if (!visit) {
		result = hear(server, connection, method, path, &visit);
		*slot = visit;
		return result;
	}
	if (*len) {
		result = feed(connection, visit, (struct span){ bytes, *len });
		*len = 0;
		return result;
	}
	if (visit->is_answered) {
		visit->exchange->is_whole = true;
		return MHD_NO;
	}
	return answer(server, connection, visit);
}

static void
on_end(void *context, struct MHD_Connection *connection, void **slot,
       enum MHD_RequestTerminationCode code)
{
	struct visit *visit = *slot;

	(void)context;
	(void)code;
	if (!visit)
		return;
	if (visit->exchange && visit->exchange->effect.close_after)
		shutdown(socket_of(connection), SHUT_RDWR);
	exchange_free(visit->exchange);
	buf_done(&visit->piece);
	free(visit);
	*slot = NULL;
}

static void
on_connection(void *context, struct MHD_Connection *connection, void **slot,
	      enum MHD_ConnectionNotificationCode code)
{
	(void)context;
	(void)connection;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*slot = calloc(1, sizeof(struct link));
	else
		free(*slot);
}

/* ---- life */

static int
start(struct server *server, uint16_t port, struct err *err)
{
	const struct sockaddr_in loopback = { .sin_family = AF_INET,
					      .sin_port = htons(port),
					      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	server->ending = eventfd(0, EFD_CLOEXEC);
	if (server->ending < 0)
		return err_system(err, ERR_IO, errno, "eventfd");
	errno = 0;
	server->daemon = MHD_start_daemon(
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
		MHD_USE_SUPPRESS_DATE_NO_CLOCK, /* Date is the nation's, or left out */
	    0,
	    NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR, &loopback,
	    MHD_OPTION_NOTIFY_COMPLETED, on_end, server, MHD_OPTION_NOTIFY_CONNECTION,
	    on_connection, server, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	    MHD_OPTION_END);
	if (!server->daemon)
		return err_system(err, ERR_CREATE, errno, "listening on 127.0.0.1:%u", port);
	server->port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	return 0;
}

struct server *
server_open(struct nation *nation, uint16_t port, struct err *err)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server) {
		err_memory(err);
		return NULL;
	}
	server->nation = nation;
	if (start(server, port, err)) {
		server_close(server);
		return NULL;
	}
	return server;
}

uint16_t
server_port(const struct server *server)
{
	return server->port;
}

void
server_close(struct server *server)
{
	const uint64_t one = 1;

	if (!server)
		return;
	if (server->ending >= 0 && write(server->ending, &one, sizeof(one)) < 0)
		abort(); /* an eventfd takes a first write always */
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	if (server->ending >= 0)
		close(server->ending);
	free(server);
}
