#include "platform.h"

#include "runner/sniff/known.h"

/* ---- maps: what NationBuilder takes for what the state writes ---- */

static const char *const map_sex[] = {
	"M", "M", "F", "F", "Male", "M", "Female", "F", "X", "O", "*", "blank", NULL,
};

static const char *const map_party[] = {
	"DEM", "D", "REP", "R", "*", "keep", NULL,
};

static const char *const map_nc_party[] = {
	"DEM", "D", "REP", "R", "LIB", "Libertarian", "GRE", "Green", "CST", "Constitution",
	"UNA", "", "*", "keep", NULL,
};

static const char *const map_fl_party[] = {
	"DEM", "D", "REP", "R", "LPF", "Libertarian", "GRE", "Green", "NPA", "", "*", "keep",
	NULL,
};

static const char *const map_co_party[] = {
	"DEM", "D", "REP", "R", "LBR", "Libertarian", "GRN", "Green", "ACN",
	"American Constitution", "UNI", "Unity", "UAF", "", "*", "keep", NULL,
};

static const char *const map_ny_party[] = {
	"DEM", "D", "REP", "R", "CON", "Conservative", "WOR", "Working Families", "LBT",
	"Libertarian", "GRE", "Green", "IND", "Independence", "BLK", "", "*", "keep", NULL,
};

static const char *const map_oh_county[] = {
	"01", "Adams", "02", "Allen", "03", "Ashland", "04", "Ashtabula", "05", "Athens", "06",
	"Auglaize", "07", "Belmont", "08", "Brown", "09", "Butler", "10", "Carroll", "11",
	"Champaign", "12", "Clark", "13", "Clermont", "14", "Clinton", "15", "Columbiana", "16",
	"Coshocton", "17", "Crawford", "18", "Cuyahoga", "19", "Darke", "20", "Defiance", "21",
	"Delaware", "22", "Erie", "23", "Fairfield", "24", "Fayette", "25", "Franklin", "26",
	"Fulton", "27", "Gallia", "28", "Geauga", "29", "Greene", "30", "Guernsey", "31",
	"Hamilton", "32", "Hancock", "33", "Hardin", "34", "Harrison", "35", "Henry", "36",
	"Highland", "37", "Hocking", "38", "Holmes", "39", "Huron", "40", "Jackson", "41",
	"Jefferson", "42", "Knox", "43", "Lake", "44", "Lawrence", "45", "Licking", "46",
	"Logan", "47", "Lorain", "48", "Lucas", "49", "Madison", "50", "Mahoning", "51",
	"Marion", "52", "Medina", "53", "Meigs", "54", "Mercer", "55", "Miami", "56", "Monroe",
	"57", "Montgomery", "58", "Morgan", "59", "Morrow", "60", "Muskingum", "61", "Noble",
	"62", "Ottawa", "63", "Paulding", "64", "Perry", "65", "Pickaway", "66", "Pike", "67",
	"Portage", "68", "Preble", "69", "Putnam", "70", "Richland", "71", "Ross", "72",
	"Sandusky", "73", "Scioto", "74", "Seneca", "75", "Shelby", "76", "Stark", "77",
	"Summit", "78", "Trumbull", "79", "Tuscarawas", "80", "Union", "81", "Van Wert", "82",
	"Vinton", "83", "Warren", "84", "Washington", "85", "Wayne", "86", "Williams", "87",
	"Wood", "88", "Wyandot", NULL,
};

static const char *const map_ny_county[] = {
	"01", "Albany", "02", "Allegany", "03", "Bronx", "04", "Broome", "05", "Cattaraugus",
	"06", "Cayuga", "07", "Chautauqua", "08", "Chemung", "09", "Chenango", "10", "Clinton",
	"11", "Columbia", "12", "Cortland", "13", "Delaware", "14", "Dutchess", "15", "Erie",
	"16", "Essex", "17", "Franklin", "18", "Fulton", "19", "Genesee", "20", "Greene", "21",
	"Hamilton", "22", "Herkimer", "23", "Jefferson", "24", "Kings", "25", "Lewis", "26",
	"Livingston", "27", "Madison", "28", "Monroe", "29", "Montgomery", "30", "Nassau", "31",
	"New York", "32", "Niagara", "33", "Oneida", "34", "Onondaga", "35", "Ontario", "36",
	"Orange", "37", "Orleans", "38", "Oswego", "39", "Otsego", "40", "Putnam", "41",
	"Queens", "42", "Rensselaer", "43", "Richmond", "44", "Rockland", "45", "St. Lawrence",
	"46", "Saratoga", "47", "Schenectady", "48", "Schoharie", "49", "Schuyler", "50",
	"Seneca", "51", "Steuben", "52", "Suffolk", "53", "Sullivan", "54", "Tioga", "55",
	"Tompkins", "56", "Ulster", "57", "Warren", "58", "Washington", "59", "Wayne", "60",
	"Westchester", "61", "Wyoming", "62", "Yates", NULL,
};

