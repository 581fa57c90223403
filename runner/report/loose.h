/* loose.h - takes one record of delimited text apart, whatever it looks like. Pure.
 *
 * A quotation mark that stands first in a field opens it; it closes only before a delimiter, the
 * end of a line or the end of the text, and any other one is text. One that never closes, or not
 * within 64 KiB, is text too. Two in a row are one. But where a field has shown a single mark
 * inside, its writer does not double them, and two before the end of a field are a text mark and
 * the closing one. Records end at LF or CR LF. */
#ifndef RUNNER_REPORT_LOOSE_H
#define RUNNER_REPORT_LOOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/base/limits.h"
#include "runner/base/span.h"

/* Twice what a record may have, so that a text full of commas still fits; what follows the last
 * field is part of it. */
enum { LOOSE_FIELDS_MOST = 2 * LIMIT_COLUMNS };

#define LOOSE_NO_FIELD SIZE_MAX

struct loose_field {
	size_t raw, raw_end;   /* in the bytes given, quotation marks included */
	size_t text, text_end; /* in loose.text, without them */
};

struct loose {
	char delimiter;
	size_t endless; /* this field goes on over line ends up to its delimiter; LOOSE_NO_FIELD */

	struct loose_field *fields;
	size_t count, room;
	struct buf text;
};

/* 0, or -1 if memory is short. */
int loose_init(struct loose *loose, struct err *err);
void loose_done(struct loose *loose);

/* Takes the record at the front of `bytes`; *used is its length, its line end included. False if it
 * may go on behind the bytes: call again with more; `is_all` says that there is no more. Where memory
 * was short loose.text has failed. */
bool loose_take(struct loose *loose, struct span bytes, bool is_all, size_t *used);

/* Lent until the next record; empty for a field that the record does not have. */
struct span loose_text(const struct loose *loose, size_t field);

/* What a field's raw bytes say, blanks and line ends at both ends apart: what stands between two
 * quotation marks with doubled marks single, or just stands there. For a field that its writer did
 * not quote well; for others it is loose_text(), trimmed. */
void loose_unquote(struct buf *to, struct span raw);

#endif
