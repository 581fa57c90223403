#!/usr/bin/env bash
# Corrected rows of sources that are made: votes of a history (one record, several rows), columns that are joined, renamed and
# written anew, constants, `only`; and the failure CSV in every form that is known of it.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

# votes_job: Ohio, whose method Z the nation does not know
votes_job()
{
	cat >job.cfg <<-END
		version = 1;
		nation = { url = "$SANDBOX_URL"; token = "file:token"; };
		sources = ( { type = "people"; input = "oh.csv"; columns = ( ( "SOS_VOTERID", "state_file_id" ), ( "LAST_NAME", "last_name", "name case" ) );
		    constants = ( ( "registered_address.state", "OH" ) ); },
		  { name = "ballots"; type = "ballot"; input = "oh.csv"; columns = ( ( "SOS_VOTERID", "state_file.id" ) );
		    history = ( { columns = "GENERAL-*", election = "date MM/DD/YYYY after '-'", method = "map m" } );
		    constants = ( ( "registered_address.state", "OH" ), ( "election.state", "OH" ), ( "election.country_code", "US" ) ); } );
		maps = { m = ( ( "X", "voted" ), ( "Z", "by pigeon" ) ); };
		limits = { rows = ${ROWS:-3}; requests = "1000/100ms"; };
		retry = { first_wait = "1ms"; max_wait = "20ms"; settle = "20ms"; answer_wait = "5s"; };
		poll = { first = "5ms"; most = "20ms"; };
	END
}

votes()
{
	cat >oh.csv <<-'END'
		SOS_VOTERID,LAST_NAME,GENERAL-11/03/2015,GENERAL-11/08/2016,GENERAL-11/07/2017
		OH1,ADAMS,X,X,X
		OH2,BELL,X,Z,Z
		OH3,COLE,Z,Z,Z
		OH4,DUNN,,Z,X
	END
}

# table FILE COLUMN...: those cells of every row, a row a line
table()
{
	python3 -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="")):
    print(*(row[name] for name in sys.argv[2:]))' "$@"
}

open_votes()
{
	table job.run/rejected.csv source_row election.election_at ballots.vote_method | paste -sd ';'
}

# ---- one of the votes of a record, then the others
scene one
votes
votes_job
runs 3 "votes that the nation rejects"
err_has "the ending tells votes from records" "  rows      9 accepted, 6 rejected of 15, made from 8 records"
is "several rows of a record are rejected, others of it are not" "2 11/08/2016 by pigeon;2 11/07/2017 by pigeon;3 11/03/2015 by pigeon;3 11/08/2016 by pigeon;3 11/07/2017 by pigeon;4 11/08/2016 by pigeon" "$(open_votes)"
rollcall rejects job.cfg -o all.csv
sed 's/by pigeon/voted/' all.csv >good.csv
sed -n '1p;3p' good.csv >part.csv
exits 3 "the second of two is corrected" rollcall retry job.cfg part.csv
is "it is the second that is no longer rejected" "2 11/08/2016 by pigeon;3 11/03/2015 by pigeon;3 11/08/2016 by pigeon;3 11/07/2017 by pigeon;4 11/08/2016 by pigeon" "$(open_votes)"
posts=$(posts)
exits 65 "the up-arrow key" rollcall retry job.cfg part.csv
err_has "is known, though another vote of that record is open" "part.csv line 2: a vote of row 2 of oh.csv was sent again already, in ballots-5"
exits 65 "all of them, of which one was sent" rollcall retry job.cfg good.csv
err_has "that one is found" "good.csv line 3: a vote of row 2 of oh.csv was sent again already, in ballots-5"
sed -n '1p;3p' all.csv | sed 's/by pigeon/early/' >other.csv
exits 65 "the one that was sent, corrected in another way" rollcall retry job.cfg other.csv
err_has "is not taken for the one that is open" "other.csv line 2: a vote of row 2 of oh.csv was sent again already, in ballots-5"
sed '3d; 5p' good.csv >twice.csv
exits 65 "a vote twice" rollcall retry job.cfg twice.csv
err_has "is not taken for another of the same record" "twice.csv line 5: a vote of row 3 of oh.csv stands in this file before"
is "nothing was sent" "$posts" "$(posts)"
# Out of order, and one of them still wrong.
(sed -n 1p all.csv; sed '1d;3d' good.csv | tac | sed '2s/voted,OH,US/on foot,OH,US/') >rest.csv
exits 3 "the others, in another order" rollcall retry job.cfg rest.csv
is "what is rejected again has its first place" "3 11/07/2017 on foot" "$(open_votes)"
exits 65 "an old list, corrected: only that vote is open" rollcall retry job.cfg good.csv
sed -n '1p;6p' good.csv >last.csv
exits 0 "that vote, by the old list" rollcall retry job.cfg last.csv
nation ballots.csv >ballots.table
is "every vote is in the nation once" "11 11" "$(sed 1d ballots.table | wc -l) $(sed 1d ballots.table | cut -d, -f 1,4 | sort -u | wc -l)"
is "and counted" "11 0 0" "$(words rows_succeeded job.run/summary.csv | cut -d' ' -f2) $(total rows_failed) $(total rows_unaccounted)"
exits 0 "verify agrees" rollcall verify job.cfg

