#include "platform.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/again.h"
#include "tests/sim/law.h"
#include "tests/sim/must.h"
#include "tests/sim/world.h"

enum {
	MOST_WAITS = 2000000,        /* of a run */
	MOST_WAITS_IN_A_MOMENT = 2000, /* actions that take no time are fewer */
	MOST_IDLE_WAITS = 100,         /* in an hour */
	MOST_WAITS_AN_ACT = 3,
};

static const char *
name_of(const struct world *world, const struct chunk *chunk)
{
	static char name[32];

	snprintf(name, sizeof(name), "%s-%u", world->options.sources[chunk->source].name,
	    chunk->number);
	return name;
}

/* ---- 5: the fold ---- */

#define DIFFER_NUMBER(a, b) ((a) != (b))
#define DIFFER_TIME(a, b)   ((a) != (b))
#define DIFFER_TEXT(a, b)   (strcmp(a, b) != 0) /* what lies behind the end is not kept */
#define DIFFER_DIGEST(a, b)                                                                        \
	((a).is_known != (b).is_known ||                                                           \
	    ((a).is_known && memcmp((a).bytes, (b).bytes, sizeof((a).bytes)) != 0))

const char *
law_difference(const struct chunk *a, const struct chunk *b)
{
#define X(kind, member, tag)                                                                       \
	if (DIFFER_##kind(a->member, b->member))                                                   \
		return #member;
	CHUNK_FIELDS(X)
#undef X
	return NULL;
}

const char *
law_event_difference(const struct event *a, const struct event *b)
{
#define X(kind, member, tag)                                                                       \
	if (DIFFER_##kind(a->member, b->member))                                                   \
		return #member;
	EVENT_FIELDS(X)
#undef X
	return NULL;
}

static const char *
tally_difference(const struct tally *a, const struct tally *b)
{
#define X(kind, member, tag)                                                                       \
	if (a->member != b->member)                                                                \
		return #member;
	TALLY_FIELDS(X)
#undef X
	return NULL;
}

/* `plan` and `chunks` side by side. */
static void
check_tallies(struct world *world, const struct tally *tallies, const struct plan_chunk *plan,
    const struct chunk *chunks, size_t count)
{
	const struct memory *memory = &world->memory;
	struct tally rebuilt[PAPER_SOURCES] = { 0 };

	for (size_t i = 0; i < count; i++)
		tally_add(&rebuilt[plan[i].source], &chunks[i], &plan[i]);
	for (size_t i = 0; i < memory->source_count; i++) {
		const char *member = tally_difference(&rebuilt[i], &tallies[i]);

		if (member)
			world_violate(world, "law 5: the total %s of %s is not the sum", member,
			    world->options.sources[i].name);
	}
}

/* ---- the plan is only extended: two pieces are the whole, and nothing of it twice ---- */

static uint64_t
rows_said(const struct journal_turn *turn, enum event_type type, uint32_t source)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < turn->event_count; i++) {
		if (turn->events[i].type == type && turn->events[i].source == source)
			rows += turn->events[i].rows;
	}
	return rows;
}

static void
check_handed_in(struct world *world, const struct journal_turn *turn, uint32_t source)
{
	uint32_t last = memory_chunks_of(&world->memory, source);
	uint64_t rows = 0;

	for (size_t i = 0; i < turn->added_count; i++) {
		const struct plan_chunk *added = &turn->added[i];

		if (added->source != source)
			continue;
		if (added->number != ++last || added->parent || !plan_is_retry(added))
			world_violate(world, "law 11: chunk %u is none of a retry", added->number);
		rows += added->rows;
	}
	if (rows != rows_said(turn, EVENT_RETRY_PLANNED, source) ||
	    rows != rows_said(turn, EVENT_ROWS_RETRIED, source))
		world_violate(world, "law 11: %" PRIu64 " rows are handed in again, and the events "
			"say another number", rows);
}

