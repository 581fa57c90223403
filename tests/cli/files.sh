#!/usr/bin/env bash
# Input files: each kind of bad input is 65 with its place, a file that cannot be had is 66; nothing is
# sent and nothing is left behind. Then the layouts that are taken, and what the nation gets of them.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

header=state_file_id,registered_address.state,first_name

# input TEXT: people.csv; printf's escapes
input()
{
	# shellcheck disable=SC2059
	printf "$1" >people.csv
}

# refused CODE SENTENCE LINE...: run and check end with CODE; each LINE is a whole line of the
# message.
refused()
{
	local verb line
	for verb in check run; do
		exits "$1" "$2: $verb" rollcall "$verb" job.cfg
	done
	for line in "${@:3}" "Nothing was sent."; do
		ok "$2: $line" grep -qxF -e "$line" "$WORK/err"
	done
	is "$2: no POST, no run folder" "0, job.cfg ledger people.csv token" \
		"$(posts), $(find . -mindepth 1 -maxdepth 1 ! -name 'ballots.csv' ! -name '*.none' -printf '%P\n' | sort | paste -sd ' ')"
}

# bad SENTENCE TEXT LINE...: an input that is wrong
bad()
{
	input "$2"
	job
	refused 65 "$1" "${@:3}"
}

scene bad
bad "an unclosed quotation mark" "$header\n1,NC,Ann\n2,NC,\"Bob\n3,NC,x\n" \
	'rollcall: people.csv ends inside quotation marks that were opened and never closed' \
	'  row 2 (line 3, byte 64), column first_name: "Bob' \
	'  If quotation marks are ordinary characters here, set  quoting = "none";  in job.cfg line 3;'
bad "a quotation mark inside an unquoted field" "$header\n1,NC,5'10\" TALL\n" \
	'rollcall: people.csv has a quotation mark inside an unquoted field' \
	"  row 1 (line 2, byte 59), column first_name: 5'10\" TALL"
bad "text after a closing quotation mark" "$header\n1,NC,\"Bud\" Smith\n" \
	'rollcall: people.csv has text after a closing quotation mark' \
	'  row 1 (line 2, byte 60), column first_name: "Bud" Smith'
bad "too few fields" "$header\n1,NC,Ann\n2,NC\n" \
	'rollcall: people.csv has a row with 2 fields instead of 3' '  row 2 (line 3, byte 59), column first_name'
bad "too many fields" "$header\n1,NC,\"A\nn\"\n2,NC,a,b\n" \
	'rollcall: people.csv has a row with 4 fields instead of 3' '  row 2 (line 4, byte 61), column 4'
bad "a NUL byte" "$header\n1,NC,A\0n\n" \
	'rollcall: people.csv has a NUL byte' '  row 1 (line 2, byte 56), column first_name'
bad "invalid UTF-8" "$header\n1,NC,Ann\n2,NC,N\372\361ez\n3,NC,\361\n" \
	'rollcall: people.csv is not UTF-8' \
	'  row 2 (line 3, byte 65), column first_name: bytes 4E FA F1 65 7A' \
	'  Read as windows-1252 this is "Núñez".  2 rows have such bytes.'
ROWS=0 LIMITS='chunk = "100";' bad "a record larger than a chunk" "$header\n1,NC,$(printf '%0200d' 0)\n" \
	'rollcall: people.csv has a record that is larger than a chunk (100 B)' '  row 1 (line 2, byte 50), column first_name'
bad "UTF-16 that was cut off" "\377\376i\0d" \
	'rollcall: people.csv ends within a character of UTF-16' '  line 1, byte 4'
SOURCE='encoding = "windows-1252";' bad "UTF-8's mark in another encoding" "\357\273\277$header\n1,NC,N\303\272\n" \
	'rollcall: people.csv begins with the byte order mark of UTF-8, and is not windows-1252' \
	'  Set  encoding = "UTF-8";  in job.cfg line 3.'
bad "tabs instead of commas" "${header//,/\\t}\n1\tNC\tAnn\n" \
	'rollcall: people.csv has only one column, "state_file_id\x09registered_address.state\x09first_name"' \
	'  If tabs stand between columns, set  format = "tab";  in job.cfg line 3.'
bad "an empty line" "$header\n1,NC,Ann\n\n2,NC,a\n" \
	'rollcall: people.csv has an empty line' '  row 2 (line 3, byte 59)'
bad "a lone carriage return" "$header\n1,NC,A\rn\n" \
	'rollcall: people.csv has a carriage return that no line feed follows'