# ---- votes by chance, in many rounds: what is left and what was sent, against another reader
scene rounds
cat >rounds.py <<-'END'
	import csv, random, sys
	step, seed = sys.argv[1], int(sys.argv[2])
	random.seed(seed)
	if step == 'make':
	    days = ['11/%02d/%d' % (1 + i, 2000 + i) for i in range(6)]
	    with open('oh.csv', 'w', newline='') as file:
	        out = csv.writer(file)
	        out.writerow(['SOS_VOTERID', 'LAST_NAME'] + ['GENERAL-' + day for day in days])
	        for row in range(30):
	            out.writerow(['OH%d' % row, 'A'] + [random.choice(['', 'X', 'Z', 'Z']) for _ in days])
	else:
	    rows = list(csv.DictReader(open('fix.csv', newline='')))
	    names = list(rows[0])
	    some = rows if step == 'all' else random.sample(rows, (len(rows) + 1) // 2)
	    for row in some:
	        if step == 'all' or random.random() < 0.7:
	            row['ballots.vote_method'] = random.choice(['voted', 'early', 'absentee'])
	        elif random.random() < 0.5:
	            row['ballots.vote_method'] = 'on foot'
	    with open('part.csv', 'w', newline='') as file:
	        out = csv.DictWriter(file, names)
	        out.writeheader()
	        out.writerows(some)
END
python3 rounds.py make 7
ROWS=20 votes_job
rollcall run job.cfg >/dev/null 2>&1
bad=
for round in 1 2 3 4; do
	rollcall rejects job.cfg -o fix.csv --force
	python3 rounds.py "$([ $round = 4 ] && echo all || echo some)" $round
	before=$(grep -c , part.csv)
	rollcall retry job.cfg part.csv >retry.out 2>&1
	code=$?
	[ $code = "$([ $round = 4 ] && echo 0 || echo 3)" ] || bad="$bad round $round of $before: $code $(cat retry.out)"
	# Whatever was sent and not rejected again is gone from the list; all else stands there.
	bad="$bad$(python3 - <<-'END'
		import csv
		key = lambda row: (row['source_row'], row['election.election_at'])
		old, part, new = ({key(row): row['ballots.vote_method'] for row in csv.DictReader(open(name, newline=''))}
		    for name in ('fix.csv', 'part.csv', 'job.run/rejected.csv'))
		want = {k: v for k, v in old.items() if k not in part}
		want.update({k: v for k, v in part.items() if v not in ('voted', 'early', 'absentee')})
		if want != new:
		    print('left:', sorted(set(new.items()) ^ set(want.items()))[:5])
	END
	)"
	rollcall retry job.cfg part.csv >/dev/null 2>&1
	code=$?
	case $code in
	65) ;;
	*) grep -q . job.run/rejected.csv || bad="$bad round $round again: $code" ;;
	esac
done
nation ballots.csv >ballots.table
bad="$bad$(python3 - <<-'END'
	import csv
	wanted = sorted((row['SOS_VOTERID'], day[8:]) for row in csv.DictReader(open('oh.csv', newline=''))
	    for day in row if day.startswith('GENERAL') and row[day])
	got = [(row['person_id'], row['election.election_at']) for row in csv.DictReader(open('ballots.table', newline=''))]
	if len(got) != len(wanted) or len(set(got)) != len(got):
	    print('votes', len(got), 'of', len(wanted), 'different', len(set(got)))
