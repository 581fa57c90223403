/* look.h - looks at a whole voter file, once or twice: every byte for the encoding and the structure,
 * the fields of the first LOOK_ROWS rows and of each LOOK_EVERYth after them for what columns hold.
 *
 * Memory is a window, and the longest record where that is longer, up to LOOK_RECORD_BYTES. A file
 * that breaks RFC 4180 is read a second time with quotation marks as ordinary characters; if it keeps
 * together then, that is its quoting. */
#ifndef RUNNER_SNIFF_LOOK_H
#define RUNNER_SNIFF_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/sniff/bytes.h"
#include "runner/sniff/column.h"
#include "runner/sniff/known.h"
#include "runner/source/dialect.h"
#include "runner/source/problem.h"
#include "runner/source/reader.h"

enum {
	LOOK_ROWS = 50000,
	LOOK_EVERY = 64,
	/* More than any voter file's; a file of one endless line is no voter file. */
	LOOK_RECORD_BYTES = 16 << 20,
};

struct look {
	struct bytes bytes;
	bool has_mark; /* a byte order mark of UTF-8 */
	struct dialect dialect;
	bool has_header;
	bool is_header_sure; /* false: none was taken for one, though it has words only */

	/* The columns' names: the file's, those of the layout that was recognized, or column_1 on. */
	struct span *names;
	struct column *columns;
	uint32_t column_count;
	const struct known *known; /* the layout, or NULL */

	uint64_t rows;      /* without the header line; to the first problem */
	uint64_t looked_at; /* rows whose fields were looked at */
	uint64_t odd_rows;  /* with another number of fields than the first record */
	uint64_t odd_line;  /* of the first such row */
	uint64_t broken_line; /* of the first byte that breaks UTF-8 */
	char broken[MASK_BYTES]; /* the field that it is in, masked but for the bytes beyond ASCII */
	struct problem problem; /* the first that `check` would refuse the file for */
	uint64_t size;
	struct buf text; /* that names point into */
};

#define LOOK_NONE { .names = NULL }

/* `path` names the input in errors. ERR_DATA: nothing in it, or UTF-16; or the reader's error. */
int look_run(struct look *look, const struct reader *reader, const char *path, struct err *err);
void look_done(struct look *look);
SCOPED_BY(look, look_done)

/* The job file's word for the delimiter: "csv", "tab", "pipe", "semicolon". */
const char *look_format(const struct look *look);

/* Two files of one layout, which are inputs of one source. */
bool look_is_alike(const struct look *one, const struct look *other);

/* The column of that name, or -1. */
int look_find(const struct look *look, struct span name);

#endif
