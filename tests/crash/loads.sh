# shellcheck shell=bash
# loads.sh - small loads, each with a nation of its own, and the judge of how they came out; source
# it after tests/lib.sh.
#
# The ledger of the pretend nation is synced before it answers, so it is the truth; the report must
# say the same.

# load_make FOLDER URL PEOPLE BALLOTS: a job of that many rows, 5 to a chunk, the second source
# after the first. What is in the folder's file settings is added to the job.
load_make()
{
	local folder=$1 url=$2 people=$3 ballots=$4 i
	{
		echo 'state_file_id,last_name,registered_address.state'
		for ((i = 1; i <= people; i++)); do echo "OH$i,\"O'Brien, $i\",OH"; done
	} >"$folder/people.csv"
	{
		echo 'state_file.id,registered_address.state,election.election_at,election.country_code,election.state,ballots.vote_method'
		for ((i = 1; i <= ballots; i++)); do echo "OH$i,OH,11/03/2026,US,OH,voted"; done
	} >"$folder/ballots.csv"
	echo canary >"$folder/token"
	chmod 600 "$folder/token"
	cat >"$folder/job.cfg" <<-END
		version = 1;
		nation = { url = "$url"; token = "file:token"; };
		sources = ( { type = "people"; input = "people.csv"; },
		            { type = "ballot"; input = "ballots.csv"; } );
		limits = { rows = 5; requests = "1000/100ms"; };
		retry = { first_wait = "1ms"; max_wait = "20ms"; settle = "20ms"; answer_wait = "5s"; };
		poll = { first = "5ms"; most = "20ms"; };
	END
}

# The notes which say that a chunk was sent again. Not every one does: "found by probe" is one, too.
LOAD_DECLARES="resubmitted|sent again by retry|sent again: not in the nation's list"

# load_judge FOLDER: report, ledger and people table agree; prints what does not.
load_judge()
{
	local folder=$1 rows
	rows=$(cat "$folder/people.csv" "$folder/ballots.csv" | wc -l)
	rows=$((rows - 2))
	# sha256 of every import that the nation created, and how often
	sed -n 's/.*"what":"import".*"sha256":"\([0-9a-f]*\)".*/\1/p' "$folder/ledger" |
		sort | uniq -c | sort -k2 >"$folder/created"
	# sha256, state, note of every chunk (no field before the note has a comma in this job)
	awk -F, 'NR > 1 { print $10, $11, $20 }' "$folder/job.run/report.csv" | sort >"$folder/chunks"
	awk -v created="$folder/created" -v want=$((rows / 5)) -v declares="$LOAD_DECLARES" '
		BEGIN { while ((getline line < created) > 0) { split(line, part, " "); times[part[2]] = part[1] } }
		{ chunks++ }
		$2 != "done" { print "a chunk is " $2 ": " $0 }
		!($1 in times) { print "lost: " $0; next }
		times[$1] != 1 && $0 !~ declares { print "in the nation " times[$1] " times, undeclared: " $0 }
		{ seen[$1] = 1 }
		END {
			if (chunks != want) print chunks " chunks in the report, not " want
			for (sha in times) if (!(sha in seen)) print "the nation has what no chunk sent: " sha
		}' "$folder/chunks"
	[ "$(tail -n 1 "$folder/job.run/summary.csv" | cut -d, -f6)" = "$rows" ] ||
		echo "the report does not say $rows rows accepted: $(tail -n 1 "$folder/job.run/summary.csv")"
}

# load_nation FOLDER [OPTION...]: a nation with its ledger in the folder. Sets NATION_PID, NATION_URL.
load_nation()
{
	local folder=$1
	shift
	: >"$folder/nation.out"
	"$SANDBOX" --port 0 --exit-with-parent --ledger "$folder/ledger" "$@" \
		>"$folder/nation.out" 2>"$folder/nation.err" &
	NATION_PID=$!
	await 30 grep -q '^READY' "$folder/nation.out" || echo "the sandbox did not start"
	# shellcheck disable=SC2034 # for the tests
	NATION_URL=$(sed -n 's/^READY //p' "$folder/nation.out")
}

load_nation_end()
{
	kill "$NATION_PID"
	wait "$NATION_PID" 2>/dev/null
}

# load_is_documented CODE: whether `run` may end with it (product.md section 6), 70 (a bug) not.
load_is_documented()
{
	case $1 in
	0 | 3 | 4 | 6 | 65 | 66 | 69 | 73 | 74 | 75 | 76 | 77 | 78) return 0 ;;
	esac
	return 1
}
