#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/base/utf8.h"
#include "runner/base/wire.h"
#include "sandbox/ballots.h"
#include "sandbox/chance.h"
#include "sandbox/csv.h"
#include "sandbox/model.h"
#include "sandbox/people.h"

#define IGNORED UINT32_MAX

struct import {
	struct model_import view;
	struct buf csv;      /* until it has ended */
	struct csv reader;   /* in csv, before the next row */
	struct buf header;   /* as it came, without line end */
	uint32_t *columns;   /* by column: field or enum ballots_column, or IGNORED */
	size_t column_count; /* known once working */
	struct buf failures; /* a row: two 32-bit lengths, the row as it came, the reason */
};

struct model {
	struct model_options options;
	struct chance chance;
	struct people *people;
	struct ballots *ballots;
	struct import **imports; /* by id */
	size_t count, cap;
	size_t next;       /* the import that the queue works on, or will */
	int64_t free_ms;   /* when the queue was done with the one before */
	uint64_t last_id;
	struct csv_row row;
	struct people_cell *cells; /* scratch, as many as the widest header has columns */
	size_t cells_cap;
	struct buf reason;
};

struct model *
model_new(const struct model_options *options, struct err *err)
{
	struct model *model = calloc(1, sizeof(*model));

	if (!model) {
		err_memory(err);
		return NULL;
	}
	model->options = *options;
	model->chance = (struct chance){ options->seed };
	model->last_id = chance_below(&model->chance, 1000);
	if (options->last_import_id)
		model->last_id = options->last_import_id;
	model->people = people_new((struct chance){ chance_next(&model->chance) }, err);
	model->ballots = model->people ? ballots_new(err) : NULL;
	if (!model->ballots) {
		model_free(model);
		return NULL;
	}
	return model;
}

static void
import_free(struct import *import)
{
	if (!import)
		return;
	buf_done(&import->view.head);
	buf_done(&import->view.why);
	buf_done(&import->csv);
	buf_done(&import->header);
	buf_done(&import->failures);
	free(import->columns);
	free(import);
}

void
model_free(struct model *model)
{
	if (!model)
		return;
	for (size_t i = 0; i < model->count; i++)
		import_free(model->imports[i]);
	free(model->imports);
	people_free(model->people);
	ballots_free(model->ballots);
	csv_row_done(&model->row);
	free(model->cells);
	buf_done(&model->reason);
	free(model);
}

/* ---- submitting */

static int
check_utf8(struct span text, struct err *err)
{
	for (size_t at = 0; at < text.len;) {
		size_t len = 1;

		if ((unsigned char)text.ptr[at] >= 0x80)
			len = utf8_character((struct span){ text.ptr + at, text.len - at });
		if (len == 0)
			return err_set(err, ERR_DATA, "invalid byte sequence in UTF-8 at byte %zu",
				       at);
		at += len;
	}
	return 0;
}

/* Reads the file once: header, first rows, number of rows. -1: it cannot be read. */
static int
survey(struct import *import, struct err *err)
{
	SCOPED(csv_row) row = CSV_ROW_INIT;
	struct model_import *view = &import->view;
	struct csv reader = csv_over(buf_span(&import->csv));
	uint64_t rows = 0;
	int more;

	view->delimiter = reader.delimiter;
	if (check_utf8(reader.text, err))
		return -1;
	while ((more = csv_next(&reader, &row, err)) > 0) {
		if (rows == 0) {
			import->reader = reader;
			buf_add_span(&import->header, row.raw);
		}
		if (rows == MODEL_HEAD_ROWS + 1)
			buf_add(&view->head, reader.text.ptr,
				(size_t)(row.raw.ptr - reader.text.ptr));
		rows++;
	}
	if (more < 0)
		return -1;
	if (rows == 0)
		return err_set(err, ERR_DATA, "the file is empty");
	if (rows <= MODEL_HEAD_ROWS + 1)
		buf_add_span(&view->head, reader.text);
	view->total = rows - 1;
	if (buf_check(&view->head, err))
		return -1;
	return buf_check(&import->header, err);
}

