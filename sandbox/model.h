/* model.h - the pretend nation: imports, a queue that works them, profiles, ballots.
 *
 * Pure: no I/O, no clock, no chance but its seed. The caller tells the time in milliseconds, never
 * backwards; the same options and calls give the same nation, whatever the steps in which its
 * queue is worked. rollcall-sandbox puts HTTP before it, simulations call it as it is.
 *
 *     submit ─► queued ─► working ─► finished
 *                             └────► unprocessable   (the file as a whole cannot be read)
 *
 * The queue works one import at a time in the order of submission, rows_per_second rows a second;
 * it works when told to (model_advance, model_work). Rows that are refused are kept with their
 * reasons, the file itself is let go when its import has ended. */
#ifndef SANDBOX_MODEL_H
#define SANDBOX_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

struct model;

struct model_options {
	uint64_t seed;
	uint64_t rows_per_second; /* 0: at once */
	uint64_t last_import_id;  /* ids go on after this one; 0: a seeded start */
};

enum model_type {
	MODEL_PEOPLE,
	MODEL_BALLOT,
};

enum model_word {
	MODEL_QUEUED,
	MODEL_WORKING,
	MODEL_FINISHED,
	MODEL_UNPROCESSABLE,
};

/* What a POST brings; all zero but for what the caller sets. */
struct model_upload {
	enum model_type type;
	bool is_overwritable;
	struct buf csv;          /* owned */
	struct import *surveyed; /* model_survey()'s; the CSV is in there then */
};

/* total = created + updated + failed once finished. */
struct model_counts {
	uint64_t created;
	uint64_t updated; /* matched a profile or a ballot that was there */
	uint64_t failed;
};

struct model_import {
	uint64_t id;
	enum model_type type;
	bool is_overwritable;
	enum model_word word;
	uint64_t bytes;     /* of the CSV */
	uint64_t processed; /* rows */
	uint64_t total;     /* rows, the header not counted */
	struct model_counts counts;
	int64_t created_ms;
	int64_t started_ms;  /* 0: not yet */
	int64_t finished_ms; /* 0: not yet */
	char delimiter;
	struct buf head; /* header and first rows, at most MODEL_HEAD_ROWS, as they came */
	struct buf why;  /* the reason of MODEL_UNPROCESSABLE */
};

#define MODEL_HEAD_ROWS 3

struct model *model_new(const struct model_options *options, struct err *err);
void model_free(struct model *model);

void model_upload_done(struct model_upload *upload);

/* Reads the upload's file once, before it is submitted: for callers whose model is behind a lock
 * that they would rather not hold so long. Fails only out of memory. */
int model_survey(struct model_upload *upload, struct err *err);

/* Takes the upload's CSV and queues an import. Ids rise with gaps. On failure (out of memory) the
 * upload stays the caller's. */
int model_submit(struct model *model, int64_t now_ms, struct model_upload *upload, uint64_t *id,
		 struct err *err);

/* The last import submitted goes back into the upload: nothing may have been worked since. */
void model_take_back(struct model *model, struct model_upload *upload);

/* Works what is due by now. Fails only out of memory. */
int model_advance(struct model *model, int64_t now_ms, struct err *err);

/* The same, at most `most_rows` of it; fewer worked means that nothing more is due. */
int model_work(struct model *model, int64_t now_ms, uint64_t most_rows, uint64_t *worked,
	       struct err *err);

/* Works the whole queue now, whatever its speed. */
int model_finish(struct model *model, int64_t now_ms, struct err *err);

bool model_is_idle(const struct model *model); /* nothing queued or working */

size_t model_count(const struct model *model);
/* Lent until model_free(); changes as the queue works. NULL: none. */
const struct model_import *model_find(const struct model *model, uint64_t id);
const struct model_import *model_at(const struct model *model, size_t number); /* 0: the oldest */
/* The number of the import `id`, or of the first with a greater id. */
size_t model_number(const struct model *model, uint64_t id);
size_t model_queue_position(const struct model *model, uint64_t id); /* imports before it */

/* How the failed rows of an import are written; all fields zero is the nation's usual way. */
struct model_failures {
	const char *reason_name; /* of the column; NULL: "reason" */
	bool is_first;           /* the reason is the first column, not the last */
	bool is_raw;             /* reasons are a database's own words over several lines, their
	                          * quotation marks not doubled */
};

/* "The file with imported rows removed, and leaving only failed rows along with reason". */
void model_failure_csv(const struct model *model, uint64_t id, const struct model_failures *form,
		       struct buf *to);

uint32_t model_people_count(const struct model *model);
uint32_t model_ballots_count(const struct model *model);

/* The tables as CSV, each row with its line end: from = 0 begins with a header line; up to `most`
 * rows from row number `from`. Return how many rows. */
uint32_t model_people_csv(const struct model *model, uint32_t from, uint32_t most, struct buf *to);
uint32_t model_ballots_csv(const struct model *model, uint32_t from, uint32_t most,
			   struct buf *to);

#endif
