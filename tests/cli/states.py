#!/usr/bin/env python3
"""states.py LAYOUT ROWS [SEED [FIRST]] - a synthetic voter file on stdout, as a state sends it: real names of
columns, delimiter, quoting, encoding, line ends, and the oddities that its files have. The same
arguments give the same bytes. FIRST is added to the numbers in ids. Nobody in it exists.

states.py --worn LAYOUT SIZE [SEED] - the same, until SIZE bytes are written, and worn: dates that are none, blanks in ids,
quotation marks and hard returns in values, statuses and methods nobody knows, votes of voters who were removed, line ends
of both kinds, none behind the last record. Voters of a people file are those of its history of the same SEED."""
import itertools
import random
import re
import sys

LAST = ['SMITH', 'LEE', 'O\'BRIEN', 'MCDONALD', 'DE LA CRUZ', 'NU\u00d1EZ', 'VAN DER BERG', 'GARC\u00cdA', 'SMITH-JONES',
    'ST. JOHN', 'WONG', 'M\u00dcLLER']
FIRST = ['ANN', 'JOS\u00c9', 'BO', 'MARY ANN', 'REN\u00c9E', 'TYRONE', 'D\'ANGELO', 'ED', 'ZO\u00cb', 'JO-ANN']
STREETS = ['MAIN', 'OAK', '3RD', 'MARTIN LUTHER KING', 'PEACHTREE']
TYPES = ['ST', 'AVE', 'RD', 'BLVD']
CITIES = ['SPRINGFIELD', 'CA\u00d1ON CITY', 'LAKE MARY', 'NEW BERN']

OHIO = '''SOS_VOTERID COUNTY_NUMBER COUNTY_ID LAST_NAME FIRST_NAME MIDDLE_NAME SUFFIX DATE_OF_BIRTH
    REGISTRATION_DATE VOTER_STATUS PARTY_AFFILIATION RESIDENTIAL_ADDRESS1 RESIDENTIAL_SECONDARY_ADDR
    RESIDENTIAL_CITY RESIDENTIAL_STATE RESIDENTIAL_ZIP RESIDENTIAL_ZIP_PLUS4 RESIDENTIAL_COUNTRY
    RESIDENTIAL_POSTALCODE MAILING_ADDRESS1 MAILING_SECONDARY_ADDRESS MAILING_CITY MAILING_STATE MAILING_ZIP
    MAILING_ZIP_PLUS4 MAILING_COUNTRY MAILING_POSTAL_CODE CAREER_CENTER CITY CITY_SCHOOL_DISTRICT
    COUNTY_COURT_DISTRICT CONGRESSIONAL_DISTRICT COURT_OF_APPEALS EDU_SERVICE_CENTER_DISTRICT
    EXEMPTED_VILL_SCHOOL_DISTRICT LIBRARY LOCAL_SCHOOL_DISTRICT MUNICIPAL_COURT_DISTRICT PRECINCT_NAME
    PRECINCT_CODE STATE_BOARD_OF_EDUCATION STATE_REPRESENTATIVE_DISTRICT STATE_SENATE_DISTRICT TOWNSHIP
    VILLAGE WARD'''.split()
OHIO_ELECTIONS = ['PRIMARY-03/17/2020', 'GENERAL-11/03/2020', 'SPECIAL-08/08/2023', 'GENERAL-11/07/2023']
NC = '''county_id county_desc voter_reg_num ncid last_name first_name middle_name name_suffix_lbl status_cd
    voter_status_desc reason_cd voter_status_reason_desc res_street_address res_city_desc state_cd zip_code
    mail_addr1 mail_addr2 mail_addr3 mail_addr4 mail_city mail_state mail_zipcode full_phone_number
    confidential_ind registr_dt race_code ethnic_code party_cd gender_code birth_year age_at_year_end
    birth_state drivers_lic precinct_abbrv precinct_desc municipality_abbrv municipality_desc ward_abbrv
    ward_desc cong_dist_abbrv super_court_abbrv judic_dist_abbrv nc_senate_abbrv nc_house_abbrv
    county_commiss_abbrv county_commiss_desc township_abbrv township_desc school_dist_abbrv school_dist_desc
    fire_dist_abbrv fire_dist_desc water_dist_abbrv water_dist_desc sewer_dist_abbrv sewer_dist_desc
    sanit_dist_abbrv sanit_dist_desc rescue_dist_abbrv rescue_dist_desc munic_dist_abbrv munic_dist_desc
    dist_1_abbrv dist_1_desc vtd_abbrv vtd_desc'''.split()
