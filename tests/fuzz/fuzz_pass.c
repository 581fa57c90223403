/* What is planned of a text, in any dialect and any window, against what is read of it again. */
#include "platform.h"

#include "runner/source/pass.h"
#include "runner/source/reread.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/input.h"

enum { MOST_BYTES = 2000, MOST_CHUNKS = MOST_BYTES };

struct plan {
	struct plan_chunk chunks[MOST_CHUNKS];
	size_t count;
};

static int
keep(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	struct plan *plan = ctx;

	(void)err;
	FUZZ_MUST(plan->count < MOST_CHUNKS);
	plan->chunks[plan->count++] = *chunk;
	return 0;
}

static void
a_chunk_is_read_again_as_it_was_planned(const struct plan_chunk *chunk, const struct reader *reader,
    const struct layout *layout, size_t window)
{
	struct reread_options options = {
		.reader = reader,
		.layout = layout,
		.plan = chunk,
		.path = "text",
		.job = "job",
		.window_bytes = window,
	};
	struct err err = ERR_INIT;
	SCOPED(reread) again = { 0 };
	struct span bytes;

	FUZZ_MUST(reread_init(&again, &options, &err) == 0);
	do {
		FUZZ_MUST(reread_bytes(&again, &bytes, &err) == 0);
	} while (bytes.len);
}

static void
what_is_planned_is_read_again(struct span text, struct dialect dialect, size_t window)
{
	static struct plan plan;
	struct input input = { .text = text.ptr, .len = text.len, .most = window };
	struct reader reader = input_reader(&input);
	struct layout_options layout_options = { .dialect = dialect };
	struct rows_options rows_options = {
		.reader = &reader,
		.dialect = dialect,
		.most_record_bytes = MOST_BYTES,
	};
	struct pass_options options = {
		.path = "text",
		.layout = &layout_options,
		.first_number = 1,
		.limit_bytes = MOST_BYTES,
		.limit_rows = (uint32_t)window % 3,
		.is_empty_allowed = true,
		.window_bytes = window,
		.on_chunk = keep,
		.ctx = &plan,
	};
	struct pass_result result;
	struct err err = ERR_INIT;
	SCOPED(layout) layout = { 0 };
	SCOPED(rows) rows = { 0 };

	plan.count = 0;
	if (pass_run(&options, &reader, &result, &err)) {
		FUZZ_MUST(err.kind == ERR_DATA);
		return;
	}
	FUZZ_MUST(result.input.size == text.len);
	FUZZ_MUST(rows_init(&rows, &rows_options, &err) == 0);
	FUZZ_MUST(layout_read(&layout, &layout_options, &rows, "text", &err) == 0);
	for (size_t i = 0; i < plan.count; i++)
		a_chunk_is_read_again_as_it_was_planned(&plan.chunks[i], &reader, &layout, window);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char delimiters[] = { ',', '\t', '|', ';' };
	struct dialect dialect;
	struct span text;
	size_t window;

	if (len < 2 || len > MOST_BYTES)
		return 0;
	dialect = (struct dialect){ delimiters[bytes[0] & 3], !(bytes[0] & 4) };
	window = 1 + bytes[1];
	text = (struct span){ (const char *)bytes + 2, len - 2 };
	what_is_planned_is_read_again(text, dialect, window);
	return 0;
}
