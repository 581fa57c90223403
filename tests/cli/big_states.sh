#!/usr/bin/env bash
# Worn files of the big states (states.py --worn), with the jobs of jobs/, into the pretend nation: records in = sent + left
# out by rule, and what the nation holds, value for value, as other_reader.py finds it. SIZE is that of each file; a
# gigabyte in make check-long. VOTER_FILES=FOLDER: besides each .csv of that folder, with the job that `init` writes.
# Files of gigabytes belong on a disk.
[ -z "${ROLLCALL_LONG:-}" ] || export TMPDIR="${TMPDIR:-/tmp}"
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3
size=${SIZE:-20000}
[ -z "${ROLLCALL_LONG:-}" ] || size=${SIZE:-1000000000}
cases=$TOP_SRCDIR/tests/cli
# Large loads go in the chunks of the default.
limits='limits = { chunk = "8kB"; requests = "1000/100ms"; };'
[ "$size" -le 1000000 ] || limits='limits = { requests = "1000/100ms"; };'

# large COMMAND...: without the time limit of small loads; what it took is a line of the log
large()
{
	if [ -x /usr/bin/time ]; then
		/usr/bin/time -o took -f '%e s, %U s user, %S s system, %M kB' "$@"
	else
		"$@" && echo "(no time here)" >took
	fi
}

# to_sandbox FILE: a job that goes to the pretend nation, from one that goes to a real one
to_sandbox()
{
	sed "s|slug  = \"ournation\";|url   = \"$SANDBOX_URL\";|; s|token = \"file:[^\"]*\";|token = \"file:token\";|" "$1"
	echo "$limits"
	echo 'poll = { first = "20ms"; most = "200ms"; };'
}

# loads JOB: checks and runs JOB.cfg and compares
loads()
{
	local job=$1
	large "$ROLLCALL" check --json "$job.cfg" >check.json 2>check.err
	is "$job: check" 0 $?
	diag "$job: check took $(cat took)"
	large "$ROLLCALL" run "$job.cfg" 2>run.err
	is "$job: run" 0 $?
	diag "$job: run took $(cat took)"
	nation people.csv >people.table
	nation ballots.csv >ballots.table
	large python3 "$cases/other_reader.py" "$job.cfg" >differences 2>compared
	is "$job: the other reader reads to its end" 0 $?
	is "$job: file, check, ending, reports and nation agree" "" "$(cut -c 1-400 differences | head -n 25)"
	diag "$job: $(cat compared), took $(cat took)"
}

# ready JOB [SED]: a job of jobs/, changed by SED
ready()
{
	to_sandbox "$TOP_SRCDIR/jobs/$1.cfg" | sed "${2:-}" >"$1.cfg"
	loads "$1"
}

# made LAYOUT FILE
made()
{
	python3 "$cases/states.py" --worn "$1" "$size" >"$2"
	diag "$2: $(stat -c %s "$2") bytes"
}

four='s/\[ "SWVF_1_22.txt", "SWVF_23_44.txt",/"SWVF.txt";/; /"SWVF_45_66.txt", "SWVF_67_88.txt" \];/d'
scene ohio
made ohio SWVF.txt
ready ohio "$four"
ready ohio-history "$four"

# The comparison can fail.
sed -i '2s/"X"/""/' SWVF.txt
[ "$size" -gt 10000000 ] ||
	is "another vote is found" yes "$([ -n "$(python3 "$cases/other_reader.py" ohio-history.cfg 2>&1)" ] && echo yes)"
rm -f SWVF.txt ./*.table

scene north-carolina
made nc ncvoter_Statewide.txt
ready north-carolina
rm -f ncvoter_Statewide.txt
made nc-history ncvhis_Statewide.txt
ready north-carolina-history
rm -f ncvhis_Statewide.txt ./*.table

scene new-york
made new-york AllNYSVoters_20261101.txt
ready new-york
ready new-york-history
sed -i '1,5s/^"[^"]*"/"NOBODY"/' AllNYSVoters_20261101.txt
[ "$size" -gt 10000000 ] ||
	is "another name is found" yes "$(nation people.csv >people.table; python3 "$cases/other_reader.py" new-york.cfg 2>&1 | grep -q Nobody && echo yes)"
rm -f AllNYSVoters_20261101.txt ./*.table

for file in "${VOTER_FILES:-/nonexistent}"/*.csv; do
	[ -f "$file" ] || continue
	name=$(basename "$file" .csv)
	scene "given-$name"
	cp "$file" .
	exits 0 "$name: init" rollcall init -o "$name.starter" "$name.csv"
	to_sandbox "$name.starter" >"$name.cfg"
	loads "$name"
	# The rule that a person has to decide about, taken.
	scene "given-$name-ruled"
	cp "$file" .
	sed 's/^    # only /    only /' "../given-$name/$name.starter" >starter
	to_sandbox starter >"$name.cfg"
	loads "$name"
done

finish
