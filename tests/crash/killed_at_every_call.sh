#!/usr/bin/env bash
# kill -9 before every system call of a load of 20 chunks, then the same command again, and a second kill
# while that goes on: nothing lost, nothing doubled but declared.
#
# In `make check` a share of the calls and a few pairs; with ROLLCALL_LONG=1 all calls and 2,000 pairs. One of
# them again:  tests/crash/sweep rollcall=... sandbox=... shim=... keep=1 kill:512/90
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"

every=71 pairs=10
[ -z "${ROLLCALL_LONG:-}" ] || every=1 pairs=2000

none_wrong "killed before a call, the load goes on" sweep "every=$every" "first=$((every / 2 + 1))" kill
none_wrong "killed twice, too" sweep "pairs=$pairs" "seed=${SEED:-1}" twice
finish
