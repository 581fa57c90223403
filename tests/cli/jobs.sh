#!/usr/bin/env bash
# shellcheck disable=SC2016 # settings are shown `so`
# What is wrong with a job file is told with its place, its line, and the way out: 78, before anything
# is read. Then what `check` prints.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

scene jobs
people 4
URL=http://127.0.0.1:1 # for excerpts that do not depend on the port

# wrong SENTENCE SED_SCRIPT LINE...: the job edited so; each LINE is a whole line of the message, in
# check and run
wrong()
{
	local verb line
	job
	[ -z "$2" ] || sed -i "$2" job.cfg
	for verb in check run; do
		exits 78 "$1: $verb" rollcall "$verb" job.cfg
	done
	for line in "${@:3}" "Nothing was sent."; do
		ok "$1: $line" grep -qxF -e "$line" "$WORK/err"
	done
	is "$1: no run folder" no "$([ -e job.run ] || echo no)"
}

# unavailable NAME SED_SCRIPT: a setting that is known and not available is refused by its name
unavailable()
{
	wrong "$1" "$2"
	err_has "$1: by its name" "$1"
	err_has "$1: not available" "not available in this version"
}

# product.md's own example
{
	echo 'version = 1;'
	echo "nation = { url = \"$URL\"; token = \"file:token\"; };"
	echo 'sources = ( { type = "people"; input = "people.csv"; columns = ('
	echo '      ( "nc_house_abbrv",     "state_lower_district" ),'
	echo '    );'
	echo '} );'
} >job.cfg
exits 78 "a comma too many" rollcall run job.cfg
is "is told to the letter" 'rollcall: job.cfg:5: a comma before ")"
    4 |       ( "nc_house_abbrv",     "state_lower_district" ),
    5 |     );
      |     ^ lists end without a comma: remove the one on line 4
Nothing was sent.' "$(cat "$WORK/err")"

wrong "an unknown setting" 's/settle =/setle =/' 'rollcall: job.cfg:5: unknown setting `retry.setle`' \
	'      |                                  ^ did you mean `settle`?'
wrong "an unknown word" 's/"people"/"peopel"/' 'rollcall: job.cfg:3: `sources.type` does not know this word' \
	'      |                      ^ did you mean "people"?'
wrong "an unknown field" 's/type = "people";/& columns = ( ( "a", "frist_name" ) );/' \
	'rollcall: job.cfg:3: unknown field "frist_name" of people imports'
err_has "an unknown field: the nearest" '^ did you mean "first_name"?'
wrong "no version" 's/version = 1;//' 'rollcall: job.cfg:1: `version` is missing'
wrong "another version" 's/version = 1/version = 2/' 'rollcall: job.cfg:1: `version` is out of range'
wrong "no token" 's/token = "file:token";//' 'rollcall: job.cfg:2: `nation.token` is missing'
wrong "no sources" 's/^sources.*//' 'rollcall: job.cfg:1: `sources` is missing'
wrong "a number for a time" 's/"1ms"/1/' 'rollcall: job.cfg:5: `retry.first_wait` must be a text, not a number'
wrong "a time without sense" 's/"1ms"/"1 fortnight"/' 'rollcall: job.cfg:5: `retry.first_wait` is not a time' \
	'      |                        ^ a time is a number with ms s min h or d, such as "90s"'
wrong "a number that libconfig would wrap around" 's/rows = 2/rows = 4294967301/' 'rollcall: job.cfg:4: `limits.rows` is out of range'
wrong "http to a nation" 's/url = "[^"]*"/url = "http:\/\/example.org"/' 'rollcall: job.cfg:2: `nation.url` is not the address of a nation'
wrong "slug and url" 's/url = /slug = "a"; &/' 'rollcall: job.cfg:2: both `nation.slug` and `nation.url`'
wrong "a setting twice" 's/version = 1;/& version = 1;/'
wrong "a brace that is missing" 's/^limits = {/limits = /'
wrong "resubmit for ballots" 's/type = "people"; input = "people.csv";/type = "ballot"; input = "b.csv"; in_doubt = "resubmit";/'
err_has "resubmit for ballots: why" "in_doubt"

unavailable "limits.upload_rate" 's/rows = 2/upload_rate = "1MB\/s"; &/'
unavailable "schedule.windows" 's/^limits/schedule = { windows = [ "22:00-06:00" ]; }; &/'
unavailable "notify.on" 's/^limits/notify = { on = [ "finished" ]; }; &/'
unavailable "report.html" 's/^limits/report = { html = true; }; &/'

exits 66 "a job file that is not there" rollcall run nowhere.cfg
err_has "is named" "rollcall: cannot read the job file nowhere.cfg: No such file or directory"
exits 66 "a folder is no job file" rollcall check .
is "no job sent anything" 0 "$(posts)"

# ---- check
URL=
job
exits 0 "check" rollcall check job.cfg
is "prints the plan" "people       4 rows in 1 file, 152 B, 2 chunks
plan         4 rows, 152 B, 2 chunks, about 6 requests
time         about 4 ms, if the nation takes 1,000 rows a second
Nothing was sent." "$(cat "$WORK/out")"
is "and has nothing to say" "" "$(cat "$WORK/err")"
cp "$WORK/out" checked
for n in -n --dry-run; do
	exits 0 "run $n" rollcall run $n job.cfg
	same "run $n is the same" checked "$WORK/out"
done
exits 0 "check --quiet" rollcall check --quiet job.cfg
is "says nothing" "" "$(cat "$WORK/out" "$WORK/err")"
exits 0 "check --json" rollcall check --json job.cfg
is "is the plan as JSON" "1 job 2 4 152 people 1" "$(python3 -c '
import json, sys
d = json.load(sys.stdin)
print(d["schema"], d["job"], d["chunks"], d["rows"], d["bytes"], d["sources"][0]["name"], d["sources"][0]["inputs"])' <"$WORK/out")"
is "none of this sent anything, or made a folder" "0 no" "$(posts) $([ -e job.run ] || echo no)"
rm token
exits 0 "check needs no token" rollcall check --quiet job.cfg
stop_sandbox TERM
SANDBOX_PID=
exits 0 "and no nation" rollcall check --quiet job.cfg

finish
