#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/source/cut.h"
#include "runner/source/field.h"
#include "runner/source/pass.h"
#include "runner/source/render.h"

/* Rendered rows are gathered up to here before the digest takes them. */
enum { GATHERED_BYTES = (64 << 10) - 1 }; /* one byte is the NUL of a buf */

struct pass {
	const struct pass_options *options;
	const struct reader *reader;
	struct rows rows;
	struct layout layout;
	struct render render; /* not of verbatim layouts */
	struct reasons_count *reasons;
	struct span *values; /* of a verbatim row, for on_row */
	struct buf undoubled;
	struct rules rules;
	bool looks_at_rows;
	struct cut cut;
	struct buf rendered;
};

static void
pass_done(struct pass *pass)
{
	rows_done(&pass->rows);
	render_done(&pass->render);
	free(pass->reasons);
	free(pass->values);
	buf_done(&pass->undoubled);
	layout_done(&pass->layout);
	cut_done(&pass->cut);
	buf_done(&pass->rendered);
}
SCOPED_BY(pass, pass_done)

static struct complaint
complaint_of(const struct pass *pass)
{
	return (struct complaint){
		.path = pass->options->path,
		.places = pass->options->places,
		.reader = pass->reader,
		.dialect = pass->options->layout->dialect,
		.encoding = pass->options->layout->encoding,
		.layout = pass->layout.column_count ? &pass->layout : NULL,
		.columns = pass->rows.scan.columns,
		.limit_bytes = pass->options->limit_bytes,
	};
}

static int
complain(struct pass *pass, struct err *err)
{
	struct complaint complaint = complaint_of(pass);
	const struct problem problem = pass->rows.scan.problem;

	if (problem.kind == PROBLEM_UTF8 || problem.kind == PROBLEM_MEANING) {
		rows_take_apart(&pass->rows, false);
		if (rows_count_broken(&pass->rows, &complaint.broken_rows, &complaint.is_all, err))
			return -1;
	}
	return complaint_about(&complaint, &problem, err);
}

/* The column that holds the byte at `place`, or the last one. */
static uint32_t
column_at(struct dialect dialect, struct span content, size_t place)
{
	bool is_quoted = false;
	uint32_t column = 0;

	for (size_t i = 0; i < content.len && i < place; i++) {
		if (dialect.quotes && content.ptr[i] == '"')
			is_quoted = !is_quoted;
		else if (content.ptr[i] == dialect.delimiter && !is_quoted)
			column++;
	}
	return column;
}

static int
complain_of_size(struct pass *pass, const struct row *row, struct err *err)
{
	struct complaint complaint = complaint_of(pass);
	size_t limit = pass->options->limit_bytes, header = pass->layout.header.len;
	struct problem problem = {
		.kind = PROBLEM_TOO_LARGE,
		.row = row->row,
		.line = row->line,
		.byte = row->byte,
		.column = column_at(complaint.dialect, row->content, limit > header ? limit - header : 0),
	};

	return complaint_about(&complaint, &problem, err);
}

static int
complain_of_nothing(const struct pass *pass, struct err *err)
{
	struct complaint complaint = complaint_of(pass);
	bool has_header = pass->layout.has_header_line && pass->layout.column_count;

	return complaint_no_rows(&complaint, has_header, err);
}

static int
begin_rendering(struct pass *pass, struct err *err)
{
	if (pass->layout.is_verbatim) {
		pass->values = calloc(pass->layout.output_count + (size_t)1, sizeof(*pass->values));
		return pass->values ? 0 : err_memory(err);
	}
	pass->reasons = calloc(pass->layout.reasons.count + (size_t)1, sizeof(*pass->reasons));
	if (!pass->reasons)
		return err_memory(err);
	return render_init(&pass->render, &pass->layout, err);
}

static int
begin_rows(struct pass *pass, struct err *err)
{
	const struct pass_options *options = pass->options;
	struct rows_options rows = {
		.reader = pass->reader,
		.dialect = options->layout->dialect,
		.encoding = options->layout->encoding,
		.most_record_bytes = options->limit_bytes,
		.window_bytes = options->window_bytes,
		.first_row = options->layout->header_count ? 1 : 0,
	};

	int read;

	if (rows_init(&pass->rows, &rows, err))
		return -1;
	read = layout_read(&pass->layout, options->layout, &pass->rows, options->path, err);
	if (read)
		return read < 0 ? -1 : complain(pass, err);
	if (options->on_layout && options->on_layout(options->ctx, &pass->layout, err))
		return -1;
	if (rules_init(&pass->rules, options->type, &pass->layout, options->path, err))
		return -1;
	pass->looks_at_rows = rules_apply(&pass->rules) &&
	    (!pass->layout.is_verbatim || options->type == RULES_BALLOT);
	if (pass->looks_at_rows || options->on_row)
		rows_take_apart(&pass->rows, true);
	return begin_rendering(pass, err);
}

static int
ignore_chunk(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	(void)ctx;
	(void)chunk;
	(void)err;
	return 0;
}

