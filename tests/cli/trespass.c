/* trespass.c - loaded into the shipped program by LD_PRELOAD (confined.sh): in the middle of a load,
 * at a sync of the store, the process tries what a hijacked one would try, and says on descriptor 9
 * how it went, a line each: "NAME ok" or "NAME ERRNO". With AT_LOCK in the environment it does so at the
 * first flock() instead, which verbs that look on, or set up a token, come to as well. */
#include "platform.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPORT = 9, AT_SYNC = 6 };

int fdatasync(int fd);
int flock(int fd, int how);

static void
say(const char *name, int failed)
{
	int code = errno;

	dprintf(REPORT, "%s %s\n", name, failed ? strerrorname_np(code) : "ok");
}

static void
try_to_open(const char *name, const char *variable, int flags)
{
	int fd = open(getenv(variable), flags | O_CLOEXEC, 0600);

	say(name, fd < 0);
	if (fd >= 0)
		close(fd);
}

static void
try_to_execute(void)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(errno);
	}
	waitpid(child, &status, 0);
	errno = WEXITSTATUS(status);
	say("execute", status);
}

static void
try_to_listen(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	say("listen", bind(fd, (struct sockaddr *)&address, sizeof(address)));
	close(fd);
}

/* Attached, it must be let go again. */
static void
try_to_trace(void)
{
	int failed = ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) != 0;

	say("trace", failed);
	if (failed)
		return;
	waitpid(getppid(), NULL, 0);
	ptrace(PTRACE_DETACH, getppid(), NULL, NULL);
}

/* What a load needs of the system: modules of name service and of iconv are loaded on demand. */
static void
try_the_system(void)
{
	struct addrinfo *found = NULL;
	int code = getaddrinfo("localhost", "443", NULL, &found);
	iconv_t conversion = iconv_open("UTF-8", "WINDOWS-1252");

	dprintf(REPORT, "localhost %d\n", code);
	if (!code)
		freeaddrinfo(found);
	code = getaddrinfo("name.invalid", "443", NULL, &found);
	dprintf(REPORT, "name.invalid %d\n", code);
	if (!code)
		freeaddrinfo(found);
	say("iconv", conversion == (iconv_t)-1);
	if (conversion != (iconv_t)-1)
		iconv_close(conversion);
}

static void
trespass(void)
{
	try_to_open("read", "SECRET", O_RDONLY);
	try_to_open("change", "SECRET", O_WRONLY);
	try_to_open("create", "NEW", O_WRONLY | O_CREAT);
	try_to_open("change-job", "JOB", O_WRONLY);
	try_to_open("read-job", "JOB", O_RDONLY);
	try_to_open("create-in-run", "OURS", O_WRONLY | O_CREAT);
	try_to_open("create-by-token", "LOCK", O_WRONLY | O_CREAT);
	try_to_execute();
	try_to_listen();
	say("signal", kill(getppid(), 0));
	try_to_trace();
	try_the_system();
}

int
fdatasync(int fd)
{
	static int syncs;
	/* POSIX's own way round "a function is no object". */
	int (*real)(int);

	*(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
	if (++syncs == AT_SYNC && !getenv("AT_LOCK"))
		trespass();
	return real(fd);
}

int
flock(int fd, int how)
{
	static int locks;
	int (*real)(int, int);

	*(void **)&real = dlsym(RTLD_NEXT, "flock");
	if (++locks == 1 && getenv("AT_LOCK"))
		trespass();
	return real(fd, how);
}
