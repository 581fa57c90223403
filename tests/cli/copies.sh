#!/usr/bin/env bash
# Run folders that were copied, restored or lost, and what takes them over: run --adopt, run --new.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

# half N: a load of N rows, two a chunk, that was stopped when the nation had three chunks.
half()
{
	people "$1"
	job
	fault 'submit:4-:status=401'
	runs 77 "a load is stopped"
	no_faults
	is "when the nation had three chunks" 3 "$(imports)"
}

# once: every row of the input is in the nation by one import only, and the report says so.
once()
{
	is "$1: no import twice" "" "$(sed -n 's/.*"what":"import".*"sha256":"\([0-9a-f]*\)".*/\1/p' ledger | sort | uniq -d)"
	is "$1: as many imports as chunks" "$2" "$(imports)"
}

# ---- the original goes on, then the copy
scene original
half 20
cp -a job.run kept.run
mkdir copy
cp -a job.run copy/
runs 0 "the original goes on to its end"
once "the original" 10
posts=$(posts)
exits 66 "a copy of before is refused" rollcall run --state-dir copy job.cfg
err_has "it says that it is one" "copy/job.run is a copy, or was put back: the load was begun, or went on, in another folder"
err_has "and how it is taken over" "rollcall run --adopt"
exits 66 "nor can a chunk of it be settled" rollcall resolve --state-dir copy job.cfg people-4 --skip --reason no
exits 0 "it can be looked at" rollcall status --state-dir copy job.cfg
exits 0 "adopted, it goes on" rollcall run --adopt --state-dir copy job.cfg
err_has "it says what it does" "planned chunks may have been sent there since: the nation's list of imports decides"
is "and sends nothing that was sent" "$posts" "$(posts)"
once "the copy" 10
is "every chunk is done" "done" "$(words state copy/job.run/report.csv | tr ' ' '\n' | sort -u)"
is "those that the original sent were found" 7 "$(cells note copy/job.run/report.csv | grep -c 'found by probe')"
same "both reports have the same imports" <(cells import_id) <(cells import_id copy/job.run/report.csv)
exits 0 "explain tells it" rollcall explain --state-dir copy job.cfg people-9
out_has "in plain words" "the run folder was taken over, and another copy of it may have sent this"
exits 0 "the log has it" rollcall log --json --state-dir copy job.cfg
out_has "with who did it" '"event":"run_adopted","source":null,"chunk":null,"person"'
exits 0 "the copy is the load's place now" rollcall run --state-dir copy job.cfg
exits 0 "and adopting it again changes nothing" rollcall run --adopt --state-dir copy job.cfg
exits 0 "it verifies" rollcall verify --state-dir copy job.cfg

# ---- the original never goes on
scene stopped
half 20
mkdir copy
cp -a job.run copy/
rm -r job.run
exits 0 "a copy whose original sent no more" rollcall run --adopt --state-dir copy job.cfg
once "the copy" 10
is "what was never sent is not called sent again" 0 "$(cells note copy/job.run/report.csv | tail -n 1 | grep -c 'sent again')"

# ---- an older store put back in its place
scene older
half 20
cp job.run/store/data.mdb older.mdb
runs 0 "the load ends"
cat older.mdb >job.run/store/data.mdb
runs 66 "an older store in its place"
err_has "is told from a newer one" "the load was begun, or went on, with a newer store"
exits 66 "status does not believe it either" rollcall status job.cfg
runs 0 "adopted, it finds what was sent" --adopt
once "the older store" 10

# ---- nothing was sent before the copy was made: there is no witness
scene fresh
people 6
job
ROLLCALL_KILL_AT=3 "$ROLLCALL" run --quiet job.cfg 2>/dev/null
mkdir copy
cp -a job.run copy/
exits 6 "a copy of a load that had sent nothing" rollcall run --adopt --state-dir copy job.cfg
err_has "is held, and says why" "No import of this load is known here, so the list proves nothing"
is "nothing was sent" 0 "$(posts)"
exits 64 "--adopt and --new" rollcall run --adopt --new --yes job.cfg
err_has "exclude each other" "--new starts over, --adopt goes on: say one of them"
rm -r job.run
exits 66 "there is nothing to adopt without a load" rollcall run --adopt job.cfg
ok "and nothing is left behind" test ! -e job.run

# ---- a command that a message proposes means this load, wherever its folder is
# proposed VERB: the command of the ending in err, as a shell takes it
proposed()
{
	sed -n "s/^.*  rollcall $1/rollcall $1/p" "$WORK/err" | tail -n 1
}

scene proposed --fault submit:2:take,drop
people 6
SOURCE='in_doubt = "hold";' LIMITS='uploads = 1;' job
mv job.cfg "Ann's job.cfg"
mkdir "my loads"
exits 6 "a held chunk of a load in another folder" rollcall run --state-dir "my loads" "Ann's job.cfg"
err_has "how to go on names the folder" "  next      rollcall explain 'Ann'\''s job.cfg' --state-dir 'my loads' people-2"
run=$(proposed run)
resolve=$(proposed resolve | sed "s/--import ID.*/--import $(import_id 2) --reason seen/")
exits 0 "explain, as it says" eval "$(proposed explain)"
out_has "says how, too" "rollcall resolve 'Ann'\''s job.cfg' --state-dir 'my loads' people-2"
exits 0 "resolve, as it says" eval "$resolve"
err_has "says how to go on" "people-2 is settled.  $run goes on."
exits 0 "run, as it says, goes on with the same load" eval "$run"
is "nothing was sent a second time" "3 3" "$(posts) $(imports)"
ok "no other load was begun" test ! -e "Ann's job.run"
exits 66 "where there is no load" rollcall report --state-dir . "Ann's job.cfg"
err_has "the command that begins it is for that folder" "rollcall run 'Ann'\''s job.cfg' --state-dir .     starts one"

# ---- lost certificates and stores: --new puts aside what is left
scene lost
people 6
job
runs 0 "a whole load"
rm job.run/birth.json
runs 66 "without its certificate it is refused"
runs 0 "--new starts over" --new --yes
ok "and keeps what is left" test -d "$(echo job.run.20*)/store"
rm -r job.run/store job.run/birth.json
runs 66 "without store and certificate it is not begun again"
err_has "and it says so" "job.run had a load, but its store and its birth.json are missing"
finish
