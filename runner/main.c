/* main.c - the process, then the table of verbs. */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/cli/args.h"
#include "runner/cli/output.h"
#include "runner/sys/steps.h"

/* Voter data and a token pass through here: files are ours alone, no core is left behind, and
 * nothing of the environment makes the TLS library write its keys down. */
static void
close_the_house(void)
{
	const struct rlimit none = { 0, 0 };

	umask(077);
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	unsetenv("SSLKEYLOGFILE");
	signal(SIGPIPE, SIG_IGN); /* a closed connection or pipe is an error of the write */
	signal(SIGXFSZ, SIG_IGN); /* so is a file that may not grow */
}

/* What is read through a map of memory, the store, can go away under us: a damaged disk, a file cut
 * short. Whatever was written down is still true. Nothing but write(2) and _exit(2) is safe here. */
static void
die_of_bad_memory(int number)
{
	static const char text[] =
	    "rollcall: the store cannot be read: damaged, or cut off by another program, or the disk "
	    "failed\n"
	    "  Nothing more was sent.  Keep the run folder. rollcall verify tells more.\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)number;
	(void)written;
	_exit(ERR_IO);
}

/* On a stack of its own, as the fault may be the end of the other one. A sanitizer's own handlers
 * stay. */
static void
catch_bad_memory(void)
{
	static const int numbers[] = { SIGBUS, SIGSEGV };
	static char stack[64 << 10];
	const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct sigaction die = {
		.sa_handler = die_of_bad_memory,
		.sa_flags = (int)(SA_ONSTACK | SA_RESETHAND),
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction now;

		if (sigaction(numbers[i], NULL, &now) || now.sa_handler != SIG_DFL)
			continue;
		sigaltstack(&alternate, NULL);
		sigaction(numbers[i], &die, NULL);
	}
}

/* A stream that was closed before us (cron, 2>&-) leaves its number to the next file that is opened,
 * and our messages would be written into the lock, the store or a socket. Opened the wrong way round,
 * so that using it fails as it would have done closed. */
static int
occupy_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The lowest free number, which is fd. */
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return -1;
	}
	return 0;
}

/* What was printed may still be on its way. A reader that has seen enough (rollcall log | head) wants
 * no message about it. */
static int
finish(int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	if (errno != EPIPE)
		fprintf(stderr, "rollcall: writing to standard output: %s\n", strerror(errno));
	return code ? code : ERR_IO;
}

int
main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct args args;
	int code;

	close_the_house();
	catch_bad_memory();
	if (occupy_streams()) {
		perror("rollcall: /dev/null, in the place of a closed stream");
		return ERR_IO;
	}
	steps_begin();
	if (args_read(&args, argc - 1, argv + 1, &err))
		return output_complaint(&err);
	if (args_has(&args, OPTION_HELP) || (!args.verb && !args_has(&args, OPTION_VERSION))) {
		args_print_help(args.verb);
		return finish(args_has(&args, OPTION_HELP) ? 0 : ERR_USAGE);
	}
	if (args_has(&args, OPTION_VERSION)) {
		printf("rollcall %s\n", PACKAGE_VERSION);
		return finish(0);
	}
	code = args.verb->run(&args, &err);
	if (code < 0 || err.kind != ERR_NONE)
		code = output_complaint(&err);
	steps_done();
	return finish(code);
}