bad "an empty file" "" \
	'rollcall: people.csv is empty' '  If that is right, set  empty = "allow";  in job.cfg line 3.'
bad "a header line and no rows" "$header\n" \
	'rollcall: people.csv has a header line and no rows'
bad "a column twice" "state_file_id,registered_address.state,state_file_id\n1,NC,2\n" \
	'rollcall: people.csv has the column "state_file_id" twice: it is column 1 and column 3'
bad "a column without a name" "state_file_id,registered_address.state,\n1,NC,2\n" \
	'rollcall: people.csv has no name for column 3'
bad "a column that is no field" "state_file_id,registered_address.state,frist_name\n1,NC,2\n" \
	'rollcall: people.csv has a column "frist_name" that is no field of the nation; did you mean "first_name"?' \
	'    or allow it:  extra_fields = [ "frist_name" ];'
bad "state_file_id without the state" "state_file_id,first_name\n1,2\n" \
	'rollcall: people.csv: no column becomes registered_address.state (state_file_id needs it)' \
	'    constants = ( ( "registered_address.state", "NC" ) );'
SOURCE='columns = ( ( "state_file_id", "external_id" ), ( "lastname", "last_name" ) );' \
	bad "a mapped column that is not there" "$header\n1,NC,Ann\n" \
	'rollcall: people.csv has no column "lastname", which the job sends as last_name'

# The same rows in two sources are sent twice, just as in two inputs of one.
MORE=', { name = "again"; type = "people"; input = "people.csv"; }' bad "an input in two sources" "$header\n1,NC,Ann\n" \
	'rollcall: people.csv of source people and people.csv of source again hold the same rows' \
	'  Every row would be sent twice.  Take one of them out.'
MORE=', { name = "tags"; type = "people"; input = "people.csv"; constants = ( ( "tag_list", "x" ) ); }' job
exits 0 "an input in two sources that send other rows of it" rollcall check --quiet job.cfg

# What is said of windows-1252 names the way out, and it works.
input "$header\n2,NC,N\372\361ez\n"
job
rollcall check job.cfg 2>err
advice=$(sed -n 's/.*set  \(encoding = .*;\)  in job.cfg line 3\./\1/p' err)
is "an encoding is proposed" 'encoding = "windows-1252";' "$advice"
SOURCE=$advice job
exits 0 "and it is the right one" rollcall check --quiet job.cfg
rm -f err

# ballots
ballot_column_missing()
{
	ballots 2
	cut -d, -f"$2" ballots.csv >cut.none
	mv cut.none ballots.csv
	refused 65 "ballots without $1" "rollcall: ballots.csv: no column becomes $1 ($3)"
}
people 2
job
sed -i 's/"people"; input = "people.csv"/"ballot"; input = "ballots.csv"/' job.cfg
ballot_column_missing election.election_at 1-2,4- "when the election was"
ballot_column_missing election.country_code 1-3,5- "two letters, such as US"
ballot_column_missing election.state 1-4,6 "needed in the US"
ballot_column_missing ballots.vote_method 1-5 "voted, early or absentee"
ballots 3
sed -i '3,4s/voted/maybe/' ballots.csv
exits 0 "a wrong value of a ballot is told" rollcall check job.cfg
err_has "and counted" "warning: ballot: ballots.vote_method is not voted, early or absentee: 2 rows"
err_has "with an example" '  row 2 (line 3): "maybe"'
rm ballots.csv

# ---- files that cannot be had
people 2
# absent SENTENCE INPUT LINE CODE
absent()
{
	job
	sed -i "s/input = \"people.csv\"/input = $2/" job.cfg
	refused "${4:-66}" "$1" "$3"
}
absent "a file that is not there" '"none.csv"' 'rollcall: none.csv cannot be opened: No such file or directory'
mkdir folder.none
absent "a folder" '"folder.none"' 'rollcall: folder.none is a folder: an input is a file, which can be read again'
mkfifo pipe.none
absent "a pipe" '"pipe.none"' 'rollcall: pipe.none is a pipe: an input is a file, which can be read again'
cp people.csv locked.none
chmod 000 locked.none
if [ -r locked.none ]; then
	skip "a file that may not be read" "this user may read everything"
else
	absent "a file that may not be read" '"locked.none"' 'rollcall: locked.none cannot be opened: Permission denied'
