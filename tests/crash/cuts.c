/* cuts.c - power cuts: a whole load is recorded, killed once on its way, and the disk is rebuilt as a cut
 * at any moment could have left it (disk.h); each time the store must open, be whole, and have every
 * event whose commit had returned; and no report may stand under its name in part.
 *
 *	cuts [OPTION=VALUE]...
 *	rollcall=, sandbox=, shim=   the programs, absolute
 *	states=N seed=N jobs=N       so many states in all, at least one at each moment (1000, 1, 2)
 *	people=N ballots=N kill=N    rows of the load, five to a chunk; killed before that call (80, 20, 1500)
 *	lie=CALL                     records a run whose calls of that name say 0 and do nothing (fsync,
 *	                             fdatasync), or whose openat goes without O_DSYNC: must fail
 *	state=MOMENT/VARIANT         that one only, and its folder is left
 *
 * A line for each state that is wrong, at most ten; a summary as the last line. */
#include "platform.h"

#include <fcntl.h>
#include <ftw.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/audit.h"
#include "store/events.h"
#include "store/store.h"
#include "tests/crash/disk.h"
#include "tests/crash/trial.h"

enum {
	META_BYTES = 8192, /* LMDB's two meta pages: a commit ends with a write there */
	SAID_MOST = 10,
};

struct options {
	struct trial_setup setup;
	unsigned long states, seed, jobs, kill;
	const char *lie;
	unsigned long only_moment, only_variant; /* 0: all */
};

struct record {
	struct disk_note *notes;
	uint64_t *acknowledged; /* events whose commit had returned before each note */
	size_t count;
	size_t moments; /* of them, with something left to chance */
	char *text;
	char root[SHIM_PATH];
	char machine_id[96];
};

struct totals {
	uint32_t states, wrong, torn, moment, variant;
};

static void
hash(const void *bytes, size_t len, unsigned char to[32])
{
	SHA256(bytes, len, to);
}

/* ---- recording */

static void
load_notes(struct record *record, size_t bytes)
{
	size_t room = bytes / sizeof(struct shim_note) + 1;

	record->notes = calloc(room, sizeof(*record->notes));
	record->acknowledged = calloc(room, sizeof(*record->acknowledged));
	for (size_t at = 0; at + sizeof(struct shim_note) <= bytes;) {
		struct disk_note *note = &record->notes[record->count++];
		struct shim_note head;

		memcpy(&head, record->text + at, sizeof(head));
		at += sizeof(head);
		note->type = (enum shim_note_type)head.type;
		note->is_synced = head.is_synced;
		note->offset = head.offset;
		note->path = record->text + at;
		note->second = note->path + strlen(note->path) + 1;
		note->data = note->second + strlen(note->second) + 1;
		note->bytes = head.bytes - (size_t)(note->data - note->path);
		at += head.bytes;
	}
}

static void
read_record(struct record *record, const struct trial *trial)
{
	int fd = open(trial->page->record, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *birth = trial_read_run(trial, "birth.json"), *id;

	if (fd < 0 || fstat(fd, &st)) {
		perror(trial->page->record);
		exit(99);
	}
	record->text = malloc((size_t)st.st_size);
	if (!record->text || read(fd, record->text, (size_t)st.st_size) != st.st_size)
		exit(99);
	close(fd);
	load_notes(record, (size_t)st.st_size);
	snprintf(record->root, sizeof(record->root), "%s", trial->page->root);
	id = strstr(birth, "\"machine_id\":\"");
	if (id) {
		id += strlen("\"machine_id\":\"");
		snprintf(record->machine_id, sizeof(record->machine_id), "%.*s",
		    (int)strcspn(id, "\""), id);
	}
	free(birth);
}

static uint32_t
call_number(const char *name)
{
	return strcmp(name, "fsync") == 0	? SYS_fsync
	       : strcmp(name, "fdatasync") == 0 ? SYS_fdatasync
						: SYS_openat;
}

static bool
is_good(struct trial *trial, const struct options *options)
{
	trial_judge(trial);
	fflush(trial->wrong);
	if (trial->wrong_bytes)
		printf("the recorded load%s%s is wrong\n%s", options->lie ? ", lied to by " : "",
		    options->lie ? options->lie : "", trial->wrong_text);
	return !trial->wrong_bytes;
}

/* 77: no shim here. */
static int
make_record(const struct options *options, struct record *record)
{
	struct trial trial;
	char folder[TRIAL_PATH];
	int code;

	snprintf(folder, sizeof(folder), "%s/recorded-%d", get_current_dir_name(), getpid());
	if (trial_begin(&trial, &options->setup, folder))
		return 99;
	snprintf(trial.state_dir, sizeof(trial.state_dir), "%.500s/disk", trial.folder);
	mkdir(trial.state_dir, 0700);
	snprintf(trial.page->root, SHIM_PATH, "%.255s", trial.state_dir);
	snprintf(trial.page->record, SHIM_PATH, "%.240s/record", trial.folder);
	trial.page->kind = options->lie ? call_number(options->lie) : SHIM_ANY;
	trial.page->act = options->lie ? SHIM_LIE : SHIM_KILL;
	trial.page->nth = options->lie ? 1 : (uint32_t)options->kill;
	trial.page->is_for_ever = options->lie != NULL;
	code = trial_run(&trial, "run", "first", true);
	if (trial.page->main_pid && !options->lie && code != TRIAL_KILLED)
		trial_wrong(&trial, "it ended before it could be killed");
	if (trial.page->main_pid && code == TRIAL_KILLED) {
		trial.page->act = SHIM_WATCH;
		code = trial_run(&trial, "run", "second", true);
	}
	if (code != 0 || !trial.page->main_pid) {
		code = trial.page->main_pid ? 1 : 77;
		printf("the recorded load did not end well\n");
	} else {
		code = is_good(&trial, options) ? 0 : 1;
		read_record(record, &trial);
	}
	trial_end(&trial, false);
	return code;
}

/* ---- looking at a state */

static int
remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
	(void)facts;
	(void)kind;
	return where->level == 0 || (where->level == 1 && strcmp(path + where->base, "job.run") == 0)
		   ? 0
		   : remove(path);
}

