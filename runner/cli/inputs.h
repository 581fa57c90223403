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
#include "runner/report/rejected_csv.h"
#include "runner/report/sent.h"
#include "runner/source/input.h"
#include "runner/source/reasons.h"
#include "runner/source/source.h"
#include "store/store.h"

/* The header of a source as sent. */
struct inputs_header {
	struct span *columns; /* each ends with a NUL that is not counted */
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

/* What is known of an input beside its name. */
struct inputs_fact {
	uint32_t source, input;
	bool is_copied;  /* by the plan */
	bool was_copied; /* by us: the copy was not there */
	char *copy;      /* where, if it is; its own memory */
};

/* retry/N.csv of the run folder, and its texts. */
struct inputs_retry {
	struct plan_input planned;
	char *path;              /* to open; its end is what reports call it */
	struct layout_column *columns; /* as sent */
	char **names;
	size_t count;
};

/* The columns of retry/N.csv before those that are sent, all of them named "rollcall.…": where the row was
 * rejected, as in rejected.csv, and which of the rows it is that were sent of its record (sent_row.nth). */
enum { INPUTS_RETRY_LEADING = REJECTED_CSV_LEADING + 1 };
extern const char *const inputs_retry_columns[INPUTS_RETRY_LEADING];

struct inputs {
	const struct settings *settings;
	const char *folder; /* NAME.run */
	struct layouts layouts;
	struct file_name *files; /* of all inputs, source after source, as they lie there */
	struct file_name *names; /* where their texts are read: the same, or their copies */
	uint64_t *sizes;         /* of the texts when they were planned */
	struct inputs_fact *facts;
	size_t count;
	struct source_job *jobs;
	struct inputs_header *headers;
	uint32_t **orders; /* of all inputs: inputs_orders() */
	struct inputs_reason *reasons; /* in the order of the inputs; each once a source */
	size_t reason_count;
	struct inputs_retry *retries;
	struct source_retry *retry_jobs;
	size_t retry_count;
	struct source source;
};

/* Settings, their inputs looked up (globs.h), and the run folder are borrowed. Opens nothing. It stays
 * where it is until inputs_done(). */
int inputs_make(struct inputs *inputs, const struct settings *settings, const char *folder,
    const char *load_id, struct err *err);
void inputs_done(struct inputs *inputs);

/* The file of an input as it lies there, and its form. */
struct file_name inputs_file(const struct inputs *inputs, uint32_t source, uint32_t input);
struct input_form inputs_form(const struct inputs *inputs, uint32_t source);

/* By input of a source: where in its header each column of the input stands; NULL where the order is the same. */
const uint32_t *const *inputs_orders(const struct inputs *inputs, uint32_t source);

/* For planning: makes a copy of a text that is not its own, and opens it. `inputs` is the context. */
int inputs_copy(void *inputs, uint32_t source, uint32_t input, struct input *from,
    struct file *copy, struct err *err);

/* Takes away the copies that were made for one reading of the load; the runner's stay. */
void inputs_unmake_copies(const struct inputs *inputs);

/* What only the plan knows: the inputs' sizes, which have copies, the headers as sent, and the files of
 * retries. No input is read. */
int inputs_take_plan(struct inputs *inputs, struct store *store, struct err *err);

/* The file of a retry; NULL if the load has none such. */
const struct source_retry *inputs_find_retry(const struct inputs *inputs, uint32_t source,
    uint32_t input);

struct source_port inputs_port(struct inputs *inputs);
struct sent_port inputs_rows(struct inputs *inputs);

#endif
