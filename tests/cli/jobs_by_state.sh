#!/usr/bin/env bash
# The ready-made jobs, each with a file of its state's layout (states.py), into the pretend nation: what
# Python's csv reads of the file, the rules of the job leave out and the nation has must agree.
# ROWS=100000 for larger ones.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3
rows=${ROWS:-80}

# load STATE LAYOUT FILE...: the job of the state, its inputs made of that layout, loaded
load()
{
	local state=$1 layout=$2 seed=0 file
	shift 2
	for file; do
		seed=$((seed + 1))
		python3 "$TOP_SRCDIR/tests/cli/states.py" "$layout" "$rows" $seed "$((seed * 1000000))" >"$file"
	done
	{
		sed "s|slug  = \"ournation\";|url   = \"$SANDBOX_URL\";|; s|token = \"file:[^\"]*\";|token = \"file:token\";|" \
			"$TOP_SRCDIR/jobs/$state.cfg"
		echo 'limits = { chunk = "12kB"; requests = "1000/100ms"; };'
		echo 'poll = { first = "5ms"; most = "20ms"; };'
	} >"$state.cfg"
	[ "$rows" -le 1000 ] || sed -i 's/chunk = "12kB"/chunk = "4MB"/' "$state.cfg"
	exits 0 "$state: check" rollcall check "$state.cfg"
	exits 0 "$state: run" rollcall run "$state.cfg"
	cp "$state.run/summary.csv" summary.csv
}

# compare STATE LAYOUT FILE...: what is not as an independent reader finds it
compare()
{
	nation people.csv >people.table
	python3 - "$TOP_SRCDIR/tests/cli" "$@" 2>&1 <<-'END'
		import csv, datetime, itertools, sys
		sys.path.insert(0, sys.argv[1])
		import states
		state, layout, files = sys.argv[2], sys.argv[3], sys.argv[4:]
		_, columns, has_header, delimiter, quoted, encoding, _ = states.LAYOUTS[layout]

		def read(name):
		    dialect = {'delimiter': delimiter}
		    if quoted == 'never':
		        dialect['quoting'] = csv.QUOTE_NONE
		    with open(name, newline='', encoding=encoding) as file:
		        yield from csv.DictReader(file, None if has_header else columns, **dialect)

		rows = [row for name in files for row in read(name)]
		# What the job's `only` keeps, said a second time; column of the id; birth, in the file's form; name.
		keep, voter, birth, form, name, zip_code = {
		    'ohio': (lambda row: True, 'SOS_VOTERID', 'DATE_OF_BIRTH', '%Y-%m-%d', 'LAST_NAME', 'RESIDENTIAL_ZIP'),
		    'north-carolina': (lambda row: row['voter_status_desc'] in ('ACTIVE', 'INACTIVE'), 'ncid', 'birth_year', '%Y', 'last_name', 'zip_code'),
		    'florida': (lambda row: row['public_records_exemption'] != 'Y', 'voter_id', 'birth_date', '%m/%d/%Y', 'name_last', 'residence_zipcode'),
		    'washington': (lambda row: row['StatusCode'] in ('Active', 'Inactive'), 'StateVoterID', 'Birthyear', '%Y', 'LName', 'RegZipCode'),
		    'colorado': (lambda row: row['STATUS'] in ('Active', 'Inactive'), 'VOTER_ID', 'BIRTH_YEAR', '%Y', 'LAST_NAME', 'RESIDENTIAL_ZIP_CODE'),
		    'new-york': (lambda row: row['STATUS'] in ('A', 'AM', 'AF', 'AP', 'AU', 'I'), 'SBOEID', 'DOB', '%Y%m%d', 'LASTNAME', 'RZIP5'),
		}[state]
		sent = [row for row in rows if keep(row)]
		summary = list(csv.DictReader(open('summary.csv', newline='')))[-1]
		people = {row['state_file_id']: row for row in csv.DictReader(open('people.table', newline='', encoding='utf-8'))}
		def expect(what, want, got):
		    if want != got:
		        print(f'{what}: {want!r} is not {got!r}')
		# Of Ohio and Washington the jobs send all that is in the file.
		sends_all = state in ('ohio', 'washington')
		expect('some are sent, some left out, as the state has it', True, 0 < len(sent) and (len(sent) == len(rows)) == sends_all)
		expect('rows of the file', len(rows), int(summary['rows_in_file']))
		expect('rows left out', len(rows) - len(sent), int(summary['rows_left_out']))
		expect('rows sent', len(sent), int(summary['rows_sent']))
		expect('rows accepted', len(sent), int(summary['rows_succeeded']))
		expect('people', {row[voter] for row in sent}, set(people))
		for row in sent:
		    person = people.get(row[voter], {})
		    expect(f'{row[voter]} born', datetime.datetime.strptime(row[birth], form).strftime('%m/%d/%Y'), person.get('born_at'))
		    expect(f'{row[voter]} name', row[name].casefold(), person.get('last_name', '').casefold())
		    expect(f'{row[voter]} in capitals', False, person.get('last_name') == row[name])
		    expect(f'{row[voter]} zip', row[zip_code], person.get('registered_address.zip'))
	END
}

