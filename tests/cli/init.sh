#!/usr/bin/env bash
# A voter file that nobody has looked at becomes a job file: what `init` finds, writes, and never says.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
needs python3
files=${VOTER_FILES:-$TOP_SRCDIR/../shared/data/voter-files}

rollcall()
{
	timeout --foreground -k 5 60 "$ROLLCALL" "$@"
}

# unfamiliar: voters.txt, of no state, with one latin-1 letter at its end
unfamiliar()
{
	{
		printf 'Voter ID|First|Last|DOB|Zip Code|E-mail|Shoe\r\n'
		printf '1001|ANN|LEE|1/2/1980|27601|ann@example.org|7\r\n'
		printf '1002|BO||12/31/1975|27601-1234| |\r\n'
		printf '1003|JOS\351|EK|7/4/1966|27602||8\r\n'
	} >voters.txt
}

unfamiliar
exits 0 "init" rollcall init --nation ourcampaign voters.txt
is "tells what it did, and what is next" "people   no known layout, 1 file, 6 of 7 columns mapped
Wrote voters.cfg.  2 decisions are marked DECIDE in it.
Next:  rollcall check voters.cfg" "$(cat "$WORK/out")"
is "and nothing else" "" "$(cat "$WORK/err")"
is "the job file, to the letter" '# Written by rollcall init.  Where it says DECIDE a person must; all of it is
# explained in rollcall.cfg(5).  Then:  rollcall check voters.cfg
version = 1;

nation = {
  slug  = "ourcampaign";
  token = "file:~/.config/rollcall/ourcampaign.token";
  #       put there by:  rollcall auth --set voters.cfg
};

sources = (
  {
    # not a layout that is known here: 3 rows, 7 columns, 160 B
    # pipe, header line, windows-1252
    type      = "people";
    input     = "voters.txt";
    format    = "pipe";
    # DECIDE: not UTF-8: 1 byte beyond ASCII, the first in line 4:
    #   "XXXé", where x, X and 9 stand for its letters and digits
    encoding  = "windows-1252";

    #   column in the file            NationBuilder field             how
    columns   = (
      ( "Voter ID",                   "state_file_id",                "trim" ),
      ( "First",                      "first_name",                   "name case" ),
      ( "Last",                       "last_name",                    "name case" ),
      ( "DOB",                        "born_at",                      "date M/D/YYYY" ),
      ( "Zip Code",                   "registered_address.zip",       "trim" ),
      ( "E-mail",                     "email",                        "trim, lower" )
    );
    constants = (
      ( "registered_address.state", "XX" )  # DECIDE: which state is it?
    );
    # max_rejected = "0.5%";  # more rejected rows end the load with 3

    # Not sent (x, X and 9 stand for letters and digits):
    #   Shoe                           number           9
  }
);' "$(cat voters.cfg)"
is "it is for us alone" 600 "$(stat -c %a voters.cfg)"

cp voters.cfg before
exits 73 "a job file that is there stays" rollcall init voters.txt
err_has "it is named" "rollcall: voters.cfg is there already"
same "and as it was" before voters.cfg
exits 0 "unless --force" rollcall init --force voters.txt
ok "which replaces it" grep -q ournation voters.cfg
is "nothing else is left in the folder" "before err out voters.cfg voters.txt" "$(printf '%s\n' * | paste -sd ' ')"
cp voters.txt before
exits 73 "the voter file itself is never replaced" rollcall init --force -o ./voters.txt voters.txt
is "that is said" "rollcall: ./voters.txt is what is read here: it would be gone
Nothing was written." "$(cat "$WORK/err")"
same "and it is as it was" before voters.txt
exits 0 "-o -" rollcall init -o - voters.txt
cp "$WORK/out" printed
is "is the job on stdout" "version = 1;" "$(sed -n 3p printed)"
err_has "and what was found on stderr" "people   no known layout, 1 file, 6 of 7 columns mapped"
mkdir jobs
exits 0 "-o in another folder" rollcall init -o jobs/x.cfg voters.txt
ok "names the input by its whole path" grep -qF "input     = \"$PWD/voters.txt\";" jobs/x.cfg
exits 73 "-o in a folder that is not there" rollcall init -o nowhere/x.cfg voters.txt
exits 64 "a name for no job file" rollcall init -o jobs/ voters.txt
exits 64 "no slug" rollcall init --nation Our.Nation voters.txt
exits 64 "--json without --columns" rollcall init --json voters.txt
for option in --output=x.cfg --nation=ours; do
	exits 64 "--columns with $option" rollcall init --columns $option voters.txt
	err_has "--columns with $option: told" "rollcall: --columns writes no job file: it goes without ${option%=*}"
