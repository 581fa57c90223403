#include "platform.h"

#include <string.h>

#include "config/fields.h"
#include "runner/base/suggest.h"

/* As the API pages of 2013 and 2018, the control panel's help and the V2 attributes name them. */
static const char *const people_fields[] = {
	"id", "state_file_id", "county_file_id", "external_id", "email", "nbec_guid",
	"civicrm_id", "ngp_id", "van_id", "salesforce_id", "meetup_id", "twitter_id",
	"twitter_login", "facebook_uid", "facebook_username", "prefix", "first_name",
	"middle_name", "last_name", "suffix", "legal_name", "born_at", "sex", "party",
	"inferred_party", "previous_party", "registered_at", "precinct.code", "precinct.name",
	"supranational_district", "federal_district", "state_upper_district",
	"state_lower_district", "county_district", "city_district", "city_sub_district",
	"judicial_district", "school_district", "school_sub_district", "fire_district",
	"village_district", "township", "ward", "phone_number", "work_phone_number",
	"mobile_number", "fax_number", "email_opt_in", "mobile_opt_in", "do_not_call",
	"do_not_contact", "federal_donotcall", "is_mobile_bad", "is_deceased", "is_volunteer",
	"support_level", "inferred_support_level", "priority_level", "demo", "ethnicity",
	"religion", "church", "language", "marital_status", "employer", "occupation", "website",
	"availability", "household_size", "note", "tag_list", "address.address1",
	"address.address2", "address.address3", "address.city", "address.state",
	"address.county", "address.zip", "address.fips", "address.country",
	"address.country_code", "work_address.address1", "work_address.address2",
	"work_address.address3", "work_address.city", "work_address.state",
	"work_address.county", "work_address.zip", "work_address.fips", "work_address.country",
	"work_address.country_code", "mailing_address.address1", "mailing_address.address2",
	"mailing_address.address3", "mailing_address.city", "mailing_address.state",
	"mailing_address.county", "mailing_address.zip", "mailing_address.fips",
	"mailing_address.country", "mailing_address.country_code", "registered_address.address1",
	"registered_address.address2", "registered_address.address3", "registered_address.city",
	"registered_address.state", "registered_address.county", "registered_address.zip",
	"registered_address.fips", "registered_address.country",
	"registered_address.country_code", "recruiter.id", "recruiter.email", "name",
	"created_at", "is_fundraiser", "is_ignore_donation_limits", "membership_level_name",
	"membership_started_at", "membership_expires_at", "point_person_id",
	"point_person_name_or_email", "recruiter_id", "recruiter_name_or_email", "assistant_id",
	"assistant_name_or_email", "nationbuilder_id", "datatrust_id", "dw_id", "pf_strat_id",
	"rnc_id", "rnc_regid", "is_active_voter", "is_absentee_voter",
	"is_permanent_absentee_voter", "is_early_voter", "is_dropped_from_file",
};

static const char *const ballot_fields[] = {
	"id", "state_file.id", "county_file.id", "registered_address.state",
	"registered_address.county", "ballots.vote_method", "election.country_code",
	"election.election_at", "election.state", "nbec_guid", "ballots.party",
	"ballots.cast_at", "election.election_period", "election.election_cycle",
};

/* Each says alone whose row it is. state_file_id and county_file_id do so with their addresses. */
static const char *const unique_fields[] = {
	"id", "external_id", "email", "nbec_guid", "civicrm_id", "ngp_id", "van_id",
	"salesforce_id", "meetup_id", "twitter_id", "twitter_login", "facebook_uid",
	"facebook_username", "datatrust_id", "dw_id", "pf_strat_id", "rnc_id", "rnc_regid",
};

static const char custom_prefix[] = "custom_fields.";

static bool
is_listed(const char *const *names, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (span_is(name, names[i]))
			return true;
	}
	return false;
}

bool
fields_known(enum settings_type type, struct span name)
{
	if (span_starts(name, custom_prefix) && name.len > strlen(custom_prefix))
		return true;
	if (type == SETTINGS_BALLOT)
		return is_listed(ballot_fields, ARRAY_COUNT(ballot_fields), name);
	return is_listed(people_fields, ARRAY_COUNT(people_fields), name);
}

struct span
fields_suggest(enum settings_type type, struct span name)
{
	const char *const *names = type == SETTINGS_BALLOT ? ballot_fields : people_fields;
	size_t count = type == SETTINGS_BALLOT ? ARRAY_COUNT(ballot_fields)
					       : ARRAY_COUNT(people_fields);
	struct suggest suggest = suggest_for(name);

	/* One page of the API's documents spells the prefix without its s. */
	if (span_starts(name, "custom_field") || span_starts(name, "custom."))
		return span_of("custom_fields.NAME");
	for (size_t i = 0; i < count; i++)
		suggest_offer(&suggest, span_of(names[i]));
	return suggest_nearest(&suggest);
}

static bool
has(const struct fields_set *set, const char *name)
{
	return set->has(set->context, name);
}

static void
name_missing(const struct fields_set *set, const char *name, const char *reason, struct buf *words)
{
	if (!has(set, name))
		buf_printf(words, "%s%s (%s)", words->len ? ", " : "", name, reason);
}

static const char state[] = "registered_address.state";
static const char county[] = "registered_address.county";

static void
name_missing_identity(const struct fields_set *set, struct buf *words)
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
is_outside_us(const struct fields_set *set)
{
	return set->country && !span_equal_nocase(span_of(set->country), span_of("US"));
}

static void
name_missing_of_ballot(const struct fields_set *set, struct buf *words)
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
name_missing_of_person(const struct fields_set *set, struct buf *words)
{
	if (has(set, "state_file_id"))
		name_missing(set, state, "state_file_id needs it", words);
	else if (has(set, "county_file_id"))
		name_missing(set, state, "county_file_id needs it", words);
	if (has(set, "county_file_id"))
		name_missing(set, county, "county_file_id needs it", words);
}

bool
fields_missing(const struct fields_set *set, struct buf *words)
{
	size_t before = words->len;
	SCOPED(buf) missing = BUF_INIT;

	if (set->type == SETTINGS_BALLOT)
		name_missing_of_ballot(set, &missing);
	else
		name_missing_of_person(set, &missing);
	buf_add_span(words, buf_span(&missing));
	return words->len > before;
}

bool
fields_identify(const struct fields_set *set)
{
	for (size_t i = 0; i < ARRAY_COUNT(unique_fields); i++) {
		if (has(set, unique_fields[i]))
			return true;
	}
	return has(set, state) &&
	    (has(set, "state_file_id") || (has(set, "county_file_id") && has(set, county)));
}