# proves STATE LAYOUT FILE...
proves()
{
	scene "$1"
	load "$@"
	is "$1: file, rules, report and nation agree" "" "$(compare "$@" | head -n 10)"
}

proves ohio ohio SWVF_1_22.txt SWVF_23_44.txt SWVF_45_66.txt SWVF_67_88.txt
proves north-carolina nc ncvoter_Statewide.txt
proves florida florida ALA_20261110.txt BAK_20261110.txt
proves washington washington 20261101_VRDB_Extract.txt
proves colorado colorado "Registered_Voters_List_ Part1.txt" "Registered_Voters_List_ Part2.txt"
proves new-york new-york AllNYSVoters_20261101.txt

# The comparison can fail.
sed -i '1s/^"[A-Z]*/"QUIBBLE/; 1s/"17"\|"P"\|"I"/"A"/' AllNYSVoters_20261101.txt
is "another value is found" yes "$([ -n "$(compare new-york new-york AllNYSVoters_20261101.txt)" ] && echo yes)"

# ---- histories: one row a vote
# votes STATE LAYOUT ID DATE METHOD FILE...: ballots sent, by what the map of the job knows
votes()
{
	python3 - "$TOP_SRCDIR/tests/cli" "$@" <<-'END'
		import csv, sys
		sys.path.insert(0, sys.argv[1])
		import states
		_, columns, has_header, delimiter, quoted, encoding, _ = states.LAYOUTS[sys.argv[3]]
		rows = []
		for name in sys.argv[7:]:
		    with open(name, newline='', encoding=encoding) as file:
		        rows += csv.DictReader(file, None if has_header else columns, delimiter=delimiter)
		known = {
		    'north-carolina-history': ('IN-PERSON', 'CURBSIDE', 'TRANSFER', 'EARLY VOTING', 'ABSENTEE ONESTOP', 'ABSENTEE BY MAIL'),
		    'florida-history': ('A', 'E', 'Y'),
		}[sys.argv[2]]
		sent = [row for row in rows if row[sys.argv[6]] in known]
		print(len(rows), len(rows) - len(sent), len(sent), len(sent))
	END
}

# in_summary: the same of the report
in_summary()
{
	python3 -c '
import csv
row = list(csv.DictReader(open("summary.csv", newline="")))[-1]
print(*[row[name] for name in ("rows_in_file", "rows_left_out", "rows_sent", "rows_succeeded")])'
}

# voters COLUMN LAYOUT STATE FILE...: the people whose votes they are, loaded first
voters()
{
	python3 - "$TOP_SRCDIR/tests/cli" "$@" <<-'END' >voters.csv
		import csv, sys
		sys.path.insert(0, sys.argv[1])
		import states
		_, columns, has_header, delimiter, _, encoding, _ = states.LAYOUTS[sys.argv[3]]
		ids = {}
		for name in sys.argv[5:]:
		    with open(name, newline='', encoding=encoding) as file:
		        for row in csv.DictReader(file, None if has_header else columns, delimiter=delimiter):
		            ids[row[sys.argv[2]]] = True
		print('state_file_id,registered_address.state')
		for voter in ids:
		    print(f'{voter},{sys.argv[4]}')
	END
	cat >voters.cfg <<-END
		version = 1;
		nation = { url = "$SANDBOX_URL"; token = "file:token"; };
		sources = ( { type = "people"; input = "voters.csv"; } );
		limits = { requests = "1000/100ms"; };
		poll = { first = "5ms"; most = "20ms"; };
	END
	exits 0 "the voters of $3" rollcall run --quiet voters.cfg
}

