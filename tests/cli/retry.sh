#!/usr/bin/env bash
# Rejected rows all the way: listed, corrected, sent again once, netted in the reports; chunks that
# surely were not taken, sent again.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

# nine_people: six good ones, three that the nation rejects
nine_people()
{
	{
		echo 'state_file_id,registered_address.state,first_name,email'
		for i in 1 2 3 4 5 6; do echo "NC$i,NC,Ann $i,a$i@example.org"; done
		echo 'NC7,NC,"Bad, ""one""",nowhere'
		echo 'NC8,NC,Bad2,nowhere'
		printf 'NC9,NC,"multi\nline",nowhere\n'
	} >people.csv
}

# correct: each bad address of fix.csv becomes one that is good, and its own
correct()
{
	awk '{ while (sub(/nowhere/, "good" ++n "@example.org")) {} print }' fix.csv >fix.new && mv fix.new fix.csv
}

people_in_nation()
{
	nation people.csv | python3 -c 'import csv, sys; print(len(list(csv.DictReader(sys.stdin))))'
}

# rejected COLUMN: of rejected.csv, whose cells may have line ends
rejected()
{
	python3 -c '
import csv, sys
print(*[row[sys.argv[1]] for row in csv.DictReader(open("job.run/rejected.csv", newline=""))])' "$1"
}

# adds_up: of every line of summary.csv
adds_up()
{
	python3 -c '
import csv
for line in csv.DictReader(open("job.run/summary.csv")):
    n = {k: int(v) for k, v in line.items() if k != "source"}
    if n["rows_in_file"] != n["rows_left_out"] + n["rows_succeeded"] + n["rows_failed"] + n["rows_unaccounted"]:
        print("does not add up:", line)'
}

# ---- rejects
scene rejects
nine_people
job
runs 3 "a load with rejected rows"
err_has "the ending counts them by reason" "  reasons   3  email is invalid"
err_has "and says what to do" "            correct the rows in it, then: rollcall retry job.cfg fix.csv"
exits 0 "rejects" rollcall rejects job.cfg
is "its rows are those of rejected.csv" "$(cat job.run/rejected.csv)" "$(cat "$WORK/out")"
exits 0 "rejects --list" rollcall rejects --list job.cfg
is "reasons, grouped" "3  email is invalid" "$(cat "$WORK/out")"
exits 0 "rejects --json" rollcall rejects --json job.cfg
is "the same for programs" '{"schema":1,"job":"job","rejected":3,"reasons":[{"rows":3,"reason":"email is invalid"}],"others":0}' "$(cat "$WORK/out")"
exits 0 "status --json" rollcall status --json job.cfg
out_has "has them, too" '"reasons":[{"rows":3,"reason":"email is invalid"}],"others":0,"waiting_for":null'
mv job.run/answers away
exits 0 "rejects, when the nation's answers are gone" rollcall rejects job.cfg
err_has "says that it does not have them all" "warning: 3 rejected rows of this load are not listed: the nation's answers,
  as they are kept in its folder answers/, do not say which."
exits 0 "so does the list of reasons" rollcall rejects --list job.cfg
err_has "in the same words" "warning: 3 rejected rows of this load are not listed:"
mv away job.run/answers
exits 0 "rejects --reason, in any case" rollcall rejects --reason "IS inv" --source people job.cfg
is "has them all" 5 "$(wc -l <"$WORK/out")"
exits 0 "rejects --reason that none has" rollcall rejects --reason taken job.cfg
is "has the header line" 1 "$(wc -l <"$WORK/out")"
exits 64 "a source that there is not" rollcall rejects --source peopel job.cfg
err_has "gets a did you mean" 'there is no source "peopel"; did you mean "people"?'
exits 0 "rejects -o" rollcall rejects -o fix.csv job.cfg
is "writes the file" "$(cat job.run/rejected.csv)" "$(cat fix.csv)"
is "for nobody else to read" 600 "$(stat -c %a fix.csv)"
exits 73 "a file that is there stays" rollcall rejects --reason taken -o fix.csv job.cfg
is "and that is said" "rollcall: fix.csv is there already
  -o FILE writes another; --force replaces it.  Nothing was written." "$(cat "$WORK/err")"
