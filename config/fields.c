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
