#include "platform.h"

#include <stddef.h>

#include "runner/base/scoped.h"
#include "sandbox/fields.h"

static const struct {
	const char *name;
	enum field_class class;
} fields[] = {
	[FIELD_ID] = { "id", FIELD_TEXT },
	[FIELD_STATE_FILE_ID] = { "state_file_id", FIELD_TEXT },
	[FIELD_COUNTY_FILE_ID] = { "county_file_id", FIELD_TEXT },
	[FIELD_EXTERNAL_ID] = { "external_id", FIELD_TEXT },
	[FIELD_EMAIL] = { "email", FIELD_MAIL },
	[FIELD_NBEC_GUID] = { "nbec_guid", FIELD_TEXT },
	[FIELD_CIVICRM_ID] = { "civicrm_id", FIELD_TEXT },
	[FIELD_NGP_ID] = { "ngp_id", FIELD_TEXT },
	[FIELD_VAN_ID] = { "van_id", FIELD_TEXT },
	[FIELD_SALESFORCE_ID] = { "salesforce_id", FIELD_TEXT },
	[FIELD_MEETUP_ID] = { "meetup_id", FIELD_TEXT },
	[FIELD_TWITTER_ID] = { "twitter_id", FIELD_TEXT },
	[FIELD_TWITTER_LOGIN] = { "twitter_login", FIELD_TEXT },
	[FIELD_FACEBOOK_UID] = { "facebook_uid", FIELD_TEXT },
	[FIELD_FACEBOOK_USERNAME] = { "facebook_username", FIELD_TEXT },
	[FIELD_DATATRUST_ID] = { "datatrust_id", FIELD_TEXT },
	[FIELD_DW_ID] = { "dw_id", FIELD_TEXT },
	[FIELD_PF_STRAT_ID] = { "pf_strat_id", FIELD_TEXT },
	[FIELD_RNC_ID] = { "rnc_id", FIELD_TEXT },
	[FIELD_RNC_REGID] = { "rnc_regid", FIELD_TEXT },
	[FIELD_REGISTERED_STATE] = { "registered_address.state", FIELD_ADDRESS },
	[FIELD_REGISTERED_COUNTY] = { "registered_address.county", FIELD_ADDRESS },
	{ "prefix", FIELD_TEXT },
	{ "first_name", FIELD_TEXT },
	{ "middle_name", FIELD_TEXT },
	{ "last_name", FIELD_TEXT },
	{ "suffix", FIELD_TEXT },
	{ "legal_name", FIELD_TEXT },
	{ "born_at", FIELD_DATE },
	{ "sex", FIELD_TEXT },
	{ "party", FIELD_TEXT },
	{ "inferred_party", FIELD_TEXT },
	{ "previous_party", FIELD_TEXT },
	{ "registered_at", FIELD_DATE },
	{ "precinct.code", FIELD_TEXT },
	{ "precinct.name", FIELD_TEXT },
	{ "supranational_district", FIELD_TEXT },
	{ "federal_district", FIELD_TEXT },
	{ "state_upper_district", FIELD_TEXT },
	{ "state_lower_district", FIELD_TEXT },
	{ "county_district", FIELD_TEXT },
	{ "city_district", FIELD_TEXT },
	{ "city_sub_district", FIELD_TEXT },
	{ "judicial_district", FIELD_TEXT },
	{ "school_district", FIELD_TEXT },
	{ "school_sub_district", FIELD_TEXT },
	{ "fire_district", FIELD_TEXT },
	{ "village_district", FIELD_TEXT },
	{ "township", FIELD_TEXT },
	{ "ward", FIELD_TEXT },
	{ "phone_number", FIELD_TEXT },
	{ "work_phone_number", FIELD_TEXT },
	{ "mobile_number", FIELD_TEXT },
	{ "fax_number", FIELD_TEXT },
	{ "email_opt_in", FIELD_TEXT },
	{ "mobile_opt_in", FIELD_TEXT },
	{ "do_not_call", FIELD_TEXT },
	{ "do_not_contact", FIELD_TEXT },
	{ "federal_donotcall", FIELD_TEXT },
	{ "is_mobile_bad", FIELD_TEXT },
	{ "is_deceased", FIELD_TEXT },
	{ "is_volunteer", FIELD_TEXT },
	{ "support_level", FIELD_TEXT },
	{ "inferred_support_level", FIELD_TEXT },
	{ "priority_level", FIELD_TEXT },
	{ "demo", FIELD_TEXT },
	{ "ethnicity", FIELD_TEXT },
	{ "religion", FIELD_TEXT },
	{ "church", FIELD_TEXT },
	{ "language", FIELD_TEXT },
	{ "marital_status", FIELD_TEXT },
	{ "employer", FIELD_TEXT },
	{ "occupation", FIELD_TEXT },
	{ "website", FIELD_TEXT },
	{ "availability", FIELD_LONG },
	{ "household_size", FIELD_TEXT },
	{ "note", FIELD_LONG },
	{ "tag_list", FIELD_TAGS },
	{ "address.address1", FIELD_ADDRESS },
	{ "address.address2", FIELD_ADDRESS },
	{ "address.address3", FIELD_ADDRESS },
	{ "address.city", FIELD_ADDRESS },
	{ "address.state", FIELD_ADDRESS },
	{ "address.county", FIELD_ADDRESS },
	{ "address.zip", FIELD_ADDRESS },
	{ "address.fips", FIELD_ADDRESS },
	{ "address.country", FIELD_ADDRESS },
	{ "address.country_code", FIELD_ADDRESS },
	{ "work_address.address1", FIELD_ADDRESS },
	{ "work_address.address2", FIELD_ADDRESS },
	{ "work_address.address3", FIELD_ADDRESS },
	{ "work_address.city", FIELD_ADDRESS },
	{ "work_address.state", FIELD_ADDRESS },
	{ "work_address.county", FIELD_ADDRESS },
	{ "work_address.zip", FIELD_ADDRESS },
	{ "work_address.fips", FIELD_ADDRESS },
	{ "work_address.country", FIELD_ADDRESS },
	{ "work_address.country_code", FIELD_ADDRESS },
	{ "mailing_address.address1", FIELD_ADDRESS },
	{ "mailing_address.address2", FIELD_ADDRESS },
	{ "mailing_address.address3", FIELD_ADDRESS },
	{ "mailing_address.city", FIELD_ADDRESS },
	{ "mailing_address.state", FIELD_ADDRESS },
	{ "mailing_address.county", FIELD_ADDRESS },
	{ "mailing_address.zip", FIELD_ADDRESS },
	{ "mailing_address.fips", FIELD_ADDRESS },
	{ "mailing_address.country", FIELD_ADDRESS },
	{ "mailing_address.country_code", FIELD_ADDRESS },
	{ "registered_address.address1", FIELD_ADDRESS },
	{ "registered_address.address2", FIELD_ADDRESS },
	{ "registered_address.address3", FIELD_ADDRESS },
	{ "registered_address.city", FIELD_ADDRESS },
	{ "registered_address.zip", FIELD_ADDRESS },
	{ "registered_address.fips", FIELD_ADDRESS },
	{ "registered_address.country", FIELD_ADDRESS },
	{ "registered_address.country_code", FIELD_ADDRESS },
	{ "recruiter.id", FIELD_TEXT },
	{ "recruiter.email", FIELD_TEXT },
	{ "name", FIELD_TEXT },
	{ "created_at", FIELD_DATE },
	{ "is_fundraiser", FIELD_TEXT },
	{ "is_ignore_donation_limits", FIELD_TEXT },
	{ "membership_level_name", FIELD_TEXT },
	{ "membership_started_at", FIELD_DATE },
	{ "membership_expires_at", FIELD_DATE },
	{ "point_person_id", FIELD_TEXT },
	{ "point_person_name_or_email", FIELD_TEXT },
	{ "recruiter_id", FIELD_TEXT },
	{ "recruiter_name_or_email", FIELD_TEXT },
	{ "assistant_id", FIELD_TEXT },
	{ "assistant_name_or_email", FIELD_TEXT },
	{ "nationbuilder_id", FIELD_TEXT },
	{ "is_active_voter", FIELD_TEXT },
	{ "is_absentee_voter", FIELD_TEXT },
	{ "is_permanent_absentee_voter", FIELD_TEXT },
	{ "is_early_voter", FIELD_TEXT },
	{ "is_dropped_from_file", FIELD_TEXT },
};

