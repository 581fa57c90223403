#!/usr/bin/env bash
# The proofs with the shipped program can fail: each gets a rollcall with a mistake planted in it, one that
# breaks what it guards, and must find it.
#
# What the kernel only pretends to have synced is planted in power_cuts.sh itself, and so are the mistakes
# of damaged_store.sh, two_runners.sh and the kills at every step.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/planting.sh
. "$TOP_SRCDIR/tests/planting.sh"
# shellcheck source=tests/crash/shim.sh
. "$TOP_SRCDIR/tests/crash/shim.sh"
unset ROLLCALL_LONG

# with_mistake NAME FILE EDIT...: $ROLLCALL becomes one that has it.
with_mistake()
{
	plant "$@" && planted_rollcall && ROLLCALL=$FOLDER/rollcall
}

small=(people=20 ballots=5 until=1)

# Not in submit(): there the first bytes leave a turn of the loop later, so that a commit at its end is no mistake.
with_mistake submit_before_intent runner/engine/turn.c \
	'/^turn_commit\(/,/^}/s/event_count == 0\)/event_count == 0 || (turn->event_count == 1 \&\& turn->events[0].type == EVENT_SUBMIT_STARTED))/' &&
	is_caught "a POST before its intent is durable is found by kills" undeclared \
		sweep "${small[@]}" first=445 every=3 kill
with_mistake retried_lost_answer runner/core/verdict.c \
	'/^verdict_of_restart\(/,/^}/s/EVENT_ANSWER_LOST/EVENT_SUBMIT_NOT_SENT/' &&
	is_caught "a lost answer that is retried is found by kills" undeclared \
		sweep "${small[@]}" first=400 every=3 kill &&
	is_caught "and by pairs of kills" undeclared sweep "${small[@]}" pairs=400 twice
with_mistake found_and_sent runner/core/chunk.c \
	's/(EVENT_PROBE_FOUND, +)CHUNK_SUBMITTED/\1CHUNK_PLANNED/' &&
	is_caught "an import that was found and is sent again is no declared double" undeclared \
		sweep "${small[@]}" first=400 every=3 kill
with_mistake ignored_commit store/txn.c \
	'/^commit_undisturbed\(/,/^}/s/return code;/return 0;/' &&
	is_caught "a failed commit that is taken for a good one is found by failing calls" \
		'with a newer store|lost:' sweep "${small[@]}" first=9 every=60 fail
with_mistake unchecked_memory runner/base/buf.c 's/^\tif \(!ptr\) \{$/\tif (0) {/' &&
	is_caught "memory that nobody checked is found by failing allocations" \
		'the last run ended with|ended with 139' sweep "${small[@]}" first=5 every=50 memory
with_mistake unsynced_report runner/files/put.c \
	's/code = (folder_fsync\(fileno\(put->file\)\));/code = strstr(put->name, "report") ? 0 : \1;/' &&
	is_caught "a report that is renamed before it is synced is found by power cuts" 'report.* is there in part' \
		cuts people=20 ballots=5 kill=800 states=2000
if [ "$(id -u)" = 0 ] && mkdir -p disk/0 disk/1 && mount -t tmpfs -o size=2m none "$WORK/disk/0" 2>mount.log; then
	trap 'umount -l "$WORK/disk/0" "$WORK/disk/1" 2>/dev/null; _clean_up' EXIT
	mount -t tmpfs -o size=2m none "$WORK/disk/1"
	with_mistake lost_id runner/engine/rescue.c '/^rescue_ids\(/,/^}/s/^\{/{ if (engine) return;/' &&
		is_caught "an id lost with its commit is found by full disks" 'import [0-9]+ is nowhere' \
			sweep "disk=$WORK/disk" until=1 first=900 every=31 full
else
	skip "an id lost with its commit is found by full disks" "no small disk can be mounted here"
fi

with_mistake told_token runner/nation/client.c 's/^#include "platform.h"/&\n#include <stdio.h>/' \
	's/client->token_number\+\+;/&fprintf(stderr, "%s\\n", token);/' &&
	is_caught_by tests/crash/canary.sh "a token that is told is found by the canaries" '^not ok .* the token is nowhere'
with_mistake core runner/main.c 's/setrlimit\(RLIMIT_CORE, &none\);/(void)none;/' &&
	is_caught_by tests/crash/canary.sh "so is a core that may be written" '^not ok .* a core would be cut off to nothing'
finish
