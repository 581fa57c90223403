#!/usr/bin/env bash
# The ext4 that has the run folder is shut down before a call of a load, with nothing more written out, as a
# power cut leaves it, and mounted again: its journal is all that comes back. The run ends with a documented
# code; afterwards the store is whole, no import that the nation answered for is lost, and the next run ends
# the load.
#
# In `make check` a few shutdowns, with ROLLCALL_LONG=1 a hundred, all over a load of 20 chunks.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"
needs mkfs.ext4
[ "$(id -u)" = 0 ] || skip_all "only root can mount a file system"

mkdir disk disk/0 disk/1
trap 'umount -l "$WORK/disk/0" "$WORK/disk/1" 2>/dev/null; _clean_up' EXIT
for job in 0 1; do
	truncate -s 16M "$WORK/disk/$job.img"
	mkfs.ext4 -q "$WORK/disk/$job.img" >mkfs.out 2>&1 || skip_all "no ext4 can be made here"
	mount -o loop "$WORK/disk/$job.img" "$WORK/disk/$job" 2>/dev/null ||
		skip_all "no ext4 can be mounted from a file here"
done

every=450
[ -z "${ROLLCALL_LONG:-}" ] || every=28
none_wrong "a shut-down file system" sweep "disk=$WORK/disk" "every=$every" "first=$((every / 2 + 1))" shut
finish
