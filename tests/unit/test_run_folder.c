#include "platform.h"

#include "tests/unit/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/ids.h"
#include "store/lock.h"

#define NOW_MS INT64_C(1795299247000)

/* ---- lock */

static void
a_second_runner_is_told_who_holds_the_lock(void **state)
{
	struct fixture fixture = fixture_begin();
	SCOPED(lock) lock = LOCK_NONE;
	SCOPED(lock) second = LOCK_NONE;
	char pid[32];

	(void)state;
	OK(lock_take(&lock, fixture.folder, NOW_MS, err));
	snprintf(pid, sizeof(pid), "process %d on ", (int)getpid());
	REFUSED(lock_take(&second, fixture.folder, NOW_MS, err), ERR_LATER, pid);
	REFUSED(lock_take(&second, fixture.folder, NOW_MS, err), ERR_LATER,
	    "since 2026-11-21T22:14:07Z");
	assert_int_equal(second.fd, -1);
	fixture_end(&fixture);
}

static void
a_released_lock_can_be_taken_again(void **state)
{
	struct fixture fixture = fixture_begin();
	struct lock lock = LOCK_NONE;
	struct lock_holder holder;

	(void)state;
	OK(lock_take(&lock, fixture.folder, NOW_MS, err));
	lock_release(&lock);
	lock_release(&lock);
	OK(lock_look(fixture.folder, &holder, err));
	assert_false(holder.is_held);
	OK(lock_take(&lock, fixture.folder, NOW_MS, err));
	lock_release(&lock);
	fixture_end(&fixture);
}

