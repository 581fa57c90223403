#!/usr/bin/env bash
# Tokens that end: refreshed ahead and after a 401, shared by two loads, refused; and the verb auth.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

# Whatever is secret begins like this, and is to be seen nowhere.
canary=c4n4ry-SEEN-NOWHERE
access=$canary-access
refresh=$canary-refresh
secret=$canary-secret

# put ACCESS REFRESH [MORE]: the token file, as `auth` writes it.
put()
{
	(umask 077 && printf '{"access_token":"%s","refresh_token":"%s","client_id":"c","client_secret":"%s"%s}\n' \
		"$1" "$2" "$secret" "${3:-}" >token)
}

# granted: how many refreshes the nation made, and how many it was asked for.
granted()
{
	nation state | sed 's/.*"token":\([0-9]*\).*"grants":\([0-9]*\).*/\2 of \1/'
}

refreshes_told()
{
	rollcall log "${1:-job.cfg}" | grep -c ' token_refreshed '
}

member()
{
	sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" token
}

# set_token: as the file `given` says.
set_token()
{
	rollcall auth --set job.cfg <given
}

# unseen SENTENCE FILE...: no secret of ours, none that the nation gave since, is in them.
unseen()
{
	local sentence=$1
	shift
	is "$sentence" "" "$({
		grep -rlaF "$canary" "$@"
		grep -rlaF "$(member access_token)" "$@"
		grep -rlaF "$(member refresh_token)" "$@"
	} 2>/dev/null)"
}

# ---- a token that ends while several requests are under way, without a word about when
scene ends --token "$access" --refresh-token "$refresh" --token-life 1500ms --refresh-ends on-use \
	--rows-per-second 20
put "$access" "$refresh"
people 100
LIMITS='uploads = 3; in_flight = 6;' job
begun=$SECONDS
runs 0 "a load outlives its token"
most=$((2 * (SECONDS - begun) + 3))
is "every row is accepted" 100 "$(total rows_succeeded)"
ok "the nation was asked for another" test "$(refreshes_told)" -ge 1
ok "but no more often than their lives of a second ask for" test "$(refreshes_told)" -le "$most"
is "nothing is in the nation twice" 50 "$(imports)"
is "each refresh that was asked for was granted" "$(refreshes_told) of $(refreshes_told)" "$(granted)"
is "no chunk has anything to declare" "" "$(words note | tr -d ' ')"
is "the file is closed to others" 600 "$(stat -c %a token)"
is "nothing unfinished is left beside it" "token token.lock" "$(find . -maxdepth 1 -name '*token*' -printf '%f\n' | sort | xargs)"
unseen "no token is seen anywhere" job.run job.cfg ledger "$WORK/out" "$WORK/err"
exits 0 "the refresh token that is there works" rollcall auth --refresh job.cfg

# ---- ahead of its end: no request is refused
scene ahead --token "$access" --refresh-token "$refresh" --token-life 3s --rows-per-second 20
put "$access" "$refresh" ",\"expires_in\":3,\"created_at\":$(date +%s)"
people 80
job
runs 0 "a load whose token tells its end"
ok "it is refreshed" test "$(refreshes_told)" -ge 1
is "before a request is refused" 40 "$(posts)"

# ---- two loads, one token file
for ends in at-once on-use; do
	scene "two-$ends" --token "$access" --refresh-token "$refresh" --token-life 2s \
		--refresh-ends "$ends" --rows-per-second 40
	put "$access" "$refresh" ",\"expires_in\":2,\"created_at\":$(date +%s)"
	people 60
	job
	sed 's/people.csv/others.csv/' job.cfg >other.cfg
	sed 's/NC,Ann/NC,Bea/; s/^NC/NC9/' people.csv >others.csv
	in_background rollcall run --quiet job.cfg 2>job.err
	first=$BACKGROUND
	in_background rollcall run --quiet other.cfg 2>other.err
	second=$BACKGROUND
	wait "$first"
	is "$ends: the one load finishes" "0 " "$? $(cat job.err)"
	wait "$second"
	is "$ends: the other load finishes" "0 " "$? $(cat other.err)"
	is "$ends: all rows of both are accepted" "60 60" "$(total rows_succeeded) $(
		cells rows_succeeded other.run/summary.csv | tail -n 1)"
	requests=$(granted)
	is "$ends: no refresh token was used in vain" "${requests% of *}" "${requests#* of }"
	ok "$ends: both carry what one of them got" test \
		$(($(refreshes_told) + $(refreshes_told other.cfg))) -gt "${requests% of *}"
	exits 0 "$ends: the file holds a refresh token that works" rollcall auth --refresh job.cfg
