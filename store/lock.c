#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/jsonw.h"
#include "runner/json/read.h"
#include "runner/files/folder.h"
#include "store/lock.h"

enum {
	TEXT_BYTES = 512,
	/* lock_look holds the lock for some microseconds; a runner that starts just then must not
	 * take it for another runner. */
	TRIES = 10,
	/* One that was killed may leave the lock to a child that is about to end. */
	TRIES_BEHIND_THE_DEAD = 50,
	BETWEEN_TRIES_NS = 10 * 1000 * 1000,
};

static const struct timespec between_tries = { 0, BETWEEN_TRIES_NS };

static int
try_flock(int fd, int how)
{
	int rc;

	do
		rc = flock(fd, how | LOCK_NB);
	while (rc && errno == EINTR);
	return rc ? errno : 0;
}

/* Members that cannot be read stay as they are: the holder may be writing them just now. */
static void
read_holder(int fd, struct lock_holder *holder)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	char text[TEXT_BYTES];
	ssize_t got = pread(fd, text, sizeof(text), 0);
	struct span host, since;

	if (got <= 0 || json_parse(&doc, (struct span){ text, (size_t)got }, 1, NULL))
		return;
	json_u64(json_member(json_root(&doc), "pid"), &holder->pid);
	if (json_text(json_member(json_root(&doc), "host"), &host) == 0)
		span_copy(holder->host, sizeof(holder->host), host);
	if (json_text(json_member(json_root(&doc), "since"), &since) == 0)
		span_copy(holder->since, sizeof(holder->since), since);
}

/* The text is older than the lock for the moment in which the holder writes it: then it is empty, cut
 * off, or names one that held the lock before and was killed. */
static bool
may_hold(const struct lock_holder *holder)
{
	char host[sizeof(holder->host)] = "";

	gethostname(host, sizeof(host) - 1);
	if (holder->pid == 0 || !holder->host[0] || !holder->since[0])
		return false;
	return strcmp(host, holder->host) != 0 || kill((pid_t)holder->pid, 0) == 0 ||
	       errno != ESRCH;
}

static bool
is_dead(int fd)
{
	struct lock_holder holder = { .is_held = true };

	read_holder(fd, &holder);
	return holder.pid && !may_hold(&holder);
}

static int
flock_patiently(int fd)
{
	int code = try_flock(fd, LOCK_EX);

	for (int i = 1; code == EWOULDBLOCK; i++) {
		if (i >= TRIES && (i >= TRIES_BEHIND_THE_DEAD || !is_dead(fd)))
			break;
		nanosleep(&between_tries, NULL);
		code = try_flock(fd, LOCK_EX);
	}
	return code;
}

static void
read_holder_patiently(int fd, struct lock_holder *holder)
{
	for (int i = 0; i < TRIES; i++) {
		struct lock_holder now = { .is_held = holder->is_held };

		if (i)
			nanosleep(&between_tries, NULL);
		read_holder(fd, &now);
		*holder = now;
		if (may_hold(holder))
			return;
	}
}

static int
held_by_another(int fd, const char *folder, struct err *err)
{
	struct lock_holder holder = { .is_held = true };

	read_holder_patiently(fd, &holder);
	if (!may_hold(&holder))
		return err_set(err, ERR_LATER,
		    "%s is in use: another process is just beginning or ending to run this load\n"
		    "  Two runs of one load would send rows twice. Wait for it, or stop it.",
		    folder);
	return err_set(err, ERR_LATER,
	    "%s is in use: process %" PRIu64 " on %s has been running this load since %s\n"
	    "  Two runs of one load would send rows twice. Wait for it, or stop it.",
	    folder, holder.pid, holder.host, holder.since);
}

static int
write_holder(int fd, const char *path, int64_t now_ms, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	struct jsonw json = jsonw_into(&text);
	char host[65] = "";
	char since[STAMP_BYTES];
	int code;

	gethostname(host, sizeof(host) - 1);
	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "pid", (uint64_t)getpid());
	jsonw_string(&json, "host", host);
	jsonw_string(&json, "since", stamp_iso(now_ms, since));
	jsonw_close(&json, '}');
	buf_add_byte(&text, '\n');
	if (buf_check(&text, err))
		return -1;
	code = ftruncate(fd, 0) ? errno : folder_pwrite(fd, text.ptr, text.len, 0);
	return code ? folder_write_error(path, code, err) : 0;
}

int
lock_take(struct lock *lock, const char *folder, int64_t now_ms, struct err *err)
{
	char *path = folder_path(folder, "lock");
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	int code = fd < 0 ? errno : flock_patiently(fd);
	int rc = 0;

	if (!path)
		return err_memory(err);
	if (fd >= 0 && code == EWOULDBLOCK)
		rc = held_by_another(fd, folder, err);
	else if (code)
		rc = err_system(err, ERR_CREATE, code, "%s", path);
	else
		rc = write_holder(fd, path, now_ms, err);
	free(path);
	if (rc && fd >= 0)
		close(fd);
	if (rc == 0)
		lock->fd = fd;
	return rc;
}

void
lock_release(struct lock *lock)
{
	int truncated;

	if (lock->fd < 0)
		return;
	/* Never unlinked: a second runner could hold the old file while a third makes a new one. */
	truncated = ftruncate(lock->fd, 0);
	(void)truncated; /* the text is a courtesy, the lock is what counts */
	close(lock->fd);
	lock->fd = -1;
}

int
lock_look(const char *folder, struct lock_holder *holder, struct err *err)
{
	char *path = folder_path(folder, "lock");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	int saved = errno;

	free(path);
	if (!path)
		return err_memory(err);
	*holder = (struct lock_holder){ .is_held = false };
	if (fd < 0)
		return saved == ENOENT ? 0 : err_system(err, ERR_INPUT, saved, "%s/lock", folder);
	holder->is_held = try_flock(fd, LOCK_SH) == EWOULDBLOCK;
	if (holder->is_held)
		read_holder_patiently(fd, holder);
	close(fd);
	return 0;
}