NC_HISTORY = '''county_id county_desc voter_reg_num election_lbl election_desc voting_method voted_party_cd
    voted_party_desc pct_label pct_description ncid voted_county_id voted_county_desc vtd_label
    vtd_description'''.split()
FLORIDA = '''county_code voter_id name_last name_suffix name_first name_middle public_records_exemption
    residence_address_1 residence_address_2 residence_city residence_state residence_zipcode mailing_address_1
    mailing_address_2 mailing_address_3 mailing_city mailing_state mailing_zipcode mailing_country gender race
    birth_date registration_date party_affiliation precinct precinct_group precinct_split precinct_suffix
    voter_status congressional_district house_district senate_district county_commission_district
    school_board_district daytime_area_code daytime_phone_number daytime_phone_extension email_address'''.split()
WASHINGTON = '''StateVoterID FName MName LName NameSuffix Birthyear Gender RegStNum RegStFrac RegStName RegStType
    RegUnitType RegStPreDirection RegStPostDirection RegStUnitNum RegCity RegState RegZipCode CountyCode
    PrecinctCode PrecinctPart LegislativeDistrict CongressionalDistrict Mail1 Mail2 Mail3 MailCity MailZip
    MailState MailCountry Registrationdate LastVoted StatusCode'''.split()
COLORADO = '''VOTER_ID COUNTY_CODE COUNTY LAST_NAME FIRST_NAME MIDDLE_NAME NAME_SUFFIX VOTER_NAME STATUS_CODE
    PRECINCT_NAME ADDRESS_LIBRARY_ID HOUSE_NUM HOUSE_SUFFIX PRE_DIR STREET_NAME STREET_TYPE POST_DIR UNIT_TYPE
    UNIT_NUM ADDRESS_NON_STD RESIDENTIAL_ADDRESS RESIDENTIAL_CITY RESIDENTIAL_STATE RESIDENTIAL_ZIP_CODE
    RESIDENTIAL_ZIP_PLUS EFFECTIVE_DATE REGISTRATION_DATE STATUS STATUS_REASON BIRTH_YEAR GENDER PRECINCT SPLIT
    VOTER_STATUS_ID PARTY PARTY_AFFILIATION_DATE PHONE_NUM MAIL_ADDR1 MAIL_ADDR2 MAIL_ADDR3 MAILING_CITY
    MAILING_STATE MAILING_ZIP_CODE MAILING_ZIP_PLUS MAILING_COUNTRY SPL_ID PERMANENT_MAIL_IN_VOTER CONGRESSIONAL
    STATE_SENATE STATE_HOUSE ID_REQUIRED'''.split()
NEW_YORK = '''LASTNAME FIRSTNAME MIDDLENAME NAMESUFFIX RADDNUMBER RHALFCODE RPREDIRECTION RSTREETNAME
    RPOSTDIRECTION RAPARTMENTTYPE RAPARTMENT RADDRNONSTD RCITY RZIP5 RZIP4 MAILADD1 MAILADD2 MAILADD3 MAILADD4
    DOB GENDER ENROLLMENT OTHERPARTY COUNTYCODE ED LD TOWNCITY WARD CD SD AD LASTVOTEDDATE PREVYEARVOTED
    PREVCOUNTY PREVADDRESS PREVNAME COUNTYVRNUMBER REGDATE VRSOURCE IDREQUIRED IDMET STATUS REASONCODE
    INACT_DATE PURGE_DATE SBOEID VOTERHISTORY'''.split()


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def one(self, *choices):
        return self.random.choice(choices)

    def date(self, form, first=1930, last=2004):
        year, month, day = self.random.randint(first, last), self.random.randint(1, 12), self.random.randint(1, 28)
        return form.format(y=year, m=month, d=day)

    def person(self):
        return {
            'last': self.one(*LAST), 'first': self.one(*FIRST), 'middle': self.one('', 'J', 'LEE', 'ANN'),
            'suffix': self.one('', '', '', 'JR', 'III'), 'number': str(self.random.randint(1, 19999)),
            'street': self.one(*STREETS), 'type': self.one(*TYPES), 'city': self.one(*CITIES),
            'zip': f'{self.random.randint(10000, 99999)}',
        }


