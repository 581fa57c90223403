#!/usr/bin/env bash
# Voter files as states send them: North Carolina (tabs, CRLF, blank cells of one blank) and Colorado,
# a dozen columns mapped, into the pretend nation. Its people table must equal report and file,
# value for value. The samples are beside the source tree; VOTER_FILES says where else.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3
files=${VOTER_FILES:-$TOP_SRCDIR/../shared/data/voter-files}
for file in nc.csv co.csv; do
	[ -r "$files/$file" ] || skip_all "there is no $files/$file"
done

# state_job NAME SOURCE: NAME.cfg and NAME.csv
state_job()
{
	cp "$files/$1.csv" .
	cat >"$1.cfg" <<-END
		version = 1;
		nation = { url = "$SANDBOX_URL"; token = "file:token"; };
		sources = ( { type = "people"; input = "$1.csv"; $2 } );
		limits = { chunk = "8kB"; requests = "1000/100ms"; };
		poll = { first = "5ms"; most = "20ms"; };
	END
}

# compare NAME: every row of the file stands in the people table or in rejected.csv, and every value
# that the job maps is the nation's. Prints what is not so.
compare()
{
	nation people.csv >people.table
	python3 - "$1" <<-'END'
		import csv, re, sys
		name = sys.argv[1]
		job = open(name + '.cfg').read()
		tab = 'format = "tab"' in job
		pairs = re.findall(r'\( *"([^"]+)", *"([^"]+)" *\)', job.split('constants')[0])
		constants = re.findall(r'\( *"([^"]+)", *"([^"]+)" *\)', job.split('constants')[1])
		rows = list(csv.DictReader(open(name + '.csv', newline='', encoding='utf-8'), delimiter='\t' if tab else ','))
		people = {row['state_file_id']: row for row in csv.DictReader(open('people.table', newline='', encoding='utf-8'))}
		rejected = list(csv.DictReader(open(name + '.run/rejected.csv', newline='', encoding='utf-8')))
		by_row = {int(row['source_row']): row for row in rejected}
		summary = list(csv.DictReader(open(name + '.run/summary.csv', newline='')))[-1]
		id_column = next(column for column, field in pairs if field == 'state_file_id')
		good = [row for i, row in enumerate(rows, 1) if i not in by_row]
		def expect(what, want, got):
		    if want != got:
		        print(f'{what}: {want!r} is not {got!r}')
		expect('pairs mapped', True, len(pairs) >= 12)
		expect('rows of the file', len(rows), int(summary['rows_in_file']))
		expect('rows accepted', len(good), int(summary['rows_succeeded']))
		expect('rows rejected', len(rejected), int(summary['rows_failed']))
		expect('people', {row[id_column].strip() for row in good}, set(people))
		for row in good:
		    person = people.get(row[id_column].strip(), {})
		    for column, field in pairs:
		        expect(f'{row[id_column]} {field}', row[column].strip(), person.get(field, ''))
		    for field, value in constants:
		        expect(f'{row[id_column]} {field}', value, person.get(field))
		for number, row in by_row.items():
		    for column, field in pairs:
		        expect(f'rejected row {number} {field}', rows[number - 1][column], row[field])
		    expect('a line a row in this file', number + 1, int(row['source_line']))
	END
}

north_carolina='format = "tab";
	columns = ( ( "ncid", "state_file_id" ), ( "last_name", "last_name" ), ( "first_name", "first_name" ),
		( "middle_name", "middle_name" ), ( "gender_code", "sex" ), ( "registr_dt", "registered_at" ),
		( "res_street_address", "registered_address.address1" ), ( "res_city_desc", "registered_address.city" ),
		( "state_cd", "registered_address.state" ), ( "zip_code", "registered_address.zip" ),
		( "county_desc", "registered_address.county" ), ( "party_cd", "party" ),
		( "cong_dist_abbrv", "federal_district" ), ( "precinct_desc", "precinct.name" ) );
	constants = ( ( "tag_list", "NC voter file" ) );'
colorado='columns = ( ( "VOTER_ID", "state_file_id" ), ( "LAST_NAME", "last_name" ), ( "FIRST_NAME", "first_name" ),
		( "MIDDLE_NAME", "middle_name" ), ( "NAME_SUFFIX", "suffix" ), ( "GENDER", "sex" ),
		( "RESIDENTIAL_ADDRESS", "registered_address.address1" ), ( "RESIDENTIAL_CITY", "registered_address.city" ),
		( "RESIDENTIAL_ZIP_CODE", "registered_address.zip" ), ( "COUNTY", "registered_address.county" ),
		( "PARTY", "party" ), ( "PRECINCT", "precinct.code" ) );
	constants = ( ( "registered_address.state", "CO" ) );'

scene nc
state_job nc "$north_carolina"
exits 0 "North Carolina: check" rollcall check nc.cfg
out_has "North Carolina: the plan" "people       100 rows in 1 file"
exits 0 "North Carolina: run" rollcall run nc.cfg
is "North Carolina: people, report and file are equal" "" "$(compare nc | head -n 10)"
is "North Carolina: all of them" 100 "$(nation people/count)"

scene co
state_job co "$colorado"
exits 0 "Colorado: run" rollcall run co.cfg
is "Colorado: people, report and file are equal" "" "$(compare co | head -n 10)"
is "Colorado: all of them" 1000 "$(nation people/count)"
exits 0 "Colorado: verify" rollcall verify co.cfg

# Colorado writes 3/24/1998, which the pretend nation takes for no date: most rows are rejected, and
# each is found again in the file.
scene dates
state_job co "${colorado/\"PARTY\",/\"REGISTRATION_DATE\", \"registered_at\" ), ( \"PARTY\",}"
exits 3 "Colorado with dates as they are: rejected rows" rollcall run co.cfg
is "every row is accepted, or in rejected.csv with its line" "" "$(compare co | head -n 10)"
file_has "and the nation's reason" co.run/rejected.csv "registered_at is not a date (MM/DD/YYYY)"

# The comparison can fail.
sed -i '0,/,Scott,/s//,Scotty,/' co.csv
is "another value is found" yes "$([ -n "$(compare co)" ] && echo yes)"

finish
