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

/* *fd is -1 if no chunk was answered for yet. */
static int
open_answers(const struct session *session, int *fd, struct err *err)
{
	*fd = openat(session->folder_fd, "answers", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd >= 0 || errno == ENOENT)
		return 0;
	return err_system(err, ERR_IO, errno, "cannot open %s/answers", session->folder);
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
reporting_spare_files(const struct session *session, struct err *err)
{
	static const char *const names[] = { "report.csv", "summary.csv", "rejected.csv" };
	char folder[PATH_MAX], path[PATH_MAX + 16];
	struct err cause = ERR_INIT;

	reporting_folder(session, folder);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (session_spare_files(session, path, &cause))
			return err_set(err, cause.kind, "report.dir: %s", cause.text);
	}
	return 0;
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
	if (open_answers(session, &options.answers, err)) {
		close(options.folder);
		return -1;
	}
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

	if (reporting_spare_files(session, err))
		return -1;
	reporting_folder(session, folder);
	return reporting_write_to(session, folder, result, err);
}

/* ---- rejected rows */

void
reporting_warn_unplaced(void)
{
	fprintf(stderr, "warning: an input could not be read again: rows of it have no place\n"
			"  in source_file, and retry will not take them.\n");
}

struct listing {
	struct rejected rejected;
	const struct rejected_visitor *visitor;
	struct reporting_gaps gaps;
};

static int
list_chunk(void *context, const struct plan_chunk *plan, const struct chunk *chunk, struct err *err)
{
	struct listing *listing = context;
	const struct report_job *job = listing->rejected.options->job;
	struct rejected_found found;

	if (plan->source >= job->source_count ||
	    !report_has_input(&job->sources[plan->source], plan->input))
		return err_set(err, ERR_INPUT, "chunk %u of source %u: the job has no such input",
		    plan->number, plan->source + 1);
	if (rejected_chunk(&listing->rejected, plan, chunk, listing->visitor, &found, err))
		return -1;
	listing->gaps.is_unreadable |= found.is_unreadable;
	if (chunk->has_counts && chunk->rows_failed > found.listed)
		listing->gaps.unlisted += chunk->rows_failed - found.listed;
	return 0;
}

int
reporting_each_rejected(struct session *session, const struct rejected_visitor *visitor,
    struct reporting_gaps *gaps, struct err *err)
{
	const struct journal_port *journal = &session->journal;
	struct sent_port rows = inputs_rows(&session->inputs);
	struct report_options options = {
		.job = &session->job,
		.journal = journal,
		.sent = &rows,
		.folder = -1,
	};
	struct listing listing = { .visitor = visitor };
	int failed;

	*gaps = listing.gaps;
	if (open_answers(session, &options.answers, err))
		return -1;
	failed = rejected_init(&listing.rejected, &options, err);
	if (!failed && listing.rejected.retried.is_unreadable)
		failed = err_set(err, ERR_INPUT,
		    "it cannot be told which rejected rows were sent again: %s",
		    listing.rejected.retried.why);
	if (!failed)
		failed = journal->each_chunk(journal->ctx, list_chunk, &listing, err);
	*gaps = listing.gaps;
	rejected_done(&listing.rejected);
	if (options.answers >= 0)
		close(options.answers);
	return failed;
}
