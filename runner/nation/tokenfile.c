#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/files/folder.h"
#include "runner/nation/grant.h"
#include "runner/nation/tokenfile.h"

/* Its name, a dot, a word, and the NUL. */
enum { BESIDE_BYTES = NAME_MAX + 8 };

static void
at(const struct tokenfile *file, const char *step)
{
	if (file->steps.at)
		file->steps.at(file->steps.ctx, step);
}

static void
name_new(const struct tokenfile *file, char to[static BESIDE_BYTES])
{
	snprintf(to, BESIDE_BYTES, ".%s.new", file->name);
}

int
tokenfile_open(struct tokenfile *file, const char *path, struct steps_port steps, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	struct tokenfile opened = TOKENFILE_NONE;

	if (!folder)
		return err_memory(err);
	opened.path = path;
	opened.steps = steps;
	opened.folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (opened.folder_fd < 0)
		return err_system(err, ERR_CREATE, errno, "the folder of token file %s", path);
	if (!span_copy(opened.name, sizeof(opened.name), span_of(name))) {
		close(opened.folder_fd);
		return err_system(err, ERR_CREATE, ENAMETOOLONG, "token file %s", path);
	}
	*file = opened;
	return 0;
}

static int
lock_now(int fd)
{
	int result;

	do
		result = flock(fd, LOCK_EX | LOCK_NB);
	while (result && errno == EINTR);
	return result ? errno : 0;
}

int
tokenfile_lock(struct tokenfile *file, bool *is_ours, struct err *err)
{
	const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	char name[BESIDE_BYTES];
	int code;

	snprintf(name, sizeof(name), "%s.lock", file->name);
	if (file->lock_fd < 0)
		file->lock_fd = openat(file->folder_fd, name, flags, 0600);
	if (file->lock_fd < 0)
		return err_system(err, ERR_CREATE, errno, "%s.lock, which keeps others from "
		    "refreshing the same token", file->path);
	code = lock_now(file->lock_fd);
	if (code && code != EWOULDBLOCK)
		return err_system(err, ERR_IO, code, "locking %s.lock", file->path);
	*is_ours = code == 0;
	return 0;
}

int
tokenfile_prepare(struct tokenfile *file, struct err *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	char name[BESIDE_BYTES];
	int code;

	if (file->new_fd >= 0)
		return 0;
	name_new(file, name);
	if (unlinkat(file->folder_fd, name, 0) && errno != ENOENT)
		return err_system(err, ERR_CREATE, errno, "removing an unfinished %s", name);
	file->new_fd = openat(file->folder_fd, name, flags, 0600);
	if (file->new_fd < 0)
		return err_system(err, ERR_CREATE, errno, "cannot create a new token file beside %s",
		    file->path);
	/* The file's own size is set by what is written. A file system without it is as good as any. */
	code = fallocate(file->new_fd, FALLOC_FL_KEEP_SIZE, 0, TOKEN_SOURCE_BYTES) ? errno : 0;
	if (code == ENOSPC || code == EDQUOT)
		return folder_write_error_in(file->folder_fd, file->path, code, err);
	return 0;
}

/* Of its path, the last slash included. */
static int
folder_bytes(const struct tokenfile *file)
{
	return (int)(strlen(file->path) - strlen(file->name));
}

static int
write_new(struct tokenfile *file, const struct token *token, struct err *err)
{
	struct buf text = BUF_INIT;
	int code = 0;

	grant_write(token, &text);
	if (!buf_failed(&text) && text.len <= TOKEN_SOURCE_BYTES) {
		code = folder_pwrite(file->new_fd, text.ptr, text.len, 0);
		file->is_written = code == 0;
		if (!code)
			code = folder_fsync(file->new_fd);
	} else {
		code = buf_failed(&text) ? ENOMEM : EFBIG;
	}
	token_wipe(&text);
	if (!code)
		return 0;
	folder_write_error_in(file->folder_fd, file->path, code, err);
	return file->is_written ? err_within(err, "the new token is kept in %.*s.%s.new",
				      folder_bytes(file), file->path, file->name)
				: -1;
}

static int
cannot_replace(const struct tokenfile *file, struct err *err)
{
	return err_system(err, ERR_CREATE, errno,
	    "the new token is kept in %.*s.%s.new, and could not be put into place",
	    folder_bytes(file), file->path, file->name);
}

int
tokenfile_put(struct tokenfile *file, const struct token *token, struct err *err)
{
	char name[BESIDE_BYTES];
	int code;

	if (tokenfile_prepare(file, err) || write_new(file, token, err))
		return -1;
	at(file, "a token written");
	name_new(file, name);
	if (renameat(file->folder_fd, name, file->folder_fd, file->name))
		return cannot_replace(file, err);
	close(file->new_fd);
	file->new_fd = -1;
	file->is_written = false;
	at(file, "a token in place");
	code = folder_fsync(file->folder_fd);
	return code ? folder_write_error_in(file->folder_fd, file->path, code, err) : 0;
}

