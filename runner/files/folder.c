#include "platform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runner/base/scoped.h"
#include "runner/files/folder.h"
#include "runner/files/put.h"

/* Less than this free, and a failed write is the disk's fault: a commit takes some tens of KiB. */
#define NEARLY_NOTHING_BYTES (64u << 10)

struct path {
	char *text;
};

static void
path_done(struct path *path)
{
	free(path->text);
}

SCOPED_BY(path, path_done)

struct fd {
	int number;
};

static void
fd_done(struct fd *fd)
{
	if (fd->number >= 0)
		close(fd->number);
}

SCOPED_BY(fd, fd_done)

char *
folder_path(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

int
folder_fsync(int fd)
{
	int rc;

	do
		rc = fsync(fd);
	while (rc && errno == EINTR);
	return rc ? errno : 0;
}

int
folder_sync(const char *folder, struct err *err)
{
	SCOPED(fd) fd = { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	int code;

	if (fd.number < 0)
		return err_system(err, ERR_IO, errno, "%s", folder);
	code = folder_fsync(fd.number);
	return code ? folder_write_error(folder, code, err) : 0;
}

/* "." for a name without a folder. */
static char *
parent_of(const char *folder)
{
	size_t len = strlen(folder);

	while (len > 1 && folder[len - 1] == '/')
		len--;
	while (len > 0 && folder[len - 1] != '/')
		len--;
	return len ? strndup(folder, len) : strdup(".");
}

int
folder_make(const char *folder, bool *is_new, struct err *err)
{
	SCOPED(path) parent = { parent_of(folder) };
	bool is_made;

	if (!parent.text)
		return err_memory(err);
	is_made = mkdir(folder, 0700) == 0;
	if (!is_made && errno != EEXIST)
		return err_system(err, ERR_CREATE, errno, "cannot create %s", folder);
	/* One that was there may be the work of a run that was cut off before it could flush it. Where
	 * the parent may not be read, it is somebody else's. */
	if (folder_sync(parent.text, is_made ? err : NULL) && is_made)
		return -1;
	if (is_new)
		*is_new = is_made;
	return 0;
}

int
folder_open(int parent, const char *name, struct err *err)
{
	bool is_made = mkdirat(parent, name, 0700) == 0;
	int code = is_made || errno == EEXIST ? 0 : errno;
	int fd;

	if (!code && is_made)
		code = folder_fsync(parent);
	fd = code ? -1 : openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? err_system(err, ERR_CREATE, code ? code : errno, "%s", name) : fd;
}

int
folder_has(const char *folder, const char *name, bool *is_there, struct err *err)
{
	SCOPED(path) path = { folder_path(folder, name) };
	struct stat st;

	if (!path.text)
		return err_memory(err);
	if (lstat(path.text, &st)) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_system(err, ERR_INPUT, errno, "%s", path.text);
		*is_there = false;
		return 0;
	}
	*is_there = true;
	return 0;
}

int
folder_inode(const char *folder, uint64_t *inode, struct err *err)
{
	struct stat st;

	if (stat(folder, &st))
		return err_system(err, ERR_INPUT, errno, "%s", folder);
	*inode = st.st_ino;
	return 0;
}

int
folder_pwrite(int fd, const void *bytes, size_t len, uint64_t offset)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t wrote = pwrite(fd, at, len, (off_t)offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return wrote ? errno : ENOSPC;
		at += wrote;
		len -= (size_t)wrote;
		offset += (size_t)wrote;
	}
	return 0;
}

int
folder_write(const char *folder, const char *name, struct span bytes, struct err *err)
{
	SCOPED(fd) fd = { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };

	if (fd.number < 0)
		return err_system(err, ERR_CREATE, errno, "%s", folder);
	return put_whole(fd.number, name, bytes, err) ? err_within(err, "%s", folder) : 0;
}

int
folder_read(const char *folder, const char *name, size_t most, struct buf *to, struct err *err)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;
	SCOPED(path) path = { folder_path(folder, name) };
	SCOPED(fd) fd = { path.text ? open(path.text, flags) : -1 };
	size_t begin = to->len;

	if (!path.text)
		return err_memory(err);
	if (fd.number < 0)
		return err_system(err, errno == ENOENT ? ERR_INPUT : ERR_IO, errno, "%s", path.text);
	for (;;) {
		size_t room = 4096;
		char *at = buf_reserve(to, room);
		ssize_t got = at ? read(fd.number, at, room) : 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, ERR_IO, errno, "%s", path.text);
		if (got == 0)
			return buf_check(to, err);
		to->len += (size_t)got;
		to->ptr[to->len] = '\0';
		if (to->len - begin > most)
			return err_set(err, ERR_IO, "%s is larger than %zu bytes", path.text, most);
	}
}

int
folder_rename(const char *folder, const char *from, const char *to, struct err *err)
{
	SCOPED(path) old = { folder_path(folder, from) };
	SCOPED(path) new = { folder_path(folder, to) };

	if (!old.text || !new.text)
		return err_memory(err);
	if (rename(old.text, new.text))
		return folder_write_error(new.text, errno, err);
	return folder_sync(folder, err);
}

static int
remove_files(const char *folder, struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int code = 0;

	if (!dir)
		return errno == ENOENT ? 0 : err_system(err, ERR_IO, errno, "%s", folder);
	while (code == 0 && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0))
			code = errno;
	}
	closedir(dir);
	if (code)
		return err_system(err, ERR_IO, code, "cannot remove a file of %s", folder);
	return 0;
}

int
folder_remove(const char *folder, const char *name, struct err *err)
{
	SCOPED(path) path = { folder_path(folder, name) };

	if (!path.text)
		return err_memory(err);
	if (remove_files(path.text, err))
		return -1;
	if (rmdir(path.text)) {
		if (errno == ENOENT)
			return 0;
		return err_system(err, ERR_IO, errno, "cannot remove %s", path.text);
	}
	return folder_sync(folder, err);
}

static int
say_write_error(const char *what, int saved_errno, const struct statvfs *fs, struct err *err)
{
	uint64_t free_bytes = (uint64_t)fs->f_bavail * fs->f_frsize;
	bool is_full = saved_errno == ENOSPC ||
		       (saved_errno == EIO && free_bytes < NEARLY_NOTHING_BYTES);

	if (!is_full)
		return err_system(err, ERR_IO, saved_errno, "%s", what);
	return err_set(err, ERR_IO, "%s: disk full (%" PRIu64 " bytes free)", what, free_bytes);
}

int
folder_write_error(const char *path, int saved_errno, struct err *err)
{
	struct statvfs fs;

	if (statvfs(path, &fs))
		return err_system(err, ERR_IO, saved_errno, "%s", path);
	return say_write_error(path, saved_errno, &fs, err);
}

int
folder_write_error_in(int folder, const char *what, int saved_errno, struct err *err)
{
	struct statvfs fs;

	if (fstatvfs(folder, &fs))
		return err_system(err, ERR_IO, saved_errno, "%s", what);
	return say_write_error(what, saved_errno, &fs, err);
}
