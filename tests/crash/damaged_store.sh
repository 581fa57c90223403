#!/usr/bin/env bash
# A store that cannot fool anyone: the store of a half-done load is truncated, flipped bit by bit, swapped,
# taken away, copied and restored. Every verb refuses with a message, or works as on the intact one;
# nobody dies by a signal, and a run sends nothing unless the bytes that were hit are not used.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"
DAMAGE=$TOP_BUILDDIR/tests/crash/damage
[ "${PLAIN_OBJECTS:-no}" = yes ] || skip_all "sanitizers report faults in their own way"

SEED=${ROLLCALL_SEED:-1}
if [ -n "${ROLLCALL_LONG:-}" ]; then
	flips=${ROLLCALL_FLIPS:-10000} small=1000 cuts=1000
else
	flips=75 small=30 cuts=40
fi

# ---- a load of 40 chunks, cut off in the middle; its store a while before; another load

load_nation .
load_make . "$NATION_URL" 150 50
# The nation of these tests refuses the token, so that a run that sends anything ends at once.
steps=$(ROLLCALL_COUNT_STEPS=$WORK/steps "$ROLLCALL" run --quiet job.cfg 2>whole.err; cat steps)
ok "a whole load has steps to be cut off at" test "${steps:-0}" -gt 100
rm -rf job.run
ROLLCALL_KILL_AT=$((steps / 3)) "$ROLLCALL" run --quiet job.cfg 2>first.err
cp job.run/store/data.mdb older.mdb
mkdir other
load_make other "$NATION_URL" 20 20
ROLLCALL_KILL_AT=60 "$ROLLCALL" run --quiet other/job.cfg 2>other.err
cp other/job.run/store/data.mdb other.mdb
cp other/job.run/birth.json other.birth.json
ROLLCALL_KILL_AT=$((steps / 3)) "$ROLLCALL" run --quiet job.cfg 2>second.err
exits 0 "the load is cut off in its middle, and can be looked at" "$ROLLCALL" report job.cfg
ok "some chunks are done" grep -q ',done,' job.run/report.csv
ok "and some are planned" grep -q ',planned,' job.run/report.csv
load_nation_end
port=${NATION_URL##*:}

# ---- damages

# damages KIND COUNT SENTENCE
damages()
{
	"$DAMAGE" "$ROLLCALL" "$WORK" "$port" "$SEED" "$2" "$1" >"$1.out" 2>&1
	local code=$?
	diag "seed $SEED: $(tail -n 1 "$1.out")"
	if [ $code = 0 ]; then pass "$3"; else fail "$3" "$(head -n 20 "$1.out")"; fi
}
damages flips "$flips" "a flipped bit of data.mdb is refused, or not used"
damages small $small "a flipped bit of birth.json, mark or ids is refused, or not used"
damages cuts $cuts "a file that is cut off is refused at every page and anywhere"
damages swaps 0 "an older store, that of another load, and another certificate are refused"

# The planted bug: had we kept no mark, an older store would pass, and the proof must see it.
"$DAMAGE" "$ROLLCALL" "$WORK" "$port" "$SEED" 0 swaps-unmarked >planted.out 2>&1
is "the proof notices an older store that is not noticed" 1 $?
file_has "and says what happened" planted.out "sent requests for a load that is not as it was"

# ---- files that are missing: moved away and back, so that their inodes stay

# looks VERB...: exits 0, or refuses.
# shellcheck disable=SC2317 # called by `ok`
looks()
{
	timeout 60 "$ROLLCALL" "$@" >looked.out 2>looked.err
	case $? in
	0) return 0 ;;
	66 | 74) [ -s looked.err ] ;;
	*) return 1 ;;
	esac
}

# missing WHAT FILE...
missing()
{
	local what=$1 file
	shift
	for file; do mv "job.run/$file" "kept.${file##*/}"; done
	exits 66 "without $what a run ends with 66" timeout 60 "$ROLLCALL" run job.cfg
	ok "and says why" test -s err
	for file in status report log verify; do
		ok "$file without $what works or refuses" looks $file job.cfg
	done
	for file; do mv "kept.${file##*/}" "job.run/$file"; done
}
missing data.mdb store/data.mdb
missing "the store" store
missing birth.json birth.json
missing ids ids
missing mark mark
missing "store and birth.json" store birth.json

# ---- a copy, and a restored one
"$DAMAGE" "$ROLLCALL" "$WORK" "$port" "$SEED" 0 flips >none.out 2>&1
is "what was moved away and back is the load that it was" 0 $?
mkdir elsewhere
cp -a job.run elsewhere/
exits 66 "a copied run folder is refused" "$ROLLCALL" run --state-dir elsewhere job.cfg
err_has "and it says how to take it over" "rollcall run --adopt"
exits 0 "but it can be looked at" "$ROLLCALL" status --state-dir elsewhere job.cfg
mv job.run away && cp -a away job.run
exits 66 "one that was restored from a backup, too" "$ROLLCALL" run job.cfg
rm -rf job.run && mv away job.run
finish
