/* inputs.h - the inputs of a job in the terms of runner/source, and as ports: bodies for the engine,
 * rows for the reports. */
#ifndef RUNNER_CLI_INPUTS_H
#define RUNNER_CLI_INPUTS_H

#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/cli/layouts.h"
#include "runner/ports.h"
#include "runner/report/sent.h"
#include "runner/source/reasons.h"
#include "runner/source/source.h"
#include "store/store.h"

/* The header of a source as sent; none while its first input cannot be read. */
struct inputs_header {
	struct span *columns;
	size_t count;
	char *text; /* that they point into */
};

/* What a rule of the job did with a source, as the plan remembers it. */
struct inputs_reason {
	uint32_t source;
	enum reasons_kind kind;
	uint64_t rows;
	char *words;
};

struct inputs {
	const struct settings *settings;
	struct layouts layouts;
	struct file_name *names; /* of all inputs, source after source */
	uint64_t *sizes;         /* when they were planned */
	struct source_job *jobs;
	struct inputs_header *headers;
	struct inputs_reason *reasons; /* in the order of the inputs; each once a source */
	size_t reason_count;
	struct source source;
};

/* The settings are borrowed. Opens nothing. */
int inputs_make(struct inputs *inputs, const struct settings *settings, const char *load_id,
    struct err *err);
void inputs_done(struct inputs *inputs);

/* What only the plan knows: the inputs' sizes, and, by the first chunks, the headers. An input that
 * cannot be read any more is no error here. */
int inputs_take_plan(struct inputs *inputs, struct store *store, struct err *err);

struct source_port inputs_port(struct inputs *inputs);
struct sent_port inputs_rows(struct inputs *inputs);

#endif
