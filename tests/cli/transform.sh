#!/usr/bin/env bash
# Files as states send them, through encodings, dates, maps, filters and names: whole loads into the pretend
# nation, whose people table and whose counts must be what another reader, Python's csv, makes of the file.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

# nc.txt: 400 voters in windows-1252, tabs, blank cells of one blank, some dates that are none.
make_file()
{
	python3 - <<-'END'
		import random
		random.seed(2026)
		names = ['SMITH', 'NÚÑEZ', "O'BRIEN", 'MCDONALD', 'VAN DER BERG', 'DE LA CRUZ', 'SMITH-JONES', 'LÓPEZ III', 'MacKay']
		with open('nc.txt', 'w', encoding='windows-1252', newline='') as file:
		    file.write('ncid\tlast_name\tstatus\tparty_cd\tregistr_dt\tno\tstreet\tzip\tstate_cd\treason\n')
		    for row in range(1, 401):
		        day = random.choice(['11/03/1998', '02/29/2024', '02/30/2001', ' ', '00/00/0000', '12/31/2025 00:00:00'])
		        street = random.choice(['MAIN  ST', '"A ""B"" ROAD, WEST"', 'CALLE Ñ'])
		        file.write('\t'.join(['AA%d' % row, random.choice(names), random.choice(['ACTIVE', 'INACTIVE', 'REMOVED', ' ']),
		            random.choice(['DEM', 'REP', 'UNA', 'LIB', 'GRE', ' ']), day, str(random.randint(1, 99)), street,
		            str(random.randint(1, 99999)), 'NC', random.choice(['', ' ', 'MOVED'])]) + '\r\n')
	END
}

# nc.cfg, with what stands in COLUMNS and SOURCE besides
nc_job()
{
	cat >nc.cfg <<-END
		version = 1;
		nation = { url = "$SANDBOX_URL"; token = "file:token"; };
		sources = ( { type = "people"; input = "nc.txt"; format = "tab"; encoding = "windows-1252";
		  only = ( ( "status", "in", [ "ACTIVE", "INACTIVE" ] ), ( "ncid", "not blank" ), ( "reason", "!=", "MOVED" ) );
		  columns = (
		    ( "ncid", "state_file_id" ),
		    ( "last_name", "last_name", "name case" ),
		    ( "registr_dt", "registered_at", "date MM/DD/YYYY" ),
		    ( "party_cd", "party", "map party" ),
		    ( "{no} {street}", "registered_address.address1", "squeeze, upper" ),
		    ( "zip", "registered_address.zip", "zero fill 5" ),
		    ( "state_cd", "registered_address.state" ),
		    ( "reason", "note", "default none" ) ${COLUMNS:-}
		  );
		  constants = ( ( "tag_list", "NC, 2026" ) ); ${SOURCE:-} } );
		maps = { party = ( ( "DEM", "D" ), ( "REP", "R" ), ( "UNA", "blank" ), ${MAP:-"( \"*\", \"reject\" )"} ); };
		limits = { rows = 20; requests = "1000/100ms"; };
		retry = { first_wait = "1ms"; max_wait = "20ms"; settle = "20ms"; answer_wait = "5s"; };
		poll = { first = "5ms"; most = "20ms"; };
	END
}

# other_reader: what Python makes of nc.txt, against the nation's table, the report and check --json.
# Prints what is not so.
other_reader()
{
	nation people.csv >people.table
	rollcall check --json nc.cfg >check.json 2>/dev/null
	python3 - 2>&1 <<-'END'
		import csv, datetime, json, re
		cased = {'SMITH': 'Smith', 'NÚÑEZ': 'Núñez', "O'BRIEN": "O'Brien", 'MCDONALD': 'McDonald', 'VAN DER BERG': 'van der Berg',
		    'DE LA CRUZ': 'de la Cruz', 'SMITH-JONES': 'Smith-Jones', 'LÓPEZ III': 'López III', 'MacKay': 'MacKay'}
		rows = list(csv.DictReader(open('nc.txt', newline='', encoding='windows-1252'), delimiter='\t'))
		counts, wanted = {}, {}
		def count(rule):
		    counts[rule] = counts.get(rule, 0) + 1
		def date(text):
		    try:
		        return datetime.datetime.strptime(text[:10], '%m/%d/%Y').strftime('%m/%d/%Y')
		    except ValueError:
		        return None
		for row in rows:
		    party = row['party_cd'].strip()
		    if row['status'].strip() not in ('ACTIVE', 'INACTIVE'):
		        count('only status in ACTIVE, INACTIVE')
		    elif row['reason'].strip() == 'MOVED':
		        count('only reason != MOVED')
		    elif party in ('LIB', 'GRE'):
		        count('party_cd map party ("*", "reject")')
		    else:
		        day = date(row['registr_dt'])
		        if day is None and row['registr_dt'].strip():
		            count('registr_dt date MM/DD/YYYY')
		        wanted[row['ncid']] = {'state_file_id': row['ncid'], 'last_name': cased[row['last_name']], 'registered_at': day or '',
		            'party': {'DEM': 'D', 'REP': 'R'}.get(party, ''),
		            'registered_address.address1': re.sub(' +', ' ', row['no'] + ' ' + row['street']).upper(),
		            'registered_address.zip': row['zip'].zfill(5), 'registered_address.state': 'NC',
		            'note': 'none', 'tag_list': 'NC, 2026'}
		people = {row['state_file_id']: row for row in csv.DictReader(open('people.table', newline='', encoding='utf-8'))}
		for key in sorted(set(people) ^ set(wanted)):
		    print('only in one of the two:', key)
		for key in set(people) & set(wanted):
		    for field, value in wanted[key].items():
		        if people[key][field].strip() != value:
		            print(key, field, repr(people[key][field]), 'instead of', repr(value))
		check = json.load(open('check.json'))['sources'][0]
		ours = {rule['rule']: rule['rows'] for rule in check['rules'] if rule['rows']}
		if ours != counts:
		    print('rules', ours, 'instead of', counts)
		left = sum(rows for rule, rows in counts.items() if ' date ' not in rule)
		summary = list(csv.DictReader(open('nc.run/summary.csv', newline='')))[-1]
		for name, value in (('rows_in_file', len(rows)), ('rows_left_out', left), ('rows_sent', len(rows) - left)):
		    if int(summary[name]) != value:
		        print(name, summary[name], 'instead of', value)
		reports = list(csv.DictReader(open('nc.run/report.csv', newline='')))
		if sum(int(r['rows_sent']) + int(r['rows_left_out']) for r in reports) != len(rows):
		    print('the chunks do not hold all rows')
		if int(reports[-1]['last_row']) != len(rows) or int(reports[0]['first_row']) != 1:
		    print('the chunks do not cover the file')
	END
}

