#!/usr/bin/env bash
# Every system call fails, once and for ever, with each error that fits it, and writes take half: the run ends
# with a documented code and a word, its store can be read, and the next run ends the load, nothing lost,
# nothing doubled.
#
# In `make check` a share; with ROLLCALL_LONG=1 all, of a load of five chunks. One of them again:
# tests/crash/sweep rollcall=... sandbox=... shim=... people=20 ballots=5 keep=1 fail:pwrite64:12+:EIO
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"

every=197
[ -z "${ROLLCALL_LONG:-}" ] || every=1
none_wrong "a call fails" sweep people=20 ballots=5 "every=$every" "first=$((every / 2 + 1))" fail
finish
