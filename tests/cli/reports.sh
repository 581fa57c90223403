#!/usr/bin/env bash
# What a load leaves: reports that say the same at any time, rejected rows found in their file again,
# status, log, explain, verify.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

# json FILE EXPRESSION: of the JSON document in FILE, as `d`
json()
{
	python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}

# six_people: three good ones, three that the nation rejects; with quotes and a newline
six_people()
{
	{
		echo 'state_file_id,registered_address.state,first_name,email'
		for i in 1 2 3; do echo "NC$i,NC,Ann $i,a$i@example.org"; done
		echo 'NC4,NC,"Bad, ""one""",nowhere'
		echo 'NC5,NC,Bad2,nowhere'
		printf 'NC6,NC,"multi\nline",nowhere\n'
	} >people.csv
}

# rejected rows, whatever form the nation's failure CSV has
cat >want.rejected <<'END'
people 2 people.csv 5 4 NC4|NC|Bad, "one"|nowhere
people 3 people.csv 6 5 NC5|NC|Bad2|nowhere
people 3 people.csv 7 6 NC6|NC|multi/line|nowhere
END
places()
{
	python3 -c '
import csv
for row in csv.DictReader(open("job.run/rejected.csv", newline="")):
    cells = list(row.values())
    assert "email is invalid" in row["reason"], row
    print(*cells[:2], *cells[3:6], "|".join(cells[7:]).replace("\n", "/"))'
}
scene rejected
six_people
for form in "" base64=url,nopad wrap reason=why,reason-first reason-raw reason-raw,reason-first; do
	no_faults
	[ -z "$form" ] || fault "result:$form"
	rm -rf job.run
	job
	runs 3 "rejected rows: exit code (${form:-as a rule})"
	is "rejected rows: their place (${form:-as a rule})" "$(cat "$WORK/want.rejected")" "$(places 2>&1)"
	is "no note is needed (${form:-as a rule})" "  " "$(words note)"
done
for form in null empty missing; do
	no_faults
	fault "result:failures=$form"
	rm -rf job.run
	job
	runs 3 "no failure CSV ($form): exit code"
	is "no failure CSV ($form): the report says so" " no failure CSV for 1 rejected row no failure CSV for 2 rejected rows" "$(words note)"
done
no_faults
rm -rf job.run
SOURCE='max_rejected = "50%";' job
runs 0 "max_rejected allows them"
err_has "the ending counts them" "3 accepted, 3 rejected of 6 in the files"
err_has "and names their file" "rejected  job.run/rejected.csv"
is "the raw answer is kept" "NC5,NC,Bad2,nowhere,email is invalid" "$(sed -n 2p job.run/answers/people-3.failed.csv)"
sed -i 's/50%/49%/' job.cfg
runs 3 "max_rejected may be set closer later"

# ---- the files
is "report.csv has the contract's columns" \
	"source,chunk,source_file,first_row,last_row,first_byte,end_byte,rows_sent,rows_left_out,sha256,state,attempts,import_id,submitted_at,finished_at,rows_succeeded,rows_updated,rows_failed,rows_unaccounted,note" \
	"$(head -n 1 job.run/report.csv)"
is "so has summary.csv" \
	"source,chunks,rows_in_file,rows_left_out,rows_sent,rows_succeeded,rows_updated,rows_failed,rows_unaccounted,chunks_done,chunks_in_doubt,chunks_refused,chunks_failed,chunks_skipped,bytes_sent,attempts,retries" \
	"$(head -n 1 job.run/summary.csv)"
is "so has rejected.csv" "source,chunk,import_id,source_file,source_line,source_row,reason,$(head -n 1 people.csv)" "$(head -n 1 job.run/rejected.csv)"
is "rows have no gap" "1-2 3-4 5-6" "$(paste -d- <(cells first_row) <(cells last_row) | paste -sd ' ')"
is "nor have bytes, from the header line to the end" "$(head -n 1 people.csv | wc -c) $(words end_byte)" \
	"$(words first_byte) $(wc -c <people.csv)"
sum()
{
	cells "$1" | awk '{ sum += $1 } END { print sum }'
}
for column in rows_sent rows_succeeded rows_failed rows_unaccounted; do
	is "the summary's $column is the report's sum" "$(sum $column)" "$(total $column)"