static void
keep_finding(void *ctx, const char *finding)
{
	char *text = ctx;

	if (!text[0])
		snprintf(text, 256, "%s", finding);
}

/* The number of events in the store, or 0 where there is no load; WRONG: the first thing that is. */
static uint64_t
look(const struct record *record, const char *folder, char wrong[256])
{
	char run_folder[TRIAL_PATH];
	struct store_options options = { .folder = run_folder, .machine_id = record->machine_id,
		.sha256 = hash };
	struct audit_options audit = { keep_finding, wrong };
	struct audit_counts counts;
	struct err err = ERR_INIT;
	struct store *store;
	uint64_t events = 0;
	bool is_there;

	wrong[0] = '\0';
	snprintf(run_folder, sizeof(run_folder), "%s/job.run", folder);
	if (access(run_folder, F_OK) != 0)
		return 0;
	if (store_look(&options, &is_there, &err) ||
	    (is_there && store_open(&store, &options, &err))) {
		snprintf(wrong, 256, "%.255s", err.text);
		return 0;
	}
	if (!is_there)
		return 0;
	if (audit_store(store, &audit, &counts, &err) || events_count(store, &events, &err))
		snprintf(wrong, 256, "%.255s", err.text);
	store_close(store);
	return events;
}

static void
clear(const char *folder)
{
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void
judge(const struct record *record, const struct disk *disk, size_t moment, uint64_t variant,
    const struct disk_cut *cut, const char *folder, struct totals *totals)
{
	char torn[64], wrong[256];
	uint64_t events;

	clear(folder);
	disk_rebuild(disk, cut, folder, torn);
	events = look(record, folder, wrong);
	if (!wrong[0] && events < record->acknowledged[moment])
		snprintf(wrong, sizeof(wrong), "%lu events are left of %lu acknowledged",
		    (unsigned long)events, (unsigned long)record->acknowledged[moment]);
	if (!wrong[0] && torn[0])
		snprintf(wrong, sizeof(wrong), "%s is there in part", torn);
	__atomic_add_fetch(&totals->states, 1, __ATOMIC_RELAXED);
	if (wrong[0] && __atomic_add_fetch(&totals->wrong, 1, __ATOMIC_RELAXED) <= SAID_MOST) {
		printf("state=%zu/%lu: %s\n", moment, (unsigned long)variant, wrong);
		fflush(stdout);
	}
}

/* ---- all moments */

static bool
is_commit(const struct disk_note *note)
{
	return note->type == SHIM_NOTE_WRITE && note->offset < META_BYTES && note->bytes < 4096 &&
	       strstr(note->path, "/store/data.mdb");
}

/* How many events are acknowledged when: everything that was written is there, and counted. -1: that could not be
 * learned, and no cut would be judged by it. */
static int
learn_acknowledged(struct record *record, const char *folder)
{
	struct disk *disk = disk_new(record->root);
	struct disk_cut all = { DISK_EVERYTHING, 0 };
	uint64_t events = 0, in_the_end;
	char torn[64], wrong[256];
	int code = 0;

	for (size_t i = 0; i < record->count; i++) {
		record->acknowledged[i] = events;
		disk_begin(disk, &record->notes[i]);
		record->moments += disk_has_pending(disk);
		disk_return(disk, &record->notes[i]);
		if (!is_commit(&record->notes[i]))
			continue;
		clear(folder);
		disk_rebuild(disk, &all, folder, torn);
		events = look(record, folder, wrong);
		if (wrong[0]) {
			printf("moment %zu, nothing lost: %s\n", i, wrong);
			code = -1;
		}
	}
	clear(folder);
	disk_rebuild(disk, &all, folder, torn);
	in_the_end = look(record, folder, wrong);
	if (!events || events != in_the_end) {
		printf("%lu events were seen to be committed, of %lu\n", (unsigned long)events,
		    (unsigned long)in_the_end);
		code = -1;
	}
	disk_free(disk);
	return code;
}

static void
make_folder(char folder[TRIAL_PATH], unsigned long job)
{
	char inner[TRIAL_PATH + 16];

	snprintf(folder, TRIAL_PATH, "%s/cut-%d-%lu", get_current_dir_name(), getppid(), job);
	mkdir(folder, 0700);
	snprintf(inner, sizeof(inner), "%s/job.run", folder);
	mkdir(inner, 0700);
}

static void
remove_folder(const char *folder)
{
	char inner[TRIAL_PATH + 16];

	clear(folder);
	snprintf(inner, sizeof(inner), "%s/job.run", folder);
	rmdir(inner);
	rmdir(folder);
}

/* One pass over the record; in each moment the variants that are this job's. */
static void
work(const struct options *options, const struct record *record, struct totals *totals,
    unsigned long job)
{
	unsigned long each = record->moments ? options->states / record->moments + 1 : 1;
	struct disk *disk = disk_new(record->root);
	char folder[TRIAL_PATH];

	make_folder(folder, job);
	for (size_t i = 0; i < record->count; i++) {
		disk_begin(disk, &record->notes[i]);
		for (unsigned long v = job; v < (disk_has_pending(disk) ? each : 1);
		     v += options->jobs) {
			struct disk_cut cut = { v == 0	 ? DISK_NOTHING
						: v == 1 ? DISK_EVERYTHING
							 : DISK_CHANCE,
				options->seed * 1000003 + i * 4099 + v };

			if (options->only_moment &&
			    (options->only_moment != i || options->only_variant != v))
				continue;
			totals->moment = (uint32_t)i;
			totals->variant = (uint32_t)v;
			judge(record, disk, i, v, &cut, folder, totals);
		}
		disk_return(disk, &record->notes[i]);
	}
	disk_free(disk);
	if (!options->only_moment)
		remove_folder(folder);
}

static int
run_all(const struct options *options, const struct record *record)
{
	struct totals *totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t workers[16];
	int status;

	fflush(NULL);
	for (unsigned long job = 0; job < options->jobs; job++) {
		workers[job] = fork();
		if (workers[job] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(options, record, totals, job);
			_exit(0);
		}
	}
	for (unsigned long job = 0; job < options->jobs; job++) {
		if (waitpid(workers[job], &status, 0) > 0 && status == 0)
			continue;
		totals->wrong++;
		printf("opening a state died with status %d, about state=%u/%u\n", status,
		    totals->moment, totals->variant);
	}
	printf("cuts: %u states at %zu moments, %u wrong\n", totals->states, record->count,
	    totals->wrong);
	return totals->wrong || !totals->states ? 1 : 0;
}

static void
take_option(struct options *options, const char *text)
{
	const char *value = strchr(text, '=');
	unsigned long number = value ? strtoul(value + 1, NULL, 10) : 0;

	value = value ? value + 1 : "";
	if (strncmp(text, "rollcall=", 9) == 0)
		options->setup.rollcall = value;
	else if (strncmp(text, "sandbox=", 8) == 0)
		options->setup.sandbox = value;
	else if (strncmp(text, "shim=", 5) == 0)
		options->setup.shim = value;
	else if (strncmp(text, "states=", 7) == 0)
		options->states = number;
	else if (strncmp(text, "seed=", 5) == 0)
		options->seed = number;
	else if (strncmp(text, "jobs=", 5) == 0 && number >= 1 && number <= 16)
		options->jobs = number;
	else if (strncmp(text, "kill=", 5) == 0)
		options->kill = number;
	else if (strncmp(text, "people=", 7) == 0)
		options->setup.people = (unsigned)number;
	else if (strncmp(text, "ballots=", 8) == 0)
		options->setup.ballots = (unsigned)number;
	else if (strncmp(text, "lie=", 4) == 0)
		options->lie = value;
	else if (strncmp(text, "state=", 6) == 0 && strchr(value, '/')) {
		options->only_moment = number;
		options->only_variant = strtoul(strchr(value, '/') + 1, NULL, 10);
		options->jobs = 1;
	} else {
		fprintf(stderr, "cuts: %s?\n", text);
		exit(64);
	}
}

int
main(int argc, char **argv)
{
	struct options options = { .setup = { .people = 80, .ballots = 20 }, .states = 1000,
		.seed = 1, .jobs = 2, .kill = 1500 };
	struct record record = { 0 };
	char folder[TRIAL_PATH];
	int code;

	for (int i = 1; i < argc; i++)
		take_option(&options, argv[i]);
	code = make_record(&options, &record);
	if (code)
		return code;
	make_folder(folder, 99);
	code = learn_acknowledged(&record, folder) ? 1 : run_all(&options, &record);
	remove_folder(folder);
	free(record.notes);
	free(record.acknowledged);
	free(record.text);
	return code;
}
