#!/usr/bin/env bash
# What each fault does on the wire, seen by curl: its exit code, the answer, and whether the nation
# has the import.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/sandbox/ask.sh
. "$TOP_SRCDIR/tests/sandbox/ask.sh"

csv='state_file_id,registered_address.state,first_name\n1,NC,Ann\n2,NC,"B\no"\n,,\n'

# submits SPEC CURL_EXIT STATUS IMPORTS SENTENCE [CURL_OPTION...]: one submit under the fault; how many
# imports it made.
submits()
{
	local before
	before=$(imports)
	fault "$1"
	submit people "$csv" "${@:6}"
	is "$5: curl's exit code" "$2" "$CURL"
	is "$5: status" "$3" "$STATUS"
	is "$5: imports made" "$4" "$(($(imports) - before))"
}

# shows SPEC PATH TEXT SENTENCE: one GET under the fault.
shows()
{
	fault "$1"
	ask "$2"
	file_has "$4" body "$3"
}

start_sandbox --seed 1
submit people "$csv"
first=$ID
one=/api/v1/imports/$first
result=$one/result

# ---- another's answer; 52 and 56 are curl's "empty reply" and "reset", 18 "partial file"
submits submit:status=503,early 0 503 0 "503 after the head"
submits submit:status=502,html,take 0 502 1 "502 by a front end, though taken"
file_has "an HTML body" body '<html>'
submits 'submit:status=429,header=Retry-After: Wed\, 21 Oct 2026 07:28:00 GMT' 0 429 0 "429"
file_has "with a header of the fault's" answer.head 'Retry-After: Wed, 21 Oct 2026 07:28:00 GMT'
fault 'list:header=Date:'
ask /api/v2/imports
file_lacks "a header of the nation's is left out" answer.head Date:
fault 'list:header=Date: Sun\, 06 Nov 1994 08:49:37 GMT,header=X-Request-Id: mine,drop-answer=5'
ask /api/v2/imports
is "or is the fault's in its place" "Date: Sun, 06 Nov 1994 08:49:37 GMT/X-Request-Id: mine" \
	"$(grep -E '^(Date|X-Request-Id)' answer.head | tr -d '\r' | paste -s -d/)"
submits 'submit:status=400,body={"a":"b\,c:d"}' 0 400 0 "a body of the fault's"
is "the body is the fault's" '{"a":"b,c:d"}' "$(cat body)"
submits submit:html 0 200 0 "a captive portal"
submits submit:nonsense 0 200 0 "JSON of another"
file_has "it is JSON" body '{"pong":'
submits submit:garbage 1 000 0 "no HTTP" --http1.1
submits submit:take,garbage 1 000 1 "no HTTP, though taken"
submits submit:redirect=http://127.0.0.1:1/login 0 302 0 "a redirect"
file_has "with its Location" answer.head 'Location: http://127.0.0.1:1/login'
submits submit:status=307,redirect=/x 0 307 0 "a redirect with a status"
submits submit:status=201 0 201 1 "another 2xx is the nation's own answer"
file_has "with the import" body '"type":"people"'

# ---- is it taken, and when?
submits submit:twice 0 200 2 "taken twice"
# shellcheck disable=SC2317 # await calls it
_one_more() { [ "$(imports)" -eq $((before + 1)) ]; }
before=$(imports)
submits submit:take-after=1min,status=504 0 504 0 "504, taken later"
curl -sS --data-raw 1min "$SANDBOX_URL/sandbox/clock" >/dev/null
ok "taken when its time has come" await 30 _one_more

