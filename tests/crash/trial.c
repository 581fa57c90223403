#include "platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/crash/trial.h"

enum {
	RUN_MOST_S = 300, /* a bound for hangs */
	WORDS_MOST = 8,
	DOUBTS_STOP = 3, /* so many in ten minutes, and nothing is sent until they are settled */
};

void
trial_wrong(struct trial *trial, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("  ", trial->wrong);
	vfprintf(trial->wrong, format, args);
	fputc('\n', trial->wrong);
	va_end(args);
}

/* ---- files */

static void
place(char path[TRIAL_PATH + 64], const struct trial *trial, const char *name)
{
	snprintf(path, TRIAL_PATH + 64, "%s/%.63s", trial->folder, name);
}

static FILE *
create(const struct trial *trial, const char *name)
{
	char path[TRIAL_PATH + 64];
	FILE *file;

	place(path, trial, name);
	file = fopen(path, "we");
	if (!file) {
		perror(path);
		exit(99);
	}
	return file;
}

static char *
read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (file && getdelim(&text, &size, '\0', file) < 0 && text)
		text[0] = '\0';
	if (file)
		fclose(file);
	return text ? text : calloc(1, 1);
}

char *
trial_read(const struct trial *trial, const char *name)
{
	char path[TRIAL_PATH + 64];

	place(path, trial, name);
	return read_all(path);
}

char *
trial_read_run(const struct trial *trial, const char *name)
{
	char path[TRIAL_PATH + 64];

	snprintf(path, sizeof(path), "%s/job.run/%s",
	    trial->state_dir[0] ? trial->state_dir : trial->folder, name);
	return read_all(path);
}

static void
write_job(const struct trial *trial)
{
	FILE *file = create(trial, "people.csv");

	fputs("state_file_id,last_name,registered_address.state\n", file);
	for (unsigned i = 1; i <= trial->setup->people; i++)
		fprintf(file, "OH%u,\"O'Brien, %u\",OH\n", i, i);
	fclose(file);
	file = create(trial, "ballots.csv");
	fputs("state_file.id,registered_address.state,election.election_at,election.country_code,"
	      "election.state,ballots.vote_method\n",
	    file);
	for (unsigned i = 1; i <= trial->setup->ballots; i++)
		fprintf(file, "OH%u,OH,11/03/2026,US,OH,voted\n", i);
	fclose(file);
	file = create(trial, "token");
	fputs("canary\n", file);
	fchmod(fileno(file), 0600);
	fclose(file);
	file = create(trial, "job.cfg");
	fprintf(file,
	    "version = 1;\n"
	    "nation = { url = \"%s\"; token = \"file:token\"; };\n"
	    "sources = ( { type = \"people\"; input = \"people.csv\"; },\n"
	    "            { type = \"ballot\"; input = \"ballots.csv\"; } );\n"
	    "limits = { rows = %d; requests = \"1000/100ms\"; };\n"
	    "retry = { %sfirst_wait = \"1ms\"; max_wait = \"20ms\"; settle = \"20ms\"; answer_wait = "
	    "\"30s\"; };\n"
	    "poll = { first = \"5ms\"; most = \"20ms\"; };\n",
	    trial->url, TRIAL_CHUNK_ROWS,
	    trial->setup->is_patient ? "give_up = \"1s\"; attempts = 100; " : "");
	fclose(file);
}

static int
remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
	(void)facts;
	(void)kind;
	(void)where;
	return remove(path);
}

/* ---- processes */

