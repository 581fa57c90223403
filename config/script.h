/* script.h - the text of a job file with its includes put in, and which line stands where.
 *
 * libconfig is handed this text and never opens a file itself: its 1.5 ends the process when an
 * include is a directory, looks for includes in the working directory, and reads no byte order
 * mark. So here every `@include "PATH"` at the head of a line becomes the lines of that file, PATH
 * being relative to the job file's folder; CR LF becomes LF, byte order marks go, the last line ends
 * with LF (libconfig takes a `#` without one for garbage). A place is an offset into the text.
 *
 * What is refused: NUL and other control bytes, bytes that are not UTF-8, UTF-16, includes that are
 * not regular files or nest deeper than SCRIPT_DEPTH, comments without an end, more than
 * SCRIPT_BYTES in all. */
#ifndef CONFIG_SCRIPT_H
#define CONFIG_SCRIPT_H

#include <stddef.h>

#include "config/arena.h"
#include "config/settings.h"
#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

enum {
	/* 67 counties with 153 columns each are 150 KB; a larger file is not a job file. */
	SCRIPT_BYTES = 1 << 20,
	/* As libconfig's own. */
	SCRIPT_DEPTH = 10,
};

struct script {
	struct buf text;
	struct script_line *lines;
	size_t line_count, line_room;
	const char *folder;  /* where includes are looked for */
	struct arena *arena; /* borrowed; owns file names and lines */
};

void script_init(struct script *script, const char *folder, struct arena *arena);
void script_done(struct script *script);
SCOPED_BY(script, script_done)

/* The file at `path`: 66 if it cannot be read, 78 if it is not a text or an include is wrong. */
int script_read_file(struct script *script, const char *path, struct err *err);

/* The same from memory; `path` is what messages call it. An include is refused: a text in memory
 * opens no file. */
int script_read_text(
    struct script *script, const char *path, struct span text, struct err *err);

struct settings_place script_place(const struct script *script, size_t at);

/* The line that `at` stands in, without its end, and where it begins. */
struct span script_line(const struct script *script, size_t at, size_t *start);

#endif
