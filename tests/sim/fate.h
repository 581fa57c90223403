/* fate.h - what happens to a request: everything that replies.md has a row for, and the hours and
 * seconds between. By a script, for stories, or by chance. */
#ifndef TESTS_SIM_FATE_H
#define TESTS_SIM_FATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/core/reply.h"
#include "sandbox/chance.h"

/* How much of a POST was handed over. */
enum fate_sent { SENT_ALL, SENT_PART, SENT_NOTHING };

/* What is odd about the import in an answer. */
enum fate_import {
	IMPORT_AS_IT_IS,
	IMPORT_ID_ODD,     /* "12abc", 1.5, 2^60 */
	IMPORT_ID_ABSENT,
	IMPORT_ID_OWNED,   /* that of another chunk */
	IMPORT_ID_OTHER,   /* in a GET: of another import */
	IMPORT_WORD_UNKNOWN,
	IMPORT_WORD_ABSENT,
	IMPORT_DOOMED,     /* taken, and the nation will give up on it */
	IMPORT_COUNTS_ODD, /* in a result: not numbers */
	IMPORT_COUNTS_OFF, /* numbers that do not add up */
};

struct fate {
	enum fate_sent sent;
	enum transport transport; /* TRANSPORT_OK: an answer comes */
	uint32_t status;          /* with this status; 0: the nation's own */
	enum answer_form form;    /* ANSWER_NONE: JSON where the status has a body */
	bool is_taken;            /* a POST with another status, or without an answer, was taken */
	int64_t take_ms;          /* so long after the request was over; 0: before the answer */
	int64_t upload_ms;        /* 0: a second; GETs: no time */
	int64_t answer_ms;        /* 0: a tenth of a second */
	int64_t told_ms;          /* Retry-After; 0: none */
	enum fate_import import;
	enum err_kind fault;      /* the request cannot even be made, for this reason */
};

/* What a script has to say: the fate of the nth request of a kind about a chunk. */
struct fate_line {
	enum request_kind kind;
	uint32_t source, chunk; /* number from 1; REQUEST_LIST before the first look: 0 */
	uint32_t nth;           /* from 1; 0: every one */
	struct fate fate;
};

struct fate_plan {
	const struct fate_line *lines; /* a script; what it does not mention goes well */
	size_t line_count;
	uint64_t seed;       /* or, if it is not 0, chance: how many of 1,000 requests go wrong */
	uint32_t post_permille;
	uint32_t get_permille;
	uint32_t list_permille;
	bool is_doubtful;       /* a POST goes wrong only so that it leaves a doubt */
	uint32_t stop_permille; /* of those, how many with something that stops a run */
	int64_t late_ms;        /* the latest that a lost POST is taken after its end */
};

struct fate_asked {
	enum request_kind kind;
	uint32_t source, chunk;
};

struct fates {
	struct fate_plan plan;
	struct chance chance;
	struct fate_seen {
		struct fate_asked asked;
		uint32_t count;
	} *seen;
	size_t seen_count;
};

void fate_init(struct fates *fates, const struct fate_plan *plan);
void fate_done(struct fates *fates);
struct fate fate_of(struct fates *fates, const struct fate_asked *asked, bool is_calm);

#endif
