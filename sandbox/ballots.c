#include "platform.h"

#include <stdlib.h>

#include "runner/base/scoped.h"
#include "sandbox/ballots.h"
#include "sandbox/csv.h"
#include "sandbox/fields.h"
#include "sandbox/names.h"
#include "sandbox/table.h"

struct ballot {
	uint32_t person;
	uint32_t election; /* in `elections` */
	uint32_t extras;   /* in `extras` */
	uint32_t method;   /* in `methods` */
};

struct ballots {
	struct ballot *list;
	uint32_t count, cap;
	struct table index;     /* by person and election */
	struct names elections; /* country,state,day,period,cycle: a piece of CSV */
	struct names extras;    /* party,cast_at: a piece of CSV */
	struct buf scratch;
};

static const char *const names[BALLOTS_COLUMNS] = {
	[BALLOTS_ID] = "id",
	[BALLOTS_STATE_FILE_ID] = "state_file.id",
	[BALLOTS_COUNTY_FILE_ID] = "county_file.id",
	[BALLOTS_NBEC_GUID] = "nbec_guid",
	[BALLOTS_STATE] = "registered_address.state",
	[BALLOTS_COUNTY] = "registered_address.county",
	[BALLOTS_METHOD] = "ballots.vote_method",
	[BALLOTS_PARTY] = "ballots.party",
	[BALLOTS_CAST_AT] = "ballots.cast_at",
	[BALLOTS_ELECTION_COUNTRY] = "election.country_code",
	[BALLOTS_ELECTION_STATE] = "election.state",
	[BALLOTS_ELECTION_AT] = "election.election_at",
	[BALLOTS_ELECTION_PERIOD] = "election.election_period",
	[BALLOTS_ELECTION_CYCLE] = "election.election_cycle",
};

static const char *const methods[] = { "voted", "early", "absentee" };

struct ballots *
ballots_new(struct err *err)
{
	struct ballots *ballots = calloc(1, sizeof(*ballots));

	if (!ballots)
		err_memory(err);
	return ballots;
}

void
ballots_free(struct ballots *ballots)
{
	if (!ballots)
		return;
	free(ballots->list);
	table_done(&ballots->index);
	names_done(&ballots->elections);
	names_done(&ballots->extras);
	buf_done(&ballots->scratch);
	free(ballots);
}

int
ballots_column(struct span name)
{
	for (int i = 0; i < BALLOTS_COLUMNS; i++) {
		if (span_is(name, names[i]))
			return i;
	}
	return -1;
}

static uint32_t
method_of(struct span text)
{
	uint32_t i = 0;

	while (i < ARRAY_COUNT(methods) && !span_is(text, methods[i]))
		i++;
	return i;
}

/* What the row lacks, or NULL. */
static const char *
trouble_of(const struct span row[BALLOTS_COLUMNS])
{
	bool is_us = span_equal_nocase(row[BALLOTS_ELECTION_COUNTRY], span_of("US"));
	uint32_t day;

	if (method_of(row[BALLOTS_METHOD]) == ARRAY_COUNT(methods))
		return "ballots.vote_method must be voted, early or absentee";
	if (!field_is_state(row[BALLOTS_ELECTION_COUNTRY]))
		return "election.country_code must be two letters";
	if (is_us && !field_is_state(row[BALLOTS_ELECTION_STATE]))
		return "election.state must be two letters";
	if (!field_date(row[BALLOTS_ELECTION_AT], &day))
		return "election.election_at is not a date (MM/DD/YYYY)";
	if (row[BALLOTS_CAST_AT].len && !field_date(row[BALLOTS_CAST_AT], &day))
		return "ballots.cast_at is not a date (MM/DD/YYYY)";
	if (!row[BALLOTS_ID].len && !row[BALLOTS_STATE_FILE_ID].len &&
	    !row[BALLOTS_COUNTY_FILE_ID].len && !row[BALLOTS_NBEC_GUID].len)
		return "no identity: id, state_file.id or county_file.id is needed";
	return NULL;
}

/* The first identity of the row that is filled decides. */
static uint32_t
voter_of(struct people *people, const struct span row[BALLOTS_COLUMNS])
{
	static const struct {
		enum ballots_column column;
		enum field field;
	} identities[] = {
		{ BALLOTS_ID, FIELD_ID },
		{ BALLOTS_STATE_FILE_ID, FIELD_STATE_FILE_ID },
		{ BALLOTS_COUNTY_FILE_ID, FIELD_COUNTY_FILE_ID },
		{ BALLOTS_NBEC_GUID, FIELD_NBEC_GUID },
	};

	for (size_t i = 0; i < ARRAY_COUNT(identities); i++) {
		struct span value = row[identities[i].column];

		if (value.len)
			return people_find(people, identities[i].field, value, row[BALLOTS_STATE],
					   row[BALLOTS_COUNTY]);
	}
	return PEOPLE_NOBODY;
}