static int
make_room(struct model *model, struct err *err)
{
	size_t cap = model->cap ? model->cap * 2 : 64;
	struct import **imports;

	if (model->count < model->cap)
		return 0;
	imports = realloc(model->imports, cap * sizeof(struct import *));
	if (!imports)
		return err_memory(err);
	model->imports = imports;
	model->cap = cap;
	return 0;
}

void
model_upload_done(struct model_upload *upload)
{
	buf_done(&upload->csv);
	import_free(upload->surveyed);
	upload->surveyed = NULL;
}

int
model_survey(struct model_upload *upload, struct err *err)
{
	struct import *import = calloc(1, sizeof(*import));
	struct err trouble = ERR_INIT;

	if (!import)
		return err_memory(err);
	import->csv = upload->csv;
	import->view.bytes = upload->csv.len;
	if (survey(import, &trouble))
		buf_add_text(&import->view.why, trouble.text);
	if (trouble.kind == ERR_IO || buf_failed(&import->view.why)) {
		import->csv = (struct buf)BUF_INIT;
		import_free(import);
		return err_memory(err);
	}
	upload->csv = (struct buf)BUF_INIT;
	upload->surveyed = import;
	return 0;
}

int
model_submit(struct model *model, int64_t now_ms, struct model_upload *upload, uint64_t *id,
	     struct err *err)
{
	struct import *import;

	if (make_room(model, err) || (!upload->surveyed && model_survey(upload, err)))
		return -1;
	import = upload->surveyed;
	upload->surveyed = NULL;
	import->view.type = upload->type;
	import->view.is_overwritable = upload->is_overwritable;
	import->view.created_ms = now_ms;
	model->last_id += 1 + chance_below(&model->chance, 4);
	*id = import->view.id = model->last_id;
	model->imports[model->count++] = import;
	return 0;
}

void
model_take_back(struct model *model, struct model_upload *upload)
{
	struct import *import = model->imports[--model->count];

	assert(model->next <= model->count && import->view.word == MODEL_QUEUED);
	upload->surveyed = import;
}

/* ---- working */

static int
find_column(struct model *model, const struct import *import, struct span name, uint32_t *column,
	    struct err *err)
{
	*column = IGNORED;
	if (import->view.type == MODEL_BALLOT) {
		int known = ballots_column(name);

		if (known >= 0)
			*column = (uint32_t)known;
		return 0;
	}
	return people_field(model->people, name, column, err) < 0 ? -1 : 0;
}

/* Looks the header's names up. */
static int
find_columns(struct model *model, struct import *import, struct err *err)
{
	struct csv reader = csv_over(buf_span(&import->csv));

	if (csv_next(&reader, &model->row, err) < 0)
		return -1;
	import->columns = calloc(model->row.count, sizeof(*import->columns));
	if (!import->columns)
		return err_memory(err);
	import->column_count = model->row.count;
	for (size_t i = 0; i < model->row.count; i++) {
		struct span name = span_trim(model->row.cells[i].value);

		if (find_column(model, import, name, &import->columns[i], err))
			return -1;
	}
	if (import->column_count > model->cells_cap) {
		struct people_cell *cells =
		    realloc(model->cells, import->column_count * sizeof(*cells));

		if (!cells)
			return err_memory(err);
		model->cells = cells;
		model->cells_cap = import->column_count;
	}
	return 0;
}

static int
put_people_row(struct model *model, const struct import *import, enum people_outcome *outcome,
	       struct err *err)
{
	size_t count = 0;

	for (size_t i = 0; i < import->column_count; i++) {
		struct span value = span_trim(model->row.cells[i].value);

		if (value.len && import->columns[i] != IGNORED)
			model->cells[count++] = (struct people_cell){ import->columns[i], value };
	}
	return people_put(model->people, model->cells, count, import->view.is_overwritable,
			  outcome, &model->reason, err);
}

