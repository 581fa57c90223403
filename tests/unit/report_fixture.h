/* report_fixture.h - a small load in memory and a folder of its own, for the tests of
 * runner/report. */
#ifndef TESTS_UNIT_REPORT_FIXTURE_H
#define TESTS_UNIT_REPORT_FIXTURE_H

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/scoped.h"
#include "runner/ports.h"
#include "runner/report/report.h"

/* 2026-11-21T22:14:07Z */
#define FIXTURE_TIME INT64_C(1795299247000)

struct fixture_chunk {
	struct plan_chunk plan;
	struct chunk chunk;
};

/* A journal that holds chunks and nothing else. */
struct fixture_journal {
	const struct fixture_chunk *chunks;
	size_t chunk_count;
};

static inline int
fixture_each_chunk(void *ctx,
    int (*visit)(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
	struct err *err),
    void *visitor, struct err *err)
{
	const struct fixture_journal *journal = ctx;

	for (size_t i = 0; i < journal->chunk_count; i++) {
		if (visit(visitor, &journal->chunks[i].plan, &journal->chunks[i].chunk, err))
			return -1;
	}
	return 0;
}

static inline struct journal_port
fixture_journal_port(struct fixture_journal *journal)
{
	return (struct journal_port){ .ctx = journal, .each_chunk = fixture_each_chunk };
}

/* A folder of its own under the build folder; done() empties and removes it. */
struct fixture_folder {
	char path[64];
	int fd;
};

static inline struct fixture_folder
fixture_folder_open(void)
{
	struct fixture_folder folder = { .path = "test_report.XXXXXX" };

	if (!mkdtemp(folder.path))
		abort();
	folder.fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(folder.fd >= 0);
	return folder;
}

static inline void
fixture_folder_done(struct fixture_folder *folder)
{
	DIR *dir = fdopendir(folder->fd);
	struct dirent *entry;

	while ((entry = readdir(dir)))
		unlinkat(folder->fd, entry->d_name, 0);
	closedir(dir);
	rmdir(folder->path);
}

/* The whole of a file; the caller frees it. NULL if there is none. */
static inline char *
fixture_read(const struct fixture_folder *folder, const char *name)
{
	int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	char *text;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &stat))
		abort();
	text = calloc(1, (size_t)stat.st_size + 1);
	if (!text || read(fd, text, (size_t)stat.st_size) != stat.st_size)
		abort();
	close(fd);
	return text;
}

static inline void
fixture_write(const struct fixture_folder *folder, const char *name, const char *text)
{
	int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

#endif
