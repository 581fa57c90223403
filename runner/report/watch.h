/* watch.h - the engine's watcher: draws progress, tells what is worth a line, keeps status.json.
 *
 *     on a foreground terminal    the lines of progress.h, redrawn at most five times a second;
 *                                 messages above them
 *     elsewhere                   a line when a chunk is finished, at most one a minute; messages
 *     quiet                       nothing, but for the line that was asked for (SIGUSR1)
 *
 * It never fails: a terminal that is gone ends the drawing, and the run goes on; a status.json that
 * cannot be written is said once. */
#ifndef RUNNER_REPORT_WATCH_H
#define RUNNER_REPORT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/scoped.h"
#include "runner/ports.h"
#include "runner/report/rate.h"
#include "runner/report/report.h"

/* Where messages go. */
struct watch_screen {
	void *ctx;
	/* Width of the terminal if it is one, we are in its foreground and it can be drawn on; else
	 * 0. Asked before each drawing. */
	unsigned (*columns)(void *ctx);
	/* All of it; -1: it is gone. */
	int (*write)(void *ctx, struct span text);
	/* The wall clock's face here: local time as if it were UTC. */
	int64_t (*local)(void *ctx, int64_t wall_ms);
};

struct watch_options {
	const struct report_job *job;
	const struct clock_port *clock;
	struct watch_screen screen;
	bool is_quiet;
	bool is_colored; /* not with NO_COLOR */

	/* For status.json. */
	int folder; /* the run folder; -1: keep none */
	uint32_t pid;
	const char *host;
	bool is_confined;
};

/* Rows of an import that the nation works on, by its own word. */
struct watch_work {
	uint32_t source, chunk;
	uint64_t done, total;
};

enum { WATCH_WORKS = 64 }; /* limits.in_flight at most */

struct watch {
	struct watch_options options;
	struct rate rate;
	struct tally tallies[LIMIT_SOURCES]; /* as last told */
	char waiting_for[128];
	struct watch_work works[WATCH_WORKS];
	size_t work_count;
	int64_t since_ms; /* wall clock, as the next one */
	int64_t last_progress_ms;

	/* Monotonic: when the next one may be. */
	int64_t next_drawing_ms;
	int64_t next_line_ms;
	int64_t next_status_ms;

	unsigned drawn_lines;  /* that stand on the terminal */
	bool is_gone;          /* the screen */
	bool is_status_broken; /* that was said */
	bool has_finished;     /* a chunk whose line is not written yet: */
	struct report_attention finished;
	struct buf text;
};

/* The options' pointers are borrowed until the end. */
void watch_init(struct watch *watch, const struct watch_options *options);

/* Takes the progress off the terminal. */
void watch_done(struct watch *watch);
SCOPED_BY(watch, watch_done)

struct watcher_port watch_port(struct watch *watch);

#endif
