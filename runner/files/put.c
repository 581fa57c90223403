#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/files/folder.h"
#include "runner/files/put.h"

static int
lock_wait(int fd)
{
	int result;

	do
		result = flock(fd, LOCK_EX);
	while (result && errno == EINTR);
	return result;
}

/* In a folder that others may write to, anything can stand under the temporary name. What is open to
 * others, or is also the file of another name, would not be the owner's alone once it is renamed. */
static bool
is_left_by_us(const struct stat *file)
{
	return S_ISREG(file->st_mode) && file->st_uid == geteuid() && file->st_nlink == 1 &&
	       !(file->st_mode & (S_IRWXG | S_IRWXO));
}

enum claim { CLAIM_OURS, CLAIM_LOST, CLAIM_FAILED };

/* Lost: the name leads elsewhere by now: another writer has renamed what we waited for, or we have
 * removed what is none of ours. */
static enum claim
claim(int folder, const char *name, int fd, bool is_made)
{
	struct stat ours, named;

	if (lock_wait(fd) || fstat(fd, &ours))
		return CLAIM_FAILED;
	if (fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? CLAIM_LOST : CLAIM_FAILED;
	if (ours.st_dev != named.st_dev || ours.st_ino != named.st_ino)
		return CLAIM_LOST;
	if (!is_made && !is_left_by_us(&ours))
		return unlinkat(folder, name, 0) ? CLAIM_FAILED : CLAIM_LOST;
	return ftruncate(fd, 0) ? CLAIM_FAILED : CLAIM_OURS;
}

/* Makes it, or opens what is there; CLAIM_OURS: *fd is to be claimed. */
static enum claim
open_once(int folder, const char *temp, int *fd, bool *is_made)
{
	/* NONBLOCK: a FIFO is not waited for. */
	const int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

	*fd = openat(folder, temp, flags | O_CREAT | O_EXCL, 0600);
	*is_made = *fd >= 0;
	if (*fd < 0 && errno == EEXIST) {
		*fd = openat(folder, temp, flags);
		if (*fd < 0 && errno == ENOENT)
			return CLAIM_LOST;
		if (*fd < 0 && (errno == ELOOP || errno == ENXIO)) /* a link; a FIFO, a socket */
			return unlinkat(folder, temp, 0) ? CLAIM_FAILED : CLAIM_LOST;
	}
	return *fd < 0 ? CLAIM_FAILED : CLAIM_OURS;
}

/* An empty file under the temporary name that nobody else writes to, or -1 with errno. */
static int
open_temp(int folder, const char *temp)
{
	enum claim claimed;

	do {
		bool is_made;
		int fd, saved_errno;

		claimed = open_once(folder, temp, &fd, &is_made);
		if (claimed != CLAIM_OURS)
			continue;
		claimed = claim(folder, temp, fd, is_made);
		if (claimed == CLAIM_OURS)
			return fd;
		saved_errno = errno;
		close(fd);
		errno = saved_errno;
	} while (claimed == CLAIM_LOST);
	return -1;
}

int
put_open(struct put *put, int folder, const char *name, struct err *err)
{
	struct put opened = { .folder = folder };
	int fd;

	assert(strlen(name) < sizeof(opened.name));
	snprintf(opened.name, sizeof(opened.name), "%s", name);
	snprintf(opened.temp, sizeof(opened.temp), ".%s.tmp", name);
	fd = open_temp(folder, opened.temp);
	if (fd < 0)
		return err_system(err, ERR_CREATE, errno, "cannot create %s", name);
	opened.file = fdopen(fd, "w");
	if (!opened.file) {
		close(fd);
		return err_memory(err);
	}
	*put = opened;
	return 0;
}

static int
cannot(const struct put *put, const char *doing, int saved_errno, struct err *err)
{
	char what[PUT_NAME_BYTES + 32];

	snprintf(what, sizeof(what), "%s %s", doing, put->name);
	return folder_write_error_in(put->folder, what, saved_errno, err);
}

int
put_add(struct put *put, struct span bytes, struct err *err)
{
	if (bytes.len && fwrite(bytes.ptr, 1, bytes.len, put->file) != bytes.len)
		return cannot(put, "writing", errno, err);
	return 0;
}

int
put_commit(struct put *put, struct err *err)
{
	/* A failed write that nobody looked at has no errno any more. */
	int code = fflush(put->file) ? errno : ferror(put->file) ? EIO : 0;

	if (!code)
		code = folder_fsync(fileno(put->file));
	if (code)
		return cannot(put, "writing", code, err);
	if (renameat(put->folder, put->temp, put->folder, put->name))
		return cannot(put, "putting into place", errno, err);
	fclose(put->file); /* its bytes are on disk: nothing can fail that matters */
	put->file = NULL;
	code = folder_fsync(put->folder);
	return code ? cannot(put, "flushing the folder of", code, err) : 0;
}

void
put_done(struct put *put)
{
	if (!put->file)
		return;
	unlinkat(put->folder, put->temp, 0); /* before the lock goes with the descriptor */
	fclose(put->file);
	put->file = NULL;
}

int
put_whole(int folder, const char *name, struct span content, struct err *err)
{
	SCOPED(put) put = PUT_NONE;

	if (put_open(&put, folder, name, err) || put_add(&put, content, err))
		return -1;
	return put_commit(&put, err);
}
