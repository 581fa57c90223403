/* sweep.c - a load disturbed at every point of a kind, or at a sample of them: each time a load of its
 * own, run under the shim, run again undisturbed, and judged. See point.h for what the points are.
 *
 *	sweep [OPTION=VALUE]... WORD        kill, twice, fail, memory, full, shut, or one point as text
 *	rollcall=, sandbox=, shim=   the programs, absolute
 *	every=N first=N              only each N-th point, from the N-th on (1, 1)
 *	jobs=N                       at a time (2)
 *	people=N ballots=N           rows of the load, five to a chunk (80, 20)
 *	pairs=N seed=N               of twice (2000, 1)
 *	disk=DIR                     of full and shut: there job N has a small file system mounted as DIR/N; of
 *	                             shut it is the ext4 in the file DIR/N.img
 *	until=1                      no more points once one went wrong
 *	keep=1                       leaves the folders of points that went wrong
 *
 * A line for every point that went wrong, then what was wrong; a summary as the last line. Exit code 0: none went
 * wrong; 1; 77: no shim on this computer. */
#include "platform.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/crash/point.h"
#include "tests/crash/trial.h"

enum { CODES = 256, JOBS_MOST = 16 };

struct options {
	struct trial_setup setup;
	const char *disk;
	unsigned every, first, jobs, pairs;
	uint64_t seed;
	bool keeps;
	bool ends_early;
	const char *word;
};

/* Shared by the workers. */
struct totals {
	uint32_t next;
	uint32_t tried;
	uint32_t not_reached; /* or, of a pair, the second kill */
	uint32_t in_child;
	uint32_t doubled; /* loads with a chunk in the nation twice, declared or not */
	uint32_t wrong;
	uint32_t codes[CODES]; /* how the disturbed runs ended */
};

/* ---- one point */

static char *
tail(const struct trial *trial, const char *name, char text[400])
{
	char *whole = trial_read(trial, name);
	size_t len = strlen(whole);

	snprintf(text, 400, "%s", len > 399 ? whole + len - 399 : whole);
	free(whole);
	return text;
}

/* An assertion of the C library itself, about users and hosts (nss_database.c): its program ends there. Where
 * there is no memory for its words either it says the second; those of anybody else are told by the shim. */
static bool
is_assertion_of_libc(const struct point *point, const char *said)
{
	return strstr(said, "nss_database.c") ||
	       (point->is_for_ever && strcmp(said, "Unexpected error.\n") == 0);
}

/* May the disturbed run end so? A killed child is the process that looks at the store first; the
 * main one says 74 then. */
static void
judge_first(struct trial *trial, const struct point *point, int code)
{
	const struct shim_page *page = trial->page;
	char said[400];

	tail(trial, "first.err", said);
	if (point->mode == POINT_KILL) {
		bool is_fine = page->hits == 0     ? code == 0
			       : page->hit_is_child ? code == 74
						    : code == TRIAL_KILLED;

		if (!is_fine)
			trial_wrong(trial, "the killed run ended with %d: %s", code, said);
		return;
	}
	if (point->mode == POINT_MEMORY && code == 134 && is_assertion_of_libc(point, said))
		return;
	if (!trial_is_documented(code))
		trial_wrong(trial, "the disturbed run ended with %d: %s", code, said);
	if (strstr(said, "rollcall: \n"))
		trial_wrong(trial, "it ended with %d and an empty message", code);
	if (code != 0 && !said[0] && point->kind != 1 /* write: of the message itself */)
		trial_wrong(trial, "it ended with %d and without a word", code);
	if (strstr(said, "is damaged"))
		trial_wrong(trial, "it takes the store for damaged: %s", said);
	if (code == 0)
		trial_judge(trial);
}

/* What a disturbed run leaves can be read, unless it left no load; a run that ended well leaves reports that
 * say what the store says. */
