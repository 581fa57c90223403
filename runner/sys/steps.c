#include "platform.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "runner/base/number.h"
#include "runner/base/span.h"
#include "runner/sys/steps.h"

/* One process, one count: a kill has no other address. */
static uint64_t step_count;
static FILE *count_file;

/* Where to die: the `at`-th step, or of those of this name. */
struct address {
	struct span name; /* empty: of all */
	uint64_t at;      /* 0: never; the first step is 1 */
};

static const struct address *
kill_at(void)
{
	static struct address address;
	static bool is_read;
	struct span text, name;

	if (is_read)
		return &address;
	is_read = true;
	text = span_of(getenv("ROLLCALL_KILL_AT"));
	if (text.len && number_u64(text, &address.at) == 0)
		return &address;
	name = span_next(&text, '=');
	if (text.ptr && number_u64(text, &address.at) == 0)
		address.name = name;
	return &address;
}

void
steps_at(const char *step)
{
	static uint64_t of_name;
	const struct address *address = kill_at();
	uint64_t count = ++step_count;

	if (address->name.len)
		count = span_is(address->name, step) ? ++of_name : 0;
	if (count && count == address->at)
		raise(SIGKILL);
}

static void
step_of_engine(void *ctx, const char *step)
{
	(void)ctx;
	steps_at(step);
}

struct steps_port
steps_real(void)
{
	return (struct steps_port){ NULL, step_of_engine };
}

void
steps_begin(void)
{
	const char *path = getenv("ROLLCALL_COUNT_STEPS");

	if (path)
		count_file = fopen(path, "we");
}

void
steps_done(void)
{
	if (!count_file)
		return;
	fprintf(count_file, "%llu\n", (unsigned long long)step_count);
	fclose(count_file);
	count_file = NULL;
}
