/* globs.h - which files the inputs of a job mean.
 *
 * A pattern means the regular files whose names fit it (runner/source/wildcard.h), in the order of their
 * bytes, one folder a slash; but a path that is there as it is written is that path. What it means is
 * looked up when a load is planned, and then stands in the plan: a file that comes later is not sent. */
#ifndef RUNNER_CLI_GLOBS_H
#define RUNNER_CLI_GLOBS_H

#include <limits.h>
#include <stdint.h>

#include "config/settings.h"
#include "runner/base/err.h"
#include "store/store.h"

/* Sets the inputs of every source to the files that there are now. ERR_INPUT: a pattern means none, or
 * a folder cannot be read; ERR_JOB: more than LIMIT_INPUTS. */
int globs_expand(struct settings *settings, struct err *err);

/* Sets them to those of the plan. */
int globs_take_plan(struct settings *settings, struct store *store, struct err *err);

/* A line on stderr for each source that has files by now that are not among its inputs. What cannot be
 * looked at is passed over. */
void globs_warn(const struct settings *settings);

/* The folder that has all the files of a pattern, at any depth. */
void globs_folder(const struct settings_path *pattern, char to[static PATH_MAX]);

#endif
