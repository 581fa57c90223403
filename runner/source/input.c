#include "platform.h"

#include <stdlib.h>

#include "runner/source/input.h"

int
input_open(struct input *input, struct file_name name, struct input_form form, struct err *err)
{
	*input = (struct input)INPUT_NONE;
	if (file_open(&input->file, name, err))
		return -1;
	input->bytes = file_reader(&input->file);
	input->unpack = (struct unpack_options){
		.from = {
			.reader = &input->bytes,
			.size = input->file.size,
			.path = name.written,
			.member = form.member ? form.member : "",
		},
		.encoding = form.encoding ? form.encoding : "",
	};
	return 0;
}

void
input_close(struct input *input)
{
	stage_close(input->stage);
	input->stage = NULL;
	file_close(&input->file);
}

int
input_look(struct input *input, bool *is_plain, struct err *err)
{
	if (!input->was_looked_at && unpack_look(&input->unpack, &input->is_plain, err))
		return -1;
	input->was_looked_at = true;
	*is_plain = input->is_plain;
	return 0;
}

int
input_stage(struct input *input, struct stage **stage, struct err *err)
{
	return unpack_open(&input->unpack, stage, err);
}

/* Reads what lies before the offset and forgets it. *got is 0 only if the text ends there. */
static int
skip_to(struct input *input, uint64_t offset, struct err *err)
{
	enum { FORGOTTEN_BYTES = 64 << 10 };
	char *forgotten;
	size_t got = 1;

	if (input->stage && offset < input->stage_at) {
		stage_close(input->stage);
		input->stage = NULL;
	}
	if (!input->stage) {
		input->stage_at = 0;
		if (unpack_open(&input->unpack, &input->stage, err))
			return -1;
	}
	if (input->stage_at == offset)
		return 0;
	forgotten = malloc(FORGOTTEN_BYTES);
	if (!forgotten)
		return err_memory(err);
	while (got && input->stage_at < offset) {
		uint64_t left = offset - input->stage_at;

		if (input->stage->read(input->stage, forgotten,
			left < FORGOTTEN_BYTES ? (size_t)left : FORGOTTEN_BYTES, &got, err)) {
			free(forgotten);
			return -1;
		}
		input->stage_at += got;
	}
	free(forgotten);
	return 0;
}

static int
read_text(void *ctx, uint64_t offset, void *to, size_t most, size_t *got, struct err *err)
{
	struct input *input = ctx;
	bool is_plain;

	if (input_look(input, &is_plain, err))
		return -1;
	if (is_plain)
		return reader_read(&input->bytes, offset, to, most, got, err);
	if (skip_to(input, offset, err))
		return -1;
	*got = 0;
	if (input->stage_at < offset) /* it has ended */
		return 0;
	if (input->stage->read(input->stage, to, most, got, err))
		return -1;
	input->stage_at += *got;
	return 0;
}

struct reader
input_reader(struct input *input)
{
	return (struct reader){ .ctx = input, .read = read_text };
}