static int
open_stream(const struct trial *trial, const char *name, const char *ending)
{
	char path[TRIAL_PATH + 64], whole[128];

	snprintf(whole, sizeof(whole), "%s.%s", name, ending);
	place(path, trial, whole);
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void __attribute__((noreturn))
become_rollcall(const struct trial *trial, const char *const *words, const char *name,
    bool is_shimmed)
{
	const char *argv[WORDS_MOST + 4] = { "rollcall" };
	char page[TRIAL_PATH + 64];
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	size_t count = 1;

	place(page, trial, "page");
	if (is_shimmed) {
		setenv("LD_PRELOAD", trial->setup->shim, 1);
		setenv("ROLLCALL_SHIM", page, 1);
	}
	dup2(null, STDIN_FILENO);
	dup2(open_stream(trial, name, "out"), STDOUT_FILENO);
	dup2(open_stream(trial, name, "err"), STDERR_FILENO);
	while (*words)
		argv[count++] = *words++;
	if (trial->state_dir[0]) {
		argv[count++] = "--state-dir";
		argv[count++] = trial->state_dir;
	}
	if (chdir(trial->folder) == 0)
		execv(trial->setup->rollcall, (char *const *)argv);
	_exit(126);
}

static int
wait_for(pid_t child)
{
	int fd = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd ends = { fd, POLLIN, 0 };
	int rc, status;
	bool is_late;

	do
		rc = poll(&ends, 1, RUN_MOST_S * 1000);
	while (rc < 0 && errno == EINTR);
	is_late = rc == 0;
	if (is_late)
		kill(child, SIGKILL);
	close(fd);
	waitpid(child, &status, 0);
	if (is_late)
		return TRIAL_TIMED_OUT;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void
reset_counts(struct shim_page *page)
{
	size_t from = offsetof(struct shim_page, main_pid);

	memset((char *)page + from, 0, sizeof(*page) - from);
}

/* WORDS: a verb and what it is given, at most WORDS_MOST, a NULL behind them. */
static int
run(struct trial *trial, const char *const *words, const char *name, bool is_shimmed)
{
	pid_t child;

	if (is_shimmed)
		reset_counts(trial->page);
	fflush(NULL);
	child = fork();
	if (child == 0)
		become_rollcall(trial, words, name, is_shimmed);
	return child < 0 ? TRIAL_TIMED_OUT : wait_for(child);
}

int
trial_run(struct trial *trial, const char *verb, const char *name, bool is_shimmed)
{
	return run(trial, (const char *const[]){ verb, "job.cfg", NULL }, name, is_shimmed);
}

static void __attribute__((noreturn))
become_nation(const struct trial *trial, int out)
{
	char ledger[TRIAL_PATH + 64];
	const char *fault = trial->setup->fault;

	place(ledger, trial, "ledger");
	dup2(out, STDOUT_FILENO);
	dup2(open_stream(trial, "nation", "err"), STDERR_FILENO);
	execl(trial->setup->sandbox, "rollcall-sandbox", "--port", "0", "--exit-with-parent",
	    "--ledger", ledger, fault ? "--fault" : NULL, fault, (char *)NULL);
	_exit(126);
}

static int
start_nation(struct trial *trial)
{
	static const char ready[] = "READY ";
	char line[128] = "";
	int ends[2];
	FILE *out;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	fflush(NULL);
	trial->nation = fork();
	if (trial->nation == 0)
		become_nation(trial, ends[1]);
	close(ends[1]);
	out = fdopen(ends[0], "r");
	if (!fgets(line, sizeof(line), out) || strncmp(line, ready, strlen(ready)) != 0) {
		fprintf(stderr, "the sandbox did not start in %s\n", trial->folder);
		fclose(out);
		return -1;
	}
	fclose(out);
	line[strcspn(line, "\n")] = '\0';
	snprintf(trial->url, sizeof(trial->url), "%.63s", line + strlen(ready));
	trial->nation_port = atoi(strrchr(trial->url, ':') + 1);
	return 0;
}

/* ---- a trial */

static int
make_page(struct trial *trial)
{
	char path[TRIAL_PATH + 64];
	int fd;

	place(path, trial, "page");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*trial->page)))
		return -1;
	trial->page =
	    mmap(NULL, sizeof(*trial->page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return trial->page == MAP_FAILED ? -1 : 0;
}

int
trial_begin(struct trial *trial, const struct trial_setup *setup, const char *folder)
{
	*trial = (struct trial){ .setup = setup };
	snprintf(trial->folder, sizeof(trial->folder), "%s", folder);
	if (mkdir(folder, 0700) || make_page(trial) || start_nation(trial)) {
		perror(folder);
		return -1;
	}
	trial->wrong = open_memstream(&trial->wrong_text, &trial->wrong_bytes);
	write_job(trial);
	return 0;
}

void
trial_end(struct trial *trial, bool keeps_folder)
{
	kill(trial->nation, SIGKILL);
	waitpid(trial->nation, NULL, 0);
	fclose(trial->wrong);
	free(trial->wrong_text);
	munmap(trial->page, sizeof(*trial->page));
	if (!keeps_folder)
		nftw(trial->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

bool
trial_is_documented(int code)
{
	static const int codes[] = { 0, 3, 4, 6, 65, 66, 69, 73, 74, 75, 76, 77, 78 };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i] == code)
			return true;
	}
	return false;
}

/* ---- the judge */

struct import {
	char sha[65];
	unsigned long id;
	unsigned times;
	bool is_known; /* of a chunk in the report */
};

struct ledger {
	struct import imports[TRIAL_CHUNKS_MOST];
	size_t count;
};

/* The text between BEFORE and the next mark of END in a line; "" where it is not. */
static void
cut_out(const char *line, const char *before, char end, char *to, size_t size)
{
	const char *from = strstr(line, before);
	size_t len = 0;

	if (from) {
		from += strlen(before);
		while (from[len] && from[len] != end && len + 1 < size)
			len++;
		memcpy(to, from, len);
	}
	to[len] = '\0';
}

