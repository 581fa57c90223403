#include "platform.h"

#include <assert.h>
#include <string.h>

#include "runner/source/cut.h"

_Static_assert(PLAN_DIGEST_BYTES == DIGEST_FAST_BYTES, "the plan keeps whole digests");

static void
begin_chunk(struct cut *cut, uint64_t byte, uint64_t row, uint64_t line)
{
	cut->chunk = (struct plan_chunk){
		.source = cut->options.source,
		.number = cut->options.first_number + cut->chunks,
		.input = cut->options.input,
		.first_byte = byte,
		.first_row = row,
		.first_line = line,
	};
	cut->sent_bytes = cut->options.header.len;
	digest_fast_begin(&cut->digest);
	digest_fast_add(&cut->digest, cut->options.header.ptr, cut->options.header.len);
}

int
cut_init(struct cut *cut, const struct cut_options *options, uint64_t byte, uint64_t line,
    struct err *err)
{
	memset(cut, 0, sizeof(*cut));
	cut->options = *options;
	if (digest_fast_init(&cut->digest) || digest_fast_init(&cut->all)) {
		cut_done(cut);
		return err_memory(err);
	}
	begin_chunk(cut, byte, options->first_row, line);
	return 0;
}

void
cut_done(struct cut *cut)
{
	digest_fast_done(&cut->digest);
	digest_fast_done(&cut->all);
}

bool
cut_fits(const struct cut *cut, size_t sent_bytes)
{
	return cut->options.header.len + sent_bytes <= cut->options.limit_bytes;
}

void
cut_settle(struct cut *cut)
{
	digest_fast_add(&cut->digest, cut->waiting.ptr, cut->waiting.len);
	cut->waiting = SPAN_NONE;
}

static int
end_chunk(struct cut *cut, uint64_t end_byte, struct err *err)
{
	cut_settle(cut);
	cut->chunk.end_byte = end_byte;
	cut->chunk.csv_bytes = (uint32_t)cut->sent_bytes;
	digest_fast_result(&cut->digest, cut->chunk.digest);
	digest_fast_add(&cut->all, cut->chunk.digest, sizeof(cut->chunk.digest));
	cut->chunks++;
	return cut->options.on_chunk(cut->options.ctx, &cut->chunk, err);
}

static bool
is_full(const struct cut *cut, size_t more_bytes, uint32_t more_rows)
{
	const struct cut_options *options = &cut->options;
	uint32_t sent = plan_rows_sent(&cut->chunk);

	if (sent == 0)
		return false;
	return cut->sent_bytes + more_bytes > options->limit_bytes ||
	    (options->limit_rows && (uint64_t)sent + more_rows > options->limit_rows);
}

/* Records mostly stand side by side in the reader's window: one piece for the digest. */
static void
lend(struct cut *cut, struct span sent)
{
	if (cut->waiting.ptr && cut->waiting.ptr + cut->waiting.len == sent.ptr) {
		cut->waiting.len += sent.len;
		return;
	}
	cut_settle(cut);
	cut->waiting = sent;
}

int
cut_before(struct cut *cut, const struct row *row, struct err *err)
{
	assert(cut->chunk.rows);
	if (end_chunk(cut, row->byte, err))
		return -1;
	begin_chunk(cut, row->byte, row->row, row->line);
	return 0;
}

/* The numbers of a chunk's record have 32 bits. */
static int
make_room(struct cut *cut, const struct row *row, struct err *err)
{
	return cut->chunk.rows == UINT32_MAX ? cut_before(cut, row, err) : 0;
}

int
cut_skip(struct cut *cut, const struct row *row, struct err *err)
{
	if (make_room(cut, row, err))
		return -1;
	cut->chunk.rows++;
	cut->chunk.rows_left_out++;
	cut->rows++;
	return 0;
}

static inline int
add(struct cut *cut, const struct row *row, const struct cut_sent *sent, struct err *err)
{
	assert(cut_fits(cut, sent->csv.len));
	if (is_full(cut, sent->csv.len, sent->rows) && cut_before(cut, row, err))
		return -1;
	if (make_room(cut, row, err))
		return -1;
	lend(cut, sent->csv);
	cut->sent_bytes += sent->csv.len;
	cut->chunk.rows++;
	cut->rows++;
	return 0;
}

int
cut_row(struct cut *cut, const struct row *row, struct span sent, struct err *err)
{
	const struct cut_sent one = { sent, 1 };

	return add(cut, row, &one, err);
}

int
cut_rows(struct cut *cut, const struct row *row, const struct cut_sent *sent, struct err *err)
{
	if (add(cut, row, sent, err))
		return -1;
	cut->chunk.rows_added += sent->rows - 1;
	return 0;
}

int
cut_finish(struct cut *cut, uint64_t size, struct plan_input *input, struct err *err)
{
	if (end_chunk(cut, size, err))
		return -1;
	input->source = cut->options.source;
	input->input = cut->options.input;
	input->size = size;
	input->rows = cut->rows;
	input->chunks = cut->chunks;
	digest_fast_result(&cut->all, input->digest);
	return 0;
}
