/* shim.h - the page that a test shares with the program that it torments.
 *
 * The test makes a file of this size, writes its orders into it, and starts the program with
 * LD_PRELOAD=shim.so and ROLLCALL_SHIM=that file. The shim maps it, carries the orders out and keeps count;
 * the counts outlive a kill -9. Both are of one build, so the struct needs no version.
 *
 * Calls are the system calls of the main process and of its forks alike, by one count, from the
 * shim's constructor on: what the loader did before that is not ours. Not seen: clone3, vfork, execve
 * (a program that starts others cannot be run under it), exit, and sigreturn. */
#ifndef ROLLCALL_TESTS_CRASH_SHIM_H
#define ROLLCALL_TESTS_CRASH_SHIM_H

#include <stdint.h>

enum {
	SHIM_KINDS = 512,      /* numbers of system calls */
	SHIM_ANY = SHIM_KINDS, /* as a kind: all of them, counted together */
	SHIM_LOG_MOST = 1 << 15,
	SHIM_PATH = 256,
};

enum shim_act {
	SHIM_WATCH,
	SHIM_KILL,    /* SIGKILL for the process, before the call */
	SHIM_FAIL,    /* the call is not made and says `error` */
	SHIM_SHORTEN, /* a write takes half of what it is given */
	SHIM_LIE,     /* the call is not made and says 0; an openat is made without O_DSYNC */
	SHIM_FILL,    /* before the call the file `ballast` takes all that is left on its disk */
	SHIM_SHUT,    /* before the call the ext4 that has the folder `ballast` is shut down, with nothing
			 written out, as a power cut leaves it */
};

struct shim_call {
	uint16_t kind;
	uint16_t is_child; /* of a fork */
};

struct shim_page {
	/* orders; the n-th call from 1, of the kind; 0: none */
	uint32_t act;
	uint32_t kind;
	uint32_t nth;
	uint32_t is_for_ever; /* that one and all of its kind that follow */
	int32_t error;
	uint32_t memory_nth; /* allocation that fails */
	uint32_t memory_is_for_ever;
	char ballast[SHIM_PATH];
	char record[SHIM_PATH]; /* where to write down what happens to files; "": nowhere */
	char root[SHIM_PATH];   /* ... whose path begins so */

	/* what came */
	int32_t main_pid; /* 0: the shim was never there */
	uint32_t calls;
	uint32_t kinds[SHIM_KINDS];
	uint32_t hits; /* how often the order was carried out */
	uint32_t hit_kind;
	uint32_t hit_is_child;
	uint32_t allocations;
	struct shim_call log[SHIM_LOG_MOST];
};

/* The record: notes, each followed by `bytes` bytes: two paths that end in NUL, then data. A call
 * that failed leaves no note. */
enum shim_note_type {
	SHIM_NOTE_OPEN = 1, /* the file is there; `offset`: it was cut to nothing */
	SHIM_NOTE_WRITE,    /* data at `offset` */
	SHIM_NOTE_SIZE,     /* `offset` is its size now */
	SHIM_NOTE_SYNC,     /* of a file or a folder */
	SHIM_NOTE_RENAME,   /* to the second path */
	SHIM_NOTE_UNLINK,
	SHIM_NOTE_MKDIR,
	SHIM_NOTE_RMDIR,
};

struct shim_note {
	uint32_t type;
	uint32_t is_synced; /* a write by O_DSYNC: durable when the call returned */
	uint64_t offset;
	uint64_t bytes;
};

#endif