static const char *const map_fl_county[] = {
	"ALA", "Alachua", "BAK", "Baker", "BAY", "Bay", "BRA", "Bradford", "BRE", "Brevard",
	"BRO", "Broward", "CAL", "Calhoun", "CHA", "Charlotte", "CIT", "Citrus", "CLA", "Clay",
	"CLL", "Collier", "CLM", "Columbia", "DAD", "Miami-Dade", "DES", "DeSoto", "DIX",
	"Dixie", "DUV", "Duval", "ESC", "Escambia", "FLA", "Flagler", "FRA", "Franklin", "GAD",
	"Gadsden", "GIL", "Gilchrist", "GLA", "Glades", "GUL", "Gulf", "HAM", "Hamilton", "HAR",
	"Hardee", "HEN", "Hendry", "HER", "Hernando", "HIG", "Highlands", "HIL", "Hillsborough",
	"HOL", "Holmes", "IND", "Indian River", "JAC", "Jackson", "JEF", "Jefferson", "LAF",
	"Lafayette", "LAK", "Lake", "LEE", "Lee", "LEO", "Leon", "LEV", "Levy", "LIB", "Liberty",
	"MAD", "Madison", "MAN", "Manatee", "MON", "Monroe", "MRN", "Marion", "MRT", "Martin",
	"NAS", "Nassau", "OKA", "Okaloosa", "OKE", "Okeechobee", "ORA", "Orange", "OSC",
	"Osceola", "PAL", "Palm Beach", "PAS", "Pasco", "PIN", "Pinellas", "POL", "Polk", "PUT",
	"Putnam", "SAN", "Santa Rosa", "SAR", "Sarasota", "SEM", "Seminole", "STJ", "St. Johns",
	"STL", "St. Lucie", "SUM", "Sumter", "SUW", "Suwannee", "TAY", "Taylor", "UNI", "Union",
	"VOL", "Volusia", "WAK", "Wakulla", "WAL", "Walton", "WAS", "Washington", NULL,
};

static const char *const map_wa_county[] = {
	"AD", "Adams", "AS", "Asotin", "BE", "Benton", "CH", "Chelan", "CM", "Clallam", "CR",
	"Clark", "CU", "Columbia", "CZ", "Cowlitz", "DG", "Douglas", "FE", "Ferry", "FR",
	"Franklin", "GA", "Garfield", "GR", "Grant", "GY", "Grays Harbor", "IS", "Island", "JE",
	"Jefferson", "KI", "King", "KP", "Kitsap", "KS", "Kittitas", "KT", "Klickitat", "LE",
	"Lewis", "LI", "Lincoln", "MA", "Mason", "OK", "Okanogan", "PA", "Pacific", "PE",
	"Pend Oreille", "PI", "Pierce", "SJ", "San Juan", "SK", "Skagit", "SM", "Skamania", "SN",
	"Snohomish", "SP", "Spokane", "ST", "Stevens", "TH", "Thurston", "WK", "Wahkiakum", "WL",
	"Walla Walla", "WM", "Whatcom", "WT", "Whitman", "YA", "Yakima", NULL,
};

static const char *const map_nc_method[] = {
	"IN-PERSON", "voted", "CURBSIDE", "voted", "PROVISIONAL", "voted", "TRANSFER", "voted",
	"LEGACY", "voted", "EARLY VOTING", "early", "ABSENTEE ONESTOP", "early",
	"ABSENTEE CURBSIDE", "early", "ABSENTEE", "absentee", "ABSENTEE BY MAIL", "absentee",
	"*", "reject", NULL,
};

