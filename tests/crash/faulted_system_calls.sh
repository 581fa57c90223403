#!/usr/bin/env bash
# Every system call that can fail does, once and for ever, and one by one the program is killed
# before it: the shipped binary under strace, a load of 10 chunks. The faulted run ends with a
# documented code; the next one, undisturbed, ends the load: nothing lost, nothing doubled.
#
# In `make check` a sample; with ROLLCALL_LONG=1 all. To repeat one:
#	CASES='pwrite64:error=EIO:when=12' make check TESTS=tests/crash/faulted_system_calls.sh
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"
needs strace
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
ldd "$ROLLCALL" | grep -q asan && skip_all "a sanitizer's own system calls must not fail"

# CALL ERROR...: what each call may say.
faults()
{
	cat <<-END
		pwrite64 EIO ENOSPC EINTR
		write EIO ENOSPC EPIPE
		writev EIO ENOSPC
		pread64 EIO EINTR
		read EIO EINTR EAGAIN
		fdatasync EIO ENOSPC EINTR
		fsync EIO ENOSPC EINTR
		ftruncate EIO ENOSPC
		fallocate ENOSPC EOPNOTSUPP
		renameat EIO ENOSPC
		rename EIO ENOSPC
		mkdir ENOSPC EACCES
		mkdirat ENOSPC
		unlink EIO
		openat EMFILE ENOSPC EACCES EINTR
		newfstatat EIO
		lseek EIO
		close EIO EINTR
		mmap ENOMEM
		flock EINTR ENOLCK
		fcntl EAGAIN ENOLCK
		socket EMFILE ENOMEM
		connect ECONNREFUSED EINTR ENETUNREACH
		sendto EPIPE ECONNRESET EINTR EAGAIN
		recvfrom ECONNRESET EINTR EAGAIN
		poll EINTR ENOMEM
		setsockopt ENOMEM
		getsockopt ENOBUFS
		getrandom EINTR
		clone EAGAIN
		wait4 EINTR ECHILD
		statfs EIO
		fstatfs EIO
		inotify_init1 EMFILE
		inotify_add_watch ENOSPC
		signalfd4 EMFILE
		getdents64 EIO
	END
}

# one FAULT FOLDER: a load that meets it, and the next run; prints what is wrong.
one()
{
	local fault=$1 folder=$2 call=${1%%:*} code
	mkdir "$folder"
	load_nation "$folder"
	load_make "$folder" "$NATION_URL" 40 10
	# a network that never comes back is given up soon, and before a doubt is held
	sed -i 's/^retry = { /&give_up = "1s"; attempts = 100; /' "$folder/job.cfg"
	(cd "$folder" && timeout -k 10 120 strace -f -q -o trace -e "trace=$call" -e "inject=$fault" \
		"$ROLLCALL" run job.cfg >first.out 2>first.err) 2>/dev/null
	code=$?
	case $fault in
	*signal=KILL*)
		# 74: it was the process that looks at the store first
		[ $code = 137 ] || [ $code = 0 ] || [ $code = 74 ] ||
			echo "the killed run ended with $code: $(cat "$folder/first.err")"
		;;
	*)
		# 127: the loader's own word, before our first instruction
		load_is_documented $code || { [ $code = 127 ] && [ ! -e "$folder/job.run" ]; } ||
			echo "the faulted run ended with $code: $(cat "$folder/first.err")"
		[ $code = 0 ] || [ -s "$folder/first.err" ] || echo "it ended with $code and no word"
		;;
	esac
	grep 'is damaged' "$folder/first.err"
	(cd "$folder" && timeout 120 "$ROLLCALL" run --quiet job.cfg) >"$folder/second.out" 2>&1
	code=$?
	[ $code = 0 ] || echo "the next run ended with $code: $(cat "$folder/second.out")"
	load_judge "$folder"
	(cd "$folder" && "$ROLLCALL" verify job.cfg) >"$folder/verify.out" 2>&1 ||
		echo "verify ended with $?: $(cat "$folder/verify.out")"
	grep -rl canary "$folder/job.run" "$folder"/*.err "$folder"/*.out 2>/dev/null |
		sed 's/^/the token stands in /'
	load_nation_end
	rm -rf "$folder"
}

# How often does an undisturbed load call what? Counted as strace counts: for each process.
mkdir "$WORK/whole"
load_nation "$WORK/whole"
load_make "$WORK/whole" "$NATION_URL" 40 10
cd "$WORK/whole" || exit 99
exits 0 "an undisturbed load ends well under strace" \
	strace -f -q -o trace "$ROLLCALL" run job.cfg
cd "$WORK" || exit 99
is "and report, ledger and people agree" "" "$(load_judge "$WORK/whole")"
load_nation_end
sed -n 's/^\([0-9]*\) *\([a-z0-9_]*\)(.*/\1 \2/p' "$WORK/whole/trace" | sort | uniq -c |
	awk '{ if ($1 > most[$3]) most[$3] = $1 } END { for (call in most) print call, most[call] }' \
		>"$WORK/calls"

# all_cases: one fault a line.
all_cases()
{
	local call errors error count n
	while read -r call errors; do
		count=$(awk -v call="$call" '$1 == call { print $2 }' "$WORK/calls")
		for ((n = 1; n <= ${count:-0}; n++)); do
			for error in $errors; do
				echo "$call:error=$error:when=$n"
				# nothing is interrupted, or asked to come again, for ever
				[ "$error" = EINTR ] || [ "$error" = EAGAIN ] || echo "$call:error=$error:when=$n+"
			done
		done
	done < <(faults)
	while read -r call count; do
		[ "$call" != execve ] || continue
		for ((n = 1; n <= count; n++)); do echo "$call:signal=KILL:when=$n"; done
	done <"$WORK/calls"
}

# A sample by a fixed rule, so that a failure comes again.
all_cases >"$WORK/all"
if [ -n "${CASES:-}" ]; then
	tr ' ' '\n' <<<"$CASES"
elif [ -n "${ROLLCALL_LONG:-}" ]; then
	cat "$WORK/all"
else
	# a report's temporary file that cannot be looked at was once looked at for ever
	awk '/^newfstatat:error=EIO:when=[0-9]+[+]$/ && ++count % 7 == 3' "$WORK/all"
	awk -v count="$(wc -l <"$WORK/all")" 'NR % int(count / 120 + 1) == 7' "$WORK/all"
fi >"$WORK/cases"
count=$(wc -l <"$WORK/cases")
[ "$count" -gt 0 ] || fail "there are faults to try"

# Two at a time: each spends most of its time waiting.
worker()
{
	local number=0 fault
	while read -r fault; do
		number=$((number + 1))
		[ $((number % 2)) = "$1" ] || continue
		one "$fault" "$WORK/case-$number" >"$WORK/said-$number"
		[ ! -s "$WORK/said-$number" ] || { echo "$fault:"; cat "$WORK/said-$number"; }
	done <"$WORK/cases" >"$WORK/wrong-$1"
}
worker 0 &
other=$!
worker 1
wait $other
cat "$WORK/wrong-0" "$WORK/wrong-1" >"$WORK/wrong"
[ ! -s "$WORK/wrong" ] || diag "$(cat "$WORK/wrong")"
is "$count faults of system calls: documented ends, nothing lost or doubled" "" \
	"$(grep -c . "$WORK/wrong" | grep -v '^0$')"
finish
