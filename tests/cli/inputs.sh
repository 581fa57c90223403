#!/usr/bin/env bash
# Inputs that are patterns, packed, or UTF-16: whole loads give what the plain file gives; the copy in the run
# folder comes and goes, is made again, never fills a disk unsaid; what is not whole is refused.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs gzip zstd python3

# input TEXT: the job's input.
input()
{
	job
	sed -i "s|input = \"people.csv\"|input = $1|" job.cfg
}

# The report less the names of files and times.
facts()
{
	cut -d, -f1,2,4-10 job.run/report.csv
}

has_zip()
{
	! "$ROLLCALL" check job.cfg 2>&1 | grep -q 'built without zip'
}

pack()
{
	gzip -k people.csv
	zstd -q -k people.csv
	python3 - <<-END
		import zipfile
		zipfile.ZipFile("people.zip", "w", zipfile.ZIP_DEFLATED).write("people.csv")
		zipfile.ZipFile("secret.zip", "w").writestr("people.csv", "x")
		text = open("people.csv", encoding="utf-8").read()
		open("little.csv", "w", encoding="utf-16", newline="").write(text)
		open("big.csv", "wb").write(text.encode("utf-16-be"))
	END
	gzip -k little.csv
}

# ---- the same as the plain file

scene same
people 9
sed -i 's/Ann 3/Nú\xc3\xb1ez \xf0\x9f\x98\x80/' people.csv
sed -i 's/N\xc3\xbau/Nu/' people.csv
pack
input '"people.csv"'
runs 0 "a plain file"
facts >plain
cells sha256 >plain.sha
for file in people.csv.gz people.csv.zst people.zip little.csv little.csv.gz; do
	input "\"$file\""
	if [ $file = people.zip ] && ! has_zip; then
		exits 78 "a build without libarchive refuses a .zip" rollcall check job.cfg
		err_has "and names the package" "apt-get install libarchive-dev"
		continue
	fi
	exits 0 "check reads $file" rollcall check job.cfg
	out_has "and counts its rows: $file" "people       9 rows in 1 file"
	ok "and writes nothing: $file" test ! -e job.run/inputs
	runs 0 "a load of $file" --new --yes
	facts >packed
	same "has the same chunks, rows, bytes and digests as the plain one: $file" plain packed
	is "says the name of the job file: $file" "$file" "$(cells source_file | sort -u)"
	ok "leaves no copy behind: $file" test ! -e job.run/inputs
	exits 0 "and verify reads it again: $file" rollcall verify job.cfg
	ok "without leaving one either: $file" test ! -e job.run/inputs
	runs 0 "nothing more is to be done: $file"
done
SOURCE='encoding = "UTF-16BE";' input '"big.csv"'
runs 0 "UTF-16 without a mark, by its setting" --new --yes
facts >packed
same "gives the same" plain packed
input '"big.csv"'
exits 65 "but not without the setting" rollcall check job.cfg
err_has "NUL bytes show" "big.csv has a NUL byte"

# ---- what is not whole

scene broken
people 2000
pack
head -c 3000 people.csv.gz >short.csv.gz
head -c 3000 people.csv.zst >short.csv.zst
head -c 3000 people.zip >short.zip
cp people.csv plain.csv.gz
cp people.csv.gz plain.csv
(cat people.csv.gz; echo more) >more.csv.gz
for file in short.csv.gz short.csv.zst short.zip plain.csv.gz plain.csv more.csv.gz; do
	input "\"$file\""
	[ $file != short.zip ] || has_zip || continue
	for verb in check run; do
		exits 65 "$verb refuses $file" rollcall $verb job.cfg
		err_has "and says its name: $file" "rollcall: $file "
		err_has "and what was sent: $file" "Nothing was sent."
		ok "and leaves no run folder: $file" test ! -e job.run
		is "and no line of it is too long: $file" "" "$(grep -E '.{81}' "$WORK/err")"
	done
done
is "nothing was sent" 0 "$(posts)"
input '"short.csv.gz"'
rollcall check job.cfg 2>err
is "the message in full" "rollcall: short.csv.gz is cut off
  Its packed data go on behind byte 3,000, where it ends: it was not
  fetched or copied whole.  Fetch it again.
Nothing was sent." "$(cat err)"

# ---- rejected rows are found in the copy, again and again

scene rejected
people 5
sed -i '1s/$/,email/; 2,$s/$/,a@example.com/; 4s/a@example.com/nowhere/' people.csv
gzip -k people.csv
input '"people.csv.gz"'
runs 3 "a row that the nation refuses"
cp job.run/rejected.csv first.csv
file_has "stands in rejected.csv with its place" first.csv "people.csv.gz,4,3,"
ok "the copy is gone" test ! -e job.run/inputs
exits 0 "report makes it again for that" rollcall report job.cfg
same "and writes the same" first.csv job.run/rejected.csv
ok "and takes it away" test ! -e job.run/inputs
exits 0 "verify as well" rollcall verify job.cfg
mv people.csv.gz away
exits 66 "without the input there is nothing to make it from" rollcall verify job.cfg
exits 0 "report goes without" rollcall report job.cfg
err_has "and says what is not known" "warning: an input could not be read again: rows of it have no place"
is "its rows have their columns, and no place" "people,2,$(cells import_id | sed -n 2p),people.csv.gz,,,email is invalid,NC3,NC,Ann 3,nowhere" \
	"$(grep NC3 job.run/rejected.csv)"