static const char *const map_fl_method[] = {
	"Y", "voted", "E", "early", "A", "absentee", "*", "reject", NULL,
};

const struct known_map known_maps[] = {
	{ "sex", map_sex },
	{ "party", map_party },
	{ "nc_party", map_nc_party },
	{ "fl_party", map_fl_party },
	{ "co_party", map_co_party },
	{ "ny_party", map_ny_party },
	{ "oh_county", map_oh_county },
	{ "ny_county", map_ny_county },
	{ "fl_county", map_fl_county },
	{ "wa_county", map_wa_county },
	{ "nc_method", map_nc_method },
	{ "fl_method", map_fl_method },
	{ .name = NULL },
};

/* ---- files without a header line, known by their values ---- */

static bool
fits_florida(const struct column *columns)
{
	return columns[0].longest == 3 && column_kind(&columns[0]) == COLUMN_CAPITALS &&
	       columns[1].numbers == columns[1].filled && columns[28].longest == 3 &&
	       column_kind(&columns[22]) == COLUMN_DATE;
}

static bool
fits_florida_history(const struct column *columns)
{
	return columns[0].longest == 3 && column_kind(&columns[0]) == COLUMN_CAPITALS &&
	       columns[1].numbers == columns[1].filled && columns[3].longest <= 3 &&
	       columns[4].longest == 1 && column_kind(&columns[2]) == COLUMN_DATE;
}

/* SBOEID stands in front of the history, in both forms of the file. */
static bool
has_new_york_id(const struct column *column)
{
	return column->filled && column->voter_ids * 100 >= column->filled * 98;
}

static bool
fits_new_york_45(const struct column *columns)
{
	return has_new_york_id(&columns[43]);
}

static bool
fits_new_york_47(const struct column *columns)
{
	return has_new_york_id(&columns[45]);
}

/* ---- the layouts ---- */

static const char *const ohio_signature[] = {
	"SOS_VOTERID", "COUNTY_NUMBER", "LAST_NAME", "DATE_OF_BIRTH", "RESIDENTIAL_ADDRESS1",
	NULL,
};

static const struct known_pair ohio_pairs[] = {
	{ "SOS_VOTERID", "state_file_id", "trim", NULL },
	{ "LAST_NAME", "last_name", "name case", NULL },
	{ "FIRST_NAME", "first_name", "name case", NULL },
	{ "MIDDLE_NAME", "middle_name", "name case", NULL },
	{ "SUFFIX", "suffix", "name case", NULL },
	{ "DATE_OF_BIRTH", "born_at", "date", "YYYY-MM-DD" },
	{ "REGISTRATION_DATE", "registered_at", "date", "YYYY-MM-DD" },
	{ "PARTY_AFFILIATION", "party", "", NULL },
	{ "RESIDENTIAL_ADDRESS1", "registered_address.address1", "squeeze", NULL },
	{ "RESIDENTIAL_SECONDARY_ADDR", "registered_address.address2", "squeeze", NULL },
	{ "RESIDENTIAL_CITY", "registered_address.city", "name case", NULL },
	{ "RESIDENTIAL_ZIP", "registered_address.zip", "", NULL },
	{ "COUNTY_NUMBER",
	    "registered_address.county", "digits, zero fill 2, map oh_county", NULL },
	{ "MAILING_ADDRESS1", "mailing_address.address1", "squeeze", NULL },
	{ "MAILING_SECONDARY_ADDRESS", "mailing_address.address2", "squeeze", NULL },
	{ "MAILING_CITY", "mailing_address.city", "name case", NULL },
	{ "MAILING_STATE", "mailing_address.state", "", NULL },
	{ "MAILING_ZIP", "mailing_address.zip", "", NULL },
	{ "PRECINCT_CODE", "precinct.code", "", NULL },
	{ "PRECINCT_NAME", "precinct.name", "", NULL },
	{ "CONGRESSIONAL_DISTRICT", "federal_district", "", NULL },
	{ "STATE_SENATE_DISTRICT", "state_upper_district", "", NULL },
	{ "STATE_REPRESENTATIVE_DISTRICT", "state_lower_district", "", NULL },
	{ "TOWNSHIP", "township", "", NULL },
	{ "VILLAGE", "village_district", "", NULL },
	{ "WARD", "ward", "", NULL },
	{ .from = NULL },
};

