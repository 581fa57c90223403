#include "platform.h"

#include "runner/base/show.h"
#include "runner/report/report_csv.h"

enum { HEX_BYTES = 65 };

void
report_csv_header(struct csv *csv)
{
	buf_add_text(csv->to,
	    "source,chunk,source_file,first_row,last_row,first_byte,end_byte,rows_sent,"
	    "rows_left_out,sha256,state,attempts,import_id,submitted_at,finished_at,"
	    "rows_succeeded,rows_updated,rows_failed,rows_unaccounted,note");
	csv_end(csv);
}

/* The rows of a chunk that was split are counted with its pieces (product.md section 9). */
static void
add_range(struct csv *csv, const struct plan_chunk *plan, bool is_split)
{
	csv_number(csv, plan->first_row);
	csv_number(csv, plan_last_row(plan));
	csv_number(csv, plan->first_byte);
	csv_number(csv, plan->end_byte);
	csv_number(csv, is_split ? 0 : plan_rows_sent(plan));
	csv_number(csv, is_split ? 0 : plan->rows_left_out);
}

static void
add_digest(struct csv *csv, const struct digest *sha256)
{
	char hex[HEX_BYTES];

	if (!sha256->is_known) {
		csv_empty(csv);
		return;
	}
	show_hex(sha256->bytes, sizeof(sha256->bytes), hex);
	csv_raw(csv, span_of(hex));
}

static void
add_progress(struct csv *csv, const struct chunk *chunk)
{
	csv_raw(csv, span_of(chunk_state_word(chunk->state)));
	csv_number(csv, chunk->attempts);
	if (chunk->import_id)
		csv_number(csv, chunk->import_id);
	else
		csv_empty(csv);
	csv_time(csv, chunk->submitted_ms);
	csv_time(csv, chunk->finished_ms);
}

static void
add_count(struct csv *csv, const struct chunk *chunk, uint64_t count)
{
	if (chunk->has_counts)
		csv_number(csv, count);
	else
		csv_empty(csv);
}

/* What a person wrote may stand in it. */
static void
add_note(struct csv *csv, struct span note)
{
	SCOPED(buf) shown = BUF_INIT;

	show_safe(&shown, note, SIZE_MAX);
	csv_text(csv, buf_span(&shown));
	csv->to->failed |= buf_failed(&shown);
}

void
report_csv_line(struct csv *csv, const struct report_csv_line *line)
{
	const struct chunk *chunk = line->chunk;
	char room[REPORT_INPUT_BYTES];

	csv_text(csv, span_of(line->source->name));
	csv_number(csv, chunk->number);
	csv_text(csv, span_of(report_input_name(line->source, line->plan->input, room)));
	add_range(csv, line->plan, chunk->notes & NOTE_SPLIT);
	add_digest(csv, line->sha256);
	add_progress(csv, chunk);
	add_count(csv, chunk, chunk->rows_succeeded);
	add_count(csv, chunk, chunk->rows_updated);
	add_count(csv, chunk, chunk->rows_failed);
	csv_number(csv, line->rows_unaccounted);
	add_note(csv, line->note);
	csv_end(csv);
}
