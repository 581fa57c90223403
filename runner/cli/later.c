/* later.c - verbs that are known and not built yet: they answer --help and say so. */
#include "platform.h"

#include "runner/cli/verbs.h"

static int
not_built(const struct args *args, struct err *err)
{
	err_set(err, ERR_USAGE, "%s is not built yet in this version", args->verb->name);
	return ERR_USAGE;
}

#define LATER(id, word, what, says)                                                                \
	const struct verb verb_##id = {                                                            \
		.name = word,                                                                      \
		.operands = what,                                                                  \
		.most = ARGS_OPERANDS,                                                             \
		.summary = says,                                                                   \
		.help = "",                                                                        \
		.run = not_built,                                                                  \
	}

LATER(pause, "pause", "JOB", "sends nothing new; polling goes on, the runner stays");
LATER(unpause, "unpause", "JOB", "ends a pause");
LATER(stop, "stop", "JOB", "asks the running process to finish its requests and exit");
LATER(purge, "purge", "JOB", "removes state and personal data after a finished load");
