#include "platform.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/wire/nation.h"

enum { ARGUMENTS = 64 };

/* Becomes the sandbox, its stdout the pipe. */
static _Noreturn void
become_sandbox(const char *ledger, const char *const *faults, int output)
{
	const char *folder = getenv("TOP_BUILDDIR");
	char path[512];
	const char *arguments[ARGUMENTS] = { path, "--exit-with-parent", "--token", NATION_TOKEN };
	size_t count = 4;

	if (ledger) {
		arguments[count++] = "--ledger";
		arguments[count++] = ledger;
	}
	for (; faults && *faults && count + 2 < ARGUMENTS; faults++) {
		arguments[count++] = "--fault";
		arguments[count++] = *faults;
	}
	snprintf(path, sizeof(path), "%s/rollcall-sandbox", folder ? folder : ".");
	dup2(output, STDOUT_FILENO);
	execv(path, (char *const *)(uintptr_t)arguments);
	_exit(127);
}

void
nation_start(struct nation *nation, const char *ledger, const char *const *faults)
{
	FILE *ready;
	int ends[2];

	*nation = (struct nation){ .pid = -1 };
	if (ledger)
		snprintf(nation->ledger, sizeof(nation->ledger), "%s", ledger);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	nation->pid = fork();
	if (nation->pid == 0)
		become_sandbox(ledger, faults, ends[1]);
	close(ends[1]);
	ready = fdopen(ends[0], "r");
	assert_int_equal(fscanf(ready, "READY %63s", nation->url), 1);
	fclose(ready);
	nation->port = (unsigned)strtoul(strrchr(nation->url, ':') + 1, NULL, 10);
}

void
nation_stop(struct nation *nation)
{
	kill(nation->pid, SIGTERM);
	assert_int_equal(waitpid(nation->pid, NULL, 0), nation->pid);
	if (nation->ledger[0])
		unlink(nation->ledger);
}

void
nation_read_ledger(const struct nation *nation, struct buf *text)
{
	FILE *file = fopen(nation->ledger, "r");
	char bytes[64 << 10];
	size_t got;

	assert_non_null(file);
	buf_clear(text);
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(text, bytes, got);
	fclose(file);
}

static size_t
count_in(const struct buf *ledger, const char *what)
{
	const char *at = buf_text(ledger);
	size_t count = 0;
	char pattern[32];

	snprintf(pattern, sizeof(pattern), "\"what\":\"%s\"", what);
	while ((at = strstr(at, pattern))) {
		at += strlen(pattern);
		count++;
	}
	return count;
}

size_t
nation_count(const struct nation *nation, const char *what)
{
	SCOPED(buf) ledger = BUF_INIT;

	nation_read_ledger(nation, &ledger);
	return count_in(&ledger, what);
}

/* Marks the POSTs that a kind of line says to have ended. */
static void
mark_ended(const struct buf *ledger, const char *what, bool *is_ended, size_t count)
{
	const char *at = buf_text(ledger);
	char pattern[64];

	snprintf(pattern, sizeof(pattern), "\"what\":\"%s\",\"post\":", what);
	while ((at = strstr(at, pattern))) {
		size_t post = strtoul(at + strlen(pattern), NULL, 10);

		assert_true(post >= 1 && post <= count);
		is_ended[post - 1] = true;
		at += strlen(pattern);
	}
}

bool
nation_is_settled(const struct nation *nation)
{
	static const char *const ends[] = { "answer", "dropped", "stalled", "incomplete" };
	SCOPED(buf) ledger = BUF_INIT;
	bool *is_ended, is_settled = true;
	size_t count;

	nation_read_ledger(nation, &ledger);
	count = count_in(&ledger, "head");
	is_ended = calloc(count + 1, sizeof(*is_ended));
	assert_non_null(is_ended);
	for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
		mark_ended(&ledger, ends[i], is_ended, count);
	for (size_t i = 0; i < count; i++)
		is_settled = is_settled && is_ended[i];
	free(is_ended);
	return is_settled;
}
