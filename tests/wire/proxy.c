#include "platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "tests/wire/proxy.h"

enum { PIECE_BYTES = 16 << 10, BACKLOG = 64 };

struct proxy {
	int fd;
	unsigned port, to_port;
	struct tls *tls;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t is_quiet;
	struct proxy_fate fate;
	size_t connections, resets, under_way;
	bool is_ending, is_stuck;
};

struct link {
	struct proxy *proxy;
	struct proxy_fate fate;
	int client, nation;
	struct tls_link *tls;
	uint64_t asked, answered; /* bytes that passed */
	struct buf late;          /* for the nation, held back */
	bool is_reset, is_stuck;  /* by the client; waited too long */
};

/* ---- bytes */

static void
send_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return; /* whoever was there is gone */
		bytes += sent;
		len -= (size_t)sent;
	}
}

static ssize_t
read_client(struct link *link, char *to, size_t most)
{
	ssize_t got;

	errno = 0; /* libssl leaves it as it was */
	got = link->tls ? tls_read(link->tls, to, most) : recv(link->client, to, most, 0);
	if (got < 0 && errno == ECONNRESET)
		link->is_reset = true;
	return got;
}

static void
tell_client(struct link *link, const char *bytes, size_t len)
{
	if (link->tls)
		tls_write(link->tls, bytes, len);
	else
		send_all(link->client, bytes, len);
}

