/* demo.c - the whole story on this computer, told by the shipped programs: this file only starts
 * them, kills one, and compares what the nation has with what the report says. */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/base/number.h"
#include "runner/base/scoped.h"
#include "runner/base/show.h"
#include "runner/cli/loopback.h"
#include "runner/cli/verbs.h"
#include "runner/json/read.h"

static int demo_run(const struct args *args, struct err *err);

const struct verb verb_demo = {
	.name = "demo",
	.operands = "",
	.summary = "a load that is killed and goes on, against a pretend nation",
	.help = "Starts rollcall-sandbox, writes a sample voter file and a job file, runs the\n"
		"load, kills it with SIGKILL in the middle, runs it again, and compares the\n"
		"nation's people with the sum of the report.  Fails if they differ.  Nothing\n"
		"leaves this computer.\n",
	.options = OPTION_BIT(DIRECTORY) | OPTION_BIT(ROWS),
	.is_built = true,
	.run = demo_run,
};

enum {
	DEFAULT_ROWS = 20000,
	MOST_ROWS = 10000000,
	CHUNKS = 20,
	KILL_AFTER = 6,           /* imports created when the axe falls */
	SECONDS_OF_WORK = 4,      /* of the nation on all rows */
	REFUSED_EVERY = 5000,     /* one row in so many is one that the nation refuses */
	PATIENCE_MS = 120 * 1000, /* nothing here takes longer; a hang is a failure */
};

struct demo {
	char folder[PATH_MAX];
	char program[PATH_MAX]; /* rollcall itself */
	char sandbox[PATH_MAX];
	char url[64];
	uint64_t rows;
	pid_t nation;
	bool keeps_folder;
	int status; /* of the last run */
};

/* ---- processes ---- */

