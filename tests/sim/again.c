#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "tests/sim/again.h"
#include "tests/sim/law.h"
#include "tests/sim/must.h"
#include "tests/sim/play.h"

#define BAD "bad," /* paper.c: a field too many */

enum { MOST_ROWS = 3, ROW_BYTES = 100 }; /* of a chunk; of the file, made up */

struct span
again_corrected(struct span row)
{
	const size_t bytes = strlen(BAD);

	while (row.len > bytes && memcmp(row.ptr, BAD, bytes) == 0) {
		row.ptr += bytes;
		row.len -= bytes;
	}
	return row;
}

struct span
again_next_row(struct span *rows)
{
	const char *end = rows->len ? memchr(rows->ptr, '\n', rows->len) : NULL;
	struct span row = { end ? rows->ptr : NULL, end ? (size_t)(end + 1 - rows->ptr) : 0 };

	if (end) {
		rows->ptr += row.len;
		rows->len -= row.len;
	}
	return row;
}

static bool
is_done(struct world *world, uint64_t kill_at,
    int (*act)(struct engine *engine, void *ctx, struct err *err), void *ctx)
{
	enum play_result result = play_alone(world, kill_at, act, ctx);

	if (result != PLAY_VIOLATED)
		law_records(world);
	return result == PLAY_ENDED;
}

/* ---- chunks ---- */

static int
retry_failed(struct engine *engine, void *ctx, struct err *err)
{
	struct engine_retried retried;

	(void)ctx;
	return engine_retry_failed(engine, &retried, err);
}

bool
again_chunks(struct world *world, uint64_t kill_at)
{
	world_trace(world, "RETRY --failed");
	return is_done(world, kill_at, retry_failed, NULL);
}

/* ---- rows ---- */

/* What is handed in for one source. */
struct file {
	uint32_t source;
	struct buf rows;
	uint32_t parents[PAPER_MOST]; /* by row: number of the chunk in which it was rejected */
	uint32_t row_count;
};

struct handing {
	struct world *world;
	enum memory_cut cut;
	struct file file;
	struct engine_retry retry;
	struct engine_retry_file files[PAPER_SOURCES];
	struct engine_retry_parent parents[PAPER_MOST];
	struct plan_chunk chunks[PAPER_MOST];
};

/* Is the row in a chunk of a retry that is younger than the one in which it was rejected? */
static bool
is_handed_in(const struct world *world, const struct chunk *chunk, struct span row)
{
	const struct memory *memory = &world->memory;

	for (size_t i = 0; i < memory->chunk_count; i++) {
		const struct plan_chunk *plan = &memory->plan[i];
		struct span rows = paper_rows(&world->paper, i), other;

		if (!plan_is_retry(plan) || plan->source != chunk->source ||
		    plan->number <= chunk->number)
			continue;
		while ((other = again_next_row(&rows)).ptr) {
			if (span_equal(again_corrected(other), again_corrected(row)))
				return true;
		}
	}
	return false;
}

/* A wrong correction is another one than before, so that no two chunks are the same. */
static void
correct(struct world *world, struct file *file, struct span row, uint32_t parent)
{
	if (world_rolls(world, world->options.retry_permille / 2)) {
		buf_add_text(&file->rows, BAD);
		buf_add_span(&file->rows, row);
	} else {
		buf_add_span(&file->rows, again_corrected(row));
	}
	file->parents[file->row_count++] = parent;
}

static void
collect(struct handing *handing, const struct chunk *chunk, size_t paper, uint32_t number)
{
	struct engine_retry *retry = &handing->retry;
	struct engine_retry_parent *parent = &handing->parents[retry->parent_count];
	uint64_t most = chunk->rows_failed - chunk->rows_retried;
	struct span rows = paper_rows(&handing->world->paper, paper), row;

	*parent = (struct engine_retry_parent){ chunk->source, chunk->number, number, 0 };
	while (parent->rows < most && (row = again_next_row(&rows)).ptr) {
		if (again_corrected(row).len == row.len ||
		    is_handed_in(handing->world, chunk, row))
			continue;
		correct(handing->world, &handing->file, row, chunk->number);
		parent->rows++;
	}
	retry->parent_count += parent->rows > 0;
}

