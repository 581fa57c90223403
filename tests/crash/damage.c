/* damage.c - damages the store of a half-done load in every way it knows, and runs the shipped program
 * on it. For tests/crash/damaged_store.sh, which makes the load.
 *
 *     damage ROLLCALL FOLDER PORT SEED COUNT KIND
 *
 * FOLDER has job.cfg, whose nation is at 127.0.0.1:PORT, and job.run; older.mdb and other.mdb beside
 * them are data.mdb as it was before, and of another load, other.birth.json its certificate. The
 * nation here answers 401 to everything and counts who came.
 *
 * After each damage every verb must refuse (66 or 74, with a message), or work: say what it said of the
 * intact load. `run` must send nothing, unless every reader finds the damaged load as it was: then
 * the bytes that were hit are not used. Nobody dies by a signal, or takes a minute. All files are
 * damaged and mended in place, so that no inode tells.
 *
 * Prints what went wrong, and in the end the figures; exit code 1 if anything did. */
#include "platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/scoped.h"

enum {
	MINUTE_S = 60,
	PAGE_BYTES = 4096,
	REFUSED_66 = 66,
	REFUSED_74 = 74,
	UNAUTHORIZED = 77, /* what the nation here makes of a run that sends */
};

static void __attribute__((format(printf, 1, 2), noreturn))
stop(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(99);
}

/* ---- files, in place */

struct bytes {
	char *ptr;
	size_t len;
};

static struct bytes
read_all(const char *path)
{
	struct bytes bytes = { NULL, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		stop("%s", path);
	bytes.len = (size_t)st.st_size;
	bytes.ptr = malloc(bytes.len + 1);
	if (!bytes.ptr || read(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len)
		stop("%s", path);
	close(fd);
	return bytes;
}

static void
write_all(const char *path, struct bytes bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, 0) || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len)
		stop("%s", path);
	close(fd);
}

/* What a case may damage, and what a run writes. */
enum file { DATA, BIRTH, MARK, IDS, REPORT_CSV, SUMMARY_CSV, REJECTED_CSV, FILE_COUNT };

static const char *const paths[FILE_COUNT] = { "job.run/store/data.mdb", "job.run/birth.json",
	"job.run/mark", "job.run/ids", "job.run/report.csv", "job.run/summary.csv",
	"job.run/rejected.csv" };

static struct bytes intact[FILE_COUNT];

static void
mend(void)
{
	for (int i = 0; i < FILE_COUNT; i++)
		write_all(paths[i], intact[i]);
}

/* ---- the nation */

static uint32_t *visitors; /* shared with the process that listens */

static void __attribute__((noreturn))
listen_for_ever(int fd)
{
	static const char answer[] = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		char request[4096];

		if (peer < 0)
			continue;
		__atomic_add_fetch(visitors, 1, __ATOMIC_SEQ_CST);
		if (read(peer, request, sizeof(request)) > 0 &&
		    write(peer, answer, sizeof(answer) - 1) > 0)
			shutdown(peer, SHUT_WR);
		close(peer);
	}
}

static void
begin_nation(unsigned port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	visitors = mmap(NULL, sizeof(*visitors), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || visitors == MAP_FAILED ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64))
		stop("port %u", port);
	switch (fork()) {
	case -1:
		stop("fork");
	case 0:
		listen_for_ever(fd);
	}
	close(fd);
}

/* ---- verbs */

static const char *rollcall;

static char *const verbs[][5] = {
	{ (char *)"run", (char *)"job.cfg" },
	{ (char *)"status", (char *)"--json", (char *)"job.cfg" },
	{ (char *)"report", (char *)"job.cfg" },
	{ (char *)"log", (char *)"--json", (char *)"job.cfg" },
	{ (char *)"explain", (char *)"job.cfg", (char *)"people-3" },
	{ (char *)"verify", (char *)"job.cfg" },
};

enum { RUN, STATUS, REPORT, LOG, EXPLAIN, VERIFY };

struct outcome {
	int code;   /* exit code; -1: died by `signal` */
	int signal;
	struct bytes out, err;
};

static void
outcome_done(struct outcome *outcome)
{
	free(outcome->out.ptr);
	free(outcome->err.ptr);
}

static void __attribute__((noreturn))
become(size_t verb)
{
	char *argv[7] = { (char *)rollcall };
	int out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	memcpy(argv + 1, verbs[verb], sizeof(verbs[verb]));
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	alarm(MINUTE_S); /* death by SIGALRM is one by a signal, too */
	execv(rollcall, argv);
	_exit(127);
}

