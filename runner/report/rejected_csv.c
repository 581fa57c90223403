#include "platform.h"

#include <stdlib.h>

#include "runner/report/csv.h"
#include "runner/report/rejected_csv.h"

#define NO_SOURCE UINT32_MAX

const char *const rejected_csv_columns[REJECTED_CSV_LEADING] = {
#define X(id, name) name,
	REJECTED_CSV_COLUMNS(X)
#undef X
};

/* ---- columns */

static int
join_columns(struct rejected_csv *csv, struct err *err)
{
	const struct report_job *job = csv->job;
	size_t most = 1;

	for (size_t i = 0; i < job->source_count; i++)
		most += job->sources[i].column_count;
	csv->columns = calloc(most, sizeof(*csv->columns));
	csv->places = calloc(most, sizeof(*csv->places));
	if (!csv->columns || !csv->places)
		return err_memory(err);
	for (size_t i = 0; i < job->source_count; i++) {
		for (size_t j = 0; j < job->sources[i].column_count; j++) {
			struct span name = job->sources[i].columns[j];

			if (span_find(csv->columns, csv->column_count, name) == csv->column_count)
				csv->columns[csv->column_count++] = name;
		}
	}
	return 0;
}

static void
find_places(struct rejected_csv *csv, uint32_t index)
{
	const struct report_source *source = &csv->job->sources[index];

	if (csv->source == index)
		return;
	for (size_t i = 0; i < csv->column_count; i++) {
		size_t place = span_find(source->columns, source->column_count, csv->columns[i]);

		csv->places[i] = place < source->column_count ? place : SIZE_MAX;
	}
	csv->source = index;
}

/* ---- lines */

static int
flush(struct rejected_csv *csv, struct err *err)
{
	if (buf_check(&csv->line, err))
		return -1;
	fwrite(csv->line.ptr, 1, csv->line.len, csv->to);
	buf_clear(&csv->line);
	return 0;
}

static int
write_header(struct rejected_csv *csv, struct err *err)
{
	struct csv line = csv_into(&csv->line);

	for (size_t i = 0; i < REJECTED_CSV_LEADING; i++)
		csv_raw(&line, span_of(rejected_csv_columns[i]));
	for (size_t i = 0; i < csv->column_count; i++)
		csv_raw(&line, csv->columns[i]);
	csv_end(&line);
	return flush(csv, err);
}

int
rejected_csv_init(struct rejected_csv *csv, const struct report_job *job, FILE *to,
    struct err *err)
{
	*csv = (struct rejected_csv){ .job = job, .to = to, .source = NO_SOURCE };
	return join_columns(csv, err) || write_header(csv, err) ? -1 : 0;
}

void
rejected_csv_done(struct rejected_csv *csv)
{
	free(csv->columns);
	free(csv->places);
	buf_done(&csv->line);
	*csv = (struct rejected_csv){ .source = NO_SOURCE };
}

int
rejected_csv_row(struct rejected_csv *csv, const struct rejected_row *row, struct err *err)
{
	struct csv line = csv_into(&csv->line);

	find_places(csv, row->plan->source);
	csv_text(&line, span_of(csv->job->sources[row->plan->source].name));
	csv_number(&line, row->plan->number);
	csv_number(&line, row->chunk->import_id);
	csv_text(&line, row->file);
	csv_number_from_one(&line, row->line);
	csv_number_from_one(&line, row->row);
	csv_text(&line, row->reason);
	for (size_t i = 0; i < csv->column_count; i++) {
		size_t place = csv->places[i];

		csv_raw(&line, place < row->field_count ? row->fields[place] : SPAN_NONE);
	}
	csv_end(&line);
	return flush(csv, err);
}