static const char *const nc_signature[] = {
	"ncid", "voter_reg_num", "last_name", "res_street_address", "voter_status_desc", NULL,
};

static const struct known_pair nc_pairs[] = {
	{ "ncid", "state_file_id", "trim", NULL },
	{ "last_name", "last_name", "name case", NULL },
	{ "first_name", "first_name", "name case", NULL },
	{ "middle_name", "middle_name", "name case", NULL },
	{ "name_suffix_lbl", "suffix", "name case", NULL },
	{ "gender_code", "sex", "map sex", NULL },
	{ "birth_year", "born_at", "date", "YYYY" },
	{ "registr_dt", "registered_at", "date", "MM/DD/YYYY" },
	{ "party_cd", "party", "map nc_party", NULL },
	{ "full_phone_number", "phone_number", "digits", NULL },
	{ "res_street_address", "registered_address.address1", "squeeze", NULL },
	{ "res_city_desc", "registered_address.city", "name case", NULL },
	{ "zip_code", "registered_address.zip", "trim", NULL },
	{ "county_desc", "registered_address.county", "name case", NULL },
	{ "mail_addr1", "mailing_address.address1", "squeeze", NULL },
	{ "mail_addr2", "mailing_address.address2", "squeeze", NULL },
	{ "mail_addr3", "mailing_address.address3", "squeeze", NULL },
	{ "mail_city", "mailing_address.city", "name case", NULL },
	{ "mail_state", "mailing_address.state", "trim", NULL },
	{ "mail_zipcode", "mailing_address.zip", "trim", NULL },
	{ "precinct_abbrv", "precinct.code", "trim", NULL },
	{ "precinct_desc", "precinct.name", "trim", NULL },
	{ "cong_dist_abbrv", "federal_district", "trim", NULL },
	{ "nc_senate_abbrv", "state_upper_district", "trim", NULL },
	{ "nc_house_abbrv", "state_lower_district", "trim", NULL },
	{ "township_desc", "township", "trim", NULL },
	{ "ward_desc", "ward", "trim", NULL },
	{ .from = NULL },
};

static const char *const nc_history_signature[] = {
	"ncid", "election_lbl", "voting_method", "voted_party_cd", NULL,
};

static const struct known_pair nc_history_pairs[] = {
	{ "ncid", "state_file.id", "trim", NULL },
	{ "election_lbl", "election.election_at", "date", "MM/DD/YYYY" },
	{ "voting_method", "ballots.vote_method", "map nc_method", NULL },
	{ .from = NULL },
};

static const char *const florida_header[] = {
	"county_code", "voter_id", "name_last", "name_suffix", "name_first", "name_middle",
	"public_records_exemption", "residence_address_1", "residence_address_2",
	"residence_city", "residence_state", "residence_zipcode", "mailing_address_1",
	"mailing_address_2", "mailing_address_3", "mailing_city", "mailing_state",
	"mailing_zipcode", "mailing_country", "gender", "race", "birth_date",
	"registration_date", "party_affiliation", "precinct", "precinct_group", "precinct_split",
	"precinct_suffix", "voter_status", "congressional_district", "house_district",
	"senate_district", "county_commission_district", "school_board_district",
	"daytime_area_code", "daytime_phone_number", "daytime_phone_extension", "email_address",
	NULL,
};

