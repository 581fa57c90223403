#include "platform.h"

#include <assert.h>
#include <string.h>

#include "runner/source/complaint.h"
#include "runner/source/cut.h"
#include "runner/source/split.h"

struct split {
	const struct reread_options *csv;
	struct plan_chunk *pieces;
	size_t count;
	uint64_t most_bytes; /* of the first piece, unless its first row is larger */
	struct cut cut;
	struct digest_fast whole;
};

static void
split_done(struct split *split)
{
	cut_done(&split->cut);
	digest_fast_done(&split->whole);
}
SCOPED_BY(split, split_done)

static int
take_piece(void *ctx, const struct plan_chunk *piece, struct err *err)
{
	struct split *split = ctx;

	(void)err;
	assert(split->count < PLAN_PIECES);
	split->pieces[split->count] = *piece;
	split->pieces[split->count].retry_first = split->csv->plan->retry_first;
	split->pieces[split->count].retry_last = split->csv->plan->retry_last;
	split->pieces[split->count++].parent = split->csv->plan->number;
	return 0;
}

static int
begin(struct split *split, uint32_t first_number, struct err *err)
{
	const struct plan_chunk *plan = split->csv->plan;
	struct span header = buf_span(&split->csv->layout->header);
	const struct cut_options options = {
		.source = plan->source,
		.input = plan->input,
		.first_number = first_number,
		.first_row = plan->first_row,
		.limit_bytes = UINT32_MAX,
		.header = header,
		.on_chunk = take_piece,
		.ctx = split,
	};

	/* Both pieces have the header, so it is the rows that are halved. */
	split->most_bytes = header.len + (plan->csv_bytes - header.len) / 2;
	if (digest_fast_init(&split->whole))
		return err_memory(err);
	digest_fast_begin(&split->whole);
	digest_fast_add(&split->whole, header.ptr, header.len);
	return cut_init(&split->cut, &options, plan->first_byte, plan->first_line, err);
}

static int
skip(struct split *split, uint32_t records, const struct row *before, struct err *err)
{
	while (records--) {
		if (cut_skip(&split->cut, before, err))
			return -1;
	}
	return 0;
}

static int
take_record(struct split *split, const struct reread_record *record, struct err *err)
{
	bool is_half = split->count == 0 && plan_rows_sent(&split->cut.chunk) &&
		       split->cut.sent_bytes + record->sent.len > split->most_bytes;

	if (skip(split, record->left_out, &record->row, err))
		return -1;
	if (is_half && cut_before(&split->cut, &record->row, err))
		return -1;
	if (cut_rows(&split->cut, &record->row, &(struct cut_sent){ record->sent, record->rows }, err))
		return -1;
	cut_settle(&split->cut); /* what was lent ends with the record */
	digest_fast_add(&split->whole, record->sent.ptr, record->sent.len);
	return 0;
}

static int
take_records(struct split *split, struct err *err)
{
	SCOPED(reread) csv = { 0 };
	bool is_end = false;

	if (reread_init(&csv, split->csv, err))
		return -1;
	for (;;) {
		struct reread_record record;

		if (reread_record(&csv, &record, &is_end, err))
			return -1;
		if (is_end)
			return skip(split, record.left_out, &record.row, err);
		if (take_record(split, &record, err))
			return -1;
	}
}

static int
end(struct split *split, struct err *err)
{
	const struct plan_chunk *plan = split->csv->plan;
	unsigned char digest[DIGEST_FAST_BYTES];
	struct plan_input input;

	digest_fast_result(&split->whole, digest);
	if (split->count != PLAN_PIECES - 1 || memcmp(digest, plan->digest, sizeof(digest)) != 0)
		return complaint_changed(split->csv->path, "(a chunk is not what was planned)",
		    split->csv->job, err);
	return cut_finish(&split->cut, plan->end_byte, &input, err);
}

int
split_chunk(const struct reread_options *csv, uint32_t first_number,
    struct plan_chunk pieces[PLAN_PIECES], struct err *err)
{
	SCOPED(split) split = { .csv = csv, .pieces = pieces };

	if (begin(&split, first_number, err) || take_records(&split, err))
		return -1;
	return end(&split, err);
}
