/* starter.h - the commented job file that `init` writes: what was found in each file, what goes
 * where, and DECIDE: wherever a person must say. It holds no value of any voter: examples are masked
 * (mask.h). */
#ifndef RUNNER_SNIFF_STARTER_H
#define RUNNER_SNIFF_STARTER_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/sniff/look.h"
#include "runner/sniff/propose.h"

/* Files of one layout. */
struct starter_source {
	const struct look *look; /* of the first file */
	const struct propose *propose;
	const char *const *inputs;
	size_t input_count;
	const char *member; /* of those that are a .zip; NULL: not said */
};

struct starter_options {
	const char *job;    /* the job file's name, for the commands in it; "JOB.cfg" if unknown */
	const char *nation; /* the slug; NULL: to be decided */
	const struct starter_source *sources;
	size_t source_count;
};

/* Appends the job file. */
int starter_write(struct buf *to, const struct starter_options *options, struct err *err);

/* How many decisions are marked in it. */
size_t starter_count_decisions(struct span job);

/* What is to be said about a file in a line or two, without a line end at the end: problems that
 * `check` will refuse it for. Nothing if there is none. */
void starter_trouble(struct buf *to, const struct look *look);

#endif