static int
put_ballot_row(struct model *model, const struct import *import, enum people_outcome *outcome,
	       struct err *err)
{
	struct span row[BALLOTS_COLUMNS] = { SPAN_NONE };

	for (size_t i = 0; i < import->column_count; i++) {
		if (import->columns[i] != IGNORED)
			row[import->columns[i]] = span_trim(model->row.cells[i].value);
	}
	return ballots_put(model->ballots, model->people, row, import->view.is_overwritable,
			   outcome, &model->reason, err);
}

/* The row at hand was refused for model->reason. */
static int
keep_failure(struct model *model, struct import *import, struct err *err)
{
	struct span raw = model->row.raw;
	char lengths[8];

	wire_put32(lengths, (uint32_t)raw.len);
	wire_put32(lengths + 4, (uint32_t)model->reason.len);
	buf_add(&import->failures, lengths, sizeof(lengths));
	buf_add_span(&import->failures, raw);
	buf_add_span(&import->failures, buf_span(&model->reason));
	return buf_check(&import->failures, err);
}

static int
work_row(struct model *model, struct import *import, struct err *err)
{
	struct model_counts *counts = &import->view.counts;
	enum people_outcome outcome = PEOPLE_REFUSED;

	if (csv_next(&import->reader, &model->row, err) <= 0)
		return -1; /* out of memory: survey() has read it all before */
	buf_clear(&model->reason);
	if (model->row.count != import->column_count)
		buf_printf(&model->reason, "the row has %zu fields, the header %zu",
			   model->row.count, import->column_count);
	else if ((import->view.type == MODEL_PEOPLE ? put_people_row : put_ballot_row)(
		     model, import, &outcome, err))
		return -1;
	switch (outcome) {
	case PEOPLE_CREATED:
		counts->created++;
		break;
	case PEOPLE_UPDATED:
		counts->updated++;
		break;
	case PEOPLE_REFUSED:
		if (keep_failure(model, import, err))
			return -1;
		counts->failed++;
		break;
	}
	import->view.processed++;
	return 0;
}

/* When row number `row` (1 … total) is done. */
static int64_t
done_ms(const struct model *model, const struct import *import, uint64_t row)
{
	uint64_t rate = model->options.rows_per_second;

	return import->view.started_ms +
	       (rate ? (int64_t)((row * 1000 + rate - 1) / rate) : 0);
}

static int
start(struct model *model, struct import *import, struct err *err)
{
	struct model_import *view = &import->view;

	if (view->why.len == 0 && find_columns(model, import, err))
		return -1;
	view->started_ms = view->created_ms > model->free_ms ? view->created_ms : model->free_ms;
	view->word = MODEL_WORKING;
	return 0;
}

static void
end(struct model *model, struct import *import, int64_t at_ms)
{
	import->view.word = import->view.why.len ? MODEL_UNPROCESSABLE : MODEL_FINISHED;
	import->view.finished_ms = at_ms;
	buf_done(&import->csv);
	model->free_ms = at_ms;
	model->next++;
}

int
model_work(struct model *model, int64_t now_ms, uint64_t most_rows, uint64_t *worked,
	   struct err *err)
{
	*worked = 0;
	while (model->next < model->count) {
		struct import *import = model->imports[model->next];
		struct model_import *view = &import->view;

		if (view->word == MODEL_QUEUED && start(model, import, err))
			return -1;
		while (view->processed < view->total && view->why.len == 0) {
			if (*worked == most_rows ||
			    done_ms(model, import, view->processed + 1) > now_ms)
				return 0;
			if (work_row(model, import, err))
				return -1;
			++*worked;
		}
		end(model, import, done_ms(model, import, view->processed));
	}
	return 0;
}

int
model_advance(struct model *model, int64_t now_ms, struct err *err)
{
	uint64_t worked;

	return model_work(model, now_ms, UINT64_MAX, &worked, err);
}

