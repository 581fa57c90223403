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
#include "runner/base/show.h"
#include "runner/files/folder.h"
#include "store/mark.h"

static const char name[] = "mark";

enum {
	LINE_BYTES = 128, /* events 20 digits, hash 64, check 8, words */
	HEX_BYTES = 2 * SCHEMA_HASH_BYTES + 1,
};

/* ---- the line */

static void
write_line(const struct schema_head *head, char line[static LINE_BYTES])
{
	char hash[HEX_BYTES], text[LINE_BYTES];
	int len;

	show_hex(head->hash, sizeof(head->hash), hash);
	len = snprintf(text, sizeof(text), "events %" PRIu64 " hash %s", head->events, hash);
	memset(line, ' ', LINE_BYTES - 1);
	line[LINE_BYTES - 1] = '\n';
	memcpy(line, text, (size_t)len);
	snprintf(text, sizeof(text), " check %08" PRIX32, crc32c(0, line, (size_t)len));
	memcpy(line + len, text, strlen(text));
}

/* What does not come out as it went in was not written by us. */
static bool
read_line(struct span text, struct schema_head *head)
{
	struct span rest = text;
	char line[LINE_BYTES];

	if (text.len != LINE_BYTES || !span_is(span_next(&rest, ' '), "events") || !rest.ptr ||
	    number_u64(span_next(&rest, ' '), &head->events) || !rest.ptr ||
	    !span_is(span_next(&rest, ' '), "hash") || !rest.ptr ||
	    show_unhex(span_next(&rest, ' '), head->hash, sizeof(head->hash)))
		return false;
	write_line(head, line);
	return memcmp(line, text.ptr, LINE_BYTES) == 0;
}

/* ---- the file */

int
mark_make(const char *folder, const struct schema_head *head, struct err *err)
{
	char line[LINE_BYTES];

	write_line(head, line);
	return folder_write(folder, name, (struct span){ line, sizeof(line) }, err);
}

int
mark_read(const char *folder, struct schema_head *head, bool *is_known, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	bool is_there;

	*is_known = false;
	if (folder_has(folder, name, &is_there, err))
		return -1;
	if (!is_there || folder_read(folder, name, LINE_BYTES, &text, NULL))
		return 0;
	*is_known = read_line(buf_span(&text), head);
	return 0;
}

int
mark_open(struct mark *mark, const char *folder, struct err *err)
{
	char *path = folder_path(folder, name);

	if (!path)
		return err_memory(err);
	mark->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	return 0;
}

void
mark_close(struct mark *mark)
{
	if (mark->fd >= 0)
		close(mark->fd);
	mark->fd = -1;
}

void
mark_put(const struct mark *mark, const struct schema_head *head)
{
	char line[LINE_BYTES];

	if (mark->fd < 0)
		return;
	write_line(head, line);
	folder_pwrite(mark->fd, line, sizeof(line), 0);
}
