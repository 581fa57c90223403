/* fields.h - what the nation makes of a header name of a people import.
 *
 * The names are those of the API pages and the control panel's help; custom_fields.* is taken as
 * it comes. Any other name is ignored in silence, as nations do, and its data with it. */
#ifndef SANDBOX_FIELDS_H
#define SANDBOX_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/span.h"

/* The fields that tell profiles apart stand first, so that an array of them is short. */
enum field {
	FIELD_ID,
	FIELD_STATE_FILE_ID,
	FIELD_COUNTY_FILE_ID,
	FIELD_EXTERNAL_ID,
	FIELD_EMAIL,
	FIELD_NBEC_GUID,
	FIELD_CIVICRM_ID,
	FIELD_NGP_ID,
	FIELD_VAN_ID,
	FIELD_SALESFORCE_ID,
	FIELD_MEETUP_ID,
	FIELD_TWITTER_ID,
	FIELD_TWITTER_LOGIN,
	FIELD_FACEBOOK_UID,
	FIELD_FACEBOOK_USERNAME,
	FIELD_DATATRUST_ID,
	FIELD_DW_ID,
	FIELD_PF_STRAT_ID,
	FIELD_RNC_ID,
	FIELD_RNC_REGID,
	FIELD_UNIQUES, /* those before this one are unique ids */
	FIELD_REGISTERED_STATE = FIELD_UNIQUES,
	FIELD_REGISTERED_COUNTY,
	FIELD_PARTS, /* those before this one are needed to compose unique ids */
};

enum field_class {
	FIELD_TEXT,    /* at most FIELD_TEXT_BYTES */
	FIELD_LONG,    /* text of any length */
	FIELD_DATE,    /* MM/DD/YYYY or YYYY-MM-DD */
	FIELD_MAIL,    /* has an @ */
	FIELD_ADDRESS, /* text; does not follow is_overwritable: the newest stays */
	FIELD_TAGS,    /* added to those that are there, whatever is_overwritable says */
};

/* PostgreSQL's character varying(255), in characters; bytes are near enough here. */
#define FIELD_TEXT_BYTES 255

/* The number of a known name, or -1. */
int field_number(struct span name);

uint32_t field_count(void);
const char *field_name(uint32_t field);
enum field_class field_class(uint32_t field); /* FIELD_TEXT from field_count() on */

/* Is this a day of the calendar, in one of the two documented forms? Gives year, month, day as one
 * number, 20241105. */
bool field_date(struct span text, uint32_t *day);

/* Two ASCII letters? Anything else never matches a profile. */
bool field_is_state(struct span text);

#endif
