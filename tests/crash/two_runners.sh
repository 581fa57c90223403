#!/usr/bin/env bash
# Two runs of one load begin at once, the second after an offset that is swept over the whole life of the
# first, and the same after kill -9 of one that held the lock. One works; the other says 75 and who holds
# the lock (process, host, since), within a second, or finds the load over and sends nothing.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"

[ -n "${ROLLCALL_LONG:-}" ] && offsets=200 || offsets=12
host=$(uname -n)

load_nation . --fault submit:delay=60ms
load_make . "$NATION_URL" 50 20
begin=$EPOCHREALTIME
"$ROLLCALL" run --quiet job.cfg 2>whole.err
is "a whole load runs" 0 $?
# microseconds
whole=$((${EPOCHREALTIME/./} - ${begin/./}))

# at MICROSECONDS: sleeps so long; an offset is no condition that could be awaited.
at()
{
	sleep "$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))"
}

# start NAME: a run in the background; sets PID. Its exit code and how long it took, in microseconds,
# are in NAME.end.
start()
{
	local name=$1
	(
		local from=$EPOCHREALTIME
		"$ROLLCALL" run --quiet job.cfg >"$name.out" 2>"$name.err" &
		echo $! >"$name.pid"
		wait $! 2>/dev/null
		echo "$? $((${EPOCHREALTIME/./} - ${from/./}))" >"$name.end"
	) &
	PID=$!
}

# judge CASE A B: two runs have ended; prints what is wrong.
judge()
{
	local what=$1 first=$2 second=$3 codes took
	codes="$(cut -d' ' -f1 "$first.end") $(cut -d' ' -f1 "$second.end")"
	case $codes in
	"0 0") [ ! -s "$first.err" ] && [ ! -s "$second.err" ] || echo "$what: both speak" ;;
	"0 75") loser "$what" "$second" "$first" ;;
	"75 0") loser "$what" "$first" "$second" ;;
	*) echo "$what: they ended with $codes: $(cat "$first.err" "$second.err")" ;;
	esac
	load_judge . | sed "s/^/$what: /"
}

# loser CASE NAME WINNER: says who holds the lock, in time.
loser()
{
	took=$(cut -d' ' -f2 "$2.end")
	[ "$took" -lt "$SECOND" ] || echo "$1: it took $took microseconds to say so"
	grep -qE "in use: process $(cat "$3.pid") on $host has been running this load since 20[0-9-]+T[0-9:]+Z" \
		"$2.err" || echo "$1: it does not say who: $(cat "$2.err") (it was $(cat "$3.pid"))"
	lost=$((lost + 1))
}

# A second, and on a machine that is busy ten times what a run that is refused takes.
from=$EPOCHREALTIME
"$ROLLCALL" status job.cfg >status.out
SECOND=$((10 * (${EPOCHREALTIME/./} - ${from/./})))
[ $SECOND -gt 1000000 ] || SECOND=1000000

# renew: the load is begun anew, in a nation that knows nothing of it.
renew()
{
	load_nation_end
	rm -rf job.run ledger
	load_nation . --fault submit:delay=60ms
	sed -i "s|url = \"[^\"]*\"|url = \"$NATION_URL\"|" job.cfg
}

lost=0
for ((i = 0; i < offsets; i++)); do
	renew
	start a
	a=$PID
	at $((whole * i * 9 / offsets / 10))
	start b
	wait "$a" "$PID"
	judge "offset $i of $offsets" a b
done >trouble
is "of two runs one works, the other says who, or finds it done: $offsets offsets" "" "$(head -n 5 trouble)"
ok "and some came while the other ran ($lost of $offsets)" test $lost -gt $((offsets / 8))

lost=0
for ((i = 0; i < offsets; i++)); do
	renew
	start holder
	holder=$PID
	await 30 test -s job.run/lock
	at $((whole * i / offsets / 2))
	kill -9 "$(cat holder.pid)" 2>/dev/null
	start a
	a=$PID
	at $((whole * i / offsets / 4))
	start b
	wait "$holder" "$a" "$PID"
	judge "after a kill, offset $i of $offsets" a b
done >trouble
is "the same after kill -9 of one that held the lock: $offsets offsets" "" "$(head -n 5 trouble)"
ok "and some came while the other ran ($lost of $offsets)" test $lost -gt $((offsets / 8))

# The planted bug: the file that is locked is taken away, so nobody knows of the other.
noticed=0
for ((i = 1; i <= 5 && noticed == 0; i++)); do
	renew
	start a
	a=$PID
	await 30 test -s job.run/lock
	rm job.run/lock
	start b
	wait "$a" "$PID"
	judge "planted" a b >planted
	[ -s planted ] && noticed=1
done
is "the proof notices two runs that do not know of each other" 1 $noticed
load_nation_end
finish
