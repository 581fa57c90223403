#include "platform.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/report/accepted.h"
#include "runner/report/progress.h"

enum {
	WIDE_COLUMNS = 76, /* from here on the three lines fit */
	BAR_MOST = 46,
	SPARE = 6, /* right of the bar: the day of a distant end does not move it */
	NAME_BYTES = 17, /* of a source, in front of the bar; longer ones are cut */
	DAY_MS = 24 * 60 * 60 * 1000,
};

struct progress_facts
progress_facts(const struct report_job *job, const struct tally *tallies)
{
	struct progress_facts facts = { .source = "", .waiting_for = "" };
	struct tally total = { 0 };

	for (size_t i = job->source_count; i-- > 0;) {
		const uint64_t *chunks = tallies[i].chunks;

		tally_sum(&total, &tallies[i]);
		if (chunks[CHUNK_PLANNED] + chunks[CHUNK_SUBMITTING] + chunks[CHUNK_SUBMITTED] +
		    chunks[CHUNK_FINISHED] + chunks[CHUNK_IN_DOUBT])
			facts.source = job->sources[i].name;
	}
	for (int state = 0; state < CHUNK_STATE_COUNT; state++)
		facts.chunks_total += total.chunks[state];
	facts.rows_accepted = accepted_rows(&total, tally_equation(&total));
	facts.rows_rejected = tally_rejected(&total);
	facts.rows_total = total.rows_planned;
	facts.chunks_done = total.chunks[CHUNK_DONE] + total.chunks[CHUNK_SKIPPED];
	facts.chunks_uploaded = total.chunks[CHUNK_SUBMITTED] + total.chunks[CHUNK_FINISHED] +
				total.chunks[CHUNK_DONE];
	facts.chunks_waiting = total.chunks[CHUNK_IN_DOUBT] + total.chunks[CHUNK_HELD];
	facts.chunks_refused = total.chunks[CHUNK_REFUSED];
	facts.chunks_failed = total.chunks[CHUNK_FAILED];
	facts.retries = total.retries;
	return facts;
}

/* How many of `whole` parts are reached. */
static uint64_t
share_of(const struct progress_facts *facts, uint64_t whole)
{
	uint64_t rows = facts->rows_accepted + facts->rows_rejected;

	if (facts->rows_total == 0 || rows >= facts->rows_total)
		return whole;
	return (uint64_t)((unsigned __int128)rows * whole / facts->rows_total);
}

static void
add_percent(struct buf *to, const struct progress_facts *facts)
{
	uint64_t per_mille = share_of(facts, 1000);

	buf_printf(to, "%llu.%llu%%", (unsigned long long)(per_mille / 10),
	    (unsigned long long)(per_mille % 10));
}

/* "about 03:12", with its day if that is not within a day; nothing if it is not known. */
static void
add_eta(struct buf *to, const char *before, const struct progress_facts *facts)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	struct stamp_parts parts = stamp_split(facts->eta_ms);
	int64_t left_ms = facts->eta_ms - facts->now_ms;

	if (facts->eta_ms == 0)
		return;
	buf_add_text(to, before);
	if (left_ms >= 7 * (int64_t)DAY_MS)
		buf_printf(to, "in %lld days", (long long)(left_ms / DAY_MS));
	else if (left_ms >= DAY_MS)
		buf_printf(to, "about %s %02d:%02d", days[parts.weekday], parts.hour, parts.minute);
	else
		buf_printf(to, "about %02d:%02d", parts.hour, parts.minute);
}

static void
add_bar(struct buf *to, const struct progress_facts *facts, size_t width)
{
	uint64_t filled = share_of(facts, width);

	buf_add_byte(to, '[');
	for (uint64_t i = 0; i < width; i++)
		buf_add_byte(to, i < filled ? '#' : i == filled ? '>' : '.');
	buf_add_byte(to, ']');
}

/* A line of parts two blanks apart, as many of them as fit. */
struct parts {
	struct buf *to;
	size_t begin;
	size_t columns;
	bool is_full;
};

static void __attribute__((format(printf, 2, 3)))
add_part(struct parts *parts, const char *format, ...)
{
	size_t before = parts->to->len;
	va_list args;

	if (parts->is_full)
		return;
	if (before > parts->begin)
		buf_add_text(parts->to, "  ");
	va_start(args, format);
	buf_vprintf(parts->to, format, args);
	va_end(args);
	if (parts->to->len - parts->begin <= parts->columns)
		return;
	parts->to->len = before;
	parts->to->ptr[before] = '\0';
	parts->is_full = true;
}

static void
add_doubts(struct parts *parts, const struct progress_facts *facts)
{
	char count[SHOW_BYTES];

	if (facts->chunks_waiting)
		add_part(parts, "in doubt %s", show_count(facts->chunks_waiting, count));
	if (facts->chunks_refused)
		add_part(parts, "refused %s", show_count(facts->chunks_refused, count));
	if (facts->chunks_failed)
		add_part(parts, "failed %s", show_count(facts->chunks_failed, count));
}

