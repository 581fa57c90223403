#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/show.h"
#include "runner/source/file.h"

static const char *
kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a folder";
	case S_IFIFO:
		return "a pipe";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

static void
take_facts(struct file *file, const struct stat *facts)
{
	file->size = (uint64_t)facts->st_size;
	file->mtime_ns = (int64_t)facts->st_mtim.tv_sec * 1000000000 + facts->st_mtim.tv_nsec;
	file->inode = facts->st_ino;
	file->device = facts->st_dev;
}

int
file_open(struct file *file, struct file_name name, struct err *err)
{
	SCOPED(file) opened = FILE_NONE;
	struct stat facts;

	/* Nobody may write into a pipe for ever. */
	opened.fd = open(name.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	/* A process that is confined to the files that it was given (confine.h) cannot open one that
	 * was renamed into their place; what a person may do shows the difference. */
	if (opened.fd < 0 && errno == EACCES && access(name.path, R_OK) == 0)
		return err_set(err, ERR_INPUT,
		    "%s was replaced by another file since this command began", name.written);
	if (opened.fd < 0)
		return err_system(err, ERR_INPUT, errno, "%s cannot be opened", name.written);
	if (fstat(opened.fd, &facts))
		return err_system(err, ERR_INPUT, errno, "%s cannot be looked at", name.written);
	if (!S_ISREG(facts.st_mode))
		return err_set(err, ERR_INPUT,
		    "%s is %s: an input is a file, which can be read again", name.written,
		    kind_of(facts.st_mode));
	opened.written = name.written;
	take_facts(&opened, &facts);
	*file = opened;
	opened.fd = -1;
	return 0;
}

void
file_close(struct file *file)
{
	if (file->fd >= 0)
		close(file->fd); /* read-only: nothing can be lost */
	file->fd = -1;
}

static int
read_at(void *ctx, uint64_t offset, void *to, size_t most, size_t *got, struct err *err)
{
	const struct file *file = ctx;
	char place[SHOW_BYTES];
	ssize_t count;

	do {
		count = pread(file->fd, to, most, (off_t)offset);
	} while (count < 0 && errno == EINTR);
	if (count < 0)
		return err_system(err, ERR_INPUT, errno, "%s cannot be read at byte %s",
		    file->written, show_count(offset, place));
	*got = (size_t)count;
	return 0;
}

struct reader
file_reader(struct file *file)
{
	return (struct reader){ .ctx = file, .read = read_at };
}

int
file_check_unchanged(const struct file *file, struct err *err)
{
	struct file now = *file;
	struct stat facts;

	if (fstat(file->fd, &facts))
		return err_system(err, ERR_INPUT, errno, "%s cannot be looked at", file->written);
	take_facts(&now, &facts);
	if (now.size != file->size || now.mtime_ns != file->mtime_ns)
		return err_set(err, ERR_INPUT,
		    "%s changed while it was read\n"
		    "  Wait until whatever writes it is done, then start again.\n"
		    "Nothing was sent.",
		    file->written);
	return 0;
}

void
file_describe(const struct file *file, struct plan_input *input)
{
	input->mtime_ns = file->mtime_ns;
	input->inode = file->inode;
}
