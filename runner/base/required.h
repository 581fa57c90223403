/* required.h - the fields that an import must have (NationBuilder: people and ballot imports).
 *
 * Here, because two ask who may not know each other: config about the columns that a job file
 * names, runner/source about the header that an input has. Pure. */
#ifndef RUNNER_BASE_REQUIRED_H
#define RUNNER_BASE_REQUIRED_H

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"

/* The fields of one import, however the caller holds them. */
struct required_set {
	bool is_ballot; /* else people */
	bool (*has)(const void *context, const char *name);
	const void *context;
	struct span country; /* election.country_code where it is a constant, else SPAN_NONE */
};

/* Whether fields are missing without which the nation refuses the rows, or cannot tell whose they
 * are; `words` then says which: "election.election_at (when the election was)".
 *
 * A ballot needs ballots.vote_method, election.country_code, election.election_at, election.state
 * unless the country is known to be another than the US, and one identity: id, state_file.id with
 * its state, or county_file.id with its state and county. A person's state_file_id or
 * county_file_id needs the same of registered_address. */
bool required_missing(const struct required_set *set, struct buf *words);

/* Whether the nation can tell from every row, if its cells are filled, whose it is: with this a
 * person that was sent twice stays one person (`in_doubt = "resubmit"`). Also asked of a row, which
 * has the fields whose cells are filled. */
bool required_identify(const struct required_set *set);

#endif
