#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "runner/source/pass.h"
#include "tests/unit/planned.h"

static int
keep(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	struct planned *planned = ctx;

	(void)err;
	assert_true(planned->count < PLANNED_CHUNKS);
	planned->chunks[planned->count++] = *chunk;
	return 0;
}

static void
read_layout(struct planned *planned, const struct layout_options *options)
{
	struct rows_options from = {
		.reader = &planned->reader,
		.dialect = options->dialect,
		.most_record_bytes = 1u << 20,
		.first_row = options->header_count ? 1 : 0,
	};
	struct err err = ERR_INIT;
	SCOPED(rows) rows;

	assert_int_equal(rows_init(&rows, &from, &err), 0);
	assert_int_equal(layout_read(&planned->layout, options, &rows, "voters.csv", &err), 0);
}

void
planned_init(struct planned *planned, const char *text, const struct layout_options *options,
    uint32_t limit_bytes)
{
	struct pass_options pass = {
		.path = "voters.csv",
		.layout = options,
		.first_number = 1,
		.limit_bytes = limit_bytes,
		.is_empty_allowed = true,
		.on_chunk = keep,
		.ctx = planned,
	};
	struct pass_result result;
	struct err err = ERR_INIT;

	memset(planned, 0, sizeof(*planned));
	planned->input = (struct input){ .text = text, .len = strlen(text) };
	planned->reader = input_reader(&planned->input);
	assert_int_equal(pass_run(&pass, &planned->reader, &result, &err), 0);
	read_layout(planned, options);
}

void
planned_done(struct planned *planned)
{
	layout_done(&planned->layout);
}