END
)"
is "votes that were rejected, corrected in four rounds, some of them rejected again" "" "$bad"
is "the last round leaves none" "0 0" "$(total rows_failed) $(total rows_unaccounted)"
exits 0 "verify agrees" rollcall verify job.cfg

# ---- a retry of votes that is lost, and split
scene lost
votes
ROWS=20 votes_job
rollcall run job.cfg >/dev/null 2>&1
rollcall rejects job.cfg -o fix.csv
sed -i 's/by pigeon/voted/' fix.csv
fault submit:1:status=413
fault submit:2:take,drop
exits 0 "a retry of votes is split, and an answer is lost" rollcall retry job.cfg fix.csv
nation ballots.csv >ballots.table
is "every vote is in the nation once" "11 11" "$(sed 1d ballots.table | wc -l) $(sed 1d ballots.table | cut -d, -f 1,4 | sort -u | wc -l)"
exits 0 "verify agrees" rollcall verify job.cfg

# ---- joined columns, dates, constants, only: what was sent is what is corrected
scene made
cat >people.csv <<-'END'
	id,last,house,street,kind,mail,since,status
	1,O'NEIL,12,ELM,ST,nowhere,01/02/2020,A
	2,VAN DER BERG,,OAK  HILL,"AVE, N",nowhere,20/20/2020,A
	3,MCKAY,7,FIR,RD,c@example.org,03/04/2021,A
	4,GONE,7,FIR,RD,nowhere,03/04/2021,R
END
SOURCE='only = ( ( "status", "=", "A" ) ); columns = ( ( "id", "state_file_id", "zero fill 3" ), ( "last", "last_name", "name case" ),
	( "{house} {street} {kind}", "registered_address.address1", "squeeze" ), ( "mail", "email", "lower" ),
	( "since", "registered_at", "date MM/DD/YYYY" ) );
	constants = ( ( "registered_address.state", "NC" ), ( "tag_list", "NC, \"voters\" {load_id}" ) );' job
runs 3 "rows of a source that is made of many things are rejected"
is "they stand there as they were sent" "001 O'Neil 12 ELM ST nowhere 01/02/2020 NC;002 van der Berg OAK HILL AVE, N nowhere  NC" \
	"$(table job.run/rejected.csv state_file_id last_name registered_address.address1 email registered_at registered_address.state | paste -sd ';')"
is "with their places in the file" "2 1;3 2" "$(table job.run/rejected.csv source_line source_row | paste -sd ';')"
rollcall rejects job.cfg -o fix.csv
sed -i '2s/nowhere/A@Example.org/; 3s/nowhere/b@example.org/; s/OAK HILL/Oak  Hill/' fix.csv
exits 0 "corrected" rollcall retry job.cfg fix.csv
nation people.csv >people.table
is "they are sent as they stand in the file, no rule is applied once more" "001 A@Example.org 12 ELM ST;002 b@example.org Oak  Hill AVE, N;003 c@example.org 7 FIR RD" \
	"$(table people.table state_file_id email registered_address.address1 | sort | paste -sd ';')"