US, ISO, PLAIN, SHORT = '{m:02}/{d:02}/{y}', '{y}-{m:02}-{d:02}', '{y}{m:02}{d:02}', '{m}/{d}/{y}'


def ohio(m, i):
    p = m.person()
    row = dict.fromkeys(OHIO, '')
    row.update(SOS_VOTERID=f'OH{i:010}', COUNTY_NUMBER=f'{m.random.randint(1, 88):02}', COUNTY_ID=f'{i + 400000}',
        LAST_NAME=p['last'], FIRST_NAME=p['first'], MIDDLE_NAME=p['middle'], SUFFIX=p['suffix'],
        DATE_OF_BIRTH=m.date(ISO), REGISTRATION_DATE=m.date(ISO, 2000, 2023),
        VOTER_STATUS=m.one('ACTIVE', 'ACTIVE', 'CONFIRMATION'), PARTY_AFFILIATION=m.one('', 'D', 'R'),
        RESIDENTIAL_ADDRESS1=f"{p['number']} {p['street']}  {p['type']}", RESIDENTIAL_CITY=p['city'],
        RESIDENTIAL_STATE=m.one('OH', 'OH', ''), RESIDENTIAL_ZIP=p['zip'], PRECINCT_NAME=f'WARD {i % 9}, A',
        PRECINCT_CODE=f'{i % 9}-A', CONGRESSIONAL_DISTRICT=f'{i % 15 + 1:02}', STATE_SENATE_DISTRICT='03',
        STATE_REPRESENTATIVE_DISTRICT='12')
    for election in OHIO_ELECTIONS:
        row[election] = m.one('', '', 'X') if election.startswith('GEN') else m.one('', '', 'X', 'D', 'R')
    return row


def nc(m, i):
    p = m.person()
    row = dict.fromkeys(NC, ' ' if i % 2 else '')
    row.update(county_id=str(i % 100 + 1), county_desc=m.one('WAKE', 'NEW HANOVER', 'ORANGE'), voter_reg_num=f'{i:012}',
        ncid=f'{m.one("AA", "BN", "DL")}{i}', last_name=p['last'], first_name=p['first'], middle_name=p['middle'],
        name_suffix_lbl=p['suffix'],
        voter_status_desc=m.one('ACTIVE', 'ACTIVE', 'INACTIVE', 'REMOVED', 'DENIED'),
        res_street_address=f"{p['number']}  {p['street']}   {p['type']}   # {i % 40}", res_city_desc=p['city'],
        state_cd='NC', zip_code=p['zip'], full_phone_number=m.one('', f'919555{i % 10000:04}'),
        registr_dt=m.date(US, 1990, 2023), party_cd=m.one('DEM', 'REP', 'UNA', 'LIB', 'GRE'),
        gender_code=m.one('M', 'F', 'U'), birth_year=str(m.random.randint(1930, 2004)), precinct_abbrv=f'{i % 9:02}',
        precinct_desc=f'PRECINCT {i % 9}', cong_dist_abbrv='02', nc_senate_abbrv='16', nc_house_abbrv='33')
    if i % 17 == 0:
        row['res_street_address'] = f'{p["number"]} "THE OAKS" APT'
    return row


def nc_history(m, i):
    row = dict.fromkeys(NC_HISTORY, '')
    row.update(county_id='92', county_desc='WAKE', ncid=f'AA{i // 2 + 1}', voter_reg_num=f'{i:012}',
        election_lbl=('11/03/2020', '11/08/2022')[i % 2], election_desc='GENERAL', voting_method=m.one('IN-PERSON',
        'ABSENTEE ONESTOP', 'ABSENTEE BY MAIL', 'EARLY VOTING', 'CURBSIDE', 'TRANSFER', 'NO METHOD'),
        voted_party_cd=m.one('DEM', 'REP'))
    return row