static void
reset_on_close(int fd)
{
	const struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

/* A nation that takes nothing any more is waited for as long as the client is there. */
static bool
nation_takes(struct link *link)
{
	struct pollfd fds[] = { { .fd = link->nation, .events = POLLOUT },
				{ .fd = link->client, .events = POLLRDHUP } };

	link->is_stuck |= poll(fds, 2, PROXY_PATIENCE_S * 1000) <= 0;
	return fds[0].revents != 0;
}

static void
tell_nation(struct link *link, const char *bytes, size_t len)
{
	if (link->fate.hands_on_late) {
		buf_add(&link->late, bytes, len);
		return;
	}
	while (len && nation_takes(link)) {
		ssize_t sent = send(link->nation, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN)
			return;
		bytes += sent > 0 ? sent : 0;
		len -= sent > 0 ? (size_t)sent : 0;
	}
	if (len) /* an orderly end would wait behind what is not taken */
		reset_on_close(link->nation);
}

/* ---- what goes wrong */

/* Until the client ends; its bytes are the nation's, or nobody's. */
static void
drain_client(struct link *link, bool is_for_nation)
{
	char bytes[PIECE_BYTES];
	ssize_t got;

	while ((got = read_client(link, bytes, sizeof(bytes))) > 0) {
		if (is_for_nation)
			tell_nation(link, bytes, (size_t)got);
	}
	link->is_stuck |= got < 0 && errno == EAGAIN;
}

static void
stand_still(struct link *link)
{
	struct pollfd client = { .fd = link->client, .events = POLLRDHUP };

	link->is_stuck |= poll(&client, 1, PROXY_PATIENCE_S * 1000) <= 0;
	drain_client(link, link->fate.hands_on_rest);
}

static void
say_the_end(struct link *link)
{
	if (link->tls)
		tls_close(link->tls);
	shutdown(link->client, SHUT_WR);
	drain_client(link, link->fate.hands_on_rest);
}

static void
strike(struct link *link)
{
	switch (link->fate.way) {
	case PROXY_PASS:
		break;
	case PROXY_RESET:
		reset_on_close(link->client);
		reset_on_close(link->nation);
		break;
	case PROXY_CLOSE:
		say_the_end(link);
		break;
	case PROXY_STILL:
		stand_still(link);
		break;
	case PROXY_ANSWER:
		tell_client(link, link->fate.answer, strlen(link->fate.answer));
		say_the_end(link);
		break;
	}
}

static bool
strikes_now(const struct link *link)
{
	const struct proxy_fate *fate = &link->fate;

	return fate->way != PROXY_PASS &&
	       (fate->is_answer ? link->answered : link->asked) >= fate->at;
}

/* How much may be read so that the cut falls on its byte. */
static size_t
most_before(const struct link *link, bool is_answer)
{
	const struct proxy_fate *fate = &link->fate;
	uint64_t left = fate->at - (is_answer ? link->answered : link->asked);

	if (fate->way == PROXY_PASS || fate->is_answer != is_answer || left > PIECE_BYTES)
		return PIECE_BYTES;
	return (size_t)left;
}

/* ---- a connection that goes on */

static bool
pass_on_request(struct link *link)
{
	char bytes[PIECE_BYTES];
	ssize_t got = read_client(link, bytes, most_before(link, false));

	if (got <= 0)
		return false;
	tell_nation(link, bytes, (size_t)got);
	link->asked += (uint64_t)got;
	return true;
}

static bool
pass_on_answer(struct link *link)
{
	char bytes[PIECE_BYTES];
	ssize_t got = recv(link->nation, bytes, most_before(link, true), 0);

	if (got < 0) {
		reset_on_close(link->client);
		return false;
	}
	if (got == 0) {
		say_the_end(link);
		return false;
	}
	tell_client(link, bytes, (size_t)got);
	link->answered += (uint64_t)got;
	return true;
}

/* Until one side ends or the fate strikes. */
static void
pass_on(struct link *link)
{
	bool goes_on = true;

	while (goes_on && !strikes_now(link)) {
		struct pollfd fds[] = { { .fd = link->client, .events = POLLIN },
					{ .fd = link->nation, .events = POLLIN } };
		bool has_more = link->tls && tls_has_more(link->tls);

		if (poll(fds, 2, has_more ? 0 : PROXY_PATIENCE_S * 1000) <= 0 && !has_more) {
			link->is_stuck = true;
			return;
		}
		if (has_more || fds[0].revents)
			goes_on = pass_on_request(link);
		if (goes_on && fds[1].revents && !strikes_now(link))
			goes_on = pass_on_answer(link);
	}
	if (goes_on)
		strike(link);
}

/* The nation gets what was held back and may say what it likes. */
static void
hand_on_late(struct link *link)
{
	char bytes[PIECE_BYTES];

	send_all(link->nation, link->late.ptr, link->late.len);
	shutdown(link->nation, SHUT_WR);
	while (recv(link->nation, bytes, sizeof(bytes), 0) > 0)
		;
}

static int
reach(unsigned port)
{
	const struct timeval patience = { .tv_sec = PROXY_PATIENCE_S };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* An orderly end would wait for ever behind bytes that a proxy which stands still does not take. */
static void
end_nation(const struct link *link)
{
	int waiting = 0;

	if (!link->late.len && !ioctl(link->nation, TIOCOUTQ, &waiting) && waiting)
		reset_on_close(link->nation);
	close(link->nation);
}

static void
end_link(struct link *link)
{
	struct proxy *proxy = link->proxy;

	if (link->tls)
		tls_link_free(link->tls);
	tls_leave_thread();
	close(link->client);
	end_nation(link);
	buf_done(&link->late);
	if (link->is_stuck)
		print_message("# a connection of way %d stood for %d s: %llu bytes asked, %llu "
			      "answered\n",
		    (int)link->fate.way, PROXY_PATIENCE_S, (unsigned long long)link->asked,
		    (unsigned long long)link->answered);
	pthread_mutex_lock(&proxy->lock);
	proxy->resets += link->is_reset;
	proxy->is_stuck |= link->is_stuck;
	if (--proxy->under_way == 0)
		pthread_cond_broadcast(&proxy->is_quiet);
	pthread_mutex_unlock(&proxy->lock);
	free(link);
}

static void *
serve(void *arg)
{
	struct link *link = arg;

	link->nation = reach(link->proxy->to_port);
	if (link->nation >= 0 && link->proxy->tls)
		link->tls = tls_accept(link->proxy->tls, link->client);
	if (link->nation >= 0 && (link->tls || !link->proxy->tls))
		pass_on(link);
	if (link->late.len)
		hand_on_late(link);
	end_link(link);
	return NULL;
}

/* ---- all connections */

static void
begin_link(struct proxy *proxy, int client)
{
	const struct timeval patience = { .tv_sec = PROXY_PATIENCE_S };
	const int one = 1;
	struct link *link = calloc(1, sizeof(*link));
	pthread_t thread;

	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	/* A client whose end was lost on the way is asked whether it is still there. */
	setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	setsockopt(client, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof(one));
	setsockopt(client, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof(one));
	link->proxy = proxy;
	link->client = client;
	pthread_mutex_lock(&proxy->lock);
	link->fate = proxy->fate;
	proxy->connections++;
	proxy->under_way++;
	pthread_mutex_unlock(&proxy->lock);
	pthread_create(&thread, NULL, serve, link);
	pthread_detach(thread);
}

static void *
accept_all(void *arg)
{
	struct proxy *proxy = arg;

	for (;;) {
		int client = accept4(proxy->fd, NULL, NULL, SOCK_CLOEXEC);
		bool is_ending;

		pthread_mutex_lock(&proxy->lock);
		is_ending = proxy->is_ending;
		pthread_mutex_unlock(&proxy->lock);
		if (is_ending) {
			if (client >= 0)
				close(client);
			return NULL;
		}
		if (client >= 0)
			begin_link(proxy, client);
	}
}

struct proxy *
proxy_start(unsigned port, struct tls *tls)
{
	return proxy_start_at("127.0.0.1", port, tls);
}

struct proxy *
proxy_start_at(const char *host, unsigned port, struct tls *tls)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t address_bytes = sizeof(address);
	struct proxy *proxy = calloc(1, sizeof(*proxy));

	assert_non_null(proxy);
	*proxy = (struct proxy){ .to_port = port,
				 .tls = tls,
				 .lock = PTHREAD_MUTEX_INITIALIZER,
				 .is_quiet = PTHREAD_COND_INITIALIZER };
	assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
	proxy->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(proxy->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(proxy->fd, (struct sockaddr *)&address, &address_bytes), 0);
	assert_int_equal(listen(proxy->fd, BACKLOG), 0);
	proxy->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&proxy->thread, NULL, accept_all, proxy), 0);
	return proxy;
}

