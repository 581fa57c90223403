/* The simulated journal keeps to what every journal keeps to. */
#include "platform.h"

#include "tests/conform/journal_suite.h"
#include "tests/sim/memory.h"
#include "tests/sim/must.h"

static void *
create(const struct plan_chunk *chunks, size_t count, size_t source_count)
{
	struct memory *memory = must(calloc(1, sizeof(*memory)));

	memory_init(memory, NULL, chunks, count, source_count);
	return memory;
}

static struct journal_port
port(void *journal)
{
	return memory_port(journal);
}

static void
reopen(void *journal)
{
	memory_kill(journal);
}

static void
destroy(void *journal)
{
	memory_done(journal);
	free(journal);
}

static const struct journal_bench journal_bench = { create, port, reopen, destroy };

int
main(void)
{
	return cmocka_run_group_tests(journal_suite, NULL, NULL);
}