static void
check_pieces(struct world *world, const struct journal_turn *turn)
{
	const struct plan_chunk *a = turn->added, *b = turn->added + 1;
	const struct plan_chunk *whole;

	whole = memory_plan(&world->memory, a->source, a->parent);
	if (turn->added_count != PLAN_PIECES || b->parent != a->parent || b->source != a->source ||
	    !whole || b->number != a->number + 1 ||
	    memory_plan(&world->memory, a->source, a->number) ||
	    !memory_plan(&world->memory, a->source, a->number - 1))
		world_violate(world, "law 11: what the plan is extended by is not two new pieces");
	if (a->rows == 0 || b->rows == 0 || a->first_row != whole->first_row ||
	    b->first_row != a->first_row + a->rows || a->rows + b->rows != whole->rows ||
	    a->first_byte != whole->first_byte || a->end_byte != b->first_byte ||
	    b->end_byte != whole->end_byte)
		world_violate(world, "law 11: the pieces of chunk %u are not the chunk", a->parent);
}

static void
check_added(struct world *world, const struct journal_turn *turn)
{
	if (turn->added_count && turn->added[0].parent) {
		check_pieces(world, turn);
		return;
	}
	for (uint32_t i = 0; i < world->options.source_count; i++)
		check_handed_in(world, turn, i);
}

/* Its record before the append; in `added` if the append extends the plan by it. */
static const struct chunk *
record_of(const struct memory *memory, const struct chunk *added, const struct chunk *chunk)
{
	const struct chunk *stored = memory_chunk(memory, chunk->source, chunk->number);

	while (!stored && (added->source != chunk->source || added->number != chunk->number))
		added++;
	return stored ? stored : added;
}

/* One chunk of an append must be what the events of the same append make of its record. */
static void
check_fold(struct world *world, const struct journal_turn *turn, const struct chunk *before,
    const struct chunk *after)
{
	const struct event *events = turn->events;
	struct chunk chunk = *before;
	const char *member;

	for (size_t i = 0; i < turn->event_count; i++) {
		if (events[i].source != after->source || events[i].chunk != after->number)
			continue;
		if (chunk_apply(&chunk, &events[i]))
			world_violate(world, "law 5: %s is %s: no %s there", name_of(world, after),
			    chunk_state_word(chunk.state), event_word(events[i].type));
	}
	member = law_difference(&chunk, after);
	if (member)
		world_violate(world, "law 5: %s of %s is not what its events say", member,
		    name_of(world, after));
}

/* ---- 13: policies ---- */

static void
check_policy(struct world *world, const struct event *event)
{
	enum in_doubt_policy policy = world->options.sources[event->source].in_doubt;
	bool is_held = event->type == EVENT_DOUBT_HELD;
	bool is_looked_for = event->type == EVENT_PROBE_FOUND ||
			     event->type == EVENT_PROBE_ABSENT ||
			     event->type == EVENT_PROBE_CLEARED ||
			     event->type == EVENT_PROBE_UNCLEAR || event->type == EVENT_PROBE_FAILED;
	bool is_sent_again = event->type == EVENT_DOUBT_RESUBMITTED;

	if ((is_held && policy != IN_DOUBT_HOLD) || (is_looked_for && policy == IN_DOUBT_HOLD) ||
	    (is_sent_again && policy != IN_DOUBT_RESUBMIT))
		world_violate(world, "law 13: %s, and in_doubt is %d", event_word(event->type),
		    (int)policy);
}

void
law_append(struct world *world, const struct journal_turn *turn)
{
	struct chunk records[PAPER_MOST];
	struct plan_chunk plan[PAPER_MOST];
	const struct memory *memory = &world->memory;
	size_t count = memory->chunk_count;

	check_added(world, turn);
	memcpy(records, memory->chunks, count * sizeof(*records));
	memcpy(plan, memory->plan, count * sizeof(*plan));
	for (size_t i = 0; i < turn->added_count; i++, count++) {
		plan[count] = turn->added[i];
		records[count] = chunk_untouched(&turn->added[i]);
	}
	for (size_t i = 0; i < turn->chunk_count; i++) {
		const struct chunk *after = &turn->chunks[i];
		const struct chunk *before =
		    record_of(memory, records + memory->chunk_count, after);
		const struct chunk *stored = memory_chunk(memory, after->source, after->number);

		check_fold(world, turn, before, after);
		records[stored ? stored - memory->chunks : before - records] = *after;
	}
	law_act(world);
	for (size_t i = 0; i < turn->event_count; i++) {
		world_trace(world, "  %s %u-%u %s", event_word(turn->events[i].type),
		    turn->events[i].source, turn->events[i].chunk, turn->events[i].text);
		check_policy(world, &turn->events[i]);
	}
	check_tallies(world, turn->tallies, plan, records, count);
}

