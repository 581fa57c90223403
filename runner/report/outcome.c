#include "platform.h"

#include <stdbool.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/report/accepted.h"
#include "runner/report/outcome.h"

/* ---- the exit code */

static bool
exceeds(const struct number_share *most, uint64_t rejected, uint64_t of)
{
	if (!most->is_share)
		return rejected > most->count;
	return (unsigned __int128)rejected * 1000000 > (unsigned __int128)of * most->millionths;
}

/* Neither at its end nor waiting to be sent. */
static uint64_t
count_open(const struct tally *tally)
{
	return tally->chunks[CHUNK_SUBMITTING] + tally->chunks[CHUNK_IN_DOUBT] +
	       tally->chunks[CHUNK_HELD] + tally->chunks[CHUNK_SUBMITTED] +
	       tally->chunks[CHUNK_FINISHED];
}

static uint64_t
count_lost(const struct tally *tally)
{
	return tally->chunks[CHUNK_REFUSED] + tally->chunks[CHUNK_FAILED];
}

bool
outcome_is_stopped(const struct source_rules *rules, const struct tally *tally)
{
	return rules->stops_early && tally->chunks[CHUNK_PLANNED] &&
	       exceeds(&rules->max_rejected, tally_rejected(tally), tally->rows_planned);
}

/* Marks the sources whose planned chunks stay planned because of max_rejected, their own or that of
 * a source before them, however far. */
static void
find_stopped(const struct report_job *job, const struct report_result *result,
    bool stopped[static LIMIT_SOURCES])
{
	bool is_news = true;

	for (size_t i = 0; i < job->source_count; i++)
		stopped[i] = outcome_is_stopped(&job->sources[i].rules, &result->sources[i].tally);
	while (is_news) {
		is_news = false;
		for (size_t i = 0; i < job->source_count; i++) {
			const struct source_rules *rules = &job->sources[i].rules;
			bool was_stopped = stopped[i];

			for (uint32_t j = 0; j < rules->after_count && !stopped[i]; j++)
				stopped[i] = stopped[rules->after[j]];
			is_news = is_news || (stopped[i] && !was_stopped);
		}
	}
}

static bool
is_behind_lost(const struct source_rules *rules, const struct report_result *result)
{
	for (uint32_t i = 0; i < rules->after_count; i++) {
		if (count_lost(&result->sources[rules->after[i]].tally))
			return true;
	}
	return false;
}

static bool
is_waiting(const struct report_job *job, const struct report_result *result)
{
	bool stopped[LIMIT_SOURCES];

	if (count_open(&result->total.tally))
		return true;
	find_stopped(job, result, stopped);
	for (size_t i = 0; i < job->source_count; i++) {
		if (result->sources[i].tally.chunks[CHUNK_PLANNED] == 0)
			continue;
		if (!stopped[i] || is_behind_lost(&job->sources[i].rules, result))
			return true;
	}
	return false;
}

static bool
is_over_max_rejected(const struct report_job *job, const struct report_result *result)
{
	for (size_t i = 0; i < job->source_count; i++) {
		const struct source_rules *rules = &job->sources[i].rules;
		const struct tally *tally = &result->sources[i].tally;

		if (exceeds(&rules->max_rejected, tally_rejected(tally), tally->rows_sent) ||
		    outcome_is_stopped(rules, tally))
			return true;
	}
	return false;
}

int
outcome_exit_code(const struct report_job *job, const struct report_result *result)
{
	if (is_waiting(job, result))
		return OUTCOME_WAITING;
	if (count_lost(&result->total.tally) || result->total.rows_unaccounted)
		return OUTCOME_UNEXPLAINED;
	return is_over_max_rejected(job, result) ? OUTCOME_REJECTED : OUTCOME_FINISHED;
}

/* ---- the last words */

const char *
outcome_ways(enum chunk_state state)
{
	/* What was refused is in no import. */
	return state == CHUNK_REFUSED ? "--resubmit | --skip" : "--import ID | --resubmit | --skip";
}

/* At its end by the exit code, but for what max_rejected left planned when it ended the submitting. */
static bool
leaves_planned(const struct outcome *outcome)
{
	return outcome->result && outcome->result->total.tally.chunks[CHUNK_PLANNED];
}

static const char *
word_of(const struct outcome *outcome)
{
	switch (outcome->exit_code) {
	case OUTCOME_FINISHED:
	case OUTCOME_REJECTED:
	case OUTCOME_UNEXPLAINED:
		return leaves_planned(outcome) ? "stopped" : "finished";
	case OUTCOME_WAITING:
	case ERR_LATER:
		return "stopped";
	default:
		return "failed";
	}
}

/* The first chunk that a person can settle: held, refused or failed; NULL if there is none. */
static const struct report_attention *
find_settleable(const struct report_result *result)
{
	for (uint64_t i = 0; i < result->attention_count && i < REPORT_ATTENTION_MOST; i++) {
		if (result->attention[i].state != CHUNK_IN_DOUBT)
			return &result->attention[i];
	}
	return NULL;
}