done
is "nobody else may read any of it" "" "$(find job.run \( -type f ! -perm 600 -o -type d ! -perm 700 \))"
mkdir before
cp job.run/*.csv before
exits 0 "report" rollcall report job.cfg
out_has "names what it wrote" "job.run/report.csv"
for name in report summary rejected; do
	same "$name.csv: the same events, the same bytes" before/$name.csv job.run/$name.csv
done

# ---- status, log, explain
exits 0 "status" rollcall status job.cfg
out_has "tells it in words" "job: finished"
exits 0 "status --json" rollcall status --json job.cfg
cp "$WORK/out" status
is "has the contract's members, and the reasons" "schema job nation state pid host since confined rows_total rows_sent rows_succeeded rows_updated rows_failed rows_left_out chunks sources reasons others waiting_for eta last_progress" "$(json status '" ".join(d)')"
is "and the counts" "1 job finished 6 6 3 3 3" "$(json status 'd["schema"], d["job"], d["state"], d["rows_total"], d["rows_sent"], d["rows_succeeded"], d["rows_failed"], d["chunks"]["done"]' | tr -d "(),'")"
is "by source, too" "people people 6 3" "$(json status '[d["sources"][0][k] for k in ("name", "type", "rows_total", "rows_failed")]' | tr -d "[],'")"
is "status.json has the same members, but no reasons" "$(json status '" ".join(d)' | sed "s/reasons others //")" "$(json job.run/status.json '" ".join(d)')"
exits 0 "status without a job" rollcall status
out_has "finds the run folders here" "job: finished"
mkdir elsewhere
cd elsewhere || exit 99
exits 0 "status where there is none" rollcall status
err_has "says so" "There is no run folder (NAME.run) here or below."
cd ..
mkdir -p under/neath
cp job.cfg under/neath/other.cfg
cp people.csv token under/neath
rollcall run --quiet under/neath/other.cfg
cp -r job.run under/orphan.run
exits 0 "status without a job, in the folder above" rollcall status
out_has "finds those below, too" "other: finished"
err_has "names a run folder without a job file" "under/orphan.run is passed over: its job file under/orphan.cfg is not there"
is "each once" 2 "$(rollcall status --json 2>err | wc -l)"
rm -rf under
sed 's/rows = 2/rows = 3/' job.cfg >never.cfg
exits 0 "status of a load that was never begun" rollcall status never.cfg
is "calls it new" "never: new  (nation ${SANDBOX_URL#http://})" "$(cat "$WORK/out")"
rollcall status --json never.cfg >never.json
is "in JSON, too" "new None" "$(json never.json 'd["state"] + " " + str(d["last_progress"])')"
rm never.cfg never.json
exits 0 "log --json" rollcall log --json job.cfg
is "each line is an object with seq, at, event, source, chunk" "good" "$(python3 -c '
import json, sys
seq = 0
for line in open(sys.argv[1]):
    event = json.loads(line)
    seq += 1
    assert list(event)[:5] == ["seq", "at", "event", "source", "chunk"] and event["seq"] == seq
print("good")' "$WORK/out" 2>&1)"
lines=$(wc -l <"$WORK/out")
exits 0 "log" rollcall log job.cfg
is "has as many lines" "$lines" "$(wc -l <"$WORK/out")"
out_has "of events by name" "people-3 result_stored"
exits 0 "explain" rollcall explain job.cfg people-3
out_has "where the chunk is from" "people-3: rows 5 to 6 of people.csv (bytes "
out_has "its history" "the nation took it as import"
out_has "the counts" "the nation counts 0 rows succeeded, 0 updated, 2 failed"
out_has "and what is next" "It is done. Next: nothing; every row is accounted for"
rollcall explain --json job.cfg people-3 >history.json
is "explain --json" "people 3 done submit_started result_stored" "$(json history.json '" ".join(map(str, (d["source"], d["chunk"], d["state"], d["history"][0]["event"], d["history"][-1]["event"])))')"
is "explain --json: what comes next" "nothing; every row is accounted for" "$(json history.json 'd["next"]')"
rollcall report --json job.cfg >files.json
is "report --json names the files" "job.run/report.csv job.run/summary.csv job.run/rejected.csv" "$(json files.json '" ".join(d["files"])')"
exits 64 "explain of a chunk that is not there" rollcall explain job.cfg people-9
exits 64 "explain of what is no chunk" rollcall explain job.cfg people

# ---- verify
exits 0 "verify" rollcall verify job.cfg
out_has "of the store" "events: good"
out_has "of the inputs" "inputs     good"
out_has "of the reports" "reports    good"
for name in report summary rejected; do
	echo >>job.run/$name.csv
	exits 74 "a tampered $name.csv" rollcall verify job.cfg
	out_has "is found" "job.run/$name.csv is not what the events say"
	rollcall report --quiet job.cfg
done
exits 0 "and mended by report" rollcall verify job.cfg
rollcall verify --json job.cfg >verdicts.json
is "verify --json" "good good good [] 3" "$(json verdicts.json '" ".join(map(str, (d["store"], d["inputs"], d["reports"], d["findings"], d["chunks"])))')"
cp people.csv kept
sed -i 's/Ann 2/Bob 2/' people.csv
exits 66 "a tampered input" rollcall verify job.cfg
out_has "is found, too" "people.csv changed since this load began (same size, other bytes)"
cp kept people.csv
exits 0 "put back, it is good" rollcall verify job.cfg
exits 66 "verify without a load" rollcall verify --state-dir elsewhere job.cfg
err_has "says how to start one" "rollcall run job.cfg"

# Reports that cannot be made again are none that differ.
: >job.run/.verify
exits 73 "where the reports cannot be made again" rollcall verify job.cfg
is "nothing is said of them" "store inputs" "$(cut -d' ' -f1 "$WORK/out" | xargs)"
rm job.run/.verify

# A kill may come before they are written, so that is no damage; but what is not there is not good.
mv job.run/summary.csv kept.csv
exits 0 "a report that is not there" rollcall verify job.cfg
out_has "is not called good" "reports    not all there: rollcall report writes them"
mv kept.csv job.run/summary.csv

# Two at once: the second waits, and finds the folder of the first removed.
mkdir job.run/.verify
_one_waits() { awk -v inode="$inode" '$2 == "->" && $7 ~ ":" inode "$" { found = 1 } END { exit !found }' /proc/locks; }
inode=$(stat -c %i job.run/.verify)
exec 8<job.run/.verify
flock 8
in_background "$ROLLCALL" verify job.cfg >second.out 2>&1 8<&-
ok "a second verify waits for the first" await 30 _one_waits
rmdir job.run/.verify
exec 8<&-
wait "$BACKGROUND"
is "and finds a good load good" "0 reports good" "$? $(tail -n1 second.out | xargs)"

# The raw answers cannot be read: that is said, and the reports stay.
mv job.run/answers raw
: >job.run/answers
cp job.run/rejected.csv before.csv
exits 74 "reports without the raw answers" rollcall report job.cfg
err_has "are refused" "rollcall: cannot open job.run/answers: Not a directory"
same "what was written stays" before.csv job.run/rejected.csv
exits 74 "so is a list of rejected rows" rollcall rejects job.cfg
rm job.run/answers
mv raw job.run/answers
exits 0 "with them it goes" rollcall report job.cfg

# ---- while a run is going
scene going --fault status:word=working
people 6
job
in_background rollcall run job.cfg 2>run.err
run=$BACKGROUND
_is_submitted() { rollcall status --json job.cfg 2>/dev/null | grep -q '"submitted":3'; }
ok "a load runs" await 30 _is_submitted
exits 0 "report while it runs" rollcall report job.cfg
is "shows what is" "submitted submitted submitted" "$(words state)"
exits 0 "so does verify" rollcall verify job.cfg
exits 0 "so does log" rollcall log job.cfg
no_faults
wait "$run"
is "and the run is not disturbed" 0 $?

# ---- report.dir, --state-dir
scene places
people 4
mkdir state
TOP='report = { dir = "reports"; };' job
exits 0 "report.dir and --state-dir" rollcall run --state-dir state job.cfg
is "the reports are there" "rejected.csv report.csv summary.csv" "$(find reports -type f -printf '%f\n' | sort | paste -sd ' ')"
ok "and the run folder is there" test -f state/job.run/birth.json
is "and not here" "" "$(find . -maxdepth 1 -name '*.run')"
exits 0 "status finds it" rollcall status --state-dir state job.cfg
out_has "finished" "job: finished"

TOP='report = { dir = "no/such/folder"; };' job
rm -rf state/job.run
exits 73 "a folder for the reports that cannot be made" rollcall run --state-dir state job.cfg
err_has "is told before anything is sent" "rollcall: report.dir: cannot create no/such/folder: No such file or directory"
is "and nothing was" 2 "$(posts)"
mkdir own
cp people.csv own/rejected.csv
cp own/rejected.csv before
TOP='report = { dir = "own"; };' job
sed -i 's,"people.csv","own/rejected.csv",' job.cfg
exits 73 "a report in the place of an input" rollcall run --state-dir state job.cfg
is "is refused" "rollcall: report.dir: own/rejected.csv is what is read here: it would be gone
Nothing was written." "$(grep -A1 '^rollcall: ' "$WORK/err")"
same "which is as it was" before own/rejected.csv
is "and nothing was sent" 2 "$(posts)"
rm -rf state/job.run
exits 0 "status of all loads in a state folder" rollcall status --state-dir state
err_has "where there is none" "There is no run folder (NAME.run) there."
TOP='' job
rollcall run --quiet --state-dir state job.cfg
exits 0 "status of all loads in a state folder, again" rollcall status --state-dir state
out_has "finds one by the job file here" "job: finished"

# ---- cells that a spreadsheet would run
scene formulas --fault 'submit:1:status=400,body={"message":"=HYPERLINK(1)"}' --fault 'result:reason-raw'
people 2
job
runs 4 "a message that begins with ="
is "report.csv: no note begins with it" "" "$(cells note | grep '^=')"

finish
