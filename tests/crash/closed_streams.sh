#!/usr/bin/env bash
# Standard streams that are closed, full or gone: cron, daemons and pipelines leave them so. What is
# said must never land in another file, and a load does not depend on somebody listening.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"

# load_with STREAMS WORDS: a load with those redirections ends well.
load_with()
{
	mkdir -p "$WORK/$2"
	cd "$WORK/$2" || exit 99
	load_nation .
	load_make . "$NATION_URL" 40 10
	bash -c "\"\$0\" run job.cfg $1" "$ROLLCALL"
	is "a load ends well with $2" 0 $?
	is "and nothing is lost or doubled with $2" "" "$(load_judge .)"
	load_nation_end
}

load_with '<&-' "standard input closed"
load_with '>&-' "standard output closed"
load_with '2>&-' "standard error closed"
load_with '>/dev/full 2>&1' "a full disk behind its streams"
load_with "2> >(exit)" "nobody reading its messages"
load_with '<&- >&- 2>&-' "all streams closed"

file_lacks "no message was written into the lock" job.run/lock accepted
file_lacks "nor into the store" job.run/store/data.mdb accepted
for verb in status log check verify; do
	"$ROLLCALL" $verb job.cfg >/dev/full 2>err
	is "$verb on a full disk ends with 74" 74 $?
	file_has "and $verb says why" err "No space left on device"
done
"$ROLLCALL" --help >/dev/full 2>err
is "so does --help" 74 $?
"$ROLLCALL" status job.cfg >&- 2>err
is "status with standard output closed ends with 74" 74 $?
"$ROLLCALL" log job.cfg 2>err | true
is "a reader that has seen enough is no error to speak of" "" "$(cat err)"
finish
