#include "platform.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runner/base/buf.h"
#include "runner/report/csv.h"
#include "runner/report/note.h"
#include "runner/files/put.h"
#include "runner/report/grounds.h"
#include "runner/report/rejected_csv.h"
#include "runner/report/report.h"
#include "runner/report/report_csv.h"
#include "runner/report/summary_csv.h"

const char *
report_source_name(const struct report_job *job, uint32_t source)
{
	return source < job->source_count ? job->sources[source].name : "?";
}

bool
report_has_input(const struct report_source *source, uint32_t input)
{
	return input < source->input_count || input >= PLAN_RETRY_INPUTS;
}

const char *
report_input_name(const struct report_source *source, uint32_t input,
    char room[static REPORT_INPUT_BYTES])
{
	if (input < source->input_count)
		return source->inputs[input];
	snprintf(room, REPORT_INPUT_BYTES, "retry/%u.csv", input - PLAN_RETRY_INPUTS);
	return room;
}

/* One walk over the chunks: a line each, and the totals of those very lines, so that the files
 * agree even when a run goes on meanwhile. */
struct walk {
	const struct report_options *options;
	struct report_result *result;
	FILE *report;
	struct rejected rejected;
	struct rejected_csv csv;
	struct grounds grounds;
	struct buf folded;
	struct buf line;
	struct buf note;
};

static void
walk_done(struct walk *walk)
{
	rejected_done(&walk->rejected);
	rejected_csv_done(&walk->csv);
	grounds_done(&walk->grounds);
	buf_done(&walk->folded);
	buf_done(&walk->line);
	buf_done(&walk->note);
}

SCOPED_BY(walk, walk_done)

/* The plan comes from disk: a chunk that does not fit the job is a store of another job. */
static int
check_place(const struct report_job *job, const struct plan_chunk *plan, struct err *err)
{
	if (plan->source < job->source_count &&
	    report_has_input(&job->sources[plan->source], plan->input))
		return 0;
	return err_set(err, ERR_INPUT, "chunk %u of source %u: the job has no such input",
	    plan->number, plan->source + 1);
}

static int
flush_line(struct buf *line, FILE *to, struct err *err)
{
	if (buf_check(line, err))
		return -1;
	fwrite(line->ptr, 1, line->len, to); /* sticks to the stream, put_commit() tells */
	buf_clear(line);
	return 0;
}

/* Whether the nation may hold the chunk: then its digest must be known (product.md section 5). */
static bool
may_have_arrived(const struct chunk *chunk)
{
	if (chunk->bytes_sent)
		return true;
	switch (chunk->state) {
	case CHUNK_SUBMITTING:
	case CHUNK_IN_DOUBT:
	case CHUNK_HELD:
		return true;
	case CHUNK_SKIPPED:
		return chunk->attempts && !(chunk->notes & NOTE_NEVER_TAKEN);
	case CHUNK_PLANNED:
	case CHUNK_SUBMITTED:
	case CHUNK_FINISHED:
	case CHUNK_DONE:
	case CHUNK_REFUSED:
	case CHUNK_FAILED:
		break;
	}
	return chunk->import_id != 0;
}

/* The chunk's own digest, or, where an attempt was cut off before it was known, read again. */
static struct digest
find_digest(const struct walk *walk, const struct plan_chunk *plan, const struct chunk *chunk,
    struct note *note)
{
	const struct source_port *source = walk->options->source;
	struct digest digest = chunk->sha256;
	struct err err = ERR_INIT;