static const struct known_pair florida_pairs[] = {
	{ "voter_id", "state_file_id", "trim", NULL },
	{ "name_last", "last_name", "name case", NULL },
	{ "name_first", "first_name", "name case", NULL },
	{ "name_middle", "middle_name", "name case", NULL },
	{ "name_suffix", "suffix", "name case", NULL },
	{ "gender", "sex", "map sex", NULL },
	{ "birth_date", "born_at", "date", "MM/DD/YYYY" },
	{ "registration_date", "registered_at", "date", "MM/DD/YYYY" },
	{ "party_affiliation", "party", "map fl_party", NULL },
	{ "{daytime_area_code}{daytime_phone_number}", "phone_number", "digits", NULL },
	{ "email_address", "email", "trim, lower", NULL },
	{ "residence_address_1", "registered_address.address1", "squeeze", NULL },
	{ "residence_address_2", "registered_address.address2", "squeeze", NULL },
	{ "residence_city", "registered_address.city", "name case", NULL },
	{ "residence_zipcode", "registered_address.zip", "trim", NULL },
	{ "county_code", "registered_address.county", "map fl_county", NULL },
	{ "mailing_address_1", "mailing_address.address1", "squeeze", NULL },
	{ "mailing_address_2", "mailing_address.address2", "squeeze", NULL },
	{ "mailing_address_3", "mailing_address.address3", "squeeze", NULL },
	{ "mailing_city", "mailing_address.city", "name case", NULL },
	{ "mailing_state", "mailing_address.state", "trim", NULL },
	{ "mailing_zipcode", "mailing_address.zip", "trim", NULL },
	{ "precinct", "precinct.code", "trim", NULL },
	{ "congressional_district", "federal_district", "", NULL },
	{ "senate_district", "state_upper_district", "", NULL },
	{ "house_district", "state_lower_district", "", NULL },
	{ .from = NULL },
};

static const char *const florida_history_header[] = {
	"county_code", "voter_id", "election_date", "election_type", "history_code", NULL,
};

static const struct known_pair florida_history_pairs[] = {
	{ "voter_id", "state_file.id", "trim", NULL },
	{ "election_date", "election.election_at", "date", "MM/DD/YYYY" },
	{ "history_code", "ballots.vote_method", "map fl_method", NULL },
	{ .from = NULL },
};

static const char *const washington_signature[] = {
	"StateVoterID", "FName", "LName", "RegStNum", "RegCity", "LegislativeDistrict", NULL,
};

static const struct known_pair washington_pairs[] = {
	{ "StateVoterID", "state_file_id", "trim", NULL },
	{ "LName", "last_name", "name case", NULL },
	{ "FName", "first_name", "name case", NULL },
	{ "MName", "middle_name", "name case", NULL },
	{ "NameSuffix", "suffix", "name case", NULL },
	{ "Gender", "sex", "map sex", NULL },
	{ "Birthdate", "born_at", "date", "MM/DD/YYYY" },
	{ "Birthyear", "born_at", "date", "YYYY" },
	{ "Registrationdate", "registered_at", "date", "MM/DD/YYYY" },
	{ "{RegStNum} {RegStFrac} {RegStPreDirection} {RegStName} {RegStType} {RegStPostDirection}",
	    "registered_address.address1", "squeeze", NULL },
	{ "{RegUnitType} {RegUnitNum}", "registered_address.address2", "squeeze", NULL },
	{ "{RegUnitType} {RegStUnitNum}", "registered_address.address2", "squeeze", NULL },
	{ "RegCity", "registered_address.city", "name case", NULL },
	{ "RegZipCode", "registered_address.zip", "", NULL },
	{ "CountyCode", "registered_address.county", "map wa_county", NULL },
	{ "Mail1", "mailing_address.address1", "squeeze", NULL },
	{ "Mail2", "mailing_address.address2", "squeeze", NULL },
	{ "Mail3", "mailing_address.address3", "squeeze", NULL },
	{ "MailCity", "mailing_address.city", "name case", NULL },
	{ "MailState", "mailing_address.state", "", NULL },
	{ "MailZip", "mailing_address.zip", "", NULL },
	{ "PrecinctCode", "precinct.code", "", NULL },
	{ "CongressionalDistrict", "federal_district", "", NULL },
	{ "LegislativeDistrict", "state_upper_district", "", NULL },
	{ .from = NULL },
};

static const char *const colorado_signature[] = {
	"VOTER_ID", "COUNTY", "LAST_NAME", "RESIDENTIAL_ADDRESS", "RESIDENTIAL_CITY", NULL,
};

