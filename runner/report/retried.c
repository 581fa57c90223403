#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "runner/core/tally.h"
#include "runner/report/content.h"
#include "runner/report/retried.h"

uint32_t
retried_input(const struct report_source *source, struct span name)
{
	for (size_t i = 0; i < source->input_count; i++) {
		if (span_is(name, source->inputs[i]))
			return (uint32_t)i;
	}
	return RETRIED_NO_INPUT;
}

static int
compare_numbers(uint64_t left, uint64_t right)
{
	return (left > right) - (left < right);
}

static int
compare_names(const struct retried_row *left, const struct retried_row *right)
{
	int order = compare_numbers(left->source, right->source);

	if (order == 0)
		order = compare_numbers(left->chunk, right->chunk);
	if (order == 0)
		order = compare_numbers(left->input, right->input);
	if (order == 0)
		order = compare_numbers(left->row, right->row);
	return order ? order : compare_numbers(left->nth, right->nth);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct retried_row *left = a, *right = b;
	int order = compare_names(left, right);

	return order ? order : compare_numbers(left->by, right->by);
}

/* ---- reading */

struct reading {
	struct retried *retried;
	const struct report_options *options;
	uint32_t last_input; /* rows of one input stand together mostly */
};

static int
add_row(struct retried *retried, const struct retried_row *row, struct err *err)
{
	size_t room = retried->room ? retried->room * 2 : 64;
	struct retried_row *rows = retried->rows;

	if (retried->count == retried->room) {
		rows = reallocarray(rows, room, sizeof(*rows));
		if (!rows)
			return err_memory(err);
		retried->rows = rows;
		retried->room = room;
	}
	rows[retried->count++] = *row;
	return 0;
}

static uint32_t
input_of(struct reading *reading, uint32_t source, struct span file)
{
	const struct report_source *of = &reading->options->job->sources[source];

	if (reading->last_input >= of->input_count ||
	    !span_is(file, of->inputs[reading->last_input]))
		reading->last_input = retried_input(of, file);
	return reading->last_input;
}

static int
take_rows(struct reading *reading, struct sent_reader *reader, struct retried_row row,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct sent_row sent;
	bool is_end;

	for (;;) {
		if (reader->next(reader, &sent, &is_end, &why)) {
			reading->retried->is_unreadable = true;
			snprintf(reading->retried->why, sizeof(reading->retried->why), "%.500s",
			    why.text);
			return 0;
		}
		if (is_end)
			return 0;
		row.chunk = sent.chunk;
		row.row = sent.row;
		row.nth = sent.nth;
		row.content = content_row(sent.fields, sent.field_count);
		row.input = sent.row ? input_of(reading, row.source, sent.file) : RETRIED_NO_INPUT;
		if (add_row(reading->retried, &row, err))
			return -1;
	}
}

static int
visit_chunk(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
    struct err *err)
{
	struct reading *reading = visitor;
	const struct sent_port *sent = reading->options->sent;
	const struct retried_row row = { .source = plan->source, .by = plan->number,
		.is_answered = tally_replaces(chunk, plan) };
	struct err why = ERR_INIT;
	struct sent_reader *reader;
	int result;

	if (!plan_is_retry(plan) || chunk->notes & NOTE_SPLIT ||
	    plan->source >= reading->options->job->source_count)
		return 0;
	if (sent->open(sent->ctx, plan, &reader, &why)) {
		reading->retried->is_unreadable = true;
		snprintf(reading->retried->why, sizeof(reading->retried->why), "%.500s", why.text);
		return 0;
	}
	result = take_rows(reading, reader, row, err);
	reader->close(reader);
	return result;
}

int
retried_read(struct retried *retried, const struct report_options *options, struct err *err)
{
	struct reading reading = { retried, options, RETRIED_NO_INPUT };

	*retried = (struct retried){ .rows = NULL };
	if (options->journal->each_chunk(options->journal->ctx, visit_chunk, &reading, err))
		return -1;
	if (retried->count)
		qsort(retried->rows, retried->count, sizeof(*retried->rows), compare_rows);
	return 0;
}

void
retried_done(struct retried *retried)
{
	free(retried->rows);
	*retried = (struct retried){ .rows = NULL };
}

/* ---- asking */

/* The first one that is not before this name; count if there is none. */
static size_t
find_first(const struct retried *retried, const struct retried_row *name)
{
	size_t from = 0, to = retried->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_names(&retried->rows[middle], name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct retried_row *
retried_find(const struct retried *retried, const struct retried_row *name)
{
	size_t first = find_first(retried, name);

	if (first == retried->count || compare_names(&retried->rows[first], name) != 0)
		return NULL;
	return &retried->rows[first];
}
