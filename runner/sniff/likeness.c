#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/sniff/likeness.h"

/* Names in small letters and without anything between their words. */
struct word {
	const char *names; /* set apart by blanks */
	const char *field;
	const char *how;
};

static const struct word people[] = {
	{ "statefileid voterid statevoterid sosvoterid sosid stateid sboeid ncid registrantid "
	  "voteridnumber registrationnumber regnum votercode stvoterid vuid",
	    "state_file_id", "trim" },
	{ "countyfileid countyvoterid countyvrnumber voterregnum countyid", "county_file_id", "trim" },
	{ "externalid", "external_id", "trim" },
	{ "lastname lname surname namelast last familyname voterlastname", "last_name", "name case" },
	{ "firstname fname namefirst first givenname voterfirstname", "first_name", "name case" },
	{ "middlename mname namemiddle middle mi middleinitial votermiddlename", "middle_name",
	    "name case" },
	{ "suffix namesuffix namesuffixlbl sfx nsuffix", "suffix", "name case" },
	{ "prefix title nameprefix nameprefxcd salutation", "prefix", "name case" },
	{ "fullname name votername", "name", "name case" },
	{ "dob dateofbirth birthdate birthday bornat birthdt", "born_at", "date" },
	{ "birthyear yearofbirth yob yearborn", "born_at", "date" },
	{ "gender sex gendercode sexcode gendercd", "sex", "map sex" },
	{ "party partycd partycode partyaffiliation enrollment politicalparty partyname", "party",
	    "map party" },
	{ "registrationdate regdate registrdt dateregistered dateofregistration registeredat "
	  "originalregistrationdate registrationdt edr",
	    "registered_at", "date" },
	{ "phone phonenumber phonenum telephone homephone fullphonenumber daytimephone "
	  "daytimephonenumber telephonenumber",
	    "phone_number", "digits" },
	{ "mobile mobilephone mobilenumber cell cellphone cellphonenumber", "mobile_number", "digits" },
	{ "workphone workphonenumber", "work_phone_number", "digits" },
	{ "email emailaddress mail1address", "email", "trim, lower" },
	{ "precinct precinctcode precinctabbrv precinctid pct precinctnumber precinctno pctcod",
	    "precinct.code", "trim" },
	{ "precinctname precinctdesc pctname", "precinct.name", "trim" },
	{ "congressionaldistrict congressional cd congdist congdistabbrv uscongress congress "
	  "uscongressionaldistrict congressionaldist",
	    "federal_district", "trim" },
	{ "statesenatedistrict statesenate senatedistrict sd senate ncsenateabbrv senatedist "
	  "statesenatedist sldu",
	    "state_upper_district", "trim" },
	{ "staterepresentativedistrict statehousedistrict statehouse housedistrict hd assemblydistrict "
	  "ad nchouseabbrv house housedist statehousedist sldl assembly",
	    "state_lower_district", "trim" },
	{ "schooldistrict schooldist", "school_district", "trim" },
	{ "township townshipname townshipdesc", "township", "trim" },
	{ "ward wardname warddesc wardcode", "ward", "trim" },
	{ "ethnicity race racecode ethniccode", "ethnicity", "trim" },
	{ "language preferredlanguage", "language", "trim" },
	{ "occupation", "occupation", "trim" },
	{ "employer", "employer", "trim" },
	{ "vanid voterfilevanid myvoterfilevanid", "van_id", "trim" },
};

static const struct word ballots[] = {
	{ "statefileid voterid statevoterid sosvoterid sosid stateid sboeid ncid voteridnumber",
	    "state_file.id", "trim" },
	{ "countyfileid countyvoterid countyvrnumber", "county_file.id", "trim" },
	{ "electiondate electionlbl dateofelection electionat electiondt", "election.election_at", "date" },
	{ "votingmethod votemethod ballottype historycode howvoted votetype", "ballots.vote_method",
	    "trim" },
	{ "county countyname countydesc", "registered_address.county", "name case" },
};

