#!/usr/bin/env bash
# The shipped program under clocks that are set back and forth while it runs and between its runs, and
# stopped and continued: it neither spins nor waits for a time that will not come, one that stands still
# holds its load, and nothing is lost or doubled. (tests/sim does it at every step, with simulated clocks.)
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"

[ "${PLAIN_OBJECTS:-no}" = yes ] || skip_all "a sanitizer will not have another library before it"
hour=3600 year=31536000

$CC -I"$TOP_BUILDDIR" -shared -fPIC -o "$WORK/shifted_clock.so" "$TOP_SRCDIR/tests/crash/shifted_clock.c" -ldl ||
	skip_all "no shared library can be built"

# set_clock SECONDS: the wall clock is off by that much from now on.
set_clock()
{
	printf '%-31s\0' "$1" | dd of="$WORK/shift" conv=notrunc status=none
}

# With that clock; a program and no function, so that the process in the background is the runner.
shifted=(env "SHIFTED_CLOCK=$WORK/shift" "LD_PRELOAD=$WORK/shifted_clock.so")

imports()
{
	grep -c '"what":"import"' ledger
}

has_imports()
{
	[ "$(imports)" -ge "$1" ]
}

state_of()
{
	sed 's/.*) //' "/proc/$1/stat" | cut -c 1
}

is_stopped()
{
	[ "$(state_of "$1")" = T ]
}

# Hundredths of a second that all computed for whom this shell has waited, from the output of `times`.
hundredths()
{
	awk -F '[ms ]+' 'NR == 2 { printf "%d", ($1 * 60 + $2 + $3 * 60 + $4) * 100 }' "$1"
}

set_clock $((5 * year))
ok "the library shifts the wall clock" \
	test "$("${shifted[@]}" date +%Y)" -gt "$(($(date +%Y) + 3))"

mkdir "$WORK/set"
cd "$WORK/set" || exit 99
load_nation . --fault submit:delay=50ms
load_make . "$NATION_URL" 200 50
set_clock 0
"${shifted[@]}" "$ROLLCALL" run --quiet job.cfg 2>err &
runner=$!
wanted=2
for by in $hour 0 -$hour $((-5 * year)) $((5 * year)) $((-20 * hour)) 0 $((20 * hour)); do
	await 60 has_imports $wanted || break
	set_clock "$by"
	wanted=$((wanted + 3))
done
await 60 has_imports $wanted
times >before
wait $runner
code=$?
times >after
is "a load whose clock is set by hours and years, back and forth, ends well" 0 $code
computed=$(($(hundredths after) - $(hundredths before)))
is "and nothing is lost or doubled" "" "$(load_judge .)"
ok "and it did not spin" test "$computed" -lt 500
diag "it computed for $computed hundredths of a second"
load_nation_end

# What is due stands on disk in wall clock: it must not be waited for when that clock went back.
for by in $((-5 * year)) $((5 * year)); do
	mkdir "$WORK/killed$by"
	cd "$WORK/killed$by" || exit 99
	load_nation . --fault submit:delay=50ms --fault submit:2:take,drop
	load_make . "$NATION_URL" 50 10
	set_clock 0
	"${shifted[@]}" "$ROLLCALL" run --quiet job.cfg 2>err &
	runner=$!
	await 60 has_imports 4
	kill -KILL $runner
	wait $runner 2>/dev/null
	set_clock "$by"
	exits 0 "killed, and the clock set by $((by / year)) years: the next run ends well" \
		"${shifted[@]}" timeout 60 "$ROLLCALL" run --quiet job.cfg
	is "and nothing is lost or doubled" "" "$(load_judge .)"
	load_nation_end
done

mkdir "$WORK/stopped"
cd "$WORK/stopped" || exit 99
load_nation . --fault submit:delay=50ms
load_make . "$NATION_URL" 100 10
"$ROLLCALL" run --quiet job.cfg 2>err &
runner=$!
for wanted in 3 8 13; do
	await 60 has_imports $wanted
	kill -STOP $runner
	await 30 is_stopped $runner
	exits 75 "a runner that stands still is still the one" "$ROLLCALL" run job.cfg
	err_has "and is named" "process $runner"
	kill -CONT $runner
done
wait $runner
is "stopped and continued three times, it ends well" 0 $?
is "and nothing is lost or doubled" "" "$(load_judge .)"
load_nation_end

finish
