#!/usr/bin/env bash
# Canaries: a token and voters whose like is nowhere else go through whole loads that go wrong in every
# way: lost answers, refused rows, a refused token, kill -9, signals that leave cores. Then they are
# looked for in everything that the loads left behind and said.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

token=T0k3n-c4n4ry-qzx
voter=Voter-c4n4ry-qzx
umask 000
ulimit -c unlimited

# voters COUNT: people.csv, a canary in every row; the nation refuses every fourth (an email without @).
voters()
{
	local i email
	echo 'state_file_id,registered_address.state,first_name,email'
	for ((i = 1; i <= $1; i++)); do
		email=$voter-$i@example.org
		[ $((i % 4)) -ne 0 ] || email=$voter-$i
		echo "NC$i,NC,$voter $i,$email"
	done
} >people.csv

# go CODE SENTENCE: a run of the job, what it says kept in the file said
go()
{
	exits "$1" "$2" rollcall run "${@:3}" job.cfg
	cat "$WORK/out" "$WORK/err" >>said
}

# tell: every verb that looks at a load, into the file said
tell()
{
	local verb
	for verb in status "status --json" log "log --json" report verify check "check --json"; do
		# shellcheck disable=SC2086 # words
		rollcall $verb job.cfg
	done
	for verb in 1 2 3 4 5; do rollcall explain job.cfg people-$verb; done
} >>said 2>&1

# found TEXT: the files that hold it, but for those that the test made and the nation's own.
found()
{
	find . -type f ! -path ./people.csv ! -path './keys/*' ! -path ./ledger -print0 |
		xargs -0 grep -laF -e "$1" | sort | tr '\n' ' '
}

# judge WHERE: after a load.
judge()
{
	tell
	is "$1: the token is nowhere" "" "$(found "$token")"
	is "$1: voters are where they must be and nowhere else" "" "$(
		found "$voter" | tr ' ' '\n' | grep -vE '^\./job\.run/(rejected\.csv|answers/[a-z0-9.-]*\.failed\.csv)$')"
	is "$1: neither is in the store's own bytes" "0 0" \
		"$(grep -caF "$token" job.run/store/data.mdb) $(grep -caF "$voter" job.run/store/data.mdb)"
	is "$1: there is no core" "" "$(find . -name '*core*' -type f)"
	is "$1: folders are 0700 and files 0600, whatever the umask" "" "$(
		find job.run ! -perm 0700 -type d -o ! -perm 0600 -type f)"
	is "$1: no file waits under a temporary name" "" "$(find job.run -name '.*.tmp')"
}

# shellcheck disable=SC2054 # the commas are the words of a fault
faults=(--fault submit:1:take,drop --fault submit:3:take,status=502 --fault submit:4:drop-body=100
	--fault status:2:drop --fault status:3:status=500,body=oops --fault result:2:drop-answer=40)

# ---- every kind of trouble in one load
scene trouble --token "$token" "${faults[@]}"
mkdir keys
mv token keys/token
echo "$token" >keys/token
chmod 600 keys/token
voters 20
ROWS=4 SOURCE='max_rejected = "50%";' TOKEN=file:keys/token job
go 0 "a load with lost answers, errors and refused rows"
is "rows were refused" 5 "$(total rows_failed)"
ok "and stand in rejected.csv, by their data" grep -qF "$voter 8" job.run/rejected.csv
ok "and in the nation's answers" grep -rqF "$voter" job.run/answers
judge "after trouble"

# ---- a token that is refused in mid-load
scene refused --token "$token"
mkdir keys
(umask 077 && echo "$token" >keys/token)
voters 20
ROWS=4 SOURCE='max_rejected = "50%";' TOKEN=file:keys/token job
fault submit:3-:status=401
go 77 "a token that is refused in mid-load"
judge "after 401"
no_faults
go 0 "the load goes on"
judge "and at its end"

# ---- killed at steps all over a load, then finished; the command line and the environment meanwhile
scene killed --token "$token" --fault submit:every=3:take,drop
mkdir keys
(umask 077 && echo "$token" >keys/token)
voters 20
# Enough attempts: one that a kill cuts off is used up, too.
RETRY='attempts = 20;' ROWS=4 SOURCE='max_rejected = "50%";' TOKEN='command:ls -l /proc/self/fd >fds; cat keys/token' job
for step in 3 9 14 20 25 31 38; do
	ROLLCALL_KILL_AT=$step rollcall run job.cfg >>said 2>&1
	is "killed at step $step: voters are nowhere else" "" "$(found "$voter" | tr ' ' '\n' |
		grep -vE '^\./job\.run/(\.?rejected\.csv|answers/)')"
done
rollcall run job.cfg >last 2>&1
code=$?
cat last >>said
# A doubt from before the nation's clock was known is held.
if [ $code = 0 ] || [ $code = 6 ]; then
	pass "a load that was killed again and again ends, or waits for a person"
else
	fail "a load that was killed again and again ends, or waits for a person" "exit code $code" "$(tail -n 40 last)"
fi
judge "after kills"
is "the command had three descriptors, and ls its own" 4 "$(grep -c -- '->' fds)"

for number in ABRT QUIT SEGV BUS KILL; do
	scene "signal-$number" --token "$token"
	mkdir keys
	(umask 077 && echo "$token" >keys/token)
	voters 20
	fault status:word=working
	ROWS=4 SOURCE='max_rejected = "50%";' TOKEN=file:keys/token job
	in_background "$ROLLCALL" run job.cfg >>said 2>&1
	run=$BACKGROUND
	_is_under_way() { [ "$(imports)" -ge 4 ]; }
	await 30 _is_under_way || fail "a load is under way"
	if [ "$number" = ABRT ]; then
		is "a core would be cut off to nothing" "0 0" \
			"$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$run/limits")"
		is "neither is in a command line" "" "$(grep -laF -e "$token" -e "$voter" /proc/[0-9]*/cmdline 2>/dev/null |
			grep -F "/$run/")"
		is "neither is in the environment" "" \
			"$(grep -aF -e "$token" -e "$voter" "/proc/$run/environ" | tr -d '\0')"
		is "the environment is as it was given" "$(tr '\0' '\n' <"/proc/$$/environ" | grep -c ^HOME=)" \
			"$(tr '\0' '\n' <"/proc/$run/environ" | grep -c ^HOME=)"
		is "the process cannot be dumped or traced by its user" root "$(stat -c %U "/proc/$run/mem")"
	fi
	kill "-$number" "$run"
	wait "$run" 2>>said
	no_faults
	judge "after SIG$number"
	go 0 "the load goes on after SIG$number"
done

# ---- the search itself: it would find them
scene control
echo "$token" >left
mkdir -p job.run
echo "$voter" >job.run/report.csv
is "a token that was left would be found" "./left " "$(found "$token")"
is "so would a voter" "./job.run/report.csv " "$(found "$voter")"

finish
