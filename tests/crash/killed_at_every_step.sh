#!/usr/bin/env bash
# kill -9 at every compiled-in step of a load of 20 chunks with the shipped binary, then `run` again,
# until it ends: no chunk lost, none in the nation twice unless the report declares it.
#
# In `make check` all steps; a failing one names its number, to be repeated with  FIRST=N LAST=N.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"

# one STEP: a load killed there, and run again; prints what is wrong.
one()
{
	local step=$1 folder=$WORK/step-$1 i
	mkdir "$folder"
	load_nation "$folder"
	load_make "$folder" "$NATION_URL" 80 20
	# a subshell of its own takes the shell's word about the kill
	(cd "$folder" && ROLLCALL_KILL_AT=$step "$ROLLCALL" run --quiet job.cfg 2>first.err) 2>/dev/null
	i=$?
	[ $i = 137 ] || [ $i = 0 ] || echo "the killed run ended with $i: $(cat "$folder/first.err")"
	(cd "$folder" && timeout 60 "$ROLLCALL" run --quiet job.cfg) >"$folder/second.out" 2>&1
	i=$?
	[ $i = 0 ] || echo "the second run ended with $i: $(cat "$folder/second.out")"
	load_judge "$folder"
	load_nation_end
	rm -rf "$folder"
}

# How many steps has an undisturbed load? Its judge must find nothing, or nothing here means anything.
mkdir "$WORK/whole"
load_nation "$WORK/whole"
load_make "$WORK/whole" "$NATION_URL" 80 20
cd "$WORK/whole" || exit 99
ROLLCALL_COUNT_STEPS=$WORK/steps exits 0 "an undisturbed load ends well" "$ROLLCALL" run job.cfg
cd "$WORK" || exit 99
is "and report, ledger and people agree" "" "$(load_judge "$WORK/whole")"
steps=$(cat "$WORK/steps" 2>/dev/null || echo 0)
load_nation_end
[ "$steps" -gt 100 ] || fail "a load of 20 chunks has more than 100 steps" "got $steps"

# The judge can fail: a chunk that the ledger has twice, and one that it lacks.
cp "$WORK/whole/ledger" "$WORK/whole/kept"
grep '"what":"import"' "$WORK/whole/kept" | head -n 1 >>"$WORK/whole/ledger"
case $(load_judge "$WORK/whole") in
*undeclared*) pass "a planted double is found" ;;
*) fail "a planted double is found" ;;
esac
sha=$(sed -n '$s/.*"sha256":"\([0-9a-f]*\)".*/\1/p' "$WORK/whole/ledger")
sed -i "/,$sha,/s/,\$/,found by probe/" "$WORK/whole/job.run/report.csv"
case $(load_judge "$WORK/whole") in
*undeclared*"found by probe"*) pass "also where the chunk was found by a probe" ;;
*) fail "also where the chunk was found by a probe" "$(grep "$sha" "$WORK/whole/job.run/report.csv")" ;;
esac
grep -v -m 1 '"what":"import"' "$WORK/whole/kept" >"$WORK/whole/ledger"
case $(load_judge "$WORK/whole") in
*lost*) pass "a planted loss is found" ;;
*) fail "a planted loss is found" ;;
esac

# Two at a time: each spends most of its time waiting.
bad=
first=${FIRST:-1}
last=${LAST:-$steps}
for ((step = first; step <= last; step += 2)); do
	one $((step + 1)) >"$WORK/wrong-$((step + 1))" &
	other=$!
	one "$step" >"$WORK/wrong-$step"
	wait $other
done
for ((step = first; step <= last; step++)); do
	[ -s "$WORK/wrong-$step" ] || continue
	bad=yes
	diag "step $step:" "$(cat "$WORK/wrong-$step")"
done
is "killed at any of $steps steps, the load goes on and nothing is lost or doubled" "" "$bad"
finish
