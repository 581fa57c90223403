#!/usr/bin/env bash
# Every way to stop a load, and every thing that can change before it goes on: signals, kill -9, a
# second runner, an edited job, another input, a folder that is a copy, a damaged store.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

LIMITS='uploads = 1;'

# starts: a run in the background with the signals of a foreground one (bash lets a command behind
# & ignore SIGINT); its pid is in the file pid, and how it ended, as Python tells it, in the file
# ended: -2 is "by signal 2".
starts()
{
	rm -f pid ended
	in_background python3 -c '
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
run = subprocess.Popen(sys.argv[1:], stderr=open("run.err", "w"))
open("pid", "w").write(str(run.pid) + "\n")
code = run.wait()
open("ended", "w").write(str(code) + "\n")' "$ROLLCALL" run job.cfg
	await 30 test -s pid || fail "a run starts"
}

# ends SENTENCE HOW
ends()
{
	await 30 test -s ended || fail "the run ends" "$(cat run.err)"
	is "$1" "$2" "$(cat ended)"
}

signals()
{
	kill "-$1" "$(cat pid)"
}

_has_posts() { [ "$(posts)" -ge "$1" ]; }
_is_answered() { [ "$(grep -c '"what":"answer"' ledger)" -ge "$1" ]; }
_says() { rollcall status --json job.cfg 2>/dev/null | grep -q "$1"; }

# ---- signals, while the nation works
scene interrupted --fault status:word=working
people 6
job
starts
ok "a load is worked on" await 30 _says '"submitted":3'
signals INT
ends "SIGINT: dies by it, so that a shell loop ends too" -2
file_has "the ending says stopped" run.err "stopped: job"
file_has "and the next command" run.err "next      rollcall run job.cfg"
is "the reports are written" "submitted submitted submitted" "$(words state)"
no_faults
runs 0 "the same command finishes the load"
is "and sends nothing again" "3 3: done done done" "$(posts) $(imports): $(words state)"

scene terminated --fault status:word=working
people 6
job
starts
ok "another load is worked on" await 30 _says '"submitted":3'
signals TERM
ends "SIGTERM: 75" 75
is "the reports are written, too" "submitted submitted submitted" "$(words state)"

# ---- signals that do not stop it
scene told --fault status:word=working
people 6
LIMITS='uploads = 1; in_flight = 1;' job
starts
ok "a load sends one chunk" await 30 _says '"submitted":1'
signals USR1
ok "SIGUSR1: a line of progress" await 30 grep -q '0 of 3 chunks, 0 rows accepted' run.err
sed -i 's/in_flight = 1/in_flight = 2/' job.cfg
signals HUP
ok "SIGHUP: the limits are read again" await 30 _says '"submitted":2'
file_has "and told" run.err "limits from now on: uploads 1, in_flight 2, requests 1000 in 100 ms"
signals HUP
sed -i 's/in_flight = 2/in_flight = two/' job.cfg
signals HUP
ok "a job file that is wrong just then is told" await 30 grep -q 'the limits stay as they are: job.cfg:' run.err
sed -i 's/in_flight = two/in_flight = 3/; s/rows = 2/rows = 3/' job.cfg
signals HUP
ok "one that the load does not belong to, too" await 30 grep -q 'stay as they are: job.cfg: limits.rows was changed' run.err
sed -i 's/rows = 3/rows = 2/' job.cfg
signals HUP
ok "it goes on, and takes the next" await 30 _says '"submitted":3'
is "the same limits are not told again" 2 "$(grep -c 'limits from now on' run.err)"
signals TERM
ends "and is stopped as ever" 75

scene planned
people 1
awk 'BEGIN { for (i = 2; i <= 60000; i++) print "NC" i ",NC,Ann " i }' >>people.csv
ROWS=1 job
starts
_is_planning() { [ -d job.run/store.new ]; }
ok "a load is being planned" await 30 _is_planning
signals HUP
signals USR1
ok "these signals do not stop that either" await 60 _has_posts 1
signals TERM
ends "one that stops it does" 75
rm -rf job.run
starts
ok "it is planned again" await 30 _is_planning
signals TERM
ends "SIGTERM ends that with 75 as well" 75
file_has "in words" run.err "stopped"

# ---- a request is under way
# Long enough for a signal on a busy computer, and shorter than the 10 s that a run has to end.
scene waiting --fault submit:2:wait=4s
people 6
job
starts
ok "a POST is under way" await 30 _has_posts 2
signals TERM
ends "SIGTERM waits for its answer" 75
is "and keeps it" "2 2: submitted" "$(posts) $(imports): $(words state | cut -d' ' -f2)"
runs 0 "then the load goes on"
is "once" "3 3: done done done" "$(posts) $(imports): $(words state)"