static struct outcome
call(size_t verb)
{
	struct outcome outcome = { 0 };
	pid_t pid = fork();
	int status;

	if (pid < 0)
		stop("fork");
	if (pid == 0)
		become(verb);
	if (waitpid(pid, &status, 0) != pid)
		stop("waitpid");
	outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	outcome.out = read_all("out");
	outcome.err = read_all("err");
	/* What a report says is in its file. */
	if (verb == REPORT && outcome.code == 0) {
		free(outcome.out.ptr);
		outcome.out = read_all("job.run/report.csv");
	}
	return outcome;
}

static bool
is_refusal(const struct outcome *outcome)
{
	return (outcome->code == REFUSED_66 || outcome->code == REFUSED_74) &&
	       (outcome->err.len > 0 || outcome->out.len > 0);
}

/* ---- judging */

static struct outcome whole[ARRAY_COUNT(verbs)]; /* of the intact load */
static struct { uint64_t cases, refused, unused, calls, faults; } figures;

static void
complain(const char *damage, size_t verb, const struct outcome *outcome, const char *how)
{
	figures.faults++;
	printf("%s: %s %s (exit code %d, signal %d): %.300s\n", damage, verbs[verb][0], how,
	    outcome->code, outcome->signal, outcome->err.len ? outcome->err.ptr : "");
	fflush(stdout);
}

/* Whether the reader found the load as it was. */
static bool
judge_reader(const char *damage, size_t verb)
{
	struct outcome outcome = call(verb);
	const struct outcome *wanted = &whole[verb];
	bool is_same = outcome.code == wanted->code && outcome.out.len == wanted->out.len &&
		       memcmp(outcome.out.ptr, wanted->out.ptr, wanted->out.len) == 0;

	outcome.err.ptr[outcome.err.len] = '\0';
	figures.calls++;
	if (!is_same && !is_refusal(&outcome))
		complain(damage, verb, &outcome, "neither refused nor said what it said before");
	outcome_done(&outcome);
	return is_same;
}

static bool
judge_one_reader(const char *damage, void (*inflict)(void *), void *how, size_t verb)
{
	mend();
	inflict(how);
	return judge_reader(damage, verb);
}

/* A run that went on must have had every reason to: `verify` reads all that there is. */
static void
judge_unused(const char *damage, void (*inflict)(void *), void *how)
{
	const struct outcome none = { 0 };

	figures.unused++;
	if (!judge_one_reader(damage, inflict, how, VERIFY))
		complain(damage, RUN, &none, "sent requests for a load that is not as it was");
}

static void
judge_run(const char *damage, void (*inflict)(void *), void *how)
{
	uint32_t before = __atomic_load_n(visitors, __ATOMIC_SEQ_CST), came;
	struct outcome outcome;

	mend();
	inflict(how);
	outcome = call(RUN);
	outcome.err.ptr[outcome.err.len] = '\0';
	came = __atomic_load_n(visitors, __ATOMIC_SEQ_CST) - before;
	figures.calls++;
	if (is_refusal(&outcome) && came == 0)
		figures.refused++;
	else if (is_refusal(&outcome))
		complain(damage, RUN, &outcome, "refused, but only after it had sent a request");
	else if (outcome.code == UNAUTHORIZED && came > 0)
		judge_unused(damage, inflict, how);
	else
		complain(damage, RUN, &outcome, "neither refused nor went on");
	outcome_done(&outcome);
}

/* `is_thorough`: all readers, else one in every second case. */
static void
judge(const char *damage, void (*inflict)(void *), void *how, bool is_thorough)
{
	judge_run(damage, inflict, how);
	for (size_t verb = STATUS; verb <= VERIFY; verb++) {
		if (is_thorough || figures.cases % (2 * VERIFY) == verb)
			judge_one_reader(damage, inflict, how, verb);
	}
	figures.cases++;
	mend();
}

/* ---- damages */

struct flip {
	enum file file;
	size_t at;
	unsigned bit;
};

static void
flip(void *how)
{
	const struct flip *flip = how;
	int fd = open(paths[flip->file], O_RDWR | O_CLOEXEC);
	char byte;

	if (fd < 0 || pread(fd, &byte, 1, (off_t)flip->at) != 1)
		stop("%s", paths[flip->file]);
	byte = (char)(byte ^ (1 << flip->bit));
	if (pwrite(fd, &byte, 1, (off_t)flip->at) != 1)
		stop("%s", paths[flip->file]);
	close(fd);
}