static void
check_replay(struct world *world)
{
	struct chunk records[PAPER_MOST];
	const struct memory *memory = &world->memory;

	for (size_t i = 0; i < memory->chunk_count; i++)
		records[i] = chunk_untouched(&memory->plan[i]);
	for (size_t i = 0; i < memory->event_count; i++) {
		const struct event *event = &memory->events[i];
		const struct chunk *stored = memory_chunk(memory, event->source, event->chunk);

		if (event->seq != i + 1)
			world_violate(world, "law 5: event %zu has number %" PRIu64, i + 1,
			    event->seq);
		if (stored && chunk_apply(&records[stored - memory->chunks], event))
			world_violate(world, "law 5: replayed, %s takes no %s",
			    name_of(world, stored), event_word(event->type));
	}
	for (size_t i = 0; i < memory->chunk_count; i++) {
		const char *member = law_difference(&records[i], &memory->chunks[i]);

		if (member)
			world_violate(world, "law 5: replayed, %s of %s differs", member,
			    name_of(world, &records[i]));
	}
	check_tallies(world, memory->tallies, memory->plan, records, memory->chunk_count);
}

/* ---- 4, 9, 10: what goes out ---- */

static bool
is_settled(const struct chunk *chunk)
{
	return chunk->state == CHUNK_DONE || chunk->state == CHUNK_SKIPPED;
}

/* Every chunk of the sources that this one comes after is done or skipped. */
static bool
is_open(const struct world *world, uint32_t source)
{
	const struct source_rules *rules = &world->paper.sources[source].rules;

	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		const struct chunk *chunk = &world->memory.chunks[i];

		for (uint32_t j = 0; j < rules->after_count; j++) {
			if (chunk->source == rules->after[j] && !is_settled(chunk))
				return false;
		}
	}
	return true;
}

void
law_request(struct world *world)
{
	const struct number_rate *rate = &world->options.limits.requests;
	struct pretend *nation = &world->nation;
	uint64_t most = rate->count;

	if (world->mono_ms < nation->paused_until_ms)
		world_violate(world, "law 10: a request, though the nation asked us to wait");
	law_act(world);
	nation->request_total++;
	nation->sent_ms[nation->sent_count++ % PRETEND_SENT] = world->mono_ms;
	if (most >= PRETEND_SENT || nation->sent_count <= most)
		return;
	if (nation->sent_ms[(nation->sent_count - 1 - most) % PRETEND_SENT] >
	    world->mono_ms - (int64_t)rate->per_ms)
		world_violate(world, "law 10: more than %" PRIu64 " requests in %" PRIu64 " ms", most,
		    rate->per_ms);
}

/* In the nation's hands or on the way there. */
static bool
is_in_flight(enum chunk_state state)
{
	return state == CHUNK_SUBMITTING || state == CHUNK_SUBMITTED || state == CHUNK_FINISHED;
}

static void
check_room(struct world *world)
{
	const struct load_limits *limits = &world->options.limits;
	uint32_t uploads = 0, in_flight = 0;

	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		uploads += world->memory.chunks[i].state == CHUNK_SUBMITTING;
		in_flight += is_in_flight(world->memory.chunks[i].state);
	}
	if (uploads > limits->uploads || in_flight > limits->in_flight)
		world_violate(world, "law 10: %u uploads, %u in flight", uploads, in_flight);
}

void
law_submit(struct world *world, size_t paper)
{
	const struct chunk *chunk = &world->memory.chunks[paper];
	struct pretend *nation = &world->nation;

	nation->post_total++;
	nation->posts[paper]++;
	if (chunk->state != CHUNK_SUBMITTING)
		world_violate(world, "law 4: a POST of %s, which is %s", name_of(world, chunk),
		    chunk_state_word(chunk->state));
	if (chunk->attempts != nation->posts[paper] + nation->unsent[paper])
		world_violate(world, "law 4: %s has %u attempts, and %u POSTs", name_of(world, chunk),
		    chunk->attempts, nation->posts[paper]);
	if (!is_open(world, chunk->source))
		world_violate(world, "law 9: %s was sent too early", name_of(world, chunk));
	if (nation->is_closed)
		world_violate(world, "law 10: %s was sent after a 401 or 403",
		    name_of(world, chunk));
	check_room(world);
}

