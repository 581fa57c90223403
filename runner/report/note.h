/* note.h - what a reader of report.csv must know of a chunk, in words, joined by "; ".
 *
 * The words of product.md section 5 in a fixed order; then the evidence where a person has to
 * decide or to look: the nation's message or the reason, when the last attempt began, the bytes
 * handed over, the answer and its X-Request-Id (replies.md, "Settling a doubt" 3). */
#ifndef RUNNER_REPORT_NOTE_H
#define RUNNER_REPORT_NOTE_H

#include "runner/base/buf.h"
#include "runner/core/chunk.h"

struct note {
	struct buf *to;
	bool is_first;
};

struct note note_into(struct buf *to);

/* One more remark. */
void note_add(struct note *note, const char *format, ...) __attribute__((format(printf, 2, 3)));

void note_chunk(struct note *note, const char *source, const struct plan_chunk *plan,
    const struct chunk *chunk);

#endif