static void
add_chunks(struct parts *parts, const struct progress_facts *facts)
{
	char number[4][SHOW_BYTES];

	show_count(facts->chunks_done, number[0]);
	show_count(facts->chunks_total, number[1]);
	if (facts->rows_working)
		add_part(parts, "chunk %s/%s working %s/%s", number[0], number[1],
		    show_count(facts->rows_worked, number[2]),
		    show_count(facts->rows_working, number[3]));
	if (facts->rows_working && !parts->is_full)
		return;
	parts->is_full = false;
	add_part(parts, "chunk %s/%s", number[0], number[1]);
}

/*     people  [#############################>................] 63.1%  about 03:12
 *     rows  accepted 8,412,300  rejected 812  of 13,482,001  1,140 rows/s
 *     chunk 231/371 working 12,000/36,000  uploaded 232  retries 3 */
static unsigned
add_wide(struct buf *to, const struct progress_facts *facts, unsigned columns)
{
	char number[4][SHOW_BYTES];
	struct parts parts;
	size_t name_bytes = strnlen(facts->source, NAME_BYTES);
	size_t width = columns - name_bytes - strlen("  [] 63.1%  about 03:12") - SPARE;

	buf_printf(to, "%.*s%s", (int)name_bytes, facts->source, name_bytes ? "  " : "");
	add_bar(to, facts, width < BAR_MOST ? width : BAR_MOST);
	buf_add_byte(to, ' ');
	add_percent(to, facts);
	add_eta(to, "  ", facts);
	buf_add_byte(to, '\n');

	parts = (struct parts){ to, to->len, columns, false };
	add_part(&parts, "rows");
	add_part(&parts, "accepted %s", show_count(facts->rows_accepted, number[0]));
	add_part(&parts, "rejected %s", show_count(facts->rows_rejected, number[1]));
	add_part(&parts, "of %s", show_count(facts->rows_total, number[2]));
	if (facts->rows_per_second)
		add_part(&parts, "%s rows/s", show_count(facts->rows_per_second, number[3]));
	buf_add_byte(to, '\n');

	parts = (struct parts){ to, to->len, columns, false };
	add_chunks(&parts, facts);
	add_doubts(&parts, facts);
	add_part(&parts, "uploaded %s", show_count(facts->chunks_uploaded, number[2]));
	add_part(&parts, "retries %s", show_count(facts->retries, number[3]));
	if (facts->waiting_for[0])
		add_part(&parts, "waiting for %s", facts->waiting_for);
	return 3;
}

/*     [###############>........] 63.1% about 03:12
 *     8.41M ok  812 bad  of 13.5M  231/371 ch */
static unsigned
add_narrow(struct buf *to, const struct progress_facts *facts, unsigned columns)
{
	char number[2][SHOW_BYTES];
	struct parts parts;

	add_bar(to, facts, columns - strlen("[] 63.1% about 03:12") - SPARE);
	buf_add_byte(to, ' ');
	add_percent(to, facts);
	add_eta(to, " ", facts);
	buf_add_byte(to, '\n');

	parts = (struct parts){ to, to->len, columns, false };
	add_part(&parts, "%s ok", show_short(facts->rows_accepted, number[0]));
	add_part(&parts, "%s bad", show_short(facts->rows_rejected, number[0]));
	add_part(&parts, "of %s", show_short(facts->rows_total, number[0]));
	add_part(&parts, "%s/%s ch", show_short(facts->chunks_done, number[0]),
	    show_short(facts->chunks_total, number[1]));
	add_doubts(&parts, facts);
	return 2;
}

unsigned
progress_screen(struct buf *to, const struct progress_facts *facts, unsigned columns)
{
	return columns >= WIDE_COLUMNS ? add_wide(to, facts, columns)
				       : add_narrow(to, facts, columns);
}

void
progress_line(struct buf *to, const struct progress_facts *facts)
{
	char number[3][SHOW_BYTES];

	buf_printf(to, "%s of %s chunks", show_count(facts->chunks_done, number[0]),
	    show_count(facts->chunks_total, number[1]));
	if (facts->chunks_waiting)
		buf_printf(to, ", %s in doubt", show_count(facts->chunks_waiting, number[0]));
	if (facts->chunks_refused)
		buf_printf(to, ", %s refused", show_count(facts->chunks_refused, number[0]));
	if (facts->chunks_failed)
		buf_printf(to, ", %s failed", show_count(facts->chunks_failed, number[0]));
	buf_printf(to, ", %s rows accepted, %s rejected of %s (",
	    show_count(facts->rows_accepted, number[0]),
	    show_count(facts->rows_rejected, number[1]), show_count(facts->rows_total, number[2]));
	add_percent(to, facts);
	buf_add_byte(to, ')');
	add_eta(to, ", ", facts);
}

void
progress_clock(struct buf *to, int64_t local_ms)
{
	struct stamp_parts parts = stamp_split(local_ms);

	buf_printf(to, "%02d:%02d:%02d", parts.hour, parts.minute, parts.second);
}