	if (digest.is_known || !may_have_arrived(chunk))
		return digest;
	if (source->sha256(source->ctx, plan, &digest, &err)) {
		digest.is_known = false;
		note_add(note, "its digest could not be taken again: %s", err.text);
	}
	return digest;
}

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* What the failure CSV leaves open. */
static void
note_rejected(struct note *note, const struct chunk *chunk, const struct rejected_found *found)
{
	const char *why = found->is_unreadable ? " (it could not be read again)" : "";

	if (!chunk->has_counts)
		return;
	if (!found->has_answer) {
		if (chunk->rows_failed)
			note_add(note, "no failure CSV for %llu rejected row%s",
			    (unsigned long long)chunk->rows_failed, plural(chunk->rows_failed));
		return;
	}
	if (found->unplaced)
		note_add(note, "%llu rejected row%s not found in the source%s",
		    (unsigned long long)found->unplaced, plural(found->unplaced), why);
	if (found->listed != chunk->rows_failed)
		note_add(note, "the failure CSV has %llu row%s, the nation counts %llu",
		    (unsigned long long)found->listed, plural(found->listed),
		    (unsigned long long)chunk->rows_failed);
}

/* What became of them since. */
static void
note_retried(struct note *note, const struct chunk *chunk, const struct rejected_found *found)
{
	if (chunk->rows_retried)
		note_add(note, "%llu rejected row%s corrected and sent again",
		    (unsigned long long)chunk->rows_retried, plural(chunk->rows_retried));
	if (found->answered)
		note_add(note, "%llu of them answered for there",
		    (unsigned long long)found->answered);
}

/* A row that is rejected still. */
static int
visit_rejected(void *ctx, const struct rejected_row *row, struct err *err)
{
	struct walk *walk = ctx;
	const struct report_source *source = &walk->options->job->sources[row->plan->source];
	const struct grounds_known known = { source->columns, source->column_count, row->fields,
		row->field_count };

	if (row->is_answered)
		return 0;
	grounds_fold(&walk->folded, row->reason, &known);
	if (buf_check(&walk->folded, err) ||
	    grounds_add(&walk->grounds, buf_span(&walk->folded), err))
		return -1;
	return rejected_csv_row(&walk->csv, row, err);
}

static void
take_grounds(struct walk *walk)
{
	struct report_result *result = walk->result;

	grounds_sort(&walk->grounds);
	result->ground_count = walk->grounds.count;
	result->rows_explained = walk->grounds.rows;
	for (size_t i = 0; i < walk->grounds.count && i < REPORT_GROUNDS_MOST; i++) {
		result->grounds[i].rows = walk->grounds.items[i].rows;
		span_copy(result->grounds[i].text, REPORT_GROUND_BYTES,
		    span_of(walk->grounds.items[i].text));
	}
}

/* Rows of a retry are counted where they were rejected first. */
static void
add_unknown(struct report_totals *totals, const struct plan_chunk *plan, enum chunk_state state)
{
	uint64_t rows = plan_is_retry(plan) ? 0 : plan_rows_sent(plan);

	switch (state) {
	case CHUNK_PLANNED:
	case CHUNK_REFUSED:
		totals->rows_not_sent += rows;
		break;
	case CHUNK_SUBMITTING:
	case CHUNK_SUBMITTED:
	case CHUNK_FINISHED:
		totals->rows_under_way += rows;
		break;
	case CHUNK_SKIPPED:
		totals->rows_skipped += rows;
		break;
	case CHUNK_IN_DOUBT:
	case CHUNK_HELD:
	case CHUNK_FAILED:
	case CHUNK_DONE:
		break; /* counted by the nation, or unaccounted for */
	}
}

static void
add_totals(struct report_totals *totals, const struct plan_chunk *plan, const struct chunk *chunk,
    uint64_t unaccounted)
{
	tally_add(&totals->tally, chunk, plan);
	totals->rows_unaccounted += unaccounted;
	if (!(chunk->notes & NOTE_SPLIT))
		add_unknown(totals, plan, chunk->state);
}

static void
note_attention(struct report_result *result, const struct chunk *chunk)
{
	bool wants_it = chunk->state == CHUNK_IN_DOUBT || chunk->state == CHUNK_HELD ||
			chunk->state == CHUNK_REFUSED || chunk->state == CHUNK_FAILED;

	if (!wants_it)
		return;
	if (result->attention_count < REPORT_ATTENTION_MOST)
		result->attention[result->attention_count] =
		    (struct report_attention){ chunk->source, chunk->number, chunk->state,
			    chunk_is_surely_absent(chunk) };
	result->attention_count++;
}