/* Parts of an address, behind a prefix or alone. */
static const struct word parts[] = {
	{ "address address1 addr addr1 addressline1 streetaddress street line1 add1 addressline street1 "
	  "fulladdress",
	    "address1", "squeeze" },
	{ "address2 addr2 addressline2 line2 add2 unit secondaryaddress secondaryaddr street2 apt",
	    "address2", "squeeze" },
	{ "address3 addr3 addressline3 line3 add3", "address3", "squeeze" },
	{ "city cityname citydesc town municipality", "city", "name case" },
	{ "state statecd statecode st stateabbrv", "state", "trim, upper" },
	{ "county countyname countydesc", "county", "name case" },
	{ "zip zipcode zip5 postalcode postcode zipcd", "zip", "trim" },
	{ "country countryname", "country", "trim" },
	{ "fips countyfips fipscode", "fips", "trim" },
};

static const struct word prefixes[] = {
	{ "registeredaddress residential residence residenceaddress residentaddress resident registered "
	  "resi resaddress res reg home physical voter",
	    "registered_address", "" },
	{ "mailingaddress mailing mailaddress mail mlg", "mailing_address", "" },
};

/* In small letters, letters and digits only. Returns its length; 0 if it is too long for a name. */
static size_t
normalize(struct span name, char to[static LIKENESS_BYTES])
{
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++) {
		char byte = name.ptr[i];

		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte - 'A' + 'a');
		if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9'))
			continue;
		if (len + 1 == LIKENESS_BYTES)
			return 0;
		to[len++] = byte;
	}
	to[len] = '\0';
	return len;
}

static const struct word *
find_word(const struct word *words, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		struct span rest = span_of(words[i].names);

		while (rest.ptr) {
			if (span_equal(span_next(&rest, ' '), name))
				return &words[i];
		}
	}
	return NULL;
}

/* The prefix in front of a part of an address; the longest one that leaves a part. */
static bool
find_address(struct span name, struct likeness *likeness)
{
	const struct word *part = find_word(parts, ARRAY_COUNT(parts), name);
	const char *group = "registered_address";
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
		struct span rest = span_of(prefixes[i].names);

		while (rest.ptr) {
			struct span prefix = span_next(&rest, ' ');
			struct span tail = { name.ptr + prefix.len, name.len - prefix.len };
			const struct word *found;

			if (prefix.len >= name.len || prefix.len <= longest ||
			    memcmp(prefix.ptr, name.ptr, prefix.len) != 0)
				continue;
			found = find_word(parts, ARRAY_COUNT(parts), tail);
			if (!found)
				continue;
			longest = prefix.len;
			part = found;
			group = prefixes[i].field;
		}
	}
	if (!part)
		return false;
	snprintf(likeness->field, sizeof(likeness->field), "%s.%s", group, part->field);
	likeness->how = part->how;
	return true;
}

bool
likeness_find(struct span name, bool is_ballot, struct likeness *likeness)
{
	char text[LIKENESS_BYTES];
	struct span plain = { text, normalize(name, text) };
	const struct word *word = is_ballot ? find_word(ballots, ARRAY_COUNT(ballots), plain)
					    : find_word(people, ARRAY_COUNT(people), plain);

	if (plain.len == 0)
		return false;
	if (word) {
		snprintf(likeness->field, sizeof(likeness->field), "%s", word->field);
		likeness->how = word->how;
		return true;
	}
	return !is_ballot && find_address(plain, likeness);
}

bool
likeness_is_history(const struct span *names, size_t count)
{
	bool has_election = false, has_name = false;

	for (size_t i = 0; i < count; i++) {
		struct likeness likeness;

		if (likeness_find(names[i], true, &likeness))
			has_election |= strcmp(likeness.field, "election.election_at") == 0;
		if (likeness_find(names[i], false, &likeness))
			has_name |= strcmp(likeness.field, "last_name") == 0;
	}
	return has_election && !has_name;
}