def florida(m, i):
    p = m.person()
    row = dict.fromkeys(FLORIDA, '')
    row.update(county_code=m.one('ALA', 'DAD', 'STJ'), voter_id=f'{100000000 + i}', name_last=p['last'], name_first=p['first'],
        name_middle=p['middle'], name_suffix=p['suffix'], public_records_exemption='N',
        residence_address_1=f"{p['number']} {p['street']} {p['type']} ", residence_city=p['city'], residence_zipcode=p['zip'],
        gender=m.one('M', 'F', 'U'), birth_date=m.date(US), registration_date=m.date(US, 2000, 2023),
        party_affiliation=m.one('REP', 'DEM', 'NPA', 'LPF'), precinct='12', voter_status=m.one('ACT', 'ACT', 'INA'),
        congressional_district='3', house_district='22', senate_district='9')
    if i % 3 == 0:
        row.update(daytime_area_code='352', daytime_phone_number=f'555{i % 10000:04}', email_address=f'Voter{i}@EXAMPLE.org')
    if i % 11 == 0:  # exempt: stars
        row.update(public_records_exemption='Y', name_last='*', name_first='*', name_middle='*',
            residence_address_1='*', residence_city='*', residence_zipcode='*', birth_date='*')
    if i % 13 == 0:  # quotation marks mean nothing in these files
        row['residence_address_2'] = 'LOT 5" WEST'
    return row


def florida_history(m, i):
    return dict(county_code='ALA', voter_id=f'{100000001 + i // 2}', election_date=('11/03/2020', '08/18/2020')[i % 2],
        election_type=('GEN', 'PRI')[i % 2], history_code=m.one('Y', 'E', 'A', 'N', 'P', 'B'))


def washington(m, i):
    p = m.person()
    row = dict.fromkeys(WASHINGTON, '')
    row.update(StateVoterID=f'{1000000 + i}', FName=p['first'], MName=p['middle'], LName=p['last'], NameSuffix=p['suffix'],
        Birthyear=str(m.random.randint(1930, 2004)), Gender=m.one('M', 'F', 'U', 'O'), RegStNum=p['number'],
        RegStFrac=m.one('', '', '1/2'), RegStName=p['street'], RegStType=p['type'],
        RegStPreDirection=m.one('', 'NE'), RegUnitType=m.one('', 'APT'), RegCity=p['city'], RegState='WA',
        RegZipCode=p['zip'], CountyCode=m.one('KI', 'SN', 'PI'), PrecinctCode='61', LegislativeDistrict='19',
        CongressionalDistrict='9', Registrationdate=m.date(US, 1990, 2023), StatusCode=m.one('Active', 'Active', 'Inactive'))
    if row['RegUnitType']:
        row['RegStUnitNum'] = str(i % 70)
    return row


def colorado(m, i):
    p = m.person()
    row = dict.fromkeys(COLORADO, '')
    row.update(VOTER_ID=str(5000000 + i), COUNTY_CODE='03', COUNTY=m.one('Arapahoe', 'Denver'), LAST_NAME=p['last'],
        FIRST_NAME=p['first'], MIDDLE_NAME=p['middle'], NAME_SUFFIX=p['suffix'],
        VOTER_NAME=f"{p['last']}, {p['first']} {p['middle']}", STATUS_CODE='A', HOUSE_NUM=p['number'],
        STREET_NAME=p['street'], STREET_TYPE=p['type'], UNIT_TYPE=m.one('', 'APT'),
        RESIDENTIAL_ADDRESS=f"{p['number']} {p['street']} {p['type']}", RESIDENTIAL_CITY=p['city'],
        RESIDENTIAL_STATE='CO', RESIDENTIAL_ZIP_CODE=p['zip'], REGISTRATION_DATE=m.date(SHORT, 1990, 2023),
        STATUS=m.one('Active', 'Active', 'Inactive', 'Cancelled'), BIRTH_YEAR=str(m.random.randint(1930, 2004)),
        GENDER=m.one('Male', 'Female', 'Unknown'), PRECINCT='5881234567', PARTY=m.one('REP', 'DEM', 'UAF', 'LBR'),
        PHONE_NUM=m.one('', f'1-(303)555-{i % 10000:04}'), CONGRESSIONAL='Congressional 6', STATE_SENATE='State Senate 30',
        STATE_HOUSE='State House 44')
    if row['UNIT_TYPE']:
        row['UNIT_NUM'] = str(i % 70)
    return row


