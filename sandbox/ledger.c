#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/number.h"
#include "sandbox/ledger.h"

/* The id that a line about an import names, or 0. Only our own lines are read. */
static uint64_t
id_in(const char *line)
{
	static const char name[] = "\"id\":";
	const char *member = strstr(line, name);
	uint64_t id;

	if (!member)
		return 0;
	member += strlen(name);
	return number_u64((struct span){ member, strspn(member, "0123456789") }, &id) ? 0 : id;
}

/* Finds the greatest id and whether the last line has its end. */
static int
read_all(const char *path, uint64_t *last_id, bool *is_whole, struct err *err)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t line_bytes = 0;
	ssize_t len;
	int result = 0;

	if (!file)
		return err_system(err, ERR_INPUT, errno, "%s", path);
	while ((len = getline(&line, &line_bytes, file)) > 0) {
		uint64_t id = id_in(line);

		*last_id = id > *last_id ? id : *last_id;
		*is_whole = line[len - 1] == '\n';
	}
	if (ferror(file))
		result = err_system(err, ERR_IO, errno, "%s", path);
	free(line);
	fclose(file);
	return result;
}

int
ledger_open(struct ledger *ledger, const char *path, struct err *err)
{
	struct ledger opened = LEDGER_NONE;
	bool is_whole = true;
	struct stat facts;

	/* Not waiting for somebody to read a pipe. */
	opened.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
	if (opened.fd < 0)
		return err_system(err, ERR_CREATE, errno, "%s", path);
	if (fstat(opened.fd, &facts) || !S_ISREG(facts.st_mode)) {
		ledger_close(&opened);
		return err_set(err, ERR_CREATE, "%s is not a file", path);
	}
	if (read_all(path, &opened.last_id, &is_whole, err)) {
		ledger_close(&opened);
		return -1;
	}
	if (!is_whole && write(opened.fd, "\n", 1) != 1) {
		ledger_close(&opened);
		return err_system(err, ERR_IO, errno, "%s", path);
	}
	*ledger = opened;
	return 0;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger->fd >= 0)
		close(ledger->fd);
	ledger->fd = -1;
}

static int
append(int fd, const struct buf *lines, struct err *err)
{
	size_t at = 0;

	while (at < lines->len) {
		ssize_t written = write(fd, lines->ptr + at, lines->len - at);

		if (written < 0 && errno != EINTR)
			return err_system(err, ERR_IO, errno, "writing the ledger");
		at += written > 0 ? (size_t)written : 0;
	}
	if (fdatasync(fd))
		return err_system(err, ERR_IO, errno, "syncing the ledger");
	return 0;
}

int
ledger_write(struct ledger *ledger, const struct buf *lines, struct err *err)
{
	struct stat before;

	if (buf_check(lines, err))
		return -1;
	if (ledger->fd < 0)
		return 0;
	if (ledger->is_broken || fstat(ledger->fd, &before))
		return err_set(err, ERR_IO, "the ledger cannot be written any more");
	if (append(ledger->fd, lines, err) == 0)
		return 0;
	ledger->is_broken = ftruncate(ledger->fd, before.st_size) || fdatasync(ledger->fd);
	return -1;
}