static struct import *
find_import(struct ledger *ledger, const char *sha)
{
	for (size_t i = 0; i < ledger->count; i++) {
		if (strcmp(ledger->imports[i].sha, sha) == 0)
			return &ledger->imports[i];
	}
	return NULL;
}

static void
read_ledger(struct trial *trial, struct ledger *ledger)
{
	char *text = trial_read(trial, "ledger"), *rest = text, *line;

	ledger->count = 0;
	while ((line = strsep(&rest, "\n")) != NULL) {
		char sha[65], id[24];
		struct import *import;

		if (!strstr(line, "\"what\":\"import\""))
			continue;
		cut_out(line, "\"sha256\":\"", '"', sha, sizeof(sha));
		cut_out(line, "\"id\":", ',', id, sizeof(id));
		import = find_import(ledger, sha);
		if (!import && ledger->count < TRIAL_CHUNKS_MOST) {
			import = &ledger->imports[ledger->count++];
			*import = (struct import){ 0 };
			memcpy(import->sha, sha, sizeof(sha));
		}
		if (import) {
			import->id = strtoul(id, NULL, 10);
			import->times++;
		}
	}
	free(text);
}

/* No field before the note has a comma in these jobs; the note is the rest. */
struct line {
	char *fields[20];
};

static bool
split(char *text, struct line *line)
{
	for (size_t i = 0; i < 19; i++) {
		line->fields[i] = strsep(&text, ",");
		if (!text)
			return false;
	}
	line->fields[19] = text;
	text[strcspn(text, "\r")] = '\0';
	return true;
}

/* Not every note says that a chunk was sent again: one that was found by a probe has one, too. */
static bool
is_declared(const char *note)
{
	return strstr(note, "resubmitted") || strstr(note, "sent again by retry") ||
	       strstr(note, "sent again: not in the nation's list");
}

static void
judge_chunk(struct trial *trial, struct ledger *ledger, const struct line *line, bool *is_doubled)
{
	const char *const *field = (const char *const *)line->fields;
	struct import *import = find_import(ledger, field[9]);

	if (strcmp(field[10], "done") != 0)
		trial_wrong(trial, "%s-%s is %s: %s", field[0], field[1], field[10], field[19]);
	if (!import) {
		trial_wrong(trial, "lost: %s-%s", field[0], field[1]);
		return;
	}
	import->is_known = true;
	if (import->times > 1 && !is_declared(field[19]))
		trial_wrong(trial, "undeclared: %s-%s is in the nation %u times: %s", field[0],
		    field[1], import->times, field[19]);
	if (import->times > 1)
		*is_doubled = true;
	else if (import->id != strtoul(field[12], NULL, 10))
		trial_wrong(trial, "%s-%s says import %s, the nation %lu", field[0], field[1],
		    field[12], import->id);
}

/* The number after "NAME": in what the nation says of itself; -1: it says nothing. */
static long
ask_nation(const struct trial *trial, const char *name)
{
	static const char request[] = "GET /sandbox/state HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)trial->nation_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char answer[4096] = "", wanted[64], number[24];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t len = 0;
	ssize_t got;

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    send(fd, request, strlen(request), MSG_NOSIGNAL) > 0) {
		while (len + 1 < sizeof(answer) &&
		       (got = recv(fd, answer + len, sizeof(answer) - 1 - len, 0)) > 0)
			len += (size_t)got;
	}
	close(fd);
	snprintf(wanted, sizeof(wanted), "\"%s\":", name);
	cut_out(answer, wanted, ',', number, sizeof(number));
	return number[0] ? atol(number) : -1;
}

static void
judge_nation(struct trial *trial, bool is_doubled)
{
	long people = ask_nation(trial, "people"), ballots = ask_nation(trial, "ballots");

	if (people != (long)trial->setup->people)
		trial_wrong(trial, "the nation has %ld people", people);
	/* a ballot sent twice may count twice; the report declared it */
	if (ballots != (long)trial->setup->ballots && !is_doubled)
		trial_wrong(trial, "the nation has %ld ballots", ballots);
}

static void
judge_summary(struct trial *trial)
{
	unsigned want = trial->setup->people + trial->setup->ballots;
	char *text = trial_read_run(trial, "summary.csv"), *total = strstr(text, "\ntotal,");
	unsigned rows[5] = { 0 };

	if (!total || sscanf(total, "\ntotal,%*u,%u,%*u,%u,%u", &rows[0], &rows[1], &rows[2]) != 3 ||
	    rows[0] != want || rows[1] != want || rows[2] != want)
		trial_wrong(trial, "the report does not say %u rows accepted: %s", want,
		    total ? total + 1 : "no total");
	free(text);
}