static pid_t
start(const struct demo *demo, const char *const argv[], int out, struct err *err)
{
	pid_t pid = fork();

	if (pid < 0)
		err_system(err, ERR_IO, errno, "starting %s", argv[0]);
	if (pid != 0)
		return pid;
	if (chdir(demo->folder) || (out >= 0 && dup2(out, STDOUT_FILENO) < 0))
		_exit(127);
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

static int
find_programs(struct demo *demo, struct err *err)
{
	ssize_t len = readlink("/proc/self/exe", demo->program, sizeof(demo->program) - 1);
	const char *slash;

	if (len < 0)
		return err_system(err, ERR_IO, errno, "/proc/self/exe");
	demo->program[len] = '\0';
	slash = strrchr(demo->program, '/');
	snprintf(demo->sandbox, sizeof(demo->sandbox), "%.*s/rollcall-sandbox",
	    (int)(slash - demo->program), demo->program);
	if (access(demo->sandbox, X_OK))
		return err_set(err, ERR_INPUT, "%s is not there: the demo needs it", demo->sandbox);
	return 0;
}

static int
read_url(struct demo *demo, FILE *from, struct err *err)
{
	static const char ready[] = "READY ";
	char line[128];

	if (!fgets(line, sizeof(line), from) || strncmp(line, ready, sizeof(ready) - 1) != 0)
		return err_set(err, ERR_IO, "the pretend nation did not start");
	line[strcspn(line, "\n")] = '\0';
	snprintf(demo->url, sizeof(demo->url), "%.63s", line + sizeof(ready) - 1);
	return 0;
}

static int
start_nation(struct demo *demo, struct err *err)
{
	char speed[24];
	const char *argv[] = { demo->sandbox, "--exit-with-parent", "--ledger", "nation.ledger",
		"--rows-per-second", speed, NULL };
	int ends[2];
	FILE *from;
	int failed;

	snprintf(speed, sizeof(speed), "%llu",
	    (unsigned long long)(demo->rows / SECONDS_OF_WORK + 1));
	if (pipe2(ends, O_CLOEXEC))
		return err_system(err, ERR_IO, errno, "pipe");
	demo->nation = start(demo, argv, ends[1], err);
	close(ends[1]);
	from = fdopen(ends[0], "r");
	if (!from) {
		close(ends[0]);
		return err_memory(err);
	}
	failed = demo->nation < 0 || read_url(demo, from, err) ? -1 : 0;
	fclose(from);
	return failed;
}

/* ---- files ---- */

static FILE *
create(const struct demo *demo, const char *name, struct err *err)
{
	char path[PATH_MAX + 32];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", demo->folder, name);
	file = fopen(path, "we");
	if (!file)
		err_system(err, ERR_CREATE, errno, "%s", path);
	return file;
}

static int
finish(FILE *file, const char *name, struct err *err)
{
	bool is_bad = ferror(file) != 0;

	if (fclose(file) || is_bad)
		return err_system(err, ERR_IO, errno, "%s", name);
	return 0;
}

/* Made up: an identity, a name, an address, a party. Some names need quoting; some rows have the
 * email of another voter, which the nation refuses. */
static void
write_voter(FILE *file, uint64_t row)
{
	static const char *const first[] = { "Ada", "Grace", "Alan", "Edith", "Núria", "Barbara" };
	static const char *const last[] = { "Lovelace", "Hopper", "O'Brien", "Clarke, Jr.",
		"\"\"Bud\"\" Smith", "McDonald", "van der Berg" };
	static const char *const parties[] = { "D", "R", "I", "" };
	uint64_t mailbox = row % REFUSED_EVERY == REFUSED_EVERY - 1 ? 0 : row;

	fprintf(file, "OH%010llu,%s,\"%s\",voter%llu@example.org,%llu Main St,Columbus,OH,43%03llu,%s\n",
	    (unsigned long long)row, first[row % ARRAY_COUNT(first)],
	    last[row % ARRAY_COUNT(last)], (unsigned long long)mailbox,
	    (unsigned long long)(row % 9000 + 1), (unsigned long long)(row % 300),
	    parties[row % ARRAY_COUNT(parties)]);
}

static int
write_voters(const struct demo *demo, struct err *err)
{
	FILE *file = create(demo, "voters.csv", err);

	if (!file)
		return -1;
	fprintf(file, "state_file_id,first_name,last_name,email,registered_address.address1,"
		      "registered_address.city,registered_address.state,registered_address.zip,"
		      "party\n");
	for (uint64_t row = 0; row < demo->rows; row++)
		write_voter(file, row);
	return finish(file, "voters.csv", err);
}

static int
write_job(const struct demo *demo, struct err *err)
{
	FILE *file = create(demo, "demo.cfg", err);
	FILE *token;

	if (!file)
		return -1;
	fprintf(file,
	    "version = 1;\n\n"
	    "nation = {\n\turl = \"%s\";           # a real one: slug = \"ourcampaign\";\n"
	    "\ttoken = \"file:demo.token\";\n};\n\n"
	    "sources = (\n\t{\n\t\ttype = \"people\";\n\t\tinput = \"voters.csv\";\n"
	    "\t\tmax_rejected = \"1%%\";\n\t}\n);\n\n"
	    "limits = { rows = %llu; };                  # small chunks, for the show\n"
	    "retry = { settle = \"500ms\"; };\n"
	    "poll = { first = \"100ms\"; most = \"500ms\"; };\n",
	    demo->url, (unsigned long long)((demo->rows + CHUNKS - 1) / CHUNKS));
	if (finish(file, "demo.cfg", err))
		return -1;
	token = create(demo, "demo.token", err);
	if (!token)
		return -1;
	fprintf(token, "demo\n");
	return finish(token, "demo.token", err);
}

static int
remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
	(void)facts;
	(void)kind;
	(void)place;
	return remove(path);
}

