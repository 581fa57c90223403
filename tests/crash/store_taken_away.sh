#!/usr/bin/env bash
# The store's file is cut off under a running load, as a failing disk would: LMDB reads through a map, so
# this is SIGBUS. The load must say what happened and end with 74, not die by the signal.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
[ "${PLAIN_OBJECTS:-no}" = yes ] || skip_all "sanitizers report faults in their own way"

start_sandbox --rows-per-second 1
{
	echo 'state_file_id,last_name,registered_address.state'
	for i in {1..50}; do echo "OH$i,O'Brien,OH"; done
} >people.csv
echo canary >token
chmod 600 token
cat >job.cfg <<END
version = 1;
nation = { url = "$SANDBOX_URL"; token = "file:token"; };
sources = ( { type = "people"; input = "people.csv"; } );
poll = { first = "50ms"; most = "50ms"; };
END

in_background "$ROLLCALL" run job.cfg 2>said
await 30 sh -c "'$ROLLCALL' status --json job.cfg | grep -q '\"submitted\":1'"
truncate -s 4096 job.run/store/data.mdb
wait "$BACKGROUND"
is "it ends with 74" 74 "$?"
file_has "and says why" said "the store cannot be read"
file_has "and that nothing more was sent" said "Nothing more was sent."

exits 74 "and the next run does not trust the store" "$ROLLCALL" run job.cfg
finish