done

# ---- once an access token
scene storm --token "$access" --refresh-token "$refresh" --fault submit:status=401
put "$access" "$refresh"
people 8
LIMITS='uploads = 4; in_flight = 4;' job
runs 77 "a nation that refuses the new token too ends the run"
err_has "the end says so" "to an access token that was made just before"
is "it was refreshed once" "1 of 1" "$(granted)"
is "nothing was taken, no attempt used up" "planned planned planned planned" "$(words state)"
no_faults
runs 0 "the same command goes on"
is "with the token that is there" "1 of 1" "$(granted)"

scene explained --token "$access" --refresh-token "$refresh" --fault submit:2:status=401
put "$access" "$refresh"
people 6
LIMITS='uploads = 1;' job
runs 0 "one 401 costs a refresh"
is "and no chunk" "1 of 1: 3 done done done" "$(granted): $(imports) $(words state)"
is "once the new one has worked, the refresh token before it is not kept" "" "$(member previous_refresh_token)"
exits 0 "explain tells it" rollcall explain job.cfg people-2
out_has "explain tells it in words" "another access token is used from here on: refreshed"
exits 0 "log --json has it" rollcall log --json job.cfg
out_has "log --json: the event" '"event":"token_refreshed","source":null,"chunk":null'

# ---- refused: 77, then auth and run
scene refused --token "$access" --refresh-token "$refresh"
put ended lost
people 4
job
runs 77 "a refresh token that the nation does not know"
err_has "what was refused" "the nation refuses the refresh token (401: The refresh token is invalid)"
err_has "the way on, first" "  next      rollcall auth job.cfg"
err_has "the way on, then" "            rollcall run job.cfg"
is "nothing was sent" 0 "$(imports)"
exits 77 "auth says the same" rollcall auth job.cfg
out_has "auth shows what it has" "refresh  by itself"
err_has "and what to do" "rollcall auth --refresh job.cfg"
exits 77 "a refresh by hand is refused too" rollcall auth --refresh job.cfg
err_has "and says what to do" "rollcall auth --set job.cfg"
printf 'wrong\n' >given
exits 77 "a token that the nation refuses is not set" set_token
err_has "which is said" "It was not put into token, which is as it was."
is "and true" ended "$(member access_token)"
printf '{"access_token":"wrong","refresh_token":"wrong"}' >given
exits 77 "nor one that cannot even be refreshed" set_token
is "and the file is as it was" "ended lost" "$(member access_token) $(member refresh_token)"
printf '{"access_token":"%s","refresh_token":"%s","expires_in":7200}\n' "$access" "$refresh" >given
exits 0 "another is set" set_token
is "client and secret of the file are kept" "$secret" "$(member client_secret)"
is "it is closed to others" 600 "$(stat -c %a token)"
runs 0 "and the load goes on"
unseen "no token is seen anywhere" job.run "$WORK/out" "$WORK/err"
printf '{"access_token":"ended","refresh_token":"%s"}' "$refresh" >given
exits 0 "one that has ended is refreshed as it is set" set_token
is "at the nation" "1 of 4" "$(granted)"

# ---- the older refresh token
scene older --token "$access" --refresh-token "$refresh"
put ended newer ",\"previous_refresh_token\":\"$refresh\""
people 4
job
runs 0 "where the newer is refused, the older one that the file keeps is tried"
is "both were asked for" "1 of 2" "$(granted)"

# ---- refused ahead: it goes on while it can
scene early --token "$access" --token-life 1h
put "$access" lost ",\"expires_in\":100,\"created_at\":$(($(date +%s) - 90))"
people 4
job
runs 0 "a token that cannot be refreshed ahead is used while it is good"
err_has "with a warning" "the access token could not be refreshed"

# ---- what /oauth/token may answer
# answers SENTENCE FAULT CODE WORDS
answers()
{
	scene "answers-$3-$RANDOM" --token "$access" --refresh-token "$refresh" --refresh-ends on-use --fault "$2"
	put ended "$refresh"
	people 4
	RETRY='give_up = "1s";' job
	runs "$3" "$1"
	err_has "$1: words" "$4"
}
answers "dropped twice, with the token made" token:1-2:take,drop 0 "next try in"
answers "503 for ever" token:status=503 69 "/oauth/token answered 503"
answers "429 for a moment" token:1:status=429 0 "/oauth/token answered 429"
answers "a web page for ever" token:html 76 "the answer of /oauth/token: the answer is no JSON"
answers "404" token:status=404 76 "is nation.slug (or url) right?"
answers "a redirect" token:redirect=http://127.0.0.1:1/ 76 "/oauth/token answered 302"
answers "our secrets said back" "token:status=400,body={\"error_description\":\"$secret\"}" 77 "refresh token (400)"
unseen "secrets said back are not shown" job.run "$WORK/err"

