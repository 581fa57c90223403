#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runner/base/show.h"
#include "runner/cli/copies.h"
#include "runner/files/folder.h"
#include "runner/files/put.h"

static const char folder_name[] = "inputs";

enum { WINDOW_BYTES = 256 << 10 };

static void
name_copy(const struct copies_place *place, char name[static PUT_NAME_BYTES])
{
	snprintf(name, PUT_NAME_BYTES, "%s-%u.txt", place->source, place->input + 1);
}

int
copies_path(const struct copies_place *place, char to[static PATH_MAX], struct err *err)
{
	char name[PUT_NAME_BYTES];
	int len;

	name_copy(place, name);
	len = snprintf(to, PATH_MAX, "%s/%s/%s", place->folder, folder_name, name);
	if (len < 0 || len >= PATH_MAX)
		return err_system(err, ERR_CREATE, ENAMETOOLONG, "%s", place->folder);
	return 0;
}

/* ---- room */

/* Before hours of unpacking: what is sure not to fit is not begun. A .gz only says what its length is
 * beyond a multiple of 4 GiB. */
static int
check_room(int folder, const struct copies_place *place, const struct stage *stage,
    const char *written, struct err *err)
{
	char need[SHOW_BYTES], have[SHOW_BYTES];
	struct statvfs fs;
	uint64_t room;

	if (fstatvfs(folder, &fs))
		return err_system(err, ERR_IO, errno, "%s/%s", place->folder, folder_name);
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (stage->said_bytes <= room)
		return 0;
	show_size(stage->said_bytes, need);
	show_size(room, have);
	if (stage->is_said_loosely) {
		fprintf(stderr, "warning: %s may need %s in %s, where %s are free\n", written, need,
		    place->folder, have);
		return 0;
	}
	return err_set(err, ERR_IO,
	    "%s needs %s in %s, where %s are free\n"
	    "  It is unpacked there once, and that is removed when the load is done.  Make\n"
	    "  room, or put the run folder elsewhere with --state-dir.",
	    written, need, place->folder, have);
}

/* ---- making one */

static int
write_text(struct put *put, struct stage *stage, struct err *err)
{
	char *window = malloc(WINDOW_BYTES);
	size_t got = 1;
	int failed = window ? 0 : err_memory(err);

	while (!failed && got) {
		failed = stage->read(stage, window, WINDOW_BYTES, &got, err);
		if (!failed)
			failed = put_add(put, (struct span){ window, got }, err);
	}
	free(window);
	return failed;
}

static int
write_copy(int folder, const struct copies_place *place, struct input *from, struct err *err)
{
	const char *written = from->file.written;
	SCOPED(put) put = PUT_NONE;
	struct stage *stage = NULL;
	char name[PUT_NAME_BYTES];
	int failed;

	name_copy(place, name);
	failed = input_stage(from, &stage, err) || check_room(folder, place, stage, written, err) ||
	    put_open(&put, folder, name, err) || write_text(&put, stage, err) ||
	    put_commit(&put, err);
	stage_close(stage);
	return failed ? -1 : 0;
}

/* A full disk is told with the folder: which one it was is not to be seen from the input. */
static int
say_where(const struct copies_place *place, const char *written, struct err *err)
{
	if (!err || (err->kind != ERR_IO && err->kind != ERR_CREATE))
		return -1;
	return err_within(err, "unpacking %s into %s/%s", written, place->folder, folder_name);
}

int
copies_make(const struct copies_place *place, struct input *from, struct err *err)
{
	char path[PATH_MAX];
	int folder, failed;

	if (snprintf(path, sizeof(path), "%s/%s", place->folder, folder_name) >= (int)sizeof(path))
		return err_system(err, ERR_CREATE, ENAMETOOLONG, "%s", place->folder);
	if (folder_make(path, NULL, err))
		return -1;
	folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return err_system(err, ERR_CREATE, errno, "%s", path);
	failed = write_copy(folder, place, from, err);
	close(folder);
	return failed ? say_where(place, from->file.written, err) : 0;
}

void
copies_unmake(const struct copies_place *place)
{
	char path[PATH_MAX];

	if (copies_path(place, path, NULL) == 0)
		unlink(path);
	if (snprintf(path, sizeof(path), "%s/%s", place->folder, folder_name) < (int)sizeof(path))
		rmdir(path); /* stays if it has others */
}

/* Of a link in its place only the link goes. */
int
copies_remove(const char *folder, struct err *err)
{
	char path[PATH_MAX];
	struct stat facts;

	if (snprintf(path, sizeof(path), "%s/%s", folder, folder_name) >= (int)sizeof(path))
		return err_system(err, ERR_IO, ENAMETOOLONG, "%s", folder);
	if (lstat(path, &facts) == 0 && S_ISLNK(facts.st_mode))
		return unlink(path) ? err_system(err, ERR_IO, errno, "%s", path) : 0;
	return folder_remove(folder, folder_name, err);
}
