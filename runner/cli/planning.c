#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/fields.h"
#include "runner/base/show.h"
#include "runner/cli/planning.h"
#include "runner/cli/resubmit.h"
#include "runner/source/survey.h"

/* ---- header names */

static bool
is_extra(const struct settings_source *source, struct span name)
{
	for (size_t i = 0; i < source->extra_field_count; i++) {
		if (span_is(name, source->extra_fields[i]))
			return true;
	}
	return false;
}

static int
refuse_name(const struct settings_source *source, const char *path, struct span name,
    struct err *err)
{
	struct span nearest = fields_suggest(source->type, name);
	SCOPED(buf) shown = BUF_INIT;

	show_safe(&shown, name, 80);
	return err_set(err, ERR_DATA,
	    "%s has a column \"%s\" that is no field of the nation%s%.*s%s\n"
	    "  The nation may ignore it silently, and its data with it.  Choose:\n"
	    "    name the column right in line 1 of the file,\n"
	    "    say which columns are sent, and as what:  columns = ( ... );\n"
	    "    or allow it:  extra_fields = [ \"%s\" ];\n"
	    "Nothing was sent.",
	    path, buf_text(&shown), nearest.ptr ? "; did you mean \"" : "", SPAN_ARG(nearest),
	    nearest.ptr ? "\"?" : "", buf_text(&shown));
}

/* A whole header line in one name: the columns stand apart by something else. */
static int
refuse_format(const struct settings *settings, size_t index, uint32_t input, struct span name,
    struct err *err)
{
	static const struct {
		char delimiter;
		const char *format, *word;
	} formats[] = {
		{ '\t', "tab", "tabs" },
		{ '|', "pipe", "pipes" },
		{ ';', "semicolon", "semicolons" },
		{ ',', "csv", "commas" },
	};
	struct settings_place place = settings_where(settings, "sources.format", index);
	SCOPED(buf) shown = BUF_INIT;

	for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
		if (!memchr(name.ptr, formats[i].delimiter, name.len))
			continue;
		show_safe(&shown, name, 80);
		return err_set(err, ERR_DATA,
		    "%s has only one column, \"%s\"\n"
		    "  If %s stand between columns, set  format = \"%s\";  in %s line %u.\n"
		    "Nothing was sent.",
		    settings->sources[index].inputs[input].written, buf_text(&shown),
		    formats[i].word, formats[i].format, place.file, place.line);
	}
	return 0;
}

/* Is the name one of these, each ended by a NUL? */
static bool
is_among(struct span columns, struct span name)
{
	while (columns.len) {
		if (span_equal(span_next(&columns, '\0'), name))
			return true;
	}
	return false;
}

/* The first of `columns` that is not among the others. */
static struct span
find_other(struct span columns, struct span others)
{
	while (columns.len) {
		struct span name = span_next(&columns, '\0');

		if (!is_among(others, name))
			return name;
	}
	return SPAN_NONE;
}

/* What a row lacks is not the same as what is empty in it, which a table of rejected rows, to be sent again,
 * could not tell: the inputs of a source have the same columns, in whatever order. */
static int
compare_columns(const struct planning *planning, uint32_t index, uint32_t input, struct err *err)
{
	const struct planning_source *source = &planning->sources[index];
	const struct settings_path *inputs = planning->inputs->settings->sources[index].inputs;
	const char *first = inputs[source->column_input].written, *other = inputs[input].written;
	struct span more = find_other(buf_span(&planning->columns), buf_span(&source->columns));
	struct span less = find_other(buf_span(&source->columns), buf_span(&planning->columns));
	SCOPED(buf) shown = BUF_INIT;

	if (!more.ptr && !less.ptr)
		return 0;
	show_safe(&shown, more.ptr ? more : less, 80);
	return err_set(err, ERR_DATA,
	    "%s and %s have not the same columns\n"
	    "  %s has \"%s\", %s has not.  Choose:\n"
	    "    make it a source of its own in %s;\n"
	    "    or say which columns are sent of all of them:  columns = ( ... );\n"
	    "Nothing was sent.",
	    first, other, more.ptr ? other : first, buf_text(&shown), more.ptr ? first : other,
	    planning->inputs->settings->path);
}

static int
note_columns(struct planning *planning, uint32_t index, uint32_t input, const struct layout *layout,
    struct err *err)
{
	struct planning_source *source = &planning->sources[index];

	for (uint32_t i = 0; i < layout->output_count; i++) {
		buf_add_span(&planning->columns, layout->outputs[i].name);
		buf_add_byte(&planning->columns, '\0');
	}
	if (buf_check(&planning->columns, err))
		return -1;
	if (!layout->output_count)
		return 0;
	if (source->columns.len)
		return compare_columns(planning, index, input, err);
	source->column_input = input;
	buf_add_span(&source->columns, buf_span(&planning->columns));
	return buf_check(&source->columns, err);
}

static int
add_nothing_was_sent(struct err *err)
{
	struct err cause = *err;

	return err_set(err, cause.kind, "%s\nNothing was sent.", cause.text);
}

