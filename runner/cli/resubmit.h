/* resubmit.h - in_doubt = "resubmit" wants a unique id in every row: a person who is sent twice stays
 * one person then, and else becomes two. The columns that a job file names are judged with it; here are
 * those of an input's own header line, and the rows. */
#ifndef RUNNER_CLI_RESUBMIT_H
#define RUNNER_CLI_RESUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "runner/base/err.h"
#include "runner/source/layout.h"

bool resubmit_is_set(const struct settings *settings);

/* The names of the columns as sent. 0 also where the source has another in_doubt; else ERR_JOB. */
int resubmit_check_columns(const struct settings *settings, size_t source,
    const struct span *names, size_t count, struct err *err);

/* A row with its values as sent, one an output of the layout. As above. */
int resubmit_check_row(const struct settings *settings, size_t source, uint32_t input,
    const struct layout *layout, const struct row *row, const struct span *values,
    struct err *err);

#endif
