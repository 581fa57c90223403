#include "platform.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/wire/peer.h"

enum {
	GIVE_UP_S = 20,
	/* Small, so that an upload soon finds no room when nobody reads. */
	RECEIVE_BYTES = 16 << 10,
};

struct connection {
	pthread_t thread;
	int fd;
	const struct peer_script *script;
	struct buf received;
	size_t head_begin; /* of the last request, in received */
	size_t head_end;
	_Atomic size_t played; /* steps */
	bool is_over;  /* nothing more comes */
	bool is_reset;
	bool is_stuck; /* gave up waiting */
};

struct peer {
	int fd;
	unsigned port;
	_Atomic unsigned last_port; /* of the connection that ends it all; 0: not yet */
	pthread_t thread;
	const struct peer_script *scripts;
	size_t script_count;
	size_t count; /* of connections */
	struct connection connections[PEER_CONNECTIONS];
};

static void
receive(struct connection *connection)
{
	char bytes[4096];
	ssize_t got = recv(connection->fd, bytes, sizeof(bytes), 0);

	if (got > 0) {
		buf_add(&connection->received, bytes, (size_t)got);
		return;
	}
	connection->is_over = true;
	connection->is_reset = got < 0 && errno == ECONNRESET;
	connection->is_stuck = got < 0 && errno == EAGAIN;
}

static void
receive_until(struct connection *connection, size_t end)
{
	while (!connection->is_over && connection->received.len < end)
		receive(connection);
}

static void
read_head(struct connection *connection)
{
	struct buf *received = &connection->received;

	connection->head_begin = received->len;
	while (!connection->is_over) {
		const char *head = buf_text(received) + connection->head_begin;
		const char *end = strstr(head, "\r\n\r\n");

		connection->head_end = connection->head_begin;
		if (end) {
			connection->head_end += (size_t)(end - head) + 4;
			return;
		}
		receive(connection);
	}
}

static size_t
content_length(const struct connection *connection)
{
	static const char name[] = "\r\nContent-Length: ";
	const char *head = buf_text(&connection->received) + connection->head_begin;
	const char *found = strcasestr(head, name);

	return found ? strtoul(found + strlen(name), NULL, 10) : 0;
}

static void
send_text(struct connection *connection, const char *text, size_t len)
{
	while (len) {
		ssize_t sent = send(connection->fd, text, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return; /* the client is gone, as some tests want it */
		text += sent;
		len -= (size_t)sent;
	}
}

static void
send_filler(struct connection *connection, size_t bytes)
{
	char *filler = malloc(bytes);

	memset(filler, 'x', bytes);
	send_text(connection, filler, bytes);
	free(filler);
}

static void
reset(struct connection *connection)
{
	const struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

static void
stand_still(struct connection *connection)
{
	struct pollfd fd = { .fd = connection->fd, .events = POLLRDHUP };

	connection->is_stuck = poll(&fd, 1, GIVE_UP_S * 1000) <= 0;
}

static void
play(struct connection *connection, const struct peer_step *step)
{
	switch (step->act) {
	case PEER_END:
		break;
	case PEER_READ_HEAD:
		read_head(connection);
		break;
	case PEER_READ_BODY:
		receive_until(connection, connection->head_end + content_length(connection));
		break;
	case PEER_READ_SOME:
		receive_until(connection, connection->head_end + step->bytes);
		break;
	case PEER_SEND:
		send_text(connection, step->text, strlen(step->text));
		break;
	case PEER_SEND_FILLER:
		send_filler(connection, step->bytes);
		break;
	case PEER_RESET:
		reset(connection);
		break;
	case PEER_AWAIT_CLOSE:
		while (!connection->is_over)
			receive(connection);
		break;
	case PEER_STAND_STILL:
		stand_still(connection);
		break;
	}
}

static void *
serve_connection(void *arg)
{
	struct connection *connection = arg;
	const struct peer_step *step = connection->script->steps;

	for (; step->act != PEER_END; step++) {
		play(connection, step);
		connection->played++;
	}
	close(connection->fd);
	return NULL;
}

static void *
accept_all(void *arg)
{
	struct peer *peer = arg;

	for (;;) {
		const struct timeval patience = { .tv_sec = GIVE_UP_S };
		struct connection *connection = &peer->connections[peer->count];
		struct sockaddr_in from = { .sin_port = 0 };
		socklen_t from_bytes = sizeof(from);
		int fd = accept(peer->fd, (struct sockaddr *)&from, &from_bytes);

		if (fd < 0 || ntohs(from.sin_port) == peer->last_port) {
			close(fd);
			return NULL;
		}
		peer->count++;
		if (peer->count > peer->script_count) {
			close(fd);
			continue;
		}
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		connection->fd = fd;
		connection->script = &peer->scripts[peer->count - 1];
		pthread_create(&connection->thread, NULL, serve_connection, connection);
	}
}

/* Binds a socket to a free port of the loopback and tells which. */
static int
open_socket(unsigned *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t address_bytes = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &address_bytes), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

struct peer *
peer_start(const struct peer_script *scripts, size_t count)
{
	const int receive_bytes = RECEIVE_BYTES;
	struct peer *peer = calloc(1, sizeof(*peer));

	assert_non_null(peer);
	assert_true(count < PEER_CONNECTIONS);
	peer->scripts = scripts;
	peer->script_count = count;
	peer->fd = open_socket(&peer->port);
	setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
	assert_int_equal(listen(peer->fd, PEER_CONNECTIONS), 0);
	assert_int_equal(pthread_create(&peer->thread, NULL, accept_all, peer), 0);
	return peer;
}

size_t
peer_played(struct peer *peer, size_t connection)
{
	return peer->connections[connection].played;
}

unsigned
peer_port(const struct peer *peer)
{
	return peer->port;
}

/* Connections are accepted in order: when the one made here is, all before it were. */
static void
end_accepting(struct peer *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	unsigned last_port;
	int fd = open_socket(&last_port);

	peer->last_port = last_port;
	address.sin_port = htons((uint16_t)peer->port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	pthread_join(peer->thread, NULL);
	close(fd);
	close(peer->fd);
}

void
peer_stop(struct peer *peer)
{
	end_accepting(peer);
	for (size_t i = 0; i < peer->count && i < peer->script_count; i++) {
		pthread_join(peer->connections[i].thread, NULL);
		assert_false(peer->connections[i].is_stuck);
	}
}

size_t
peer_connection_count(const struct peer *peer)
{
	return peer->count;
}

struct span
peer_received(const struct peer *peer, size_t connection)
{
	assert_true(connection < peer->count);
	return buf_span(&peer->connections[connection].received);
}

int
peer_was_reset(const struct peer *peer, size_t connection)
{
	return peer->connections[connection].is_reset;
}

void
peer_free(struct peer *peer)
{
	for (size_t i = 0; i < PEER_CONNECTIONS; i++)
		buf_done(&peer->connections[i].received);
	free(peer);
}