scene cut --fault submit:2:take,stall
people 6
job
starts
ok "a POST is never answered" await 30 _has_posts 2
signals INT
signals INT
ends "a second signal cuts it at once" -2
is "so it is in doubt" "2 2: in_doubt" "$(posts) $(imports): $(words state | cut -d' ' -f2)"
no_faults
runs 0 "the next run looks for it"
is "and finds it" "3 3: done done done, found by probe" "$(posts) $(imports): $(words state), $(cells note | sed -n 2p)"

# ---- kill -9
scene killed --fault submit:2:take,stall
people 6
job
starts
ok "a POST is under way again" await 30 _has_posts 2
ok "the nation has taken it" await 30 _is_answered 1
signals KILL
ends "kill -9" -9
no_faults
exits 0 "status tells of it" rollcall status job.cfg
out_has "as stopped" "job: stopped"
runs 0 "the next run goes on"
is "nothing is lost or sent twice" "3 3: done done done, found by probe" "$(posts) $(imports): $(words state), $(cells note | sed -n 2p)"
cp -r job.run/report.csv job.run/summary.csv .
sent=$(posts)
runs 0 "a finished load"
is "sends nothing" "$sent" "$(posts)"
same "and reports the same" report.csv job.run/report.csv
same "in sum, too" summary.csv job.run/summary.csv
stop_sandbox TERM
SANDBOX_PID=
TOKEN=env:NO_SUCH_TOKEN runs 0 "it needs no nation"

# ---- one runner
scene second --fault status:word=working
people 6
job
starts
ok "a load runs" await 30 _says '"submitted":3'
exits 75 "a second runner ends at once" timeout 10 "$ROLLCALL" run job.cfg
err_has "and says who holds the load" "process $(cat pid) on $(uname -n) has been running this load since 20"
exits 75 "so does --new" timeout 10 "$ROLLCALL" run --new --yes job.cfg
exits 0 "status works meanwhile" rollcall status --json job.cfg
out_has "and names the runner" "\"state\":\"running\",\"pid\":$(cat pid),\"host\":\"$(uname -n)\""
signals KILL
ends "killed" -9
no_faults
runs 0 "a lock dies with its holder"

# ---- the job file was edited
# edited SED_SCRIPT SETTING: run is refused with 78, naming the setting, and works again when it is
# as before
edited()
{
	cp job.cfg job.kept
	sed -i "$1" job.cfg
	runs 78 "$2 was edited"
	err_has "$2: named" "job.cfg: $2 was changed since this load began"
	cp job.kept job.cfg
}

scene edited --fault status:word=working
people 6
DEADLINE=20ms job
runs 6 "a load that waits for its imports"
edited 's/rows = 2/rows = 3/' limits.rows
edited 's/people.csv/people-2.csv/' sources.people.input
edited 's/type = "people";/type = "people"; overwrite = true;/' sources.people.overwrite
edited 's/127.0.0.1:/localhost:/' nation
edited "s/limits = {/limits = { chunk = \"1MB\";/" limits.chunk
err_has "the ways out are told" "set limits.chunk back, or"
err_has "with the command" "rollcall run --new job.cfg     start over"
is "nothing was sent" 3 "$(posts)"
no_faults
sed -i 's/settle = "20ms"/settle = "30ms"/; s/type = "people";/type = "people"; max_rejected = "1%"; in_doubt = "hold";/; s/uploads = 1/uploads = 2/' job.cfg
runs 0 "speeds, times, max_rejected and in_doubt may change"

# ---- the input changed
scene changed --fault status:word=working
people 6
DEADLINE=20ms job
runs 6 "another load that waits"
cp -p people.csv kept.csv
echo "NC7,NC,Zoe" >>people.csv
runs 66 "an input that grew"
is "is told to the letter" "rollcall: people.csv changed since this load began (128 -> 139 bytes)
  Chunks 1-3 came from the old file; going on would mix two files.  Choose:
    put the old file back, or
    rollcall run --new job.cfg     start over (people are matched by state_file_id)" "$(cat "$WORK/err")"
sed 's/Ann 5/Bob 5/' kept.csv >people.csv
runs 66 "an input of the same size with other bytes"
err_has "is found by its digest" "people.csv changed since this load began (same size, other bytes)"
rm people.csv
runs 66 "an input that is gone"
err_has "is named" "people.csv cannot be opened: No such file or directory"
no_faults
cp kept.csv people.csv
touch people.csv
runs 0 "an input that was only copied and touched is the same"
is "and nothing is sent again" 3 "$(posts)"

# An input that changes after the plan, before a chunk of it was sent: the POST is not finished.
scene middle --fault submit:1:wait=2s
people 6
job
starts
ok "the first chunk is under way" await 30 _has_posts 1
sed -i 's/Ann 6/Bob 6/' people.csv
ends "an input that changes under a run stops it" 66
is "the changed chunk was not taken" "2 *planned" "$(imports) $(words state | sed 's/.* /*/')"