struct cut {
	enum file file;
	size_t bytes;
};

static void
cut(void *how)
{
	const struct cut *cut = how;

	if (truncate(paths[cut->file], (off_t)cut->bytes))
		stop("%s", paths[cut->file]);
}

struct swap {
	enum file file;
	const char *with;
	bool is_unmarked; /* the planted bug: as if no mark was kept */
};

static void
swap(void *how)
{
	const struct swap *swap = how;
	struct bytes bytes = read_all(swap->with);

	write_all(paths[swap->file], bytes);
	free(bytes.ptr);
	if (swap->is_unmarked && truncate(paths[MARK], 0))
		stop("mark");
}

/* ---- chance: xorshift64* */

static uint64_t state;

static uint64_t
roll(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * UINT64_C(2685821657736338717) >> 16) % below;
}

/* ---- kinds */

static void
flip_many(enum file file, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct flip one = { file, (size_t)roll(intact[file].len), (unsigned)roll(8) };
		char name[128];

		snprintf(name, sizeof(name), "%s, byte %zu, bit %u", paths[file], one.at, one.bit);
		judge(name, flip, &one, false);
	}
}

static void
cut_at(enum file file, size_t bytes, bool is_thorough)
{
	struct cut one = { file, bytes };
	char name[128];

	snprintf(name, sizeof(name), "%s, cut off at %zu", paths[file], bytes);
	judge(name, cut, &one, is_thorough);
}

static void
cut_many(uint64_t count)
{
	for (size_t at = 0; at < intact[DATA].len; at += PAGE_BYTES)
		cut_at(DATA, at, true);
	for (uint64_t i = 0; i < count; i++) {
		static const enum file files[] = { DATA, DATA, BIRTH, MARK, IDS };
		enum file file = files[i % ARRAY_COUNT(files)];

		cut_at(file, (size_t)roll(intact[file].len), false);
	}
}

static void
swap_all(bool is_unmarked)
{
	static const struct swap swaps[] = {
		{ DATA, "older.mdb", false },
		{ DATA, "other.mdb", false },
		{ BIRTH, "other.birth.json", false },
	};

	for (size_t i = 0; i < ARRAY_COUNT(swaps); i++) {
		struct swap one = swaps[i];
		char name[128];

		one.is_unmarked = is_unmarked;
		snprintf(name, sizeof(name), "%s, swapped for %s", paths[one.file], one.with);
		judge(name, swap, &one, true);
	}
}

static void
remember_whole(void)
{
	for (size_t verb = STATUS; verb <= VERIFY; verb++) {
		whole[verb] = call(verb);
		if (whole[verb].code)
			stop("%s of the intact load: exit code %d", verbs[verb][0],
			    whole[verb].code);
		mend();
	}
}

int
main(int argc, char **argv)
{
	uint64_t count;
	const char *kind;

	if (argc != 7)
		stop("damage ROLLCALL FOLDER PORT SEED COUNT KIND");
	rollcall = argv[1];
	if (chdir(argv[2]))
		stop("%s", argv[2]);
	begin_nation((unsigned)atoi(argv[3]));
	state = strtoull(argv[4], NULL, 10) * UINT64_C(0x9E3779B97F4A7C15) + 1;
	count = strtoull(argv[5], NULL, 10);
	kind = argv[6];
	for (int i = 0; i < FILE_COUNT; i++)
		intact[i] = read_all(paths[i]);
	remember_whole();
	if (strcmp(kind, "flips") == 0)
		flip_many(DATA, count);
	else if (strcmp(kind, "small") == 0)
		flip_many(BIRTH, count), flip_many(MARK, count), flip_many(IDS, count);
	else if (strcmp(kind, "cuts") == 0)
		cut_many(count);
	else if (strcmp(kind, "swaps") == 0)
		swap_all(false);
	else if (strcmp(kind, "swaps-unmarked") == 0)
		swap_all(true);
	else
		stop("%s is no kind", kind);
	printf("FIGURES %" PRIu64 " cases, %" PRIu64 " refused, %" PRIu64 " of unused bytes, %" PRIu64
	       " calls, %" PRIu64 " faults\n", figures.cases, figures.refused, figures.unused,
	    figures.calls, figures.faults);
	return figures.faults > 0;
}
