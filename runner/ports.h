/* ports.h - the seam between the engine and the world. One real implementation each, and one for
 * simulated loads (tests/sim). Everything that can fail returns 0 or -1 with an err; everything
 * passed in is borrowed for the call unless the comment says otherwise.
 *
 *     clock     what time is it
 *     chance    one roll of the dice
 *     journal   the job database: durable events, chunks, plan      store/
 *     nation    requests out, replies in                            runner/nation/
 *     source    the bytes of a planned chunk                        runner/source/
 *     control   what a person asks of a running load                runner/sys/
 *     job       what the job file says now                          runner/cli/
 *     watcher   who wants to know what happens: progress, log       runner/report/
 *     steps     where a test may kill us */
#ifndef RUNNER_PORTS_H
#define RUNNER_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/core/chunk.h"
#include "runner/core/event.h"
#include "runner/core/plan.h"
#include "runner/core/reply.h"
#include "runner/core/tally.h"

/* Wall clock for what stands on disk, monotonic for what waits in memory (law 7). The monotonic
 * clock begins at any number and counts suspended time too. */
struct now {
	int64_t wall_ms;
	int64_t mono_ms;
};

struct clock_port {
	void *ctx;
	struct now (*now)(void *ctx);
};

struct chance_port {
	void *ctx;
	uint32_t (*roll)(void *ctx); /* uniform over all 2^32 */
};

/* A file of corrected rows, by which the inputs are extended: input.input is PLAN_RETRY_INPUTS + N. */
struct journal_input {
	struct plan_input input;
	const char *path; /* "retry/N.csv", in the run folder */
};

/* What one turn of the loop writes down. */
struct journal_turn {
	struct event *events; /* numbered in order: their seq is filled in */
	size_t event_count;
	const struct chunk *chunks; /* as they stand after the events, each once */
	size_t chunk_count;
	const struct plan_chunk *added; /* by which the plan is extended */
	size_t added_count;
	const struct tally *tallies; /* of all sources */
	size_t source_count;
	const struct journal_input *inputs; /* the files of a retry */
	size_t input_count;
};

/* The journal. One writer. */
struct journal_port {
	void *ctx;

	/* Makes everything durable together, or nothing. When it fails, whether it became durable is
	 * unknown: the caller stops. */
	int (*append)(void *ctx, const struct journal_turn *turn, struct err *err);

	/* An untouched chunk reads as planned. */
	int (*read_chunk)(void *ctx, uint32_t source, uint32_t number, struct chunk *chunk,
	    struct err *err);
	int (*read_plan)(void *ctx, uint32_t source, uint32_t number, struct plan_chunk *plan,
	    struct err *err);

	/* All chunks of the plan in the order of source and number. The visitor returns 0 to go on,
	 * -1 with its err to stop; it may not write. */
	int (*each_chunk)(void *ctx,
	    int (*visit)(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
		struct err *err),
	    void *visitor, struct err *err);

	/* An import id that could not be committed: written to the pre-allocated file `ids` (and to
	 * stderr), read first at the next start. For the last resort only. */
	int (*rescue_id)(void *ctx, uint32_t source, uint32_t number, uint32_t attempt,
	    uint64_t import_id, struct err *err);

	/* These, in their order, until they are forgotten: as SUBMIT_ACCEPTED with source, chunk, attempt and
	 * import_id, whether or not the journal has them by now. The visitor may append. */
	int (*each_rescued)(void *ctx,
	    int (*visit)(void *visitor, const struct event *rescued, struct err *err),
	    void *visitor, struct err *err);
};

/* The body of a POST: known length, read once from front to end. */
struct body {
	uint64_t bytes;
	/* Puts 1 to `most` bytes into `to`, or 0 at the end. -1: the source cannot be read, or it
	 * is not what was planned (ERR_INPUT); this is known before the last byte was given out. */
	int (*read)(struct body *body, char *to, size_t most, size_t *got, struct err *err);
	/* SHA-256 of the CSV inside; known once the body was read to its end. */
	void (*sha256)(const struct body *body, struct digest *digest);
	void (*close)(struct body *body); /* frees it */
};