# ---- the connection
submits submit:drop 56 000 0 "dropped without an answer"
submits submit:drop,fin 52 000 0 "closed without an answer"
submits submit:take,drop 56 000 1 "taken and dropped"
submits submit:drop-head 56 000 0 "dropped at the head"
submits submit:drop-body=10 56 000 0 "dropped in the body"
is "a body that did not come whole is counted" 2 "$(state posts_incomplete)"
submits submit:drop-answer=10 56 200 1 "dropped in the answer"
is "ten bytes of the answer came" 10 "$(wc -c <body)"
submits submit:drop-answer=10,fin 18 200 1 "closed in the answer"
submits submit:stall 28 000 0 "never answered" --max-time 0.3
submits submit:take,stall 28 000 1 "taken and never answered" --max-time 0.3
submits submit:delay=5s 28 000 1 "taken and delayed" --max-time 0.3
before=$(imports)
fault submit:wait=1s
submit people "$csv" --max-time 0.3
is "not yet taken: curl's exit code" 28 "$CURL"
ok "what came whole is taken though its client has gone" await 30 _one_more
fault list:delay=2s
before=$(date +%s)
ask /api/v2/imports
ok "Date is the moment when a delayed answer leaves" test \
	"$(date -d "$(sed -n 's/^Date: //p' answer.head | tr -d '\r')" +%s)" -ge $((before + 2))
submits submit:delay=20ms 0 200 1 "a short delay"

# two requests on one connection: curl says how many it had to make
twice_on_one_connection()
{
	fault "$1"
	curl -sS -o body -o body -w '%{num_connects}\n' -H 'Authorization: Bearer t' \
		-H 'Accept: application/json' "$SANDBOX_URL$one" "$SANDBOX_URL$one" 2>curl.err | xargs
}
is "connections are kept alive" "1 0" "$(twice_on_one_connection status:9:drop | tail -n 1)"
is "close-after closes a kept-alive connection" "1 1" \
	"$(twice_on_one_connection status:close-after | tail -n 1)"
is "close-next drops the next request: curl sends it again" "1 1" \
	"$(twice_on_one_connection status:1:close-next | tail -n 1)"

# ---- the nation's own answer, changed
submits submit:cut=20 0 200 1 "truncated JSON"
is "its Content-Length agrees" '{"import":{"id":' "$(cut -c1-16 body)"
is "twenty bytes of it" 20 "$(wc -c <body)"
for id in string:'"id":"' huge:'"id":99999999999999999999,' negative:'"id":-' zero:'"id":0,' \
	true:'"id":true,' null:'"id":null,' missing:'{"import":{"type"'; do
	submits "submit:id=${id%%:*}" 0 200 1 "an id that is ${id%%:*}"
	file_has "an id that is ${id%%:*} stands in the answer" body "${id#*:}"
done
submits submit:id=float 0 200 1 "an id that is a float"
is "a float" yes "$(grep -q '"id":[0-9]*\.5,' body && echo yes)"
newest=$(curl -sS "$SANDBOX_URL/sandbox/imports" | grep -o '"id":[0-9]*' | tail -n 1)
submits submit:id=used 0 200 1 "an id that is used"
file_has "the id of the one before" body "$newest,"
shows status:word=completed "$one" '"name":"completed"' "a word of another"
shows status:counts=off "$one" '"processed":4,"total":3' "more processed than there are"
shows result:counts=separate "$result" '"rows_updated":0,"rows_succeeded":2,' "rows_updated apart"
shows result:counts=off "$result" '"rows_succeeded":1,"rows_failed":1' "counts that do not add up"
shows result:counts=negative "$result" '"rows_succeeded":-1' "negative counts"
shows result:counts=text "$result" '"rows_succeeded":"most"' "counts that are text"
shows result:counts=missing "$result" '{"result":{"failure_csv"' "no counts"
shows result:failures=null "$result" '"failure_csv":null' "no failures"
shows result:failures=empty "$result" '"failure_csv":""' "empty failures"
shows result:failures=missing "$result" '"rows_failed":1}}' "no failure_csv"
shows result:failures=broken "$result" '"failure_csv":"%%%' "a failure_csv that is not base64"

# failures_are SPEC WANT SENTENCE: the failure CSV under the fault; printf's escapes in WANT.
failures_are()
{
	fault "$1"
	ask "$result"
	# shellcheck disable=SC2059
	is "$3" "$(printf "$2")" "$(failures)"
}
header=state_file_id,registered_address.state,first_name
failures_are result:9:drop "$header,reason\n,,,the row is empty\n" "failures as a rule"
failures_are result:reason=why,reason-first "why,$header\nthe row is empty,,,\n" \
	"another name and place of the reason"
