#!/usr/bin/env bash
# Tokens: where they may come from, which are refused, and that they are seen nowhere.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

canary=c4n4ry-t0k3n-TO-BE-SEEN-NOWHERE
scene tokens --token "$canary"
people 4

# refuses SENTENCE TEXT: a new load ends with 77 before anything is read or sent; TEXT is in the
# message.
refuses()
{
	local before
	before=$(posts)
	runs 77 "$1"
	err_has "$1: why" "$2"
	err_has "$1: what was sent" "Nothing was sent."
	is "$1: no POST, no run folder" "$before no" "$(posts) $([ -e job.run ] || echo no)"
	file_lacks "$1: the token is not shown" "$WORK/err" "$canary"
}

# ---- file:
put_token()
{
	rm -rf token
	# shellcheck disable=SC2059
	(umask 077 && printf "$1" >token)
}
job
put_token "$canary\n"
for mode in 644 640 604 660 666; do
	chmod $mode token
	refuses "a token file of mode $mode" "token file token is open to others (mode 0$mode)"
done
err_has "the way out is told" "chmod 600 'token'"
chmod 600 token
mv token real
ln -s real token
refuses "a symbolic link" "token file token is a symbolic link"
rm token
mkdir token
refuses "a folder" "token file token is not a regular file"
rmdir token
refuses "a file that is not there" "token file token: No such file or directory"
put_token ''
refuses "an empty file" "the token is empty"
put_token '\n'
refuses "a file of a newline" "the token is empty"
for bytes in 'a b' 'a\tb' 'a\nb' 'a\rX-Header: b' 'a\303\251' 'a\001' 'a\177'; do
	put_token "$bytes\n"
	refuses "a token with ${bytes@Q}" "byte 2 of the token is a blank or no ASCII"
done
put_token "{\"access_tokn\":\"$canary\"}"
refuses "JSON without access_token" "the token's JSON has no text access_token"
put_token "{\"access_token\":\"a\\\\nb\"}"
refuses "JSON with a token of two lines" "byte 2 of the token"
if [ "$(id -u)" -eq 0 ]; then
	put_token "$canary\n"
	chown 12345 token
	refuses "a file of another user" "token file token belongs to another user (uid 12345)"
else
	skip "a file of another user" "only root can make one"
fi
put_token wrong
runs 77 "a token that the nation does not take"
err_has "its answer is told" "the nation answered 401"

# takes SENTENCE: a load of its own with this token; then it is seen nowhere.
takes()
{
	rm -rf job.run
	runs 0 "$1"
	is "$1: it is seen nowhere" "" "$(grep -rlaF "$canary" job.run job.cfg ledger "$WORK/out" "$WORK/err")"
}
put_token "$canary\n"
takes "a token file"
put_token "{\"access_token\":\"$canary\",\"token_type\":\"bearer\",\"expires_in\":86400}"
takes "a token file of JSON, as /oauth/token answers"

# ---- env:
TOKEN=env:NB_TEST_TOKEN job
rm -rf job.run
refuses "a variable that is not set" "the environment has no NB_TEST_TOKEN"
NB_TEST_TOKEN='' refuses "a variable that is empty" "environment variable NB_TEST_TOKEN: the token is empty"
NB_TEST_TOKEN=$canary takes "a variable"

# ---- command:
TOKEN='command:cat real; echo' job
takes "a command"
TOKEN='command:exit 3' job
rm -rf job.run
runs 77 "a command that fails"
err_has "its exit code is told" "the token command: it ended with exit code 3"
TOKEN='command:true' job
rm -rf job.run
runs 77 "a command that prints nothing"
err_has "is told" "the output of the command true: the token is empty"

# ---- credential:
TOKEN=credential:nb job
rm -rf job.run
refuses "a credential without systemd" "CREDENTIALS_DIRECTORY is not set"
err_has "the setting of the service is told" "LoadCredential=nb:"
mkdir credentials
cp real credentials/nb
CREDENTIALS_DIRECTORY=$PWD/credentials takes "a credential"
TOKEN=credential:../real job
rm -rf job.run
CREDENTIALS_DIRECTORY=$PWD/credentials runs 78 "a credential is a name, not a path"

# ---- a token in the job file
TOKEN=$canary job
runs 78 "a token in the job file is refused"
file_lacks "and the excerpt does not show it" "$WORK/err" "$canary"

# ---- while a load runs: argv, status, log; the environment's proxies and ~/.netrc
put_token "$canary\n"
job
fault status:word=working
printf 'machine 127.0.0.1 login netrc password netrc\n' >.netrc
chmod 600 .netrc
HOME=$PWD http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 SSLKEYLOGFILE=$PWD/keys \
	in_background "$ROLLCALL" run job.cfg 2>run.err
run=$BACKGROUND
_is_submitted() { rollcall status --json job.cfg 2>/dev/null | grep -q '"submitted":2'; }
ok "a load runs, past proxies and netrc of the environment" await 30 _is_submitted
is "the token is in no command line" "" "$(grep -aF "$canary" "/proc/$run/cmdline")"
for verb in status "status --json" log "log --json" report "explain job.cfg people-1"; do
	# shellcheck disable=SC2086 # words
	case $verb in *job.cfg*) rollcall $verb ;; *) rollcall $verb job.cfg ;; esac >>said 2>&1
done
ok "these verbs say something" test -s said
is "the token is in nothing that they say" "" "$(grep -cF "$canary" said | grep -v '^0$')"
no_faults
wait "$run"
is "the load finishes" 0 $?
is "no keys of TLS were written" no "$([ -e keys ] || echo no)"
is "nothing of the run shows the token" "" "$(grep -rlaF "$canary" job.run ledger run.err)"
is "grep would find it" real "$(grep -laF "$canary" real)"

finish