static int
visit_chunk(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
    struct err *err)
{
	struct walk *walk = visitor;
	struct report_result *result = walk->result;
	struct note note = note_into(&walk->note);
	struct csv csv = csv_into(&walk->line);
	uint64_t unaccounted = tally_unaccounted(chunk, plan, result->equation);
	const struct rejected_visitor rejected = { visit_rejected, walk };
	struct rejected_found found;
	struct digest digest;

	if (check_place(walk->options->job, plan, err) ||
	    rejected_chunk(&walk->rejected, plan, chunk, &rejected, &found, err))
		return -1;
	buf_clear(&walk->note);
	note_chunk(&note, walk->options->job->sources[plan->source].name, plan, chunk);
	note_rejected(&note, chunk, &found);
	note_retried(&note, chunk, &found);
	if (found.is_unreadable)
		result->rows_unplaced += found.unplaced;
	digest = find_digest(walk, plan, chunk, &note);
	if (buf_check(&walk->note, err))
		return -1;
	report_csv_line(&csv, &(struct report_csv_line){
	    .source = &walk->options->job->sources[plan->source],
	    .plan = plan,
	    .chunk = chunk,
	    .sha256 = &digest,
	    .rows_unaccounted = unaccounted,
	    .note = buf_span(&walk->note),
	});
	add_totals(&result->sources[plan->source], plan, chunk, unaccounted);
	add_totals(&result->total, plan, chunk, unaccounted);
	note_attention(result, chunk);
	return flush_line(&walk->line, walk->report, err);
}

static int
visit_votes(void *visitor, const struct plan_chunk *plan, const struct chunk *chunk,
    struct err *err)
{
	(void)err;
	tally_add(visitor, chunk, plan);
	return 0;
}

/* Which equation the nation follows shows only over all chunks, so it takes a walk of its own. */
static int
learn_equation(const struct journal_port *journal, enum equation *equation, struct err *err)
{
	struct tally votes = { 0 };

	if (journal->each_chunk(journal->ctx, visit_votes, &votes, err))
		return -1;
	*equation = tally_equation(&votes);
	return 0;
}

static int
write_chunks(struct walk *walk, struct err *err)
{
	const struct journal_port *journal = walk->options->journal;
	struct csv csv = csv_into(&walk->line);

	report_csv_header(&csv);
	if (flush_line(&walk->line, walk->report, err))
		return -1;
	return journal->each_chunk(journal->ctx, visit_chunk, walk, err);
}

static int
write_summary(const struct report_options *options, const struct report_result *result,
    struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	struct csv csv = csv_into(&text);

	summary_csv_header(&csv);
	for (size_t i = 0; i < options->job->source_count; i++)
		summary_csv_line(&csv, options->job->sources[i].name, &result->sources[i]);
	summary_csv_line(&csv, "total", &result->total);
	if (buf_check(&text, err))
		return -1;
	return put_whole(options->folder, "summary.csv", buf_span(&text), err);
}

int
report_write(const struct report_options *options, struct report_result *result, struct err *err)
{
	SCOPED(put) rejected = PUT_NONE;
	SCOPED(put) report = PUT_NONE;
	SCOPED(walk) walk = { .options = options, .result = result };

	assert(options->job->source_count <= LIMIT_SOURCES);
	memset(result, 0, sizeof(*result));
	if (learn_equation(options->journal, &result->equation, err) ||
	    put_open(&rejected, options->folder, "rejected.csv", err) ||
	    put_open(&report, options->folder, "report.csv", err))
		return -1;
	walk.report = report.file;
	if (rejected_init(&walk.rejected, options, err) ||
	    rejected_csv_init(&walk.csv, options->job, rejected.file, err) ||
	    write_chunks(&walk, err) || put_commit(&rejected, err) || put_commit(&report, err))
		return -1;
	take_grounds(&walk);
	return write_summary(options, result, err);
}
