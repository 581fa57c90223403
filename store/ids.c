#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/crc32c.h"
#include "runner/base/number.h"
#include "runner/files/folder.h"
#include "store/ids.h"

enum { LINE_BYTES = 128, FILE_BYTES = LINE_BYTES * IDS_MOST };

static int
flush(int fd)
{
	int rc;

	do
		rc = fdatasync(fd);
	while (rc && errno == EINTR);
	return rc ? errno : 0;
}

/* Blanks and a newline: a line that is free. */
static void
blank_line(char line[static LINE_BYTES])
{
	memset(line, ' ', LINE_BYTES - 1);
	line[LINE_BYTES - 1] = '\n';
}

int
ids_make(const char *folder, struct err *err)
{
	char text[FILE_BYTES];
	bool is_there;

	if (folder_has(folder, "ids", &is_there, err))
		return -1;
	if (is_there)
		return 0;
	for (unsigned i = 0; i < IDS_MOST; i++)
		blank_line(text + i * LINE_BYTES);
	return folder_write(folder, "ids", (struct span){ text, sizeof(text) }, err);
}

static int
read_file(const struct ids *ids, char text[static FILE_BYTES], struct err *err)
{
	size_t at = 0;

	while (at < FILE_BYTES) {
		ssize_t got = pread(ids->fd, text + at, FILE_BYTES - at, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, ERR_IO, errno, "%s", ids->path);
		if (got == 0)
			return err_set(err, ERR_IO, "%s is damaged: %zu of %d bytes are left",
			    ids->path, at, FILE_BYTES);
		at += (size_t)got;
	}
	return 0;
}

static bool
is_free(const char line[static LINE_BYTES])
{
	char blank[LINE_BYTES];

	blank_line(blank);
	return memcmp(line, blank, LINE_BYTES) == 0;
}

int
ids_open(struct ids *ids, const char *folder, struct err *err)
{
	char text[FILE_BYTES];

	*ids = (struct ids)IDS_NONE;
	ids->path = folder_path(folder, "ids");
	if (!ids->path)
		return err_memory(err);
	ids->fd = open(ids->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (ids->fd < 0) {
		err_system(err, errno == ENOENT ? ERR_INPUT : ERR_IO, errno, "%s", ids->path);
		ids_close(ids);
		return -1;
	}
	if (read_file(ids, text, err)) {
		ids_close(ids);
		return -1;
	}
	while (ids->used < IDS_MOST && !is_free(text + ids->used * LINE_BYTES))
		ids->used++;
	return 0;
}

void
ids_close(struct ids *ids)
{
	if (ids->fd >= 0)
		close(ids->fd);
	free(ids->path);
	*ids = (struct ids)IDS_NONE;
}

static int
write_at(struct ids *ids, const char *bytes, size_t len, uint64_t offset, struct err *err)
{
	int code = folder_pwrite(ids->fd, bytes, len, offset);

	if (!code)
		code = flush(ids->fd);
	return code ? folder_write_error(ids->path, code, err) : 0;
}

int
ids_rescue(struct ids *ids, const struct ids_entry *entry, struct err *err)
{
	char text[LINE_BYTES];
	char line[LINE_BYTES];
	int len;

	if (ids->used == IDS_MOST)
		return err_set(err, ERR_IO, "%s has no free line", ids->path);
	len = snprintf(text, sizeof(text),
	    "source %" PRIu32 " chunk %" PRIu32 " attempt %" PRIu32 " import %" PRIu64,
	    entry->source, entry->number, entry->attempt, entry->import_id);
	blank_line(line);
	memcpy(line, text, (size_t)len);
	snprintf(text + len, sizeof(text) - (size_t)len, " check %08" PRIX32,
	    crc32c(0, line, (size_t)len));
	memcpy(line, text, strlen(text));
	if (write_at(ids, line, sizeof(line), (uint64_t)ids->used * LINE_BYTES, err))
		return -1;
	ids->used++;
	return 0;
}

static bool
parse_line(const char line[static LINE_BYTES], struct ids_entry *entry)
{
	struct span rest = span_trim((struct span){ line, LINE_BYTES });
	static const char *const words[] = { "source", "chunk", "attempt", "import" };
	uint64_t values[ARRAY_COUNT(words)];
	uint64_t most[] = { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT64_MAX };
	char check[16];

	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		if (!span_is(span_next(&rest, ' '), words[i]) || !rest.ptr ||
		    number_u64(span_next(&rest, ' '), &values[i]) || values[i] > most[i] ||
		    !rest.ptr)
			return false;
	}
	snprintf(check, sizeof(check), "check %08" PRIX32,
	    crc32c(0, line, (size_t)(rest.ptr - line) - 1));
	*entry = (struct ids_entry){ (uint32_t)values[0], (uint32_t)values[1],
		(uint32_t)values[2], values[3] };
	return span_is(rest, check);
}

int
ids_read(struct ids *ids, struct ids_entry *entries, unsigned *count, struct err *err)
{
	char text[FILE_BYTES];
	unsigned found = 0;

	if (read_file(ids, text, err))
		return -1;
	for (unsigned i = 0; i < ids->used; i++) {
		if (parse_line(text + i * LINE_BYTES, &entries[found]))
			found++;
	}
	*count = found;
	return 0;
}

int
ids_clear(struct ids *ids, struct err *err)
{
	char text[FILE_BYTES];

	if (ids->used == 0)
		return 0;
	for (unsigned i = 0; i < IDS_MOST; i++)
		blank_line(text + i * LINE_BYTES);
	if (write_at(ids, text, sizeof(text), 0, err))
		return -1;
	ids->used = 0;
	return 0;
}
