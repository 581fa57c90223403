# shellcheck shell=bash disable=SC2034 # the tests read what is set here
# load.sh - whole loads of the shipped binary against the pretend nation; source it after tests/lib.sh.
#
#	scene lost --fault submit:2:take,drop
#	people 6
#	job
#	runs 0 "the lost answer is found"
#	is "once" 3 "$(imports)"
#
# Each scene has a folder and a nation of its own: nothing of one can explain another.
needs curl

SANDBOX_PID=

# scene NAME [SANDBOX_OPTION...]: a new nation with a ledger, and the folder of its load.
scene()
{
	[ -z "$SANDBOX_PID" ] || stop_sandbox
	mkdir -p "$WORK/$1"
	cd "$WORK/$1" || exit 99
	start_sandbox --ledger "$WORK/$1/ledger" "${@:2}"
	(umask 077 && echo canary >token)
}

# people COUNT [FIRST]: people.csv
people()
{
	local i first=${2:-1}
	echo 'state_file_id,registered_address.state,first_name'
	for ((i = first; i < first + $1; i++)); do echo "NC$i,NC,Ann $i"; done
} >people.csv

# ballots COUNT: ballots.csv of the first people
ballots()
{
	local i
	echo 'state_file.id,registered_address.state,election.election_at,election.country_code,election.state,ballots.vote_method'
	for ((i = 1; i <= $1; i++)); do echo "NC$i,NC,11/03/2026,US,NC,voted"; done
} >ballots.csv

# job: job.cfg, two rows a chunk, as fast as it goes. Settings are added by SOURCE (of the first
# source), MORE (whole sources behind it), LIMITS, RETRY, POLL, NATION, TOP; defaults are replaced
# by ROWS, SETTLE, ANSWER_WAIT, DEADLINE and TOKEN.
job()
{
	cat >job.cfg <<-END
		version = 1;
		nation = { url = "${URL:-$SANDBOX_URL}"; token = "${TOKEN:-file:token}"; ${NATION:-} };
		sources = ( { type = "people"; input = "people.csv"; ${SOURCE:-} }${MORE:-} );
		limits = { rows = ${ROWS:-2}; requests = "1000/100ms"; ${LIMITS:-} };
		retry = { first_wait = "1ms"; max_wait = "20ms"; settle = "${SETTLE:-20ms}"; answer_wait = "${ANSWER_WAIT:-5s}"; ${RETRY:-} };
		poll = { first = "5ms"; most = "20ms"; deadline = "${DEADLINE:-1min}"; ${POLL:-} };
		${TOP:-}
	END
}

BALLOTS=', { type = "ballot"; input = "ballots.csv"; }'

# rollcall ...: bounded, so that a run that hangs fails instead of the whole test
rollcall()
{
	timeout --foreground -k 5 60 "$ROLLCALL" "$@"
}

# runs CODE SENTENCE [OPTION...]: `run job.cfg`, its streams in out and err of the test's folder.
runs()
{
	exits "$1" "$2" rollcall run "${@:3}" job.cfg
}

# cells COLUMN [FILE]: a column of a report, a cell a line, without its header. Cells of several
# lines are not for this.
cells()
{
	awk -v want="$1" '
		function split_line(line, cell,    count, text) {
			line = line ","
			while (line != "") {
				if (match(line, /^"([^"]|"")*",/)) {
					text = substr(line, 2, RLENGTH - 3)
					gsub(/""/, "\"", text)
				} else {
					match(line, /^[^,]*,/)
					text = substr(line, 1, RLENGTH - 1)
				}
				cell[++count] = text
				line = substr(line, RLENGTH + 1)
			}
			return count
		}
		{ count = split_line($0, cell) }
		NR == 1 { for (i = 1; i <= count; i++) if (cell[i] == want) column = i; next }
		{ print column ? cell[column] : "there is no column " want }
	' "${2:-job.run/report.csv}"
}

# words COLUMN [FILE]: the same in one line.
words()
{
	cells "$@" | paste -sd ' '
}

# total COLUMN: of summary.csv.
total()
{
	cells "$1" job.run/summary.csv | tail -n 1
}

# What the ledger says: POSTs begun, imports made.
posts()
{
	grep -c '"what":"head"' ledger
}

imports()
{
	grep -c '"what":"import"' ledger
}

# nation PATH: GET from the nation's control endpoint.
nation()
{
	curl -sS -g "$SANDBOX_URL/sandbox/$1"
}

fault()
{
	curl -sS --data-raw "$1" "$SANDBOX_URL/sandbox/fault" >/dev/null
}

no_faults()
{
	curl -sS -X DELETE "$SANDBOX_URL/sandbox/fault" >/dev/null
}

# import_id N: the id of the nation's N-th import.
import_id()
{
	grep '"what":"import"' ledger | sed -n "$1s/.*\"id\":\([0-9]*\).*/\1/p"
}