exits 0 "unless --force is given" rollcall rejects --reason taken -o fix.csv --force job.cfg
is "then it is another" 1 "$(wc -l <fix.csv)"
exits 73 "a folder that there is not" rollcall rejects -o nowhere/fix.csv job.cfg
mkdir folder
exits 73 "a folder" rollcall rejects -o folder --force job.cfg
err_has "is no file" "folder is a folder"
cp people.csv before
exits 73 "an input" rollcall rejects -o people.csv --force job.cfg
is "which is said" "rollcall: people.csv is what is read here: it would be gone
Nothing was written." "$(cat "$WORK/err")"
same "and is as it was" before people.csv
exits 64 "a name that none can have" rollcall rejects -o "$(printf '%0300d' 0)" job.cfg
exits 0 "-o - is standard output" rollcall rejects -o - job.cfg
is "with the rows" "$(cat job.run/rejected.csv)" "$(cat "$WORK/out")"
ok "and no file" test ! -e ./-
mkfifo pipe
cat pipe >piped &
exits 0 "a pipe is written to" rollcall rejects -o pipe --force job.cfg
wait $!
is "with the rows" "$(cat job.run/rejected.csv)" "$(cat piped)"
ok "and stays a pipe" test -p pipe

# ---- retry
rollcall rejects -o fix.csv --force job.cfg
exits 65 "rows that were not corrected may be sent again, but not what is no row" rollcall retry job.cfg people.csv
err_has "the columns are missed" 'people.csv line 1: there is no column "source"'
correct
cp fix.csv kept.csv
exits 0 "retry" rollcall retry job.cfg fix.csv
err_has "it says how many" "3 corrected rows are sent again."
err_has "every row is accepted" "9 accepted, 0 rejected of 9 in the files"
is "the nation has all of them" 9 "$(people_in_nation)"
is "each was sent once more, no other" 7 "$(imports)"
is "the numbers add up" "" "$(adds_up)"
is "of the file: as many as before" "9 9 9 0" "$(total rows_in_file) $(total rows_sent) $(total rows_succeeded) $(total rows_failed)"
is "no row is rejected still" 1 "$(wc -l <job.run/rejected.csv)"
is "the new chunks are lines of their own" "people.csv people.csv people.csv people.csv people.csv retry/1.csv retry/1.csv" "$(words source_file)"
is "their notes say of what" "retry of rejected rows of people-4|retry of rejected rows of people-5" \
	"$(cells note | tail -n 2 | sed 's/ to people-5//' | paste -sd '|')"
is "and where the rows were rejected, that they were corrected" 2 "$(grep -c 'corrected and sent again' job.run/report.csv)"
exits 0 "verify finds nothing" rollcall verify job.cfg
exits 0 "nor does it online" rollcall verify --online job.cfg
exits 0 "explain of a chunk whose rows were rejected" rollcall explain job.cfg people-4
out_has "tells of the retry" "rejected rows of it were corrected by a person and are sent again: 2 of retry/1.csv"
exits 0 "explain of a new chunk" rollcall explain job.cfg people-6
out_has "tells where it comes from" "  rows that were rejected in people-4"
out_has "and by which file" "added to the plan: corrected rows, retry/1.csv"
exits 0 "log" rollcall log --json job.cfg
out_has "has the file with its digest" "\"event\":\"retry_planned\",\"source\":\"people\",\"chunk\":null"
out_has "the digest is that of the file" "\"sha256\":\"$(sha256sum kept.csv | cut -c 1-64)\""
exits 0 "status" rollcall status job.cfg
out_has "is net" "9 accepted, 0 rejected of 9 rows"

