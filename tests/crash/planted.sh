#!/usr/bin/env bash
# The proofs at every call can fail: each gets a rollcall with a mistake planted in it, one that breaks what it
# guards, and must find it. One source file is changed, compiled, and linked before our archives, so that its
# functions are taken from there.
#
# What the kernel only pretends to have synced is planted in power_cuts.sh itself.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"

archives="libcli.a libconfig-job.a libengine.a libreport.a libnation.a libsys.a libstore.a libjson-read.a
	libfiles.a libsource.a libtext.a libcore.a libbase.a"
libraries=$(pkg-config --libs lmdb libcurl json-c libconfig libxxhash libcrypto zlib libzstd) ||
	skip_all "pkg-config does not know our libraries"
grep -q '^#define HAVE_LIBARCHIVE 1' "$TOP_BUILDDIR/platform.h" && libraries="$libraries -larchive"
whole=$ROLLCALL

# plant NAME FILE SED: rollcall-NAME becomes $ROLLCALL.
plant()
{
	ROLLCALL=$whole
	sed -E "$3" "$TOP_SRCDIR/$2" >"$1.c"
	if cmp -s "$TOP_SRCDIR/$2" "$1.c"; then
		fail "the mistake $1 has its place in $2"
		return 1
	fi
	# shellcheck disable=SC2086 # lists of words
	(cd "$TOP_BUILDDIR" && $COMPILE -w -c -o "$WORK/$1.o" "$WORK/$1.c" &&
		$CC -pie -o "$WORK/rollcall-$1" runner/main.o "$WORK/$1.o" $archives $libraries) >"$1.log" 2>&1 ||
		{ fail "the mistake $1 can be built" "$(cat "$1.log")"; return 1; }
	ROLLCALL=$WORK/rollcall-$1
}

small=(people=20 ballots=5 until=1)

# Not in submit(): there the first bytes leave a turn of the loop later, so that a commit at its end is no mistake.
plant submit_before_intent runner/engine/turn.c \
	'/^turn_commit\(/,/^}/s/event_count == 0\)/event_count == 0 || (turn->event_count == 1 \&\& turn->events[0].type == EVENT_SUBMIT_STARTED))/' &&
	is_caught "a POST before its intent is durable is found by kills" sweep "${small[@]}" first=445 every=3 kill
plant retried_lost_answer runner/core/verdict.c \
	'/^verdict_of_restart\(/,/^}/s/EVENT_ANSWER_LOST/EVENT_SUBMIT_NOT_SENT/' &&
	is_caught "a lost answer that is retried is found by kills" sweep "${small[@]}" first=400 every=3 kill &&
	is_caught "and by pairs of kills" sweep "${small[@]}" pairs=400 twice
plant ignored_commit store/txn.c \
	'/^commit_undisturbed\(/,/^}/s/return code;/return 0;/' &&
	is_caught "a failed commit that is taken for a good one is found by failing calls" sweep "${small[@]}" first=9 every=60 fail
plant unchecked_memory runner/base/buf.c 's/^\tif \(!ptr\) \{$/\tif (0) {/' &&
	is_caught "memory that nobody checked is found by failing allocations" sweep "${small[@]}" first=5 every=50 memory
plant unsynced_report runner/files/put.c 's/code = folder_fsync\(fileno\(put->file\)\);/code = 0;/' &&
	is_caught "a report that is renamed before it is synced is found by power cuts" \
		cuts people=20 ballots=5 kill=800 states=2000
if [ "$(id -u)" = 0 ] && mkdir -p disk/0 disk/1 && mount -t tmpfs -o size=2m none "$WORK/disk/0" 2>mount.log; then
	trap 'umount -l "$WORK/disk/0" "$WORK/disk/1" 2>/dev/null; _clean_up' EXIT
	mount -t tmpfs -o size=2m none "$WORK/disk/1"
	plant lost_id runner/engine/rescue.c '/^rescue_ids\(/,/^}/s/^\{/{ if (engine) return;/' &&
		is_caught "an id lost with its commit is found by full disks" sweep "disk=$WORK/disk" until=1 first=900 every=31 full
else
	skip "an id lost with its commit is found by full disks" "no small disk can be mounted here"
fi
finish
