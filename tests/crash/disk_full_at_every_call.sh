#!/usr/bin/env bash
# Before any call of a load the disk of its run folder becomes full, so also between a POST and the commit of
# its id: the run ends with a documented code, no import that the nation answered for is lost (it is in the
# journal, in `ids`, or on stderr), and with room again the next run ends the load.
#
# In `make check` a share; with ROLLCALL_LONG=1 all calls of a load of 20 chunks.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"
[ "$(id -u)" = 0 ] || skip_all "only root can mount a small disk"

mkdir disk disk/0 disk/1
trap 'umount -l "$WORK/disk/0" "$WORK/disk/1" 2>/dev/null; _clean_up' EXIT
for job in 0 1; do
	mount -t tmpfs -o size=2m,mode=0700 none "$WORK/disk/$job" 2>/dev/null ||
		skip_all "nothing can be mounted here"
done

every=97
[ -z "${ROLLCALL_LONG:-}" ] || every=1
none_wrong "the disk becomes full" sweep "disk=$WORK/disk" "every=$every" "first=$((every / 2 + 1))" full
finish