def new_york(m, i):
    p = m.person()
    row = dict.fromkeys(NEW_YORK, '')
    row.update(LASTNAME=p['last'], FIRSTNAME=p['first'], MIDDLENAME=p['middle'], NAMESUFFIX=p['suffix'],
        RADDNUMBER=p['number'], RHALFCODE=m.one('', '', '1/2'), RPREDIRECTION=m.one('', 'N'), RSTREETNAME=f"{p['street']} {p['type']}",
        RAPARTMENTTYPE=m.one('', 'APT'), RCITY=p['city'], RZIP5=p['zip'], DOB=m.date(PLAIN), GENDER=m.one('M', 'F', 'X', ''),
        ENROLLMENT=m.one('DEM', 'REP', 'BLK', 'CON', 'WOR'), COUNTYCODE=str(m.random.randint(1, 62)), ED='19', LD='65',
        TOWNCITY='TROY', WARD='3', CD='21', SD='43', AD='107', REGDATE=m.date(PLAIN, 1990, 2023),
        STATUS=m.one('A', 'A', 'A', 'I', 'P', '17', 'AM'), SBOEID=f'NY{i:018}',
        VOTERHISTORY=m.one('', '20201103 GE', '20221108 GE;20201103 GE;20200623 PE', '20201103 GE;2018 GENERAL ELECTION'))
    if row['RAPARTMENTTYPE']:
        row['RAPARTMENT'] = str(i % 70)
    return row


# ---- worn files

OHIO_WORN = OHIO_ELECTIONS + [f'{kind}-{day}/{year}' for year in range(2004, 2020, 2)
    for kind, day in (('PRIMARY', '03/06'), ('GENERAL', '11/06'))] + ['SPECIAL-08/04/2009']


def is_removed(i):
    return i * 7919 % 10 < 2


def wear_ohio(m, i, row):
    for election in OHIO_WORN[len(OHIO_ELECTIONS):]:
        row[election] = m.one('', '', '', 'X') if election.startswith('GEN') else m.one('', '', '', '', 'X', 'D', 'R', ' ')
    if i % 101 == 0:
        row['DATE_OF_BIRTH'] = m.one('0000-00-00', '1975-02-29', '1800-13-01', 'UNKNOWN', ' ', '1960-1-1')
    if i % 97 == 0:
        row['RESIDENTIAL_ADDRESS1'] = m.one('12 "THE ""OAKS""" DR', '5\' 10" RD, REAR', '77 LOT\r\nB', '9 MAIN\nST', '8 O\rK')
        row['COUNTY_NUMBER'] = m.one('99', '7', '', ' 12', 'XX')
    if i % 89 == 0:
        row.update(SOS_VOTERID=row['SOS_VOTERID'] + '  ', REGISTRATION_DATE=m.one('2001-02-30', '20010203', '2001-02-03 00:00:00'))


def wear_nc(m, i, row):
    row['ncid'] = f'{("AA", "BN", "DL")[i % 3]}{i}'
    row['voter_status_desc'] = m.one('REMOVED', 'REMOVED', 'DENIED', 'TEMPORARY', ' ') if is_removed(i) else m.one('ACTIVE',
        'ACTIVE ', 'INACTIVE')
    if i % 53 == 0:
        row.update(registr_dt=m.one('00/00/0000', '02/29/1900', '##/##/####', '13/01/1999', '1/2/1999', ' '),
            birth_year=m.one('0', '0000', '19', '', '1955 '))
    if i % 59 == 0:
        row.update(party_cd=m.one('CST', 'NLB', 'JFA', '', ' dem '), ncid=' ' + row['ncid'] + ' ', gender_code=m.one('X', 'Z', ' '))
    if i % 61 == 0:
        row['precinct_desc'] = m.one('TWO\r\nLINES', 'A\tTAB', 'SAYS ""', '\u00a0\u00ff')


def wear_nc_history(m, i, row):
    voter = own = i // 4 + 1
    while is_removed(voter) and i % 400:
        voter += 1  # who has years of his own for each of them: nobody votes twice
    year = ('2020', '2012', '2004')[voter - own]
    row.update(ncid=f'{("AA", "BN", "DL")[voter % 3]}{voter}', voted_party_desc=m.one('DEMOCRATIC', 'REPUBLICAN', 'UNAFFILIATED'),
        election_lbl=('11/03/', '03/03/', '11/08/', '08/03/')[i % 4] + year,
        election_desc=m.one('11/03/2020 GENERAL', '03/03/2020 PRIMARY'), pct_label=f'{i % 99:02}-{i % 7}',
        pct_description=f'PRECINCT {i % 99:02}-{i % 7}', voted_county_id='92', voted_county_desc='WAKE',
        vtd_label=f'{i % 99:02}', vtd_description=f'{i % 99:02}')
    if i % 1009 == 0:
        row['election_lbl'] = m.one('13/45/2020', '', '11/31/2020', '2020-11-03')
    if i % 53 == 0:
        row['voting_method'] = m.one(' IN-PERSON ', 'LEGACY', 'PROVISIONAL', '', 'MOON', 'ABSENTEE CURBSIDE')


