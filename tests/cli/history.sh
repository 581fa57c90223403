#!/usr/bin/env bash
# Vote history as states write it: Ohio, a column an election; New York, a list in one field; North Carolina,
# a row a vote. The nation's ballots and all counts must be what another reader, Python's csv, makes of them.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

# state_job SOURCES: the people of the file, then its votes
state_job()
{
	cat >job.cfg <<-END
		version = 1;
		nation = { url = "$SANDBOX_URL"; token = "file:token"; };
		sources = ( $1 );
		$2
		limits = { rows = ${ROWS:-40}; requests = "1000/100ms"; };
		retry = { first_wait = "1ms"; max_wait = "20ms"; settle = "20ms"; answer_wait = "5s"; };
		poll = { first = "5ms"; most = "20ms"; };
	END
}

# compare: wanted.csv (id,day,method, a line a vote) and wanted.json (rows in the file, left out, the counts
# by rule) against the nation's ballots and the report. Prints what is not so.
compare()
{
	nation people.csv >people.table
	nation ballots.csv >ballots.table
	rollcall check --json job.cfg >check.json 2>/dev/null
	python3 - 2>&1 <<-'END'
		import collections, csv, json
		wanted = collections.Counter((row[0], '-'.join((row[1][6:], row[1][:2], row[1][3:5])), row[2])
		    for row in csv.reader(open('wanted.csv', newline='')))
		expected = json.load(open('wanted.json'))
		people = {row['id']: row['state_file_id'] for row in csv.DictReader(open('people.table', newline=''))}
		ballots = list(csv.DictReader(open('ballots.table', newline='')))
		got = collections.Counter((people[row['person_id']], row['election.election_at'], row['ballots.vote_method']) for row in ballots)
		for vote in sorted((got - wanted).elements())[:5]:
		    print('the nation has', vote)
		for vote in sorted((wanted - got).elements())[:5]:
		    print('the nation lacks', vote)
		summary = {row['source']: row for row in csv.DictReader(open('job.run/summary.csv', newline=''))}['ballots']
		if next(s for s in json.load(open('check.json'))['sources'] if s['name'] == 'ballots')['rows_sent'] != sum(wanted.values()):
		    print('check counts other votes')
		for name, value in (('rows_in_file', expected['rows']), ('rows_left_out', expected['left_out']),
		        ('rows_sent', sum(wanted.values())), ('rows_succeeded', sum(wanted.values())), ('rows_unaccounted', 0)):
		    if int(summary[name]) != value:
		        print(name, summary[name], 'instead of', value)
		rules = next(source for source in json.load(open('check.json'))['sources'] if source['name'] == 'ballots')['rules']
		ours = {rule['rule']: rule['rows'] for rule in rules if rule['rows']}
		if ours != expected['rules']:
		    print('rules', ours, 'instead of', expected['rules'])
		reports = [row for row in csv.DictReader(open('job.run/report.csv', newline='')) if row['source'] == 'ballots']
		if sum(int(row['rows_sent']) for row in reports if row['state'] == 'done') != sum(wanted.values()):
		    print('the chunks do not hold all votes')
	END
}

scene ohio
python3 - <<-'END'
	import csv, json, random
	random.seed(39)
	elections = ['PRIMARY-05/07/2013', 'GENERAL-11/03/2015', 'GENERAL-11/08/2016', 'GENERAL-02/30/2017', 'SPECIAL-08/08/2017']
	rows, left_out, rules = 120, 0, {}
	def count(rule):
	    rules[rule] = rules.get(rule, 0) + 1
	with open('oh.csv', 'w', newline='') as file, open('wanted.csv', 'w', newline='') as other:
	    out, want = csv.writer(file), csv.writer(other)
	    out.writerow(['SOS_VOTERID', 'LAST_NAME'] + elections)
	    for row in range(rows):
	        cells = [random.choice(['', ' ', 'X', 'D', 'R', '?']) for _ in elections]
	        out.writerow(['OH%d' % row, 'A'] + cells)
	        votes = []
	        for name, cell in zip(elections, cells):
	            kind = name[:8] + '*'
	            if not cell.strip() or kind == 'SPECIAL-*':
	                continue
	            if name == 'GENERAL-02/30/2017':
	                count(kind + ' date MM/DD/YYYY')
	            elif cell == '?':
	                count(kind + ' map oh_method ("?", "reject")')
	            else:
	                votes.append(['OH%d' % row, name[8:], {'X': 'voted', 'D': 'early', 'R': 'absentee'}[cell]])
	        want.writerows(votes)
	        if not votes:
	            count('history: no vote')
	            left_out += 1
	json.dump({'rows': rows, 'left_out': left_out, 'rules': rules}, open('wanted.json', 'w'))