scene whole
make_file
nc_job
exits 0 "a file in windows-1252 is loaded through maps, dates, names and filters" rollcall run nc.cfg
cp "$WORK/err" ending
is "people, counts by rule and report are those of another reader" "" "$(other_reader | head -n 20)"
ok "there were several chunks" test "$(cells rows_sent nc.run/report.csv | wc -l)" -gt 3
file_has "the ending tells what each rule left out" ending "left out of people by: only status in ACTIVE, INACTIVE"
file_has "and what was changed" ending "sent blank of people by: registr_dt date MM/DD/YYYY"
exits 0 "verify finds every chunk as it was planned" rollcall verify nc.cfg
exits 0 "a report on the finished load" rollcall report nc.cfg
exits 0 "a second run sends nothing" rollcall run nc.cfg
is "no row was sent twice" "$(total_sent=$(tail -n 1 nc.run/summary.csv | cut -d, -f5); echo "$total_sent")" "$(nation people/count)"

# The comparison can fail.
sed -i '0,/NÚÑEZ/s///; s/\tACTIVE\tDEM/\tACTIVE\tREP/' nc.txt
is "another file is found" yes "$([ -n "$(other_reader)" ] && echo yes)"

# ---- carriage returns that end no line
printf 'id,state,name\n1,NC,Ann\rLee\n2,NC,"Bo\rLee"\r\n3,NC,Cy\r\n' >nc.txt
cat >cr.cfg <<-END
	version = 1;
	nation = { url = "$SANDBOX_URL"; token = "file:token"; };
	sources = ( { type = "people"; input = "nc.txt";
	  columns = ( ( "id", "external_id" ), ( "state", "note" ), ( "name", "first_name" ) ); } );
	limits = { requests = "1000/100ms"; }; poll = { first = "5ms"; most = "20ms"; };
END
exits 65 "a carriage return of its own is refused" rollcall check cr.cfg
is "and what helps is told" 'rollcall: nc.txt has a carriage return that no line feed follows
  row 1 (line 2, byte 22), column name: Ann Lee
  Lines end with LF or CR LF.  Choose:
    take it out, or quote the field;
    if it belongs to a value, set  clean = "hard returns";  in cr.cfg line 3.
Nothing was sent.' "$(cat "$WORK/err")"
sed -i 's/input = "nc.txt";/& clean = "hard returns";/' cr.cfg
exits 0 "clean takes it as a hard return" rollcall run cr.cfg
is "and it is sent as a blank" "Ann Lee,Bo Lee,Cy" "$(nation people.csv | grep -oE '(Ann|Bo) Lee|Cy' | paste -sd,)"
printf 'id,state,name\n1,NC,"Ann"\rLee\n' >nc.txt
exits 65 "not behind a closing quotation mark" rollcall check cr.cfg
err_has "where clean does not help" 'clean` knows no way: the quoted field ends before it.'

# ---- a load belongs to its job
for change in 's/"DEM", "D"/"DEM", "Dem"/ maps.party' 's/"name case"/"upper"/ sources.people.columns' \
	's/"!=", "MOVED"/"=", "MOVED"/ sources.people.only' 's/windows-1252/latin9/ sources.people.encoding'; do
	make_file
	nc_job
	sed -i "${change% *}" nc.cfg
	exits 78 "a job whose ${change##* } was edited is refused" rollcall run nc.cfg
	err_has "by its name" "${change##* } was changed since this load began"