# ---- the up-arrow key
posts=$(posts)
exits 65 "the same file again" rollcall retry job.cfg fix.csv
err_has "is known" "fix.csv was handed in before, at "
err_has "its first row is named" "fix.csv line 2: row 7 of people.csv was sent again already, in people-6"
sed -n '1p;3p' fix.csv >part.csv
exits 65 "a part of it" rollcall retry job.cfg part.csv
err_has "is known by its rows" "part.csv line 2: row 8 of people.csv was sent again already, in people-"
is "nothing was sent" "$posts" "$(posts)"
is "nothing was kept" 1.csv "$(ls job.run/retry)"
exits 0 "and run has nothing to do" rollcall run job.cfg
is "so it sends nothing" "$posts" "$(posts)"

# ---- rejected again: once more, by the old list or by the new one
scene again
nine_people
job
runs 3 "a load with rejected rows"
rollcall rejects -o fix.csv job.cfg
cp fix.csv first.csv
exits 3 "sent again as they are" rollcall retry job.cfg fix.csv
is "they are rejected again, and only once" "6 6 7 3" "$(rejected chunk) $(total rows_failed)"
is "with their first places" "7 8 9 8 9 10" "$(rejected source_row) $(rejected source_line)"
is "of the file that the job names" "people.csv people.csv people.csv" "$(rejected source_file)"
is "the numbers add up" "" "$(adds_up)"
correct
exits 0 "an old list, corrected, still names them" rollcall retry job.cfg fix.csv
is "all are accepted" "9 0" "$(total rows_succeeded) $(total rows_failed)"
is "and in the nation" 9 "$(people_in_nation)"
exits 65 "that was that" rollcall retry job.cfg first.csv
exits 0 "verify agrees" rollcall verify job.cfg

