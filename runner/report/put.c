#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/report/put.h"

/* A line is about 200 bytes: one write(2) for some hundred of them. */
enum { STREAM_BYTES = 64 << 10 };

static int
lock_wait(int fd)
{
	int result;

	do
		result = flock(fd, LOCK_EX);
	while (result && errno == EINTR);
	return result;
}

enum claim { CLAIM_OURS, CLAIM_LOST, CLAIM_FAILED };

/* Lost: the name leads elsewhere by now, another writer has renamed what we waited for. */
static enum claim
claim(int folder, const char *name, int fd)
{
	struct stat ours, named;

	if (lock_wait(fd) || fstat(fd, &ours))
		return CLAIM_FAILED;
	if (fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? CLAIM_LOST : CLAIM_FAILED;
	if (ours.st_dev != named.st_dev || ours.st_ino != named.st_ino)
		return CLAIM_LOST;
	return ftruncate(fd, 0) ? CLAIM_FAILED : CLAIM_OURS;
}

/* An empty file under the temporary name that nobody else writes to, or -1 with errno. */
static int
open_temp(int folder, const char *temp)
{
	const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC;

	for (;;) {
		int fd = openat(folder, temp, flags, 0600);
		enum claim claimed;
		int saved_errno;

		if (fd < 0)
			return -1;
		claimed = claim(folder, temp, fd);
		if (claimed == CLAIM_OURS)
			return fd;
		saved_errno = errno;
		close(fd);
		errno = saved_errno;
		if (claimed == CLAIM_FAILED)
			return -1;
	}
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
	setvbuf(opened.file, NULL, _IOFBF, STREAM_BYTES);
	*put = opened;
	return 0;
}

int
put_commit(struct put *put, struct err *err)
{
	if (fflush(put->file) || ferror(put->file) || fsync(fileno(put->file)))
		return err_system(err, ERR_IO, errno, "writing %s", put->name);
	if (renameat(put->folder, put->temp, put->folder, put->name))
		return err_system(err, ERR_IO, errno, "putting %s into place", put->name);
	fclose(put->file); /* its bytes are on disk: nothing can fail that matters */
	put->file = NULL;
	if (fsync(put->folder))
		return err_system(err, ERR_IO, errno, "syncing the folder of %s", put->name);
	return 0;
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

	if (put_open(&put, folder, name, err))
		return -1;
	fwrite(content.ptr, 1, content.len, put.file);
	return put_commit(&put, err);
}
