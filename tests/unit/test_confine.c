/* Each test confines a child of its own, as nothing can be taken back. Without Landlock in the
 * kernel the children find out that nothing is refused to them, and the program says so. */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/sys/confine.h"

enum { ABIS = 8 };

static unsigned kernel_abi;
static char folder[] = "/tmp/test_confine.XXXXXX";

static void
put(const char *name)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	assert_true(fputs("text\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* A folder that may be changed, one that may be read, one that is not named. */
static int
make_folders(void **state)
{
	static const char *const names[] = { "ours", "ours/sub", "theirs", "secret", "hollow" };

	(void)state;
	if (!mkdtemp(folder) || chdir(folder))
		return -1;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (mkdir(names[i], 0700))
			return -1;
	}
	put("ours/file");
	put("theirs/file");
	put("secret/file");
	put("alone");
	return mkdir("hollow/inner", 0700);
}

static int
remove_folders(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") || system(command);
}

static void
give_up(unsigned abi, bool denies_connections)
{
	struct confine confine;
	unsigned got = 0;

	confine_init(&confine, abi, denies_connections);
	confine_allow(&confine, "ours", CONFINE_WRITE);
	confine_allow(&confine, "theirs", CONFINE_READ);
	confine_allow(&confine, "alone", CONFINE_WRITE);
	confine_allow(&confine, "hollow", CONFINE_REMOVE_FOLDERS);
	confine_allow(&confine, "not/there", CONFINE_READ);
	confine_allow(&confine, "alone/not/there", CONFINE_WRITE);
	confine_allow(&confine, "/dev/null", CONFINE_WRITE);
	if (confine_enter(&confine, &got, NULL) || got != (abi < kernel_abi ? abi : kernel_abi))
		_exit(98);
	confine_done(&confine);
}

/* The errno with which `act` fails in a confined child, 0 if it does not. */
static int
confined_at(unsigned abi, int (*act)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		give_up(abi, true);
		_exit(act() ? errno : 0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 98);
	return WEXITSTATUS(status);
}

static void
assert_refused_since(unsigned abi, int (*act)(void))
{
	for (unsigned now = 1; now < ABIS; now++) {
		int code = confined_at(now, act);

		/* ESRCH and the like would be a test that proves nothing. */
		if (now < abi || kernel_abi < abi)
			assert_int_equal(code, 0);
		else
			assert_true(code == EACCES || code == EPERM);
	}
}

static void
assert_allowed(int (*act)(void))
{
	for (unsigned now = 1; now < ABIS; now++)
		assert_int_equal(confined_at(now, act), 0);
}

/* ---- what is tried */

static int
opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int read_theirs(void) { return opens("theirs/file", O_RDONLY); }
static int list_theirs(void) { return opens("theirs", O_RDONLY | O_DIRECTORY); }
static int read_alone(void) { return opens("alone", O_RDONLY); }
static int write_alone(void) { return opens("alone", O_WRONLY | O_TRUNC); }
static int write_theirs(void) { return opens("theirs/file", O_WRONLY); }
static int create_theirs(void) { return opens("theirs/new", O_WRONLY | O_CREAT); }
static int read_secret(void) { return opens("secret/file", O_RDONLY); }
static int list_secret(void) { return opens("secret", O_RDONLY | O_DIRECTORY); }
static int write_secret(void) { return opens("secret/file", O_WRONLY); }
static int create_secret(void) { return opens("secret/new", O_WRONLY | O_CREAT); }
static int create_beside(void) { return opens("new", O_WRONLY | O_CREAT); }
static int read_by_dots(void) { return opens("ours/../secret/file", O_RDONLY); }
static int read_passwords(void) { return opens("/etc/passwd", O_RDONLY); }
static int remove_theirs(void) { return unlink("theirs/file"); }
static int write_null(void) { return opens("/dev/null", O_RDWR); }
static int pipe_ours(void) { return mkfifo("ours/pipe", 0600); }
static int link_ours(void) { return symlink("../secret", "ours/link"); }
static int truncate_theirs(void) { return truncate("theirs/file", 5); }

static int
change_ours(void)
{
	return opens("ours/new", O_RDWR | O_CREAT | O_TRUNC) ||
	       rename("ours/new", "ours/file") || mkdir("ours/made", 0700) ||
	       rename("ours/made", "ours/named") || rmdir("ours/named") ||
	       opens("ours/sub/new", O_WRONLY | O_CREAT) || unlink("ours/sub/new") ||
	       truncate("ours/file", 0);
}

static int
remove_hollow(void)
{
	return rmdir("hollow/inner") || mkdir("hollow/inner", 0700) == 0 ? -1 : 0;
}

static int
move_out(void)
{
	return rename("ours/file", "theirs/stolen");
}

static int
run_true(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return -1;
}

static struct sockaddr_in
loopback(int fd)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	if (fd >= 0 && getsockname(fd, (struct sockaddr *)&address, &len))
		_exit(97);
	return address;
}

static int
bind_tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = loopback(-1);

	return bind(fd, (struct sockaddr *)&address, sizeof(address));
}

static int listener;

static int
connect_tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = loopback(listener);

	return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

static int
signal_parent(void)
{
	return kill(getppid(), 0);
}

/* ---- tests */

