/* must.h - memory that is there: a simulation that has none is no test. */
#ifndef TESTS_SIM_MUST_H
#define TESTS_SIM_MUST_H

#include <stdlib.h>

static inline void *
must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

#endif