static int
begin_cut(struct pass *pass, struct err *err)
{
	const struct pass_options *options = pass->options;
	struct cut_options cut = {
		.source = options->source,
		.input = options->input,
		.first_number = options->first_number,
		.first_row = 1,
		.limit_bytes = options->limit_bytes,
		.limit_rows = options->limit_rows,
		.header = buf_span(&pass->layout.header),
		.on_chunk = options->on_chunk ? options->on_chunk : ignore_chunk,
		.ctx = options->ctx,
	};

	/* Lent to the cut, so it must not move while it is filled. */
	buf_reserve(&pass->rendered, GATHERED_BYTES);
	return cut_init(
	    &pass->cut, &cut, rows_next_byte(&pass->rows), rows_next_line(&pass->rows), err);
}

static int
let_go(struct pass *pass, struct err *err)
{
	cut_settle(&pass->cut);
	if (buf_check(&pass->rendered, err))
		return -1;
	buf_clear(&pass->rendered);
	return 0;
}

static int
take_sent(struct pass *pass, const struct row *row, const struct cut_sent *sent, struct err *err)
{
	if (!cut_fits(&pass->cut, sent->csv.len))
		return complain_of_size(pass, row, err);
	return cut_rows(&pass->cut, row, sent, err);
}

static int
tell_row(struct pass *pass, const struct row *row, const struct span *values, struct err *err)
{
	const struct pass_options *options = pass->options;

	return options->on_row ? options->on_row(options->ctx, &pass->layout, row, values, err) : 0;
}

/* What stands in the file is what is sent; a verbatim layout has no constants. */
static int
tell_verbatim(struct pass *pass, const struct row *row, struct err *err)
{
	char *to;

	buf_clear(&pass->undoubled);
	to = buf_reserve(&pass->undoubled, row->content.len + 1);
	if (!to)
		return err_memory(err);
	for (uint32_t i = 0; i < pass->layout.output_count; i++) {
		struct span raw = rows_field(row, pass->layout.outputs[i].column);

		pass->values[i] = field_value(raw, pass->layout.dialect, to);
		to += raw.len;
	}
	return tell_row(pass, row, pass->values, err);
}

static void
note_hits(struct pass *pass, const struct row *row)
{
	for (size_t i = 0; i < pass->render.hit_count; i++) {
		const struct how_hit *hit = &pass->render.hits[i];

		reasons_note(&pass->reasons[hit->reason], row->row, row->line, hit->value);
	}
}

static int
take_rendered(struct pass *pass, const struct row *row, struct err *err)
{
	uint32_t rows;
	struct span sent;

	if (render_take(&pass->render, row, &rows, err))
		return -1;
	note_hits(pass, row);
	if (rows == 0)
		return cut_skip(&pass->cut, row, err);
	for (uint32_t i = 0; i < rows; i++) {
		render_row(&pass->render, i);
		if (pass->looks_at_rows)
			rules_row(&pass->rules, &pass->layout, row, pass->render.values);
		if (tell_row(pass, row, pass->render.values, err))
			return -1;
	}
	/* What the cut was lent must not move when the buffer grows. */
	if (pass->rendered.len + render_most(&pass->render) > GATHERED_BYTES && let_go(pass, err))
		return -1;
	sent = render_write(&pass->render, &pass->rendered);
	return sent.ptr ? take_sent(pass, row, &(struct cut_sent){ sent, rows }, err)
			: err_memory(err);
}

static int
take_row(struct pass *pass, const struct row *row, struct err *err)
{
	if (!pass->layout.is_verbatim)
		return take_rendered(pass, row, err);
	if (pass->looks_at_rows)
		rules_row(&pass->rules, &pass->layout, row, NULL);
	if (pass->options->on_row && tell_verbatim(pass, row, err))
		return -1;
	if (!cut_fits(&pass->cut, row->raw.len))
		return complain_of_size(pass, row, err);
	return cut_row(&pass->cut, row, row->raw, err);
}

static int
take_rows(struct pass *pass, struct err *err)
{
	struct row row;

	for (;;) {
		switch (rows_next(&pass->rows, &row)) {
		case ROWS_ROW:
			if (take_row(pass, &row, err))
				return -1;
			break;
		case ROWS_DRY:
			if (let_go(pass, err) || rows_fill(&pass->rows, err))
				return -1;
			break;
		case ROWS_PROBLEM:
			return complain(pass, err);
		case ROWS_END:
			return 0;
		}
	}
}

int
pass_run(const struct pass_options *options, const struct reader *reader,
    struct pass_result *result, struct err *err)
{
	SCOPED(pass) pass = { .options = options, .reader = reader, .rendered = BUF_INIT };

	memset(result, 0, sizeof(*result));
	if (begin_rows(&pass, err) || begin_cut(&pass, err) || take_rows(&pass, err))
		return -1;
	if (pass.cut.rows == 0 && !options->is_empty_allowed)
		return complain_of_nothing(&pass, err);
	if (cut_finish(&pass.cut, pass.rows.at_end, &result->input, err))
		return -1;
	if (options->on_reasons && pass.layout.reasons.count &&
	    options->on_reasons(options->ctx, &pass.layout, pass.reasons, err))
		return -1;
	result->is_verbatim = pass.layout.is_verbatim;
	result->was_looked_at = pass.looks_at_rows;
	memcpy(result->counts, pass.rules.counts, sizeof(result->counts));
	return 0;
}