def wear_new_york(m, i, row):
    row['STATUS'] = m.one('P', '17', 'P', '') if is_removed(i) else m.one('A', 'A', 'AM', 'I', 'A ')
    if i % 67 == 0:
        row.update(DOB=m.one('00000000', '19790230', '1979', '19790101 ', ''), ENROLLMENT=m.one('SAM', 'OTH', 'ind', ''),
            COUNTYCODE=m.one('7', '07', '99', '', 'X3'))
    if i % 71 == 0:
        row.update(RSTREETNAME=m.one('"OLD" RD', 'COUNTY\r\nROAD  9', 'A, B & C'), SBOEID=row['SBOEID'] + ' ')
    if i % 5 < 3:
        days = [day for day in ('20241105', '20221108', '20201103', '20200623', '20181106', '20161108') if m.one(0, 1, 1)]
        row['VOTERHISTORY'] = ';'.join(f'{day} {m.one("GE", "PE", "PP")}' for day in days) + m.one('', '', ';', ';; ',
            ';2008 General Election', ';20201303 GE')


WORN = {'ohio': wear_ohio, 'nc': wear_nc, 'nc-history': wear_nc_history, 'new-york': wear_new_york}


# function, columns, header line, delimiter, quoted ("all", "need", "never"), encoding, line end
LAYOUTS = {
    'ohio': (ohio, OHIO + OHIO_ELECTIONS, True, ',', 'all', 'cp1252', '\n'),
    'nc': (nc, NC, True, '\t', 'need', 'latin-1', '\r\n'),
    'nc-history': (nc_history, NC_HISTORY, True, '\t', 'all', 'latin-1', '\r\n'),
    'florida': (florida, FLORIDA, False, '\t', 'never', 'cp1252', '\r\n'),
    'florida-history': (florida_history, ['county_code', 'voter_id', 'election_date', 'election_type', 'history_code'], False,
        '\t', 'never', 'cp1252', '\r\n'),
    'washington': (washington, WASHINGTON, True, '|', 'never', 'latin-1', '\r\n'),
    'colorado': (colorado, COLORADO, True, ',', 'need', 'utf-8', '\r\n'),
    'new-york': (new_york, NEW_YORK, False, ',', 'all', 'latin-1', '\r\n'),
}


def rows(arguments):
    """Cells, with what ends each record."""
    make, columns, has_header, _, _, _, end = LAYOUTS[arguments[0]]
    maker = Maker(int(arguments[2]) if len(arguments) > 2 else 1)
    if has_header:
        yield columns, end
    first = int(arguments[3]) if len(arguments) > 3 else 0
    for i in range(first + 1, first + int(arguments[1]) + 1):
        row = make(maker, i)
        yield [row[column] for column in columns], end


def worn_rows(arguments):
    make, columns, has_header, _, _, _, end = LAYOUTS[arguments[0]]
    maker, wear = Maker(int(arguments[2]) if len(arguments) > 2 else 1), WORN[arguments[0]]
    if arguments[0] == 'ohio':
        columns = OHIO + OHIO_WORN
    if has_header:
        yield columns, end
    for i in itertools.count(1):
        row = make(maker, i)
        wear(maker, i, row)
        yield [row[column] for column in columns], '\r\n' if i % 7 == 0 else '\n' if i % 11 == 0 else end


def main():
    is_worn = sys.argv[1] == '--worn'
    arguments = sys.argv[1 + is_worn:]
    _, _, _, delimiter, quoted, encoding, _ = LAYOUTS[arguments[0]]
    special = re.compile(f'[{re.escape(delimiter)}"\r\n]')

    def cell(value):
        if quoted == 'all' or (quoted == 'need' and special.search(value)):
            return '"' + value.replace('"', '""') + '"'
        return value

    written, end = 0, ''
    for values, next_end in worn_rows(arguments) if is_worn else rows(arguments):
        line = (end + delimiter.join(map(cell, values))).encode(encoding)
        end = next_end
        written += len(line)
        if is_worn and written > int(arguments[1]):
            return
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.write(end.encode(encoding))


if __name__ == '__main__':
    main()
