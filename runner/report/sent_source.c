#include "platform.h"

#include <stdlib.h>

#include "runner/report/sent_source.h"

struct sent_rows {
	struct sent_reader reader; /* first: the port hands out its address */
	struct source_rows *rows;
};

static int
next_row(struct sent_reader *reader, struct sent_row *row, bool *is_end, struct err *err)
{
	struct sent_rows *sent = (struct sent_rows *)reader;
	struct reread_row read;

	if (source_rows_next(sent->rows, &read, is_end, err))
		return -1;
	if (*is_end)
		return 0;
	*row = (struct sent_row){
		.fields = read.fields,
		.field_count = read.field_count,
		.row = read.row,
		.line = read.line,
	};
	return 0;
}

static void
close_rows(struct sent_reader *reader)
{
	struct sent_rows *sent = (struct sent_rows *)reader;

	source_rows_close(sent->rows);
	free(sent);
}

static int
open_rows(void *ctx, const struct plan_chunk *plan, struct sent_reader **reader, struct err *err)
{
	struct sent_rows *sent = calloc(1, sizeof(*sent));

	if (!sent)
		return err_memory(err);
	sent->reader = (struct sent_reader){ next_row, close_rows };
	if (source_rows_open(ctx, plan, &sent->rows, err)) {
		free(sent);
		return -1;
	}
	*reader = &sent->reader;
	return 0;
}

struct sent_port
sent_source_port(struct source *source)
{
	return (struct sent_port){ .ctx = source, .open = open_rows };
}

/* Copies the names, because a layout lives as long as its input is open. */
static int
copy_names(struct sent_columns *columns, const struct layout *layout, struct err *err)
{
	size_t at = 0;

	columns->names = calloc(layout->output_count + 1, sizeof(*columns->names));
	for (uint32_t i = 0; i < layout->output_count; i++)
		buf_add_span(&columns->text, layout->outputs[i].name);
	if (!columns->names || buf_failed(&columns->text))
		return err_memory(err);
	for (uint32_t i = 0; i < layout->output_count; i++) {
		size_t len = layout->outputs[i].name.len;

		columns->names[columns->count++] =
		    (struct span){ buf_text(&columns->text) + at, len };
		at += len;
	}
	return 0;
}

int
sent_source_columns(const struct source *source, uint32_t index, struct sent_columns *columns,
    struct err *err)
{
	*columns = (struct sent_columns)SENT_COLUMNS_NONE;
	for (uint32_t input = 0; input < source->jobs[index].input_count; input++) {
		const struct plan_chunk plan = { .source = index, .input = input };
		struct source_rows *rows;
		int result;

		if (source_rows_open(source, &plan, &rows, err))
			continue;
		result = copy_names(columns, source_rows_layout(rows), err);
		source_rows_close(rows);
		return result;
	}
	return -1;
}

void
sent_columns_done(struct sent_columns *columns)
{
	free(columns->names);
	buf_done(&columns->text);
	*columns = (struct sent_columns)SENT_COLUMNS_NONE;
}