static const struct known_pair colorado_pairs[] = {
	{ "VOTER_ID", "state_file_id", "trim", NULL },
	{ "LAST_NAME", "last_name", "name case", NULL },
	{ "FIRST_NAME", "first_name", "name case", NULL },
	{ "MIDDLE_NAME", "middle_name", "name case", NULL },
	{ "NAME_SUFFIX", "suffix", "name case", NULL },
	{ "GENDER", "sex", "map sex", NULL },
	{ "BIRTH_YEAR", "born_at", "date", "YYYY" },
	{ "REGISTRATION_DATE", "registered_at", "date", "MM/DD/YYYY" },
	{ "PARTY", "party", "map co_party", NULL },
	{ "PHONE_NUM", "phone_number", "digits", NULL },
	{ "RESIDENTIAL_ADDRESS", "registered_address.address1", "squeeze", NULL },
	{ "{UNIT_TYPE} {UNIT_NUM}", "registered_address.address2", "squeeze", NULL },
	{ "RESIDENTIAL_CITY", "registered_address.city", "name case", NULL },
	{ "RESIDENTIAL_ZIP_CODE", "registered_address.zip", "", NULL },
	{ "COUNTY", "registered_address.county", "name case", NULL },
	{ "MAIL_ADDR1", "mailing_address.address1", "squeeze", NULL },
	{ "MAIL_ADDR2", "mailing_address.address2", "squeeze", NULL },
	{ "MAIL_ADDR3", "mailing_address.address3", "squeeze", NULL },
	{ "MAILING_CITY", "mailing_address.city", "name case", NULL },
	{ "MAILING_STATE", "mailing_address.state", "", NULL },
	{ "MAILING_ZIP_CODE", "mailing_address.zip", "", NULL },
	{ "PRECINCT", "precinct.code", "", NULL },
	{ "PRECINCT_NAME", "precinct.name", "", NULL },
	{ "CONGRESSIONAL", "federal_district", "digits", NULL },
	{ "STATE_SENATE", "state_upper_district", "digits", NULL },
	{ "STATE_HOUSE", "state_lower_district", "digits", NULL },
	{ .from = NULL },
};

static const char *const ny45_header[] = {
	"LASTNAME", "FIRSTNAME", "MIDDLENAME", "NAMESUFFIX", "RADDNUMBER", "RHALFCODE",
	"RAPARTMENT", "RPREDIRECTION", "RSTREETNAME", "RPOSTDIRECTION", "RCITY", "RZIP5",
	"RZIP4", "MAILADD1", "MAILADD2", "MAILADD3", "MAILADD4", "DOB", "GENDER", "ENROLLMENT",
	"OTHERPARTY", "COUNTYCODE", "ED", "LD", "TOWNCITY", "WARD", "CD", "SD", "AD",
	"LASTVOTEDDATE", "PREVYEARVOTED", "PREVCOUNTY", "PREVADDRESS", "PREVNAME",
	"COUNTYVRNUMBER", "REGDATE", "VRSOURCE", "IDREQUIRED", "IDMET", "STATUS", "REASONCODE",
	"INACT_DATE", "PURGE_DATE", "SBOEID", "VOTERHISTORY", NULL,
};

static const char *const ny_signature[] = {
	"LASTNAME", "RADDNUMBER", "RSTREETNAME", "COUNTYCODE", "SBOEID", NULL,
};

static const struct known_pair ny_pairs[] = {
	{ "SBOEID", "state_file_id", "trim", NULL },
	{ "LASTNAME", "last_name", "name case", NULL },
	{ "FIRSTNAME", "first_name", "name case", NULL },
	{ "MIDDLENAME", "middle_name", "name case", NULL },
	{ "NAMESUFFIX", "suffix", "name case", NULL },
	{ "GENDER", "sex", "map sex", NULL },
	{ "DOB", "born_at", "date", "YYYYMMDD" },
	{ "REGDATE", "registered_at", "date", "YYYYMMDD" },
	{ "ENROLLMENT", "party", "map ny_party", NULL },
	{ "{RADDNUMBER} {RHALFCODE} {RPREDIRECTION} {RSTREETNAME} {RPOSTDIRECTION}",
	    "registered_address.address1", "squeeze", NULL },
	{ "{RAPARTMENTTYPE} {RAPARTMENT}", "registered_address.address2", "squeeze", NULL },
	{ "RAPARTMENT", "registered_address.address2", "squeeze", NULL },
	{ "RCITY", "registered_address.city", "name case", NULL },
	{ "RZIP5", "registered_address.zip", "trim", NULL },
	{ "COUNTYCODE", "registered_address.county", "digits, zero fill 2, map ny_county", NULL },
	{ "MAILADD1", "mailing_address.address1", "squeeze", NULL },
	{ "MAILADD2", "mailing_address.address2", "squeeze", NULL },
	{ "MAILADD3", "mailing_address.address3", "squeeze", NULL },
	{ "CD", "federal_district", "trim", NULL },
	{ "SD", "state_upper_district", "trim", NULL },
	{ "AD", "state_lower_district", "trim", NULL },
	{ "WARD", "ward", "trim", NULL },
	{ "TOWNCITY", "township", "trim", NULL },
	{ "ED", "precinct.code", "trim", NULL },
	{ .from = NULL },
};