same "under the same names" <(head -n 1 first.csv) <(head -n 1 job.run/rejected.csv)
mv away people.csv.gz

# ---- cut off

# ---- a link in its place

scene linked
people 5
gzip -k people.csv
input '"people.csv.gz"'
mkdir elsewhere job.run
chmod 700 job.run
echo kept >elsewhere/kept
ln -s ../elsewhere job.run/inputs
runs 0 "a link in the place of the folder is not followed"
file_has "nothing behind it is touched" elsewhere/kept kept

# kill_at STEP: the run ends there by SIGKILL.
kill_at()
{
	ROLLCALL_KILL_AT="$1=1" "$ROLLCALL" run job.cfg >out 2>err
} 2>/dev/null

# The nation takes the first POST at once and the others late, though the client is killed: only a
# settle time beyond its wait lets the next run find them.
killed_in_mid_load()
{
	in_background "$ROLLCALL" run --quiet job.cfg >out 2>err
	await 30 grep -q '"post":2,' ledger
	kill -KILL "$BACKGROUND"
	wait "$BACKGROUND"
	no_faults
} 2>/dev/null

scene killed
people 9
gzip -k people.csv
input '"people.csv.gz"'
runs 0 "whole"
facts >whole

scene killed_planning
people 9
gzip -k people.csv
input '"people.csv.gz"'
kill_at "before a plan is a load"
ok "a run that is killed between unpacking and its plan leaves the text" test -f job.run/inputs/people-1.txt
is "which nobody else may read" 600 "$(stat -c %a job.run/inputs/people-1.txt)"
echo spoilt >job.run/inputs/people-1.txt
runs 0 "and the next one unpacks anew"
facts >again
same "and sends all" "$WORK/killed/whole" again

scene in_mid_load --fault submit:2-:wait=300ms
people 9
gzip -k people.csv
SETTLE=2s input '"people.csv.gz"'
killed_in_mid_load
ok "killed in mid-load, the text stays" test -f job.run/inputs/people-1.txt
rm -r job.run/inputs
exits 0 "status needs no text" rollcall status job.cfg
ok "and makes none" test ! -e job.run/inputs
runs 0 "a text that a person removed is made again"
is "nothing is lost or doubled" 5 "$(imports)"
facts | cut -d, -f1-10 >again
cut -d, -f1-10 "$WORK/killed/whole" >whole
same "and it is the same load" whole again
ok "and the text is gone in the end" test ! -e job.run/inputs

scene replaced --fault submit:2-:wait=300ms
people 9
gzip -k people.csv
SETTLE=2s input '"people.csv.gz"'
killed_in_mid_load
mv people.csv.gz old.gz
people 9 100
gzip -k people.csv
runs 66 "an input that was replaced in mid-load"
err_has "is told as changed" "people.csv.gz changed since this load began"
err_has "with what came from it" "came from the old file"
# What was sent before the kill is taken when its wait is over: heads tell, not imports.
before=$(grep -c '"what":"head"' ledger)
runs 66 "and again"
is "and nothing more is sent" "$before" "$(grep -c '"what":"head"' ledger)"
mv old.gz people.csv.gz
runs 0 "with the old file it goes on"

# ---- several inputs are of one layout
scene layouts
people 2
printf '%s\n' first_name,state_file_id,registered_address.state,email Cid,NC3,NC,cid@example.org >more.csv
input '[ "people.csv", "more.csv" ]'
exits 65 "an input with a column more than the first" rollcall check job.cfg
is "is told with what to do" "rollcall: people.csv and more.csv have not the same columns
  more.csv has \"email\", people.csv has not.  Choose:
    make it a source of its own in job.cfg;
    or say which columns are sent of all of them:  columns = ( ... );
Nothing was sent." "$(cat "$WORK/err")"
input '[ "more.csv", "people.csv" ]'
exits 65 "an input with a column less" rollcall check job.cfg
err_has "as well" "  more.csv has \"email\", people.csv has not.  Choose:"
: >none.csv
SOURCE='empty = "allow";' input '[ "none.csv", "people.csv" ]'
runs 0 "one that is empty has none to compare"
exits 0 "and the load is whole" rollcall verify job.cfg

# ---- patterns

scene patterns
mkdir counties
for county in BAK ALA CAL; do
	people 2 "$(printf '%d' "'$county")0"
	mv people.csv counties/$county.txt