struct source_port {
	void *ctx;
	/* *body is the caller's, to close. */
	int (*open)(void *ctx, const struct plan_chunk *plan, struct body **body, struct err *err);
	/* Reads the chunk again for the SHA-256 of its CSV, checking the plan's digest. */
	int (*sha256)(void *ctx, const struct plan_chunk *plan, struct digest *digest,
	    struct err *err);
	/* Splits a chunk of two rows or more between two of them, near the middle of its CSV, checking
	 * the plan's digest. The pieces are numbered from `first_number` on. */
	int (*split)(void *ctx, const struct plan_chunk *plan, uint32_t first_number,
	    struct plan_chunk pieces[PLAN_PIECES], struct err *err);
	/* The first bytes of the CSV as sent, header line and first rows, at most `most`; of them
	 * *header_bytes are the header line with its line end. */
	int (*head)(void *ctx, const struct plan_chunk *plan, size_t most, struct buf *to,
	    size_t *header_bytes, struct err *err);
};

/* The nation. Requests are started here and come back as replies of wait(), each exactly once. */
struct nation_port {
	void *ctx;

	/* `index` and `attempt` come back in the reply. Takes the body, also when it fails. A failure
	 * of any of the four means that nothing was sent. */
	int (*submit)(void *ctx, uint32_t index, uint32_t attempt, struct body *body,
	    struct err *err);
	int (*status)(void *ctx, uint32_t index, uint64_t import_id, struct err *err);
	/* The failure CSV, if there is one, is on disk as answers/SOURCE-CHUNK.failed.csv and
	 * synced before the reply is delivered. */
	int (*result)(void *ctx, uint32_t index, uint64_t import_id, uint32_t source,
	    uint32_t number, struct err *err);
	int (*list)(void *ctx, uint32_t index, uint32_t page, struct err *err);

	/* Begins to get another access token in the place of the present one, which ends or was
	 * refused; one at a time. Requests under way go on with the one that they have. The reply
	 * is of REQUEST_TOKEN. NULL: there is never another. */
	int (*renew)(void *ctx, struct err *err);

	/* Waits until replies came, something else needs the engine (a signal, a control file), or
	 * wait_ms passed; fills at most `most` replies. wait_ms 0 looks only. What the replies lend
	 * is valid until the next call. */
	int (*wait)(void *ctx, int64_t wait_ms, struct reply *replies, size_t most, size_t *count,
	    struct err *err);

	/* Cuts every request under way; each still comes back through wait(), as TRANSPORT_CUT or
	 * as whatever it had become. */
	void (*cut)(void *ctx);

	/* Requests that were started and have not come back. */
	uint32_t (*in_flight)(void *ctx);
};

/* What a person wants. */
enum wish_kind {
	WISH_NONE,
	WISH_STOP,     /* finish requests, exit 75 or die by the signal */
	WISH_CUT,      /* the same without finishing */
	WISH_RESOLVE,  /* event is filled in: RESOLVED_* */
	WISH_PROGRESS, /* SIGUSR1: the watcher tells */
	WISH_LIMITS,   /* SIGHUP: job.limits() says how fast from now on */
};

struct wish {
	enum wish_kind kind;
	struct event event;
	uint64_t ticket; /* to answer it with */
};

struct control_port {
	void *ctx;
	/* The next wish, WISH_NONE if there is none. Never waits. */
	int (*hear)(void *ctx, struct wish *wish, struct err *err);
	/* The wish was carried out (error NULL), or refused with a reason. */
	void (*answer)(void *ctx, uint64_t ticket, const char *error);
};

struct load_limits; /* load.h */

/* The job, read again. */
struct job_port {
	void *ctx;
	int (*limits)(void *ctx, struct load_limits *limits, struct err *err);
};

enum weight { WEIGHT_INFO, WEIGHT_WARNING };

struct watcher_port {
	void *ctx;
	/* After it became durable. chunk is NULL for an event about the load. */
	void (*event)(void *ctx, const struct event *event, const struct chunk *chunk);
	/* Something worth a line that is no event: a retry of a poll, a pause. */
	void (*say)(void *ctx, enum weight weight, const char *text);
	/* At every turn of the loop: a chance to draw progress or write status.json.
	 * waiting_for is "" or in words. */
	void (*turn)(void *ctx, const struct tally *tallies, size_t source_count,
	    const char *waiting_for);
	/* A person asks how far it is: a line at once. */
	void (*tell)(void *ctx);
	/* The nation works on the chunk's import and has done so many of its rows. */
	void (*work)(void *ctx, const struct chunk *chunk, uint64_t done, uint64_t total);
};

/* Where a run can be cut off: in a simulation at() does not return, in the shipped binary it kills
 * the process if the environment says so. */
struct steps_port {
	void *ctx;
	void (*at)(void *ctx, const char *step);
};

struct ports {
	struct clock_port clock;
	struct chance_port chance;
	struct journal_port journal;
	struct nation_port nation;
	struct source_port source;
	struct control_port control;
	struct job_port job;
	struct watcher_port watcher;
	struct steps_port steps;
};

#endif