bool
tokenfile_is_untidy(const struct tokenfile *file)
{
	char name[BESIDE_BYTES];

	name_new(file, name);
	return faccessat(file->folder_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Half of what we write is no object, and what is not our own file was not written by us. */
static bool
is_whole(struct span text, struct token *token, struct err *err)
{
	return token_take_text(text, true, token, err) == 0 && token->refresh[0];
}

static int
read_open(const char *name, int fd, struct token *token, bool *is_good, struct err *err)
{
	char text[TOKEN_SOURCE_BYTES + 1]; /* one more shows that there is more */
	struct err why = ERR_INIT;
	struct stat found;
	ssize_t len = 0;

	if (fstat(fd, &found) ||
	    (S_ISREG(found.st_mode) && (len = pread(fd, text, sizeof(text), 0)) < 0))
		return err_system(err, ERR_IO, errno, "reading %s", name);
	*is_good = S_ISREG(found.st_mode) && found.st_uid == geteuid() &&
		   is_whole((struct span){ text, (size_t)len }, token, &why);
	explicit_bzero(text, sizeof(text));
	if (why.kind != ERR_IO)
		return 0;
	if (err)
		*err = why;
	return -1;
}

/* *fd: it, still open; -1: there is none, or it is a link. */
static int
read_here(const struct tokenfile *file, const char *name, int *fd, struct token *token,
    bool *is_good, struct err *err)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

	*is_good = false;
	*fd = openat(file->folder_fd, name, flags);
	if (*fd >= 0)
		return read_open(name, *fd, token, is_good, err);
	return errno == ENOENT || errno == ELOOP ? 0 : err_system(err, ERR_IO, errno, "opening %s",
							   name);
}

/* Asked with what the file has: whatever the clock said when they were written, this is the newer. */
static int
comes_of_it(const struct tokenfile *file, const struct token *fresh, bool *is_newer,
    struct err *err)
{
	SCOPED(token) present = TOKEN_INIT;
	bool is_good;
	int fd, result = read_here(file, file->name, &fd, &present, &is_good, err);

	*is_newer = is_good && fresh->older[0] &&
		    (strcmp(fresh->older, present.refresh) == 0 ||
			strcmp(fresh->older, present.older) == 0);
	if (fd >= 0)
		close(fd);
	return result;
}

/* A person may have put another token there since. */
static bool
is_written_later(const struct tokenfile *file, const char *name)
{
	struct stat unfinished, present;

	if (fstatat(file->folder_fd, name, &unfinished, AT_SYMLINK_NOFOLLOW))
		return false;
	if (fstatat(file->folder_fd, file->name, &present, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT;
	if (!S_ISREG(present.st_mode))
		return true;
	if (unfinished.st_mtim.tv_sec != present.st_mtim.tv_sec)
		return unfinished.st_mtim.tv_sec > present.st_mtim.tv_sec;
	return unfinished.st_mtim.tv_nsec >= present.st_mtim.tv_nsec;
}

static int
put_new(struct tokenfile *file, const char *name, int fd, struct err *err)
{
	int code = folder_fsync(fd);

	if (!code && renameat(file->folder_fd, name, file->folder_fd, file->name))
		return cannot_replace(file, err);
	if (!code)
		code = folder_fsync(file->folder_fd);
	return code ? folder_write_error_in(file->folder_fd, file->path, code, err) : 0;
}

int
tokenfile_recover(struct tokenfile *file, struct err *err)
{
	SCOPED(token) fresh = TOKEN_INIT;
	char name[BESIDE_BYTES];
	bool is_good, is_newer = false;
	int fd, result;

	if (!tokenfile_is_untidy(file))
		return 0;
	name_new(file, name);
	/* What cannot be read now may be good: it stays. */
	result = read_here(file, name, &fd, &fresh, &is_good, err);
	if (!result && is_good)
		result = comes_of_it(file, &fresh, &is_newer, err);
	if (!result && is_good && (is_newer || is_written_later(file, name)))
		result = put_new(file, name, fd, err);
	else if (!result)
		unlinkat(file->folder_fd, name, 0);
	if (fd >= 0)
		close(fd);
	return result;
}

void
tokenfile_close(struct tokenfile *file)
{
	char name[BESIDE_BYTES];

	if (file->new_fd >= 0) {
		name_new(file, name);
		if (!file->is_written)
			unlinkat(file->folder_fd, name, 0); /* while the lock is still ours */
		close(file->new_fd);
	}
	if (file->lock_fd >= 0)
		close(file->lock_fd);
	if (file->folder_fd >= 0)
		close(file->folder_fd);
	*file = (struct tokenfile)TOKENFILE_NONE;
}
