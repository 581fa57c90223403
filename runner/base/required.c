#include "platform.h"

#include <stddef.h>

#include "runner/base/required.h"
#include "runner/base/scoped.h"

/* Each says alone whose row it is. state_file_id and county_file_id do so with their addresses. */
static const char *const unique_fields[] = {
	"id", "external_id", "email", "nbec_guid", "civicrm_id", "ngp_id", "van_id",
	"salesforce_id", "meetup_id", "twitter_id", "twitter_login", "facebook_uid",
	"facebook_username", "datatrust_id", "dw_id", "pf_strat_id", "rnc_id", "rnc_regid",
};

static bool
has(const struct required_set *set, const char *name)
{
	return set->has(set->context, name);
}

static void
name_missing(const struct required_set *set, const char *name, const char *reason, struct buf *words)
{
	if (!has(set, name))
		buf_printf(words, "%s%s (%s)", words->len ? ", " : "", name, reason);
}

static const char state[] = "registered_address.state";
static const char county[] = "registered_address.county";

static void
name_missing_identity(const struct required_set *set, struct buf *words)
{
	bool has_state_file = has(set, "state_file.id") && has(set, state);
	bool has_county_file = has(set, "county_file.id") && has(set, state) && has(set, county);

	if (has(set, "id") || has_state_file || has_county_file)
		return;
	if (has(set, "state_file.id")) {
		name_missing(set, state, "state_file.id needs it", words);
	} else if (has(set, "county_file.id")) {
		name_missing(set, state, "county_file.id needs it", words);
		name_missing(set, county, "county_file.id needs it", words);
	} else {
		buf_printf(words, "%sone of id, state_file.id, county_file.id (whose ballot it is)",
		    words->len ? ", " : "");
	}
}

static bool
is_outside_us(const struct required_set *set)
{
	return set->country.ptr && !span_equal_nocase(set->country, span_of("US"));
}

static void
name_missing_of_ballot(const struct required_set *set, struct buf *words)
{
	name_missing(set, "ballots.vote_method", "voted, early or absentee", words);
	name_missing(set, "election.country_code", "two letters, such as US", words);
	name_missing(set, "election.election_at", "when the election was", words);
	if (!is_outside_us(set))
		name_missing(set, "election.state", "needed in the US", words);
	name_missing_identity(set, words);
}

/* An id of a state's or county's file is unique only within it; where both are sent, the nation may
 * match by either. */
static void
name_missing_of_person(const struct required_set *set, struct buf *words)
{
	if (has(set, "state_file_id"))
		name_missing(set, state, "state_file_id needs it", words);
	else if (has(set, "county_file_id"))
		name_missing(set, state, "county_file_id needs it", words);
	if (has(set, "county_file_id"))
		name_missing(set, county, "county_file_id needs it", words);
}

bool
required_missing(const struct required_set *set, struct buf *words)
{
	size_t before = words->len;
	SCOPED(buf) missing = BUF_INIT;

	if (set->is_ballot)
		name_missing_of_ballot(set, &missing);
	else
		name_missing_of_person(set, &missing);
	buf_add_span(words, buf_span(&missing));
	return words->len > before;
}

bool
required_identify(const struct required_set *set)
{
	/* The usual ones first: it is asked of rows, too. */
	if (has(set, state) &&
	    (has(set, "state_file_id") || (has(set, "county_file_id") && has(set, county))))
		return true;
	for (size_t i = 0; i < ARRAY_COUNT(unique_fields); i++) {
		if (has(set, unique_fields[i]))
			return true;
	}
	return false;
}