static void
judge_store(struct trial *trial, bool has_ended_well)
{
	char said[400];
	int code = trial_run(trial, "status", "status", false);

	if (code != 0 && code != 66)
		trial_wrong(trial, "status ended with %d: %s", code,
		    tail(trial, "status.err", said));
	code = trial_run(trial, "verify", "verify", false);
	if (code != 0 && (has_ended_well || code != 66) &&
	    !(code == 74 && !has_ended_well && strstr(tail(trial, "verify.out", said), ": good\ninputs")))
		trial_wrong(trial, "verify ended with %d: %s%s", code,
		    tail(trial, "verify.out", said), tail(trial, "verify.err", said));
}

/* A run that heard no answer does not know what the nation's clock said when it sent: whether
 * an import in its list is from then, the list cannot tell. The chunks wait, and say so. */
static bool
is_deaf(const struct point *point)
{
	char call[24];

	return point->mode == POINT_FAIL && point->is_for_ever &&
	       strcmp(point_call(point->kind, call), "recvfrom") == 0;
}

static void
go_on(struct trial *trial, const struct point *point)
{
	char said[400];
	int code = trial_run(trial, "run", "last", false);

	/* Where no import of the load is there, no list can prove that another one is not. */
	if (code == 6 && (is_deaf(point) || trial_took_nothing(trial))) {
		trial_settle(trial);
		code = trial_run(trial, "run", "last", false);
	}
	if (code != 0)
		trial_wrong(trial, "the last run ended with %d: %s", code,
		    tail(trial, "last.err", said));
	trial_judge(trial);
	code = trial_run(trial, "verify", "verified", false);
	if (code != 0)
		trial_wrong(trial, "in the end verify said %d: %s%s", code,
		    tail(trial, "verified.out", said), tail(trial, "verified.err", (char[400]){ 0 }));
}

/* False: it ended before that call. */
static bool
kill_again(struct trial *trial, uint32_t nth)
{
	char said[400];
	int code;

	trial->page->nth = nth;
	code = trial_run(trial, "run", "second", true);
	if (code != TRIAL_KILLED && code != 0 && !(code == 74 && trial->page->hit_is_child))
		trial_wrong(trial, "the run killed again ended with %d: %s", code,
		    tail(trial, "second.err", said));
	return trial->page->hits > 0;
}

/* What the journal of the file system has, comes back; the rest was never written. */
static void
mount_again(const struct trial *trial)
{
	char command[4 * TRIAL_PATH];

	snprintf(command, sizeof(command), "umount '%s' && mount -o loop '%s.img' '%s'",
	    trial->state_dir, trial->state_dir, trial->state_dir);
	if (system(command))
		exit(99);
}

static void
try(struct trial *trial, const struct point *point, struct totals *totals)
{
	bool is_reached;
	int code;

	point_order(point, trial->page);
	code = trial_run(trial, "run", "first", true);
	is_reached = trial->page->hits > 0;
	if (!trial->page->main_pid)
		trial_wrong(trial, "the shim was not there");
	if (is_reached && trial->page->hit_is_child)
		__atomic_add_fetch(&totals->in_child, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&totals->codes[code < CODES ? code : CODES - 1], 1, __ATOMIC_RELAXED);
	if (point->mode == POINT_SHUT)
		mount_again(trial); /* first: nothing can be read before, of a run that ended well either */
	judge_first(trial, point, code);
	if (point->mode != POINT_KILL)
		/* on a disk that is still full verify has no room for reports to compare */
		judge_store(trial, code == 0 && point->mode != POINT_FULL);
	if (point->mode == POINT_FULL || point->mode == POINT_SHUT)
		trial_judge_ids(trial, "first.err");
	if (point->mode == POINT_FULL)
		unlink(trial->page->ballast);
	if (point->second)
		is_reached = kill_again(trial, point->second) && is_reached;
	if (!is_reached)
		__atomic_add_fetch(&totals->not_reached, 1, __ATOMIC_RELAXED);
	go_on(trial, point);
	if (trial->is_doubled)
		__atomic_add_fetch(&totals->doubled, 1, __ATOMIC_RELAXED);
}

