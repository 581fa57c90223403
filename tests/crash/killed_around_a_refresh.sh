#!/usr/bin/env bash
# kill -9 at every step around the two refreshes of a load, then `run` again: the load finishes, and the token
# file is whole after every kill. Where the nation ends a refresh token as soon as it was used, a kill
# between its answer and our save costs it: then 77, `auth --set`, and `run`.
#
# In `make check-long` every step of that load.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"
needs curl

# scene FOLDER ENDS: a load of nine chunks whose token has ended, and whose next one is refused in the
# middle, so that it is refreshed twice.
scene()
{
	mkdir "$1"
	load_nation "$1" --token first --refresh-token r1 --refresh-ends "$2" --fault submit:3:status=401
	load_make "$1" "$NATION_URL" 40 5
	echo '{"access_token":"ended","refresh_token":"r1","client_id":"c","client_secret":"s"}' >"$1/token"
}

# whole FOLDER: the token file is there, closed, one object, and no second one stands beside it.
whole()
{
	[ "$(stat -c %a "$1/token")" = 600 ] || echo "the token file has mode $(stat -c %a "$1/token")"
	case $(cat "$1/token") in
	'{"access_token":"'*'"refresh_token":"'*'}') ;;
	*) echo "the token file is not whole: $(cat "$1/token")" ;;
	esac
}

run_again()
{
	(cd "$1" && timeout 60 "$ROLLCALL" run --quiet job.cfg) >"$1/again.out" 2>&1
}

# one ENDS STEP NUMBER: prints what is wrong; the file lost-ENDS-NUMBER says that a person had to sign in.
one()
{
	local ends=$1 step=$2 folder=$WORK/$1-$3 code
	scene "$folder" "$ends"
	(cd "$folder" && ROLLCALL_KILL_AT=$step "$ROLLCALL" run --quiet job.cfg 2>first.err) 2>/dev/null
	code=$?
	[ $code = 137 ] || echo "the killed run ended with $code: $(cat "$folder/first.err")"
	whole "$folder"
	run_again "$folder"
	code=$?
	if [ $code = 77 ] && [ "$ends" = at-once ]; then
		echo "$step" >"$WORK/lost-$ends-$3"
		curl -sS -X DELETE "$NATION_URL/sandbox/fault" >"$folder/fault.out"
		(cd "$folder" && echo first | timeout 60 "$ROLLCALL" auth --set job.cfg) >"$folder/auth.out" 2>&1 ||
			echo "auth --set ended with $?: $(cat "$folder/auth.out")"
		run_again "$folder"
		code=$?
	fi
	[ $code = 0 ] || echo "the second run ended with $code: $(cat "$folder/again.out")"
	load_judge "$folder"
	[ -z "$(find "$folder" -name '.token.*')" ] || echo "something is left beside the token file"
	load_nation_end
	rm -rf "$folder"
}

scene "$WORK/undisturbed" on-use
cd "$WORK/undisturbed" || exit 99
ROLLCALL_COUNT_STEPS=$WORK/steps exits 0 "an undisturbed load ends well" "$ROLLCALL" run job.cfg
cd "$WORK" || exit 99
is "with two refreshes" 2 "$("$ROLLCALL" log undisturbed/job.cfg | grep -c token_refreshed)"
is "and nothing to complain about" "" "$(whole undisturbed; load_judge "$WORK/undisturbed")"
load_nation_end
steps=$(cat "$WORK/steps" 2>/dev/null || echo 0)
[ "$steps" -gt 40 ] || fail "such a load has more than 40 steps" "got $steps"

printf '{"access_token":"a","refr' >"$WORK/undisturbed/token"
case $(whole undisturbed) in
*"not whole"*) pass "a torn token file is found" ;;
*) fail "a torn token file is found" ;;
esac

# all ENDS STEP...: two at a time: each spends most of its time waiting.
all()
{
	local ends=$1 i next other bad=''
	shift
	for ((i = 1; i <= $#; i += 2)); do
		next=$((i + 1))
		one "$ends" "${!i}" "$i" >"$WORK/wrong-$i" &
		other=$! # the nation of the one below is a job too
		[ $i -eq $# ] || one "$ends" "${!next}" "$next" >"$WORK/wrong-$next"
		wait "$other"
	done
	for ((i = 1; i <= $#; i++)); do
		[ -s "$WORK/wrong-$i" ] || continue
		bad=yes
		diag "$ends, ${!i}:" "$(cat "$WORK/wrong-$i")"
	done
	is "$ends: killed at any of $# steps, the load finishes and no good token is lost" "" "$bad"
}

if [ "${ROLLCALL_LONG:-}" = 1 ]; then
	mapfile -t places < <(seq "$((steps - 1))")
else
	places=()
	for step in "a token file locked" "before a refresh" "a token granted" "a token written" \
		"a token in place" "a token saved" "an older refresh token dropped"; do
		places+=("$step=1" "$step=2")
	done
fi
all on-use "${places[@]}"
is "no step costs a refresh token that is honoured until the new one was used" "" "$(find . -name 'lost-*')"
all at-once "${places[@]}"
if [ "${ROLLCALL_LONG:-}" != 1 ]; then
	is "one that ends at once is lost between the answer and the save, and nowhere else" \
		"a token granted=1" "$(cat lost-at-once-*)"
fi
finish