failures_are result:reason-raw \
	"$header,reason\n,,,\"PG::Error: ERROR:  the row is empty\nDETAIL:  Failing row contains (\",,\", null).\n: INSERT INTO \"signups\" VALUES (\$1)\"\n" \
	"a database's own words"
failures_are result:wrap "$header,reason\n,,,the row is empty\n" "wrapped base64 is the same"
file_has "base64 with line breaks" body '\n'
submit people 'email,note\n~~~~~,???????\n'
tilde=$ID
# letters: those of failure_csv that the two alphabets do not share, and the padding.
letters()
{
	ask "/api/v1/imports/$tilde/result"
	sed -n 's/.*"failure_csv":"\([^"]*\)".*/\1/p' body | sed 's,\\/,/,g' | grep -o '[^A-Za-z0-9]' | sort -u | tr -d '\n'
}
fault result:base64=std
is "the letters of the standard alphabet" '+/=' "$(letters)"
fault result:base64=url,nopad
is "and of the other one, without padding" '-_' "$(letters)"

# ---- an import that cannot be seen yet
fault any:lag=2
submit people "$csv"
ask "/api/v1/imports/$ID"
is "lag: the first question finds nothing" 404 "$STATUS"
ask "/api/v1/imports/$ID"
is "lag: nor does the second" 404 "$STATUS"
ask "/api/v1/imports/$ID"
is "lag: the third does" 200 "$STATUS"
ask '/api/v2/imports'
file_lacks "lag: the first list does not show it" body "\"id\":\"$ID\""
ask '/api/v2/imports'
ask '/api/v2/imports'
file_has "lag: the third does" body "\"id\":\"$ID\""
fault any:late=1h
submit people "$csv"
ask "/api/v1/imports/$ID"
is "late: a young import is not found" 404 "$STATUS"
curl -sS --data-raw 1h "$SANDBOX_URL/sandbox/clock" >/dev/null
ask "/api/v1/imports/$ID"
is "late: an older one is" 200 "$STATUS"

# ---- V2
list=/api/v2/imports
shows list:head=null "$list" '"content_head":null' "no content_head"
shows list:head=raw "$list" "\"content_head\":\"$header\\n1,NC,Ann\\n" "a raw content_head"
shows list:head=cut "$list" '"content_head":"state_file_id, registered_address.state,"' "a cut content_head"
shows list:head=missing "$list" '"attributes":{"created_at"' "content_head is missing"
shows list:lines=header "$list" '"lines_count":4' "the header is counted"
shows list:lines=null "$list" '"lines_count":null' "lines are not counted"
shows list:order=oldest "$list" "{\"data\":[{\"id\":\"$first\"" "oldest first"
shows list:other-ids "$list" '"id":"70' "ids of V2's own"
shows detail:other-ids "/api/v2/imports/$((first + 700000))" "\"id\":\"$((first + 700000))\"" "and looked up by them"
fault list:status=403
ask "$list"
is "V2 forbidden" 403 "$STATUS"

# ---- which requests
statuses()
{
	local all='' i
	for ((i = 0; i < $1; i++)); do
		ask "$one"
		all="$all$STATUS "
	done
	printf '%s\n' "$all"
}
fault status:2-3:status=503
is "a range" "200 503 503 200 " "$(statuses 4)"
fault status:every=2:status=503
is "every second" "200 503 200 503 " "$(statuses 4)"
fault status:3-:status=503
is "from the third on" "200 200 503 503 " "$(statuses 4)"
fault status:rate=0.5:status=503
ok "by chance" grep -q '200.*503\|503.*200' <<<"$(statuses 12)"
fault result:status=503
is "only that request" "200 " "$(statuses 1)"
no_faults
is "cleared" "200 200 " "$(statuses 2)"
curl -sS --data-raw 'status:stauts=5' "$SANDBOX_URL/sandbox/fault" >body
file_has "a wrong fault is explained" body 'unknown action \"stauts\", did you mean \"status\"?'
kill -TERM "$SANDBOX_PID"
wait "$SANDBOX_PID"
is "after all of it the sandbox ends in order" 0 $?
is "and has said nothing" "" "$(cat sandbox.err)"
finish
