#!/usr/bin/env bash
# kill -9 at every compiled-in step of a load of 20 chunks with the shipped binary, then `run` again,
# until it ends: no chunk lost, none in the nation twice unless the report declares it.
#
# Law by law: the ledger of the pretend nation is synced before it answers, so it is the truth; the
# report must say the same. In `make check` all steps; a failing one names its number, to be repeated
# with  FIRST=N LAST=N.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"

# make_job FOLDER URL: 20 chunks of 5 rows, two sources, the second after the first.
make_job()
{
	local folder=$1 url=$2 i
	{
		echo 'state_file_id,last_name,registered_address.state'
		for i in {1..80}; do echo "OH$i,\"O'Brien, $i\",OH"; done
	} >"$folder/people.csv"
	{
		echo 'state_file.id,registered_address.state,election.election_at,election.country_code,election.state,ballots.vote_method'
		for i in {1..20}; do echo "OH$i,OH,11/03/2026,US,OH,voted"; done
	} >"$folder/ballots.csv"
	echo canary >"$folder/token"
	chmod 600 "$folder/token"
	cat >"$folder/job.cfg" <<-END
		version = 1;
		nation = { url = "$url"; token = "file:token"; };
		sources = ( { type = "people"; input = "people.csv"; },
		            { type = "ballot"; input = "ballots.csv"; } );
		limits = { rows = 5; requests = "1000/100ms"; };
		retry = { first_wait = "1ms"; max_wait = "20ms"; settle = "20ms"; answer_wait = "5s"; };
		poll = { first = "5ms"; most = "20ms"; };
	END
}

# judge FOLDER: report, ledger and people table agree; prints what does not.
judge()
{
	local folder=$1
	# sha256 of every import that the nation created, and how often
	sed -n 's/.*"what":"import".*"sha256":"\([0-9a-f]*\)".*/\1/p' "$folder/ledger" |
		sort | uniq -c | sort -k2 >"$folder/created"
	# sha256, state, note of every chunk (no field before the note has a comma in this job)
	awk -F, 'NR > 1 { print $10, $11, $20 }' "$folder/job.run/report.csv" | sort >"$folder/chunks"
	awk -v created="$folder/created" '
		BEGIN { while ((getline line < created) > 0) { split(line, part, " "); times[part[2]] = part[1] } }
		{ chunks++ }
		$2 != "done" { print "a chunk is " $2 ": " $0 }
		!($1 in times) { print "lost: " $0; next }
		times[$1] != 1 && $3 == "" { print "in the nation " times[$1] " times, undeclared: " $0 }
		{ seen[$1] = 1 }
		END {
			if (chunks != 20) print chunks " chunks in the report, not 20"
			for (sha in times) if (!(sha in seen)) print "the nation has what no chunk sent: " sha
		}' "$folder/chunks"
	[ "$(tail -n 1 "$folder/job.run/summary.csv" | cut -d, -f6)" = 100 ] ||
		echo "the report does not say 100 rows accepted: $(tail -n 1 "$folder/job.run/summary.csv")"
}

# one STEP: a load killed there, and run again; prints what is wrong.
one()
{
	local step=$1 folder=$WORK/step-$1 pid url i
	mkdir "$folder"
	: >"$folder/out"
	"$SANDBOX" --port 0 --ledger "$folder/ledger" >"$folder/out" 2>"$folder/sandbox.err" &
	pid=$!
	await 30 grep -q '^READY' "$folder/out" || echo "the sandbox did not start"
	url=$(sed -n 's/^READY //p' "$folder/out")
	make_job "$folder" "$url"
	# a subshell of its own takes the shell's word about the kill
	(cd "$folder" && ROLLCALL_KILL_AT=$step "$ROLLCALL" run --quiet job.cfg 2>first.err) 2>/dev/null
	i=$?
	[ $i = 137 ] || [ $i = 0 ] || echo "the killed run ended with $i: $(cat "$folder/first.err")"
	(cd "$folder" && timeout 60 "$ROLLCALL" run --quiet job.cfg) >"$folder/second.out" 2>&1
	i=$?
	[ $i = 0 ] || echo "the second run ended with $i: $(cat "$folder/second.out")"
	judge "$folder"
	kill "$pid"
	wait "$pid" 2>/dev/null
	rm -rf "$folder"
}

# How many steps has an undisturbed load? Its judge must find nothing, or nothing here means anything.
mkdir "$WORK/whole"
start_sandbox --ledger "$WORK/whole/ledger"
make_job "$WORK/whole" "$SANDBOX_URL"
cd "$WORK/whole" || exit 99
ROLLCALL_COUNT_STEPS=$WORK/steps exits 0 "an undisturbed load ends well" "$ROLLCALL" run job.cfg
cd "$WORK" || exit 99
is "and report, ledger and people agree" "" "$(judge "$WORK/whole")"
steps=$(cat "$WORK/steps" 2>/dev/null || echo 0)
stop_sandbox TERM
[ "$steps" -gt 100 ] || fail "a load of 20 chunks has more than 100 steps" "got $steps"

# The judge can fail: a chunk that the ledger has twice, and one that it lacks.
cp "$WORK/whole/ledger" "$WORK/whole/kept"
grep '"what":"import"' "$WORK/whole/kept" | head -n 1 >>"$WORK/whole/ledger"
case $(judge "$WORK/whole") in
*undeclared*) pass "a planted double is found" ;;
*) fail "a planted double is found" ;;
esac
grep -v -m 1 '"what":"import"' "$WORK/whole/kept" >"$WORK/whole/ledger"
case $(judge "$WORK/whole") in
*lost*) pass "a planted loss is found" ;;
*) fail "a planted loss is found" ;;
esac

# Two at a time: each spends most of its time waiting.
bad=
first=${FIRST:-1}
last=${LAST:-$steps}
for ((step = first; step <= last; step += 2)); do
	one $((step + 1)) >"$WORK/wrong-$((step + 1))" &
	one "$step" >"$WORK/wrong-$step"
	wait $!
done
for ((step = first; step <= last; step++)); do
	[ -s "$WORK/wrong-$step" ] || continue
	bad=yes
	diag "step $step:" "$(cat "$WORK/wrong-$step")"
done
is "killed at any of $steps steps, the load goes on and nothing is lost or doubled" "" "$bad"
finish