static const char *const ny47_header[] = {
	"LASTNAME", "FIRSTNAME", "MIDDLENAME", "NAMESUFFIX", "RADDNUMBER", "RHALFCODE",
	"RPREDIRECTION", "RSTREETNAME", "RPOSTDIRECTION", "RAPARTMENTTYPE", "RAPARTMENT",
	"RADDRNONSTD", "RCITY", "RZIP5", "RZIP4", "MAILADD1", "MAILADD2", "MAILADD3", "MAILADD4",
	"DOB", "GENDER", "ENROLLMENT", "OTHERPARTY", "COUNTYCODE", "ED", "LD", "TOWNCITY",
	"WARD", "CD", "SD", "AD", "LASTVOTEDDATE", "PREVYEARVOTED", "PREVCOUNTY", "PREVADDRESS",
	"PREVNAME", "COUNTYVRNUMBER", "REGDATE", "VRSOURCE", "IDREQUIRED", "IDMET", "STATUS",
	"REASONCODE", "INACT_DATE", "PURGE_DATE", "SBOEID", "VOTERHISTORY", NULL,
};

static const struct known_constant people_oh[] = {
	{ "registered_address.state", "OH" },
	{ .field = NULL },
};

static const struct known_constant people_nc[] = {
	{ "registered_address.state", "NC" },
	{ .field = NULL },
};

static const struct known_constant people_fl[] = {
	{ "registered_address.state", "FL" },
	{ .field = NULL },
};

static const struct known_constant people_wa[] = {
	{ "registered_address.state", "WA" },
	{ .field = NULL },
};

static const struct known_constant people_co[] = {
	{ "registered_address.state", "CO" },
	{ .field = NULL },
};

static const struct known_constant people_ny[] = {
	{ "registered_address.state", "NY" },
	{ .field = NULL },
};

static const struct known_constant ballots_nc[] = {
	{ "registered_address.state", "NC" },
	{ "election.state", "NC" },
	{ "election.country_code", "US" },
	{ .field = NULL },
};

static const struct known_constant ballots_fl[] = {
	{ "registered_address.state", "FL" },
	{ "election.state", "FL" },
	{ "election.country_code", "US" },
	{ .field = NULL },
};