/* ---- 8 ---- */

/* Law 7 of the core: a record's due time is clamped to this. */
static int64_t
longest_wait_ms(const struct world *world)
{
	const struct load_limits *limits = &world->options.limits;
	const int64_t waits_ms[] = { 15 * MINUTE, limits->settle_ms, limits->backoff.most_ms,
		limits->poll_most_ms };
	int64_t longest_ms = 0;

	for (size_t i = 0; i < ARRAY_COUNT(waits_ms); i++) {
		if (waits_ms[i] > longest_ms)
			longest_ms = waits_ms[i];
	}
	return longest_ms + (int64_t)limits->requests.per_ms + MINUTE;
}

void
law_act(struct world *world)
{
	world->acted_ms = world->mono_ms;
	world->hour.acts++;
}

/* A run wakes once a minute, and for what it does. */
static void
check_hour(struct world *world)
{
	struct world_hour *hour = &world->hour;

	if (world->mono_ms >= hour->began_ms + HOUR)
		*hour = (struct world_hour){ .began_ms = world->mono_ms };
	if (++hour->waits > MOST_IDLE_WAITS + MOST_WAITS_AN_ACT * hour->acts)
		world_violate(world, "law 8: %" PRIu64 " turns in an hour in which %" PRIu64
			" things were done", hour->waits, hour->acts);
}

void
law_wait(struct world *world)
{
	check_hour(world);
	if (world->nation.request_count == 0 &&
	    world->mono_ms - world->acted_ms > longest_wait_ms(world))
		world_violate(world, "law 8: for %" PRId64 " s the run has waited for nothing",
		    (world->mono_ms - world->acted_ms) / SECOND);
	if (++world->waits > MOST_WAITS)
		world_violate(world, "law 8: the run does not end");
	if (++world->waits_in_a_moment > MOST_WAITS_IN_A_MOMENT)
		world_violate(world, "law 8: the run spins, and no time passes");
}

/* ---- 1, 2, 7: records and ledger ---- */

static void
check_import(struct world *world, const struct chunk *chunk, size_t paper)
{
	const struct pretend_taken *taken = pretend_find(&world->nation, chunk->import_id);

	if (memory_owner(&world->memory, chunk->import_id) != chunk)
		world_violate(world, "law 7: import %" PRIu64 " of %s has another owner too",
		    chunk->import_id, name_of(world, chunk));
	if (!taken || taken->paper != paper)
		world_violate(world, "law 2: import %" PRIu64 " is not that of %s",
		    chunk->import_id, name_of(world, chunk));
}

/* How often the nation may have taken it, by its record. */
static void
range_of(const struct chunk *chunk, size_t *least, size_t *most)
{
	bool is_declared = chunk->notes & NOTE_RESUBMITTED;

	*least = chunk->import_id ? 1 : 0;
	*most = is_declared ? SIZE_MAX : 1;
	if (chunk->notes & (NOTE_NEVER_TAKEN | NOTE_SPLIT) && !is_declared)
		*most = 0;
	if (is_declared || chunk->import_id)
		return;
	switch (chunk->state) {
	case CHUNK_PLANNED:
	case CHUNK_REFUSED:
		*most = 0;
		break;
	case CHUNK_SUBMITTED:
	case CHUNK_FINISHED:
		*least = 1;
		break;
	case CHUNK_SUBMITTING:
	case CHUNK_IN_DOUBT:
	case CHUNK_HELD:
	case CHUNK_FAILED:
	case CHUNK_SKIPPED:
	case CHUNK_DONE: /* without an import: a chunk without rows */
		break;
	}
}

/* Imports of the chunk of which the nation has no row. */
static size_t
came_to_nothing(const struct pretend *nation, size_t paper)
{
	size_t count = 0;

	for (size_t i = 0; i < nation->taken_count; i++)
		count += nation->taken[i].paper == paper && !pretend_has_rows(nation, &nation->taken[i]);
	return count;
}