static void
add_waiting(struct buf *to, const struct report_result *result)
{
	if (find_settleable(result))
		buf_add_text(to, ": chunks wait for a person");
	else if (result->attention_count)
		buf_add_text(to, ": chunks are in doubt, and the next run looks for them");
	else
		buf_add_text(to, ": the nation has not finished every import");
}

static void
add_unexplained(struct buf *to, const struct report_totals *total)
{
	uint64_t lost = count_lost(&total->tally);
	char number[SHOW_BYTES];

	if (lost)
		buf_printf(to, " %s chunk%s refused or failed", show_count(lost, number),
		    lost == 1 ? " was" : "s were");
	else
		buf_printf(to, " the nation's counts leave %s row%s unexplained",
		    show_count(total->rows_unaccounted, number),
		    total->rows_unaccounted == 1 ? "" : "s");
}

static void
add_what_is_wrong(struct buf *to, const struct outcome *outcome)
{
	switch (outcome->exit_code) {
	case OUTCOME_REJECTED:
		buf_add_text(to, leaves_planned(outcome) ? ":" : ", but");
		buf_add_text(to, " more rows were rejected than max_rejected allows");
		break;
	case OUTCOME_UNEXPLAINED:
		buf_add_text(to, leaves_planned(outcome) ? ":" : ", but");
		add_unexplained(to, &outcome->result->total);
		break;
	case OUTCOME_WAITING:
		add_waiting(to, outcome->result);
		break;
	default:
		break;
	}
}

static void
add_skipped(struct buf *to, const struct report_totals *total)
{
	const struct tally *tally = &total->tally;
	uint64_t skipped = tally->chunks[CHUNK_SKIPPED] - tally->chunks_split;
	char number[SHOW_BYTES], rows[SHOW_BYTES];

	if (skipped)
		buf_printf(to, "  skipped   %s chunk%s of %s row%s, settled by a person\n",
		    show_count(skipped, number), skipped == 1 ? "" : "s",
		    show_count(total->rows_skipped, rows), total->rows_skipped == 1 ? "" : "s");
	if (tally->chunks_split)
		buf_printf(to, "  split     %s chunk%s, too large for the nation\n",
		    show_count(tally->chunks_split, number),
		    tally->chunks_split == 1 ? "" : "s");
}

/* What the rules of the job did, so that nothing vanishes. */
static void
add_reasons(struct buf *to, const struct report_job *job)
{
	char number[SHOW_BYTES];

	for (size_t i = 0; i < job->reason_count; i++) {
		const struct report_reason *reason = &job->reasons[i];

		buf_printf(to, "            %s %s of %s by: %s\n",
		    show_count(reason->rows, number), reason->shown,
		    report_source_name(job, reason->source), reason->words);
	}
}

/* A line of 80 columns, cut between two signs. */
static void
add_shortened(struct buf *to, const char *text, size_t most)
{
	size_t signs = 0;

	for (const char *at = text; *at; at++)
		signs += ((unsigned char)*at & 0xC0) != 0x80;
	if (signs <= most) {
		buf_add_text(to, text);
		return;
	}
	for (signs = 0; *text; text++) {
		signs += ((unsigned char)*text & 0xC0) != 0x80;
		if (signs == most)
			break;
		buf_add_byte(to, *text);
	}
	buf_add_text(to, "\xE2\x80\xA6");
}

/* "  reasons   640  Email «…» has already been taken" */
static void
add_grounds(struct buf *to, const struct outcome *outcome)
{
	enum { SHOWN = 3, COLUMNS = 80 };
	const struct report_result *result = outcome->result;
	char number[SHOW_BYTES];
	uint64_t rows = 0;
	int width = 0;

	for (uint64_t i = 0; i < result->ground_count && i < SHOWN; i++) {
		const struct report_ground *ground = &result->grounds[i];

		show_count(ground->rows, number);
		if (i == 0)
			width = (int)strlen(number);
		buf_printf(to, "%-12s%*s  ", i ? "" : "  reasons", width, number);
		add_shortened(to, ground->text, (size_t)(COLUMNS - 14 - width));
		buf_add_byte(to, '\n');
		rows += ground->rows;
	}
	if (result->ground_count > SHOWN)
		buf_printf(to, "%-12s%*s  for others: rollcall rejects %s --list\n", "", width,
		    show_count(result->rows_explained - rows, number), outcome->job->command);
}

/* A history makes several rows of a record; what is left out are records in either case. */
static bool
is_made(const struct tally *tally)
{
	return tally->rows_planned + tally->rows_left_out > tally->rows_in_file;
}

/* " of 3,000 in the files", or " of 4,812, made from 3,000 records, 7 left out" */
static void
add_total(struct buf *to, const struct tally *tally)
{
	char made[SHOW_BYTES], records[SHOW_BYTES], left_out[SHOW_BYTES];

	show_count(tally->rows_in_file, records);
	if (!is_made(tally)) {
		buf_printf(to, " of %s in the files\n", records);
		return;
	}
	buf_printf(to, " of %s, made from %s record%s", show_count(tally->rows_planned, made),
	    records, tally->rows_in_file == 1 ? "" : "s");
	if (tally->rows_left_out)
		buf_printf(to, ", %s left out",
		    show_count(tally->rows_left_out, left_out));
	buf_add_byte(to, '\n');
}

