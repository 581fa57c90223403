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

/* Whether no report would take the place of a file that the job reads, once its inputs are known; asked
 * before anything is sent, and by reporting_write(). ERR_CREATE. */
int reporting_spare_files(const struct session *session, struct err *err);

int reporting_write(struct session *session, struct report_result *result, struct err *err);

/* The same into another folder, which is made. */
int reporting_write_to(struct session *session, const char *folder, struct report_result *result,
    struct err *err);

/* What a list of rejected rows cannot tell. */
struct reporting_gaps {
	bool is_unreadable; /* a source could not be read again: rows of it have no place */
	uint64_t unlisted;  /* rows that the nation rejected and its answers, as they are kept, do not name */
};

/* To stderr: rows are listed without their places. */
void reporting_warn_unplaced(void);

/* Visits every rejected row of the load that can be listed. ERR_INPUT if it cannot be known which were sent
 * again. */
int reporting_each_rejected(struct session *session, const struct rejected_visitor *visitor,
    struct reporting_gaps *gaps, struct err *err);

#endif