static void
check_takes(struct world *world, const struct chunk *chunk, size_t paper)
{
	size_t takes = pretend_takes(&world->nation, paper);
	size_t counting = takes;
	size_t least, most;

	range_of(chunk, &least, &most);
	if (chunk->notes & NOTE_CAME_TO_NOTHING)
		counting -= came_to_nothing(&world->nation, paper);
	if (takes < least || counting > most)
		world_violate(world, "law 1: %s is %s, and the nation took it %zu times",
		    name_of(world, chunk), chunk_state_word(chunk->state), takes);
	if (most == 0 && pretend_may_take(&world->nation, paper))
		world_violate(world, "law 1: %s is %s, and the nation will take it yet",
		    name_of(world, chunk), chunk_state_word(chunk->state));
	if (chunk->state == CHUNK_DONE && !chunk->import_id &&
	    plan_rows_sent(&world->memory.plan[paper]))
		world_violate(world, "law 2: %s is done without an import", name_of(world, chunk));
}

void
law_cut(struct world *world)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		const struct chunk *chunk = &world->memory.chunks[i];
		uint32_t posts = world->nation.posts[i] + world->nation.unsent[i];

		if (chunk->attempts == posts + 1 && chunk->state == CHUNK_SUBMITTING)
			world->nation.unsent[i]++;
	}
}

void
law_restored(struct world *world)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		world->nation.posts[i] = world->memory.chunks[i].attempts;
		world->nation.unsent[i] = 0;
	}
}

/* ---- 14: rows that were handed in again ---- */

static bool
has_row(struct span rows, struct span row)
{
	struct span other;

	while ((other = again_next_row(&rows)).ptr) {
		if (span_equal(other, row))
			return true;
	}
	return false;
}

static void
check_row(struct world *world, uint32_t source, struct span row)
{
	const struct pretend *nation = &world->nation;
	bool is_declared = false;
	size_t count = 0;

	for (size_t i = 0; i < nation->taken_count; i++) {
		const struct pretend_taken *taken = &nation->taken[i];

		if (taken->is_stranger || !pretend_has_rows(nation, taken) ||
		    world->memory.plan[taken->paper].source != source ||
		    !has_row(paper_rows(&world->paper, taken->paper), row))
			continue;
		count++;
		is_declared |= (world->memory.chunks[taken->paper].notes & NOTE_RESUBMITTED) != 0;
	}
	if (count > 1 && !is_declared)
		world_violate(world, "law 14: the nation has %zu times the corrected row %.*s", count,
		    (int)row.len - 2, row.ptr);
}

static void
check_corrected(struct world *world)
{
	const struct memory *memory = &world->memory;
	uint64_t said[PAPER_SOURCES] = { 0 }, handed_in[PAPER_SOURCES] = { 0 };

	for (size_t i = 0; i < memory->chunk_count; i++) {
		const struct plan_chunk *plan = &memory->plan[i];
		struct span rows = paper_rows(&world->paper, i), row;

		said[plan->source] += memory->chunks[i].rows_retried;
		if (!plan_is_retry(plan) || plan->parent)
			continue;
		handed_in[plan->source] += plan->rows;
		while ((row = again_next_row(&rows)).ptr) {
			if (again_corrected(row).len == row.len) /* else it is rejected again */
				check_row(world, plan->source, row);
		}
	}
	for (uint32_t i = 0; i < memory->source_count; i++) {
		if (said[i] != handed_in[i])
			world_violate(world, "law 14: %" PRIu64 " rows of %s were handed in again, the "
				"records say %" PRIu64, handed_in[i], world->options.sources[i].name,
			    said[i]);
	}
}

/* Every chunk of the source ended well, and the nation's counts explain its rows. */
static bool
is_explained(const struct world *world, uint32_t source, enum equation equation)
{
	const struct memory *memory = &world->memory;

	for (size_t i = 0; i < memory->chunk_count; i++) {
		const struct chunk *chunk = &memory->chunks[i];
		bool is_split = chunk->notes & NOTE_SPLIT;

		if (chunk->source == source && !is_split &&
		    (chunk->state != CHUNK_DONE ||
			tally_unaccounted(chunk, &memory->plan[i], equation)))
			return false;
	}
	return true;
}

