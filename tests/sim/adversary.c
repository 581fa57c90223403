/* adversary.c - doubts against lists that lag, come in any order and on pages of any size, are changed
 * while they are read, hide, cut or re-write what they show, are closed, or tell another time: an
 * absence is never wrongly proven (law.h, 1 and 2), and where the list can tell, the load finishes by
 * itself. lot.h says how it is called. */
#include "platform.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/sim/lot.h"
#include "tests/sim/seed.h"

/* Plays in which the list can tell, of 100, that have to end without a person's word. What is missing
 * are loads whose last chunk has no witness, or whose chunk was lost at every attempt. */
enum { LEAST_PERCENT = 80 };

static struct {
	uint64_t plays, doubts, tellable, finished;
} seen;

/* Does the list show all that the probe needs, in a form that can be read? */
static bool
can_tell(const struct world_options *options)
{
	const struct pretend_habits *nation = &options->nation;

	for (uint32_t i = 0; i < options->source_count; i++) {
		if (options->sources[i].in_doubt != IN_DOUBT_PROBE ||
		    options->sources[i].begins_alike || options->sources[i].chunk_count < 3)
			return false;
	}
	return !options->fates.list_permille && !nation->list_status && !nation->is_dateless && !nation->date_skew_ms &&
	       !nation->hides_ours && !nation->has_other_ids && !nation->list_tardy_ms &&
	       !nation->created_off_ms && nation->stirs <= 3 &&
	       (nation->head == HEAD_RAW || nation->head == HEAD_SPACED ||
		   nation->head == HEAD_QUOTED);
}

static bool
is_word_of_a_person(enum event_type type)
{
	return type == EVENT_RESOLVED_IMPORT || type == EVENT_RESOLVED_RESUBMIT ||
	       type == EVENT_RESOLVED_SKIP;
}

static void
note(const struct world *world)
{
	bool has_doubt = false, has_waited = false;

	for (size_t i = 0; i < world->memory.event_count; i++) {
		enum event_type type = world->memory.events[i].type;

		has_doubt = has_doubt || type == EVENT_ANSWER_LOST;
		has_waited = has_waited || is_word_of_a_person(type);
	}
	seen.plays++;
	seen.doubts += has_doubt;
	if (has_doubt && can_tell(&world->options)) {
		seen.tellable++;
		seen.finished += !has_waited;
	}
}

static int
sum(void)
{
	bool is_alive = seen.tellable == 0 || seen.finished * 100 >= seen.tellable * LEAST_PERCENT;

	printf("# %" PRIu64 " plays, %" PRIu64 " with doubts; where the list can tell, %" PRIu64
	       " of %" PRIu64 " finished by themselves\n",
	    seen.plays, seen.doubts, seen.finished, seen.tellable);
	printf("%s - where the list can tell, loads finish by themselves\n",
	    is_alive ? "ok" : "not ok");
	return !is_alive;
}

int
main(int argc, char **argv)
{
	const struct lot lot = {
		.program = "tests/sim/adversary",
		.make = seed_adversary,
		.seeds = 20000,
		.long_seeds = 200000,
		.kills = 1,
		.note = note,
		.sum = sum,
		.tests = 1,
	};

	return lot_main(&lot, argc, argv);
}
