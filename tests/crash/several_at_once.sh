#!/usr/bin/env bash
# Several programs on one load: runners, readers in a loop, and persons who settle the same chunk.
# One runs, the others say so; nobody who looks on sees trouble, and nothing is lost or doubled.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"

mkdir "$WORK/load"
cd "$WORK/load" || exit 99
load_nation . --fault submit:delay=20ms
load_make . "$NATION_URL" 300 50

# look_on VERB: again and again until the load has ended; notes every exit code but 0.
look_on()
{
	until [ -e ended ]; do
		"$ROLLCALL" "$1" job.cfg >"$1.out" 2>&1 || echo "$1 ended with $?: $(cat "$1.out")" >>trouble
	done
}

"$ROLLCALL" run --quiet job.cfg 2>first.err &
runner=$!
await 30 test -e job.run/birth.json
# stale from now on, while the load goes on
await 30 "$ROLLCALL" report job.cfg >report.out 2>&1
readers=()
for verb in status log report verify; do
	look_on $verb &
	readers+=($!)
done
for second in 1 2 3; do
	"$ROLLCALL" run job.cfg >second.out 2>&1
	code=$?
	[ $code = 75 ] || kill -0 $runner 2>/dev/null || continue
	is "runner $second, while another runs, ends with 75" 75 $code
done
wait $runner
is "the load ends well" 0 $?
touch ended
for reader in "${readers[@]}"; do wait "$reader"; done
is "status, log, report and verify saw no trouble meanwhile" "" "$(head -n 5 trouble 2>/dev/null)"
is "and nothing is lost or doubled" "" "$(load_judge .)"
load_nation_end

# Two chunks whose answers are lost and that the list cannot tell; three persons settle each.
mkdir "$WORK/held"
cd "$WORK/held" || exit 99
load_nation . --fault submit:3-4:take,drop --fault list:head=missing
load_make . "$NATION_URL" 40 10
exits 6 "two chunks that cannot be told wait for a person" "$ROLLCALL" run job.cfg
awk -F, '$11 == "held" { print $1 "-" $2, $10 }' job.run/report.csv >held
is "they are held" 2 "$(wc -l <held)"
settlers=()
while read -r name sha; do
	import=$(sed -n "s/.*\"what\":\"import\".*\"id\":\([0-9]*\),.*$sha.*/\1/p" ledger)
	for person in 1 2 3; do
		{
			"$ROLLCALL" resolve job.cfg "$name" --import "$import" --reason seen >"$name.$person" 2>&1
			echo "$name $?" >>settled
		} &
		settlers+=($!)
	done
done <held
"$ROLLCALL" run --quiet job.cfg >race.out 2>&1
for settler in "${settlers[@]}"; do wait "$settler"; done
is "each was settled once, whoever came first" 2 "$(grep -c ' 0$' settled)"
exits 0 "the next run ends the load" "$ROLLCALL" run --quiet job.cfg
is "and nothing of it is lost or doubled" "" "$(load_judge .)"
load_nation_end
finish
