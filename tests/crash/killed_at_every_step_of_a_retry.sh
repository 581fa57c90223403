#!/usr/bin/env bash
# kill -9 at every compiled-in step of `retry FILE` with the shipped binary, then the same command again,
# as the up-arrow key gives it, then `run`: every corrected row comes to the nation once, and is counted.
#
# In `make check` a third of the steps, in `make check-long` all; FIRST=N LAST=N repeats some of them.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"
needs python3

# prepare FOLDER: a load of three chunks with four rejected rows, and the file that corrects them.
prepare()
{
	local folder=$1 i
	mkdir "$folder"
	load_nation "$folder"
	load_make "$folder" "$NATION_URL" 1 1
	{
		echo 'state_file_id,registered_address.state,email'
		for ((i = 1; i <= 12; i++)); do
			if ((i % 3)); then echo "OH$i,OH,a$i@example.org"; else echo "OH$i,OH,nowhere$i"; fi
		done
	} >"$folder/people.csv"
	sed -i 's/{ type = "people";.*/{ type = "people"; input = "people.csv"; } );/; /type = "ballot"/d' "$folder/job.cfg"
	(
		cd "$folder" || exit 99
		"$ROLLCALL" run --quiet job.cfg 2>/dev/null
		"$ROLLCALL" rejects job.cfg | sed 's/nowhere\([0-9]*\)$/a\1@example.org/' >fix.csv
	)
}

# judge FOLDER: prints what is wrong.
judge()
{
	local folder=$1
	(
		cd "$folder" || exit 99
		tail -n 1 job.run/summary.csv | awk -F, '$3 != 12 || $6 != 12 || $8 != 0 || $9 != 0 { print "summary: " $0 }'
		awk -F, 'NR > 1 && $11 != "done" { print "a chunk is " $11 ": " $0 }' job.run/report.csv
		[ "$(wc -l <job.run/rejected.csv)" = 1 ] || cat job.run/rejected.csv
		# each import of the ledger is one line of the report; twice only if that line says so
		sed -n 's/.*"what":"import".*"sha256":"\([0-9a-f]*\)".*/\1/p' ledger | sort | uniq -c |
			while read -r times sha; do
				line=$(grep "$sha" job.run/report.csv) || echo "the nation has what no chunk sent: $sha"
				[ "$times" = 1 ] || grep -qE "$LOAD_DECLARES" <<<"$line" ||
					echo "in the nation $times times, undeclared: $line"
			done
		[ "$(cut -d, -f 10 job.run/report.csv | sort -u | wc -l)" = "$(wc -l <job.run/report.csv)" ] ||
			echo "two chunks are the same"
		[ "$(curl -sS "$NATION_URL/sandbox/people/count" | tr -dc 0-9)" = 12 ] || echo "people are missing"
		"$ROLLCALL" verify job.cfg >verified 2>&1 || cat verified
		find job.run/retry -name '.*' -type f
	)
}

# one STEP: a retry killed there, twice more; prints what is wrong.
one()
{
	local step=$1 folder=$WORK/step-$1 i
	prepare "$folder"
	(cd "$folder" && ROLLCALL_KILL_AT=$step "$ROLLCALL" retry --quiet job.cfg fix.csv 2>first.err) 2>/dev/null
	i=$?
	[ $i = 137 ] || [ $i = 0 ] || echo "the killed retry ended with $i: $(cat "$folder/first.err")"
	(cd "$folder" && timeout 60 "$ROLLCALL" retry --quiet job.cfg fix.csv) >"$folder/second.out" 2>&1
	i=$?
	[ $i = 0 ] || [ $i = 65 ] || echo "the second retry ended with $i: $(cat "$folder/second.out")"
	(cd "$folder" && timeout 60 "$ROLLCALL" run --quiet job.cfg) >"$folder/third.out" 2>&1
	i=$?
	[ $i = 0 ] || echo "the run behind it ended with $i: $(cat "$folder/third.out")"
	judge "$folder"
	load_nation_end
	rm -rf "$folder"
}

needs curl
prepare "$WORK/whole"
is "four rows wait for a retry" 5 "$(wc -l <"$WORK/whole/fix.csv")"
cd "$WORK/whole" || exit 99
ROLLCALL_COUNT_STEPS=$WORK/steps exits 0 "an undisturbed retry ends well" "$ROLLCALL" retry job.cfg fix.csv
cd "$WORK" || exit 99
is "and report, ledger and people agree" "" "$(judge "$WORK/whole")"
steps=$(cat "$WORK/steps" 2>/dev/null || echo 0)
[ "$steps" -gt 20 ] || fail "a retry has more than 20 steps" "got $steps"

# The judge can fail.
cp "$WORK/whole/ledger" "$WORK/whole/kept"
for which in head tail; do
	grep '"what":"import"' "$WORK/whole/kept" | $which -n 1 | cat "$WORK/whole/kept" - >"$WORK/whole/ledger"
	case $(judge "$WORK/whole") in
	*undeclared*) pass "a planted double is found ($which)" ;;
	*) fail "a planted double is found ($which)" ;;
	esac
done
cp "$WORK/whole/kept" "$WORK/whole/ledger"
sed -i '$s/,done,/,planned,/' "$WORK/whole/job.run/report.csv"
case $(judge "$WORK/whole") in
*"a chunk is planned"*) pass "a planted loss is found" ;;
*) fail "a planted loss is found" ;;
esac
load_nation_end

# Two at a time: each spends most of its time waiting.
bad=
first=${FIRST:-1}
last=${LAST:-$steps}
every=3
[ -z "${ROLLCALL_LONG:-}" ] && [ -z "${FIRST:-}" ] || every=1
for ((step = first; step <= last; step += 2 * every)); do
	one $((step + every)) >"$WORK/wrong-$((step + every))" &
	other=$!
	one "$step" >"$WORK/wrong-$step"
	wait $other
done
for ((step = first; step <= last + every; step++)); do
	[ -s "$WORK/wrong-$step" ] || continue
	bad=yes
	diag "step $step:" "$(cat "$WORK/wrong-$step")"
done
is "killed at any of $steps steps, each corrected row is sent once and counted" "" "$bad"
finish