/* "            36,000 under way, 72,000 not sent" */
static void
add_unknown(struct buf *to, const struct report_totals *total)
{
	char under_way[SHOW_BYTES], not_sent[SHOW_BYTES];

	if (total->rows_under_way + total->rows_not_sent == 0)
		return;
	buf_printf(to, "%12s", "");
	if (total->rows_under_way)
		buf_printf(to, "%s under way%s", show_count(total->rows_under_way, under_way),
		    total->rows_not_sent ? ", " : "");
	if (total->rows_not_sent)
		buf_printf(to, "%s not sent", show_count(total->rows_not_sent, not_sent));
	buf_add_byte(to, '\n');
}

static void
add_rows(struct buf *to, const struct outcome *outcome)
{
	const struct report_result *result = outcome->result;
	const struct tally *tally = &result->total.tally;
	char number[SHOW_BYTES];

	buf_printf(to, "  rows      %s accepted",
	    show_count(accepted_rows(tally, result->equation), number));
	buf_printf(to, ", %s rejected", show_count(tally_rejected(tally), number));
	if (tally->rows_left_out && !is_made(tally))
		buf_printf(to, ", %s left out", show_count(tally->rows_left_out, number));
	if (result->total.rows_unaccounted)
		buf_printf(to, ", %s unaccounted for",
		    show_count(result->total.rows_unaccounted, number));
	add_total(to, tally);
	add_unknown(to, &result->total);
	add_reasons(to, outcome->job);
	add_skipped(to, &result->total);
	buf_printf(to, "  report    %s/report.csv\n", outcome->folder);
	if (tally_rejected(tally)) {
		buf_printf(to, "  rejected  %s/rejected.csv\n", outcome->folder);
		add_grounds(to, outcome);
	}
}

static void
add_attention(struct buf *to, const struct outcome *outcome)
{
	const struct report_result *result = outcome->result;
	uint64_t named = result->attention_count;
	char number[SHOW_BYTES];

	if (named > REPORT_ATTENTION_MOST)
		named = REPORT_ATTENTION_MOST;
	for (uint64_t i = 0; i < named; i++) {
		const struct report_attention *chunk = &result->attention[i];

		buf_printf(to, "  %-9s %s-%u\n", chunk_state_word(chunk->state),
		    report_source_name(outcome->job, chunk->source), chunk->number);
	}
	if (named < result->attention_count)
		buf_printf(to, "            and %s more, see report.csv\n",
		    show_count(result->attention_count - named, number));
}

static void
add_settle(struct buf *to, const struct outcome *outcome, const struct report_attention *chunk)
{
	const char *name = report_source_name(outcome->job, chunk->source);
	const char *job = outcome->job->command;

	buf_printf(to, "  next      rollcall explain %s %s-%u\n", job, name, chunk->number);
	if (chunk->is_absent)
		buf_printf(to, "            rollcall retry %s --failed     or, this one alone:\n", job);
	buf_printf(to, "            rollcall resolve %s %s-%u %s --reason TEXT\n", job, name,
	    chunk->number, outcome_ways(chunk->state));
	buf_printf(to, "            rollcall run %s\n", job);
}

static void
add_next(struct buf *to, const struct outcome *outcome)
{
	const struct report_attention *chunk =
	    outcome->result ? find_settleable(outcome->result) : NULL;
	const char *job = outcome->job->command;

	switch (outcome->exit_code) {
	case OUTCOME_FINISHED:
		buf_add_text(to, "  next      nothing: the load is complete\n");
		break;
	case OUTCOME_REJECTED:
		buf_printf(to, "  next      rollcall rejects %s -o fix.csv\n", job);
		buf_printf(to, "            correct the rows in it, then: rollcall retry %s fix.csv\n",
		    job);
		break;
	case OUTCOME_UNEXPLAINED:
		if (chunk)
			add_settle(to, outcome, chunk);
		else
			buf_add_text(to, "  next      look at rows_unaccounted in report.csv\n");
		break;
	case OUTCOME_WAITING:
		if (chunk)
			add_settle(to, outcome, chunk);
		else
			buf_printf(to, "  next      rollcall run %s\n", job);
		break;
	case ERR_LATER:
	case ERR_UNREACHABLE:
		buf_printf(to, "  next      rollcall run %s\n", job);
		break;
	case ERR_ACCESS:
		buf_printf(to, "  next      rollcall auth %s\n            rollcall run %s\n", job,
		    job);
		break;
	default:
		buf_printf(to, "  next      once that is mended: rollcall run %s\n", job);
		break;
	}
}

void
outcome_text(struct buf *to, const struct outcome *outcome)
{
	buf_printf(to, "%s: %s", word_of(outcome), outcome->job->name);
	if (outcome->why)
		buf_printf(to, ": %s", outcome->why);
	else if (outcome->result)
		add_what_is_wrong(to, outcome);
	buf_add_byte(to, '\n');
	if (outcome->result) {
		add_rows(to, outcome);
		add_attention(to, outcome);
	}
	add_next(to, outcome);
}