static int
check_resubmit(const struct planning *planning, uint32_t index, const struct layout *layout,
    struct err *err)
{
	struct span *names = calloc((size_t)layout->output_count + 1, sizeof(*names));
	int failed;

	if (!names)
		return err_memory(err);
	for (uint32_t i = 0; i < layout->output_count; i++)
		names[i] = layout->outputs[i].name;
	failed = layout->output_count && resubmit_check_columns(planning->inputs->settings, index,
						 names, layout->output_count, err);
	free(names);
	return failed ? add_nothing_was_sent(err) : 0;
}

/* Of a file's own header line; names that the job gives are judged with it. */
static int
see_layout(void *context, uint32_t index, uint32_t input, const struct layout *layout,
    struct err *err)
{
	struct planning *planning = context;
	const struct settings_source *source = &planning->inputs->settings->sources[index];

	for (uint32_t i = 0; i < layout->output_count; i++) {
		struct span name = layout->outputs[i].name;

		if (fields_known(source->type, name) || is_extra(source, name))
			continue;
		if (layout->column_count == 1 &&
		    refuse_format(planning->inputs->settings, index, input, name, err))
			return -1;
		return refuse_name(source, source->inputs[input].written, name, err);
	}
	if (note_columns(planning, index, input, layout, err) ||
	    check_resubmit(planning, index, layout, err))
		return -1;
	if (!planning->sink.layout)
		return 0;
	return planning->sink.layout(planning->sink.ctx, index, input, layout, err);
}

static int
see_row(void *context, uint32_t source, uint32_t input, const struct layout *layout,
    const struct row *row, const struct span *values, struct err *err)
{
	const struct planning *planning = context;

	if (resubmit_check_row(planning->inputs->settings, source, input, layout, row, values, err))
		return add_nothing_was_sent(err);
	if (!planning->sink.row)
		return 0;
	return planning->sink.row(planning->sink.ctx, source, input, layout, row, values, err);
}

/* ---- the plan */

static int
see_chunk(void *context, const struct plan_chunk *chunk, struct err *err)
{
	struct planning *planning = context;
	struct planning_source *source = &planning->sources[chunk->source];

	source->chunks++;
	source->posts += plan_rows_sent(chunk) > 0;
	source->rows_left_out += chunk->rows_left_out;
	source->rows_sent += plan_rows_sent(chunk);
	source->csv_bytes += chunk->csv_bytes;
	return planning->sink.chunk ? planning->sink.chunk(planning->sink.ctx, chunk, err) : 0;
}

static int
copy_reasons(struct planning_source *source, const struct reasons *from, struct err *err)
{
	source->reasons = calloc(from->count, sizeof(*source->reasons));
	if (!source->reasons)
		return err_memory(err);
	for (uint32_t i = 0; i < from->count; i++) {
		source->reasons[i].kind = from->items[i].kind;
		source->reasons[i].words = strdup(from->items[i].words);
		if (!source->reasons[i].words)
			return err_memory(err);
		source->reason_count++;
	}
	return 0;
}

/* The list is the same for every input of a source. */
static int
see_reasons(void *context, uint32_t index, uint32_t input, const struct layout *layout,
    const struct reasons_count *counts, struct err *err)
{
	struct planning *planning = context;
	struct planning_source *source = &planning->sources[index];
	const struct reasons *reasons = &layout->reasons;

	(void)input;
	if (!source->reasons && copy_reasons(source, reasons, err))
		return -1;
	for (uint32_t i = 0; i < reasons->count; i++) {
		if (counts[i].rows == 0)
			continue;
		reasons_sum(&source->reasons[i].count, &counts[i]);
		buf_printf(&planning->reasons, "%s %llu %s\n", reasons_word(reasons->items[i].kind),
		    (unsigned long long)counts[i].rows, reasons->items[i].words);
	}
	return buf_check(&planning->reasons, err);
}

static int
see_input(void *context, const struct plan_input *input, const struct pass_result *result,
    struct err *err)
{
	struct planning *planning = context;
	struct planning_source *source = &planning->sources[input->source];
	struct plan_input planned = *input;
	int failed = 0;

	source->inputs++;
	source->rows += input->rows;
	if (result->was_looked_at)
		rules_add(source->counts, result->counts);
	planned.reasons = buf_span(&planning->reasons);
	planned.columns = buf_span(&planning->columns);
	if (planning->sink.input)
		failed = planning->sink.input(planning->sink.ctx, &planned,
		    planning->inputs->jobs[input->source].inputs[input->input].written, err);
	buf_clear(&planning->reasons);
	buf_clear(&planning->columns);
	return failed;
}

/* "nc-2026.cfg line 31" */
static const char *
place_of(const struct settings *settings, const char *option, size_t source, struct buf *to)
{
	struct settings_place place = settings_where(settings, option, source);

	buf_printf(to, "%s line %u", place.file, place.line);
	return buf_text(to);
}

struct places {
	struct buf encoding, quoting, empty;
};

