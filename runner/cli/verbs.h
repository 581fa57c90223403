/* verbs.h - the rows of the verb table. */
#ifndef RUNNER_CLI_VERBS_H
#define RUNNER_CLI_VERBS_H

#include "runner/cli/args.h"

extern const struct verb verb_check, verb_run, verb_status, verb_report, verb_explain, verb_log,
    verb_verify, verb_resolve, verb_auth, verb_demo, verb_completion, verb_retry, verb_rejects;
extern const struct verb verb_init, verb_pause, verb_unpause, verb_stop, verb_purge;

#endif
