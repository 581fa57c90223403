/* trial.h - one load in a folder of its own, against a nation of its own: made, run under orders of the shim,
 * run again, judged by the nation's ledger.
 *
 * The ledger is synced before the pretend nation answers, so it is the truth; report and people table
 * must say the same. What is wrong is collected in `wrong`. */
#ifndef ROLLCALL_TESTS_CRASH_TRIAL_H
#define ROLLCALL_TESTS_CRASH_TRIAL_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/crash/shim.h"

enum {
	TRIAL_PATH = 512,
	TRIAL_TIMED_OUT = 999, /* instead of an exit code */
	TRIAL_KILLED = 137,
	TRIAL_CHUNK_ROWS = 5,
	TRIAL_CHUNKS_MOST = 64,
};

struct trial_setup {
	const char *rollcall; /* absolute paths */
	const char *sandbox;
	const char *shim;
	unsigned people; /* rows, of TRIAL_CHUNK_ROWS to a chunk */
	unsigned ballots;
	const char *fault;     /* of the nation; NULL: none */
	bool is_patient;       /* a network that never comes back is given up before a doubt is held */
};

struct trial {
	const struct trial_setup *setup;
	char folder[TRIAL_PATH];
	char state_dir[TRIAL_PATH]; /* "": beside the job */
	char url[64];
	pid_t nation;
	int nation_port;
	struct shim_page *page;
	bool is_doubled; /* trial_judge() saw a chunk in the nation twice */
	FILE *wrong;
	char *wrong_text; /* valid after fflush(wrong) */
	size_t wrong_bytes;
};

/* FOLDER must not exist. -1: there is no trial (said on stderr). */
int trial_begin(struct trial *trial, const struct trial_setup *setup, const char *folder);

/* Ends the nation, removes the folder, frees. */
void trial_end(struct trial *trial, bool keeps_folder);

void trial_wrong(struct trial *trial, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Runs a verb on the job, its streams into NAME.out and NAME.err; with the orders of the page, whose counts
 * begin anew, or undisturbed (false). The exit code, 128 + signal, or TRIAL_TIMED_OUT. */
int trial_run(struct trial *trial, const char *verb, const char *name, bool is_shimmed);

/* The text of a file in the trial's folder; the caller frees. "" where there is none. */
char *trial_read(const struct trial *trial, const char *name);

/* ... in its run folder. */
char *trial_read_run(const struct trial *trial, const char *name);

/* Whether `run` may end with it (rollcall(1)); 70, a bug, is not. */
bool trial_is_documented(int code);

/* All of the load is done: report, ledger and people table agree, no chunk is lost, none doubled but
 * declared. */
void trial_judge(struct trial *trial);

/* The nation's ledger has no import. */
bool trial_took_nothing(struct trial *trial);

/* What a person does when `run` ended with 6: each held chunk is told its import, from the nation's ledger, or that
 * it has none and is to be sent. */
void trial_settle(struct trial *trial);

/* Every import that the nation answered for is known: in the journal, in `ids`, or said on stderr. */
void trial_judge_ids(struct trial *trial, const char *err_name);

#endif