static void
describe(const struct inputs *inputs, size_t index, struct places *places,
    struct survey_source *to)
{
	const struct settings *settings = inputs->settings;
	const struct settings_source *source = &settings->sources[index];

	*to = (struct survey_source){
		.name = source->name,
		.type = source->type == SETTINGS_PEOPLE ? RULES_PEOPLE : RULES_BALLOT,
		.layout = inputs->layouts.of[index],
		.places = {
			place_of(settings, "sources.encoding", index, &places->encoding),
			place_of(settings, "sources.quoting", index, &places->quoting),
			place_of(settings, "sources.empty", index, &places->empty),
		},
		.is_empty_allowed = source->empty_allowed,
		.inputs = inputs->jobs[index].inputs,
		.input_count = inputs->jobs[index].input_count,
		.form = inputs_form(inputs, (uint32_t)index),
	};
}

static int
copy_input(void *context, uint32_t source, uint32_t input, struct input *from, struct file *copy,
    struct err *err)
{
	const struct planning *planning = context;

	return inputs_copy((void *)(uintptr_t)planning->inputs, source, input, from, copy, err);
}

static int
survey(struct planning *planning, struct survey_source *sources, struct places *places,
    struct err *err)
{
	const struct settings *settings = planning->inputs->settings;
	const struct survey_options options = {
		.sources = sources,
		.source_count = settings->source_count,
		.limit_bytes = (uint32_t)settings->limits.chunk_bytes,
		.limit_rows = (uint32_t)settings->limits.rows,
		.copy = planning->makes_copies ? copy_input : NULL,
		.on_layout = see_layout,
		.on_chunk = see_chunk,
		.on_row = planning->sink.row || resubmit_is_set(settings) ? see_row : NULL,
		.on_reasons = see_reasons,
		.on_input = see_input,
		.ctx = planning,
	};

	for (size_t i = 0; i < settings->source_count; i++)
		describe(planning->inputs, i, &places[i], &sources[i]);
	return survey_run(&options, err);
}

/* Bad input says it itself; of a file that cannot be read only who plans knows it. */
static int
say_nothing_was_sent(struct err *err)
{
	return err->kind == ERR_INPUT ? add_nothing_was_sent(err) : -1;
}

int
planning_run(struct planning *planning, struct err *err)
{
	size_t count = planning->inputs->settings->source_count;
	struct survey_source *sources = calloc(count, sizeof(*sources));
	struct places *places = calloc(count, sizeof(*places));
	int failed;

	planning->sources = calloc(count, sizeof(*planning->sources));
	planning->source_count = count;
	if (sources && places && planning->sources)
		failed = survey(planning, sources, places, err);
	else
		failed = err_memory(err);
	for (size_t i = 0; places && i < count; i++) {
		buf_done(&places[i].encoding);
		buf_done(&places[i].quoting);
		buf_done(&places[i].empty);
	}
	free(places);
	free(sources);
	return failed ? say_nothing_was_sent(err) : 0;
}

void
planning_done(struct planning *planning)
{
	for (size_t i = 0; planning->sources && i < planning->source_count; i++) {
		for (size_t j = 0; j < planning->sources[i].reason_count; j++)
			free(planning->sources[i].reasons[j].words);
		free(planning->sources[i].reasons);
		buf_done(&planning->sources[i].columns);
	}
	free(planning->sources);
	planning->sources = NULL;
	buf_done(&planning->reasons);
	buf_done(&planning->columns);
}

/* ---- warnings */

static void
warn_of_rule(const char *name, enum rule rule, const struct rules_count *count)
{
	char rows[SHOW_BYTES], row[SHOW_BYTES], line[SHOW_BYTES];
	size_t shown = count->rows < RULES_EXAMPLES ? (size_t)count->rows : RULES_EXAMPLES;

	fprintf(stderr, "warning: %s: %s: %s %s\n", name, rules_text(rule),
	    show_count(count->rows, rows), count->rows == 1 ? "row" : "rows");
	for (size_t i = 0; i < shown; i++) {
		const struct rules_example *example = &count->examples[i];
		SCOPED(buf) value = BUF_INIT;

		show_safe(&value, span_of(example->value), sizeof(example->value));
		fprintf(stderr, "  row %s (line %s): \"%s\"\n", show_count(example->row, row),
		    show_count(example->line, line), buf_text(&value));
	}
}

void
planning_warn(const struct planning *planning)
{
	for (size_t i = 0; i < planning->inputs->settings->source_count; i++) {
		const struct planning_source *source = &planning->sources[i];

		if (source->rows && source->rows == source->rows_left_out)
			fprintf(stderr, "warning: %s: every row is left out by rules of the job\n",
			    planning->inputs->settings->sources[i].name);
		for (int rule = 0; rule < RULE_COUNT; rule++) {
			if (source->counts[rule].rows)
				warn_of_rule(planning->inputs->settings->sources[i].name, (enum rule)rule,
				    &source->counts[rule]);
		}
	}
}
