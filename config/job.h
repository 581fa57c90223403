/* job.h - reads a job file into settings, or says what is wrong with it.
 *
 * One mistake at a time, the first in the file, in the layout of config/complain.h. What only all
 * of the file shows (two sources of one name, a field without the one it needs) comes after. No
 * input is opened and nothing is asked of the environment. */
#ifndef CONFIG_JOB_H
#define CONFIG_JOB_H

#include "config/settings.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

struct job_options {
	const char *path; /* of the job file, as the person wrote it; names it in messages */
	const char *home; /* what `~` stands for; NULL: `~` is refused */
};

/* Both fill in *settings, which settings_init() made, and leave it empty on failure. Kinds:
 * ERR_JOB; ERR_INPUT if the job file cannot be read; ERR_DATA if a column is missing without which
 * the nation refuses the rows; ERR_IO if memory is short. */
int job_read(const struct job_options *options, struct settings *settings, struct err *err);

/* The same from memory. It opens no file, so that includes are refused. */
int job_read_text(const struct job_options *options, struct span text, struct settings *settings,
    struct err *err);

#endif
