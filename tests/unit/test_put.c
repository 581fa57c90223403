#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <signal.h>

#include "report_fixture.h"
#include "runner/base/buf.h"
#include "runner/files/folder.h"
#include "runner/files/put.h"

static void
expect_content(const struct fixture_folder *folder, const char *name, const char *expected)
{
	char *text = fixture_read(folder, name);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void
a_committed_file_replaces_the_old_one(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;

	(void)state;
	fixture_write(&folder, "report.csv", "old and longer than the new one");
	assert_int_equal(put_whole(folder.fd, "report.csv", span_of("new"), &err), 0);
	expect_content(&folder, "report.csv", "new");
	assert_int_equal(faccessat(folder.fd, ".report.csv.tmp", F_OK, 0), -1);
	fixture_folder_done(&folder);
}

static void
the_file_is_for_its_owner_only(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;
	struct stat stat;

	(void)state;
	assert_int_equal(put_whole(folder.fd, "report.csv", span_of("new"), &err), 0);
	assert_int_equal(fstatat(folder.fd, "report.csv", &stat, 0), 0);
	assert_int_equal(stat.st_mode & 0777, 0600);
	fixture_folder_done(&folder);
}

static void
what_is_not_committed_leaves_no_trace(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;

	(void)state;
	fixture_write(&folder, "report.csv", "old");
	{
		SCOPED(put) put = PUT_NONE;

		assert_int_equal(put_open(&put, folder.fd, "report.csv", &err), 0);
		fputs("half of the n", put.file);
	}
	expect_content(&folder, "report.csv", "old");
	assert_int_equal(faccessat(folder.fd, ".report.csv.tmp", F_OK, 0), -1);
	fixture_folder_done(&folder);
}

static void
the_leavings_of_a_killed_writer_are_taken_over(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;

	(void)state;
	fixture_write(&folder, ".report.csv.tmp", "what a killed writer had written so far");
	assert_int_equal(put_whole(folder.fd, "report.csv", span_of("new"), &err), 0);
	expect_content(&folder, "report.csv", "new");
	fixture_folder_done(&folder);
}

/* The second writer opens while the first one writes; each file that ever stands under the name is
 * whole, and the second one's is the last. */
static void
what_is_no_leaving_of_ours_is_not_written_to(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;
	struct stat file;

	(void)state;
	for (int i = 0; i < 4; i++) {
		fixture_write(&folder, "other", "of another");
		if (i == 0)
			assert_int_equal(linkat(folder.fd, "other", folder.fd, ".report.csv.tmp", 0), 0);
		else if (i == 1)
			assert_int_equal(symlinkat("other", folder.fd, ".report.csv.tmp"), 0);
		else if (i == 2)
			assert_int_equal(mkfifoat(folder.fd, ".report.csv.tmp", 0600), 0);
		else
			fixture_write(&folder, ".report.csv.tmp", "open to all");
		if (i == 3)
			assert_int_equal(fchmodat(folder.fd, ".report.csv.tmp", 0666, 0), 0);
		assert_int_equal(put_whole(folder.fd, "report.csv", span_of("new"), &err), 0);
		expect_content(&folder, "report.csv", "new");
		expect_content(&folder, "other", "of another");
		assert_int_equal(fstatat(folder.fd, "report.csv", &file, AT_SYMLINK_NOFOLLOW), 0);
		assert_int_equal(file.st_mode, S_IFREG | 0600);
		assert_int_equal(file.st_nlink, 1);
	}
	fixture_folder_done(&folder);
}

static void
a_second_writer_waits_for_the_first(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;
	struct put first = PUT_NONE;
	char byte;
	int started[2], result;
	pid_t second;

	(void)state;
	assert_int_equal(pipe(started), 0);
	assert_int_equal(put_open(&first, folder.fd, "report.csv", &err), 0);
	fputs("first", first.file);
	second = fork();
	assert_true(second >= 0);
	if (second == 0) {
		if (write(started[1], "", 1) != 1)
			_exit(2);
		close(fileno(first.file)); /* the lock is the parent's alone */
		_exit(put_whole(folder.fd, "report.csv", span_of("second"), &err) ? 1 : 0);
	}
	assert_int_equal(read(started[0], &byte, 1), 1);
	assert_int_equal(put_commit(&first, &err), 0);
	assert_int_equal(waitpid(second, &result, 0), second);
	assert_int_equal(result, 0);
	expect_content(&folder, "report.csv", "second");
	close(started[0]);
	close(started[1]);
	fixture_folder_done(&folder);
}

static void
a_folder_that_cannot_be_written_to_is_said(void **state)
{
	struct err err = ERR_INIT;
	struct put put = PUT_NONE;
	int folder = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(put_open(&put, folder, "report.csv", &err), -1);
	assert_int_equal(err.kind, ERR_CREATE);
	assert_non_null(strstr(err.text, "cannot create report.csv: "));
	put_done(&put);
	close(folder);
}

static void
a_full_disk_leaves_the_old_file(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;
	struct rlimit old, small;
	int result;

	(void)state;
	fixture_write(&folder, "report.csv", "old");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ 4, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	result = put_whole(folder.fd, "report.csv", span_of("longer than four bytes"), &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(result, -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, "writing report.csv: File too large");
	expect_content(&folder, "report.csv", "old");
	fixture_folder_done(&folder);
}

static void
what_does_not_fit_on_the_disk_is_told_at_once(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	SCOPED(put) put = PUT_NONE;
	SCOPED(buf) much = BUF_INIT;
	struct err err = ERR_INIT;
	struct rlimit old, small;
	int result;

	(void)state;
	while (much.len < 64 << 10)
		buf_add_text(&much, "more than any stream holds back\n");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(put_open(&put, folder.fd, "report.csv", &err), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ 4, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	result = put_add(&put, buf_span(&much), &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(result, -1);
	assert_string_equal(err.text, "writing report.csv: File too large");
	fixture_folder_done(&folder);
}

static void
a_folder_is_made_when_it_is_opened_first(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;
	struct stat stat;

	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = folder_open(folder.fd, "inner", &err);

		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &stat), 0);
		assert_int_equal(stat.st_mode & 0777, 0700);
		close(fd);
	}
	assert_int_equal(unlinkat(folder.fd, "inner", AT_REMOVEDIR), 0);
	fixture_folder_done(&folder);
}

static void
a_link_is_not_opened_as_a_folder(void **state)
{
	struct fixture_folder folder = fixture_folder_open();
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(symlinkat("/", folder.fd, "inner"), 0);
	assert_int_equal(folder_open(folder.fd, "inner", &err), -1);
	assert_int_equal(err.kind, ERR_CREATE);
	fixture_folder_done(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_committed_file_replaces_the_old_one),
		cmocka_unit_test(the_file_is_for_its_owner_only),
		cmocka_unit_test(what_is_not_committed_leaves_no_trace),
		cmocka_unit_test(the_leavings_of_a_killed_writer_are_taken_over),
		cmocka_unit_test(what_is_no_leaving_of_ours_is_not_written_to),
		cmocka_unit_test(a_second_writer_waits_for_the_first),
		cmocka_unit_test(a_folder_that_cannot_be_written_to_is_said),
		cmocka_unit_test(a_full_disk_leaves_the_old_file),
		cmocka_unit_test(what_does_not_fit_on_the_disk_is_told_at_once),
		cmocka_unit_test(a_folder_is_made_when_it_is_opened_first),
		cmocka_unit_test(a_link_is_not_opened_as_a_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