fi
cp people.csv copy.none
ln people.csv link.none
ln -s people.csv soft.none
absent "one input twice" '[ "people.csv", "people.csv" ]' 'rollcall: source people: people.csv and people.csv are the same file' 65
absent "one input by a hard link" '[ "people.csv", "link.none" ]' 'rollcall: source people: people.csv and link.none are the same file' 65
absent "one input by a symbolic link" '[ "people.csv", "soft.none" ]' 'rollcall: source people: people.csv and soft.none are the same file' 65
absent "two inputs of the same bytes" '[ "people.csv", "copy.none" ]' 'rollcall: source people: people.csv and copy.none hold the same rows' 65

# ---- layouts that are taken
# loads SENTENCE INPUT CSV: a load of the input, with what the job says; CSV is what the nation gets.
loads()
{
	scene "taken-$((++scenes))"
	input "$2"
	ROWS=0 job
	runs 0 "$1"
	nation "imports/$(import_id 1)/file" >got
	# shellcheck disable=SC2059
	printf "$3" >want
	same "$1: what the nation got" want got
	is "$1: its digest is in the report" "$(sha256sum <got | cut -d' ' -f1)" "$(cells sha256)"
}
scenes=0
loads "CRLF, and no last newline" "$header\r\n1,NC,Ann\r\n2,NC,Bob" "$header\r\n1,NC,Ann\r\n2,NC,Bob"
loads "a byte order mark is not sent" "\357\273\277$header\n1,NC,Ann\n" "$header\n1,NC,Ann\n"
is "and not counted as a row's" "53 62" "$(words first_byte) $(words end_byte)"
SOURCE="header = [ \"state_file_id\", \"registered_address.state\", \"first_name\" ];" \
	loads "header = [...]" "1,NC,\"A\nnn\"\n2,NC,Bob\n" "$header\n1,NC,\"A\nnn\"\n2,NC,Bob\n"
is "rows count from the first line" "1 2 0" "$(words first_row) $(words last_row) $(words first_byte)"
three='columns = ( ( "id", "state_file_id" ), ( "st", "registered_address.state" ), ( "name", "first_name" ) );'
SOURCE="format = \"tab\"; $three" loads "tabs" 'id\tname\tst\n1\t"A, ""B"""\tNC\n' "$header\n1,NC,\"A, \"\"B\"\"\"\n"
SOURCE="format = \"pipe\"; $three" loads "pipes" 'id|name|st\n1|Ann|NC\n' "$header\n1,NC,Ann\n"
SOURCE="format = \"semicolon\"; $three" loads "semicolons" 'id;name;st\n1;"A;B";NC\n' "$header\n1,NC,A;B\n"
SOURCE="quoting = \"none\"; $three" loads "quotation marks are ordinary" "id,name,st\n1,5'10\" TALL,NC\n" "$header\n1,NC,\"5'10\"\" TALL\"\n"
SOURCE="$three constants = ( ( \"tag_list\", \"voters, 2026\" ) );" \
	loads "constants" 'id,name,st,unused\n1,Ann,NC,x\n' "$header,tag_list\n1,NC,Ann,\"voters, 2026\"\n"
SOURCE='extra_fields = [ "shoe_size" ];' loads "extra_fields" "$header,shoe_size\n1,NC,Ann,9\n" "$header,shoe_size\n1,NC,Ann,9\n"
loads "custom fields" "$header,custom_fields.shoe\n1,NC,Ann,9\n" "$header,custom_fields.shoe\n1,NC,Ann,9\n"

scene load-id
people 2
SOURCE='constants = ( ( "tag_list", "load {load_id}" ) );' job
runs 0 "a constant with {load_id}"
load_id=$(sed -n 's/.*"load_id":"\([0-9a-f]*\)".*/\1/p' job.run/birth.json)
nation "imports/$(import_id 1)/file" >got
file_has "has the load's id, which birth.json has, too" got "load ${load_id:?}"

scene several
people 3
mv people.csv a.csv
people 4 10
job
sed -i 's/input = "people.csv"/input = [ "a.csv", "people.csv" ]/' job.cfg
runs 0 "several inputs of one source"
is "are cut one by one" "a.csv:1-2 a.csv:3-3 people.csv:1-2 people.csv:3-4" \
	"$(paste -d' ' <(cells source_file) <(cells first_row) <(cells last_row) | sed 's/\(.*\) \(.*\) /\1:\2-/' | paste -sd ' ')"
is "and numbered on" "1 2 3 4" "$(words chunk)"
is "all of them reach the nation" 7 "$(nation people/count)"

scene empty
input "$header\n"
SOURCE='empty = "allow";' job
runs 0 "an input without rows, where it is allowed"
is "sends nothing" 0 "$(posts)"

finish
