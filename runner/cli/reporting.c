#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "runner/cli/reporting.h"
#include "runner/files/folder.h"
#include "runner/sys/steps.h"

static int
open_folder(const char *path, struct err *err)
{
	int fd;

	if (folder_make(path, NULL, err))
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_system(err, ERR_CREATE, errno, "%s", path) : fd;
}

void
reporting_folder(const struct session *session, char folder[PATH_MAX])
{
	const char *dir = session->settings.report.dir.path;

	snprintf(folder, PATH_MAX, "%s", dir[0] ? dir : session->folder);
}

int
reporting_try(struct session *session, struct err *err)
{
	const char *dir = session->settings.report.dir.path;
	struct err cause = ERR_INIT;
	int saved;

	if (!dir[0])
		return 0;
	if (folder_make(dir, &session->has_made_reports, &cause) == 0) {
		if (access(dir, W_OK | X_OK) == 0)
			return 0;
		saved = errno;
		err_system(&cause, ERR_CREATE, saved, "cannot write into %s", dir);
	}
	return err_set(err, cause.kind, "report.dir: %s\nNothing was sent.", cause.text);
}

int
reporting_write_to(struct session *session, const char *folder, struct report_result *result,
    struct err *err)
{
	struct source_port source = inputs_port(&session->inputs);
	struct sent_port rows = inputs_rows(&session->inputs);
	struct report_options options = {
		.job = &session->job,
		.journal = &session->journal,
		.source = &source,
		.sent = &rows,
		.folder = open_folder(folder, err),
	};
	int failed;

	if (options.folder < 0)
		return -1;
	options.answers =
	    openat(session->folder_fd, "answers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	steps_at("before the reports");
	failed = report_write(&options, result, err);
	steps_at("after the reports");
	if (options.answers >= 0)
		close(options.answers);
	close(options.folder);
	return failed;
}

int
reporting_write(struct session *session, struct report_result *result, struct err *err)
{
	char folder[PATH_MAX];

	reporting_folder(session, folder);
	return reporting_write_to(session, folder, result, err);
}