static void
clear_disk(const struct trial *trial)
{
	char command[2 * TRIAL_PATH];

	if (!trial->state_dir[0])
		return;
	snprintf(command, sizeof(command), "rm -rf '%s/job.run'", trial->state_dir);
	if (system(command))
		perror(command);
}

static void
one(const struct options *options, const struct point *point, struct totals *totals, unsigned job)
{
	struct trial trial;
	char folder[64], text[POINT_TEXT];
	bool is_wrong;

	snprintf(folder, sizeof(folder), "%s/point-%d-%u", get_current_dir_name(), getpid(),
	    totals->tried);
	if (trial_begin(&trial, &options->setup, folder))
		exit(99);
	if (options->disk) {
		snprintf(trial.state_dir, sizeof(trial.state_dir), "%s/%u", options->disk, job);
		snprintf(trial.page->ballast, SHIM_PATH, "%s/%u%s", options->disk, job,
		    point->mode == POINT_FULL ? "/ballast" : "");
	}
	try(&trial, point, totals);
	fflush(trial.wrong);
	is_wrong = trial.wrong_bytes > 0;
	if (is_wrong) {
		__atomic_add_fetch(&totals->wrong, 1, __ATOMIC_RELAXED);
		printf("%s (%s)%s%s\n%s", point_text(point, text),
		    point_call(trial.page->hit_kind, (char[24]){ 0 }),
		    options->keeps ? " in " : "", options->keeps ? folder : "",
		    trial.wrong_text);
		fflush(stdout);
	}
	clear_disk(&trial);
	trial_end(&trial, is_wrong && options->keeps);
}

/* ---- all */

static void
work(const struct options *options, const struct points *points, struct totals *totals,
    unsigned job)
{
	for (;;) {
		uint32_t step = __atomic_fetch_add(&totals->next, 1, __ATOMIC_RELAXED);
		size_t index = (size_t)options->first - 1 + (size_t)step * options->every;

		if (index >= points->count || (options->ends_early && totals->wrong))
			return;
		__atomic_add_fetch(&totals->tried, 1, __ATOMIC_RELAXED);
		one(options, &points->at[index], totals, job);
	}
}

static int
summarize(const struct options *options, const struct totals *totals)
{
	printf("%s: %u points, %u not reached, %u in the child, %u doubled, %u wrong; ended with",
	    options->word, totals->tried, totals->not_reached, totals->in_child, totals->doubled,
	    totals->wrong);
	for (unsigned i = 0; i < CODES; i++) {
		if (totals->codes[i])
			printf(" %u:%u", i, totals->codes[i]);
	}
	printf("\n");
	return totals->wrong || totals->not_reached == totals->tried ? 1 : 0;
}

static int
run_all(const struct options *options, const struct points *points)
{
	struct totals *totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t workers[JOBS_MOST];
	int status;

	fflush(NULL);
	for (unsigned job = 0; job < options->jobs; job++) {
		workers[job] = fork();
		if (workers[job] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(options, points, totals, job);
			_exit(0);
		}
	}
	for (unsigned job = 0; job < options->jobs; job++) {
		if (waitpid(workers[job], &status, 0) < 0 || status != 0)
			totals->wrong++;
	}
	return summarize(options, totals);
}

