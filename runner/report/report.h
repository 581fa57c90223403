/* report.h - every row of the input answered for: report.csv, summary.csv and rejected.csv, written
 * from plan and chunks (product.md section 5).
 *
 * The same events give the same bytes, whoever asks and whenever. Chunks are visited one by one:
 * memory does not depend on their number, only on the rejected rows of the one at hand.
 *
 * A source that cannot be read any more spoils no report: its digest stays empty, its rejected rows
 * stand without a place, and the note says so. */
#ifndef RUNNER_REPORT_REPORT_H
#define RUNNER_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/span.h"
#include "runner/core/load.h"
#include "runner/core/tally.h"
#include "runner/ports.h"
#include "runner/report/sent.h"

/* What a report must know of a job; borrowed. */
struct report_source {
	const char *name;
	const char *type;          /* "people", "ballot" */
	const char *const *inputs; /* paths as the job file writes them */
	size_t input_count;
	const struct span *columns; /* the header as sent; none if all inputs are empty */
	size_t column_count;
	/* By input: where among the columns each of its own stands; NULL where the order is the same. */
	const uint32_t *const *orders;
	struct source_rules rules; /* max_rejected, after */
};

/* What a rule of the job left out or changed. */
struct report_reason {
	uint32_t source;
	const char *shown; /* "left out" */
	const char *words; /* the rule */
	uint64_t rows;
};

struct report_job {
	const char *name;   /* "nc-2026" */
	const char *nation; /* "ourcampaign" */
	const struct report_source *sources;
	size_t source_count; /* at most LIMIT_SOURCES */
	const char *command; /* what names it on a command line that a text proposes */
	const struct report_reason *reasons;
	size_t reason_count;
};

/* The name of an input, as it stands in reports: as the job file writes it, or "retry/N.csv", which is put
 * into `room`. */
enum { REPORT_INPUT_BYTES = 32 };
bool report_has_input(const struct report_source *source, uint32_t input);
const char *report_input_name(const struct report_source *source, uint32_t input,
    char room[static REPORT_INPUT_BYTES]);

/* "?" for an index that the job does not have: a message must not fail. */
const char *report_source_name(const struct report_job *job, uint32_t source);

struct report_options {
	const struct report_job *job;
	const struct journal_port *journal;
	const struct source_port *source; /* for a digest that is still missing */
	const struct sent_port *sent;     /* for the places of rejected rows */
	int folder;                       /* where the reports go */
	int answers;                      /* the folder answers/; -1: there is none yet */
};

/* What stands in a line of summary.csv, and the rows of which nothing is known yet, for the ending. */
struct report_totals {
	struct tally tally;
	uint64_t rows_unaccounted;
	uint64_t rows_under_way; /* of chunks that the nation has taken, or is being sent */
	uint64_t rows_not_sent;  /* of chunks that are planned or refused */
	uint64_t rows_skipped;
};

enum { REPORT_ATTENTION_MOST = 8 };

/* A chunk that is in doubt, held, refused or failed. */
struct report_attention {
	uint32_t source;
	uint32_t number;
	enum chunk_state state;
	bool is_absent; /* chunk_is_surely_absent() */
};

enum { REPORT_GROUNDS_MOST = 8, REPORT_GROUND_BYTES = 160 };

/* Rejected rows whose reasons are one when folded (grounds.h). */
struct report_ground {
	uint64_t rows;
	char text[REPORT_GROUND_BYTES];
};

struct report_result {
	struct report_ground grounds[REPORT_GROUNDS_MOST]; /* of rows still rejected: the most frequent */
	uint64_t ground_count;   /* how many there are */
	uint64_t rows_explained; /* rows that have one; with the rest, no failure CSV names them */
	uint64_t rows_unplaced;  /* rejected, and of inputs that could not be read again */
	struct report_totals sources[LIMIT_SOURCES]; /* as many as the job has */
	struct report_totals total;
	enum equation equation; /* that explains the nation's counts */
	struct report_attention attention[REPORT_ATTENTION_MOST]; /* the first ones */
	uint64_t attention_count;                                 /* all of them */
};

/* Writes all three into options->folder, each whole or not at all. On failure *result is not to be
 * used. */
int report_write(const struct report_options *options, struct report_result *result,
    struct err *err);

#endif
