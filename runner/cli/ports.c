#include "platform.h"

#include "runner/cli/ports.h"
#include "runner/sys/chance.h"
#include "runner/sys/clock.h"
#include "runner/sys/steps.h"

static int
hear_nothing(void *ctx, struct wish *wish, struct err *err)
{
	(void)ctx;
	(void)err;
	*wish = (struct wish){ .kind = WISH_NONE };
	return 0;
}

static void
answer_nobody(void *ctx, uint64_t ticket, const char *error)
{
	(void)ctx;
	(void)ticket;
	(void)error;
}

static void
see_no_event(void *ctx, const struct event *event, const struct chunk *chunk)
{
	(void)ctx;
	(void)event;
	(void)chunk;
}

static void
hear_no_word(void *ctx, enum weight weight, const char *text)
{
	(void)ctx;
	(void)weight;
	(void)text;
}

static void
take_no_turn(void *ctx, const struct tally *tallies, size_t source_count, const char *waiting_for)
{
	(void)ctx;
	(void)tallies;
	(void)source_count;
	(void)waiting_for;
}

static void
tell_nobody(void *ctx)
{
	(void)ctx;
}

static void
see_no_work(void *ctx, const struct chunk *chunk, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)chunk;
	(void)done;
	(void)total;
}

static int
reread_limits(void *ctx, struct load_limits *limits, struct err *err)
{
	return session_reread_limits(ctx, limits, err);
}

struct ports
ports_without_nation(struct session *session)
{
	return (struct ports){
		.clock = clock_real(),
		.chance = chance_real(),
		.journal = session->journal,
		.source = inputs_port(&session->inputs),
		.control = { NULL, hear_nothing, answer_nobody },
		.job = { session, reread_limits },
		.watcher = { NULL, see_no_event, hear_no_word, take_no_turn, tell_nobody,
			see_no_work },
		.steps = steps_real(),
	};
}