# ---- starting over
scene new
people 6
job
runs 0 "a load"
exits 64 "--new where nobody can be asked" rollcall run --new job.cfg
err_has "needs --yes" "--new needs --yes where nobody can be asked"
is "and changes nothing" job.run "$(echo job.run*)"
runs 0 "--new --yes starts over" --new --yes
is "sends everything again" "6 6" "$(posts) $(imports)"
is "and keeps the old folder" 1 "$(find . -maxdepth 1 -name 'job.run.20*Z' | wc -l)"
is "with its report" "done done done" "$(words state job.run.20*Z/report.csv)"
for again in 2 3 4; do
	runs 0 "--new at once again, $again" --quiet --new --yes
done
is "keeps each old folder, also those of one second" 4 "$(find . -maxdepth 1 -name 'job.run.20*Z*' | wc -l)"

scene ballots
people 4
ballots 4
MORE=$BALLOTS job
runs 0 "people and ballots"
exits 64 "--new after ballots were sent is refused" rollcall run --new --yes job.cfg
err_has "because they would count twice" "ballots of ballot were sent already: a new load would count them twice"
err_has "and --again is told" "rollcall run --new --again job.cfg"
is "nothing was sent, nothing moved" "4 job.run" "$(posts) $(echo job.run*)"
runs 0 "--again does it all the same" --new --yes --again
is "everything was sent again" 8 "$(posts)"

# The job file is edited before: what counts is what was sent, not what the sources are now.
cp people.csv more.csv
sed -i '2,$s/NC/NC9/' more.csv
MORE=', { name = "more"; type = "people"; input = "more.csv"; }'$BALLOTS job
exits 64 "--new is refused where the ballots are another source now" rollcall run --new --yes job.cfg
err_has "by the name that they had" "ballots of ballot were sent already"
job
exits 64 "and where the job has none any more" rollcall run --new --yes job.cfg
is "nothing was sent again" 8 "$(posts)"

# ---- the run folder is another
scene moved --fault status:word=working
people 6
DEADLINE=20ms job
runs 6 "a load that waits once more"
cp -a job.run copy
mv job.run original
mv copy job.run
runs 66 "a copy of a run folder"
err_has "is called one" "job.run is a copy, or was put back: the load was begun, or went on, in another folder"
rm -rf job.run
mv original job.run
rm -rf kept
cp -a job.run/store kept
cp job.run/mark mark
# An older store, put back with the mark of its time in the file that the load knows.
put_back()
{
	rm -rf job.run/store
	cp -a kept job.run/store
	cat mark >job.run/mark
}
rm -rf job.run/store
runs 66 "a run folder without its store"
err_has "is not started over" "its store is missing"
for how in 0 4096 8192 -4096; do
	rm -rf job.run/store
	cp -a kept job.run/store
	truncate -s "$how" job.run/store/data.mdb
	runs 74 "a store cut to $how bytes"
	err_has "$how: what to do" "Keep the folder: it is the record of what was sent before."
	exits 74 "status says so, too: $how" rollcall status job.cfg
done
is "none of these sent anything" 3 "$(posts)"

# Flipped bytes, in every page: it is either no matter, or 74; never a crash, never a POST.
pages=$(($(stat -c %s kept/data.mdb) / 4096))
odd=
found=0
for ((page = 0; page < pages; page++)); do
	put_back
	for at in 8 2048 4080; do
		printf '\377\377\377\377\377\377\377' |
			dd of=job.run/store/data.mdb bs=1 seek=$((page * 4096 + at)) conv=notrunc status=none
	done
	rollcall run --quiet job.cfg >/dev/null 2>flip.err
	run=$?
	case $run in
	6) ;;
	74) found=$((found + 1)) ;;
	*) odd="$odd page $page: run $run $(head -n 1 flip.err)" ;;
	esac
	for verb in status report log verify "explain job.cfg people-1"; do
		# shellcheck disable=SC2086 # two words
		case $verb in *job.cfg*) rollcall $verb ;; *) rollcall $verb job.cfg ;; esac >/dev/null 2>&1
		code=$?
		case $code in 0 | 74) ;; *) odd="$odd page $page: ${verb%% *} $code" ;; esac
	done
done
is "flipped bytes: 74 or no matter, for every verb" "" "$odd"
is "some were found" yes "$([ "$found" -gt 0 ] && echo yes)"
is "and nothing was sent" 3 "$(posts)"
put_back
no_faults
runs 0 "the intact store, put back, goes on"
is "the nation has each chunk once" "3 3: done done done" "$(posts) $(imports): $(words state)"

finish