done
exits 64 "--member without a .zip" rollcall init --member x voters.txt
err_has "is told" "rollcall: --member goes with a .zip"
exits 64 "no file" rollcall init
exits 66 "a file that is not there" rollcall init nowhere.txt
: >empty.txt
exits 65 "an empty file" rollcall init empty.txt
gzip -k voters.txt
exits 0 "a packed file is looked into" rollcall init -o - voters.txt.gz
sed 's/\.gz"/"/; /^}/q' "$WORK/out" >packed
sed '/^}/q' printed >unpacked
same "and found to be what it is" unpacked packed
head -c 100 voters.txt.gz >cut.txt.gz
exits 65 "a packed file that is cut off" rollcall init -o cut.cfg cut.txt.gz
printf 'voter_id,last_name\n1,Lee\n' | iconv -f UTF-8 -t UTF-16 >wide.txt
exits 0 "UTF-16 is looked into" rollcall init -o - wide.txt
out_has "and found to be what it is" '( "last_name",                  "last_name",                    "name case" )'
python3 -c '
import zipfile
with zipfile.ZipFile("two.zip", "w") as packed:
    packed.write("voters.txt", "NY/voters.txt")
    packed.writestr("NY/readme.txt", "See the layout.")'
if rollcall init -o - two.zip 2>&1 | grep -q "built without zip"; then
	skip "--member" "built without zip"
else
	exits 65 "a .zip with two files" rollcall init two.zip
	err_has "how one is named is told" 'Name it:  member = "...";  in its source (init: --member); * fits any text'
	exits 0 "--member" rollcall init -o - --member '*/v*.txt' two.zip
	is "is in the job file" '    input     = "two.zip";
    member    = "*/v*.txt";' "$(sed -n '/input  /,/member/p' "$WORK/out")"
	sed '/member/d; s/two\.zip"/voters.txt"/; /^}/q' "$WORK/out" >packed
	same "whose text is what it would be by itself" unpacked packed
	exits 0 "--member --columns" rollcall init --columns --member NY/voters.txt two.zip
	out_has "looks into it" "two.zip: 3 rows, 7 columns"
fi
is "none of these wrote anything" "" "$(printf '%s\n' *.cfg | grep -vx voters.cfg)"

# ---- --columns
exits 0 "--columns" rollcall init --columns voters.txt
is "lists them, to the letter" 'voters.txt: 3 rows, 7 columns
no known layout, pipe, quoting rfc4180, header line, windows-1252
   #  column    type            blank  example
   1  Voter ID  number             0%  9999
      -> state_file_id, trim
   2  First     TEXT               0%  XXX
      -> first_name, name case
   3  Last      TEXT              33%  XXX
      -> last_name, name case
   4  DOB       date M/D/YYYY      0%  9/9/9999
      -> born_at, date M/D/YYYY
   5  Zip Code  zip                0%  99999
      -> registered_address.zip, trim
   6  E-mail    e-mail            67%  xxx@xxxxxxx.xxx
      -> email, trim, lower
   7  Shoe      number            33%  9' "$(cat "$WORK/out")"
exits 0 "--columns --json" rollcall init --columns --json voters.txt
is "has the same as JSON" "1 voters.txt None pipe rfc4180 windows-1252 True 3 7 DOB date M/D/YYYY 0 9/9/9999 born_at" "$(python3 -c '
import json, sys
d = json.load(sys.stdin)
f = d["files"][0]
c = f["columns"][3]
print(d["schema"], f["file"], f["layout"], f["format"], f["quoting"], f["encoding"], f["header"], f["rows"],
    len(f["columns"]), c["name"], c["type"], c["blank"], c["examples"][0], c["field"])' <"$WORK/out")"

