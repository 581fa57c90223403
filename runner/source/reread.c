#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/source/complaint.h"
#include "runner/source/field.h"
#include "runner/source/reread.h"

static int
begin_rows(struct reread *reread, struct err *err)
{
	const struct plan_chunk *plan = &reread->plan;
	uint64_t range = plan->end_byte - plan->first_byte;
	struct rows_options options = {
		.reader = reread->options.reader,
		.dialect = reread->options.layout->dialect,
		.encoding = reread->options.layout->encoding,
		.most_record_bytes = range < UINT32_MAX ? (uint32_t)range : UINT32_MAX,
		.window_bytes = reread->options.window_bytes,
		.first_byte = plan->first_byte,
		.end_byte = plan->end_byte,
		.first_line = plan->first_line,
		.first_row = plan->first_row,
	};

	if (rows_init(&reread->rows, &options, err))
		return -1;
	rows_expect(&reread->rows, reread->options.layout->column_count);
	return 0;
}

static int
allocate(struct reread *reread, struct err *err)
{
	if (digest_fast_init(&reread->digest))
		return err_memory(err);
	reread->window = malloc(reread->options.window_bytes);
	reread->fields = calloc(reread->options.layout->output_count + 1, sizeof(*reread->fields));
	if (!reread->window || !reread->fields)
		return err_memory(err);
	if (!reread->options.layout->is_verbatim &&
	    render_init(&reread->render, reread->options.layout, err))
		return -1;
	return begin_rows(reread, err);
}

int
reread_init(struct reread *reread, const struct reread_options *options, struct err *err)
{
	memset(reread, 0, sizeof(*reread));
	reread->options = *options;
	reread->plan = *options->plan;
	reread->read_at = options->plan->first_byte;
	if (reread->options.window_bytes == 0)
		reread->options.window_bytes = REREAD_WINDOW_BYTES;
	if (allocate(reread, err) == 0)
		return 0;
	reread_done(reread);
	return -1;
}

void
reread_done(struct reread *reread)
{
	digest_fast_done(&reread->digest);
	rows_done(&reread->rows);
	render_done(&reread->render);
	buf_done(&reread->rendered);
	buf_done(&reread->values);
	free(reread->window);
	free(reread->fields);
	reread->window = NULL;
	reread->fields = NULL;
}

static int
is_changed(const struct reread *reread, struct err *err)
{
	char how[64];

	snprintf(how, sizeof(how), "(chunk %u is not what was planned)", reread->plan.number);
	return complaint_changed(reread->options.path, how, reread->options.job, err);
}

static int
next_verbatim(struct reread *reread, struct span *bytes, struct err *err)
{
	uint64_t left = reread->plan.end_byte - reread->read_at;
	size_t most = reread->options.window_bytes;
	size_t got = 0;

	if (left < most)
		most = (size_t)left;
	if (most &&
	    reader_read(reread->options.reader, reread->read_at, reread->window, most, &got, err))
		return -1;
	reread->read_at += got;
	*bytes = (struct span){ reread->window, got };
	return 0;
}

/* The next record of which something is sent. */
static int
next_sent(struct reread *reread, struct row *row, bool *is_end, struct err *err)
{
	enum rows_verdict verdict;

	*is_end = false;
	for (;;) {
		if (rows_pull(&reread->rows, row, &verdict, err))
			return -1;
		if (verdict == ROWS_PROBLEM)
			return is_changed(reread, err);
		*is_end = verdict == ROWS_END;
		reread->row_count = 1;
		if (*is_end || reread->options.layout->is_verbatim)
			return 0;
		if (render_take(&reread->render, row, &reread->row_count, err))
			return -1;
		if (reread->row_count)
			return 0;
		reread->left_out++;
	}
}

/* Whole rows up to a window, or one row. */
static int
next_rendered(struct reread *reread, struct span *bytes, struct err *err)
{
	bool is_end = false;
	struct row row;

	buf_clear(&reread->rendered);
	while (!is_end && reread->rendered.len < reread->options.window_bytes) {
		if (next_sent(reread, &row, &is_end, err))
			return -1;
		if (!is_end)
			render_write(&reread->render, &reread->rendered);
	}
	*bytes = buf_span(&reread->rendered);
	return buf_check(&reread->rendered, err);
}

static int
next_bytes(struct reread *reread, struct span *bytes, struct err *err)
{
	const struct layout *layout = reread->options.layout;

	if (!reread->has_begun && layout->header.len) {
		reread->has_begun = true;
		*bytes = buf_span(&layout->header);
		return 0;
	}
	return layout->is_verbatim ? next_verbatim(reread, bytes, err)
				   : next_rendered(reread, bytes, err);
}

static bool
is_as_planned(const struct reread *reread)
{
	unsigned char digest[DIGEST_FAST_BYTES];

	digest_fast_result(&reread->digest, digest);
	return reread->given == reread->plan.csv_bytes &&
	    memcmp(digest, reread->plan.digest, sizeof(digest)) == 0;
}

int
reread_bytes(struct reread *reread, struct span *bytes, struct err *err)
{
	struct span next;

	if (next_bytes(reread, &next, err))
		return -1;
	reread->given += next.len;
	digest_fast_add(&reread->digest, next.ptr, next.len);
	if (reread->given > reread->plan.csv_bytes || (next.len == 0 && !is_as_planned(reread)))
		return is_changed(reread, err);
	*bytes = next;
	return 0;
}

/* Room that never moves while a row's values are put into it. */
static char *
room_for_values(struct reread *reread, const struct row *row)
{
	buf_clear(&reread->values);
	return buf_reserve(&reread->values, row->content.len);
}

static int
take_verbatim(struct reread *reread, const struct row *row, struct err *err)
{
	const struct layout *layout = reread->options.layout;
	char *to = room_for_values(reread, row);

	if (!to)
		return err_memory(err);
	for (uint32_t i = 0; i < layout->output_count; i++) {
		struct span raw = rows_field(row, layout->outputs[i].column);

		reread->fields[i] = field_value(raw, layout->dialect, to);
		if (reread->fields[i].ptr == to)
			to += reread->fields[i].len;
	}
	return 0;
}

int
reread_record(struct reread *reread, struct reread_record *record, bool *is_end, struct err *err)
{
	struct row row;

	reread->left_out = 0;
	if (next_sent(reread, &row, is_end, err))
		return -1;
	*record = (struct reread_record){ .left_out = reread->left_out };
	if (*is_end)
		return 0;
	record->row = row;
	record->rows = reread->row_count;
	record->sent = row.raw;
	if (reread->options.layout->is_verbatim)
		return 0;
	buf_clear(&reread->rendered);
	record->sent = render_write(&reread->render, &reread->rendered);
	return buf_check(&reread->rendered, err);
}

int
reread_row(struct reread *reread, struct reread_row *row, bool *is_end, struct err *err)
{
	const struct layout *layout = reread->options.layout;

	*is_end = false;
	if (reread->given_rows == reread->row_count) {
		reread->given_rows = reread->row_count = 0;
		if (next_sent(reread, &reread->record, is_end, err))
			return -1;
		if (*is_end) {
			reread->row_count = 0;
			return 0;
		}
	}
	if (layout->is_verbatim && take_verbatim(reread, &reread->record, err))
		return -1;
	if (!layout->is_verbatim)
		render_row(&reread->render, reread->given_rows);
	reread->given_rows++;
	*row = (struct reread_row){
		.row = reread->record.row,
		.line = reread->record.line,
		.fields = layout->is_verbatim ? reread->fields : reread->render.values,
		.field_count = layout->output_count,
	};
	return 0;
}