# history STATE LAYOUT ID METHOD CODE FILE...
history()
{
	local state=$1 layout=$2 id=$3 method=$4 code=$5 file seed=0
	shift 5
	scene "$state"
	for file; do
		seed=$((seed + 1))
		python3 "$TOP_SRCDIR/tests/cli/states.py" "$layout" "$rows" $seed "$((seed * 1000000))" >"$file"
	done
	voters "$id" "$layout" "$code" "$@"
	load "$state" "$layout" "$@"
	is "$state: file, rules and report agree" "$(votes "$state" "$layout" "$id" - "$method" "$@")" "$(in_summary)"
}

history north-carolina-history nc-history ncid voting_method NC ncvhis_Statewide.txt
history florida-history florida-history voter_id history_code FL ALA_H_20261110.txt BAK_H_20261110.txt

# ---- histories: all votes of a voter in one row
# ballots: the nation's, as an independent reader of the file expects them; prints what is not so
ballots()
{
	nation ballots.csv >ballots.table
	nation people.csv >people.table
	python3 - "$TOP_SRCDIR/tests/cli" "$@" 2>&1 <<-'END'
		import csv, datetime, re, sys
		sys.path.insert(0, sys.argv[1])
		import states
		state, layout, files = sys.argv[2], sys.argv[3], sys.argv[4:]
		_, columns, has_header, _, _, encoding, _ = states.LAYOUTS[layout]
		want, rows = set(), 0
		for name in files:
		    with open(name, newline='', encoding=encoding) as file:
		        for row in csv.DictReader(file, None if has_header else columns):
		            rows += 1
		            if row.get('STATUS', 'A') not in ('A', 'AM', 'AF', 'AP', 'AU', 'I'):
		                continue
		            if state == 'ohio-history':
		                want |= {(row['SOS_VOTERID'], datetime.datetime.strptime(column[8:], '%m/%d/%Y').date()) for column in row
		                    if re.match('(GENERAL|PRIMARY|SPECIAL)-', column) and row[column].strip()}
		            for entry in row.get('VOTERHISTORY', '').split(';'):
		                if re.match(r'\d{8}( |$)', entry):
		                    want.add((row['SBOEID'], datetime.datetime.strptime(entry[:8], '%Y%m%d').date()))
		summary = list(csv.DictReader(open('summary.csv', newline='')))[-1]
		got = list(csv.DictReader(open('ballots.table', newline='', encoding='utf-8')))
		people = {row['id']: row['state_file_id'] for row in csv.DictReader(open('people.table', newline='', encoding='utf-8'))}
		def expect(what, want, got):
		    if want != got:
		        print(f'{what}: {want!r} is not {got!r}')
		expect('records', rows, int(summary['rows_in_file']))
		expect('ballots sent', len(want), int(summary['rows_sent']))
		expect('ballots accepted', len(want), int(summary['rows_succeeded']))
		expect('ballots of the nation', want, {(people[row['person_id']],
		    datetime.date.fromisoformat(row['election.election_at'])) for row in got})
	END
}

# wide STATE LAYOUT ID CODE FILE...
wide()
{
	local state=$1 layout=$2 id=$3 code=$4 file seed=0
	shift 4
	scene "$state"
	for file; do
		seed=$((seed + 1))
		python3 "$TOP_SRCDIR/tests/cli/states.py" "$layout" "$rows" $seed "$((seed * 1000000))" >"$file"
	done
	voters "$id" "$layout" "$code" "$@"
	load "$state" "$layout" "$@"
	is "$state: file, report and nation agree" "" "$(ballots "$state" "$layout" "$@" | cut -c 1-400 | head -n 10)"
}

wide ohio-history ohio SOS_VOTERID OH SWVF_1_22.txt SWVF_23_44.txt SWVF_45_66.txt SWVF_67_88.txt
wide new-york-history new-york SBOEID NY AllNYSVoters_20261101.txt
sed -i '0,/20201103 GE/s//20191103 GE/' AllNYSVoters_20261101.txt
is "another vote is found" yes "$([ -n "$(ballots new-york-history new-york AllNYSVoters_20261101.txt)" ] && echo yes)"

for file in "$TOP_SRCDIR"/jobs/*.cfg; do
	ok "${file##*/} was loaded" grep -qE "^(proves|history|wide) $(basename "$file" .cfg) " "$TOP_SRCDIR/tests/cli/jobs_by_state.sh"
done

finish