int
model_finish(struct model *model, int64_t now_ms, struct err *err)
{
	uint64_t rate = model->options.rows_per_second;
	size_t first = model->next;
	int result;

	model->options.rows_per_second = 0; /* all of it is due */
	result = model_advance(model, now_ms, err);
	model->options.rows_per_second = rate;
	for (size_t i = first; i < model->next; i++)
		model->imports[i]->view.finished_ms = now_ms;
	model->free_ms = now_ms;
	return result;
}

bool
model_is_idle(const struct model *model)
{
	return model->next == model->count;
}

/* ---- looking */

size_t
model_count(const struct model *model)
{
	return model->count;
}

size_t
model_number(const struct model *model, uint64_t id)
{
	size_t from = 0, upto = model->count;

	while (from < upto) {
		size_t middle = from + (upto - from) / 2;

		if (model->imports[middle]->view.id < id)
			from = middle + 1;
		else
			upto = middle;
	}
	return from;
}

static const struct import *
find(const struct model *model, uint64_t id)
{
	size_t number = model_number(model, id);

	return number < model->count && model->imports[number]->view.id == id
		   ? model->imports[number]
		   : NULL;
}

const struct model_import *
model_find(const struct model *model, uint64_t id)
{
	const struct import *import = find(model, id);

	return import ? &import->view : NULL;
}

const struct model_import *
model_at(const struct model *model, size_t number)
{
	return number < model->count ? &model->imports[number]->view : NULL;
}

size_t
model_queue_position(const struct model *model, uint64_t id)
{
	size_t number = model_number(model, id);

	return number > model->next ? number - model->next : 0;
}

/* A reason as some nations give it: what the database said, as it said it. */
static void
add_raw_reason(struct buf *to, struct span reason, struct span row)
{
	buf_printf(to, "\"PG::Error: ERROR:  %.*s\nDETAIL:  Failing row contains (\"", SPAN_ARG(reason));
	buf_add_span(to, row);
	buf_add_text(to, "\", null).\n: INSERT INTO \"signups\" VALUES ($1)\"");
}

static void
add_reason(struct buf *to, struct span reason, struct span row, char delimiter, bool is_raw)
{
	if (is_raw)
		add_raw_reason(to, reason, row);
	else
		csv_add(to, reason, delimiter);
}

static void
add_failure(struct buf *to, const struct model_failures *form, char delimiter, struct span row,
	    struct span reason)
{
	if (form->is_first) {
		add_reason(to, reason, row, delimiter, form->is_raw);
		buf_add_byte(to, delimiter);
		buf_add_span(to, row);
	} else {
		buf_add_span(to, row);
		buf_add_byte(to, delimiter);
		add_reason(to, reason, row, delimiter, form->is_raw);
	}
	buf_add_byte(to, '\n');
}

void
model_failure_csv(const struct model *model, uint64_t id, const struct model_failures *form,
		  struct buf *to)
{
	const struct import *import = find(model, id);
	struct model_failures header_form = { .is_first = form->is_first };
	const char *name = form->reason_name ? form->reason_name : "reason";
	size_t at = 0;

	assert(import);
	add_failure(to, &header_form, import->view.delimiter, buf_span(&import->header),
		    span_of(name));
	while (at < import->failures.len) {
		const char *record = import->failures.ptr + at;
		struct span row = { record + 8, wire_get32(record) };
		struct span reason = { row.ptr + row.len, wire_get32(record + 4) };

		add_failure(to, form, import->view.delimiter, row, reason);
		at += 8 + row.len + reason.len;
	}
}

uint32_t
model_people_count(const struct model *model)
{
	return people_count(model->people);
}

uint32_t
model_ballots_count(const struct model *model)
{
	return ballots_count(model->ballots);
}

uint32_t
model_people_csv(const struct model *model, uint32_t from, uint32_t most, struct buf *to)
{
	if (from == 0)
		people_csv_header(model->people, to);
	return people_csv(model->people, from, most, to);
}

uint32_t
model_ballots_csv(const struct model *model, uint32_t from, uint32_t most, struct buf *to)
{
	if (from == 0)
		ballots_csv_header(to);
	return ballots_csv(model->ballots, model->people, from, most, to);
}
