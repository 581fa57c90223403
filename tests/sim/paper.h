/* paper.h - the sources of a simulated load: a few chunks of a few rows, made up from their names. */
#ifndef TESTS_SIM_PAPER_H
#define TESTS_SIM_PAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/core/load.h"
#include "runner/ports.h"

enum {
	PAPER_SOURCES = 4,
	/* Of a source: nine chunks of five rows, split to their last row, and a row of each handed in
	 * again and again. */
	PAPER_MOST_CHUNKS = 130,
	PAPER_MOST = PAPER_SOURCES * PAPER_MOST_CHUNKS,
};

#define PAPER_NONE SIZE_MAX

struct paper_source {
	const char *name;
	const char *type; /* "people" or "ballot" */
	uint32_t chunk_count;
	uint32_t rows; /* of a chunk, 2 to 5 */
	enum in_doubt_policy in_doubt;
	bool is_after;            /* comes after all sources before it */
	bool begins_alike;        /* the first rows of all its chunks are the same */
	bool has_empty_chunk;     /* its last chunk has no row to send */
	bool stops_early;         /* max_rejected is set, */
	uint64_t most_rejected;   /* to this */
	uint32_t bad_rows;        /* of a chunk, that the nation will refuse */
};

struct paper {
	struct plan_chunk *plan; /* of all sources, in order */
	struct buf *csv;         /* the same, as sent */
	size_t count;
	struct engine_source *sources;
	uint32_t after[PAPER_SOURCES];
	uint32_t source_count;
	struct paper_body *open; /* a list of the bodies that a killed process would leave */
	struct world *world;
};

void paper_init(struct paper *paper, struct world *world, const struct paper_source *sources,
    uint32_t count);
void paper_done(struct paper *paper);
struct source_port paper_port(struct paper *paper);
void paper_kill(struct paper *paper);

/* One more chunk of a source, with its header line and these rows; fills in plan->csv_bytes. */
void paper_add(struct paper *paper, struct plan_chunk *plan, struct span rows);

/* Forgets what was split or added, but is not in the plan: that holds the first `count`. */
void paper_trim(struct paper *paper, size_t count);

/* The CSV of a chunk less its header line. */
struct span paper_rows(const struct paper *paper, size_t index);

/* The chunk of this name, as an index of the plan; PAPER_NONE: none. */
size_t paper_find(const struct paper *paper, uint32_t source, uint32_t number);

/* The chunk that these bytes are, the same way. */
size_t paper_recognize(const struct paper *paper, struct span csv);

#endif
