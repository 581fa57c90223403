#include "platform.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <linux/if_tun.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/wire/cable.h"

enum { PACKET_BYTES = 2048 };

struct cable {
	int nation, runner; /* the tunnels */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	uint64_t cut_at;
	uint16_t port; /* the runner's end of the connection that began last */
	struct cable_facts facts;
};

/* What is to be known of a packet. */
struct packet {
	uint16_t from_port; /* 0: it is not TCP over IPv4 */
	size_t payload;
	bool is_begin, is_reset;
};

/* ---- a namespace with a tunnel */

static bool
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return is_good;
}

/* Address and netmask of an interface, and up. */
static bool
set_up(const char *name, const char *address, const char *netmask)
{
	struct ifreq request = { .ifr_flags = 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&request.ifr_addr;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is_good;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	*in = (struct sockaddr_in){ .sin_family = AF_INET };
	inet_pton(AF_INET, address, &in->sin_addr);
	is_good = fd >= 0 && !ioctl(fd, SIOCSIFADDR, &request);
	inet_pton(AF_INET, netmask, &in->sin_addr);
	is_good = is_good && !ioctl(fd, SIOCSIFNETMASK, &request);
	memset(&request.ifr_ifru, 0, sizeof(request.ifr_ifru));
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	is_good = is_good && !ioctl(fd, SIOCSIFFLAGS, &request);
	if (fd >= 0)
		close(fd);
	return is_good;
}

/* A namespace of this thread's own. -1 if that is not allowed, else the tunnel. */
static int
enter(const char *address)
{
	struct ifreq request = { .ifr_name = "cable", .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd;

	if (unshare(CLONE_NEWNET))
		return -1;
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (ioctl(fd, TUNSETIFF, &request) || !set_up("cable", address, "255.255.0.0") ||
	    !write_text("/proc/sys/net/ipv4/conf/all/route_localnet", "1") ||
	    !write_text("/proc/sys/net/ipv4/conf/cable/route_localnet", "1")) {
		close(fd);
		return -1;
	}
	return fd;
}

/* ---- packets */

static struct packet
read_packet(const unsigned char *bytes, size_t len)
{
	struct packet packet = { .payload = 0 };
	struct iphdr ip;
	struct tcphdr tcp;
	size_t heads;

	if (len < sizeof(ip))
		return packet;
	memcpy(&ip, bytes, sizeof(ip));
	heads = (size_t)ip.ihl * 4;
	if (ip.version != 4 || ip.protocol != IPPROTO_TCP || len < heads + sizeof(tcp))
		return packet;
	memcpy(&tcp, bytes + heads, sizeof(tcp));
	heads += (size_t)tcp.doff * 4;
	packet.from_port = ntohs(tcp.source);
	packet.is_begin = tcp.syn && !tcp.ack;
	packet.is_reset = tcp.rst;
	packet.payload = ntohs(ip.tot_len) > heads ? ntohs(ip.tot_len) - heads : 0;
	return packet;
}

/* Of the connection that began last only: an earlier one, of which the nation's end does not know
 * that it is over, is still asked after, and answered by a reset. */
static void
note_sent(struct cable *cable, const struct packet *packet)
{
	if (packet->is_begin)
		cable->port = packet->from_port;
	if (packet->from_port != cable->port)
		return;
	cable->facts.has_reset |= packet->is_reset;
	if (cable->facts.sent + packet->payload > cable->cut_at)
		cable->facts.is_cut = true;
	if (!cable->facts.is_cut)
		cable->facts.sent += packet->payload;
}

static void
carry(struct cable *cable, int from, int to)
{
	unsigned char bytes[PACKET_BYTES];
	ssize_t len = read(from, bytes, sizeof(bytes));
	struct packet packet;
	bool is_carried;

	if (len <= 0)
		return;
	packet = read_packet(bytes, (size_t)len);
	pthread_mutex_lock(&cable->lock);
	if (from == cable->runner)
		note_sent(cable, &packet);
	is_carried = !cable->facts.is_cut;
	pthread_mutex_unlock(&cable->lock);
	if (is_carried && write(to, bytes, (size_t)len) != len)
		abort(); /* a tunnel takes a packet or it is broken */
}

static void *
carry_all(void *arg)
{
	struct cable *cable = arg;

	for (;;) {
		struct pollfd fds[] = { { .fd = cable->nation, .events = POLLIN },
					{ .fd = cable->runner, .events = POLLIN } };

		poll(fds, 2, -1);
		if (fds[0].revents)
			carry(cable, cable->nation, cable->runner);
		if (fds[1].revents)
			carry(cable, cable->runner, cable->nation);
	}
	return NULL;
}

struct cable *
cable_enter_nation(const char **why)
{
	struct cable *cable = calloc(1, sizeof(*cable));

	assert_non_null(cable);
	pthread_mutex_init(&cable->lock, NULL);
	cable->cut_at = UINT64_MAX;
	cable->nation = enter(CABLE_NATION);
	if (cable->nation < 0 || !set_up("lo", "127.0.0.1", "255.255.255.255")) {
		*why = "no right to make a network of its own (namespaces, /dev/net/tun)";
		free(cable);
		return NULL;
	}
	return cable;
}

void
cable_enter_runner(struct cable *cable)
{
	cable->runner = enter(CABLE_RUNNER);
	assert_true(cable->runner >= 0);
	assert_int_equal(pthread_create(&cable->thread, NULL, carry_all, cable), 0);
}

void
cable_begin(struct cable *cable, uint64_t cut_at)
{
	pthread_mutex_lock(&cable->lock);
	cable->cut_at = cut_at;
	cable->port = 0;
	cable->facts = (struct cable_facts){ .is_cut = false };
	pthread_mutex_unlock(&cable->lock);
}

void
cable_mend(struct cable *cable)
{
	pthread_mutex_lock(&cable->lock);
	cable->cut_at = UINT64_MAX;
	cable->facts.is_cut = false;
	cable->facts.sent = 0;
	pthread_mutex_unlock(&cable->lock);
}

struct cable_facts
cable_facts(struct cable *cable)
{
	struct cable_facts facts;

	pthread_mutex_lock(&cable->lock);
	facts = cable->facts;
	pthread_mutex_unlock(&cable->lock);
	return facts;
}

/* The fourth column is the state: 06 is TIME_WAIT, which holds no bytes, 0A listens. */
bool
cable_has_connections(void)
{
	FILE *file = fopen("/proc/thread-self/net/tcp", "r");
	char line[512], state[8];
	bool has = false;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %*u: %*s %*s %2s", state) == 1 && strcmp(state, "06") &&
		    strcmp(state, "0A"))
			has = true;
	}
	fclose(file);
	return has;
}
