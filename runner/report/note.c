#include "platform.h"

#include <stdarg.h>

#include "runner/base/stamp.h"
#include "runner/report/note.h"

struct note
note_into(struct buf *to)
{
	return (struct note){ to, true };
}

void
note_add(struct note *note, const char *format, ...)
{
	va_list args;

	if (!note->is_first)
		buf_add_text(note->to, "; ");
	note->is_first = false;
	va_start(args, format);
	buf_vprintf(note->to, format, args);
	va_end(args);
}

static void
add_settled(struct note *note, const struct chunk *chunk)
{
	note_add(note, "settled by %s: %s", chunk->settled_by, chunk->settled_why);
}

static void
add_words(struct note *note, const struct chunk *chunk)
{
	static const struct {
		enum chunk_note bit;
		const char *words;
	} words[] = {
		{ NOTE_RESUBMITTED, "resubmitted" },
		{ NOTE_RETRIED, "sent again by retry" },
		{ NOTE_FOUND_BY_PROBE, "found by probe" },
		{ NOTE_SENT_AGAIN, "sent again: not in the nation's list" },
		{ NOTE_NEVER_TAKEN, "never taken" },
		{ NOTE_NO_COUNTS, "no counts: the nation no longer has the result" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		if (chunk->notes & words[i].bit)
			note_add(note, "%s", words[i].words);
	}
	if (chunk->notes & NOTE_SETTLED)
		add_settled(note, chunk);
}

/* What is known of the attempt whose answer was lost. */
static void
add_evidence(struct note *note, const struct chunk *chunk)
{
	char at[STAMP_BYTES];

	if (chunk->started_ms)
		note_add(note, "attempt began %s", stamp_iso(chunk->started_ms, at));
	note_add(note, "%llu bytes handed over", (unsigned long long)chunk->handed_bytes);
	if (chunk->http_status)
		note_add(note, "answer %u", chunk->http_status);
	else
		note_add(note, "no answer");
	if (chunk->request_id[0])
		note_add(note, "request id %s", chunk->request_id);
}

/* Pieces are named in full: whoever reads the line looks for theirs. */
static void
add_lineage(struct note *note, const char *source, const struct plan_chunk *plan,
    const struct chunk *chunk)
{
	if (plan->parent)
		note_add(note, "split from %s-%u", source, plan->parent);
	if (plan->retry_first && plan->retry_first == plan->retry_last)
		note_add(note, "retry of rejected rows of %s-%u", source, plan->retry_first);
	else if (plan->retry_first)
		note_add(note, "retry of rejected rows of %s-%u to %s-%u", source,
		    plan->retry_first, source, plan->retry_last);
	if (!(chunk->notes & NOTE_SPLIT))
		return;
	note_add(note, "split into");
	for (uint32_t i = 0; i < chunk->pieces; i++)
		buf_printf(note->to, " %s-%u", source, chunk->first_piece + i);
}

void
note_chunk(struct note *note, const char *source, const struct plan_chunk *plan,
    const struct chunk *chunk)
{
	add_lineage(note, source, plan, chunk);
	add_words(note, chunk);
	switch (chunk->state) {
	case CHUNK_IN_DOUBT:
	case CHUNK_HELD:
		if (chunk->text[0])
			note_add(note, "%s", chunk->text);
		add_evidence(note, chunk);
		break;
	case CHUNK_REFUSED:
	case CHUNK_FAILED:
		if (chunk->text[0])
			note_add(note, "%s", chunk->text);
		break;
	case CHUNK_PLANNED:
	case CHUNK_SUBMITTING:
	case CHUNK_SUBMITTED:
	case CHUNK_FINISHED:
	case CHUNK_DONE:
	case CHUNK_SKIPPED:
		break;
	}
}
