/* reporting.h - the reports of an open session, into report.dir. */
#ifndef RUNNER_CLI_REPORTING_H
#define RUNNER_CLI_REPORTING_H

#include "runner/cli/session.h"
#include "runner/report/rejected.h"
#include "runner/report/report.h"

/* The folder that they go to: report.dir, or the run folder. */
void reporting_folder(const struct session *session, char folder[PATH_MAX]);

/* Whether reports can be written there, before hours of work for them: makes the folder that
 * report.dir names. ERR_CREATE. */
int reporting_try(struct session *session, struct err *err);

int reporting_write(struct session *session, struct report_result *result, struct err *err);

/* The same into another folder, which is made. */
int reporting_write_to(struct session *session, const char *folder, struct report_result *result,
    struct err *err);

/* Visits every rejected row of the load. *is_readable becomes false if a source could not be read again, so
 * that rows of it have no place. ERR_INPUT if it cannot be known which were sent again. */
int reporting_each_rejected(struct session *session, const struct rejected_visitor *visitor,
    bool *is_readable, struct err *err);

#endif
