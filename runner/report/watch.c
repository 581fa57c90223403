#include "platform.h"

#include <string.h>

#include "runner/base/show.h"
#include "runner/report/news.h"
#include "runner/report/progress.h"
#include "runner/report/status.h"
#include "runner/report/watch.h"

enum {
	DRAW_EVERY_MS = 200,
	LINE_EVERY_MS = 60 * 1000,
	STATUS_EVERY_MS = 10 * 1000,
	MESSAGE_MOST_BYTES = 1024,
};

static struct now
now_of(const struct watch *watch)
{
	return watch->options.clock->now(watch->options.clock->ctx);
}

static int64_t
local_time(const struct watch *watch, int64_t wall_ms)
{
	return watch->options.screen.local(watch->options.screen.ctx, wall_ms);
}

void
watch_init(struct watch *watch, const struct watch_options *options)
{
	memset(watch, 0, sizeof(*watch));
	watch->options = *options;
	watch->since_ms = now_of(watch).wall_ms;
	watch->next_drawing_ms = INT64_MIN;
	watch->next_line_ms = INT64_MIN;
	watch->next_status_ms = INT64_MIN;
}

/* ---- the screen */

/* Writes what stands in watch->text and empties it. Without memory for it nothing is shown. */
static void
flush(struct watch *watch)
{
	const struct watch_screen *screen = &watch->options.screen;

	if (!watch->is_gone && !buf_failed(&watch->text) && watch->text.len &&
	    screen->write(screen->ctx, buf_span(&watch->text)))
		watch->is_gone = true;
	buf_clear(&watch->text);
}

/* The cursor stands behind the last line drawn: back to the first one, and clear to the end. */
static void
add_erase(struct watch *watch)
{
	if (watch->drawn_lines == 0)
		return;
	buf_add_byte(&watch->text, '\r');
	if (watch->drawn_lines > 1)
		buf_printf(&watch->text, "\033[%uA", watch->drawn_lines - 1);
	buf_add_text(&watch->text, "\033[J");
	watch->drawn_lines = 0;
}

void
watch_done(struct watch *watch)
{
	add_erase(watch);
	flush(watch);
	buf_done(&watch->text);
}

/* ---- facts */

static uint64_t
rows_answered(const struct progress_facts *facts)
{
	return facts->rows_accepted + facts->rows_rejected;
}

/* Wall clock; 0: not known. */
static int64_t
end_of(const struct watch *watch, const struct progress_facts *facts, int64_t wall_ms)
{
	uint64_t answered = rows_answered(facts);
	int64_t time_ms;

	if (answered >= facts->rows_total)
		return 0;
	time_ms = rate_time_ms(&watch->rate, facts->rows_total - answered);
	return time_ms ? wall_ms + time_ms : 0;
}

static struct progress_facts
facts_of(const struct watch *watch, int64_t wall_ms)
{
	struct progress_facts facts = progress_facts(watch->options.job, watch->tallies);
	int64_t end_ms = end_of(watch, &facts, wall_ms);

	facts.rows_per_second = rate_per_second(&watch->rate);
	facts.now_ms = local_time(watch, wall_ms);
	facts.eta_ms = end_ms ? local_time(watch, end_ms) : 0;
	facts.waiting_for = watch->waiting_for;
	for (size_t i = 0; i < watch->work_count; i++) {
		facts.rows_worked += watch->works[i].done;
		facts.rows_working += watch->works[i].total;
	}
	return facts;
}

/* ---- status.json */

static int
put_status(const struct watch *watch, struct err *err)
{
	struct progress_facts facts = progress_facts(watch->options.job, watch->tallies);
	const struct status status = {
		.job = watch->options.job,
		.tallies = watch->tallies,
		.state = STATUS_RUNNING,
		.pid = watch->options.pid,
		.host = watch->options.host,
		.since_ms = watch->since_ms,
		.confinement =
		    watch->options.is_confined ? STATUS_CONFINED : STATUS_UNCONFINED,
		.waiting_for = watch->waiting_for,
		.eta_ms = end_of(watch, &facts, now_of(watch).wall_ms),
		.last_progress_ms = watch->last_progress_ms,
	};

	return status_put(watch->options.folder, &status, err);
}

/* ---- what is shown */

static void
add_clock(struct watch *watch, int64_t wall_ms)
{
	progress_clock(&watch->text, local_time(watch, wall_ms));
	buf_add_byte(&watch->text, ' ');
}

static void
say(void *ctx, enum weight weight, const char *text)
{
	struct watch *watch = ctx;

	if (watch->options.is_quiet)
		return;
	add_erase(watch);
	add_clock(watch, now_of(watch).wall_ms);
	if (weight == WEIGHT_WARNING)
		buf_add_text(&watch->text,
		    watch->options.is_colored ? "\033[33mwarning:\033[0m " : "warning: ");
	show_safe(&watch->text, span_of(text), MESSAGE_MOST_BYTES);
	buf_add_byte(&watch->text, '\n');
	flush(watch);
	watch->next_drawing_ms = INT64_MIN;
}