static void
a_lock_ends_with_its_process_however_it_ends(void **state)
{
	struct fixture fixture = fixture_begin();
	SCOPED(lock) lock = LOCK_NONE;
	struct lock_holder holder;
	int ends[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		struct lock theirs = LOCK_NONE;

		if (lock_take(&theirs, fixture.folder, NOW_MS, NULL) ||
		    write(ends[1], "l", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	OK(lock_look(fixture.folder, &holder, err));
	assert_true(holder.is_held);
	assert_int_equal(holder.pid, child);
	assert_string_equal(holder.since, "2026-11-21T22:14:07Z");
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	OK(lock_take(&lock, fixture.folder, NOW_MS, err));
	fixture_end(&fixture);
}

static void
looking_at_a_folder_without_a_lock_finds_nobody(void **state)
{
	struct fixture fixture = fixture_begin();
	struct lock_holder holder;

	(void)state;
	OK(lock_look(fixture.folder, &holder, err));
	assert_false(holder.is_held);
	fixture_end(&fixture);
}

static void
a_lock_text_that_makes_no_sense_still_names_the_lock(void **state)
{
	struct fixture fixture = fixture_begin();
	SCOPED(lock) lock = LOCK_NONE;
	SCOPED(lock) second = LOCK_NONE;
	struct lock_holder holder;
	char path[64];

	(void)state;
	OK(lock_take(&lock, fixture.folder, NOW_MS, err));
	snprintf(path, sizeof(path), "%s/lock", fixture.folder);
	assert_int_equal(truncate(path, 3), 0);
	REFUSED(lock_take(&second, fixture.folder, NOW_MS, err), ERR_LATER, "is in use");
	OK(lock_look(fixture.folder, &holder, err));
	assert_true(holder.is_held);
	assert_int_equal(holder.pid, 0);
	fixture_end(&fixture);
}

static void
the_lock_is_closed_on_exec_and_for_its_owner_only(void **state)
{
	struct fixture fixture = fixture_begin();
	SCOPED(lock) lock = LOCK_NONE;
	struct stat st;

	(void)state;
	OK(lock_take(&lock, fixture.folder, NOW_MS, err));
	assert_true(fcntl(lock.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(fstat(lock.fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fixture_end(&fixture);
}

static void
a_lock_in_a_folder_that_is_not_there_cannot_be_taken(void **state)
{
	struct lock lock = LOCK_NONE;

	(void)state;
	REFUSED(lock_take(&lock, "not/there", NOW_MS, err), ERR_CREATE, "not/there/lock: No such");
}

/* ---- ids */

static struct fixture
begin_ids(struct ids *ids)
{
	struct fixture fixture = fixture_begin();

	OK(ids_make(fixture.folder, err));
	OK(ids_open(ids, fixture.folder, err));
	return fixture;
}

static void
the_blocks_of_the_ids_file_are_there_from_the_beginning(void **state)
{
	SCOPED(ids) ids = IDS_NONE;
	struct fixture fixture = begin_ids(&ids);
	struct stat before, after;
	const struct ids_entry entry = { 0, 1, 1, 4711 };

	(void)state;
	assert_int_equal(fstat(ids.fd, &before), 0);
	for (unsigned i = 0; i < IDS_MOST; i++)
		OK(ids_rescue(&ids, &entry, err));
	assert_int_equal(fstat(ids.fd, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(after.st_blocks, before.st_blocks);
	assert_true(before.st_blocks * 512 >= before.st_size);
	fixture_end(&fixture);
}

static void
every_line_of_the_ids_file_can_be_used_and_no_more(void **state)
{
	SCOPED(ids) ids = IDS_NONE;
	struct fixture fixture = begin_ids(&ids);
	struct ids_entry entries[IDS_MOST];
	unsigned count;

	(void)state;
	for (uint32_t i = 0; i < IDS_MOST; i++) {
		const struct ids_entry entry = { UINT32_MAX, UINT32_MAX - i, UINT32_MAX,
			UINT64_MAX - i };

		OK(ids_rescue(&ids, &entry, err));
	}
	REFUSED(ids_rescue(&ids, &entries[0], err), ERR_IO, "no free line");
	OK(ids_read(&ids, entries, &count, err));
	assert_int_equal(count, IDS_MOST);
	assert_int_equal(entries[IDS_MOST - 1].number, UINT32_MAX - (IDS_MOST - 1));
	assert_true(entries[1].import_id == UINT64_MAX - 1);
	fixture_end(&fixture);
}

static void
a_line_that_was_cut_off_or_altered_is_passed_over(void **state)
{
	SCOPED(ids) ids = IDS_NONE;
	struct fixture fixture = begin_ids(&ids);
	const struct ids_entry entry = { 0, 1, 1, 4711 };
	const struct ids_entry other = { 1, 2, 3, 4 };
	struct ids_entry entries[IDS_MOST];
	unsigned count;

	(void)state;
	OK(ids_rescue(&ids, &entry, err));
	OK(ids_rescue(&ids, &other, err));
	/* "source 0 chunk 1 attempt 1 import 4711 check XXXXXXXX": every byte in turn */
	for (uint64_t at = 0; at < 53; at++) {
		char was;

		assert_int_equal(pread(ids.fd, &was, 1, (off_t)at), 1);
		assert_int_equal(folder_pwrite(ids.fd, "?", 1, at), 0);
		OK(ids_read(&ids, entries, &count, err));
		assert_int_equal(count, 1);
		assert_int_equal(entries[0].import_id, 4);
		assert_int_equal(folder_pwrite(ids.fd, &was, 1, at), 0);
	}
	OK(ids_read(&ids, entries, &count, err));
	assert_int_equal(count, 2);
	fixture_end(&fixture);
}

static void
ids_that_are_there_are_not_made_anew(void **state)
{
	SCOPED(ids) ids = IDS_NONE;
	struct fixture fixture = begin_ids(&ids);
	const struct ids_entry entry = { 0, 1, 1, 4711 };
	struct ids_entry entries[IDS_MOST];
	unsigned count;

	(void)state;
	OK(ids_rescue(&ids, &entry, err));
	ids_close(&ids);
	OK(ids_make(fixture.folder, err));
	OK(ids_open(&ids, fixture.folder, err));
	OK(ids_rescue(&ids, &entry, err));
	OK(ids_read(&ids, entries, &count, err));
	assert_int_equal(count, 2);
	fixture_end(&fixture);
}

static void
a_missing_or_short_ids_file_is_refused(void **state)
{
	struct fixture fixture = fixture_begin();
	struct ids ids;
	char path[64];

	(void)state;
	REFUSED(ids_open(&ids, fixture.folder, err), ERR_INPUT, "ids: No such file");
	OK(ids_make(fixture.folder, err));
	snprintf(path, sizeof(path), "%s/ids", fixture.folder);
	assert_int_equal(truncate(path, 100), 0);
	REFUSED(ids_open(&ids, fixture.folder, err), ERR_IO, "is damaged: 100 of 8192 bytes");
	fixture_end(&fixture);
}

/* ---- folder */

static void
a_file_is_replaced_whole_and_nothing_lies_beside_it(void **state)
{
	struct fixture fixture = fixture_begin();
	bool is_there;
	size_t len;
	char *text;

	(void)state;
	OK(folder_write(fixture.folder, "f", span_of("first, longer"), err));
	OK(folder_write(fixture.folder, "f", span_of("second"), err));
	text = fixture_bytes(fixture.folder, "f", &len);
	assert_string_equal(text, "second");
	OK(folder_has(fixture.folder, ".f.tmp", &is_there, err));
	assert_false(is_there);
	free(text);
	fixture_end(&fixture);
}

static void
a_file_larger_than_allowed_is_not_read(void **state)
{
	struct fixture fixture = fixture_begin();
	SCOPED(buf) bytes = BUF_INIT;

	(void)state;
	OK(folder_write(fixture.folder, "f", span_of("12345"), err));
	OK(folder_read(fixture.folder, "f", 5, &bytes, err));
	REFUSED(folder_read(fixture.folder, "f", 4, &bytes, err), ERR_IO, "larger than 4 bytes");
	fixture_end(&fixture);
}

static void
removing_what_is_not_there_is_fine(void **state)
{
	struct fixture fixture = fixture_begin();

	(void)state;
	OK(folder_remove(fixture.folder, "nothing", err));
	fixture_end(&fixture);
}

static void
a_folder_is_made_once_with_mode_0700(void **state)
{
	struct fixture fixture = fixture_begin();
	char *path = folder_path(fixture.folder, "inner");
	struct stat st;
	bool is_new;

	(void)state;
	OK(folder_make(path, &is_new, err));
	assert_true(is_new);
	OK(folder_make(path, &is_new, err));
	assert_false(is_new);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	free(path);
	REFUSED(folder_make("not/there", NULL, err), ERR_CREATE, "cannot create not/there");
	fixture_end(&fixture);
}

static void
only_a_disk_that_is_full_is_called_full(void **state)
{
	(void)state;
	REFUSED(folder_write_error(".", ENOSPC, err), ERR_IO, ".: disk full (");
	REFUSED(folder_write_error(".", EIO, err), ERR_IO, ".: Input/output error");
	REFUSED(folder_write_error(".", EDQUOT, err), ERR_IO, "quota");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_runner_is_told_who_holds_the_lock),
		cmocka_unit_test(a_released_lock_can_be_taken_again),
		cmocka_unit_test(a_lock_ends_with_its_process_however_it_ends),
		cmocka_unit_test(looking_at_a_folder_without_a_lock_finds_nobody),
		cmocka_unit_test(a_lock_text_that_makes_no_sense_still_names_the_lock),
		cmocka_unit_test(the_lock_is_closed_on_exec_and_for_its_owner_only),
		cmocka_unit_test(a_lock_in_a_folder_that_is_not_there_cannot_be_taken),
		cmocka_unit_test(the_blocks_of_the_ids_file_are_there_from_the_beginning),
		cmocka_unit_test(every_line_of_the_ids_file_can_be_used_and_no_more),
		cmocka_unit_test(a_line_that_was_cut_off_or_altered_is_passed_over),
		cmocka_unit_test(ids_that_are_there_are_not_made_anew),
		cmocka_unit_test(a_missing_or_short_ids_file_is_refused),
		cmocka_unit_test(a_file_is_replaced_whole_and_nothing_lies_beside_it),
		cmocka_unit_test(a_file_larger_than_allowed_is_not_read),
		cmocka_unit_test(removing_what_is_not_there_is_fine),
		cmocka_unit_test(a_folder_is_made_once_with_mode_0700),
		cmocka_unit_test(only_a_disk_that_is_full_is_called_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