static struct plan_chunk
next_chunk(const struct handing *handing, const struct plan_chunk *last, uint32_t rows)
{
	const uint32_t *parents = handing->file.parents;
	uint64_t first_row = last->first_row + last->rows;
	struct plan_chunk plan = {
		.source = last->source,
		.number = last->number + 1,
		.input = last->input,
		.first_byte = last->end_byte,
		.end_byte = last->end_byte + rows * ROW_BYTES,
		.first_row = first_row,
		.first_line = first_row + 1,
		.rows = rows,
		.retry_first = parents[first_row - 1],
		.retry_last = parents[first_row + rows - 2], /* they are in the order of their chunks */
	};

	return plan;
}

static void
cut(struct handing *handing, struct engine_retry_file *file)
{
	struct world *world = handing->world;
	struct span rest = buf_span(&handing->file.rows);
	struct plan_chunk last = {
		.source = handing->file.source,
		.number = file->first_chunk - 1,
		.input = file->input.input.input,
		.first_row = 1,
	};

	while (rest.len) {
		const char *begin = rest.ptr;
		uint32_t rows = 1 + (uint32_t)chance_below(&world->chance, MOST_ROWS), got = 0;

		while (got < rows && again_next_row(&rest).ptr)
			got++;
		last = next_chunk(handing, &last, got);
		paper_add(&world->paper, &last, (struct span){ begin, (size_t)(rest.ptr - begin) });
		handing->chunks[handing->retry.chunk_count++] = last;
		file->chunks++;
	}
	file->input.input.size = last.end_byte;
	file->input.input.rows = handing->file.row_count;
	file->input.input.chunks = file->chunks;
}

static uint32_t
next_number(const struct world *world)
{
	uint32_t number = 1;

	for (size_t i = 0; i < world->memory.event_count; i++)
		number += world->memory.events[i].type == EVENT_RETRY_PLANNED;
	return number;
}

static void
hand_in_source(struct handing *handing, uint32_t source)
{
	const struct memory *memory = &handing->world->memory;
	uint32_t number = next_number(handing->world) + (uint32_t)handing->retry.file_count;
	struct engine_retry_file *file = &handing->files[handing->retry.file_count];

	handing->file.source = source;
	handing->file.row_count = 0;
	buf_clear(&handing->file.rows);
	for (size_t i = 0; i < memory->chunk_count; i++) {
		const struct chunk *chunk = &memory->chunks[i];

		if (chunk->source == source && chunk->state == CHUNK_DONE &&
		    chunk->rows_failed > chunk->rows_retried)
			collect(handing, chunk, i, number);
	}
	if (handing->file.row_count == 0)
		return;
	*file = (struct engine_retry_file){
		.input = { .input = { .source = source, .input = PLAN_RETRY_INPUTS + number },
			.path = "retry/1.csv" },
		.first_chunk = memory_chunks_of(memory, source) + 1,
	};
	handing->retry.file_count++;
	cut(handing, file);
}

static int
retry_rows(struct engine *engine, void *ctx, struct err *err)
{
	struct handing *handing = ctx;
	struct world *world = handing->world;
	int failed;

	for (uint32_t i = 0; i < world->options.source_count; i++)
		hand_in_source(handing, i);
	if (handing->retry.file_count == 0)
		return 0;
	world->memory.cut = handing->cut;
	failed = engine_retry_rows(engine, &handing->retry, err);
	world->memory.cut = CUT_NOT;
	return failed;
}

bool
again_rows(struct world *world, enum memory_cut at)
{
	struct handing *handing = must(calloc(1, sizeof(*handing)));
	bool is_in;

	world_trace(world, "RETRY FILE");
	paper_trim(&world->paper, world->memory.chunk_count);
	handing->world = world;
	handing->cut = at;
	handing->file.rows = (struct buf)BUF_INIT;
	handing->retry.files = handing->files;
	handing->retry.parents = handing->parents;
	handing->retry.chunks = handing->chunks;
	is_in = is_done(world, 0, retry_rows, handing);
	world->memory.cut = CUT_NOT;
	paper_trim(&world->paper, world->memory.chunk_count);
	buf_done(&handing->file.rows);
	free(handing);
	return is_in;
}

void
again_by_chance(struct world *world)
{
	const enum memory_cut cut = (enum memory_cut)chance_below(&world->chance, CUT_AFTER + 1);

	if (world_rolls(world, 500)) {
		if (!again_chunks(world, chance_below(&world->chance, 6)))
			again_chunks(world, 0);
	} else if (!again_rows(world, cut)) {
		again_rows(world, CUT_NOT);
	}
}