# ---- what spreadsheets and editors do to a file
scene spreadsheet
nine_people
job
runs 3 "a load with rejected rows"
rollcall rejects -o fix.csv job.cfg
correct
python3 - <<-'END'
	import csv
	rows = list(csv.DictReader(open("fix.csv", newline="")))
	names = list(rows[0])
	order = names[7:] + names[6::-1]
	with open("fix.csv", "w", newline="", encoding="utf-8-sig") as file:
	    to = csv.DictWriter(file, order, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
	    to.writeheader()
	    for row in reversed(rows):
	        to.writerow(row)
END
exits 0 "byte order mark, CR LF, quotation marks everywhere, columns and rows in another order" rollcall retry job.cfg fix.csv
is "all are accepted" "9 0" "$(total rows_succeeded) $(total rows_failed)"
is "as they stand in the file" 'Bad, "one"' "$(nation people.csv | python3 -c '
import csv, sys
print([p["first_name"] for p in csv.DictReader(sys.stdin) if p["state_file_id"] == "NC7"][0])')"
exits 0 "verify agrees" rollcall verify job.cfg

# ---- what cannot be taken: the line, and why; nothing is changed
scene wrong
nine_people
job
runs 3 "a load with rejected rows"
rollcall rejects -o good.csv job.cfg
posts=$(posts)
# wrong SENTENCE WORDS SED: good.csv, edited, is refused
wrong()
{
	sed "$3" good.csv >fix.csv
	exits 65 "$1" rollcall retry job.cfg fix.csv
	err_has "$1: the words" "$2"
}
wrong "a row that was accepted" "fix.csv line 2: row 1 of people.csv was not rejected" '2s/people.csv,8,7/people.csv,2,1/'
wrong "a row that there is not" "line 2: row 77 of people.csv was not rejected" '2s/people.csv,8,7/people.csv,8,77/'
wrong "a row twice" "line 3: row 7 of people.csv stands in this file before" '2p'
wrong "another source" 'line 2: there is no source "peoples"' '2s/^people/peoples/'
wrong "another input" 'line 2: people has no input "other.csv"' '2s/people.csv/other.csv/'
wrong "a chunk that is no number" 'line 2: chunk is "x", which is no number of one' '2s/people,4/people,x/'
wrong "a row that is no number" 'line 2: source_row is "0", which is no number of one' '2s/people.csv,8,7/people.csv,8,0/'
wrong "an unknown column" 'line 1: no source of the job sends a column "emial"; did you mean "email"?' '1s/email/emial/'
wrong "a column twice" 'line 1: there are two columns "first_name"' '1s/email/first_name/'
wrong "a column that is missing" 'line 1: there is no column "reason"' '1s/,reason,/,raison,/'
wrong "no rows" "fix.csv has no rows" '2,99d'
wrong "a field too many" "fix.csv" '2s/$/,more/'
wrong "Latin-1" "fix.csv is not UTF-8" "2s/NC7/\\xE9/"
wrong "with the way out" "  Corrected rows are read as UTF-8: save the file in that encoding." "2s/NC7/\\xE9/"
wrong "a quotation mark in a field" "  Put the field in quotation marks and double its own." '2s/nowhere/no"where/'
file_lacks "no setting of the job file would help" "$WORK/err" job
wrong "semicolons" "fix.csv line 1: there are semicolons between the columns" 's/,/;/g'
wrong "numbers as spreadsheets write them" 'line 2: chunk is "4.0", which is no number of one' '2s/people,4/people,4.0/'
wrong "an empty line" "fix.csv has an empty line" '2s/^/\n/'
: >fix.csv
exits 65 "an empty file" rollcall retry job.cfg fix.csv
err_has "is said" "fix.csv is empty"
exits 66 "a folder" rollcall retry job.cfg .
sed -n '1p;3p' good.csv | cut -d, -f 1-10 >fix.csv
exits 65 "a column of the source that is missing" rollcall retry job.cfg fix.csv
err_has "is named" 'line 2: this row is of people, which sends a column "email": the file has none'
is "nothing was kept of all that" "" "$(ls job.run/retry)"
is "nothing was sent" "$posts" "$(posts)"
exits 0 "the store is as it was" rollcall verify job.cfg
exits 66 "a file that there is not" rollcall retry job.cfg nowhere.csv
exits 64 "neither file nor --failed" rollcall retry job.cfg
exits 64 "both" rollcall retry --failed job.cfg good.csv
mkdir other
exits 66 "no load" rollcall retry --state-dir other job.cfg good.csv
is "and none is begun" "" "$(ls other)"
# somebody runs it
exec 9<>job.run/lock
flock 9
exits 75 "while it runs" rollcall retry job.cfg good.csv
exits 75 "also --failed" rollcall retry --failed job.cfg
exec 9<&-

# ---- inputs of a source whose columns stand in another order
scene orders
printf '%s\n' state_file_id,registered_address.state,first_name,email NC1,NC,Ann,ann@example.org NC2,NC,Bob,nowhere >people.csv
printf '%s\n' email,first_name,state_file_id,registered_address.state nowhere,Cid,NC3,NC dan@example.org,Dan,NC4,NC >more.csv
job
sed -i 's|"people.csv"|[ "people.csv", "more.csv" ]|' job.cfg
runs 3 "two inputs with the columns in another order"
is "the rejected rows stand in one table, with their places" \
	"people,1,$(cells import_id | sed -n 1p),people.csv,3,2,email is invalid,NC2,NC,Bob,nowhere
people,2,$(cells import_id | sed -n 2p),more.csv,2,1,email is invalid,NC3,NC,Cid,nowhere" "$(sed 1d job.run/rejected.csv)"
rollcall rejects -o fix.csv job.cfg
correct
exits 0 "corrected they are taken" rollcall retry job.cfg fix.csv
is "and all are there, each with its own" "NC1 Ann NC2 Bob NC3 Cid NC4 Dan" \
	"$(nation people.csv | python3 -c '
import csv, sys
print(*sorted(row["state_file_id"] + " " + row["first_name"] for row in csv.DictReader(sys.stdin)))')"
exits 0 "the reports are what the events say" rollcall verify job.cfg

# ---- an id that a full disk kept out of the store: it puts an import in doubt whose rows are handed in
# rescue CHUNK ID: the line that a run writes into the file ids
rescue()
{
	python3 - "$1" "$2" <<-'END'
		import sys
		text = "source 0 chunk %s attempt 1 import %s" % (sys.argv[1], sys.argv[2])
		check = 0xFFFFFFFF
		for byte in text.encode():
		    check ^= byte
		    for _ in range(8):
		        check = check >> 1 ^ (0x82F63B78 if check & 1 else 0)
		with open("job.run/ids", "r+") as ids:
		    ids.write("%s check %08X" % (text, check ^ 0xFFFFFFFF))
	END
}

scene rescued --fault submit:5:take,stall
nine_people
LIMITS='uploads = 1; in_flight = 1;' job
in_background "$ROLLCALL" run --quiet job.cfg >out 2>err
ok "the last POST is under way, and a chunk has rejected rows" await 30 eval \
	"grep -q '\"post\":5,' ledger && rollcall rejects -o fix.csv job.cfg && grep -q people,4 fix.csv"
{
	kill -KILL "$BACKGROUND"
	wait "$BACKGROUND"
} 2>/dev/null
no_faults
rescue 5 "$(import_id 4)"
correct
exits 65 "the rows of an import whose id another chunk was given are not taken" rollcall retry job.cfg fix.csv
err_has "which is said" "fix.csv line 2: people-4 is held: which of its rows were rejected is not known any more"
err_has "with what to look at" "    rollcall explain job.cfg people-4"
is "and none was sent" 5 "$(posts)"
runs 6 "both chunks wait for a person"
is "and no others" "done done done held held" "$(words state)"
is "nothing was sent again" 5 "$(posts)"

# two terminals at once: one of them sends, and no row goes twice
scene terminals
nine_people
job
runs 3 "a load with rejected rows"
rollcall rejects -o fix.csv job.cfg
correct
rollcall retry job.cfg fix.csv >/dev/null 2>one.err &
one=$!
rollcall retry job.cfg fix.csv >/dev/null 2>two.err
two=$?
wait $one
one=$?
case "$one $two" in
"0 65" | "0 75" | "65 0" | "75 0") pass "two retries at once: one is refused" ;;
*) fail "two retries at once: one is refused" "$one $two" "$(cat one.err two.err)" ;;
esac
is "every row is in the nation once" "9 7" "$(people_in_nation) $(imports)"
rm -f fix.csv