const struct known known_layouts[] = {
	{ .name = "Ohio voter file",
	    .state = "OH",
	    .signature = ohio_signature,
	    .pairs = ohio_pairs,
	    .constants = people_oh,
	    .only = "VOTER_STATUS",
	    .test = "\"in\", [ \"ACTIVE\" ]",
	    .why = "Ohio writes ACTIVE and CONFIRMATION",
	    .note = "the votes are in the columns PRIMARY-..., GENERAL-...: a ballot "
	            "source of their own, see jobs/ohio-history.cfg" },
	{ .name = "North Carolina voter file",
	    .state = "NC",
	    .signature = nc_signature,
	    .pairs = nc_pairs,
	    .constants = people_nc,
	    .only = "voter_status_desc",
	    .test = "\"in\", [ \"ACTIVE\", \"INACTIVE\" ]",
	    .why = "also REMOVED, DENIED and TEMPORARY voters are in the file" },
	{ .name = "North Carolina vote history",
	    .state = "NC",
	    .is_ballot = true,
	    .signature = nc_history_signature,
	    .pairs = nc_history_pairs,
	    .constants = ballots_nc,
	    .note = "methods that the map does not name are left out and counted" },
	{ .name = "Florida voter file",
	    .state = "FL",
	    .header = florida_header,
	    .fits = fits_florida,
	    .pairs = florida_pairs,
	    .constants = people_fl,
	    .only = "public_records_exemption",
	    .test = "\"!=\", \"Y\"",
	    .why = "the names and addresses of exempt voters are stars",
	    .note = "ACT and INA voters are in it: voter_status" },
	{ .name = "Florida vote history",
	    .state = "FL",
	    .is_ballot = true,
	    .header = florida_history_header,
	    .fits = fits_florida_history,
	    .pairs = florida_history_pairs,
	    .constants = ballots_fl,
	    .only = "history_code",
	    .test = "\"in\", [ \"A\", \"E\", \"Y\" ]",
	    .why = "the other codes are ballots that were not counted, and no votes",
	    .is_only_sure = true },
	{ .name = "Washington voter file",
	    .state = "WA",
	    .signature = washington_signature,
	    .pairs = washington_pairs,
	    .constants = people_wa,
	    .only = "StatusCode",
	    .test = "\"in\", [ \"Active\", \"A\" ]",
	    .why = "inactive voters are in the file",
	    .note = "Washington's two houses have the same districts: LegislativeDistrict "
	            "is sent as the upper one" },
	{ .name = "Colorado voter file",
	    .state = "CO",
	    .signature = colorado_signature,
	    .pairs = colorado_pairs,
	    .constants = people_co,
	    .only = "STATUS",
	    .test = "\"in\", [ \"Active\", \"Inactive\" ]",
	    .why = "other states of a registration may be in the file" },
	/* As counties send it, or others who have given it a header line. */
	{ .name = "New York voter file",
	    .state = "NY",
	    .signature = ny_signature,
	    .pairs = ny_pairs,
	    .constants = people_ny,
	    .only = "STATUS",
	    .test = "\"in\", [ \"A\", \"AM\", \"AF\", \"AP\", \"AU\", \"I\" ]",
	    .why = "purged (P) and pre-registered (17) voters are in the file",
	    .note = "the votes are in VOTERHISTORY: a ballot source of its own, see "
	            "jobs/new-york-history.cfg" },
	{ .name = "New York voter file",
	    .state = "NY",
	    .header = ny45_header,
	    .spare = 1,
	    .fits = fits_new_york_45,
	    .pairs = ny_pairs,
	    .constants = people_ny,
	    .only = "STATUS",
	    .test = "\"in\", [ \"A\", \"AM\", \"AF\", \"AP\", \"AU\", \"I\" ]",
	    .why = "purged (P) and pre-registered (17) voters are in the file",
	    .note = "the votes are in VOTERHISTORY: a ballot source of its own, see "
	            "jobs/new-york-history.cfg" },
	{ .name = "New York voter file",
	    .state = "NY",
	    .header = ny47_header,
	    .spare = 1,
	    .fits = fits_new_york_47,
	    .pairs = ny_pairs,
	    .constants = people_ny,
	    .only = "STATUS",
	    .test = "\"in\", [ \"A\", \"AM\", \"AF\", \"AP\", \"AU\", \"I\" ]",
	    .why = "purged (P) and pre-registered (17) voters are in the file",
	    .note = "the votes are in VOTERHISTORY: a ballot source of its own, see "
	            "jobs/new-york-history.cfg" },
	{ .name = NULL },
};

static bool
has_name(const struct span *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal_nocase(span_trim(names[i]), span_of(name)))
			return true;
	}
	return false;
}

static bool
has_all(const struct span *names, size_t count, const char *const *wanted)
{
	for (; *wanted; wanted++) {
		if (!has_name(names, count, *wanted))
			return false;
	}
	return true;
}

static size_t
length_of(const char *const *names)
{
	size_t count = 0;

	while (names[count])
		count++;
	return count;
}

const struct known *
known_by_names(const struct span *names, size_t count)
{
	for (const struct known *known = known_layouts; known->name; known++) {
		if (known->signature && has_all(names, count, known->signature))
			return known;
	}
	return NULL;
}

const struct known *
known_by_shape(const struct column *columns, size_t count)
{
	for (const struct known *known = known_layouts; known->name; known++) {
		size_t least = known->header ? length_of(known->header) : count + 1;

		if (least <= count && count - least <= known->spare && known->fits(columns))
			return known;
	}
	return NULL;
}