unsigned
proxy_port(const struct proxy *proxy)
{
	return proxy->port;
}

void
proxy_set_fate(struct proxy *proxy, const struct proxy_fate *fate)
{
	pthread_mutex_lock(&proxy->lock);
	proxy->fate = *fate;
	pthread_mutex_unlock(&proxy->lock);
}

void
proxy_settle(struct proxy *proxy)
{
	pthread_mutex_lock(&proxy->lock);
	while (proxy->under_way)
		pthread_cond_wait(&proxy->is_quiet, &proxy->lock);
	pthread_mutex_unlock(&proxy->lock);
}

size_t
proxy_connections(struct proxy *proxy)
{
	size_t count;

	pthread_mutex_lock(&proxy->lock);
	count = proxy->connections;
	pthread_mutex_unlock(&proxy->lock);
	return count;
}

size_t
proxy_resets(struct proxy *proxy)
{
	size_t count;

	pthread_mutex_lock(&proxy->lock);
	count = proxy->resets;
	pthread_mutex_unlock(&proxy->lock);
	return count;
}

void
proxy_stop(struct proxy *proxy)
{
	pthread_mutex_lock(&proxy->lock);
	proxy->is_ending = true;
	pthread_mutex_unlock(&proxy->lock);
	shutdown(proxy->fd, SHUT_RDWR); /* wakes accept() */
	pthread_join(proxy->thread, NULL);
	close(proxy->fd);
	proxy_settle(proxy);
	assert_false(proxy->is_stuck);
	free(proxy);
}
