#!/usr/bin/env bash
# Power cuts at every moment of a recorded load: what was not synced is lost or torn, in any part of it
# (disk.h), and the store opens, is whole, and has every event whose commit had returned; no report stands
# under its name in part. A kernel that syncs nothing must be noticed.
#
# In `make check` one state at each moment of a load of five chunks; with ROLLCALL_LONG=1 100,000 states of one
# of 20. One of them again:  tests/crash/cuts rollcall=... sandbox=... shim=... state=412/17
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"

small=(people=20 ballots=5 kill=800)
if [ -n "${ROLLCALL_LONG:-}" ]; then
	none_wrong "no power cut loses an acknowledged event" cuts states=100000 "seed=${SEED:-1}"
else
	none_wrong "no power cut loses an acknowledged event" cuts "${small[@]}" states=600
fi
for lie in fdatasync fsync openat; do
	is_caught "a load whose $lie does not sync is caught" 'is damaged|events are left of' cuts "${small[@]}" states=600 "lie=$lie"
done
finish
