#!/usr/bin/env bash
# Every request of the pretend nation, as nationbuilder-api.md has it, through the shipped program.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/sandbox/ask.sh
. "$TOP_SRCDIR/tests/sandbox/ask.sh"

people='state_file_id,registered_address.state,first_name\n1,NC,Ann\n2,NC,Bo\n'
ballots='state_file.id,registered_address.state,ballots.vote_method,election.country_code'
ballots="$ballots,election.state,election.election_at\n1,NC,voted,US,NC,11/05/2024\n9,NC,early,US,NC,11/05/2024\n"

start_sandbox --token t --refresh-token r1 --token-life 1h --file-limit 1000
for table in people ballots; do
	is "the table of $table of a new nation is its header, and ends" 1 \
		"$(timeout 30 curl -sS "$SANDBOX_URL/sandbox/$table.csv" | head -c 100000 | wc -l)"
done

# ---- V1
submit people "$people"
is "a submit is answered 200" 200 "$STATUS"
file_has "a submit is answered with the import" body '"type":"people","status":{"name":"queued","queue":"importshigh","position":0},"is_overwritable":false}}'
first=$ID
ask "/api/v1/imports/$first"
is "a status" "{\"import\":{\"id\":$first,\"type\":\"people\",\"status\":{\"name\":\"finished\",\"processed\":2,\"total\":2},\"is_overwritable\":false}}" "$(cat body)"
ask "/api/v1/imports/$first/result"
file_has "a result is wrapped in result" body '{"result":{"rows_updated":0,"rows_succeeded":2,"rows_failed":0,"failure_csv":"'
submit ballot "$ballots"
ask "/api/v1/imports/$ID/result"
file_has "ballots need their voter" body '"rows_succeeded":1,"rows_failed":1'
failures >failed.csv
file_has "a failed ballot comes back with its reason" failed.csv '9,NC,early,US,NC,11/05/2024,no such voter'
is "ids rise" yes "$([ "$ID" -gt "$first" ] && echo yes)"

# ---- the body of a submit
csv=$(printf 'email\n\377?>>?\303\277\n' | base64 -w0)
for form in "$csv" "$(tr '+/' '-_' <<<"$csv")" "${csv%%=*}" "${csv//\//\\/}"; do
	ask -H 'Content-Type: application/json' --data-raw \
		"{\"import\":{\"is_overwritable\":true,\"file\":\"$form\",\"type\":\"people\"}}" /api/v1/imports
	is "a file as $form is taken" 200 "$STATUS"
