#!/usr/bin/env bash
# Every allocation fails, once and for ever, ours and those of our libraries: no crash, a documented code, and
# the next run ends the load, nothing lost, nothing doubled.
#
# In `make check` a share; with ROLLCALL_LONG=1 all, of a load of three chunks. One of them again:
# tests/crash/sweep rollcall=... sandbox=... shim=... people=10 ballots=5 keep=1 memory:77+
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"

every=397
[ -z "${ROLLCALL_LONG:-}" ] || every=1
none_wrong "an allocation fails" sweep people=10 ballots=5 "every=$every" "first=$((every / 2 + 1))" memory
finish
