#!/usr/bin/env bash
# The ledger: what stands in it and when, and that import ids never come back after a restart.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/sandbox/ask.sh
. "$TOP_SRCDIR/tests/sandbox/ask.sh"

csv='email\na@example.org\n'

start_sandbox --ledger ledger --fault submit:2:take,drop --fault submit:3:drop-body=5 --fault submit:4:drop \
	--fault submit:5:take,stall
submit people "$csv"
first=$ID
file_has "a head" ledger '"what":"head","post":1,"content_length":"'
# shellcheck disable=SC2059
file_has "an import with its digest" ledger \
	"\"what\":\"import\",\"post\":1,\"id\":$first,\"type\":\"people\",\"is_overwritable\":false,\"sha256\":\"$(printf "$csv" | sha256sum | cut -d' ' -f1)\",\"bytes\":20,\"rows\":1}"
file_has "its answer" ledger "\"what\":\"answer\",\"post\":1,\"status\":200,\"id\":$first}"
submit people "$csv"
file_has "an import whose answer was dropped" ledger '"what":"import","post":2,"id":'
file_has "that it was dropped" ledger '"what":"dropped","post":2,"status":200,"id":'
submit people "$csv"
ok "a body that did not come whole" await 30 grep -q '"what":"incomplete","post":3,"body_bytes":' ledger
file_lacks "no import of it" ledger '"what":"import","post":3'
submit people "$csv"
file_has "a request dropped and not taken" ledger '"what":"dropped","post":4,"status":200}'
submit people "$csv" --max-time 0.3
file_has "a request never answered" ledger '"what":"stalled","post":5,"status":200,"id":'
is "all POST heads are counted" 5 "$(state post_heads)"
last=$(grep -o '"what":"import".*"id":[0-9]*' ledger | tail -n 1 | grep -o '[0-9]*$')
ok "every line is whole" awk '!/^\{"at":".*\}$/ { exit 1 }' ledger

# killed in the middle of a line
stop_sandbox KILL
printf '{"at":"2026-11-21T22:14:07.000Z","what":"imp' >>ledger
start_sandbox --ledger ledger
submit people "$csv"
is "ids go on after a restart" yes "$([ "$ID" -gt "$last" ] && echo yes)"
is "a torn line is ended" 1 "$(grep -c '"what":"imp$' ledger)"
is "ids are all different" "" "$(grep -o '"what":"import".*"id":[0-9]*' ledger | grep -o '[0-9]*$' | sort | uniq -d)"
stop_sandbox TERM

# synced before the answer: strace sees fdatasync between the read of the request and the answer
if command -v strace >/dev/null; then
	in_background strace -f -qq -e trace=fdatasync,sendto,sendmsg,send,writev -o calls \
		"$SANDBOX" --ledger ledger --exit-with-parent >sandbox.out
	ok "ready" await 30 grep -q READY sandbox.out
	SANDBOX_URL=$(sed -n 's/^READY //p' sandbox.out)
	submit people "$csv"
	is "the ledger is synced before the answer leaves" yes \
		"$(awk '/fdatasync/ { n++ } /HTTP\/1.1 200/ { print (n >= 4 ? "yes" : "no: " n); exit }' calls)"
else
	skip "the ledger is synced before the answer leaves" "strace is not installed"
fi

# ---- a full disk, in every kind of line: what it takes stands in it, and nothing else does
if command -v prlimit >/dev/null; then
	# may_grow BYTES: so much can still be written; nothing said: any number.
	may_grow()
	{
		local most=unlimited
		[ $# = 0 ] || most=$(($(stat -c %s full) + $1))
		prlimit --pid "$SANDBOX_PID" --fsize="$most:"
	}
	# taken, written: ids.
	taken() { curl -sS "$SANDBOX_URL/sandbox/imports" | grep -o '"id":[0-9]*'; }
	written() { grep '^{"at":"[^"]*","what":"import",.*}$' full | grep -o '"id":[0-9]*'; }

	start_sandbox --ledger full
	refusals=
	for more in 0 50 150 200 250 350 900; do
		may_grow "$more"
		submit people "$csv"
		refusals="$refusals$STATUS "
		may_grow
	done
	is "a line that cannot be written (two heads, three imports, an answer) is no 200" "000 000 500 500 500 500 200 " "$refusals"
	is "what is taken with the disk full stands in the ledger, and nothing else" "$(taken)" "$(written)"
	ok "and every line is whole" awk '!/^\{"at":".*\}$/ { exit 1 }' full
	curl -sS --data-raw 'submit:status=504,take-after=1min' "$SANDBOX_URL/sandbox/fault" >/dev/null
	submit people "$csv"
	before=$(imports)
	may_grow 100
	curl -sS --data-raw 1min "$SANDBOX_URL/sandbox/clock" >/dev/null
	STATUS=$(curl -sS -o body -w '%{http_code}' "$SANDBOX_URL/sandbox/state")
	is "one that is due waits for room" 500 "$STATUS"
	may_grow
	# shellcheck disable=SC2317 # await calls it
	_one_more() { [ "$(imports)" -eq $((before + 1)) ]; }
	ok "and is taken then" await 30 _one_more
	is "and stands there" "$(taken)" "$(written)"
	stop_sandbox TERM
	is "the sandbox lived through it and has said nothing" "" "$(cat sandbox.err)"
else
	skip "a full disk" "prlimit is not installed"
fi

# ---- what cannot be gone on with
mkfifo pipe
for other in pipe /dev/full .; do
	exits 73 "a ledger that is no file is refused: $other" timeout -s KILL 30 "$SANDBOX" --ledger "$other"
done
finish
