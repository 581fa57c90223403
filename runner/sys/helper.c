#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/sys/helper.h"

struct helper {
	pid_t pid;
	int fd;
	uint32_t most_bytes; /* of the command under way */
};

/* What crosses the socket pair, followed by the line and the output. */
struct question {
	uint32_t line_bytes;
	uint32_t most_bytes;
	uint32_t most_ms;
};

struct answer {
	int32_t exit_code;
	uint32_t is_late;
	uint32_t is_long;
	uint32_t bytes;
};

/* ---- both sides ---- */

static int
send_all(int fd, const void *bytes, size_t len)
{
	const char *from = bytes;

	while (len) {
		ssize_t sent = send(fd, from, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return -1;
		from += sent;
		len -= (size_t)sent;
	}
	return 0;
}

static int
receive_all(int fd, void *bytes, size_t len)
{
	char *to = bytes;

	while (len) {
		ssize_t got = recv(fd, to, len, MSG_WAITALL);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		to += got;
		len -= (size_t)got;
	}
	return 0;
}

/* ---- the command, a child of the helper ---- */

static _Noreturn void
become_shell(const char *line, int output, pid_t helper_pid)
{
	sigset_t none;
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != helper_pid || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    dup2(output, STDOUT_FILENO) < 0)
		_exit(126);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl("/bin/sh", "sh", "-c", line, (char *)NULL);
	_exit(127);
}

/* ---- the helper ---- */

struct running {
	pid_t pid;
	int pid_fd; /* readable once it has ended */
	int output; /* its stdout, not blocking */
	int runner; /* hangs up when the runner is gone */
	int64_t until_ms;
	char *bytes;
	uint32_t most_bytes;
	struct answer answer;
};

static int64_t
mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Takes what there is; returns false once nothing more can come. */
static bool
take_output(struct running *running)
{
	while (!running->answer.is_long) {
		char over;
		size_t room = running->most_bytes - running->answer.bytes;
		ssize_t got = room ? read(running->output, running->bytes + running->answer.bytes,
					 room)
				   : read(running->output, &over, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 && errno == EAGAIN;
		if (room)
			running->answer.bytes += (uint32_t)got;
		else
			running->answer.is_long = true;
	}
	return false;
}

/* The end is the end of the command itself: a daemon that it left behind may keep its stdout. */
static void
follow(struct running *running)
{
	struct pollfd fds[3] = { { .fd = running->pid_fd, .events = POLLIN },
				 { .fd = running->output, .events = POLLIN },
				 { .fd = running->runner } };

	while (!fds[0].revents && !running->answer.is_long && (fds[0].fd >= 0 || fds[1].fd >= 0)) {
		int64_t left_ms = running->until_ms - mono_ms();

		running->answer.is_late = left_ms <= 0;
		if (running->answer.is_late)
			break;
		if (poll(fds, 3, (int)left_ms) < 0)
			fds[0].revents = fds[1].revents = fds[2].revents = 0;
		if (fds[2].revents) {
			kill(-running->pid, SIGKILL);
			_exit(0);
		}
		if (fds[1].revents && !take_output(running))
			fds[1].fd = -1;
	}
	if (running->answer.is_late || running->answer.is_long)
		kill(-running->pid, SIGKILL);
	else
		take_output(running);
}

static int32_t
reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int
begin(struct running *running, const char *line)
{
	pid_t self = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	running->pid = fork();
	if (running->pid == 0)
		become_shell(line, ends[1], self);
	close(ends[1]);
	running->output = ends[0];
	if (running->pid < 0) {
		close(ends[0]);
		return -1;
	}
	setpgid(running->pid, running->pid); /* whichever of the two is first */
	fcntl(running->output, F_SETFL, O_NONBLOCK);
	running->pid_fd = pidfd_open(running->pid, 0);
	return 0;
}

static void
run(struct running *running, const char *line)
{
	if (begin(running, line)) {
		running->answer.exit_code = 126;
		return;
	}
	follow(running);
	running->answer.exit_code = reap(running->pid);
	close(running->pid_fd);
	close(running->output);
}

static int
serve_one(int fd)
{
	struct running running = { 0 };
	struct question question;
	char *line;
	int failed = -1;

	if (receive_all(fd, &question, sizeof(question)))
		return -1;
	line = calloc(1, (size_t)question.line_bytes + 1);
	running.bytes = malloc((size_t)question.most_bytes + 1);
	if (line && running.bytes && !receive_all(fd, line, question.line_bytes)) {
		running.most_bytes = question.most_bytes;
		running.runner = fd;
		running.until_ms = mono_ms() + question.most_ms;
		run(&running, line);
		failed = send_all(fd, &running.answer, sizeof(running.answer)) ||
			 send_all(fd, running.bytes, running.answer.bytes);
		explicit_bzero(running.bytes, running.answer.bytes);
	}
	free(running.bytes);
	free(line);
	return failed ? -1 : 0;
}

/* Ctrl-C and a closed terminal are the runner's to answer: it may still need a command. */
static _Noreturn void
serve(int fd)
{
	enum { SOCKET = 3 };
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0)
		_exit(1);
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	if (fd != SOCKET && dup3(fd, SOCKET, O_CLOEXEC) < 0)
		_exit(1);
	close_range(SOCKET + 1, ~0U, 0);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	while (!serve_one(SOCKET))
		;
	_exit(0);
}

