/* What a text becomes: planned, cut into chunks, read again twice. For any_text.py, which asks many times.
 *
 * In, again and again: four bytes of choices, the length of the text (4 bytes, little end first), the text. Out:
 * the length of what is sent, without header lines (4 bytes; all ones: bad input), and that. Anything
 * that is not so within the program itself (digests, row numbers) aborts. */
#include "platform.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/source/pass.h"
#include "runner/source/reread.h"
#include "tests/unit/input.h"

enum { MOST_CHUNKS = 4096, MOST_BYTES = 1 << 20 };

struct plan {
	struct plan_chunk chunks[MOST_CHUNKS];
	size_t count;
};

static int
keep_chunk(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	struct plan *plan = ctx;

	(void)err;
	assert(plan->count < MOST_CHUNKS);
	plan->chunks[plan->count++] = *chunk;
	return 0;
}

/* The rows of a chunk. The digest is that of the plan: reread_bytes() says nothing else is the end. */
static void
read_chunk(const struct reread_options *options, struct buf *to)
{
	struct err err = ERR_INIT;
	SCOPED(reread) reread = { 0 };
	SCOPED(buf) whole = BUF_INIT;
	size_t header = options->layout->header.len;
	struct span part;

	assert(reread_init(&reread, options, &err) == 0);
	do {
		assert(reread_bytes(&reread, &part, &err) == 0);
		buf_add_span(&whole, part);
	} while (part.len);
	assert(whole.len >= header || whole.len == 0);
	if (whole.len)
		buf_add_span(to, (struct span){ whole.ptr + header, whole.len - header });
}

static void
read_plan(const struct plan *plan, const struct reread_options *of_all, struct buf *to)
{
	uint64_t next_row = 1, next_byte = plan->count ? plan->chunks[0].first_byte : 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct reread_options options = *of_all;

		options.plan = &plan->chunks[i];
		assert(options.plan->first_row == next_row && options.plan->first_byte == next_byte);
		next_row += options.plan->rows;
		next_byte = options.plan->end_byte;
		read_chunk(&options, to);
	}
}

struct choices {
	struct layout_options layout;
	size_t window;
	uint32_t rows;
	bool is_mapped;
};

static struct choices
choose(const unsigned char bytes[4])
{
	static const char delimiters[] = { ',', '\t', '|', ';' };
	static const char *const header[] = { "c0", "c1", "c2" };
	static const struct layout_column columns[] = { { "c0", "x", { NULL, 0 } },
		{ "c1", "y", { NULL, 0 } }, { "c2", "z", { NULL, 0 } } };
	struct choices choices = { .window = 1u + bytes[1], .rows = bytes[2], .is_mapped = bytes[3] };

	choices.layout.dialect = (struct dialect){ delimiters[bytes[0] & 3], !(bytes[0] & 4),
		bytes[0] & 8, bytes[0] & 16 };
	if (!choices.is_mapped)
		return choices;
	choices.layout.header = header;
	choices.layout.header_count = 3;
	choices.layout.columns = columns;
	choices.layout.column_count = 3;
	return choices;
}

static int
send(const struct choices *choices, struct span text, struct buf *sent)
{
	static struct plan plan;
	struct input input = { .text = text.ptr, .len = text.len, .most = choices->window };
	struct reader reader = input_reader(&input);
	struct pass_options options = { .path = "text", .layout = &choices->layout, .first_number = 1,
		.limit_bytes = MOST_BYTES, .limit_rows = choices->rows, .is_empty_allowed = true,
		.window_bytes = choices->window, .on_chunk = keep_chunk, .ctx = &plan };
	struct rows_options first = { .reader = &reader, .dialect = choices->layout.dialect,
		.first_row = choices->is_mapped, .most_record_bytes = MOST_BYTES };
	struct pass_result result;
	struct err err = ERR_INIT;
	SCOPED(layout) layout = { 0 };
	SCOPED(rows) rows = { 0 };
	SCOPED(buf) again = BUF_INIT;
	const struct reread_options of_all = { .reader = &reader, .layout = &layout, .path = "text",
		.job = "job", .window_bytes = 1 + choices->window * 7 % 300 };

	plan.count = 0;
	if (pass_run(&options, &reader, &result, &err)) {
		assert(err.kind == ERR_DATA);
		return -1;
	}
	assert(rows_init(&rows, &first, &err) == 0);
	assert(layout_read(&layout, &choices->layout, &rows, "text", &err) == 0);
	read_plan(&plan, &of_all, sent);
	read_plan(&plan, &of_all, &again);
	assert(span_equal(buf_span(sent), buf_span(&again)));
	return 0;
}

static void
put_length(uint32_t length)
{
	unsigned char bytes[4];

	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(length >> 8 * i);
	fwrite(bytes, 1, 4, stdout);
}

int
main(void)
{
	unsigned char head[8];

	while (fread(head, 1, sizeof(head), stdin) == sizeof(head)) {
		uint32_t len = head[4] | (uint32_t)head[5] << 8 | (uint32_t)head[6] << 16;
		const struct choices choices = choose(head);
		char *text = malloc(len + 1);
		SCOPED(buf) sent = BUF_INIT;

		assert(text && fread(text, 1, len, stdin) == len);
		if (send(&choices, (struct span){ text, len }, &sent)) {
			put_length(UINT32_MAX);
		} else {
			put_length((uint32_t)sent.len);
			fwrite(sent.ptr ? sent.ptr : "", 1, sent.len, stdout);
		}
		free(text);
	}
	fflush(stdout);
	return 0;
}
