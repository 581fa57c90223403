#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/sys/helper.h"

enum {
	PATIENCE_MS = 15000,
	OUTPUT_BYTES = 4096,
};

static int
start(void **state)
{
	struct helper *helper = NULL;

	if (helper_start(&helper, NULL))
		return -1;
	*state = helper;
	return 0;
}

static int
stop(void **state)
{
	helper_stop(*state);
	return 0;
}

static struct helper_outcome
run_within(struct helper *helper, const char *line, uint32_t most_ms, struct buf *output)
{
	const struct helper_command command = { line, OUTPUT_BYTES, most_ms };
	struct helper_outcome outcome = { 0 };

	assert_int_equal(helper_run(helper, &command, output, &outcome, NULL), 0);
	return outcome;
}

static struct helper_outcome
run(struct helper *helper, const char *line, struct buf *output)
{
	return run_within(helper, line, PATIENCE_MS, output);
}

/* Of a process that need not be our child. */
static void
await_end(pid_t pid)
{
	struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };

	if (end.fd < 0) {
		assert_int_equal(errno, ESRCH);
		return;
	}
	assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
	close(end.fd);
}

static void
a_command_gives_its_output_and_its_exit_code(void **state)
{
	SCOPED(buf) output = BUF_INIT;
	struct helper_outcome outcome;

	buf_add_text(&output, "before ");
	outcome = run(*state, "printf 'a\\000b'; exit 3", &output);
	assert_int_equal(outcome.exit_code, 3);
	assert_false(outcome.is_late);
	assert_false(outcome.is_long);
	assert_int_equal(output.len, 10);
	assert_memory_equal(output.ptr, "before a\0b", 11);
}

static void
one_command_runs_after_the_other(void **state)
{
	for (int i = 0; i < 3; i++) {
		SCOPED(buf) output = BUF_INIT;

		assert_int_equal(run(*state, "echo x", &output).exit_code, 0);
		assert_string_equal(buf_text(&output), "x\n");
	}
}

static void
exit_codes_are_those_of_a_shell(void **state)
{
	SCOPED(buf) output = BUF_INIT;

	assert_int_equal(run(*state, "true", &output).exit_code, 0);
	assert_int_equal(run(*state, "no-such-command 2>&-", &output).exit_code, 127);
	assert_int_equal(run(*state, "kill -KILL $$", &output).exit_code, 128 + SIGKILL);
	assert_int_equal(output.len, 0);
}

static void
a_command_has_no_input(void **state)
{
	SCOPED(buf) output = BUF_INIT;

	assert_int_equal(run(*state, "cat; readlink /proc/self/fd/0", &output).exit_code, 0);
	assert_string_equal(buf_text(&output), "/dev/null\n");
}

static void
a_command_inherits_no_open_file_of_ours(void **state)
{
	SCOPED(buf) output = BUF_INIT;

	/* ls itself opens one more, the folder that it reads. */
	assert_int_equal(run(*state, "ls /proc/self/fd", &output).exit_code, 0);
	assert_string_equal(buf_text(&output), "0\n1\n2\n3\n");
}

static void
output_is_taken_up_to_the_last_byte_allowed(void **state)
{
	SCOPED(buf) output = BUF_INIT;
	struct helper_outcome outcome = run(*state, "head -c 4096 /dev/zero", &output);

	assert_int_equal(outcome.exit_code, 0);
	assert_false(outcome.is_long);
	assert_int_equal(output.len, OUTPUT_BYTES);
}

static void
a_command_that_says_more_is_killed(void **state)
{
	SCOPED(buf) output = BUF_INIT;
	struct helper_outcome outcome = run(*state, "cat /dev/zero | cat", &output);

	assert_true(outcome.is_long);
	assert_int_equal(outcome.exit_code, 128 + SIGKILL);
	assert_int_equal(output.len, OUTPUT_BYTES);
}

