#include "platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/base/number.h"
#include "runner/cli/loopback.h"

static int
connect_to(const char *url, struct err *err)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const char *colon = strrchr(url, ':');
	uint64_t port;
	int fd;

	if (!colon || number_u64(span_of(colon + 1), &port) || port > UINT16_MAX)
		return err_set(err, ERR_BUG, "no port in %s", url);
	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_system(err, ERR_IO, errno, "socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		err_system(err, ERR_UNREACHABLE, errno, "%s", url);
		close(fd);
		return -1;
	}
	return fd;
}

static int
read_all(int fd, struct buf *to, struct err *err)
{
	ssize_t got;

	for (;;) {
		char *room = buf_reserve(to, 64 << 10);

		if (!room)
			return err_memory(err);
		got = read(fd, room, 64 << 10);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, ERR_IO, errno, "reading an answer");
		if (got == 0)
			return 0;
		to->len += (size_t)got;
		to->ptr[to->len] = '\0';
	}
}

int
loopback_get(const char *url, const char *path, struct buf *to, struct err *err)
{
	SCOPED(buf) answer = BUF_INIT;
	char request[256];
	const char *body;
	int len = snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
	int fd = connect_to(url, err);
	int failed;

	if (fd < 0)
		return -1;
	failed = write(fd, request, (size_t)len) != len || read_all(fd, &answer, err);
	close(fd);
	if (failed)
		return err_within(err, "%s%s", url, path);
	body = strstr(buf_text(&answer), "\r\n\r\n");
	if (!body || !strstr(buf_text(&answer), " 200 "))
		return err_set(err, ERR_IO, "%s%s did not answer", url, path);
	buf_add_text(to, body + 4);
	return buf_check(to, err);
}