/* ---- the runner's side ---- */

int
helper_start(struct helper **helper, struct err *err)
{
	struct helper *made = calloc(1, sizeof(*made));
	int ends[2];

	if (!made)
		return err_memory(err);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		free(made);
		return err_system(err, ERR_IO, errno, "starting the helper process");
	}
	made->pid = fork();
	if (made->pid == 0)
		serve(ends[1]);
	close(ends[1]);
	made->fd = ends[0];
	if (made->pid < 0) {
		int saved_errno = errno;

		close(made->fd);
		free(made);
		return err_system(err, ERR_IO, saved_errno, "starting the helper process");
	}
	*helper = made;
	return 0;
}

void
helper_stop(struct helper *helper)
{
	if (!helper)
		return;
	close(helper->fd);
	reap(helper->pid);
	free(helper);
}

int
helper_fd(const struct helper *helper)
{
	return helper->fd;
}

bool
helper_has_ended(const struct helper *helper)
{
	struct pollfd fd = { .fd = helper->fd, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

int
helper_begin(struct helper *helper, const struct helper_command *command, struct err *err)
{
	struct question question = { (uint32_t)strlen(command->line), command->most_bytes,
				     command->most_ms };

	helper->most_bytes = command->most_bytes;
	if (send_all(helper->fd, &question, sizeof(question)) ||
	    send_all(helper->fd, command->line, question.line_bytes))
		return err_set(err, ERR_IO, "the helper process is gone");
	return 0;
}

int
helper_end(struct helper *helper, struct buf *output, struct helper_outcome *outcome,
    struct err *err)
{
	struct answer answer;
	char *to = buf_reserve(output, helper->most_bytes);

	if (!to)
		return err_memory(err);
	if (receive_all(helper->fd, &answer, sizeof(answer)))
		return err_set(err, ERR_IO, "the helper process is gone");
	assert(answer.bytes <= helper->most_bytes);
	if (receive_all(helper->fd, to, answer.bytes))
		return err_set(err, ERR_IO, "the helper process is gone");
	output->len += answer.bytes;
	to[answer.bytes] = '\0';
	*outcome = (struct helper_outcome){ answer.exit_code, answer.is_late, answer.is_long };
	return 0;
}

int
helper_run(struct helper *helper, const struct helper_command *command, struct buf *output,
    struct helper_outcome *outcome, struct err *err)
{
	if (!buf_reserve(output, command->most_bytes))
		return err_memory(err);
	if (helper_begin(helper, command, err))
		return -1;
	return helper_end(helper, output, outcome, err);
}