static void
draw(struct watch *watch, unsigned columns, int64_t wall_ms)
{
	struct progress_facts facts = facts_of(watch, wall_ms);

	add_erase(watch);
	watch->drawn_lines = progress_screen(&watch->text, &facts, columns);
	flush(watch);
}

static void
add_line(struct watch *watch, int64_t wall_ms)
{
	struct progress_facts facts = facts_of(watch, wall_ms);

	add_clock(watch, wall_ms);
	if (watch->has_finished)
		buf_printf(&watch->text, "chunk %s-%u %s; ",
		    report_source_name(watch->options.job, watch->finished.source),
		    watch->finished.number, chunk_state_word(watch->finished.state));
	watch->has_finished = false;
	progress_line(&watch->text, &facts);
	buf_add_byte(&watch->text, '\n');
}

static void
tell(void *ctx)
{
	struct watch *watch = ctx;

	add_erase(watch);
	add_line(watch, now_of(watch).wall_ms);
	flush(watch);
}

static void
show(struct watch *watch, const struct now *now)
{
	const struct watch_screen *screen = &watch->options.screen;
	unsigned columns;

	if (watch->options.is_quiet || watch->is_gone || now->mono_ms < watch->next_drawing_ms)
		return;
	watch->next_drawing_ms = now->mono_ms + DRAW_EVERY_MS;
	columns = screen->columns(screen->ctx);
	if (columns >= PROGRESS_LEAST_COLUMNS) {
		draw(watch, columns, now->wall_ms);
		return;
	}
	watch->drawn_lines = 0; /* in the background the cursor is no longer ours */
	if (!watch->has_finished || now->mono_ms < watch->next_line_ms)
		return;
	watch->next_line_ms = now->mono_ms + LINE_EVERY_MS;
	add_line(watch, now->wall_ms);
	flush(watch);
}

/* ---- what the nation works on */

static struct watch_work *
find_work(struct watch *watch, const struct chunk *chunk)
{
	for (size_t i = 0; i < watch->work_count; i++) {
		struct watch_work *work = &watch->works[i];

		if (work->source == chunk->source && work->chunk == chunk->number)
			return work;
	}
	return NULL;
}

static void
hear_work(void *ctx, const struct chunk *chunk, uint64_t done, uint64_t total)
{
	struct watch *watch = ctx;
	struct watch_work *work = find_work(watch, chunk);

	if (!work && watch->work_count == WATCH_WORKS)
		return;
	if (!work)
		work = &watch->works[watch->work_count++];
	*work = (struct watch_work){ chunk->source, chunk->number, done, total };
}

static void
end_work(struct watch *watch, const struct chunk *chunk)
{
	struct watch_work *work = find_work(watch, chunk);

	if (work && chunk->state != CHUNK_SUBMITTED)
		*work = watch->works[--watch->work_count];
}

/* ---- the port */

static void
hear_event(void *ctx, const struct event *event, const struct chunk *chunk)
{
	struct watch *watch = ctx;
	SCOPED(buf) line = BUF_INIT;
	enum weight weight;

	if (news_of(&line, event, watch->options.job, &weight))
		say(watch, weight, buf_text(&line));
	watch->last_progress_ms = event->at_ms;
	if (chunk)
		end_work(watch, chunk);
	if (!chunk || !chunk_state_is_final(chunk->state))
		return;
	watch->has_finished = true;
	watch->finished =
	    (struct report_attention){ chunk->source, chunk->number, chunk->state };
}

static void
keep_status(struct watch *watch, int64_t mono_ms)
{
	struct err err = ERR_INIT;

	if (watch->options.folder < 0 || mono_ms < watch->next_status_ms)
		return;
	watch->next_status_ms = mono_ms + STATUS_EVERY_MS;
	if (put_status(watch, &err) == 0 || watch->is_status_broken)
		return;
	watch->is_status_broken = true;
	say(watch, WEIGHT_WARNING, err.text);
}

static void
take_turn(void *ctx, const struct tally *tallies, size_t source_count, const char *waiting_for)
{
	struct watch *watch = ctx;
	struct now now = now_of(watch);
	struct progress_facts facts;

	memcpy(watch->tallies, tallies, source_count * sizeof(*tallies));
	span_copy(watch->waiting_for, sizeof(watch->waiting_for), span_of(waiting_for));
	facts = progress_facts(watch->options.job, watch->tallies);
	rate_note(&watch->rate, now.mono_ms, rows_answered(&facts));
	keep_status(watch, now.mono_ms);
	show(watch, &now);
}

struct watcher_port
watch_port(struct watch *watch)
{
	return (struct watcher_port){
		.ctx = watch,
		.event = hear_event,
		.say = say,
		.turn = take_turn,
		.tell = tell,
		.work = hear_work,
	};
}