# ---- trouble
printf 'voter_id,last_name,city\n1,"a,b",c\n2,x"y,z\n3,"d,e",f\n' >stray.csv
exits 0 "a file that check will refuse" rollcall init stray.csv
err_has "is warned of" "rollcall: warning: line 3 has a quotation mark inside a field"
file_has "and the job says how" stray.cfg '    # clean     = "quotation marks";'

exits 0 "check takes what init wrote of an unfamiliar file" rollcall check voters.cfg

# ---- several files
for county in ALA BAK; do
	printf '%s\t%s\t11/03/2020\tGEN\tY\n' "$county" 100000001 "$county" 100000002 >"${county}_H.txt"
done
exits 0 "files of two layouts" rollcall init -o both.cfg ALA_H.txt voters.txt BAK_H.txt
is "are two sources" "ballot   Florida vote history, 2 files, 3 of 5 columns mapped
people   no known layout, 1 file, 6 of 7 columns mapped" "$(head -n 2 "$WORK/out")"
is "the one with both its files" '    input     = [ "ALA_H.txt",
                "BAK_H.txt" ];' "$(grep -A 1 ALA_H both.cfg)"

# ---- no value of a voter, in no file of a state and no form of output
# quotes FILE JOB: words of the file's values that stand in the job file or in --columns
quotes()
{
	rollcall init --columns "$1" >listed
	rollcall init --columns --json "$1" >>listed
	python3 - "$1" "$2" listed <<-'END'
		import csv, re, sys
		data = open(sys.argv[1], newline='', encoding='latin-1').read()
		said = open(sys.argv[2]).read() + open(sys.argv[3]).read()
		delimiter = '\t' if '\t' in data else ','
		rows = list(csv.reader(data.splitlines(), delimiter=delimiter))
		words = {word for row in rows[1:] for cell in row for word in re.findall(r'\w{5,}', cell)}
		header = set(re.findall(r'\w+', ' '.join(rows[0]))) if rows[0][0] != 'White' else set()
		# Words of ours: counties, parties, methods, states of a registration.
		job = open(sys.argv[2]).read()
		ours = set(re.findall(r'\w+', job.partition('maps = {')[2]))
		ours |= {'ACTIVE', 'INACTIVE', 'Active', 'Inactive', 'CONFIRMATION', 'Washington', 'Colorado'}
		print(*sorted(word for word in words - header - ours if re.search(r'\b%s\b' % word, said)))
	END
}

for state in oh nc wa co ny; do
	[ -r "$files/$state.csv" ] || {
		skip "the sample of $state" "there is no $files/$state.csv"
		continue
	}
	cp "$files/$state.csv" .
	exits 0 "the sample of $state" rollcall init "$state.csv"
	exits 0 "$state: check takes the job as it is" rollcall check "$state.cfg"
	is "$state: no value of it is shown" "" "$(quotes "$state.csv" "$state.cfg")"
done
# ---- New York: also with a header line, and with a column behind those that are known
python3 "$TOP_SRCDIR/tests/cli/states.py" new-york 20 >ny47.txt
sed 's/\r$/,"PHONE"\r/' ny47.txt >ny48.txt
cut -d, -f1-6,11,7-9,13- ny47.txt >ny45.txt # no cell has a comma
sed 's/\r$/,"PHONE"\r/' ny45.txt >ny46.txt
{
	sed -n '/header    = /,/];/p' "$TOP_SRCDIR/jobs/new-york.cfg" | grep -o '"[A-Z0-9_]*"' | paste -sd,
	cat ny47.txt
} >nyhead.txt
for file in ny45 ny46 ny47 ny48 nyhead; do
	exits 0 "$file: init" rollcall init "$file.txt"
	out_has "$file: is known" "New York voter file, 1 file"
	exits 0 "$file: check takes the job as it is" rollcall check "$file.cfg"
done
file_has "a column that the layout does not name has its number" ny46.cfg '"VOTERHISTORY", "column_46" ]'
file_has "a header line is the file's own" nyhead.cfg '"state_file_id",'

sed '2s/.*/&Quibble/' voters.txt >q.txt
echo "# Quibble" >>voters.cfg
is "a value that is shown would be found" yes "$(quotes q.txt voters.cfg | grep -q Quibble && echo yes)"

finish
