/* grounds.h - rejected rows, grouped by why.
 *
 * A reason names the row that it is about: "Email ann@example.org has already been taken". Folded, it
 * does not, and a thousand reasons are one: "Email «…» has already been taken". A placeholder stands
 * for
 *
 *     what is between quotation marks: "…" '…' “…” «…» `…`, and in Key (email)=(…)
 *     a value of the row itself, of two signs or more, as a word of the reason
 *     a word with a digit in it (number, date, id), or an @ (e-mail address)
 *
 * but not for the name of a column. Several in a row are one; blanks and line ends are one blank. The same
 * reason and row give the same text; the time is linear in the reason's length, for a row of so many
 * columns.
 *
 * At most GROUNDS_MOST reasons are told apart, those that come first; the rest is counted as others. */
#ifndef RUNNER_REPORT_GROUNDS_H
#define RUNNER_REPORT_GROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/jsonw.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

enum {
	GROUNDS_MOST = 1000,
	GROUNDS_BYTES = 160, /* of a folded reason, with its NUL; a longer one ends with … */
};

/* What is known of the row: its columns as they are sent and their values; all lent. */
struct grounds_known {
	const struct span *columns;
	size_t column_count;
	const struct span *fields;
	size_t field_count;
};

/* Puts the folded reason into `to`, which is cleared. */
void grounds_fold(struct buf *to, struct span reason, const struct grounds_known *known);

struct ground {
	uint64_t rows;
	char text[GROUNDS_BYTES];
};

struct grounds {
	struct ground *items;
	size_t count;
	size_t room;
	uint64_t rows;   /* all */
	uint64_t others; /* of them, with reasons beyond GROUNDS_MOST */
	uint16_t *slots; /* by hash of the text: index + 1 */
};

#define GROUNDS_NONE { NULL, 0, 0, 0, 0, NULL }

/* Counts a row with this folded reason. */
int grounds_add(struct grounds *grounds, struct span folded, struct err *err);

/* Most rows first; of equally many the lower text. Nothing is added afterwards. */
void grounds_sort(struct grounds *grounds);

/* "reasons":[{"rows":3,"reason":"email is invalid"}],"others":0 */
void grounds_json(struct jsonw *json, const struct grounds *grounds);

void grounds_done(struct grounds *grounds);
SCOPED_BY(grounds, grounds_done)

/* Whether a person who asks for `wanted` means this reason: the folded text, or the text as the nation sent
 * it, is that or has it in it, without regard to the case of A to Z. */
bool grounds_match(struct span wanted, struct span reason, struct span folded);

#endif