static void
check_netting(struct world *world)
{
	struct tally total = { 0 };
	enum equation equation;

	for (uint32_t i = 0; i < world->memory.source_count; i++)
		tally_sum(&total, &world->memory.tallies[i]);
	equation = tally_equation(&total);
	for (uint32_t i = 0; i < world->memory.source_count; i++) {
		const struct tally *tally = &world->memory.tallies[i];
		uint64_t accepted = tally->rows_succeeded +
				    (equation == EQUATION_SEPARATE ? tally->rows_updated : 0);

		if (is_explained(world, i, equation) &&
		    tally->rows_planned != accepted + tally_rejected(tally))
			world_violate(world, "law 14: %" PRIu64 " rows of %s are planned, %" PRIu64
				" accepted, %" PRIu64 " rejected", tally->rows_planned,
			    world->options.sources[i].name, accepted, tally_rejected(tally));
	}
}

void
law_records(struct world *world)
{
	check_replay(world);
	check_corrected(world);
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		const struct chunk *chunk = &world->memory.chunks[i];
		uint32_t posts = world->nation.posts[i] + world->nation.unsent[i];

		check_takes(world, chunk, i);
		if (chunk->import_id)
			check_import(world, chunk, i);
		if (chunk->attempts != posts)
			world_violate(world, "law 4: %s has %u attempts, and %u POSTs",
			    name_of(world, chunk), chunk->attempts, posts);
	}
}

/* ---- 3: ends ---- */

static bool
is_rejected(const struct world *world, uint32_t source)
{
	const struct paper_source *paper = &world->options.sources[source];

	return paper->stops_early &&
	       tally_rejected(&world->memory.tallies[source]) > paper->most_rejected;
}

bool
law_is_kept_back(const struct world *world, const struct chunk *chunk)
{
	const struct plan_chunk *plan = memory_plan(&world->memory, chunk->source, chunk->number);

	return chunk->state == CHUNK_PLANNED &&
	       (!is_open(world, chunk->source) ||
		   (is_rejected(world, chunk->source) && !plan_is_retry(plan)));
}

/* Three doubts in ten minutes, held: nothing is sent until a person has settled them. */
static bool
is_tripped(const struct world *world)
{
	size_t held = 0;

	for (size_t i = 0; i < world->memory.chunk_count; i++)
		held += world->memory.chunks[i].state == CHUNK_HELD;
	return held > 0 && world->has_tripped;
}

/* Past poll.deadline, of which there are as many as the run says; or planned, and there is no room beside them. */
static bool
is_parked(const struct world *world, const struct chunk *chunk)
{
	uint32_t submitted = 0, in_flight = 0;

	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		submitted += world->memory.chunks[i].state == CHUNK_SUBMITTED;
		in_flight += is_in_flight(world->memory.chunks[i].state);
	}
	if (chunk->state == CHUNK_SUBMITTED)
		return submitted <= world->parked;
	return chunk->state == CHUNK_PLANNED && world->parked && in_flight >= world->room;
}

void
law_end(struct world *world, const struct engine_end *end)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		const struct chunk *chunk = &world->memory.chunks[i];
		bool may_stay = end->code != ERR_NONE || chunk_state_is_final(chunk->state) ||
				chunk->state == CHUNK_HELD || law_is_kept_back(world, chunk) ||
				(chunk->state == CHUNK_PLANNED && is_tripped(world)) ||
				is_parked(world, chunk);

		if (chunk->state == CHUNK_SUBMITTING || !may_stay)
			world_violate(world, "law 3: %s is %s after a run that ended with %d %s",
			    name_of(world, chunk), chunk_state_word(chunk->state), (int)end->code,
			    end->text);
	}
}

void
law_over(struct world *world)
{
	for (size_t i = 0; i < world->memory.chunk_count; i++) {
		const struct chunk *chunk = &world->memory.chunks[i];

		if (!chunk_state_is_final(chunk->state) && !law_is_kept_back(world, chunk))
			world_violate(world, "law 3: %s is %s, and nothing settles it",
			    name_of(world, chunk), chunk_state_word(chunk->state));
	}
	check_netting(world);
}
