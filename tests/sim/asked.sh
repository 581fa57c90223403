#!/usr/bin/env bash
# Which seeds a lot plays, and what it refuses.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
sim=$TOP_BUILDDIR/tests/sim/sim

for wrong in "--seeds 0" "--from 0 --seeds 1" "--seeds -1" "--seeds" "--seeds 1000000001" "--seed x" "--sees 1"; do
	# shellcheck disable=SC2086 # words of a command line
	exits 64 "refused: $wrong" "$sim" $wrong
done
exits 0 "some from a number on" "$sim" --from 200001 --seeds 12
is "are so many from there on" "200001 200002 200003" "$(sed -n 's/^ok - [0-9]* seeds from //p' "$WORK/out" | head -3 | xargs)"
is "and no more" 12 "$(awk '/^ok - [0-9]+ seeds/ { sum += $3 } END { print sum }' "$WORK/out")"
exits 64 "refused: SEEDS=0" env SEEDS=0 "$sim"
exits 0 "SEEDS is how many where the command line does not say" env SEEDS=12 "$sim"
is "are so many from the first on" "1 2 3 12" "$(sed -n 's/^ok - [0-9]* seeds from //p' "$WORK/out" | head -3 | xargs) $(
	awk '/^ok - [0-9]+ seeds/ { sum += $3 } END { print sum }' "$WORK/out")"
finish