# ---- two sources in one file
scene union
nine_people
ballots 3
echo 'NC4,NC,11/03/2026,US,NC,by pigeon' >>ballots.csv
MORE=$BALLOTS job
runs 3 "rows of two sources are rejected"
is "in one table" "people people people ballot" "$(rejected source)"
rollcall rejects -o fix.csv job.cfg
sed -i 's/by pigeon/voted/' fix.csv
correct
awk 'NR == 2 { sub(/,*$/, ",,,,,voted") } { print }' fix.csv >odd.csv
exits 65 "a cell of a column that the row's source does not send" rollcall retry job.cfg odd.csv
exits 0 "each row goes to its own source" rollcall retry job.cfg fix.csv
is "all are accepted" "13 0" "$(total rows_succeeded) $(total rows_failed)"
is "the numbers add up" "" "$(adds_up)"
is "a file a source" "1.csv 2.csv" "$(echo job.run/retry/* | sed 's|job.run/retry/||g')"
exits 0 "verify agrees" rollcall verify job.cfg
echo "NC7,NC,x,y" >>job.run/retry/1.csv
exits 66 "a file of a retry that was changed" rollcall verify job.cfg

# ---- a source whose rows are made from columns, constants, maps: what was sent is what is corrected
scene made
cat >people.csv <<-'END'
	id|name|mail|party
	7|ANN O'BRIEN|nowhere|dem
	8|BOB|b@example.org|rep
	9|EVE|e@example.org|other
END
SOURCE='format = "pipe"; only = ( ( "party", "not in", [ "other" ] ) );
	columns = ( ( "id", "state_file_id", "zero fill 4" ), ( "name", "last_name", "name case" ),
		( "mail", "email" ), ( "party", "party", "map party" ) );
	constants = ( ( "registered_address.state", "NC" ) );' TOP='maps = { party = ( ( "dem", "D" ), ( "rep", "R" ) ); };' job
