# shellcheck shell=bash disable=SC2034 # the tests read what is set here
# ask.sh - asks the sandbox with the curl program; source it after tests/lib.sh.
#
# Each leaves the answer in the files answer.head and body, its number in STATUS (000: none), curl's exit
# code in CURL, and the id that a submit was answered in ID.
needs curl base64

TOKEN=t
STATUS=000
CURL=0
ID=

# ask CURL_OPTION... PATH
ask()
{
	local path=${!#}
	: >answer.head
	: >body
	STATUS=$(curl -sS -g -D answer.head -o body -w '%{http_code}' -H "Authorization: Bearer $TOKEN" \
		-H 'Accept: application/json' "${@:1:$#-1}" "$SANDBOX_URL$path" 2>curl.err)
	CURL=$?
}

# import TYPE CSV: the body of a POST; printf's escapes in CSV.
import()
{
	# shellcheck disable=SC2059 # the CSV is a format on purpose
	printf '{"import":{"type":"%s","file":"%s","is_overwritable":false}}' "$1" \
		"$(printf "$2" | base64 -w0 | tr '+/' '-_')"
}

# submit TYPE CSV [CURL_OPTION...]
submit()
{
	import "$1" "$2" >posted
	ask -H 'Content-Type: application/json' --data-binary @posted "${@:3}" /api/v1/imports
	ID=$(sed -n 's/^{"import":{"id":\([0-9]*\),.*/\1/p' body)
}

# fault SPEC: adds it, and it alone.
fault()
{
	curl -sS -X DELETE "$SANDBOX_URL/sandbox/fault" >/dev/null
	curl -sS --data-raw "$1" "$SANDBOX_URL/sandbox/fault" >fault.answer
	file_has "the fault $1 is taken" fault.answer '"ok":true'
}

no_faults()
{
	curl -sS -X DELETE "$SANDBOX_URL/sandbox/fault" >/dev/null
}

# state NAME: a number of GET /sandbox/state.
state()
{
	curl -sS "$SANDBOX_URL/sandbox/state" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

# imports: how many there are in all.
imports()
{
	curl -sS "$SANDBOX_URL/sandbox/imports" | grep -o '"id":' | wc -l
}

# failures: the failure CSV of the result in body, decoded.
failures()
{
	sed -n 's/.*"failure_csv":"\([^"]*\)".*/\1/p' body | sed 's/\\n//g' | base64 -d
}
