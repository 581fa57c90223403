#include "platform.h"

#include <stdbool.h>
#include <string.h>

#include "runner/engine/turn.h"

static struct chunk *
find_touched(struct turn *turn, uint32_t index)
{
	for (size_t i = 0; i < turn->touched_count; i++) {
		if (turn->touched[i].index == index)
			return &turn->after[i];
	}
	return NULL;
}

/* NULL on failure. */
static struct chunk *
touch(struct turn *turn, uint32_t source, uint32_t number, struct err *err)
{
	const struct journal_port *journal = &turn->ports->journal;
	uint32_t index = load_find(turn->load, source, number);
	struct turn_chunk *touched = &turn->touched[turn->touched_count];
	struct chunk *chunk = find_touched(turn, index);

	if (chunk)
		return chunk;
	if (index == LOAD_NO_INDEX) {
		err_set(err, ERR_BUG, "source %u has no chunk %u", source, number);
		return NULL;
	}
	if (journal->read_chunk(journal->ctx, source, number, &touched->before, err) ||
	    journal->read_plan(journal->ctx, source, number, &touched->plan, err))
		return NULL;
	touched->index = index;
	chunk = &turn->after[turn->touched_count++];
	*chunk = touched->before;
	return chunk;
}

int
turn_chunk(struct turn *turn, uint32_t index, struct chunk *chunk, struct err *err)
{
	const struct journal_port *journal = &turn->ports->journal;
	const struct slot *slot = &turn->load->slots[index];
	const struct chunk *touched = find_touched(turn, index);

	if (touched) {
		*chunk = *touched;
		return 0;
	}
	return journal->read_chunk(journal->ctx, slot->source, slot->number, chunk, err);
}

int
turn_note(struct turn *turn, const struct event *event, struct err *err)
{
	struct chunk *chunk;

	if (turn->event_count == TURN_EVENTS)
		return err_set(err, ERR_BUG, "too many events in one turn");
	if (event->chunk) {
		chunk = touch(turn, event->source, event->chunk, err);
		if (!chunk)
			return -1;
		if (chunk_apply(chunk, event))
			return err_set(err, ERR_BUG, "chunk %u of source %u is %s: no %s there",
			    event->chunk, event->source, chunk_state_word(chunk->state),
			    event_word(event->type));
	}
	turn->events[turn->event_count++] = *event;
	return 0;
}

int
turn_add(struct turn *turn, const struct plan_chunk *plan, int64_t at_ms, struct err *err)
{
	struct turn_chunk *touched = &turn->touched[turn->touched_count];
	const struct event event = {
		.type = EVENT_CHUNK_ADDED,
		.at_ms = at_ms,
		.source = plan->source,
		.chunk = plan->number,
		.parent = plan->parent,
	};

	if (turn->event_count == TURN_EVENTS || turn->added_count == PLAN_PIECES)
		return err_set(err, ERR_BUG, "too many events in one turn");
	*touched = (struct turn_chunk){ chunk_untouched(plan), *plan, LOAD_NO_INDEX };
	turn->after[turn->touched_count] = touched->before;
	chunk_apply(&turn->after[turn->touched_count++], &event);
	turn->added[turn->added_count++] = *plan;
	turn->events[turn->event_count++] = event;
	return 0;
}

/* The totals as they will stand, and the equation that they show (product.md section 5). */
static void
foresee(struct turn *turn, int64_t wall_ms)
{
	struct load *load = turn->load;
	struct tally total = { 0 };
	enum equation equation;

	for (uint32_t i = 0; i < load->source_count; i++)
		turn->tallies[i] = load->sources[i].tally;
	for (size_t i = 0; i < turn->touched_count; i++) {
		const struct turn_chunk *touched = &turn->touched[i];
		struct tally *tally = &turn->tallies[turn->after[i].source];

		if (touched->index != LOAD_NO_INDEX)
			tally_remove(tally, &touched->before, &touched->plan);
		tally_add(tally, &turn->after[i], &touched->plan);
	}
	for (uint32_t i = 0; i < load->source_count; i++)
		tally_sum(&total, &turn->tallies[i]);
	equation = tally_equation(&total);
	if (equation == turn->equation || turn->event_count == TURN_EVENTS)
		return;
	turn->equation = equation;
	turn->events[turn->event_count++] = (struct event){
		.type = EVENT_EQUATION_LEARNED,
		.at_ms = wall_ms,
		.code = equation,
	};
}

static void
apply(struct turn *turn, const struct now *now)
{
	for (size_t i = 0; i < turn->touched_count; i++) {
		struct turn_chunk *touched = &turn->touched[i];
		bool is_new = touched->index == LOAD_NO_INDEX;
		const struct load_change change = {
			.before = is_new ? NULL : &touched->before,
			.after = &turn->after[i],
			.plan = &touched->plan,
			.wall_ms = now->wall_ms,
			.mono_ms = now->mono_ms,
		};

		if (is_new)
			touched->index = load_add(turn->load, touched->plan.source);
		load_put(turn->load, touched->index, &change);
	}
}

static void
tell(struct turn *turn)
{
	const struct watcher_port *watcher = &turn->ports->watcher;

	for (size_t i = 0; i < turn->event_count; i++) {
		const struct event *event = &turn->events[i];
		uint32_t index = load_find(turn->load, event->source, event->chunk);

		watcher->event(watcher->ctx, event,
		    event->chunk ? find_touched(turn, index) : NULL);
	}
}

static void
clear(struct turn *turn)
{
	turn->event_count = 0;
	turn->touched_count = 0;
	turn->added_count = 0;
}

int
turn_commit(struct turn *turn, struct err *err)
{
	const struct ports *ports = turn->ports;
	struct now now = ports->clock.now(ports->clock.ctx);
	struct journal_turn written;

	if (turn->event_count == 0)
		return 0;
	foresee(turn, now.wall_ms);
	written = (struct journal_turn){
		.events = turn->events,
		.event_count = turn->event_count,
		.chunks = turn->after,
		.chunk_count = turn->touched_count,
		.added = turn->added,
		.added_count = turn->added_count,
		.tallies = turn->tallies,
		.source_count = turn->load->source_count,
	};
	ports->steps.at(ports->steps.ctx, "before a commit");
	if (ports->journal.append(ports->journal.ctx, &written, err))
		return -1;
	ports->steps.at(ports->steps.ctx, "after a commit");
	apply(turn, &now);
	tell(turn);
	clear(turn);
	return 0;
}