static void
clean_up(struct demo *demo)
{
	if (demo->nation > 0) {
		kill(demo->nation, SIGTERM);
		waitpid(demo->nation, NULL, 0);
	}
	if (!demo->keeps_folder && demo->folder[0])
		nftw(demo->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- what the nation says ---- */

struct nation_counts {
	uint64_t people;
	uint64_t imports; /* in whatever state */
};

static int
ask_nation(const struct demo *demo, struct nation_counts *counts, struct err *err)
{
	SCOPED(buf) answer = BUF_INIT;
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct json_walk walk;
	uint64_t count;

	if (loopback_get(demo->url, "/sandbox/state", &answer, err) ||
	    json_parse(&doc, buf_span(&answer), JSON_DEPTH, err))
		return -1;
	if (json_u64(json_member(json_root(&doc), "people"), &counts->people))
		return err_set(err, ERR_BUG, "the pretend nation's state names no people");
	counts->imports = 0;
	walk = json_walk(json_member(json_root(&doc), "imports"));
	while (json_step(&walk)) {
		if (json_u64(walk.value, &count) == 0)
			counts->imports += count;
	}
	return 0;
}

/* ---- what the report says ---- */

struct report_counts {
	uint64_t rows, succeeded, failed, chunks, unaccounted;
};

/* The line `total` of summary.csv, whose columns are plain digits (product.md section 5). */
static int
read_report(const struct demo *demo, struct report_counts *counts, struct err *err)
{
	char path[PATH_MAX + 40], line[1024];
	uint64_t values[17] = { 0 };
	size_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/demo.run/summary.csv", demo->folder);
	file = fopen(path, "re");
	if (!file)
		return err_system(err, ERR_IO, errno, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		struct span rest = span_trim(span_of(line));

		if (!span_is(span_next(&rest, ','), "total"))
			continue;
		while (rest.ptr && count < ARRAY_COUNT(values))
			if (number_u64(span_next(&rest, ','), &values[count++]))
				break;
	}
	fclose(file);
	*counts = (struct report_counts){
		.chunks = values[0],
		.rows = values[1],
		.succeeded = values[4],
		.failed = values[6],
		.unaccounted = values[7],
	};
	return count == 16 ? 0 : err_set(err, ERR_BUG, "%s has no line `total`", path);
}

/* ---- the story ---- */

static pid_t
start_load(struct demo *demo, struct err *err)
{
	const char *argv[] = { demo->program, "run", "demo.cfg", NULL };

	return start(demo, argv, -1, err);
}

static int
run_and_kill(struct demo *demo, struct err *err)
{
	struct nation_counts counts = { 0 };
	pid_t load;

	printf("\n$ rollcall run demo.cfg\n");
	fflush(stdout);
	load = start_load(demo, err);
	if (load < 0)
		return -1;
	for (int waited_ms = 0; counts.imports < KILL_AFTER; waited_ms += 10) {
		if (waited_ms >= PATIENCE_MS)
			return err_set(err, ERR_LATER, "the load does not get on");
		if (waitpid(load, &demo->status, WNOHANG) == load)
			return err_set(err, ERR_BUG, "the load ended before it could be killed");
		usleep(10 * 1000);
		if (ask_nation(demo, &counts, err))
			return -1;
	}
	kill(load, SIGKILL);
	waitpid(load, &demo->status, 0);
	printf("\n*** killed with SIGKILL: the nation has created %llu of %d imports\n",
	    (unsigned long long)counts.imports, CHUNKS);
	return 0;
}

static int
run_again(struct demo *demo, struct err *err)
{
	pid_t load;

	printf("\n$ rollcall run demo.cfg            (the same command)\n");
	fflush(stdout);
	load = start_load(demo, err);
	if (load < 0)
		return -1;
	waitpid(load, &demo->status, 0);
	if (!WIFEXITED(demo->status) || WEXITSTATUS(demo->status) != 0)
		return err_set(err, ERR_BUG, "the second run did not finish the load");
	return 0;
}

static int
prove(const struct demo *demo, struct err *err)
{
	struct nation_counts nation;
	struct report_counts report = { 0 };
	char rows[SHOW_BYTES], people[SHOW_BYTES], succeeded[SHOW_BYTES], failed[SHOW_BYTES];

	if (ask_nation(demo, &nation, err) || read_report(demo, &report, err))
		return -1;
	printf("\nThe proof\n"
	       "  voter file            %12s rows\n"
	       "  report, accepted      %12s rows\n"
	       "  report, rejected      %12s rows, each with its reason in rejected.csv\n"
	       "  people in the nation  %12s\n"
	       "  imports               %12llu in the nation, %llu chunks in the report\n",
	    show_count(demo->rows, rows), show_count(report.succeeded, succeeded),
	    show_count(report.failed, failed), show_count(nation.people, people),
	    (unsigned long long)nation.imports, (unsigned long long)report.chunks);
	if (report.rows != demo->rows || report.succeeded + report.failed != demo->rows ||
	    report.unaccounted || nation.people != report.succeeded ||
	    nation.imports != report.chunks)
		return err_set(err, ERR_BUG, "report and nation differ");
	printf("They agree: nothing was lost, nothing was sent twice.\n");
	return 0;
}

/* A voters.csv that is there already is somebody's voter file. */
static int
check_free(const char *folder, struct err *err)
{
	static const char *const own[] = { "voters.csv", "demo.cfg", "demo.token", "demo.run",
		"nation.ledger" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		char path[PATH_MAX + 32];
		struct stat facts;

		snprintf(path, sizeof(path), "%s/%s", folder, own[i]);
		if (lstat(path, &facts) == 0)
			return err_set(err, ERR_CREATE,
			    "%s is there already\n"
			    "  The demo makes one of its own: give it another folder.", path);
	}
	return 0;
}

static int
make_folder(struct demo *demo, const char *wanted, struct err *err)
{
	const char *temporary = getenv("TMPDIR");

	demo->keeps_folder = wanted != NULL;
	if (wanted) {
		if (mkdir(wanted, 0700) && errno != EEXIST)
			return err_system(err, ERR_CREATE, errno, "%s", wanted);
		if (!realpath(wanted, demo->folder))
			return err_system(err, ERR_CREATE, errno, "%s", wanted);
		return check_free(demo->folder, err);
	}
	snprintf(demo->folder, sizeof(demo->folder), "%.200s/rollcall-demo.XXXXXX",
	    temporary ? temporary : "/tmp");
	if (!mkdtemp(demo->folder)) {
		err_system(err, ERR_CREATE, errno, "%s", demo->folder);
		demo->folder[0] = '\0';
		return -1;
	}
	return 0;
}

static int
tell(struct demo *demo, struct err *err)
{
	char rows[SHOW_BYTES];

	if (start_nation(demo, err) || write_voters(demo, err) || write_job(demo, err))
		return -1;
	printf("A pretend nation:  %s\nA voter file:      %s/voters.csv, %s rows\n"
	       "A job file:        %s/demo.cfg\n",
	    demo->url, demo->folder, show_count(demo->rows, rows), demo->folder);
	if (run_and_kill(demo, err) || run_again(demo, err) || prove(demo, err))
		return -1;
	if (demo->keeps_folder)
		printf("Look around: %s/demo.run/report.csv\n", demo->folder);
	return 0;
}

static int
demo_run(const struct args *args, struct err *err)
{
	struct demo demo = { .rows = DEFAULT_ROWS };
	const char *rows = args->values[OPTION_ROWS];
	int failed;

	if (rows && (number_u64(span_of(rows), &demo.rows) || demo.rows < 1000 ||
			demo.rows > MOST_ROWS))
		return err_set(err, ERR_USAGE, "--rows is a number from 1000 to 10000000");
	failed = find_programs(&demo, err) ||
		 make_folder(&demo, args->values[OPTION_DIRECTORY], err) || tell(&demo, err);
	clean_up(&demo);
	return failed ? -1 : 0;
}
