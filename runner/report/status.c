#include "platform.h"

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/report/accepted.h"
#include "runner/files/put.h"
#include "runner/report/status.h"

static const char *const state_words[] = {
#define X(name, word) word,
	STATUS_STATES(X)
#undef X
};

enum status_state
status_at_rest(const struct tally *total)
{
	uint64_t open = total->chunks[CHUNK_PLANNED] + total->chunks[CHUNK_SUBMITTING] +
			total->chunks[CHUNK_IN_DOUBT] + total->chunks[CHUNK_HELD] +
			total->chunks[CHUNK_SUBMITTED] + total->chunks[CHUNK_FINISHED];

	if (open == 0)
		return STATUS_FINISHED;
	return total->attempts ? STATUS_STOPPED : STATUS_NEW;
}

static struct tally
sum_of(const struct status *status)
{
	struct tally total = { 0 };

	for (size_t i = 0; i < status->job->source_count; i++)
		tally_sum(&total, &status->tallies[i]);
	return total;
}

static void
add_counts(struct jsonw *json, const struct tally *tally)
{
	jsonw_number(json, "rows_total", tally->rows_in_file);
	jsonw_number(json, "rows_sent", tally->rows_sent);
	jsonw_number(json, "rows_succeeded", tally->rows_succeeded);
	jsonw_number(json, "rows_updated", tally->rows_updated);
	jsonw_number(json, "rows_failed", tally_rejected(tally));
	jsonw_number(json, "rows_left_out", tally->rows_left_out);
	jsonw_open(json, "chunks", '{');
	for (int state = 0; state < CHUNK_STATE_COUNT; state++)
		jsonw_number(json, chunk_state_word((enum chunk_state)state), tally->chunks[state]);
	jsonw_close(json, '}');
}

static void
add_time(struct jsonw *json, const char *name, int64_t at_ms)
{
	char text[STAMP_BYTES];

	jsonw_string(json, name, at_ms ? stamp_iso(at_ms, text) : NULL);
}

static void
add_runner(struct jsonw *json, const struct status *status)
{
	if (status->pid)
		jsonw_number(json, "pid", status->pid);
	else
		jsonw_null(json, "pid");
	jsonw_string(json, "host", status->host);
	add_time(json, "since", status->since_ms);
	if (status->confinement == STATUS_UNTOLD)
		jsonw_null(json, "confined");
	else
		jsonw_bool(json, "confined", status->confinement == STATUS_CONFINED);
}

static void
add_sources(struct jsonw *json, const struct status *status)
{
	jsonw_open(json, "sources", '[');
	for (size_t i = 0; i < status->job->source_count; i++) {
		jsonw_open(json, NULL, '{');
		jsonw_string(json, "name", status->job->sources[i].name);
		jsonw_string(json, "type", status->job->sources[i].type);
		add_counts(json, &status->tallies[i]);
		jsonw_close(json, '}');
	}
	jsonw_close(json, ']');
}

static bool
is_waiting(const struct status *status)
{
	return status->waiting_for && status->waiting_for[0];
}

void
status_json(struct buf *to, const struct status *status)
{
	struct jsonw json = jsonw_into(to);
	struct tally total = sum_of(status);

	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "schema", 1);
	jsonw_string(&json, "job", status->job->name);
	jsonw_string(&json, "nation", status->job->nation);
	jsonw_string(&json, "state", state_words[status->state]);
	add_runner(&json, status);
	add_counts(&json, &total);
	add_sources(&json, status);
	if (status->grounds)
		grounds_json(&json, status->grounds);
	jsonw_string(&json, "waiting_for", is_waiting(status) ? status->waiting_for : NULL);
	add_time(&json, "eta", status->eta_ms);
	add_time(&json, "last_progress", status->last_progress_ms);
	jsonw_close(&json, '}');
	buf_add_byte(to, '\n');
}

/* "people    8,412,300 accepted, 812 rejected of 13,482,001 rows; chunks: 2 held, 231 done" */
static void
add_source_text(struct buf *to, const char *name, const struct tally *tally, enum equation equation)
{
	char accepted[SHOW_BYTES], failed[SHOW_BYTES], planned[SHOW_BYTES], number[SHOW_BYTES];
	const char *before = "";

	buf_printf(to, "  %-10s %s accepted, %s rejected of %s rows", name,
	    show_count(accepted_rows(tally, equation), accepted),
	    show_count(tally_rejected(tally), failed), show_count(tally->rows_planned, planned));
	if (tally->rows_left_out)
		buf_printf(to, " (%s left out)", show_count(tally->rows_left_out, number));
	buf_add_text(to, "; chunks: ");
	for (int state = 0; state < CHUNK_STATE_COUNT; state++) {
		if (tally->chunks[state] == 0)
			continue;
		buf_printf(to, "%s%s %s", before, show_count(tally->chunks[state], number),
		    chunk_state_word((enum chunk_state)state));
		before = ", ";
	}
	buf_add_byte(to, '\n');
}

/* Before that there is nothing to count. */
static bool
is_planned(const struct tally *total)
{
	for (int state = 0; state < CHUNK_STATE_COUNT; state++) {
		if (total->chunks[state])
			return true;
	}
	return false;
}

void
status_text(struct buf *to, const struct status *status)
{
	struct tally total = sum_of(status);
	enum equation equation = tally_equation(&total);
	char time[STAMP_BYTES];

	buf_printf(to, "%s: %s", status->job->name, state_words[status->state]);
	if (status->pid)
		buf_printf(to, ", pid %u on %s since %s", status->pid, status->host,
		    stamp_iso(status->since_ms, time));
	buf_printf(to, "  (nation %s)\n", status->job->nation);
	for (size_t i = 0; i < status->job->source_count && is_planned(&total); i++)
		add_source_text(to, status->job->sources[i].name, &status->tallies[i], equation);
	if (is_waiting(status))
		buf_printf(to, "  waiting for %s\n", status->waiting_for);
	if (status->eta_ms)
		buf_printf(to, "  done about %s\n", stamp_iso(status->eta_ms, time));
	if (status->last_progress_ms)
		buf_printf(to, "  last progress %s\n", stamp_iso(status->last_progress_ms, time));
}

int
status_put(int folder, const struct status *status, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;

	status_json(&text, status);
	if (buf_check(&text, err))
		return -1;
	return put_whole(folder, "status.json", buf_span(&text), err);
}
