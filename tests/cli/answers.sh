#!/usr/bin/env bash
# What each answer of the nation leads to, seen from outside: exit code, POSTs and imports in the
# nation's ledger, states and notes in the report. The rules are those of replies.md's tables.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

# One upload at a time: the second POST is that of people-2, and an answer is heard before the next.
LIMITS='uploads = 1;'
scenes=0

# answer SENTENCE FAULT CODE POSTS IMPORTS STATES [NOTE]: a load of three chunks under a fault; NOTE
# stands in the note of people-2. STATES may be a pattern: how far the imports before a stop came is
# chance.
answer()
{
	scene "answer-$((++scenes))" --fault "$2"
	people 6
	job
	runs "$3" "$1: exit code"
	# shellcheck disable=SC2053 # a pattern
	if [[ "$(posts) $(imports): $(words state)" == $4\ $5:\ $6 ]]; then
		pass "$1: POSTs, imports, states"
	else
		fail "$1: POSTs, imports, states" "want: $4 $5: $6" \
			"got:  $(posts) $(imports): $(words state)"
	fi
	[ $# -lt 7 ] || is "$1: the note" "$7" "$(cells note | sed -n 2p)"
}

# ---- the POST is refused: nothing is taken, and nothing is sent twice
answer "401" submit:2:status=401 77 2 1 "* planned planned"
err_has "401: the ending says why" "failed: job: the nation answered 401"
err_has "401: and how to go on" "next      rollcall auth job.cfg"
no_faults
runs 0 "401: once the token is taken again, the same command finishes"
is "401: nothing is sent twice" "4 3: done done done" "$(posts) $(imports): $(words state)"
answer "403" submit:2:status=403 77 2 1 "* planned planned"
answer "404, a wrong endpoint" submit:2:status=404 76 2 1 "* planned planned"
err_has "404: the address is doubted" "is nation.slug (or url) right?"
answer "301, a wrong host" submit:2:redirect=http://127.0.0.1:1/,status=301 76 2 1 "* refused planned"
answer "302 tells nothing" submit:2:redirect=http://127.0.0.1:1/ 76 2 1 "* in_doubt planned"
answer "406" submit:2:status=406 76 2 1 "* planned planned"
answer "400 once" submit:2:status=400 4 3 2 "done refused done" "the nation answered 400: A fault of the sandbox"
err_has "400: the way to send it again" "rollcall retry job.cfg --failed     or, this one alone:"
err_has "400: the way to settle it" "rollcall resolve job.cfg people-2 --resubmit | --skip --reason TEXT"
answer "400 twice" submit:2-3:status=400 76 3 1 "* refused refused"
answer "422 twice" submit:1-2:status=422 4 3 1 "refused refused done"
answer "422 three times in a row" submit:status=422 76 3 0 "refused refused refused"

# ---- not now
answer "429" 'submit:2:status=429,header=Retry-After: 1' 0 4 3 "done done done" ""
is "429: the report counts the POST" "1 2 1" "$(words attempts)"
RETRY='attempts = 1;' answer "429 uses up no attempt" 'submit:2:status=429' 0 4 3 "done done done" ""
answer "503, and the import was made" 'submit:2:take,status=503,header=Retry-After: 1' 0 3 3 "done done done" "found by probe"

# ---- nobody knows: the nation's list decides
answer "500, and the import was made" submit:2:take,status=500 0 3 3 "done done done" "found by probe"
answer "500, and it was not" submit:2:status=500 0 4 3 "done done done" "sent again: not in the nation's list"
answer "502 by a front end" submit:2:take,status=502,html 0 3 3 "done done done" "found by probe"
answer "the answer is lost" submit:2:take,drop 0 3 3 "done done done" "found by probe"
answer "the answer is cut off" submit:2:drop-answer=20 0 3 3 "done done done" "found by probe"
answer "no answer, and no import" submit:2:drop 0 4 3 "done done done" "sent again: not in the nation's list"
answer "truncated JSON" submit:2:cut=20 0 3 3 "done done done" "found by probe"
answer "JSON of another" submit:2:take,nonsense 0 3 3 "done done done" "found by probe"
answer "no HTTP" submit:2:take,garbage 0 3 3 "done done done" "found by probe"
for id in string huge negative zero float true null missing; do
	answer "an id that is $id" submit:2:id=$id 0 3 3 "done done done" "found by probe"
done
answer "an id that another chunk has" submit:2:id=used 6 3 3 "held held done"
answer "201 is as good as 200" submit:status=201 0 3 3 "done done done" ""
answer "a web page with 200" submit:2:take,html 76 2 2 "* in_doubt planned"
err_has "a web page: is called one" "the answer is a web page, not the API"
no_faults
runs 0 "a web page: the next run finds the import"
is "a web page: once" "3 3: done done done" "$(posts) $(imports): $(words state)"

# ---- every doubt is told, with its evidence, while it lasts
scene held --fault submit:2:take,drop --fault list:status=403
people 6
job
runs 6 "without the list of imports, a lost answer waits for a person"
is "the chunk is held" "done held done" "$(words state)"
is "its rows are unaccounted for" "0 2 0" "$(words rows_unaccounted)"
err_has "before the first POST it was said that doubts will wait" "(status 403): doubts will wait for you"
err_has "the ending says stopped" "stopped: job: chunks wait for a person"
err_has "and names the chunk" "held      people-2"
note=$(cells note | sed -n 2p)
is "the report has the evidence" yes "$(grep -qE '^the nation does not show its list of imports; attempt began 20[0-9TZ:-]+; [0-9]+ bytes handed over; no answer$' <<<"$note" && echo yes)"
is "the digest of what may be there is known" "$(nation imports | grep -o '"sha256":"[0-9a-f]*"' | cut -d'"' -f4 | sort | paste -sd ' ')" "$(cells sha256 | sort | paste -sd ' ')"
runs 6 "another run cannot settle it either"
is "and sends nothing" 3 "$(posts)"

exits 64 "resolve needs a reason" rollcall resolve job.cfg people-2 --skip
err_has "and says so" "--reason TEXT is required"
exits 64 "blanks are none" rollcall resolve job.cfg people-2 --skip --reason "  "
exits 64 "resolve needs one way" rollcall resolve job.cfg people-2 --skip --resubmit --reason x
exits 64 "an import of another chunk is refused" rollcall resolve job.cfg people-2 --import "$(import_id 1)" --reason x
err_has "and the owner named" "import $(import_id 1) belongs to people-1 already"
exits 64 "so is what is no id" rollcall resolve job.cfg people-2 --import 12a --reason x
exits 64 "a chunk that is done is not resolved" rollcall resolve job.cfg people-1 --skip --reason x
exits 64 "nor one that is not there" rollcall resolve job.cfg people-4 --skip --reason x
err_has "which is told" "people has 3 chunks, there is no people-4"
exits 64 "nor one of a source that is not there" rollcall resolve job.cfg peopel-2 --skip --reason x
err_has "for which the nearest is named" 'did you mean "people"?'
is "none of this changed anything" "done held done" "$(words state)"

exits 0 "status tells what the load waits for" rollcall status --json job.cfg
out_has "by the chunk's name" '"waiting_for":"people-2, which is held"'
same "as status.json does" "$WORK/out" job.run/status.json
exits 0 "resolve --import" rollcall resolve job.cfg people-2 --import "$(import_id 2)" --reason "seen, in the panel"
exits 0 "the reports are what the events say at once" rollcall verify job.cfg
rollcall status --json job.cfg >now.json
same "and so is status.json" now.json job.run/status.json
runs 0 "then the load finishes"
is "nothing was sent again" "3 3: done done done" "$(posts) $(imports): $(words state)"
is "the report says who and why" "settled by $(id -un): seen, in the panel" "$(cells note | sed -n 2p)"

scene resubmit --fault submit:2:drop --fault list:status=403
people 6
job
runs 6 "an answer lost, and no import: held too"
exits 0 "resolve --resubmit" rollcall resolve job.cfg people-2 --resubmit --reason "not in the panel"
runs 0 "then the load finishes"
is "the chunk was sent once more" "4 3: done done done" "$(posts) $(imports): $(words state)"
is "the note" "resubmitted; settled by $(id -un): not in the panel" "$(cells note | sed -n 2p)"

scene skip --fault submit:2:drop --fault list:status=403
people 6
SOURCE='in_doubt = "hold";' job
runs 6 "in_doubt = hold"
is "asks no list" yes "$(cells note | sed -n 2p | grep -q '^in_doubt = "hold": a person decides' && echo yes)"
exits 0 "resolve --skip" rollcall resolve job.cfg people-2 --skip --reason "no need"
file_has "status.json knows that nothing is left to do" job.run/status.json '"state":"finished"'
runs 0 "skipped counts as done"
is "nothing was sent again" "3 2: done skipped done" "$(posts) $(imports): $(words state)"
is "the summary counts it" 1 "$(total chunks_skipped)"
err_has "the ending does not hide it" "skipped   1 chunk"

# A running load hears a resolve, too: the second chunk is held while the third is worked on.
scene running --fault submit:2:take,drop --fault list:status=403 --fault status:word=working
people 6
job
in_background rollcall run job.cfg >run.out 2>run.err
run=$BACKGROUND
_is_held() { rollcall status --json job.cfg 2>/dev/null | grep -q '"held":1'; }
ok "a load runs with a chunk held" await 30 _is_held
exits 0 "resolve while it runs" rollcall resolve job.cfg people-2 --import "$(import_id 2)" --reason "seen"
ok "the runner is still there" kill -0 "$run"
no_faults
wait "$run"
is "and finishes the load" 0 $?
is "with that import" "3 3: done done done" "$(posts) $(imports): $(words state)"

# ---- cut off in the body: the nation cannot have it, and no list is needed
scene body --fault submit:1:drop-body=100000 --fault list:status=403
{
	echo 'state_file_id,registered_address.state,first_name'
	filler=$(printf '%0200d' 0)
	for ((i = 0; i < 20000; i++)); do echo "NC$i,NC,$filler"; done
} >people.csv
ROWS=0 job
runs 0 "a body cut off is sent again without asking"
is "the report counts both POSTs, and has nothing to note" "2 1: done 2 " "$(posts) $(imports): $(words state) $(words attempts) $(words note)"
exits 0 "its history" rollcall explain job.cfg people-1
out_has "says why" "not all of it was sent, so the nation cannot have taken it"

# ---- attempts
scene attempts --fault submit:drop-body=100000
cp ../body/people.csv .
ROWS=0 RETRY='attempts = 2;' job
runs 4 "retry.attempts used up"
is "the chunk failed" "2 0: failed never taken" "$(posts) $(imports): $(words state) $(words note | cut -d';' -f1)"

# ---- polls and results
answer "completed is finished" status:word=completed 0 3 3 "done done done"
answer "an unknown word is polled on" status:1-4:word=dreaming 0 3 3 "done done done"
err_has "and told" "warning: chunk people-1: the nation says \"dreaming\", a word not known here"
DEADLINE=100ms answer "no end before poll.deadline" status:word=dreaming 6 3 3 "submitted submitted submitted"
err_has "the ending says what is missing" "stopped: job: the nation has not finished every import"
no_faults
runs 0 "the next run polls on"
is "and sends nothing" 3 "$(posts)"
for word in unprocessable failed error; do
	answer "$word" status:1:word=$word 4 3 3 "*failed*"
done
is "the failed chunk's rows are unaccounted for" "2 rows, 1 chunk" "$(total rows_unaccounted) rows, $(total chunks_failed) chunk"
answer "404 for a young import" any:lag=2 0 3 3 "done done done"
answer "410 for a status" status:1:status=410 4 3 3 "*failed*"
answer "410 for a result" result:1:status=410 4 3 3 "done done done"
file_has "is declared" job.run/report.csv ",no counts: the nation no longer has the result"
answer "503 for polls" status:1-2:status=503 0 3 3 "done done done"
answer "dropped polls" status:1-2:drop 0 3 3 "done done done"
answer "a poll's connection that dies" status:1:close-next 0 3 3 "done done done"
answer "401 for a poll" status:1:status=401 77 "?" "?" "*submitted*"
answer "a web page for a poll" status:1:html 76 "?" "?" "*submitted*"
answer "counts that do not add up" result:counts=off 4 3 3 "done done done"
is "leave rows unaccounted for" "1 1 1: 3" "$(words rows_unaccounted): $(total rows_unaccounted)"
err_has "and the ending says how many" "finished: job, but the nation's counts leave 3 rows unexplained"
for counts in negative text missing; do
	answer "counts that are $counts" result:counts=$counts 4 3 3 "failed failed failed"
	file_has "are no result" job.run/report.csv "no result"
done

# Whether rows_updated is a part of rows_succeeded is learnt from the nation.
updates()
{
	scene "updates-$1" --fault "result:counts=$1"
	people 4
	# the same people again, one with a new name: updates
	{ cat people.csv; sed 1d people.csv | sed 's/Ann/Bob/'; } >twice.csv
	mv twice.csv people.csv
	job
	runs 0 "counts $1: every row is accounted for"
	is "counts $1: and the sums are" "8 rows, 0 unaccounted" "$(awk -v sent="$(total rows_sent)" -v bad="$(total rows_unaccounted)" 'BEGIN { print sent " rows, " bad " unaccounted" }')"
}
updates within
updates separate

# ---- a nation that puts off for ever
scene put-off --fault submit:status=429
people 2
RETRY='give_up = "200ms";' job
runs 69 "429 until retry.give_up"
err_has "is no progress" "failed: job: no progress with the nation for retry.give_up"
is "what was put off is planned" planned "$(words state)"
no_faults
runs 0 "the next run goes on"
RETRY='give_up = "1s";' answer "429 for ever to a question" 'status:status=429,header=Retry-After: 1' 69 "*" "*" "submitted *"

# ---- in_doubt = "resubmit": only where a person who is sent twice stays one
scene nameless --fault submit:2:take,drop --fault submit:3:status=403 --fault list:status=404
people 6
sed -i '7s/^NC6,/,/' people.csv
job
runs 77 "a load with a row without an id, and a chunk that is not sent"
posts=$(posts)
SOURCE='in_doubt = "resubmit";' job
runs 78 "later on resubmit is refused"
err_has "for that row" "rollcall: people.csv: row 6 (line 7) has no unique id"
is "and nothing is sent" "$posts" "$(posts)"
sed -i '1s/.*/last_name,registered_address.state,first_name/' people.csv
exits 78 "check refuses columns without one" rollcall check job.cfg
mkdir other
exits 78 "and so does a new load" rollcall run --state-dir other job.cfg
is "all is said" 'rollcall: source people: no column is a unique id
  and without one a person who is sent twice would be doubled.  Choose:
    set  in_doubt = "probe";  in job.cfg line 3,
    or send only rows that have an id.
Nothing was sent.' "$(cat "$WORK/err")"
people 6
sed -i '4s/^NC3,/ ,/' people.csv
exits 78 "check finds a row without an id" rollcall check job.cfg
is "and says which" "rollcall: people.csv: row 3 (line 4) has no unique id" "$(head -1 "$WORK/err")"
people 6
sed -i '4s/,NC,/,North Carolina,/' people.csv
exits 78 "and one whose id is none without its state" rollcall check job.cfg
people 6
exits 0 "where every row has one it may stand" rollcall run --state-dir other job.cfg

# ---- no nation at all
scene away
people 6
RETRY='give_up = "200ms";' job
stop_sandbox TERM
SANDBOX_PID=
runs 69 "connection refused until retry.give_up"
err_has "says so" "failed: job: no progress with the nation for retry.give_up"
is "and the report says that nothing was sent" "planned planned planned" "$(words state)"
file_lacks "no POST was even begun that could be in doubt" job.run/report.csv in_doubt

finish