void
trial_judge(struct trial *trial)
{
	unsigned want = (trial->setup->people + trial->setup->ballots) / TRIAL_CHUNK_ROWS;
	char *text = trial_read_run(trial, "report.csv"), *rest = text, *row;
	struct ledger ledger;
	unsigned chunks = 0;
	bool is_doubled = false;

	read_ledger(trial, &ledger);
	strsep(&rest, "\n");
	while ((row = strsep(&rest, "\n")) != NULL) {
		struct line line;

		if (!split(row, &line))
			continue;
		chunks++;
		judge_chunk(trial, &ledger, &line, &is_doubled);
	}
	free(text);
	if (chunks != want)
		trial_wrong(trial, "%u chunks in the report, not %u", chunks, want);
	for (size_t i = 0; i < ledger.count; i++) {
		if (!ledger.imports[i].is_known)
			trial_wrong(trial, "the nation has what no chunk sent: %s",
			    ledger.imports[i].sha);
	}
	judge_summary(trial);
	judge_nation(trial, is_doubled);
	trial->is_doubled = is_doubled;
}

/* ---- a person */

/* The import that the ledger has of a held chunk is told; of one that it has not, that it may go again. */
static void
settle(struct trial *trial, struct ledger *ledger, const struct line *line)
{
	const struct import *import = find_import(ledger, line->fields[9]);
	char chunk[64], id[24];
	int code;

	if (import && import->times != 1)
		return;
	snprintf(chunk, sizeof(chunk), "%s-%s", line->fields[0], line->fields[1]);
	snprintf(id, sizeof(id), "%lu", import ? import->id : 0);
	code = run(trial,
	    import ? (const char *const[]){ "resolve", "job.cfg", chunk, "--import", id, "--reason",
			 "the nation has it", NULL }
		   : (const char *const[]){ "resolve", "job.cfg", chunk, "--resubmit", "--reason",
			 "the nation does not have it", NULL },
	    "resolve", false);
	if (code != 0)
		trial_wrong(trial, "resolve %s (import %s) ended with %d", chunk, id, code);
}

bool
trial_took_nothing(struct trial *trial)
{
	struct ledger ledger;

	read_ledger(trial, &ledger);
	return ledger.count == 0;
}

void
trial_settle(struct trial *trial)
{
	char *text = trial_read_run(trial, "report.csv"), *rest = text, *row;
	unsigned held = 0, left = 0;
	struct ledger ledger;

	read_ledger(trial, &ledger);
	while ((row = strsep(&rest, "\n")) != NULL) {
		struct line line;
		bool is_held;

		if (!split(row, &line))
			continue;
		is_held = strcmp(line.fields[10], "held") == 0;
		held += is_held;
		/* ballots come after people */
		left += !is_held && strcmp(line.fields[10], "done") != 0 &&
			strcmp(line.fields[0], "people") == 0;
		if (is_held)
			settle(trial, &ledger, &line);
	}
	free(text);
	if (left && held < DOUBTS_STOP)
		trial_wrong(trial, "%u chunks were held, and %u that nothing kept back not sent", held,
		    left);
}

/* ---- ids */

/* BEFORE and the number: such numbers are in times and ports, too. */
static bool
names_import(const char *text, const char *before, const char *number)
{
	char wanted[64];
	size_t len = (size_t)snprintf(wanted, sizeof(wanted), "%s%s", before, number);

	for (const char *at = text; (at = strstr(at, wanted)) != NULL; at += len) {
		if (!(at[len] >= '0' && at[len] <= '9'))
			return true;
	}
	return false;
}

void
trial_judge_ids(struct trial *trial, const char *err_name)
{
	char *ledger = trial_read(trial, "ledger"), *rest = ledger, *line;
	char *said = trial_read(trial, err_name), *ids = trial_read_run(trial, "ids"), *events;

	trial_run(trial, "log", "log", false);
	events = trial_read(trial, "log.out");
	while ((line = strsep(&rest, "\n")) != NULL) {
		char id[24];

		if (!strstr(line, "\"what\":\"answer\"") || !strstr(line, "\"status\":200"))
			continue;
		cut_out(line, "\"id\":", '}', id, sizeof(id));
		if (id[0] && !names_import(events, " import_id=", id) &&
		    !names_import(ids, " import ", id) && !names_import(said, " import ", id))
			trial_wrong(trial, "import %s is nowhere: %s", id, said);
	}
	free(ledger);
	free(said);
	free(ids);
	free(events);
}