END
OHIO='{ type = "people"; input = "oh.csv"; columns = ( ( "SOS_VOTERID", "state_file_id" ), ( "LAST_NAME", "last_name", "name case" ) );
    constants = ( ( "registered_address.state", "OH" ) ); },
  { name = "ballots"; type = "ballot"; input = "oh.csv";
    columns = ( ( "SOS_VOTERID", "state_file.id" ) );
    history = ( { columns = "GENERAL-*", election = "date MM/DD/YYYY after '\''-'\''", method = "map oh_method" },
                { columns = "PRIMARY-*"; election = "after '\''-'\'', date MM/DD/YYYY"; method = "map oh_method"; } );
    constants = ( ( "registered_address.state", "OH" ), ( "election.state", "OH" ), ( "election.country_code", "US" ) ); }'
METHODS='maps = { oh_method = ( ( "X", "voted" ), ( "D", "early" ), ( "R", "absentee" ), ( "?", "reject" ) ); };'
state_job "$OHIO" "$METHODS"
runs 0 "Ohio: a ballot row for each election column with a vote"
cp "$WORK/err" ending
is "the nation's ballots and the counts are those of another reader" "" "$(compare | head -n 20)"
file_has "the ending tells what was skipped" ending 'skipped of ballots by: GENERAL-* map oh_method ("?", "reject")'
exits 0 "verify finds every chunk as it was planned" rollcall verify job.cfg
runs 0 "a second run sends nothing"
is "and no ballot is there twice" "" "$(compare | head -n 20)"
sed -i 's/columns = "PRIMARY-\*"/columns = "PRIMARY-0*"/' job.cfg
exits 78 "a load belongs to its history" rollcall run job.cfg
err_has "by its name" "sources.ballots.history was changed since this load began"

# ---- the same, interrupted and split: all votes of a record stay together
scene lost --fault submit:6:take,drop
cp ../ohio/oh.csv ../ohio/wanted.* .
state_job "$OHIO" "$METHODS"
runs 0 "Ohio: a lost answer is found by the lines of the import"
is "and no vote is there twice" "" "$(compare | head -n 20)"
scene split --file-limit 1500
cp ../ohio/oh.csv ../ohio/wanted.* .
ROWS=100 state_job "$OHIO" "$METHODS"
runs 0 "Ohio: chunks that are too large are split between records"
ok "some were" grep -q 'split into ballots' job.run/report.csv
is "and every vote is counted once" "" "$(compare | head -n 20)"
exits 0 "verify" rollcall verify job.cfg
scene wide
cp ../ohio/oh.csv ../ohio/wanted.* .
ROWS=2 state_job "$OHIO" "$METHODS"
runs 0 "Ohio: a chunk takes all votes of a record, whatever limits.rows"
is "and every vote is counted once" "" "$(compare | head -n 20)"

# ---- New York
scene newyork
python3 - <<-'END'
	import csv, json, random
	random.seed(36)
	entries = [('20161108 GE', '11/08/2016'), ('20120424 PP', '04/24/2012'), ('GENERAL ELECTION 2014', '11/04/2014'),
	    ('LOCAL 1999', None), ('20161308 GE', None)]
	rows, left_out, rules = 120, 0, {}
	def count(rule):
	    rules[rule] = rules.get(rule, 0) + 1
	with open('ny.csv', 'w', newline='', encoding='latin-1') as file, open('wanted.csv', 'w', newline='') as other:
	    out, want = csv.writer(file, quoting=csv.QUOTE_ALL), csv.writer(other)
	    for row in range(rows):
	        votes = random.sample(entries, random.randint(0, 4))
	        out.writerow(['Pe\u00f1a', 'NY%d' % row, random.choice(['; ', ';']).join(name for name, day in votes)])
	        sent = 0
	        for name, day in votes:
	            if day:
	                want.writerow(['NY%d' % row, day, 'voted'])
	                sent += 1
	            else:
	                count('history map ny_elections ("*", "reject")')
	        if not sent:
	            count('history: no vote')
	            left_out += 1
	json.dump({'rows': rows, 'left_out': left_out, 'rules': rules}, open('wanted.json', 'w'))
