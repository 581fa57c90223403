#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/source/survey.h"

/* What two inputs must not share: those of one source the file, any two the rows as they are sent. A
 * file may well be sent twice with other columns, as the ballots of two elections. */
struct known {
	uint32_t source, input;
	uint64_t device, inode;
	uint64_t rows_sent;
	unsigned char digest[PLAN_DIGEST_BYTES];
};

struct survey {
	const struct survey_options *options;
	const struct survey_source *source;
	uint32_t source_index, input_index;
	uint32_t next_number;
	uint64_t rows_sent; /* of the input */
	struct known *known; /* of the inputs so far */
	uint32_t known_count;
};

static int
tell_layout(void *ctx, const struct layout *layout, struct err *err)
{
	const struct survey *survey = ctx;
	const struct survey_options *options = survey->options;

	if (!options->on_layout)
		return 0;
	return options->on_layout(
	    options->ctx, survey->source_index, survey->input_index, layout, err);
}

static int
tell_row(void *ctx, const struct layout *layout, const struct row *row, const struct span *values,
    struct err *err)
{
	const struct survey *survey = ctx;
	const struct survey_options *options = survey->options;

	return options->on_row(options->ctx, survey->source_index, survey->input_index, layout, row,
	    values, err);
}

static int
tell_chunk(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	struct survey *survey = ctx;
	const struct survey_options *options = survey->options;

	survey->next_number = chunk->number + 1;
	survey->rows_sent += plan_rows_sent(chunk);
	return options->on_chunk ? options->on_chunk(options->ctx, chunk, err) : 0;
}

static int
tell_reasons(void *ctx, const struct layout *layout, const struct reasons_count *counts,
    struct err *err)
{
	const struct survey *survey = ctx;
	const struct survey_options *options = survey->options;

	if (!options->on_reasons)
		return 0;
	return options->on_reasons(
	    options->ctx, survey->source_index, survey->input_index, layout, counts, err);
}

static int
refuse_twin(const struct survey *survey, const struct known *other, const char *how,
    struct err *err)
{
	const struct survey_source *source = &survey->options->sources[other->source];
	const char *first = source->inputs[other->input].written;
	const char *second = survey->source->inputs[survey->input_index].written;

	if (other->source == survey->source_index)
		return err_set(err, ERR_DATA,
		    "source %s: %s and %s %s\n"
		    "  Every row would be sent twice.  Take one of them out of  input.\n"
		    "Nothing was sent.",
		    source->name, first, second, how);
	return err_set(err, ERR_DATA,
	    "%s of source %s and %s of source %s %s\n"
	    "  Every row would be sent twice.  Take one of them out.\n"
	    "Nothing was sent.",
	    first, source->name, second, survey->source->name, how);
}

static int
check_file_is_new(const struct survey *survey, const struct file *file, struct err *err)
{
	for (uint32_t i = 0; i < survey->known_count; i++) {
		const struct known *known = &survey->known[i];

		if (known->source == survey->source_index && known->inode == file->inode &&
		    known->device == file->device)
			return refuse_twin(survey, known, "are the same file", err);
	}
	return 0;
}

static int
check_rows_are_new(const struct survey *survey, const struct plan_input *input, struct err *err)
{
	/* Of two files of which every row is left out nothing is sent twice. */
	for (uint32_t i = 0; i < survey->known_count && survey->rows_sent; i++) {
		const struct known *known = &survey->known[i];

		if (known->rows_sent == survey->rows_sent &&
		    memcmp(known->digest, input->digest, sizeof(input->digest)) == 0)
			return refuse_twin(survey, known, "hold the same rows", err);
	}
	return 0;
}

static int
plan_text(struct survey *survey, const struct reader *reader, struct pass_result *result,
    struct err *err)
{
	const struct survey_source *source = survey->source;
	struct pass_options pass = {
		.path = source->inputs[survey->input_index].written,
		.places = source->places,
		.layout = &source->layout,
		.type = source->type,
		.source = survey->source_index,
		.input = survey->input_index,
		.first_number = survey->next_number,
		.limit_bytes = survey->options->limit_bytes,
		.limit_rows = survey->options->limit_rows,
		.is_empty_allowed = source->is_empty_allowed,
		.on_layout = tell_layout,
		.on_chunk = tell_chunk,
		.on_row = survey->options->on_row ? tell_row : NULL,
		.on_reasons = tell_reasons,
		.ctx = survey,
	};

	survey->rows_sent = 0;
	return pass_run(&pass, reader, result, err);
}

/* Of a text that was copied the copy is read, so that the plan is of what will be read again. */
static int
plan_copy(struct survey *survey, struct input *input, struct pass_result *result, struct err *err)
{
	const struct survey_options *options = survey->options;
	SCOPED(file) copy = FILE_NONE;
	struct reader reader;

	if (options->copy(
		options->ctx, survey->source_index, survey->input_index, input, &copy, err))
		return -1;
	reader = file_reader(&copy);
	return plan_text(survey, &reader, result, err);
}

static int
plan_file(struct survey *survey, struct input *input, struct pass_result *result, struct err *err)
{
	const struct reader reader = input_reader(input);
	bool is_plain;
	int failed;

	if (input_look(input, &is_plain, err))
		return -1;
	if (!is_plain && survey->options->copy)
		failed = plan_copy(survey, input, result, err);
	else
		failed = plan_text(survey, &reader, result, err);
	if (failed || file_check_unchanged(&input->file, err))
		return -1;
	result->input.is_copied = !is_plain;
	if (!is_plain)
		result->input.text_bytes = result->input.size;
	result->input.size = input->file.size;
	file_describe(&input->file, &result->input);
	return 0;
}

static int
plan_input(struct survey *survey, struct err *err)
{
	const struct survey_options *options = survey->options;
	struct known *known = &survey->known[survey->known_count];
	SCOPED(input) input = INPUT_NONE;
	struct pass_result result;

	if (input_open(&input, survey->source->inputs[survey->input_index], survey->source->form,
		err) ||
	    check_file_is_new(survey, &input.file, err) ||
	    plan_file(survey, &input, &result, err) ||
	    check_rows_are_new(survey, &result.input, err))
		return -1;
	survey->known_count++;
	known->source = survey->source_index;
	known->input = survey->input_index;
	known->device = input.file.device;
	known->inode = input.file.inode;
	known->rows_sent = survey->rows_sent;
	memcpy(known->digest, result.input.digest, sizeof(known->digest));
	return options->on_input ? options->on_input(options->ctx, &result.input, &result, err) : 0;
}

static int
plan_source(struct survey *survey, struct err *err)
{
	survey->next_number = 1;
	for (uint32_t i = 0; i < survey->source->input_count; i++) {
		survey->input_index = i;
		if (plan_input(survey, err))
			return -1;
	}
	return 0;
}

int
survey_run(const struct survey_options *options, struct err *err)
{
	struct survey survey = { .options = options };
	size_t inputs = 0;
	int failed = 0;

	for (uint32_t i = 0; i < options->source_count; i++)
		inputs += options->sources[i].input_count;
	survey.known = calloc(inputs + 1, sizeof(*survey.known));
	if (!survey.known)
		return err_memory(err);
	for (uint32_t i = 0; i < options->source_count && !failed; i++) {
		survey.source = &options->sources[i];
		survey.source_index = i;
		failed = plan_source(&survey, err);
	}
	free(survey.known);
	return failed;
}
