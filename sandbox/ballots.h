/* ballots.h - who voted when and how: one ballot a voter and election.
 *
 * A row must have ballots.vote_method (voted, early, absentee), election.country_code (two
 * letters), in the US election.state (two letters), election.election_at (MM/DD/YYYY or
 * YYYY-MM-DD) and one identity: id, or state_file.id + registered_address.state, or county_file.id
 * + registered_address.state + registered_address.county, or nbec_guid; the voter must be there. A
 * second row for the same voter and election is an update. */
#ifndef SANDBOX_BALLOTS_H
#define SANDBOX_BALLOTS_H

#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"
#include "sandbox/people.h"

struct ballots;

/* Columns of a ballot import; a row is an array of their values, trimmed, empty where absent. */
enum ballots_column {
	BALLOTS_ID,
	BALLOTS_STATE_FILE_ID,
	BALLOTS_COUNTY_FILE_ID,
	BALLOTS_NBEC_GUID,
	BALLOTS_STATE,
	BALLOTS_COUNTY,
	BALLOTS_METHOD,
	BALLOTS_PARTY,
	BALLOTS_CAST_AT,
	BALLOTS_ELECTION_COUNTRY,
	BALLOTS_ELECTION_STATE,
	BALLOTS_ELECTION_AT,
	BALLOTS_ELECTION_PERIOD,
	BALLOTS_ELECTION_CYCLE,
	BALLOTS_COLUMNS,
};

struct ballots *ballots_new(struct err *err);
void ballots_free(struct ballots *ballots);

/* The column of a header name, or -1: ignored. */
int ballots_column(struct span name);

/* As people_put(). */
int ballots_put(struct ballots *ballots, struct people *people,
		const struct span row[BALLOTS_COLUMNS], bool is_overwritable,
		enum people_outcome *outcome, struct buf *reason, struct err *err);

uint32_t ballots_count(const struct ballots *ballots);

/* The table as CSV: header, then up to `most` ballots from number `from` on. */
void ballots_csv_header(struct buf *to);
uint32_t ballots_csv(const struct ballots *ballots, const struct people *people, uint32_t from,
		     uint32_t most, struct buf *to);

#endif