done
nc_job
sed -i 's/^maps = {/& unused = ( ( "a", "b" ) );/' nc.cfg
exits 0 "a map that no column uses changes nothing" rollcall run nc.cfg

# ---- interrupted: what is read again is what was planned
scene killed --fault submit:3:take,drop
make_file
nc_job
exits 0 "a lost answer is settled by what is read again" rollcall run nc.cfg
is "and nobody is there twice" "" "$(other_reader | head -n 20)"
scene split --file-limit 2000
make_file
nc_job
exits 0 "chunks that are too large are split between rows that are left out" rollcall run nc.cfg
is "every row stands in the report" "400 0" \
	"$(tail -n 1 nc.run/summary.csv | cut -d, -f3) $(tail -n 1 nc.run/summary.csv | cut -d, -f9)"
exits 0 "verify has nothing against it" rollcall verify nc.cfg

# ---- rejected rows are found in the file, behind those that were left out
scene rejected
make_file
COLUMNS=', ( "street", "email" )' nc_job
exits 3 "rows that the nation rejects" rollcall run nc.cfg
is "are told with their lines, and the columns as they were sent" "" "$(python3 - <<-'END'
	import csv
	lines = list(csv.reader(open('nc.txt', newline='', encoding='windows-1252'), delimiter='\t'))
	rows = list(csv.DictReader(open('nc.run/rejected.csv', newline='', encoding='utf-8')))
	if len(rows) < 10:
	    print('too few:', len(rows))
	for row in rows:
	    line = lines[int(row['source_line']) - 1]
	    if line[0] != row['state_file_id'] or int(row['source_row']) + 1 != int(row['source_line']):
	        print(row['source_line'], row['state_file_id'], line[0])
END
)"

# ---- nothing to send
scene nothing
make_file
nc_job
sed -i 's/"status", "in", \[.*\] ), ( "ncid"/"status", "=", "active" ), ( "ncid"/' nc.cfg
exits 0 "a file of which every row is left out is a finished load" rollcall run nc.cfg
is "without a POST" 0 "$(posts)"
is "of one chunk that is done" "1 400 0 400 done" \
	"$(cells chunk nc.run/report.csv) $(cells last_row nc.run/report.csv) $(cells rows_sent nc.run/report.csv) $(cells rows_left_out nc.run/report.csv) $(cells state nc.run/report.csv)"
exits 0 "check" rollcall check nc.cfg
err_has "warns of it" "warning: people: every row is left out by rules of the job"
exits 0 "verify" rollcall verify nc.cfg
# Two such files hold no rows twice.
head -n 401 nc.txt >nc2.txt
sed -i '2s/AA1/AA9/' nc2.txt
sed -i 's/input = "nc.txt"/input = [ "nc.txt", "nc2.txt" ]/' nc.cfg
exits 0 "two files without a row to send are no twins" rollcall check --quiet nc.cfg

# ---- what check says
scene says
printf 'id\tname\tday\n1\tN\372\361ez\t2026-02-30\n2\tX\t\n3\tY\t2026-02-01\n' >nc.txt
cat >nc.cfg <<-END
	version = 1;
	nation = { url = "$SANDBOX_URL"; token = "file:token"; };
	sources = ( { type = "people"; input = "nc.txt"; format = "tab"; encoding = "latin1";
	  only = ( ( "name", "not in", [ "X" ] ) );
	  columns = ( ( "id", "external_id" ), ( "name", "last_name", "map names" ), ( "day", "registered_at", "date YYYY-MM-DD" ) ); } );
	maps = { names = ( ( "Y", "Z" ) ); };
END
exits 0 "check" rollcall check nc.cfg
is "shows what each rule does, with examples" 'people       3 rows (2 to send) in 1 file, 62 B, 1 chunk
  left out   1: only name not in X
             "X" (row 2)
  kept as is 1: name map names
             "Núñez" (row 1)
  sent blank 1: day date YYYY-MM-DD
             "2026-02-30" (row 1)
plan         3 rows (2 to send), 62 B, 1 chunk, about 3 requests
time         about 2 ms, if the nation takes 1,000 rows a second
Nothing was sent.' "$(cat "$WORK/out")"
printf 'id\tname\tday\n1\tN\372\361\223ez\t\n2\t\200\t\n' >nc.txt
exits 65 "bytes that mean nothing in the encoding of the job" rollcall check nc.cfg
is "are told with what they would say in another" 'rollcall: nc.txt is not ISO-8859-1
  row 1 (line 2, byte 17), column name: bytes 4E FA F1 93 65 7A
  Read as windows-1252 this is "Núñ“ez".  2 rows have such bytes.
  If that looks right, set  encoding = "windows-1252";  in nc.cfg line 3.
Nothing was sent.' "$(cat "$WORK/err")"
sed -i 's/latin1/ascii/' nc.cfg
printf 'id\tname\tday\n1\tN\303\272\303\261ez\t\n' >nc.txt
exits 65 "UTF-8 where ASCII was promised" rollcall check nc.cfg
err_has "is recognised" 'Read as UTF-8 this is "Núñez".  1 row has such bytes.'

finish