runs 3 "a row of a transforming source is rejected"
is "as it was sent" "0007 O'Brien D NC" "$(rejected state_file_id) $(rejected last_name | cut -d' ' -f2) $(rejected party) $(rejected registered_address.state)"
rollcall rejects -o fix.csv job.cfg
sed -i "s/nowhere/ann@example.org/; s/Ann O'Brien/ann o'BRIEN/" fix.csv
exits 0 "and sent again as it stands in the file" rollcall retry job.cfg fix.csv
is "no how is applied once more" "ann o'BRIEN" "$(nation people.csv | grep 0007 | tr ',' '\n' | grep -i brien)"
is "the numbers add up" "" "$(adds_up)"
is "what was left out is counted once" "3 1 2 0" "$(total rows_in_file) $(total rows_left_out) $(total rows_succeeded) $(total rows_failed)"
exits 0 "verify agrees" rollcall verify job.cfg

# ---- the nation's reasons in every form
scene forms
for form in reason-raw,reason-first base64=url,nopad,wrap,reason=why; do
	no_faults
	fault "result:$form"
	rm -rf job.run fix.csv
	nine_people
	job
	runs 3 "rejected rows ($form)"
	rollcall rejects -o fix.csv job.cfg
	correct
	sed -i "s/good\([0-9]\)@/${form%%[=,-]*}\1@/" fix.csv
	rollcall retry job.cfg fix.csv >out 2>&1
	is "are sent again and accepted ($form)" "9 0" "$(total rows_succeeded) $(total rows_failed)"
done

# ---- max_rejected: net of what was accepted at the second try; it keeps back no corrected row
scene early
nine_people
SOURCE='max_rejected = "1";' LIMITS='uploads = 1; in_flight = 1;' job
sed -i '2,3s/@example.org//; s/nowhere/&@example.org/' people.csv
sed -i '8s/nowhere/a/; 9s/nowhere/b/' people.csv
runs 3 "a load that is stopped by its rejected rows"
err_has "is not called finished" "stopped: job: more rows were rejected than max_rejected allows"
err_has "and tells what was not sent" "            $(awk -F, '$11 == "planned" { n += $8 } END { print n }' job.run/report.csv) not sent"
is "the rest is planned" 4 "$(words state | tr ' ' '\n' | grep -c planned)"
exits 0 "explain of a chunk that it keeps back" rollcall explain job.cfg people-4
out_has "promises no run that would send it" "It is planned. Next: nothing: people has more rejected rows than max_rejected"
rollcall rejects -o fix.csv job.cfg
sed -i 's/,a\([12]\)$/,a\1@example.org/' fix.csv
rollcall retry job.cfg fix.csv >/dev/null 2>err
is "corrected rows are sent, and the rest goes on" 0 "$(words state | tr ' ' '\n' | grep -c planned)"

# ---- rows that are not found again in their source: which one is meant is told by what they say
scene placeless
{
	echo state_file_id,registered_address.state,first_name,last_name,email
	for ((i = 1; i <= 4000; i++)); do echo "NC$i,NC,Ann,Lee $i,bad$i"; done
} >people.csv
SOURCE='max_rejected = "100%";' ROWS=10000 job
runs 0 "a chunk of which every row is rejected"
# A nation that gives rows back otherwise than they came.
sed -i 's/,Lee /,LEE /' job.run/answers/people-1.failed.csv
exits 0 "its rows are listed without a place" rollcall rejects -o fix.csv job.cfg
is "all of them" 4000 "$(grep -c '^people,1,[0-9]*,people.csv,,,' fix.csv)"
# Handed in backwards, so that each looks like many before it is its own.
{ head -n 1 fix.csv && tail -n +2 fix.csv | tac | sed -E 's/,(bad[0-9]+)$/,\1@example.org/'; } >back.csv
{ cat back.csv && tail -n 1 back.csv; } >twice.csv
exits 65 "one that stands there twice" rollcall retry job.cfg twice.csv
err_has "is refused" "a row of people-1 without a place stands in this file before"
exits 0 "all of them corrected, within a minute" rollcall retry job.cfg back.csv
is "are accepted, each for its own" "4000 0" "$(total rows_succeeded) $(total rows_failed)"
is "the numbers add up" "" "$(adds_up)"
is "and are in the nation" 4000 "$(people_in_nation)"
exits 65 "once" rollcall retry job.cfg back.csv
err_has "and that is said" "back.csv was handed in before"