# ---- while a refresh takes its time, uploads go on, and nothing of it is in a command line
scene slow --token "$access" --refresh-token "$refresh" --fault token:1:delay=1500ms --fault submit:every=2:delay=300ms
put "$access" "$refresh" ",\"expires_in\":10,\"created_at\":$(($(date +%s) - 9))"
people 40
LIMITS='uploads = 2;' job
in_background "$ROLLCALL" run --quiet job.cfg 2>run.err
run=$BACKGROUND
asked_for_token() { nation state | grep -q '"token":1'; }
ok "a token is asked for" await 30 asked_for_token
is "no secret is in a command line" "" "$(grep -aF "$canary" "/proc/$run/cmdline")"
wait "$run"
is "the load finishes" 0 $?
is "no upload was cut" 0 "$(nation state | sed 's/.*"posts_incomplete":\([0-9]*\).*/\1/')"
ok "chunks were sent while it was waited for" test "$(rollcall log job.cfg | sed '/token_refreshed/q' | grep -c submit_started)" -gt 1

# ---- the other sources
scene command --token good
people 4
# shellcheck disable=SC2016 # for the shell of the job
TOKEN='command:if [ -e seen ]; then echo good; else touch seen; echo bad; fi' job
runs 0 "a command is run again after a 401"
file_has "which the log tells" <(rollcall log job.cfg) "the token command was run again"
TOKEN='command:echo bad' job
rm -rf job.run
runs 77 "a command that prints the same again ends the run"
err_has "which is said" "the token command printed the same token again"
exits 77 "auth tries a command too" rollcall auth job.cfg
TOKEN=env:NB_TEST job
rm -rf job.run
NB_TEST=bad runs 77 "a variable cannot change"
err_has "which is said" "a token in the environment (NB_TEST) cannot be renewed by rollcall"
NB_TEST=good exits 0 "auth of a variable" rollcall auth --json job.cfg
out_has "says where it is" '"token":"env:NB_TEST","scheme":"env"'
out_has "and that it is good" '"check":"valid","status":200,"shows_list":true'
NB_TEST=good exits 77 "and does not refresh it" rollcall auth --refresh job.cfg
NB_TEST=good exits 64 "nor set it" rollcall auth --set job.cfg

# ---- auth: where there is nothing yet, and nobody
TOKEN=file:deep/er/token job
exits 77 "no file yet" rollcall auth job.cfg
err_has "how to make it" "rollcall auth --set"
echo good >given
exits 0 "a bare token is set, its folders made" set_token
is "for us alone" "700 600" "$(stat -c %a deep) $(stat -c %a deep/er/token)"
exits 77 "a bare token cannot be refreshed" rollcall auth --refresh job.cfg
err_has "for what is missing" "it has no refresh_token, client_id and client_secret"
exits 64 "set and refresh are two things" rollcall auth --refresh --set job.cfg
printf 'two words' >given
exits 77 "what is no token is refused" set_token
exits 0 "check --online" rollcall check --online job.cfg
out_has "tells what the nation says" "valid: it shows its list of imports"
fault list:status=403
exits 0 "a nation that hides its list" rollcall check --online --json job.cfg
out_has "takes the token" '"online":{"check":"valid","status":403,"shows_list":false'
no_faults
fault list:status=404
exits 0 "a nation without such a list" rollcall auth --json job.cfg
out_has "has said nothing of the token" '"check":"not known","status":404,"shows_list":false'
exits 0 "check --online" rollcall check --online job.cfg
out_has "says so" "not known: it answered 404: it has no list of imports, which says nothing of the token"
no_faults
fault list:html,status=404
exits 76 "a 404 that is a web page is of another host" rollcall auth job.cfg
err_has "and says what to look at" "it answered 404, and not as the API does: is nation.slug (or url) right?"
exits 76 "check --online" rollcall check --online job.cfg
no_faults
stop_sandbox TERM
SANDBOX_PID=
exits 69 "nobody there: auth" rollcall auth job.cfg
exits 69 "nobody there: check --online" rollcall check --online job.cfg

finish
