/* verbs.c - the table of verbs, in the order of --help. Each has a file of its own, whose first
 * screen is its row; those that are not built yet stand in later.c. */
#include "platform.h"

#include <stddef.h>

#include "runner/cli/verbs.h"

const struct verb *const verbs[] = {
	&verb_init,
	&verb_check,
	&verb_run,
	&verb_status,
	&verb_report,
	&verb_explain,
	&verb_log,
	&verb_verify,
	&verb_resolve,
	&verb_rejects,
	&verb_retry,
	&verb_auth,
	&verb_demo,
	&verb_completion,
	&verb_pause,
	&verb_unpause,
	&verb_stop,
	&verb_purge,
	NULL,
};