static void
what_was_allowed_stays_so_under_every_abi(void **state)
{
	(void)state;
	assert_allowed(read_theirs);
	assert_allowed(list_theirs);
	assert_allowed(read_alone);
	assert_allowed(write_alone);
	assert_allowed(change_ours);
	assert_allowed(write_null);
}

static void
what_may_be_read_cannot_be_changed(void **state)
{
	(void)state;
	assert_refused_since(1, write_theirs);
	assert_refused_since(1, create_theirs);
	assert_refused_since(1, remove_theirs);
	assert_refused_since(3, truncate_theirs);
}

static void
what_was_not_named_cannot_be_used(void **state)
{
	(void)state;
	assert_refused_since(1, read_secret);
	assert_refused_since(1, list_secret);
	assert_refused_since(1, write_secret);
	assert_refused_since(1, create_secret);
	assert_refused_since(1, create_beside);
	assert_refused_since(1, read_by_dots);
	assert_refused_since(1, read_passwords);
}

static void
nothing_but_files_and_folders_can_be_made_and_none_be_moved_out(void **state)
{
	(void)state;
	assert_refused_since(1, pipe_ours);
	assert_refused_since(1, link_ours);
	assert_int_not_equal(confined_at(CONFINE_ANY_ABI, move_out), 0);
}

static void
an_empty_folder_may_be_removed_where_that_is_allowed_and_not_made(void **state)
{
	(void)state;
	assert_int_equal(confined_at(CONFINE_ANY_ABI, remove_hollow), 0);
}

static void
no_program_can_be_executed(void **state)
{
	(void)state;
	assert_refused_since(1, run_true);
}

static void
no_port_can_be_opened_and_none_reached_where_that_is_denied(void **state)
{
	(void)state;
	assert_refused_since(4, bind_tcp);
	assert_refused_since(4, connect_tcp);
}

static void
connections_are_free_where_they_are_not_denied(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		give_up(CONFINE_ANY_ABI, false);
		_exit(connect_tcp() ? errno : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
processes_outside_get_no_signals(void **state)
{
	(void)state;
	assert_refused_since(6, signal_parent);
}

static void
what_is_open_stays_open(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		int fd = open("secret/file", O_RDWR | O_CLOEXEC);
		char byte;

		give_up(CONFINE_ANY_ABI, true);
		_exit(read(fd, &byte, 1) != 1 || write(fd, "x", 1) != 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int
has_no_new_rights(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -1;
}

static void
no_program_can_give_new_rights_also_without_landlock(void **state)
{
	(void)state;
	assert_int_equal(confined_at(0, has_no_new_rights), 0);
	assert_int_equal(confined_at(CONFINE_ANY_ABI, has_no_new_rights), 0);
}

static int
count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
no_descriptor_is_left_over(void **state)
{
	int before = count_descriptors();
	struct confine confine;

	(void)state;
	confine_init(&confine, CONFINE_ANY_ABI, true);
	confine_allow(&confine, "ours", CONFINE_WRITE);
	confine_done(&confine);
	confine_done(&confine);
	assert_int_equal(count_descriptors(), before);
}

static void
an_error_within_sticks_and_is_told(void **state)
{
	struct confine confine;
	struct err err = ERR_INIT;
	unsigned abi = 77;
	struct rlimit before, none;

	(void)state;
	confine_init(&confine, CONFINE_ANY_ABI, true);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0; /* what is open stays so, no other number can be had */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	confine_allow(&confine, "ours", CONFINE_WRITE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	confine_allow(&confine, "theirs", CONFINE_READ);
	assert_int_equal(confine_enter(&confine, &abi, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(abi, 77);
	assert_non_null(strstr(err.text, "Too many open files"));
	confine_done(&confine);
	assert_int_equal(opens("secret/file", O_RDONLY), 0);
}

static unsigned
look_for_kernel(void)
{
	struct confine confine;
	unsigned abi;

	confine_init(&confine, CONFINE_ANY_ABI, false);
	abi = confine.abi;
	confine_done(&confine);
	return abi;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_allowed_stays_so_under_every_abi),
		cmocka_unit_test(what_may_be_read_cannot_be_changed),
		cmocka_unit_test(what_was_not_named_cannot_be_used),
		cmocka_unit_test(nothing_but_files_and_folders_can_be_made_and_none_be_moved_out),
		cmocka_unit_test(an_empty_folder_may_be_removed_where_that_is_allowed_and_not_made),
		cmocka_unit_test(no_program_can_be_executed),
		cmocka_unit_test(no_port_can_be_opened_and_none_reached_where_that_is_denied),
		cmocka_unit_test(connections_are_free_where_they_are_not_denied),
		cmocka_unit_test(processes_outside_get_no_signals),
		cmocka_unit_test(what_is_open_stays_open),
		cmocka_unit_test(no_program_can_give_new_rights_also_without_landlock),
		cmocka_unit_test(no_descriptor_is_left_over),
		cmocka_unit_test(an_error_within_sticks_and_is_told),
	};

	kernel_abi = look_for_kernel();
	if (!kernel_abi) {
		printf("1..0 # SKIP this kernel has no Landlock: nothing can be confined here\n");
		return 0;
	}
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || listen(listener, 16))
		return 99;
	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