int
field_number(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		if (span_is(name, fields[i].name))
			return (int)i;
	}
	return -1;
}

uint32_t
field_count(void)
{
	return ARRAY_COUNT(fields);
}

const char *
field_name(uint32_t field)
{
	return fields[field].name;
}

enum field_class
field_class(uint32_t field)
{
	return field < ARRAY_COUNT(fields) ? fields[field].class : FIELD_TEXT;
}

/* Digits of text[at] … text[at + len - 1] as a number, -1 where one is none. */
static int
digits(struct span text, size_t at, size_t len)
{
	int value = 0;

	for (size_t i = at; i < at + len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		value = value * 10 + (text.ptr[i] - '0');
	}
	return value;
}

static int
days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && is_leap);
}

bool
field_date(struct span text, uint32_t *day)
{
	int y, m, d;

	if (text.len != 10)
		return false;
	if (text.ptr[2] == '/' && text.ptr[5] == '/') {
		m = digits(text, 0, 2), d = digits(text, 3, 2), y = digits(text, 6, 4);
	} else if (text.ptr[4] == '-' && text.ptr[7] == '-') {
		y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
	} else {
		return false;
	}
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > days_of(y, m))
		return false;
	*day = (uint32_t)(y * 10000 + m * 100 + d);
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool
field_is_state(struct span text)
{
	return text.len == 2 && is_letter(text.ptr[0]) && is_letter(text.ptr[1]);
}