done
sed -i 's/NC/B/; s/,B/,NC/' counties/BAK.txt
sed -i 's/^NC/C/' counties/CAL.txt
touch counties/.hidden.txt
mkdir counties/folder.txt
input '"counties/*.txt"'
exits 0 "check expands a pattern" rollcall check job.cfg
out_has "to the files that fit" "6 rows in 3 files"
runs 0 "a load of a pattern"
is "sends them in the order of their bytes" "counties/ALA.txt counties/BAK.txt counties/CAL.txt" \
	"$(words source_file)"
is "birth.json names them" 3 "$(grep -o 'counties/...\.txt' job.run/birth.json | sort -u | wc -l)"
people 2 900
cp people.csv counties/DEL.txt
people 2 910
cp people.csv counties/EAS.txt
runs 0 "files that come later"
is "are told" "warning: people: files fit that the load does not know: 2, not sent
  rollcall run --new job.cfg     starts over with all" "$(grep -A1 '^warning' "$WORK/err")"
is "and not sent" 3 "$(imports)"
exits 0 "check reads the files of now" rollcall check job.cfg
out_has "all of them" "10 rows in 5 files"
is "and says which a run would not send" "warning: people: files fit that the load does not know: 2, not sent
  rollcall run --new job.cfg     starts over with all" "$(grep -A1 '^warning' "$WORK/err")"
exits 0 "verify does not mind them" rollcall verify job.cfg
runs 0 "--new takes them" --new --yes
is "all five" 5 "$(cells source_file | wc -l)"
rm counties/CAL.txt
exits 66 "a file of the plan that is gone is missed" rollcall verify job.cfg
out_has "by its name" "counties/CAL.txt cannot be opened"
input '"counties/*.TXT"'
exits 66 "a pattern that fits nothing" rollcall check job.cfg
is "is told with what is near" "rollcall: counties/*.TXT is no file: nothing fits the pattern
  counties/ has 4 other files: ALA.txt, BAK.txt, DEL.txt, ...
Nothing was sent." "$(cat "$WORK/err")"
cp "$WORK/err" checked.err
mkdir new
exits 66 "nor does a new load begin" rollcall run --state-dir new job.cfg
is "it is told the same" "$(cat checked.err)" "$(cat "$WORK/err")"
is "and leaves no run folder" "" "$(ls new)"
input '"nowhere/*.txt"'
exits 66 "a pattern in no folder" rollcall check job.cfg
err_has "says so" "nowhere/*.txt is no file: there is no folder nowhere/"
mv counties/ALA.txt 'counties/[A]*.txt'
input '"counties/[A]*.txt"'
exits 0 "a file of that very name is no pattern" rollcall check job.cfg
out_has "and is one file" "2 rows in 1 file"
input '[ "c?unties/B*.txt", "counties/D*.txt" ]'
exits 0 "folders may be patterns, lists may have several" rollcall check job.cfg
out_has "of one file each" "4 rows in 2 files"
input '[ "counties/D*.txt", "counties/DEL.txt" ]'
exits 65 "a file that two of them mean is sent twice by neither" rollcall check job.cfg
err_has "and told" "counties/DEL.txt and counties/DEL.txt are the same file"
is "the job's identity is the pattern" 1 "$(grep -c 'counties/\*.txt' job.run/birth.json)"

# ---- a small disk

if [ "$(id -u)" = 0 ] && mkdir "$WORK/disk" && mount -t tmpfs -o size=4m,mode=0700 none "$WORK/disk" 2>/dev/null; then
	trap 'umount -l "$WORK/disk"; _clean_up' EXIT
	scene full
	ROWS=0
	people 1
	python3 -c 'for i in range(2, 300000): print("NC%d,NC,Ann" % i)' >>people.csv
	gzip -k people.csv
	zstd -q -k people.csv
	input '"people.csv.gz"'
	exits 74 "a disk that has no room for the text" rollcall run --state-dir "$WORK/disk" job.cfg
	err_has "is warned of before" "warning: people.csv.gz may need 4."
	err_has "and told" "unpacking people.csv.gz into"
	err_has "with the reason" "disk full (0 bytes free)"
	err_has "and what was sent" "Nothing was sent."
	is "and nothing is left of it" "" "$(find "$WORK/disk" -name '*people-1*')"
	is "nothing was sent" 0 "$(posts)"
	input '"people.csv.zst"'
	exits 74 "what says its size is not even begun" rollcall run --state-dir "$WORK/disk" job.cfg
	err_has "and says how much it needs" "people.csv.zst needs 4."
	exits 0 "check needs no room" rollcall check job.cfg
	mount -o remount,size=32m "$WORK/disk"
	exits 0 "with room it goes" rollcall run --state-dir "$WORK/disk" job.cfg
else
	skip "a disk that has no room for the text" "only root can mount a small disk"
fi
finish