# ---- a chunk of a retry that is too large, lost, refused
scene odd
nine_people
LIMITS='uploads = 1; in_flight = 1;' job
runs 3 "a load with rejected rows"
rollcall rejects -o fix.csv job.cfg
correct
fault submit:1:status=413
exits 0 "a chunk of a retry that is too large" rollcall retry job.cfg fix.csv
is "is split" "split from people-6; retry of rejected rows of people-4" "$(cells note | sed -n 8p)"
is "its rows are accepted all the same" "9 0" "$(total rows_succeeded) $(total rows_failed)"
is "the numbers add up" "" "$(adds_up)"
exits 0 "verify agrees" rollcall verify job.cfg

scene lost
nine_people
ROWS=9 SOURCE='in_doubt = "hold";' job
runs 3 "a load with rejected rows"
rollcall rejects -o fix.csv job.cfg
correct
fault submit:1:drop,take
exits 6 "a chunk of a retry whose answer is lost" rollcall retry job.cfg fix.csv
is "is held, its rows are unaccounted for and no longer rejected" "held 3 0" "$(cells state | tail -n 1) $(total rows_unaccounted) $(total rows_failed)"
is "the numbers add up" "" "$(adds_up)"
is "rejected.csv agrees" 1 "$(wc -l <job.run/rejected.csv)"
exits 65 "its rows are not sent again" rollcall retry job.cfg fix.csv
exits 0 "a person settles it" rollcall resolve --import "$(import_id 2)" --reason "it is there" job.cfg people-2
runs 0 "then it is done"
is "and counted" "9 0 0" "$(total rows_succeeded) $(total rows_failed) $(total rows_unaccounted)"

# ---- --failed
scene failed
people 8
LIMITS='uploads = 1;' job
exits 66 "no load" rollcall retry --failed job.cfg
fault submit:2:status=422,body=no
runs 4 "a chunk is refused"
is "one" "done refused done done" "$(words state)"
rollcall explain job.cfg people-2 >explained
is "explain says how it can be sent again" 1 "$(grep -c 'retry job.cfg --failed' explained)"
exits 0 "it is sent again" rollcall retry --failed job.cfg
err_has "and that is said" "1 chunk is sent again."
is "and taken" "done done done done" "$(words state)"
is "the note says it" "sent again by retry" "$(cells note | sed -n 2p)"
is "every row is in the nation" 8 "$(people_in_nation)"
exits 0 "there is nothing more" rollcall retry --failed job.cfg
err_has "and that is said" "There is no chunk to send again."
exits 0 "verify agrees" rollcall verify job.cfg

scene unprocessable
people 4
job
fault status:1:word=unprocessable
runs 4 "the nation gives up on an import"
exits 0 "it is sent again" rollcall retry --failed job.cfg
is "and taken" "done done" "$(words state)"

scene unsure
people 4
job
fault result:1-:status=500,body=x
RETRY='give_up = "300ms";' job
no_faults
fault result:status=200,body=x
runs 4 "imports whose result makes no sense"
is "failed" "failed failed" "$(words state)"
exits 4 "the nation may hold them: it goes on as run, which has nothing to do" rollcall retry --failed job.cfg
err_has "so a person settles them" "2 chunks (people-1 and others) the nation may hold: a person settles that."
err_has "nothing is sent" "There is no chunk to send again."
is "nothing was" 2 "$(imports)"
err_has "and where the load stands is said" "finished: job, but 2 chunks were refused or failed"

scene none-failed
people 6
LIMITS='uploads = 1;' job
fault submit:2:status=403,body=no
runs 77 "a load is stopped, and no chunk failed"
exits 0 "retry --failed goes on with it as run does" rollcall retry --failed job.cfg
err_has "and says that it had nothing else to do" "There is no chunk to send again."
is "all is sent" "done done done" "$(words state)"
finish
