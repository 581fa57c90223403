/* handed.h - the file that a person hands in to be sent again: what `rollcall rejects` wrote, or a part of it,
 * corrected.
 *
 * UTF-8, commas, a header line. Its columns may stand in any order and must be the seven of rejected.csv and
 * columns that some source of the job sends; a byte order mark, CR LF and needless quotation marks do no
 * harm. Everything else is ERR_DATA and names the line.
 *
 * It is read once: its digest is taken of the bytes as they come. */
#ifndef RUNNER_CLI_HANDED_H
#define RUNNER_CLI_HANDED_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/core/event.h"
#include "runner/report/rejected_csv.h"
#include "runner/report/report.h"
#include "runner/source/digest.h"
#include "runner/source/file.h"
#include "runner/source/reader.h"
#include "runner/source/rows.h"

enum { HANDED_NO_COLUMN = -1 };

struct handed {
	const struct report_job *job;
	struct file *file;
	struct rows rows;
	struct row row; /* at hand */

	uint32_t column_count;
	struct buf *names;
	struct buf *values; /* of the row at hand */
	int leading[REJECTED_CSV_LEADING];

	struct reader inner, outer; /* outer takes the digest of what inner reads */
	struct digest_sha sha;
	uint64_t digested; /* bytes */
};

/* Reads the header line. Job and file are borrowed; the handed file stays where it is until
 * handed_done(). */
int handed_open(struct handed *handed, const struct report_job *job, struct file *file,
    struct err *err);
void handed_done(struct handed *handed);
SCOPED_BY(handed, handed_done)

/* The next row, until *is_end; its cells are lent until the one after it. */
int handed_next(struct handed *handed, bool *is_end, struct err *err);

/* A cell of the seven columns. */
struct span handed_leading(const struct handed *handed, enum rejected_csv_column column);

/* The column of the file that is called so; HANDED_NO_COLUMN if there is none beside the seven. */
int handed_find(const struct handed *handed, struct span name);
struct span handed_value(const struct handed *handed, int column);

/* What a person wrote into a column that this source does not send would vanish: ERR_DATA. */
int handed_check_others(const struct handed *handed, const struct report_source *source,
    struct err *err);

/* Sets *err to "fix.csv line 12: WHAT", and that nothing was done; -1. */
int handed_wrong(const struct handed *handed, struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Of the whole file, wherever its rows were left. Once. */
int handed_digest(struct handed *handed, struct digest *digest, struct err *err);

#endif