done
is "all forms of base64 are the same file" 1 \
	"$(curl -sS "$SANDBOX_URL/sandbox/imports" | grep -o '"sha256":"[^"]*"' | tail -n 4 | sort -u | wc -l)"

# ---- refusals
refusal()
{
	is "$1 is answered $2" "$2" "$STATUS"
	file_has "$1 is answered in the documented form" body "$3"
}
json='Content-Type: application/json'
ask /api/v1/imports/999999
refusal "an unknown id" 404 '{"code":"not_found","message":"Record not found"}'
ask /api/v1/people
refusal "an unknown path" 404 '{"code":"not_found","message":"Record not found"}'
ask -X DELETE "/api/v1/imports/$first"
refusal "a wrong method" 405 '"code":"method_not_allowed"'
ask -H 'Authorization: Bearer wrong' "/api/v1/imports/$first"
TOKEN=wrong
ask "/api/v1/imports/$first"
refusal "a wrong token" 401 '"code":"unauthorized"'
ask "/api/v1/imports/$first?access_token=t"
TOKEN=t
STATUS=$(curl -sS -o body -w '%{http_code}' -H 'Authorization: Bearer t' "$SANDBOX_URL/api/v1/imports/$first")
refusal "Accept without application/json" 406 '"code":"not_acceptable"'
ask --data-raw x /api/v1/imports
refusal "a Content-Type that is not JSON" 415 '"code":"unsupported_media_type"'
ask -H "$json" --data-raw '{"import":' /api/v1/imports
refusal "a body that is not JSON" 400 '"code":"bad_request"'
ask -H "$json" --data-raw '{"import":{"type":"voters","file":"YQ"}}' /api/v1/imports
refusal "an unknown type" 400 '{"code":"validation_failed","message":"Validation Failed.","validation_errors":["type is not included in the list"]}'
ask -H "$json" --data-raw '{"import":{"type":"people"}}' /api/v1/imports
refusal "a submit without a file" 400 '"validation_errors":["file can'
ask -H "$json" --data-raw '{"import":{"type":"people","file":"a b"}}' /api/v1/imports
refusal "a file that is not base64" 422 '{"errors":[{"title":"Unprocessable Entity"'
submit people "email\n$(printf '%01000d' 0)\n"
refusal "a file that is too large" 413 '"code":"request_entity_too_large"'
submit people 'a,b\n1,"x\n'
ask "/api/v1/imports/$ID"
file_has "a file that cannot be read is unprocessable" body '"name":"unprocessable","message":"line 2: unclosed quoted field"'
ask "/api/v1/imports/$ID/result"
is "an import that failed has no result" 404 "$STATUS"

# ---- V2
submit people 'email\nz@example.org\n'
ask "/api/v2/imports?page[number]=1&page[size]=2"
file_has "a list is vnd.api+json" answer.head 'application/vnd.api+json'
file_has "a list begins with the newest" body "{\"data\":[{\"id\":\"$ID\",\"type\":\"imports\",\"attributes\":{\"content_head\":\"email\\r\\nz@example.org\\r\\n\",\"created_at\":\""
is "a page has its size" 2 "$(grep -o '"type":"imports"' body | wc -l)"
file_has "a page names the next" body '"next":"/api/v2/imports?page%5Bnumber%5D=2&page%5Bsize%5D=2"'
ask "/api/v2/imports?page[number]=99"
file_has "pages end" body '{"data":[],"links":{'
file_has "the last page has no next" body '"next":null'
ask "/api/v2/imports?fields[imports]=status,type"
file_has "fields[imports] chooses attributes" body '"attributes":{"status":"finished","type":"People"}'
ask "/api/v2/imports/$first"
file_has "one import by V2" body "{\"data\":{\"id\":\"$first\",\"type\":\"imports\""
file_has "content_head is header and first rows, set apart" body '"content_head":"state_file_id, registered_address.state, first_name\r\n1, NC, Ann\r\n2, NC, Bo\r\n"'
file_has "the rest of the attributes" body '"status":"finished","type":"People","is_overwritable":false,"lines_count":2,"rows_successful":2,"rows_unsuccessful":0,"rows_updated":0,"error_lines":null,"file_name":null'

# ---- tokens
refresh()
{
	ask --data-raw "grant_type=refresh_token&refresh_token=$1&client_id=c&client_secret=s" /oauth/token
}
refresh r1
is "a refresh token is taken" 200 "$STATUS"
file_has "a grant says how long it lasts" body '"expires_in":3600'
TOKEN=$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' body)
second=$(sed -n 's/.*"refresh_token":"\([^"]*\)".*/\1/p' body)
ask "/api/v1/imports/$first"
is "the new access token works" 200 "$STATUS"
refresh r1
is "a refresh token works once" 401 "$STATUS"
refresh "$second"
is "the new refresh token works" 200 "$STATUS"
ask --data-raw "grant_type=refresh_token&refresh_token=$second" /oauth/token
is "a program that does not say who it is gets none" 401 "$STATUS"
file_has "and hears why" body '"code":"invalid_client"'
is "grants are counted" 2 "$(state grants)"
curl -sS --data-raw 2h "$SANDBOX_URL/sandbox/clock" >/dev/null
ask "/api/v1/imports/$first"
refusal "a token that has ended" 401 '"code":"token_expired"'
stop_sandbox TERM

start_sandbox --token t1 --refresh-token r1 --refresh-ends on-use
TOKEN=t1
refresh r1
TOKEN=$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' body)
refresh r1
is "a refresh token may last until what it gave is used" 200 "$STATUS"
ask /api/v2/imports
refresh r1
is "and not longer" 401 "$STATUS"
stop_sandbox TERM
start_sandbox --token t1 --refresh-token r1 --refresh-ends never
refresh r1
refresh r1
is "or for ever" 200 "$STATUS"
stop_sandbox TERM
start_sandbox --refresh-token r1
refresh r1
TOKEN=another
ask /api/v2/imports
is "without --token any will do, also when one has been given out" 200 "$STATUS"
stop_sandbox TERM

# ---- speed, limits, control
start_sandbox --rows-per-second 1 --requests 3/1000s
fault 'other:status=503'
# A thousand rows, so that no computer is too slow for what is asked of them.
submit people "$people$(seq -f '%.0f,NC,Cy\n' 3 1000 | tr -d '\n')"
ask "/api/v1/imports/$ID"
ok "a queue with a speed takes its time" grep -qE '"status":\{"name":"working","processed":[0-9]{1,3},"total":1000\}' body
curl -sS --data-raw 100s "$SANDBOX_URL/sandbox/clock" >/dev/null
ask "/api/v1/imports/$ID"
ok "it works by the clock" grep -qE '"processed":[1-9][0-9]{2},"total":1000' body
ask "/api/v1/imports/$ID"
refusal "a request beyond the limit" 429 '{"message":"You have made too many requests. Please try again later."}'
file_has "429 says when to come again" answer.head 'Retry-After: '
ok "rows wait" grep -qxE '[1-9][0-9]{2}' <<<"$(curl -sS "$SANDBOX_URL/sandbox/people/count")"
curl -sS -X POST "$SANDBOX_URL/sandbox/finish" >/dev/null
is "the queue can be finished at once" 1000 "$(state people)"
curl -sS "$SANDBOX_URL/sandbox/people.csv" | cut -d, -f2- >people.csv
{
	printf 'state_file_id,registered_address.state,first_name\n1,NC,Ann\n2,NC,Bo\n'
	seq -f '%.0f,NC,Cy' 3 1000
} >want.csv
same "the people table as CSV" want.csv people.csv
curl -sS "$SANDBOX_URL/sandbox/imports/$ID/file" >file.csv
same "a file as it came" want.csv file.csv
is "its digest" "$(sha256sum <want.csv | cut -d' ' -f1)" \
	"$(curl -sS "$SANDBOX_URL/sandbox/imports" | sed -n 's/.*"sha256":"\([^"]*\)".*/\1/p')"
is "requests are counted by kind" 3 "$(state status)"
curl -sS --data-raw -2h "$SANDBOX_URL/sandbox/clock" >/dev/null
ask /api/v2/imports
is "a clock that is set back makes no window of hours" 200 "$STATUS"
is "control requests are in no count" 0 "$(state other)"
is "control requests are not struck by faults" 0 "$(state faulted)"
kill -TERM "$SANDBOX_PID"
wait "$SANDBOX_PID"
is "SIGTERM ends it in order" 0 $?

# ---- eight uploads at once
start_sandbox --seed 2
awk 'BEGIN { print "external_id,first_name"; for (i = 0; i < 50000; i++) print i ",Ann" }' >large.csv
printf '{"import":{"type":"people","file":"%s"}}' "$(base64 -w0 <large.csv)" >large.json
uploads=()
for i in 1 2 3 4 5 6 7 8; do
	curl -sS -o "large.$i" -H 'Authorization: Bearer t' -H 'Accept: application/json' \
		-H 'Content-Type: application/json' --data-binary @large.json "$SANDBOX_URL/api/v1/imports" &
	uploads+=($!)
done
wait "${uploads[@]}"
is "eight uploads at once have eight ids" 8 \
	"$(cat large.? | grep -o '"import":{"id":[0-9]*' | sort -u | wc -l)"
is "all of them came whole" 8 "$(curl -sS "$SANDBOX_URL/sandbox/imports" |
	grep -o "$(sha256sum <large.csv | cut -d' ' -f1)\",\"bytes\":$(wc -c <large.csv),\"rows\":50000" | wc -l)"
is "and are one table" 50000 "$(state people)"
stop_sandbox TERM
is "no sandbox has said anything but READY" "" "$(cat sandbox.err)"

# ---- the parent
cat >parent.sh <<'PARENT'
"$1" --exit-with-parent >child.out &
echo $! >child.pid
wait
PARENT
in_background bash parent.sh "$SANDBOX"
ok "the child is ready" await 30 grep -q READY child.out
kill -KILL "$BACKGROUND"
ok "--exit-with-parent ends it when its parent is killed" await 30 test ! -d "/proc/$(cat child.pid)"

# ---- the command line
exits 0 "--help helps" "$SANDBOX" --help
out_has "--help names the faults" 'drop-body=BYTES'
is "help fits 80 columns" "" "$(awk 'length > 80' out)"
page=$TOP_SRCDIR/man/rollcall-sandbox.1
is "every option and fault of --help stands in the man page" "" "$(
	sed -n 's/^  --\([a-z-]*\).*/\1/p' out | while read -r name; do
		grep -q -e "^\.It Fl -$name\b" -e "^\.It Fl -help , -$name" "$page" || echo "--$name"
	done
	sed -n '/^ACTION/,$s/^  \([a-z][a-z0-9-]*\).*/\1/p' out | while read -r name; do
		grep -q "^\.It Cm $name\b" "$page" || echo "$name"
	done
)"
exits 0 "--version says it" "$SANDBOX" --version
exits 64 "an unknown option is refused" "$SANDBOX" --prot 1
err_has "with a did you mean" 'did you mean --port?'
exits 64 "a bad fault is refused" "$SANDBOX" --fault submit:1:drp
err_has "by name" 'unknown action "drp", did you mean "drop"?'
exits 73 "a ledger that cannot be made is an error" "$SANDBOX" --ledger no/such/folder
finish