END
NEW_YORK='{ type = "people"; input = "ny.csv"; encoding = "latin1"; header = [ "last", "id", "history" ];
    columns = ( ( "id", "state_file_id" ), ( "last", "last_name" ) ); constants = ( ( "registered_address.state", "NY" ) ); },
  { name = "ballots"; type = "ballot"; input = "ny.csv"; encoding = "latin1"; header = [ "last", "id", "history" ];
    columns = ( ( "id", "state_file.id" ) );
    history = ( { column = "history"; separator = ";"; election = "map ny_elections"; } );
    constants = ( ( "ballots.vote_method", "voted" ), ( "registered_address.state", "NY" ), ( "election.state", "NY" ),
                  ( "election.country_code", "US" ) ); }'
state_job "$NEW_YORK" 'maps = { ny_elections = ( ( "20161108 GE", "11/08/2016" ), ( "20120424 PP", "2012-04-24" ),
	( "GENERAL ELECTION 2014", "11/04/2014" ), ( "*", "reject" ) ); };'
sed -i 's/2012-04-24/04\/24\/2012/' job.cfg
runs 0 "New York: a ballot row for each entry of a list"
is "the nation's ballots and the counts are those of another reader" "" "$(compare | head -n 20)"

# Dates that stand in the entries need no map.
scene dates
printf '"Ann","NY1","20161108 GE;20120424 PP(A)"\r\n"Bo","NY2","LOCAL 1999; 20161308 GE"\r\n' >ny.csv
cat >wanted.csv <<-END
	NY1,11/08/2016,voted
	NY1,04/24/2012,absentee
END
cat >wanted.json <<-'END'
	{"rows": 2, "left_out": 1, "rules": {"history date YYYYMMDD": 2, "history: no vote": 1}}
END
job='( "ballots.vote_method", "voted" ), '
NEW_YORK=${NEW_YORK/"$job"/}
NEW_YORK=${NEW_YORK/'"map ny_elections";'/'"first 8, date YYYYMMDD"; method = "after '"'('"', before '"')'"', map ny_method";'}
state_job "$NEW_YORK" 'maps = { ny_method = ( ( "A", "absentee" ), ( "*", "voted" ) ); };'
runs 0 "New York: dates and methods out of the entries"
is "are those that stand there" "" "$(compare | head -n 20)"

# ---- North Carolina: a row a vote needs none of it
scene nc
printf 'ncid\telection_lbl\tvoting_method\nAA1\t11/08/2016\tABSENTEE ONESTOP\nAA1\t11/03/2015\tIN-PERSON\nAA2\t11/31/2015\tIN-PERSON\nAA2\t11/03/2015\tCURBSIDE\n' >his.txt
printf 'ncid\nAA1\nAA2\n' >voters.txt
printf 'AA1,11/08/2016,early\nAA1,11/03/2015,voted\n' >wanted.csv
cat >wanted.json <<-'END'
	{"rows": 4, "left_out": 2, "rules": {"election_lbl date MM/DD/YYYY or reject": 1, "voting_method map method (\"*\", \"reject\")": 1}}
END
state_job '{ type = "people"; input = "voters.txt"; format = "tab"; columns = ( ( "ncid", "state_file_id" ) );
    constants = ( ( "registered_address.state", "NC" ) ); },
  { name = "ballots"; type = "ballot"; input = "his.txt"; format = "tab";
    columns = ( ( "ncid", "state_file.id" ), ( "election_lbl", "election.election_at", "date MM/DD/YYYY or reject" ),
                ( "voting_method", "ballots.vote_method", "map method" ) );
    constants = ( ( "registered_address.state", "NC" ), ( "election.state", "NC" ), ( "election.country_code", "US" ) ); }' \
	'maps = { method = ( ( "IN-PERSON", "voted" ), ( "ABSENTEE ONESTOP", "early" ), ( "*", "reject" ) ); };'
runs 0 "North Carolina: one row a vote"
is "the nation's ballots and the counts are those of another reader" "" "$(compare | head -n 20)"

# ---- what is wrong is told before anything is sent
scene wrong
cp ../ohio/oh.csv .
state_job "${OHIO/GENERAL-\*/GENERALS-*}" "$METHODS"
exits 65 "no column with votes" rollcall check job.cfg
# shellcheck disable=SC2016 # a message of ours
is "is named" 'rollcall: oh.csv has no column that fits "GENERALS-*", where the job looks for votes
  `*` stands for any text, `?` for one character.
Nothing was sent.' "$(cat "$WORK/err")"

finish
