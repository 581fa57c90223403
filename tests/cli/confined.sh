#!/usr/bin/env bash
# A load gives up what it does not need (Landlock): the shipped program, in mid-load, tries to trespass.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
[ "$PLAIN_OBJECTS" = yes ] || skip_all "instrumented programs load their own library first"

mkdir outside
echo secret >outside/secret
# shellcheck disable=SC2086 # words
build_trespasser()
{
	cd "$TOP_BUILDDIR" && $COMPILE -fPIC -shared -o "$WORK/trespass.so" "$TOP_SRCDIR/tests/cli/trespass.c"
}
ok "the trespasser is built" build_trespasser
cd "$WORK" || exit 99

scene load
people 12
mkdir keys reports
mv token keys/token
TOKEN=file:keys/token TOP='report = { dir = "reports"; };' job

# intrudes FILE COMMAND...: with the trespasser in it; what it said is in FILE.
intrudes()
{
	env LD_PRELOAD="$WORK/trespass.so" SECRET="$WORK/outside/secret" NEW="$WORK/outside/new" \
		JOB="$PWD/job.cfg" OURS="$PWD/job.run/new" LOCK="$PWD/keys/token.lock" \
		timeout -k 5 60 env "${@:2}" 9>"$1" 2>"$1.err"
}

# tries FILE [VARIABLE=VALUE...]: the same with a whole load.
tries()
{
	rm -rf job.run
	intrudes "$@" "$ROLLCALL" run job.cfg </dev/null
}

# said NAME [FILE]: how it went
said()
{
	sed -n "s/^$1 //p" "${2:-confined}"
}

tries free ROLLCALL_CONFINE=off
is "unconfined, the load is done" 0 $?
for what in read change create change-job read-job create-in-run create-by-token execute listen signal trace; do
	file_has "unconfined it can: $what" free "$what ok"
done
file_has "a new load that is not confined says so" free.err "It is not confined to its files"

rm -f "$WORK/outside/new"
tries confined
is "confined, the load is done as well" 0 $?
is "the report says so, in its own folder" 12 "$(cells rows_sent reports/summary.csv | tail -n 1)" ||
	diag "$(cat confined.err)"
if [ "$(said read)" = ok ] && [ "$(said execute)" = ok ]; then
	skip "trespassing is refused" "this kernel has no Landlock: loads are NOT confined here"
	finish
fi
file_lacks "one that is has nothing to say about it" confined.err "confined"
for what in read change create change-job execute; do
	is "refused: $what" EACCES "$(said $what)"
done
is "nothing was made outside" no "$([ -e "$WORK/outside/new" ] || echo no)"
is "no process outside can be looked into" EPERM "$(said trace)"
for what in read-job create-in-run create-by-token iconv; do
	is "what a load needs: $what" ok "$(said $what)"
done
is "names are found as without" "$(grep -E '^(localhost|name)' free)" "$(grep -E '^(localhost|name)' confined)"
is "localhost is found" 0 "$(said localhost)"
# Later kernels can more.
for what in listen signal; do
	case $(said $what) in
	EACCES | EPERM) pass "refused: $what" ;;
	*) skip "refused: $what" "this kernel's Landlock cannot do it" ;;
	esac
done

# ---- verbs that are confined in their own way
intrudes looked AT_LOCK=1 "$ROLLCALL" status >status.out </dev/null
is "status of all loads works confined" "job: finished  (nation 127.0.0.1)" \
	"$(sed 's/:[0-9]*)$/)/' status.out | head -n 1)"
for what in change create execute; do
	is "refused to it: $what" EACCES "$(said $what looked)"
done
for what in read read-job create-in-run; do
	is "what it needs: $what" ok "$(said $what looked)"
done
intrudes given AT_LOCK=1 "$ROLLCALL" auth --set job.cfg >auth.out <keys/token
is "auth --set works confined" 0 $?
for what in read change create change-job create-in-run execute; do
	is "refused to it: $what" EACCES "$(said $what given)"
done
is "what it needs: create-by-token" ok "$(said create-by-token given)"
is "nothing was made outside" no "$([ -e "$WORK/outside/new" ] || echo no)"

# ---- an input that is not in the job's folder: only that file was given
scene replaced
mkdir data job keys
people 8
LIMITS='in_flight = 1; uploads = 1;' job
sed 's|"people.csv"|"../data/people.csv"|; s|file:token|file:../keys/token|' job.cfg >job/job.cfg
mv people.csv data/people.csv
mv token keys/token
rm job.cfg
fault status:word=working
in_background "$ROLLCALL" run job/job.cfg 2>run.err
run=$BACKGROUND
_one_is_sent() { [ "$(imports)" -ge 1 ]; }
ok "a load is under way" await 30 _one_is_sent
_is_confined() { rollcall status --json job/job.cfg | grep -q '"confined":true'; }
ok "status says that it is confined" await 30 _is_confined
cp -p data/people.csv data/other.csv
mv data/other.csv data/people.csv
no_faults
wait "$run"
is "a file that takes the place of an input ends the run" 66 $?
file_has "in plain words" run.err "../data/people.csv was replaced by another file since this command began"
exits 0 "the next run looks at it, finds the same bytes and goes on" rollcall run job/job.cfg
is "each chunk once" 4 "$(imports)"

# ---- other verbs are confined, too
for verb in "status" "log" "explain" "report" "verify" "check"; do
	case $verb in
	explain) exits 0 "$verb works confined" rollcall explain job/job.cfg people-1 ;;
	*) exits 0 "$verb works confined" rollcall "$verb" job/job.cfg ;;
	esac
done

# ---- reports in a folder that is not there yet
scene made
people 4
TOP='report = { dir = "new"; };' job
runs 0 "the folder of the reports is made before the process gives it up"
ok "and the reports are in it" test -s new/report.csv
exits 0 "verify reads them there" rollcall verify job.cfg
echo >>new/report.csv
exits 74 "and finds what was changed" rollcall verify job.cfg
scene unmade
people 4
echo 'NC9,NC,"Ann" 9' >>people.csv
TOP='report = { dir = "new"; };' job
runs 65 "bad input"
is "leaves no folder behind" "job.cfg ledger people.csv token" "$(echo *)"
mkdir new
runs 65 "bad input again"
ok "but one that was there" test -d new
rmdir new
exits 66 "a report on no load" rollcall report job.cfg
is "leaves none behind either" "job.cfg ledger people.csv token" "$(echo *)"

# ---- verify of reports outside of the job's folder
scene elsewhere
mkdir job reports
people 4
TOP='report = { dir = "../reports"; };' job
mv job.cfg people.csv token job
exits 0 "reports go to a folder elsewhere" rollcall run job/job.cfg
echo >>reports/report.csv
exits 74 "verify sees them there" rollcall verify job/job.cfg
out_has "and finds what was changed there" "reports/report.csv is not what the events say"

finish