is "with their constants" "$(table people.table tag_list | sort -u)" "NC, \"voters\" $(sed -n 's/.*"load_id": *"\([^"]*\)".*/\1/p' job.run/birth.json)"
is "what a rule left out is counted once" "4 1 3 0" "$(total rows_in_file) $(total rows_left_out) $(total rows_succeeded) $(total rows_failed)"
exits 0 "verify agrees" rollcall verify job.cfg

# ---- rows that are no longer in the source as the nation sends them back have no place: they are told apart by their cells
scene placeless
cat >people.csv <<-'END'
	state_file_id,registered_address.state,first_name,email
	NC1,NC,Ann,nowhere
	NC2,NC,Bob,nowhere
	NC3,NC,Cid,nowhere
END
ROWS=9 job
rollcall run job.cfg >/dev/null 2>&1
sed -i 's/NC\([123]\),/nc\1,/' job.run/answers/people-1.failed.csv
exits 0 "the reports are written again" rollcall report job.cfg
is "rows that were not found have no place" "  ;  ;  " "$(table job.run/rejected.csv source_line source_row email | sed 's/nowhere//' | paste -sd ';')"
rollcall rejects job.cfg -o fix.csv
sed -i 's/nc\([123]\)\(.*\)nowhere/NC\1\2x\1@example.org/' fix.csv
sed -n '1p;3p' fix.csv >part.csv
exits 3 "one of them is corrected" rollcall retry job.cfg part.csv
is "the others are left" "Ann;Cid" "$(table job.run/rejected.csv first_name | paste -sd ';')"
exits 65 "once" rollcall retry job.cfg part.csv
err_has "is enough" "part.csv line 2: a row of people-1 without a place was sent again already, in people-2"
sed 3d fix.csv >part.csv
exits 0 "then the others" rollcall retry job.cfg part.csv
is "all are there" "Ann;Bob;Cid" "$(nation people.csv >people.table; table people.table first_name | sort | paste -sd ';')"

# ---- an input that is gone
scene gone
printf 'state_file_id,registered_address.state,email\nNC1,NC,nowhere\n' >people.csv
job
rollcall run job.cfg >/dev/null 2>&1
rollcall rejects job.cfg -o fix.csv
sed -i 's/nowhere/a@example.org/' fix.csv
mv people.csv away.csv
exits 66 "an input that cannot be read again" rollcall retry job.cfg fix.csv
err_has "is named" "people.csv"
mv away.csv people.csv
exits 0 "is wanted back" rollcall retry job.cfg fix.csv

# ---- the failure CSV in every form (nationbuilder-api.md): alphabet, padding, line breaks, the reason's name, place and spelling.
# One load, a chunk a form: whichever chunk gets which, all of them must be read.
scene forms
forms=()
for alphabet in '' ,base64=std ,base64=url; do
	for ending in '' ,nopad ,wrap ,nopad,wrap; do
		for reason in '' ,reason=error ',reason=Failure Reason' ,reason-first ,reason-first,reason=why ,reason-raw ,reason-raw,reason-first ,reason=email; do
			form=$alphabet$ending$reason
			forms+=("${form:-,wait=0ms}")
		done
	done
done
{
	echo 'state_file_id,registered_address.state,first_name,email'
	for ((i = 0; i < ${#forms[@]}; i++)); do
		printf 'A%d,NC,"Ann, ""the one""",a%d@example.org\nB%d,NC,Bob,nowhere\n' $i $i $i
		printf 'C%d,NC,"Cid\nof two lines","nowhere, ""really"""\nD%d,NC," Dee ",nowhere\n' $i $i
		printf 'E%d,NC,Bob,nowhere\nF%d,NC,=Eve,nowhere\n' $i $i
	done
} >people.csv
for ((i = 0; i < ${#forms[@]}; i++)); do printf 'result:%d:%s\n' $((i + 1)) "${forms[i]#,}"; done >forms.txt
while read -r form; do fault "$form"; done <forms.txt
ROWS=6 LIMITS='uploads = 1; in_flight = 1;' job
runs 3 "${#forms[@]} chunks, each with a failure CSV of another form"
exits 0 "rejects" rollcall rejects job.cfg -o fix.csv
is "all rows have their places and their reasons" "" "$(python3 - <<-'END' | head -n 10
	import csv
	forms = open('forms.txt').read().split('\n')
	rows = {int(row['source_row']): row for row in csv.DictReader(open('fix.csv', newline='')) if row['source_row']}
	for number in range(1, 6 * (len(forms) - 1) + 1):
	    if (number in rows) == (number % 6 == 1):
	        print(forms[(number - 1) // 6], 'row', (number - 1) % 6 + 1, 'is missing' if number % 6 != 1 else 'is there')
	    elif number in rows and 'mail' not in rows[number]['reason']:
	        print(forms[(number - 1) // 6], 'reason:', rows[number]['reason'])
END
)"
is "and are as many as were rejected" $((5 * ${#forms[@]})) "$(table fix.csv chunk | wc -l)"
python3 - <<-'END'
	import csv
	rows = list(csv.DictReader(open('fix.csv', newline='')))
	with open('good.csv', 'w', newline='') as file:
	    out = csv.DictWriter(file, list(rows[0]))
	    out.writeheader()
	    for number, row in enumerate(rows):
	        out.writerow(dict(row, email='x%d@example.org' % number))
END
no_faults
exits 0 "corrected, they are all accepted" rollcall retry job.cfg good.csv
is "each once" "$((6 * ${#forms[@]})) 0 0" "$(total rows_succeeded) $(total rows_failed) $(total rows_unaccounted)"
is "the nation has them" $((6 * ${#forms[@]})) "$(nation people.csv >people.table; table people.table id | wc -l)"
finish
