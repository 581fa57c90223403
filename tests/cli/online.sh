#!/usr/bin/env bash
# verify --online: the nation is asked again for every import, and what it says is compared.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

# asks CODE SENTENCE [OPTION...]
asks()
{
	exits "$1" "$2" rollcall verify --online "${@:3}" job.cfg
}

scene agreed
people 6
job
runs 0 "a load"
posts=$(posts)
asks 0 "the nation says the same"
out_has "of every import" "nation     3 imports: good"
is "nothing was sent for it" "$posts" "$(posts)"
ok "and nothing is left behind" test ! -e job.run/.online
asks 0 "as JSON" --json
out_has "it stands there" '"findings":[],"chunks":3,'
out_has "with the nation's word" '"reports":"good","imports":3,"nation":"good"}'

# ---- what the nation may say instead
fault 'status:status=404'
asks 4 "an import that the nation does not know"
out_has "is named with its chunk" "people-2: the nation does not know import"
no_faults
fault 'status:word=working'
asks 4 "one that is not finished any more"
out_has "is named with its word" "is \"working\", the store has the chunk as done"
asks 4 "as JSON, too" --json
out_has "as a finding" '"nation":"they do not agree"'
no_faults
fault 'result:counts=off'
asks 4 "counts that are others"
out_has "are named with both" "rows succeeded, the store has 2"
no_faults
fault 'status:status=401'
asks 77 "a token that is refused"
no_faults
fault 'status:every=2:status=503'
asks 0 "a nation that stumbles is asked again"
no_faults
fault 'status:1:status=429'
asks 0 "one that puts off a question for a status has not said anything else"
no_faults
fault 'result:1:status=429'
asks 0 "nor one that puts off that for a result"
no_faults

# ---- rejected rows
scene rejected
people 4
sed -i '3s/NC2,NC/NC2,/' people.csv
SOURCE='max_rejected = "100";' job
runs 0 "a load with a rejected row"
ok "which is kept" test -s job.run/answers/people-1.failed.csv
asks 0 "the nation says the same"
mkdir -p job.run/.online/answers
echo old >job.run/.online/answers/people-1.failed.csv
echo old >job.run/.online/answers/.people-2.half
asks 0 "what a killed check left is no answer of the nation"
ok "and does not stay" test ! -e job.run/.online
mkdir job.run/.online
exits 75 "another check of the same load" flock -n job.run/.online "$ROLLCALL" verify --online job.cfg
err_has "is waited for" "another verify --online of this load is under way"
rmdir job.run/.online
echo more >>job.run/answers/people-1.failed.csv
asks 4 "an answer that was changed"
out_has "is found" "has other rejected rows than answers/people-1.failed.csv"
finish
