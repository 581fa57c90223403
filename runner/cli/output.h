/* output.h - where the data of a verb goes: standard output, or a file that the user names.
 *
 * A file is there whole or not at all, and for its owner alone. What is no file (a device, a pipe) is written
 * to as it is; it is never replaced. */
#ifndef RUNNER_CLI_OUTPUT_H
#define RUNNER_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/jsonw.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/files/put.h"

struct output {
	FILE *to;         /* NULL before output_open() */
	const char *path; /* lent by the caller; NULL: standard output */
	FILE *device;     /* that it names; NULL: a file */
	struct put put;
	int folder;
};

#define OUTPUT_NONE                                       \
	{                                                 \
		.to = NULL, .put = PUT_NONE, .folder = -1 \
	}

/* NULL or "-" is standard output. A file that is there already is replaced only if that `is_wanted`. Before the
 * process confines itself. ERR_USAGE: no name for a file; ERR_CREATE. */
int output_choose(struct output *output, const char *path, bool is_wanted, struct err *err);

/* ERR_CREATE if `path` is `file`, by whatever name: what a verb reads, it must not replace, --force or not. */
int output_spare(const char *path, const char *file, struct err *err);

/* Then output->to may be written to; a failed write sticks to it. */
int output_open(struct output *output, struct err *err);
int output_close(struct output *output, struct err *err);
void output_done(struct output *output);
SCOPED_BY(output, output_done)

/* Whether output_put() may work: that it is the name of a file, and no folder. */
int output_check(const char *path, struct err *err);

/* All of a file at once; replaces what is there. ERR_CREATE, ERR_IO. */
int output_put(const char *path, struct span text, struct err *err);

/* Onto standard output, if there was memory for it. */
int output_text(const struct buf *text, struct err *err);

/* The same with a document whose outermost object is still open. */
int output_json(struct jsonw *json, struct err *err);

/* "rollcall: " and what is wrong, onto standard error; the exit code that says the same. Also without memory: then
 * what is not plain ASCII is shown as a question mark. */
int output_complaint(const struct err *err);

#endif
