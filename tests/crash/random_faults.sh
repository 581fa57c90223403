#!/usr/bin/env bash
# Loads against a nation that goes wrong by chance: each seed draws a few kinds of fault with their
# rates; the load is run until it ends, the last times without faults. Every run ends with a documented code;
# at the end no chunk is lost, none doubled but declared, none in the nation that the report does
# not know.
#
# In `make check` a few seeds, with ROLLCALL_LONG=1 many; one again:  FIRST=17 LAST=17
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"
needs curl

# RATE stands for a rate of 1 to 30 in 100. Faults that strike one request add up, and a nation that takes
# an import and says that it did not (take and 421) is beyond any client: so a seed draws beside the
# common kinds either such as refuse or such as take.
common=(
	'submit:RATE:drop-head' 'submit:RATE:drop-body=100' 'any:RATE:drop-answer=5'
	'any:RATE:close-after' 'any:RATE:close-next' 'any:RATE:delay=50ms'
	'any:RATE:cut=11' 'submit:RATE:status=201' 'submit:RATE:id=huge' 'submit:RATE:id=string'
	'submit:RATE:id=float' 'submit:RATE:id=missing'
	'status:RATE:lag=2' 'status:RATE:word=weird' 'status:RATE:status=500' 'result:RATE:drop'
	'list:RATE:status=500' 'list:RATE:head=cut' 'list:RATE:head=null' 'list:RATE:order=oldest'
)
refusing=(
	'any:RATE:drop' 'any:RATE:status=429,header=Retry-After: 0'
	'any:RATE:status=503,header=Retry-After: 1' 'any:RATE:status=500' 'submit:RATE:status=408'
	'submit:RATE:status=401' 'submit:RATE:status=403' 'submit:RATE:status=421'
	'submit:RATE:status=302,redirect=http://127.0.0.1:1/'
	'any:RATE:html' 'any:RATE:nonsense' 'any:RATE:garbage'
)
taking=(
	'submit:RATE:take,drop' 'submit:RATE:take,fin' 'submit:RATE:take,drop-answer=30'
	'submit:RATE:take,status=502' 'submit:RATE:take,status=504' 'submit:RATE:take,status=520'
	'submit:RATE:take-after=5ms,status=504' 'submit:RATE:take,status=409'
	'submit:RATE:take,html' 'submit:RATE:take,nonsense' 'submit:RATE:take,garbage'
)

# draw SEED: sets faults, the options of that nation.
draw()
{
	local i kind count kinds
	RANDOM=$1
	kinds=("${common[@]}" "${refusing[@]}")
	[ $(($1 % 2)) = 0 ] || kinds=("${common[@]}" "${taking[@]}")
	faults=(--seed "$1")
	count=$((RANDOM % 4 + 1))
	for ((i = 0; i < count; i++)); do
		kind=${kinds[RANDOM % ${#kinds[@]}]}
		faults+=(--fault "${kind/RATE/rate=0.$(printf %02d $((RANDOM % 30 + 1)))}")
	done
}

# compare FOLDER: prints where ledger and report do not agree, whatever the chunks' states.
compare()
{
	sed -n 's/.*"what":"import".*"sha256":"\([0-9a-f]*\)".*/\1/p' "$1/ledger" |
		sort | uniq -c >"$1/created"
	awk -F, -v created="$1/created" -v declares="$LOAD_DECLARES" '
		BEGIN { while ((getline line < created) > 0) { split(line, part, " "); times[part[2]] = part[1] } }
		NR == 1 { next }
		{ name = $1 "-" $2; seen[$10] = 1; chunks++ }
		$11 == "done" && !times[$10] { print name " is done and not in the nation" }
		$11 ~ /planned|refused|skipped/ && $20 !~ /resubmitted/ && times[$10] {
			print name " is " $11 ", but in the nation"
		}
		times[$10] > 1 && $20 !~ declares { print name " is in the nation " times[$10] " times, undeclared" }
		END {
			if (chunks != 20) print chunks " chunks in the report, not 20"
			for (sha in times) if (!(sha in seen)) print "the nation has what no chunk sent: " sha
		}' "$1/job.run/report.csv"
}

# one SEED: prints what is wrong.
one()
{
	local folder=$WORK/seed-$1 code try
	mkdir "$folder"
	draw "$1"
	load_nation "$folder" "${faults[@]}"
	load_make "$folder" "$NATION_URL" 80 20
	for try in 1 2 3 4; do
		# what is still wrong after two runs may be mended by then
		[ $try -lt 3 ] || curl -s -X DELETE "$NATION_URL/sandbox/fault" >"$folder/curl.out"
		(cd "$folder" && timeout -k 10 120 "$ROLLCALL" run job.cfg) >"$folder/out.$try" 2>"$folder/err.$try"
		code=$?
		load_is_documented $code ||
			echo "run $try ended with $code: $(tail -n 5 "$folder/err.$try")"
		[ $code != 0 ] || break
	done
	case $code in
	0 | 4 | 6) ;;
	*) echo "without faults it ended with $code: $(tail -n 5 "$folder/err.$try")" ;;
	esac
	grep -h -A 20 -e 'runtime error' -e 'AddressSanitizer' "$folder"/err.*
	compare "$folder"
	(cd "$folder" && "$ROLLCALL" verify job.cfg) >"$folder/out.verify" 2>&1 ||
		echo "verify ended with $?: $(cat "$folder/out.verify")"
	(cd "$folder" && cp job.run/report.csv before.csv && "$ROLLCALL" report job.cfg) >"$folder/out.report" 2>&1
	cmp "$folder/before.csv" "$folder/job.run/report.csv"
	load_nation_end
	rm -rf "$folder"
}

count=10
[ -z "${ROLLCALL_LONG:-}" ] || count=500
first=${FIRST:-1}
last=${LAST:-$((first + count - 1))}
bad=
for ((seed = first; seed <= last; seed++)); do
	said=$(one "$seed")
	[ -n "$said" ] || continue
	bad="$bad $seed"
	draw "$seed"
	diag "seed $seed (${faults[*]}):" "$said"
done
is "seeds $first to $last: documented ends, nothing lost, nothing doubled but declared" "" "$bad"
finish