static void
a_command_that_takes_too_long_is_killed_with_all_it_started(void **state)
{
	SCOPED(buf) output = BUF_INIT;
	struct helper_outcome outcome =
	    run_within(*state, "sleep 1000 & echo $!; sleep 1000", 100, &output);
	pid_t sleeper = (pid_t)atoi(buf_text(&output));

	assert_true(outcome.is_late);
	assert_int_equal(outcome.exit_code, 128 + SIGKILL);
	assert_true(sleeper > 1);
	await_end(sleeper);
}

static void
what_a_command_leaves_running_is_not_waited_for(void **state)
{
	SCOPED(buf) output = BUF_INIT;
	pid_t sleeper;

	assert_int_equal(run(*state, "sleep 1000 & echo $!", &output).exit_code, 0);
	sleeper = (pid_t)atoi(buf_text(&output));
	assert_int_equal(kill(sleeper, SIGKILL), 0);
	await_end(sleeper);
}

static void
signals_from_the_terminal_do_not_end_the_helper_but_reach_commands(void **state)
{
	SCOPED(buf) output = BUF_INIT;

	assert_int_equal(run(*state, "kill -INT $PPID; kill -TERM $PPID; kill -HUP $PPID",
			     &output).exit_code,
	    0);
	assert_int_equal(run(*state, "kill -TERM $$", &output).exit_code, 128 + SIGTERM);
}

/* Every child and every orphan that came to us has ended. */
static void
await_no_children(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(errno, ECHILD);
}

static void
a_helper_that_is_gone_is_an_error(void **state)
{
	const struct helper_command command = { "kill -KILL $PPID; exec sleep 1000", OUTPUT_BYTES,
						PATIENCE_MS };
	SCOPED(buf) output = BUF_INIT;
	struct helper_outcome outcome;
	struct err err = ERR_INIT;

	assert_int_equal(helper_run(*state, &command, &output, &outcome, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(output.len, 0);
	await_no_children();
}

/* A runner of its own, which is killed while its command runs. */
static _Noreturn void
be_a_runner(const char *fifo)
{
	SCOPED(buf) line = BUF_INIT;
	SCOPED(buf) output = BUF_INIT;
	struct helper *helper;

	if (helper_start(&helper, NULL))
		_exit(1);
	buf_printf(&line, "sleep 1000 | (echo started > %s; sleep 1000)", fifo);
	run(helper, buf_text(&line), &output);
	_exit(1);
}

static void
a_runner_that_is_killed_takes_the_helper_and_all_of_its_command_with_it(void **state)
{
	char folder[] = "helper-XXXXXX", fifo[32], byte;
	pid_t runner;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	runner = fork();
	if (runner == 0)
		be_a_runner(fifo);
	fd = open(fifo, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(kill(runner, SIGKILL), 0);
	await_no_children();
	close(fd);
	unlink(fifo);
	rmdir(folder);
}

#define WITH_HELPER(test) cmocka_unit_test_setup_teardown(test, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HELPER(a_command_gives_its_output_and_its_exit_code),
		WITH_HELPER(one_command_runs_after_the_other),
		WITH_HELPER(exit_codes_are_those_of_a_shell),
		WITH_HELPER(a_command_has_no_input),
		WITH_HELPER(a_command_inherits_no_open_file_of_ours),
		WITH_HELPER(output_is_taken_up_to_the_last_byte_allowed),
		WITH_HELPER(a_command_that_says_more_is_killed),
		WITH_HELPER(a_command_that_takes_too_long_is_killed_with_all_it_started),
		WITH_HELPER(what_a_command_leaves_running_is_not_waited_for),
		WITH_HELPER(signals_from_the_terminal_do_not_end_the_helper_but_reach_commands),
		WITH_HELPER(a_helper_that_is_gone_is_an_error),
		cmocka_unit_test(
		    a_runner_that_is_killed_takes_the_helper_and_all_of_its_command_with_it),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans of the commands become ours, to be seen */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
