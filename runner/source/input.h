/* input.h - one input of a source, in whatever form it is: a text is read as it lies; one that is packed,
 * or UTF-16, is unpacked as it is read (unpack.h).
 *
 * The reader goes to any offset of the text; of one that is unpacked, forwards at the pace of the
 * packer, and backwards by beginning again. Nothing is written and memory is some windows: for more
 * than one pass from front to end, a copy is made (runner/cli/copies.h). */
#ifndef RUNNER_SOURCE_INPUT_H
#define RUNNER_SOURCE_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/source/file.h"
#include "runner/source/reader.h"
#include "runner/source/unpack.h"

/* What the job file says of the inputs of a source; "" or NULL for what it does not. */
struct input_form {
	const char *encoding;
	const char *member;
};

struct input {
	struct file file; /* as it lies there */
	struct reader bytes; /* of it */
	struct unpack_options unpack;
	bool was_looked_at, is_plain;
	struct stage *stage; /* NULL: it is plain, or nothing was read yet */
	uint64_t stage_at;   /* offset of the text that comes next */
};

#define INPUT_NONE { .file = FILE_NONE }

/* Opens the file and looks at nothing. The input stays where it is until it is closed, and what it is
 * given is borrowed. */
int input_open(struct input *input, struct file_name name, struct input_form form, struct err *err);
void input_close(struct input *input);
SCOPED_BY(input, input_close)

/* *is_plain: the file is the text. -1: ERR_DATA, what its name says and what it is differ. */
int input_look(struct input *input, bool *is_plain, struct err *err);

/* The text; it looks by itself. */
struct reader input_reader(struct input *input);

/* A stage of its own over the whole text, to be closed before the input. */
int input_stage(struct input *input, struct stage **stage, struct err *err);

#endif