/* Undisturbed loads, whose judge must find nothing, or nothing here means anything. */
static int
measure(const struct options *options, struct reach *reach)
{
	for (unsigned i = 0; i < 3; i++) {
		struct trial trial;
		char folder[TRIAL_PATH];
		int code;

		snprintf(folder, sizeof(folder), "%s/whole-%d-%u", get_current_dir_name(),
		    getpid(), i);
		if (trial_begin(&trial, &options->setup, folder))
			return 99;
		code = trial_run(&trial, "run", "first", true);
		if (!trial.page->main_pid) {
			trial_end(&trial, false);
			return 77;
		}
		judge_first(&trial, &(struct point){ .mode = POINT_FAIL }, code);
		judge_store(&trial, true);
		fflush(trial.wrong);
		if (code || trial.wrong_bytes) {
			printf("an undisturbed load ended with %d\n%s", code, trial.wrong_text);
			return 1;
		}
		if (trial.page->calls > reach->calls)
			reach->calls = trial.page->calls;
		if (trial.page->allocations > reach->allocations)
			reach->allocations = trial.page->allocations;
		for (size_t kind = 0; kind < SHIM_KINDS; kind++) {
			if (trial.page->kinds[kind] > reach->kinds[kind])
				reach->kinds[kind] = trial.page->kinds[kind];
		}
		trial_run(&trial, "run", "idle", true);
		reach->idle_calls = trial.page->calls;
		trial_end(&trial, false);
	}
	return 0;
}

static int
take_option(struct options *options, const char *text)
{
	const char *value = strchr(text, '=');
	size_t len = value ? (size_t)(value - text) : 0;
	const struct {
		const char *name;
		const char **text;
		unsigned *number;
	} known[] = {
		{ "rollcall", &options->setup.rollcall, NULL },
		{ "sandbox", &options->setup.sandbox, NULL },
		{ "shim", &options->setup.shim, NULL },
		{ "disk", &options->disk, NULL },
		{ "every", NULL, &options->every },
		{ "first", NULL, &options->first },
		{ "jobs", NULL, &options->jobs },
		{ "pairs", NULL, &options->pairs },
		{ "people", NULL, &options->setup.people },
		{ "ballots", NULL, &options->setup.ballots },
	};

	if (!value)
		return -1;
	value++;
	if (strncmp(text, "seed=", 5) == 0)
		options->seed = strtoull(value, NULL, 10);
	else if (strncmp(text, "keep=", 5) == 0)
		options->keeps = *value == '1';
	else if (strncmp(text, "until=", 6) == 0)
		options->ends_early = *value == '1';
	else
		for (size_t i = 0;; i++) {
			if (i == sizeof(known) / sizeof(known[0]))
				return -1;
			if (strlen(known[i].name) != len || strncmp(known[i].name, text, len) != 0)
				continue;
			if (known[i].text)
				*known[i].text = value;
			else
				*known[i].number = (unsigned)strtoul(value, NULL, 10);
			break;
		}
	return 0;
}

int
main(int argc, char **argv)
{
	struct options options = {
		.setup = { .people = 80, .ballots = 20 },
		.every = 1,
		.first = 1,
		.jobs = 2,
		.pairs = 2000,
		.seed = 1,
	};
	struct points points = { NULL, 0 };
	struct reach reach = { 0 };
	struct point point;
	int code;

	for (int i = 1; i + 1 < argc; i++) {
		if (take_option(&options, argv[i])) {
			fprintf(stderr, "sweep: %s?\n", argv[i]);
			return 64;
		}
	}
	options.word = argc > 1 ? argv[argc - 1] : "";
	options.setup.is_patient =
	    strncmp(options.word, "fail", 4) == 0 || strncmp(options.word, "short", 5) == 0;
	if (options.jobs > JOBS_MOST || !options.every || !options.first)
		return 64;
	if (point_parse(options.word, &point) == 0) {
		options.jobs = 1;
		return run_all(&options, &(struct points){ &point, 1 });
	}
	code = measure(&options, &reach);
	if (code)
		return code;
	if (points_of(&points, options.word, &reach, options.pairs, options.seed)) {
		fprintf(stderr, "sweep: %s?\n", options.word);
		return 64;
	}
	code = run_all(&options, &points);
	points_done(&points);
	return code;
}