static int
election_of(struct ballots *ballots, const struct span row[BALLOTS_COLUMNS], uint32_t *election,
	    struct err *err)
{
	struct buf *text = &ballots->scratch;
	uint32_t day;

	field_date(row[BALLOTS_ELECTION_AT], &day);
	buf_clear(text);
	csv_add(text, row[BALLOTS_ELECTION_COUNTRY], ',');
	buf_add_byte(text, ',');
	csv_add(text, row[BALLOTS_ELECTION_STATE], ',');
	buf_printf(text, ",%04u-%02u-%02u,", day / 10000, day / 100 % 100, day % 100);
	csv_add(text, row[BALLOTS_ELECTION_PERIOD], ',');
	buf_add_byte(text, ',');
	csv_add(text, row[BALLOTS_ELECTION_CYCLE], ',');
	if (buf_check(text, err))
		return -1;
	return names_number(&ballots->elections, buf_span(text), election, err);
}

static int
extras_of(struct ballots *ballots, const struct span row[BALLOTS_COLUMNS], uint32_t *extras,
	  struct err *err)
{
	struct buf *text = &ballots->scratch;

	buf_clear(text);
	csv_add(text, row[BALLOTS_PARTY], ',');
	buf_add_byte(text, ',');
	csv_add(text, row[BALLOTS_CAST_AT], ',');
	if (buf_check(text, err))
		return -1;
	return names_number(&ballots->extras, buf_span(text), extras, err);
}

static uint32_t
hash_of(const struct ballot *ballot)
{
	uint64_t mixed = (uint64_t)ballot->person << 32 | ballot->election;

	return (uint32_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

static struct ballot *
find(const struct ballots *ballots, const struct ballot *like)
{
	size_t cursor = 0;
	uint32_t at;

	while (table_next(&ballots->index, hash_of(like), &cursor, &at)) {
		struct ballot *ballot = &ballots->list[at];

		if (ballot->person == like->person && ballot->election == like->election)
			return ballot;
	}
	return NULL;
}

static int
add(struct ballots *ballots, const struct ballot *ballot, struct err *err)
{
	if (ballots->count == ballots->cap) {
		uint32_t cap = ballots->cap ? ballots->cap * 2 : 1024;
		struct ballot *list = realloc(ballots->list, cap * sizeof(*list));

		if (!list)
			return err_memory(err);
		ballots->list = list;
		ballots->cap = cap;
	}
	if (table_add(&ballots->index, hash_of(ballot), ballots->count, err))
		return -1;
	ballots->list[ballots->count++] = *ballot;
	return 0;
}

int
ballots_put(struct ballots *ballots, struct people *people,
	    const struct span row[BALLOTS_COLUMNS], bool is_overwritable,
	    enum people_outcome *outcome, struct buf *reason, struct err *err)
{
	const char *trouble = trouble_of(row);
	struct ballot ballot = { .method = method_of(row[BALLOTS_METHOD]) };
	struct ballot *known;

	*outcome = PEOPLE_REFUSED;
	if (!trouble) {
		ballot.person = voter_of(people, row);
		if (ballot.person == PEOPLE_NOBODY)
			trouble = "no such voter";
	}
	if (trouble) {
		buf_add_text(reason, trouble);
		return buf_check(reason, err);
	}
	if (election_of(ballots, row, &ballot.election, err) ||
	    extras_of(ballots, row, &ballot.extras, err))
		return -1;
	known = find(ballots, &ballot);
	if (!known) {
		*outcome = PEOPLE_CREATED;
		return add(ballots, &ballot, err);
	}
	*outcome = PEOPLE_UPDATED;
	if (is_overwritable)
		*known = ballot;
	return 0;
}

uint32_t
ballots_count(const struct ballots *ballots)
{
	return ballots->count;
}

void
ballots_csv_header(struct buf *to)
{
	buf_add_text(to, "person_id,election.country_code,election.state,election.election_at,"
			 "election.election_period,election.election_cycle,ballots.vote_method,"
			 "ballots.party,ballots.cast_at\n");
}

uint32_t
ballots_csv(const struct ballots *ballots, const struct people *people, uint32_t from,
	    uint32_t most, struct buf *to)
{
	uint32_t upto = from;

	for (; upto < ballots->count && upto - from < most; upto++) {
		const struct ballot *ballot = &ballots->list[upto];

		buf_printf(to, "%llu,%.*s,%s,%.*s\n",
			   (unsigned long long)people_id(people, ballot->person),
			   SPAN_ARG(names_at(&ballots->elections, ballot->election)),
			   methods[ballot->method],
			   SPAN_ARG(names_at(&ballots->extras, ballot->extras)));
	}
	return upto - from;
}
